// SPDX-License-Identifier: Apache-2.0
#include "actors/replay_parts.hpp"

#include <utility>
#include <variant>

#include <caf/all.hpp>
#include <caf/monitorable_actor.hpp>

#include "actors/failure.hpp"
#include "actors/interfaces.hpp"

namespace ecco {

namespace {

/// The actor behind a puppet: its mailbox is the tap and a list of open questions.
class dummy : public caf::monitorable_actor {
 public:
  dummy(caf::actor_config& config, std::shared_ptr<tap> through, std::string name)
      : monitorable_actor(config), through_(std::move(through)), name_(std::move(name)) {
    through_->enter(*this, name_);
  }

  ~dummy() override { through_->leave(id()); }

  using monitorable_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    // An actor without a name in the recording was not watched either.
    if (name_.starts_with("outside:"))
      return;
    const auto id = what->mid;
    const auto met = through_->meet(*this, name_, what);
    if (id.is_request() && met.how != tap::passage::never)
      questions[met.index] = id;
  }

  std::map<std::uint64_t, caf::message_id> questions;

 private:
  std::shared_ptr<tap> through_;
  std::string name_;
};

class puppet_with_strings final : public puppet {
 public:
  puppet_with_strings(caf::actor_system& system, std::shared_ptr<tap> through, const std::string& name) {
    caf::actor_config config;
    handle_ = caf::make_actor<dummy, caf::strong_actor_ptr>(system.next_actor_id(), system.node(), &system, config,
                                                            std::move(through), name);
  }

  caf::strong_actor_ptr handle() override { return handle_; }

  void bind(std::uint64_t met, std::uint64_t recorded) override {
    auto& questions = inside().questions;
    if (const auto found = questions.find(met); found != questions.end()) {
      bound_[recorded] = found->second;
      questions.erase(found);
    }
  }

  std::optional<caf::message_id> take(std::uint64_t recorded) override {
    const auto found = bound_.find(recorded);
    if (found == bound_.end())
      return std::nullopt;
    return bound_.extract(found).mapped();
  }

  void die(const caf::error& why) override {
    if (!std::exchange(dead_, true))
      inside().cleanup(caf::error{why}, nullptr);
  }

  bool is_dead() const override { return dead_; }

 private:
  dummy& inside() { return static_cast<dummy&>(*handle_->get()); }

  caf::strong_actor_ptr handle_;
  std::map<std::uint64_t, caf::message_id> bound_;
  bool dead_ = false;
};

class deaf_receiver final : public media_receiver {
 public:
  explicit deaf_receiver(std::uint16_t port) : port_(port) {}

  std::uint16_t port() const override { return port_; }
  void admit(const camera_id&, std::uint64_t, segment_handler) override {}
  void dismiss(const camera_id&) override {}

 private:
  std::uint16_t port_;
};

template <class Handle, class Message>
caf::message introduction(const Message& hello, const caf::strong_actor_ptr& who) {
  return caf::make_message(hello, caf::actor_cast<Handle>(who));
}

caf::message with_one_handle(const envelope& message, const std::string& name, const caf::strong_actor_ptr& who) {
  if (const auto* hello = std::get_if<camera_hello>(&message))
    return name.starts_with("camera:") ? introduction<camera_actor>(*hello, who)
                                       : introduction<courier_actor>(*hello, who);
  if (const auto* hello = std::get_if<worker_hello>(&message))
    return name.starts_with("worker:") ? introduction<gpu_worker_actor>(*hello, who)
                                       : introduction<courier_actor>(*hello, who);
  return {};
}

caf::message alone(const envelope& message) {
  return std::visit(
    []<class T>(const T& inside) {
      if constexpr (std::is_same_v<T, error>)
        return caf::make_message(to_caf(inside));
      else
        return caf::make_message(inside);
    },
    message);
}

} // namespace

std::shared_ptr<puppet> make_puppet(caf::actor_system& system, std::shared_ptr<tap> through, const std::string& name) {
  return std::make_shared<puppet_with_strings>(system, std::move(through), name);
}

std::shared_ptr<media_receiver> make_deaf_receiver(std::uint16_t port) {
  return std::make_shared<deaf_receiver>(port);
}

result<caf::message> message_of(const recorded_message& record,
                                const std::function<caf::strong_actor_ptr(const std::string&)>& handle_of) {
  const auto unsupported = [&](const std::string& why) {
    return fail(ec::unsupported,
                "record " + std::to_string(record.index) + ", " + record.kind + " from "
                  + (record.sender.empty() ? "outside" : record.sender) + " to " + record.receiver
                  + ", cannot be sent again: " + why,
                "only what happened within one process can be replayed; `ecco recording show` shows the rest");
  };
  if (record.kind == "exit")
    return caf::make_message(caf::exit_msg{caf::actor_addr{}, reason_of(record.detail)});
  if (record.kind == "done")
    return caf::message{};
  if (!record.unreadable.empty())
    return unsupported(record.unreadable);
  if (record.message && record.detail.empty() && record.handles.empty())
    return alone(*record.message);
  if (record.handles.size() == 1) {
    const auto who = handle_of(record.handles.front());
    auto out = record.message ? with_one_handle(*record.message, record.handles.front(), who) : caf::make_message(who);
    if (!out.empty())
      return out;
  }
  return unsupported("it held more than a message");
}

caf::error reason_of(const std::string& detail) {
  using caf::exit_reason;
  for (const auto reason : {exit_reason::unhandled_exception, exit_reason::unknown, exit_reason::out_of_workers,
                            exit_reason::user_shutdown, exit_reason::kill, exit_reason::remote_link_unreachable,
                            exit_reason::unreachable})
    if (detail == caf::to_string(reason))
      return caf::make_error(reason);
  return {};
}

} // namespace ecco
