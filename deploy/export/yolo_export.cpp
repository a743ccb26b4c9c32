// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "deploy/export/frame_exporter.hpp"
#include "deploy/export/one_polygon.hpp"
#include "deploy/report/text_file.hpp"
#include "runtime/dataset/yolo_labels.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// Of a corner, in parts of the picture.
double fraction(std::uint16_t coordinate) {
  return coordinate / 65535.;
}

yolo_row row_of(const label& from, bool as_polygon) {
  const double x1 = from.where.x1, y1 = from.where.y1, x2 = from.where.x2, y2 = from.where.y2;
  yolo_row out{from.class_id, (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, {}};
  if (!from.shape.empty())
    for (const auto& corner : one_polygon(from.shape))
      out.polygon.insert(out.polygon.end(), {fraction(corner.x), fraction(corner.y)});
  else if (as_polygon)
    out.polygon = {x1, y1, x2, y1, x2, y2, x1, y2};
  return out;
}

class yolo_exporter final : public frame_exporter {
 public:
  yolo_exporter(fs::path folder, std::vector<std::string> classes)
      : folder_(std::move(folder)), classes_(std::move(classes)) {}

  result<void> add(const exported_frame& frame) override {
    const auto val = frame.role == sample_role::held_out;
    ++count_[val];
    const auto outlined =
        std::ranges::any_of(frame.labels, [](const label& one) { return !one.ignore && !one.shape.empty(); });
    std::vector<yolo_row> rows;
    for (const auto& one : frame.labels)
      if (one.ignore)
        ++left_out_;
      else
        rows.push_back(row_of(one, outlined));
    const auto* split = splits[val];
    const auto name = picture_name(frame);
    if (auto written = write_png(folder_ / "images" / split / name, frame.picture); !written)
      return written;
    const auto labels = folder_ / "labels" / split;
    if (auto made = make_folder(labels); !made)
      return made;
    return write_text(labels / fs::path{name}.replace_extension(".txt"), write_yolo_labels(rows));
  }

  /// Without `path`: then folders are relative to the file, wherever it is read from.
  result<void> finish() override {
    const auto split = [&](bool val) {
      return std::string{"images/"} + splits[count_[val] > 0 ? val : !val];
    };
    auto text = "train: " + split(false) + "\nval: " + split(true) + "\nnames:\n";
    for (std::size_t i = 0; i < classes_.size(); ++i)
      text += "  " + std::to_string(i) + ": " + nlohmann::json(classes_[i]).dump() + "\n"; // JSON is YAML
    return write_text(folder_ / "data.yaml", text);
  }

 private:
  static constexpr std::array<const char*, 2> splits{"train", "val"};

  fs::path folder_;
  std::vector<std::string> classes_;
  std::array<std::size_t, 2> count_{};
};

} // namespace

std::unique_ptr<frame_exporter> make_yolo_exporter(const fs::path& folder,
                                                   const std::vector<std::string>& classes) {
  return std::make_unique<yolo_exporter>(folder, classes);
}

} // namespace ecco
