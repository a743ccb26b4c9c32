// SPDX-License-Identifier: Apache-2.0
#include "actors/tap.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include "actors/spoken.hpp"
#include "actors/system_config.hpp"

namespace ecco {

namespace {

/// Requests whose answer never comes are forgotten when there are more.
constexpr std::size_t most_asked = 1u << 20;

/// Faults meet what one actor says to another: not what is due to an actor itself, nor how CAF tells of its end.
bool can_fail(const recorded_message& record) {
  return !record.timer && record.sender != record.receiver && record.kind != "exit" && record.kind != "down";
}

} // namespace

thread_local const std::string* detail::running_actor::current = nullptr;

tap::tap(std::uint64_t seed) : plan_{seed} {}

void tap::watch(observer by) {
  observer_ = std::move(by);
  active_ = true;
}

void tap::judge_by(judge by) {
  judge_ = std::move(by);
  active_ = true;
}

void tap::allow_faults() {
  const std::lock_guard lock{guard_};
  faults_allowed_ = true;
}

result<void> tap::add(const fault_rule& rule) {
  const std::lock_guard lock{guard_};
  if (!faults_allowed_)
    return fail(ec::unsupported, "this server injects no faults", "start it with --set server.faults=true");
  plan_.add(rule);
  active_ = true;
  return {};
}

void tap::enter(caf::abstract_actor& actor, const std::string& name) {
  const std::lock_guard lock{guard_};
  names_[actor.id()] = name;
  entered_[name] = caf::weak_actor_ptr{actor.ctrl()};
}

void tap::leave(caf::actor_id id) {
  const std::lock_guard lock{guard_};
  const auto named = names_.find(id);
  if (named == names_.end())
    return;
  const auto entered = entered_.find(named->second);
  if (entered != entered_.end() && entered->second->id() == id)
    entered_.erase(entered);
  names_.erase(named);
}

caf::strong_actor_ptr tap::find(const std::string& name) {
  const std::lock_guard lock{guard_};
  const auto found = entered_.find(name);
  return found == entered_.end() ? caf::strong_actor_ptr{} : caf::actor_cast<caf::strong_actor_ptr>(found->second);
}

std::string tap::name_of(const caf::strong_actor_ptr& actor) {
  if (!actor)
    return {};
  const std::lock_guard lock{guard_};
  const auto found = names_.find(actor->id());
  if (found != names_.end() && actor->node() == actor->home_system->node())
    return found->second;
  const auto next = "outside:" + std::to_string(outsiders_.size() + 1);
  return outsiders_.try_emplace(caf::to_string(actor), next).first->second;
}

std::string tap::who_said(const caf::mailbox_element& due) {
  {
    const std::lock_guard lock{guard_};
    if (const auto held = released_.find(&due); held != released_.end())
      return held->second;
  }
  return name_of(due.sender);
}

recorded_message tap::describe(const std::string& receiver, const caf::mailbox_element& what) {
  recorded_message out;
  out.receiver = receiver;
  if (detail::running_actor::current != nullptr) {
    out.sender = *detail::running_actor::current;
  } else {
    out.sender = who_said(what);
    out.timer = what.sender != nullptr && !out.sender.starts_with("outside:");
  }
  ecco::describe(what.content(), out, [this](const caf::strong_actor_ptr& actor) { return name_of(actor); });
  if (out.kind == "down" && out.sender.empty())
    out.sender = out.handles.front();
  return out;
}

void tap::number(recorded_message& record, caf::abstract_actor& receiver, const caf::mailbox_element& what) {
  const auto now = std::chrono::duration_cast<duration>(receiver.home_system().clock().now().time_since_epoch());
  if (!std::exchange(begun_, true))
    began_ = now;
  record.at = now - began_;
  record.index = next_++;
  const auto request = what.mid.request_id().integer_value();
  if (what.mid.is_response()) {
    const auto asked = asked_.find({receiver.id(), request});
    if (asked == asked_.end())
      return;
    record.answers = asked->second;
    asked_.erase(asked);
  } else if (what.mid.is_request() && what.sender) {
    record.asks = true;
    if (asked_.size() >= most_asked)
      asked_.erase(asked_.begin());
    asked_[{what.sender->id(), request}] = record.index;
  }
}

message_verdict tap::verdict_on(const recorded_message& record) {
  if (judge_)
    return judge_(record);
  return can_fail(record) && !plan_.empty() ? plan_.judge(record.kind, record.sender, record.receiver)
                                            : message_verdict{};
}

tap::encounter tap::meet(caf::abstract_actor& receiver, const std::string& name, caf::mailbox_element_ptr& what) {
  if (!active_)
    return {};
  auto record = describe(name, *what);
  std::unique_lock lock{guard_};
  number(record, receiver, *what);
  const auto again = released_.erase(what.get()) > 0;
  const auto verdict = again ? message_verdict{} : verdict_on(record);
  record.fate = verdict.fate;
  record.delay = verdict.delay;
  record.timer |= again;
  if (observer_)
    observer_(record);
  switch (verdict.fate) {
    case message_fate::delivered: return {passage::once, record.index};
    case message_fate::duplicated: return {passage::twice, record.index};
    case message_fate::dropped: return {passage::never, record.index};
    case message_fate::delayed: released_[what.get()] = record.sender; break;
    case message_fate::killed: break;
  }
  lock.unlock();
  const caf::strong_actor_ptr whom{receiver.ctrl()};
  if (verdict.fate == message_fate::killed) {
    caf::anon_send_exit(whom, caf::exit_reason::kill);
  } else {
    auto& clock = receiver.home_system().clock();
    clock.schedule_message(clock.now() + verdict.delay, whom, std::move(what));
  }
  return {passage::never, record.index};
}

void attach_tap(caf::actor_system& system, std::shared_ptr<tap> with) {
  dynamic_cast<const tap_holder&>(system.config()).through = std::move(with);
}

std::shared_ptr<tap> tap_of(const caf::actor_system& system) {
  const auto* holder = dynamic_cast<const tap_holder*>(&system.config());
  return holder != nullptr ? holder->through : nullptr;
}

} // namespace ecco
