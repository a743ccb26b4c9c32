// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to config/: names every setting once. Reading, writing and checking walk this list, so that a
// setting is added in three places: settings.hpp, defaults.hpp and here (and schema.json, which a test
// compares).

#include <array>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

#include "config/settings.hpp"

namespace ecco {

/// What a rule says of a value: nothing, or why it is refused.
struct verdict {
  std::string why, hint;
};

/// The rule of settings for which every value of their type will do.
struct anything {
  template <class T>
  verdict operator()(const T&) const {
    return {};
  }
};

/// `least <= value <= most`.
template <class T>
struct between {
  T least, most;

  verdict operator()(const T& value) const {
    if (value >= least && value <= most) // false for NaN
      return {};
    return {"must be between " + to_text(least) + " and " + to_text(most) + ", but is " + to_text(value), ""};
  }
};

// Rules with a name; settings.cpp says what they want.
verdict loopback_host(const std::string& host);
verdict worker_name(const std::string& name);
verdict device_name(const std::string& device);
verdict known_architecture(const std::string& architecture);
verdict network_input(const picture_size& size);
verdict encoded_size(const picture_size& size);
verdict class_list(const std::vector<std::string>& classes);
verdict whole_seconds(const duration& span);
verdict not_empty(const std::string& text);
verdict known_preset(const std::string& name);

/// The words of an enumeration, in the order of its values.
template <class E>
inline constexpr std::array<std::string_view, 0> words_of{};
template <>
inline constexpr std::array<std::string_view, 4> words_of<log_level>{"debug", "info", "warn", "error"};
template <>
inline constexpr std::array<std::string_view, 3> words_of<teacher_kind>{"hog", "labels", "network"};
template <>
inline constexpr std::array<std::string_view, 3> words_of<grouping_mode>{"shared", "independent", "together"};
template <>
inline constexpr std::array<std::string_view, 4> words_of<allocation_kind>{"ecco", "recl", "ekya", "uniform"};
template <>
inline constexpr std::array<std::string_view, 2> words_of<gpu_mode>{"spread", "exclusive"};
template <>
inline constexpr std::array<std::string_view, 2> words_of<precision>{"fp32", "bf16"};
template <>
inline constexpr std::array<std::string_view, 2> words_of<other_classes>{"refuse", "reinitialise"};
template <>
inline constexpr std::array<std::string_view, 4> words_of<rate_law>{"paper", "corrected", "aimd", "fixed"};
template <>
inline constexpr std::array<std::string_view, 2> words_of<pace>{"realtime", "fast"};
template <>
inline constexpr std::array<std::string_view, 6> words_of<drift_kind>{"relative", "page_hinkley", "adwin",
                                                                      "kswin",    "features",     "agreement"};
template <>
inline constexpr std::array<std::string_view, 3> words_of<zoo_mode>{"off", "recl", "all"};
template <>
inline constexpr std::array<std::string_view, 3> words_of<old_conditions>{"ignore", "warn", "refuse"};
template <>
inline constexpr std::array<std::string_view, 3> words_of<sampling_mode>{"fixed", "table", "ams"};

template <>
inline constexpr std::array<std::string_view, 2> words_of<learner_kind>{"curve", "torch"};

/// `S` is `T` or `const T`.
template <class S, class T>
concept like = std::same_as<std::remove_const_t<S>, T>;

// `fields(s, visit)` calls `visit(name, member, rule)` for each setting of `s`, in the order of ecco.yaml.

template <like<server_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("host", s.host, loopback_host);
  visit("port", s.port, anything{});
  visit("media_port", s.media_port, anything{});
  visit("state", s.state, anything{});
  visit("workers", s.workers, between{0u, 64u});
  visit("keep_frames", s.keep_frames, between{byte_count{0}, byte_count{1'000'000'000'000}});
  visit("log", s.log, anything{});
  visit("faults", s.faults, anything{});
}

template <like<worker_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("name", s.name, worker_name);
  visit("device", s.device, device_name);
}

template <like<student_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("architecture", s.architecture, known_architecture);
  visit("input", s.input, network_input);
  visit("weights", s.weights, anything{});
  visit("other_classes", s.other_classes, anything{});
}

template <like<teacher_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("kind", s.kind, anything{});
  visit("labels", s.labels, anything{});
  visit("labels_fps", s.labels_fps, between{0.1, 240.0});
  visit("hog_smallest", s.hog_smallest, between{0.05, 0.6});
  visit("hog_threshold", s.hog_threshold, between{0.0, 10.0});
  visit("weights", s.weights, anything{});
  visit("input", s.input, network_input);
  visit("least_score", s.least_score, between{0.01, 0.99});
  visit("ignore_score", s.ignore_score, between{0.01, 0.99});
}

template <like<window_settings> S, class V>
void fields(S& s, V&& visit) {
  using namespace std::chrono_literals;
  visit("length", s.length, between<duration>{1s, 24h});
  visit("micro_windows", s.micro_windows, between{1u, 1000u});
}

template <like<gpu_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("mode", s.mode, anything{});
}

template <like<bootstrap_settings> S, class V>
void fields(S& s, V&& visit) {
  using namespace std::chrono_literals;
  visit("length", s.length, between<duration>{0s, 24h});
}

template <like<policy_settings> S, class V>
void fields(S& s, V&& visit) {
  using namespace std::chrono_literals;
  visit("grouping", s.grouping, anything{});
  visit("allocation", s.allocation, anything{});
  visit("objective_alpha", s.objective_alpha, between{0.0, 100.0});
  visit("objective_beta", s.objective_beta, between{0.0, 4.0});
  visit("max_distance", s.max_distance, between{metres{0}, metres{20'000'000}});
  visit("max_age", s.max_age, between<duration>{0s, 24h});
  visit("drop", s.drop, between{0.0, 1.0});
  visit("join_margin", s.join_margin, between{0.0, 1.0});
  visit("subsamples", s.subsamples, between{1u, 4096u});
  visit("converged_windows", s.converged_windows, between{1u, 1000u});
  visit("dwell", s.dwell, between{0u, 1000u});
  visit("most_moves", s.most_moves, between{0u, 1'000'000u});
  visit("compare_every", s.compare_every, between{0u, 1000u});
  visit("most_pairs", s.most_pairs, between{1u, 100'000u});
}

template <like<page_hinkley_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("least_values", s.least_values, between{1u, 100'000u});
  visit("delta", s.delta, between{0.0, 1000.0});
  visit("threshold", s.threshold, between{0.001, 1e6});
  visit("forgetting", s.forgetting, between{0.5, 1.0});
}

template <like<adwin_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("delta", s.delta, between{1e-6, 0.5});
  visit("clock", s.clock, between{1u, 10'000u});
  visit("most_buckets", s.most_buckets, between{2u, 100u});
  visit("least_side", s.least_side, between{1u, 10'000u});
  visit("grace", s.grace, between{0u, 100'000u});
}

template <like<kswin_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("alpha", s.alpha, between{1e-6, 0.5});
  visit("window", s.window, between{4u, 10'000u});
  visit("recent", s.recent, between{2u, 1000u});
}

template <like<feature_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("reference", s.reference, between{10u, 100'000u});
  visit("delta", s.delta, between{0.0, 100.0});
  visit("threshold", s.threshold, between{0.001, 1e6});
}

template <like<agreement_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("votes", s.votes, between{1u, 3u});
  visit("within", s.within, between{1u, 100'000u});
}

template <like<drift_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("detector", s.detector, anything{});
  visit("warm_up", s.warm_up, between{1u, 100'000u});
  visit("confidence_delta", s.confidence_delta, between{0.0, 1.0});
  visit("confidence_threshold", s.confidence_threshold, between{0.001, 1e6});
  visit("count_delta", s.count_delta, between{0.0, 1.0});
  visit("count_threshold", s.count_threshold, between{0.001, 1e6});
  visit("page_hinkley", s.page_hinkley, anything{});
  visit("adwin", s.adwin, anything{});
  visit("kswin", s.kswin, anything{});
  visit("features", s.features, anything{});
  visit("agreement", s.agreement, anything{});
}

template <like<zoo_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("mode", s.mode, anything{});
  visit("capacity", s.capacity, between{1u, 1024u});
  visit("top", s.top, between{1u, 64u});
  visit("margin", s.margin, between{0.0, 1.0});
}

template <like<deploy_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("margin", s.margin, between{0.0, 1.0});
  visit("standard_errors", s.standard_errors, between{0.0, 10.0});
  visit("least_frames", s.least_frames, between{1u, 4096u});
  visit("old_conditions", s.old_conditions, anything{});
  visit("most_forgotten", s.most_forgotten, between{0.0, 1.0});
  visit("roll_back", s.roll_back, anything{});
}

template <like<split_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("cycle", s.cycle, whole_seconds);
  visit("train", s.train, whole_seconds);
  visit("guard", s.guard, whole_seconds);
  visit("held_out", s.held_out, whole_seconds);
}

template <like<sampling_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("mode", s.mode, anything{});
  visit("table", s.table, anything{});
  visit("refine", s.refine, anything{});
  visit("train_fps", s.train_fps, between{0.05, 60.0});
  visit("held_out_fps", s.held_out_fps, between{0.05, 60.0});
  visit("size", s.size, encoded_size);
  visit("bitrate", s.bitrate, between{bit_rate{10'000}, bit_rate{100'000'000}});
  visit("infer_fps", s.infer_fps, between{0.1, 60.0});
  visit("split", s.split, anything{});
}

template <like<rate_settings> S, class V>
void fields(S& s, V&& visit) {
  using namespace std::chrono_literals;
  visit("law", s.law, anything{});
  visit("floor", s.floor, between{bit_rate{10'000}, bit_rate{1'000'000'000}});
  visit("ceiling", s.ceiling, between{bit_rate{10'000}, bit_rate{1'000'000'000}});
  visit("period", s.period, between<duration>{20ms, 1s});
  visit("queue_target", s.queue_target, between<duration>{0s, 10s});
  visit("correct_every", s.correct_every, between<duration>{1s, 10min});
}

template <like<training_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("batch", s.batch, between{1u, 512u});
  visit("learning_rate", s.learning_rate, between{1e-6, 1.0});
  visit("precision", s.precision, anything{});
  visit("replay_frames", s.replay_frames, between{8u, 100'000u});
  visit("pre_drift_share", s.pre_drift_share, between{0.0, 0.9});
  visit("flip", s.flip, between{0.0, 1.0});
  visit("scale", s.scale, between{0.0, 0.9});
  visit("translate", s.translate, between{0.0, 0.9});
  visit("hue", s.hue, between{0.0, 1.0});
  visit("saturation", s.saturation, between{0.0, 1.0});
  visit("brightness", s.brightness, between{0.0, 1.0});
  visit("mosaic", s.mosaic, between{0.0, 1.0});
}

template <like<filter_settings> S, class V>
void fields(S& s, V&& visit) {
  using namespace std::chrono_literals;
  visit("at", s.at, between<duration>{0s, 24h * 365});
  visit("chain", s.chain, not_empty);
}

template <like<camera_settings> S, class V>
void fields(S& s, V&& visit) {
  visit("source", s.source, not_empty);
  visit("loop", s.loop, anything{});
  visit("pace", s.pace, anything{});
  visit("location", s.place, anything{});
  visit("mobile", s.mobile, anything{});
  visit("filters", s.filters, anything{});
  visit("labels", s.labels, anything{});
}

template <like<condition_settings> S, class V>
void fields(S& s, V&& visit) {
  using namespace std::chrono_literals;
  visit("at", s.at, between<duration>{0s, 24h * 30});
  visit("shows", s.shows, not_empty);
}

template <like<region_settings> S, class V>
void fields(S& s, V&& visit) {
  using namespace std::chrono_literals;
  visit("cameras", s.cameras, between{1u, 100'000u});
  visit("location", s.place, anything{});
  visit("spread", s.spread, between{metres{0}, metres{100'000}});
  visit("stagger", s.stagger, between<duration>{0s, 24h});
  visit("uplink", s.uplink, between{bit_rate{0}, bit_rate{1'000'000'000}});
  visit("round_trip", s.round_trip, between<duration>{0s, 10s});
  visit("conditions", s.conditions, anything{});
}

template <like<experiment_settings> S, class V>
void fields(S& s, V&& visit) {
  using namespace std::chrono_literals;
  visit("length", s.length, between<duration>{1s, 24h * 30});
  visit("learner", s.learner, anything{});
  visit("capacity", s.capacity, between{0.1, 100'000.0});
  visit("ceiling", s.ceiling, between{0.0, 1.0});
  visit("scale", s.scale, between{1.0, 1'000'000.0});
  visit("forgetting", s.forgetting, between{0.0, 1.0});
  visit("known", s.known, not_empty);
  visit("fps", s.fps, between{0.1, 60.0});
  visit("target", s.target, between{0.0, 1.0});
  visit("uplink", s.uplink, between{bit_rate{0}, bit_rate{1'000'000'000}});
  visit("queue", s.queue, between<duration>{1ms, 10s});
  visit("regions", s.regions, anything{});
}

template <like<settings> S, class V>
void fields(S& s, V&& visit) {
  visit("preset", s.preset, known_preset);
  visit("seed", s.seed, anything{});
  visit("server", s.server, anything{});
  visit("worker", s.worker, anything{});
  visit("student", s.student, anything{});
  visit("classes", s.classes, class_list);
  visit("teacher", s.teacher, anything{});
  visit("window", s.window, anything{});
  visit("gpu", s.gpu, anything{});
  visit("bootstrap", s.bootstrap, anything{});
  visit("policy", s.policy, anything{});
  visit("drift", s.drift, anything{});
  visit("zoo", s.zoo, anything{});
  visit("deploy", s.deploy, anything{});
  visit("sampling", s.sampling, anything{});
  visit("rate", s.rate, anything{});
  visit("training", s.training, anything{});
  visit("cameras", s.cameras, anything{});
  visit("experiment", s.experiment, anything{});
}

/// A struct of settings, as opposed to one value.
template <class T>
concept section = requires(T& value) {
  fields(value, [](auto&&...) {});
};

/// Sections by name, such as the cameras.
template <class T>
inline constexpr bool named_sections = false;
template <class Name, class T>
inline constexpr bool named_sections<std::map<Name, T>> = true;

/// `parent.name`, or `name` at the top.
inline std::string join(const std::string& parent, std::string_view name) {
  return parent.empty() ? std::string{name} : parent + "." + std::string{name};
}

/// `list[index]`.
inline std::string element(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

} // namespace ecco
