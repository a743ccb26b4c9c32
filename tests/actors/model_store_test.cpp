// SPDX-License-Identifier: Apache-2.0
#include "actors/model_store.hpp"

#include <map>

#include "actors/frames.hpp"
#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(model_store_test)

namespace {

const group_id seven{7};

/// A store on a disk that may fill up, and that tells what was in it when.
struct a_disk : revision_store {
  std::unique_ptr<revision_store> inside = make_memory_store();
  bool full = false, unreadable = false;

  result<std::vector<revision>> list() override {
    return unreadable ? fail(ec::io_failed, "the disk cannot be read") : inside->list();
  }
  result<void> save(const revision& added, const blob& weights) override {
    return full ? fail(ec::io_failed, "the disk is full") : inside->save(added, weights);
  }
  result<void> update(const revision& changed) override {
    return full ? fail(ec::io_failed, "the disk is full") : inside->update(changed);
  }
  result<blob> load(const model_ref& model) override { return inside->load(model); }
};

struct a_store : virtual_system {
  std::shared_ptr<a_disk> disk = std::make_shared<a_disk>();
  recorder telemetry{*this};
  mock<allocator_actor> allocator{*this};
  std::map<std::string, mock<camera_actor>> cameras;
  gate_options gate;
  model_store_actor store = start();

  model_store_actor start(blob initial = text_blob("first")) {
    model_store_config config;
    config.gate = gate;
    config.initial = std::move(initial);
    config.student = {{"person", "car"}, 64, 32};
    return keep(system().spawn(model_store, config, disk, telemetry.handle(), allocator.handle()));
  }

  /// A camera that runs what it is told.
  mock<camera_actor>& add_camera(const std::string& called, const model_ref& runs = {}) {
    auto& camera = cameras.insert_or_assign(called, mock<camera_actor>{*this}).first->second;
    camera.answer<model_update>([called](const model_update& update) -> result<model_ack> {
      return model_ack{camera_id{called}, update.model};
    });
    hello(called, runs);
    return camera;
  }

  void hello(const std::string& called, const model_ref& runs) {
    tell(store, camera_hello{camera_id{called}, incarnation{1}, {}, runs}, cameras.at(called).handle());
  }

  std::vector<std::uint32_t> given(const std::string& camera) {
    std::vector<std::uint32_t> out;
    for (const auto& update : cameras.at(camera).got<model_update>())
      out.push_back(update.model.revision);
    return out;
  }

  static gate_evidence evidence(const std::string& camera, double before, double after) {
    return {{camera_id{camera}, after, after, 0, 20, 20}, {camera_id{camera}, before, before, 0, 20, 20}};
  }

  result<gate_verdict> propose(const std::string& weights, std::vector<gate_evidence> members,
                               group_id group = seven) {
    return ask<gate_verdict>(store,
                             model_candidate{group, 1, {1, {}}, text_blob(weights), std::move(members)});
  }

  std::uint32_t wanted(const std::string& camera) {
    return ask<model_update>(store, model_query{0, camera_id{camera}})->model.revision;
  }
};

using revisions = std::vector<std::uint32_t>;

} // namespace

BOOST_FIXTURE_TEST_CASE(the_gate_decides_for_each_camera, a_store) {
  add_camera("better");
  add_camera("worse");
  const auto verdict = propose(
      "second", {evidence("better", .3, .5), evidence("worse", .5, .3), evidence("stranger", .3, .5)});
  BOOST_TEST_REQUIRE(verdict.has_value());
  BOOST_TEST(verdict->model.revision == 2u);
  BOOST_TEST((verdict->deployed == std::vector{camera_id{"better"}}));
  BOOST_TEST((verdict->refused == std::vector{camera_id{"worse"}, camera_id{"stranger"}}));
  BOOST_TEST((given("better") == revisions{1, 2}));
  BOOST_TEST((given("worse") == revisions{1}));
  BOOST_TEST((cameras.at("better").got<model_update>().back().weights == text_blob("second")));
  BOOST_TEST(telemetry.all(event_id::model_deployed).size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(a_revision_says_what_its_student_is_and_how_good_it_was, a_store) {
  add_camera("better");
  add_camera("worse");
  BOOST_TEST_REQUIRE(propose("second", {evidence("better", .3, .5), evidence("worse", .5, .3)}).has_value());
  const auto known = disk->list().value();
  BOOST_TEST_REQUIRE(known.size() == 2u);
  for (const auto& one : known)
    BOOST_TEST((one.student == student_traits{{"person", "car"}, 64, 32}));
  BOOST_TEST(known[0].accuracy.empty());
  BOOST_TEST((known[1].accuracy == std::map<camera_id, double>{{camera_id{"better"}, .5}}));
}

BOOST_FIXTURE_TEST_CASE(a_candidate_nobody_wants_becomes_no_revision, a_store) {
  add_camera("worse");
  const auto verdict = propose("second", {evidence("worse", .5, .3)});
  BOOST_TEST_REQUIRE(verdict.has_value());
  BOOST_TEST(verdict->model.revision == 0u);
  BOOST_TEST(disk->list()->size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_is_deployed_was_saved_before_anybody_heard_of_it, a_store) {
  auto& camera = add_camera("north");
  bool saved = false;
  camera.answer<model_update>([&](const model_update& update) -> result<model_ack> {
    const auto loaded = disk->load(update.model);
    saved = loaded.has_value() && *loaded == update.weights;
    return model_ack{camera_id{"north"}, update.model};
  });
  BOOST_TEST_REQUIRE(propose("second", {evidence("north", .3, .5)}).has_value());
  BOOST_TEST(saved);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_saved_is_not_deployed, a_store) {
  add_camera("north");
  disk->full = true;
  const auto verdict = propose("second", {evidence("north", .3, .5)});
  BOOST_TEST_REQUIRE(!verdict.has_value());
  BOOST_TEST((verdict.error().code == ec::io_failed));
  BOOST_TEST((given("north") == revisions{1}));
  disk->full = false;
  BOOST_TEST(propose("second", {evidence("north", .3, .5)})->model.revision == 2u);
}

BOOST_FIXTURE_TEST_CASE(rolling_back_returns_the_group_to_the_revision_before, a_store) {
  add_camera("north");
  add_camera("south");
  add_camera("other");
  propose("second", {evidence("north", .3, .5)});
  propose("third", {evidence("north", .5, .7), evidence("south", .3, .5)});
  propose("foreign", {evidence("other", .5, .7)}, group_id{8});
  const auto verdict = ask<gate_verdict>(store, rollback_order{seven});
  BOOST_TEST_REQUIRE(verdict.has_value());
  BOOST_TEST(verdict->deployed.size() == 2u);
  BOOST_TEST((given("north") == revisions{1, 2, 3, 2}));
  BOOST_TEST((given("south") == revisions{1, 3, 1}));
  BOOST_TEST((given("other") == revisions{1, 4}));
  BOOST_TEST(wanted("north") == 2u);
  BOOST_TEST((ask<gate_verdict>(store, rollback_order{group_id{9}}).error().code == ec::not_found));
}

BOOST_FIXTURE_TEST_CASE(a_rollback_that_did_not_arrive_is_told_at_hello, a_store) {
  auto& camera = add_camera("north");
  propose("second", {evidence("north", .3, .5)});
  propose("third", {evidence("north", .5, .7)});
  const auto third = camera.got<model_update>().back().model;
  camera.answer<model_update>(
      [](const model_update&) -> result<model_ack> { return fail(ec::unreachable, "gone"); });
  BOOST_TEST_REQUIRE(ask<gate_verdict>(store, rollback_order{seven}).has_value());
  BOOST_TEST(wanted("north") == 2u);
  add_camera("north", third);
  BOOST_TEST((given("north") == revisions{2}));
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_did_not_acknowledge_is_told_again_at_hello, a_store) {
  auto& camera = add_camera("north");
  const auto first = camera.got<model_update>().back().model;
  camera.hold<model_update>();
  BOOST_TEST_REQUIRE(propose("second", {evidence("north", .3, .5)}).has_value());
  camera.kill();
  advance(70s);
  BOOST_TEST(telemetry.all(event_id::model_rejected).size() == 1u);
  add_camera("north", first);
  BOOST_TEST((given("north") == revisions{2}));
  BOOST_TEST(wanted("north") == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_says_twice_that_it_runs_something_else_is_told_again_now_and_then, a_store) {
  auto& camera = add_camera("north");
  const auto says = [&](std::uint32_t revision, const char* who = "north") {
    camera_status status;
    status.camera = camera_id{who};
    status.model.revision = revision;
    tell(store, status);
    return camera.got<model_update>().size();
  };
  BOOST_TEST(says(0) == 1u);
  BOOST_TEST(says(0) == 1u); // it was told a moment ago
  advance(60s);
  BOOST_TEST(says(1) == 1u);
  BOOST_TEST(says(0) == 1u); // or its news is late
  BOOST_TEST(says(0, "stranger") == 1u);
  BOOST_TEST(says(0) == 2u);
  BOOST_TEST(camera.got<model_update>().back().model.revision == 1u);
  camera.hold<model_update>();
  BOOST_TEST_REQUIRE(propose("second", {evidence("north", .3, .5)}).has_value());
  advance(59s);
  BOOST_TEST(says(1) == 3u);
  BOOST_TEST(says(1) == 3u); // it is on its way
  advance(2s);
  BOOST_TEST(says(1) == 4u); // it is lost
  BOOST_TEST(camera.got<model_update>().back().model.revision == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_refused_a_model_keeps_what_it_had, a_store) {
  auto& camera = add_camera("north");
  camera.answer<model_update>(
      [](const model_update&) -> result<model_ack> { return fail(ec::shape_mismatch, "not for me"); });
  BOOST_TEST_REQUIRE(propose("second", {evidence("north", .3, .5)}).has_value());
  BOOST_TEST(wanted("north") == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_runs_what_it_should_is_told_nothing, a_store) {
  const auto first = add_camera("north").got<model_update>().front().model;
  add_camera("north", first);
  BOOST_TEST((given("north").empty()));
  BOOST_TEST(wanted("north") == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_new_server_on_the_same_store_knows_what_each_camera_ran, a_store) {
  add_camera("north");
  add_camera("south");
  propose("second", {evidence("north", .3, .5)});
  propose("third", {evidence("south", .3, .5)});
  store = start(text_blob("not needed any more"));
  add_camera("north");
  add_camera("south");
  BOOST_TEST((given("north") == revisions{2}));
  BOOST_TEST((given("south") == revisions{3}));
  propose("fourth", {evidence("north", .5, .7)});
  BOOST_TEST((given("north") == revisions{2, 4})); // numbers go on
  BOOST_TEST_REQUIRE(ask<gate_verdict>(store, rollback_order{seven}).has_value());
  BOOST_TEST(wanted("north") == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_rollback_outlives_the_server, a_store) {
  const auto first = add_camera("north").got<model_update>().front().model;
  add_camera("south");
  propose("second", {evidence("north", .3, .5)});
  propose("third", {evidence("north", .5, .7), evidence("south", .3, .5)});
  BOOST_TEST_REQUIRE(ask<gate_verdict>(store, rollback_order{seven}).has_value());
  store = start();
  add_camera("north");
  add_camera("south", first);
  BOOST_TEST((given("north") == revisions{2}));
  BOOST_TEST(given("south").empty()); // not the newest: it was taken from there
  BOOST_TEST(wanted("south") == 1u);
  BOOST_TEST_REQUIRE(ask<gate_verdict>(store, rollback_order{seven}).has_value());
  BOOST_TEST((given("north") == revisions{2, 1})); // it is known what came before, too
}

BOOST_FIXTURE_TEST_CASE(a_rollback_that_cannot_be_written_does_not_happen, a_store) {
  add_camera("north");
  propose("second", {evidence("north", .3, .5)});
  disk->full = true;
  BOOST_TEST((ask<gate_verdict>(store, rollback_order{seven}).error().code == ec::io_failed));
  BOOST_TEST((given("north") == revisions{1, 2}));
  BOOST_TEST(wanted("north") == 2u);
  disk->full = false;
  BOOST_TEST_REQUIRE(ask<gate_verdict>(store, rollback_order{seven}).has_value());
  BOOST_TEST(wanted("north") == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_new_camera_gets_its_model_even_when_the_disk_is_full, a_store) {
  settle(); // the first weights are written
  disk->full = true;
  add_camera("north");
  BOOST_TEST((given("north") == revisions{1}));
  BOOST_TEST(wanted("north") == 1u);
  BOOST_TEST_REQUIRE(telemetry.all(event_id::model_deployed).size() == 1u);
  BOOST_TEST(telemetry.all(event_id::model_deployed).front().text.find("disk is full") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(without_weights_to_begin_with_it_quits_and_says_why, a_store) {
  disk = std::make_shared<a_disk>();
  const auto without = watch(start(blob{}));
  BOOST_TEST_REQUIRE(without->has_value());
  BOOST_TEST((from_caf((*without)->value()).code == ec::invalid_argument));
  disk->unreadable = true;
  const auto unreadable = watch(start());
  BOOST_TEST_REQUIRE(unreadable->has_value());
  BOOST_TEST(from_caf((*unreadable)->value()).what == "the disk cannot be read");
}

BOOST_FIXTURE_TEST_CASE(evidence_about_another_model_than_the_camera_runs_decides_nothing, a_store) {
  add_camera("north");
  propose("second", {evidence("north", .3, .5)});
  auto late = evidence("north", .3, .6);
  late.revision = 1; // measured before the second was deployed
  const auto verdict = propose("third", {late});
  BOOST_TEST(verdict->deployed.empty());
  BOOST_TEST(telemetry.all(event_id::model_rejected).back().text == "it was measured against r1, but the camera runs r2");
  late.revision = 2;
  BOOST_TEST(propose("third", {late})->deployed.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(one_camera_can_be_rolled_back_and_it_is_told_why, a_store) {
  add_camera("north");
  add_camera("south");
  propose("second", {evidence("north", .3, .5), evidence("south", .3, .5)});
  const auto verdict = ask<gate_verdict>(store, rollback_order{seven, camera_id{"south"}, "it sees nothing at night"});
  BOOST_TEST_REQUIRE(verdict.has_value());
  BOOST_TEST((verdict->deployed == std::vector{camera_id{"south"}}));
  BOOST_TEST(wanted("north") == 2u);
  BOOST_TEST(wanted("south") == 1u);
  BOOST_TEST(telemetry.all(event_id::model_rolled_back).back().text == "it sees nothing at night");
  const auto again = ask<gate_verdict>(store, rollback_order{seven, camera_id{"south"}, ""});
  BOOST_TEST((again.error().code == ec::not_found)); // what it runs now is not the group's
  BOOST_TEST(again.error().what == "camera south runs no model of " + to_string(seven));
}

BOOST_FIXTURE_TEST_CASE(the_name_of_a_model_costs_no_weights, a_store) {
  add_camera("north");
  const auto first = ask<model_update>(store, model_query{0, camera_id{"north"}, true});
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST(first->model.revision == 1u);
  BOOST_TEST(first->weights.empty());
  BOOST_TEST((ask<model_update>(store, model_query{1, {}, false})->weights == text_blob("first")));
  BOOST_TEST((ask<model_update>(store, model_query{5, {}, true}).error().code == ec::not_found));
}

BOOST_FIXTURE_TEST_CASE(a_candidate_that_forgot_is_told_of_or_refused, a_store) {
  auto forgetful = evidence("north", .3, .5);
  forgetful.before_drift = {{camera_id{"north"}, .1, .1, 0, 16, 20}, {camera_id{"north"}, .6, .6, 0, 16, 20}};
  gate.old = old_conditions::warn;
  store = start();
  add_camera("north");
  BOOST_TEST(propose("second", {forgetful})->deployed.size() == 1u);
  BOOST_TEST_REQUIRE(telemetry.all(event_id::model_forgot).size() == 1u);
  BOOST_TEST(telemetry.all(event_id::model_forgot).front().text == "0.60 -> 0.10 on 16 frames from before the drift");
  gate.old = old_conditions::refuse;
  store = start();
  add_camera("north");
  BOOST_TEST(propose("third", {forgetful})->deployed.empty());
  BOOST_TEST(telemetry.all(event_id::model_forgot).size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
