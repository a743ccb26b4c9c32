// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/window_budget.hpp"

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;

namespace {

constexpr window_terms one_device{10s, 5, 1, false};
const group_id a{1}, b{2};

void run(window_budget& budget, int micro_windows) {
  for (int i = 0; i < micro_windows; ++i)
    budget.end(budget.begin(2s, 1), a, 2s);
}

} // namespace

BOOST_AUTO_TEST_SUITE(window_budget_test)

BOOST_AUTO_TEST_CASE(a_window_has_w_micro_windows_a_device) {
  window_budget budget;
  budget.open(one_device);
  BOOST_TEST(budget.micro_windows_left() == 5u);
  budget.open({10s, 5, 3, false});
  BOOST_TEST(budget.micro_windows_left() == 15u);
  budget.open({10s, 5, 3, true}); // all devices have each of them
  BOOST_TEST(budget.micro_windows_left() == 5u);
  BOOST_TEST((budget.total() == 30s));
  budget.open({10s, 5, 0, false});
  BOOST_TEST(budget.micro_windows_left() == 0u);
}

BOOST_AUTO_TEST_CASE(a_micro_window_counts_from_its_beginning_and_in_full) {
  window_budget budget;
  budget.open(one_device);
  const auto first = budget.begin(2s, 1);
  BOOST_TEST(budget.micro_windows_left() == 4u);
  budget.end(first, a, 1s); // it had its turn, whatever it made of it
  BOOST_TEST(budget.micro_windows_left() == 4u);
  BOOST_TEST((budget.trained() == 1s));
}

BOOST_AUTO_TEST_CASE(one_that_takes_longer_costs_what_it_took) {
  window_budget budget;
  budget.open(one_device);
  budget.end(budget.begin(2s, 1), a, 6s);
  BOOST_TEST(budget.micro_windows_left() == 2u);
}

BOOST_AUTO_TEST_CASE(one_that_came_to_nothing_is_given_back) {
  window_budget budget;
  budget.open(one_device);
  const auto lost = budget.begin(2s, 1);
  budget.refund(lost);
  BOOST_TEST(budget.micro_windows_left() == 5u);
  budget.refund(lost);
  budget.end(lost, a, 2s);
  BOOST_TEST(budget.micro_windows_left() == 5u);
}

BOOST_AUTO_TEST_CASE(one_of_the_last_window_is_not_charged_to_this_one) {
  window_budget budget;
  budget.open(one_device);
  const auto old = budget.begin(2s, 1);
  budget.open(one_device);
  budget.end(old, a, 2s);
  BOOST_TEST(budget.micro_windows_left() == 5u);
  BOOST_TEST((budget.trained() == 0s));
}

BOOST_AUTO_TEST_CASE(labelling_and_scoring_take_their_time_from_the_same_budget) {
  window_budget budget;
  budget.open(one_device);
  budget.charge(3500ms); // 6.5 s are left: three, and a quarter
  BOOST_TEST(budget.micro_windows_left() == 3u);
  run(budget, 3);
  BOOST_TEST(budget.micro_windows_left() == 0u);
  BOOST_TEST((budget.fitting(2s, 1) == 500ms));
}

BOOST_AUTO_TEST_CASE(the_last_micro_window_is_cut_to_what_is_left) {
  window_budget budget;
  budget.open(one_device);
  budget.charge(1s);
  run(budget, 4);
  BOOST_TEST(budget.micro_windows_left() == 1u);
  BOOST_TEST((budget.fitting(2s, 1) == 1s));
  run(budget, 1);
  BOOST_TEST((budget.fitting(2s, 1) == 0s));
}

BOOST_AUTO_TEST_CASE(what_labelling_took_before_is_set_aside_in_advance) {
  window_budget budget;
  budget.open(one_device);
  BOOST_TEST((budget.for_training() == 10s));
  budget.charge(4s);
  budget.open(one_device); // half of what the first window took: it may have been an exception
  BOOST_TEST((budget.for_training() == 8s));
  BOOST_TEST(budget.micro_windows_left() == 4u);
  budget.charge(1s); // expected
  BOOST_TEST(budget.micro_windows_left() == 4u);
  budget.charge(3s); // more than expected
  BOOST_TEST(budget.micro_windows_left() == 3u);
  budget.open(one_device);
  BOOST_TEST((budget.for_training() == 7s));
}

BOOST_AUTO_TEST_CASE(no_more_than_half_of_a_window_is_set_aside) {
  window_budget budget;
  for (int window = 0; window < 10; ++window) {
    budget.open(one_device);
    budget.charge(30s);
  }
  budget.open(one_device);
  BOOST_TEST((budget.for_training() == 5s));
}

BOOST_AUTO_TEST_CASE(workers_that_come_and_go_bring_and_take_the_rest_of_the_window) {
  window_budget budget;
  budget.open(one_device);
  budget.devices_are(2, 6s);
  BOOST_TEST((budget.total() == 16s));
  BOOST_TEST(budget.micro_windows_left() == 8u);
  budget.devices_are(1, 4s);
  BOOST_TEST((budget.total() == 12s));
  budget.devices_are(0, 4s);
  run(budget, 4);
  budget.devices_are(1, -1s); // after its end
  BOOST_TEST(budget.micro_windows_left() == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_promised_and_what_was_given_stand_side_by_side) {
  window_budget budget;
  budget.open(one_device);
  budget.promise(b, 3s);
  budget.promise(b, 4s);
  budget.end(budget.begin(2s, 1), a, 2s);
  budget.end(budget.begin(2s, 1), b, 1s);
  budget.end(budget.begin(2s, 1), b, 2s);
  const std::vector<kept_promise> expected{{a, 0s, 2s}, {b, 4s, 3s}};
  BOOST_TEST((budget.promises() == expected));
  budget.open(one_device);
  BOOST_TEST(budget.promises().empty());
}

BOOST_AUTO_TEST_SUITE_END()
