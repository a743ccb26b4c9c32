// SPDX-License-Identifier: Apache-2.0
#include "actors/camera.hpp"

#include "actors/frames.hpp"
#include "actors/mock.hpp"
#include "runtime/policy/sampling.hpp"
#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(camera_test)

namespace {

/// A camera whose world is in condition 0, which its first model knows, until 30 s of its stream have passed.
struct a_camera : virtual_system {
  mock<request_desk_actor> desk{*this};
  recorder telemetry{*this};
  std::unique_ptr<memory_link> link = make_memory_link();
  std::vector<encoded_segment> arrived;
  std::uint64_t inferred = 0;
  camera_welcome welcome;
  camera_actor device;

  a_camera() {
    welcome.media_token = 5;
    welcome.student = "curve";
    welcome.plan = {5, 2, 16, 16, 100'000, {10, 5, 1, 3}};
    link->admit(camera_id{"north"}, 5,
                [this](encoded_segment segment, std::size_t) { arrived.push_back(std::move(segment)); });
    camera_config config;
    config.camera = camera_id{"north"};
    config.process = incarnation{9};
    camera_parts parts;
    parts.open_source = []() -> result<std::unique_ptr<frame_source>> {
      return std::make_unique<simulated_source>(
          [](duration at) { return static_cast<std::uint8_t>(at < 30s ? 0 : 1); });
    };
    parts.make_student = [this](const camera_welcome&) -> result<std::unique_ptr<student>> {
      return std::make_unique<counting_student>(inferred);
    };
    parts.make_encoder = [](const sampling_plan&) -> result<std::unique_ptr<segment_encoder>> {
      return make_raw_encoder();
    };
    parts.connect = [this](const camera_welcome& to) { return link->connect(to.media_token); };
    device = keep(system().spawn(camera, config, parts));
  }

  /// Counts what it is shown, so that a test can see a camera at work without a server.
  class counting_student : public student {
   public:
    explicit counting_student(std::uint64_t& count) : count_(count) {}
    result<void> load(const blob& weights) override { return inside_->load(weights); }
    result<std::vector<detection>> infer(const image& picture) override {
      ++count_;
      return inside_->infer(picture);
    }

   private:
    std::uint64_t& count_;
    std::unique_ptr<student> inside_ = make_curve_student();
  };

  static model_update good_model(std::uint32_t revision = 1) {
    return {{revision, std::string(64, 'a')}, curve_weights({{0, 4000}})};
  }

  void connect() { tell(device, welcome, desk.handle(), telemetry.handle()); }

  void begin() {
    connect();
    BOOST_TEST_REQUIRE(ask<model_ack>(device, good_model()).has_value());
  }

  std::size_t sent(sample_role role) const {
    return static_cast<std::size_t>(std::count_if(
        arrived.begin(), arrived.end(), [=](const encoded_segment& one) { return one.role == role; }));
  }

  std::vector<retrain_request>& requests() { return desk.got<retrain_request>(); }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(while_calm_it_sends_held_out_segments_and_nothing_else, a_camera) {
  begin();
  advance(25s);
  BOOST_TEST(sent(sample_role::held_out) == 6u); // seconds 6, 7, 8 of each ten
  BOOST_TEST(arrived.size() == 6u);
  for (const auto& segment : arrived) {
    BOOST_TEST(segment.frames.size() == 2u);
    for (const auto& note : segment.frames) {
      BOOST_TEST((role_at(welcome.plan.split, note.media_time) == sample_role::held_out));
      BOOST_TEST(note.seen.size() == 1u);
      BOOST_TEST(note.seen_by == 1u);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_member_of_a_group_sends_training_segments_until_it_leaves, a_camera) {
  begin();
  tell(device, regroup_event{regroup_kind::joined, camera_id{"north"}, group_id{7}, 1, ""});
  advance(20s);
  BOOST_TEST(sent(sample_role::train) == 10u);
  BOOST_TEST(sent(sample_role::held_out) == 6u);
  BOOST_TEST(sent(sample_role::guard) == 0u);
  std::uint64_t expected = 0;
  for (const auto& segment : arrived)
    BOOST_TEST(segment.sequence == expected++);
  tell(device, regroup_event{regroup_kind::left, camera_id{"north"}, group_id{7}, 1, ""});
  advance(9s);
  BOOST_TEST(sent(sample_role::train) <= 11u); // at most the one that was open
}

BOOST_FIXTURE_TEST_CASE(a_late_leave_of_its_last_group_does_not_take_it_out_of_the_next, a_camera) {
  begin();
  const auto changes = [&](regroup_kind kind, std::uint32_t group) {
    tell(device, regroup_event{kind, camera_id{"north"}, group_id{group}, 1, ""});
    advance(2s);
    return telemetry.got<camera_status>().back().group.value;
  };
  BOOST_TEST(changes(regroup_kind::joined, 7) == 7u);
  BOOST_TEST(changes(regroup_kind::joined, 7) == 7u);
  BOOST_TEST(changes(regroup_kind::joined, 8) == 8u);
  BOOST_TEST(changes(regroup_kind::left, 7) == 8u);
  BOOST_TEST(changes(regroup_kind::ended, 8) == 0u);
  BOOST_TEST(changes(regroup_kind::ended, 8) == 0u);
}

BOOST_FIXTURE_TEST_CASE(it_asks_again_with_the_same_id_until_it_is_answered, a_camera) {
  desk.answer<retrain_request>(
      [](const retrain_request&) -> result<request_answer> { return fail(ec::unavailable, "not now"); });
  begin();
  advance(50s);
  BOOST_TEST_REQUIRE(telemetry.all(event_id::drift_detected).size() == 1u);
  BOOST_TEST(telemetry.all(event_id::drift_detected).front().text == "count");
  BOOST_TEST_REQUIRE(requests().size() > 2u);
  for (const auto& one : requests())
    BOOST_TEST((one.id == requests().front().id));
  BOOST_TEST((requests().back().age - requests().front().age >= 4s));
  BOOST_TEST(requests().front().model.revision == 1u);
  BOOST_TEST(sent(sample_role::train) > 0u); // it sends what its group will need already
  desk.answer<retrain_request>([](const retrain_request& one) -> result<request_answer> {
    return request_answer{one.id, group_id{7}, true, ""};
  });
  advance(5s);
  const auto asked = requests().size();
  advance(20s);
  BOOST_TEST(requests().size() == asked);
}

BOOST_FIXTURE_TEST_CASE(after_a_false_alarm_what_is_seen_now_is_the_new_normal, a_camera) {
  desk.answer<retrain_request>([](const retrain_request& one) -> result<request_answer> {
    return request_answer{one.id, {}, false, "its model still scores 0.95"};
  });
  begin();
  advance(100s);
  BOOST_TEST(telemetry.all(event_id::drift_detected).size() == 1u); // the scene changed once
  BOOST_TEST(requests().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_request_that_was_under_way_when_the_server_went_is_asked_of_the_next, a_camera) {
  desk.hold<retrain_request>();
  begin();
  advance(45s);
  BOOST_TEST_REQUIRE(requests().size() == 1u);
  tell(device, adrift_atom_v);
  advance(10s);
  mock<request_desk_actor> next{*this};
  next.hold<retrain_request>();
  tell(device, welcome, next.handle(), telemetry.handle());
  BOOST_TEST_REQUIRE(next.got<retrain_request>().size() == 1u);
  BOOST_TEST((next.got<retrain_request>().front().id == requests().front().id));
  BOOST_TEST((next.got<retrain_request>().front().age >= 10s));
}

BOOST_FIXTURE_TEST_CASE(a_model_that_comes_before_the_welcome_is_adopted_with_it, a_camera) {
  const auto ack = begin_asking<model_ack>(device, good_model(4));
  BOOST_TEST(!ack->has_value());
  connect();
  BOOST_TEST_REQUIRE(ack->has_value());
  BOOST_TEST((*ack)->value().model.revision == 4u);
  advance(10s);
  BOOST_TEST_REQUIRE(!arrived.empty());
  BOOST_TEST(arrived.back().frames.back().seen_by == 4u);
}

BOOST_FIXTURE_TEST_CASE(a_broken_model_leaves_the_old_one_running, a_camera) {
  begin();
  const auto broken = ask<model_ack>(device, model_update{{2, {}}, text_blob("no weights")});
  BOOST_TEST(!broken.has_value());
  advance(10s);
  BOOST_TEST_REQUIRE(!arrived.empty());
  const auto& note = arrived.back().frames.back();
  BOOST_TEST(note.seen_by == 1u);
  BOOST_TEST_REQUIRE(!note.seen.empty());
  BOOST_TEST(note.seen.front().score > .7F);
}

BOOST_FIXTURE_TEST_CASE(adrift_it_infers_on_and_sends_nothing, a_camera) {
  begin();
  advance(15s);
  tell(device, adrift_atom_v);
  const auto segments = arrived.size(), statuses = telemetry.got<camera_status>().size(),
             events = telemetry.got<event>().size();
  const auto before = inferred;
  advance(45s); // drift strikes meanwhile
  BOOST_TEST(inferred >= before + 200);
  BOOST_TEST(arrived.size() == segments);
  BOOST_TEST(telemetry.got<camera_status>().size() == statuses);
  BOOST_TEST(telemetry.got<event>().size() == events);
  BOOST_TEST(requests().empty());
  desk.hold<retrain_request>();
  connect();
  advance(20s);
  BOOST_TEST(requests().size() == 1u); // what happened meanwhile is noticed now
  BOOST_TEST(arrived.size() > segments);
  BOOST_TEST(arrived.back().frames.back().seen_by == 1u); // it runs what it ran
}

BOOST_FIXTURE_TEST_CASE(a_video_link_that_broke_is_opened_again, a_camera) {
  begin();
  advance(10s);
  const auto before = arrived.size();
  link->dismiss(camera_id{"north"});
  advance(10s);
  BOOST_TEST(arrived.size() == before);
  link->admit(camera_id{"north"}, 5,
              [this](encoded_segment segment, std::size_t) { arrived.push_back(std::move(segment)); });
  advance(10s);
  BOOST_TEST(arrived.size() > before);
}

BOOST_AUTO_TEST_SUITE_END()
