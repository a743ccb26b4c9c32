// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "deploy/export/kept_selection.hpp"

namespace ecco {

// Note [Labelled frames as files]
// yolo: `images/train` and `images/val` (the held-out ones), `labels/...` likewise, and `data.yaml`. Lines
// are boxes; those of
//   a picture where any object has an outline are all polygons, because its readers take a mixture for
//   something else. A region to ignore cannot be said and is left out.
// coco: `instances.json` and `images/`. Regions to ignore are crowds; outlines are masks in run lengths.
// Images have the
//   numbers of the frames as ids, annotations 4096 times that and their place, categories count from 1 in the
//   order of the classes: all stay the same in every export of one server.
// cvat: `annotations.xml`, "CVAT for images 1.1", and `images/`. Boxes and polygons; regions to ignore have
// the attribute
//   `ignore`.
// Pictures are PNG, without loss, and called CAMERA-NUMBER.png.

enum class export_format { yolo, coco, cvat };

/// Writes frames that follow each other into a folder.
class frame_exporter {
 public:
  virtual ~frame_exporter() = default;

  virtual result<void> add(const exported_frame& frame) = 0;
  virtual result<void> finish() = 0;

  /// Labels that the format has no words for.
  std::size_t left_out() const { return left_out_; }

 protected:
  std::size_t left_out_ = 0;
};

std::unique_ptr<frame_exporter> make_exporter(export_format format, const std::filesystem::path& folder,
                                              const std::vector<std::string>& classes);

// What the formats share.

/// `north-00000012.png`.
std::string picture_name(const exported_frame& frame);

/// Writes a PNG. @returns `io_failed`
result<void> write_png(const std::filesystem::path& file, const image& picture);

std::string_view to_string(sample_role role);

// One each, in files of their own.
std::unique_ptr<frame_exporter> make_yolo_exporter(const std::filesystem::path& folder,
                                                   const std::vector<std::string>& classes);
std::unique_ptr<frame_exporter> make_coco_exporter(const std::filesystem::path& folder,
                                                   const std::vector<std::string>& classes);
std::unique_ptr<frame_exporter> make_cvat_exporter(const std::filesystem::path& folder,
                                                   const std::vector<std::string>& classes);

} // namespace ecco
