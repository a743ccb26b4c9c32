// SPDX-License-Identifier: Apache-2.0
#include "actors/group_job.hpp"

#include <algorithm>

#include "actors/frames.hpp"
#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(group_job_test)

namespace {

struct a_job : virtual_system {
  mock<allocator_actor> allocator{*this};
  mock<model_store_actor> models{*this};
  recorder telemetry{*this};
  group_job_actor job;

  a_job() {
    allocator.take<job_started, group_job_actor>();
    models.answer<model_query>(
        [](const model_query&) -> result<model_update> { return fail(ec::not_found, "who is that?"); });
    models.take<archive_order>();
    group_job_config config;
    config.group = group_id{7};
    config.initial = {{3, "start"}, text_blob("start")};
    job = keep(system().spawn(group_job, config, allocator.handle(), models.handle(), telemetry.handle()));
    join("a");
  }

  void join(const std::string& camera) { tell(job, join_order{group_id{7}, camera_id{camera}, 0s}); }

  void give(const sample_batch& batch) { tell(job, batch); }

  micro_window_grant grant(std::uint64_t term, window_number window, std::uint32_t index) {
    return {epoch{term}, window, index, group_id{7}, worker_id{"gpu0"}, 2s, {}, 0};
  }

  result<micro_window_report> run(const micro_window_grant& granted) {
    return ask<micro_window_report>(job, granted);
  }

  static train_report trained(const train_order& order) {
    const auto name = "state " + std::to_string(order.base + 1);
    return {order.group, order.base + 1, text_blob(name), text_blob(name), {}, {}, 10, .5, {}};
  }

  void train_well() { allocator.answer<train_order>(trained); }

  std::vector<train_order>& orders() { return allocator.got<train_order>(); }
};

std::ptrdiff_t count_of(const train_order& order, const std::string& camera, sample_role role) {
  return std::count_if(order.samples.begin(), order.samples.end(), [&](const labelled_frame& sample) {
    return sample.shot.camera.value == camera && sample.shot.role == role;
  });
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_grant_of_an_older_term_window_or_index_is_stale_and_changes_nothing, a_job) {
  train_well();
  give(a_batch("a", 4, sample_role::train));
  BOOST_TEST_REQUIRE(run(grant(2, 3, 1)).has_value());
  for (const auto& old : {grant(1, 3, 9), grant(2, 2, 9), grant(2, 3, 0), grant(2, 3, 1)}) {
    const auto answered = run(old);
    BOOST_TEST_REQUIRE(!answered.has_value());
    BOOST_TEST((answered.error().code == ec::stale));
  }
  BOOST_TEST(orders().size() == 1u);
  BOOST_TEST(run(grant(2, 3, 2)).has_value());
  BOOST_TEST_REQUIRE(orders().size() == 2u);
  BOOST_TEST(orders().back().base == 1u);
  BOOST_TEST(!orders().back().from_scratch);
}

BOOST_FIXTURE_TEST_CASE(a_grant_repeated_while_it_trains_trains_once, a_job) {
  allocator.hold<train_order>();
  give(a_batch("a", 4, sample_role::train));
  const auto first = begin_asking<micro_window_report>(job, grant(1, 1, 0));
  BOOST_TEST((run(grant(1, 1, 0)).error().code == ec::stale));
  BOOST_TEST((run(grant(1, 1, 1)).error().code == ec::unavailable));
  BOOST_TEST_REQUIRE(orders().size() == 1u);
  allocator.deliver<train_order>(trained(orders().front()));
  BOOST_TEST_REQUIRE(first->has_value());
  BOOST_TEST((*first)->has_value());
}

BOOST_FIXTURE_TEST_CASE(without_samples_a_grant_is_not_used_up, a_job) {
  train_well();
  give(a_batch("a", 3, sample_role::train));
  give(a_batch("a", 9, sample_role::held_out)); // not for training
  BOOST_TEST((run(grant(1, 1, 0)).error().code == ec::unavailable));
  BOOST_TEST((allocator.got<job_started, group_job_actor>().empty()));
  give(a_batch("a", 1, sample_role::train));
  BOOST_TEST((allocator.got<job_started, group_job_actor>().size() == 1u));
  BOOST_TEST(run(grant(1, 1, 0)).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_worker_that_forgot_the_job_is_sent_all_of_it, a_job) {
  train_well();
  give(a_batch("a", 4, sample_role::train));
  give(a_batch("a", 2, sample_role::held_out));
  BOOST_TEST_REQUIRE(run(grant(1, 1, 0)).has_value());
  allocator.answer<train_order>([](const train_order& order) -> result<train_report> {
    if (!order.from_scratch)
      return fail(ec::stale, "who are you?");
    return trained(order);
  });
  give(a_batch("a", 1, sample_role::train, 1, 100s));
  BOOST_TEST(run(grant(1, 1, 1)).has_value());
  BOOST_TEST_REQUIRE(orders().size() == 3u);
  BOOST_TEST(orders()[1].samples.size() == 1u);
  BOOST_TEST(orders()[1].checkpoint.empty());
  const auto& whole = orders()[2];
  BOOST_TEST(whole.from_scratch);
  BOOST_TEST((whole.checkpoint == text_blob("state 1")));
  BOOST_TEST(whole.base == 1u);
  BOOST_TEST(count_of(whole, "a", sample_role::train) == 5);
  BOOST_TEST(count_of(whole, "a", sample_role::held_out) == 2);
}

BOOST_FIXTURE_TEST_CASE(after_a_failed_order_the_next_one_is_complete, a_job) {
  train_well();
  give(a_batch("a", 4, sample_role::train));
  BOOST_TEST_REQUIRE(run(grant(1, 1, 0)).has_value());
  give(a_batch("a", 3, sample_role::train, 1, 100s));
  allocator.answer<train_order>(
      [](const train_order&) -> result<train_report> { return fail(ec::unreachable, "gone"); });
  BOOST_TEST((run(grant(1, 1, 1)).error().code == ec::unreachable));
  train_well();
  BOOST_TEST(run(grant(1, 1, 2)).has_value());
  BOOST_TEST(orders().back().from_scratch);
  BOOST_TEST((orders().back().checkpoint == text_blob("state 1")));
  BOOST_TEST(count_of(orders().back(), "a", sample_role::train) == 7);
}

BOOST_FIXTURE_TEST_CASE(frames_of_a_camera_that_left_are_not_sent, a_job) {
  train_well();
  join("b");
  give(a_batch("a", 4, sample_role::train));
  BOOST_TEST_REQUIRE(run(grant(1, 1, 0)).has_value());
  give(a_batch("b", 2, sample_role::train));
  tell(job, leave_order{group_id{7}, camera_id{"b"}});
  give(a_batch("b", 2, sample_role::train)); // on their way when it left
  BOOST_TEST_REQUIRE(run(grant(1, 1, 1)).has_value());
  BOOST_TEST(orders().back().samples.empty());
  BOOST_TEST((orders().back().members == std::vector{camera_id{"a"}}));
}

BOOST_FIXTURE_TEST_CASE(what_a_member_showed_before_it_drifted_with_its_group_is_trained_on_no_more, a_job) {
  train_well();
  give(a_batch("a", 6, sample_role::train));
  BOOST_TEST_REQUIRE(run(grant(1, 1, 0)).has_value());
  tell(job, join_order{group_id{7}, camera_id{"a"}, 0s, {}, true});
  give(a_batch("a", 4, sample_role::train, 1, 100s));
  BOOST_TEST_REQUIRE(run(grant(1, 1, 1)).has_value());
  BOOST_TEST(orders().back().from_scratch); // the worker has the old frames
  BOOST_TEST(count_of(orders().back(), "a", sample_role::train) == 4);
}

BOOST_FIXTURE_TEST_CASE(a_member_that_drifts_while_it_is_trained_on_is_renewed_in_the_next_order, a_job) {
  allocator.hold<train_order>();
  give(a_batch("a", 6, sample_role::train));
  const auto first = begin_asking<micro_window_report>(job, grant(1, 1, 0));
  tell(job, join_order{group_id{7}, camera_id{"a"}, 0s, {}, true});
  give(a_batch("a", 5, sample_role::train, 1, 100s));
  allocator.deliver<train_order>(trained(orders().front()));
  train_well();
  BOOST_TEST_REQUIRE(run(grant(1, 1, 1)).has_value());
  BOOST_TEST(orders().back().from_scratch);
  BOOST_TEST(count_of(orders().back(), "a", sample_role::train) == 5);
}

BOOST_FIXTURE_TEST_CASE(another_groups_model_is_scored_on_all_held_out_frames, a_job) {
  join("b");
  give(a_batch("a", 3, sample_role::held_out));
  give(a_batch("b", 2, sample_role::held_out));
  give(a_batch("b", 4, sample_role::train));
  allocator.answer<eval_order>([](const eval_order& order) -> result<eval_report> { return scored(order, .4); });
  const auto answered = ask<eval_report>(job, eval_order{text_blob("theirs"), {}});
  BOOST_TEST_REQUIRE(answered.has_value());
  BOOST_TEST(answered->scores.size() == 2u);
  BOOST_TEST((allocator.got<eval_order>().front().weights == text_blob("theirs")));
  BOOST_TEST(allocator.got<eval_order>().front().frames.size() == 5u);
}

BOOST_FIXTURE_TEST_CASE(without_held_out_frames_no_device_is_troubled, a_job) {
  BOOST_TEST(ask<eval_report>(job, eval_order{text_blob("theirs"), {}})->scores.empty());
  BOOST_TEST(allocator.got<eval_order>().empty());
}

BOOST_FIXTURE_TEST_CASE(its_own_model_is_tried_on_another_groups_frames, a_job) {
  mock<scorer_actor> other{*this};
  other.answer<eval_order>([](const eval_order&) -> result<eval_report> {
    return eval_report{{{camera_id{"z"}, .3, .3, 0, 1, 1}}, {}};
  });
  const auto answered = ask<eval_report>(job, eval_order{}, other.handle());
  BOOST_TEST_REQUIRE(answered.has_value());
  BOOST_TEST(answered->scores.front().camera.value == "z");
  BOOST_TEST((other.got<eval_order>().front().weights == text_blob("start")));
  BOOST_TEST(other.got<eval_order>().front().frames.empty());
}

BOOST_FIXTURE_TEST_CASE(frames_that_overflow_during_a_slice_are_made_up_for_by_the_next_order, a_job) {
  allocator.hold<train_order>();
  give(a_batch("a", 4, sample_role::train));
  const auto first = begin_asking<micro_window_report>(job, grant(1, 1, 0));
  give(a_batch("a", 600, sample_role::train, 1, 100s));
  allocator.deliver<train_order>(trained(orders().front()));
  train_well();
  BOOST_TEST(run(grant(1, 1, 1)).has_value());
  BOOST_TEST(count_of(orders().back(), "a", sample_role::train) == 512);
}

// -- a grant of several workers ----------------------------------------------------------------------------

namespace {

struct a_joint_job : a_job {
  a_joint_job() {
    allocator.hold<train_order>();
    give(a_batch("a", 4, sample_role::train));
  }

  /// A grant of gpu0 and these.
  micro_window_grant joint(std::uint32_t index, const std::vector<std::string>& others) {
    auto granted = grant(1, 1, index);
    for (const auto& other : others)
      granted.others.emplace_back(other);
    granted.token = 77;
    return granted;
  }

  /// As `trained`, after one second.
  static train_report of_rank(const train_order& order) {
    auto report = order.together.rank == 0 ? trained(order) : train_report{order.group, order.base + 1, {}, {}, {}, {}, 10, .5, {}};
    report.spent.training = 1s;
    return report;
  }

  /// Answers the oldest order that waits.
  void answer() { allocator.deliver<train_order>(of_rank(orders()[answered++])); }
  void fail_with(ec code) {
    ++answered;
    allocator.deliver<train_order>(error{code, "worker lost", {}});
  }

  std::size_t answered = 0;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(every_worker_of_a_grant_is_ordered_to_train_as_one_rank, a_joint_job) {
  const auto report = begin_asking<micro_window_report>(job, joint(0, {"gpu1", "gpu2"}));
  BOOST_TEST_REQUIRE(orders().size() == 3u);
  for (std::uint16_t rank = 0; rank < 3; ++rank) {
    const auto& order = orders()[rank];
    BOOST_TEST((order.worker == worker_id{"gpu" + std::to_string(rank)}));
    BOOST_TEST((order.together == rendezvous{77, rank, 3}));
    BOOST_TEST(order.from_scratch);
    BOOST_TEST(order.samples.size() == 4u);
    BOOST_TEST((order.checkpoint == (rank == 0 ? text_blob("start") : blob{}))); // rank 0 passes it on
  }
  answer();
  answer();
  BOOST_TEST(!report->has_value()); // none may be at it still
  answer();
  BOOST_TEST_REQUIRE(report->has_value());
  BOOST_TEST_REQUIRE((*report)->has_value());
  BOOST_TEST(((**report)->spent.training == 3s)); // of all three
}

BOOST_FIXTURE_TEST_CASE(workers_that_trained_together_are_sent_only_what_is_new, a_joint_job) {
  begin_asking<micro_window_report>(job, joint(0, {"gpu1"}));
  give(a_batch("a", 2, sample_role::train, 1, 100s));
  answer();
  answer();
  begin_asking<micro_window_report>(job, joint(1, {"gpu1", "gpu2"}));
  BOOST_TEST_REQUIRE(orders().size() == 5u);
  for (std::size_t rank : {0, 1}) {
    BOOST_TEST(!orders()[2 + rank].from_scratch);
    BOOST_TEST(orders()[2 + rank].samples.size() == 2u);
    BOOST_TEST(orders()[2 + rank].base == 1u);
  }
  BOOST_TEST(orders()[4].from_scratch); // a newcomer
  BOOST_TEST(orders()[4].samples.size() == 6u);
  BOOST_TEST(orders()[4].base == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_lost_worker_costs_the_micro_window_and_the_job_stays_what_it_was, a_joint_job) {
  begin_asking<micro_window_report>(job, joint(0, {"gpu1"}));
  answer();
  answer();
  give(a_batch("a", 2, sample_role::train, 1, 100s));
  const auto lost = begin_asking<micro_window_report>(job, joint(1, {"gpu1"}));
  answer(); // rank 0 may even have finished
  fail_with(ec::unreachable);
  BOOST_TEST_REQUIRE(lost->has_value());
  BOOST_TEST(((*lost)->error().code == ec::unreachable));
  const auto next = begin_asking<micro_window_report>(job, joint(2, {}));
  const auto& order = orders().back();
  BOOST_TEST((order.together == rendezvous{}));
  BOOST_TEST(order.from_scratch); // from the state before, which only the job knows for sure
  BOOST_TEST((order.checkpoint == text_blob("state 1")));
  BOOST_TEST(order.base == 1u);
  BOOST_TEST(order.samples.size() == 6u);
  answer();
  BOOST_TEST_REQUIRE(next->has_value());
  BOOST_TEST((*next)->has_value());
}

BOOST_FIXTURE_TEST_CASE(the_worker_at_fault_is_named_and_not_those_who_waited_for_it, a_joint_job) {
  const auto lost = begin_asking<micro_window_report>(job, joint(0, {"gpu1", "gpu2"}));
  fail_with(ec::unavailable);
  fail_with(ec::not_finite);
  fail_with(ec::unavailable);
  BOOST_TEST_REQUIRE(lost->has_value());
  BOOST_TEST(((*lost)->error().code == ec::not_finite));
}

BOOST_FIXTURE_TEST_CASE(one_worker_that_forgot_the_job_is_sent_all_of_it_as_the_others_know_it, a_joint_job) {
  begin_asking<micro_window_report>(job, joint(0, {"gpu1"}));
  answer();
  answer();
  const auto report = begin_asking<micro_window_report>(job, joint(1, {"gpu1"}));
  give(a_batch("a", 2, sample_role::train, 1, 100s)); // for the next order
  allocator.deliver<train_order>(of_rank(orders()[2]));
  allocator.deliver<train_order>(error{ec::stale, "who are you?", {}});
  BOOST_TEST_REQUIRE(orders().size() == 5u);
  const auto& again = orders()[4];
  BOOST_TEST(again.from_scratch);
  BOOST_TEST((again.together == rendezvous{77, 1, 2}));
  BOOST_TEST(again.samples.size() == 4u);
  allocator.deliver<train_order>(of_rank(again));
  BOOST_TEST_REQUIRE(report->has_value());
  BOOST_TEST((*report)->has_value());
  begin_asking<micro_window_report>(job, joint(2, {"gpu1"}));
  BOOST_TEST(orders()[5].samples.size() == 2u);
  BOOST_TEST(orders()[6].samples.size() == 2u);
}

namespace {

/// Trained once, with 5 held-out frames that the model before saw and 6 that the present one did.
struct a_trained_job : a_job {
  a_trained_job() {
    train_well();
    join("b");
    for (const auto* camera : {"a", "b"}) {
      give(a_batch(camera, 4, sample_role::train));
      give(a_batch(camera, 5, sample_role::held_out, 1));
      give(a_batch(camera, 6, sample_role::held_out, 2, 20s));
    }
    BOOST_TEST_REQUIRE(run(grant(1, 1, 0)).has_value());
    allocator.answer<eval_order>(
        [](const eval_order& order) -> result<eval_report> { return scored(order, .5); });
    models.answer<model_candidate>([](const model_candidate& one) -> result<gate_verdict> {
      return gate_verdict{{9, "new"}, {one.members.front().candidate.camera}, {}};
    });
  }

  std::vector<model_candidate>& candidates() { return models.got<model_candidate>(); }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_candidate_carries_evidence_for_every_member_on_frames_both_models_saw,
                        a_trained_job) {
  const auto answered = ask<eval_report>(job, window_closed{1, {}});
  BOOST_TEST_REQUIRE(answered.has_value());
  BOOST_TEST(answered->scores.size() == 2u);
  BOOST_TEST_REQUIRE(answered->others.size() == 2u); // what each member runs, for who asks whether they fit together
  BOOST_TEST(answered->others.front().map50 == 1);
  BOOST_TEST_REQUIRE(candidates().size() == 1u);
  const auto& candidate = candidates().front();
  BOOST_TEST((candidate.weights == text_blob("state 1")));
  BOOST_TEST(candidate.parent.revision == 3u);
  BOOST_TEST_REQUIRE(candidate.members.size() == 2u);
  for (const auto& evidence : candidate.members) {
    BOOST_TEST((evidence.candidate.camera == evidence.deployed.camera));
    BOOST_TEST(evidence.candidate.map50 == .5);
    BOOST_TEST(evidence.deployed.map50 == 1);
    BOOST_TEST(evidence.candidate.frames == 6u);
    BOOST_TEST(evidence.deployed.frames == 6u);
  }
}

BOOST_FIXTURE_TEST_CASE(a_member_that_saw_little_since_its_last_model_has_that_model_scored_here, a_trained_job) {
  models.answer<model_candidate>([](const model_candidate&) -> result<gate_verdict> {
    return gate_verdict{{9, "new"}, {camera_id{"a"}}, {camera_id{"b"}}};
  });
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value()); // "a" runs state 1 from now on
  give(a_batch("a", 2, sample_role::held_out, 9, 40s));                        // two frames that 9 has seen
  BOOST_TEST_REQUIRE(run(grant(1, 2, 0)).has_value());
  allocator.got<eval_order>().clear();
  allocator.answer<eval_order>([](const eval_order& order) -> result<eval_report> {
    return scored(order, order.weights == text_blob("state 1") ? .4 : .7);
  });
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{2, {}}).has_value());
  BOOST_TEST_REQUIRE(candidates().size() == 2u);
  const auto& of_a = candidates().back().members.front();
  BOOST_TEST(of_a.candidate.map50 == .7);
  BOOST_TEST(of_a.deployed.map50 == .4);
  BOOST_TEST(of_a.candidate.frames == 13u);
  BOOST_TEST(of_a.deployed.frames == 13u);
  const auto& of_b = candidates().back().members.back(); // it runs what it saw its frames with
  BOOST_TEST(of_b.deployed.map50 == 1);
  BOOST_TEST(of_b.deployed.frames == 6u);
}

BOOST_FIXTURE_TEST_CASE(a_member_that_saw_nothing_yet_with_its_last_model_is_not_judged_by_the_one_before, a_trained_job) {
  models.answer<model_candidate>([](const model_candidate&) -> result<gate_verdict> {
    return gate_verdict{{9, "new"}, {camera_id{"a"}, camera_id{"b"}}, {}};
  });
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  BOOST_TEST_REQUIRE(run(grant(1, 2, 0)).has_value());
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{2, {}}).has_value());
  for (const auto& evidence : candidates().back().members)
    BOOST_TEST(evidence.deployed.map50 == .5); // state 1, not what the frames were seen with
}

BOOST_FIXTURE_TEST_CASE(a_member_whose_model_cannot_be_scored_has_no_evidence, a_trained_job) {
  models.answer<model_candidate>([](const model_candidate&) -> result<gate_verdict> {
    return gate_verdict{{9, "new"}, {camera_id{"a"}}, {camera_id{"b"}}};
  });
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  give(a_batch("a", 2, sample_role::held_out, 9, 40s));
  BOOST_TEST_REQUIRE(run(grant(1, 2, 0)).has_value());
  allocator.answer<eval_order>([](const eval_order& order) -> result<eval_report> {
    if (order.weights == text_blob("state 1"))
      return fail(ec::unavailable, "no device");
    return scored(order, .7);
  });
  BOOST_TEST(ask<eval_report>(job, window_closed{2, {}})->scores.size() == 2u);
  BOOST_TEST_REQUIRE(candidates().back().members.size() == 1u);
  BOOST_TEST(candidates().back().members.front().candidate.camera.value == "b");
}

BOOST_FIXTURE_TEST_CASE(a_newcomer_that_is_better_off_with_the_groups_model_gets_it_at_once, a_trained_job) {
  const camera_score theirs{camera_id{"c"}, .8, .4, .1, 12, 30}, own{camera_id{"c"}, .1, .05, .1, 12, 30};
  tell(job, join_order{group_id{7}, camera_id{"c"}, 0s, gate_evidence{theirs, own}});
  BOOST_TEST_REQUIRE(candidates().size() == 1u);
  const auto& candidate = candidates().front();
  BOOST_TEST((candidate.weights == text_blob("state 1")));
  BOOST_TEST_REQUIRE(candidate.members.size() == 1u);
  BOOST_TEST((candidate.members.front() == gate_evidence{theirs, own}));
}

BOOST_FIXTURE_TEST_CASE(a_job_that_has_not_trained_has_nothing_for_a_newcomer, a_job) {
  const camera_score theirs{camera_id{"c"}, .8, .4, .1, 12, 30}, own{camera_id{"c"}, .1, .05, .1, 12, 30};
  tell(job, join_order{group_id{7}, camera_id{"c"}, 0s, gate_evidence{theirs, own}});
  BOOST_TEST(models.got<model_candidate>().empty());
}

BOOST_FIXTURE_TEST_CASE(a_trained_state_is_proposed_once, a_trained_job) {
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{2, {}}).has_value());
  BOOST_TEST(candidates().size() == 1u);
  BOOST_TEST_REQUIRE(run(grant(1, 3, 0)).has_value());
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{3, {}}).has_value());
  BOOST_TEST_REQUIRE(candidates().size() == 2u);
  BOOST_TEST(candidates().back().parent.revision == 9u);
}

BOOST_FIXTURE_TEST_CASE(a_candidate_that_did_not_reach_the_store_is_proposed_again, a_trained_job) {
  models.answer<model_candidate>(
      [](const model_candidate&) -> result<gate_verdict> { return fail(ec::io_failed, "disk full"); });
  BOOST_TEST(ask<eval_report>(job, window_closed{1, {}}).has_value()); // the window is settled all the same
  BOOST_TEST(telemetry.all(event_id::model_rejected).size() == 1u);
  BOOST_TEST(ask<eval_report>(job, window_closed{2, {}}).has_value());
  BOOST_TEST(candidates().size() == 2u);
}

// -- what the members really run, and what they remember ------------------------------------------------------

namespace {

/// The store knows that "a" runs `runs_a`, and "b" revision 2; weights are the revision's number as text.
struct a_known_job : a_trained_job {
  std::uint32_t runs_a = 2;

  a_known_job() {
    models.answer<model_query>([this](const model_query& asked) -> result<model_update> {
      const auto revision = asked.revision != 0 ? asked.revision : asked.camera.value == "a" ? runs_a : 2;
      const auto name = std::to_string(revision);
      return model_update{{revision, name}, asked.name_only ? blob{} : text_blob(name)};
    });
    models.answer<model_candidate>([](const model_candidate&) -> result<gate_verdict> {
      return gate_verdict{{9, "9"}, {camera_id{"a"}}, {camera_id{"b"}}};
    });
    models.answer<rollback_order>([](const rollback_order& order) -> result<gate_verdict> {
      return gate_verdict{{2, "2"}, {order.camera}, {}};
    });
  }

  /// Frames of "a" that 9 looked at, and saw the object in or not.
  void see_with_nine(std::size_t count, bool found) {
    sample_batch batch{camera_id{"a"}, {}};
    for (std::size_t i = 0; i < count; ++i)
      batch.frames.push_back(a_frame("a", 40s + std::chrono::seconds{i}, sample_role::held_out, 9, found));
    give(batch);
  }

  const gate_evidence* evidence_of(const std::string& camera) {
    for (const auto& one : candidates().back().members)
      if (one.candidate.camera.value == camera)
        return &one;
    return nullptr;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(evidence_says_which_model_it_is_about, a_known_job) {
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  BOOST_TEST(evidence_of("a")->revision == 2u);
  BOOST_TEST(evidence_of("a")->deployed.frames == 11u); // it saw but 6 of them with 2
  BOOST_TEST(!evidence_of("a")->before_drift.has_value());
}

BOOST_FIXTURE_TEST_CASE(after_a_rollback_the_next_candidate_is_measured_against_what_the_camera_really_runs, a_known_job) {
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value()); // "a" runs 9 from now on
  runs_a = 1;                                                                  // a person took it back, twice
  BOOST_TEST_REQUIRE(run(grant(1, 2, 0)).has_value());
  allocator.answer<eval_order>([](const eval_order& order) -> result<eval_report> {
    return scored(order, order.weights == text_blob("1") ? .2 : .7);
  });
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{2, {}}).has_value());
  BOOST_TEST_REQUIRE(evidence_of("a") != nullptr);
  BOOST_TEST(evidence_of("a")->revision == 1u);
  BOOST_TEST(evidence_of("a")->deployed.map50 == .2); // 9 is not what it runs
  BOOST_TEST(evidence_of("a")->deployed.frames == evidence_of("a")->candidate.frames);
}

BOOST_FIXTURE_TEST_CASE(a_model_that_proves_worse_than_what_it_replaced_is_taken_back, a_known_job) {
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  runs_a = 9;
  see_with_nine(8, false);
  BOOST_TEST_REQUIRE(run(grant(1, 2, 0)).has_value());
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{2, {}}).has_value());
  BOOST_TEST_REQUIRE(models.got<rollback_order>().size() == 1u);
  const auto& order = models.got<rollback_order>().front();
  BOOST_TEST((order.group == group_id{7}));
  BOOST_TEST((order.camera == camera_id{"a"}));
  BOOST_TEST(order.why == "0.00, but r2 had 0.50 on 8 held-out frames");
  BOOST_TEST(evidence_of("a") == nullptr); // what it runs now was not measured
  BOOST_TEST(evidence_of("b") != nullptr);
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{3, {}}).has_value());
  BOOST_TEST(models.got<rollback_order>().size() == 1u); // it is looked at once
}

BOOST_FIXTURE_TEST_CASE(a_model_that_holds_its_promise_stays, a_known_job) {
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  runs_a = 9;
  see_with_nine(8, true);
  BOOST_TEST_REQUIRE(run(grant(1, 2, 0)).has_value());
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{2, {}}).has_value());
  BOOST_TEST(models.got<rollback_order>().empty());
  BOOST_TEST(evidence_of("a") != nullptr);
}

BOOST_FIXTURE_TEST_CASE(a_second_look_waits_for_frames_enough, a_known_job) {
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  runs_a = 9;
  see_with_nine(7, false);
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{2, {}}).has_value());
  BOOST_TEST(models.got<rollback_order>().empty());
  see_with_nine(1, false);
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{3, {}}).has_value()); // without a candidate, too
  BOOST_TEST(models.got<rollback_order>().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_candidate_is_measured_on_what_its_member_saw_before_its_drift, a_known_job) {
  auto before = a_batch("a", 10, sample_role::held_out, 1, 100s);
  for (auto& sample : before.frames)
    sample.before_drift = true;
  give(before);
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  const auto& remembered = evidence_of("a")->before_drift;
  BOOST_TEST_REQUIRE(remembered.has_value());
  BOOST_TEST(remembered->candidate.map50 == .5);
  BOOST_TEST(remembered->candidate.frames == 10u);
  BOOST_TEST(remembered->usual.map50 == 1);
  BOOST_TEST(!evidence_of("b")->before_drift.has_value());
  BOOST_TEST_REQUIRE(run(grant(1, 2, 0)).has_value());
  BOOST_TEST(orders().back().samples.empty()); // they are nobody's to train or to keep
}

BOOST_FIXTURE_TEST_CASE(a_job_that_ends_leaves_its_best_weights_to_the_zoo, a_known_job) {
  const auto window = [this](window_number number, double accuracy) {
    allocator.answer<eval_order>(
        [=](const eval_order& order) -> result<eval_report> { return scored(order, accuracy); });
    BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{number, {}}).has_value());
    BOOST_TEST_REQUIRE(run(grant(1, number + 1, 0)).has_value());
  };
  window(1, .4); // of state 1
  window(2, .6); // of state 2
  window(3, .5); // of state 3
  tell(job, leave_order{group_id{7}, camera_id{"a"}});
  tell(job, leave_order{group_id{7}, camera_id{"b"}});
  BOOST_TEST(models.got<archive_order>().empty());
  caf::anon_send_exit(job, caf::exit_reason::user_shutdown);
  settle();
  BOOST_TEST_REQUIRE(models.got<archive_order>().size() == 1u);
  const auto& left = models.got<archive_order>().front();
  BOOST_TEST((left.weights == text_blob("state 2")));
  BOOST_TEST(left.window == 2u);
  BOOST_TEST((left.group == group_id{7}));
  BOOST_TEST(left.frames.size() == 22u); // of both members, as they were then
}

// -- a group that drifts as a whole -------------------------------------------------------------------------

namespace {

/// Its store has a zoo that knows the new world, and its members saw nothing of that with revision 2, which they run.
struct a_drifted_job : a_known_job {
  a_drifted_job() {
    models.answer<expert_query>([](const expert_query&) -> result<model_update> {
      return model_update{{4, "4"}, text_blob("expert")};
    });
  }

  static expert_query shown() {
    expert_query out;
    for (const auto* camera : {"a", "b"})
      for (int i = 0; i < 8; ++i)
        out.frames.push_back(a_frame(camera, 100s + std::chrono::seconds{i}, sample_role::train, 2, false));
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_job_whose_members_all_drifted_goes_on_from_what_the_zoo_knows, a_drifted_job) {
  tell(job, shown());
  const auto& asked = models.got<expert_query>();
  BOOST_TEST_REQUIRE(asked.size() == 1u);
  BOOST_TEST_REQUIRE(asked.front().own.has_value());
  BOOST_TEST((asked.front().own->weights == text_blob("state 1")));
  // Every member is offered it at once, measured on what it showed.
  BOOST_TEST_REQUIRE(candidates().size() == 1u);
  BOOST_TEST((candidates().front().weights == text_blob("expert")));
  BOOST_TEST(candidates().front().parent.revision == 4u);
  for (const auto* camera : {"a", "b"}) {
    BOOST_TEST_REQUIRE(evidence_of(camera) != nullptr);
    BOOST_TEST(evidence_of(camera)->candidate.map50 == .5);
    BOOST_TEST(evidence_of(camera)->deployed.map50 == 0);
    BOOST_TEST(evidence_of(camera)->deployed.frames == 8u);
    BOOST_TEST(evidence_of(camera)->revision == 2u);
  }
  BOOST_TEST_REQUIRE(run(grant(1, 2, 0)).has_value());
  BOOST_TEST(orders().back().from_scratch);
  BOOST_TEST((orders().back().checkpoint == text_blob("expert")));
  BOOST_TEST(telemetry.all(event_id::zoo_selected).front().group.value == 7u);
}

BOOST_FIXTURE_TEST_CASE(a_micro_window_in_progress_does_not_undo_the_change, a_drifted_job) {
  allocator.hold<train_order>();
  const auto report = begin_asking<micro_window_report>(job, grant(1, 2, 0));
  tell(job, shown());
  BOOST_TEST(candidates().empty());
  allocator.deliver<train_order>(trained(orders().back()));
  BOOST_TEST_REQUIRE(report->has_value());
  BOOST_TEST_REQUIRE(candidates().size() == 1u);
  train_well();
  BOOST_TEST_REQUIRE(run(grant(1, 2, 1)).has_value());
  BOOST_TEST((orders().back().checkpoint == text_blob("expert")));
}

BOOST_FIXTURE_TEST_CASE(a_micro_window_that_is_lost_does_not_undo_the_change_either, a_drifted_job) {
  allocator.hold<train_order>();
  begin_asking<micro_window_report>(job, grant(1, 2, 0));
  tell(job, shown());
  allocator.deliver<train_order>(error{ec::unreachable, "gone", {}});
  BOOST_TEST(candidates().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_job_that_knows_its_new_world_best_goes_on_as_it_was, a_drifted_job) {
  models.answer<expert_query>([](const expert_query& asked) -> result<model_update> { return asked.own.value(); });
  tell(job, shown());
  BOOST_TEST(candidates().empty());
  BOOST_TEST_REQUIRE(run(grant(1, 2, 0)).has_value());
  BOOST_TEST(!orders().back().from_scratch);
  BOOST_TEST(telemetry.all(event_id::zoo_selected).empty());
}

BOOST_FIXTURE_TEST_CASE(what_was_learnt_before_the_group_drifted_is_left_to_the_zoo, a_drifted_job) {
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  tell(job, shown());
  BOOST_TEST_REQUIRE(models.got<archive_order>().size() == 1u);
  BOOST_TEST((models.got<archive_order>().front().weights == text_blob("state 1")));
  caf::anon_send_exit(job, caf::exit_reason::user_shutdown);
  settle();
  BOOST_TEST(models.got<archive_order>().size() == 1u); // it learnt nothing since
}

BOOST_FIXTURE_TEST_CASE(a_job_that_never_trained_leaves_nothing, a_job) {
  give(a_batch("a", 5, sample_role::held_out));
  allocator.answer<eval_order>([](const eval_order& order) -> result<eval_report> { return scored(order, .5); });
  BOOST_TEST_REQUIRE(ask<eval_report>(job, window_closed{1, {}}).has_value());
  caf::anon_send_exit(job, caf::exit_reason::user_shutdown);
  settle();
  BOOST_TEST(models.got<archive_order>().empty());
}

BOOST_AUTO_TEST_SUITE_END()
