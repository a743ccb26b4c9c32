// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/seating_store.hpp"

#include <cmath>
#include <fstream>
#include <string>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct a_folder {
  fs::path path = fs::temp_directory_path() / ("ecco-seats-test-" + std::to_string(::getpid()));
  a_folder() { fs::create_directories(path); }
  ~a_folder() { fs::remove_all(path); }

  void write(const std::string& text) { std::ofstream{path / "groups.json"} << text; }
};

seating two_seats() {
  seating out;
  out.window = 7;
  out.next_group = 4;
  out.seats[camera_id{"north"}] = {group_id{3}, {47.25, 8.5}, 90s, 1500ms, 6, .625, .5};
  out.seats[camera_id{"south"}] = {group_id{3}, {-90, 180}, 24h, 0s, 8, std::nan(""), std::nan("")};
  return out;
}

void check_equal(const seating& one, const seating& other) {
  BOOST_TEST(one.window == other.window);
  BOOST_TEST(one.next_group == other.next_group);
  BOOST_TEST_REQUIRE(one.seats.size() == other.seats.size());
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  for (const auto& [camera, a] : one.seats) {
    BOOST_TEST_REQUIRE(other.seats.contains(camera));
    const auto& b = other.seats.at(camera);
    BOOST_TEST((a.group == b.group && a.place == b.place && a.since == b.since && a.until == b.until));
    BOOST_TEST((a.joined == b.joined && same(a.accuracy, b.accuracy) && same(a.latest, b.latest)));
  }
}

constexpr auto good = R"({"window":7,"nextGroup":4,"seats":[{"camera":"north","group":3,"latitude":47.25,
                          "longitude":8.5,"since":90.0,"until":1.5,"joined":6,"accuracy":0.625,"latest":null}]})";

} // namespace

BOOST_AUTO_TEST_SUITE(seating_store_test)

BOOST_FIXTURE_TEST_CASE(what_was_saved_is_there_after_a_restart, a_folder) {
  check_equal(open_seating_store(path)->load().value(), {});
  BOOST_TEST_REQUIRE(open_seating_store(path)->save(two_seats()).has_value());
  check_equal(open_seating_store(path)->load().value(), two_seats());
  BOOST_TEST_REQUIRE(open_seating_store(path)->save({}).has_value());
  check_equal(open_seating_store(path)->load().value(), {});
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_is_refused_and_left_where_it_is, a_folder) {
  write(good);
  BOOST_TEST_REQUIRE(open_seating_store(path)->load().has_value());
  const std::string whole{good};
  const auto with = [&](const std::string& from, const std::string& to) {
    auto text = whole;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const auto one = whole.substr(whole.find("{\"camera\""), whole.find("}]}") + 1 - whole.find("{\"camera\""));
  for (const auto& text :
       {std::string{}, std::string{"[]"}, std::string{"{}"}, whole.substr(0, whole.size() / 2),
        with("\"group\":3", "\"group\":0"), with("\"group\":3", "\"group\":4"), with("\"group\":3", "\"group\":-3"),
        with("\"north\"", "\"No such name\""), with("\"north\"", "7"), with("47.25", "90.5"), with("8.5", "1e999"),
        with("90.0", "-1"), with("90.0", "86401"), with("\"joined\":6", "\"joined\":9"), with("0.625", "1.5"),
        with("0.625", "-0.5"), with("0.625", "\"good\""), with("\"window\":7", "\"window\":4294967296"),
        with("[{", "[" + one + ",{")}) {
    write(text);
    const auto loaded = open_seating_store(path)->load();
    BOOST_TEST_REQUIRE(!loaded.has_value(), text);
    BOOST_TEST((loaded.error().code == ec::malformed_data));
    BOOST_TEST(fs::file_size(path / "groups.json") == text.size());
  }
}

BOOST_FIXTURE_TEST_CASE(a_store_that_cannot_be_written_says_so_and_keeps_what_it_had, a_folder) {
  const auto saved = open_seating_store(path / "not" / "there")->save(two_seats());
  BOOST_TEST_REQUIRE(!saved.has_value());
  BOOST_TEST((saved.error().code == ec::io_failed));
  BOOST_TEST_REQUIRE(open_seating_store(path)->save(two_seats()).has_value());
  fs::create_directory(path / "groups.json.part"); // where the draft would be
  BOOST_TEST(!open_seating_store(path)->save({}).has_value());
  check_equal(open_seating_store(path)->load().value(), two_seats());
}

BOOST_AUTO_TEST_SUITE_END()
