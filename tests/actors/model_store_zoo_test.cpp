// SPDX-License-Identifier: Apache-2.0
// The model store's zoo: what ended groups leave is kept when it is worth it, and given to a camera that needs it.
#include <map>

#include "actors/frames.hpp"
#include "actors/mock.hpp"
#include "actors/model_store.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(model_store_zoo_test)

namespace {

/// A store with a zoo, and a device that finds in the weights' text how good they are: "night 0.7" has 0.7 by night, and
/// 0.1 elsewhere. The media time of the frames tells what time of day it is: seconds 0 to 99 are day, 100 to 199 night,
/// 200 to 299 rain, and so on.
struct a_zoo : virtual_system {
  std::shared_ptr<revision_store> disk = make_memory_store();
  recorder telemetry{*this};
  mock<allocator_actor> allocator{*this};
  mock<camera_actor> north{*this};
  model_store_config config;
  model_store_actor store;

  explicit a_zoo(zoo_mode mode = zoo_mode::all) {
    config.zoo.mode = mode;
    config.zoo.top = 1;
    config.initial = text_blob("day 0.9");
    allocator.answer<eval_order>([](const eval_order& order) { return score(order); });
    north.answer<model_update>([](const model_update& update) -> result<model_ack> {
      return model_ack{camera_id{"north"}, update.model};
    });
    begin();
  }

  void begin() {
    store = keep(system().spawn(model_store, config, disk, telemetry.handle(), allocator.handle()));
    tell(store, camera_hello{camera_id{"north"}, incarnation{1}, {}, {}}, north.handle());
  }

  static std::string time_of(const labelled_frame& sample) {
    static const std::vector<std::string> names{"day", "night", "rain", "fog", "snow"};
    return names.at(static_cast<std::size_t>(sample.shot.media_time / 100s));
  }

  static result<eval_report> score(const eval_order& order) {
    const std::string text(order.weights.view().begin(), order.weights.view().end());
    const auto knows = text.substr(0, text.find(' '));
    const auto accuracy = std::stod(text.substr(text.find(' ') + 1));
    auto report = scored(order, knows == time_of(order.frames.front()) ? accuracy : .1);
    for (const auto& sample : order.frames)
      if (order.features) {
        report.features.emplace_back(5, 0.F);
        report.features.back()[static_cast<std::size_t>(sample.shot.media_time / 100s)] = 1;
      }
    return report;
  }

  static std::vector<labelled_frame> frames(duration at, std::size_t count = 16) {
    return a_batch("north", count, sample_role::held_out, 1, at).frames;
  }

  void archive(const std::string& weights, duration at, std::size_t count = 16) {
    tell(store, archive_order{group_id{7}, 3, {1, {}}, text_blob(weights), frames(at, count)});
  }

  result<model_update> query(duration at) {
    return ask<model_update>(store, expert_query{camera_id{"north"}, 0, frames(at)});
  }

  std::uint32_t runs() { return ask<model_update>(store, model_query{0, camera_id{"north"}, true})->model.revision; }
};

struct a_gated_zoo : a_zoo {
  a_gated_zoo() : a_zoo{zoo_mode::recl} {}
};

struct no_zoo : a_zoo {
  no_zoo() : a_zoo{zoo_mode::off} {}
};

} // namespace

BOOST_FIXTURE_TEST_CASE(what_a_group_learnt_is_given_to_a_camera_that_meets_it_again, a_zoo) {
  archive("night 0.7", 100s);
  BOOST_TEST_REQUIRE(telemetry.all(event_id::zoo_admitted).size() == 1u);
  BOOST_TEST(telemetry.all(event_id::zoo_admitted).front().value == 2);
  const auto answered = query(120s);
  BOOST_TEST_REQUIRE(answered.has_value());
  BOOST_TEST((answered->weights == text_blob("night 0.7")));
  BOOST_TEST_REQUIRE(telemetry.all(event_id::zoo_selected).size() == 1u);
  BOOST_TEST(telemetry.all(event_id::zoo_selected).front().value == 2);
  // The camera has it already, under a number of its own.
  BOOST_TEST((north.got<model_update>().back() == *answered));
  BOOST_TEST(runs() == answered->model.revision);
  BOOST_TEST(answered->model.revision == 3u);
}

BOOST_FIXTURE_TEST_CASE(a_camera_whose_own_model_is_best_keeps_it, a_zoo) {
  archive("night 0.7", 100s);
  const auto answered = query(0s);
  BOOST_TEST_REQUIRE(answered.has_value());
  BOOST_TEST(answered->model.revision == 1u);
  BOOST_TEST(runs() == 1u);
  BOOST_TEST(query(220s)->model.revision == 1u); // nobody knows rain
  BOOST_TEST(telemetry.all(event_id::zoo_selected).empty());
}

BOOST_FIXTURE_TEST_CASE(a_model_given_again_can_be_taken_back, a_zoo) {
  archive("night 0.7", 100s);
  query(120s);
  BOOST_TEST_REQUIRE(ask<gate_verdict>(store, rollback_order{group_id{}, camera_id{"north"}, ""}).has_value());
  BOOST_TEST(runs() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_better_than_what_is_there_is_not_kept, a_zoo) {
  archive("night 0.7", 100s);
  archive("night 0.71", 100s);
  BOOST_TEST(telemetry.all(event_id::zoo_admitted).size() == 1u);
  BOOST_TEST(telemetry.all(event_id::zoo_refused).size() == 1u);
  archive("night 0.75", 100s);
  BOOST_TEST(telemetry.all(event_id::zoo_admitted).size() == 2u);
  BOOST_TEST(disk->list()->size() == 3u); // and what is not kept is no revision
}

BOOST_FIXTURE_TEST_CASE(a_model_on_too_few_frames_is_not_kept, a_zoo) {
  archive("night 0.7", 100s, 7);
  archive("", 100s);
  BOOST_TEST(telemetry.all(event_id::zoo_admitted).empty());
  BOOST_TEST(telemetry.all(event_id::zoo_refused).size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(weights_that_are_a_revision_already_get_no_second_one, a_zoo) {
  const camera_score before{camera_id{"north"}, .1, .1, 0, 20, 20}, after{camera_id{"north"}, .7, .7, 0, 20, 20};
  BOOST_TEST_REQUIRE(
    ask<gate_verdict>(store, model_candidate{group_id{7}, 1, {1, {}}, text_blob("night 0.7"), {{after, before}}})
      ->model.revision == 2u);
  archive("night 0.7", 100s);
  BOOST_TEST(telemetry.all(event_id::zoo_admitted).front().value == 2);
  BOOST_TEST(disk->list()->size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(the_gate_names_the_model_to_verify, a_gated_zoo) {
  archive("night 0.7", 100s);
  archive("rain 0.6", 200s);
  archive("fog 0.5", 300s);
  BOOST_TEST_REQUIRE(telemetry.all(event_id::zoo_admitted).size() == 3u);
  allocator.got<eval_order>().clear();
  const auto answered = query(220s);
  BOOST_TEST_REQUIRE(answered.has_value());
  BOOST_TEST((answered->weights == text_blob("rain 0.6")));
  // Features, its own model, and the one candidate.
  BOOST_TEST(allocator.got<eval_order>().size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(a_server_that_starts_anew_knows_its_zoo, a_gated_zoo) {
  archive("night 0.7", 100s);
  archive("rain 0.6", 200s);
  begin();
  BOOST_TEST((query(220s)->weights == text_blob("rain 0.6")));
}

BOOST_FIXTURE_TEST_CASE(a_zoo_that_cannot_be_read_is_said_and_nothing_is_lost, a_zoo) {
  struct broken_shelf : zoo_shelf {
    result<zoo_content> load() override { return fail(ec::malformed_data, "zoo.json is not what was written"); }
    result<void> save(const zoo_content&) override {
      BOOST_ERROR("it was overwritten");
      return {};
    }
  };
  config.shelf = std::make_shared<broken_shelf>();
  const auto ended = watch(keep(system().spawn(model_store, config, disk, telemetry.handle(), allocator.handle())));
  BOOST_TEST_REQUIRE(ended->has_value());
  BOOST_TEST((from_caf((*ended)->value()).code == ec::malformed_data));
}

BOOST_FIXTURE_TEST_CASE(without_a_device_the_camera_goes_on_with_its_own, a_zoo) {
  archive("night 0.7", 100s);
  allocator.answer<eval_order>([](const eval_order&) -> result<eval_report> { return fail(ec::unavailable, "none"); });
  BOOST_TEST(query(120s)->model.revision == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_zoo_that_is_off_asks_nobody, no_zoo) {
  archive("night 0.7", 100s);
  BOOST_TEST(query(120s)->model.revision == 1u);
  BOOST_TEST(allocator.got<eval_order>().empty());
  BOOST_TEST(telemetry.all(event_id::zoo_refused).empty());
}

BOOST_FIXTURE_TEST_CASE(an_unknown_camera_is_told_so, a_zoo) {
  const auto answered = ask<model_update>(store, expert_query{camera_id{"stranger"}, 0, frames(100s)});
  BOOST_TEST((answered.error().code == ec::not_found));
}

// -- for a group ---------------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_job_is_told_of_a_better_model_and_no_camera_is_given_it, a_zoo) {
  archive("night 0.7", 100s);
  north.got<model_update>().clear();
  const auto found = ask<model_update>(store, expert_query{{}, 0, frames(120s), model_update{{1, {}}, text_blob("rain 0.5")}});
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->model.revision == 2u);
  BOOST_TEST((found->weights == text_blob("night 0.7")));
  BOOST_TEST(north.got<model_update>().empty());
  BOOST_TEST(runs() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_job_whose_model_is_as_good_as_the_zoos_is_answered_with_its_own, a_zoo) {
  archive("night 0.7", 100s);
  const model_update own{{1, {}}, text_blob("night 0.7 and more")};
  BOOST_TEST((*ask<model_update>(store, expert_query{{}, 0, frames(120s), own}) == own));
  BOOST_TEST((*ask<model_update>(store, expert_query{{}, 0, {}, own}) == own)); // nothing is shown
  allocator.answer<eval_order>([](const eval_order&) -> result<eval_report> { return fail(ec::unavailable, "none"); });
  const model_update other{{1, {}}, text_blob("rain 0.5")};
  BOOST_TEST((*ask<model_update>(store, expert_query{{}, 0, frames(120s), other}) == other));
}

BOOST_FIXTURE_TEST_CASE(a_job_asks_a_zoo_that_is_off_for_nothing, no_zoo) {
  const model_update own{{1, {}}, text_blob("rain 0.5")};
  BOOST_TEST((*ask<model_update>(store, expert_query{{}, 0, frames(120s), own}) == own));
  BOOST_TEST(allocator.got<eval_order>().empty());
}

BOOST_AUTO_TEST_SUITE_END()
