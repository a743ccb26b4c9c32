// SPDX-License-Identifier: Apache-2.0
#include "actors/replay.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/failure.hpp"
#include "actors/replay_clock.hpp"
#include "actors/replay_parts.hpp"
#include "actors/system_config.hpp"
#include "actors/tap.hpp"

namespace ecco {

namespace {

/// One replay. The recording is the script: it says which actor speaks next, or what comes from outside.
class player {
 public:
  player(server_parts parts, const replay_facts& facts, const record_source& next)
      : script_(next), clock_began_(scheduler_.clock().now()) {
    parts.media = make_deaf_receiver(facts.media_port);
    parts.draw_token = [tokens = facts.media_tokens]() mutable {
      if (tokens.empty())
        return std::uint64_t{0};
      const auto token = tokens.front();
      tokens.pop_front();
      return token;
    };
    through_->watch([this](recorded_message& said) {
      if (is_from_server(said))
        produced_.push_back(said);
    });
    through_->judge_by([this](const recorded_message& said) { return verdict_on(said); });
    attach_tap(system_, through_);
    server_ = spawn_named(system_, "reception", reception, std::move(parts));
  }

  ~player() {
    through_->judge_by([](const recorded_message&) { return message_verdict{}; });
    through_->watch({});
    caf::anon_send_exit(server_, caf::exit_reason::user_shutdown);
    settle();
  }

  result<replay_outcome> run() {
    while (const auto* record = script_.ahead(0)) {
      outcome_.length = record->at;
      if (auto played = play(*record); !played)
        return tl::unexpected{played.error()};
      if (outcome_.difference)
        return outcome_;
      script_.go_on();
    }
    if (script_.failure())
      return tl::unexpected{*script_.failure()};
    settle();
    if (!produced_.empty())
      differ("the replay goes on saying", std::nullopt);
    return outcome_;
  }

 private:
  /// What befell it then befalls it now.
  message_verdict verdict_on(const recorded_message& said) {
    if (said.kind == "exit" || said.kind == "down")
      return {};
    const auto* then = is_from_server(said) ? script_.from_server(produced_.size()) : fed_;
    return then != nullptr ? message_verdict{then->fate, then->delay} : message_verdict{};
  }

  result<void> play(const recorded_message& record) {
    if (is_from_server(record)) {
      compare(record);
      return {};
    }
    return is_of_server(record.receiver) ? feed(record) : result<void>{};
  }

  // -- what the server says ------------------------------------------------------------------------------

  void compare(const recorded_message& record) {
    move_to(record.at);
    while (produced_.empty() && step(record)) {
    }
    if (outcome_.difference)
      return;
    if (produced_.empty())
      return differ("the replay does not say", record);
    if (record.kind == "down")
      put_first(record);
    if (!is_same(produced_.front(), record))
      return differ("the replay says something else", record);
    ++outcome_.compared;
    if (record.asks)
      if (const auto asked = puppets_.find(record.receiver); asked != puppets_.end())
        asked->second->bind(produced_.front().index, record.index);
    produced_.pop_front();
  }

  /// Of several that hear of one's end, who asked last to hear of it hears first: when they asked is not recorded, and
  /// none of them can tell.
  void put_first(const recorded_message& down) {
    const auto others = std::find_if(produced_.begin(), produced_.end(), [&](const recorded_message& said) {
      return said.kind != "down" || said.sender != down.sender;
    });
    const auto found = std::find_if(produced_.begin(), others, [&](const recorded_message& said) {
      return said.receiver == down.receiver;
    });
    if (found != others)
      std::rotate(produced_.begin(), found, found + 1);
  }

  /// Lets the actor that is to speak take its next message, or what is next due come.
  bool step(const recorded_message& record) {
    if (record.timer)
      return deliver_due(scheduler_.clock(), *through_, record) || scheduler_.clock().trigger_timeout();
    auto& jobs = scheduler_.jobs;
    const auto found = std::find_if(jobs.begin(), jobs.end(), [&](caf::resumable* job) {
      auto* actor = dynamic_cast<caf::scheduled_actor*>(job);
      return actor != nullptr && through_->name_of(caf::strong_actor_ptr{actor->ctrl()}) == record.sender;
    });
    if (found == jobs.end())
      return false;
    std::rotate(jobs.begin(), found, found + 1);
    return scheduler_.try_run_once();
  }

  // -- what it is told -----------------------------------------------------------------------------------

  result<void> feed(const recorded_message& record) {
    move_to(record.at);
    if (outcome_.difference)
      return {};
    ++outcome_.fed;
    if (record.kind == "down")
      return puppet_of(record.sender).die(reason_of(record.detail)), result<void>{};
    const auto held = held_.find({record.sender, record.receiver, record.kind});
    if (record.timer && held != held_.end()) {
      held_.erase(held); // one of several, perhaps
      if (!deliver_due(scheduler_.clock(), *through_, record))
        differ("the replay does not hold up", record);
      return {};
    }
    const auto whom = through_->find(record.receiver);
    if (!whom)
      return {}; // it was dead then, too, or what it did is missed below
    auto content = message_of(record, [this](const std::string& name) { return handle_of(name); });
    if (!content)
      return tl::unexpected{content.error()};
    auto sender = record.sender.empty() ? caf::strong_actor_ptr{} : handle_of(record.sender);
    auto id = caf::make_message_id(record.kind == "exit" ? caf::message_priority::high : caf::message_priority::normal);
    if (record.asks)
      id = caf::message_id{++asked_}.with_normal_priority();
    if (record.answers) {
      const auto question = puppet_of(record.sender).take(*record.answers);
      if (!question)
        return differ("the replay did not ask for this answer", record), result<void>{};
      id = question->response_id();
    }
    if (record.fate == message_fate::delayed)
      held_.insert({record.sender, record.receiver, record.kind});
    fed_ = &record;
    whom->enqueue(caf::make_mailbox_element(std::move(sender), id, {}, std::move(*content)), nullptr);
    fed_ = nullptr;
    return {};
  }

  caf::strong_actor_ptr handle_of(const std::string& name) {
    if (is_of_server(name))
      return through_->find(name);
    return puppet_of(name).handle();
  }

  puppet& puppet_of(const std::string& name) {
    auto& out = puppets_[name];
    if (!out || out->is_dead())
      out = make_puppet(system_, through_, name);
    return *out;
  }

  // -- time ----------------------------------------------------------------------------------------------

  /// Everything is done that was to be done before.
  void move_to(duration at) {
    auto& clock = scheduler_.clock();
    if (clock_began_ + at <= clock.now())
      return;
    settle();
    const auto& due = clock.schedule();
    if (produced_.empty() && !due.empty() && due.begin()->first < clock_began_ + at) {
      clock.trigger_timeout();
      return differ("the replay has something else come due", std::nullopt);
    }
    if (!produced_.empty())
      return differ("the replay says besides", std::nullopt);
    clock.current_time = clock_began_ + at;
  }

  void settle() {
    while (scheduler_.try_run_once()) {
    }
  }

  void differ(std::string what, std::optional<recorded_message> recorded) {
    replay_difference out{outcome_.length, std::move(what), std::move(recorded), {}};
    if (!produced_.empty())
      out.replayed = produced_.front();
    outcome_.difference = std::move(out);
  }

  replay_script script_;
  replay_outcome outcome_;

  virtual_system_config config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& scheduler_
    = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  caf::actor_clock::time_point clock_began_;
  std::shared_ptr<tap> through_ = std::make_shared<tap>(0);
  reception_actor server_;
  /// What the server has said and the script has yet to come to.
  std::deque<recorded_message> produced_;
  /// What is being fed.
  const recorded_message* fed_ = nullptr;
  std::multiset<std::tuple<std::string, std::string, std::string>> held_;
  std::map<std::string, std::shared_ptr<puppet>> puppets_;
  std::uint64_t asked_ = 0;
};

} // namespace

result<replay_outcome> replay(server_parts parts, const replay_facts& facts, const record_source& next) {
  return player{std::move(parts), facts, next}.run();
}

} // namespace ecco
