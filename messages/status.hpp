// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/grouping.hpp"
#include "messages/model.hpp"

namespace ecco {

/// camera -> telemetry, once a second: how it is doing.
struct camera_status {
  camera_id camera;
  model_ref model;
  std::uint64_t frames_seen = 0, frames_sent = 0, bytes_sent = 0;
  /// Of the drift test: 0 calm, 1 alarm; may exceed 1.
  double drift_score = 0;
  /// Mean confidence and number of the student's detections, smoothed.
  double confidence = 0, objects = 0;
  /// Where it is now; nothing from a camera that does not move or does not know.
  std::optional<location> place{};
  /// Bits a second that its rate controller allows; 0 without a link.
  double rate = 0;
  /// The group it was told it is in; 0 when that is none.
  group_id group{};

  friend bool operator==(const camera_status&, const camera_status&) = default;
};

/// ingest -> telemetry: what arrived of one camera since the last report.
struct arrival_report {
  camera_id camera;
  std::uint32_t segments = 0, frames = 0;
  std::uint64_t received = 0;
  duration over{};

  friend bool operator==(const arrival_report&, const arrival_report&) = default;
};

/// Something worth seeing, in the order it happened. `id` is one of the stable ids in
/// runtime/base/event_ids.hpp; fields that do not apply are empty or NaN.
struct event {
  /// Since the node's start.
  duration at{};
  std::string id;
  camera_id camera;
  group_id group;
  worker_id worker;
  window_number window = 0;
  double value = 0;
  std::string text;

  friend bool operator==(const event&, const event&) = default;
};

/// Asks for a `status_report`.
struct status_query {
  friend bool operator==(const status_query&, const status_query&) = default;
};

struct camera_standing {
  camera_status last;
  bool online = false;
  group_id group;
  /// Deployed model on held-out frames; NaN before the first score.
  double map50 = 0;
  /// Bits a second of its video that arrive, over the last ten seconds or so.
  double arriving = 0;
  /// The deployed model, and the teacher's labels, on held-out frames against the exact truth, for people only; nothing
  /// where nobody knows it.
  std::optional<double> truth50{}, teacher50{};

  friend bool operator==(const camera_standing&, const camera_standing&) = default;
};

struct group_standing {
  group_id group;
  std::vector<camera_id> members;
  double map50 = 0;
  double share = 0;
  std::uint32_t grants = 0;

  friend bool operator==(const group_standing&, const group_standing&) = default;
};

struct worker_standing {
  worker_id worker;
  std::string device;
  bool online = false;
  duration busy{};

  friend bool operator==(const worker_standing&, const worker_standing&) = default;
};

/// The whole system at a glance.
struct status_report {
  duration uptime{};
  epoch term;
  window_number window = 0;
  std::uint32_t micro_window = 0;
  std::vector<camera_standing> cameras;
  std::vector<group_standing> groups;
  std::vector<worker_standing> workers;
  /// Names `ecco inject --to` accepts.
  std::vector<std::string> actors;

  friend bool operator==(const status_report&, const status_report&) = default;
};

/// What became of a message on its way: nothing, or an injected fault lost it, held it up, delivered it twice, or lost
/// it and had its receiver die of it.
enum class message_fate : std::uint8_t { delivered = 0, dropped = 1, delayed = 2, duplicated = 3, killed = 4 };

/// One fault to inject: what to do with which messages between two actors.
struct fault_rule {
  /// Not `delivered`.
  message_fate fate = message_fate::dropped;
  /// Names, as recordings have them; one that ends in `*` stands for all that begin so, and an empty one for any.
  std::string kind, sender, receiver;
  /// Only this one of the messages that agree, counted from 1; 0 means each.
  std::uint64_t nth = 0;
  /// Of each message that agrees and is of the number: 0 to 1.
  double probability = 1;
  /// For how long it is held up: more than 0 when `delayed`, else 0.
  duration delay{};

  friend bool operator==(const fault_rule&, const fault_rule&) = default;
};

/// Delivers the message in `json` to the actor named `to`. `json` has one field: the message's name in
/// envelope.capnp, e.g. {"retrainRequest": {...}}. Answered by `inject_answer`.
/// `encoded`, what the codec makes of a message, stands in place of `json` for one that has blobs.
/// With a `fault`, all else is empty: the rule holds from then on, where the server was started with faults allowed.
struct inject_order {
  std::string to;
  std::string json;
  std::optional<fault_rule> fault = std::nullopt;
  blob encoded{};

  friend bool operator==(const inject_order&, const inject_order&) = default;
};

/// The actor's answer as JSON in the same form; empty when the message has none.
struct inject_answer {
  std::string json;

  friend bool operator==(const inject_answer&, const inject_answer&) = default;
};

} // namespace ecco
