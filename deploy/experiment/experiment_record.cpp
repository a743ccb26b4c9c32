// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/experiment_record.hpp"

#include <cmath>

#include "runtime/base/event_ids.hpp"

namespace ecco {

void experiment_record::append(const event& happened) {
  ++events_;
  ++counts_.try_emplace(happened.id).first->second;
  if (happened.id == event_id::gpu_busy)
    return gpu_.count(happened);
  if (happened.camera.value.empty())
    return;
  auto& course = cameras_[happened.camera];
  const auto at = seconds_of(happened.at);
  if (happened.id == event_id::accuracy_deployed) {
    if (std::isfinite(happened.value))
      course.accuracy.push_back({at, happened.value});
  } else if (happened.id == event_id::accuracy_truth) {
    if (std::isfinite(happened.value))
      course.truth.push_back({at, happened.value});
  } else if (happened.id == event_id::accuracy_teacher) {
    if (std::isfinite(happened.value))
      course.teacher.push_back({at, happened.value});
  } else if (happened.id == event_id::drift_injected) {
    course.changes.push_back({at, happened.text});
  } else if (happened.id == event_id::drift_detected) {
    course.noticed.push_back(at);
  } else if (happened.id == event_id::model_deployed) {
    ++course.models;
  }
}

void experiment_record::append(const camera_status& status) {
  cameras_[status.camera].bytes_sent = status.bytes_sent;
}

std::uint64_t experiment_record::count(std::string_view id) const {
  const auto found = counts_.find(id);
  return found == counts_.end() ? 0 : found->second;
}

} // namespace ecco
