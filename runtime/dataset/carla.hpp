// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "messages/detection.hpp"
#include "runtime/dataset/dataset.hpp"

namespace ecco {

/// The tags that are objects on a street. Before 0.9.14 all vehicles had one.
std::vector<dataset_class> carla_classes(carla_tags tags);

/// Objects of a picture of CARLA's instance camera: red is the tag, green and blue the lower and the upper byte of
/// the instance's number, which since 0.9.16 is the actor's. Boxes are tight around what is in sight; what is hidden is
/// not in them. (Of 0.9.13 its users report that some pixels of a car have a tag beside that of vehicles, CARLA's issue
/// 5842: those are lost.)
/// @param classes with their tags as `id`, 0..255
/// @param least_pixels objects of fewer pixels are too small to tell: they do not count
/// @param with_masks also the pixels of each
std::vector<dataset_object> carla_objects(const image& instances, const std::vector<dataset_class>& classes,
                                          std::uint32_t least_pixels, bool with_masks);

/// Of fewer pixels nobody recognises anything.
inline constexpr std::uint32_t least_carla_pixels = 25;

/// A folder with the pictures of a camera in `rgb`, and those of an instance camera at the same place in
/// `instance`, both named by the simulation's frame, PNG for the latter. A camera that looks at every fifth frame
/// has them five apart; whatever is missing in between stays missing. Objects are not in the frames yet: they are
/// made of the pictures by `carla_objects`.
/// @param fps the camera's rate, which is not in the pictures
/// @returns `malformed_data` for a picture without the other, of another size, and for frames at odd distances.
result<dataset_sequence> read_carla(const std::filesystem::path& folder, double fps,
                                    carla_tags tags = carla_tags::cityscapes);

} // namespace ecco
