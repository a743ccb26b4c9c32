// SPDX-License-Identifier: Apache-2.0
#include "deploy/dataset/read_dataset.hpp"

#include "deploy/dataset/coco_sequence.hpp"
#include "runtime/dataset/carla.hpp"
#include "runtime/dataset/cityflow.hpp"
#include "runtime/dataset/class_map.hpp"
#include "runtime/dataset/mdot.hpp"
#include "runtime/dataset/mot.hpp"
#include "runtime/dataset/visdrone.hpp"
#include "runtime/dataset/yolo.hpp"
#include "runtime/video/picture_file.hpp"

namespace ecco {

namespace {

result<dataset_sequence> read_layout(const dataset_place& place, const dataset_options& options, double fps,
                                     bool with_masks) {
  switch (place.layout) {
    case dataset_layout::mot: return read_mot(place.path);
    case dataset_layout::visdrone: return read_visdrone(place.path, fps);
    case dataset_layout::mdot: return read_mdot(place.path, fps);
    case dataset_layout::cityflow: return read_cityflow(place.path);
    case dataset_layout::carla: return read_carla(place.path, fps, options.tags);
    case dataset_layout::coco: return read_coco_sequence(place.path, fps, with_masks);
    case dataset_layout::yolo: return read_yolo(place.path, fps);
  }
  return fail(ec::internal, "a layout without a reader");
}

} // namespace

result<dataset_sequence> read_dataset(const dataset_place& place, double fps, bool with_masks) {
  const auto refuse = [&](const error& why) {
    return fail(why.code, place.path + "?" + place.options + ": " + why.what, why.hint);
  };
  const auto options = read_dataset_options(place.layout, place.options);
  if (!options)
    return refuse(options.error());
  auto sequence = read_layout(place, *options, fps, with_masks);
  if (!sequence)
    return sequence;
  if (auto good = choose_classes(sequence->classes, options->classes); !good)
    return refuse(good.error());
  return sequence;
}

result<std::vector<dataset_object>> objects_of(const dataset_sequence& sequence, const dataset_frame& frame,
                                               bool with_masks) {
  if (frame.instances.empty())
    return frame.objects;
  const auto picture = read_picture(frame.instances);
  if (!picture)
    return tl::unexpected{picture.error()};
  return carla_objects(*picture, sequence.classes, least_carla_pixels, with_masks);
}

} // namespace ecco
