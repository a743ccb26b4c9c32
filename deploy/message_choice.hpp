// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "messages/error.hpp"
#include "messages/status.hpp"
#include "runtime/policy/message_filter.hpp"

namespace CLI {
class App;
} // namespace CLI

namespace ecco {

/// Which messages of a recording are meant, as the command line says it.
struct message_choice {
  std::string from, to, kind, sender, receiver, camera, group;
};

/// Adds --from, --to (named `until` where --to means something else), --kind, --sender, --receiver, --camera, --group.
void add_message_choice(CLI::App& app, message_choice& choice, const std::string& until = "--to");

/// @returns `invalid_argument` with the option that is wrong
result<message_filter> filter_of(const message_choice& choice);

/// Reads a fault: what to do (drop, delay, duplicate, kill) and with which messages, `drop kind=trainReport nth=2`,
/// `delay by=500ms sender=camera:*`, `duplicate probability=0.1`, `kill receiver=g-0001 kind=evalOrder`. To kill is to
/// lose the message and to end its receiver.
/// @returns `invalid_argument` with the word that is wrong
result<fault_rule> read_fault(const std::string& text);

} // namespace ecco
