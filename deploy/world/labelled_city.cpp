// SPDX-License-Identifier: Apache-2.0
#include "deploy/world/labelled_city.hpp"

#include <utility>

#include "deploy/world/world_teacher.hpp"
#include "runtime/world/address.hpp"

namespace ecco {

result<std::vector<labelled_frame>> labelled_city(cities& made, const std::string& address,
                                                  const std::vector<std::string>& classes, std::size_t pictures,
                                                  bool with_outlines) {
  const auto from = world::read_address(address);
  if (!from)
    return tl::unexpected{from.error()};
  const auto places = places_of_city_classes(address, classes);
  if (!places)
    return tl::unexpected{places.error()};
  world::world_camera camera{made.of(from->world), from->camera};
  std::vector<labelled_frame> out;
  for (std::size_t k = 0; k < pictures; ++k) {
    const auto since = static_cast<double>(k) / from->fps;
    auto seen = camera.at(from->at + since);
    labelled_frame taken;
    taken.shot.camera = camera_id{address};
    taken.shot.media_time = from_seconds(since);
    taken.labels = truth_about(seen, *places, with_outlines);
    taken.shot.picture = std::move(seen.picture);
    out.push_back(std::move(taken));
  }
  return out;
}

} // namespace ecco
