// SPDX-License-Identifier: Apache-2.0
#include "actors/tap.hpp"

#include "actors/interfaces.hpp"
#include "actors/spoken.hpp"
#include "support/virtual_system.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(tap_test)

namespace {

/// Counts what it is asked; answers late, passes on, or not at all.
struct answering {
  static constexpr const char* name = "answering";
  int asked = 0;
  std::vector<caf::typed_response_promise<status_report>> late;
};

using answering_actor = caf::typed_actor<asks<status_query>::with<status_report>, tells<due_atom>, tells<event>>;

answering_actor::behavior_type answers(answering_actor::stateful_pointer<answering> self, int* heard) {
  self->delayed_send(self, 1s, due_atom_v);
  return {
    [=](const status_query&) -> caf::result<status_report> {
      status_report out;
      out.window = static_cast<window_number>(++self->state.asked);
      return out;
    },
    [](due_atom) {},
    [=](const event&) { ++*heard; },
  };
}

/// Asks when it is told of an event, and keeps what it hears.
caf::behavior asks_around(caf::event_based_actor* self, caf::actor whom, std::vector<std::string>* said) {
  return {[=](const event&) {
    self->request(whom, 5s, status_query{})
      .then([=](const status_report& report) { said->push_back("window " + std::to_string(report.window)); },
            [=](const caf::error& failure) { said->push_back(render(from_caf(failure))); });
  }};
}

struct a_tapped_system : virtual_system {
  std::shared_ptr<tap> through = std::make_shared<tap>(1);
  std::vector<recorded_message> seen;
  std::vector<std::string> said;
  int heard = 0;
  answering_actor answerer;
  caf::actor asker;

  ~a_tapped_system() {
    end();
    through->watch({}); // what is said while the system goes
  }

  void begin(bool with_tap = true) {
    if (with_tap)
      attach_tap(system(), through);
    answerer = keep(spawn_named(system(), "answerer", answers, &heard));
    asker = keep(spawn_named(system(), "asker", asks_around, caf::actor_cast<caf::actor>(answerer), &said));
    settle();
  }

  void watch() {
    through->watch([this](recorded_message& message) { seen.push_back(message); });
  }

  void ask() { tell(asker, event{}); }

  void strike(message_fate fate, const std::string& kind, duration delay = {}) {
    fault_rule rule;
    rule.fate = fate;
    rule.kind = kind;
    rule.delay = delay;
    BOOST_TEST_REQUIRE(through->add(rule).has_value());
  }

  std::vector<std::string> kinds() const {
    std::vector<std::string> out;
    for (const auto& message : seen)
      out.push_back(message.sender + " -> " + message.receiver + " " + message.kind);
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(questions_answers_and_what_is_due_are_seen_with_names_and_times, a_tapped_system) {
  watch();
  begin();
  ask();
  advance(1s);
  const std::vector<std::string> expected{" -> asker event", "asker -> answerer statusQuery",
                                          "answerer -> asker statusReport", "answerer -> answerer due"};
  BOOST_TEST_REQUIRE(kinds() == expected, boost::test_tools::per_element());
  BOOST_TEST(seen[1].asks);
  BOOST_TEST((seen[2].answers == seen[1].index));
  BOOST_TEST(!seen[1].timer);
  BOOST_TEST(seen[3].timer);
  BOOST_TEST((seen[3].at - seen[0].at == 1s));
  BOOST_TEST(std::get<status_report>(*seen[2].message).window == 1u);
  BOOST_TEST((said == std::vector<std::string>{"window 1"}));
}

BOOST_FIXTURE_TEST_CASE(without_a_tap_actors_are_the_plain_ones, a_tapped_system) {
  begin(false);
  ask();
  BOOST_TEST((said == std::vector<std::string>{"window 1"}));
  using plain = caf::stateful_actor<answering, answering_actor::base>;
  const auto* spawned = caf::actor_cast<caf::abstract_actor*>(answerer);
  BOOST_TEST((dynamic_cast<const detail::tapped<plain>*>(spawned) == nullptr));
}

BOOST_FIXTURE_TEST_CASE(faults_are_refused_unless_they_are_allowed, a_tapped_system) {
  begin();
  const auto refused = through->add({});
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ec::unsupported));
  through->allow_faults();
  BOOST_TEST(through->add({}).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_dropped_question_times_out, a_tapped_system) {
  watch();
  through->allow_faults();
  begin();
  strike(message_fate::dropped, "statusQuery");
  ask();
  BOOST_TEST(said.empty());
  advance(5s);
  BOOST_TEST_REQUIRE(said.size() == 1u);
  BOOST_TEST(said[0].find("no answer in time") == 0u);
  BOOST_TEST((seen[1].fate == message_fate::dropped));
  // The timeout is the answer to the question.
  const auto timeout = std::find_if(seen.begin(), seen.end(), [](const auto& one) { return one.kind == "error"; });
  BOOST_TEST_REQUIRE((timeout != seen.end()));
  BOOST_TEST((timeout->answers == seen[1].index));
}

BOOST_FIXTURE_TEST_CASE(a_dropped_answer_times_out_too, a_tapped_system) {
  through->allow_faults();
  begin();
  strike(message_fate::dropped, "statusReport");
  ask();
  advance(5s);
  BOOST_TEST_REQUIRE(said.size() == 1u);
  BOOST_TEST(said[0].find("no answer in time") == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_delayed_message_comes_later_and_once, a_tapped_system) {
  watch();
  through->allow_faults();
  begin();
  strike(message_fate::delayed, "statusQuery", 3s);
  ask();
  advance(2s);
  BOOST_TEST(said.empty());
  advance(1s);
  BOOST_TEST((said == std::vector<std::string>{"window 1"}));
  std::vector<message_fate> fates;
  for (const auto& message : seen)
    if (message.kind == "statusQuery")
      fates.push_back(message.fate);
  BOOST_TEST((fates == std::vector{message_fate::delayed, message_fate::delivered}));
}

BOOST_FIXTURE_TEST_CASE(a_duplicated_question_is_handled_twice_and_answered_once, a_tapped_system) {
  through->allow_faults();
  begin();
  strike(message_fate::duplicated, "statusQuery");
  ask();
  advance(10s);
  BOOST_TEST((said == std::vector<std::string>{"window 1"}));
  strike(message_fate::duplicated, "statusReport");
  ask();
  advance(10s);
  BOOST_TEST((said == std::vector<std::string>{"window 1", "window 3"}));
}

BOOST_FIXTURE_TEST_CASE(a_killed_receiver_is_gone_and_its_watchers_know, a_tapped_system) {
  watch();
  through->allow_faults();
  begin();
  const auto ended = virtual_system::watch(answerer);
  strike(message_fate::killed, "statusQuery");
  ask();
  BOOST_TEST_REQUIRE(ended->has_value());
  BOOST_TEST(((*ended)->value() == caf::exit_reason::kill));
}

BOOST_FIXTURE_TEST_CASE(what_is_due_to_an_actor_itself_meets_no_fault, a_tapped_system) {
  watch();
  through->allow_faults();
  begin();
  strike(message_fate::dropped, "due");
  advance(2s);
  BOOST_TEST_REQUIRE(!seen.empty());
  for (const auto& message : seen)
    BOOST_TEST((message.fate == message_fate::delivered), message.kind);
}

BOOST_AUTO_TEST_CASE(everything_that_actors_say_is_described) {
  const auto describe_all = [](const caf::message& content) {
    recorded_message out;
    describe(content.content(), out, [](const caf::strong_actor_ptr&) { return std::string{"somebody"}; });
    return out;
  };
  BOOST_TEST(describe_all(caf::make_message(due_atom_v)).kind == "due");
  const auto closed = describe_all(caf::make_message(close_atom_v, window_number{7}));
  BOOST_TEST(closed.kind == "close");
  BOOST_TEST(closed.detail == "7");
  const auto hello = describe_all(
    caf::make_message(camera_hello{camera_id{"north"}, {}, {}, {}}, camera_actor{}, ingest_actor{}));
  BOOST_TEST(hello.kind == "cameraHello");
  BOOST_TEST(hello.handles.size() == 2u);
  BOOST_TEST(std::get<camera_hello>(*hello.message).camera.value == "north");
  const auto again = describe_all(caf::make_message(due_atom_v, retrain_request{}));
  BOOST_TEST(again.kind == "due");
  BOOST_TEST(again.message.has_value());
  const auto carried = describe_all(caf::make_message(parcel{std::make_shared<const envelope>(status_query{}), {}}));
  BOOST_TEST(carried.kind == "statusQuery");
  BOOST_TEST(carried.detail == "parcel");
  const auto failed = describe_all(caf::make_message(to_caf({ec::stale, "too late", "hurry"})));
  BOOST_TEST((std::get<error>(*failed.message) == error{ec::stale, "too late", "hurry"}));
  BOOST_TEST(describe_all(caf::make_message(caf::strong_actor_ptr{})).kind == "peer");
  for (const auto& peer : {caf::make_message(whereabouts_actor{}), caf::make_message(telemetry_actor{}),
                           caf::make_message(gpu_worker_actor{}), caf::make_message(scorer_actor{}),
                           caf::make_message(group_job_actor{}), caf::make_message(request_desk_actor{}),
                           caf::make_message(camera_actor{}), caf::make_message(rate_divider_actor{}),
                           caf::make_message(ingest_actor{}), caf::make_message(grouper_actor{}),
                           caf::make_message(allocator_actor{}), caf::make_message(model_store_actor{}),
                           caf::make_message(courier_actor{}), caf::make_message(reception_actor{})}) {
    BOOST_TEST(describe_all(peer).kind == "peer");
    BOOST_TEST(describe_all(peer).detail.empty());
  }
  const auto ended = describe_all(caf::make_message(caf::exit_msg{{}, caf::make_error(caf::exit_reason::kill)}));
  BOOST_TEST(ended.kind == "exit");
  BOOST_TEST(ended.detail == "kill");
}

BOOST_AUTO_TEST_SUITE_END()
