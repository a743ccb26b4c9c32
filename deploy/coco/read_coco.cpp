// SPDX-License-Identifier: Apache-2.0
#include "deploy/coco/read_coco.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "deploy/coco/fields.hpp"
#include "deploy/coco/list_reader.hpp"

namespace ecco {

namespace {

using nlohmann::json;

/// Numbers of ids, in their order.
using numbering = std::unordered_map<std::int64_t, std::uint32_t>;

template <class Item>
numbering number(std::vector<Item>& items) {
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.id < b.id; });
  numbering numbers;
  for (const auto& item : items)
    numbers.emplace(item.id, static_cast<std::uint32_t>(numbers.size()));
  return numbers;
}

/// The first of these that failed.
template <class... Values>
const error* first_error(const result<Values>&... results) {
  const error* first = nullptr;
  ((first = first || results ? first : &results.error()), ...);
  return first;
}

/// Reads both files into one `coco_input`.
class coco_reader {
 public:
  coco_reader(coco_regions regions, const std::string& block) : regions_(regions), block_member_(block) {}

  result<coco_input> operator()(const std::filesystem::path& truth, const std::filesystem::path* results) {
    using method = result<void> (coco_reader::*)(const json&, const std::string&);
    auto by = [this](method m) {
      return [this, m](const json& element, const std::string& name) { return (this->*m)(element, name); };
    };
    // Twice over the truth: what its annotations refer to may come after them.
    auto good =
        read_lists(truth, {{"images", by(&coco_reader::image)}, {"categories", by(&coco_reader::category)}});
    if (good) {
      number_all();
      good = read_lists(truth, {{"annotations", by(&coco_reader::annotation)}});
    }
    if (good && results)
      good = read_lists(*results, {{"", by(&coco_reader::detection)}});
    if (!good)
      return tl::unexpected{good.error()};
    return std::move(input_);
  }

 private:
  struct image_entry : coco_image {
    /// Equal for those of one block.
    json block;
  };

  result<void> image(const json& element, const std::string& name) {
    const fields of{element, name};
    const auto id = of.id("id");
    if (!id)
      return tl::unexpected{id.error()};
    image_entry entry{{*id, 0, 0, {}}, {}};
    if (regions_ == coco_regions::masks || of.has("height")) {
      const auto height = of.side("height"), width = of.side("width");
      if (const auto* failure = first_error(height, width))
        return tl::unexpected{*failure};
      entry.height = *height;
      entry.width = *width;
    }
    if (of.has("file_name") && element["file_name"].is_string())
      entry.file = element["file_name"].get<std::string>();
    if (!block_member_.empty()) {
      if (!of.has(block_member_.c_str()))
        return of.refuse("", "'" + block_member_ + "' is missing");
      entry.block = element[block_member_];
    }
    images_.push_back(std::move(entry));
    return once(image_ids_, *id, of);
  }

  result<void> category(const json& element, const std::string& name) {
    const fields of{element, name};
    const auto id = of.id("id");
    if (!id)
      return tl::unexpected{id.error()};
    input_.categories.push_back({*id, {}});
    if (of.has("name") && element["name"].is_string())
      input_.categories.back().name = element["name"].get<std::string>();
    return once(category_ids_, *id, of);
  }

  void number_all() {
    image_numbers_ = number(images_);
    category_numbers_ = number(input_.categories);
    input_.scene.images = static_cast<std::uint32_t>(images_.size());
    input_.scene.categories = static_cast<std::uint32_t>(input_.categories.size());
    std::map<json, std::uint32_t> blocks;
    for (auto& image : images_) {
      const auto next = static_cast<std::uint32_t>(block_member_.empty() ? input_.images.size() : blocks.size());
      input_.blocks.push_back(block_member_.empty() ? next : blocks.emplace(std::move(image.block), next).first->second);
      input_.images.push_back(std::move(image));
    }
    images_.clear();
  }

  result<void> annotation(const json& element, const std::string& name) {
    const fields of{element, name};
    const auto id = of.id("id"), category_id = of.id("category_id");
    const auto image = image_of(of);
    const auto crowd = of.flag("iscrowd");
    const auto area = of.number("area");
    if (const auto* failure = first_error(id, image, category_id, crowd, area))
      return tl::unexpected{*failure};
    const auto category = category_numbers_.find(*category_id);
    if (category == category_numbers_.end())
      return of.refuse(".category_id", std::to_string(*category_id) + " is none of the categories");
    input_.has_id_zero |= *id == 0;
    coco_object object{*image, category->second, {}, *area, *crowd};
    if (auto good = add_region(of, *image, object.where, input_.scene.object_masks); !good)
      return good;
    input_.scene.objects.push_back(object);
    return once(annotation_ids_, *id, of);
  }

  result<void> detection(const json& element, const std::string& name) {
    const fields of{element, name};
    if (!has_boxes_)
      has_boxes_ = of.has("bbox") && element["bbox"] != json::array();
    const auto image = image_of(of);
    const auto category_id = of.id("category_id");
    const auto score = of.number("score");
    if (const auto* failure = first_error(image, category_id, score))
      return tl::unexpected{*failure};
    const auto category = category_numbers_.find(*category_id);
    if (category == category_numbers_.end()) {
      ++input_.left_out;
      return {};
    }
    coco_detection d{*image, category->second, {}, 0, *score};
    if (auto good = *has_boxes_ ? boxed(of, d) : masked(of, d); !good)
      return good;
    input_.scene.detections.push_back(d);
    return {};
  }

  /// A detection of results with boxes; its mask, if one is wanted and it has none, is the box.
  result<void> boxed(const fields& of, coco_detection& d) {
    const auto box = of.bbox();
    if (!box)
      return tl::unexpected{box.error()};
    d.where = *box;
    d.area = area(*box);
    if (regions_ == coco_regions::boxes)
      return {};
    const auto& [id, height, width, file] = input_.images[d.image];
    const auto right = box->x + box->width, bottom = box->y + box->height;
    const double corners[] = {box->x, box->y, box->x, bottom, right, bottom, right, box->y};
    auto mask = of.has("segmentation") ? of.mask(height, width) : rle_from_polygon(corners, height, width);
    if (!mask)
      return tl::unexpected{mask.error()};
    input_.scene.detection_masks.push_back(std::move(*mask));
    return {};
  }

  /// A detection of results with masks only.
  result<void> masked(const fields& of, coco_detection& d) {
    if (!of.has("segmentation"))
      return of.refuse("", "neither 'bbox' nor 'segmentation' is there");
    const auto& [id, height, width, file] = input_.images[d.image];
    if (height == 0)
      return of.refuse("", "without 'bbox' it needs a mask, and its image has no 'height' and 'width'");
    auto mask = of.mask(height, width);
    if (!mask)
      return tl::unexpected{mask.error()};
    d.where = bounding_box(*mask);
    d.area = static_cast<double>(area(*mask));
    if (regions_ == coco_regions::masks)
      input_.scene.detection_masks.push_back(std::move(*mask));
    return {};
  }

  result<void> add_region(const fields& of, std::uint32_t image, pixel_box& where, std::vector<rle>& masks) {
    if (regions_ == coco_regions::boxes) {
      const auto box = of.bbox();
      if (!box)
        return tl::unexpected{box.error()};
      where = *box;
      return {};
    }
    auto mask = of.mask(input_.images[image].height, input_.images[image].width);
    if (!mask)
      return tl::unexpected{mask.error()};
    masks.push_back(std::move(*mask));
    return {};
  }

  result<std::uint32_t> image_of(const fields& of) const {
    const auto id = of.id("image_id");
    if (!id)
      return tl::unexpected{id.error()};
    const auto found = image_numbers_.find(*id);
    if (found == image_numbers_.end())
      return of.refuse(".image_id", std::to_string(*id) + " is none of the images of the truth");
    return found->second;
  }

  static result<void> once(std::unordered_set<std::int64_t>& used, std::int64_t id, const fields& of) {
    if (!used.insert(id).second)
      return of.refuse(".id", std::to_string(id) + " is used twice");
    return {};
  }

  coco_regions regions_;
  const std::string& block_member_;
  coco_input input_;
  /// Until they are numbered.
  std::vector<image_entry> images_;
  numbering image_numbers_, category_numbers_;
  std::unordered_set<std::int64_t> image_ids_, category_ids_, annotation_ids_;
  /// Of the results; the first one decides.
  std::optional<bool> has_boxes_;
};

} // namespace

result<coco_input> read_coco(const std::filesystem::path& truth, const std::filesystem::path& results,
                             coco_regions regions, const std::string& block) {
  return coco_reader{regions, block}(truth, &results);
}

result<coco_input> read_coco_truth(const std::filesystem::path& truth, coco_regions regions,
                                   const std::string& block) {
  return coco_reader{regions, block}(truth, nullptr);
}

} // namespace ecco
