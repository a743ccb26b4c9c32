// SPDX-License-Identifier: Apache-2.0
// A whole server and a camera's and worker's node, with the real reception, uplink and broker between them.
#include "actors/uplink.hpp"

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
struct a_site : two_nodes {
  std::vector<event> events;
  std::vector<std::string> said;
  std::vector<model_update> updates;
  std::size_t welcomed = 0, adrift = 0;
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
    endings.push_back([this] { caf::anon_send_exit(front, caf::exit_reason::user_shutdown); });
    settle();
    publish(front);
  }

  ~a_site() {
    for (const auto& end : endings)
      end();
    settle();
  }

  camera_actor a_camera() {
    return keep(device.system.spawn([this](camera_actor::pointer) -> camera_actor::behavior_type {
      return {
          [this](const model_update& update) -> caf::result<model_ack> {
            updates.push_back(update);
            return model_ack{camera_id{"north"}, update.model};
          },
          [](const gpu_share&) {},
          [](const sampling_plan&) {},
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

  bool happened(std::string_view id) const {
    return std::any_of(events.begin(), events.end(), [&](const event& what) { return what.id == id; });
  }

 private:
  std::vector<std::function<void()>> endings;
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
