// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sampling_file.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "config/yaml.hpp"

namespace ecco {

namespace {

/// Reads one file. The first failure is kept, and what follows it does not matter.
class reader {
 public:
  std::optional<error> failure;

  void read(sampling_tables& out, const yaml_node& node) {
    bool versioned = false;
    each_entry(node, "the file", [&](const yaml_entry& entry) {
      if (entry.key == "sampling_table") {
        versioned = true;
        if (number(entry.node, entry.key) != 1)
          complain(entry.node, "sampling_table is of a version that this ecco does not know", "it knows 1");
      } else if (entry.key == "stationary")
        out.stationary = table(entry.node, entry.key);
      else if (entry.key == "mobile")
        out.mobile = table(entry.node, entry.key);
      else if (entry.key == "cameras")
        cameras(out, entry.node);
      else
        unknown(entry, "there are sampling_table, stationary, mobile and cameras");
    });
    if (!versioned)
      complain(node, "sampling_table is missing", "begin with sampling_table: 1");
  }

 private:
  void complain(const yaml_node& node, const std::string& why, std::string hint = {}) {
    if (!failure)
      failure = refusal(node.where, why, std::move(hint));
  }

  void unknown(const yaml_entry& entry, std::string hint) {
    if (!failure)
      failure = refusal(entry.where, entry.key + " is not known here", std::move(hint));
  }

  template <class F>
  void each_entry(const yaml_node& node, const std::string& path, F take) {
    const auto* entries = std::get_if<yaml_node::map>(&node.value);
    if (entries == nullptr)
      return complain(node, path + " must be a section with names and values");
    for (const auto& entry : *entries)
      take(entry);
  }

  double number(const yaml_node& node, const std::string& path) {
    const auto* scalar = std::get_if<yaml_scalar>(&node.value);
    const auto kind = scalar ? kind_of(*scalar) : scalar_kind::text;
    if (kind != scalar_kind::integer && kind != scalar_kind::real) {
      complain(node, path + " must be a number");
      return 0;
    }
    const auto value = parse_number(scalar->text);
    if (!value)
      complain(node, path + " " + value.error().what);
    return value.value_or(0);
  }

  picture_size size(const yaml_node& node, const std::string& path) {
    const auto* scalar = std::get_if<yaml_scalar>(&node.value);
    const auto value = parse_picture_size(scalar ? scalar->text : std::string{});
    if (!value)
      complain(node, path + " " + value.error().what, value.error().hint);
    return value.value_or(picture_size{});
  }

  void cameras(sampling_tables& out, const yaml_node& node) {
    each_entry(node, "cameras", [&](const yaml_entry& entry) {
      if (!is_valid_name(entry.key))
        complain(entry.node, "cameras." + entry.key + " is not a name of a camera",
                 "use 1 to 63 of a-z 0-9 _ -, and begin with a letter or digit");
      out.cameras[camera_id{entry.key}] = table(entry.node, "cameras." + entry.key);
    });
  }

  sampling_table table(const yaml_node& node, const std::string& path) {
    sampling_table out;
    bool listed = false;
    each_entry(node, path, [&](const yaml_entry& entry) {
      if (entry.key == "label_part")
        out.label_part = number(entry.node, path + ".label_part");
      else if (entry.key == "levels") {
        listed = true;
        levels(out, entry.node, path);
      } else
        unknown(entry, "there are levels and label_part");
    });
    if (!listed)
      complain(node, path + ".levels is missing");
    if (const auto good = validate(out); !good && !failure)
      complain(node, path + "." + good.error().what);
    return out;
  }

  /// Each level is checked with those before it, so that a complaint names its line.
  void levels(sampling_table& out, const yaml_node& node, const std::string& path) {
    const auto* list = std::get_if<yaml_node::list>(&node.value);
    if (list == nullptr)
      return complain(node, path + ".levels must be a list");
    for (const auto& one : *list) {
      if (failure)
        return;
      const auto here = path + ".levels[" + std::to_string(out.levels.size()) + "]";
      out.levels.push_back(level(one, here));
      if (const auto good = validate({out.levels, 1}); !good)
        complain(one, path + "." + good.error().what);
    }
  }

  sampling_level level(const yaml_node& node, const std::string& path) {
    sampling_level out;
    std::vector<std::string> missing{"pixels_per_second", "fps", "size"};
    each_entry(node, path, [&](const yaml_entry& entry) {
      std::erase(missing, entry.key);
      const auto here = path + "." + entry.key;
      if (entry.key == "pixels_per_second")
        out.budget = number(entry.node, here);
      else if (entry.key == "fps")
        out.choice.fps = number(entry.node, here);
      else if (entry.key == "size")
        out.choice.size = size(entry.node, here);
      else
        unknown(entry, "there are pixels_per_second, fps and size");
    });
    if (!missing.empty())
      complain(node, path + "." + missing.front() + " is missing");
    return out;
  }
};

std::string written(const sampling_table& table, const std::string& indent) {
  std::string out;
  if (table.label_part != 1)
    out += indent + "label_part: " + to_text(table.label_part) + "\n";
  out += indent + "levels:\n";
  for (const auto& level : table.levels)
    out += indent + "  - {pixels_per_second: " + to_text(level.budget) + ", fps: " + to_text(level.choice.fps)
           + ", size: " + to_text(level.choice.size) + "}\n";
  return out;
}

} // namespace

result<sampling_tables> parse_sampling_tables(std::string_view text, const std::string& name) {
  const auto tree = parse_yaml(text, std::make_shared<const yaml_origin>(yaml_origin{name, {}}));
  if (!tree)
    return tl::unexpected{tree.error()};
  sampling_tables out;
  reader from;
  from.read(out, *tree);
  if (from.failure)
    return tl::unexpected{*from.failure};
  return out;
}

std::string to_yaml(const sampling_tables& tables) {
  std::string out = "sampling_table: 1\n";
  if (tables.stationary)
    out += "stationary:\n" + written(*tables.stationary, "  ");
  if (tables.mobile)
    out += "mobile:\n" + written(*tables.mobile, "  ");
  if (!tables.cameras.empty())
    out += "cameras:\n";
  for (const auto& [camera, table] : tables.cameras)
    out += "  \"" + camera.value + "\":\n" + written(table, "    ");
  return out;
}

} // namespace ecco
