# SPDX-License-Identifier: Apache-2.0
@0xb46edbfa0c1dcb2d;
# ecco's wire format: every message between processes, on the media link, in recordings and in `ecco inject`
# is one `Envelope`.
#
# Each schema file of this folder describes what the C++ header of the same name declares, and opens with the
# words it uses and the order its messages keep. This page is about what they share.
#
# Encoding
# --------
# An envelope is a Cap'n Proto message in the standard stream framing (a segment table, then the segments),
# unpacked, at most 256 MiB. Whatever carries envelopes (a CAF message, a TCP stream, a file) knows where one
# ends, and nothing follows it: `capnp decode --short messages/envelope.capnp Envelope < file` shows one.
#
# As JSON an envelope is an object with one field, the name of the message: {"retrainRequest": {...}}. Field
# names are those of the schemas. Absent fields take their defaults and unknown ones are refused. 64-bit numbers
# may be written as strings; beyond 2^53 they must be. NaN is "NaN". `Data` is shown as its size in bytes, and
# can only be given as 0.
#
# Trust
# -----
# Nothing in an envelope is believed. A reader refuses truncated, oversized or overlapping structures, names,
# sizes and numbers outside the ranges given here, enumerants it does not know, and text that is not UTF-8.
# It names the field: "trainOrder.samples[3].labels[0].where.x1 is nan". Unless a field says otherwise:
# text is at most 1 MiB, a list at most 65 536 entries, and a number is finite.
#
# Order and repetition
# --------------------
# Messages from one actor to another arrive in the order sent, at most once. Those that a sender repeats when
# no answer comes carry an id, and have their effect once. No order holds between different pairs of actors.
#
# Evolution
# ---------
# Peers of different versions talk to each other, and recordings outlive the program that made them. So:
#
# - New fields, enumerants and messages take the next free number. Numbers are never reused, types never change.
# - A field's default is what its absence meant before it existed; a range may be widened, never narrowed.
# - A dead field keeps its number under the name `obsolete...`.
# - Names do not travel, but JSON and error messages show them: they change no more than numbers do.
# - A reader skips fields it does not know, but refuses kinds and enumerants it does not know: send a new one only
#   to a peer known to understand it.
# - A new message is appended to this union and to `ecco::envelope` (messages/envelope.hpp) at the same place;
#   the codec does not compile otherwise.
#
# tests/data/messages holds one encoded message of each kind, made when the kind was new. They must decode to
# the same values for ever.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using Error = import "error.capnp";
using Grouping = import "grouping.capnp";
using Model = import "model.capnp";
using Node = import "node.capnp";
using Plan = import "plan.capnp";
using Segment = import "segment.capnp";
using Status = import "status.capnp";
using Training = import "training.capnp";

struct Envelope {
  union {
    error @0 :Error.Error;
    # The answer to a message that could not be served.

    retrainRequest @1 :Grouping.RetrainRequest;
    requestAnswer @2 :Grouping.RequestAnswer;
    subsampleOrder @3 :Grouping.SubsampleOrder;
    joinOrder @4 :Grouping.JoinOrder;
    leaveOrder @5 :Grouping.LeaveOrder;
    regroupEvent @6 :Grouping.RegroupEvent;
    jobStarted @7 :Grouping.JobStarted;
    jobEnded @8 :Grouping.JobEnded;
    windowClosed @9 :Grouping.WindowClosed;

    gpuShare @10 :Plan.GpuShare;
    samplingPlan @11 :Plan.SamplingPlan;

    encodedSegment @12 :Segment.EncodedSegment;

    sampleBatch @13 :Training.SampleBatch;
    labelOrder @14 :Training.LabelOrder;
    labels @15 :Training.Labels;
    microWindowGrant @16 :Training.MicroWindowGrant;
    microWindowReport @17 :Training.MicroWindowReport;
    trainOrder @18 :Training.TrainOrder;
    trainReport @19 :Training.TrainReport;
    evalOrder @20 :Training.EvalOrder;
    evalReport @21 :Training.EvalReport;

    modelUpdate @22 :Model.ModelUpdate;
    modelAck @23 :Model.ModelAck;
    modelCandidate @24 :Model.ModelCandidate;
    gateVerdict @25 :Model.GateVerdict;
    modelQuery @26 :Model.ModelQuery;
    rollbackOrder @27 :Model.RollbackOrder;

    cameraHello @28 :Node.CameraHello;
    cameraWelcome @29 :Node.CameraWelcome;
    workerHello @30 :Node.WorkerHello;
    workerWelcome @31 :Node.WorkerWelcome;
    chunk @32 :Node.Chunk;
    chunkAck @33 :Node.ChunkAck;

    cameraStatus @34 :Status.CameraStatus;
    arrivalReport @35 :Status.ArrivalReport;
    event @36 :Status.Event;
    statusQuery @37 :Status.StatusQuery;
    statusReport @38 :Status.StatusReport;
    injectOrder @39 :Status.InjectOrder;
    injectAnswer @40 :Status.InjectAnswer;

    expertQuery @41 :Training.ExpertQuery;
    archiveOrder @42 :Training.ArchiveOrder;

    ratePlan @43 :Plan.RatePlan;
  }
}
