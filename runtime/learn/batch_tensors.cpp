// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/batch_tensors.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include "runtime/learn/augmentation.hpp"
#include "runtime/learn/device_pictures.hpp"
#include "runtime/learn/mask_targets.hpp"

namespace ecco {

namespace {

using torch::Tensor;

/// For CUDA: powers of two from 16 on, and at least one row.
std::int64_t padded(std::int64_t rows, const torch::Device& device) {
  if (!device.is_cuda())
    return rows;
  return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(std::max<std::int64_t>(rows, 16))));
}

/// Pads the labels of a batch, objects and ignored regions apart, into tensors.
truths pack(const std::vector<std::vector<placed_label>>& labels, const torch::Device& device) {
  std::int64_t objects = 0, regions = 0;
  for (const auto& of_picture : labels) {
    const auto ignored = std::count_if(of_picture.begin(), of_picture.end(), [](const auto& l) { return l.ignore; });
    regions = std::max<std::int64_t>(regions, ignored);
    objects = std::max<std::int64_t>(objects, std::ssize(of_picture) - ignored);
  }
  objects = padded(objects, device), regions = padded(regions, device);
  const auto batch = std::ssize(labels);
  truths out{torch::zeros({batch, objects, 4}), torch::zeros({batch, objects}, torch::kLong),
             torch::zeros({batch, objects}, torch::kBool), torch::zeros({batch, regions, 4})};
  const auto write = [](const Tensor& boxes, std::int64_t row, const box& b) {
    std::copy_n(&std::array{b.x1, b.y1, b.x2, b.y2}[0], 4, boxes.data_ptr<float>() + 4 * row);
  };
  for (std::int64_t i = 0; i < batch; ++i) {
    auto object = i * objects, region = i * regions;
    for (const auto& l : labels[static_cast<std::size_t>(i)])
      if (l.ignore) {
        write(out.ignored, region++, l.where);
      } else {
        out.classes.data_ptr<std::int64_t>()[object] = l.class_id;
        out.valid.data_ptr<bool>()[object] = true;
        write(out.boxes, object++, l.where);
      }
  }
  return out;
}

truths there(const truths& host, const torch::Device& device) {
  truths out{to_device(host.boxes, device), to_device(host.classes, device), to_device(host.valid, device),
             to_device(host.ignored, device)};
  if (host.owners.defined()) {
    out.owners = to_device(host.owners, device);
    out.outlined = to_device(host.outlined, device);
  }
  return out;
}

/// Turns some pictures of a batch into mosaics.
void make_mosaics(const Tensor& pictures, std::vector<std::vector<placed_label>>& labels, double probability,
                  std::mt19937_64& random) {
  if (probability == 0)
    return;
  const auto small = torch::avg_pool2d(pictures, 2);
  const auto height = small.size(2), width = small.size(3);
  const auto whole = labels;
  std::bernoulli_distribution chosen{probability};
  std::uniform_int_distribution<std::size_t> any{0, labels.size() - 1};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!chosen(random))
      continue;
    labels[i].clear();
    for (std::int64_t quarter = 0; quarter < 4; ++quarter) {
      const auto from = quarter == 0 ? i : any(random);
      const auto right = quarter % 2 * width, down = quarter / 2 * height;
      pictures[static_cast<std::int64_t>(i)].narrow(1, down, height).narrow(2, right, width).copy_(
          small[static_cast<std::int64_t>(from)]);
      for (const auto& l : whole[from])
        labels[i].push_back(in_quarter(l, static_cast<double>(right), static_cast<double>(down)));
    }
  }
}

} // namespace

batch_tensors assemble(std::span<const labelled_frame* const> frames, const augmentation& how, std::uint16_t width,
                       std::uint16_t height, bool masks, std::mt19937_64& random, const torch::Device& device) {
  std::vector<std::vector<placed_label>> labels;
  Tensor pictures;
  if (device.is_cuda()) {
    std::vector<variation> drawn;
    std::vector<const image*> shown;
    for (const auto* frame : frames) {
      drawn.push_back(draw_variation(frame->shot.picture, how, width, height, random));
      shown.push_back(&frame->shot.picture);
      labels.push_back(place_labels(frame->labels, drawn.back(), width, height));
    }
    pictures = draw_on_device(shown, drawn, width, height, device);
  } else {
    const auto size = std::size_t{3} * width * height;
    pictures = torch::empty({std::ssize(frames), 3, height, width}, torch::MemoryFormat::ChannelsLast);
    const std::span pixels{pictures.data_ptr<float>(), size * frames.size()};
    for (std::size_t i = 0; i < frames.size(); ++i)
      labels.push_back(augmented(*frames[i], how, width, height, random, pixels.subspan(i * size, size)));
  }
  make_mosaics(pictures, labels, how.mosaic, random);
  auto truth = pack(labels, device);
  if (masks)
    add_masks(truth, labels, height, width);
  return {pictures, there(truth, device)};
}

batch_shape shape_of(const batch_tensors& batch) {
  const auto& pictures = batch.pictures;
  return {pictures.size(0), pictures.size(2), pictures.size(3), batch.truth.boxes.size(1), batch.truth.ignored.size(1)};
}

void copy_into(batch_tensors& target, const batch_tensors& source) {
  target.pictures.copy_(source.pictures);
  target.truth.boxes.copy_(source.truth.boxes);
  target.truth.classes.copy_(source.truth.classes);
  target.truth.valid.copy_(source.truth.valid);
  target.truth.ignored.copy_(source.truth.ignored);
  if (target.truth.owners.defined()) {
    target.truth.owners.copy_(source.truth.owners);
    target.truth.outlined.copy_(source.truth.outlined);
  }
}

} // namespace ecco
