// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/revisions.hpp"

#include <cmath>
#include <fstream>
#include <memory>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "messages/sha256.hpp"

using namespace ecco;
namespace fs = std::filesystem;

namespace {

struct folder {
  fs::path path = fs::temp_directory_path() / ("ecco-store-test-" + std::to_string(::getpid()));
  folder() { fs::remove_all(path); }
  ~folder() { fs::remove_all(path); }
};

blob weights_of(std::uint8_t fill) {
  return blob{bytes(1000, fill)};
}

revision a_revision(std::uint32_t number, const blob& weights) {
  return {{number, sha256_hex(weights.view())},
          number - 1,
          group_id{3},
          7,
          {camera_id{"north"}, camera_id{"south"}},
          {{"person", "car"}, 320, 192},
          {{camera_id{"north"}, .5}}};
}

} // namespace

BOOST_FIXTURE_TEST_CASE(what_was_saved_is_there_after_a_restart, folder) {
  {
    auto store = open_revision_store(path).value();
    for (std::uint32_t n = 1; n <= 3; ++n)
      BOOST_TEST_REQUIRE(store->save(a_revision(n, weights_of(n)), weights_of(n)).has_value());
  }
  auto store = open_revision_store(path).value();
  const auto known = store->list().value();
  BOOST_TEST_REQUIRE(known.size() == 3u);
  BOOST_TEST((known[1] == a_revision(2, weights_of(2))));
  BOOST_TEST((store->load(known[1].model).value() == weights_of(2)));
}

BOOST_FIXTURE_TEST_CASE(a_manifest_of_an_earlier_ecco_is_read, folder) {
  auto store = open_revision_store(path).value();
  auto old = a_revision(1, weights_of(1));
  BOOST_TEST_REQUIRE(store->save(old, weights_of(1)).has_value());
  std::ofstream{path / "000001" / "manifest.json"}
      << R"({"revision": 1, "parent": 0, "group": 3, "window": 7, "deployed": ["north", "south"], "sha256": ")"
      << old.model.sha256 << "\"}";
  old.student = {};
  old.accuracy.clear();
  BOOST_TEST((store->list().value() == std::vector{old}));
}

BOOST_FIXTURE_TEST_CASE(a_score_that_nobody_has_is_not_written, folder) {
  auto store = open_revision_store(path).value();
  auto one = a_revision(1, weights_of(1));
  one.accuracy[camera_id{"south"}] = std::nan("");
  BOOST_TEST_REQUIRE(store->save(one, weights_of(1)).has_value());
  BOOST_TEST((store->list().value() == std::vector{a_revision(1, weights_of(1))}));
}

BOOST_FIXTURE_TEST_CASE(a_half_written_revision_does_not_exist, folder) {
  auto store = open_revision_store(path).value();
  BOOST_TEST_REQUIRE(store->save(a_revision(1, weights_of(1)), weights_of(1)).has_value());
  fs::create_directories(path / "000002.part");
  std::ofstream{path / "000002.part" / "weights.safetensors"} << "half";
  fs::create_directories(path / "000003");
  BOOST_TEST(store->list().value().size() == 1u);
  // The number is free again.
  BOOST_TEST(store->save(a_revision(2, weights_of(2)), weights_of(2)).has_value());
  BOOST_TEST(store->list().value().size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(damaged_weights_are_neither_listed_nor_loaded, folder) {
  auto store = open_revision_store(path).value();
  const auto good = a_revision(1, weights_of(1));
  BOOST_TEST_REQUIRE(store->save(good, weights_of(1)).has_value());
  std::fstream{path / "000001" / "weights.safetensors"} << 'x';
  const auto loaded = store->load(good.model);
  BOOST_TEST_REQUIRE(!loaded.has_value());
  BOOST_TEST((loaded.error().code == ec::malformed_data));
  BOOST_TEST(store->list().value().empty());
}

BOOST_FIXTURE_TEST_CASE(a_damaged_manifest_hides_only_its_revision, folder) {
  auto store = open_revision_store(path).value();
  for (std::uint32_t n = 1; n <= 4; ++n)
    BOOST_TEST_REQUIRE(store->save(a_revision(n, weights_of(n)), weights_of(n)).has_value());
  std::ofstream{path / "000001" / "manifest.json"} << "{";
  std::ofstream{path / "000002" / "manifest.json"} << R"({"revision": "two"})";
  std::ofstream{path / "000003" / "manifest.json"} << "[]";
  const auto known = store->list().value();
  BOOST_TEST_REQUIRE(known.size() == 1u);
  BOOST_TEST(known[0].model.revision == 4u);
}

BOOST_FIXTURE_TEST_CASE(what_was_updated_is_there_after_a_restart_with_the_same_weights, folder) {
  auto changed = a_revision(1, weights_of(1));
  {
    auto store = open_revision_store(path).value();
    BOOST_TEST_REQUIRE(store->save(changed, weights_of(1)).has_value());
    std::ofstream{path / "000001" / "manifest.json.part"} << "half of an earlier attempt";
    changed.deployed = {camera_id{"south"}};
    BOOST_TEST_REQUIRE(store->update(changed).has_value());
  }
  auto store = open_revision_store(path).value();
  BOOST_TEST((store->list().value() == std::vector{changed}));
  BOOST_TEST((store->load(changed.model).value() == weights_of(1)));
}

BOOST_FIXTURE_TEST_CASE(an_update_that_cannot_be_written_changes_nothing, folder) {
  auto store = open_revision_store(path).value();
  const auto before = a_revision(1, weights_of(1));
  BOOST_TEST_REQUIRE(store->save(before, weights_of(1)).has_value());
  fs::create_directories(path / "000001" / "manifest.json.part" / "in the way");
  auto changed = before;
  changed.deployed.clear();
  const auto updated = store->update(changed);
  BOOST_TEST_REQUIRE(!updated.has_value());
  BOOST_TEST((updated.error().code == ec::io_failed));
  BOOST_TEST((store->list().value() == std::vector{before}));
}

BOOST_FIXTURE_TEST_CASE(only_a_revision_that_exists_is_updated, folder) {
  for (auto store :
       {std::shared_ptr{open_revision_store(path).value()}, std::shared_ptr{make_memory_store()}}) {
    BOOST_TEST_REQUIRE(store->save(a_revision(1, weights_of(1)), weights_of(1)).has_value());
    BOOST_TEST((store->update(a_revision(2, weights_of(2))).error().code == ec::not_found));
    BOOST_TEST((store->update(a_revision(1, weights_of(2))).error().code == ec::not_found)); // other weights
    BOOST_TEST(store->list().value().size() == 1u);
  }
}

BOOST_FIXTURE_TEST_CASE(a_folder_that_cannot_be_made_is_named, folder) {
  std::ofstream{path} << "a file";
  const auto store = open_revision_store(path / "models");
  BOOST_TEST_REQUIRE(!store.has_value());
  BOOST_TEST(store.error().what.find(path.string()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_memory_store_keeps_what_it_was_given) {
  auto store = make_memory_store();
  BOOST_TEST_REQUIRE(store->save(a_revision(1, weights_of(1)), weights_of(1)).has_value());
  BOOST_TEST((store->load(a_revision(1, weights_of(1)).model).value() == weights_of(1)));
  BOOST_TEST(!store->load(a_revision(2, weights_of(2)).model).has_value());
  auto changed = a_revision(1, weights_of(1));
  changed.deployed.clear();
  BOOST_TEST_REQUIRE(store->update(changed).has_value());
  BOOST_TEST((store->list().value() == std::vector{changed}));
}
