// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/cityflow.hpp"

#include <algorithm>
#include <set>

#include "runtime/dataset/mot.hpp"
#include "runtime/dataset/text_rows.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

constexpr double longest_offset = 86'400;

/// The ReadMe's exception.
double fps_of(const std::string& scene, const std::string& camera) {
  return scene == "S03" && camera == "c015" ? 8 : 10;
}

result<void> read_offset(dataset_sequence& out, const fs::path& file, const std::string& camera) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    out.notes.push_back(file.string() + " is not there: the camera is taken to begin with its scene");
    return {};
  }
  const auto offsets = parse_file(file, parse_cityflow_offsets);
  if (!offsets)
    return tl::unexpected{offsets.error()};
  const auto found = offsets->find(camera);
  if (found == offsets->end())
    return fail(ec::malformed_data, file.string() + ": there is no camera " + camera,
                "add a line: " + camera + " SECONDS");
  out.offset = from_seconds(found->second);
  return {};
}

result<void> read_truth(dataset_sequence& out, const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    out.notes.emplace_back("there is no gt/gt.txt: a camera for tests, without labels");
    return {};
  }
  auto rows = parse_file(file, parse_mot_truth, mot_flavour::cityflow, most_frames, std::int64_t{1});
  if (!rows)
    return tl::unexpected{rows.error()};
  std::stable_sort(rows->begin(), rows->end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  for (const auto& row : *rows) {
    if (out.frames.empty() || out.frames.back().number != row.frame)
      out.frames.push_back({row.frame, {}, 0, 0, {}});
    dataset_object vehicle;
    vehicle.track = row.track;
    vehicle.where = row.where;
    vehicle.counts = row.flag;
    out.frames.back().objects.push_back(std::move(vehicle));
  }
  out.has_truth = true;
  out.notes.emplace_back("only vehicles that two cameras see are labelled: others count as background");
  return {};
}

/// Which cells of a grid are dark as a whole.
std::vector<bool> dark_cells(const image& region, std::uint32_t columns, std::uint32_t rows) {
  std::vector<bool> dark(std::size_t{columns} * rows, true);
  const auto* pixel = region.rgb.view().data();
  for (std::size_t y = 0; y < region.height; ++y)
    for (std::size_t x = 0; x < region.width; ++x, pixel += 3)
      if (pixel[0] + pixel[1] + pixel[2] >= 3 * 128)
        dark[y * rows / region.height * columns + x * columns / region.width] = false;
  return dark;
}

} // namespace

result<std::map<std::string, double>> parse_cityflow_offsets(std::string_view text, const std::string& name) {
  fault_list faults{name};
  std::map<std::string, double> out;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const text_row row{line, number, ' ', faults};
    if (!row.has(2, 2))
      return;
    const auto seconds = row.number(1, "offset", 0, longest_offset);
    if (seconds && !out.emplace(row.text(0), *seconds).second)
      row.refuse(0, "the camera is named twice");
  });
  if (!faults.empty())
    return faults.as_error("lines are CAMERA SECONDS");
  return out;
}

result<dataset_sequence> read_cityflow(const fs::path& given) {
  std::error_code wrong;
  auto folder = fs::weakly_canonical(given, wrong);
  if (wrong)
    return fail(ec::io_failed, given.string() + ": " + wrong.message());
  if (!folder.has_filename())
    folder = folder.parent_path();
  const auto camera = folder.filename().string(), scene = folder.parent_path().filename().string();
  dataset_sequence out;
  out.layout = dataset_layout::cityflow;
  out.name = scene + "/" + camera;
  out.fps = fps_of(scene, camera);
  // "vehicle" where somebody has such a class; which of the vehicles it is nobody says, and most are cars.
  out.classes = {{-1, "vehicle", {"car"}, {"bus", "truck"}}};
  out.video = folder / "vdo.avi";
  if (!fs::is_regular_file(out.video, wrong))
    return fail(ec::not_found, out.video.string() + ": there is no such video",
                "name a camera's folder, such as train/S03/c010");
  if (fs::exists(folder / "roi.jpg", wrong))
    out.region_of_interest = folder / "roi.jpg";
  const auto root = folder.parent_path().parent_path().parent_path();
  if (auto good = read_offset(out, root / "cam_timestamp" / (scene + ".txt"), camera); !good)
    return tl::unexpected{good.error()};
  if (auto good = read_truth(out, folder / "gt" / "gt.txt"); !good)
    return tl::unexpected{good.error()};
  return out;
}

std::vector<box> dark_parts(const image& region, std::uint32_t columns, std::uint32_t rows) {
  columns = std::min<std::uint32_t>(columns, region.width);
  rows = std::min<std::uint32_t>(rows, region.height);
  auto dark = dark_cells(region, columns, rows);
  const auto is_dark = [&](std::uint32_t x, std::uint32_t y) { return dark[std::size_t{y} * columns + x]; };
  // The first pixel of cell i of n over `size` pixels, as a fraction.
  const auto edge = [](std::uint32_t i, std::uint32_t n, std::uint32_t size) {
    return static_cast<float>((std::uint64_t{i} * size + n - 1) / n) / static_cast<float>(size);
  };
  std::vector<box> out;
  for (std::uint32_t y = 0; y < rows; ++y)
    for (std::uint32_t x = 0; x < columns; ++x) {
      if (!is_dark(x, y))
        continue;
      auto right = x + 1, bottom = y + 1;
      while (right < columns && is_dark(right, y))
        ++right;
      const auto row_is_dark = [&](std::uint32_t below) {
        for (auto i = x; i < right; ++i)
          if (!is_dark(i, below))
            return false;
        return true;
      };
      while (bottom < rows && row_is_dark(bottom))
        ++bottom;
      for (auto j = y; j < bottom; ++j)
        for (auto i = x; i < right; ++i)
          dark[std::size_t{j} * columns + i] = false;
      out.push_back({edge(x, columns, region.width), edge(y, rows, region.height), edge(right, columns, region.width),
                     edge(bottom, rows, region.height)});
    }
  return out;
}

} // namespace ecco
