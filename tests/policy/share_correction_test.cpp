// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/share_correction.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;

BOOST_AUTO_TEST_SUITE(share_correction_test)

namespace {

camera_id name(std::size_t i) {
  return camera_id{"c" + std::to_string(i)};
}

/// A network in which a camera's rate is `total` times its part of the sum of increase^power, up to its cap.
struct a_network {
  double total = 9, power = 1;
  std::vector<double> weights;
  std::vector<std::optional<double>> caps;
  std::vector<double> rates;
  share_correction tested{{}};

  explicit a_network(std::vector<double> with, double by = 1) : power(by), weights(std::move(with)) {
    caps.resize(weights.size());
    tell_weights();
  }

  void tell_weights() {
    std::map<camera_id, double> told;
    for (std::size_t i = 0; i < weights.size(); ++i)
      told[name(i)] = weights[i];
    tested.set_weights(told);
  }

  void run(int corrections) {
    for (int n = 0; n < corrections; ++n) {
      std::vector<claim> claims;
      const auto standings = tested.standings();
      for (std::size_t i = 0; i < weights.size(); ++i)
        claims.push_back({std::pow(standings.at(name(i)).increase, power), caps[i]});
      rates = fill(total, claims);
      std::map<camera_id, double> measured;
      for (std::size_t i = 0; i < weights.size(); ++i)
        measured[name(i)] = rates[i];
      tested.correct(measured);
    }
  }
};

/// The level to which all are filled, found by halving: the definition, slowly.
std::vector<double> filled_slowly(double total, const std::vector<claim>& claims) {
  const auto at_level = [&](double level) {
    std::vector<double> out;
    for (const auto& one : claims)
      out.push_back(one.cap ? std::min(*one.cap, level * one.weight) : level * one.weight);
    return out;
  };
  double low = 0, high = 1e9;
  for (int i = 0; i < 200; ++i) {
    const auto level = (low + high) / 2, sum = [&] {
      const auto given = at_level(level);
      return std::accumulate(given.begin(), given.end(), 0.0);
    }();
    (sum < total ? low : high) = level;
  }
  return at_level(low);
}

std::vector<claim> any_claims() {
  std::vector<claim> out;
  for (int i = *rc::gen::inRange(1, 12); i > 0; --i) {
    claim one{*rc::gen::inRange(1, 1000) / 100.0, {}};
    if (*rc::gen::inRange(0, 3) == 0)
      one.cap = *rc::gen::inRange(0, 500) / 100.0;
    out.push_back(one);
  }
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(what_a_cap_leaves_goes_to_the_others_by_weight) {
  struct row {
    double total;
    std::vector<claim> claims;
    std::vector<double> wanted;
  };
  const std::vector<row> table{
      {9, {{.15, 1.}, {.15, 1.}, {.25, {}}, {.25, {}}, {.1, {}}, {.1, {}}}, {1, 1, 2.5, 2.5, 1, 1}}, // Fig. 11
      {10, {{.3, {}}, {.7, {}}}, {3, 7}},
      {10, {{1, 2.}, {1, 3.}}, {2, 3}}, // nobody may take the rest
      {10, {{1, 0.}, {4, {}}}, {0, 10}},
      {0, {{1, {}}, {2, 1.}}, {0, 0}},
  };
  for (const auto& [total, claims, wanted] : table) {
    const auto given = fill(total, claims);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      BOOST_TEST(given[i] == wanted[i], boost::test_tools::tolerance(1e-12));
  }
  BOOST_TEST(fill(1, {}).empty());
}

RC_BOOST_PROP(filling_agrees_with_its_definition, ()) {
  const auto claims = any_claims();
  const auto total = *rc::gen::inRange(0, 5000) / 100.0;
  const auto given = fill(total, claims), slowly = filled_slowly(total, claims);
  for (std::size_t i = 0; i < claims.size(); ++i)
    RC_ASSERT(std::abs(given[i] - slowly[i]) < 1e-6);
}

RC_BOOST_PROP(the_order_of_claims_does_not_matter_to_the_last_bit, ()) {
  auto claims = any_claims();
  const auto total = *rc::gen::inRange(0, 5000) / 100.0;
  const auto given = fill(total, claims);
  std::vector<std::size_t> order(claims.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (auto i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  std::vector<claim> shuffled;
  for (const auto i : order)
    shuffled.push_back(claims[i]);
  const auto again = fill(total, shuffled);
  for (std::size_t i = 0; i < order.size(); ++i)
    RC_ASSERT(again[i] == given[order[i]]);
}

BOOST_AUTO_TEST_CASE(equal_claims_get_equal_parts_to_the_last_bit) {
  for (const auto& claims : {std::vector<claim>{{8.14, {}}, {8.15, {}}, {8.14, {}}}, // .01 by a running rest: unequal
                             std::vector<claim>{{3, .01}, {7.1, .3}, {3, .01}, {3, .01}}}) {
    const auto given = fill(.01, claims);
    BOOST_TEST(given[0] == given[2]);
  }
}

BOOST_AUTO_TEST_CASE(shares_become_those_wanted_whatever_rule_the_network_has) {
  for (const auto power : {.5, 1.0, 2.0}) { // random losses, losses in step, a network that favours the strong
    a_network one{{.1, .1, .25, .25, .15, .15}, power};
    one.run(20);
    for (std::size_t i = 0; i < one.weights.size(); ++i)
      BOOST_TEST(std::abs(one.rates[i] / one.total - one.weights[i]) < .005, "power " << power << ", camera " << i);
  }
}

BOOST_AUTO_TEST_CASE(a_capped_camera_is_found_out_and_the_others_share_the_rest) {
  for (const auto power : {.5, 1.0}) {
    a_network one{{.15, .15, .25, .25, .1, .1}, power};
    one.caps[0] = one.caps[1] = 1;
    one.run(30);
    const std::vector<double> ideal{1, 1, 2.5, 2.5, 1, 1};
    for (std::size_t i = 0; i < ideal.size(); ++i)
      BOOST_TEST(std::abs(one.rates[i] - ideal[i]) < .02 * one.total, "power " << power << ", camera " << i);
    const auto standings = one.tested.standings();
    for (std::size_t i = 0; i < ideal.size(); ++i)
      BOOST_TEST(standings.at(name(i)).limited == (i < 2));
    BOOST_TEST(standings.at(name(0)).increase < 2); // what was raised in vain is taken back
  }
}

BOOST_AUTO_TEST_CASE(a_camera_that_is_freed_gets_its_share_again) {
  a_network one{{.5, .5}};
  one.caps[0] = 1;
  one.run(30);
  BOOST_TEST(one.tested.standings().at(name(0)).limited);
  one.caps[0].reset();
  one.run(20);
  BOOST_TEST(!one.tested.standings().at(name(0)).limited);
  BOOST_TEST(std::abs(one.rates[0] / one.total - .5) < .01);
}

BOOST_AUTO_TEST_CASE(a_camera_that_sends_nothing_holds_nothing_back) {
  a_network one{{.5, .25, .25}};
  one.caps[0] = 0;
  one.run(30);
  BOOST_TEST(one.tested.standings().at(name(0)).wanted == 0);
  BOOST_TEST(one.rates[1] == 4.5, boost::test_tools::tolerance(.01));
}

BOOST_AUTO_TEST_CASE(a_new_division_is_followed_with_what_was_learnt) {
  a_network one{{.3, .7}, .5};
  one.run(20);
  one.weights = {.7, .3};
  one.tell_weights();
  one.run(12);
  BOOST_TEST(std::abs(one.rates[0] / one.total - .7) < .01);
}

BOOST_AUTO_TEST_CASE(weights_that_are_none_do_not_compete) {
  share_correction tested;
  tested.set_weights({{name(0), .5}, {name(1), NAN}, {name(2), 0}, {name(3), -1}, {name(4), INFINITY}});
  BOOST_TEST(tested.standings().size() == 1u);
  tested.correct({{name(0), NAN}, {name(9), 5}});
  BOOST_TEST(std::isfinite(tested.standings().at(name(0)).increase));
}

RC_BOOST_PROP(increases_are_positive_and_their_mean_is_that_of_one_flow, ()) {
  share_correction tested;
  std::map<camera_id, double> weights;
  const auto cameras = *rc::gen::inRange<std::size_t>(1, 10);
  for (std::size_t i = 0; i < cameras; ++i)
    weights[name(i)] = *rc::gen::inRange(1, 1000) / 1000.0;
  tested.set_weights(weights);
  for (int n = *rc::gen::inRange(0, 30); n > 0; --n) {
    std::map<camera_id, double> measured;
    for (std::size_t i = 0; i < cameras; ++i)
      measured[name(i)] = *rc::gen::inRange(0, 10'000'000);
    tested.correct(measured);
  }
  double sum = 0;
  for (const auto& [id, standing] : tested.standings()) {
    RC_ASSERT(standing.increase > 0);
    RC_ASSERT(std::isfinite(standing.increase));
    sum += standing.increase;
  }
  RC_ASSERT(std::abs(sum / static_cast<double>(cameras) - 1) < 1e-9);
}

BOOST_AUTO_TEST_SUITE_END()
