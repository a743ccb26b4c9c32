// SPDX-License-Identifier: Apache-2.0
#include "actors/replay_clock.hpp"

#include <utility>

#include <caf/mailbox_element.hpp>

#include "actors/spoken.hpp"

namespace ecco {

namespace {

using clock_type = caf::detail::test_actor_clock;

/// Does what is due look like the message of the recording? Two that look alike come in the order in which they were
/// asked for, and it was one actor that asked.
bool looks_like(const recorded_message& expected, const clock_type::delayed_event& what, tap& through) {
  const auto own = [&](const caf::strong_actor_ptr& whom) {
    const auto name = through.name_of(whom);
    return name == expected.receiver && name == expected.sender;
  };
  switch (what.subtype) {
    case clock_type::actor_msg_type: {
      const auto& message = static_cast<const clock_type::actor_msg&>(what);
      if (through.name_of(message.receiver) != expected.receiver
          || through.who_said(*message.content) != expected.sender)
        return false;
      recorded_message said;
      describe(message.content->content(), said,
               [&](const caf::strong_actor_ptr& actor) { return through.name_of(actor); });
      return said.kind == expected.kind;
    }
    case clock_type::request_timeout_type:
      return expected.kind == "error" && own(static_cast<const clock_type::request_timeout&>(what).self);
    default: return false; // ecco's actors use no others
  }
}

} // namespace

bool deliver_due(clock_type& clock, tap& through, const recorded_message& expected) {
  // The clock shows what is due as const, but is not: there is no other way to choose.
  auto& due = const_cast<clock_type::schedule_map&>(clock.schedule());
  auto found = due.begin();
  while (found != due.end() && found->first <= clock.now() && !looks_like(expected, *found->second, through))
    ++found;
  if (found == due.end() || found->first > clock.now())
    return false;
  if (found != due.begin()) {
    auto node = due.extract(found);
    node.key() = due.begin()->first;
    const auto first = due.insert(due.begin(), std::move(node));
    if (first->second->subtype == clock_type::request_timeout_type)
      first->second->backlink->second = first;
  }
  return clock.trigger_timeout();
}

} // namespace ecco
