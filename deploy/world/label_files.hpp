// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "messages/error.hpp"
#include "runtime/world/labels.hpp"

namespace ecco {

enum class label_format { coco, yolo, mot };

// Note [Labels of the city as files]
// Each is read back by the project's own readers, as `coco:OUT/instances.json`, `yolo:OUT` or `mot:OUT`.
// coco: `instances.json` with boxes, masks (run lengths), and for each annotation the object's `track_id` and
//   `visibility`; categories have COCO's ids. What is too small or too hidden is a crowd: neither asked for nor wrong.
// yolo: `labels/NNNNNN.txt`, lines of `class x y width height` in fractions, and `data.yaml`. Classes are those of
//   `labelled_classes` counted from 0, because the layout allows no gaps. What is too small or too hidden is left out:
//   the layout has no word for it.
// mot: `gt/gt.txt` as the MOT challenge has it, frames and pixels from 1, `seqinfo.ini`, and `gt/labels.txt` (see
//   Note [Classes beyond MOT's]): person, car and bicycle have MOT's numbers, a bus is 14 and a truck 15. What is too
//   small or too hidden has flag 0.
// Pictures, where the format wants some, are `images/NNNNNN.png` counted from 1; mot has them in `img1`.

/// Writes the labels of pictures that follow each other.
class label_writer {
 public:
  virtual ~label_writer() = default;

  /// The labels of the next picture. @param at its time in seconds
  virtual result<void> add(const world::shot& seen, double at) = 0;
  virtual result<void> finish() = 0;
};

/// Begins to write below `folder`, which exists. @param fps of the pictures @param rules what is asked for
std::unique_ptr<label_writer> write_labels(const std::filesystem::path& folder, label_format format,
                                           double fps, const world::label_rules& rules);

/// Where picture number `index` (from 0) of a format lies below the folder.
std::filesystem::path picture_name(label_format format, std::size_t index);

/// Writes a whole file, in a folder that is made for it. @returns `io_failed` with its name
result<void> write_file(const std::filesystem::path& file, const std::string& text);

} // namespace ecco
