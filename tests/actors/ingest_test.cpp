// SPDX-License-Identifier: Apache-2.0
#include "actors/ingest.hpp"

#include "actors/frames.hpp"
#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(ingest_test)

namespace {

/// Of each ten seconds 0 to 5 train, 6 to 9 are held out; media time is what the test says it is.
struct a_link : virtual_system {
  mock<allocator_actor> allocator{*this};
  mock<group_job_actor> job{*this};
  mock<truth_judge_actor> judge{*this};
  recorder telemetry{*this};
  ingest_actor video;
  std::uint64_t sequence = 0;

  explicit a_link(std::size_t held_out_before_drift = 0) {
    job.take<sample_batch>();
    judge.take<sample_batch>();
    ingest_config config;
    config.judge = judge.handle();
    config.camera = camera_id{"north"};
    config.held_out_before_drift = held_out_before_drift;
    video = keep(system().spawn(
        ingest, config, [] { return make_raw_decoder(); }, allocator.handle(), telemetry.handle()));
    settle();
    label_well();
  }

  static result<labels> label_all(const label_order& order) {
    labels out;
    out.frames.assign(order.frames.size(), {{a_box, 0, false}});
    return out;
  }

  void label_well() { allocator.answer<label_order>(label_all); }

  encoded_segment segment(duration at, sample_role role, std::size_t frames = 5, bool found = true) {
    encoded_segment out{camera_id{"north"}, sequence++, incarnation{1}, role, "raw", 2, 2, {}, {}};
    std::vector<image> pictures(frames, small_picture());
    for (std::size_t i = 0; i < frames; ++i) {
      auto seen = a_frame("north", {}, role, 1, found).seen;
      out.frames.push_back({at + std::chrono::milliseconds{10 * i}, std::move(seen), 1});
    }
    out.stream = make_raw_encoder()->encode(pictures, 1s).value();
    return out;
  }

  void show(duration at, sample_role role, std::size_t frames = 5, bool found = true) {
    tell(video, segment(at, role, frames, found));
  }

  void join(duration since) { tell(video, join_order{group_id{7}, camera_id{"north"}, since}, job.handle()); }

  /// Media times of what the job got, in order; of old skills, or of the rest.
  std::vector<duration> delivered(bool before_drift = false) {
    std::vector<duration> out;
    for (const auto& batch : job.got<sample_batch>())
      for (const auto& sample : batch.frames)
        if (sample.before_drift == before_drift)
          out.push_back(sample.shot.media_time);
    return out;
  }

  std::size_t labelled() {
    std::size_t sum = 0;
    for (const auto& order : allocator.got<label_order>())
      sum += order.frames.size();
    return sum;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_segment_that_lies_is_refused_and_the_next_good_one_works, a_link) {
  auto of_another = segment(0s, sample_role::train);
  of_another.camera = camera_id{"south"};
  tell(video, of_another);
  show(0s, sample_role::held_out);                       // it would train on what is scored
  show(6s, sample_role::train);                          // the other way round
  show(5s, sample_role::guard);                          // never sent by an honest camera
  auto straddling = segment(4999ms, sample_role::train); // its second frame lies in the guard
  tell(video, straddling);
  auto garbage = segment(0s, sample_role::train);
  garbage.stream = text_blob("garbage");
  tell(video, garbage);
  BOOST_TEST(telemetry.all(event_id::segment_refused).size() == 6u);
  BOOST_TEST(allocator.got<label_order>().empty());
  show(0s, sample_role::train);
  BOOST_TEST(labelled() == 5u);
  BOOST_TEST(telemetry.all(event_id::segment_refused).size() == 6u);
}

BOOST_FIXTURE_TEST_CASE(a_repeated_segment_is_ignored_until_the_camera_starts_anew, a_link) {
  const auto first = segment(0s, sample_role::train), second = segment(1s, sample_role::train);
  tell(video, first);
  tell(video, second);
  tell(video, first);
  tell(video, second);
  BOOST_TEST(labelled() == 10u);
  auto anew = first;
  anew.source = incarnation{2};
  tell(video, anew);
  BOOST_TEST(labelled() == 15u);
}

BOOST_FIXTURE_TEST_CASE(frames_that_could_not_be_labelled_are_tried_again_and_none_is_lost, a_link) {
  join(0s);
  allocator.answer<label_order>(
      [](const label_order&) -> result<labels> { return fail(ec::unavailable, "no worker"); });
  for (auto second = 0s; second < 5s; ++second)
    show(second, sample_role::train, 8);
  advance(3s);
  BOOST_TEST(delivered().empty());
  label_well();
  advance(1s);
  const auto got = delivered();
  BOOST_TEST(got.size() == 40u);
  BOOST_TEST(std::is_sorted(got.begin(), got.end()));
  for (const auto& order : allocator.got<label_order>())
    BOOST_TEST(order.frames.size() <= 16u);
}

BOOST_FIXTURE_TEST_CASE(only_one_label_order_is_out_at_a_time, a_link) {
  allocator.hold<label_order>();
  show(0s, sample_role::train);
  show(1s, sample_role::train);
  advance(5s);
  BOOST_TEST_REQUIRE(allocator.got<label_order>().size() == 1u);
  allocator.deliver<label_order>(*label_all(allocator.got<label_order>().front()));
  BOOST_TEST(allocator.got<label_order>().size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(the_deployed_accuracy_counts_held_out_frames_only, a_link) {
  show(0s, sample_role::train, 5, false);
  BOOST_TEST(telemetry.all(event_id::accuracy_deployed).empty());
  show(6s, sample_role::held_out);
  const auto right = telemetry.all(event_id::accuracy_deployed);
  BOOST_TEST_REQUIRE(right.size() == 1u);
  BOOST_TEST(right.front().value == 1);
  BOOST_TEST(right.front().text.find("5 held-out frames") == 0u);
  show(7s, sample_role::held_out, 5, false);
  BOOST_TEST(telemetry.all(event_id::accuracy_deployed).back().value < .6);
}

BOOST_FIXTURE_TEST_CASE(the_judge_hears_of_the_frames_that_were_scored_and_of_no_others, a_link) {
  show(0s, sample_role::train);
  BOOST_TEST(judge.got<sample_batch>().empty());
  show(6s, sample_role::held_out);
  show(7s, sample_role::held_out, 3);
  BOOST_TEST_REQUIRE(judge.got<sample_batch>().size() == 2u);
  const auto& last = judge.got<sample_batch>().back();
  BOOST_TEST(last.camera.value == "north");
  BOOST_TEST(last.frames.size() == 8u);
  for (const auto& sample : last.frames) {
    BOOST_TEST((sample.shot.role == sample_role::held_out));
    BOOST_TEST(!sample.labels.empty());
    BOOST_TEST(!sample.seen.empty());
  }
  BOOST_TEST(telemetry.all(event_id::accuracy_deployed).back().text.find("8 held-out frames") == 0u);
}

BOOST_FIXTURE_TEST_CASE(subsamples_wait_for_enough_frames, a_link) {
  show(0s, sample_role::train);
  advance(5s);
  const auto asked =
      begin_asking<sample_batch>(video, subsample_order{1s, 8}); // the five are older than that
  show(1s, sample_role::train);
  BOOST_TEST(!asked->has_value());
  show(2s, sample_role::train);
  BOOST_TEST_REQUIRE(asked->has_value());
  BOOST_TEST_REQUIRE((*asked)->has_value());
  BOOST_TEST((**asked)->frames.size() == 10u);
}

BOOST_FIXTURE_TEST_CASE(subsamples_that_do_not_come_are_given_up_after_their_patience, a_link) {
  const auto nothing = begin_asking<sample_batch>(video, subsample_order{0s, 8});
  advance(10s);
  const auto few = begin_asking<sample_batch>(video, subsample_order{0s, 8});
  advance(9s);
  BOOST_TEST(!nothing->has_value());
  advance(2s);
  BOOST_TEST_REQUIRE(nothing->has_value());
  BOOST_TEST(((*nothing)->error().code == ec::unavailable));
  show(0s, sample_role::train);
  BOOST_TEST(!few->has_value());
  advance(10s);
  BOOST_TEST_REQUIRE(few->has_value());
  BOOST_TEST_REQUIRE((*few)->has_value());
  BOOST_TEST((**few)->frames.size() == 5u);
}

BOOST_FIXTURE_TEST_CASE(joining_hands_over_what_was_shown_since_the_drift_and_leaving_stops, a_link) {
  show(0s, sample_role::train);
  advance(10s);
  show(1s, sample_role::train);
  show(6s, sample_role::held_out);
  join(5s);
  BOOST_TEST(delivered().size() == 10u); // not the first five, which show the world before
  show(2s, sample_role::train);
  BOOST_TEST(delivered().size() == 15u);
  tell(video, leave_order{group_id{6}, camera_id{"north"}}); // an old group's word
  show(3s, sample_role::train);
  BOOST_TEST(delivered().size() == 20u);
  tell(video, leave_order{group_id{7}, camera_id{"north"}});
  show(4s, sample_role::train);
  BOOST_TEST(delivered().size() == 20u);
  for (const auto& batch : job.got<sample_batch>())
    for (const auto& sample : batch.frames)
      BOOST_TEST(
          (sample.shot.role == (sample.shot.media_time < 5s ? sample_role::train : sample_role::held_out)));
}

BOOST_FIXTURE_TEST_CASE(a_camera_takes_old_skills_along_evenly_chosen_and_marked, a_link) {
  for (int i = 0; i < 40; ++i)
    show(10s * i, sample_role::train); // 200 frames
  show(405s, sample_role::held_out);   // never trained on
  advance(10s);
  show(410s, sample_role::train);
  join(5s);
  const auto old = delivered(true);
  BOOST_TEST(old.size() == 64u);
  BOOST_TEST((old.front() < 10s));
  BOOST_TEST((old.back() >= 390s && old.back() < 400s)); // and not the held-out frame
  BOOST_TEST(delivered().size() == 5u);
}

BOOST_FIXTURE_TEST_CASE(a_member_that_drifted_again_hands_over_what_it_shows_since, a_link) {
  show(0s, sample_role::train);
  join(100s);
  advance(10s);
  show(10s, sample_role::train);
  const auto before = delivered().size();
  tell(video, join_order{group_id{7}, camera_id{"north"}, 5s, {}, true}, job.handle());
  BOOST_TEST(before == 10u);
  BOOST_TEST(delivered().size() == 15u); // the newer half once more
  BOOST_TEST(delivered(true).size() == 5u); // the older as old skills
}

BOOST_FIXTURE_TEST_CASE(joining_the_same_job_again_hands_nothing_over_twice, a_link) {
  show(0s, sample_role::train);
  join(5s);
  join(5s); // the camera was away for a moment
  BOOST_TEST(delivered().size() == 5u);
}

namespace {

struct a_link_that_remembers : a_link {
  a_link_that_remembers() : a_link{4} {}
};

} // namespace

BOOST_FIXTURE_TEST_CASE(held_out_frames_from_before_the_drift_go_along_when_somebody_looks, a_link_that_remembers) {
  show(6s, sample_role::held_out, 10);
  advance(20s);
  show(26s, sample_role::held_out, 5);
  join(10s);
  BOOST_TEST(delivered().size() == 5u);
  BOOST_TEST(delivered(true).size() == 4u);
  for (const auto& sample : job.got<sample_batch>().back().frames)
    BOOST_TEST((sample.shot.role == sample_role::held_out));
}

BOOST_FIXTURE_TEST_CASE(held_out_frames_from_before_the_drift_stay_when_nobody_looks, a_link) {
  show(6s, sample_role::held_out, 10);
  advance(20s);
  show(26s, sample_role::held_out, 5);
  join(10s);
  BOOST_TEST(delivered(true).empty());
}

// -- what is kept ----------------------------------------------------------------------------------------

namespace {

struct an_archived_link : a_link {
  mock<archivist_actor> archive{*this};

  an_archived_link() {
    archive.take<archive_entry>();
    ingest_config config;
    config.camera = camera_id{"north"};
    config.waiting = 20;
    config.archive = archive.handle();
    video = keep(system().spawn(
        ingest, config, [] { return make_raw_decoder(); }, allocator.handle(), telemetry.handle()));
    settle();
  }

  /// What was handed over, oldest first, and when it arrived.
  std::vector<std::pair<labelled_segment, duration>> kept() {
    std::vector<std::pair<labelled_segment, duration>> out;
    for (const auto& entry : archive.got<archive_entry>())
      if (const auto* segment = std::get_if<labelled_segment>(entry.content.get()))
        out.emplace_back(*segment, entry.at);
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_labelled_segment_is_kept_once_as_it_came_with_its_labels_and_group, an_archived_link) {
  advance(7s);
  join(3s);
  auto as_it_came = segment(0s, sample_role::train, 5);
  tell(video, as_it_came);
  tell(video, as_it_came); // repeated after a reconnect
  BOOST_TEST_REQUIRE(kept().size() == 1u);
  const auto [segment, arrived] = kept()[0];
  for (auto& note : as_it_came.frames)
    note.seen.clear();
  BOOST_TEST((segment.video == as_it_came));
  BOOST_TEST((segment.group == group_id{7}));
  BOOST_TEST_REQUIRE(segment.labels.size() == 5u);
  for (const auto& labels : segment.labels)
    BOOST_TEST((labels == std::vector<label>{{a_box, 0, false}}));
  const auto& first = archive.got<archive_entry>().front();
  const auto* joining = std::get_if<kept_joining>(first.content.get());
  BOOST_TEST_REQUIRE(joining);
  BOOST_TEST((joining->group == group_id{7} && joining->camera == camera_id{"north"}));
  BOOST_TEST((arrived - first.at == 3s)); // since its drift
}

BOOST_FIXTURE_TEST_CASE(a_segment_that_waited_for_a_teacher_is_kept_as_of_when_it_came, an_archived_link) {
  allocator.answer<label_order>(
      [](const label_order&) -> result<labels> { return fail(ec::unavailable, "no worker"); });
  show(0s, sample_role::train, 3);
  advance(5s);
  BOOST_TEST(kept().empty());
  label_well();
  advance(1s);
  BOOST_TEST_REQUIRE(kept().size() == 1u);
  BOOST_TEST((kept()[0].first.group == group_id{}));
  show(1s, sample_role::train, 3);
  BOOST_TEST_REQUIRE(kept().size() == 2u);
  BOOST_TEST((kept()[1].second - kept()[0].second == 6s));
}

BOOST_FIXTURE_TEST_CASE(of_a_segment_that_was_labelled_in_part_that_part_is_kept, an_archived_link) {
  show(0s, sample_role::train, 18); // 16 of them go to the teacher at once
  BOOST_TEST_REQUIRE(kept().size() == 1u);
  std::size_t orders = 0;
  allocator.answer<label_order>([&](const label_order& order) -> result<labels> {
    return orders++ == 0 ? label_all(order) : fail(ec::unavailable, "no worker");
  });
  show(1s, sample_role::train, 18);
  BOOST_TEST(kept().size() == 1u);
  show(2s, sample_role::train, 20); // there is room for 20: the last of the segment before goes
  BOOST_TEST_REQUIRE(kept().size() == 2u);
  const auto labels = kept()[1].first.labels;
  BOOST_TEST(labels[15].has_value());
  BOOST_TEST(!labels[16].has_value());
  BOOST_TEST(!labels[17].has_value());
}

// -- AMS -----------------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_camera_under_ams_hears_of_its_rate, a_link) {
  mock<camera_actor> device{*this};
  device.take<sampling_plan>();
  ingest_config config;
  config.camera = camera_id{"north"};
  config.adaptive = sampling_plan{4, 2, 16, 16, 100'000, {}};
  video = keep(system().spawn(
      ingest, config, [] { return make_raw_decoder(); }, allocator.handle(), telemetry.handle()));
  tell(video, device.handle());
  BOOST_TEST_REQUIRE(device.got<sampling_plan>().size() == 1u);
  BOOST_TEST(device.got<sampling_plan>()[0].train_fps == 5); // AMS begins with its most
  // Ten seconds of a scene in which nothing moves.
  for (int second = 0; second < 12; ++second) {
    show(std::chrono::seconds{second % 5}, sample_role::train);
    advance(1s);
  }
  BOOST_TEST_REQUIRE(device.got<sampling_plan>().size() == 2u);
  const auto& told = device.got<sampling_plan>()[1];
  BOOST_TEST(told.train_fps == 4.8, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(told.held_out_fps == 2);
}

BOOST_FIXTURE_TEST_CASE(without_ams_an_ingest_tells_a_camera_nothing, a_link) {
  mock<camera_actor> device{*this};
  tell(video, device.handle());
  for (int second = 0; second < 12; ++second) {
    show(std::chrono::seconds{second % 5}, sample_role::train);
    advance(1s);
  }
}

BOOST_AUTO_TEST_SUITE_END()
