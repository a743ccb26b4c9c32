// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/picture_size.hpp"

#include <array>
#include <cstring>
#include <fstream>

namespace ecco {

namespace {

constexpr std::uint32_t longest_side = 65535;
/// Segments of a JPEG before that of its size: thumbnails and notes are few.
constexpr int most_segments = 1000;

template <std::size_t N>
bool read(std::istream& in, std::array<unsigned char, N>& into) {
  return static_cast<bool>(in.read(reinterpret_cast<char*>(into.data()), N));
}

result<picture_extent> checked(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0 || width > longest_side || height > longest_side)
    return fail(ec::malformed_data,
                "a picture of " + std::to_string(width) + " x " + std::to_string(height) + " pixels cannot be");
  return picture_extent{width, height};
}

auto ends_early() {
  return fail(ec::malformed_data, "the picture ends before it says its size", "fetch the file again");
}

result<picture_extent> size_of_png(std::istream& in) {
  std::array<unsigned char, 20> rest{}; // 4 more bytes of signature, chunk length and type, width, height
  if (!read(in, rest))
    return ends_early();
  const auto number = [&](std::size_t at) {
    return std::uint32_t{rest[at]} << 24 | std::uint32_t{rest[at + 1]} << 16 | std::uint32_t{rest[at + 2]} << 8
           | rest[at + 3];
  };
  if (std::memcmp(rest.data(), "\r\n\x1a\n", 4) != 0 || std::memcmp(rest.data() + 8, "IHDR", 4) != 0)
    return fail(ec::malformed_data, "a damaged PNG", "fetch the file again");
  return checked(number(12), number(16));
}

/// @pre the two bytes of SOI and the next two were read; those are `marker`
result<picture_extent> size_of_jpeg(std::istream& in, std::array<unsigned char, 2> marker) {
  for (int i = 0; i < most_segments; ++i) {
    while (marker[1] == 0xff) // fill bytes
      if (const int next = in.get(); next < 0)
        return ends_early();
      else
        marker[1] = static_cast<unsigned char>(next);
    std::array<unsigned char, 2> length{};
    if (marker[0] != 0xff || !read(in, length))
      return ends_early();
    const auto kind = marker[1];
    const bool frame = kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc;
    if (frame) {
      std::array<unsigned char, 5> head{};
      if (!read(in, head))
        return ends_early();
      return checked(std::uint32_t{head[3]} << 8 | head[4], std::uint32_t{head[1]} << 8 | head[2]);
    }
    const int bytes = length[0] << 8 | length[1];
    if (bytes < 2 || !in.ignore(bytes - 2) || !read(in, marker))
      return ends_early();
  }
  return fail(ec::malformed_data, "a JPEG of too many segments");
}

} // namespace

result<picture_extent> picture_size(std::istream& file) {
  std::array<unsigned char, 4> begin{};
  if (!read(file, begin))
    return ends_early();
  if (std::memcmp(begin.data(), "\x89PNG", 4) == 0)
    return size_of_png(file);
  if (begin[0] == 0xff && begin[1] == 0xd8)
    return size_of_jpeg(file, {begin[2], begin[3]});
  return fail(ec::unsupported, "neither JPEG nor PNG", "convert the pictures to one of the two");
}

result<picture_extent> picture_size(const std::filesystem::path& file) {
  std::error_code wrong;
  if (!std::filesystem::exists(file, wrong))
    return fail(ec::not_found, file.string() + ": there is no such picture", "fetch the data set again");
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return fail(ec::io_failed, file.string() + " cannot be opened", "may it be read?");
  auto size = picture_size(in);
  if (!size)
    return fail(size.error().code, file.string() + ": " + size.error().what, size.error().hint);
  return size;
}

} // namespace ecco
