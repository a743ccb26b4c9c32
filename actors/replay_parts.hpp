// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <caf/actor_system.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>

#include "actors/tap.hpp"
#include "messages/recording.hpp"
#include "runtime/net/media_link.hpp"

// What a replay (replay.hpp) is made of besides the server.

namespace ecco {

/// Stands for an actor outside the server: takes whatever it is sent, says nothing, and can die.
class puppet {
 public:
  virtual ~puppet() = default;

  virtual caf::strong_actor_ptr handle() = 0;
  /// The question that the tap has numbered `met` is the recording's number `recorded`.
  virtual void bind(std::uint64_t met, std::uint64_t recorded) = 0;
  /// A question by the recording's number; each can be had once.
  virtual std::optional<caf::message_id> take(std::uint64_t recorded) = 0;
  /// Whoever monitors it hears so.
  virtual void die(const caf::error& why) = 0;
  virtual bool is_dead() const = 0;
};

std::shared_ptr<puppet> make_puppet(caf::actor_system& system, std::shared_ptr<tap> through, const std::string& name);

/// Admits everybody; nothing ever comes.
std::shared_ptr<media_receiver> make_deaf_receiver(std::uint16_t port);

/// A recorded message as CAF carries it. `handle_of` finds the actors that it introduces.
/// @returns `unsupported` for one that cannot be made again, because more was said than a recording has
result<caf::message> message_of(const recorded_message& record,
                                const std::function<caf::strong_actor_ptr(const std::string&)>& handle_of);

/// Why an actor ended, from how recordings say it.
caf::error reason_of(const std::string& detail);

} // namespace ecco
