// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/drift_adwin.hpp"

#include <algorithm>
#include <cmath>

namespace ecco {

namespace {

double squared(double x) {
  return x * x;
}

double values_in_row(std::size_t row) {
  return std::ldexp(1.0, static_cast<int>(row));
}

} // namespace

change adwin::add(double value) {
  if (over_)
    reset();
  insert(value);
  compress();
  if (++ticks_ % options_.clock != 0 || width_ <= options_.grace)
    return change::none;
  score_ = 0;
  auto found = change::none;
  for (auto cut = find_cut(); cut != change::none; cut = find_cut()) {
    found = found == change::none ? cut : found;
    drop_oldest();
  }
  over_ = found != change::none;
  return found;
}

void adwin::reset() {
  *this = adwin{options_};
}

void adwin::insert(double value) {
  if (width_ > 0)
    spread_ += width_ * squared(value - total_ / width_) / (width_ + 1);
  ++width_;
  total_ += value;
  rows_.front().push_back({value, 0});
}

void adwin::compress() {
  for (std::size_t row = 0; row < rows_.size() && rows_[row].size() > options_.most_buckets; ++row) {
    if (row + 1 == rows_.size())
      rows_.emplace_back();
    auto& full = rows_[row];
    const auto count = values_in_row(row);
    const auto &a = full[0], &b = full[1];
    const auto between = count * squared(a.total / count - b.total / count) / 2;
    rows_[row + 1].push_back({a.total + b.total, a.spread + b.spread + between});
    full.pop_front();
    full.pop_front();
  }
}

void adwin::drop_oldest() {
  const auto count = values_in_row(rows_.size() - 1);
  const auto oldest = rows_.back().front();
  width_ -= count;
  total_ -= oldest.total;
  spread_ -= oldest.spread + count * width_ * squared(oldest.total / count - total_ / width_) / (count + width_);
  rows_.back().pop_front();
  while (rows_.size() > 1 && rows_.back().empty())
    rows_.pop_back();
}

change adwin::find_cut() {
  double old_count = 0, old_total = 0;
  for (auto row = rows_.size(); row-- > 0;)
    for (const auto& one : rows_[row]) {
      old_count += values_in_row(row);
      old_total += one.total;
      const auto new_count = width_ - old_count;
      if (old_count < options_.least_side || new_count < options_.least_side)
        continue;
      const auto difference = old_total / old_count - (total_ - old_total) / new_count;
      const auto much = excess(old_count, new_count, std::abs(difference));
      score_ = std::max(score_, much);
      if (much > 1)
        return difference > 0 ? change::fall : change::rise;
    }
  return change::none;
}

double adwin::excess(double old_count, double new_count, double difference) const {
  const double side = options_.least_side;
  const auto m = 1 / (old_count - side + 1) + 1 / (new_count - side + 1);
  const auto doubt = std::log(2 * std::log(width_) / options_.delta);
  // Subtracting squares may leave less than nothing of a spread that is nothing.
  const auto variance = std::max(0.0, spread_ / width_);
  return difference / (std::sqrt(2 * m * variance * doubt) + 2.0 / 3 * m * doubt);
}

} // namespace ecco
