// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>

#include "actors/camera.hpp"
#include "deploy/experiment/fleet_plan.hpp"
#include "runtime/learn/curve.hpp"

namespace ecco {

/// One picture a condition, made once: what a simulated camera films.
using picture_book = std::array<image, 256>;
std::shared_ptr<const picture_book> make_picture_book();

/// Simulated: `fps` pictures a second of what the plan says the camera sees, without end.
std::unique_ptr<frame_source> make_simulated_source(const planned_camera& plan, double fps,
                                                    std::shared_ptr<const picture_book> book);

/// Simulated: a student of the learning curve that is right in as many pictures as its accuracy says, evenly spread,
/// and a little less sure where it is wrong. Average precision measured on what it saw is that accuracy.
std::unique_ptr<student> make_simulated_student(const curve_options& options, std::uint64_t seed);

/// Simulated: a codec whose segments hold one byte a picture, its condition, and are as long as a second of video at
/// the plan's bit rate.
std::unique_ptr<segment_encoder> make_simulated_encoder(std::uint32_t bits_per_second);
std::unique_ptr<segment_decoder> make_simulated_decoder(std::shared_ptr<const picture_book> book);

} // namespace ecco
