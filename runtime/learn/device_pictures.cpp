// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/device_pictures.hpp"

#include <algorithm>

namespace ecco {

namespace {

using torch::Tensor;

constexpr double padding = 114. / 255.;

torch::TensorOptions host_options(const torch::Device& device, torch::ScalarType type) {
  return torch::TensorOptions{}.dtype(type).pinned_memory(device.is_cuda());
}

Tensor upload(const Tensor& staged, const torch::Device& device) {
  return staged.to(device, /*non_blocking=*/true);
}

/// The taps of all pictures, rows before columns.
struct tap_table {
  /// (batch, 2, height + width): first and second neighbour.
  Tensor neighbours;
  /// (batch, 2, height + width): weight of the second neighbour, and 1 within the picture, 0 outside.
  Tensor weights;
};

tap_table tabulate(std::span<const image* const> pictures, std::span<const variation> how, std::uint16_t width,
                   std::uint16_t height, const torch::Device& device) {
  const auto length = std::int64_t{height} + width, batch = std::ssize(pictures);
  tap_table table{torch::empty({batch, 2, length}, host_options(device, torch::kLong)),
                  torch::empty({batch, 2, length}, host_options(device, torch::kFloat))};
  auto* neighbour = table.neighbours.data_ptr<std::int64_t>();
  auto* weight = table.weights.data_ptr<float>();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    auto all = taps(how[i].down, pictures[i]->height, height);
    const auto columns = taps(how[i].across, pictures[i]->width, width);
    all.insert(all.end(), columns.begin(), columns.end());
    for (const auto& tap : all) {
      neighbour[0] = std::max(tap.first, 0);
      neighbour[length] = std::max(tap.second, 0);
      weight[0] = tap.weight;
      weight[length] = tap.first < 0 ? 0.F : 1.F;
      ++neighbour, ++weight;
    }
    neighbour += length, weight += length;
  }
  return {upload(table.neighbours, device), upload(table.weights, device)};
}

/// All bytes of all pictures, one after another.
Tensor upload_bytes(std::span<const image* const> pictures, const torch::Device& device) {
  std::int64_t size = 0;
  for (const auto* picture : pictures)
    size += static_cast<std::int64_t>(picture->rgb.size());
  const auto staged = torch::empty({size}, host_options(device, torch::kByte));
  auto* out = staged.data_ptr<std::uint8_t>();
  for (const auto* picture : pictures)
    out = std::copy(picture->rgb.view().begin(), picture->rgb.view().end(), out);
  return upload(staged, device);
}

/// `source` (rows, columns, 3) bytes -> (height, width, 3) floats.
Tensor resample(const Tensor& source, const Tensor& neighbours, const Tensor& weights, std::int64_t height,
                std::int64_t width) {
  const auto rows = neighbours.narrow(1, 0, height), columns = neighbours.narrow(1, height, width);
  const auto of_row = weights.narrow(1, 0, height).view({2, height, 1, 1});
  const auto of_column = weights.narrow(1, height, width).view({2, 1, width, 1});
  const auto above = source.index_select(0, rows[0]).to(torch::kFloat);
  const auto below = source.index_select(0, rows[1]).to(torch::kFloat);
  const auto blended = above.lerp(below, of_row[0]);
  const auto left = blended.index_select(1, columns[0]), right = blended.index_select(1, columns[1]);
  const auto inside = of_row[1] * of_column[1];
  return left.lerp(right, of_column[0]).mul_(1. / 255.).sub_(padding).mul_(inside).add_(padding);
}

} // namespace

Tensor to_device(const Tensor& host, const torch::Device& device) {
  if (!device.is_cuda())
    return host;
  return upload(host.pin_memory(), device);
}

Tensor draw_on_device(std::span<const image* const> pictures, std::span<const variation> how, std::uint16_t width,
                      std::uint16_t height, const torch::Device& device) {
  const auto sources = upload_bytes(pictures, device);
  const auto table = tabulate(pictures, how, width, height, device);
  auto batch = torch::empty({std::ssize(pictures), 3, height, width},
                            torch::TensorOptions{}.device(device).memory_format(torch::MemoryFormat::ChannelsLast));
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto& picture = *pictures[i];
    const auto size = std::int64_t{3} * picture.width * picture.height, at = static_cast<std::int64_t>(i);
    const auto source = sources.narrow(0, offset, size).view({picture.height, picture.width, 3});
    auto drawn = resample(source, table.neighbours[at], table.weights[at], height, width);
    if (how[i].colours) {
      auto matrix = torch::empty({3, 3});
      std::copy(how[i].colours->begin(), how[i].colours->end(), matrix.data_ptr<float>());
      drawn = drawn.view({-1, 3}).matmul(to_device(matrix, device).t()).clamp_(0, 1).view_as(drawn);
    }
    batch[at].permute({1, 2, 0}).copy_(drawn);
    offset += size;
  }
  return batch;
}

} // namespace ecco
