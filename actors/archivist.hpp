// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include <caf/error.hpp>

#include "actors/interfaces.hpp"
#include "runtime/store/frame_archive.hpp"

namespace ecco {

/// Spawns the actor that writes, detached when the disk is real.
using archive_writer_factory = std::function<archive_writer_actor(caf::actor_system&)>;

struct archivist_config {
  /// Bytes of entries that may wait for the disk, the one under way included. What does not fit is lost. Some minutes
  /// of a dozen cameras at 500 kbit/s.
  std::size_t most_waiting = 64u << 20;
  /// How long the disk has at the end to take what still waits.
  duration patience = std::chrono::seconds{5};
};

struct archivist_state {
  static constexpr const char* name = "archivist";

  struct waiting_entry {
    archive_entry entry;
    std::size_t bytes = 0;
  };

  explicit archivist_state(archivist_actor::stateful_pointer<archivist_state> selfptr) : self(selfptr) {}

  archivist_actor::behavior_type make_behavior();

  void take(archive_entry entry);
  /// Hands the oldest to the writer, unless one is with it already.
  void write_next();
  /// The writer is done with one; `why` not, if it is not.
  void end(const waiting_entry& one, const std::optional<error>& why);
  void lose(const archive_entry& entry, const error& why);
  /// How many were lost, once that is over.
  void tell_of_losses();
  /// No more comes: waits for the disk, but not for ever.
  void stop(const caf::error& reason);
  void give_up();
  void leave();

  archivist_actor::stateful_pointer<archivist_state> self;
  archivist_config config;
  archive_writer_actor writer;
  telemetry_actor telemetry;
  std::deque<waiting_entry> waiting;
  /// Of what waits and what is under way.
  std::size_t bytes = 0;
  bool writing = false;
  /// Something was lost since everything was kept; frames of it.
  bool losing = false;
  std::uint64_t lost = 0;
  /// Why we are stopping, when we are.
  std::optional<caf::error> stopping;
};

/// Queues labelled frames for the disk, within a bound, in the order in which they come. When the disk is full or too
/// slow, frames are lost, and it is told: when that begins (`frames.unkept`) and, with their number, when the disk has
/// caught up (`frames.kept`), or at the end. Told to exit, it first writes what waits. What waits is gone when the
/// process is killed. (It is spawned without a name, and so is no part of a recording.)
archivist_actor::behavior_type archivist(archivist_actor::stateful_pointer<archivist_state> self,
                                         archivist_config config, archive_writer_factory make_writer,
                                         telemetry_actor telemetry);

/// Writes into the archive, and blocks while the disk does.
archive_writer_actor::behavior_type archive_writer(archive_writer_actor::pointer self,
                                                   std::shared_ptr<frame_archive> archive);

/// What an entry takes, about, in memory or on the disk.
std::size_t bytes_of(const archive_entry& entry);

} // namespace ecco
