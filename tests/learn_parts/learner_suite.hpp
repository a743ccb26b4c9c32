// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/learn/learner.hpp"

/// The promises of runtime/learn/learner.hpp, for every implementation. A test file names its own:
///
///     BOOST_DATA_TEST_CASE(keeps_promise, boost::unit_test::data::make(ecco::learner_promises()), promise) {
///       promise.check(my_subject());
///     }
namespace ecco {

/// What is tested, and what it needs to be fed.
struct learner_subject {
  /// Makes a learner that has served no job yet. The one subject's learners all behave the same.
  std::function<std::unique_ptr<learner>()> make;
  /// A picture with at least one label on it that counts; different for each number.
  std::function<labelled_frame(int number)> sample;
  /// Weights that `evaluate` takes and a job can begin with.
  blob weights;
  /// Enough for some training steps.
  duration slice{};
};

struct learner_promise {
  std::string name;
  std::function<void(const learner_subject&)> check;

  friend std::ostream& operator<<(std::ostream& out, const learner_promise& p) { return out << p.name; }
};

/// Speaks to one learner in orders of one job, `g-0001`.
class learner_session {
 public:
  explicit learner_session(const learner_subject& subject) : subject_(subject), learner_(subject.make()) {}

  learner& device() { return *learner_; }

  /// `n` samples of one camera and role; no picture is used twice in a session.
  std::vector<labelled_frame> samples(const std::string& camera, sample_role role, int n) {
    std::vector<labelled_frame> out;
    for (int i = 0; i < n; ++i) {
      auto sample = subject_.sample(next_++);
      sample.shot.camera = camera_id{camera};
      sample.shot.role = role;
      sample.shot.media_time = std::chrono::seconds{next_};
      out.push_back(std::move(sample));
    }
    return out;
  }

  /// Both roles of one camera.
  std::vector<labelled_frame> both(const std::string& camera, int training, int held_out) {
    auto out = samples(camera, sample_role::train, training);
    auto more = samples(camera, sample_role::held_out, held_out);
    std::move(more.begin(), more.end(), std::back_inserter(out));
    return out;
  }

  train_order order(std::uint32_t base, std::vector<labelled_frame> fresh,
                    const std::vector<std::string>& members) {
    train_order out;
    out.group = group_id{1};
    out.base = base;
    out.samples = std::move(fresh);
    for (const auto& name : members)
      out.members.push_back(camera_id{name});
    out.slice = subject_.slice;
    out.seed = 7;
    return out;
  }

  train_order from_scratch(std::uint32_t base, const blob& checkpoint, std::vector<labelled_frame> all,
                           const std::vector<std::string>& members) {
    auto out = order(base, std::move(all), members);
    out.from_scratch = true;
    out.checkpoint = checkpoint;
    return out;
  }

  /// Trains and expects success.
  train_report train(const train_order& with) {
    auto report = learner_->train(with);
    BOOST_TEST_REQUIRE(report.has_value(), "train: " << (report ? "" : render(report.error())));
    return std::move(*report);
  }

  void expect_stale(const train_order& with) {
    auto report = learner_->train(with);
    BOOST_TEST_REQUIRE(!report.has_value());
    BOOST_TEST((report.error().code == ec::stale), render(report.error()));
  }

 private:
  learner_subject subject_;
  std::unique_ptr<learner> learner_;
  int next_ = 0;
};

namespace promises {

inline std::vector<std::string> cameras_of(const std::vector<camera_score>& scores) {
  std::vector<std::string> out;
  for (const auto& score : scores)
    out.push_back(score.camera.value);
  std::sort(out.begin(), out.end());
  return out;
}

inline void state_counts_up(const learner_subject& subject) {
  learner_session s{subject};
  auto first = s.train(s.from_scratch(0, subject.weights, s.both("a", 4, 2), {"a"}));
  BOOST_TEST(first.state == 1u);
  BOOST_TEST((first.group == group_id{1}));
  auto second = s.train(s.order(1, s.both("a", 2, 0), {"a"}));
  BOOST_TEST(second.state == 2u);
}

inline void an_unknown_job_is_stale(const learner_subject& subject) {
  learner_session s{subject};
  s.expect_stale(s.order(0, s.both("a", 4, 2), {"a"}));
  s.expect_stale(s.order(3, {}, {"a"}));
}

inline void a_repeated_or_skipped_order_is_stale(const learner_subject& subject) {
  learner_session s{subject};
  s.train(s.from_scratch(0, subject.weights, s.both("a", 4, 2), {"a"}));
  s.expect_stale(s.order(0, {}, {"a"}));
  s.expect_stale(s.order(2, {}, {"a"}));
  BOOST_TEST(s.train(s.order(1, {}, {"a"})).state == 2u);
}

inline void another_device_goes_on_from_the_checkpoint(const learner_subject& subject) {
  learner_session here{subject}, there{subject};
  const auto all = here.both("a", 4, 2);
  auto first = here.train(here.from_scratch(0, subject.weights, all, {"a"}));
  there.expect_stale(there.order(1, {}, {"a"}));
  auto second = there.train(there.from_scratch(1, first.checkpoint, all, {"a"}));
  BOOST_TEST(second.state == 2u);
  BOOST_TEST_REQUIRE(second.before.size() == 1u);
  BOOST_TEST(std::abs(second.before[0].map50 - first.after[0].map50) < 1e-6);
}

inline void from_scratch_drops_what_was_kept(const learner_subject& subject) {
  learner_session s{subject};
  s.train(s.from_scratch(0, subject.weights, s.both("a", 4, 2), {"a", "b"}));
  auto again = s.train(s.from_scratch(5, subject.weights, s.both("b", 4, 3), {"a", "b"}));
  BOOST_TEST(again.state == 6u);
  BOOST_TEST_REQUIRE((cameras_of(again.after) == std::vector<std::string>{"b"}));
  BOOST_TEST(again.after[0].frames == 3u);
}

inline void a_forgotten_job_is_stale(const learner_subject& subject) {
  learner_session s{subject};
  s.train(s.from_scratch(0, subject.weights, s.both("a", 4, 2), {"a"}));
  s.device().forget(group_id{1});
  s.expect_stale(s.order(1, {}, {"a"}));
  s.device().forget(group_id{99});
}

inline void jobs_do_not_disturb_each_other(const learner_subject& subject) {
  learner_session s{subject};
  s.train(s.from_scratch(0, subject.weights, s.both("a", 4, 2), {"a"}));
  auto other = s.from_scratch(8, subject.weights, s.both("b", 4, 3), {"b"});
  other.group = group_id{2};
  BOOST_TEST(s.train(other).state == 9u);
  s.device().forget(group_id{2});
  auto next = s.train(s.order(1, {}, {"a"}));
  BOOST_TEST((cameras_of(next.after) == std::vector<std::string>{"a"}));
}

inline void held_out_frames_are_only_scored(const learner_subject& subject) {
  learner_session s{subject};
  auto report = s.train(s.from_scratch(0, subject.weights, s.both("a", 0, 3), {"a"}));
  BOOST_TEST(report.images == 0u);
  BOOST_TEST_REQUIRE(report.before.size() == 1u);
  BOOST_TEST_REQUIRE(report.after.size() == 1u);
  BOOST_TEST(report.after[0].frames == 3u);
  BOOST_TEST(report.after[0].objects >= 3u);
  BOOST_TEST(report.before[0].map50 == report.after[0].map50);
}

inline void guard_frames_are_not_used(const learner_subject& subject) {
  learner_session s{subject};
  auto report = s.train(s.from_scratch(0, subject.weights, s.samples("a", sample_role::guard, 3), {"a"}));
  BOOST_TEST(report.images == 0u);
  for (const auto& score : report.after)
    BOOST_TEST(score.frames == 0u);
}

inline void held_out_frames_accumulate(const learner_subject& subject) {
  learner_session s{subject};
  s.train(s.from_scratch(0, subject.weights, s.both("a", 4, 2), {"a"}));
  auto second = s.train(s.order(1, s.both("a", 0, 3), {"a"}));
  BOOST_TEST_REQUIRE(second.after.size() == 1u);
  BOOST_TEST(second.after[0].frames == 5u);
}

inline void only_members_count(const learner_subject& subject) {
  learner_session s{subject};
  auto all = s.both("a", 4, 2);
  auto more = s.both("b", 4, 2);
  all.insert(all.end(), more.begin(), more.end());
  auto first = s.train(s.from_scratch(0, subject.weights, all, {"a", "b"}));
  BOOST_TEST((cameras_of(first.after) == std::vector<std::string>{"a", "b"}));
  auto second = s.train(s.order(1, s.both("c", 4, 2), {"b"}));
  BOOST_TEST((cameras_of(second.before) == std::vector<std::string>{"b"}));
  BOOST_TEST((cameras_of(second.after) == std::vector<std::string>{"b"}));
  // What was dropped stays dropped.
  auto third = s.train(s.order(2, {}, {"a", "b", "c"}));
  BOOST_TEST((cameras_of(third.after) == std::vector<std::string>{"b"}));
}

inline void a_job_without_samples_trains_nothing(const learner_subject& subject) {
  learner_session s{subject};
  auto report = s.train(s.from_scratch(0, subject.weights, {}, {"a"}));
  BOOST_TEST(report.images == 0u);
  BOOST_TEST(report.after.empty());
  BOOST_TEST(report.state == 1u);
}

inline void trained_weights_can_be_scored(const learner_subject& subject) {
  learner_session s{subject};
  const auto samples = s.both("a", 4, 2);
  auto trained = s.train(s.from_scratch(0, subject.weights, samples, {"a"}));
  BOOST_TEST(trained.images > 0u);
  auto report = s.device().evaluate({trained.weights, {samples.begin() + 4, samples.end()}});
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST_REQUIRE(report->scores.size() == 1u);
  BOOST_TEST(std::abs(report->scores[0].map50 - trained.after[0].map50) < 1e-6);
  BOOST_TEST(report->scores[0].objects == trained.after[0].objects);
}

inline void each_camera_is_scored_once(const learner_subject& subject) {
  learner_session s{subject};
  auto frames = s.both("b", 2, 1);
  auto more = s.both("a", 0, 2);
  frames.insert(frames.end(), more.begin(), more.end());
  auto report = s.device().evaluate({subject.weights, frames});
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST((cameras_of(report->scores) == std::vector<std::string>{"a", "b"}));
  for (const auto& score : report->scores) {
    BOOST_TEST(score.frames == (score.camera.value == "a" ? 2u : 3u));
    BOOST_TEST((score.map50 >= 0 && score.map50 <= 1));
    BOOST_TEST((score.map >= 0 && score.map <= 1));
  }
}

inline void features_come_when_asked_for_one_list_a_frame(const learner_subject& subject) {
  learner_session s{subject};
  auto frames = s.both("a", 2, 1);
  BOOST_TEST(s.device().evaluate({subject.weights, frames})->features.empty());
  const auto report = s.device().evaluate({subject.weights, frames, true});
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST_REQUIRE(report->features.size() == 3u);
  BOOST_TEST(!report->features[0].empty());
  BOOST_TEST((report->features[0] != report->features[1]));
  const auto last = s.device().evaluate({subject.weights, {frames.back()}, true});
  BOOST_TEST_REQUIRE(last.has_value());
  BOOST_TEST_REQUIRE(last->features.size() == 1u);
  BOOST_TEST((last->features[0] == report->features[2]));
}

inline void frames_without_objects_have_no_score(const learner_subject& subject) {
  learner_session s{subject};
  auto frames = s.samples("a", sample_role::held_out, 2);
  for (auto& frame : frames)
    frame.labels.clear();
  auto report = s.device().evaluate({subject.weights, frames});
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST_REQUIRE(report->scores.size() == 1u);
  BOOST_TEST(report->scores[0].objects == 0u);
  BOOST_TEST(std::isnan(report->scores[0].map50));
}

inline void weights_that_are_none_are_refused(const learner_subject& subject) {
  learner_session s{subject};
  const blob garbage{bytes(100, 0xa5)};
  BOOST_TEST(!s.device().evaluate({garbage, s.both("a", 1, 1)}).has_value());
  BOOST_TEST(!s.device().evaluate({blob{}, s.both("a", 1, 1)}).has_value());
  BOOST_TEST(!s.device().train(s.from_scratch(0, garbage, s.both("a", 4, 2), {"a"})).has_value());
}

inline void a_refused_order_leaves_the_state_unharmed(const learner_subject& subject) {
  learner_session s{subject};
  s.train(s.from_scratch(0, subject.weights, s.both("a", 4, 2), {"a"}));
  const blob garbage{bytes(100, 0xa5)};
  BOOST_TEST(!s.device().train(s.from_scratch(4, garbage, {}, {"a"})).has_value());
  BOOST_TEST(s.train(s.order(1, {}, {"a"})).state == 2u);
}

inline void labels_come_in_the_order_of_the_frames(const learner_subject& subject) {
  learner_session s{subject};
  label_order order;
  for (const auto& sample : s.samples("a", sample_role::train, 3))
    order.frames.push_back(sample.shot);
  auto labelled = s.device().label(order);
  // A learner may come without a teacher; then it says so.
  if (labelled)
    BOOST_TEST(labelled->frames.size() == 3u);
  else
    BOOST_TEST((labelled.error().code == ec::unsupported), render(labelled.error()));
}

} // namespace promises

/// Every promise of the interface, to be checked on a subject.
inline std::vector<learner_promise> learner_promises() {
  using namespace promises;
  return {{"state counts up", state_counts_up},
          {"an unknown job is stale", an_unknown_job_is_stale},
          {"a repeated or skipped order is stale", a_repeated_or_skipped_order_is_stale},
          {"another device goes on from the checkpoint", another_device_goes_on_from_the_checkpoint},
          {"from_scratch drops what was kept", from_scratch_drops_what_was_kept},
          {"a forgotten job is stale", a_forgotten_job_is_stale},
          {"features come when asked for, one list a frame", features_come_when_asked_for_one_list_a_frame},
          {"jobs do not disturb each other", jobs_do_not_disturb_each_other},
          {"held-out frames are only scored", held_out_frames_are_only_scored},
          {"guard frames are not used", guard_frames_are_not_used},
          {"held-out frames accumulate", held_out_frames_accumulate},
          {"only members count", only_members_count},
          {"a job without samples trains nothing", a_job_without_samples_trains_nothing},
          {"trained weights can be scored", trained_weights_can_be_scored},
          {"each camera is scored once", each_camera_is_scored_once},
          {"frames without objects have no score", frames_without_objects_have_no_score},
          {"weights that are none are refused", weights_that_are_none_are_refused},
          {"a refused order leaves the state unharmed", a_refused_order_leaves_the_state_unharmed},
          {"labels come in the order of the frames", labels_come_in_the_order_of_the_frames}};
}

} // namespace ecco
