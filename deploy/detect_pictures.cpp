// SPDX-License-Identifier: Apache-2.0
#include "deploy/detect_pictures.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "runtime/score/outline_mask.hpp"
#include "runtime/score/parallel.hpp"
#include "runtime/video/picture_file.hpp"

namespace ecco {

namespace {

std::string size_text(std::uint64_t width, std::uint64_t height) {
  return std::to_string(width) + " x " + std::to_string(height);
}

/// Names come from a file that anybody may have written: they stay within the folder.
result<void> check_names(const std::vector<coco_image>& images) {
  for (const auto& image : images) {
    const std::filesystem::path name{image.file};
    const auto refuse = [&](const std::string& why) {
      return fail(ec::malformed_data, "image " + std::to_string(image.id) + " of the truth " + why);
    };
    if (name.empty())
      return refuse("has no file_name");
    if (name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end())
      return refuse("has the file_name " + image.file + ", which leaves the folder");
  }
  return {};
}

result<image> read_as(const coco_image& described, const std::filesystem::path& folder) {
  auto picture = read_picture(folder / described.file);
  if (!picture || described.width == 0
      || (picture->width == described.width && picture->height == described.height))
    return picture;
  return fail(ec::malformed_data, (folder / described.file).string() + ": it is "
                                      + size_text(picture->width, picture->height) + " pixels, where the truth says "
                                      + size_text(described.width, described.height));
}

coco_detection in_pixels(const detection& seen, const image& picture, std::uint32_t number, std::uint32_t category) {
  const double width = picture.width, height = picture.height;
  const double left = seen.where.x1 * width, right = seen.where.x2 * width;
  const double top = seen.where.y1 * height, bottom = seen.where.y2 * height;
  const pixel_box where{left, top, right - left, bottom - top};
  return {number, category, where, area(where), seen.score};
}

} // namespace

void add_detection(coco_input& to, const detection& seen, const image& picture, std::uint32_t number,
                   std::uint32_t category, coco_regions regions) {
  auto kept = in_pixels(seen, picture, number, category);
  if (regions == coco_regions::masks) {
    auto mask = mask_of(seen.shape, picture.height, picture.width);
    kept.area = static_cast<double>(area(mask));
    to.scene.detection_masks.push_back(std::move(mask));
  }
  to.scene.detections.push_back(kept);
}

result<class_categories> categories_of(std::uint16_t classes, const std::vector<std::string>& names,
                                       const std::vector<coco_category>& categories) {
  class_categories out(classes);
  if (names.empty()) {
    if (categories.size() != classes)
      return fail(ec::shape_mismatch,
                  "the weights have " + std::to_string(classes) + " classes, the truth "
                      + std::to_string(categories.size()) + " categories",
                  "name the weights' classes in their order, as the truth does: --names person,car,...");
    for (std::uint32_t c = 0; c < classes; ++c)
      out[c] = c;
    return out;
  }
  if (names.size() != classes)
    return fail(ec::shape_mismatch, std::to_string(names.size()) + " names for " + std::to_string(classes)
                                        + " classes of the weights");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find_if(categories.begin(), categories.end(),
                                    [&](const coco_category& one) { return one.name == names[i]; });
    if (found != categories.end())
      out[i] = static_cast<std::uint32_t>(found - categories.begin());
  }
  if (std::none_of(out.begin(), out.end(), [](const auto& one) { return one.has_value(); }))
    return fail(ec::shape_mismatch, "none of the weights' classes (" + names.front() + ", ...) is a category of the truth",
                "name them as the truth does: --names person,car,...");
  return out;
}

result<std::vector<unread_picture>> detect_pictures(coco_input& truth, torch_detector& model,
                                                    const class_categories& categories,
                                                    const detect_options& options) {
  if (auto good = check_names(truth.images); !good)
    return tl::unexpected{good.error()};
  std::vector<unread_picture> unread;
  for (std::size_t done = 0; done < truth.images.size();) {
    const auto batch =
        std::span{truth.images}.subspan(done, std::min(options.batch, truth.images.size() - done));
    std::vector<result<image>> pictures(batch.size());
    for_each_index(batch.size(), options.threads,
                   [&](std::size_t i) { pictures[i] = read_as(batch[i], options.folder); });
    std::vector<const image*> whole;
    std::vector<std::uint32_t> numbers;
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (pictures[i]) {
        whole.push_back(&*pictures[i]);
        numbers.push_back(static_cast<std::uint32_t>(done + i));
      } else {
        unread.push_back({batch[i].id, pictures[i].error()});
      }
    const auto seen = model.detect(whole);
    if (!seen)
      return tl::unexpected{seen.error()};
    for (std::size_t i = 0; i < whole.size(); ++i)
      for (const auto& one : (*seen)[i])
        if (const auto category = categories[one.class_id])
          add_detection(truth, one, *whole[i], numbers[i], *category, options.regions);
    done += batch.size();
    if (options.go_on && !options.go_on(done) && done < truth.images.size())
      return fail(ec::unavailable, "stopped after " + std::to_string(done) + " of "
                                       + std::to_string(truth.images.size()) + " pictures; nothing was written");
  }
  return unread;
}

std::string as_results(const coco_input& input) {
  std::string out = "[";
  const auto& scene = input.scene;
  for (std::size_t i = 0; i < scene.detections.size(); ++i) {
    const auto& d = scene.detections[i];
    nlohmann::json line{{"image_id", input.images[d.image].id},
                        {"category_id", input.categories[d.category].id},
                        {"score", d.score}};
    if (scene.detection_masks.empty()) {
      line["bbox"] = {d.where.x, d.where.y, d.where.width, d.where.height};
    } else {
      // Without a box: COCO's tools would take its area for that of the mask.
      const auto& mask = scene.detection_masks[i];
      line["segmentation"] = {{"size", {mask.height, mask.width}}, {"counts", to_string(mask)}};
    }
    out += (out.size() > 1 ? ",\n" : "\n") + line.dump();
  }
  return out + "\n]\n";
}

} // namespace ecco
