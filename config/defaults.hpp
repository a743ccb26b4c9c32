// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "config/allocation_kind.hpp"
#include "config/drift_kind.hpp"
#include "config/gpu_mode.hpp"
#include "config/log_level.hpp"
#include "config/old_conditions.hpp"
#include "config/rate_law.hpp"
#include "config/zoo_mode.hpp"
#include "messages/ids.hpp"

/// Every value ecco takes when nobody says otherwise, and why that one. What a setting means stands in
/// settings.hpp; "[D]" refers to the decisions the paper leaves open.
namespace ecco::defaults {

using namespace std::chrono_literals;

/// Any number will do; a fixed one makes two runs of one file the same.
inline constexpr std::uint64_t seed = 1;

// -- server ------------------------------------------------------------------------------------------------

inline constexpr const char* host = "127.0.0.1";
/// Free of the ports that camera and learning systems are known to use.
inline constexpr std::uint16_t port = 8227, media_port = 8228;
/// Below the working folder.
inline constexpr const char* state = "ecco-state";
/// Workers are processes of their own; one computer that does everything sets 1.
inline constexpr std::uint32_t workers = 0;
inline constexpr log_level log = log_level::info;
/// None: a camera's pictures may show people. Whoever wants them on a disk says so.
inline constexpr std::uint64_t keep_frames = 0;
/// Nobody should be able to break a server that is meant to work.
inline constexpr bool faults = false;

// -- worker ------------------------------------------------------------------------------------------------

inline constexpr const char* worker_name = "gpu0";
inline constexpr const char* device = "cpu";

// -- student and teacher -----------------------------------------------------------------------------------

/// YOLO11 nano, the paper's student.
inline constexpr const char* architecture = "yolo11n";
/// Pixels, both sides: what its public weights were trained at.
inline constexpr std::uint16_t input_side = 640;
/// All that the default teacher knows.
inline constexpr const char* only_class = "person";

/// Frames a second that a label file's frame numbers count.
inline constexpr double labels_fps = 10;
/// A fifth of the picture's height; measured on OpenCV's vtest.avi, as is the threshold (hog_teacher.hpp).
inline constexpr double hog_smallest = 0.2;
/// Distance from the support vector machine's border: on the careful side, for a false label is learned and a missing
/// one only lost.
inline constexpr double hog_threshold = 0.5;
/// Of a network's detections: near where precision and recall of YOLO11 balance; and half of it.
inline constexpr double teacher_least_score = 0.4, teacher_ignore_score = 0.2;

// -- windows -----------------------------------------------------------------------------------------------

/// |T|, as in [D].
inline constexpr duration window_length = 60s;
/// W: 5 s each, so that four groups get three slices a window.
inline constexpr std::uint32_t micro_windows = 12;
/// As in [D]: a nano student is too small to fill several devices, and small batches lose less to waiting when each
/// trains its own job.
inline constexpr gpu_mode mode = gpu_mode::spread;
/// Off: most people bring weights.
inline constexpr duration bootstrap_length = 0s;

// -- policy ------------------------------------------------------------------------------------------------

/// The paper's own; the others are there to be compared with it.
inline constexpr allocation_kind allocation = allocation_kind::ecco;
/// alpha and beta of the objective, as in [D]: a group counts by the square root of its members.
inline constexpr double objective_alpha = 1, objective_beta = 0.5;
/// Metres: a street crossing and the streets that meet there.
inline constexpr double max_distance = 200;
/// Two windows.
inline constexpr duration max_age = 120s;
/// A fifth of its accuracy.
inline constexpr double drop = 0.2;
/// One point of mAP.
inline constexpr double join_margin = 0.01;
/// Frames: fewer make mAP a coin toss.
inline constexpr std::uint32_t subsamples = 32;
/// Windows: the first without gain may be noise, the third hardly.
inline constexpr std::uint32_t converged_windows = 3;
/// Windows: one to be measured after joining, one to fall in.
inline constexpr std::uint32_t dwell = 2;
/// Cameras: each costs `subsamples` frames on every candidate's model, and its samples on their way.
inline constexpr std::uint32_t most_moves = 32;
/// Windows, as in [D].
inline constexpr std::uint32_t compare_every = 3;
/// Pairs: eight evaluations, of a window's held-out frames each.
inline constexpr std::uint32_t most_pairs = 4;

// -- drift -------------------------------------------------------------------------------------------------

/// Ecco's own test; the figures of all stand in benchmarks/README.md.
inline constexpr drift_kind detector = drift_kind::relative;
/// Samples: 6 s at the default inference rate.
inline constexpr std::uint32_t drift_warm_up = 30;
/// Relative falls. Simulated on noisy street scenes (tests/policy/drift_test.cpp): halved confidences are noticed
/// within 10 s, and five minutes without drift raise no alarm in 99 of 100 scenes.
inline constexpr double confidence_delta = 0.25, confidence_threshold = 1.75;
inline constexpr double count_delta = 0.5, count_threshold = 4.5;
/// Those of river 0.26, as the literature uses them (algorithms.md section 8).
inline constexpr std::uint32_t page_hinkley_least_values = 30;
inline constexpr double page_hinkley_delta = 0.005, page_hinkley_threshold = 50, page_hinkley_forgetting = 0.9999;
inline constexpr double adwin_delta = 0.002;
inline constexpr std::uint32_t adwin_clock = 32, adwin_most_buckets = 5, adwin_least_side = 5, adwin_grace = 10;
inline constexpr double kswin_alpha = 0.005;
inline constexpr std::uint32_t kswin_window = 100, kswin_recent = 30;
/// Frames: twice 20 s at the default inference rate; standard deviations, and their sum (benchmarks/drift_bench.cpp).
inline constexpr std::uint32_t features_reference = 100;
inline constexpr double features_delta = 2, features_threshold = 40;
/// As in [D]: two of three; frames: 10 s.
inline constexpr std::uint32_t agreement_votes = 2, agreement_within = 50;

// -- model zoo ---------------------------------------------------------------------------------------------

/// Off: ECCO as the paper has it.
inline constexpr ecco::zoo_mode zoo_mode = ecco::zoo_mode::off;
/// As in [D] of RECL (algorithms.md section 1.2): models kept, candidates verified, and mAP by which a model must beat
/// what is there.
inline constexpr std::uint32_t zoo_capacity = 64, zoo_top = 3;
inline constexpr double zoo_margin = 0.02;

// -- deployment --------------------------------------------------------------------------------------------

/// One point of mAP, and frames: fewer decide nothing.
inline constexpr double deploy_margin = 0.01;
inline constexpr std::uint32_t deploy_least_frames = 8;
/// One: both models are scored on the same frames, so that most of their errors are common, and one of the unpaired
/// difference is about two of the paired one.
inline constexpr double deploy_standard_errors = 1;
/// Nobody looks: it costs a second scoring of every candidate.
inline constexpr ecco::old_conditions old_conditions = ecco::old_conditions::ignore;
/// mAP.
inline constexpr double most_forgotten = 0.1;

// -- sampling ----------------------------------------------------------------------------------------------

/// Frames a second. Enough to train on; scoring needs fewer, but needs them from another time.
inline constexpr double train_fps = 5, held_out_fps = 2;
inline constexpr double infer_fps = 5;
/// Pixels: 5:3, both sides a multiple of 64.
inline constexpr std::uint16_t sample_width = 320, sample_height = 192;
/// Bits a second: six cameras share an uplink of 3 Mbit/s.
inline constexpr std::uint32_t bitrate = 500'000;
/// Of every 10 s of stream time 5 are trained on and 3 are kept for scoring, with a second between.
inline constexpr duration split_cycle = 10s, split_train = 5s, split_guard = 1s, split_held_out = 3s;

// -- rate --------------------------------------------------------------------------------------------------

/// What `sampling.bitrate` says is sent, until somebody asks for more; the presets of ECCO ask for the corrected law.
inline constexpr rate_law law = rate_law::fixed;
/// Bits a second: below, a second of video is no picture any more; above, nothing is gained at these sizes.
inline constexpr std::uint32_t rate_floor = 50'000, rate_ceiling = 10'000'000;
/// As in [D].
inline constexpr duration rate_period = 100ms, correct_every = 10s;
/// Half of what routers commonly hold: full queues are noticed before they overflow, and short ones are not taken
/// for full.
inline constexpr duration queue_target = 100ms;

// -- training ----------------------------------------------------------------------------------------------

/// Images: one CPU thread trains them in 0.2 s at 160 pixels.
inline constexpr std::uint32_t batch = 8;
inline constexpr double learning_rate = 0.001;
/// Frames a camera: 100 s at the default rate.
inline constexpr std::uint32_t replay_frames = 512;
/// In [D] 10 to 20 %: what keeps old skills.
inline constexpr double pre_drift_share = 0.15;
inline constexpr double flip = 0.5;
inline constexpr double scale = 0.2, translate = 0.1;
/// Off: a student made robust against changes of light would hide the very drift that ecco is there for.
inline constexpr double hue = 0, saturation = 0, brightness = 0;
inline constexpr double mosaic = 0;

// -- experiments -------------------------------------------------------------------------------------------

inline constexpr duration experiment_length = 1h;
/// Images a second: YOLO11n at 160 pixels on one CPU thread (design 6).
inline constexpr double capacity = 40;
inline constexpr double curve_ceiling = 0.8, curve_scale = 400, curve_forgetting = 0;
inline constexpr const char* known_condition = "clear";
inline constexpr double simulated_fps = 10;
/// The threshold of the paper's Fig. 7.
inline constexpr double target_accuracy = 0.4;
/// Metres: one crossing.
inline constexpr double region_spread = 50;
inline constexpr duration region_stagger = 5s;
inline constexpr duration round_trip = 50ms;
/// As much as many routers hold.
inline constexpr duration uplink_queue = 100ms;

} // namespace ecco::defaults
