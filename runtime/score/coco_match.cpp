// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/coco_match.hpp"

#include <algorithm>
#include <utility>

#include "runtime/score/parallel.hpp"
#include "runtime/score/score_order.hpp"

namespace ecco {

namespace {

using index = std::uint32_t;

/// Numbers of the items of each category, as given.
template <class Item>
std::vector<std::vector<index>> by_category(const std::vector<Item>& items, std::uint32_t categories) {
  std::vector<std::vector<index>> numbers(categories);
  for (std::size_t i = 0; i < items.size(); ++i)
    numbers[items[i].category].push_back(static_cast<index>(i));
  return numbers;
}

/// An object, ready to be compared.
struct target {
  index object = 0;
  std::uint32_t image = 0;
  bool crowd = false;
  double size = 0;
  pixel_box where;
};

/// Overlap of boxes; NaN, which reaches no threshold, for two without any area.
class box_overlap {
 public:
  explicit box_overlap(const coco_scene& scene) : scene_(scene) {}

  target prepare(index object) const {
    const auto& o = scene_.objects[object];
    return {object, o.image, o.crowd, area(o.where), o.where};
  }
  void look_at(index detection) {
    where_ = scene_.detections[detection].where;
    size_ = area(where_);
  }
  double operator()(const target& t) const {
    const auto shared = intersection(where_, t.where);
    return shared / (t.crowd ? size_ : size_ + t.size - shared);
  }

 private:
  const coco_scene& scene_;
  pixel_box where_;
  double size_ = 0;
};

/// Overlap of masks; 0 for some that are below the lowest threshold. Walking over runs is dear: it is left
/// out where sizes and bounding boxes allow too little.
class mask_overlap {
 public:
  explicit mask_overlap(const coco_scene& scene) : scene_(scene) {}

  target prepare(index object) const {
    const auto& o = scene_.objects[object];
    const auto& mask = scene_.object_masks[object];
    return {object, o.image, o.crowd, static_cast<double>(area(mask)), bounding_box(mask)};
  }
  void look_at(index detection) {
    mask_ = &scene_.detection_masks[detection];
    where_ = bounding_box(*mask_);
    size_ = static_cast<double>(area(*mask_));
  }
  double operator()(const target& t) const {
    const auto most = std::min({size_, t.size, intersection(where_, t.where)});
    if (most == 0 || ratio(most, t) < iou_thresholds.front())
      return 0;
    const auto shared = static_cast<double>(intersection(*mask_, scene_.object_masks[t.object]));
    return shared > 0 ? ratio(shared, t) : 0;
  }

 private:
  double ratio(double shared, const target& t) const {
    return shared / (t.crowd ? size_ : size_ + t.size - shared);
  }

  const coco_scene& scene_;
  const rle* mask_ = nullptr;
  pixel_box where_;
  double size_ = 0;
};

/// Matches one category, image by image.
template <class Overlap>
class category_matcher {
 public:
  category_matcher(const coco_scene& scene, std::span<const area_range> areas)
      : scene_(scene), areas_(areas), overlap_(scene), images_(scene.images) {}

  category_matches operator()(std::span<const index> objects, std::span<const index> detections) {
    add_detections(detections);
    add_objects(objects);
    for (auto& v : result_.verdicts)
      v.resize(result_.image.size());
    for (const auto& image : images_)
      for (auto i = image.first_detection; i < image.last_detection; ++i)
        judge(image, by_image_[i]);
    return std::move(result_);
  }

 private:
  /// Where the objects and detections of an image are kept, from the first to before the last.
  struct image_range {
    index first_object = 0, last_object = 0;
    index first_detection = 0, last_detection = 0;
  };
  /// A detection, and its place in the ranking of all images.
  struct place {
    index detection = 0, position = 0;
  };

  static bool outside(const area_range& range, double size) {
    return size < range.least || size > range.most;
  }

  /// Ranks detections over all images, and from that ranking those of each image: one sort serves both.
  void add_detections(std::span<const index> detections) {
    std::vector<index> of_image(images_.size());
    for (const auto& r : ranking(detections)) {
      auto& rank = of_image[r.image];
      if (rank == max_detections)
        continue;
      result_.image.push_back(r.image);
      result_.rank.push_back(static_cast<std::uint8_t>(rank++));
      kept_.push_back(r.detection);
    }
    index next = 0;
    for (std::size_t i = 0; i < images_.size(); ++i)
      images_[i].first_detection = images_[i].last_detection = std::exchange(next, next + of_image[i]);
    by_image_.resize(next);
    for (index position = 0; position < next; ++position)
      by_image_[images_[result_.image[position]].last_detection++] = {kept_[position], position};
  }

  /// Surest first, of equals the one of the earlier image, then as given.
  std::vector<scored> ranking(std::span<const index> detections) {
    std::vector<scored> order;
    order.reserve(detections.size());
    for (const auto d : detections)
      order.push_back({scene_.detections[d].score, scene_.detections[d].image, d});
    const auto by_image = [](const scored& a, const scored& b) { return a.image < b.image; };
    if (!std::is_sorted(order.begin(), order.end(), by_image))
      std::stable_sort(order.begin(), order.end(), by_image);
    sort_by_falling_score(order);
    result_.image.reserve(order.size());
    result_.rank.reserve(order.size());
    kept_.reserve(order.size());
    return order;
  }

  void add_objects(std::span<const index> given) {
    std::vector<index> objects(given.begin(), given.end());
    std::stable_sort(objects.begin(), objects.end(),
                     [&](index a, index b) { return scene_.objects[a].image < scene_.objects[b].image; });
    states_.assign(areas_.size(), std::vector<object_state>(objects.size()));
    for (const auto object : objects) {
      const auto& o = scene_.objects[object];
      const auto at = static_cast<index>(targets_.size());
      auto& image = images_[o.image];
      if (image.last_object == 0)
        image.first_object = at;
      image.last_object = at + 1;
      targets_.push_back(overlap_.prepare(object));
      category_matches::object record{o.image, 0};
      for (std::size_t a = 0; a < areas_.size(); ++a) {
        const auto ignored = o.crowd || outside(areas_[a], o.area);
        states_[a][at] = {o.crowd, ignored, 0};
        record.counted |= static_cast<category_matches::area_set>(!ignored << a);
      }
      result_.objects.push_back(record);
    }
    result_.verdicts.resize(areas_.size());
  }

  void judge(const image_range& image, const place& p) {
    find_rivals(image, p.detection);
    const auto size = scene_.detections[p.detection].area;
    for (std::size_t a = 0; a < areas_.size(); ++a) {
      auto& v = result_.verdicts[a][p.position];
      if (!rivals_.empty())
        v = match(rivals_, states_[a]);
      if (outside(areas_[a], size))
        v.ignored = static_cast<threshold_set>(all_thresholds & ~v.right);
    }
  }

  /// Fills `rivals_`.
  void find_rivals(const image_range& image, index detection) {
    rivals_.clear();
    if (image.first_object == image.last_object)
      return;
    overlap_.look_at(detection);
    for (auto i = image.first_object; i < image.last_object; ++i)
      if (const auto overlap = overlap_(targets_[i]); overlap >= iou_thresholds.front())
        rivals_.push_back({i, overlap});
    sort_by_preference(rivals_);
  }

  const coco_scene& scene_;
  std::span<const area_range> areas_;
  Overlap overlap_;
  std::vector<image_range> images_;
  /// Numbers of the detections that count, surest first.
  std::vector<index> kept_;
  /// The same image by image.
  std::vector<place> by_image_;
  std::vector<target> targets_;
  /// By area range, then by object.
  std::vector<std::vector<object_state>> states_;
  std::vector<rival> rivals_;
  category_matches result_;
};

template <class Overlap>
coco_matches match_all(const coco_scene& scene, std::span<const area_range> areas, unsigned threads) {
  coco_matches all{scene.images, std::vector<category_matches>(scene.categories)};
  const auto objects = by_category(scene.objects, scene.categories);
  const auto detections = by_category(scene.detections, scene.categories);
  for_each_index(scene.categories, threads, [&](std::size_t c) {
    category_matcher<Overlap> matcher{scene, areas};
    all.categories[c] = matcher(objects[c], detections[c]);
  });
  return all;
}

} // namespace

coco_matches match(const coco_scene& scene, std::span<const area_range> areas, unsigned threads) {
  return scene.has_masks() ? match_all<mask_overlap>(scene, areas, threads)
                           : match_all<box_overlap>(scene, areas, threads);
}

} // namespace ecco
