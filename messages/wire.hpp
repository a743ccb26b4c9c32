// SPDX-License-Identifier: Apache-2.0
// Private to messages/: the one header that shows Cap'n Proto's types. `ecco::wire` holds the types generated
// from the schemas (TitleCase) and the functions between them and our structs.
#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include <capnp/schema.h>

#include "messages/envelope.capnp.h"
#include "messages/envelope.hpp"
#include "messages/error.capnp.h"
#include "messages/grouping.capnp.h"
#include "messages/model.capnp.h"
#include "messages/node.capnp.h"
#include "messages/plan.capnp.h"
#include "messages/segment.capnp.h"
#include "messages/status.capnp.h"
#include "messages/training.capnp.h"

namespace ecco::wire {

/// The schema's struct for each alternative of `envelope`, at the same place.
using messages =
    std::tuple<Error, RetrainRequest, RequestAnswer, SubsampleOrder, JoinOrder, LeaveOrder, RegroupEvent,
               JobStarted, JobEnded, WindowClosed, GpuShare, SamplingPlan, EncodedSegment, SampleBatch,
               LabelOrder, Labels, MicroWindowGrant, MicroWindowReport, TrainOrder, TrainReport, EvalOrder,
               EvalReport, ModelUpdate, ModelAck, ModelCandidate, GateVerdict, ModelQuery, RollbackOrder,
               CameraHello, CameraWelcome, WorkerHello, WorkerWelcome, Chunk, ChunkAck, CameraStatus,
               ArrivalReport, Event, StatusQuery, StatusReport, InjectOrder, InjectAnswer, ExpertQuery, ArchiveOrder,
               RatePlan>;
static_assert(std::tuple_size_v<messages> == std::variant_size_v<envelope>);

/// The field of the union in `Envelope` that holds alternative `index` of `envelope`.
inline capnp::StructSchema::Field union_field(std::size_t index) {
  // Discriminants count in the order of the field numbers, and field numbers in the order of the
  // alternatives.
  return capnp::Schema::from<Envelope>().getUnionFields()[static_cast<unsigned>(index)];
}

/// Bytes that a message under construction has room for but does not hold yet.
struct gap {
  const std::uint8_t* begin;
  std::span<const std::uint8_t> content;
};

/// Writes `from` into `to`. The bytes of blobs are left out and listed in `gaps`, so that the encoder copies
/// them once, straight to where they belong; `from` must outlive their use.
void write(Envelope::Builder to, const envelope& from, std::vector<gap>& gaps);

/// Reads and checks `from`. What is out of range is thrown as an `error`, broken structure as a
/// `kj::Exception`.
envelope read(Envelope::Reader from);

} // namespace ecco::wire
