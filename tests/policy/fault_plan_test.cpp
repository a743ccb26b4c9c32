// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/fault_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;

namespace {

fault_rule rule(message_fate fate, std::string kind) {
  fault_rule out;
  out.fate = fate;
  out.kind = std::move(kind);
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fault_plans)

BOOST_AUTO_TEST_CASE(without_rules_everything_is_delivered) {
  fault_plan plan{1};
  BOOST_TEST(plan.empty());
  BOOST_TEST((plan.judge("event", "a", "b").fate == message_fate::delivered));
}

BOOST_AUTO_TEST_CASE(a_rule_meets_the_messages_it_names_and_no_others) {
  fault_plan plan{1};
  auto one = rule(message_fate::dropped, "trainReport");
  one.sender = "worker:*";
  one.receiver = "allocator";
  plan.add(one);
  BOOST_TEST((plan.judge("trainReport", "worker:gpu0", "allocator").fate == message_fate::dropped));
  BOOST_TEST((plan.judge("trainOrder", "worker:gpu0", "allocator").fate == message_fate::delivered));
  BOOST_TEST((plan.judge("trainReport", "g-0001", "allocator").fate == message_fate::delivered));
  BOOST_TEST((plan.judge("trainReport", "worker:gpu0", "g-0001").fate == message_fate::delivered));
}

BOOST_AUTO_TEST_CASE(the_nth_that_agrees_is_met_and_no_other) {
  fault_plan plan{1};
  auto second = rule(message_fate::killed, "event");
  second.nth = 2;
  plan.add(second);
  BOOST_TEST((plan.judge("event", "a", "b").fate == message_fate::delivered));
  BOOST_TEST((plan.judge("labels", "a", "b").fate == message_fate::delivered));
  BOOST_TEST((plan.judge("event", "a", "b").fate == message_fate::killed));
  BOOST_TEST((plan.judge("event", "a", "b").fate == message_fate::delivered));
}

BOOST_AUTO_TEST_CASE(the_first_rule_that_applies_decides) {
  fault_plan plan{1};
  auto held = rule(message_fate::delayed, "event");
  held.delay = 30ms;
  held.nth = 2;
  plan.add(held);
  plan.add(rule(message_fate::dropped, ""));
  BOOST_TEST((plan.judge("event", "a", "b").fate == message_fate::dropped));
  const auto second = plan.judge("event", "a", "b");
  BOOST_TEST((second.fate == message_fate::delayed));
  BOOST_TEST((second.delay == 30ms));
}

BOOST_AUTO_TEST_CASE(a_probability_is_met_on_average_and_the_same_for_the_same_seed) {
  const auto struck = [](std::uint64_t seed) {
    fault_plan plan{seed};
    auto some = rule(message_fate::duplicated, "event");
    some.probability = .25;
    plan.add(some);
    std::vector<bool> out;
    for (int i = 0; i < 10'000; ++i)
      out.push_back(plan.judge("event", "a", "b").fate == message_fate::duplicated);
    return out;
  };
  const auto count = std::ranges::count(struck(5), true);
  BOOST_TEST(count > 2'300);
  BOOST_TEST(count < 2'700);
  BOOST_TEST((struck(5) == struck(5)));
  BOOST_TEST((struck(5) != struck(6)));
}

BOOST_AUTO_TEST_SUITE_END()
