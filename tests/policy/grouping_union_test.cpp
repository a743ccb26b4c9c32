// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>

#include <boost/test/unit_test.hpp>

#include "policy/town.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

using cross = std::vector<cross_score>;

/// Groups of two near each other that were opened apart: a and b at .5, c and d at .4, well past their stay.
struct two_couples : town {
  explicit two_couples(grouping_options options = {}) : town{options} {
    ask("a", .1, 0);
    ask("b", .1, .5);
    ask("c", .9, .1);
    policy.open(std::vector{request_of("c"), request_of("d")}, now, window);
    for (int i = 0; i < 5; ++i)
      BOOST_TEST_REQUIRE(steady().empty());
    BOOST_TEST_REQUIRE(policy.groups().size() == 2u);
    first = policy.group_of(camera_id{"a"}).value();
    second = policy.group_of(camera_id{"c"}).value();
  }

  std::vector<removal> steady() { return close({{"a", .5}, {"b", .5}, {"c", .4}, {"d", .4}}); }

  /// The window that was closed last.
  window_number closed() const { return window - 1; }

  std::vector<transfer> unite(const cross& scores) { return policy.unite(closed(), scores, now); }

  cross_score on(const std::string& camera, double accuracy, double error = .001) const {
    const auto own = policy.group_of(camera_id{camera}).value();
    return {own == first ? second : first, camera_id{camera}, accuracy, error};
  }

  /// Closes windows until comparisons are due.
  void to_comparison() {
    do
      steady();
    while (closed() % 3 != 0);
  }

  group_id first, second;
};

} // namespace

BOOST_AUTO_TEST_SUITE(groups_that_become_alike)

BOOST_AUTO_TEST_CASE(groups_near_each_other_are_compared_every_third_window) {
  two_couples t;
  int compared = 0;
  for (int i = 0; i < 9; ++i) {
    t.steady();
    const auto pairs = t.policy.pairs_to_compare(t.closed());
    compared += static_cast<int>(pairs.size());
    if (!pairs.empty())
      BOOST_TEST((pairs.front() == grouping::pair{t.first, t.second}));
  }
  BOOST_TEST(compared == 3);
}

BOOST_AUTO_TEST_CASE(groups_far_apart_or_without_a_score_are_not_compared) {
  two_couples t;
  t.policy.moved(camera_id{"d"}, request_of("d", 300).place);
  t.to_comparison();
  BOOST_TEST(t.policy.pairs_to_compare(t.closed()).empty());
  two_couples u;
  do
    u.close({{"a", .5}, {"b", .5}, {"c", NAN}});
  while (u.closed() % 3 != 0);
  BOOST_TEST(u.policy.pairs_to_compare(u.closed()).empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_compared_when_that_is_off) {
  two_couples t{{.compare_every = 0}};
  t.to_comparison();
  BOOST_TEST(t.policy.pairs_to_compare(t.closed()).empty());
}

BOOST_AUTO_TEST_CASE(a_group_that_drifted_as_a_whole_is_compared_at_once) {
  two_couples t;
  while (t.window % 3 == 0)
    t.steady();
  t.close({{"a", .5}, {"b", .5}, {"c", .1}, {"d", .1}});
  BOOST_TEST(t.policy.pairs_to_compare(t.closed()).size() == 1u);
}

BOOST_AUTO_TEST_CASE(more_pairs_than_can_be_compared_take_turns) {
  town t{{.most_pairs = 2}};
  std::vector<std::pair<std::string, double>> scores;
  for (const auto* camera : {"a", "b", "c", "d"}) {
    t.ask(camera, .5, 0);
    scores.emplace_back(camera, .5);
  }
  std::set<grouping::pair> seen;
  for (int i = 0; i < 9; ++i) {
    t.close(scores);
    for (const auto& which : t.policy.pairs_to_compare(t.window - 1))
      BOOST_TEST(seen.insert(which).second);
  }
  BOOST_TEST(seen.size() == 6u);
}

BOOST_AUTO_TEST_CASE(two_groups_whose_models_are_as_good_for_each_other_become_one_with_the_better_weights) {
  two_couples t;
  const auto out = t.unite({t.on("a", .495), t.on("b", .5), t.on("c", .45), t.on("d", .44)});
  BOOST_TEST_REQUIRE(out.size() == 1u);
  BOOST_TEST((out[0].from == t.second));
  BOOST_TEST((out[0].to == t.first));
  BOOST_TEST(out[0].whole);
  BOOST_TEST(out[0].cameras.size() == 2u);
  BOOST_TEST(out[0].why == "alike: g-0001's model scores 0.45 here, g-0003's own 0.40");
  BOOST_TEST(t.policy.groups().size() == 1u);
  BOOST_TEST(is_consistent(t.policy));
  // Its next test compares with the evaluation that moved it (decision 9).
  BOOST_TEST(t.policy.groups().at(t.first).members.at(camera_id{"c"}).accuracy == .45);
  BOOST_TEST(t.close({{"a", .5}, {"b", .5}, {"c", .44}, {"d", .44}}).empty());
}

BOOST_AUTO_TEST_CASE(a_group_whose_model_is_worse_for_the_others_stays_apart) {
  two_couples t;
  BOOST_TEST(t.unite({t.on("a", .3), t.on("b", .3), t.on("c", .405), t.on("d", .405)}).empty());
}

BOOST_AUTO_TEST_CASE(one_member_that_would_fall_prevents_a_merger) {
  two_couples t;
  BOOST_TEST(t.unite({t.on("a", .495), t.on("b", .495), t.on("c", .7), t.on("d", .2)}).size() == 1u); // only c goes
  BOOST_TEST((t.policy.group_of(camera_id{"c"}) == t.first));
  BOOST_TEST((t.policy.group_of(camera_id{"d"}) == t.second));
}

BOOST_AUTO_TEST_CASE(a_member_that_does_better_under_the_other_model_goes_there_alone) {
  two_couples t;
  const auto out = t.unite({t.on("a", .1), t.on("b", .6), t.on("c", .1), t.on("d", .1)});
  BOOST_TEST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].cameras.size() == 1u);
  BOOST_TEST(!out[0].whole);
  BOOST_TEST((t.policy.group_of(camera_id{"b"}) == t.second));
  BOOST_TEST((t.policy.group_of(camera_id{"a"}) == t.first));
}

BOOST_AUTO_TEST_CASE(better_within_doubt_is_not_better) {
  two_couples t;
  BOOST_TEST(t.unite({t.on("a", .1), t.on("b", .6, .06), t.on("c", .1), t.on("d", .1)}).empty());
}

BOOST_AUTO_TEST_CASE(a_member_moves_only_after_its_stay_but_a_whole_group_at_once) {
  two_couples t;
  t.ask("e", .1, .5);
  t.close({{"a", .5}, {"b", .5}, {"e", .5}, {"c", .4}, {"d", .4}});
  const auto in = *t.policy.group_of(camera_id{"e"});
  BOOST_TEST_REQUIRE((in == t.first));
  BOOST_TEST(t.unite({{t.second, camera_id{"e"}, .9, .001}}).empty());
  town u;
  u.ask("a", .1, 0);
  u.ask("b", .9, 0);
  u.close({{"a", .2}, {"b", .9}});
  const cross scores{{group_id{2}, camera_id{"a"}, .8, .001}, {group_id{1}, camera_id{"b"}, .1, .001}};
  const auto out = u.policy.unite(u.window - 1, scores, u.now);
  BOOST_TEST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].whole);
  BOOST_TEST(u.group("a") == u.group("b"));
}

BOOST_AUTO_TEST_CASE(no_more_cameras_move_than_the_cap_allows) {
  two_couples t{{.most_moves = 1}};
  t.to_comparison();
  const auto out = t.unite({t.on("a", .5), t.on("b", .5), t.on("c", .45), t.on("d", .46)});
  BOOST_TEST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].cameras.size() == 1u);
  BOOST_TEST(out[0].cameras[0].value == "d"); // it gains most
  BOOST_TEST(!out[0].whole);
  BOOST_TEST(t.unite({t.on("c", .45)}).empty());
}

BOOST_AUTO_TEST_CASE(who_left_a_group_is_not_brought_back_while_it_is_barred) {
  two_couples t;
  const auto out = t.close({{"a", .5}, {"b", .1}, {"c", .4}, {"d", .4}});
  BOOST_TEST_REQUIRE(out.size() == 1u);
  t.ask("b", .9, .1);
  for (int i = 0; i < 2; ++i) {
    t.close({{"a", .5}, {"b", .9}, {"c", .4}, {"d", .4}});
    BOOST_TEST(t.policy.unite(t.closed(), cross{{t.first, camera_id{"b"}, .95, .001}}, t.now).empty());
  }
  t.close({{"a", .5}, {"b", .9}, {"c", .4}, {"d", .4}});
  BOOST_TEST(t.policy.unite(t.closed(), cross{{t.first, camera_id{"b"}, .95, .001}}, t.now).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_order_of_scores_does_not_matter_and_a_group_changes_once) {
  two_couples t;
  t.policy.open(std::vector{request_of("e")}, t.now, t.window);
  for (int i = 0; i < 3; ++i)
    t.close({{"a", .5}, {"b", .5}, {"c", .4}, {"d", .4}, {"e", .45}});
  const auto third = *t.policy.group_of(camera_id{"e"});
  cross scores{t.on("a", .5), t.on("b", .5), t.on("c", .4), t.on("d", .4)};
  for (const auto* camera : {"a", "b", "c", "d"})
    scores.push_back({third, camera_id{camera}, .6, .001});
  scores.push_back({t.first, camera_id{"e"}, .45, .001});
  scores.push_back({t.second, camera_id{"e"}, .45, .001});
  std::mt19937 random{3};
  const auto expected = two_couples{t}.unite(scores);
  BOOST_TEST_REQUIRE(expected.size() == 1u);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(scores.begin(), scores.end(), random);
    BOOST_TEST((two_couples{t}.unite(scores) == expected));
  }
}

BOOST_AUTO_TEST_CASE(of_changes_that_compete_a_merger_comes_first_then_what_gains_most) {
  town t;
  std::vector<std::pair<std::string, double>> calm;
  for (const auto* camera : {"a", "b", "c", "d"}) {
    t.policy.open(std::vector{request_of(camera)}, t.now, t.window);
    calm.emplace_back(camera, .5);
  }
  t.close(calm);
  const auto on = [](std::uint32_t model, const char* camera, double accuracy) {
    return cross_score{group_id{model}, camera_id{camera}, accuracy, .001};
  };
  // a would gain in b's and more in c's group, whose models are no good for each other; c and d are alike.
  const cross both{on(2, "a", .6), on(1, "b", .1), on(3, "a", .7), on(1, "c", .1)};
  auto copy = t;
  auto out = copy.policy.unite(copy.window - 1, both, copy.now);
  BOOST_TEST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].to.value == 3u);
  auto with_merger = both;
  with_merger.insert(with_merger.end(), {on(3, "d", .5), on(4, "c", .5)});
  out = t.policy.unite(t.window - 1, with_merger, t.now);
  BOOST_TEST_REQUIRE(out.size() == 2u);
  BOOST_TEST((out[0].from.value == 4u && out[0].to.value == 3u));
  BOOST_TEST((out[1].from.value == 1u && out[1].to.value == 2u));
}

BOOST_AUTO_TEST_CASE(scores_of_groups_that_are_gone_change_nothing) {
  two_couples t;
  cross scores{t.on("a", .5), t.on("b", .5), t.on("c", .45), t.on("d", .44)};
  t.policy.end(t.second);
  BOOST_TEST(t.unite(scores).empty());
  BOOST_TEST(t.policy.groups().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
