// SPDX-License-Identifier: Apache-2.0
// What is lost when something dies: at most the micro-window in progress.
#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

struct drifted_camera : simulated_fleet {
  explicit drifted_camera(gpu_mode how = gpu_mode::spread) {
    mode = how;
    start({"north"});
    add_camera("north", {47, 8}, [](duration now) { return static_cast<std::uint8_t>(now < 30s ? 0 : 1); });
  }

  /// Moves on until a micro-window is out on a worker.
  worker_id until_granted() {
    for (int i = 0; i < 20'000; ++i) {
      const auto issued = all(event_id::grant_issued), done = all(event_id::grant_done);
      if (issued.size() > done.size() + all(event_id::grant_lost).size())
        return issued.back().worker;
      advance(10ms);
    }
    BOOST_FAIL("no micro-window was ever granted");
    return {};
  }

  void kill(const worker_id& who) {
    caf::anon_send_exit(workers.at(who.value), caf::exit_reason::kill);
    settle();
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_slice_of_a_killed_worker_is_granted_to_another, drifted_camera) {
  add_worker("gpu0");
  add_worker("gpu1");
  const auto victim = until_granted();
  kill(victim);
  BOOST_TEST(happened(event_id::worker_down));
  BOOST_TEST(all(event_id::grant_lost).size() == 1u);
  advance(5s);
  BOOST_TEST((until_granted() != victim));
  advance(120s);
  BOOST_TEST(accuracy("north") > 0.4);
}

BOOST_FIXTURE_TEST_CASE(work_waits_for_a_worker_and_loses_nothing_meanwhile, drifted_camera) {
  add_worker("gpu0");
  until_granted();
  advance(30s); // some windows of training
  const auto before = accuracy("north");
  kill(worker_id{"gpu0"});
  advance(30s);
  BOOST_TEST(status().workers.empty());
  BOOST_TEST(status().groups.size() == 1u);
  add_worker("gpu1");
  advance(60s);
  BOOST_TEST(accuracy("north") >= before);
  BOOST_TEST(accuracy("north") > 0.4);
}

BOOST_FIXTURE_TEST_CASE(a_worker_that_forgot_a_job_is_given_everything_again, drifted_camera) {
  add_worker("gpu0");
  until_granted();
  advance(20s);
  caf::anon_send(workers.at("gpu0"), job_ended{status().groups.at(0).group}); // as if it had restarted
  settle();
  advance(60s);
  BOOST_TEST(!happened(event_id::grant_lost));
  BOOST_TEST(accuracy("north") > 0.4);
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_comes_back_keeps_its_group, drifted_camera) {
  add_worker("gpu0");
  until_granted();
  const auto group = status().groups.at(0).group;
  caf::anon_send_exit(cameras.at("north"), caf::exit_reason::kill);
  settle();
  BOOST_TEST(happened(event_id::camera_offline, "north"));
  add_camera("north", {47, 8}, [](duration) { return std::uint8_t{1}; });
  advance(60s);
  BOOST_TEST_REQUIRE(status().groups.size() == 1u);
  BOOST_TEST((status().groups.at(0).group == group));
  BOOST_TEST(accuracy("north") > 0.4);
}

BOOST_FIXTURE_TEST_CASE(a_camera_without_a_server_infers_on_and_asks_again_with_the_same_request, drifted_camera) {
  add_worker("gpu0");
  advance(10s);
  caf::anon_send(cameras.at("north"), adrift_atom_v);
  advance(60s); // drift strikes meanwhile; nobody hears of it
  BOOST_TEST(!happened(event_id::drift_detected));
  BOOST_TEST(status().groups.empty());
}

namespace {

struct exclusive_devices : drifted_camera {
  exclusive_devices() : drifted_camera(gpu_mode::exclusive) {}
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_worker_lost_by_those_that_train_together_costs_that_micro_window_only, exclusive_devices) {
  add_worker("gpu0");
  add_worker("gpu1");
  add_worker("gpu2");
  until_granted();
  advance(4s);
  const auto done = all(event_id::grant_done).size();
  BOOST_TEST(done > 0u);
  BOOST_TEST(done % 3 == 0u);
  until_granted();
  kill(worker_id{"gpu0"}); // which reports for all
  advance(2s);             // real devices would notice at once that they are alone
  BOOST_TEST(happened(event_id::grant_lost));
  advance(120s);
  BOOST_TEST(all(event_id::grant_lost).size() == 3u); // one slice of three devices: the others go on
  const auto last = all(event_id::grant_done);
  BOOST_TEST((last[last.size() - 2].worker == worker_id{"gpu1"}));
  BOOST_TEST((last.back().worker == worker_id{"gpu2"}));
  BOOST_TEST(accuracy("north") > 0.4);
}

BOOST_FIXTURE_TEST_CASE(a_worker_that_joins_trains_along_from_the_next_micro_window_on, exclusive_devices) {
  add_worker("gpu0");
  until_granted();
  add_worker("gpu1");
  advance(20s);
  BOOST_TEST(!happened(event_id::grant_lost));
  BOOST_TEST((all(event_id::grant_done).back().worker == worker_id{"gpu1"}));
  advance(60s);
  BOOST_TEST(accuracy("north") > 0.4);
}
