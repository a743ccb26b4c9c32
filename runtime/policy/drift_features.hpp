// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ecco {

/// Where features usually are: mean and variance of each, over the frames seen.
class feature_centre {
 public:
  /// @pre all calls have as many values, finite
  void add(std::span<const float> features);

  /// Mahalanobis distance with a diagonal covariance, over the square root of the number of features: 1 is usual. A
  /// feature that hardly varied counts as varying by 1 % of the mean variance: its first stir is not a catastrophe.
  /// @pre as many values as were added
  double distance(std::span<const float> features) const;

  std::size_t size() const { return mean_.size(); }
  std::uint32_t frames() const { return frames_; }
  const std::vector<double>& mean() const { return mean_; }

 private:
  std::vector<double> mean_, squares_;
  std::uint32_t frames_ = 0;
};

struct feature_options {
  /// Frames that show where the features usually are, and then as many again that show how far from there usual frames
  /// are.
  std::uint32_t reference = 100;
  /// Rise of the distance, in its usual standard deviations, that is tolerated; and the sum of rises beyond it that
  /// alarms. One frame adds at most `threshold`/10.
  double delta = 2, threshold = 40;
};

/// Notices that pooled features of the network (448 numbers for yolo11n) went from where they were before the drift: a
/// one-sided cumulative sum of their distance. No more than `most_features` are looked at.
class feature_test {
 public:
  static constexpr std::size_t most_features = 4096;

  explicit feature_test(feature_options options = {}) : options_(options) {}

  /// Takes one frame in. Nothing, too many, or values that are not finite are passed over; another number of features
  /// than before begins anew, for it is another network.
  void add(std::span<const float> features);

  /// 0 calm, 1 or more alarm.
  double score() const { return sum_ / options_.threshold; }
  void reset() { *this = feature_test{options_}; }

 private:
  feature_options options_;
  feature_centre centre_;
  /// Of the usual distance.
  double measured_ = 0, mean_ = 0, squares_ = 0;
  double sum_ = 0;
};

} // namespace ecco
