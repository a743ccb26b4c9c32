# SPDX-License-Identifier: Apache-2.0
@0xefbcd12bf64ba8ad;
# Models: how good they are, and how they travel from a group's job through the model store to the cameras.
#
# A job sends a `ModelCandidate`; the store gives it a revision, compares it with what each member runs (the
# *gate*), sends a `ModelUpdate` to the members it helps and answers with a `GateVerdict`. A camera confirms
# with a `ModelAck` once the model runs. An update may be repeated: a camera that runs the revision already
# only confirms it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using import "ids.capnp".CameraId;
using import "ids.capnp".Fraction;
using import "ids.capnp".GroupId;
using import "ids.capnp".Revision;
using import "ids.capnp".WindowNumber;

struct ModelRef {
  # Names one immutable set of weights.

  revision @0 :Revision;

  sha256 @1 :Text;
  # SHA-256 of the weights, 64 lower-case hexadecimal digits; empty when there are no weights.
}

struct ModelUpdate {
  # model_store -> camera: run this from now on. Answered by `ModelAck`.

  model @0 :ModelRef;

  weights @1 :Data;
  # The student's weights in safetensors.
}

struct ModelAck {
  # camera -> model_store: what the camera runs now.

  camera @0 :CameraId;
  model @1 :ModelRef;
}

struct CameraScore {
  # How well one model does on one camera's held-out frames, against the teacher's labels.

  camera @0 :CameraId;

  map50 @1 :Fraction;
  # COCO average precision at IoU 0.5, of the masks for a student with masks, else of the boxes. NaN when there is no
  # object among the frames.

  map @2 :Fraction;
  # COCO average precision over IoU 0.5:0.05:0.95. NaN when there is no object among the frames.

  standardError @3 :Float64;
  # Standard error of `map50`, by resampling segments; not negative. NaN when unknown.

  frames @4 :UInt32;
  # Frames scored,

  objects @5 :UInt32;
  # and the labelled objects in them.
}

struct MemoryScore {
  # What a candidate remembers, on held-out frames from before the camera's drift.

  candidate @0 :CameraScore;

  usual @1 :CameraScore;
  # Of what the camera ran then.
}

struct GateEvidence {
  # A member's score under the candidate and under what it runs now, on the same held-out frames.

  candidate @0 :CameraScore;
  deployed @1 :CameraScore;

  beforeDrift @2 :MemoryScore;
  # Missing when nobody measured it, or there are no such frames.

  revision @3 :Revision;
  # What `deployed` is of; 0 when that is not known.
}

struct ModelCandidate {
  # group_job -> model_store: weights worth deploying. Answered by `GateVerdict`.

  group @0 :GroupId;
  window @1 :WindowNumber;

  parent @2 :ModelRef;
  # The model that training began from.

  weights @3 :Data;
  # The student's weights in safetensors.

  members @4 :List(GateEvidence);
  # One entry a member, at most 65 536.
}

struct GateVerdict {
  # model_store -> group_job: the revision the candidate became, and who got it.

  model @0 :ModelRef;
  deployed @1 :List(CameraId);
  refused @2 :List(CameraId);
}

struct ModelQuery {
  # Asks the model_store for weights. Answered by `ModelUpdate`.

  revision @0 :Revision;
  # The revision wanted; 0 for what `camera` should run.

  camera @1 :CameraId;
  # May be empty when a revision is given.

  nameOnly @2 :Bool;
  # The answer holds no weights.
}

struct RollbackOrder {
  # Returns every camera that runs a model of a group to the revision it ran before its newest one. Answered by
  # `GateVerdict`.

  group @0 :GroupId;

  camera @1 :CameraId;
  # Only this one; empty for all.

  why @2 :Text;
  # Told with it; may be empty.
}
