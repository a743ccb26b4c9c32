// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/evaluation_set.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "runtime/score/camera_mean.hpp"

namespace ecco {

namespace {

constexpr std::size_t batch = 8;

} // namespace

void evaluation_set::add(const labelled_frame& sample) {
  auto& kept = cameras_[sample.shot.camera];
  if (kept.pictures.size() == frames_per_camera_) {
    kept.pictures.erase(kept.pictures.begin());
    kept.records.erase(kept.records.begin());
    kept.looked_at -= std::min<std::size_t>(kept.looked_at, 1);
  }
  kept.pictures.push_back(sample.shot.picture);
  const auto second = std::chrono::floor<std::chrono::seconds>(sample.shot.media_time).count();
  kept.records.push_back({{}, sample.labels, static_cast<std::uint64_t>(second)});
}

void evaluation_set::keep_only(std::span<const camera_id> members) {
  std::erase_if(cameras_, [members](const auto& entry) {
    return std::find(members.begin(), members.end(), entry.first) == members.end();
  });
}

void evaluation_set::new_model() {
  for (auto& [camera, kept] : cameras_)
    kept.looked_at = 0;
}

result<void> evaluation_set::look(torch_detector& model) {
  for (auto& [camera, kept] : cameras_)
    while (kept.looked_at < kept.pictures.size()) {
      const auto n = std::min(batch, kept.pictures.size() - kept.looked_at);
      std::vector<const image*> pictures;
      for (std::size_t i = 0; i < n; ++i)
        pictures.push_back(&kept.pictures[kept.looked_at + i]);
      auto seen = model.detect(pictures);
      if (!seen)
        return tl::unexpected{seen.error()};
      for (auto& of_picture : *seen)
        kept.records[kept.looked_at++].seen = std::move(of_picture);
    }
  return {};
}

std::vector<camera_score> evaluation_set::scores() const {
  std::vector<camera_score> all;
  for (const auto& [camera, kept] : cameras_)
    all.push_back(score_camera(camera, kept.records));
  return all;
}

precision_change evaluation_set::change_from(const evaluation_set& other) const {
  camera_mean mean;
  for (const auto& [camera, kept] : cameras_) {
    const auto change = change_between(other.cameras_.at(camera).records, kept.records);
    mean.add(change.map50, change.standard_error);
  }
  return {mean.value(), mean.standard_error()};
}

std::size_t evaluation_set::size() const {
  return std::accumulate(cameras_.begin(), cameras_.end(), std::size_t{0},
                         [](auto sum, const auto& entry) { return sum + entry.second.pictures.size(); });
}

std::size_t evaluation_set::unseen() const {
  return std::accumulate(cameras_.begin(), cameras_.end(), std::size_t{0}, [](auto sum, const auto& entry) {
    return sum + entry.second.pictures.size() - entry.second.looked_at;
  });
}

} // namespace ecco
