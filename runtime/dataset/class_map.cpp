// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/class_map.hpp"

#include <algorithm>
#include <cctype>

namespace ecco {

namespace {

std::string plain(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '-' || c == '_' ? ' ' : static_cast<char>(std::tolower(c)); });
  return name;
}

std::optional<std::uint16_t> find(const std::vector<std::string>& configured, const std::string& name) {
  for (std::size_t i = 0; i < configured.size(); ++i)
    if (plain(configured[i]) == plain(name))
      return static_cast<std::uint16_t>(i);
  return std::nullopt;
}

class_fate fate_of(const dataset_class& one, const std::vector<std::string>& configured) {
  if (one.region)
    return {class_fate::kind::ignored};
  if (const auto found = find(configured, one.name))
    return {class_fate::kind::object, *found};
  for (const auto& name : one.also)
    if (const auto found = find(configured, name))
      return {class_fate::kind::object, *found};
  for (const auto& name : one.near)
    if (name == "*" || find(configured, name))
      return {class_fate::kind::ignored};
  return {};
}

std::string listed(const std::vector<dataset_class>& classes) {
  std::string out;
  for (std::size_t i = 0; i < classes.size() && i < 5; ++i)
    out += (i > 0 ? ", " : "") + classes[i].name;
  return out + (classes.size() > 5 ? ", ..." : "");
}

} // namespace

result<std::vector<class_fate>> map_classes(const std::vector<dataset_class>& of,
                                            const std::vector<std::string>& configured) {
  std::vector<class_fate> out;
  for (const auto& one : of)
    out.push_back(fate_of(one, configured));
  const auto is_object = [](const class_fate& fate) { return fate.what == class_fate::kind::object; };
  if (std::none_of(out.begin(), out.end(), is_object)) {
    std::string names;
    for (const auto& name : configured)
      names += (names.empty() ? "" : ", ") + name;
    return fail(ec::shape_mismatch,
                "none of the data set's classes (" + listed(of) + ") is among the configured ones (" + names + ")",
                "name some of its classes in `classes`, or use another teacher");
  }
  return out;
}

std::optional<label> label_of(const dataset_object& object, const std::vector<class_fate>& fates, double width,
                              double height, const label_rules& rules) {
  const auto& fate = fates[object.kind];
  if (fate.what == class_fate::kind::dropped)
    return std::nullopt;
  const auto& [x, y, w, h] = object.where;
  const auto x1 = std::clamp(x / width, 0., 1.), x2 = std::clamp((x + w) / width, 0., 1.);
  const auto y1 = std::clamp(y / height, 0., 1.), y2 = std::clamp((y + h) / height, 0., 1.);
  const auto inside = (x2 - x1) * width * (y2 - y1) * height;
  if (!(inside > 0))
    return std::nullopt;
  const bool cut = inside < rules.least_inside * area(object.where);
  const bool hidden = object.visibility >= 0 && object.visibility < rules.least_visible;
  const bool ignore = fate.what == class_fate::kind::ignored || !object.counts || cut || hidden;
  return label{{static_cast<float>(x1), static_cast<float>(y1), static_cast<float>(x2), static_cast<float>(y2)},
               fate.class_id,
               ignore,
               {}};
}

} // namespace ecco
