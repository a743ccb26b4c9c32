// SPDX-License-Identifier: Apache-2.0
#include "deploy/camera_source.hpp"

#include <utility>

#include "config/dataset_address.hpp"
#include "deploy/dataset/dataset_source.hpp"
#include "deploy/dataset/read_dataset.hpp"
#include "deploy/world/world_source.hpp"

namespace ecco {

result<std::unique_ptr<frame_source>> open_camera_source(const camera_settings& camera, double fps) {
  std::vector<timed_filter> filters;
  for (const auto& filter : camera.filters)
    filters.push_back({filter.at, filter.chain});
  const auto place = dataset_named_by(camera.source);
  if (!place) {
    const source_options options{camera.source, camera.loop, std::move(filters), {}};
    return camera.source.starts_with(world::address_scheme) ? open_world_source(options) : open_source(options);
  }
  const auto sequence = read_dataset(*place, fps, false);
  if (!sequence)
    return tl::unexpected{sequence.error()};
  return open_dataset_source(*sequence, camera.loop, std::move(filters));
}

} // namespace ecco
