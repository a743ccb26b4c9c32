// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/world/mesh.hpp"

namespace ecco::world {

/// A pinhole camera at one moment. Image x goes right, y down; z is the way it looks.
struct view {
  vec3 eye, right, down, ahead;
  /// Pixels; the principal point is the picture's middle.
  float focal = 250;
  int width = 320, height = 192;

  /// In the camera's own directions.
  vec3 to_camera(vec3 p) const {
    const vec3 d = p - eye;
    return {dot(d, right), dot(d, down), dot(d, ahead)};
  }
  /// Where a point in front of the camera falls, pixels.
  vec2 project(vec3 in_camera) const {
    return {focal * in_camera.x / in_camera.z + static_cast<float>(width) / 2,
            focal * in_camera.y / in_camera.z + static_cast<float>(height) / 2};
  }
  /// The direction of a picture's point, with length 1 along `ahead`.
  vec3 ray(float x, float y) const {
    const float u = (x - static_cast<float>(width) / 2) / focal,
                v = (y - static_cast<float>(height) / 2) / focal;
    return ahead + right * u + down * v;
  }
  friend bool operator==(const view&, const view&) = default;
};

/// A camera at `eye` that looks along `heading` (radians from the east, counter-clockwise), `tilt` radians
/// above the horizon, turned by `roll` about its axis.
view look(vec3 eye, float heading, float tilt, float roll, float focal, int width, int height);

/// A face as it stands before the camera.
struct drawn_face {
  face what;
  /// Whose it is: 0 nobody's, else the number of an object in this picture.
  std::uint32_t object = 0;
  /// 1 / distance at a sample is a * x + b * y + c, x and y counted in samples.
  float a = 0, b = 0, c = 0;
  /// Towards the camera's side.
  vec3 normal;
};

/// Nothing is drawn there: the sky.
inline constexpr std::uint32_t no_face = 0;

struct sample_rect {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool empty() const { return x0 >= x1 || y0 >= y1; }
  void include(const sample_rect& other) {
    if (other.empty())
      return;
    if (empty()) {
      *this = other;
      return;
    }
    x0 = std::min(x0, other.x0), y0 = std::min(y0, other.y0);
    x1 = std::max(x1, other.x1), y1 = std::max(y1, other.y1);
  }
};

/// Bits of each sample, and between which samples of each row some may be set.
struct sample_marks {
  std::vector<std::uint8_t> bits;
  std::vector<int> left, right;

  /// All clear.
  void begin(int width, int height);
};

/// Which face is seen at each of 2x2 samples a pixel. Faces of one plane are drawn one over the other in
/// their order; the same face gives the same samples whatever was drawn before it.
class raster {
 public:
  static constexpr int samples = 2;

  void begin(const view& from);
  /// Draws on top of what `other` holds, which stays as it is while this draws on it.
  void begin_on(const raster& other);

  /// @param count_of when not null, the samples the face covers whether or not something is before them are
  /// counted
  ///                 there, each once for all faces of one `object`
  void draw(const mesh& from, const face& what, std::uint32_t object, std::uint32_t* count_of = nullptr);

  /// Sets `bit` in `marks` within a convex polygon on the ground, also where something hides the ground.
  void mark_ground(std::span<const vec2> around, std::uint8_t bit, sample_marks& marks);
  /// Leaves only the marks where the ground is seen.
  void keep_on_ground(sample_marks& marks) const;

  /// Calls `at(y, x0, x1)` for each row of the samples within a polygon in space, hidden or not.
  template <class Row>
  void spans(std::span<const vec3> around, Row&& at) {
    if (scan(around))
      for (int y = top_; y < bottom_; ++y)
        if (left_[static_cast<std::size_t>(y)] < right_[static_cast<std::size_t>(y)])
          at(y, left_[static_cast<std::size_t>(y)], right_[static_cast<std::size_t>(y)]);
  }

  int width() const { return width_; }
  int height() const { return height_; }
  const view& from() const { return view_; }
  const std::vector<float>& nearness() const { return near_; }
  const std::vector<std::uint32_t>& shown() const { return shown_; }
  const std::vector<drawn_face>& faces() const { return faces_; }
  std::vector<drawn_face>& faces() { return faces_; }
  /// What was drawn since this was last taken.
  sample_rect take_touched() { return std::exchange(touched_, {}); }
  /// The samples of a row that were drawn since `begin` or `begin_on` lie between these.
  std::pair<int, int> drawn_in(int y) const {
    return {drawn_left_[static_cast<std::size_t>(y)], drawn_right_[static_cast<std::size_t>(y)]};
  }
  /// 1 / distance of the ground at a sample: x * a + (y * b + c).
  const drawn_face& ground() const { return faces_[0]; }

 private:
  static constexpr std::size_t most_corners = 24;

  bool scan(std::span<const vec3> around);
  bool set_plane(drawn_face& of, vec3 normal, float distance) const;

  view view_;
  int width_ = 0, height_ = 0;
  std::vector<float> near_;
  std::vector<std::uint32_t> shown_, stamps_;
  /// The first stands for the sky, and knows the ground's plane.
  std::vector<drawn_face> faces_;
  std::vector<int> left_, right_, drawn_left_, drawn_right_;
  /// Corners of the polygon that is scanned: all, those in front of the camera, and where they fall.
  std::array<vec3, most_corners> whole_, seen_;
  std::array<vec2, most_corners> flat_;
  /// What this was begun on; objects are stamped with numbers that no earlier picture used.
  const raster* below_ = nullptr;
  std::uint32_t stamp_base_ = 0, last_object_ = 0;
  /// Nothing but the ground was drawn yet.
  bool bare_ = true;
  int top_ = 0, bottom_ = 0;
  sample_rect touched_;
};

} // namespace ecco::world
