// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/device_pool.hpp"

#include <utility>

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(device_pool_test)

namespace {

const worker_id gpu0{"gpu0"}, gpu1{"gpu1"}, gpu2{"gpu2"}, nobody;
const error gone{ec::unreachable, "gone", {}};

struct three_devices : device_pool {
  three_devices() {
    for (const auto& worker : {gpu0, gpu1, gpu2})
      add(worker, "cpu");
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_preferred_device_is_taken_when_it_is_free_and_any_other_when_not, three_devices) {
  BOOST_TEST((next(gpu_mode::spread, gpu1) == std::vector{gpu1}));
  hold({gpu1});
  const auto other = next(gpu_mode::spread, gpu1);
  BOOST_TEST((other == std::vector{gpu0} || other == std::vector{gpu2}));
  hold({gpu0});
  hold({gpu2});
  BOOST_TEST(next(gpu_mode::spread, gpu1).empty());
}

BOOST_FIXTURE_TEST_CASE(all_devices_or_none_are_had_exclusively_and_always_in_one_order, three_devices) {
  const std::vector all{gpu0, gpu1, gpu2};
  BOOST_TEST((next(gpu_mode::exclusive, gpu1) == all));
  const auto one = hold({gpu1});
  BOOST_TEST(next(gpu_mode::exclusive).empty());
  release(one, 1s);
  const auto held = hold(all);
  BOOST_TEST(next(gpu_mode::exclusive).empty());
  add(worker_id{"gpu3"}, "cpu"); // it waits for the next slice
  BOOST_TEST(next(gpu_mode::exclusive).empty());
  release(held, 3s);
  BOOST_TEST(next(gpu_mode::exclusive).size() == 4u);
  BOOST_TEST(device_pool{}.next(gpu_mode::exclusive).empty());
}

BOOST_FIXTURE_TEST_CASE(a_device_is_free_again_after_its_slice_and_was_busy_for_it, three_devices) {
  release(hold({gpu0}), 2s);
  release(hold({gpu0}), 3s);
  const auto held = hold({gpu0});
  release(held, 1s);
  release(held, 1s); // a repeated report changes nothing
  BOOST_TEST((next(gpu_mode::spread, gpu0) == std::vector{gpu0}));
  BOOST_TEST((standings().front() == worker_standing{gpu0, "cpu", true, 6s}));
}

BOOST_FIXTURE_TEST_CASE(devices_that_trained_together_were_busy_for_equal_parts, three_devices) {
  release(hold({gpu0, gpu1, gpu2}), 6s);
  for (const auto& standing : standings())
    BOOST_TEST((standing.busy == 2s));
}

BOOST_FIXTURE_TEST_CASE(whatever_may_have_parted_devices_is_told_by_another_number, three_devices) {
  auto last = reunions();
  const auto changed = [&] { return std::exchange(last, reunions()) != reunions(); };
  release(hold({gpu0, gpu1}), 1s);
  BOOST_TEST(!changed());
  lose(hold({gpu0, gpu1}));
  BOOST_TEST(changed());
  remove(gpu1, gone);
  BOOST_TEST(changed());
  remove(gpu1, gone);
  BOOST_TEST(!changed());
  add(gpu1, "cpu");
  BOOST_TEST(changed());
}

BOOST_AUTO_TEST_CASE(the_end_of_a_slice_frees_no_device_that_came_back_under_the_name) {
  device_pool tested;
  tested.add(gpu0, "cpu");
  const auto before = tested.hold({gpu0});
  tested.remove(gpu0, gone);
  tested.lose(before);
  tested.add(gpu0, "cpu");
  const auto after = tested.hold({gpu0});
  tested.lose(before);
  BOOST_TEST(tested.next(gpu_mode::spread).empty());
  tested.lose(after);
  BOOST_TEST(!tested.next(gpu_mode::spread).empty());
}

BOOST_FIXTURE_TEST_CASE(orders_go_to_the_worker_named_or_to_a_free_one_or_round, three_devices) {
  hold({gpu0});
  BOOST_TEST((take_turn(gpu0) == gpu0)); // named: held or not
  BOOST_TEST((take_turn(nobody) == gpu1));
  hold({gpu1});
  BOOST_TEST((take_turn(nobody) == gpu2));
  hold({gpu2});
  for (const auto& expected : {gpu0, gpu1, gpu2, gpu0})
    BOOST_TEST((take_turn(nobody) == expected));
  BOOST_TEST(!take_turn(worker_id{"gpu9"}).has_value());
  BOOST_TEST(!device_pool{}.take_turn(nobody).has_value());
}

BOOST_FIXTURE_TEST_CASE(labels_that_are_overtaken_by_later_ones_of_their_device_are_lost, three_devices) {
  std::vector<std::string> heard;
  const auto noting = [&](const char* who) {
    return [&heard, who](const error& why) { heard.push_back(who + (": " + why.what)); };
  };
  const error why{ec::timed_out, "lost", {}};
  const auto first = begin_order(gpu0, noting("first"), true), training = begin_order(gpu0, noting("training")),
             elsewhere = begin_order(gpu1, noting("elsewhere"), true),
             second = begin_order(gpu0, noting("second"), true), third = begin_order(gpu0, noting("third"), true);
  labelled(gpu0, second, why);
  BOOST_TEST((heard == std::vector<std::string>{"first: lost"}));
  BOOST_TEST(end_order(gpu0, second));
  BOOST_TEST(!end_order(gpu0, first)); // it was late, not lost: its sender has asked again
  labelled(gpu0, first, why);
  labelled(gpu0, third, why);
  labelled(worker_id{"gone"}, third, why);
  BOOST_TEST(heard.size() == 1u);
  BOOST_TEST(end_order(gpu0, third));
  BOOST_TEST(end_order(gpu0, training)); // which takes as long as it takes
  BOOST_TEST(end_order(gpu1, elsewhere));
}

BOOST_FIXTURE_TEST_CASE(whoever_sent_an_order_to_a_worker_that_is_gone_hears_why_once, three_devices) {
  std::vector<std::string> heard;
  const auto noting = [&](const char* who) {
    return [&heard, who](const error& why) { heard.push_back(who + (": " + why.what)); };
  };
  const auto answered = begin_order(gpu0, noting("answered")), lost = begin_order(gpu0, noting("lost")),
             elsewhere = begin_order(gpu1, noting("elsewhere"));
  BOOST_TEST(end_order(gpu0, answered));
  BOOST_TEST(!end_order(gpu0, answered));
  remove(gpu0, gone);
  remove(gpu0, gone);
  BOOST_TEST(heard == std::vector<std::string>{"lost: gone"}, boost::test_tools::per_element());
  add(gpu0, "cpu");
  BOOST_TEST(!end_order(gpu0, lost)); // an answer that was under way
  BOOST_TEST(end_order(gpu1, elsewhere));
}

BOOST_AUTO_TEST_SUITE_END()
