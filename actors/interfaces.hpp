// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/wire.hpp"
#include "messages/kept_frames.hpp"

// Everything that is said between actors, one comment a handler. Read it and the whole flow is there: a camera
// says hello at the RECEPTION, sends video to its INGEST, asks the GROUPER to be retrained; the ALLOCATOR grants
// micro-windows to the GROUP JOBs, which train on the GPU WORKERs; the MODEL STORE gives what was learnt back to
// the cameras. Handlers marked INTERNAL are only sent by the actor to itself. An interface stands after those
// whose handles it passes on.

CAF_BEGIN_TYPE_ID_BLOCK(ecco_atoms, 300)
  // Sent by an actor to itself when something is due.
  CAF_ADD_ATOM(ecco_atoms, ecco, due_atom, "due")
  // A window ends.
  CAF_ADD_ATOM(ecco_atoms, ecco, close_atom, "close")
  // The other node is gone.
  CAF_ADD_ATOM(ecco_atoms, ecco, adrift_atom, "adrift")
CAF_END_TYPE_ID_BLOCK(ecco_atoms)

namespace ecco {

template <class... Ts>
using tells = caf::reacts_to<Ts...>;
template <class... Ts>
using asks = caf::replies_to<Ts...>;

/// Who must know where cameras are, in which group they take themselves to be, and what they run.
using whereabouts_actor = caf::typed_actor<
  // TELEMETRY: that changed, or some time has passed.
  tells<camera_status>>;

/// What everybody may see: events and statuses, in order.
using telemetry_actor = caf::typed_actor<
  // Anybody: this happened.
  tells<event>,
  // CAMERA, INGEST: how it goes.
  tells<camera_status>, tells<arrival_report>,
  // RECEPTION: cameras and their accuracy.
  asks<status_query>::with<status_report>,
  // UPLINK: the server's TELEMETRY; what is said on this node goes there too.
  tells<caf::strong_actor_ptr>,
  // RECEPTION: the GROUPER and the MODEL STORE hear where cameras are, in which group, and what they run.
  tells<whereabouts_actor>>;

/// Who knows the exact truth: it tells TELEMETRY of it, and nobody who decides.
using truth_judge_actor = caf::typed_actor<
  // INGEST: a camera's newest held-out frames, on which its deployed model was just scored.
  tells<sample_batch>>;

/// One device (a thread of its own), or the stand-in of one on another host.
using gpu_worker_actor = caf::typed_actor<
  // INGEST: label with the teacher.
  asks<label_order>::with<labels>,
  // GROUP JOB: train for one slice.
  asks<train_order>::with<train_report>,
  // GROUP JOB: score weights on frames.
  asks<eval_order>::with<eval_report>,
  // ALLOCATOR: drop what you keep of this job.
  tells<job_ended>,
  // INTERNAL: an answer's time has come.
  tells<due_atom>>;

/// Who scores weights.
using scorer_actor = caf::typed_actor<asks<eval_order>::with<eval_report>>;

/// One group's retraining: its samples, its state, its accuracy.
using group_job_actor = caf::typed_actor<
  // GROUPER: this camera is a member from now on, or one whose old frames do not count any more; is none any more.
  tells<join_order>, tells<leave_order>,
  // INGEST: fresh labelled frames of a member.
  tells<sample_batch>,
  // ALLOCATOR: train for one slice on the worker that is held free.
  asks<micro_window_grant>::with<micro_window_report>,
  // GROUPER: score your model on these frames. Another GROUP JOB: score mine on your members' held-out frames.
  asks<eval_order>::with<eval_report>,
  // GROUPER: have your model scored on the held-out frames of that other GROUP JOB.
  asks<eval_order, scorer_actor>::with<eval_report>,
  // GROUPER: your members drifted all together, before they came or since, and these frames show it. What you knew is
  // for the zoo to keep; where the zoo knows better, go on from there.
  tells<expert_query>,
  // GROUPER: the window is over: score your model on every member, and propose it for deployment.
  asks<window_closed>::with<eval_report>>;

/// Where a camera asks to be retrained.
using request_desk_actor = caf::typed_actor<
  // CAMERA: my student got worse. INGEST: it did, and does not know.
  asks<retrain_request>::with<request_answer>>;

/// The camera: infers on every picture, notices drift, sends what its plan says.
using camera_actor = caf::typed_actor<
  // MODEL STORE: run this model from the next picture on.
  asks<model_update>::with<model_ack>,
  // GROUPER: what your group may expect of this window.
  tells<gpu_share>,
  // GROUPER, or INGEST where the scene decides (AMS): send this much from now on.
  tells<sampling_plan>,
  // RATE DIVIDER: compete this hard for the uplink.
  tells<rate_plan>,
  // GROUPER: you joined or left a group.
  tells<regroup_event>,
  // UPLINK: the server is there, this is where to send; it is gone.
  tells<camera_welcome, request_desk_actor, telemetry_actor>, tells<adrift_atom>,
  // INTERNAL: the next picture is due; ask again for what was not answered.
  tells<due_atom>, tells<due_atom, retrain_request>>;

/// How hard each camera competes for the uplink: by its group's share of the GPU, corrected by what arrives.
using rate_divider_actor = caf::typed_actor<
  // GROUPER: this camera is a member from now on; is none any more.
  tells<join_order>, tells<leave_order>,
  // GROUPER: how a group's share of this window looks.
  tells<gpu_share>,
  // INGEST: what arrived of one camera.
  tells<arrival_report>,
  // RECEPTION: a camera is there (again).
  tells<camera_hello, camera_actor>,
  // INTERNAL: tell the cameras what changed.
  tells<due_atom>>;

/// A segment with what the teacher said of its frames, or that a camera joined a group.
using archive_content = std::variant<labelled_segment, kept_joining>;

/// What a server's archive is to keep. Never leaves the process.
struct archive_entry {
  /// Its times are set when it is kept: the clock of the files is not the actors'.
  std::shared_ptr<const archive_content> content;
  /// By the actors' clock: when the segment arrived, or since when the camera's frames went along into the group.
  duration at{};
};

/// The disk's side of the archive: a thread of its own, which a slow disk may hold up.
using archive_writer_actor = caf::typed_actor<
  // ARCHIVIST: keep this; answered with the same when the system has taken it.
  asks<archive_entry>::with<archive_entry>>;

/// Keeps labelled frames, and lets nobody wait for the disk.
using archivist_actor = caf::typed_actor<
  // INGEST: keep this.
  tells<archive_entry>,
  // INTERNAL: the disk had long enough to take what was left at the end.
  tells<due_atom>>;

/// One camera's video on the server: decoded, labelled, scored, handed to the camera's group.
using ingest_actor = caf::typed_actor<
  // MEDIA LINK: one second of video.
  tells<encoded_segment>,
  // GROUPER: labelled frames of the drifted scene, please.
  asks<subsample_order>::with<sample_batch>,
  // GROUPER: frames go to this GROUP JOB from now on, or once more those since its drift; to none any more.
  tells<join_order, group_job_actor>, tells<leave_order>,
  // RECEPTION: the camera is there (again); this is where to ask for it when its probes show drift.
  tells<camera_hello, request_desk_actor>,
  // RECEPTION: this is the camera, to be told how much to send when that depends on what its video shows.
  tells<camera_actor>,
  // RECEPTION: who else wants to know what arrives.
  tells<rate_divider_actor>,
  // INTERNAL: label what waits, give up on subsamples that did not come.
  tells<due_atom>>;

/// Who learns with whom.
using grouper_actor = request_desk_actor::extend<
  // RECEPTION: a camera is there (again).
  tells<camera_hello, camera_actor, ingest_actor>,
  // SUPERVISOR: whom to tell of members and shares.
  tells<rate_divider_actor>,
  // ALLOCATOR: how the shares of this window look; told on to the members.
  tells<gpu_share>,
  // ALLOCATOR: the window is over; answered when all groups are settled, with every member's score.
  asks<window_closed>::with<eval_report>,
  // TELEMETRY: where the camera is, and the group it takes itself to be in.
  tells<camera_status>,
  // RECEPTION: groups and members.
  asks<status_query>::with<status_report>,
  // INTERNAL: the cameras had time to say hello; the bootstrap begins.
  tells<due_atom>>;

/// The window clock and the division of the GPU. All work for devices passes through it, because it alone
/// knows which are free.
using allocator_actor = caf::typed_actor<
  // RECEPTION: a device is ready for work.
  tells<worker_hello, gpu_worker_actor>,
  // INGEST, GROUP JOB: passed on to the device named, or to the least busy one.
  asks<label_order>::with<labels>, asks<train_order>::with<train_report>, asks<eval_order>::with<eval_report>,
  // SUPERVISOR: whom to tell of windows and shares.
  tells<grouper_actor>,
  // GROUP JOB: it has something to train on, or its number of members changed. GROUPER: it is over.
  tells<job_started, group_job_actor>, tells<job_ended>,
  // RECEPTION: windows, shares and workers.
  asks<status_query>::with<status_report>,
  // INTERNAL: grant what can be granted; the window's time is over.
  tells<due_atom>, tells<close_atom, std::uint32_t>>;

/// Every set of weights with its lineage, and what each camera runs.
using model_store_actor = caf::typed_actor<
  // GROUP JOB: deploy this where it is better.
  asks<model_candidate>::with<gate_verdict>,
  // GROUPER: weights of a revision, or of a camera.
  asks<model_query>::with<model_update>,
  // A person, or a GROUP JOB that regrets: back to the revision before.
  asks<rollback_order>::with<gate_verdict>,
  // GROUPER: has the zoo something better for this camera to begin with? The camera is given it at once.
  // GROUP JOB: has it something better than my own model for these frames of my members? Nobody is given it.
  asks<expert_query>::with<model_update>,
  // GROUP JOB: keep this in the zoo if it is worth it.
  tells<archive_order>,
  // RECEPTION: a camera is there (again), running what its hello says.
  tells<camera_hello, camera_actor>,
  // TELEMETRY: what the camera runs.
  tells<camera_status>>;

/// A message on its way through a courier, with how long its answer may take. Never leaves the process.
struct parcel {
  std::shared_ptr<const envelope> message;
  duration patience{};
};

/// One end of a connection between two nodes: carries messages of any size to the peer's courier in chunks of at
/// most 64 KiB, a few at a time, and brings the answers back. Local actors use it through stand-ins.
using courier_actor = caf::typed_actor<
  // The peer's courier: a part of a message. The ack is the credit for the next.
  asks<chunk>::with<chunk_ack>,
  // Stand-ins: carry this over and bring the answer back.
  asks<parcel>::with<parcel>,
  // UPLINK: this is your peer's courier.
  tells<caf::strong_actor_ptr>>;

/// The server's front door.
using reception_actor = caf::typed_actor<
  // A node introduces a device that sits behind a courier; the answer names the courier at this end.
  asks<camera_hello, courier_actor>::with<camera_welcome, courier_actor, request_desk_actor, telemetry_actor>,
  asks<worker_hello, courier_actor>::with<worker_welcome, courier_actor, telemetry_actor>,
  // The same within one process.
  asks<camera_hello, camera_actor>::with<camera_welcome, request_desk_actor, telemetry_actor>,
  asks<worker_hello, gpu_worker_actor>::with<worker_welcome, telemetry_actor>,
  // `ecco status`, `ecco inject`.
  asks<status_query>::with<status_report>, asks<inject_order>::with<inject_answer>,
  // GROUPER's job factory: there is a new job, which may be injected into.
  tells<job_started, group_job_actor>>;

} // namespace ecco

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ecco::parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ecco::archive_entry)

CAF_BEGIN_TYPE_ID_BLOCK(ecco_handles, 320)
  CAF_ADD_TYPE_ID(ecco_handles, (ecco::courier_actor))
  CAF_ADD_TYPE_ID(ecco_handles, (ecco::request_desk_actor))
  CAF_ADD_TYPE_ID(ecco_handles, (ecco::telemetry_actor))
CAF_END_TYPE_ID_BLOCK(ecco_handles)
