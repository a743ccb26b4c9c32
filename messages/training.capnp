# SPDX-License-Identifier: Apache-2.0
@0x808db48fbbd3912b;
# Labelling, training and scoring: the work that GPU time is spent on.
#
# The *allocator* cuts a window into *micro-windows* and grants them to jobs one by one, always where the last
# slices gained most. A *group_job* turns each grant into a `TrainOrder` for the *gpu_worker* that is held free
# for it. The worker keeps the state of the jobs it has served; the job keeps a checkpoint, so that a worker
# that dies costs at most one micro-window.
#
# Every order is answered by exactly one report or by an `Error`. Between one job and one worker there is at
# most one `TrainOrder` under way.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using import "detection.capnp".Frame;
using import "detection.capnp".Label;
using import "detection.capnp".LabelledFrame;
using import "ids.capnp".CameraId;
using import "ids.capnp".Epoch;
using import "ids.capnp".Fraction;
using import "ids.capnp".GroupId;
using import "ids.capnp".Nanoseconds;
using import "ids.capnp".Revision;
using import "ids.capnp".WindowNumber;
using import "ids.capnp".WorkerId;
using import "model.capnp".CameraScore;
using import "model.capnp".ModelRef;
using import "model.capnp".ModelUpdate;

struct SampleBatch {
  # ingest -> group_job: fresh labelled frames of one member, of any role.

  camera @0 :CameraId;

  frames @1 :List(LabelledFrame);
  # All of `camera`.

  usual @2 :Fraction;
  # In an answer to `SubsampleOrder`: what the deployed model usually has in mAP@0.5 on the camera's probes; 0 when
  # that is not known.
}

struct LabelOrder {
  # ingest -> gpu_worker: let the teacher label these frames. Answered by `Labels`.

  frames @0 :List(Frame);
}

struct Labels {
  # gpu_worker -> ingest.

  frames @0 :List(List(Label));
  # One list a frame, in the order of the `LabelOrder`.

  busy @1 :Nanoseconds;
  # GPU time it took.
}

struct MicroWindowGrant {
  # allocator -> group_job: the device is yours for one slice. Answered by `MicroWindowReport`.

  term @0 :Epoch;

  window @1 :WindowNumber;

  index @2 :UInt32;
  # Counts grants within the window from 0.

  group @3 :GroupId;

  worker @4 :WorkerId;
  # The worker that is held free for it; empty when any will do.

  slice @5 :Nanoseconds;
  # GPU time of the slice on each worker, evaluation included.

  others @6 :List(WorkerId);
  # Workers held free as well, to train along with `worker`; empty when it trains alone.

  token @7 :UInt64;
  # Of the `Rendezvous` they meet at.
}

struct Rendezvous {
  # Where devices meet that train one job together, data-parallel. Those of one token are one process group, which
  # they keep from one order to the next; a new token means that they are no longer the same.

  token @0 :UInt64;
  # Drawn by the allocator, hard to guess.

  rank @1 :UInt16;
  # Below `size`. Rank 0 brings the state, tells how long to go on, scores, and reports; the others train.

  size @2 :UInt16 = 1;
  # Number of devices, at least 1. With 1 the device trains alone.
}

struct TimeSpent {
  # Where the time of a micro-window went.

  training @0 :Nanoseconds;

  evaluation @1 :Nanoseconds;

  other @2 :Nanoseconds;
  # Decoding orders, moving state in and out, waiting.
}

struct MicroWindowReport {
  # group_job -> allocator: what the slice achieved.

  term @0 :Epoch;
  # This and the next four as in the grant.

  window @1 :WindowNumber;
  index @2 :UInt32;
  group @3 :GroupId;
  worker @4 :WorkerId;

  accuracyBefore @5 :Fraction;
  # Mean of `map50` over the members that have a score, before training. NaN when unknown.

  accuracyAfter @6 :Fraction;
  # The same after training. NaN when unknown.

  standardError @7 :Float64;
  # Standard error of their difference; not negative. NaN when unknown.

  members @8 :List(CameraScore);

  images @9 :UInt32;
  # Images trained on, repetitions counted.

  loss @10 :Float64;
  # Mean training loss; finite.

  spent @11 :TimeSpent;
  # By all its devices together.

  pixels @12 :UInt64;
  # Of the images, as the network sees them.
}

struct TrainOrder {
  # group_job -> gpu_worker: train for one slice. Answered by `TrainReport`. A worker that does not hold the
  # state `base` answers `stale`, and the job sends the order again with its checkpoint and all its samples.

  group @0 :GroupId;

  worker @1 :WorkerId;
  # As in the grant.

  base @2 :UInt32;
  # Number of micro-windows the job's state has behind it.

  fromScratch @3 :Bool;
  # True when `checkpoint` and `samples` are complete, so that nothing kept before counts.

  checkpoint @4 :Data;
  # Weights, EMA, optimiser moments and counters; empty unless `fromScratch`.

  samples @5 :List(LabelledFrame);
  # Labelled frames the worker does not have yet, of both roles.

  members @6 :List(CameraId);
  # Cameras whose samples count; those of others are dropped from the worker's replay.

  slice @7 :Nanoseconds;
  # GPU time to spend, evaluation included.

  seed @8 :UInt64;
  # Of the order in which samples are drawn and of their augmentation.

  together @9 :Rendezvous;
  # With whom to train. What every rank is sent must be equal but for `rank`, `worker`, and what it has already.
}

struct TrainReport {
  # gpu_worker -> group_job: the state after the slice.

  group @0 :GroupId;

  state @1 :UInt32;
  # `base` of the order plus one.

  checkpoint @2 :Data;

  weights @3 :Data;
  # The averaged (EMA) student, ready to deploy, in safetensors. Ranks other than 0 send neither: it would be the same.

  before @4 :List(CameraScore);
  after @5 :List(CameraScore);
  # One score a member that has held-out frames.

  images @6 :UInt32;
  # Images trained on, repetitions counted.

  loss @7 :Float64;
  # Mean training loss; finite.

  spent @8 :TimeSpent;

  pixels @9 :UInt64;
  # Of the images, as the network sees them, padding included.
}

struct EvalOrder {
  # Scores weights on labelled frames. Answered by `EvalReport`.

  weights @0 :Data;
  # In safetensors. Empty in an order to a group_job: its own are meant.

  frames @1 :List(LabelledFrame);
  # Empty in an order to a group_job: its members' held-out frames are meant.

  features @2 :Bool;
  # Tell the frames' pooled features, too.
}

struct EvalReport {
  scores @0 :List(CameraScore);
  # One score a camera that has frames in the order.

  busy @1 :Nanoseconds;
  # GPU time it took.

  features @2 :List(List(Float32));
  # When they were asked for: one list a frame, in the order of the frames, of at most 4 096 numbers.

  others @3 :List(CameraScore);
  # In the answer to `WindowClosed`: the model that each member runs, on the same frames, where that was scored.
}

struct ExpertQuery {
  # grouper -> model_store: was anything learnt before that serves this camera better than what it runs? Answered by
  # the `ModelUpdate` that training is to begin from.
  # grouper -> group_job -> model_store: all members drifted together; was anything learnt before that serves them
  # better than what the job has?

  camera @0 :CameraId;
  # Empty when it is about a group.

  revision @1 :Revision;
  # What the camera runs; 0 for what it should run.

  frames @2 :List(LabelledFrame);
  # Of the drifted scenes.

  own @3 :ModelUpdate;
  # About a group: what its job has. Nobody is given what is found.
}

struct ArchiveOrder {
  # group_job -> model_store: the group is over; this is the best it had.

  group @0 :GroupId;
  window @1 :WindowNumber;

  parent @2 :ModelRef;
  # The model that training began from, or was deployed last.

  weights @3 :Data;
  # In safetensors.

  frames @4 :List(LabelledFrame);
  # Held-out frames of its members, from when the weights were measured.
}
