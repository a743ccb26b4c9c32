// SPDX-License-Identifier: Apache-2.0
#include "deploy/teachers.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "config/dataset_address.hpp"
#include "deploy/camera_source.hpp"
#include "deploy/dataset/dataset_teacher.hpp"
#include "deploy/dataset/read_dataset.hpp"
#include "deploy/whole_file.hpp"
#include "deploy/world/world_teacher.hpp"
#include "runtime/learn/hog_teacher.hpp"
#include "runtime/learn/labels_teacher.hpp"
#include "runtime/learn/network_teacher.hpp"

namespace ecco {

namespace {

/// A file of labels for each camera.
class teacher_by_camera : public teacher {
 public:
  explicit teacher_by_camera(std::map<camera_id, std::unique_ptr<teacher>> of) : of_(std::move(of)) {}

  result<std::vector<label>> label_frame(const frame& shot) override {
    const auto found = of_.find(shot.camera);
    if (found == of_.end())
      return fail(ec::not_found, "there are no labels for camera " + shot.camera.value, "name a file in its `labels`");
    return found->second->label_frame(shot);
  }

 private:
  std::map<camera_id, std::unique_ptr<teacher>> of_;
};

result<image> first_picture(const settings& from, const camera_settings& camera) {
  auto once = camera;
  once.loop = false;
  auto source = open_camera_source(once, from.teacher.labels_fps);
  if (!source)
    return tl::unexpected{source.error()};
  return (*source)->next().map([](const source_picture& shown) { return shown.picture; });
}

/// Filters of libavfilter after which boxes are no longer where they were; others are taken to change colours only.
constexpr std::string_view moving_filters[] = {"crop", "pad", "flip", "rotate", "transpose", "perspective", "zoompan",
                                               "lenscorrection", "scroll", "shear", "v360"};

result<void> check_filters(const camera_settings& camera) {
  for (const auto& filter : camera.filters)
    for (const auto name : moving_filters)
      if (filter.chain.find(name) != std::string::npos)
        return fail(ec::invalid_argument,
                    camera.source + ": filter \"" + filter.chain + "\" moves pixels, and the source's own labels stay",
                    "leave it out, or name a MOT file of the filtered picture in the camera's `labels`");
  return {};
}

/// A data set knows its own truth, unless the camera names a file of it.
result<std::unique_ptr<teacher>> truth_of(const settings& from, const camera_settings& camera,
                                          const dataset_place& place) {
  if (auto good = check_filters(camera); !good)
    return tl::unexpected{good.error()};
  auto sequence = read_dataset(place, from.teacher.labels_fps, draws_masks(from.student));
  if (!sequence)
    return tl::unexpected{sequence.error()};
  return make_dataset_teacher(std::move(*sequence), from.classes, draws_masks(from.student));
}

result<std::unique_ptr<teacher>> network_of(const settings& from, compute_device device) {
  const auto read = read_weights(from.teacher.weights);
  if (!read)
    return fail(read.error().code, read.error().what, "check teacher.weights");
  network_teacher_options options;
  options.input = {from.teacher.input.width, from.teacher.input.height};
  options.least_score = static_cast<float>(from.teacher.least_score);
  options.ignore_score = static_cast<float>(from.teacher.ignore_score);
  options.arithmetic = from.training.precision;
  options.device = device;
  options.outlines_needed = draws_masks(from.student);
  auto made = make_network_teacher(*read, from.classes, options);
  if (!made)
    return fail(made.error().code, from.teacher.weights.string() + ": " + made.error().what, made.error().hint);
  return made;
}

} // namespace

result<std::unique_ptr<teacher>> labels_of(const settings& from, const camera_settings& camera) {
  if (const auto place = dataset_named_by(camera.source); place && camera.labels.empty())
    return truth_of(from, camera, *place);
  // The city knows what is in it.
  if (camera.labels.empty() && from.teacher.labels.empty()) {
    if (auto good = check_filters(camera); !good)
      return tl::unexpected{good.error()};
    return make_world_teacher(camera.source, from.classes, draws_masks(from.student));
  }
  const auto shown = first_picture(from, camera);
  if (!shown)
    return tl::unexpected{shown.error()};
  labels_options options;
  options.fps = from.teacher.labels_fps;
  options.width = shown->width;
  options.height = shown->height;
  options.outlines_needed = draws_masks(from.student);
  return make_labels_teacher(camera.labels.empty() ? from.teacher.labels : camera.labels, options);
}

result<std::unique_ptr<teacher>> make_teacher(const settings& from, compute_device device) {
  if (from.teacher.kind == teacher_kind::network)
    return network_of(from, device);
  if (from.teacher.kind == teacher_kind::hog) {
    hog_options options;
    options.smallest_person = from.teacher.hog_smallest;
    options.label_score = from.teacher.hog_threshold;
    options.ignore_score = std::min(options.ignore_score, options.label_score);
    return make_hog_teacher(options);
  }
  std::map<camera_id, std::unique_ptr<teacher>> of;
  for (const auto& [id, camera] : from.cameras) {
    auto labels = labels_of(from, camera);
    if (!labels)
      return tl::unexpected{labels.error()};
    of.emplace(id, std::move(*labels));
  }
  return std::make_unique<teacher_by_camera>(std::move(of));
}

} // namespace ecco
