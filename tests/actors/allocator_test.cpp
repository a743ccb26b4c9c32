// SPDX-License-Identifier: Apache-2.0
#include "actors/allocator.hpp"

#include <map>
#include <set>

#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(allocator_test)

namespace {

/// Windows of 10 s in 5 micro-windows.
struct a_server : virtual_system {
  explicit a_server(gpu_mode mode = gpu_mode::spread, allocation_kind kind = allocation_kind::ecco) {
    start(mode, kind);
  }

  mock<grouper_actor> groups{*this};
  recorder telemetry{*this};
  allocator_actor allocator;
  std::map<std::string, mock<gpu_worker_actor>> devices;
  std::map<std::uint32_t, mock<group_job_actor>> jobs;

  void start(gpu_mode mode, allocation_kind kind) {
    groups.take<gpu_share>();
    groups.answer<window_closed>([](const window_closed&) -> result<eval_report> { return eval_report{}; });
    allocator_config config;
    config.window = 10s;
    config.micro_windows = 5;
    config.mode = mode;
    config.policy.kind = kind;
    config.term = epoch{4};
    allocator = keep(system().spawn(ecco::allocator, config, telemetry.handle()));
  }

  void open() { tell(allocator, groups.handle()); }

  mock<gpu_worker_actor>& add_device(const std::string& called) {
    auto& device = devices.insert_or_assign(called, mock<gpu_worker_actor>{*this}).first->second;
    device.take<job_ended>();
    tell(allocator, worker_hello{worker_id{called}, incarnation{1}, "cpu"}, device.handle());
    return device;
  }

  /// A job that keeps its grants until the test answers them.
  mock<group_job_actor>& add_job(std::uint32_t number) {
    auto& job = jobs.try_emplace(number, *this).first->second;
    job.hold<micro_window_grant>();
    tell(allocator, job_started{group_id{number}, 1}, job.handle());
    return job;
  }

  std::vector<micro_window_grant>& grants(std::uint32_t job) {
    return jobs.at(job).got<micro_window_grant>();
  }

  void finish(std::uint32_t job, double gain = .1) {
    const auto& grant = grants(job).back();
    jobs.at(job).deliver<micro_window_grant>(micro_window_report{
        grant.term, grant.window, grant.index, grant.group, grant.worker, .3, .3 + gain, 0, {}, 1, 0, {}});
  }

  /// How often the job is granted a slice if all it is granted is used.
  std::size_t finish_all(std::uint32_t job) {
    for (std::size_t done = 0; done < grants(job).size(); ++done)
      finish(job);
    return grants(job).size();
  }

  void lose(std::uint32_t job) {
    jobs.at(job).deliver<micro_window_grant>(error{ec::unavailable, "no samples", {}});
  }

  window_number window() { return ask<status_report>(allocator, status_query{})->window; }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(every_free_device_gets_a_grant_and_a_job_holds_at_most_one, a_server) {
  add_device("gpu0");
  add_device("gpu1");
  open();
  add_job(1);
  BOOST_TEST(grants(1).size() == 1u); // the other device stays free
  add_job(2);
  add_job(3);
  BOOST_TEST(grants(2).size() == 1u);
  BOOST_TEST(grants(3).empty());
  add_device("gpu2");
  BOOST_TEST_REQUIRE(grants(3).size() == 1u);
  std::set<worker_id> on{grants(1).back().worker, grants(2).back().worker, grants(3).back().worker};
  std::set<std::uint32_t> indices{grants(1).back().index, grants(2).back().index, grants(3).back().index};
  BOOST_TEST(on.size() == 3u);
  BOOST_TEST(indices.size() == 3u);
  BOOST_TEST((grants(3).back().term == epoch{4}));
  BOOST_TEST((grants(3).back().slice == 2s));
}

BOOST_FIXTURE_TEST_CASE(a_lost_grant_is_refunded_and_granted_again, a_server) {
  add_device("gpu0");
  open();
  add_job(1);
  lose(1);
  BOOST_TEST(telemetry.all(event_id::grant_lost).size() == 1u);
  BOOST_TEST(grants(1).size() == 1u); // not at once: no busy loop
  advance(300ms);
  for (std::size_t done = 1; done <= 5; ++done) {
    BOOST_TEST_REQUIRE(grants(1).size() == 1 + done);
    finish(1);
  }
  BOOST_TEST(grants(1).size() == 6u); // one lost and the five of the window
  BOOST_TEST(grants(1).back().index > grants(1).front().index);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_granted_after_the_windows_end, a_server) {
  groups.hold<window_closed>();
  add_device("gpu0");
  open();
  advance(8500ms);
  add_job(1);
  BOOST_TEST_REQUIRE(grants(1).size() == 1u);
  BOOST_TEST((grants(1).back().slice == 1500ms)); // what is left
  advance(1s);
  finish(1);
  BOOST_TEST(grants(1).size() == 1u); // half a second is too little
  advance(1s);
  BOOST_TEST_REQUIRE(groups.got<window_closed>().size() == 1u);
  add_device("gpu1");
  add_job(2);
  advance(5s);
  BOOST_TEST(grants(1).size() == 1u);
  BOOST_TEST(grants(2).empty());
  groups.deliver<window_closed>(eval_report{});
  BOOST_TEST_REQUIRE(grants(2).size() == 1u);
  BOOST_TEST(grants(2).back().window == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_window_is_not_over_while_a_grant_is_out, a_server) {
  add_device("gpu0");
  open();
  add_job(1);
  advance(12s);
  BOOST_TEST(groups.got<window_closed>().empty());
  finish(1);
  BOOST_TEST_REQUIRE(groups.got<window_closed>().size() == 1u);
  BOOST_TEST_REQUIRE(groups.got<window_closed>().front().jobs.size() == 1u);
  BOOST_TEST(groups.got<window_closed>().front().jobs.front().grants == 1u);
}

BOOST_FIXTURE_TEST_CASE(the_next_window_opens_when_the_grouper_has_settled_or_its_patience_is_over,
                        a_server) {
  groups.hold<window_closed>();
  open();
  advance(30s);
  BOOST_TEST(window() == 1u);
  groups.deliver<window_closed>(eval_report{});
  BOOST_TEST(window() == 2u);
  advance(10s + 59s);
  BOOST_TEST(window() == 2u);
  BOOST_TEST(telemetry.all(event_id::window_unsettled).empty());
  advance(2s);
  BOOST_TEST(window() == 3u);
  BOOST_TEST(telemetry.all(event_id::window_unsettled).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(shares_are_announced_at_the_start_and_corrected_once_after_the_initial_pass,
                        a_server) {
  add_job(1);
  add_job(2);
  add_device("gpu0");
  add_device("gpu1");
  open();
  auto& shares = groups.got<gpu_share>();
  BOOST_TEST_REQUIRE(shares.size() == 2u);
  BOOST_TEST(shares[0].p == .5);
  BOOST_TEST((shares[0].c == 10s)); // half of two devices' 10 s
  finish(1, .3);
  BOOST_TEST(shares.size() == 2u); // job 2 is still in its initial pass
  finish(2, .05);
  BOOST_TEST_REQUIRE(shares.size() == 4u);
  BOOST_TEST(shares[2].p > shares[3].p);
  BOOST_TEST(shares[2].p + shares[3].p == 1, boost::test_tools::tolerance(1e-9));
  finish(1, .2);
  finish(2, .2);
  BOOST_TEST(shares.size() == 4u);
}

BOOST_FIXTURE_TEST_CASE(orders_without_a_worker_are_unavailable, a_server) {
  BOOST_TEST((ask<labels>(allocator, label_order{}).error().code == ec::unavailable));
  BOOST_TEST((ask<eval_report>(allocator, eval_order{}).error().code == ec::unavailable));
  add_device("gpu0");
  train_order order;
  order.worker = worker_id{"gpu1"};
  const auto failed = ask<train_report>(allocator, order);
  BOOST_TEST((failed.error().code == ec::unavailable));
  BOOST_TEST(failed.error().what.find("gpu1") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(orders_in_flight_fail_at_once_when_their_worker_dies, a_server) {
  add_device("gpu0").hold<label_order>();
  devices.at("gpu0").hold<train_order>();
  train_order order;
  order.worker = worker_id{"gpu0"};
  const auto labelling = begin_asking<labels>(allocator, label_order{});
  const auto training = begin_asking<train_report>(allocator, order);
  BOOST_TEST(!labelling->has_value());
  devices.at("gpu0").kill();
  BOOST_TEST_REQUIRE(labelling->has_value());
  BOOST_TEST_REQUIRE(training->has_value());
  BOOST_TEST(((*labelling)->error().code == ec::unreachable));
  BOOST_TEST(((*training)->error().code == ec::unreachable));
  BOOST_TEST(telemetry.all(event_id::worker_down).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(orders_of_a_worker_that_is_introduced_anew_fail_at_once, a_server) {
  add_device("gpu0").hold<label_order>();
  const auto lost = begin_asking<labels>(allocator, label_order{});
  const auto old = devices.at("gpu0");
  add_device("gpu0").answer<label_order>([](const label_order&) -> result<labels> { return labels{{}, 1s}; });
  BOOST_TEST_REQUIRE(lost->has_value());
  BOOST_TEST(((*lost)->error().code == ec::unreachable));
  BOOST_TEST(ask<labels>(allocator, label_order{}).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_job_that_starts_before_any_worker_waits_for_one, a_server) {
  open();
  add_job(1);
  advance(1s);
  BOOST_TEST(grants(1).empty());
  add_device("gpu0");
  BOOST_TEST_REQUIRE(grants(1).size() == 1u);
  BOOST_TEST((grants(1).back().worker == worker_id{"gpu0"}));
}

BOOST_FIXTURE_TEST_CASE(a_job_that_dies_gets_no_more_grants_and_workers_forget_it, a_server) {
  add_device("gpu0");
  open();
  add_job(1);
  finish(1);
  jobs.at(1).kill();
  BOOST_TEST_REQUIRE(devices.at("gpu0").got<job_ended>().size() == 1u);
  advance(60s);
  BOOST_TEST(telemetry.all(event_id::grant_issued).size() == 2u); // the second was out when it died
  BOOST_TEST(ask<status_report>(allocator, status_query{})->groups.empty());
}

// -- the budget --------------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(labelling_and_scoring_take_their_time_from_the_windows_budget, a_server) {
  auto& device = add_device("gpu0");
  device.answer<label_order>([](const label_order&) -> result<labels> { return labels{{}, 3s}; });
  device.answer<eval_order>([](const eval_order&) -> result<eval_report> { return eval_report{{}, 1s}; });
  open();
  BOOST_TEST(ask<labels>(allocator, label_order{}).has_value());
  BOOST_TEST(ask<eval_report>(allocator, eval_order{}).has_value());
  add_job(1);
  BOOST_TEST(finish_all(1) == 3u); // 6 of 10 s are left
}

BOOST_FIXTURE_TEST_CASE(what_labelling_took_is_not_promised_to_jobs_again, a_server) {
  add_device("gpu0").answer<label_order>([](const label_order&) -> result<labels> { return labels{{}, 4s}; });
  open();
  add_job(1);
  BOOST_TEST((groups.got<gpu_share>().back().c == 10s));
  BOOST_TEST(ask<labels>(allocator, label_order{}).has_value());
  BOOST_TEST(finish_all(1) == 3u);
  advance(10s);
  BOOST_TEST(groups.got<gpu_share>().back().window == 2u);
  BOOST_TEST((groups.got<gpu_share>().back().c == 8s)); // half of the 4 s are expected again
}

BOOST_FIXTURE_TEST_CASE(a_worker_that_comes_brings_its_rest_of_the_window, a_server) {
  add_device("gpu0");
  open();
  add_job(1);
  add_job(2);
  advance(4s);
  add_device("gpu1");
  std::size_t done = 0;
  for (std::size_t of_1 = 0, of_2 = 0; of_1 + of_2 < grants(1).size() + grants(2).size(); ++done) {
    const auto first = of_1 < grants(1).size();
    finish(first ? 1 : 2);
    ++(first ? of_1 : of_2);
  }
  BOOST_TEST(done == 8u); // 5, and 3 in the 6 s that the other is there
}

BOOST_FIXTURE_TEST_CASE(a_worker_that_dies_takes_its_rest_of_the_window, a_server) {
  add_device("gpu0");
  add_device("gpu1");
  open();
  devices.at("gpu1").kill();
  add_job(1);
  BOOST_TEST(finish_all(1) == 5u);
}

BOOST_FIXTURE_TEST_CASE(shares_are_told_anew_when_a_job_comes_or_its_members_change, a_server) {
  add_device("gpu0");
  open();
  add_job(1);
  const auto& shares = groups.got<gpu_share>();
  BOOST_TEST_REQUIRE(shares.size() == 1u);
  BOOST_TEST(shares[0].p == 1);
  add_job(2);
  BOOST_TEST_REQUIRE(shares.size() == 3u);
  BOOST_TEST(shares[1].p == .5);
  BOOST_TEST(shares[2].p == .5);
  tell(allocator, job_started{group_id{1}, 3}, jobs.at(1).handle());
  BOOST_TEST_REQUIRE(shares.size() >= 4u);
  BOOST_TEST((shares[3].group == group_id{1}));
  tell(allocator, job_started{group_id{1}, 0}, jobs.at(1).handle()); // a peer's nonsense: nobody learns there
  BOOST_TEST((shares.back().group == group_id{2}));
  BOOST_TEST(shares.back().p == 1);
}

BOOST_FIXTURE_TEST_CASE(what_was_promised_and_given_is_told_when_the_next_window_opens, a_server) {
  add_device("gpu0").answer<label_order>([](const label_order&) -> result<labels> { return labels{{}, 1s}; });
  open();
  add_job(1);
  BOOST_TEST(ask<labels>(allocator, label_order{}).has_value());
  const auto& grant = grants(1).back();
  jobs.at(1).deliver<micro_window_grant>(micro_window_report{grant.term,
                                                             grant.window,
                                                             grant.index,
                                                             grant.group,
                                                             grant.worker,
                                                             .3,
                                                             .4,
                                                             0,
                                                             {},
                                                             1,
                                                             0,
                                                             {1500ms, 500ms, 0s}});
  advance(10s);
  BOOST_TEST(telemetry.all(event_id::share_given).empty()); // a grant is out
  lose(1);
  const auto given = telemetry.all(event_id::share_given);
  BOOST_TEST_REQUIRE(given.size() == 1u);
  BOOST_TEST((given[0].group == group_id{1}));
  BOOST_TEST(given[0].value == 2);
  BOOST_TEST(given[0].text.find("promised 10.0") != std::string::npos);
  const auto whole = telemetry.all(event_id::window_accounted);
  BOOST_TEST_REQUIRE(whole.size() == 1u);
  BOOST_TEST(whole[0].value == 2);
  BOOST_TEST(whole[0].text.find("took 1.0") != std::string::npos);
}

namespace {

struct an_ekya_server : a_server {
  an_ekya_server() : a_server(gpu_mode::spread, allocation_kind::ekya) {}
};

} // namespace

BOOST_FIXTURE_TEST_CASE(under_ekya_a_window_begins_with_a_profile_in_short_slices, an_ekya_server) {
  add_device("gpu0");
  open();
  add_job(1);
  finish_all(1);
  BOOST_TEST_REQUIRE(grants(1).size() > 4u);
  for (std::size_t i = 0; i < grants(1).size(); ++i)
    BOOST_TEST((grants(1)[i].slice == (i < 4 ? 500ms : 2s)));
  BOOST_TEST(grants(1).size() <= 8u); // the profile and four micro-windows
}

// -- gpu.mode: exclusive -----------------------------------------------------------------------------------

namespace {

struct an_exclusive_server : a_server {
  an_exclusive_server() : a_server(gpu_mode::exclusive) {
    add_device("gpu0");
    add_device("gpu1");
    add_device("gpu2");
    open();
  }

  /// The job is done, after so long on all devices together.
  void finish_after(std::uint32_t job, duration spent) {
    const auto& grant = grants(job).back();
    jobs.at(job).deliver<micro_window_grant>(micro_window_report{
        grant.term, grant.window, grant.index, grant.group, grant.worker, .3, .4, 0, {}, 1, 0, {spent, 0s, 0s}});
  }

  duration busy(const std::string& device) {
    const auto status = ask<status_report>(allocator, status_query{}).value();
    for (const auto& standing : status.workers)
      if (standing.worker.value == device)
        return standing.busy;
    return -1s;
  }
};

const std::vector<worker_id> the_others{worker_id{"gpu1"}, worker_id{"gpu2"}};

} // namespace

BOOST_FIXTURE_TEST_CASE(exclusively_one_job_at_a_time_has_all_devices, an_exclusive_server) {
  add_job(1);
  add_job(2);
  BOOST_TEST_REQUIRE(grants(1).size() == 1u);
  BOOST_TEST((grants(1).back().worker == worker_id{"gpu0"}));
  BOOST_TEST((grants(1).back().others == the_others));
  BOOST_TEST(grants(1).back().token != 0u);
  BOOST_TEST(grants(2).empty());
  finish(1);
  BOOST_TEST_REQUIRE(grants(2).size() == 1u);
  BOOST_TEST((grants(2).back().worker == worker_id{"gpu0"})); // the same ranks, and so the same process group
  BOOST_TEST((grants(2).back().others == the_others));
  BOOST_TEST(grants(2).back().token == grants(1).back().token);
  BOOST_TEST(grants(1).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_exclusive_window_costs_as_much_gpu_time_as_any, an_exclusive_server) {
  add_job(1);
  for (int slice = 1; slice <= 5; ++slice) {
    BOOST_TEST_REQUIRE(grants(1).size() == static_cast<std::size_t>(slice));
    advance(1500ms);
    finish_after(1, 6s); // 2 s of three devices
  }
  BOOST_TEST(grants(1).size() == 5u); // though there is time left
  for (const auto* device : {"gpu0", "gpu1", "gpu2"})
    BOOST_TEST((busy(device) == 10s)); // |T|
  const auto done = telemetry.all(event_id::grant_done);
  BOOST_TEST_REQUIRE(done.size() == 15u);
  for (const auto& of_one_device : done)
    BOOST_TEST(of_one_device.value == 2);
  const auto shares = groups.got<gpu_share>();
  BOOST_TEST((shares.back().c == 30s)); // G |T|, as in the other mode
}

BOOST_FIXTURE_TEST_CASE(a_worker_that_comes_waits_for_the_next_exclusive_grant, an_exclusive_server) {
  add_job(1);
  add_job(2);
  const auto before = grants(1).back().token;
  add_device("gpu9");
  BOOST_TEST(grants(2).empty());
  finish(1);
  BOOST_TEST_REQUIRE(grants(2).size() == 1u);
  BOOST_TEST(grants(2).back().others.size() == 3u);
  BOOST_TEST(grants(2).back().token != before);
}

BOOST_FIXTURE_TEST_CASE(after_a_lost_worker_the_others_go_on_under_a_new_token, an_exclusive_server) {
  add_job(1);
  const auto before = grants(1).back();
  devices.at("gpu0").kill();
  BOOST_TEST(grants(1).size() == 1u); // the job has not told yet
  jobs.at(1).deliver<micro_window_grant>(error{ec::unreachable, "worker gpu0 is gone", {}});
  BOOST_TEST(telemetry.all(event_id::grant_lost).size() == 3u); // one a device
  advance(300ms);
  BOOST_TEST_REQUIRE(grants(1).size() == 2u);
  BOOST_TEST((grants(1).back().worker == worker_id{"gpu1"}));
  BOOST_TEST((grants(1).back().others == std::vector{worker_id{"gpu2"}}));
  BOOST_TEST(grants(1).back().token != before.token);
  for (int slice = 0; slice < 5; ++slice)
    finish(1);
  BOOST_TEST(grants(1).size() == 6u); // the lost one was granted again
}

BOOST_FIXTURE_TEST_CASE(after_a_lost_slice_the_same_workers_meet_under_a_new_token, an_exclusive_server) {
  add_job(1);
  const auto before = grants(1).back();
  lose(1);
  advance(300ms);
  BOOST_TEST_REQUIRE(grants(1).size() == 2u);
  BOOST_TEST((grants(1).back().others == before.others));
  BOOST_TEST(grants(1).back().token != before.token);
}

BOOST_FIXTURE_TEST_CASE(a_device_that_is_the_only_one_trains_alone_in_every_mode, an_exclusive_server) {
  devices.at("gpu1").kill();
  devices.at("gpu2").kill();
  add_job(1);
  BOOST_TEST_REQUIRE(grants(1).size() == 1u);
  BOOST_TEST(grants(1).back().others.empty());
  BOOST_TEST(grants(1).back().token == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
