// SPDX-License-Identifier: Apache-2.0
#include "deploy/dataset/coco_sequence.hpp"

#include <optional>
#include <set>

#include "deploy/coco/read_coco.hpp"
#include "runtime/dataset/picture_folder.hpp"
#include "runtime/dataset/text_rows.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// Where the pictures lie, told by the first of them.
std::optional<fs::path> picture_folder_of(const fs::path& file, const std::string& first) {
  const auto folder = file.has_parent_path() ? file.parent_path() : fs::path{"."};
  auto split = file.stem().string();
  if (split.starts_with("instances_"))
    split.erase(0, std::string{"instances_"}.size());
  std::error_code ignored;
  for (const auto& candidate : {folder, folder / "images", folder / ".." / split, folder / ".." / "images" / split,
                                folder / ".." / "images", folder / ".."})
    if (fs::exists(candidate / first, ignored))
      return candidate;
  return std::nullopt;
}

result<void> check_names(const std::vector<coco_image>& images, const std::string& file) {
  fault_list faults{file};
  std::set<std::string> used;
  for (const auto& image : images) {
    const auto of = "image " + std::to_string(image.id);
    if (image.file.empty())
      faults.add(0, 0, of + " has no file_name");
    else if (!stays_within(image.file))
      faults.add(0, 0, of + " has the file_name " + image.file + ", which leaves the folder");
    else if (!used.insert(image.file).second)
      faults.add(0, 0, of + " has the file_name " + image.file + ", which another one has");
  }
  if (!faults.empty())
    return faults.as_error("every image names its own picture, relative to their folder");
  return {};
}

result<void> check_sizes(const std::vector<coco_image>& images, const std::vector<dataset_frame>& frames,
                         const std::string& file) {
  fault_list faults{file};
  for (std::size_t i = 0; i < images.size(); ++i)
    if (images[i].width != 0 && (images[i].width != frames[i].width || images[i].height != frames[i].height))
      faults.add(0, 0,
                 "image " + std::to_string(images[i].id) + " is said to be " + std::to_string(images[i].width) + " x "
                     + std::to_string(images[i].height) + ", but " + frames[i].picture.string() + " is "
                     + std::to_string(frames[i].width) + " x " + std::to_string(frames[i].height));
  if (!faults.empty())
    return faults.as_error("boxes are in pixels of the picture: take the pictures that were labelled");
  return {};
}

result<void> add_frames(dataset_sequence& out, const std::vector<coco_image>& images, const fs::path& file) {
  if (images.empty())
    return fail(ec::malformed_data, file.string() + ": no image is in it");
  if (auto good = check_names(images, file.string()); !good)
    return good;
  const auto folder = picture_folder_of(file, images.front().file);
  if (!folder)
    return fail(ec::not_found,
                file.string() + ": its picture " + images.front().file + " is not where it was looked for",
                "put the pictures beside the file, or into images/ or the split's folder beside its own folder");
  for (const auto& image : images)
    out.frames.push_back({static_cast<std::int64_t>(out.frames.size()) + 1, *folder / image.file, 0, 0, {}});
  if (auto good = fill_in_own_sizes(out.frames); !good)
    return good;
  return check_sizes(images, out.frames, file.string());
}

} // namespace

result<dataset_sequence> read_coco_sequence(const fs::path& file, double fps, bool with_masks) {
  auto truth = read_coco_truth(file, coco_regions::boxes);
  if (!truth)
    return tl::unexpected{truth.error()};
  std::vector<rle> masks;
  if (with_masks) {
    auto drawn = read_coco_truth(file, coco_regions::masks);
    if (!drawn)
      return tl::unexpected{drawn.error()};
    masks = std::move(drawn->scene.object_masks);
  }
  dataset_sequence out;
  out.layout = dataset_layout::coco;
  out.name = file.stem().string();
  out.fps = fps;
  out.fps_is_assumed = true;
  out.has_truth = true;
  for (const auto& category : truth->categories)
    out.classes.push_back(
        {category.id, category.name.empty() ? "category " + std::to_string(category.id) : category.name});
  if (auto good = add_frames(out, truth->images, file); !good)
    return tl::unexpected{good.error()};
  for (std::size_t i = 0; i < truth->scene.objects.size(); ++i) {
    const auto& from = truth->scene.objects[i];
    dataset_object object;
    object.kind = from.category;
    object.where = from.where;
    object.counts = !from.crowd;
    if (i < masks.size())
      object.mask = std::move(masks[i]);
    out.frames[from.image].objects.push_back(std::move(object));
  }
  return out;
}

} // namespace ecco
