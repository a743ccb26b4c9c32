// SPDX-License-Identifier: Apache-2.0
#include "deploy/dataset/dataset_teacher.hpp"

#include <algorithm>
#include <utility>

#include "deploy/dataset/dataset_source.hpp"
#include "deploy/dataset/read_dataset.hpp"
#include "runtime/dataset/cityflow.hpp"
#include "runtime/dataset/class_map.hpp"
#include "runtime/dataset/picture_size.hpp"
#include "runtime/learn/outlines.hpp"
#include "runtime/video/picture_file.hpp"

namespace ecco {

namespace {

/// Corners may be so far from the outline, in pixels.
constexpr double outline_tolerance = .5;

/// The borders of the pixels of a mask.
std::vector<polygon> rings_of(const rle& mask) {
  const auto columns = decode_mask(mask);
  bytes rows(columns.size());
  for (std::size_t x = 0; x < mask.width; ++x)
    for (std::size_t y = 0; y < mask.height; ++y)
      rows[y * mask.width + x] = columns[x * mask.height + y];
  return borders(rows, mask.width, mask.height);
}

outline shape_of(const dataset_object& object, double width, double height) {
  const pixel_box picture{0, 0, width, height};
  if (!object.rings.empty())
    return to_outline(object.rings, picture, picture, 0);
  return object.mask.width == 0 ? outline{} : to_outline(rings_of(object.mask), picture, picture, outline_tolerance);
}

bool has_shapes(const dataset_sequence& sequence) {
  return std::any_of(sequence.frames.begin(), sequence.frames.end(), [](const dataset_frame& frame) {
    return !frame.instances.empty() || std::any_of(frame.objects.begin(), frame.objects.end(), [](const auto& object) {
      return !object.rings.empty() || object.mask.width > 0;
    });
  });
}

class dataset_teacher : public teacher {
 public:
  dataset_teacher(dataset_sequence sequence, std::vector<class_fate> fates, std::vector<box> unlabelled,
                  picture_extent video, bool with_masks)
      : sequence_(std::move(sequence)), fates_(std::move(fates)), unlabelled_(std::move(unlabelled)), video_(video),
        with_masks_(with_masks) {}

  result<std::vector<label>> label_frame(const frame& shot) override {
    std::vector<label> out;
    for (const auto& part : unlabelled_)
      out.push_back({part, 0, true, {}});
    const auto* of = frame_at(sequence_, shot.media_time);
    if (!of)
      return out;
    const auto objects = objects_of(sequence_, *of, with_masks_);
    if (!objects)
      return tl::unexpected{objects.error()};
    // The shot may be smaller, but has the same shape.
    const double width = of->width > 0 ? of->width : video_.width, height = of->width > 0 ? of->height : video_.height;
    for (const auto& object : *objects)
      if (auto seen = label_of(object, fates_, width, height)) {
        if (with_masks_)
          seen->shape = shape_of(object, width, height);
        out.push_back(std::move(*seen));
      }
    return out;
  }

 private:
  dataset_sequence sequence_;
  std::vector<class_fate> fates_;
  std::vector<box> unlabelled_;
  picture_extent video_;
  bool with_masks_;
};

/// 0 x 0 for a sequence of pictures, of which each knows its own.
result<picture_extent> size_of_video(const dataset_sequence& sequence) {
  if (sequence.video.empty())
    return picture_extent{};
  auto source = open_dataset_source(sequence, false, {});
  if (!source)
    return tl::unexpected{source.error()};
  return (*source)->next().map([](const source_picture& shown) {
    return picture_extent{shown.picture.width, shown.picture.height};
  });
}

result<std::vector<box>> unlabelled_parts(const dataset_sequence& sequence) {
  if (sequence.region_of_interest.empty())
    return std::vector<box>{};
  return read_picture(sequence.region_of_interest).map([](const image& region) { return dark_parts(region); });
}

} // namespace

result<std::unique_ptr<teacher>> make_dataset_teacher(dataset_sequence sequence,
                                                      const std::vector<std::string>& classes, bool outlines_needed) {
  if (!sequence.has_truth)
    return fail(ec::not_found, sequence.name + ": the sequence has no labels to teach with",
                "use a sequence for training, or another teacher.kind");
  if (outlines_needed && !has_shapes(sequence))
    return fail(ec::malformed_data, sequence.name + ": no label has a shape, which a student with masks learns from",
                "choose a student without -seg, or a data set with masks: carla, coco, yolo with polygons");
  auto fates = map_classes(sequence.classes, classes);
  if (!fates)
    return fail(fates.error().code, sequence.name + ": " + fates.error().what, fates.error().hint);
  auto unlabelled = unlabelled_parts(sequence);
  if (!unlabelled)
    return tl::unexpected{unlabelled.error()};
  const auto size = size_of_video(sequence);
  if (!size)
    return tl::unexpected{size.error()};
  return std::make_unique<dataset_teacher>(std::move(sequence), std::move(*fates), std::move(*unlabelled), *size,
                                           outlines_needed);
}

} // namespace ecco
