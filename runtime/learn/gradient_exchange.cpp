// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/gradient_exchange.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "runtime/learn/torch_guard.hpp"

#ifdef ECCO_GLOO
#include "runtime/learn/c10d_group.hpp"
#endif

namespace ecco {

#ifdef ECCO_GLOO

namespace {

using std::chrono::milliseconds;
using torch::Tensor;

std::string name_of(const rendezvous& where) {
  return "rank " + std::to_string(where.rank) + " of " + std::to_string(where.size);
}

/// What Gloo says, without the place in its source that it begins with and the advice that later versions end with.
/// How the end of a peer shows depends on what was under way; it is told as what it is.
std::string plain(const std::string& what) {
  const auto open = what.find(": [");
  const auto close = what.find("] ", open);
  if (open == what.npos || close == what.npos)
    return what;
  const auto who = what.substr(0, open + 2);
  const auto said = what.substr(close + 2, what.find(". This is", close) - close - 2);
  for (const auto* end : {"Connection reset by peer", "Broken pipe"})
    if (said.find(end) != said.npos)
      return who + "Connection closed by peer (" + said + ")";
  return who + said;
}

/// Where the ranks of one token leave their addresses for each other, until all have met.
class meeting_place {
 public:
  explicit meeting_place(std::uint64_t token) {
    char name[32];
    std::snprintf(name, sizeof name, "ecco-%016llx", static_cast<unsigned long long>(token));
    folder_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directory(folder_);
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
  }

  meeting_place(const meeting_place&) = delete;
  meeting_place& operator=(const meeting_place&) = delete;

  ~meeting_place() {
    std::error_code gone_already;
    std::filesystem::remove_all(folder_, gone_already);
  }

  std::string store(const char* called) const { return (folder_ / called).string(); }

 private:
  std::filesystem::path folder_;
};

} // namespace

struct gradient_exchange::impl {
  rendezvous where;
  milliseconds patience{};
  torch::Device device;
  /// NCCL may come back to it.
  std::unique_ptr<meeting_place> place;
  /// On the host; null once the exchange has failed.
  c10d_group gloo;
  /// On the device; null when that goes by way of the host.
  c10d_group nccl;

  /// Runs one collective on `tensor`, which every rank has in the same place.
  template <class Collective>
  void run(Tensor tensor, Collective collective) const {
    const auto& group = tensor.is_cuda() && nccl ? nccl : gloo;
    const auto by_host = tensor.is_cuda() && !nccl;
    std::vector<Tensor> at{by_host ? tensor.cpu() : tensor};
    collective(*group, at)->wait(patience);
    if (by_host)
      tensor.copy_(at[0]);
  }

  void sum(Tensor tensor) const {
    run(std::move(tensor), [](c10d_backend& on, std::vector<Tensor>& at) { return on.allreduce(at); });
  }

  bool all(bool yes) const {
    const auto answer = torch::full({1}, yes ? 1.F : 0.F);
    run(answer, [](c10d_backend& on, std::vector<Tensor>& at) {
      c10d::AllreduceOptions least;
      least.reduceOp = c10d::ReduceOp::MIN;
      return on.allreduce(at, least);
    });
    return answer.item<float>() > 0;
  }

  /// NCCL refuses, for one, ranks that share a device: that is known after a first try, and every rank must know.
  void try_nccl() {
    auto group = nccl_group(file_store(place->store("nccl"), where.size, patience), where.rank, where.size, patience);
    auto works = group != nullptr;
    if (works) {
      nccl = group;
      works = guarded("nccl", [&]() -> result<void> {
                sum(torch::ones({1}, device));
                return {};
              }).has_value();
    }
    if (!all(works))
      nccl = {};
  }

  /// Runs `work`. When it fails the group is left, so that nobody waits for this rank.
  template <class Work>
  auto reach(Work work) -> result<decltype(work())> {
    using answer = result<decltype(work())>;
    if (!gloo)
      return fail(ec::unavailable, name_of(where) + ": the exchange has failed before");
    auto reached = guarded(name_of(where), [&]() -> answer {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        return {};
      } else {
        return work();
      }
    });
    if (!reached) {
      gloo = {};
      nccl = {};
      return fail(ec::unavailable, plain(reached.error().what),
                  "the slice is lost, the next one goes on with those that are left");
    }
    return reached;
  }
};

bool gradient_exchange::available() {
  return true;
}

result<std::unique_ptr<gradient_exchange>> gradient_exchange::join(const rendezvous& where, duration patience,
                                                                   compute_device device) {
  auto joined = guarded(name_of(where), [&]() -> result<std::unique_ptr<gradient_exchange>> {
    const auto most = std::max(milliseconds{1}, std::chrono::ceil<milliseconds>(patience));
    auto state = std::make_unique<impl>(
        impl{where, most, torch_device(device), std::make_unique<meeting_place>(where.token), {}, {}});
    const auto store = file_store(state->place->store("gloo"), where.size, most);
    state->gloo = gloo_group(store, where.rank, where.size, most);
    if (device.is_cuda())
      state->try_nccl();
    state->all(true); // all have read what they came for
    if (!state->nccl)
      state->place.reset();
    return std::unique_ptr<gradient_exchange>{new gradient_exchange{std::move(state)}};
  });
  if (!joined)
    return fail(ec::unavailable, plain(joined.error().what), "do all workers run on one computer, with one TMPDIR?");
  return joined;
}

const char* gradient_exchange::backend() const {
  return impl_->nccl ? "nccl" : "gloo";
}

result<void> gradient_exchange::average(torch::Tensor flat) {
  return impl_->reach([&] {
    impl_->sum(flat);
    flat.div_(static_cast<double>(impl_->where.size));
  });
}

result<void> gradient_exchange::take_from_first(std::span<const torch::Tensor> tensors) {
  return impl_->reach([&] {
    for (const auto& tensor : tensors)
      impl_->run(tensor, [](c10d_backend& on, std::vector<Tensor>& at) { return on.broadcast(at); });
  });
}

result<bool> gradient_exchange::all_agree(bool yes) {
  return impl_->reach([&] { return impl_->all(yes); });
}

#else

struct gradient_exchange::impl {
  rendezvous where;
};

namespace {

tl::unexpected<error> no_gloo() {
  return fail(ec::unsupported, "this ecco was built without Gloo, over which devices train together",
              "install libgloo-dev and build it again, or set gpu.mode to spread");
}

} // namespace

bool gradient_exchange::available() {
  return false;
}

result<std::unique_ptr<gradient_exchange>> gradient_exchange::join(const rendezvous&, duration, compute_device) {
  return no_gloo();
}

const char* gradient_exchange::backend() const {
  return "none";
}

result<void> gradient_exchange::average(torch::Tensor) {
  return no_gloo();
}

result<void> gradient_exchange::take_from_first(std::span<const torch::Tensor>) {
  return no_gloo();
}

result<bool> gradient_exchange::all_agree(bool) {
  return no_gloo();
}

#endif

gradient_exchange::gradient_exchange(std::unique_ptr<impl> state) : impl_{std::move(state)} {}
gradient_exchange::~gradient_exchange() = default;

const rendezvous& gradient_exchange::where() const {
  return impl_->where;
}

} // namespace ecco
