# SPDX-License-Identifier: Apache-2.0
@0xad001007b2ebd97c;
# How the system is doing, for people and for their programs; and messages put in by hand.
#
# Nothing here steers anything: losing a report loses a line of a log, and no decision depends on one.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using import "ids.capnp".CameraId;
using import "ids.capnp".Epoch;
using import "ids.capnp".Fraction;
using import "ids.capnp".GroupId;
using import "ids.capnp".Nanoseconds;
using import "grouping.capnp".Location;
using import "ids.capnp".WindowNumber;
using import "ids.capnp".WorkerId;
using import "model.capnp".ModelRef;

using ActorName = Text;
# What `ecco inject --to` accepts. Not empty.

struct CameraStatus {
  # camera -> telemetry, once a second.

  camera @0 :CameraId;

  model @1 :ModelRef;

  framesSeen @2 :UInt64;
  # This and the next two count from the start of the camera's process.

  framesSent @3 :UInt64;
  bytesSent @4 :UInt64;

  driftScore @5 :Float64;
  # Of the drift test: 0 calm, 1 alarm; may exceed 1, never negative.

  confidence @6 :Fraction;
  # Mean confidence of the student's detections, smoothed.

  objects @7 :Float64;
  # Number of the student's detections a frame, smoothed; not negative.

  place @8 :Location;
  # Where it is now. Missing from a camera that does not move or does not know.

  rate @9 :Float64;
  # Bits a second that its rate controller allows; 0 without a link.

  group @10 :GroupId;
  # The group it was told it is in; 0 when that is none. The server tells it again when it knows better.
}

struct ArrivalReport {
  # ingest -> telemetry: what arrived of one camera since the last report.

  camera @0 :CameraId;

  segments @1 :UInt32;
  frames @2 :UInt32;

  received @3 :UInt64;
  # Bytes,

  over @4 :Nanoseconds;
  # and the time they took.
}

struct Event {
  # Something worth seeing, in the order it happened.

  at @0 :Nanoseconds;
  # Since the node's start.

  id @1 :Text;
  # One of the stable ids in runtime/base/event_ids.hpp; not empty. Which of the fields below apply depends on
  # it; the others are empty, 0 or NaN.

  camera @2 :CameraId;
  group @3 :GroupId;
  worker @4 :WorkerId;
  window @5 :WindowNumber;

  value @6 :Float64;
  # Finite or NaN.

  text @7 :Text;
  # At most 1 MiB.
}

struct StatusQuery {
  # Answered by `StatusReport`.
}

struct CameraStanding {
  last @0 :CameraStatus;

  online @1 :Bool;

  group @2 :GroupId;

  map50 @3 :Fraction;
  # Deployed model on held-out frames. NaN before the first score.

  arriving @4 :Float64;
  # Bits a second of its video that arrive, over the last ten seconds or so; not negative.

  truth50 @5 :Fraction = nan;
  # As map50, but against the exact truth, which no decision sees. NaN where nobody knows it.

  teacher50 @6 :Fraction = nan;
  # The teacher's labels against the same. NaN where nobody knows it.
}

struct GroupStanding {
  group @0 :GroupId;

  members @1 :List(CameraId);

  map50 @2 :Fraction;
  # Mean over the members that have a score. NaN before the first.

  share @3 :Fraction;
  # Of the GPU time.

  grants @4 :UInt32;
  # Micro-windows granted in this window.
}

struct WorkerStanding {
  worker @0 :WorkerId;

  device @1 :Text;

  online @2 :Bool;

  busy @3 :Nanoseconds;
  # GPU time spent since the worker's start.
}

struct StatusReport {
  # The whole system at a glance. Each list has at most 65 536 entries.

  uptime @0 :Nanoseconds;
  term @1 :Epoch;
  window @2 :WindowNumber;
  microWindow @3 :UInt32;
  cameras @4 :List(CameraStanding);
  groups @5 :List(GroupStanding);
  workers @6 :List(WorkerStanding);
  actors @7 :List(ActorName);
}

enum Fate {
  # What became of a message on its way.

  delivered @0;
  dropped @1;
  delayed @2;
  duplicated @3;
  killed @4;
  # Lost, and the receiver died of it.
}

struct FaultRule {
  # One fault to inject: what to do with which messages between two actors.

  fate @0 :Fate = dropped;
  # Not `delivered`.

  kind @1 :Text;
  sender @2 :Text;
  receiver @3 :Text;
  # Names; one that ends in `*` stands for all that begin so. Empty: any.

  nth @4 :UInt64;
  # Only this one of the messages that agree, counted from 1; 0 means each.

  probability @5 :Float64 = 1;
  # Of each message that agrees and is of the number. 0 to 1.

  delay @6 :Nanoseconds;
  # For how long it is held up: more than 0 when `delayed`, else 0.
}

struct InjectOrder {
  # Delivers a message to an actor, for tests and repairs. Answered by `InjectAnswer`.

  to @0 :ActorName;

  json @1 :Text;
  # An `Envelope` as JSON, e.g. {"retrainRequest": {...}}. At most 16 MiB.

  fault @2 :FaultRule;
  # A rule for the server's own messages instead of a message: all else is empty then. Null: none.

  encoded @3 :Data;
  # The message as an encoded `Envelope`, when it holds bytes that JSON cannot carry; `json` is empty then.
}

struct InjectAnswer {
  json @0 :Text;
  # The actor's answer in the same form; empty when the message has none. At most 16 MiB.
}
