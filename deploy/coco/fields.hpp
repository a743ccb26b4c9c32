// SPDX-License-Identifier: Apache-2.0
// Private to deploy/coco
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "messages/error.hpp"
#include "runtime/score/pixel_box.hpp"
#include "runtime/score/rle.hpp"

namespace ecco {

/// Members of one element of a COCO file. Each getter fails with `malformed_data` that names the member by
/// its path, such as `annotations[17].bbox[2]`.
class fields {
 public:
  /// @pre both outlive this
  fields(const nlohmann::json& element, const std::string& name) : element_(element), name_(name) {}

  bool has(const char* key) const { return element_.is_object() && element_.contains(key); }

  /// An integer.
  result<std::int64_t> id(const char* key) const;
  /// A finite number of any sign.
  result<double> number(const char* key) const;
  /// A number from 1 to 2^28.
  result<std::uint32_t> side(const char* key) const;
  /// 0, 1, false or true; false when it is missing.
  result<bool> flag(const char* key) const;
  /// [x, y, width, height], of at most 1e9 pixels, no side negative.
  result<pixel_box> bbox() const;
  /// Member `segmentation`: polygons, a list of runs, or a compressed string, as a mask of this size.
  result<rle> mask(std::uint32_t height, std::uint32_t width) const;

  tl::unexpected<error> refuse(const std::string& path, const std::string& why) const;

 private:
  result<const nlohmann::json*> member(const char* key) const;
  result<rle> polygons(const nlohmann::json& list, std::uint32_t height, std::uint32_t width) const;
  result<rle> runs(const nlohmann::json& given, std::uint32_t height, std::uint32_t width) const;

  const nlohmann::json& element_;
  const std::string& name_;
};

} // namespace ecco
