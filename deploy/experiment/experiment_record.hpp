// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "deploy/report/results.hpp"
#include "messages/status.hpp"

namespace ecco {

/// What is kept of one camera of an experiment. Points in time are seconds of virtual time.
struct camera_course {
  struct change {
    double at = 0;
    std::string shows;
  };

  std::vector<accuracy_reading> accuracy;
  /// The same, and the teacher's labels, against the exact truth; empty where nobody knows it.
  std::vector<accuracy_reading> truth, teacher;
  /// When its world changed, and into what.
  std::vector<change> changes;
  /// When it was noticed, by the camera or by its probes, that its student got worse.
  std::vector<double> noticed;
  std::uint64_t bytes_sent = 0, models = 0;
};

/// What is kept of an experiment while it runs: as little as its results need, for a day of a fleet has millions of
/// events.
class experiment_record {
 public:
  void append(const event& happened);
  void append(const camera_status& status);

  const std::map<camera_id, camera_course>& cameras() const { return cameras_; }
  /// Busy time of all devices, by use; `useful` is not counted.
  const gpu_time& gpu() const { return gpu_; }
  /// Number of events of a kind (event_ids.hpp).
  std::uint64_t count(std::string_view id) const;
  std::uint64_t events() const { return events_; }

 private:
  std::map<camera_id, camera_course> cameras_;
  gpu_time gpu_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::uint64_t events_ = 0;
};

} // namespace ecco
