// SPDX-License-Identifier: Apache-2.0
#include "deploy/coco/fields.hpp"

#include <cmath>
#include <optional>

namespace ecco {

namespace {

using nlohmann::json;

constexpr double largest_coordinate = 1e9;

std::string at(const std::string& path, std::size_t i) {
  return path + "[" + std::to_string(i) + "]";
}

std::optional<double> finite(const json& value) {
  if (!value.is_number())
    return std::nullopt;
  const auto number = value.get<double>();
  return std::isfinite(number) ? std::optional{number} : std::nullopt;
}

std::optional<std::int64_t> integer(const json& value) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)
    return std::nullopt;
  return value.is_number_integer() ? std::optional{value.get<std::int64_t>()} : std::nullopt;
}

} // namespace

tl::unexpected<error> fields::refuse(const std::string& path, const std::string& why) const {
  return fail(ec::malformed_data, name_ + path + ": " + why);
}

result<const json*> fields::member(const char* key) const {
  if (!element_.is_object())
    return refuse("", "must be an object");
  const auto found = element_.find(key);
  if (found == element_.end())
    return refuse("", "'" + std::string{key} + "' is missing");
  return &*found;
}

result<std::int64_t> fields::id(const char* key) const {
  const auto value = member(key);
  if (!value)
    return tl::unexpected{value.error()};
  const auto number = integer(**value);
  return number ? result<std::int64_t>{*number} : refuse("." + std::string{key}, "must be an integer");
}

result<double> fields::number(const char* key) const {
  const auto value = member(key);
  if (!value)
    return tl::unexpected{value.error()};
  const auto number = finite(**value);
  return number ? result<double>{*number} : refuse("." + std::string{key}, "must be a finite number");
}

result<std::uint32_t> fields::side(const char* key) const {
  const auto value = id(key);
  if (!value)
    return tl::unexpected{value.error()};
  if (*value < 1 || *value > static_cast<std::int64_t>(max_mask_pixels))
    return refuse("." + std::string{key}, std::to_string(*value) + " pixels cannot be");
  return static_cast<std::uint32_t>(*value);
}

result<bool> fields::flag(const char* key) const {
  if (!has(key))
    return false;
  const auto& value = element_[key];
  if (value.is_boolean())
    return value.get<bool>();
  if (const auto number = integer(value); number && 0 <= *number && *number <= 1)
    return *number == 1;
  return refuse("." + std::string{key}, "must be 0 or 1");
}

result<pixel_box> fields::bbox() const {
  const auto value = member("bbox");
  if (!value)
    return tl::unexpected{value.error()};
  if (!(*value)->is_array() || (*value)->size() != 4)
    return refuse(".bbox", "must be [x, y, width, height]");
  double numbers[4] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto number = finite((**value)[i]);
    if (!number || std::abs(*number) > largest_coordinate)
      return refuse(at(".bbox", i), "must be a finite number of at most 1e9");
    if (i > 1 && *number < 0)
      return refuse(at(".bbox", i), "a side cannot be negative");
    numbers[i] = *number;
  }
  return pixel_box{numbers[0], numbers[1], numbers[2], numbers[3]};
}

result<rle> fields::mask(std::uint32_t height, std::uint32_t width) const {
  const auto value = member("segmentation");
  if (!value)
    return tl::unexpected{value.error()};
  if ((*value)->is_array())
    return polygons(**value, height, width);
  if ((*value)->is_object() && (*value)->contains("counts") && (*value)->contains("size"))
    return runs(**value, height, width);
  return refuse(".segmentation", "must be a list of polygons, or an object of 'size' and 'counts'");
}

result<rle> fields::polygons(const json& list, std::uint32_t height, std::uint32_t width) const {
  if (list.empty())
    return refuse(".segmentation", "must have at least one polygon");
  std::vector<rle> parts;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto path = at(".segmentation", i);
    if (!list[i].is_array())
      return refuse(path, "must be a list of x, y, x, y, ...");
    std::vector<double> corners;
    for (std::size_t j = 0; j < list[i].size(); ++j) {
      const auto number = finite(list[i][j]);
      if (!number)
        return refuse(at(path, j), "must be a finite number");
      corners.push_back(*number);
    }
    auto part = rle_from_polygon(corners, height, width);
    if (!part)
      return refuse(path, part.error().what);
    parts.push_back(std::move(*part));
  }
  return unite(parts);
}

result<rle> fields::runs(const json& given, std::uint32_t height, std::uint32_t width) const {
  if (given["size"] != json{height, width})
    return refuse(".segmentation.size", "must be [" + std::to_string(height) + ", " + std::to_string(width)
                                            + "], the size of its image");
  const auto& counts = given["counts"];
  result<rle> mask;
  if (counts.is_string()) {
    mask = rle_from_string(counts.get_ref<const std::string&>(), height, width);
  } else if (counts.is_array()) {
    std::vector<std::int64_t> lengths;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const auto length = integer(counts[i]);
      if (!length)
        return refuse(at(".segmentation.counts", i), "must be an integer");
      lengths.push_back(*length);
    }
    mask = rle_from_runs(lengths, height, width);
  } else {
    return refuse(".segmentation.counts", "must be a compressed string or a list of integers");
  }
  return mask ? mask : refuse(".segmentation.counts", mask.error().what);
}

} // namespace ecco
