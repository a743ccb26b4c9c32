// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "deploy/export/export_time.hpp"
#include "deploy/export/frame_exporter.hpp"
#include "deploy/report/text_file.hpp"
#include "runtime/score/outline_mask.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;
using json = nlohmann::json;

/// No frame has more labels.
constexpr std::uint64_t annotations_of_frame = 4096;

/// Streamed into texts: as JSON in memory a day of annotations would take gigabytes.
void append(std::string& to, const json& one) {
  to += (to.empty() ? "\n" : ",\n") + one.dump();
}

json as_json(const rle& mask) {
  return {{"size", {mask.height, mask.width}}, {"counts", to_string(mask)}};
}

/// Crowds are masks by COCO's definition; what has no outline otherwise has no segmentation: its shape is not
/// known.
json annotation_of(const label& from, const exported_frame& frame) {
  const auto width = frame.picture.width, height = frame.picture.height;
  const double x = double{from.where.x1} * width, y = double{from.where.y1} * height;
  const double w = double{from.where.x2} * width - x, h = double{from.where.y2} * height - y;
  json out{{"image_id", frame.number},
           {"category_id", from.class_id + 1},
           {"bbox", {x, y, w, h}},
           {"area", w * h},
           {"iscrowd", from.ignore ? 1 : 0}};
  if (!from.shape.empty() || from.ignore) {
    const auto mask =
        from.shape.empty() ? mask_of(from.where, height, width) : mask_of(from.shape, height, width);
    out["segmentation"] = as_json(mask);
    if (!from.shape.empty())
      out["area"] = area(mask);
  }
  return out;
}

class coco_exporter final : public frame_exporter {
 public:
  coco_exporter(fs::path folder, std::vector<std::string> classes)
      : folder_(std::move(folder)), classes_(std::move(classes)) {}

  result<void> add(const exported_frame& frame) override {
    const auto name = picture_name(frame);
    append(images_, {{"id", frame.number},
                     {"file_name", name},
                     {"width", frame.picture.width},
                     {"height", frame.picture.height},
                     {"date_captured", as_moment(frame.arrived)},
                     {"camera", frame.camera.value},
                     {"group", frame.group.value},
                     {"role", to_string(frame.role)},
                     {"time", seconds_of(frame.media_time)},
                     {"location", {frame.place.latitude, frame.place.longitude}},
                     {"revision", frame.model}});
    std::uint64_t place = 0;
    for (const auto& one : frame.labels) {
      auto annotation = annotation_of(one, frame);
      annotation["id"] = frame.number * annotations_of_frame + place++;
      append(annotations_, annotation);
    }
    return write_png(folder_ / "images" / name, frame.picture);
  }

  result<void> finish() override {
    std::string categories;
    for (std::size_t i = 0; i < classes_.size(); ++i)
      append(categories, {{"id", i + 1}, {"name", classes_[i]}});
    return write_text(folder_ / "instances.json",
                      R"({"info": {"description": "labelled frames of ecco"}, "licenses": [],)"
                      "\n\"images\": ["
                          + images_ + "],\n\"annotations\": [" + annotations_ + "],\n\"categories\": ["
                          + categories + "]}\n");
  }

 private:
  fs::path folder_;
  std::vector<std::string> classes_;
  std::string images_, annotations_;
};

} // namespace

std::unique_ptr<frame_exporter> make_coco_exporter(const fs::path& folder,
                                                   const std::vector<std::string>& classes) {
  return std::make_unique<coco_exporter>(folder, classes);
}

} // namespace ecco
