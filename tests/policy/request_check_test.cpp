// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/request_check.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;

namespace {

retrain_request a_request() {
  retrain_request out;
  out.camera = camera_id{"north"};
  out.place = {47, 8};
  out.age = 3s;
  return out;
}

void is_refused(const retrain_request& request, const std::string& says) {
  const auto checked = check_request(request);
  BOOST_TEST_REQUIRE(!checked.has_value(), says);
  BOOST_TEST((checked.error().code == ec::invalid_argument));
  BOOST_TEST(checked.error().what.find(says) != std::string::npos, checked.error().what);
  BOOST_TEST(checked.error().what.find("north") != std::string::npos);
  BOOST_TEST(!checked.error().hint.empty());
}

const micro_window_grant granted{epoch{2}, 5, 3, group_id{7}, worker_id{"gpu0"}, 2s, {}, 0};

micro_window_report a_report() {
  micro_window_report out;
  out.term = granted.term;
  out.window = granted.window;
  out.index = granted.index;
  out.group = granted.group;
  out.accuracy_before = .2;
  out.accuracy_after = .3;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_checks)

BOOST_AUTO_TEST_CASE(a_request_at_the_edge_of_what_can_be_is_good) {
  auto request = a_request();
  request.place = {-90, 180};
  request.age = most_request_age;
  BOOST_TEST(check_request(request).has_value());
  request.place = {90, -180};
  request.age = 0s;
  BOOST_TEST(check_request(request).has_value());
}

BOOST_AUTO_TEST_CASE(places_that_are_not_on_earth_are_refused) {
  for (const auto latitude : {91.0, -90.5, double(NAN), double(INFINITY)}) {
    auto request = a_request();
    request.place.latitude = latitude;
    is_refused(request, "latitude");
  }
  for (const auto longitude : {180.5, -181.0, double(NAN), -double(INFINITY)}) {
    auto request = a_request();
    request.place.longitude = longitude;
    is_refused(request, "longitude");
  }
}

BOOST_AUTO_TEST_CASE(times_that_cannot_be_are_refused) {
  auto request = a_request();
  request.age = -1ns;
  is_refused(request, "in the future");
  request.age = most_request_age + 1s;
  is_refused(request, "s old");
  request.age = duration::max();
  is_refused(request, "s old");
  request.age = duration::min() + 1ns;
  is_refused(request, "in the future");
}

BOOST_AUTO_TEST_CASE(a_report_is_on_the_micro_window_that_was_granted) {
  BOOST_TEST(check_report(a_report(), granted).has_value());
  auto other = a_report();
  other.group = group_id{8};
  BOOST_TEST(!check_report(other, granted).has_value());
  other = a_report();
  other.index = 2;
  BOOST_TEST(!check_report(other, granted).has_value());
  other = a_report();
  other.window = 4;
  BOOST_TEST(!check_report(other, granted).has_value());
  other = a_report();
  other.term = epoch{1};
  BOOST_TEST(!check_report(other, granted).has_value());
}

BOOST_AUTO_TEST_CASE(accuracies_that_cannot_be_are_refused_and_unknown_ones_are_not) {
  auto report = a_report();
  report.accuracy_before = report.accuracy_after = NAN;
  BOOST_TEST(check_report(report, granted).has_value());
  for (const auto accuracy : {1.5, -.1, double(INFINITY)}) {
    report = a_report();
    report.accuracy_after = accuracy;
    BOOST_TEST(!check_report(report, granted).has_value());
    report = a_report();
    report.accuracy_before = accuracy;
    BOOST_TEST(!check_report(report, granted).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
