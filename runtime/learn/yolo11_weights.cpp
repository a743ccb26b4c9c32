// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/torch_guard.hpp"
#include "runtime/learn/weights.hpp"
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

/// `Undefined` for types that weights do not come in.
torch::ScalarType torch_type(scalar_type type) {
  switch (type) {
    case scalar_type::f32: return torch::kFloat;
    case scalar_type::f16: return torch::kHalf;
    case scalar_type::bf16: return torch::kBFloat16;
    default: return torch::ScalarType::Undefined;
  }
}

result<Tensor> tensor_of(const tensor_entry& entry) {
  const auto type = torch_type(entry.type);
  if (type == torch::ScalarType::Undefined)
    return fail(ec::shape_mismatch, "weights: " + entry.name + " is not of a floating type", retry_hint);
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

result<void> check_shape(const tensor_entry& entry, const Tensor& mine) {
  if (mine.sizes() == entry.shape)
    return {};
  return fail(ec::shape_mismatch,
              "weights: " + entry.name + " is " + shape_text(entry.shape) + ", not "
                  + shape_text(mine.sizes().vec()),
              retry_hint);
}

/// Pairs the tensors of a file with those of the net.
class matching {
 public:
  explicit matching(const yolo11_net& net) {
    for (const auto& [name, tensor] : net.state())
      if (!is_ballast(name))
        wanted_.emplace(name, tensor);
    classes_ = their_classes_ = wanted_.at(class_scores).size(0);
  }

  result<std::vector<std::pair<Tensor, Tensor>>> operator()(const safetensors& file, other_classes how) {
    for (const auto& entry : file.tensors)
      if (!is_ballast(entry.name))
        if (auto added = add(entry); !added)
          return tl::unexpected{added.error()};
    if (!wanted_.empty())
      return fail(ec::shape_mismatch, "weights: " + wanted_.begin()->first + " is missing", retry_hint);
    // Weights of another size differ elsewhere too, and have been refused for that.
    if (how == other_classes::refuse && their_classes_ != classes_)
      return fail(ec::shape_mismatch,
                  "weights: for " + std::to_string(their_classes_) + " classes, not " + std::to_string(classes_)
                      + " (" + class_scores + ")",
                  "use weights for as many classes, or set student.other_classes to reinitialise: then their "
                  "class branch begins anew");
    if (their_classes_ == classes_ && other_branch_)
      return tl::unexpected{*other_branch_};
    return std::move(pairs_);
  }

 private:
  static constexpr const char* class_branch = "model.23.cv3.";
  /// One row a class.
  static constexpr const char* class_scores = "model.23.cv3.0.2.bias";

  result<void> add(const tensor_entry& entry) {
    auto mine = wanted_.extract(entry.name);
    if (!mine)
      return fail(ec::shape_mismatch, "weights: " + entry.name + " is not in this network", retry_hint);
    if (entry.name == class_scores && entry.shape.size() == 1)
      their_classes_ = entry.shape[0];
    if (auto same = check_shape(entry, mine.mapped()); !same) {
      if (!entry.name.starts_with(class_branch))
        return same;
      if (!other_branch_)
        other_branch_ = same.error();
      return {};
    }
    auto theirs = tensor_of(entry);
    if (!theirs)
      return tl::unexpected{theirs.error()};
    if (auto checked = check(entry.name, *theirs); !checked)
      return checked;
    pairs_.emplace_back(mine.mapped(), *theirs);
    return {};
  }

  std::map<std::string, Tensor> wanted_;
  std::vector<std::pair<Tensor, Tensor>> pairs_;
  std::int64_t classes_ = 0, their_classes_ = 0;
  /// The first tensor of the class branch that has another shape.
  std::optional<error> other_branch_;
};

} // namespace

blob save_weights(std::vector<named_tensor> tensors, scalar_type type,
                  const std::map<std::string, std::string>& metadata) {
  const auto as = torch_type(type);
  // One order, so that equal weights are equal bytes.
  std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::vector<Tensor> contiguous;
  std::vector<tensor_entry> entries;
  for (const auto& [name, tensor] : tensors) {
    if (is_ballast(name))
      continue;
    contiguous.push_back(tensor.detach().to(as).contiguous());
    const auto& t = contiguous.back();
    entries.push_back({name,
                       type,
                       t.sizes().vec(),
                       {static_cast<const std::uint8_t*>(t.data_ptr()), t.nbytes()}});
  }
  return write_safetensors(entries, metadata);
}

result<void> load_weights(yolo11_net& net, const blob& weights, other_classes how) {
  return guarded("weights", [&]() -> result<void> {
    torch::NoGradGuard no_grad;
    const auto file = read_safetensors(weights);
    if (!file)
      return tl::unexpected{file.error()};
    if (file->metadata.contains("format") && file->metadata.at("format") == checkpoint_format)
      return fail(ec::shape_mismatch, "weights: this is a trainer's checkpoint",
                  "ecco model convert takes the weights out of it");
    const auto pairs = matching{net}(*file, how);
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

result<blob> adopt_weights(const student_spec& spec, const blob& weights, other_classes how,
                           std::uint64_t seed) {
  return guarded("weights", [&]() -> result<blob> {
    const auto variant = variant_of(spec);
    if (!variant)
      return tl::unexpected{variant.error()};
    yolo11_net net{*variant, spec.classes};
    auto fitting = load_weights(net, weights);
    if (fitting)
      return weights;
    if (how == other_classes::refuse)
      return tl::unexpected{fitting.error()};
    net.initialise(seed);
    if (auto loaded = load_weights(net, weights, how); !loaded)
      return tl::unexpected{loaded.error()};
    return save_weights(net.state());
  });
}

result<blob> convert_weights(const student_spec& spec, const blob& weights, scalar_type type) {
  return guarded("weights", [&]() -> result<blob> {
    const auto variant = variant_of(spec);
    if (!variant)
      return tl::unexpected{variant.error()};
    yolo11_net net{*variant, spec.classes};
    if (auto loaded = load_weights(net, weights); !loaded)
      return tl::unexpected{loaded.error()};
    const auto tensors = net.state();
    for (const auto& [name, tensor] : tensors)
      if (!is_ballast(name) && !tensor.to(torch_type(type)).isfinite().all().item<bool>())
        return fail(ec::not_finite,
                    "weights: " + name + " has a value that " + std::string{to_string(type)} + " cannot hold",
                    "keep them in F32");
    auto metadata = read_safetensors(weights)->metadata;
    metadata["format"] = "pt";
    return save_weights(tensors, type, metadata);
  });
}

} // namespace ecco
