// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "policy/town.hpp"
#include "runtime/policy/placing.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

/// A request of a camera that runs `revision`, whose own accuracy is `own`.
scored_request asks(const std::string& camera, double own, std::uint32_t revision = 1, double north_m = 0) {
  scored_request out;
  out.request = request_of(camera, north_m);
  out.revision = revision;
  out.own_accuracy = own;
  out.brought[revision] = own;
  return out;
}

std::map<std::string, std::uint32_t> groups_of(const std::vector<placed_request>& placed) {
  std::map<std::string, std::uint32_t> out;
  for (const auto& [camera, where] : placed)
    out[camera.value] = where.group.value;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(requests_placed_together)

BOOST_AUTO_TEST_CASE(neighbours_that_run_the_same_model_found_one_group) {
  grouping policy{{}};
  const auto placed = place_together(policy, {asks("c", .1), asks("a", .2), asks("b", .1)}, 1h, 1);
  BOOST_TEST_REQUIRE(placed.size() == 3u);
  BOOST_TEST(placed[0].camera.value == "a"); // the order of names, when nothing else tells
  BOOST_TEST(!placed[0].where.joined);
  BOOST_TEST(placed[1].where.joined);
  BOOST_TEST(placed[2].where.joined);
  BOOST_TEST(policy.groups().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_worst_fall_founds_the_group_then_the_longest_drift) {
  grouping policy{{}};
  auto fallen = asks("z", .1), old = asks("y", .1);
  fallen.fall = .3;
  old.request.age = 10s;
  const auto placed = place_together(policy, {asks("a", .1), old, fallen}, 1h, 1);
  BOOST_TEST(placed[0].camera.value == "z");
  BOOST_TEST(placed[1].camera.value == "y");
  BOOST_TEST(placed[2].camera.value == "a");
}

BOOST_AUTO_TEST_CASE(a_model_that_another_brought_must_do_better_than_ones_own) {
  grouping policy{{}};
  auto a = asks("a", .1, 1), b = asks("b", .3, 2), c = asks("c", .1, 3);
  b.brought[1] = .25;
  c.brought[1] = .05;
  c.brought[2] = .4;
  const auto placed = groups_of(place_together(policy, {a, b, c}, 1h, 1));
  BOOST_TEST(placed.at("a") != placed.at("b"));
  BOOST_TEST(placed.at("c") == placed.at("b"));
}

BOOST_AUTO_TEST_CASE(siblings_of_one_group_may_be_a_little_worse) {
  grouping policy{{}};
  auto a = asks("a", .1, 1), b = asks("b", .3, 2);
  b.brought[1] = .25;
  a.learnt_in = b.learnt_in = group_id{7};
  const auto placed = groups_of(place_together(policy, {a, b}, 1h, 1));
  BOOST_TEST(placed.at("a") == placed.at("b"));
}

BOOST_AUTO_TEST_CASE(those_far_apart_found_their_own) {
  grouping policy{{}};
  place_together(policy, {asks("a", .1), asks("b", .1, 1, 500)}, 1h, 1);
  BOOST_TEST(policy.groups().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_group_that_there_is_already_comes_first_when_it_does_better) {
  town t;
  t.ask("old", .1, 0);
  auto a = asks("a", .1), b = asks("b", .1);
  a.groups = b.groups = {{group_id{1}, .5, false}};
  const auto placed = place_together(t.policy, {b, a}, t.now, t.window);
  for (const auto& [camera, where] : placed)
    BOOST_TEST(where.group.value == 1u);
}

BOOST_AUTO_TEST_CASE(a_request_from_nowhere_or_no_time_is_refused) {
  auto good = request_of("a");
  BOOST_TEST(check(good).has_value());
  for (const auto age : {duration{-1}, duration{24h} + duration{1}, duration::max(), duration::min()}) {
    auto bad = good;
    bad.age = age;
    BOOST_TEST((check(bad).error().code == ec::invalid_argument));
  }
  for (const auto& place : {location{std::nan(""), 0}, location{0, 181}, location{-INFINITY, 0}, location{90.01, 0}}) {
    auto bad = good;
    bad.place = place;
    BOOST_TEST((check(bad).error().code == ec::invalid_argument));
  }
}

RC_BOOST_PROP(the_order_in_which_requests_arrive_does_not_matter, ()) {
  const auto accuracy = [] {
    const auto i = *rc::gen::inRange(0, 21);
    return i == 20 ? std::nan("") : i / 20.;
  };
  town t;
  for (int i = 0; i < 4; ++i)
    t.ask(std::string(1, static_cast<char>('A' + i)), .9, .1, 150. * i);
  std::vector<scored_request> requests;
  const auto count = *rc::gen::inRange(0, 8);
  for (int i = 0; i < count; ++i) {
    auto one = asks(std::string(1, static_cast<char>('a' + i)), accuracy(), *rc::gen::inRange(1u, 4u),
                    50. * *rc::gen::inRange(0, 10));
    one.fall = *rc::gen::inRange(0, 3) / 10.;
    one.learnt_in = group_id{*rc::gen::inRange(0u, 3u)};
    one.request.age = std::chrono::seconds{*rc::gen::inRange(0, 3)};
    for (std::uint32_t revision = 1; revision < 4; ++revision)
      one.brought[revision] = accuracy();
    for (const auto id : t.policy.candidates(one.request, t.now, t.window))
      one.groups.push_back({id, accuracy(), *rc::gen::inRange(0, 2) == 0});
    requests.push_back(std::move(one));
  }
  auto other = t;
  const auto first = place_together(t.policy, requests, t.now, t.window);
  std::mt19937 random{*rc::gen::inRange(0u, 1000u)};
  std::shuffle(requests.begin(), requests.end(), random);
  RC_ASSERT(place_together(other.policy, requests, t.now, t.window) == first);
  RC_ASSERT(first.size() == requests.size());
  RC_ASSERT(is_consistent(t.policy));
}

BOOST_AUTO_TEST_SUITE_END()
