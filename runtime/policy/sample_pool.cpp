// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sample_pool.hpp"

#include <utility>

namespace ecco {

namespace {

void push_bounded(std::deque<labelled_frame>& ring, labelled_frame frame, std::size_t limit) {
  ring.push_back(std::move(frame));
  if (ring.size() > limit)
    ring.pop_front();
}

void append(std::vector<labelled_frame>& to, const std::deque<labelled_frame>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

} // namespace

void sample_pool::join(const camera_id& camera) {
  if (members_.try_emplace(camera).second && left_.contains(camera))
    overflowed_ = true;
}

void sample_pool::leave(const camera_id& camera) {
  members_.erase(camera);
  left_.insert(camera);
  std::erase_if(fresh_, [&](const labelled_frame& sample) { return sample.shot.camera == camera; });
}

result<void> sample_pool::add(sample_batch& batch) {
  const auto found = members_.find(batch.camera);
  if (found == members_.end())
    return fail(ec::invalid_argument, "samples of " + batch.camera.value + ", which is not a member of the group");
  for (const auto& sample : batch.frames)
    if (sample.shot.camera != batch.camera)
      return fail(ec::invalid_argument, "samples of " + batch.camera.value + " with a frame of "
                                          + sample.shot.camera.value + " among them; none is used");
  for (auto& sample : batch.frames) {
    auto& kept = found->second;
    const auto held_out = sample.shot.role == sample_role::held_out;
    if (held_out && sample.before_drift) {
      push_bounded(kept.held_out_before_drift, std::move(sample), held_out_limit_);
      continue;
    }
    auto& ring = held_out ? kept.held_out : sample.before_drift ? kept.before_drift : kept.train;
    fresh_.push_back(sample);
    push_bounded(ring, std::move(sample), held_out ? held_out_limit_ : train_limit_);
  }
  if (fresh_.size() > train_limit_ * members_.size()) {
    fresh_.clear();
    overflowed_ = true;
  }
  return {};
}

std::vector<camera_id> sample_pool::cameras() const {
  std::vector<camera_id> out;
  for (const auto& [camera, kept] : members_)
    out.push_back(camera);
  return out;
}

std::size_t sample_pool::train_frames() const {
  std::size_t sum = 0;
  for (const auto& [camera, kept] : members_)
    sum += kept.train.size();
  return sum;
}

std::vector<labelled_frame> sample_pool::all() const {
  std::vector<labelled_frame> out;
  for (const auto& [camera, kept] : members_) {
    append(out, kept.before_drift);
    append(out, kept.train);
    append(out, kept.held_out);
  }
  return out;
}

void sample_pool::handed_out() {
  fresh_.clear();
  left_.clear();
  overflowed_ = false;
}

std::map<camera_id, std::vector<labelled_frame>> sample_pool::held_out() const {
  std::map<camera_id, std::vector<labelled_frame>> out;
  for (const auto& [camera, kept] : members_)
    append(out[camera], kept.held_out);
  return out;
}

std::map<camera_id, std::vector<labelled_frame>> sample_pool::held_out_before_drift() const {
  std::map<camera_id, std::vector<labelled_frame>> out;
  for (const auto& [camera, kept] : members_)
    append(out[camera], kept.held_out_before_drift);
  return out;
}

std::vector<labelled_frame> seen_by(std::uint32_t revision, const std::vector<labelled_frame>& frames) {
  auto out = frames;
  std::erase_if(out, [=](const labelled_frame& sample) { return sample.seen_by != revision; });
  return out;
}

} // namespace ecco
