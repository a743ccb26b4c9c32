// SPDX-License-Identifier: Apache-2.0
#include "actors/reception.hpp"

#include <algorithm>
#include <tuple>

#include "actors/mock.hpp"
#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(reception_test)

namespace {

struct a_server : simulated_fleet {
  weather calm = [](duration) { return std::uint8_t{0}; };
  weather drifting = [](duration at) { return static_cast<std::uint8_t>(at < 20s ? 0 : 1); };

  result<inject_answer> inject(const std::string& to, const std::string& json) {
    return ask<inject_answer>(server, inject_order{to, json});
  }

  /// An actor of the server, as the test may reach it: through the server's own state.
  caf::actor actor(const std::string& called) {
    auto* behind = caf::actor_cast<caf::abstract_actor*>(server);
    return dynamic_cast<caf::stateful_actor<reception_state, reception_actor::base>&>(*behind)
        .state.by_name.at(called);
  }

  void kill(const std::string& called) {
    caf::anon_send_exit(actor(called), caf::exit_reason::kill);
    settle();
  }

  /// A node that takes what the server sends it, and answers nothing.
  struct a_silent_node : mock<courier_actor> {
    explicit a_silent_node(virtual_system& in) : mock(in) {
      answer<chunk>([](const chunk& part) -> result<chunk_ack> {
        return chunk_ack{part.transfer, part.offset + part.part.size()};
      });
    }
  };

  /// A device behind a courier says hello.
  /// @returns the server's courier for it
  template <class Hello, class... Answer>
  courier_actor introduce(const Hello& hello, const mock<courier_actor>& node) {
    courier_actor out;
    system().spawn([&](caf::event_based_actor* self) {
      self->request(caf::actor_cast<caf::actor>(server), caf::infinite, hello, node.handle())
          .then(
              [&](const Answer&... answered) { out = std::get<const courier_actor&>(std::tie(answered...)); },
              [](const caf::error& failure) { BOOST_ERROR("refused: " << render(from_caf(failure))); });
    });
    settle();
    return out;
  }

  courier_actor introduce_camera(const mock<courier_actor>& node) {
    return introduce<camera_hello, camera_welcome, courier_actor, request_desk_actor, telemetry_actor>(
        {camera_id{"north"}, incarnation{1}, {}, {}}, node);
  }

  courier_actor introduce_worker(const mock<courier_actor>& node) {
    return introduce<worker_hello, worker_welcome, courier_actor, telemetry_actor>(
        {worker_id{"gpu0"}, incarnation{1}, "cpu"}, node);
  }

  bool is_there(const std::string& called) {
    const auto names = status().actors;
    return std::find(names.begin(), names.end(), called) != names.end();
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_camera_nobody_knows_is_refused, a_server) {
  start({"north"});
  mock<camera_actor> stranger{*this};
  const auto asked = begin_asking<camera_welcome>(
      server, camera_hello{camera_id{"stranger"}, incarnation{1}, {}, {}}, stranger.handle());
  BOOST_TEST_REQUIRE(asked->has_value());
  BOOST_TEST(((*asked)->error().code == ec::not_found));
  BOOST_TEST((*asked)->error().hint.find("cameras:") != std::string::npos);
  BOOST_TEST(!is_there("ingest:stranger"));
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_says_hello_again_ends_its_half_open_connection, a_server) {
  start({"north"});
  a_silent_node before{*this}, after{*this};
  const auto old_courier = watch(introduce_camera(before)), old_stand_in = watch(actor("north"));
  BOOST_TEST(!before.got<chunk>().empty()); // its first model
  BOOST_TEST(!happened(event_id::model_rejected));
  const auto new_courier = watch(introduce_camera(after));
  BOOST_TEST(old_courier->has_value());
  BOOST_TEST(old_stand_in->has_value());
  BOOST_TEST(happened(event_id::model_rejected)); // what was under way there fails at once
  BOOST_TEST(!after.got<chunk>().empty());
  BOOST_TEST(!new_courier->has_value());
  BOOST_TEST(is_there("north"));
  BOOST_TEST(!happened(event_id::camera_offline));
}

BOOST_FIXTURE_TEST_CASE(a_worker_that_says_hello_again_ends_its_half_open_connection, a_server) {
  start({"north"});
  a_silent_node before{*this}, after{*this};
  const auto old_courier = watch(introduce_worker(before));
  const auto new_courier = watch(introduce_worker(after));
  BOOST_TEST(old_courier->has_value());
  BOOST_TEST(!new_courier->has_value());
  BOOST_TEST(all(event_id::worker_up).size() == 2u);
  BOOST_TEST(all(event_id::worker_down).size() == 1u);
  BOOST_TEST(status().workers.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(whoever_sends_what_an_actor_does_not_take_is_told_so, a_server) {
  start({"north"});
  a_silent_node node{*this};
  const auto carrier = introduce_camera(node);
  for (const auto& reached :
       {caf::actor_cast<caf::actor>(server), caf::actor_cast<caf::actor>(carrier), actor("telemetry")}) {
    const auto answered = ask<status_report>(reached, std::string{"let me in"});
    BOOST_TEST_REQUIRE(!answered.has_value());
    BOOST_TEST((answered.error().code == ec::invalid_argument));
  }
}

BOOST_FIXTURE_TEST_CASE(the_status_joins_what_the_actors_know, a_server) {
  start({"north", "south"});
  add_worker("gpu0");
  add_camera("north", {47, 8}, drifting);
  add_camera("south", {47, 9}, calm);
  advance(60s);
  const auto seen = status();
  BOOST_TEST(seen.window >= 5u);
  BOOST_TEST(seen.workers.size() == 1u);
  BOOST_TEST_REQUIRE(seen.groups.size() == 1u);
  const auto& group = seen.groups.front();
  BOOST_TEST((group.members == std::vector{camera_id{"north"}})); // the grouper's
  BOOST_TEST(group.share == 1);                                   // the allocator's
  BOOST_TEST_REQUIRE(seen.cameras.size() == 2u);
  for (const auto& camera : seen.cameras) {
    BOOST_TEST(camera.online);
    BOOST_TEST((camera.group == (camera.last.camera.value == "north" ? group.group : group_id{})));
  }
  for (const auto* called :
       {"telemetry", "allocator", "model_store", "grouper", "ingest:north", "north", "g-0001"})
    BOOST_TEST(is_there(called), called << " is missing");
}

BOOST_FIXTURE_TEST_CASE(an_injected_message_is_answered, a_server) {
  start({"north"});
  add_camera("north", {47, 8}, calm);
  const auto answered =
      inject("grouper",
             R"({"retrainRequest": {"id": "1", "camera": "north", "place": {"latitude": 47, "longitude": 8},
                            "reason": "injected", "model": {"revision": 1}}})");
  BOOST_TEST_REQUIRE(answered.has_value());
  BOOST_TEST(answered->json.find("requestAnswer") != std::string::npos);
  BOOST_TEST(status().groups.size() == 1u);
  const auto silent = inject("grouper", R"({"gpuShare": {"group": 1, "window": 1, "p": 0.5}})");
  BOOST_TEST_REQUIRE(silent.has_value());
  BOOST_TEST(silent->json.empty());
}

BOOST_FIXTURE_TEST_CASE(an_injection_that_cannot_be_says_why, a_server) {
  start({"north"});
  const auto nobody = inject("gruper", R"({"statusQuery": {}})");
  BOOST_TEST((nobody.error().code == ec::not_found));
  BOOST_TEST(nobody.error().hint.find("grouper") != std::string::npos);
  const auto unknown_kind = inject("grouper", R"({"retrainReqest": {}})");
  BOOST_TEST_REQUIRE(!unknown_kind.has_value());
  BOOST_TEST(render(unknown_kind.error()).find("retrainRequest") != std::string::npos);
  const auto wrong_actor = inject("telemetry", R"({"windowClosed": {"window": 1}})");
  BOOST_TEST_REQUIRE(!wrong_actor.has_value());
  BOOST_TEST(wrong_actor.error().what == "telemetry does not take a windowClosed");
}

BOOST_FIXTURE_TEST_CASE(an_ingest_that_dies_is_started_anew_and_video_flows, a_server) {
  start({"north"});
  add_worker("gpu0");
  add_camera("north", {47, 8}, calm);
  advance(20s);
  kill("ingest:north");
  BOOST_TEST_REQUIRE(is_there("ingest:north"));
  const auto before = all(event_id::accuracy_deployed).size();
  advance(30s);
  BOOST_TEST(all(event_id::accuracy_deployed).size() > before);
}

BOOST_FIXTURE_TEST_CASE(an_essential_actor_that_dies_stops_the_server_with_its_reason, a_server) {
  for (const auto* called : {"telemetry", "allocator", "model_store", "grouper", "rate_divider"}) {
    start({"north"});
    const auto ended = watch(server);
    caf::anon_send_exit(actor(called), caf::exit_reason::out_of_workers);
    settle();
    BOOST_TEST_REQUIRE(ended->has_value(), "the server lives on without its " << called);
    BOOST_TEST(((*ended)->value() == caf::exit_reason::out_of_workers));
  }
}

namespace {

/// Counts what is kept.
struct a_counting_archive : frame_archive {
  std::size_t segments = 0, joinings = 0;

  result<void> keep(labelled_segment, duration) override {
    ++segments;
    return {};
  }
  result<void> joined(const camera_id&, group_id, duration) override {
    ++joinings;
    return {};
  }
};

struct a_server_that_keeps_frames : a_server {
  std::shared_ptr<a_counting_archive> kept = std::make_shared<a_counting_archive>();

  a_server_that_keeps_frames() {
    archive = [kept = kept](caf::actor_system& in) { return in.spawn(archive_writer, kept); };
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_archivist_that_dies_is_told_and_stops_nothing, a_server_that_keeps_frames) {
  start({"north"});
  add_worker("gpu0");
  add_camera("north", {47, 8}, drifting);
  advance(60s);
  BOOST_TEST(kept->segments > 0u);
  BOOST_TEST(kept->joinings == 1u);
  kill("archivist");
  advance(10s);
  BOOST_TEST(!is_there("archivist"));
  BOOST_TEST(is_there("g-0001"));
  const auto told = std::count_if(events.begin(), events.end(),
                                  [](const event& what) { return what.id == event_id::frames_unkept; });
  BOOST_TEST(told == 1);
}

BOOST_FIXTURE_TEST_CASE(the_server_stops_its_actors_in_order, a_server_that_keeps_frames) {
  start({"north"});
  add_worker("gpu0");
  add_camera("north", {47, 8}, drifting);
  advance(60s);
  BOOST_TEST_REQUIRE(is_there("g-0001"));
  std::vector<std::string> order;
  for (const std::string called :
       {"telemetry", "grouper", "ingest:north", "allocator", "archivist", "model_store", "g-0001"})
    keep(
        system().spawn([&order, called, whom = actor(called)](caf::event_based_actor* self) -> caf::behavior {
          self->set_down_handler([&order, called](const caf::down_msg&) { order.push_back(called); });
          self->monitor(whom);
          return {[](caf::unit_t) {}};
        }));
  settle();
  const auto ended = watch(server);
  caf::anon_send_exit(server, caf::exit_reason::user_shutdown);
  settle();
  BOOST_TEST(ended->has_value());
  const std::vector<std::string> expected{"allocator", "grouper",     "g-0001",   "ingest:north",
                                          "archivist", "model_store", "telemetry"};
  BOOST_TEST(order == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
