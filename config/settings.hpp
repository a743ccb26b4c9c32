// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/allocation_kind.hpp"
#include "config/defaults.hpp"
#include "config/drift_kind.hpp"
#include "config/gpu_mode.hpp"
#include "config/log_level.hpp"
#include "config/old_conditions.hpp"
#include "config/other_classes.hpp"
#include "config/precision.hpp"
#include "config/rate_law.hpp"
#include "config/sampling_mode.hpp"
#include "config/units.hpp"
#include "config/zoo_mode.hpp"
#include "messages/error.hpp"
#include "messages/grouping.hpp"
#include "messages/ids.hpp"
#include "messages/plan.hpp"

namespace ecco {

/// Who labels frames: OpenCV's people detector, a file of truths, or a large network.
enum class teacher_kind : std::uint8_t { hog, labels, network };
/// Cameras that drift alike share a job (the paper), every camera has its own (the baselines), or all that ask share one,
/// for better or worse: groups made by hand (paper 5.3), and the one model for a whole fleet.
enum class grouping_mode : std::uint8_t { shared, independent, together };
/// What learns in an experiment: the deterministic learning curve, or YOLO11 itself.
enum class learner_kind : std::uint8_t { curve, torch };
/// A file plays as fast as it was filmed, or as fast as it can be read.
enum class pace : std::uint8_t { realtime, fast };

// The words that ecco.yaml has for them.
std::string_view to_string(log_level value);
std::string_view to_string(teacher_kind value);
std::string_view to_string(grouping_mode value);
std::string_view to_string(allocation_kind value);
std::string_view to_string(gpu_mode value);
std::string_view to_string(precision value);
std::string_view to_string(other_classes value);
std::string_view to_string(rate_law value);
std::string_view to_string(pace value);
std::string_view to_string(drift_kind value);
std::string_view to_string(zoo_mode value);
std::string_view to_string(old_conditions value);
std::string_view to_string(sampling_mode value);
std::string_view to_string(learner_kind value);

struct server_settings {
  /// Address to listen on. Loopback only, until TLS is configured.
  std::string host = defaults::host;
  /// Of the actor network and of the media link; 0 takes any free one.
  std::uint16_t port = defaults::port, media_port = defaults::media_port;
  /// Folder for models and results; made when missing.
  std::filesystem::path state = defaults::state;
  /// Workers inside the server process, 0..64.
  std::uint32_t workers = defaults::workers;
  /// Labelled frames of all cameras are kept below `state`, for `ecco export`, in at most so many bytes; the oldest make
  /// room. 0B: none is; else 1MB..1TB.
  byte_count keep_frames{defaults::keep_frames};
  log_level log = defaults::log;
  /// Whether `ecco inject --fault` may lose, hold up and repeat the server's messages, and end its actors. For tests:
  /// who reaches the port can do it.
  bool faults = defaults::faults;

  friend bool operator==(const server_settings&, const server_settings&) = default;
};

struct worker_settings {
  /// A valid name (messages/ids.hpp), unique in a system.
  std::string name = defaults::worker_name;
  /// `cpu`, `cuda:N`, or `cuda`: the first; the workers inside a server process take the machine's devices in turn.
  std::string device = defaults::device;

  friend bool operator==(const worker_settings&, const worker_settings&) = default;
};

struct student_settings {
  /// `yolo11n`, `s`, `m`, `l`, `x`, or `yolo11p`: ecco's own smaller scale for CPUs. With `-seg` it also draws
  /// masks, and is scored by them; its teacher must give outlines.
  std::string architecture = defaults::architecture;
  /// Network input; both sides a multiple of 32, 32..1280.
  picture_size input{defaults::input_side, defaults::input_side};
  /// The weights every camera starts with, safetensors. Empty: random, or what bootstrap learns.
  std::filesystem::path weights;
  /// What if they are for another number of classes.
  ecco::other_classes other_classes = other_classes::refuse;

  friend bool operator==(const student_settings&, const student_settings&) = default;
};

struct teacher_settings {
  teacher_kind kind = teacher_kind::hog;
  /// For `labels`: a MOT file for cameras that name none of their own. With a tenth field of `x y x y ...` in
  /// pixels, its objects have outlines.
  std::filesystem::path labels;
  /// Frames a second that the files' frame numbers count, 0.1..240; also those of data sets that do not say.
  double labels_fps = defaults::labels_fps;
  /// For `hog`: height of the smallest people to look for, in parts of the picture's height, 0.05..0.6. Half of it
  /// takes four times as long.
  double hog_smallest = defaults::hog_smallest;
  /// For `hog`: least distance from the classifier's border, 0..10. Higher sees less and errs less.
  double hog_threshold = defaults::hog_threshold;
  /// For `network`: its weights, safetensors of any YOLO11; classes are found by the names in their metadata.
  std::filesystem::path weights;
  /// For `network`: its input; both sides a multiple of 32, 32..1280.
  picture_size input{defaults::input_side, defaults::input_side};
  /// For `network`: what it is so sure of is a label, 0.01..0.99; and what it is less sure of, but as sure as this, is
  /// neither trained on nor counted, 0.01..`least_score`.
  double least_score = defaults::teacher_least_score, ignore_score = defaults::teacher_ignore_score;

  friend bool operator==(const teacher_settings&, const teacher_settings&) = default;
};

struct window_settings {
  /// |T|, 1s..24h.
  duration length = defaults::window_length;
  /// Slices a window is divided into, 1..1000.
  std::uint32_t micro_windows = defaults::micro_windows;

  friend bool operator==(const window_settings&, const window_settings&) = default;
};

struct gpu_settings {
  gpu_mode mode = defaults::mode;

  friend bool operator==(const gpu_settings&, const gpu_settings&) = default;
};

struct bootstrap_settings {
  /// Before the first window, learn one student from all cameras for this long when `student.weights` is
  /// empty, 0s..24h. 0s: off.
  duration length = defaults::bootstrap_length;

  friend bool operator==(const bootstrap_settings&, const bootstrap_settings&) = default;
};

struct policy_settings {
  grouping_mode grouping = grouping_mode::shared;
  /// Who divides the GPU's time between the jobs, by the paper's Eq. 1 or as a baseline does.
  allocation_kind allocation = defaults::allocation;
  /// For `ecco`: weight of a group of n members: alpha * n^beta, over the sum of n^beta (paper 3.1, Eq. 1).
  /// 0..100, 0..4.
  double objective_alpha = defaults::objective_alpha, objective_beta = defaults::objective_beta;
  /// How far apart and how long after one another requests may be that share a group (Alg. 2).
  /// 0m..20000km, 0s..24h.
  metres max_distance{defaults::max_distance};
  duration max_age = defaults::max_age;
  /// A member whose accuracy falls by more than this share of it within a window leaves, 0..1.
  double drop = defaults::drop;
  /// A group must beat the camera's own model by this much mAP to be joined, 0..1.
  double join_margin = defaults::join_margin;
  /// Labelled frames a request is judged by, 1..4096.
  std::uint32_t subsamples = defaults::subsamples;
  /// A group that gained nothing in this many windows ends, 1..1000.
  std::uint32_t converged_windows = defaults::converged_windows;
  /// Windows a camera stays in its group before it is moved, doubled each time that it is, 0..1000.
  std::uint32_t dwell = defaults::dwell;
  /// Cameras that are moved in one window, 0..1000000.
  std::uint32_t most_moves = defaults::most_moves;
  /// Every so many windows, groups near each other are tried on each other's cameras, 0..1000. 0: never.
  std::uint32_t compare_every = defaults::compare_every;
  /// Pairs of groups that are tried in one window, at two evaluations each, 1..100000.
  std::uint32_t most_pairs = defaults::most_pairs;

  friend bool operator==(const policy_settings&, const policy_settings&) = default;
};

/// The textbook's Page-Hinkley test.
struct page_hinkley_settings {
  /// Values before it may alarm, 1..100000.
  std::uint32_t least_values = defaults::page_hinkley_least_values;
  /// Deviation tolerated of each value, 0..1000, and the sum beyond it that alarms, 0.001..1000000.
  double delta = defaults::page_hinkley_delta, threshold = defaults::page_hinkley_threshold;
  /// What is left of the sum with each value, 0.5..1.
  double forgetting = defaults::page_hinkley_forgetting;

  friend bool operator==(const page_hinkley_settings&, const page_hinkley_settings&) = default;
};

/// Adaptive windowing.
struct adwin_settings {
  /// Significance, 0.000001..0.5.
  double delta = defaults::adwin_delta;
  /// Values between tests, 1..10000; buckets kept of each size, 2..100; values on each side of a cut, 1..10000; values
  /// before the first test, 0..100000.
  std::uint32_t clock = defaults::adwin_clock, most_buckets = defaults::adwin_most_buckets,
                least_side = defaults::adwin_least_side, grace = defaults::adwin_grace;

  friend bool operator==(const adwin_settings&, const adwin_settings&) = default;
};

/// Kolmogorov-Smirnov windowing.
struct kswin_settings {
  /// Significance, 0.000001..0.5.
  double alpha = defaults::kswin_alpha;
  /// Values kept, 4..10000, and how many of the newest are compared, 2..1000; no more than half of those kept.
  std::uint32_t window = defaults::kswin_window, recent = defaults::kswin_recent;

  friend bool operator==(const kswin_settings&, const kswin_settings&) = default;
};

/// Distance of the student's pooled features from where they were.
struct feature_settings {
  /// Frames that show where they are, and as many that show how far from there is usual, 10..100000.
  std::uint32_t reference = defaults::features_reference;
  /// Rise of the distance that is tolerated, in standard deviations, 0..100; and the sum beyond it that alarms,
  /// 0.001..1000000.
  double delta = defaults::features_delta, threshold = defaults::features_threshold;

  friend bool operator==(const feature_settings&, const feature_settings&) = default;
};

/// When several signals must agree.
struct agreement_settings {
  /// How many of confidence, count and features, 1..3; and within how many frames, 1..100000.
  std::uint32_t votes = defaults::agreement_votes, within = defaults::agreement_within;

  friend bool operator==(const agreement_settings&, const agreement_settings&) = default;
};

/// How a camera notices that its student got worse. The first constants are those of `relative`, whose two sums vote in
/// `agreement` too.
struct drift_settings {
  drift_kind detector = defaults::detector;
  /// Samples before a test may raise its alarm, 1..100000.
  std::uint32_t warm_up = defaults::drift_warm_up;
  /// Relative fall that is always tolerated (0.5 is half of what is usual), and the sum of falls beyond it that
  /// raises the alarm. Deltas 0..1, thresholds 0.001..1000000.
  double confidence_delta = defaults::confidence_delta, confidence_threshold = defaults::confidence_threshold;
  double count_delta = defaults::count_delta, count_threshold = defaults::count_threshold;
  page_hinkley_settings page_hinkley;
  adwin_settings adwin;
  kswin_settings kswin;
  feature_settings features;
  agreement_settings agreement;

  friend bool operator==(const drift_settings&, const drift_settings&) = default;
};

/// Models learnt before, for conditions that come again (RECL).
struct zoo_settings {
  zoo_mode mode = defaults::zoo_mode;
  /// Models kept, 1..1024; the one not selected for longest goes first.
  std::uint32_t capacity = defaults::zoo_capacity;
  /// Candidates that the gate names to be verified, 1..64, no more than `capacity`.
  std::uint32_t top = defaults::zoo_top;
  /// A model is kept when it beats those there by this much mAP on its own held-out frames, 0..1.
  double margin = defaults::zoo_margin;

  friend bool operator==(const zoo_settings&, const zoo_settings&) = default;
};

/// When a camera gets a new model, and loses it again.
struct deploy_settings {
  /// mAP by which it must beat the old one, 0..1; and by how many standard errors of the difference, 0..10.
  double margin = defaults::deploy_margin, standard_errors = defaults::deploy_standard_errors;
  /// Held-out frames that it takes to decide, 1..4096.
  std::uint32_t least_frames = defaults::deploy_least_frames;
  /// Is it measured on what the camera saw before its drift?
  ecco::old_conditions old_conditions = defaults::old_conditions;
  /// mAP that it may have lost there, 0..1.
  double most_forgotten = defaults::most_forgotten;
  /// Take a model back by itself when it does worse on the newest frames than the one it replaced, by more than two
  /// standard errors.
  bool roll_back = true;

  friend bool operator==(const deploy_settings&, const deploy_settings&) = default;
};

/// How a stream's time line is cut: the first `train` of every `cycle` are trained on, `held_out` are only
/// scored, and a `guard` lies on both sides. Whole seconds, 1s..1h (guard: 0s..1h).
struct split_settings {
  duration cycle = defaults::split_cycle, train = defaults::split_train, guard = defaults::split_guard,
           held_out = defaults::split_held_out;

  friend bool operator==(const split_settings&, const split_settings&) = default;
};

struct sampling_settings {
  /// Who decides how many frames a camera sends to train on, and how large they are. With `table`, `train_fps` and `size`
  /// hold until the first GPU budget is known, and `size` is the largest there is.
  sampling_mode mode = sampling_mode::fixed;
  /// For `table`: file of tables, as `ecco profile` writes it. Empty: built-in ones, by whether a camera is mobile.
  std::filesystem::path table;
  /// For `table`: look for better configurations while the system runs.
  bool refine = false;
  /// Frames a second that a camera sends to train on and to score on, 0.05..60.
  double train_fps = defaults::train_fps, held_out_fps = defaults::held_out_fps;
  /// Size of the encoded picture; both sides even, 16..4096.
  picture_size size{defaults::sample_width, defaults::sample_height};
  /// Of the encoded video, 10kbit..100Mbit: for ever under `rate.law: fixed`, under the other laws at its beginning.
  bit_rate bitrate{defaults::bitrate};
  /// Frames a second that a camera's student looks at, 0.1..60.
  double infer_fps = defaults::infer_fps;
  split_settings split;

  friend bool operator==(const sampling_settings&, const sampling_settings&) = default;
};

/// How fast cameras send (paper 3.2.2).
struct rate_settings {
  rate_law law = defaults::law;
  /// The rate stays between them, floor <= ceiling, 10kbit..1Gbit. It begins at `sampling.bitrate`, as far as they
  /// allow.
  bit_rate floor{defaults::rate_floor}, ceiling{defaults::rate_ceiling};
  /// How often a camera looks at its link and adapts its rate, 20ms..1s.
  duration period = defaults::rate_period;
  /// Waiting in queues for longer than this counts as congestion to `corrected`, 0s..10s. 0s: only losses do.
  duration queue_target = defaults::queue_target;
  /// How often the server corrects the cameras' weights under `corrected`, 1s..10m.
  duration correct_every = defaults::correct_every;

  friend bool operator==(const rate_settings&, const rate_settings&) = default;
};

struct training_settings {
  /// Images a step, 1..512.
  std::uint32_t batch = defaults::batch;
  /// Of the optimiser, 0.000001..1.
  double learning_rate = defaults::learning_rate;
  ecco::precision precision = precision::fp32;
  /// Newest frames kept of each camera, 8..100000.
  std::uint32_t replay_frames = defaults::replay_frames;
  /// Share of a batch that shows the world before the drift, 0..0.9.
  double pre_drift_share = defaults::pre_drift_share;
  /// Probability that a training image is mirrored, 0..1.
  double flip = defaults::flip;
  /// Largest relative change of a training image's size, and largest shift as part of the input, 0..0.9.
  double scale = defaults::scale, translate = defaults::translate;
  /// Largest relative change of its hue, saturation and brightness, 0..1.
  double hue = defaults::hue, saturation = defaults::saturation, brightness = defaults::brightness;
  /// Probability that it becomes a mosaic of four images, 0..1.
  double mosaic = defaults::mosaic;

  friend bool operator==(const training_settings&, const training_settings&) = default;
};

/// From `at` on (stream time), pictures pass through this libavfilter chain.
struct filter_settings {
  duration at{};
  std::string chain;

  friend bool operator==(const filter_settings&, const filter_settings&) = default;
};

struct camera_settings {
  /// Anything libavformat opens: a file, an RTSP URL, a device; the city's "world:downtown-1?rain=1@30"; or a sequence of
  /// a data set, `LAYOUT:PATH?OPTIONS`, where LAYOUT is mot, visdrone, mdot, cityflow, carla, coco or yolo
  /// (config/dataset_address.hpp). Required.
  std::string source;
  /// A file begins again at its end.
  bool loop = true;
  ecco::pace pace = pace::realtime;
  /// Where it is. Cameras that do not say are all at latitude 0, longitude 0, and so beside each other.
  location place;
  /// Its place changes; it says so with every request.
  bool mobile = false;
  /// In ascending order of `at`; the last one whose time has come is in force.
  std::vector<filter_settings> filters;
  /// MOT file of this camera, in place of `teacher.labels`, or of a data set's own labels.
  std::filesystem::path labels;

  friend bool operator==(const camera_settings&, const camera_settings&) = default;
};

/// From `at` on (virtual time, 0s..30 days), this is what a region's cameras see.
struct condition_settings {
  duration at{};
  /// Any word. The same word is the same world everywhere: a model trained on it in one region is good in another.
  std::string shows;

  friend bool operator==(const condition_settings&, const condition_settings&) = default;
};

using region_id = strong<std::string, struct region_kind>;

/// Cameras near one another, simulated, whose world changes alike.
struct region_settings {
  /// How many, 1..100000. Those of `market` are `market-1`, `market-2`, ...; a single one is `market`.
  std::uint32_t cameras = 1;
  location place;
  /// Radius of the circle around `place` they are strewn in, 0m..100km.
  metres spread{defaults::region_spread};
  /// Each sees a change up to so much later, 0s..24h, drawn from the seed.
  duration stagger = defaults::region_stagger;
  /// Each camera's own link to the shared uplink, 0bit..1Gbit; 0bit: no limit of its own; and its round trip
  /// without any waiting, 0s..10s. Both count with `experiment.uplink` only.
  bit_rate uplink{};
  duration round_trip = defaults::round_trip;
  /// In ascending order of `at`. Before the first, the first student's condition shows.
  std::vector<condition_settings> conditions;

  friend bool operator==(const region_settings&, const region_settings&) = default;
};

/// What `ecco experiment` runs, in virtual time; nothing else reads it. Workers are `server.workers`.
struct experiment_settings {
  /// Virtual time, 1s..30 days.
  duration length = defaults::experiment_length;
  learner_kind learner = learner_kind::curve;
  /// What a worker trains on in a second, 0.1..100000 images; labelling or scoring one takes as long.
  double capacity = defaults::capacity;
  /// The curve: accuracy that training approaches (0..1), images after which 63 % of it is reached (1..1000000), and
  /// images lost under every other condition for one that is trained on (0..1).
  double ceiling = defaults::curve_ceiling, scale = defaults::curve_scale, forgetting = defaults::curve_forgetting;
  /// Condition that the first student has learnt.
  std::string known = defaults::known_condition;
  /// Pictures a second of a simulated camera, 0.1..60.
  double fps = defaults::simulated_fps;
  /// mAP@0.5 that response times wait for, 0..1.
  double target = defaults::target_accuracy;
  /// What all cameras share, packet by packet, 0bit..1Gbit; 0bit: segments cross no network, and arrive at once.
  bit_rate uplink{};
  /// The most that its queue delays, 1ms..10s; what finds it full is lost.
  duration queue = defaults::uplink_queue;
  std::map<region_id, region_settings> regions;

  friend bool operator==(const experiment_settings&, const experiment_settings&) = default;
};

/// Everything that can be set, for all roles, named as in ecco.yaml (`camera_settings::place` is `location`).
struct settings {
  /// Name of the system whose settings (config/presets/NAME.yaml) lie beneath what was written; empty: none.
  std::string preset;
  /// All randomness of a run comes from it (runtime/base/random.hpp).
  std::uint64_t seed = defaults::seed;
  server_settings server;
  worker_settings worker;
  student_settings student;
  /// What is to be detected; a detection's class is an index into this list. 1..256 distinct names.
  std::vector<std::string> classes{defaults::only_class};
  teacher_settings teacher;
  window_settings window;
  gpu_settings gpu;
  bootstrap_settings bootstrap;
  policy_settings policy;
  drift_settings drift;
  zoo_settings zoo;
  deploy_settings deploy;
  sampling_settings sampling;
  rate_settings rate;
  training_settings training;
  /// Names are `[a-z0-9_-]{1,63}` and begin with a letter or digit.
  std::map<camera_id, camera_settings> cameras;
  experiment_settings experiment;

  friend bool operator==(const settings&, const settings&) = default;
};

/// What is wrong with one setting. "`path` `why`; `hint`" is a sentence.
struct setting_fault {
  /// As in ecco.yaml: `cameras.north.filters[1].at`.
  std::string path;
  std::string why, hint;
};

/// The first value that is out of its documented range or contradicts another.
std::optional<setting_fault> find_fault(const settings& value);

/// @returns `invalid_argument` with the text of `find_fault`.
result<void> validate(const settings& value);

/// Does the student draw masks? Then its architecture ends in `-seg`.
bool draws_masks(const student_settings& student);

/// Name of camera number `index` (from 0) of a region.
camera_id name_in(const region_id& region, const region_settings& of, std::uint32_t index);

/// What the system is called in results: its preset; without one, `ecco` or `independent` by its grouping.
std::string name_of_system(const settings& value);

/// What a camera is told to send.
sampling_plan plan_of(const sampling_settings& sampling);

} // namespace ecco
