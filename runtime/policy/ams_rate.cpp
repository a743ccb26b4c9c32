// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/ams_rate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "runtime/score/iou.hpp"

namespace ecco {

namespace {

constexpr double same_object = .5;

std::vector<const label*> counted(std::span<const label> labels) {
  std::vector<const label*> out;
  for (const auto& one : labels)
    if (!one.ignore)
      out.push_back(&one);
  return out;
}

} // namespace

double agreement(std::span<const label> a, std::span<const label> b) {
  const auto left = counted(a), right = counted(b);
  if (left.empty() && right.empty())
    return 1;
  std::vector<std::tuple<double, std::size_t, std::size_t>> overlaps;
  for (std::size_t i = 0; i < left.size(); ++i)
    for (std::size_t j = 0; j < right.size(); ++j)
      if (left[i]->class_id == right[j]->class_id)
        if (const auto overlap = iou(left[i]->where, right[j]->where); overlap >= same_object)
          overlaps.emplace_back(-overlap, i, j);
  std::sort(overlaps.begin(), overlaps.end());
  std::vector<bool> left_taken(left.size()), right_taken(right.size());
  double matched = 0;
  for (const auto& [overlap, i, j] : overlaps)
    if (!left_taken[i] && !right_taken[j]) {
      left_taken[i] = right_taken[j] = true;
      ++matched;
    }
  return 2 * matched / static_cast<double>(left.size() + right.size());
}

void ams_rate::add(duration media_time, std::vector<label> labels) {
  const auto apart = media_time - last_time_;
  if (last_ && apart > duration::zero() && seconds_of(apart) * fps_ <= 2) {
    agreed_ += agreement(*last_, labels);
    ++pairs_;
  }
  last_time_ = media_time;
  last_ = std::move(labels);
}

bool ams_rate::update(duration now) {
  if (!corrected_)
    corrected_ = now;
  if (pairs_ == 0 || now - *corrected_ < interval_)
    return false;
  corrected_ = now;
  const auto mean = std::exchange(agreed_, 0) / std::exchange(pairs_, 0);
  const auto before = fps_;
  fps_ = std::clamp(fps_ - options_.step * std::tanh(options_.gain * (mean - options_.target)), options_.least_fps,
                    options_.most_fps);
  rates_.push_back(fps_);
  if (rates_.size() > options_.last_rates)
    rates_.pop_front();
  adapt_interval();
  return fps_ != before;
}

void ams_rate::adapt_interval() {
  const auto mean = std::accumulate(rates_.begin(), rates_.end(), 0.) / static_cast<double>(rates_.size());
  if (mean < options_.hibernate_below)
    interval_ = std::min(interval_ + options_.interval_step, options_.interval * options_.most_intervals);
  else if (mean > options_.wake_above)
    interval_ = options_.interval;
}

} // namespace ecco
