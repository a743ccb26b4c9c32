// SPDX-License-Identifier: Apache-2.0
// Requests that cannot be: refused with a reason, and the server is as it was.
#include <cmath>

#include "actors/mock.hpp"
#include "messages/codec.hpp"
#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(bad_requests)

namespace {

struct a_busy_server : simulated_fleet {
  a_busy_server() {
    start({"north", "south"});
    add_worker("gpu0");
    add_camera("north", {47, 8}, [](duration at) { return static_cast<std::uint8_t>(at < 20s ? 0 : 1); });
    add_camera("south", {47, 9}, [](duration) { return std::uint8_t{0}; });
    advance(60s);
    BOOST_TEST_REQUIRE(status().groups.size() == 1u);
    BOOST_TEST_REQUIRE((status().groups[0].members == std::vector{camera_id{"north"}}));
  }
  ~a_busy_server() { end(); }

  caf::actor actor(const std::string& called) {
    auto* behind = caf::actor_cast<caf::abstract_actor*>(server);
    return dynamic_cast<caf::stateful_actor<reception_state, reception_actor::base>&>(*behind)
      .state.by_name.at(called);
  }

  /// What a refusal must not change: who is there, in which groups, with what shares, and what they run.
  std::string standing() {
    auto now = status();
    now.uptime = {};
    return to_json(now);
  }

  /// Asks what cannot be, and expects to be told so.
  template <class Answer, class Handle, class... Question>
  void refuses(const Handle& whom, ec code, const std::string& says, const Question&... question) {
    const auto before = standing();
    const auto answered = ask<Answer>(whom, question...);
    BOOST_TEST_REQUIRE(!answered.has_value(), "accepted: " << says);
    BOOST_TEST(to_string(answered.error().code) == to_string(code));
    BOOST_TEST(answered.error().what.find(says) != std::string::npos, answered.error().what);
    BOOST_TEST(standing() == before);
  }

  retrain_request a_request() {
    retrain_request out;
    out.id = request_id{77};
    out.camera = camera_id{"south"};
    out.place = {47, 9};
    out.reason = request_reason::injected;
    out.model.revision = 1;
    return out;
  }

  void refuses_request(const retrain_request& request, ec code, const std::string& says) {
    refuses<request_answer>(actor("grouper"), code, says, request);
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_request_from_the_future_is_refused, a_busy_server) {
  auto request = a_request();
  request.age = -5s;
  refuses_request(request, ec::invalid_argument, "in the future");
}

BOOST_FIXTURE_TEST_CASE(a_request_of_a_drift_of_long_ago_is_refused, a_busy_server) {
  auto request = a_request();
  request.age = 24h * 365;
  refuses_request(request, ec::invalid_argument, "s old");
}

BOOST_FIXTURE_TEST_CASE(a_request_from_a_place_that_is_not_on_earth_is_refused, a_busy_server) {
  auto request = a_request();
  request.place.latitude = 91;
  refuses_request(request, ec::invalid_argument, "latitude 91");
  request = a_request();
  request.place.longitude = NAN;
  refuses_request(request, ec::invalid_argument, "longitude nan");
}

BOOST_FIXTURE_TEST_CASE(a_request_of_a_camera_nobody_knows_is_refused, a_busy_server) {
  auto request = a_request();
  request.camera = camera_id{"east"};
  refuses_request(request, ec::not_found, "east");
}

BOOST_FIXTURE_TEST_CASE(a_request_with_a_model_that_never_was_is_refused, a_busy_server) {
  auto request = a_request();
  request.model.revision = 4'000;
  refuses_request(request, ec::not_found, "revision 4000");
}

BOOST_FIXTURE_TEST_CASE(injected_requests_are_refused_the_same, a_busy_server) {
  for (const auto& [json, says] : std::vector<std::pair<std::string, std::string>>{
         {R"("place": {"latitude": 91})", "latitude is 91"},
         {R"("place": {"longitude": "NaN"})", "longitude is nan"},
         {R"("age": "-1")", "less than 0"},
         {R"("age": "9000000000000000")", "s old"},
         {R"("model": {"revision": 4000})", "revision 4000"},
         {R"("model": {"revision": 1, "sha256": "abc"})", "hexadecimal"}}) {
    const auto order = R"({"retrainRequest": {"id": "1", "camera": "south", "reason": "injected", )" + json + "}}";
    refuses<inject_answer>(server, says == "revision 4000" ? ec::not_found : ec::invalid_argument, says,
                           inject_order{"grouper", order});
  }
}

BOOST_FIXTURE_TEST_CASE(a_request_that_was_answered_is_answered_the_same_again, a_busy_server) {
  auto request = a_request();
  request.camera = camera_id{"north"}; // which is in a group
  const auto before = standing();
  const auto first = ask<request_answer>(actor("grouper"), request);
  const auto second = ask<request_answer>(actor("grouper"), request);
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST((first->group == status().groups[0].group));
  BOOST_TEST((*first == *second));
  BOOST_TEST(standing() == before);
}

BOOST_FIXTURE_TEST_CASE(a_second_camera_of_a_name_is_refused_while_the_first_is_there, a_busy_server) {
  mock<camera_actor> twin{*this};
  refuses<camera_welcome>(server, ec::unavailable, "camera north is here already",
                          camera_hello{camera_id{"north"}, incarnation{999}, {47, 8}, {}}, twin.handle());
  // Once it is gone, another process may be it.
  caf::anon_send_exit(cameras.at("north"), caf::exit_reason::kill);
  settle();
  twin.take<regroup_event>();
  twin.take<sampling_plan>();
  twin.take<gpu_share>();
  twin.hold<model_update>();
  const auto welcomed = begin_asking<camera_welcome>(
    server, camera_hello{camera_id{"north"}, incarnation{999}, {47, 8}, {}}, twin.handle());
  BOOST_TEST(!twin.got<model_update>().empty());
}

BOOST_FIXTURE_TEST_CASE(a_second_worker_of_a_name_is_refused_while_the_first_is_there, a_busy_server) {
  mock<gpu_worker_actor> twin{*this};
  twin.take<job_ended>();
  refuses<worker_welcome>(server, ec::unavailable, "worker gpu0 is here already",
                          worker_hello{worker_id{"gpu0"}, incarnation{999}, "cpu"}, twin.handle());
}

BOOST_FIXTURE_TEST_CASE(who_claims_a_group_it_is_not_in_is_refused, a_busy_server) {
  const auto job = actor("g-0001");
  refuses<caf::unit_t>(job, ec::invalid_argument, "an order for g-0009 reached g-0001",
                       join_order{group_id{9}, camera_id{"south"}, {}});
  refuses<caf::unit_t>(job, ec::invalid_argument, "an order for g-0009 reached g-0001",
                       leave_order{group_id{9}, camera_id{"north"}});
  refuses<caf::unit_t>(job, ec::invalid_argument, "samples of south, which is not a member",
                       sample_batch{camera_id{"south"}, {}, 0});
  labelled_frame foreign;
  foreign.shot.camera = camera_id{"south"};
  refuses<caf::unit_t>(job, ec::invalid_argument, "a frame of south among them",
                       sample_batch{camera_id{"north"}, {foreign}, 0});
}

BOOST_FIXTURE_TEST_CASE(a_candidate_without_sound_accuracies_is_deployed_nowhere, a_busy_server) {
  const auto before = standing();
  const auto known = ask<model_update>(actor("model_store"), model_query{1, {}});
  BOOST_TEST_REQUIRE(known.has_value());
  camera_score sound{camera_id{"south"}, .9, .5, .01, 20, 20}, unsound = sound;
  unsound.map50 = NAN;
  auto other_sound = sound, other_unsound = unsound;
  other_sound.camera = other_unsound.camera = camera_id{"north"};
  const model_candidate lies{group_id{9}, 3, {}, known->weights, {{unsound, sound}, {other_sound, other_unsound}}};
  const auto judged = ask<gate_verdict>(actor("model_store"), lies);
  BOOST_TEST_REQUIRE(judged.has_value());
  BOOST_TEST(judged->deployed.empty());
  BOOST_TEST(judged->refused.size() == 2u);
  BOOST_TEST(all(event_id::model_rejected).back().text.find("no object") != std::string::npos);
  BOOST_TEST(standing() == before);
}

BOOST_FIXTURE_TEST_CASE(a_candidate_that_names_a_camera_twice_is_refused, a_busy_server) {
  const auto known = ask<model_update>(actor("model_store"), model_query{1, {}});
  BOOST_TEST_REQUIRE(known.has_value());
  const camera_score better{camera_id{"south"}, .9, .5, .01, 20, 20}, worse{camera_id{"south"}, .1, .5, .01, 20, 20};
  refuses<gate_verdict>(actor("model_store"), ec::invalid_argument, "names camera south twice",
                        model_candidate{group_id{9}, 3, {}, known->weights, {{better, worse}, {better, worse}}});
}

BOOST_FIXTURE_TEST_CASE(grants_that_cannot_be_are_refused, a_busy_server) {
  const auto job = actor("g-0001");
  micro_window_grant grant;
  grant.group = group_id{1};
  grant.term = epoch{~std::uint64_t{0}};
  refuses<micro_window_report>(job, ec::invalid_argument, "a grant needs a slice longer than zero", grant);
  grant.slice = -2s;
  refuses<micro_window_report>(job, ec::invalid_argument, "a grant needs a slice longer than zero", grant);
  grant.slice = 2s;
  grant.group = group_id{9};
  refuses<micro_window_report>(job, ec::invalid_argument, "a grant for g-0009 reached g-0001", grant);
  grant.group = group_id{1};
  grant.term = {};
  refuses<micro_window_report>(job, ec::stale, "is over", grant); // or one that was done
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_lies_about_its_group_or_its_name_changes_no_membership, a_busy_server) {
  const auto groups = [this] { return status().groups; };
  const auto before = groups();
  for (const auto* called : {"north", "south", "nobody"})
    for (const auto claimed : {group_id{}, group_id{1}, group_id{99}})
      for (int again = 0; again < 2; ++again) {
        camera_status lie;
        lie.camera = camera_id{called};
        lie.group = claimed;
        tell(actor("telemetry"), lie);
        tell(actor("grouper"), lie);
        BOOST_TEST((groups() == before));
      }
  BOOST_TEST(status().cameras.size() == 2u); // nobody is not among them
  BOOST_TEST(happened(event_id::camera_reminded, "south"));
  BOOST_TEST(!happened(event_id::camera_reminded, "nobody"));
}

BOOST_FIXTURE_TEST_CASE(video_of_one_camera_on_the_link_of_another_is_not_used, a_busy_server) {
  encoded_segment foreign;
  foreign.camera = camera_id{"north"};
  foreign.source = incarnation{12345};
  const auto before = status().groups;
  tell(actor("ingest:south"), foreign);
  BOOST_TEST(all(event_id::segment_refused, "south").back().text.find("a segment of north on the link of south") == 0u);
  BOOST_TEST((status().groups == before));
}

BOOST_FIXTURE_TEST_CASE(faults_are_refused_where_they_are_not_allowed, a_busy_server) {
  refuses<inject_answer>(server, ec::unsupported, "this server injects no faults",
                         inject_order{{}, {}, fault_rule{}, {}});
}

BOOST_AUTO_TEST_SUITE_END()
