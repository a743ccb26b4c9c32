// SPDX-License-Identifier: Apache-2.0
#include "deploy/dataset/find_sequences.hpp"

#include <algorithm>

#include "runtime/dataset/picture_folder.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_sequences = 10'000;
constexpr int deepest = 3; // cityflow/train/S03/c010

bool has(const fs::path& folder, const std::string& name) {
  std::error_code ignored;
  return fs::exists(folder / name, ignored);
}

/// A folder of pictures below one with data.yaml.
bool is_yolo_split(const fs::path& folder) {
  std::error_code wrong;
  const auto whole = fs::weakly_canonical(folder, wrong);
  const auto above = whole.parent_path();
  return above.filename() == "images" && has(above.parent_path(), "data.yaml");
}

/// Folders, and files that are named like COCO's instances: there are other files of JSON.
std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code wrong;
  for (fs::directory_iterator entry{folder, wrong}, end; !wrong && entry != end; entry.increment(wrong))
    if (const auto name = entry->path().filename().string();
        entry->is_directory(wrong) || (name.starts_with("instances") && name.ends_with(".json")))
      out.push_back(entry->path());
  std::sort(out.begin(), out.end());
  return out;
}

void look(const fs::path& path, std::optional<dataset_layout> wanted, int depth, std::vector<dataset_place>& found) {
  const auto layout = guess_layout(path);
  if (layout && (!wanted || layout == wanted)) {
    found.push_back({*layout, path.string()});
    return;
  }
  if (depth == deepest || found.size() >= most_sequences)
    return;
  for (const auto& entry : sorted_entries(path))
    look(entry, wanted, depth + 1, found);
}

} // namespace

std::optional<dataset_layout> guess_layout(const fs::path& given) {
  const auto path = given.has_filename() ? given : given.parent_path();
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored))
    return path.extension() == ".json"                                 ? std::optional{dataset_layout::coco}
           : path.extension() == ".yaml" || path.extension() == ".yml" ? std::optional{dataset_layout::yolo}
                                                                       : std::nullopt;
  if (has(path, "seqinfo.ini"))
    return dataset_layout::mot;
  if (has(path, "vdo.avi"))
    return dataset_layout::cityflow;
  if (has(path, "rgb") && has(path, "instance"))
    return dataset_layout::carla;
  if (has(path, "data.yaml") || is_yolo_split(path))
    return dataset_layout::yolo;
  if (path.parent_path().filename() == "sequences")
    return dataset_layout::visdrone;
  if (has(path, "img") && has(path, "groundtruth.txt"))
    return dataset_layout::mdot;
  return std::nullopt;
}

result<std::vector<dataset_place>> find_sequences(const fs::path& path, std::optional<dataset_layout> wanted) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return fail(ec::not_found, path.string() + ": there is no such file or folder", "check the path");
  std::vector<dataset_place> found;
  look(path, wanted, 0, found);
  if (found.empty() && wanted)
    found.push_back({*wanted, path.string()});
  if (found.empty())
    return fail(ec::not_found, path.string() + ": nothing here or three folders below looks like a data set",
                "say what it is with --layout mot|visdrone|mdot|cityflow|carla|coco|yolo");
  return found;
}

} // namespace ecco
