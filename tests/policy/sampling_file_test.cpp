// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sampling_file.hpp"

#include <boost/test/unit_test.hpp>

using namespace ecco;

namespace {

/// A level that is fine, after which comes what is not.
const std::string good = "sampling_table: 1\nmobile:\n  levels:\n    - {pixels_per_second: 10, fps: 1, size: 64x48}\n";

std::string complaint(const std::string& text) {
  const auto read = parse_sampling_tables(text, "t.yaml");
  return read ? "" : read.error().what;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sampling_files)

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_the_same) {
  const auto grid = make_sampling_grid({256, 192});
  sampling_tables tables;
  tables.mobile = default_table(grid, camera_motion::mobile, {});
  tables.cameras[camera_id{"north_gate"}] = {{{1234.5, {.5, {320, 192}}}, {9e6, {10, {960, 576}}}}, 1};
  tables.cameras[camera_id{"123"}] = *tables.mobile;
  const auto read = parse_sampling_tables(to_yaml(tables), "t.yaml");
  BOOST_REQUIRE_MESSAGE(read, (read ? "" : read.error().what));
  BOOST_TEST((*read == tables));
}

BOOST_AUTO_TEST_CASE(json_is_read_as_well) {
  const auto read = parse_sampling_tables(
      R"({"sampling_table": 1, "stationary": {"levels": [{"pixels_per_second": 5, "fps": 0.5, "size": "64x48"}]}})",
      "t.json");
  BOOST_REQUIRE_MESSAGE(read, (read ? "" : read.error().what));
  BOOST_TEST((read->stationary->levels == std::vector<sampling_level>{{5, {.5, {64, 48}}}}));
  BOOST_TEST(!read->mobile.has_value());
}

BOOST_AUTO_TEST_CASE(each_refusal_names_the_line_and_the_reason) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "t.yaml:1:1: the file must be a section with names and values"},
      {"mobile:\n  levels: []\n", "t.yaml:2:3: mobile.levels must be 1 to 64, but there are 0"},
      {"{}", "t.yaml:1:1: sampling_table is missing"},
      {"sampling_table: 2\n", "t.yaml:1:17: sampling_table is of a version that this ecco does not know"},
      {"sampling_table: 1\nstill: {}\n", "t.yaml:2:1: still is not known here"},
      {"sampling_table: 1\nmobile: {}\n", "t.yaml:2:9: mobile.levels is missing"},
      {"sampling_table: 1\ncameras: {North Gate: {}}\n", "t.yaml:2:23: cameras.North Gate is not a name of a camera"},
      {good + "    - {pixels_per_second: 10, fps: 2, size: 64x48}\n",
       "t.yaml:5:7: mobile.levels[1].pixels_per_second must be more than that of the level before, 10, but is 10"},
      {good + "    - {pixels_per_second: 11, fps: 0.9, size: 64x48}\n",
       "t.yaml:5:7: mobile.levels[1] has fewer pixels a second than the level before it"},
      {good + "    - {pixels_per_second: 11, fps: 61, size: 64x48}\n",
       "t.yaml:5:7: mobile.levels[1].fps must be between 0.05 and 60, but is 61"},
      {good + "    - {pixels_per_second: 11, fps: 2, size: 64x49}\n",
       "t.yaml:5:7: mobile.levels[1].size must have even sides of 16..4096 pixels, but is 64x49"},
      {good + "    - {pixels_per_second: 11, fps: 2, size: large}\n",
       "t.yaml:5:45: mobile.levels[1].size is not a picture size: 'large'"},
      {good + "    - {pixels_per_second: 11, fps: fast, size: 64x48}\n",
       "t.yaml:5:36: mobile.levels[1].fps must be a number"},
      {good + "    - {pixels_per_second: -1, fps: 2, size: 64x48}\n",
       "t.yaml:5:7: mobile.levels[1].pixels_per_second must be a number of at least 0"},
      {good + "    - {pixels_per_second: 11, fps: 2}\n", "t.yaml:5:7: mobile.levels[1].size is missing"},
      {good + "  label_part: 0\n", "t.yaml:3:3: mobile.label_part must be more than 0 and at most 1, but is 0"},
      {good + "  label_part: .nan\n", "t.yaml:5:15: mobile.label_part must be a number"},
  };
  for (const auto& [text, expected] : cases)
    BOOST_TEST_CONTEXT(text)
  BOOST_TEST(complaint(text) == expected);
}

BOOST_AUTO_TEST_CASE(what_is_no_yaml_or_too_much_of_it_is_malformed) {
  for (const auto& text : {std::string{"a: [1"}, std::string(2 << 20, '#'), std::string{"\xff"}}) {
    const auto read = parse_sampling_tables(text, "t.yaml");
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error().code == ec::malformed_data));
  }
  auto many = good;
  for (int i = 0; i < 100; ++i)
    many += "    - {pixels_per_second: " + std::to_string(20 + i) + ", fps: 1, size: 64x48}\n";
  BOOST_TEST(complaint(many) == "t.yaml:68:7: mobile.levels must be 1 to 64, but there are 65");
}

BOOST_AUTO_TEST_SUITE_END()
