// SPDX-License-Identifier: Apache-2.0
// A recorded run, run again: a fresh server that is sent the same says the same, to the byte.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "actors/replay.hpp"
#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location market{47.3769, 8.5417}, market_corner{47.3771, 8.5419}, harbour{47.45, 8.56};

weather changes(duration when, std::uint8_t what) {
  return [=](duration now) { return now < when ? std::uint8_t{0} : what; };
}

record_source from_memory(const std::vector<recorded_message>& records) {
  return [&records, next = std::size_t{0}]() mutable -> result<std::optional<recorded_message>> {
    return next < records.size() ? std::optional{records[next++]} : std::nullopt;
  };
}

/// As a file gives it back.
recorded_message written_and_read(const recorded_message& said, std::map<std::string, bytes>& blobs) {
  std::vector<blob_view> needs;
  const auto entry = encode_entry(said, needs);
  for (const auto& need : needs)
    blobs[need.sha256] = {need.content.begin(), need.content.end()};
  const auto read = decode_entry(entry, [&](const std::string& name, std::uint64_t) -> result<bytes> { return blobs.at(name); });
  BOOST_REQUIRE_MESSAGE(read, (read ? "" : render(read.error())));
  return std::get<recorded_message>(*read);
}

struct a_recorded_run : simulated_fleet {
  std::shared_ptr<tap> through = std::make_shared<tap>(7);
  std::vector<recorded_message> records;

  a_recorded_run() {
    through->watch([this](recorded_message& said) { records.push_back(said); });
    attach_tap(system(), through);
  }
  ~a_recorded_run() {
    end();
    through->watch({}); // what is said while the system goes
  }

  void begin() {
    start({"left", "right", "far"});
    add_worker("gpu0");
    add_camera("left", market, changes(30s, 1));
    add_camera("right", market_corner, changes(30s, 1));
    add_camera("far", harbour, changes(30s, 2));
  }

  /// What was said can be said again: it is of a kind that is known, and keeps to what peers are held to.
  void is_sound() {
    std::map<std::string, bytes> blobs;
    for (auto& said : records) {
      said = written_and_read(said, blobs);
      if (said.kind == "other" || !said.unreadable.empty()) {
        BOOST_ERROR(to_json(said).substr(0, 600));
        return;
      }
    }
  }

  /// Plays `script` to a fresh server, with nothing on its disk, as the recorded one had.
  replay_outcome play(const std::vector<recorded_message>& script) {
    disk = make_memory_store();
    shelf = std::make_shared<memory_keeper<zoo_content>>();
    seats = std::make_shared<memory_keeper<seating>>();
    const auto facts = replay_facts_of(from_memory(script));
    BOOST_TEST_REQUIRE(facts.has_value());
    auto parts = parts_for({"left", "right", "far"});
    const auto played = replay(std::move(parts), *facts, from_memory(script));
    BOOST_REQUIRE_MESSAGE(played, (played ? "" : render(played.error())));
    return *played;
  }

  void is_the_same(const replay_outcome& played) {
    if (!played.difference)
      return;
    const auto shown = [](const std::optional<recorded_message>& one) { return one ? to_json(*one) : "nothing"; };
    BOOST_ERROR(played.difference->what << " after " << played.compared << " messages at "
                                        << seconds_of(played.difference->at) << " s\nrecorded "
                                        << shown(played.difference->recorded).substr(0, 600) << "\nreplayed "
                                        << shown(played.difference->replayed).substr(0, 600));
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_recorded_run_is_repeated_to_the_byte, a_recorded_run) {
  begin();
  advance(90s);
  BOOST_TEST(happened(event_id::group_joined));
  BOOST_TEST(happened(event_id::model_deployed));
  is_sound();
  const auto played = play(records);
  is_the_same(played);
  BOOST_TEST(played.fed > 500u);
  BOOST_TEST(played.compared > 1'000u);
  BOOST_TEST((played.length > 85s));
}

BOOST_FIXTURE_TEST_CASE(a_changed_input_is_found_where_it_first_matters, a_recorded_run) {
  begin();
  advance(60s);
  const auto request = std::find_if(records.begin(), records.end(), [](const recorded_message& one) {
    return one.kind == "retrainRequest" && one.receiver == "grouper";
  });
  BOOST_TEST_REQUIRE((request != records.end()));
  auto changed = records;
  auto& asks = std::get<retrain_request>(*changed[static_cast<std::size_t>(request - records.begin())].message);
  asks.age += 5s;
  const auto played = play(changed);
  BOOST_TEST_REQUIRE(played.difference.has_value());
  BOOST_TEST((played.difference->at >= request->at));
  BOOST_TEST((played.difference->at < request->at + 1s));
  BOOST_TEST_REQUIRE(played.difference->recorded.has_value());
  BOOST_TEST_REQUIRE(played.difference->replayed.has_value());
  BOOST_TEST(played.difference->recorded->kind == "subsampleOrder");
}

BOOST_FIXTURE_TEST_CASE(a_changed_output_is_found, a_recorded_run) {
  begin();
  advance(60s);
  auto changed = records;
  const auto share = std::find_if(changed.rbegin(), changed.rend(),
                                  [](const recorded_message& one) { return one.kind == "gpuShare"; });
  BOOST_TEST_REQUIRE((share != changed.rend()));
  std::get<gpu_share>(*share->message).p += 1e-12;
  const auto played = play(changed);
  BOOST_TEST_REQUIRE(played.difference.has_value());
  BOOST_TEST((played.difference->at == share->at));
  BOOST_TEST(played.difference->recorded->kind == "gpuShare");
  BOOST_TEST(played.difference->replayed->kind == "gpuShare");
}

BOOST_FIXTURE_TEST_CASE(a_run_with_deaths_and_faults_is_repeated_too, a_recorded_run) {
  through->allow_faults();
  begin();
  add_worker("gpu1");
  for (const auto& [fate, kind, delay] : {std::tuple{message_fate::dropped, "trainReport", duration{}},
                                          std::tuple{message_fate::delayed, "labels", duration{300ms}},
                                          std::tuple{message_fate::delayed, "sampleBatch", duration{1s}},
                                          std::tuple{message_fate::delayed, "encodedSegment", duration{1s}},
                                          std::tuple{message_fate::duplicated, "encodedSegment", duration{}}}) {
    fault_rule rule;
    rule.fate = fate;
    rule.kind = kind;
    rule.delay = delay;
    rule.probability = .2;
    BOOST_TEST_REQUIRE(through->add(rule).has_value());
  }
  advance(50s);
  caf::anon_send_exit(workers.at("gpu1"), caf::exit_reason::kill);
  caf::anon_send_exit(cameras.at("far"), caf::exit_reason::kill);
  advance(30s);
  BOOST_TEST(happened(event_id::worker_down));
  is_sound();
  is_the_same(play(records));
}

BOOST_AUTO_TEST_CASE(every_way_to_decide_is_repeated) {
  for (const auto allocation : {allocation_kind::ecco, allocation_kind::recl, allocation_kind::ekya, allocation_kind::uniform})
    for (const auto sampling : {sampling_mode::fixed, sampling_mode::ams})
      for (const auto zoo : {zoo_mode::off, zoo_mode::recl}) {
        BOOST_TEST_CONTEXT("allocation " << static_cast<int>(allocation) << ", sampling " << static_cast<int>(sampling)
                                         << ", zoo " << static_cast<int>(zoo)) {
          a_recorded_run run;
          run.allocation = allocation;
          run.sampling = sampling;
          run.zoo_of_fleet.mode = zoo;
          run.rates.law = rate_law::corrected;
          run.begin();
          run.advance(150s);
          BOOST_TEST(run.happened(event_id::model_deployed));
          run.end(); // which is told as well, in order
          run.through->watch({});
          run.is_sound();
          run.is_the_same(run.play(run.records));
        }
      }
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_leaves_its_group_and_comes_back_is_repeated, a_recorded_run) {
  curve.scale = 600;
  curve.forgetting = .1;
  held_out_frames = before_drift = 10;
  start({"left", "right", "far"});
  add_worker("gpu0");
  const auto away = [](duration at) { return at >= 95s && at < 185s; };
  add_camera("left", market, changes(30s, 1));
  add_camera("right", market_corner, changes(30s, 1));
  add_camera(
    "far", market, [=](duration at) { return static_cast<std::uint8_t>(at < 30s ? 0 : away(at) ? 2 : 1); },
    [=](duration at) { return away(at) ? harbour : market; });
  advance(240s);
  BOOST_TEST(happened(event_id::group_left));
  BOOST_TEST(happened(event_id::group_united));
  is_sound();
  is_the_same(play(records));
}
