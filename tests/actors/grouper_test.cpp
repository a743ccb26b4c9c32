// SPDX-License-Identifier: Apache-2.0
#include "actors/grouper.hpp"

#include <cmath>
#include <map>
#include <optional>

#include "actors/frames.hpp"
#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(grouper_test)

namespace {

constexpr location market{47.3769, 8.5417}, harbour{47.45, 8.56};
const model_ref running{3, std::string(64, 'a')};

struct a_town : virtual_system {
  struct one_camera {
    mock<camera_actor> device;
    mock<ingest_actor> video;
    location place;
  };

  mock<allocator_actor> allocator{*this};
  mock<model_store_actor> models{*this};
  recorder telemetry{*this};
  std::map<std::string, one_camera> cameras;
  /// Those that were started first, and those started anew.
  std::map<group_id, mock<group_job_actor>> jobs, replaced;
  std::vector<model_update> initials;
  /// How each model does on whatever frames there are.
  double own = .3, of_groups = .8;
  /// How each member does under its group's model at the end of a window, and under another group's.
  std::map<std::string, double> accuracy, elsewhere;
  grouper_config config;
  grouper_actor grouper;

  void start() {
    config.plan.train_fps = 4;
    allocator.take<job_ended>();
    allocator.answer<eval_order>(
        [this](const eval_order& order) -> result<eval_report> { return scored(order, own); });
    models.answer<model_query>([](const model_query& query) -> result<model_update> {
      return model_update{{query.revision, {}}, text_blob("own")};
    });
    const job_factory factory = [this](group_id group, const model_update& initial) {
      initials.push_back(initial);
      auto& job = (jobs.contains(group) ? replaced : jobs).try_emplace(group, *this).first->second;
      job.take<join_order>();
      job.take<leave_order>();
      job.answer<eval_order>(
          [this](const eval_order& order) -> result<eval_report> { return scored(order, of_groups); });
      job.answer<window_closed>([this, group](const window_closed&) -> result<eval_report> {
        eval_report out;
        for (const auto& [called, map50] : accuracy)
          if (is_in(called, group))
            out.scores.push_back({camera_id{called}, map50, map50, .01, 32, 32});
        return out;
      });
      job.answer<eval_order, scorer_actor>(
        [this, group](const eval_order&, const scorer_actor& whose) -> result<eval_report> {
          eval_report out;
          for (const auto& [called, map50] : elsewhere)
            if (!is_in(called, group) && whose == scorer_actor{job_of(called)})
              out.scores.push_back({camera_id{called}, map50, map50, .001, 32, 32});
          return out;
        });
      return job.handle();
    };
    grouper = keep(system().spawn(ecco::grouper, config, factory, allocator.handle(), models.handle(),
                                  telemetry.handle()));
  }

  one_camera& add(const std::string& called, location place) {
    auto& added =
        cameras
            .insert_or_assign(called, one_camera{mock<camera_actor>{*this}, mock<ingest_actor>{*this}, place})
            .first->second;
    added.device.take<regroup_event>();
    added.device.take<sampling_plan>();
    added.device.take<gpu_share>();
    added.video.take<join_order, group_job_actor>();
    added.video.take<leave_order>();
    added.video.answer<subsample_order>([called](const subsample_order&) -> result<sample_batch> {
      return a_batch(called, 6, sample_role::train);
    });
    tell(grouper, camera_hello{camera_id{called}, incarnation{1}, place, running}, added.device.handle(),
         added.video.handle());
    return added;
  }

  /// Where the camera was told to learn last.
  std::optional<regroup_event> seat(const std::string& called) {
    const auto& told = cameras.at(called).device.got<regroup_event>();
    if (told.empty() || (told.back().kind != regroup_kind::opened && told.back().kind != regroup_kind::joined))
      return std::nullopt;
    return told.back();
  }

  bool is_in(const std::string& called, group_id group) {
    const auto in = seat(called);
    return in && in->group == group;
  }

  group_job_actor job_of(const std::string& called) {
    return seat(called) ? jobs.at(seat(called)->group).handle() : group_job_actor{};
  }

  /// Closes windows with unchanging accuracies, up to this one.
  void calm_until(window_number last) {
    while (closed < last)
      close(closed + 1, .1);
  }

  retrain_request wish(const std::string& camera, std::uint64_t id = 1) {
    return {request_id{id}, camera_id{camera}, cameras.at(camera).place, 2s, request_reason::drift, running};
  }

  result<request_answer> request(const std::string& camera, std::uint64_t id = 1) {
    return ask<request_answer>(grouper, wish(camera, id));
  }

  std::vector<regroup_kind> told(const std::string& camera) {
    std::vector<regroup_kind> out;
    for (const auto& changed : cameras.at(camera).device.got<regroup_event>())
      out.push_back(changed.kind);
    return out;
  }

  window_number closed = 0;

  void close(window_number window, double gain) {
    closed = window;
    window_closed over{window, {}};
    for (const auto& [group, job] : jobs)
      over.jobs.push_back({group, 1, .5, gain});
    BOOST_TEST(ask<eval_report>(grouper, over).has_value());
  }

  std::size_t groups() { return ask<status_report>(grouper, status_query{})->groups.size(); }
};

using kinds = std::vector<regroup_kind>;

struct two_neighbours : a_town {
  two_neighbours() {
    start();
    add("left", market);
    add("right", market);
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_camera_nobody_knows_is_not_found, two_neighbours) {
  auto unknown = wish("left");
  unknown.camera = camera_id{"nobody"};
  BOOST_TEST((ask<request_answer>(grouper, unknown).error().code == ec::not_found));
  BOOST_TEST(groups() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_repeated_request_is_answered_with_the_same_group, two_neighbours) {
  const auto first = request("left");
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST(!first->joined);
  const auto again = request("left");
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST((again->group == first->group));
  BOOST_TEST(initials.size() == 1u);
  BOOST_TEST((told("left") == kinds{regroup_kind::opened}));
}

BOOST_FIXTURE_TEST_CASE(a_request_repeated_while_its_group_is_opened_waits_for_it, two_neighbours) {
  models.hold<model_query>();
  const auto first = begin_asking<request_answer>(grouper, wish("left"));
  const auto again = begin_asking<request_answer>(grouper, wish("left"));
  BOOST_TEST(!again->has_value());
  models.deliver<model_query>(error{ec::io_failed, "the weights are damaged", {}});
  BOOST_TEST_REQUIRE(first->has_value());
  BOOST_TEST_REQUIRE(again->has_value());
  BOOST_TEST(((*first)->error().code == ec::io_failed));
  BOOST_TEST(((*again)->error().code == ec::io_failed));
  BOOST_TEST(groups() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_returns_while_its_group_is_opened_harms_nobody, two_neighbours) {
  models.hold<model_query>();
  const auto asked = begin_asking<request_answer>(grouper, wish("left"));
  add("left", market);
  models.deliver<model_query>(model_update{running, text_blob("own")});
  BOOST_TEST_REQUIRE(asked->has_value());
  BOOST_TEST((*asked)->has_value());
  BOOST_TEST((told("left") == kinds{regroup_kind::opened}));
}

BOOST_FIXTURE_TEST_CASE(a_request_that_comes_too_late_for_a_batch_waits_for_it, two_neighbours) {
  models.hold<model_query>();
  const auto left = begin_asking<request_answer>(grouper, wish("left"));
  const auto right = begin_asking<request_answer>(grouper, wish("right"));
  BOOST_TEST(models.got<model_query>().size() == 1u);
  BOOST_TEST(cameras.at("right").video.got<subsample_order>().empty());
  models.answer<model_query>([](const model_query&) -> result<model_update> {
    return model_update{running, text_blob("own")};
  });
  models.deliver<model_query>(model_update{running, text_blob("own")});
  BOOST_TEST_REQUIRE(left->has_value());
  BOOST_TEST_REQUIRE(right->has_value());
  BOOST_TEST((*right)->value().joined);
  BOOST_TEST(((*right)->value().group == (*left)->value().group));
  BOOST_TEST(initials.size() == 1u);
  BOOST_TEST((jobs.begin()->second.got<join_order>().size() == 2u));
  // Both send half of what the group may.
  for (const auto* camera : {"left", "right"})
    BOOST_TEST(cameras.at(camera).device.got<sampling_plan>().back().train_fps == 2);
}

BOOST_FIXTURE_TEST_CASE(neighbours_that_ask_together_are_compared_at_once_and_found_one_group, two_neighbours) {
  add("gate", market);
  std::vector<pending<request_answer>> asked;
  for (const auto* camera : {"right", "gate", "left"}) {
    cameras.at(camera).video.hold<subsample_order>();
    asked.push_back(begin_asking<request_answer>(grouper, wish(camera)));
  }
  for (const auto* camera : {"gate", "left", "right"}) {
    BOOST_TEST(cameras.at(camera).video.got<subsample_order>().size() == 1u);
    cameras.at(camera).video.deliver<subsample_order>(a_batch(camera, 6, sample_role::train));
  }
  for (const auto& answered : asked)
    BOOST_TEST_REQUIRE((answered->has_value() && (*answered)->has_value()));
  BOOST_TEST(groups() == 1u);
  BOOST_TEST(initials.size() == 1u);
  BOOST_TEST((told("gate") == kinds{regroup_kind::opened})); // by name: who asked first does not matter
  BOOST_TEST((told("left") == kinds{regroup_kind::joined}));
  BOOST_TEST((told("right") == kinds{regroup_kind::joined}));
  // All run the same model: one evaluation for the three of them.
  BOOST_TEST_REQUIRE(allocator.got<eval_order>().size() == 1u);
  BOOST_TEST(allocator.got<eval_order>().front().frames.size() == 18u);
}

BOOST_FIXTURE_TEST_CASE(requests_far_apart_do_not_wait_for_each_other, two_neighbours) {
  add("far", harbour);
  cameras.at("left").video.hold<subsample_order>();
  const auto left = begin_asking<request_answer>(grouper, wish("left"));
  BOOST_TEST(request("far").has_value());
  BOOST_TEST(!left->has_value());
  cameras.at("left").video.deliver<subsample_order>(a_batch("left", 6, sample_role::train));
  BOOST_TEST(left->has_value());
  BOOST_TEST(groups() == 2u);
}

BOOST_FIXTURE_TEST_CASE(one_false_alarm_in_a_batch_harms_nobody, two_neighbours) {
  for (const auto* camera : {"left", "right"})
    cameras.at(camera).video.hold<subsample_order>();
  const auto left = begin_asking<request_answer>(grouper, wish("left"));
  const auto right = begin_asking<request_answer>(grouper, wish("right"));
  auto fine = a_batch("left", 6, sample_role::train);
  fine.usual = .9;
  cameras.at("left").video.deliver<subsample_order>(fine);
  cameras.at("right").video.deliver<subsample_order>(error{ec::unavailable, "no video", {}});
  BOOST_TEST((((*left)->value().group == group_id{})));
  BOOST_TEST((((*right)->value().group != group_id{})));
  BOOST_TEST(groups() == 1u);
  cameras.at("left").video.answer<subsample_order>([=](const subsample_order&) -> result<sample_batch> { return fine; });
  BOOST_TEST((request("left", 2)->group == group_id{})); // nothing is left behind of the batch
}

BOOST_FIXTURE_TEST_CASE(a_request_that_cannot_be_is_refused_and_changes_nothing, two_neighbours) {
  auto tomorrow = wish("left"), nowhere = wish("left");
  tomorrow.age = -1s;
  nowhere.place.latitude = std::nan("");
  for (const auto& bad : {tomorrow, nowhere})
    BOOST_TEST((ask<request_answer>(grouper, bad).error().code == ec::invalid_argument));
  BOOST_TEST(groups() == 0u);
  BOOST_TEST(cameras.at("left").video.got<subsample_order>().empty());
}

BOOST_FIXTURE_TEST_CASE(the_groups_are_scored_on_the_frames_of_the_request, two_neighbours) {
  request("left");
  request("right");
  const auto& orders = jobs.begin()->second.got<eval_order>();
  BOOST_TEST_REQUIRE(orders.size() == 1u);
  BOOST_TEST(orders.front().weights.empty()); // its own model is meant
  const auto frames = a_batch("right", 6, sample_role::train).frames;
  BOOST_TEST((orders.front().frames == frames));
  BOOST_TEST_REQUIRE(allocator.got<eval_order>().size() == 1u); // the camera's own model
  BOOST_TEST((allocator.got<eval_order>().front().weights == text_blob("own")));
  BOOST_TEST((allocator.got<eval_order>().front().frames == frames));
  BOOST_TEST((cameras.at("right").video.got<subsample_order>().front().since == 2s));
}

BOOST_FIXTURE_TEST_CASE(a_group_that_does_worse_than_the_cameras_own_model_is_not_joined, two_neighbours) {
  config.policy.join_margin = .01;
  of_groups = .2;
  request("left");
  auto other = wish("right");
  other.model = {4, std::string(64, 'b')};
  BOOST_TEST(!ask<request_answer>(grouper, other)->joined);
  BOOST_TEST(groups() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_group_made_from_a_sibling_of_the_cameras_model_may_be_a_little_worse, two_neighbours) {
  request("left");
  request("right"); // both learn in one group, which deploys revision 4 to one of them only
  while (groups() > 0)
    close(1, 0);
  config.policy.young_slack = .1;
  own = .3;
  of_groups = .25;
  request("left", 2);
  auto sibling = wish("right", 2);
  sibling.model = {4, std::string(64, 'b')};
  BOOST_TEST(ask<request_answer>(grouper, sibling)->joined);
  BOOST_TEST(groups() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_alarm_that_the_teacher_does_not_confirm_opens_no_group, two_neighbours) {
  cameras.at("left").video.answer<subsample_order>([](const subsample_order&) -> result<sample_batch> {
    auto frames = a_batch("left", 6, sample_role::train); // its model finds what is there
    frames.usual = .9;
    return frames;
  });
  const auto answered = request("left");
  BOOST_TEST_REQUIRE(answered.has_value());
  BOOST_TEST((answered->group == group_id{}));
  BOOST_TEST(groups() == 0u);
  BOOST_TEST(told("left").empty());
  BOOST_TEST(telemetry.all(event_id::drift_refuted).size() == 1u);
  // A person who asks is not doubted.
  auto wanted = wish("left", 2);
  wanted.reason = request_reason::injected;
  BOOST_TEST((ask<request_answer>(grouper, wanted)->group != group_id{}));
}

BOOST_FIXTURE_TEST_CASE(a_job_hears_how_its_model_did_on_the_newcomers_frames, two_neighbours) {
  request("left");
  request("right");
  const auto& joined = jobs.begin()->second.got<join_order>();
  BOOST_TEST_REQUIRE(joined.size() == 2u);
  BOOST_TEST(!joined.front().evidence.has_value()); // it opened the group
  BOOST_TEST_REQUIRE(joined.back().evidence.has_value());
  BOOST_TEST(joined.back().evidence->candidate.map50 == of_groups);
  BOOST_TEST(joined.back().evidence->deployed.map50 == own);
  BOOST_TEST(joined.back().evidence->candidate.frames == 6u);
}

BOOST_FIXTURE_TEST_CASE(a_job_that_dies_is_started_anew_with_all_its_members, two_neighbours) {
  const auto group = request("left")->group;
  request("right");
  jobs.at(group).kill();
  BOOST_TEST(telemetry.all(event_id::job_lost).size() == 1u);
  BOOST_TEST_REQUIRE(replaced.contains(group));
  BOOST_TEST(replaced.at(group).got<join_order>().size() == 2u);
  BOOST_TEST(groups() == 1u);
  BOOST_TEST((cameras.at("right").video.got<join_order, group_job_actor>().size() == 2u));
}

BOOST_FIXTURE_TEST_CASE(a_job_that_dies_again_in_the_same_window_takes_its_group_along, two_neighbours) {
  const auto group = request("left")->group;
  jobs.at(group).kill();
  BOOST_TEST(groups() == 1u);
  replaced.at(group).kill();
  BOOST_TEST(groups() == 0u);
  BOOST_TEST((told("left").back() == regroup_kind::ended));
}

BOOST_FIXTURE_TEST_CASE(without_frames_the_camera_gets_a_group_of_its_own, two_neighbours) {
  request("left");
  cameras.at("right").video.answer<subsample_order>(
      [](const subsample_order&) -> result<sample_batch> { return fail(ec::unavailable, "no video"); });
  const auto alone = request("right");
  BOOST_TEST_REQUIRE(alone.has_value());
  BOOST_TEST(!alone->joined);
  BOOST_TEST(groups() == 2u);
  BOOST_TEST(telemetry.all(event_id::request_uncompared).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(when_a_group_ends_its_cameras_are_told_and_its_job_is_gone, two_neighbours) {
  const auto group = request("left")->group;
  request("right");
  const auto job = watch(jobs.at(group).handle());
  close(1, .1);
  close(2, 0);
  close(3, 0);
  BOOST_TEST(groups() == 1u);
  BOOST_TEST(!job->has_value());
  close(4, 0);
  BOOST_TEST(groups() == 0u);
  BOOST_TEST(job->has_value());
  BOOST_TEST_REQUIRE(allocator.got<job_ended>().size() == 1u);
  BOOST_TEST((allocator.got<job_ended>().front().group == group));
  for (const auto* camera : {"left", "right"}) {
    BOOST_TEST((told(camera).back() == regroup_kind::ended));
    BOOST_TEST(cameras.at(camera).video.got<leave_order>().size() == 1u);
    BOOST_TEST(cameras.at(camera).device.got<sampling_plan>().back().train_fps == 4);
  }
  BOOST_TEST((request("left")->group != group)); // it may ask again
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_returns_finds_its_group_again, two_neighbours) {
  const auto group = request("left")->group;
  auto& anew = add("left", market);
  BOOST_TEST((told("left") == kinds{regroup_kind::joined}));
  BOOST_TEST((anew.video.got<join_order, group_job_actor>().size() == 1u));
  BOOST_TEST((request("left")->group == group));
}

BOOST_FIXTURE_TEST_CASE(shares_are_told_to_the_members_only, two_neighbours) {
  add("far", harbour);
  const auto group = request("left")->group;
  request("right");
  tell(grouper, gpu_share{group, 1, .5, 5s, 0});
  tell(grouper, gpu_share{group_id{99}, 1, .5, 5s, 0});
  for (const auto* camera : {"left", "right"}) {
    BOOST_TEST_REQUIRE(cameras.at(camera).device.got<gpu_share>().size() == 1u);
    BOOST_TEST(cameras.at(camera).device.got<gpu_share>().front().members == 2u);
  }
  BOOST_TEST(cameras.at("far").device.got<gpu_share>().empty());
}

BOOST_FIXTURE_TEST_CASE(a_group_that_drifted_as_a_whole_drops_what_it_showed_before, two_neighbours) {
  of_groups = .5;
  const auto group = request("left")->group;
  request("right");
  accuracy = {{"left", .5}, {"right", .5}};
  advance(10s);
  calm_until(3);
  advance(10s);
  accuracy = {{"left", .1}, {"right", .1}};
  close(4, .1);
  BOOST_TEST(groups() == 1u);
  BOOST_TEST(telemetry.all(event_id::group_drifted).size() == 1u);
  const auto& orders = jobs.at(group).got<join_order>();
  BOOST_TEST_REQUIRE(orders.size() == 4u);
  for (std::size_t i = 2; i < 4; ++i) {
    BOOST_TEST(orders[i].renew);
    BOOST_TEST((orders[i].since == 10s)); // the window it happened in
  }
  for (const auto* camera : {"left", "right"})
    BOOST_TEST((std::get<0>(cameras.at(camera).video.got<join_order, group_job_actor>().back()).renew));
}

BOOST_FIXTURE_TEST_CASE(a_group_that_drifted_as_a_whole_is_shown_to_the_zoo, a_town) {
  config.reuse = true;
  start();
  models.answer<expert_query>(
    [](const expert_query&) -> result<model_update> { return model_update{running, text_blob("own")}; });
  add("left", market);
  add("right", market);
  of_groups = .5;
  const auto group = request("left")->group;
  request("right");
  jobs.at(group).take<expert_query>();
  accuracy = {{"left", .5}, {"right", .5}};
  advance(10s);
  calm_until(3);
  BOOST_TEST(jobs.at(group).got<expert_query>().empty());
  accuracy = {{"left", .1}, {"right", .1}};
  close(4, .1);
  const auto& asked = cameras.at("left").video.got<subsample_order>().back();
  BOOST_TEST((asked.since == 0s)); // after it drifted, beyond doubt
  BOOST_TEST(asked.at_least == 32u);
  BOOST_TEST_REQUIRE(jobs.at(group).got<expert_query>().size() == 1u);
  BOOST_TEST(jobs.at(group).got<expert_query>().front().frames.size() == 12u); // of both
  accuracy = {{"left", .11}, {"right", .11}};
  close(5, .1);
  BOOST_TEST(jobs.at(group).got<expert_query>().size() == 1u);
}

namespace {

/// Two groups beside each other: each camera's own model is better for it than the other's was, at first.
struct two_groups : two_neighbours {
  group_id first, second;

  two_groups() {
    of_groups = .05;
    own = .3;
    first = request("left")->group;
    auto other = wish("right");
    other.model = {4, std::string(64, 'b')};
    second = ask<request_answer>(grouper, other)->group;
    BOOST_TEST_REQUIRE(groups() == 2u);
    accuracy = {{"left", .5}, {"right", .45}};
    calm_until(2);
    BOOST_TEST_REQUIRE((jobs.at(first).got<eval_order, scorer_actor>().empty()));
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(groups_that_have_become_alike_unite_with_their_samples, two_groups) {
  elsewhere = {{"left", .49}, {"right", .47}};
  const auto job = watch(jobs.at(second).handle());
  calm_until(3);
  BOOST_TEST_REQUIRE(groups() == 1u);
  BOOST_TEST((is_in("left", first) && is_in("right", first)));
  BOOST_TEST((told("right") == kinds{regroup_kind::opened, regroup_kind::left, regroup_kind::joined}));
  BOOST_TEST((told("left") == kinds{regroup_kind::opened}));
  BOOST_TEST(job->has_value());
  BOOST_TEST_REQUIRE(allocator.got<job_ended>().size() == 1u);
  BOOST_TEST((allocator.got<job_ended>().front().group == second));
  BOOST_TEST((jobs.at(second).got<leave_order>().size() == 1u));
  // Its frames go to the other job from now on (decision 29).
  const auto& joined = cameras.at("right").video.got<join_order, group_job_actor>();
  BOOST_TEST_REQUIRE(joined.size() == 2u);
  BOOST_TEST((std::get<1>(joined.back()) == jobs.at(first).handle()));
  BOOST_TEST((std::get<0>(joined.back()).group == first));
  BOOST_TEST(telemetry.all(event_id::group_united).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(groups_whose_models_do_not_suit_each_other_stay_apart, two_groups) {
  elsewhere = {{"left", .1}, {"right", .455}};
  calm_until(6);
  BOOST_TEST(groups() == 2u);
  BOOST_TEST((jobs.at(first).got<eval_order, scorer_actor>().size() == 2u)); // windows 3 and 6
  BOOST_TEST(telemetry.all(event_id::group_united).empty());
}

BOOST_FIXTURE_TEST_CASE(a_comparison_that_fails_changes_nothing, two_groups) {
  jobs.at(second).answer<eval_order, scorer_actor>(
    [](const eval_order&, const scorer_actor&) -> result<eval_report> { return fail(ec::unavailable, "no worker"); });
  elsewhere = {{"left", .49}, {"right", .455}};
  calm_until(4);
  BOOST_TEST(groups() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_group_that_ends_while_it_is_compared_harms_nobody, two_groups) {
  jobs.at(first).hold<eval_order, scorer_actor>();
  elsewhere = {{"left", .49}, {"right", .47}};
  calm_until(3);
  close(4, 0);
  close(5, 0);
  close(6, 0); // both end for want of gain
  BOOST_TEST(groups() == 0u);
  advance(130s); // longer than the comparison is waited for
  BOOST_TEST(groups() == 0u);
}

BOOST_FIXTURE_TEST_CASE(half_a_group_that_fell_leaves_together, two_neighbours) {
  add("gate", market);
  add("mill", market);
  of_groups = .5;
  const auto group = request("left")->group;
  for (const auto* camera : {"right", "gate", "mill"})
    BOOST_TEST((request(camera)->group == group));
  accuracy = {{"left", .5}, {"right", .5}, {"gate", .5}, {"mill", .5}};
  calm_until(3);
  accuracy["gate"] = accuracy["mill"] = .1;
  close(4, .1);
  BOOST_TEST(groups() == 2u);
  BOOST_TEST((is_in("left", group) && is_in("right", group)));
  BOOST_TEST_REQUIRE(seat("gate").has_value());
  BOOST_TEST((seat("gate")->group != group));
  BOOST_TEST((is_in("mill", seat("gate")->group)));
  BOOST_TEST_REQUIRE(telemetry.all(event_id::group_split).size() == 1u);
  BOOST_TEST(telemetry.all(event_id::group_split).front().value == 2);
  BOOST_TEST(jobs.at(group).got<leave_order>().size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_member_that_does_better_elsewhere_goes_there, two_groups) {
  add("gate", market);
  of_groups = .6;
  auto third = wish("gate");
  const auto before = ask<request_answer>(grouper, third)->group; // the lower of two equals
  BOOST_TEST_REQUIRE((before == first));
  accuracy = {{"left", .5}, {"right", .45}, {"gate", .6}};
  elsewhere = {{"left", .1}, {"right", .1}, {"gate", .75}};
  calm_until(6);
  BOOST_TEST((is_in("left", first)));
  BOOST_TEST((is_in("gate", second)));
  BOOST_TEST(telemetry.all(event_id::group_split).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_moved_is_looked_for_where_it_is, two_neighbours) {
  add("gate", market);
  camera_status status;
  status.place = harbour;
  status.camera = camera_id{"left"};
  tell(grouper, status);
  request("left"); // as of the place it left
  BOOST_TEST(!request("right")->joined);
  status.camera = camera_id{"right"};
  tell(grouper, status);
  BOOST_TEST(!request("gate")->joined); // that group has gone away, too
  status.camera = camera_id{"stranger"};
  tell(grouper, status);
  BOOST_TEST(groups() == 3u);
}

BOOST_FIXTURE_TEST_CASE(bootstrap_opens_one_group_of_all_cameras_and_ends_after_its_time, a_town) {
  config.bootstrap = 30s;
  start();
  add("left", market);
  advance(2s);
  add("far", harbour); // far away, and late by two seconds
  BOOST_TEST(groups() == 0u);
  advance(2s);
  BOOST_TEST_REQUIRE(groups() == 1u);
  BOOST_TEST((told("left") == kinds{regroup_kind::joined}));
  BOOST_TEST((told("far") == kinds{regroup_kind::joined}));
  close(1, 0);
  close(2, 0);
  close(3, 0);
  close(4, 0); // it does not end for want of gain
  BOOST_TEST(groups() == 1u);
  advance(30s);
  close(5, .1);
  BOOST_TEST(groups() == 0u);
  BOOST_TEST((told("left") == kinds{regroup_kind::joined, regroup_kind::ended}));
  BOOST_TEST(telemetry.all(event_id::bootstrap_ended).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(the_bootstrap_ends_the_groups_there_are, a_town) {
  config.bootstrap = 30s;
  start();
  add("left", market);
  add("right", market);
  const auto first = request("left")->group;
  cameras.at("right").video.hold<subsample_order>();
  const auto asked = begin_asking<request_answer>(grouper, wish("right"));
  advance(5s); // it waits until that request has its place
  BOOST_TEST(groups() == 1u);
  cameras.at("right").video.deliver<subsample_order>(a_batch("right", 6, sample_role::train));
  BOOST_TEST(((*asked)->value().group == first));
  advance(2s);
  BOOST_TEST(groups() == 1u);
  BOOST_TEST((watch(jobs.at(first).handle())->has_value()));
  BOOST_TEST_REQUIRE(jobs.size() == 2u);
  BOOST_TEST(jobs.rbegin()->second.got<join_order>().size() == 2u);
}

// -- sampling ------------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(what_the_gpu_time_of_a_group_buys_is_told_to_its_members_once, a_town) {
  config.plan = {4, 2, 320, 192, 500'000, {10, 5, 1, 3}};
  config.sampling.mode = sampling_mode::table;
  config.sampling.window = 10s;
  start();
  add("left", market);
  const auto group = request("left")->group;
  const auto& plans = cameras.at("left").device.got<sampling_plan>();
  BOOST_TEST(plans.back().train_fps == 4); // nothing is measured yet
  // Half of a device that trains a million pixels a second: 2 fps of the full size, eight times each, half of the time.
  const gpu_share share{group, 1, .5, 5s, 0, 1e6, 1000};
  const auto before = plans.size();
  tell(grouper, share);
  BOOST_TEST_REQUIRE(plans.size() == before + 1);
  BOOST_TEST((plans.back() == sampling_plan{2, 2, 320, 192, 500'000, {10, 5, 1, 3}}));
  BOOST_TEST(telemetry.all(event_id::plan_changed).size() == 1u);
  tell(grouper, share);
  BOOST_TEST(plans.size() == before + 1);
  // A second member halves its rate.
  add("right", market);
  request("right");
  BOOST_TEST(plans.back().train_fps == 1);
  BOOST_TEST(cameras.at("right").device.got<sampling_plan>().back().train_fps == 1);
}

BOOST_FIXTURE_TEST_CASE(under_ams_the_grouper_tells_nobody_what_to_send, a_town) {
  config.sampling.mode = sampling_mode::ams;
  start();
  add("left", market);
  const auto group = request("left")->group;
  tell(grouper, gpu_share{group, 1, .5, 5s, 0, 1e6, 1000});
  BOOST_TEST(cameras.at("left").device.got<sampling_plan>().empty());
}

BOOST_AUTO_TEST_SUITE_END()
