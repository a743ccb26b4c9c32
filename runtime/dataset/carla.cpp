// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/carla.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "runtime/dataset/picture_folder.hpp"
#include "runtime/dataset/text_rows.hpp"

namespace ecco {

namespace {

constexpr std::uint32_t no_kind = UINT32_MAX;

/// By tag, the index of its class.
std::array<std::uint32_t, 256> kinds_by_tag(const std::vector<dataset_class>& classes) {
  std::array<std::uint32_t, 256> out{};
  out.fill(no_kind);
  for (std::uint32_t i = 0; i < classes.size(); ++i)
    out[static_cast<std::size_t>(classes[i].id)] = i;
  return out;
}

/// What is seen of one actor.
struct extent {
  std::uint32_t left = UINT32_MAX, top = UINT32_MAX, right = 0, bottom = 0;
  std::uint32_t pixels = 0;

  void add(std::uint32_t x, std::uint32_t y) {
    left = std::min(left, x);
    top = std::min(top, y);
    right = std::max(right, x + 1);
    bottom = std::max(bottom, y + 1);
    ++pixels;
  }
};

/// Tag and actor of a pixel.
std::uint32_t key_at(const std::uint8_t* pixel) {
  return std::uint32_t{pixel[0]} << 16 | std::uint32_t{pixel[2]} << 8 | pixel[1];
}

rle mask_of(const image& instances, std::uint32_t key, const extent& seen) {
  std::vector<std::uint8_t> columns(std::size_t{instances.width} * instances.height, 0);
  const auto* pixels = instances.rgb.view().data();
  for (auto x = seen.left; x < seen.right; ++x)
    for (auto y = seen.top; y < seen.bottom; ++y)
      if (key_at(pixels + 3 * (std::size_t{y} * instances.width + x)) == key)
        columns[std::size_t{x} * instances.height + y] = 1;
  auto mask = encode_mask(columns, instances.height, instances.width);
  return mask ? std::move(*mask) : rle{};
}

result<void> pair_up(std::vector<dataset_frame>& frames, const std::vector<dataset_frame>& instances,
                     const std::string& folder) {
  fault_list faults{folder};
  for (auto& frame : frames) {
    const auto* other = find_frame(instances, frame.number);
    if (!other)
      faults.add(0, 0, "rgb/" + frame.picture.filename().string() + " has no picture of its instances");
    else if (other->width != frame.width || other->height != frame.height)
      faults.add(0, 0, "instance/" + other->picture.filename().string() + " has another size than its picture in rgb");
    else
      frame.instances = other->picture;
  }
  for (const auto& other : instances)
    if (!find_frame(frames, other.number))
      faults.add(0, 0, "instance/" + other.picture.filename().string() + " has no picture in rgb");
  if (!faults.empty())
    return faults.as_error("record both cameras on the same frames, at one size");
  return {};
}

/// From 1, one apart.
result<void> renumber(std::vector<dataset_frame>& frames, const std::string& folder) {
  std::int64_t step = 0;
  for (std::size_t i = 1; i < frames.size(); ++i) {
    const auto gap = frames[i].number - frames[i - 1].number;
    step = step == 0 ? gap : std::min(step, gap);
  }
  const auto first = frames.front().number;
  fault_list faults{folder};
  for (auto& frame : frames) {
    const auto since = frame.number - first;
    if (step > 0 && since % step != 0)
      faults.add(0, 0,
                 frame.picture.filename().string() + " is no multiple of " + std::to_string(step)
                     + " frames after the first picture, as the others are");
    frame.number = 1 + (step > 0 ? since / step : 0);
  }
  if (!faults.empty())
    return faults.as_error("record a picture every so many frames of the simulation, in synchronous mode");
  if (frames.back().number > most_frames)
    return fail(ec::malformed_data, folder + ": more than ten million frames");
  return {};
}

} // namespace

std::vector<dataset_class> carla_classes(carla_tags tags) {
  if (tags == carla_tags::before_0_9_14)
    return {
        {4, "pedestrian", {"person"}},
        {10, "vehicle", {"car"}, {"bus", "truck", "train", "motorcycle", "bicycle"}},
    };
  return {
      {12, "pedestrian", {"person"}},
      {13, "rider", {"person"}},
      {14, "car"},
      {15, "truck"},
      {16, "bus"},
      {17, "train"},
      {18, "motorcycle"},
      {19, "bicycle"},
  };
}

std::vector<dataset_object> carla_objects(const image& instances, const std::vector<dataset_class>& classes,
                                          std::uint32_t least_pixels, bool with_masks) {
  const auto kinds = kinds_by_tag(classes);
  std::map<std::uint32_t, extent> seen;
  const auto* pixel = instances.rgb.view().data();
  std::uint32_t key = 0;
  extent* of_key = nullptr;
  for (std::uint32_t y = 0; y < instances.height; ++y)
    for (std::uint32_t x = 0; x < instances.width; ++x, pixel += 3) {
      if (kinds[pixel[0]] == no_kind)
        continue;
      if (!of_key || key_at(pixel) != key) { // neighbours are mostly of one object
        key = key_at(pixel);
        of_key = &seen[key];
      }
      of_key->add(x, y);
    }
  std::vector<dataset_object> out;
  for (const auto& [of, part] : seen) {
    dataset_object object;
    object.track = of & 0xffff;
    object.kind = kinds[of >> 16];
    object.where = {double(part.left), double(part.top), double(part.right - part.left),
                    double(part.bottom - part.top)};
    object.counts = part.pixels >= least_pixels;
    if (with_masks)
      object.mask = mask_of(instances, of, part);
    out.push_back(std::move(object));
  }
  return out;
}

result<dataset_sequence> read_carla(const std::filesystem::path& given, double fps, carla_tags tags) {
  const auto folder = given.has_filename() ? given : given.parent_path();
  auto out = without_clock(dataset_layout::carla, folder, fps);
  out.classes = carla_classes(tags);
  if (tags == carla_tags::cityscapes)
    out.notes.emplace_back("tags are taken for those of CARLA since 0.9.14; an older recording needs ?tags=0.9.13");
  auto frames = numbered_frames(folder / "rgb");
  if (!frames)
    return tl::unexpected{frames.error()};
  out.frames = std::move(*frames);
  auto instances = numbered_frames(folder / "instance");
  if (!instances)
    return tl::unexpected{instances.error()};
  for (const auto& of : *instances)
    if (of.picture.extension() != ".png")
      return fail(ec::malformed_data, of.picture.string() + ": tags and numbers do not survive any format but PNG",
                  "save the instance camera's pictures as PNG, without a colour converter");
  for (auto* pictures : {&out.frames, &*instances})
    if (auto good = fill_in_sizes(*pictures, {}); !good)
      return tl::unexpected{good.error()};
  if (auto good = pair_up(out.frames, *instances, folder.string()); !good)
    return tl::unexpected{good.error()};
  if (auto good = renumber(out.frames, folder.string()); !good)
    return tl::unexpected{good.error()};
  out.has_truth = true;
  return out;
}

} // namespace ecco
