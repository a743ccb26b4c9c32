// SPDX-License-Identifier: Apache-2.0
#include "actors/rate_divider.hpp"

#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rate_divider_test)

namespace {

const group_id first{1}, second{2};

struct an_uplink : virtual_system {
  recorder telemetry{*this};
  std::map<std::string, mock<camera_actor>> cameras;
  rate_divider_actor tested;

  void begin(rate_law law, const std::vector<std::string>& names = {"a", "b", "c"}) {
    rate_divider_config config;
    config.law = law;
    tested = keep(system().spawn(rate_divider, config, telemetry.handle()));
    settle();
    for (const auto& name : names)
      add(name);
  }

  void add(const std::string& name) {
    auto& device = cameras.try_emplace(name, *this).first->second;
    device.take<rate_plan>();
    tell(tested, camera_hello{camera_id{name}, incarnation{1}, {}, {}}, device.handle());
  }

  void join(const std::string& name, group_id group) { tell(tested, join_order{group, camera_id{name}, 0s, {}}); }
  void leave(const std::string& name, group_id group) { tell(tested, leave_order{group, camera_id{name}}); }
  void share(group_id group, double p) { tell(tested, gpu_share{group, 1, p, 5s, 0}); }

  /// Two cameras share 30 % of the GPU, one has 70 %.
  void divide() {
    join("a", first);
    join("b", first);
    join("c", second);
    share(first, .3);
    share(second, .7);
    advance(1s);
  }

  /// So many bytes arrive of it every second, for ten.
  void arrive(const std::vector<std::pair<std::string, std::uint64_t>>& bytes) {
    for (int second_of = 0; second_of < 10; ++second_of) {
      for (const auto& [name, count] : bytes)
        tell(tested, arrival_report{camera_id{name}, 1, 5, count, 1s});
      advance(1s);
    }
  }

  std::vector<rate_plan>& told(const std::string& name) { return cameras.at(name).got<rate_plan>(); }
  double weight(const std::string& name) {
    BOOST_TEST_REQUIRE(!told(name).empty());
    return told(name).back().weight;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(under_the_papers_law_a_camera_hears_its_groups_share_over_its_size, an_uplink) {
  begin(rate_law::paper);
  divide();
  BOOST_TEST(weight("a") == .15);
  BOOST_TEST(weight("b") == .15);
  BOOST_TEST(weight("c") == .7);
  arrive({{"a", 100}, {"b", 100}, {"c", 100}});
  BOOST_TEST(weight("c") == .7); // nothing is corrected
}

BOOST_FIXTURE_TEST_CASE(the_corrected_laws_weights_are_those_of_one_flow_on_average, an_uplink) {
  begin(rate_law::corrected);
  divide();
  BOOST_TEST(weight("a") == .45, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(weight("c") == 2.1, boost::test_tools::tolerance(1e-12));
}

BOOST_FIXTURE_TEST_CASE(who_gets_less_than_its_share_competes_harder, an_uplink) {
  begin(rate_law::corrected);
  divide();
  arrive({{"a", 30'000}, {"b", 15'000}, {"c", 55'000}});
  BOOST_TEST(weight("a") < .45);
  BOOST_TEST(weight("c") > 2.1);
  const auto measured = telemetry.all(event_id::shares_measured);
  BOOST_TEST_REQUIRE(measured.size() == 1u);
  BOOST_TEST(measured.front().value == .15, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(the_baselines_are_measured_and_never_told_anything_else_than_one) {
  for (const auto law : {rate_law::aimd, rate_law::fixed}) {
    an_uplink one;
    one.begin(law);
    one.divide();
    one.arrive({{"a", 30'000}, {"b", 30'000}, {"c", 30'000}});
    for (const auto* name : {"a", "b", "c"})
      BOOST_TEST(one.weight(name) == 1);
    const auto measured = one.telemetry.all(event_id::shares_measured);
    BOOST_TEST_REQUIRE(measured.size() == 1u);
    BOOST_TEST(measured.front().value == .7 - 1 / 3., boost::test_tools::tolerance(1e-9));
  }
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_leaves_is_any_flow_and_the_rest_of_its_group_share, an_uplink) {
  begin(rate_law::paper);
  divide();
  leave("a", second); // not its group
  leave("a", first);
  advance(1s);
  BOOST_TEST(weight("a") == 1);
  BOOST_TEST(weight("b") == .3);
  leave("b", first);
  join("b", second);
  advance(1s);
  BOOST_TEST(weight("b") == .35);
  BOOST_TEST(weight("c") == .35);
}

BOOST_FIXTURE_TEST_CASE(a_group_without_a_share_yet_counts_as_one_of_equals, an_uplink) {
  begin(rate_law::paper);
  join("a", first);
  join("c", second);
  share(group_id{9}, .9); // unknown
  advance(1s);
  BOOST_TEST(weight("a") == .5);
  BOOST_TEST(weight("c") == .5);
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_comes_back_is_told_again_and_others_are_not, an_uplink) {
  begin(rate_law::paper);
  divide();
  const auto to_a = told("a").size(), to_b = told("b").size();
  add("a");
  join("a", first);
  advance(1s);
  BOOST_TEST(told("a").size() == to_a + 1);
  BOOST_TEST(told("b").size() == to_b);
  BOOST_TEST(weight("a") == .15);
}

BOOST_FIXTURE_TEST_CASE(a_window_of_shares_is_told_at_once, an_uplink) {
  begin(rate_law::corrected);
  divide();
  const auto before = told("a").size();
  share(first, .6);
  share(second, .4);
  advance(1s);
  BOOST_TEST(told("a").size() == before + 1);
  BOOST_TEST(weight("a") == .9, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
