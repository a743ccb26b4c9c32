// SPDX-License-Identifier: Apache-2.0
#include "deploy/world/rendering.hpp"

#include <cmath>

#include "deploy/world/cities.hpp"
#include "deploy/world/contact_sheet.hpp"
#include "runtime/video/movie_file.hpp"

namespace ecco {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_cells = 400, most_pictures = 1'000'000;

/// The addresses of the cameras that are asked for.
result<std::vector<world::address>> addresses_of(const world_request& asked) {
  if (asked.cameras.empty())
    return fail(ec::invalid_argument, "world: no camera is named", "--camera downtown-1");
  std::vector<world::address> all;
  for (const auto& name : asked.cameras) {
    auto read = world::read_address(std::string{world::address_scheme} + name);
    if (!read)
      return tl::unexpected{read.error()};
    if (asked.seed)
      read->world.seed = *asked.seed;
    if (asked.fps)
      read->fps = *asked.fps;
    all.push_back(std::move(*read));
  }
  return all;
}

void count(const world::shot& seen, world_result& to) {
  ++to.pictures;
  for (const auto& object : seen.objects)
    if (world::counts(object, {}))
      for (const auto& one : world::labelled_classes)
        if (one.kind == object.kind)
          ++to.objects[std::string{one.name}];
}

result<void> write_picture(const fs::path& file, const image& picture) {
  const auto png = encode_png(picture);
  if (!png)
    return tl::unexpected{png.error()};
  const auto bytes_of = png->view();
  return write_file(file, {reinterpret_cast<const char*>(bytes_of.data()), bytes_of.size()});
}

/// Everything of one camera.
class recording {
 public:
  recording(fs::path folder, const world::address& from, const world_request& asked)
      : folder_(std::move(folder)), from_(from), asked_(asked) {}

  result<void> run(const std::shared_ptr<const world::world>& in, double at, std::size_t pictures,
                   world_result& to, const std::function<void()>& done);

 private:
  fs::path folder_;
  const world::address& from_;
  const world_request& asked_;
};

result<void> recording::run(const std::shared_ptr<const world::world>& in, double at, std::size_t pictures,
                            world_result& to, const std::function<void()>& done) {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  if (failed)
    return fail(ec::io_failed, folder_.string() + ": " + failed.message(), "choose another --out");
  const auto video = folder_ / "video.mp4";
  auto movie = write_movie(video, {from_.camera.width, from_.camera.height, from_.fps});
  if (!movie)
    return tl::unexpected{movie.error()};
  std::unique_ptr<label_writer> labels;
  if (asked_.labels)
    labels = write_labels(folder_, *asked_.labels, from_.fps, {});
  world::world_camera camera{in, from_.camera};
  for (std::size_t k = 0; k < pictures; ++k) {
    const double since = static_cast<double>(k) / from_.fps;
    const auto seen = camera.at(at + since);
    count(seen, to);
    auto step = (*movie)->add(asked_.boxes ? with_boxes(seen) : seen.picture);
    if (step && labels)
      step = labels->add(seen, since).and_then([&] {
        return write_picture(folder_ / picture_name(*asked_.labels, k), seen.picture);
      });
    if (!step)
      return step;
    done();
  }
  to.files.push_back(video.string());
  if (labels) {
    if (auto written = labels->finish(); !written)
      return written;
    to.files.push_back((folder_
                        / (asked_.labels == label_format::coco   ? "instances.json"
                           : asked_.labels == label_format::yolo ? "data.yaml"
                                                                 : "gt/gt.txt"))
                           .string());
  }
  return (*movie)->finish();
}

} // namespace

result<world_result> show_world(const world_request& asked) {
  const auto from = addresses_of(asked);
  if (!from)
    return tl::unexpected{from.error()};
  if (from->size() * asked.at.size() > most_cells)
    return fail(ec::invalid_argument,
                "world: more than " + std::to_string(most_cells) + " pictures for one sheet",
                "name fewer cameras or moments");
  cities made;
  world_result out;
  std::vector<world::shot> shots;
  for (const auto& one : *from) {
    world::world_camera camera{made.of(one.world), one.camera};
    for (const double at : asked.at) {
      shots.push_back(camera.at(at + one.at));
      count(shots.back(), out);
    }
  }
  const int columns = asked.columns > 0     ? asked.columns
                      : asked.at.size() > 1 ? static_cast<int>(asked.at.size())
                                            : 0;
  if (auto written = write_picture(asked.out, contact_sheet(shots, {columns, asked.boxes})); !written)
    return tl::unexpected{written.error()};
  out.files.push_back(asked.out.string());
  return out;
}

result<world_result> render_world(const world_request& asked, const world_progress& progress) {
  const auto from = addresses_of(asked);
  if (!from)
    return tl::unexpected{from.error()};
  std::size_t all = 0;
  for (const auto& one : *from)
    all += static_cast<std::size_t>(std::max(1., std::round(std::min(asked.seconds * one.fps, 1e9))));
  if (all > most_pictures)
    return fail(ec::invalid_argument,
                "world: " + std::to_string(all) + " pictures are more than " + std::to_string(most_pictures),
                "fewer --seconds, or a lower --fps");
  cities made;
  world_result out;
  for (const auto& one : *from) {
    const auto pictures = static_cast<std::size_t>(std::max(1., std::round(asked.seconds * one.fps)));
    const auto folder = from->size() == 1 ? asked.out : asked.out / one.camera.name;
    recording made_of{folder, one, asked};
    const auto begins = asked.at.empty() ? one.at : one.at + asked.at[0];
    if (auto done =
            made_of.run(made.of(one.world), begins, pictures, out, [&] { progress(out.pictures, all); });
        !done)
      return tl::unexpected{done.error()};
  }
  return out;
}

} // namespace ecco
