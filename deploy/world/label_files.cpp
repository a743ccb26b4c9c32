// SPDX-License-Identifier: Apache-2.0
#include "deploy/world/label_files.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include <nlohmann/json.hpp>

#include "deploy/report/text_file.hpp"
#include "runtime/dataset/mot.hpp"
#include "runtime/dataset/yolo_labels.hpp"
#include "runtime/score/rle.hpp"

namespace ecco {
namespace {

namespace fs = std::filesystem;

int category_of(world::object_class kind) {
  for (const auto& one : world::labelled_classes)
    if (one.kind == kind)
      return one.category_id;
  return 0;
}

/// Small numbers for objects, in the order in which they appear.
class track_numbers {
 public:
  int of(std::uint64_t id) {
    return numbers_.try_emplace(id, static_cast<int>(numbers_.size()) + 1).first->second;
  }

 private:
  std::map<std::uint64_t, int> numbers_;
};

std::string line_of(const char* format, auto... values) {
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

// -- COCO ----------------------------------------------------------------------

class coco_writer : public label_writer {
 public:
  coco_writer(fs::path folder, const world::label_rules& rules) : folder_(std::move(folder)), rules_(rules) {
    for (const auto& one : world::labelled_classes)
      file_["categories"].push_back({{"id", one.category_id}, {"name", one.name}});
    file_["images"] = nlohmann::json::array();
    file_["annotations"] = nlohmann::json::array();
  }

  result<void> add(const world::shot& seen, double at) override;
  result<void> finish() override { return write_file(folder_ / "instances.json", file_.dump()); }

 private:
  static result<rle> mask_of(const world::shot& seen, std::size_t index);

  fs::path folder_;
  world::label_rules rules_;
  nlohmann::json file_;
  track_numbers tracks_;
};

result<rle> coco_writer::mask_of(const world::shot& seen, std::size_t index) {
  const std::size_t wide = seen.picture.width, tall = seen.picture.height;
  const auto& of = seen.objects[index];
  bytes columns(wide * tall, 0);
  for (auto x = static_cast<std::size_t>(of.x0); x < static_cast<std::size_t>(of.x1); ++x)
    for (auto y = static_cast<std::size_t>(of.y0); y < static_cast<std::size_t>(of.y1); ++y)
      columns[x * tall + y] = seen.owners[y * wide + x] == index + 1 ? 1 : 0;
  return encode_mask(columns, static_cast<std::uint32_t>(tall), static_cast<std::uint32_t>(wide));
}

result<void> coco_writer::add(const world::shot& seen, double at) {
  const auto image_id = file_["images"].size() + 1;
  file_["images"].push_back({{"id", image_id},
                             {"file_name", picture_name(label_format::coco, image_id - 1).string()},
                             {"width", seen.picture.width},
                             {"height", seen.picture.height},
                             {"time", at}});
  for (std::size_t i = 0; i < seen.objects.size(); ++i) {
    const auto& one = seen.objects[i];
    const auto mask = mask_of(seen, i);
    if (!mask)
      return tl::unexpected{mask.error()};
    file_["annotations"].push_back(
        {{"id", file_["annotations"].size() + 1},
         {"image_id", image_id},
         {"category_id", category_of(one.kind)},
         {"bbox", {one.x0, one.y0, one.x1 - one.x0, one.y1 - one.y0}},
         {"area", one.pixels},
         {"segmentation",
          {{"size", {seen.picture.height, seen.picture.width}}, {"counts", to_string(*mask)}}},
         {"iscrowd", world::counts(one, rules_) ? 0 : 1},
         {"track_id", tracks_.of(one.id)},
         {"visibility", one.visible}});
  }
  return {};
}

// -- YOLO ----------------------------------------------------------------------

class yolo_writer : public label_writer {
 public:
  yolo_writer(fs::path folder, const world::label_rules& rules) : folder_(std::move(folder)), rules_(rules) {}

  result<void> add(const world::shot& seen, double at) override;
  result<void> finish() override;

 private:
  fs::path folder_;
  world::label_rules rules_;
  std::size_t count_ = 0;
};

/// Classes are counted without gaps.
std::uint32_t place_of(world::object_class kind) {
  const auto& all = world::labelled_classes;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.kind == kind; });
  return static_cast<std::uint32_t>(found - all.begin());
}

result<void> yolo_writer::add(const world::shot& seen, double) {
  std::vector<yolo_row> rows;
  const double wide = seen.picture.width, tall = seen.picture.height;
  for (const auto& one : seen.objects)
    if (world::counts(one, rules_))
      rows.push_back({place_of(one.kind), (one.x0 + one.x1) / 2. / wide, (one.y0 + one.y1) / 2. / tall,
                      (one.x1 - one.x0) / wide, (one.y1 - one.y0) / tall});
  const auto name = picture_name(label_format::yolo, count_++).stem().string() + ".txt";
  return write_file(folder_ / "labels" / name, write_yolo_labels(rows));
}

/// Without `path`: then folders are relative to the file, wherever it is read from.
result<void> yolo_writer::finish() {
  std::string text = "train: images\nval: images\nnames:\n";
  for (const auto& one : world::labelled_classes)
    text += "  " + std::to_string(place_of(one.kind)) + ": " + std::string{one.name} + "\n";
  return write_file(folder_ / "data.yaml", text);
}

// -- MOT -----------------------------------------------------------------------

bool is_called(const dataset_class& known, std::string_view name) {
  return known.name == name || std::find(known.also.begin(), known.also.end(), name) != known.also.end();
}

/// MOT's own classes, and after them those of the city that MOT does not have.
std::vector<dataset_class> mot_classes_of_city() {
  auto all = mot_classes();
  for (const auto& one : world::labelled_classes) {
    if (std::none_of(all.begin(), all.end(), [&](const auto& known) { return is_called(known, one.name); }))
      all.push_back({static_cast<std::int64_t>(all.size()) + 1, std::string{one.name}});
  }
  return all;
}

class mot_writer : public label_writer {
 public:
  mot_writer(fs::path folder, double fps, const world::label_rules& rules)
      : folder_(std::move(folder)), fps_(fps), rules_(rules) {}

  result<void> add(const world::shot& seen, double at) override;
  result<void> finish() override;

 private:
  std::int64_t number_of(world::object_class kind) const;

  fs::path folder_;
  double fps_;
  world::label_rules rules_;
  track_numbers tracks_;
  std::vector<dataset_class> classes_ = mot_classes_of_city();
  std::vector<mot_row> rows_;
  std::int64_t count_ = 0;
  int width_ = 0, height_ = 0;
};

std::int64_t mot_writer::number_of(world::object_class kind) const {
  for (const auto& one : classes_)
    if (is_called(one, world::labelled_classes[place_of(kind)].name))
      return one.id;
  return 0;
}

result<void> mot_writer::add(const world::shot& seen, double) {
  ++count_;
  width_ = seen.picture.width;
  height_ = seen.picture.height;
  for (const auto& one : seen.objects)
    rows_.push_back({count_, tracks_.of(one.id),
                     pixel_box{static_cast<double>(one.x0), static_cast<double>(one.y0),
                               static_cast<double>(one.x1 - one.x0), static_cast<double>(one.y1 - one.y0)},
                     world::counts(one, rules_), number_of(one.kind),
                     std::round(static_cast<double>(one.visible) * 1e4) / 1e4});
  return {};
}

result<void> mot_writer::finish() {
  const auto info = "[Sequence]\nname=" + folder_.filename().string() + "\nimDir=img1\n"
                    + line_of("frameRate=%.9g\nseqLength=%lld\nimWidth=%d\nimHeight=%d\nimExt=.png\n", fps_,
                              static_cast<long long>(count_), width_, height_);
  if (auto written = write_file(folder_ / "seqinfo.ini", info); !written)
    return written;
  if (auto written = write_file(folder_ / "gt" / "labels.txt", write_mot_names(classes_)); !written)
    return written;
  return write_file(folder_ / "gt" / "gt.txt", write_mot_truth(rows_));
}

} // namespace

std::unique_ptr<label_writer> write_labels(const fs::path& folder, label_format format, double fps,
                                           const world::label_rules& rules) {
  switch (format) {
    case label_format::coco: return std::make_unique<coco_writer>(folder, rules);
    case label_format::yolo: return std::make_unique<yolo_writer>(folder, rules);
    case label_format::mot: break;
  }
  return std::make_unique<mot_writer>(folder, fps, rules);
}

fs::path picture_name(label_format format, std::size_t index) {
  return fs::path{format == label_format::mot ? "img1" : "images"} / line_of("%06zu.png", index + 1);
}

result<void> write_file(const fs::path& file, const std::string& text) {
  if (file.has_parent_path())
    if (auto made = make_folder(file.parent_path()); !made)
      return made;
  return write_text(file, text);
}

} // namespace ecco
