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

/// One line a picture, as `parse` reads it. Of a file that is not there, nothing.
template <class Parse>
auto lines_for(const dataset_sequence& sequence, const std::filesystem::path& file, Parse parse)
    -> decltype(parse(std::string_view{}, std::string{})) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return {};
  auto lines = parse_file(file, parse);
  if (lines && lines->size() != sequence.frames.size())
    return fail(ec::malformed_data,
                file.string() + ": " + std::to_string(lines->size()) + " lines for "
                    + std::to_string(sequence.frames.size()) + " pictures",
                "there is one line a picture");
  return lines;
}

result<void> add_targets(dataset_sequence& sequence, const std::filesystem::path& folder) {
  const auto boxes = lines_for(sequence, folder / "groundtruth.txt", parse_mdot);
  const auto out_of_view = lines_for(sequence, folder / "out_of_view.txt", parse_mdot_flags);
  const auto hidden = lines_for(sequence, folder / "occlusion.txt", parse_mdot_flags);
  if (!boxes)
    return tl::unexpected{boxes.error()};
  for (const auto* flags : {&out_of_view, &hidden})
    if (!*flags)
      return tl::unexpected{flags->error()};
  for (std::size_t i = 0; i < boxes->size(); ++i) {
    const auto& where = (*boxes)[i];
    if (!where || (!out_of_view->empty() && (*out_of_view)[i]))
      continue;
    dataset_object target;
    target.track = 0;
    target.where = *where;
    target.counts = hidden->empty() || !(*hidden)[i];
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
    out.push_back(*width > 0 && *height > 0 ? std::optional{pixel_box{*left, *top, *width, *height}} : std::nullopt);
  });
  if (!faults.empty())
    return faults.as_error("lines are left,top,width,height, one a picture");
  return out;
}

result<std::vector<bool>> parse_mdot_flags(std::string_view text, const std::string& name) {
  fault_list faults{name};
  std::vector<bool> out;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const text_row row{line, number, ',', faults};
    if (row.has(1, 1))
      out.push_back(row.whole(0, "flag", 0, 1).value_or(0) == 1);
  });
  if (!faults.empty())
    return faults.as_error("lines are 0 or 1, one a picture");
  return out;
}

result<dataset_sequence> read_mdot(const std::filesystem::path& given, double fps) {
  const auto folder = given.has_filename() ? given : given.parent_path();
  auto out = without_clock(dataset_layout::mdot, folder, fps);
  out.classes = {{0, "target", {}, {"*"}}};
  auto frames = numbered_frames(folder / "img");
  if (!frames)
    return tl::unexpected{frames.error()};
  out.frames = std::move(*frames);
  if (out.frames.front().number < 1)
    return fail(ec::malformed_data, out.frames.front().picture.string() + ": frames count from 1");
  if (auto good = fill_in_sizes(out.frames, {}); !good)
    return tl::unexpected{good.error()};
  out.notes.emplace_back("one target is labelled, of a class that is not said, and nothing beside it");
  std::error_code ignored;
  if (!std::filesystem::exists(folder / "groundtruth.txt", ignored))
    return out;
  if (auto good = add_targets(out, folder); !good)
    return tl::unexpected{good.error()};
  return out;
}

} // namespace ecco
