// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "deploy/experiment/experiment_record.hpp"

namespace ecco {

/// What is known of an experiment beside its events.
struct experiment_facts {
  /// "ekya", "ecco", ... and "curve" or "torch".
  std::string system, learner;
  std::uint64_t seed = 0;
  /// Virtual time that was to pass, and that did; less when it was interrupted.
  double planned = 0, seconds = 0;
  /// mAP@0.5 that response times wait for.
  double target = 0;
  /// Region of each camera; a camera that is in none is a region of its own.
  std::map<camera_id, std::string> regions;
};

/// Times until something, some of which had not come when the watching ended.
struct waiting_time {
  double seconds = 0;
  bool came = false;
};

/// Kaplan-Meier mean of waiting times, up to the longest that was watched (decision 36): a mean over only what came
/// would flatter. NaN without any.
double mean_waiting(std::vector<waiting_time> times);

/// Numbers of a region, or of all cameras. Every mAP is mAP@0.5 of what the cameras run, on frames that are never
/// trained on; a mean over cameras (or their changes) counts each once, and is NaN without any.
struct region_result {
  std::string name;
  std::size_t cameras = 0;
  /// Over the whole run.
  double mean = 0;
  /// The same against the exact truth, which no decision sees, and that of the teacher's labels; NaN where nobody knows
  /// it.
  double truth = 0, teacher = 0;
  /// Number of changes of a camera's world, and about them: mAP over the 30 s before, lowest after, and over the last
  /// 30 s until the next change or the end.
  std::size_t changes = 0;
  double before = 0, lowest = 0, end = 0;
  /// Of the changes that took a camera below the target: from the moment it was noticed to the first of two readings
  /// in a row that reached it again, mean_waiting in seconds; how many did, and how many there were. A change that was
  /// not noticed waits from the change.
  double response = 0;
  std::size_t answered = 0, fallen = 0;
  std::uint64_t bytes_sent = 0, models = 0;
};

struct experiment_result {
  experiment_facts facts;
  std::vector<region_result> regions;
  region_result all;
  /// Mean over the run of the camera that fared worst.
  double worst = 0;
  gpu_time gpu;
  std::uint64_t windows = 0, grants = 0, groups_opened = 0, groups_joined = 0, events = 0;
  /// Mean over the cameras of each one's last reading, every `planned`/400 s from the first reading on.
  std::vector<accuracy_reading> course;
};

/// Pure.
experiment_result summarize(const experiment_record& run, const experiment_facts& facts);

} // namespace ecco
