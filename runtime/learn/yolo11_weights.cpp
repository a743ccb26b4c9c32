// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <sstream>

#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/torch_guard.hpp"
#include "runtime/learn/yolo11_net.hpp"

namespace ecco {

namespace {

using torch::Tensor;

constexpr const char* retry_hint = "use weights of the same architecture and number of classes";

/// Part of Ultralytics' state dict that says nothing: batch counters, and the constants of the mean over
/// bins.
bool is_ballast(const std::string& name) {
  return name.ends_with(".num_batches_tracked") || name.ends_with(".dfl.conv.weight");
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::ostringstream text;
  text << c10::IntArrayRef{shape};
  return text.str();
}

result<Tensor> tensor_of(const tensor_entry& entry) {
  torch::ScalarType type;
  switch (entry.type) {
    case scalar_type::f32: type = torch::kFloat; break;
    case scalar_type::f16: type = torch::kHalf; break;
    case scalar_type::bf16: type = torch::kBFloat16; break;
    default:
      return fail(ec::shape_mismatch, "weights: " + entry.name + " is not of a floating type", retry_hint);
  }
  // Views into a file need not be aligned: copied byte by byte.
  auto tensor = torch::empty(entry.shape, type);
  std::copy(entry.data.begin(), entry.data.end(), static_cast<std::uint8_t*>(tensor.data_ptr()));
  return tensor.to(torch::kFloat);
}

result<void> check(const std::string& name, const Tensor& value) {
  if (!value.isfinite().all().item<bool>())
    return fail(ec::not_finite, "weights: " + name + " has a value that is not finite",
                "use another revision");
  if (name.ends_with(".running_var") && (value < 0).any().item<bool>())
    return fail(ec::not_finite, "weights: " + name + " has a negative variance", "use another revision");
  return {};
}

/// Pairs each tensor of the file with the one in the net.
result<std::vector<std::pair<Tensor, Tensor>>> match(std::map<std::string, Tensor> wanted,
                                                     const safetensors& file) {
  std::vector<std::pair<Tensor, Tensor>> pairs;
  for (const auto& entry : file.tensors) {
    if (is_ballast(entry.name))
      continue;
    auto mine = wanted.extract(entry.name);
    if (!mine)
      return fail(ec::shape_mismatch, "weights: " + entry.name + " is not in this network", retry_hint);
    if (mine.mapped().sizes() != entry.shape)
      return fail(ec::shape_mismatch,
                  "weights: " + entry.name + " is " + shape_text(entry.shape) + ", not "
                      + shape_text(mine.mapped().sizes().vec()),
                  retry_hint);
    auto theirs = tensor_of(entry);
    if (!theirs)
      return tl::unexpected{theirs.error()};
    if (auto checked = check(entry.name, *theirs); !checked)
      return tl::unexpected{checked.error()};
    pairs.emplace_back(mine.mapped(), *theirs);
  }
  if (!wanted.empty())
    return fail(ec::shape_mismatch, "weights: " + wanted.begin()->first + " is missing", retry_hint);
  return pairs;
}

} // namespace

blob save_weights(std::vector<named_tensor> tensors) {
  // One order, so that equal weights are equal bytes.
  std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::vector<Tensor> contiguous;
  std::vector<tensor_entry> entries;
  for (const auto& [name, tensor] : tensors) {
    if (is_ballast(name))
      continue;
    contiguous.push_back(tensor.detach().contiguous());
    const auto& t = contiguous.back();
    entries.push_back({name,
                       scalar_type::f32,
                       t.sizes().vec(),
                       {static_cast<const std::uint8_t*>(t.data_ptr()), t.nbytes()}});
  }
  return write_safetensors(entries, {{"format", "pt"}});
}

result<void> load_weights(yolo11_net& net, const blob& weights) {
  return guarded("weights", [&]() -> result<void> {
    torch::NoGradGuard no_grad;
    const auto file = read_safetensors(weights);
    if (!file)
      return tl::unexpected{file.error()};
    std::map<std::string, Tensor> wanted;
    for (const auto& p : net.named_parameters())
      if (!is_ballast(p.key()))
        wanted.emplace(p.key(), p.value());
    for (const auto& b : net.named_buffers())
      wanted.emplace(b.key(), b.value());
    const auto pairs = match(std::move(wanted), *file);
    if (!pairs)
      return tl::unexpected{pairs.error()};
    for (auto [mine, theirs] : *pairs)
      mine.copy_(theirs);
    return {};
  });
}

result<blob> make_initial_weights(const student_spec& spec, std::uint64_t seed) {
  return guarded("initial weights", [&]() -> result<blob> {
    const auto variant = variant_of(spec);
    if (!variant)
      return tl::unexpected{variant.error()};
    yolo11_net net{*variant, spec.classes};
    net.initialise(seed);
    return save_weights(net.state());
  });
}

} // namespace ecco
