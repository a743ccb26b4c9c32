// SPDX-License-Identifier: Apache-2.0
#include "deploy/world/world_source.hpp"

#include "runtime/video/filtered_source.hpp"

namespace ecco {
namespace {

class world_source : public frame_source {
 public:
  explicit world_source(const world::address& from)
      : fps_(from.fps), at_(from.at), camera_(std::make_shared<const world::world>(from.world), from.camera) {
  }

  result<source_picture> next() override {
    const double since = static_cast<double>(count_++) / fps_;
    source_picture made;
    made.media_time = made.stream_time = from_seconds(since);
    made.picture = camera_.at(at_ + since).picture;
    return made;
  }

 private:
  double fps_, at_;
  world::world_camera camera_;
  std::int64_t count_ = 0;
};

} // namespace

result<std::unique_ptr<frame_source>> open_world_source(const source_options& options) {
  const auto from = world::read_address(options.url);
  if (!from)
    return tl::unexpected{from.error()};
  auto source = std::make_unique<world_source>(*from);
  if (options.filters.empty())
    return source;
  return open_filtered(std::move(source), options.url, options.filters);
}

} // namespace ecco
