// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/window_budget.hpp"

#include <cstdio>

namespace ecco {

namespace {

/// Weight of the newest window in the expected overhead, as of gains (decision 17).
constexpr double smoothing = 0.5;
/// Most of a window that is set aside for labelling and scoring.
constexpr double most_set_aside = 0.5;

duration part_of(duration whole, double part) {
  return from_seconds(seconds_of(whole) * part);
}

} // namespace

void window_budget::open(const window_terms& terms) {
  if (opened_ && total_ > duration::zero()) {
    const auto part = std::min(1.0, seconds_of(overhead_) / seconds_of(total_));
    overhead_part_ += smoothing * (part - overhead_part_);
  }
  opened_ = true;
  terms_ = terms;
  total_ = terms.length * terms.devices;
  trained_ = overhead_ = charged_ = out_cost_ = duration::zero();
  out_.clear();
  promises_.clear();
}

void window_budget::devices_are(std::uint32_t devices, duration window_left) {
  const auto change = static_cast<std::int64_t>(devices) - static_cast<std::int64_t>(terms_.devices);
  terms_.devices = devices;
  total_ += std::max(window_left, duration::zero()) * change;
}

std::uint64_t window_budget::begin(duration slice, std::uint32_t devices) {
  const auto cost = slice * devices;
  out_cost_ += cost;
  out_.emplace(next_, cost);
  return next_++;
}

void window_budget::end(std::uint64_t begun, group_id group, duration busy) {
  const auto ended = out_.extract(begun);
  if (!ended)
    return; // of an earlier window
  out_cost_ -= ended.mapped();
  charged_ += std::max(ended.mapped(), busy);
  trained_ += busy;
  auto& its = promises_[group];
  its.group = group;
  its.given += busy;
}

void window_budget::refund(std::uint64_t begun) {
  if (const auto lost = out_.extract(begun))
    out_cost_ -= lost.mapped();
}

void window_budget::charge(duration busy) {
  overhead_ += std::max(busy, duration::zero());
}

std::uint32_t window_budget::micro_windows_left() const {
  const auto cost = terms_.slice() * (terms_.together ? std::max(1U, terms_.devices) : 1U);
  if (cost <= duration::zero() || left() <= duration::zero())
    return 0;
  return static_cast<std::uint32_t>((left() + cost / 2) / cost);
}

duration window_budget::fitting(duration wanted, std::uint32_t devices) const {
  return std::clamp(left() / std::max(1U, devices), duration::zero(), std::max(wanted, duration::zero()));
}

duration window_budget::for_training() const {
  return std::max(duration::zero(), total_ - set_aside());
}

void window_budget::promise(group_id group, duration c) {
  auto& its = promises_[group];
  its.group = group;
  its.promised = c;
}

std::vector<kept_promise> window_budget::promises() const {
  std::vector<kept_promise> out;
  for (const auto& [group, kept] : promises_)
    out.push_back(kept);
  return out;
}

duration window_budget::left() const {
  return total_ - charged_ - out_cost_ - std::max(overhead_, set_aside());
}

duration window_budget::set_aside() const {
  return part_of(total_, std::min(most_set_aside, overhead_part_));
}

namespace {

std::string in_seconds(duration span) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", seconds_of(span));
  return text;
}

} // namespace

std::string to_text(const kept_promise& kept) {
  return "promised " + in_seconds(kept.promised);
}

std::string to_text(const window_budget& budget) {
  return "of " + in_seconds(budget.total()) + "; labelling and scoring took " + in_seconds(budget.overhead());
}

} // namespace ecco
