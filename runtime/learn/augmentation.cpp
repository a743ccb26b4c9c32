// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/augmentation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "runtime/learn/letterbox.hpp"

namespace ecco {

namespace {

constexpr float padding = 114.F / 255.F;
constexpr double least_visible = .25, least_pixels = 2;

double draw(double most, std::mt19937_64& random) {
  return std::uniform_real_distribution{-most, most}(random);
}

/// Along one axis: the picture covers [begin, begin + length) of the input, backwards when mirrored.
struct span_of_input {
  double begin, length;
  bool mirrored = false;

  /// From a fraction of the picture to pixels of the input.
  double at(double fraction) const { return begin + length * (mirrored ? 1 - fraction : fraction); }
};

/// For one row or column of the input: its two neighbours in the picture; -1 outside.
struct tap {
  std::int32_t first = -1, second = -1;
  float weight = 0;
};

std::vector<tap> taps(const span_of_input& along, std::size_t from, std::size_t to) {
  std::vector<tap> out(to);
  const auto last = static_cast<double>(from - 1);
  for (std::size_t i = 0; i < to; ++i) {
    auto fraction = (static_cast<double>(i) + .5 - along.begin) / along.length;
    if (fraction < 0 || fraction >= 1)
      continue;
    if (along.mirrored)
      fraction = 1 - fraction;
    const auto at = std::clamp(fraction * static_cast<double>(from) - .5, 0., last);
    const auto first = static_cast<std::int32_t>(at);
    out[i] = {first, std::min(first + 1, static_cast<std::int32_t>(from) - 1),
              static_cast<float>(at - first)};
  }
  return out;
}

void resample(const image& picture, std::span<const tap> columns, std::span<const tap> rows,
              std::span<float> pixels) {
  const auto rgb = picture.rgb.view();
  const auto stride = std::size_t{3} * picture.width;
  std::vector<float> blended(stride);
  auto* out = pixels.data();
  for (const auto& row : rows) {
    if (row.first < 0) {
      out = std::fill_n(out, 3 * columns.size(), padding);
      continue;
    }
    const auto* above = rgb.data() + static_cast<std::size_t>(row.first) * stride;
    const auto* below = rgb.data() + static_cast<std::size_t>(row.second) * stride;
    for (std::size_t i = 0; i < stride; ++i) {
      const auto a = static_cast<float>(above[i]), b = static_cast<float>(below[i]);
      blended[i] = (a + (b - a) * row.weight) * (1.F / 255.F);
    }
    for (const auto& column : columns)
      for (std::size_t c = 0; c < 3; ++c)
        if (column.first < 0) {
          *out++ = padding;
        } else {
          const auto left = blended[3 * static_cast<std::size_t>(column.first) + c];
          const auto right = blended[3 * static_cast<std::size_t>(column.second) + c];
          *out++ = left + (right - left) * column.weight;
        }
  }
}

/// Turns hues by `turn` (1 is the full circle), multiplies saturation and brightness. Done in RGB: rotation
/// about the grey axis, scaling towards grey, scaling of all.
void recolour(std::span<float> pixels, double turn, double saturation, double brightness) {
  const auto angle = 2 * M_PI * turn, c = std::cos(angle), s = std::sin(angle) / std::sqrt(3.);
  const auto same = static_cast<float>(c + (1 - c) / 3), next = static_cast<float>((1 - c) / 3 - s),
             before = static_cast<float>((1 - c) / 3 + s);
  const auto keep = static_cast<float>(saturation), gain = static_cast<float>(brightness);
  for (std::size_t i = 0; i + 2 < pixels.size(); i += 3) {
    const std::array in{pixels[i], pixels[i + 1], pixels[i + 2]};
    const auto grey = (in[0] + in[1] + in[2]) / 3;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto turned = same * in[k] + next * in[(k + 1) % 3] + before * in[(k + 2) % 3];
      pixels[i + k] = std::clamp((grey + (turned - grey) * keep) * gain, 0.F, 1.F);
    }
  }
}

std::vector<polygon> place(const outline& shape, const span_of_input& across, const span_of_input& down) {
  constexpr double whole = std::numeric_limits<std::uint16_t>::max();
  std::vector<polygon> rings;
  for (const auto& ring : shape.rings) {
    auto& corners = rings.emplace_back();
    for (const auto& c : ring)
      corners.insert(corners.end(), {across.at(c.x / whole), down.at(c.y / whole)});
  }
  return rings;
}

placed_label place(const label& truth, const span_of_input& across, const span_of_input& down, double width,
                   double height) {
  const auto [x1, x2] = std::minmax({across.at(truth.where.x1), across.at(truth.where.x2)});
  const auto [y1, y2] = std::minmax({down.at(truth.where.y1), down.at(truth.where.y2)});
  const auto left = std::clamp(x1, 0., width), right = std::clamp(x2, 0., width);
  const auto top = std::clamp(y1, 0., height), bottom = std::clamp(y2, 0., height);
  const auto visible = (right - left) * (bottom - top);
  const auto doubtful = visible < least_visible * (x2 - x1) * (y2 - y1) || right - left < least_pixels
                        || bottom - top < least_pixels;
  return {{static_cast<float>(left), static_cast<float>(top), static_cast<float>(right),
           static_cast<float>(bottom)},
          truth.class_id,
          truth.ignore || doubtful,
          place(truth.shape, across, down)};
}

} // namespace

std::vector<placed_label> augmented(const labelled_frame& sample, const augmentation& how,
                                    std::uint16_t width, std::uint16_t height, std::mt19937_64& random,
                                    std::span<float> pixels) {
  const auto& picture = sample.shot.picture;
  const auto fitted = fit(picture.width, picture.height, width, height);
  const auto scale = 1 + draw(how.scale, random);
  const auto along = [&](double begin, double length, double whole) {
    const auto shift = draw(how.translate, random) * whole;
    return span_of_input{whole / 2 + (begin - whole / 2) * scale + shift, length * scale};
  };
  auto across = along(fitted.pad_x, fitted.new_width, width);
  const auto down = along(fitted.pad_y, fitted.new_height, height);
  across.mirrored = std::bernoulli_distribution{how.flip}(random);

  resample(picture, taps(across, picture.width, width), taps(down, picture.height, height), pixels);
  if (how.hue > 0 || how.saturation > 0 || how.brightness > 0) {
    const auto turn = draw(how.hue, random) / 2, saturation = 1 + draw(how.saturation, random);
    recolour(pixels, turn, saturation, 1 + draw(how.brightness, random));
  }
  std::vector<placed_label> labels;
  for (const auto& truth : sample.labels) {
    auto placed = place(truth, across, down, width, height);
    if (placed.where.x2 > placed.where.x1 && placed.where.y2 > placed.where.y1)
      labels.push_back(placed);
  }
  return labels;
}

} // namespace ecco
