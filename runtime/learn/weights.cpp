// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/weights.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include "runtime/learn/trainer.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

const tensor_entry* find(const safetensors& file, const char* name) {
  const auto found = std::find_if(file.tensors.begin(), file.tensors.end(),
                                  [name](const tensor_entry& entry) { return entry.name == name; });
  return found == file.tensors.end() ? nullptr : &*found;
}

/// Length of the first axis of a tensor of four; 0 when it is not there.
std::int64_t rows_of(const safetensors& file, const char* name) {
  const auto* entry = find(file, name);
  return entry && entry->shape.size() == 4 ? entry->shape[0] : 0;
}

auto no_yolo11(const std::string& why) {
  return fail(ec::shape_mismatch, "weights: not of YOLO11: " + why,
              "ecco reads YOLO11, detect and segment (deploy/convert_ultralytics.py)");
}

/// The variant whose widths and depths these are.
const yolo11_variant* find_variant(const safetensors& file) {
  const auto stem = rows_of(file, "model.0.conv.weight");
  // Of every C2PSA, the number of blocks within: 1, or 2 in the deep ones.
  const std::int64_t blocks = find(file, "model.10.m.1.ffn.0.conv.weight") ? 2 : 1;
  const bool masks = find(file, "model.23.proto.cv1.conv.weight") != nullptr;
  for (const auto& variant : yolo11_variants())
    if (stem == 8 * static_cast<std::int64_t>(std::ceil(64 * variant.width / 8)) && masks == variant.masks
        && blocks == std::lround(2 * variant.depth))
      return &variant;
  return nullptr;
}

result<std::uint16_t> classes_in(const safetensors& file) {
  const auto rows = rows_of(file, "model.23.cv3.0.2.weight");
  if (rows == 0)
    return no_yolo11("model.23.cv3.0.2.weight is missing");
  if (rows > std::numeric_limits<std::uint16_t>::max())
    return no_yolo11(std::to_string(rows) + " classes");
  return static_cast<std::uint16_t>(rows);
}

result<student_spec> spec_by_shapes(const safetensors& file) {
  const auto* variant = find_variant(file);
  if (!variant)
    return no_yolo11("its first convolution, model.0.conv.weight, has none of its widths");
  const auto classes = classes_in(file);
  if (!classes)
    return tl::unexpected{classes.error()};
  student_spec spec;
  spec.architecture = variant->name;
  spec.classes = *classes;
  return spec;
}

result<student_spec> spec_by_metadata(const std::map<std::string, std::string>& metadata) {
  const auto text = [&](const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string{} : found->second;
  };
  student_spec spec;
  spec.architecture = text("architecture");
  const auto classes = text("classes");
  const auto read = std::from_chars(classes.data(), classes.data() + classes.size(), spec.classes);
  if (read.ec != std::errc{} || read.ptr != classes.data() + classes.size() || !variant_of(spec))
    return fail(ec::malformed_data, "checkpoint: its metadata do not say of which network it is");
  return spec;
}

std::string format_of(const safetensors& file) {
  const auto format = file.metadata.find("format");
  return format == file.metadata.end() ? std::string{} : format->second;
}

} // namespace

result<weights_facts> recognise(const blob& file) {
  const auto read = read_safetensors(file);
  if (!read)
    return tl::unexpected{read.error()};
  weights_facts facts;
  const auto format = format_of(*read);
  facts.is_checkpoint = format == checkpoint_format;
  if (!facts.is_checkpoint && format.starts_with("ecco-checkpoint-"))
    return fail(ec::unsupported, "checkpoint: of another version of ecco, " + format + " where this one has "
                                     + checkpoint_format, "convert it with the version that wrote it");
  const auto spec = facts.is_checkpoint ? spec_by_metadata(read->metadata) : spec_by_shapes(*read);
  if (!spec)
    return tl::unexpected{spec.error()};
  facts.student = *spec;
  facts.tensors = read->tensors.size();
  for (const auto& entry : read->tensors)
    facts.types.insert(entry.type);
  facts.metadata = read->metadata;
  return facts;
}

std::vector<std::string> class_names(const weights_facts& facts) {
  const auto found = facts.metadata.find("classes");
  if (facts.is_checkpoint || found == facts.metadata.end())
    return {};
  std::vector<std::string> names;
  std::istringstream text{found->second};
  for (std::string name; std::getline(text, name, ',');)
    names.push_back(std::move(name));
  return names.size() == facts.student.classes ? names : std::vector<std::string>{};
}

result<blob> deployable(const blob& file, scalar_type type) {
  const auto facts = recognise(file);
  if (!facts)
    return tl::unexpected{facts.error()};
  if (!facts->is_checkpoint)
    return convert_weights(facts->student, file, type);
  const auto run = trainer::make(facts->student, {}, file, 0);
  if (!run)
    return tl::unexpected{run.error()};
  return convert_weights(facts->student, (*run)->weights(), type);
}

} // namespace ecco
