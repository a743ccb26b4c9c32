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

/// Turns hues by `turn` (1 is the full circle), multiplies saturation and brightness: rotation about the grey axis,
/// scaling towards grey, scaling of all.
std::array<float, 9> colour_matrix(double turn, double saturation, double brightness) {
  const auto angle = 2 * M_PI * turn, c = std::cos(angle), s = std::sin(angle) / std::sqrt(3.);
  const std::array turned{c + (1 - c) / 3, (1 - c) / 3 - s, (1 - c) / 3 + s}; // same, next and previous channel
  std::array<float, 9> matrix{};
  for (std::size_t to = 0; to < 3; ++to)
    for (std::size_t from = 0; from < 3; ++from)
      matrix[3 * to + from] =
          static_cast<float>(brightness * (turned[(3 + from - to) % 3] * saturation + (1 - saturation) / 3));
  return matrix;
}

void recolour(std::span<float> pixels, const std::array<float, 9>& matrix) {
  for (std::size_t i = 0; i + 2 < pixels.size(); i += 3) {
    const std::array in{pixels[i], pixels[i + 1], pixels[i + 2]};
    for (std::size_t k = 0; k < 3; ++k) {
      const auto* row = &matrix[3 * k];
      pixels[i + k] = std::clamp(row[0] * in[0] + row[1] * in[1] + row[2] * in[2], 0.F, 1.F);
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

variation letterboxed(const image& picture, std::uint16_t width, std::uint16_t height) {
  const auto fitted = fit(picture.width, picture.height, width, height);
  return {{static_cast<double>(fitted.pad_x), static_cast<double>(fitted.new_width)},
          {static_cast<double>(fitted.pad_y), static_cast<double>(fitted.new_height)},
          std::nullopt};
}

variation draw_variation(const image& picture, const augmentation& how, std::uint16_t width, std::uint16_t height,
                         std::mt19937_64& random) {
  auto out = letterboxed(picture, width, height);
  const auto scale = 1 + draw(how.scale, random);
  const auto vary = [&](span_of_input& along, double whole) {
    const auto shift = draw(how.translate, random) * whole;
    along = {whole / 2 + (along.begin - whole / 2) * scale + shift, along.length * scale};
  };
  vary(out.across, width);
  vary(out.down, height);
  out.across.mirrored = std::bernoulli_distribution{how.flip}(random);
  if (how.hue > 0 || how.saturation > 0 || how.brightness > 0) {
    const auto turn = draw(how.hue, random) / 2, saturation = 1 + draw(how.saturation, random);
    out.colours = colour_matrix(turn, saturation, 1 + draw(how.brightness, random));
  }
  return out;
}

std::vector<placed_label> place_labels(std::span<const label> labels, const variation& how, std::uint16_t width,
                                       std::uint16_t height) {
  std::vector<placed_label> out;
  for (const auto& truth : labels) {
    const auto placed = place(truth, how.across, how.down, width, height);
    if (placed.where.x2 > placed.where.x1 && placed.where.y2 > placed.where.y1)
      out.push_back(placed);
  }
  return out;
}

placed_label in_quarter(placed_label whole, double right, double down) {
  const auto x = [right](auto at) { return static_cast<decltype(at)>(at / 2 + right); };
  const auto y = [down](auto at) { return static_cast<decltype(at)>(at / 2 + down); };
  auto& [x1, y1, x2, y2] = whole.where;
  whole.where = {x(x1), y(y1), x(x2), y(y2)};
  whole.ignore = whole.ignore || x2 - x1 < least_pixels || y2 - y1 < least_pixels;
  for (auto& ring : whole.rings)
    for (std::size_t i = 0; i + 1 < ring.size(); i += 2)
      ring[i] = x(ring[i]), ring[i + 1] = y(ring[i + 1]);
  return whole;
}

std::vector<placed_label> augmented(const labelled_frame& sample, const augmentation& how, std::uint16_t width,
                                    std::uint16_t height, std::mt19937_64& random, std::span<float> pixels) {
  const auto& picture = sample.shot.picture;
  const auto drawn = draw_variation(picture, how, width, height, random);
  resample(picture, taps(drawn.across, picture.width, width), taps(drawn.down, picture.height, height), pixels);
  if (drawn.colours)
    recolour(pixels, *drawn.colours);
  return place_labels(sample.labels, drawn, width, height);
}

} // namespace ecco
