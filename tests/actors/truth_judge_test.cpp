// SPDX-License-Identifier: Apache-2.0
#include "actors/truth_judge.hpp"

#include "actors/frames.hpp"
#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(truth_judge_test)

namespace {

/// Says that `a_box` is there, and counts how often it was asked.
class counting_truth final : public teacher {
 public:
  explicit counting_truth(int& asked) : asked_(asked) {}

  result<std::vector<label>> label_frame(const frame& shot) override {
    ++asked_;
    if (shot.media_time >= 1h)
      return fail(ec::io_failed, "the file is gone");
    return std::vector<label>{{a_box, 0, false}};
  }

 private:
  int& asked_;
};

struct a_judge : virtual_system {
  recorder telemetry{*this};
  int asked = 0, sought = 0;
  truth_judge_actor judge;

  a_judge() {
    const auto find = [this](const camera_id& camera) -> result<std::unique_ptr<teacher>> {
      ++sought;
      if (camera.value == "broken")
        return fail(ec::not_found, "gt.txt is not there");
      if (camera.value == "stranger")
        return std::unique_ptr<teacher>{};
      return std::make_unique<counting_truth>(asked);
    };
    judge = keep(system().spawn(truth_judge, find, telemetry.handle()));
    settle();
  }

  /// Four frames from `at` on, in which the model, and the teacher, find the box or nothing.
  void show(duration at, bool model_finds, bool teacher_finds, const std::string& camera = "north") {
    sample_batch batch{camera_id{camera}, {}, 0};
    for (int i = 0; i < 4; ++i) {
      auto sample = a_frame(camera, at + i * 100ms, sample_role::held_out, 1, model_finds);
      sample.labels = teacher_finds ? std::vector<label>{{a_box, 0, false}} : std::vector<label>{};
      batch.frames.push_back(std::move(sample));
    }
    tell(judge, batch);
  }

  double last(std::string_view id) {
    const auto all = telemetry.all(id);
    BOOST_TEST_REQUIRE(!all.empty());
    return all.back().value;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(model_and_teacher_are_measured_against_the_truth, a_judge) {
  show(0s, true, false);
  BOOST_TEST(last(event_id::accuracy_truth) == 1);
  BOOST_TEST(last(event_id::accuracy_teacher) == 0);
  show(10s, false, true);
  BOOST_TEST(last(event_id::accuracy_truth) == 0);
  BOOST_TEST(last(event_id::accuracy_teacher) == 1);
  BOOST_TEST(telemetry.all(event_id::accuracy_truth).front().camera.value == "north");
  BOOST_TEST(telemetry.all(event_id::accuracy_truth).front().text == "4 held-out frames, 4 objects");
}

BOOST_FIXTURE_TEST_CASE(what_the_teacher_doubts_it_does_not_say, a_judge) {
  auto sample = a_frame("north", 0s, sample_role::held_out, 1, true);
  sample.labels = {{a_box, 0, true}};
  tell(judge, sample_batch{camera_id{"north"}, {sample}, 0});
  BOOST_TEST(last(event_id::accuracy_teacher) == 0);
}

BOOST_FIXTURE_TEST_CASE(the_truth_about_a_frame_is_looked_up_once, a_judge) {
  show(0s, true, true);
  show(0s, true, true);
  BOOST_TEST(asked == 4);
  show(200ms, true, true); // two of them are new
  BOOST_TEST(asked == 6);
  BOOST_TEST(sought == 1);
}

BOOST_FIXTURE_TEST_CASE(of_a_camera_whose_truth_nobody_knows_nothing_is_said, a_judge) {
  show(0s, true, true, "stranger");
  show(1s, true, true, "stranger");
  BOOST_TEST(telemetry.got<event>().empty());
  BOOST_TEST(sought == 1);
}

BOOST_FIXTURE_TEST_CASE(truth_that_cannot_be_had_is_told_once_with_the_reason, a_judge) {
  show(0s, true, true, "broken");
  show(1s, true, true, "broken");
  BOOST_TEST_REQUIRE(telemetry.got<event>().size() == 1u);
  BOOST_TEST(telemetry.got<event>().front().id == event_id::truth_unknown);
  BOOST_TEST(telemetry.got<event>().front().text.find("gt.txt is not there") != std::string::npos);
  show(2h, true, true);
  show(3h, true, true);
  BOOST_TEST(telemetry.all(event_id::truth_unknown).size() == 2u);
  BOOST_TEST(telemetry.all(event_id::accuracy_truth).empty());
}

BOOST_AUTO_TEST_SUITE_END()
