// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/replay.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace ecco {

namespace {

using frames = std::deque<labelled_frame>;

std::vector<std::size_t> shuffled(std::size_t n, std::mt19937_64& random) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

void draw_from(const frames& pool, std::size_t n, std::mt19937_64& random,
               std::vector<const labelled_frame*>& out) {
  if (n == 0)
    return;
  auto order = shuffled(pool.size(), random);
  for (std::size_t i = 0; i < n; ++i)
    out.push_back(&pool[order[i % order.size()]]);
}

} // namespace

result<void> replay::add(labelled_frame sample) {
  if (sample.shot.role != sample_role::train)
    return fail(ec::invalid_argument,
                "camera " + sample.shot.camera.value + ": a frame that is not for training",
                "keep held-out frames in the evaluation set");
  const auto old = std::lround(options_.pre_drift_share * static_cast<double>(options_.frames_per_camera));
  const auto limit = sample.before_drift ? static_cast<std::size_t>(old) : options_.frames_per_camera;
  if (limit == 0)
    return {};
  auto& kept = cameras_[sample.shot.camera];
  auto& ring = sample.before_drift ? kept.before_drift : kept.recent;
  ring.push_back(std::move(sample));
  if (ring.size() > limit)
    ring.pop_front();
  return {};
}

void replay::keep_only(std::span<const camera_id> members) {
  std::erase_if(cameras_, [members](const auto& entry) {
    return std::find(members.begin(), members.end(), entry.first) == members.end();
  });
}

std::vector<const labelled_frame*> replay::draw(std::size_t n, std::mt19937_64& random) const {
  std::vector<const labelled_frame*> out;
  if (cameras_.empty())
    return out;
  out.reserve(n);
  const auto chosen = of_one_resolution(random);
  // Who takes one more when n does not divide evenly is drawn anew each time.
  auto rank = shuffled(chosen.size(), random);
  auto next = rank.begin();
  for (const auto* kept : chosen) {
    auto quota = n / chosen.size() + (*next++ < n % chosen.size() ? 1 : 0);
    auto old = drawn_from_before(*kept, quota, random);
    draw_from(kept->before_drift, old, random, out);
    draw_from(kept->recent, quota - old, random, out);
  }
  return out;
}

std::vector<const replay::memory*> replay::of_one_resolution(std::mt19937_64& random) const {
  std::map<std::pair<int, int>, std::vector<const memory*>> by_resolution;
  for (const auto& [camera, kept] : cameras_) {
    const auto& newest = (kept.recent.empty() ? kept.before_drift : kept.recent).back().shot.picture;
    by_resolution[{newest.width, newest.height}].push_back(&kept);
  }
  if (by_resolution.size() == 1) // as a rule; and then nothing is drawn for it
    return by_resolution.begin()->second;
  auto left = std::uniform_int_distribution<std::size_t>{0, cameras_.size() - 1}(random);
  auto at = by_resolution.begin();
  for (; left >= at->second.size(); ++at)
    left -= at->second.size();
  return at->second;
}

std::size_t replay::drawn_from_before(const memory& of, std::size_t quota, std::mt19937_64& random) const {
  if (of.before_drift.empty())
    return 0;
  if (of.recent.empty())
    return quota;
  // Rounded up or down at random, so that small quotas meet the share on average too.
  auto exact = static_cast<double>(quota) * options_.pre_drift_share;
  auto whole = std::floor(exact);
  auto extra = std::bernoulli_distribution{exact - whole}(random);
  return static_cast<std::size_t>(whole) + (extra ? 1 : 0);
}

std::size_t replay::size() const {
  return std::accumulate(cameras_.begin(), cameras_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& entry) {
                           return sum + entry.second.recent.size() + entry.second.before_drift.size();
                         });
}

} // namespace ecco
