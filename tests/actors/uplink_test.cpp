// SPDX-License-Identifier: Apache-2.0
// A whole server and a camera's and worker's node, with the real reception, uplink and broker between them.
#include "actors/uplink.hpp"

#include "actors/clock.hpp"
#include "actors/courier.hpp"
#include "actors/mock.hpp"
#include "actors/reception.hpp"
#include "runtime/net/memory_link.hpp"
#include "support/two_nodes.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(uplink_test)

namespace {

/// Devices that note what they are told.
struct a_node : two_nodes {
  std::vector<std::string> said;
  std::vector<model_update> updates;
  std::size_t welcomed = 0, adrift = 0;

  camera_actor a_camera() {
    return keep(device.system.spawn([this](camera_actor::pointer) -> camera_actor::behavior_type {
      return {
          [this](const model_update& update) -> caf::result<model_ack> {
            updates.push_back(update);
            return model_ack{camera_id{"north"}, update.model};
          },
          [](const gpu_share&) {},
          [](const sampling_plan&) {},
          [](const rate_plan&) {},
          [](const regroup_event&) {},
          [this](const camera_welcome&, const request_desk_actor&, const telemetry_actor&) { ++welcomed; },
          [this](adrift_atom) { ++adrift; },
          [](due_atom) {},
          [](due_atom, const retrain_request&) {},
      };
    }));
  }

  gpu_worker_actor a_worker() {
    return keep(device.system.spawn([](gpu_worker_actor::pointer) -> gpu_worker_actor::behavior_type {
      return {
          [](const label_order& order) -> caf::result<labels> {
            return labels{std::vector<std::vector<label>>(order.frames.size()), 1s};
          },
          [](const train_order&) -> caf::result<train_report> { return train_report{}; },
          [](const eval_order&) -> caf::result<eval_report> { return eval_report{}; },
          [](const job_ended&) {},
          [](due_atom) {},
      };
    }));
  }

  void start_uplink(std::vector<uplink_camera> cameras, std::vector<uplink_worker> workers) {
    auto sink = keep(device.system.spawn(telemetry, telemetry_sink{}));
    uplink_config config;
    config.host = "server";
    keep(device.system.spawn(uplink, config, std::move(cameras), std::move(workers), sink,
                             [this](const std::string& what) { said.push_back(what); }));
    settle();
  }

  uplink_camera north() { return {{camera_id{"north"}, incarnation{1}, {}, {}}, a_camera()}; }

  uplink_worker gpu0(const std::string& student = "curve") {
    worker_welcome terms;
    terms.student = student;
    return {{worker_id{"gpu0"}, incarnation{1}, "cpu"}, a_worker(), terms};
  }
};

/// A server that lets in the camera `north`, and what happened on it.
struct a_site : a_node {
  std::vector<event> events;
  reception_actor front;

  a_site() {
    server_parts parts;
    parts.allocator.window = 10s;
    parts.models.initial = blob{bytes(200'000, 7)};
    parts.camera.student = parts.worker.student = "curve";
    parts.known_cameras = {camera_id{"north"}};
    parts.media = make_memory_link();
    parts.store = make_memory_store();
    parts.make_decoder = [] { return make_raw_decoder(); };
    parts.sink.on_event = [this](const event& what) { events.push_back(what); };
    parts.draw_token = [] { return std::uint64_t{5}; };
    front = server.system.spawn(reception, std::move(parts));
    settle();
    publish(front);
  }

  ~a_site() {
    caf::anon_send_exit(front, caf::exit_reason::user_shutdown);
    settle();
  }

  bool happened(std::string_view id) const {
    return std::any_of(events.begin(), events.end(), [&](const event& what) { return what.id == id; });
  }
};

/// A server that hears what cameras say, and answers when it wants.
struct a_slow_server : a_node {
  bool answers = false;
  /// When a camera said hello, and through which courier.
  std::vector<duration> hellos;
  std::vector<courier_actor> carriers;

  a_slow_server() {
    const auto carrier = keep(server.system.spawn(courier, caf::actor{}));
    const auto sink = keep(server.system.spawn(telemetry, telemetry_sink{}));
    const auto desk =
        keep(server.system.spawn([](request_desk_actor::pointer) -> request_desk_actor::behavior_type {
          return {[](const retrain_request&) -> caf::result<request_answer> { return request_answer{}; }};
        }));
    camera_welcome welcome;
    welcome.media_host = "127.0.0.1";
    welcome.media_port = 1;
    welcome.media_token = 5;
    welcome.student = "curve";
    using camera_answer = caf::result<camera_welcome, courier_actor, request_desk_actor, telemetry_actor>;
    publish(keep(server.system.spawn([=,
                                      this](reception_actor::pointer self) -> reception_actor::behavior_type {
      return {
          [=, this](const camera_hello&, const courier_actor& peer) -> camera_answer {
            hellos.push_back(now(self));
            carriers.push_back(peer);
            if (answers)
              return {welcome, carrier, desk, sink};
            return self
                ->make_response_promise<camera_welcome, courier_actor, request_desk_actor, telemetry_actor>();
          },
          [](const worker_hello&,
             const courier_actor&) -> caf::result<worker_welcome, courier_actor, telemetry_actor> {
            return caf::sec::bad_function_call;
          },
          [](const camera_hello&,
             const camera_actor&) -> caf::result<camera_welcome, request_desk_actor, telemetry_actor> {
            return caf::sec::bad_function_call;
          },
          [](const worker_hello&, const gpu_worker_actor&) -> caf::result<worker_welcome, telemetry_actor> {
            return caf::sec::bad_function_call;
          },
          [](const status_query&) { return status_report{}; },
          [](const inject_order&) { return inject_answer{}; },
          [](const job_started&, const group_job_actor&) {},
      };
    })));
  }

  /// How many of the couriers that said hello are gone.
  std::shared_ptr<std::size_t> count_gone() {
    auto out = std::make_shared<std::size_t>(0);
    keep(server.system.spawn([=, this](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([out](const caf::down_msg&) { ++*out; });
      for (const auto& carrier : carriers)
        self->monitor(carrier);
      return {[](caf::unit_t) {}};
    }));
    settle();
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_node_introduces_its_devices_and_the_camera_gets_its_model, a_site) {
  start_uplink({north()}, {gpu0()});
  BOOST_TEST(said == (std::vector<std::string>{"connected", "connected"}), boost::test_tools::per_element());
  BOOST_TEST(welcomed == 1u);
  BOOST_TEST(happened(event_id::worker_up));
  BOOST_TEST_REQUIRE(updates.size() == 1u);
  BOOST_TEST((updates.front().weights == blob{bytes(200'000, 7)}));
  BOOST_TEST(happened(event_id::model_deployed));
}

BOOST_FIXTURE_TEST_CASE(a_device_the_server_does_not_want_is_told_why, a_site) {
  auto stranger = north();
  stranger.hello.camera = camera_id{"stranger"};
  start_uplink({stranger}, {gpu0("another")});
  BOOST_TEST_REQUIRE(said.size() == 2u);
  BOOST_TEST(said[0].find("refused camera stranger") != std::string::npos);
  BOOST_TEST(said[1].find("refused worker gpu0") != std::string::npos);
  BOOST_TEST(welcomed == 0u);
  BOOST_TEST(happened(event_id::worker_down)); // its stand-in is gone
  advance(60s);
  BOOST_TEST(said.size() == 2u); // asking again would change nothing
}

BOOST_FIXTURE_TEST_CASE(a_hello_nobody_answers_is_said_again_after_growing_waits_until_it_is, a_slow_server) {
  start_uplink({north()}, {});
  advance(57s);
  BOOST_TEST_REQUIRE(hellos.size() == 6u);
  auto longest = 200ms;
  for (std::size_t i = 1; i < hellos.size(); ++i, longest *= 2) {
    const auto waited = hellos[i] - hellos[i - 1] - 10s; // after the hello's patience
    BOOST_TEST((waited >= longest / 2 && waited <= longest + 200ms), "before hello " << i);
  }
  const auto gone = count_gone();
  BOOST_TEST(*gone == 5u); // all but the one that waits for its answer
  BOOST_TEST(welcomed == 0u);
  answers = true;
  advance(15s);
  BOOST_TEST(hellos.size() == 7u);
  BOOST_TEST(welcomed == 1u);
  BOOST_TEST(said.back() == "connected");
  advance(60s);
  BOOST_TEST(hellos.size() == 7u);
}

BOOST_FIXTURE_TEST_CASE(both_ends_notice_that_the_wire_is_cut, a_site) {
  start_uplink({north()}, {gpu0()});
  advance(20s);
  BOOST_TEST(adrift == 0u);
  cut = true;
  advance(6100ms); // timeout and interval
  BOOST_TEST(adrift == 1u);
  BOOST_TEST(happened(event_id::worker_down));
  BOOST_TEST(happened(event_id::camera_offline));
  const auto tries = said.size();
  advance(20s);
  BOOST_TEST(said.size() > tries + 2); // it goes on trying
}

BOOST_AUTO_TEST_SUITE_END()
