// SPDX-License-Identifier: Apache-2.0
// The paper's Fig. 11 in virtual time, with the product's own actors: three groups of two cameras share an uplink of
// 9 Mb/s, the GPU is divided 3:5:2 between them, and the first group's cameras are capped at 1 Mb/s each. Simulated:
// the network (packet by packet), the learning, and an encoder that hits its target exactly.
#include <algorithm>
#include <array>
#include <map>

#include "runtime/net/simulated_link.hpp"
#include "support/rate_trial.hpp"
#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(uplink_shares)

namespace {

constexpr double uplink = 9e6, cap = 1e6;
constexpr std::array names{"a1", "a2", "b1", "b2", "c1", "c2"};
/// Where the groups are: too far apart to share one.
constexpr location places[]{{47, 8}, {48, 9}, {49, 10}};

/// Pictures as they are, then as many bytes as the bit rate leaves room for.
class filling_encoder : public segment_encoder {
 public:
  explicit filling_encoder(std::uint32_t bits_per_second) : bits_per_second_(bits_per_second) {}

  std::string codec() const override { return "raw"; }
  void set_bit_rate(std::uint32_t bits_per_second) override { bits_per_second_ = bits_per_second; }

  result<blob> encode(std::span<const image> pictures, duration over) override {
    auto packed = inner_->encode(pictures, over);
    if (!packed)
      return packed;
    bytes stream(packed->view().begin(), packed->view().end());
    const auto size = static_cast<std::uint32_t>(stream.size());
    stream.resize(std::max<std::size_t>(stream.size() + 4, bits_per_second_ / 8));
    for (int i = 0; i < 4; ++i)
      stream[stream.size() - 4 + i] = static_cast<std::uint8_t>(size >> 8 * i);
    return blob{std::move(stream)};
  }

 private:
  std::unique_ptr<segment_encoder> inner_ = make_raw_encoder();
  std::uint32_t bits_per_second_;
};

/// Counts what arrives.
class filling_decoder : public segment_decoder {
 public:
  explicit filling_decoder(std::map<std::string, double>& received) : received_(received) {}

  result<std::vector<image>> decode(const encoded_segment& segment) override {
    const auto stream = segment.stream.view();
    received_[segment.camera.value] += static_cast<double>(stream.size());
    std::uint32_t size = 0;
    for (int i = 0; i < 4; ++i)
      size |= std::uint32_t{stream[stream.size() - 4 + i]} << 8 * i;
    auto packed = segment;
    packed.stream = blob{bytes(stream.begin(), stream.begin() + size)};
    return inner_->decode(packed);
  }

 private:
  std::map<std::string, double>& received_;
  std::unique_ptr<segment_decoder> inner_ = make_raw_decoder();
};

struct three_groups : simulated_fleet {
  explicit three_groups(rate_law law) {
    simulated_path path;
    path.shared.bits_per_second = uplink;
    path.shared.queue_bytes = static_cast<std::size_t>(uplink / 8 * .06);
    path.way_of = [](const camera_id& camera) {
      flow_options way;
      // Ways of unequal length, from 20 ms to 120 ms.
      const auto nth = std::find(names.begin(), names.end(), camera.value) - names.begin();
      way.round_trip = std::chrono::milliseconds{std::array{20, 30, 40, 60, 80, 120}[static_cast<std::size_t>(nth)]};
      if (camera.value.starts_with('a')) {
        way.own.bits_per_second = cap;
        way.own.queue_bytes = static_cast<std::size_t>(cap / 8 * .2);
      }
      return way;
    };
    path.clock = [this] { return elapsed(); };
    link = make_simulated_link(std::move(path));
    rates.law = law;
    // One long window: its shares are set by hand, once the real ones were told.
    window_length = 1h;
    micro_windows = 720;
    plan = {5, 5, 16, 16, 500'000, {10, 7, 0, 3}};
    make_encoder = [](const sampling_plan& with) { return std::make_unique<filling_encoder>(with.bits_per_second); };
    make_decoder = [this] { return std::make_unique<filling_decoder>(received); };
  }

  ~three_groups() { end(); }

  void run() {
    start({names.begin(), names.end()});
    add_worker("gpu0");
    for (std::size_t i = 0; i < names.size(); ++i)
      add_camera(names[i], places[i / 2], [group = i / 2](duration at) {
        return static_cast<std::uint8_t>(at < 20s ? 0 : 1 + group); // each place drifts in its own way
      });
    advance(3min);
    std::map<std::string, double> gpu;
    for (const auto& group : status().groups) {
      BOOST_TEST_REQUIRE(group.members.size() == 2u);
      const auto place = group.members.front().value.front();
      BOOST_TEST(group.members.back().value.front() == place);
      const auto p = place == 'a' ? .3 : place == 'b' ? .5 : .2;
      const auto told = ask<inject_answer>(
          server, inject_order{"grouper", R"({"gpuShare": {"group": )" + std::to_string(group.group.value)
                                              + R"(, "p": )" + std::to_string(p) + "}}"});
      BOOST_TEST_REQUIRE(told.has_value());
    }
    BOOST_TEST_REQUIRE(status().groups.size() == 3u);
    advance(2min);
    const auto before = received;
    advance(10min);
    double total = 0;
    for (const auto* name : names)
      total += received[name] - before.at(name);
    for (const auto* name : names)
      shares.push_back((received[name] - before.at(name)) / total);
    arrived = 8 * total / 600;
  }

  std::map<std::string, double> received;
  std::vector<double> shares;
  /// Bits a second.
  double arrived = 0;
};

double error_of(rate_law law, const char* name) {
  three_groups fleet{law};
  fleet.run();
  const std::vector<trial_camera> wanted{{.15, {}, cap}, {.15, {}, cap}, {.25}, {.25}, {.1}, {.1}};
  const auto error = largest_error(fleet.shares, ideal_shares(wanted, uplink));
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += std::string{" "} + names[i] + " " + std::to_string(fleet.shares[i]).substr(0, 5);
  BOOST_TEST_MESSAGE("Fig. 11 under the " << name << " law:" << text << "; largest error " << error << "; "
                                          << fleet.arrived / 1e6 << " of 9 Mb/s");
  return error;
}

} // namespace

BOOST_AUTO_TEST_CASE(three_groups_get_their_parts_of_a_shared_uplink) {
  const auto corrected = error_of(rate_law::corrected, "corrected");
  BOOST_TEST(corrected < .02);
  const auto paper = error_of(rate_law::paper, "paper's");
  BOOST_TEST(paper > .02);
  BOOST_TEST(paper > corrected);
}

BOOST_AUTO_TEST_SUITE_END()
