// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/visdrone.hpp"

#include <map>
#include <optional>
#include <utility>

#include "runtime/dataset/picture_folder.hpp"
#include "runtime/dataset/text_rows.hpp"

namespace ecco {

namespace {

constexpr std::int64_t ignored_region = 0;
/// The grade of truncation from which VisDrone's evaluation skips an object.
constexpr int mostly_outside = 2;

std::optional<visdrone_row> read_row(const text_row& fields, std::int64_t length) {
  if (!fields.has(10, 10))
    return std::nullopt;
  const auto frame = fields.whole(0, "frame", 1, length);
  const auto track = fields.whole(1, "id", -1, INT32_MAX);
  const auto left = fields.number(2, "left", -largest_place, largest_place);
  const auto top = fields.number(3, "top", -largest_place, largest_place);
  const auto width = fields.number(4, "width", 0, largest_place);
  const auto height = fields.number(5, "height", 0, largest_place);
  const auto used = fields.whole(6, "score", 0, 1);
  const auto category = fields.whole(7, "category", 0, 11);
  const auto truncation = fields.whole(8, "truncation", -1, 2);
  const auto occlusion = fields.whole(9, "occlusion", -1, 2);
  if (!frame || !track || !left || !top || !width || !height || !used || !category || !truncation || !occlusion)
    return std::nullopt;
  return visdrone_row{*frame,
                      *track,
                      {*left, *top, *width, *height},
                      *used == 1,
                      *category,
                      static_cast<int>(*truncation),
                      static_cast<int>(*occlusion)};
}

/// `sequences/NAME` has its labels in `annotations/NAME.txt`.
std::filesystem::path annotation_of(const std::filesystem::path& folder) {
  return folder.parent_path().parent_path() / "annotations" / (folder.filename().string() + ".txt");
}

} // namespace

result<visdrone_truth> parse_visdrone(std::string_view text, const std::string& name, std::int64_t length) {
  fault_list faults{name};
  visdrone_truth out;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> lines;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const text_row fields{line, number, ',', faults};
    const auto row = read_row(fields, length);
    if (!row)
      return;
    if (row->category != ignored_region) {
      const auto [first, is_new] = lines.try_emplace({row->frame, row->track}, number);
      if (!is_new)
        return fields.refuse(1, "object " + std::to_string(row->track) + " is on frame " + std::to_string(row->frame)
                                    + " already, by line " + std::to_string(first->second));
    }
    if (area(row->where) > 0)
      out.rows.push_back(*row);
    else
      ++out.flat;
  });
  if (!faults.empty())
    return faults.as_error("lines are frame,id,left,top,width,height,score,category,truncation,occlusion");
  return out;
}

std::vector<dataset_class> visdrone_classes() {
  const std::vector<std::string> two_wheels{"bicycle", "motorcycle", "motor", "tricycle", "awning-tricycle", "car"};
  return {
      {0, "ignored region", {}, {}, true},
      {1, "pedestrian", {"person"}},
      {2, "people", {"person"}},
      {3, "bicycle"},
      {4, "car"},
      {5, "van", {"car"}, {"truck", "bus"}},
      {6, "truck"},
      {7, "tricycle", {}, two_wheels},
      {8, "awning-tricycle", {"tricycle"}, two_wheels},
      {9, "bus"},
      {10, "motor", {"motorcycle", "motorbike"}},
      {11, "others", {}, {"*"}},
  };
}

result<dataset_sequence> read_visdrone(const std::filesystem::path& given, double fps) {
  // "sequences/name/" has no filename.
  const auto folder = given.has_filename() ? given : given.parent_path();
  auto out = without_clock(dataset_layout::visdrone, folder, fps);
  out.classes = visdrone_classes();
  auto frames = numbered_frames(folder);
  if (!frames)
    return tl::unexpected{frames.error()};
  out.frames = std::move(*frames);
  if (out.frames.front().number < 1)
    return fail(ec::malformed_data, out.frames.front().picture.string() + ": frames count from 1");
  if (auto good = fill_in_sizes(out.frames, {}); !good)
    return tl::unexpected{good.error()};
  const auto truth_file = annotation_of(folder);
  std::error_code ignored;
  if (!std::filesystem::exists(truth_file, ignored)) {
    out.notes.push_back(truth_file.string() + " is not there: a sequence without labels");
    return out;
  }
  const auto truth = parse_file(truth_file, parse_visdrone, out.frames.back().number);
  if (!truth)
    return tl::unexpected{truth.error()};
  std::size_t homeless = 0;
  for (const auto& row : truth->rows) {
    auto* frame = find_frame(out.frames, row.frame);
    if (!frame) {
      ++homeless;
      continue;
    }
    dataset_object object;
    object.track = row.track;
    object.kind = static_cast<std::uint32_t>(row.category);
    object.where = row.where;
    object.counts = row.used && row.truncation < mostly_outside;
    object.truncation = row.truncation;
    object.occlusion = row.occlusion;
    frame->objects.push_back(std::move(object));
  }
  out.has_truth = true;
  if (truth->flat > 0)
    out.notes.push_back(std::to_string(truth->flat) + " boxes without an area are left out");
  if (homeless > 0)
    out.notes.push_back(std::to_string(homeless) + " boxes are on frames whose picture is missing");
  return out;
}

} // namespace ecco
