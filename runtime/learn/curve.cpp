// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/curve.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <string>
#include <utility>

#include "runtime/learn/safetensors.hpp"

namespace ecco {

namespace {

static_assert(std::endian::native == std::endian::little, "weights are little-endian");

/// Images trained on under each condition.
using table = std::array<double, 256>;

constexpr box fixed_box{.25F, .25F, .75F, .75F};
constexpr std::size_t training_frames = 512;
constexpr std::size_t held_out_frames = 64;

blob to_weights(const table& images) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(images.data());
  const tensor_entry entry{"images", scalar_type::f64, {256}, {first, sizeof images}};
  return write_safetensors(std::span{&entry, 1}, {{"architecture", "curve"}});
}

result<table> to_table(const blob& weights) {
  auto file = read_safetensors(weights);
  if (!file)
    return tl::unexpected(file.error());
  table images{};
  if (file->tensors.size() != 1 || file->tensors[0].type != scalar_type::f64
      || file->tensors[0].data.size() != sizeof images)
    return fail(ec::shape_mismatch, "learning curve: weights of another architecture",
                "a curve student runs only what a curve learner trained");
  std::memcpy(images.data(), file->tensors[0].data.data(), sizeof images);
  if (!std::all_of(images.begin(), images.end(), [](double n) { return std::isfinite(n) && n >= 0; }))
    return fail(ec::not_finite, "learning curve: a number of images is negative or not finite");
  return images;
}

result<std::uint8_t> condition_of(const image& picture) {
  if (picture.rgb.empty())
    return fail(ec::invalid_argument, "learning curve: a picture without pixels");
  return picture.rgb.view()[0];
}

std::vector<float> features_of(std::uint8_t condition) {
  std::vector<float> out(curve_features, 0.F);
  out[condition % curve_features] = 1;
  return out;
}

double accuracy(const curve_options& options, const table& images, std::uint8_t condition) {
  return options.ceiling * (1 - std::exp(-images[condition] / options.scale));
}

/// A held-out frame, as far as the curve looks at it.
struct seen_frame {
  std::uint8_t condition = 0;
  std::uint32_t objects = 0;
};

std::uint32_t objects_of(const std::vector<label>& labels) {
  return static_cast<std::uint32_t>(
      std::count_if(labels.begin(), labels.end(), [](const label& l) { return !l.ignore; }));
}

/// A box is found exactly or not at all, so that every IoU threshold gives the same average precision.
camera_score score(const curve_options& options, const table& images, const camera_id& camera,
                   const std::deque<seen_frame>& frames) {
  camera_score out;
  out.camera = camera;
  double found = 0;
  for (const auto& seen : frames) {
    found += seen.objects * accuracy(options, images, seen.condition);
    out.objects += seen.objects;
    ++out.frames;
  }
  out.map50 = out.map = out.objects > 0 ? found / out.objects : std::numeric_limits<double>::quiet_NaN();
  return out;
}

/// What is kept of one camera of a job.
struct member {
  std::deque<std::uint8_t> training;
  std::deque<seen_frame> held_out;
};

/// What is kept of one job between orders.
struct job {
  std::uint32_t state = 0;
  /// Its last slice was trained under another rank 0: only the samples are up to date.
  bool follows = false;
  table images{};
  /// Of the newest sample.
  std::uint64_t pixels_per_image = 0;
  std::map<camera_id, member> members;
};

template <class T>
void push(std::deque<T>& ring, T value, std::size_t room) {
  ring.push_back(std::move(value));
  if (ring.size() > room)
    ring.pop_front();
}

/// Takes the samples of members and drops everybody else's, old and new.
result<void> take_samples(job& to, const train_order& order) {
  auto is_member = [&](const camera_id& camera) {
    return std::find(order.members.begin(), order.members.end(), camera) != order.members.end();
  };
  std::erase_if(to.members, [&](const auto& entry) { return !is_member(entry.first); });
  for (const auto& sample : order.samples) {
    if (!is_member(sample.shot.camera))
      continue;
    auto condition = condition_of(sample.shot.picture);
    if (!condition)
      return tl::unexpected(condition.error());
    to.pixels_per_image = std::uint64_t{sample.shot.picture.width} * sample.shot.picture.height;
    auto& camera = to.members[sample.shot.camera];
    if (sample.shot.role == sample_role::train)
      push(camera.training, *condition, training_frames);
    else if (sample.shot.role == sample_role::held_out)
      push(camera.held_out, {*condition, objects_of(sample.labels)}, held_out_frames);
  }
  return {};
}

/// How `total` images divide over the conditions of a job's training samples.
table divide(double total, const job& over) {
  auto learners = std::count_if(over.members.begin(), over.members.end(),
                                [](const auto& entry) { return !entry.second.training.empty(); });
  table out{};
  for (const auto& [camera, kept] : over.members)
    for (auto condition : kept.training)
      out[condition] += total / static_cast<double>(learners) / static_cast<double>(kept.training.size());
  return out;
}

/// Adds what was trained; every condition loses for what was trained under others.
void learn(table& images, const table& trained, double total, double forgetting) {
  for (std::size_t c = 0; c < images.size(); ++c)
    images[c] = std::max(0., images[c] - forgetting * (total - trained[c])) + trained[c];
}

class curve_student final : public student {
 public:
  explicit curve_student(const curve_options& options) : options_(options) {}

  result<void> load(const blob& weights) override {
    auto images = to_table(weights);
    if (!images)
      return tl::unexpected(images.error());
    images_ = *images;
    return {};
  }

  result<std::vector<detection>> infer(const image& picture) override {
    auto condition = condition_of(picture);
    if (!condition)
      return tl::unexpected(condition.error());
    features_ = features_of(*condition);
    return std::vector{detection{fixed_box, 0, static_cast<float>(accuracy(options_, images_, *condition))}};
  }

  std::vector<float> features() const override { return features_; }

 private:
  curve_options options_;
  table images_{};
  std::vector<float> features_;
};

class curve_learner final : public learner {
 public:
  explicit curve_learner(const curve_options& options) : options_(options) {}

  result<labels> label(const label_order& order) override {
    labels out;
    out.frames.assign(order.frames.size(), {ecco::label{fixed_box, 0, false}});
    out.busy = time_for(order.frames.size());
    return out;
  }

  result<train_report> train(const train_order& order) override {
    auto next = resume(order);
    if (!next)
      return tl::unexpected(next.error());
    if (auto taken = take_samples(*next, order); !taken)
      return tl::unexpected(taken.error());
    next->follows = order.together.rank > 0;
    if (next->follows)
      return follow(std::move(*next), order);

    train_report report;
    report.group = order.group;
    report.before = scores(*next);
    auto total = options_.capacity_images_per_second * seconds_of(order.slice) * order.together.size;
    auto trained = divide(total, *next);
    auto idle = std::all_of(trained.begin(), trained.end(), [](double n) { return n == 0; });
    report.loss = loss(*next, trained, total);
    if (!idle)
      learn(next->images, trained, total, options_.forgetting);
    (idle ? report.spent.other : report.spent.training) = order.slice;
    report.images = idle ? 0 : static_cast<std::uint32_t>(std::llround(total));
    report.pixels = report.images * next->pixels_per_image;
    report.after = scores(*next);
    report.state = next->state = order.base + 1;
    report.checkpoint = report.weights = to_weights(next->images);
    jobs_[order.group] = std::move(*next);
    return report;
  }

  result<eval_report> evaluate(const eval_order& order) override {
    auto images = to_table(order.weights);
    if (!images)
      return tl::unexpected(images.error());
    std::map<camera_id, std::deque<seen_frame>> cameras;
    eval_report report;
    for (const auto& sample : order.frames) {
      auto condition = condition_of(sample.shot.picture);
      if (!condition)
        return tl::unexpected(condition.error());
      cameras[sample.shot.camera].push_back({*condition, objects_of(sample.labels)});
      if (order.features)
        report.features.push_back(features_of(*condition));
    }
    for (const auto& [camera, frames] : cameras)
      report.scores.push_back(score(options_, *images, camera, frames));
    report.busy = time_for(order.frames.size());
    return report;
  }

  void forget(group_id group) override { jobs_.erase(group); }

 private:
  duration time_for(std::size_t frames) const {
    return from_seconds(static_cast<double>(frames) / options_.capacity_images_per_second);
  }

  train_report follow(job next, const train_order& order) {
    train_report report;
    report.group = order.group;
    report.state = next.state = order.base + 1;
    report.spent.training = order.slice;
    jobs_[order.group] = std::move(next);
    return report;
  }

  /// The state an order builds on: a copy, so that a failing order harms nothing.
  result<job> resume(const train_order& order) const {
    if (order.from_scratch) {
      job fresh;
      if (order.checkpoint.empty())
        return fresh;
      auto images = to_table(order.checkpoint);
      if (!images)
        return tl::unexpected(images.error());
      fresh.images = *images;
      return fresh;
    }
    auto kept = jobs_.find(order.group);
    if (kept == jobs_.end() || kept->second.state != order.base
        || (kept->second.follows && order.together.rank == 0))
      return fail(ec::stale,
                  "group " + to_string(order.group) + ": state " + std::to_string(order.base)
                      + " is not kept here",
                  "send the order with checkpoint and samples");
    return kept->second;
  }

  std::vector<camera_score> scores(const job& of) const {
    std::vector<camera_score> out;
    for (const auto& [camera, kept] : of.members)
      if (!kept.held_out.empty())
        out.push_back(score(options_, of.images, camera, kept.held_out));
    return out;
  }

  /// Mean error over the images about to be trained on.
  double loss(const job& of, const table& trained, double total) const {
    double sum = 0;
    for (std::size_t c = 0; c < trained.size(); ++c)
      sum += trained[c] * (1 - accuracy(options_, of.images, static_cast<std::uint8_t>(c)));
    return total > 0 ? sum / total : 0;
  }

  curve_options options_;
  std::map<group_id, job> jobs_;
};

} // namespace

image curve_picture(std::uint8_t condition) {
  return {16, 16, blob{bytes(std::size_t{3} * 16 * 16, condition)}};
}

blob curve_weights(const std::map<std::uint8_t, double>& images) {
  table filled{};
  for (auto [condition, count] : images)
    filled[condition] = count;
  return to_weights(filled);
}

std::unique_ptr<student> make_curve_student(const curve_options& options) {
  return std::make_unique<curve_student>(options);
}

std::unique_ptr<learner> make_curve_learner(const curve_options& options) {
  return std::make_unique<curve_learner>(options);
}

} // namespace ecco
