// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/frame_exporter.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

#include "deploy/report/text_file.hpp"
#include "runtime/video/movie_file.hpp"

namespace ecco {

std::unique_ptr<frame_exporter> make_exporter(export_format format, const std::filesystem::path& folder,
                                              const std::vector<std::string>& classes) {
  switch (format) {
    case export_format::yolo: return make_yolo_exporter(folder, classes);
    case export_format::coco: return make_coco_exporter(folder, classes);
    case export_format::cvat: break;
  }
  return make_cvat_exporter(folder, classes);
}

std::string picture_name(const exported_frame& frame) {
  std::array<char, 32> number{};
  std::snprintf(number.data(), number.size(), "-%08" PRIu64 ".png", frame.number);
  return frame.camera.value + number.data();
}

result<void> write_png(const std::filesystem::path& file, const image& picture) {
  const auto png = encode_png(picture);
  if (!png)
    return tl::unexpected{png.error()};
  if (auto made = make_folder(file.parent_path()); !made)
    return made;
  const auto data = png->view();
  return write_text(file, {reinterpret_cast<const char*>(data.data()), data.size()});
}

std::string_view to_string(sample_role role) {
  return role == sample_role::train ? "train" : role == sample_role::held_out ? "held-out" : "guard";
}

} // namespace ecco
