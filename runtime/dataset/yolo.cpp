// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/yolo.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>

#include "config/yaml.hpp"
#include "runtime/dataset/picture_folder.hpp"
#include "runtime/dataset/text_rows.hpp"
#include "runtime/dataset/yolo_labels.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_classes = 65'535;
/// A folder of pictures lies at most so far below `data.yaml`.
constexpr int most_levels = 4;

// -- data.yaml -------------------------------------------------------------------------------------------

tl::unexpected<error> refuse(const yaml_place& where, const std::string& why, std::string hint = {}) {
  return fail(ec::malformed_data, to_string(where) + ": " + why, std::move(hint));
}

result<std::string> text_of(const yaml_node& node, const std::string& what) {
  const auto* scalar = std::get_if<yaml_scalar>(&node.value);
  if (!scalar)
    return refuse(node.where, what + " must be a text", "name one folder");
  return scalar->text;
}

result<std::vector<std::string>> listed_names(const yaml_node::list& list) {
  std::vector<std::string> out;
  for (const auto& item : list) {
    auto name = text_of(item, "a name");
    if (!name)
      return tl::unexpected{name.error()};
    out.push_back(std::move(*name));
  }
  return out;
}

result<std::vector<std::string>> numbered_names(const yaml_node::map& map) {
  std::vector<std::string> out(map.size());
  for (const auto& entry : map) {
    std::size_t number = 0;
    const auto* end = entry.key.data() + entry.key.size();
    const auto [stop, failure] = std::from_chars(entry.key.data(), end, number);
    if (failure != std::errc{} || stop != end || number >= map.size())
      return refuse(entry.where, "class '" + entry.key.substr(0, 40) + "' is none of 0.."
                                     + std::to_string(map.size() - 1) + ", the numbers of so many names");
    auto name = text_of(entry.node, "a name");
    if (!name)
      return tl::unexpected{name.error()};
    out[number] = std::move(*name);
  }
  return out;
}

result<std::vector<std::string>> names_of(const yaml_node& node) {
  const auto* list = std::get_if<yaml_node::list>(&node.value);
  const auto* map = std::get_if<yaml_node::map>(&node.value);
  if (!list && !map)
    return refuse(node.where, "names must be a list, or a map from class numbers");
  if ((list ? list->size() : map->size()) > most_classes)
    return refuse(node.where, "more than 65535 names");
  auto names = list ? listed_names(*list) : numbered_names(*map);
  if (!names)
    return names;
  std::set<std::string> used;
  for (const auto& name : *names)
    if (name.empty() || !used.insert(name).second)
      return refuse(node.where, name.empty() ? "a class without a name" : "two classes are named '" + name + "'");
  if (names->empty())
    return refuse(node.where, "names must name at least one class");
  return names;
}

result<fs::path> folder_of(const yaml_node& node, const std::string& key) {
  const auto text = text_of(node, key);
  if (!text)
    return tl::unexpected{text.error()};
  if (text->empty() || stays_within(*text))
    return fs::path{*text};
  return refuse(node.where, key + " leaves the folder of this file",
                "give the folder of pictures itself: yolo:FOLDER/images/val");
}

result<yolo_info> info_of(const yaml_node& document, const std::string& name) {
  const auto* map = std::get_if<yaml_node::map>(&document.value);
  if (!map)
    return refuse(document.where, "must be a map with 'names'");
  yolo_info out;
  fs::path root;
  for (const auto& entry : *map) {
    auto* folder = entry.key == "path"    ? &root
                   : entry.key == "train" ? &out.train
                   : entry.key == "val"   ? &out.val
                                          : nullptr;
    if (folder) {
      auto read = folder_of(entry.node, entry.key);
      if (!read)
        return tl::unexpected{read.error()};
      *folder = std::move(*read);
    } else if (entry.key == "names") {
      auto names = names_of(entry.node);
      if (!names)
        return tl::unexpected{names.error()};
      out.names = std::move(*names);
    }
  }
  if (out.names.empty())
    return fail(ec::malformed_data, name + ": 'names' is missing", "add names: [person, car, ...]");
  for (auto* split : {&out.train, &out.val})
    if (!split->empty())
      *split = root / *split;
  return out;
}

// -- labels ----------------------------------------------------------------------------------------------

dataset_object object_of(const yolo_row& row, const dataset_frame& frame) {
  const double width = frame.width, height = frame.height;
  dataset_object out;
  out.kind = row.class_id;
  out.where = {(row.x - row.width / 2) * width, (row.y - row.height / 2) * height, row.width * width,
               row.height * height};
  if (!row.polygon.empty()) {
    out.rings.push_back(row.polygon);
    for (std::size_t i = 0; i < row.polygon.size(); ++i)
      out.rings[0][i] *= i % 2 == 0 ? width : height;
  }
  return out;
}

/// `.../images/a/b.jpg` has `.../labels/a/b.txt`: the last folder of that name counts.
fs::path labels_of(const fs::path& picture) {
  std::vector<fs::path> parts(picture.begin(), picture.end());
  const auto last = std::find(parts.rbegin(), parts.rend(), "images");
  if (last != parts.rend())
    *last = "labels";
  fs::path out;
  for (const auto& part : parts)
    out /= part;
  return out.replace_extension(".txt");
}

result<void> add_labels(dataset_frame& frame, std::size_t classes, std::size_t& repeated) {
  const auto file = labels_of(frame.picture);
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    return {};
  const auto rows = parse_file(file, parse_yolo_labels, classes);
  if (!rows)
    return tl::unexpected{rows.error()};
  for (const auto& row : *rows) {
    auto object = object_of(row, frame);
    if (area(object.where) <= 0 || std::find(frame.objects.begin(), frame.objects.end(), object) != frame.objects.end())
      ++repeated;
    else
      frame.objects.push_back(std::move(object));
  }
  return {};
}

/// `data.yaml` and the folder of pictures that `place` means.
struct yolo_place {
  fs::path info, pictures;
};

result<yolo_place> find_place(const fs::path& place) {
  std::error_code wrong;
  if (fs::is_regular_file(place, wrong))
    return yolo_place{place, {}};
  if (!fs::is_directory(place, wrong))
    return fail(ec::not_found, place.string() + ": there is no such folder", "check the path");
  if (fs::exists(place / "data.yaml", wrong))
    return yolo_place{place / "data.yaml", {}};
  auto above = fs::weakly_canonical(place, wrong);
  for (int i = 0; i < most_levels && above.has_relative_path(); ++i) {
    above = above.parent_path();
    if (fs::exists(above / "data.yaml", wrong))
      return yolo_place{above / "data.yaml", place};
  }
  return fail(ec::not_found, place.string() + ": there is no data.yaml in it or above", "it names the classes");
}

} // namespace

result<yolo_info> parse_yolo_info(std::string_view text, const std::string& name) {
  const auto document = parse_yaml(text, std::make_shared<yaml_origin>(yaml_origin{name, {}}));
  if (!document)
    return tl::unexpected{document.error()};
  return info_of(*document, name);
}

result<dataset_sequence> read_yolo(const fs::path& given, double fps) {
  const auto place = find_place(given);
  if (!place)
    return tl::unexpected{place.error()};
  const auto info = parse_file(place->info, parse_yolo_info);
  if (!info)
    return tl::unexpected{info.error()};
  const auto& split = info->val.empty() ? info->train : info->val;
  const auto folder = place->pictures.empty() ? place->info.parent_path() / split : place->pictures;
  const auto files = pictures_in(folder);
  if (!files)
    return tl::unexpected{files.error()};
  if (files->empty())
    return fail(ec::malformed_data, folder.string() + ": no picture is in it", "JPEG and PNG files are read");
  auto out = without_clock(dataset_layout::yolo, folder, fps);
  out.has_truth = true;
  for (std::size_t i = 0; i < info->names.size(); ++i)
    out.classes.push_back({static_cast<std::int64_t>(i), info->names[i]});
  for (const auto& file : *files)
    out.frames.push_back({static_cast<std::int64_t>(out.frames.size()) + 1, file, 0, 0, {}});
  if (auto good = fill_in_own_sizes(out.frames); !good)
    return tl::unexpected{good.error()};
  std::size_t repeated = 0;
  for (auto& frame : out.frames)
    if (auto good = add_labels(frame, info->names.size(), repeated); !good)
      return tl::unexpected{good.error()};
  if (repeated > 0)
    out.notes.push_back(std::to_string(repeated) + " labels are there twice or have no area: left out");
  return out;
}

} // namespace ecco
