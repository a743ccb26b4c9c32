// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/mdot.hpp"

#include <algorithm>

#include "runtime/dataset/picture_folder.hpp"
#include "runtime/dataset/text_rows.hpp"

namespace ecco {

namespace {

bool says_nan(const text_row& row) {
  for (std::size_t i = 0; i < row.size(); ++i)
    if (row.text(i) != "nan" && row.text(i) != "NaN")
      return false;
  return true;
}

std::optional<std::filesystem::path> truth_of(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& name :
       {std::string{"groundtruth_rect.txt"}, std::string{"groundtruth.txt"}, folder.filename().string() + ".txt"})
    if (std::filesystem::exists(folder / name, ignored))
      return folder / name;
  return std::nullopt;
}

result<void> add_targets(dataset_sequence& sequence, const std::filesystem::path& file) {
  const auto boxes = parse_file(file, parse_mdot);
  if (!boxes)
    return tl::unexpected{boxes.error()};
  if (boxes->size() != sequence.frames.size())
    return fail(ec::malformed_data,
                file.string() + ": " + std::to_string(boxes->size()) + " boxes for "
                    + std::to_string(sequence.frames.size()) + " pictures",
                "there is one line a picture");
  for (std::size_t i = 0; i < boxes->size(); ++i)
    if (const auto& where = (*boxes)[i]) {
      dataset_object target;
      target.track = 0;
      target.where = *where;
      sequence.frames[i].objects.push_back(std::move(target));
    }
  sequence.has_truth = true;
  return {};
}

} // namespace

result<std::vector<std::optional<pixel_box>>> parse_mdot(std::string_view text, const std::string& name) {
  fault_list faults{name};
  std::vector<std::optional<pixel_box>> out;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const text_row row{line, number, line.find(',') == line.npos ? ' ' : ',', faults};
    if (!row.has(4, 4))
      return;
    if (says_nan(row))
      return out.push_back(std::nullopt);
    const auto left = row.number(0, "left", -largest_place, largest_place);
    const auto top = row.number(1, "top", -largest_place, largest_place);
    const auto width = row.number(2, "width", 0, largest_place);
    const auto height = row.number(3, "height", 0, largest_place);
    if (!left || !top || !width || !height)
      return;
    if (*width > 0 && *height > 0)
      out.emplace_back(pixel_box{*left, *top, *width, *height});
    else if (*left == 0 && *top == 0 && *width == 0 && *height == 0)
      out.emplace_back(std::nullopt);
    else
      row.refuse(*width == 0 ? 2 : 3, "width and height must be more than 0, or all four 0 for a target out of view");
  });
  if (!faults.empty())
    return faults.as_error("lines are left,top,width,height, one a picture");
  return out;
}

result<dataset_sequence> read_mdot(const std::filesystem::path& given, double fps) {
  const auto folder = given.has_filename() ? given : given.parent_path();
  auto out = without_clock(dataset_layout::mdot, folder, fps);
  out.classes = {{0, "target", {}, {"*"}}};
  std::error_code ignored;
  auto frames = numbered_frames(std::filesystem::is_directory(folder / "img", ignored) ? folder / "img" : folder);
  if (!frames)
    return tl::unexpected{frames.error()};
  out.frames = std::move(*frames);
  if (out.frames.front().number == 0)
    for (auto& frame : out.frames)
      ++frame.number;
  if (auto good = fill_in_sizes(out.frames, {}); !good)
    return tl::unexpected{good.error()};
  out.notes.emplace_back("one target is labelled, of a class that is not said, and nothing beside it");
  if (const auto file = truth_of(folder))
    if (auto good = add_targets(out, *file); !good)
      return tl::unexpected{good.error()};
  return out;
}

} // namespace ecco
