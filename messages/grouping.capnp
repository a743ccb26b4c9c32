# SPDX-License-Identifier: Apache-2.0
@0xf75137c713577434;
# Who learns with whom.
#
# A camera whose student got worse sends a `RetrainRequest`. The *grouper* puts it into the *group* whose model
# suits it best, or opens a new group; each group has one retraining *job*. At the end of each window the
# grouper looks at every member again, and takes out those that the shared model no longer fits: they ask anew.
#
# Orders (`JoinOrder`, `LeaveOrder`, `SubsampleOrder`) say what to do; events (`RegroupEvent`, `JobStarted`,
# `JobEnded`, `WindowClosed`) say what has happened. The orders for one group arrive in the order they were
# sent; a repeated order changes nothing.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using import "ids.capnp".CameraId;
using import "ids.capnp".Fraction;
using import "ids.capnp".GroupId;
using import "ids.capnp".Nanoseconds;
using import "ids.capnp".RequestId;
using import "ids.capnp".WindowNumber;
using import "model.capnp".GateEvidence;
using import "model.capnp".ModelRef;

struct Location {
  # Where a camera is, WGS 84.

  latitude @0 :Float64;
  # Degrees north, -90 to 90.

  longitude @1 :Float64;
  # Degrees east, -180 to 180.
}

enum RequestReason {
  drift @0;
  # The camera's own drift test fired.

  regroup @1;
  # The grouper took the camera out of a group it no longer fits.

  injected @2;
  # A person or a script asked (`ecco inject`).
}

struct RetrainRequest {
  # camera -> grouper: my student got worse. Answered by `RequestAnswer`.

  id @0 :RequestId;

  camera @1 :CameraId;

  place @2 :Location;

  age @3 :Nanoseconds;
  # How long ago the drift was noticed.

  reason @4 :RequestReason;

  model @5 :ModelRef;
  # What the camera runs now; the grouper scores it on the same frames as the candidate groups.
}

struct RequestAnswer {
  # grouper -> camera: where the request went, and why there.

  id @0 :RequestId;

  group @1 :GroupId;
  # 0, which is none, when the teacher's labels show no drift: the camera keeps its model.

  joined @2 :Bool;
  # False when the group was opened for this request.

  why @3 :Text;
  # One sentence for people. At most 1 MiB.
}

struct SubsampleOrder {
  # grouper -> ingest: hand over labelled frames. Answered by `SampleBatch`.

  since @0 :Nanoseconds;
  # Only frames younger than this age,

  atLeast @1 :UInt32;
  # and at least so many of them when that many arrive within the ingest's patience.
}

struct JoinOrder {
  # grouper -> group_job and its ingest: the camera learns here from now on.

  group @0 :GroupId;

  camera @1 :CameraId;

  since @2 :Nanoseconds;
  # Frames older than this age show the world before the drift.

  evidence @3 :GateEvidence;
  # How the group's model and the camera's own do on the frames that decided. Missing when none were compared.

  renew @4 :Bool;
  # The camera is a member already, and drifted with its whole group: frames of it from before `since` are dropped.
}

struct LeaveOrder {
  # grouper -> group_job and its ingest: the camera is no longer a member.

  group @0 :GroupId;
  camera @1 :CameraId;
}

enum RegroupKind {
  opened @0;
  joined @1;
  left @2;
  ended @3;
}

struct RegroupEvent {
  # grouper -> camera, telemetry: membership changed.

  kind @0 :RegroupKind;

  camera @1 :CameraId;
  # Who opened, joined or left; may be empty when the group ended.

  group @2 :GroupId;

  window @3 :WindowNumber;

  why @4 :Text;
  # One sentence for people. At most 1 MiB.
}

struct JobStarted {
  # group_job -> allocator: a job has samples and may be granted time.

  group @0 :GroupId;
  members @1 :UInt32;
}

struct JobEnded {
  # grouper -> allocator: the job is over; nothing is granted to it any more.

  group @0 :GroupId;
}

struct JobStanding {
  # One job's standing when a window closed.

  group @0 :GroupId;

  grants @1 :UInt32;
  # Micro-windows it was granted in this window.

  accuracy @2 :Fraction;
  # Mean of its members' `map50`. NaN when no member has a score.

  gain @3 :Float64;
  # Significant gain over the window, -1 to 1. NaN when the job got no grant.
}

struct WindowClosed {
  # allocator -> grouper: a window is over. The next opens when the grouper has answered.

  window @0 :WindowNumber;
  jobs @1 :List(JobStanding);
}
