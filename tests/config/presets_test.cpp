// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "config/presets.hpp"
#include "tests/config/scratch.hpp"

BOOST_AUTO_TEST_SUITE(preset_files)

using namespace ecco;

namespace {

std::string with(std::string_view preset, const std::string& more = {}) {
  return "config_version: 1\npreset: " + std::string{preset} + "\n" + more;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_preset_can_be_chosen_in_a_file_a_variable_and_an_argument) {
  const scratch_folder folder;
  BOOST_TEST(presets().size() == 5u);
  for (const auto& preset : presets())
    BOOST_TEST_CONTEXT(preset.name) {
      const auto in_file = load_text(folder, with(preset.name));
      BOOST_REQUIRE_MESSAGE(in_file, (in_file ? "" : sentence(in_file.error())));
      BOOST_TEST(in_file->preset == preset.name);
      auto outside = folder.outside();
      outside.variables["ECCO_PRESET"] = preset.name;
      BOOST_TEST((load_settings({}, {}, outside).value() == *in_file));
      const std::vector overrides{"preset=" + std::string{preset.name}};
      BOOST_TEST((load_settings({}, overrides, folder.outside()).value() == *in_file));
    }
}

BOOST_AUTO_TEST_CASE(no_two_presets_are_the_same_system) {
  const scratch_folder folder;
  std::vector<settings> seen;
  for (const auto& preset : presets()) {
    auto one = load_text(folder, with(preset.name)).value();
    one.preset.clear();
    BOOST_TEST((std::find(seen.begin(), seen.end(), one) == seen.end()), preset.name);
    seen.push_back(one);
  }
}

BOOST_AUTO_TEST_CASE(without_a_preset_it_is_the_paper_system_with_a_fixed_plan_and_rate) {
  const scratch_folder folder;
  auto chosen = load_text(folder, with("ecco")).value();
  chosen.preset.clear();
  chosen.sampling.mode = sampling_mode::fixed;
  chosen.rate.law = rate_law::fixed;
  BOOST_TEST((load_text(folder, "config_version: 1").value() == chosen));
}

BOOST_AUTO_TEST_CASE(a_preset_lies_beneath_what_was_written) {
  const scratch_folder folder;
  const auto mixed = load_text(folder, with("naive", "policy: {drop: 0.3, grouping: independent}\nseed: 5")).value();
  BOOST_TEST((mixed.policy.grouping == grouping_mode::independent));
  BOOST_TEST(mixed.policy.drop == 0.3);
  BOOST_TEST(mixed.seed == 5u);
  BOOST_TEST(name_of_system(mixed) == "naive");
}

BOOST_AUTO_TEST_CASE(what_makes_a_system_cannot_be_changed_under_its_name) {
  const scratch_folder folder;
  const std::vector<std::string> overrides{"policy.grouping=shared"};
  const auto refused = load_text(folder, with("naive"), overrides);
  BOOST_TEST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ec::invalid_argument));
  BOOST_TEST(refused.error().what
             == "--set policy.grouping: policy.grouping is shared, but the preset naive (case.yaml:2:9) sets it to "
                "independent: it would not be that system");
}

BOOST_AUTO_TEST_CASE(settings_with_a_preset_are_written_so_that_they_can_be_read_again) {
  const scratch_folder folder;
  const auto first = load_text(folder, with("recl", "window: {length: 20s}")).value();
  BOOST_TEST((load_text(folder, to_yaml(first)).value() == first));
}

BOOST_AUTO_TEST_SUITE_END()
