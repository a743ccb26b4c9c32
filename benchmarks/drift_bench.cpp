// SPDX-License-Identifier: Apache-2.0
// What each drift detector costs in false alarms and gains in delay, on labelled streams. Everything is simulated from a
// seed: street scenes at five frames a second as in runtime/policy/drift.hpp, with features that follow light and
// people. Usage: ecco_drift_bench [--scenes N] [--seed N] [--json]
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/policy/drift_detector.hpp"
#include "runtime/policy/probe_watch.hpp"

namespace {

using namespace ecco;

constexpr double fps = 5;
constexpr int calm_frames = 450, patience_frames = 600; // 90 s and 2 min
constexpr int hour = 3600 * static_cast<int>(fps);
constexpr int features = 32;

double normal(random_engine& random) {
  return std::sqrt(-2 * std::log(uniform(random) + 0x1p-60)) * std::cos(2 * std::numbers::pi * uniform(random));
}

/// How bad it is, 0 as ever to 1, at a frame since the drift began.
using course = std::function<double(int)>;
enum class harm { light, crowd_unseen };

/// What a camera sees of its people at a frame.
struct moment {
  drift_observation seen;
  long people = 0;
};

/// Two to ten people whose number turns over in one to three minutes. Confidence is .55 with autoregressive noise (sd
/// .1, memory of one to two seconds); in a hard scene each person brings one of their own besides, .3 to .8. `light`
/// takes away half of the confidence and moves half of the features by one and a half of their deviations;
/// `crowd_unseen` takes away 85 % of the detections and moves the features as much.
class street {
 public:
  street(std::uint64_t seed, bool hard)
      : random_{seed}, hard_{hard}, memory_{std::exp(-1 / fps / (1 + uniform(random_)))},
        period_{60 + 120 * uniform(random_)}, phase_{2 * std::numbers::pi * uniform(random_)}, noise_{normal(random_)} {
    for (int i = 0; i < features; ++i) {
      slow_.push_back(normal(random_));
      with_people_.push_back(.3 * normal(random_));
      with_harm_.push_back(i % 2 ? 0 : uniform(random_) < .5 ? -1.5 : 1.5);
    }
    for (int i = 0; i < 12; ++i)
      persons_.push_back(.3 + .5 * uniform(random_));
  }

  moment next(double badness, harm what) {
    noise_ = memory_ * noise_ + std::sqrt(1 - memory_ * memory_) * normal(random_);
    const auto wave = std::sin(2 * std::numbers::pi * frame_++ / fps / period_ + phase_);
    const auto people = std::lround(6 + 4 * wave);
    if (uniform(random_) < 1 / fps / 5) // somebody goes, somebody else comes
      persons_[below(random_, persons_.size())] = .3 + .5 * uniform(random_);
    drift_observation seen;
    const auto found = what == harm::crowd_unseen ? .95 - .8 * badness : .95;
    for (long i = 0; i < people; ++i)
      if (uniform(random_) < found) {
        ++seen.count;
        seen.confidence += hard_ ? persons_[static_cast<std::size_t>(i)] : .55;
      }
    if (seen.count > 0) {
      seen.confidence = std::clamp(seen.confidence / seen.count + .1 * noise_, 0., 1.);
      if (what == harm::light)
        seen.confidence *= 1 - .5 * badness;
    }
    for (std::size_t i = 0; i < features; ++i) {
      slow_[i] = memory_ * slow_[i] + std::sqrt(1 - memory_ * memory_) * normal(random_);
      seen.features.push_back(
          static_cast<float>(slow_[i] + with_people_[i] * 4 * wave + with_harm_[i] * badness));
    }
    return {std::move(seen), people};
  }

 private:
  random_engine random_;
  bool hard_;
  double memory_, period_, phase_, noise_;
  std::vector<double> slow_, with_people_, with_harm_, persons_;
  int frame_ = 0;
};

struct stream {
  const char* name;
  harm what;
  course badness;
  bool hard = false;
};

struct row {
  std::string detector, stream;
  double false_per_hour = 0, within_10 = 0, within_30 = 0, within_60 = 0;
  /// NaN when fewer than half of the scenes noticed anything.
  double median_s = 0;
};

struct contender {
  std::string name;
  drift_detector_options options;
  /// The teacher's labels on held-out frames in place of a detector on the camera.
  bool probes = false;
};

std::vector<contender> contenders() {
  std::vector<contender> out;
  const auto add = [&](std::string name, drift_kind kind) -> drift_detector_options& {
    out.push_back({std::move(name), {}});
    out.back().options.kind = kind;
    return out.back().options;
  };
  add("relative", drift_kind::relative);
  add("page_hinkley", drift_kind::page_hinkley);
  add("page_hinkley, threshold 5", drift_kind::page_hinkley).page_hinkley.threshold = 5;
  add("adwin", drift_kind::adwin);
  add("kswin", drift_kind::kswin);
  add("kswin, alpha 1e-6", drift_kind::kswin).kswin.alpha = 1e-6;
  add("features", drift_kind::features);
  add("agreement", drift_kind::agreement);
  out.push_back({"probes", {}, true});
  return out;
}

/// Says whether a moment is an alarm; after one it begins a new baseline, as after one that the teacher refutes.
using watcher = std::function<bool(const moment&)>;

/// A reading is of one cycle of the split: two frames a second in three of every ten seconds. The part of the people
/// that was seen stands for mAP, which is what the server measures.
watcher watch_probes() {
  return [watch = probe_watch{{}}, frame = 0, seen = 0L, people = 0L](const moment& now) mutable {
    const auto in_cycle = frame++ % 50;
    if (in_cycle >= 30 && in_cycle < 45 && (in_cycle % 5 == 0 || in_cycle % 5 == 2)) {
      seen += static_cast<long>(now.seen.count);
      people += now.people;
    }
    if (in_cycle != 45 || people == 0)
      return false;
    const auto alarm = watch.add(static_cast<double>(seen) / static_cast<double>(people));
    seen = people = 0;
    if (alarm)
      watch.reset();
    return alarm;
  };
}

watcher watch_by(const contender& who) {
  if (who.probes)
    return watch_probes();
  return [detector = std::shared_ptr{make_drift_detector(who.options)}](const moment& now) {
    const auto alarm = detector->add(now.seen);
    if (alarm)
      detector->reset();
    return alarm;
  };
}

/// In an hour without drift.
double false_alarms(const contender& who, std::uint64_t seed, bool hard) {
  street scene{seed, hard};
  const auto notices = watch_by(who);
  double alarms = 0;
  for (int i = 0; i < hour; ++i)
    alarms += notices(scene.next(0, harm::light));
  return alarms;
}

/// Seconds from the change to the alarm.
std::optional<double> delay(const contender& who, std::uint64_t seed, const stream& which) {
  street scene{seed, which.hard};
  const auto notices = watch_by(who);
  for (int i = 0; i < calm_frames; ++i)
    notices(scene.next(0, which.what));
  for (int i = 0; i < patience_frames; ++i)
    if (notices(scene.next(which.badness(i), which.what)))
      return (i + 1) / fps;
  return std::nullopt;
}

row measure(const contender& who, const stream& which, int scenes, std::uint64_t seed, double false_per_hour) {
  row out{who.name, which.name, false_per_hour};
  std::vector<double> delays;
  for (int i = 0; i < scenes; ++i)
    if (const auto noticed = delay(who, seed_for(seed, which.name) + static_cast<std::uint64_t>(i), which))
      delays.push_back(*noticed);
  std::sort(delays.begin(), delays.end());
  const auto share = [&](double limit) {
    return static_cast<double>(std::upper_bound(delays.begin(), delays.end(), limit) - delays.begin()) / scenes;
  };
  out.within_10 = share(10);
  out.within_30 = share(30);
  out.within_60 = share(60);
  const auto half = static_cast<std::size_t>(scenes / 2);
  out.median_s = delays.size() > half ? delays[half] : std::nan("");
  return out;
}

void print(const row& r, bool json) {
  if (json) {
    std::printf(R"({"detector":"%s","stream":"%s","false_per_hour":%.4g,"within_10":%.4g,"within_30":%.4g,)"
                R"("within_60":%.4g,"median_s":)",
                r.detector.c_str(), r.stream.c_str(), r.false_per_hour, r.within_10, r.within_30, r.within_60);
    if (std::isnan(r.median_s))
      std::puts("null}");
    else
      std::printf("%.4g}\n", r.median_s);
    return;
  }
  std::printf("%-26s %-22s %10.2f %8.0f%% %8.0f%% %8.0f%% ", r.detector.c_str(), r.stream.c_str(), r.false_per_hour,
              100 * r.within_10, 100 * r.within_30, 100 * r.within_60);
  if (std::isnan(r.median_s))
    std::puts("        -");
  else
    std::printf("%9.1f\n", r.median_s);
}

} // namespace

int main(int count, char** words) {
  int scenes = 200;
  std::uint64_t seed = 1;
  bool json = false;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(words[i], "--json") == 0)
      json = true;
    else if (std::strcmp(words[i], "--scenes") == 0 && i + 1 < count)
      scenes = std::max(1, std::atoi(words[++i]));
    else if (std::strcmp(words[i], "--seed") == 0 && i + 1 < count)
      seed = std::strtoull(words[++i], nullptr, 10);
    else
      return std::fprintf(stderr, "usage: ecco_drift_bench [--scenes N] [--seed N] [--json]\n"), 2;
  }
  const auto abrupt = [](int) { return 1.; };
  const auto gradual = [](int i) { return std::min(1., i / (60 * fps)); };
  const auto recurring = [](int i) { return std::fmod(i / fps, 30) < 15 ? 1. : 0.; };
  const std::vector<stream> streams{{"abrupt: half confidence", harm::light, abrupt},
                                    {"abrupt: 15 % seen", harm::crowd_unseen, abrupt},
                                    {"gradual over 60 s", harm::light, gradual},
                                    {"recurring, 15 of 30 s", harm::light, recurring},
                                    {"hard: half confidence", harm::light, abrupt, true}};
  if (!json) {
    std::printf("simulated scenes: %d a stream, seed %llu, %.0f frames/s; an hour each without drift\n", scenes,
                static_cast<unsigned long long>(seed), fps);
    std::printf("%-26s %-22s %10s %9s %9s %9s %9s\n", "detector", "stream", "false/h", "in 10 s", "in 30 s", "in 60 s",
                "median s");
  }
  const auto hours = std::max(1, scenes / 10);
  for (const auto& who : contenders()) {
    double alarms[2] = {0, 0}; // in plain scenes and in hard ones
    for (const bool hard : {false, true})
      for (int i = 0; i < hours; ++i)
        alarms[hard] += false_alarms(who, seed_for(seed, "calm") + static_cast<std::uint64_t>(i), hard) / hours;
    for (const auto& which : streams)
      print(measure(who, which, scenes, seed, alarms[which.hard]), json);
  }
}
