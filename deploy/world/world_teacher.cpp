// SPDX-License-Identifier: Apache-2.0
#include "deploy/world/world_teacher.hpp"

#include <algorithm>

#include "runtime/world/address.hpp"
#include "runtime/world/labels.hpp"

namespace ecco {
namespace {

class world_teacher : public teacher {
 public:
  world_teacher(const world::address& from, std::map<std::uint16_t, std::uint16_t> classes)
      : at_(from.at), camera_(std::make_shared<const world::world>(from.world), from.camera),
        classes_(std::move(classes)) {}

  result<std::vector<label>> label_frame(const frame& shot) override {
    std::vector<label> out;
    for (auto& one : world::labels_of(camera_.at(at_ + seconds_of(shot.media_time))))
      if (const auto found = classes_.find(one.class_id); found != classes_.end()) {
        one.class_id = found->second;
        out.push_back(std::move(one));
      }
    return out;
  }

 private:
  double at_;
  world::world_camera camera_;
  /// From COCO's number to the place in the list of classes.
  std::map<std::uint16_t, std::uint16_t> classes_;
};

} // namespace

result<std::map<std::uint16_t, std::uint16_t>> places_of_city_classes(const std::string& address,
                                                                      const std::vector<std::string>& classes) {
  std::map<std::uint16_t, std::uint16_t> places;
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

result<std::unique_ptr<teacher>> make_world_teacher(const std::string& address,
                                                    const std::vector<std::string>& classes) {
  const auto from = world::read_address(address);
  if (!from)
    return tl::unexpected{from.error()};
  auto places = places_of_city_classes(address, classes);
  if (!places)
    return tl::unexpected{places.error()};
  return std::make_unique<world_teacher>(*from, std::move(*places));
}

} // namespace ecco
