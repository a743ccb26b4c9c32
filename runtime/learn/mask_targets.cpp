// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/mask_targets.hpp"

#include <algorithm>

#include "runtime/learn/masks.hpp"
#include "runtime/score/rle.hpp"

namespace ecco {

namespace {

/// The cells of one picture that an object covers.
struct covered_cells {
  std::int32_t owner = 0;
  rle cells;
};

/// What a label covers, on a grid of cells; nothing when no polygon can be drawn.
rle cells_of(const placed_label& object, std::int64_t rows, std::int64_t columns) {
  auto rings = object.rings;
  for (auto& ring : rings)
    for (auto& pixel : ring)
      pixel /= static_cast<double>(mask_stride);
  const auto height = static_cast<std::uint32_t>(rows), width = static_cast<std::uint32_t>(columns);
  auto drawn = rle_from_rings(rings, height, width);
  return drawn ? std::move(*drawn) : rle{height, width, {height * width}};
}

/// Writes `owner` on the cells of a mask. Its runs go down the columns, `owners` along the rows.
void paint(const covered_cells& object, std::span<std::int32_t> owners) {
  const std::size_t height = object.cells.height, width = object.cells.width;
  std::size_t at = 0;
  for (std::size_t i = 0; i < object.cells.runs.size(); at += object.cells.runs[i++])
    for (auto cell = at; i % 2 == 1 && cell < at + object.cells.runs[i]; ++cell)
      owners[cell % height * width + cell / height] = object.owner;
}

/// The smaller object is in front of the larger one.
void paint_all(std::vector<covered_cells> objects, std::span<std::int32_t> owners) {
  std::stable_sort(objects.begin(), objects.end(), [](const covered_cells& a, const covered_cells& b) {
    return area(a.cells) > area(b.cells);
  });
  for (const auto& object : objects)
    paint(object, owners);
}

} // namespace

void add_masks(truths& to, std::span<const std::vector<placed_label>> labels, std::int64_t height,
               std::int64_t width) {
  const auto rows = height / mask_stride, columns = width / mask_stride;
  const auto cells = static_cast<std::size_t>(rows * columns);
  to.owners = torch::zeros({std::ssize(labels), rows, columns}, torch::kInt);
  to.outlined = torch::zeros(to.valid.sizes(), torch::kBool);
  const std::span owners{to.owners.data_ptr<std::int32_t>(), cells * labels.size()};
  for (std::size_t picture = 0; picture < labels.size(); ++picture) {
    auto* outlined = to.outlined.data_ptr<bool>() + static_cast<std::int64_t>(picture) * to.valid.size(1);
    std::vector<covered_cells> objects;
    std::int32_t object = 0;
    for (const auto& l : labels[picture]) {
      if (l.ignore)
        continue;
      outlined[object++] = !l.rings.empty();
      if (!l.rings.empty())
        objects.push_back({object, cells_of(l, rows, columns)});
    }
    paint_all(std::move(objects), owners.subspan(picture * cells, cells));
  }
}

} // namespace ecco
