// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/local_actor.hpp>
#include <caf/infer_handle.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

#include "messages/recording.hpp"
#include "runtime/policy/fault_plan.hpp"

// Every message between ecco's actors can be watched and interfered with: an actor that is spawned by `spawn_named`
// in a system that has a tap meets the tap with each message before its mailbox does.
//
// It is the receiver's own `enqueue`, the one gate through which CAF delivers everything: messages, answers, timeouts,
// what is due, exits. So the tap sees all of it, needs no actor to know of it, and leaves addresses alone: monitors,
// links and comparisons of handles go on as ever. A decorator actor in front of each actor, CAF's own way, would have
// to stand in for its address everywhere, would not see answers, which go straight to who asked, and would be bypassed
// by `self` in a message. Without a tap the plain actor is spawned, and nothing is paid.

namespace ecco {

/// Watches a system's messages, and does to them what its faults say. From any thread.
class tap {
 public:
  /// Sees each message as it arrives, one at a time, numbered. It must not send.
  using observer = std::function<void(recorded_message&)>;
  /// Decides what becomes of a message between two actors.
  using judge = std::function<message_verdict(const recorded_message&)>;

  /// @param seed of the faults that are met with a probability.
  explicit tap(std::uint64_t seed);

  // -- for who sets it up, before an actor is spawned ---------------------------------------------------

  void watch(observer by);
  /// In place of the fault plan.
  void judge_by(judge by);
  /// From here on `add` is heard.
  void allow_faults();

  /// @returns `unsupported` unless faults are allowed
  result<void> add(const fault_rule& rule);

  // -- for tapped actors ---------------------------------------------------------------------------------

  enum class passage : std::uint8_t { once, twice, never };
  struct encounter {
    passage how = passage::once;
    /// The message's number; messages are numbered while somebody watches.
    std::uint64_t index = 0;
  };

  void enter(caf::abstract_actor& actor, const std::string& name);
  void leave(caf::actor_id id);
  /// `what` is about to reach `receiver`; it is taken from there when it is held up.
  encounter meet(caf::abstract_actor& receiver, const std::string& name, caf::mailbox_element_ptr& what);

  /// The actor of this name that entered last; none when it is gone.
  caf::strong_actor_ptr find(const std::string& name);

  /// The name of an actor; `outside:N` for one that has not entered, the same each time.
  std::string name_of(const caf::strong_actor_ptr& actor);

  /// Who said what is due now, to whoever hears it: itself, or who said it when it was held up.
  std::string who_said(const caf::mailbox_element& due);

 private:
  using request_key = std::pair<caf::actor_id, std::uint64_t>;

  /// Not under the guard: it may be the last to let go of an actor, which then leaves.
  recorded_message describe(const std::string& receiver, const caf::mailbox_element& what);
  /// Dates and numbers it, and ties an answer to what it answers.
  void number(recorded_message& record, caf::abstract_actor& receiver, const caf::mailbox_element& what);
  message_verdict verdict_on(const recorded_message& record);

  /// Somebody watches, or a message may meet a fault.
  std::atomic<bool> active_ = false;
  std::mutex guard_;
  observer observer_;
  judge judge_;
  fault_plan plan_;
  bool faults_allowed_ = false;
  bool begun_ = false;
  duration began_{};
  std::uint64_t next_ = 0;
  std::unordered_map<caf::actor_id, std::string> names_;
  std::map<std::string, caf::weak_actor_ptr> entered_;
  /// By node and id: actors of other nodes have ids of their own.
  std::map<std::string, std::string> outsiders_;
  std::map<request_key, std::uint64_t> asked_;
  /// Messages that were held up and are on their way again, with who said them.
  std::map<const caf::mailbox_element*, std::string> released_;
};

/// Gives `system`, which must be set up by ecco's `system_config`, a tap; actors that are spawned later meet it.
void attach_tap(caf::actor_system& system, std::shared_ptr<tap> with);
std::shared_ptr<tap> tap_of(const caf::actor_system& system);

namespace detail {

/// Which tapped actor runs on this thread: what is sent meanwhile is said by it.
class running_actor {
 public:
  explicit running_actor(const std::string* name) : before_(std::exchange(current, name)) {}
  ~running_actor() { current = before_; }
  running_actor(const running_actor&) = delete;
  running_actor& operator=(const running_actor&) = delete;

  static thread_local const std::string* current;

 private:
  const std::string* before_;
};

/// `Actor`, whose messages pass the tap.
template <class Actor>
class tapped : public Actor {
 public:
  tapped(caf::actor_config& config, std::shared_ptr<tap> through, std::string name,
         caf::actor_config::init_fun_type begin)
      : Actor(with(config, std::move(begin))), through_(std::move(through)), name_(std::move(name)) {
    through_->enter(*this, name_);
  }

  ~tapped() override { through_->leave(this->id()); }

  using Actor::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* unit) override {
    const auto met = through_->meet(*this, name_, what);
    if (met.how == tap::passage::never)
      return;
    if (met.how == tap::passage::twice)
      Actor::enqueue(caf::make_mailbox_element(what->sender, what->mid, what->stages, what->copy_content_to_message()),
                     unit);
    Actor::enqueue(std::move(what), unit);
  }

  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t most) override {
    const running_actor mark{&name_};
    return Actor::resume(unit, most);
  }

 private:
  static caf::actor_config& with(caf::actor_config& config, caf::actor_config::init_fun_type begin) {
    config.init_fun = std::move(begin);
    return config;
  }

  std::shared_ptr<tap> through_;
  std::string name_;
};

inline caf::actor_system& system_of(caf::actor_system& system) {
  return system;
}
inline caf::actor_system& system_of(caf::local_actor& actor) {
  return actor.system();
}

} // namespace detail

/// `by.spawn<Options>(fun, arguments...)`, of an actor that recordings and faults know by `name`.
template <caf::spawn_options Options = caf::no_spawn_options, class Spawner, class F, class... Ts>
auto spawn_named(Spawner& by, std::string name, F fun, Ts&&... arguments) {
  using actor = caf::infer_impl_from_fun_t<F>;
  auto through = tap_of(detail::system_of(by));
  if (!through)
    return by.template spawn<Options>(fun, std::forward<Ts>(arguments)...);
  caf::detail::init_fun_factory<actor, F> begin;
  return by.template spawn<detail::tapped<actor>, Options>(std::move(through), std::move(name),
                                                           begin(std::move(fun), std::forward<Ts>(arguments)...));
}

} // namespace ecco
