// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/class_map.hpp"

#include <algorithm>
#include <string_view>

#include "messages/spelling.hpp"

namespace ecco {

namespace {

std::optional<std::uint16_t> find(const std::vector<std::string>& configured, const std::string& name) {
  for (std::size_t i = 0; i < configured.size(); ++i)
    if (plain_class_name(configured[i]) == plain_class_name(name))
      return static_cast<std::uint16_t>(i);
  return std::nullopt;
}

class_fate fate_of(const dataset_class& one, const std::vector<std::string>& configured) {
  if (one.region || (one.said && one.said->empty()))
    return {class_fate::kind::ignored};
  if (one.said) {
    const auto found = find(configured, *one.said);
    return found ? class_fate{class_fate::kind::object, *found} : class_fate{};
  }
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

std::string listed(const std::vector<dataset_class>& classes, std::size_t most = 5) {
  std::string out;
  for (std::size_t i = 0; i < classes.size() && i < most; ++i)
    out += (i > 0 ? ", " : "") + classes[i].name;
  return out + (classes.size() > most ? ", ..." : "");
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "" : ", ") + name;
  return out;
}

} // namespace

result<void> choose_classes(std::vector<dataset_class>& of, std::span<const class_choice> choices) {
  for (const auto& choice : choices) {
    const auto named = std::find_if(of.begin(), of.end(), [&](const dataset_class& one) {
      return plain_class_name(one.name) == plain_class_name(choice.name);
    });
    if (named == of.end()) {
      std::vector<std::string_view> known;
      for (const auto& one : of)
        known.push_back(one.name);
      return fail(ec::invalid_argument,
                  "it has no class '" + choice.name + "' to choose for, but " + listed(of, 20),
                  did_you_mean(choice.name, known));
    }
    if (named->region && !choice.is.empty())
      return fail(ec::invalid_argument,
                  "'" + named->name + "' is where nobody labelled, and cannot be '" + choice.is + "'",
                  "leave it out of classes=");
    named->said = choice.is;
  }
  return {};
}

result<std::vector<class_fate>> map_classes(const std::vector<dataset_class>& of,
                                            const std::vector<std::string>& configured) {
  std::vector<class_fate> out;
  for (const auto& one : of)
    out.push_back(fate_of(one, configured));
  const auto is_object = [](const class_fate& fate) { return fate.what == class_fate::kind::object; };
  for (const auto& one : of)
    if (one.said && !one.said->empty() && !find(configured, *one.said))
      return fail(ec::shape_mismatch,
                  "its class '" + one.name + "' is said to be '" + *one.said
                      + "', which is none of the configured ones (" + joined(configured) + ")",
                  "correct classes= in its address");
  if (std::none_of(out.begin(), out.end(), is_object))
    return fail(ec::shape_mismatch,
                "none of the data set's classes (" + listed(of) + ") is among the configured ones ("
                    + joined(configured) + ")",
                "name some of its classes in `classes`, say in its address what they are (?classes=van:car), or use "
                "another teacher");
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
