// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <set>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "config/units.hpp"
#include "config/yaml.hpp"
#include "tests/config/scratch.hpp"

// schema.json is for editors; the reader in load.cpp decides. Here they are held to each other.
BOOST_AUTO_TEST_SUITE(schema)

using namespace ecco;
using nlohmann::json;

namespace {

json to_json(const yaml_node& node) {
  if (const auto* list = std::get_if<yaml_node::list>(&node.value)) {
    auto out = json::array();
    for (const auto& each : *list)
      out.push_back(to_json(each));
    return out;
  }
  if (const auto* map = std::get_if<yaml_node::map>(&node.value)) {
    auto out = json::object();
    for (const auto& each : *map)
      out[each.key] = to_json(each.node);
    return out;
  }
  const auto* scalar = std::get_if<yaml_scalar>(&node.value);
  if (!scalar)
    return nullptr;
  if (kind_of(*scalar) == scalar_kind::text)
    return scalar->text;
  const auto start = scalar->text.starts_with('+') ? 1 : 0;
  auto text = scalar->text.substr(start);
  if (text.starts_with('.'))
    text = "0" + text; // YAML allows what JSON does not
  return json::parse(text);
}

json parse(std::string_view text) {
  return to_json(parse_yaml(text, std::make_shared<const yaml_origin>()).value());
}

json schema_document() {
  return json::parse(read_text(ECCO_CONFIG_FOLDER "/schema.json"));
}

bool fits_schema(const json& document) {
  valijson::Schema schema;
  const auto text = schema_document();
  valijson::SchemaParser{}.populateSchema(valijson::adapters::NlohmannJsonAdapter{text}, schema);
  return valijson::Validator{}.validate(schema, valijson::adapters::NlohmannJsonAdapter{document}, nullptr);
}

/// What only the reader knows: values against each other, and what stands behind a text.
bool is_beyond_schemas(const std::string& complaint) {
  for (const auto* words :
       {"hog teacher", "must be between 1s", "must be between 10kbit", "pixels", "loopback",
        "as is server.port", "must be 0B", "must be between 0B", "the filter before it", "environment variable", "without '}'", "has no labels", "teacher.kind: network", "but teacher.least_score is",
        "drift.kswin.window is", "zoo.top is 3, but", "whole seconds", "but sampling.mode is", "must be at least 1s",
        "must be between 20ms", "but rate.ceiling is", "sampling.split needs", "set twice", "the condition before it", "so does another region",
        "it would not be that system", "spends on profiling", "cameras.north.source has", "cameras.north.source says",
        "cameras.north.source makes"})
    if (complaint.find(words) != std::string::npos)
      return true;
  return false;
}

/// `60s` is `1m`.
bool means_the_same(const json& a, const json& b) {
  if (a == b || !a.is_string() || !b.is_string())
    return a == b;
  const auto first = parse_duration(a.get<std::string>()), second = parse_duration(b.get<std::string>());
  return first && second && *first == *second;
}

/// Every setting in `value`, which is written as a file, must be described in `schema`, with its default.
void compare(const json& value, const json& schema, const std::string& path, bool has_default = true) {
  BOOST_TEST_CONTEXT(path) {
    BOOST_TEST(schema.value("description", "") != "");
    const auto properties = schema.find("properties");
    if (properties == schema.end()) {
      if (has_default)
        BOOST_TEST(means_the_same(schema.at("default"), value));
      return;
    }
    BOOST_TEST(properties->size() == value.size());
    for (const auto& [name, member] : value.items()) {
      BOOST_REQUIRE_MESSAGE(properties->contains(name), path + "." + name + " is not in schema.json");
      compare(member, properties->at(name), path + "." + name, name != "source" && name != "config_version");
    }
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(what_the_reader_accepts_fits_the_schema) {
  for (const auto& [title, text] : read_table("accepted.txt"))
    BOOST_TEST(fits_schema(parse(text)), title);
  BOOST_TEST(fits_schema(parse(read_text(ECCO_CONFIG_FOLDER "/ecco.yaml"))));
}

BOOST_AUTO_TEST_CASE(what_the_reader_refuses_does_not_fit_but_for_what_only_it_can_know) {
  for (const auto& [title, text] : read_table("refused.txt"))
    if (!is_beyond_schemas(title))
      BOOST_TEST(!fits_schema(parse(text)), title);
}

BOOST_AUTO_TEST_CASE(every_setting_is_described_with_its_default) {
  settings defaults;
  defaults.cameras[camera_id{"a"}].source = "x";
  defaults.experiment.regions[region_id{"r"}];
  auto value = parse(to_yaml(defaults));
  auto schema = schema_document();
  const auto cameras = schema["properties"]["cameras"];
  compare(value["cameras"]["a"], cameras.at("additionalProperties"), "cameras.a");
  const auto regions = schema["properties"]["experiment"]["properties"]["regions"];
  compare(value["experiment"]["regions"]["r"], regions.at("additionalProperties"), "experiment.regions.r");
  value["experiment"]["regions"] = nullptr;
  value.erase("cameras");
  schema["properties"].erase("cameras");
  compare(value, schema, "");
}

BOOST_AUTO_TEST_CASE(the_example_sets_everything_to_its_default) {
  const scratch_folder folder;
  const auto example = load_text(folder, read_text(ECCO_CONFIG_FOLDER "/ecco.yaml"));
  BOOST_REQUIRE_MESSAGE(example, (example ? "" : sentence(example.error())));
  auto expected = load_settings({}, {}, folder.outside()).value();
  expected.cameras = example->cameras;
  expected.experiment.regions = example->experiment.regions;
  BOOST_TEST((*example == expected));
  BOOST_TEST(example->cameras.at(camera_id{"north_gate"}).source == "rtsp://user:password@10.0.0.11/ch1");

  std::function<std::set<std::string>(const json&, std::string)> names = [&](const json& node,
                                                                             std::string path) {
    std::set<std::string> found{path};
    if (node.is_object())
      for (const auto& [name, member] : node.items())
        found.merge(names(member, path + "." + name));
    return found;
  };
  BOOST_TEST(
      (names(parse(read_text(ECCO_CONFIG_FOLDER "/ecco.yaml")), "") == names(parse(to_yaml(*example)), "")));
}

BOOST_AUTO_TEST_SUITE_END()
