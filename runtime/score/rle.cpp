// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/rle.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/score/run_writer.hpp"

namespace ecco {

namespace {

bool can_be_size(std::uint32_t height, std::uint32_t width) {
  const auto pixels = std::uint64_t{height} * width;
  return 0 < pixels && pixels <= max_mask_pixels;
}

std::string size_text(std::uint32_t height, std::uint32_t width) {
  return std::to_string(height) + " x " + std::to_string(width);
}

/// Walks over the stretches of `a` and `b` on which neither changes: `visit(length, set in a, set in b)`.
template <class Visit>
void walk(const rle& a, const rle& b, Visit visit) {
  std::size_t i = 0, j = 0;
  std::uint32_t left_of_a = a.runs[0], left_of_b = b.runs[0];
  while (i < a.runs.size() && j < b.runs.size()) {
    const auto length = std::min(left_of_a, left_of_b);
    visit(length, i % 2 == 1, j % 2 == 1);
    if ((left_of_a -= length) == 0 && ++i < a.runs.size())
      left_of_a = a.runs[i];
    if ((left_of_b -= length) == 0 && ++j < b.runs.size())
      left_of_b = b.runs[j];
  }
}

rle unite(const rle& a, const rle& b) {
  run_writer runs;
  std::uint32_t run = 0;
  bool last = false;
  walk(a, b, [&](std::uint32_t length, bool in_a, bool in_b) {
    if ((in_a || in_b) != last) {
      runs.add(std::exchange(run, 0));
      last = !last;
    }
    run += length;
  });
  runs.add(run);
  return {a.height, a.width, runs.take()};
}

} // namespace

result<rle> encode_mask(std::span<const std::uint8_t> pixels, std::uint32_t height, std::uint32_t width) {
  if (!can_be_size(height, width) || pixels.size() != std::uint64_t{height} * width)
    return fail(ec::invalid_argument, "mask: " + std::to_string(pixels.size())
                                          + " pixels cannot be a mask of " + size_text(height, width));
  rle mask{height, width, {}};
  std::uint32_t run = 0;
  bool last = false;
  for (const auto pixel : pixels) {
    if ((pixel != 0) != last) {
      mask.runs.push_back(std::exchange(run, 0));
      last = !last;
    }
    ++run;
  }
  mask.runs.push_back(run);
  return mask;
}

std::vector<std::uint8_t> decode_mask(const rle& mask) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(std::size_t{mask.height} * mask.width);
  for (std::size_t i = 0; i < mask.runs.size(); ++i)
    pixels.insert(pixels.end(), mask.runs[i], i % 2);
  return pixels;
}

result<rle> rle_from_runs(std::span<const std::int64_t> runs, std::uint32_t height, std::uint32_t width) {
  if (!can_be_size(height, width))
    return fail(ec::malformed_data, "mask: a size of " + size_text(height, width) + " cannot be",
                "a mask has at least one pixel and at most " + std::to_string(max_mask_pixels));
  const auto pixels = std::int64_t{height} * width;
  std::int64_t sum = 0;
  run_writer writer;
  for (const auto run : runs) {
    if (run < 0 || run > pixels - sum)
      return fail(ec::malformed_data, "mask: a run of " + std::to_string(run)
                                          + " pixels does not fit into the " + std::to_string(pixels - sum)
                                          + " that are left");
    sum += run;
    writer.add(static_cast<std::uint32_t>(run));
  }
  if (sum != pixels)
    return fail(ec::malformed_data, "mask: the runs end after " + std::to_string(sum) + " of "
                                        + std::to_string(pixels) + " pixels");
  return rle{height, width, writer.take()};
}

rle unite(std::span<const rle> masks) {
  return std::accumulate(masks.begin() + 1, masks.end(), masks.front(),
                         [](const rle& a, const rle& b) { return unite(a, b); });
}

std::uint64_t area(const rle& mask) {
  std::uint64_t set = 0;
  for (std::size_t i = 1; i < mask.runs.size(); i += 2)
    set += mask.runs[i];
  return set;
}

pixel_box bounding_box(const rle& mask) {
  std::uint32_t left = mask.width, right = 0, top = mask.height, bottom = 0, at = 0;
  for (std::size_t i = 0; i < mask.runs.size(); at += mask.runs[i++]) {
    if (i % 2 == 0)
      continue;
    const auto last = at + mask.runs[i] - 1;
    const auto in_one_column = at / mask.height == last / mask.height;
    left = std::min(left, at / mask.height);
    right = std::max(right, last / mask.height);
    top = std::min(top, in_one_column ? at % mask.height : 0);
    bottom = std::max(bottom, in_one_column ? last % mask.height : mask.height - 1);
  }
  if (left == mask.width)
    return {};
  return {double(left), double(top), double(right - left + 1), double(bottom - top + 1)};
}

std::uint64_t intersection(const rle& a, const rle& b) {
  std::uint64_t shared = 0;
  walk(a, b, [&](std::uint32_t length, bool in_a, bool in_b) { shared += in_a && in_b ? length : 0; });
  return shared;
}

double iou(const rle& a, const rle& b) {
  const auto shared = intersection(a, b);
  return shared > 0 ? static_cast<double>(shared) / static_cast<double>(area(a) + area(b) - shared) : 0;
}

double covered(const rle& seen, const rle& region) {
  const auto shared = intersection(seen, region);
  return shared > 0 ? static_cast<double>(shared) / static_cast<double>(area(seen)) : 0;
}

} // namespace ecco
