// SPDX-License-Identifier: Apache-2.0
#include "deploy/world/world_teacher.hpp"

#include <algorithm>

#include "runtime/learn/outlines.hpp"
#include "runtime/world/address.hpp"
#include "runtime/world/labels.hpp"

namespace ecco {
namespace {

class world_teacher : public teacher {
 public:
  world_teacher(const world::address& from, city_classes classes, bool with_outlines)
      : at_(from.at), camera_(std::make_shared<const world::world>(from.world), from.camera),
        classes_(std::move(classes)), with_outlines_(with_outlines) {}

  result<std::vector<label>> label_frame(const frame& shot) override {
    return truth_about(camera_.at(at_ + seconds_of(shot.media_time)), classes_, with_outlines_);
  }

 private:
  double at_;
  world::world_camera camera_;
  city_classes classes_;
  bool with_outlines_;
};

} // namespace

outline outline_of(const world::shot& seen, std::size_t index) {
  const auto& of = seen.objects[index];
  const auto wide = static_cast<std::size_t>(of.x1 - of.x0), tall = static_cast<std::size_t>(of.y1 - of.y0);
  bytes pixels(wide * tall);
  for (std::size_t y = 0; y < tall; ++y)
    for (std::size_t x = 0; x < wide; ++x) {
      const auto row = static_cast<std::size_t>(of.y0) + y, column = static_cast<std::size_t>(of.x0) + x;
      pixels[y * wide + x] = seen.owners[row * seen.picture.width + column] == index + 1 ? 1 : 0;
    }
  const pixel_box picture{0, 0, static_cast<double>(seen.picture.width), static_cast<double>(seen.picture.height)};
  return to_outline(borders(pixels, wide, tall, of.x0, of.y0), picture, picture, 0);
}

result<city_classes> places_of_city_classes(const std::string& address, const std::vector<std::string>& classes) {
  city_classes places;
  for (const auto& one : world::labelled_classes) {
    const auto found = std::find(classes.begin(), classes.end(), one.name);
    if (found != classes.end())
      places[static_cast<std::uint16_t>(one.kind)] = static_cast<std::uint16_t>(found - classes.begin());
  }
  if (places.empty())
    return fail(ec::invalid_argument, address + ": none of the classes is in the city",
                "classes: [person, bicycle, car, bus, truck], or some of them");
  return places;
}

std::vector<label> truth_about(const world::shot& seen, const city_classes& classes, bool with_outlines) {
  auto labels = world::labels_of(seen);
  std::vector<label> out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < seen.objects.size(); ++i) {
    if (seen.objects[i].pixels < world::least_labelled_pixels)
      continue;
    auto& one = labels[next++];
    const auto found = classes.find(one.class_id);
    if (found == classes.end())
      continue;
    one.class_id = found->second;
    if (with_outlines)
      one.shape = outline_of(seen, i);
    out.push_back(std::move(one));
  }
  return out;
}

result<std::unique_ptr<teacher>> make_world_teacher(const std::string& address,
                                                    const std::vector<std::string>& classes, bool with_outlines) {
  const auto from = world::read_address(address);
  if (!from)
    return tl::unexpected{from.error()};
  auto places = places_of_city_classes(address, classes);
  if (!places)
    return tl::unexpected{places.error()};
  return std::make_unique<world_teacher>(*from, std::move(*places), with_outlines);
}

} // namespace ecco
