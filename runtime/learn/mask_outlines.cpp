// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/mask_outlines.hpp"

#include <algorithm>
#include <cassert>

#include "runtime/learn/letterbox.hpp"
#include "runtime/learn/masks.hpp"

namespace ecco {

namespace {

/// Enough for what a person would draw; a mask that is all specks, as of a student that has not learned yet,
/// must not fill the camera's link.
constexpr outline_limits of_a_student{.rings = 16, .corners = 256};
constexpr double tolerance = .5;

pixel_box intersection_of(const pixel_box& outer, const box& b) {
  const auto x1 = std::max<double>(b.x1, outer.x), x2 = std::min<double>(b.x2, outer.x + outer.width);
  const auto y1 = std::max<double>(b.y1, outer.y), y2 = std::min<double>(b.y2, outer.y + outer.height);
  return {x1, y1, std::max(0., x2 - x1), std::max(0., y2 - y1)};
}

} // namespace

void add_outlines(std::span<detection> to, std::span<const std::int64_t> anchors,
                  const torch::Tensor& coefficients, const torch::Tensor& prototypes, const image& picture) {
  assert(to.size() == anchors.size());
  if (to.empty())
    return;
  const auto at = torch::tensor(at::ArrayRef<std::int64_t>(anchors.data(), anchors.size()), torch::kLong);
  const auto weights =
      coefficients.index_select(0, at.to(coefficients.device())).to(torch::kCPU, torch::kFloat).contiguous();
  const auto planes = prototypes.to(torch::kCPU, torch::kFloat).contiguous();
  const mask_basis basis{{planes.data_ptr<float>(), static_cast<std::size_t>(planes.numel())},
                         static_cast<std::uint16_t>(planes.size(2)),
                         static_cast<std::uint16_t>(planes.size(1))};
  const auto width = static_cast<std::uint16_t>(basis.width * mask_stride);
  const auto height = static_cast<std::uint16_t>(basis.height * mask_stride);
  const auto place = fit(picture.width, picture.height, width, height);
  const pixel_box shown{double(place.pad_x), double(place.pad_y), double(place.new_width),
                        double(place.new_height)};
  const auto* row = weights.data_ptr<float>();
  for (auto& found : to) {
    const auto where = to_input(found.where, picture, width, height);
    const auto rings = trace_mask({row, static_cast<std::size_t>(mask_prototypes)}, basis, where);
    found.shape = to_outline(rings, shown, intersection_of(shown, where), tolerance, of_a_student);
    row += mask_prototypes;
  }
}

} // namespace ecco
