// SPDX-License-Identifier: Apache-2.0
#include "deploy/teachers.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "deploy/world/world_source.hpp"
#include "deploy/world/world_teacher.hpp"
#include "runtime/learn/hog_teacher.hpp"
#include "runtime/learn/labels_teacher.hpp"

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

result<image> first_picture(const camera_settings& camera) {
  source_options options{camera.source, false, {}};
  for (const auto& filter : camera.filters)
    options.filters.push_back({filter.at, filter.chain});
  auto source = open_any_source(options);
  if (!source)
    return tl::unexpected{source.error()};
  return (*source)->next().map([](const source_picture& shown) { return shown.picture; });
}

result<std::unique_ptr<teacher>> labels_of(const settings& from, const camera_settings& camera) {
  // The city knows what is in it.
  if (camera.labels.empty() && from.teacher.labels.empty()) {
    if (draws_masks(from.student))
      return fail(ec::unsupported, camera.source + ": the city's truth has no outlines yet, which the student needs",
                  "choose a student.network without masks");
    return make_world_teacher(camera.source, from.classes);
  }
  const auto shown = first_picture(camera);
  if (!shown)
    return tl::unexpected{shown.error()};
  labels_options options;
  options.fps = from.teacher.labels_fps;
  options.width = shown->width;
  options.height = shown->height;
  options.outlines_needed = draws_masks(from.student);
  return make_labels_teacher(camera.labels.empty() ? from.teacher.labels : camera.labels, options);
}

} // namespace

result<std::unique_ptr<teacher>> make_teacher(const settings& from) {
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
