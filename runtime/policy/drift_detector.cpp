// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/drift_detector.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace ecco {

namespace {

std::string joined(std::string a, const char* b) {
  return a.empty() ? std::string{b} : std::move(a) + " and " + b;
}

bool is_finite(const drift_observation& seen) {
  return std::isfinite(seen.confidence) && std::isfinite(seen.count);
}

/// Falls relative to what is usual.
class relative_detector final : public drift_detector {
 public:
  explicit relative_detector(const drift_options& options) : test_(options) {}

  bool add(const drift_observation& seen) override { return test_.add(seen); }
  double score() const override { return test_.score(); }
  void reset() override { test_.reset(); }

  std::string cause() const override {
    std::string out;
    if (test_.confidence_score() >= 1)
      out = joined(out, "confidence");
    if (test_.count_score() >= 1)
      out = joined(out, "count");
    return out;
  }

 private:
  drift_test test_;
};

/// A change detector on each of the two numbers.
class pair_detector final : public drift_detector {
 public:
  pair_detector(std::unique_ptr<change_detector> confidence, std::unique_ptr<change_detector> count)
      : confidence_(std::move(confidence)), count_(std::move(count)) {}

  bool add(const drift_observation& seen) override {
    if (alarmed_ || !is_finite(seen))
      return false;
    if (seen.count > 0 && confidence_->add(seen.confidence) == change::fall)
      cause_ = joined(cause_, "confidence");
    if (count_->add(seen.count) == change::fall)
      cause_ = joined(cause_, "count");
    alarmed_ = !cause_.empty();
    return alarmed_;
  }

  double score() const override {
    return alarmed_ ? 1 : std::min(1.0, std::max(confidence_->score(), count_->score()));
  }

  std::string cause() const override { return cause_; }

  void reset() override {
    confidence_->reset();
    count_->reset();
    cause_.clear();
    alarmed_ = false;
  }

 private:
  std::unique_ptr<change_detector> confidence_, count_;
  std::string cause_;
  bool alarmed_ = false;
};

class feature_detector final : public drift_detector {
 public:
  explicit feature_detector(const feature_options& options) : test_(options) {}

  bool add(const drift_observation& seen) override {
    if (alarmed_)
      return false;
    test_.add(seen.features);
    alarmed_ = test_.score() >= 1;
    return alarmed_;
  }

  double score() const override { return std::min(1.0, test_.score()); }
  std::string cause() const override { return alarmed_ ? "features" : ""; }

  void reset() override {
    test_.reset();
    alarmed_ = false;
  }

 private:
  feature_test test_;
  bool alarmed_ = false;
};

class agreement_detector final : public drift_detector {
 public:
  agreement_detector(const drift_options& relative, const feature_options& features, const agreement_options& options)
      : options_(options), relative_(relative), features_(features) {}

  bool add(const drift_observation& seen) override {
    if (alarmed_ || !is_finite(seen))
      return false;
    relative_.take(seen);
    features_.add(seen.features);
    const std::array now{relative_.confidence_score(), relative_.count_score(), features_.score()};
    for (std::size_t i = 0; i < now.size(); ++i)
      left_[i] = now[i] >= 1 ? options_.within : left_[i] - (left_[i] > 0);
    alarmed_ = votes() >= options_.votes;
    return alarmed_;
  }

  /// The weakest of the votes that would suffice.
  double score() const override {
    if (alarmed_)
      return 1;
    std::array now{relative_.confidence_score(), relative_.count_score(), features_.score()};
    for (std::size_t i = 0; i < now.size(); ++i)
      now[i] = left_[i] > 0 ? 1 : now[i];
    std::sort(now.begin(), now.end(), std::greater<>{});
    return std::min(1.0, now[std::min<std::size_t>(options_.votes, now.size()) - 1]);
  }

  std::string cause() const override {
    std::string out;
    for (std::size_t i = 0; alarmed_ && i < left_.size(); ++i)
      if (left_[i] > 0)
        out = joined(out, std::array{"confidence", "count", "features"}[i]);
    return out;
  }

  void reset() override {
    relative_.reset();
    features_.reset();
    left_ = {};
    alarmed_ = false;
  }

 private:
  std::uint32_t votes() const {
    return static_cast<std::uint32_t>(std::count_if(left_.begin(), left_.end(), [](auto left) { return left > 0; }));
  }

  agreement_options options_;
  drift_test relative_;
  feature_test features_;
  /// Frames for which each vote still counts.
  std::array<std::uint32_t, 3> left_{};
  bool alarmed_ = false;
};

} // namespace

bool looks_at_features(drift_kind kind) {
  return kind == drift_kind::features || kind == drift_kind::agreement;
}

std::unique_ptr<drift_detector> make_drift_detector(const drift_detector_options& options) {
  switch (options.kind) {
    case drift_kind::relative: break;
    case drift_kind::page_hinkley:
      return std::make_unique<pair_detector>(std::make_unique<page_hinkley>(options.page_hinkley),
                                             std::make_unique<page_hinkley>(options.page_hinkley));
    case drift_kind::adwin:
      return std::make_unique<pair_detector>(std::make_unique<adwin>(options.adwin),
                                             std::make_unique<adwin>(options.adwin));
    case drift_kind::kswin:
      return std::make_unique<pair_detector>(std::make_unique<kswin>(options.kswin),
                                             std::make_unique<kswin>(options.kswin));
    case drift_kind::features: return std::make_unique<feature_detector>(options.features);
    case drift_kind::agreement:
      return std::make_unique<agreement_detector>(options.relative, options.features, options.agreement);
  }
  return std::make_unique<relative_detector>(options.relative);
}

} // namespace ecco
