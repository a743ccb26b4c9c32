// SPDX-License-Identifier: Apache-2.0
#include "config/yaml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "config/text.hpp"
#include "config/units.hpp"

namespace ecco {

namespace {

std::size_t size_of(const yaml_node& node) {
  std::size_t size = 1;
  if (const auto* list = std::get_if<yaml_node::list>(&node.value))
    for (const auto& each : *list)
      size += size_of(each);
  if (const auto* map = std::get_if<yaml_node::map>(&node.value))
    for (const auto& each : *map)
      size += size_of(each.node);
  return size;
}

/// Builds the tree from the parser's events, which come from untrusted text: every bound is kept here.
/// It refuses by throwing what the parser throws, so that both are caught in one place.
class tree_builder final : public YAML::EventHandler {
 public:
  explicit tree_builder(std::shared_ptr<const yaml_origin> origin) : origin_(std::move(origin)) {
    root.where = place_of(YAML::Mark{});
  }

  yaml_node root;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({place_of(mark), std::monostate{}}, mark, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end())
      refuse(mark, "this alias stands inside what it refers to");
    charge(mark, size_of(known->second));
    add(known->second, mark, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    const auto style = tag == "!" ? scalar_style::quoted : scalar_style::plain;
    add({place_of(mark), yaml_scalar{value, style}}, mark, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open({place_of(mark), yaml_node::list{}}, mark, anchor);
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open({place_of(mark), yaml_node::map{}}, mark, anchor);
  }

  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map that is not complete yet.
  struct frame {
    yaml_node node;
    YAML::Mark mark;
    YAML::anchor_t anchor = 0;
    /// Of a map: the key whose value comes next.
    std::optional<std::pair<std::string, yaml_place>> key;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, const std::string& why) {
    throw YAML::ParserException{mark, why};
  }

  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!")
      refuse(mark, "tags such as " + tag + " are not understood");
  }

  yaml_place place_of(const YAML::Mark& mark) const { return {origin_, mark.line + 1, mark.column + 1}; }

  void charge(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > max_yaml_nodes)
      refuse(mark, "more than " + std::to_string(max_yaml_nodes) + " values");
  }

  void open(yaml_node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (frames_.size() == max_yaml_depth)
      refuse(mark, "nested deeper than " + std::to_string(max_yaml_depth) + " levels");
    frames_.push_back({std::move(node), mark, anchor, {}});
  }

  void close() {
    auto done = std::move(frames_.back());
    frames_.pop_back();
    add(std::move(done.node), done.mark, done.anchor);
  }

  void add(yaml_node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    charge(mark, 1);
    if (anchor != 0) {
      charge(mark, size_of(node));
      anchors_[anchor] = node;
    }
    if (frames_.empty())
      root = std::move(node);
    else if (auto* list = std::get_if<yaml_node::list>(&frames_.back().node.value))
      list->push_back(std::move(node));
    else if (frames_.back().key)
      add_entry(std::move(node));
    else
      begin_entry(node, mark);
  }

  void begin_entry(const yaml_node& key, const YAML::Mark& mark) {
    const auto* scalar = std::get_if<yaml_scalar>(&key.value);
    if (!scalar)
      refuse(mark, "a key must be a word");
    for (const auto& known : std::get<yaml_node::map>(frames_.back().node.value))
      if (known.key == scalar->text)
        refuse(mark,
               path_to(scalar->text) + " is set twice, first in line " + std::to_string(known.where.line));
    frames_.back().key.emplace(scalar->text, key.where);
  }

  void add_entry(yaml_node value) {
    auto& [key, where] = *frames_.back().key;
    std::get<yaml_node::map>(frames_.back().node.value).push_back({std::move(key), where, std::move(value)});
    frames_.back().key.reset();
  }

  std::string path_to(const std::string& key) const {
    std::string path;
    for (const auto& each : frames_)
      if (each.key)
        path += each.key->first + ".";
    return path + key;
  }

  std::shared_ptr<const yaml_origin> origin_;
  std::vector<frame> frames_;
  std::map<YAML::anchor_t, yaml_node> anchors_;
  std::size_t nodes_ = 0;
};

bool is_integer(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+'))
    text.remove_prefix(1);
  const bool all_digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return !text.empty() && all_digits && (text.size() == 1 || text.front() != '0');
}

} // namespace

std::string to_string(const yaml_place& place) {
  const auto name = place.origin ? place.origin->name : std::string{"settings"};
  if (place.line == 0)
    return name;
  return name + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

error refusal(const yaml_place& where, const std::string& why, std::string hint) {
  return {ec::invalid_argument, to_string(where) + ": " + why, std::move(hint)};
}

scalar_kind kind_of(const yaml_scalar& scalar) {
  static constexpr std::array<std::string_view, 6> booleans{"true",  "True",  "TRUE",
                                                            "false", "False", "FALSE"};
  if (scalar.style == scalar_style::quoted)
    return scalar_kind::text;
  if (std::find(booleans.begin(), booleans.end(), scalar.text) != booleans.end())
    return scalar_kind::boolean;
  if (is_integer(scalar.text))
    return scalar_kind::integer;
  const auto digits = scalar.text.find_first_not_of("+-");
  const bool leading_zero = digits != std::string::npos && is_integer("1" + scalar.text.substr(digits));
  return parse_number(scalar.text) && !leading_zero ? scalar_kind::real : scalar_kind::text;
}

result<yaml_node> parse_yaml(std::string_view text, std::shared_ptr<const yaml_origin> origin) {
  const auto refuse = [&](int line, int column, std::string why) {
    return fail(ec::malformed_data, to_string(yaml_place{origin, line, column}) + ": " + std::move(why));
  };
  if (text.size() > max_yaml_bytes)
    return refuse(0, 0, "larger than " + std::to_string(max_yaml_bytes >> 20) + " MiB");
  if (!is_text(text))
    return refuse(0, 0, "is not UTF-8 text");
  tree_builder builder{origin};
  try {
    // A comment as the last line: yaml-cpp 0.7 overlooks a quote that never ends when a line break is last.
    std::istringstream stream{std::string{text} + (text.ends_with('\n') ? "#" : "\n#")};
    YAML::Parser parser{stream};
    parser.HandleNextDocument(builder);
    tree_builder rest{origin};
    if (parser.HandleNextDocument(rest))
      return refuse(rest.root.where.line, rest.root.where.column, "a second document; one is enough");
  } catch (const YAML::Exception& problem) {
    return refuse(problem.mark.line + 1, problem.mark.column + 1, problem.msg);
  }
  return std::move(builder.root);
}

} // namespace ecco
