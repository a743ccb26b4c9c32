// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/network_teacher.hpp"

#include <algorithm>
#include <utility>

#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/weights.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

std::string listed(std::span<const std::string> names) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
    text += (i > 0 ? ", " : "") + names[i];
  return names.size() > most ? text + ", ..." : text;
}

class network_teacher final : public teacher {
 public:
  network_teacher(std::unique_ptr<torch_detector> detector, std::vector<std::optional<std::uint16_t>> places,
                  const network_teacher_options& options)
      : detector_{std::move(detector)}, places_{std::move(places)}, options_{options} {}

  result<std::vector<label>> label_frame(const frame& shot) override {
    return label_frames({&shot, 1}).map([](std::vector<std::vector<label>>&& of) { return std::move(of.front()); });
  }

  result<std::vector<std::vector<label>>> label_frames(std::span<const frame> shots) override {
    std::vector<std::vector<label>> all;
    while (all.size() < shots.size()) {
      const auto batch = next_batch(shots.subspan(all.size()));
      const auto seen = detector_->detect(batch);
      if (!seen)
        return fail(seen.error().code, "teacher: camera " + shots[all.size()].camera.value + ": " + seen.error().what,
                    seen.error().hint);
      for (const auto& of_picture : *seen)
        all.push_back(to_labels(of_picture));
    }
    return all;
  }

 private:
  /// Pictures of one size only: among others a picture would be padded otherwise, and might get other labels.
  std::vector<const image*> next_batch(std::span<const frame> shots) const {
    std::vector<const image*> batch;
    for (const auto& shot : shots) {
      const auto& first = shots.front().picture;
      if (batch.size() == options_.batch || shot.picture.width != first.width || shot.picture.height != first.height)
        break;
      batch.push_back(&shot.picture);
    }
    return batch;
  }

  bool is_doubtful(const detection& one) const {
    return one.score < options_.least_score || (options_.outlines_needed && one.shape.empty());
  }

  std::vector<label> to_labels(const std::vector<detection>& seen) const {
    std::vector<label> out;
    for (const auto& one : seen)
      if (const auto place = places_[one.class_id])
        out.push_back({one.where, *place, is_doubtful(one), one.shape});
    return out;
  }

  std::unique_ptr<torch_detector> detector_;
  /// By the network's class.
  std::vector<std::optional<std::uint16_t>> places_;
  network_teacher_options options_;
};

} // namespace

result<std::vector<std::optional<std::uint16_t>>>
places_of(std::uint16_t classes, std::span<const std::string> named, std::span<const std::string> wanted) {
  std::vector<std::optional<std::uint16_t>> out(classes);
  if (named.empty() && wanted.size() != classes)
    return fail(ec::shape_mismatch,
                "it has " + std::to_string(classes) + " classes without names, where " + std::to_string(wanted.size())
                    + " are to be labelled (" + listed(wanted) + ")",
                "name its classes in the safetensors' metadata: classes = a comma-separated list");
  if (!named.empty() && named.size() != classes)
    return fail(ec::shape_mismatch, "it has " + std::to_string(classes) + " classes, but "
                                        + std::to_string(named.size()) + " names");
  for (std::uint16_t c = 0; c < classes; ++c) {
    const auto found = named.empty() ? wanted.begin() + c : std::find(wanted.begin(), wanted.end(), named[c]);
    if (found != wanted.end())
      out[c] = static_cast<std::uint16_t>(found - wanted.begin());
  }
  if (std::none_of(out.begin(), out.end(), [](const auto& place) { return place.has_value(); }))
    return fail(ec::shape_mismatch,
                "it knows none of the classes to label (" + listed(wanted) + "), but " + listed(named),
                "name some of its classes in `classes`, or use another teacher");
  return out;
}

result<std::unique_ptr<teacher>> make_network_teacher(const blob& weights, std::span<const std::string> classes,
                                                      const network_teacher_options& options) {
  // Negated, so that NaN is refused.
  if (!(options.ignore_score > 0 && options.ignore_score <= options.least_score && options.least_score < 1))
    return fail(ec::invalid_argument, "teacher: scores must satisfy 0 < ignore_score <= least_score < 1");
  if (options.batch == 0)
    return fail(ec::invalid_argument, "teacher: a batch of no frame");
  const auto facts = recognise(weights);
  if (!facts)
    return tl::unexpected{facts.error()};
  auto spec = facts->student;
  spec.input_width = options.input.width;
  spec.input_height = options.input.height;
  const auto variant = variant_of(spec);
  if (!variant)
    return tl::unexpected{variant.error()};
  if (options.outlines_needed && !variant->masks)
    return fail(ec::shape_mismatch, spec.architecture + " draws no masks, which the student is to learn",
                "use a teacher of an architecture that ends in -seg, or a student without masks");
  auto places = places_of(spec.classes, class_names(*facts), classes);
  if (!places)
    return tl::unexpected{places.error()};
  detection_options detecting;
  detecting.least_score = options.ignore_score;
  detecting.arithmetic = options.arithmetic;
  detecting.device = options.device;
  auto detector = torch_detector::make(spec, detecting);
  if (!detector)
    return tl::unexpected{detector.error()};
  const auto plain = deployable(weights, scalar_type::f32);
  if (!plain)
    return tl::unexpected{plain.error()};
  if (auto loaded = (*detector)->load(*plain); !loaded)
    return tl::unexpected{loaded.error()};
  return std::make_unique<network_teacher>(std::move(*detector), std::move(*places), options);
}

} // namespace ecco
