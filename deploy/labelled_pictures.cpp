// SPDX-License-Identifier: Apache-2.0
#include "deploy/labelled_pictures.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "deploy/camera_source.hpp"
#include "deploy/teachers.hpp"
#include "deploy/world/labelled_city.hpp"
#include "runtime/score/parallel.hpp"
#include "runtime/world/address.hpp"

namespace ecco {

namespace {

result<std::vector<labelled_frame>> read_one(const std::string& source, settings teaching,
                                             const picture_options& options) {
  const camera_id name{source};
  camera_settings camera;
  camera.source = source;
  camera.loop = false;
  teaching.cameras = {{name, camera}};
  auto opened = open_camera_source(camera, teaching.teacher.labels_fps);
  if (!opened)
    return tl::unexpected{opened.error()};
  auto expert = make_teacher(teaching, options.device);
  if (!expert)
    return tl::unexpected{expert.error()};
  std::vector<labelled_frame> out;
  while (out.size() < options.pictures) {
    auto shown = (*opened)->next();
    if (!shown && shown.error().code == ec::end_of_stream)
      break;
    if (!shown)
      return tl::unexpected{shown.error()};
    labelled_frame taken;
    taken.shot = {name, shown->media_time, sample_role::train, std::move(shown->picture)};
    auto said = (*expert)->label_frame(taken.shot);
    if (!said)
      return tl::unexpected{said.error()};
    taken.labels = std::move(*said);
    out.push_back(std::move(taken));
  }
  return out;
}

bool knows_itself(const std::string& source, const settings& teaching) {
  return source.starts_with(world::address_scheme) && teaching.teacher.kind == teacher_kind::labels
         && teaching.teacher.labels.empty();
}

} // namespace

result<std::vector<std::vector<labelled_frame>>> read_labelled_pictures(const std::vector<std::string>& sources,
                                                                        const settings& teaching,
                                                                        const picture_options& options) {
  cities made;
  std::vector<std::vector<labelled_frame>> out(sources.size());
  std::mutex failing;
  std::optional<error> failed;
  std::atomic<std::size_t> done = 0;
  for_each_index(sources.size(), options.threads, [&](std::size_t i) {
    {
      const std::lock_guard lock{failing};
      if (failed)
        return;
    }
    auto read = knows_itself(sources[i], teaching)
                    ? labelled_city(made, sources[i], teaching.classes, options.pictures,
                                    draws_masks(teaching.student))
                    : read_one(sources[i], teaching, options);
    if (read)
      out[i] = std::move(*read);
    const auto goes_on = !options.go_on || options.go_on(++done);
    const std::lock_guard lock{failing};
    if (!failed && !read)
      failed = read.error();
    else if (!failed && !goes_on)
      failed = error{ec::unavailable, "stopped while pictures were read", {}};
  });
  if (failed)
    return tl::unexpected{*failed};
  return out;
}

} // namespace ecco
