// SPDX-License-Identifier: Apache-2.0
#include "deploy/truths.hpp"

#include <utility>

#include "config/dataset_address.hpp"
#include "deploy/teachers.hpp"
#include "runtime/world/address.hpp"

namespace ecco {

namespace {

bool has_labels(const settings& from, const camera_settings& camera) {
  return !camera.labels.empty() || !from.teacher.labels.empty();
}

/// Boxes are compared where the student has no masks: outlines would be taken instead.
class truth_in_boxes final : public teacher {
 public:
  explicit truth_in_boxes(std::unique_ptr<teacher> of) : of_(std::move(of)) {}

  result<std::vector<label>> label_frame(const frame& shot) override {
    auto said = of_->label_frame(shot);
    if (said)
      for (auto& one : *said)
        one.shape = {};
    return said;
  }

 private:
  std::unique_ptr<teacher> of_;
};

/// Null where the source cannot tell: a video, a sequence without truth, other classes, boxes for a student with masks.
result<std::unique_ptr<teacher>> truth_about(const settings& from, const camera_settings& camera) {
  const auto brings_it = camera.source.starts_with(world::address_scheme) || dataset_named_by(camera.source);
  if (!brings_it && !has_labels(from, camera))
    return std::unique_ptr<teacher>{};
  auto found = labels_of(from, camera);
  // A file that a person named must be there; a source may well not tell.
  if (!found && !has_labels(from, camera))
    return std::unique_ptr<teacher>{};
  if (!found)
    return tl::unexpected{found.error()};
  if (!draws_masks(from.student))
    return std::make_unique<truth_in_boxes>(std::move(*found));
  return found;
}

} // namespace

truth_factory find_truths(const settings& from) {
  if (from.teacher.kind == teacher_kind::labels)
    return {};
  return [from](const camera_id& camera) -> result<std::unique_ptr<teacher>> {
    const auto known = from.cameras.find(camera);
    if (known == from.cameras.end())
      return std::unique_ptr<teacher>{};
    return truth_about(from, known->second);
  };
}

} // namespace ecco
