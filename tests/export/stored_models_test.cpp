// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/stored_models.hpp"

#include <string>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "messages/sha256.hpp"
#include "runtime/store/zoo_shelf.hpp"
#include "tests/export/an_archive.hpp"

using namespace ecco;
using ecco::test::must;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(stored_models_test)

namespace {

struct a_state {
  fs::path path = fs::temp_directory_path() / ("ecco-stored-models-test-" + std::to_string(::getpid()));
  a_state() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~a_state() { fs::remove_all(path); }

  static blob weights(std::uint32_t number) { return blob{bytes(100, static_cast<std::uint8_t>(number))}; }

  void add(std::uint32_t number, std::uint32_t group, std::vector<camera_id> cameras) {
    revision one;
    one.model = {number, sha256_hex(weights(number).view())};
    one.group = group_id{group};
    one.deployed = std::move(cameras);
    one.student = {{"person", "car"}, 64, 32};
    one.accuracy = {{camera_id{"north"}, .5}};
    must(open_revision_store(path / "models").value()->save(one, weights(number)));
  }

  std::uint32_t chosen(const model_choice& choice) {
    const auto found = load_stored_model(path, choice);
    BOOST_TEST((!found || found->weights == weights(found->facts.model.revision)));
    return found ? found->facts.model.revision : 0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_newest_of_what_is_meant_is_chosen, a_state) {
  const camera_id north{"north"}, south{"south"};
  add(1, 0, {north, south});
  add(2, 7, {north});
  add(3, 7, {south});
  add(4, 8, {south});
  BOOST_TEST(chosen({}) == 4u);
  BOOST_TEST(chosen({group_id{7}, {}, {}}) == 3u);
  BOOST_TEST(chosen({{}, north, {}}) == 2u);
  BOOST_TEST(chosen({group_id{7}, north, {}}) == 2u);
  BOOST_TEST(chosen({{}, {}, 1u}) == 1u);
  BOOST_TEST(chosen({group_id{8}, {}, 2u}) == 0u); // it is not of that group
  const auto missing = load_stored_model(path, {group_id{9}, {}, {}});
  BOOST_TEST((missing.error().code == ec::not_found));
  BOOST_TEST(missing.error().what == path.string() + ": there is no model of group g-0009");
}

BOOST_FIXTURE_TEST_CASE(models_are_listed_with_what_is_known_of_them, a_state) {
  add(1, 0, {});
  add(2, 7, {camera_id{"north"}});
  zoo_content content;
  content.experts.push_back({2, group_id{7}, 1, {}, 0, 0});
  must(open_zoo_shelf(path / "models")->save(content));
  const auto known = list_models(path).value();
  BOOST_TEST_REQUIRE(known.revisions.size() == 2u);
  BOOST_TEST((known.zoo == std::set<std::uint32_t>{2}));
  BOOST_TEST((known.revisions[1].student == student_traits{{"person", "car"}, 64, 32}));
  BOOST_TEST((known.revisions[1].accuracy == std::map<camera_id, double>{{camera_id{"north"}, .5}}));
}

BOOST_FIXTURE_TEST_CASE(a_folder_without_models_is_told_and_stays_as_it_was, a_state) {
  BOOST_TEST((list_models(path).error().code == ec::not_found));
  BOOST_TEST((list_models(path / "nowhere").error().code == ec::not_found));
  BOOST_TEST(fs::is_empty(path));
}

BOOST_AUTO_TEST_CASE(groups_are_read_as_they_are_written) {
  BOOST_TEST((parse_group("7") == group_id{7}));
  BOOST_TEST((parse_group("g-0007") == group_id{7}));
  for (const auto* text : {"", "0", "g-", "g-0000", "7x", "-1", "seven", "99999999999"})
    BOOST_TEST(!parse_group(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
