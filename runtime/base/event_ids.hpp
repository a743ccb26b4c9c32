// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Values of `event::id` (messages/status.hpp). They are stable: logs, recordings and dashboards know them,
/// so a name once used keeps its meaning. Each comment says what the event's `value` and `text` hold; where
/// it names none, `value` is NaN or `text` is empty. `camera`, `group`, `worker` and `window` are set where
/// they apply.
namespace ecco::event_id {

/// A camera node introduced the camera.
inline constexpr std::string_view camera_online = "camera.online";
/// The camera's node is gone. text: why.
inline constexpr std::string_view camera_offline = "camera.offline";

/// The camera's own test raised the alarm. value: drift score, [0, 1]; text: which of `confidence`, `count`
/// and `features` raised it, or what its probes show.
inline constexpr std::string_view drift_detected = "drift.detected";
/// The teacher's labels show no drift: the alarm was false. text: why.
inline constexpr std::string_view drift_refuted = "drift.refuted";
/// The camera asked for retraining. value: age of its drift in seconds.
inline constexpr std::string_view request_sent = "request.sent";

/// A request opened a group. text: why no other group would do.
inline constexpr std::string_view group_opened = "group.opened";
/// A camera joined a group. value: the group's mAP on the camera's frames less that of the camera's own
/// model; text: why this group.
inline constexpr std::string_view group_joined = "group.joined";
/// A camera left its group. value: the share of its accuracy it had lost; text: why.
inline constexpr std::string_view group_left = "group.left";
/// The whole group drifted: it stays together, and its frames from before do not count any more. value: number of
/// cameras.
inline constexpr std::string_view group_drifted = "group.drifted";
/// Another group joined this one as a whole. value: number of cameras; text: why.
inline constexpr std::string_view group_united = "group.united";
/// Cameras left the group together, for another one that fits them better or for one of their own. value: number of
/// cameras; text: who, and where to.
inline constexpr std::string_view group_split = "group.split";
/// The camera had not heard which group it is in, or that it is in none: it was told again. text: which of them.
inline constexpr std::string_view camera_reminded = "camera.reminded";
/// The group's job is over. value: windows it lived; text: why.
inline constexpr std::string_view group_ended = "group.ended";
/// The group's job died and is started anew from what its members run. text: why.
inline constexpr std::string_view job_lost = "job.lost";

/// value: number of jobs.
inline constexpr std::string_view window_opened = "window.opened";
/// value: micro-windows granted in it.
inline constexpr std::string_view window_closed = "window.closed";

/// A worker is held free for the group. value: length of the slice in seconds.
inline constexpr std::string_view grant_issued = "grant.issued";
/// The slice was used. value: device time in seconds; text: what it achieved.
inline constexpr std::string_view grant_done = "grant.done";
/// The slice came to nothing and is granted again. value: its length in seconds; text: why.
inline constexpr std::string_view grant_lost = "grant.lost";

/// Labelled frames are lost from now on, the camera's first, until the disk has caught up. text: why.
inline constexpr std::string_view frames_unkept = "frames.unkept";
/// The disk has caught up, or the server stops. value: frames lost meanwhile.
inline constexpr std::string_view frames_kept = "frames.kept";

/// The camera's deployed model on its newest held-out frames. value: mAP50, [0, 1]; text: on how much.
inline constexpr std::string_view accuracy_deployed = "accuracy.deployed";
/// The same against the exact truth, where it is known; no decision hears of it. value: mAP50, [0, 1]; text: on how much.
inline constexpr std::string_view accuracy_truth = "accuracy.truth";
/// The teacher's labels on the same frames, all taken for equally sure, against the exact truth. value: mAP50, [0, 1];
/// text: on how much.
inline constexpr std::string_view accuracy_teacher = "accuracy.teacher";
/// The exact truth about the camera's pictures should be known, but cannot be had. text: why.
inline constexpr std::string_view truth_unknown = "truth.unknown";
/// The group's model, mean over its members. value: mAP50, [0, 1].
inline constexpr std::string_view accuracy_group = "accuracy.group";

/// A candidate became a revision. value: revision; text: cameras that get it.
inline constexpr std::string_view model_promoted = "model.promoted";
/// A camera keeps what it has. value: the candidate's mAP50 there; text: why.
inline constexpr std::string_view model_rejected = "model.rejected";
/// A candidate forgot what the camera saw before its drift. value: its mAP50 there; text: what it was and on how much.
inline constexpr std::string_view model_forgot = "model.forgot";
/// A camera was returned to an earlier revision. value: that revision; text: why, unless a person did not say.
inline constexpr std::string_view model_rolled_back = "model.rolled_back";
/// The camera runs the revision. value: revision.
inline constexpr std::string_view model_deployed = "model.deployed";

/// A camera that asked was given a model learnt before; without a camera, the group goes on from one, for its cameras
/// drifted together. value: its revision in the zoo; text: why.
inline constexpr std::string_view zoo_selected = "zoo.selected";
/// What an ended group had learnt is kept in the zoo. value: its revision; text: its mAP50, and who had to go for it.
inline constexpr std::string_view zoo_admitted = "zoo.admitted";
/// It is not kept. value: its mAP50; text: why.
inline constexpr std::string_view zoo_refused = "zoo.refused";

/// A device offered itself. text: `cpu`, `cuda:0`, ...
inline constexpr std::string_view worker_up = "worker.up";
/// The worker's node is gone. text: why.
inline constexpr std::string_view worker_down = "worker.down";

/// A segment could not be used. value: its sequence number; text: why.
inline constexpr std::string_view segment_refused = "segment.refused";
/// A device worked. value: seconds; text: `train`, `evaluate`, `label`, or `other` for what a micro-window took
/// besides; group: of a micro-window.
inline constexpr std::string_view gpu_busy = "gpu.busy";

/// A group, or the whole window, could not be settled at its end; the next window opens all the same. text: why.
inline constexpr std::string_view window_unsettled = "window.unsettled";

/// A request could not be compared with the groups near it, so it opens one of its own. text: why.
inline constexpr std::string_view request_uncompared = "request.uncompared";

/// The camera's scripted filter chain changed: the experiment's drift begins. value: stream time in seconds;
/// text: the chain.
inline constexpr std::string_view drift_injected = "drift.injected";

/// Who learns with whom could not be written: a server that starts anew will know an older state. text: why.
inline constexpr std::string_view seats_unkept = "seats.unkept";

/// A window's device time, told when the next opens. value: seconds of it that the group's micro-windows had;
/// text: what its cameras were told to expect.
inline constexpr std::string_view share_given = "share.given";
/// The same of the whole window. value: seconds that micro-windows had; text: of how much, and what labelling
/// and scoring took.
inline constexpr std::string_view window_accounted = "window.accounted";

/// Cameras of the group were told their share of the window. value: share p, [0, 1].
inline constexpr std::string_view share_announced = "share.announced";

/// What arrived of the cameras in groups, against their shares of the GPU. value: the largest difference of any
/// camera's part of it, [0, 1]; camera: that one; text: both parts.
inline constexpr std::string_view shares_measured = "rate.shares";

/// The group's GPU budget, or how much it buys, changed: the camera sends something else now. text: what.
inline constexpr std::string_view plan_changed = "plan.changed";

/// All cameras learn one first student together. value: seconds it will take; text: how many cameras.
inline constexpr std::string_view bootstrap_started = "bootstrap.started";
/// value: mAP50 of the student, NaN when unknown.
inline constexpr std::string_view bootstrap_ended = "bootstrap.ended";

} // namespace ecco::event_id
