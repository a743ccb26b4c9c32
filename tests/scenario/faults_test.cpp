// SPDX-License-Identifier: Apache-2.0
// Each fault at each kind of message: the system recovers, no camera is lost, and nothing is trained twice.
#include <map>
#include <set>

#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location market{47.3769, 8.5417}, market_corner{47.3771, 8.5419};

/// Two cameras drift alike, two devices train them; what is said meets one rule.
struct a_struck_fleet : simulated_fleet {
  std::shared_ptr<tap> through;
  std::uint64_t struck = 0;
  /// The state that each group's training builds on, order by order.
  std::map<group_id, std::vector<std::uint32_t>> bases;

  explicit a_struck_fleet(const fault_rule& rule, std::uint64_t seed = 1)
      : a_struck_fleet(std::vector{rule}, seed) {}

  explicit a_struck_fleet(const std::vector<fault_rule>& rules, std::uint64_t seed = 1)
      : through(std::make_shared<tap>(seed)) {
    through->allow_faults();
    for (const auto& rule : rules)
      BOOST_TEST_REQUIRE(through->add(rule).has_value());
    through->watch([this](recorded_message& said) { look_at(said); });
    attach_tap(system(), through);
    start({"left", "right"});
    add_worker("gpu0");
    add_worker("gpu1");
    const weather drifting = [](duration now) { return static_cast<std::uint8_t>(now < 90s ? 0 : 1); };
    add_camera("left", market, drifting);
    add_camera("right", market_corner, drifting);
    advance(300s);
  }
  ~a_struck_fleet() {
    end();
    through->watch({}); // what is said while the system goes
  }

  void look_at(const recorded_message& said) {
    struck += said.fate == message_fate::delivered ? 0 : 1;
    if (!said.message || said.fate == message_fate::dropped || said.fate == message_fate::delayed)
      return;
    if (const auto* order = std::get_if<train_order>(&*said.message); order != nullptr && said.receiver == "allocator")
      bases[order->group].push_back(order->base);
  }

  /// What must hold whatever was struck; `what` says it was.
  void is_well(const std::string& what) {
    BOOST_TEST_CONTEXT(what << ", struck " << struck << " times") {
      const auto now = status();
      BOOST_TEST(now.window >= 12u); // windows go on
      std::map<std::string, int> memberships;
      for (const auto& group : now.groups)
        for (const auto& camera : group.members)
          ++memberships[camera.value];
      for (const auto* camera : {"left", "right"}) {
        BOOST_TEST(memberships[camera] <= 1, camera);
        BOOST_TEST(accuracy(camera) > 0.4, camera << " has not recovered: " << accuracy(camera));
      }
      for (const auto& standing : now.cameras)
        BOOST_TEST(standing.online, standing.last.camera.value);
    }
  }

  /// Each micro-window's training counts once: what is trained next builds on it, or on what it did.
  void trains_nothing_twice(const std::string& what) {
    for (const auto& [group, orders] : bases)
      for (std::size_t i = 1; i < orders.size(); ++i)
        BOOST_TEST((orders[i] == orders[i - 1] || orders[i] == orders[i - 1] + 1),
                   what << ": state " << orders[i] << " after " << orders[i - 1]);
  }
};

fault_rule rule_for(message_fate fate, const std::string& kind) {
  fault_rule out;
  out.fate = fate;
  out.kind = kind;
  out.probability = .15;
  if (fate == message_fate::delayed)
    out.delay = 700ms;
  return out;
}

/// What passes between nodes, where a network may lose it.
const std::vector<std::string> between_nodes{"retrainRequest", "requestAnswer", "encodedSegment", "modelUpdate",
                                             "modelAck",       "gpuShare",      "samplingPlan",   "regroupEvent",
                                             "cameraStatus",   "event",         "labelOrder",     "labels",
                                             "trainOrder",     "trainReport",   "evalOrder",      "evalReport"};

/// What passes within the server, where nothing is lost, but may be late.
const std::vector<std::string> within_the_server{"subsampleOrder",    "sampleBatch",  "microWindowGrant",
                                                 "microWindowReport", "windowClosed", "modelCandidate",
                                                 "gateVerdict",       "modelQuery",   "joinOrder"};

} // namespace

BOOST_AUTO_TEST_CASE(the_fleet_recovers_without_any_fault) {
  a_struck_fleet fleet{rule_for(message_fate::dropped, "none")};
  BOOST_TEST(fleet.struck == 0u);
  fleet.is_well("no fault");
  fleet.trains_nothing_twice("no fault");
  BOOST_TEST(!fleet.bases.empty());
}

BOOST_AUTO_TEST_CASE(it_recovers_from_any_lost_message_between_nodes) {
  for (const auto& kind : between_nodes)
    for (const auto nth : {1u, 2u, 3u, 8u}) {
      auto one = rule_for(message_fate::dropped, kind);
      one.probability = 1;
      one.nth = nth;
      a_struck_fleet fleet{one};
      fleet.is_well("lost " + kind);
      fleet.trains_nothing_twice("lost " + kind);
    }
}

BOOST_AUTO_TEST_CASE(it_recovers_on_links_that_lose_one_message_in_fifty_of_every_kind) {
  std::vector<fault_rule> rules;
  for (const auto* device : {"camera:*", "worker:*"})
    for (const bool says : {false, true}) {
      fault_rule rule;
      rule.fate = message_fate::dropped;
      rule.probability = .02;
      (says ? rule.sender : rule.receiver) = device;
      rules.push_back(rule);
    }
  for (const auto seed : {1u, 2u, 3u, 4u, 5u}) {
    a_struck_fleet fleet{rules, seed};
    fleet.is_well("lossy, seed " + std::to_string(seed));
    fleet.trains_nothing_twice("lossy");
    BOOST_TEST(fleet.struck > 20u);
  }
}

BOOST_AUTO_TEST_CASE(a_camera_that_missed_its_group_is_told_again) {
  auto lost = rule_for(message_fate::dropped, "regroupEvent");
  lost.probability = 1;
  lost.nth = 1;
  a_struck_fleet fleet{lost};
  BOOST_TEST(fleet.struck == 1u);
  const auto reminded = fleet.all(event_id::camera_reminded);
  BOOST_TEST_REQUIRE(!reminded.empty());
  const auto opened = fleet.all(event_id::group_opened);
  BOOST_TEST((reminded.front().at - opened.front().at <= 15s));
  fleet.is_well("a lost regroupEvent");
}

BOOST_AUTO_TEST_CASE(a_lost_first_model_is_sent_again) {
  auto lost = rule_for(message_fate::dropped, "modelUpdate");
  lost.receiver = "camera:left";
  lost.probability = 1;
  lost.nth = 1;
  a_struck_fleet fleet{lost};
  BOOST_TEST(fleet.struck == 1u);
  const auto deployed = fleet.all(event_id::model_deployed, "left");
  BOOST_TEST_REQUIRE(!deployed.empty());
  BOOST_TEST((deployed.front().at <= 75s));
  BOOST_TEST(deployed.front().value == 1);
}

BOOST_AUTO_TEST_CASE(lost_labels_stall_no_camera) {
  auto lost = rule_for(message_fate::dropped, "labels");
  lost.receiver = "allocator";
  lost.probability = 1;
  for (const auto nth : {2u, 5u, 20u}) {
    lost.nth = nth;
    a_struck_fleet fleet{lost};
    BOOST_TEST(fleet.struck == 1u);
    for (const auto* camera : {"left", "right"}) {
      duration last{};
      for (const auto& measured : fleet.all(event_id::accuracy_deployed, camera)) {
        BOOST_TEST((measured.at - last <= 25s), camera << " is not measured from " << seconds_of(last) << " s on");
        last = measured.at;
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(it_recovers_from_any_late_message) {
  for (const auto& kinds : {between_nodes, within_the_server})
    for (const auto& kind : kinds) {
      a_struck_fleet fleet{rule_for(message_fate::delayed, kind)};
      fleet.is_well("late " + kind);
      fleet.trains_nothing_twice("late " + kind);
    }
}

BOOST_AUTO_TEST_CASE(it_recovers_from_any_repeated_message) {
  for (const auto& kinds : {between_nodes, within_the_server})
    for (const auto& kind : kinds) {
      a_struck_fleet fleet{rule_for(message_fate::duplicated, kind)};
      fleet.is_well("repeated " + kind);
      fleet.trains_nothing_twice("repeated " + kind);
    }
}

BOOST_AUTO_TEST_CASE(it_recovers_from_the_death_of_a_job_an_ingest_or_a_worker_at_any_message) {
  for (const auto& [receiver, kinds] :
       std::map<std::string, std::vector<std::string>>{
         {"g-*", {"joinOrder", "sampleBatch", "microWindowGrant", "evalOrder", "windowClosed", "trainReport"}},
         {"ingest:*", {"encodedSegment", "joinOrder", "subsampleOrder", "labels"}},
         {"worker:gpu0", {"labelOrder", "trainOrder", "evalOrder"}}})
    for (const auto& kind : kinds) {
      fault_rule rule;
      rule.fate = message_fate::killed;
      rule.kind = kind;
      rule.receiver = receiver;
      rule.nth = 2;
      a_struck_fleet fleet{rule};
      fleet.is_well("death of " + receiver + " at " + kind);
      BOOST_TEST(fleet.struck <= 1u);
    }
}

BOOST_AUTO_TEST_CASE(a_lost_order_or_report_costs_its_micro_window_only) {
  for (const auto* kind : {"trainOrder", "trainReport"}) {
    auto once = rule_for(message_fate::dropped, kind);
    once.receiver = kind == std::string{"trainOrder"} ? "worker:*" : "g-*";
    once.probability = 1;
    once.nth = 3;
    a_struck_fleet fleet{once};
    fleet.is_well(std::string{"one lost "} + kind);
    BOOST_TEST(fleet.struck == 1u);
    BOOST_TEST(fleet.all(event_id::grant_lost).size() <= 1u);
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_strikes_the_same_messages) {
  const auto run = [](std::uint64_t seed) {
    a_struck_fleet fleet{rule_for(message_fate::dropped, "encodedSegment"), seed};
    std::string out;
    for (const auto& what : fleet.events)
      out += what.id + std::to_string(what.at.count()) + what.text + "\n";
    return out;
  };
  BOOST_TEST(run(3) == run(3));
  BOOST_TEST(run(3) != run(4));
}
