// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "runtime/video/segment_codec.hpp"

namespace ecco {
namespace {

// A raw stream is, for each picture: width and height as 16-bit little-endian numbers, then its RGB bytes.
constexpr std::size_t header_bytes = 4;

void append_number(bytes& stream, std::uint16_t number) {
  stream.push_back(static_cast<std::uint8_t>(number & 0xff));
  stream.push_back(static_cast<std::uint8_t>(number >> 8));
}

std::uint16_t number_at(std::span<const std::uint8_t> data, std::size_t at) {
  return static_cast<std::uint16_t>(data[at] | data[at + 1] << 8);
}

class raw_encoder : public segment_encoder {
 public:
  std::string codec() const override { return "raw"; }

  void set_bit_rate(std::uint32_t) override {}

  result<blob> encode(std::span<const image> pictures, duration) override {
    bytes stream;
    for (const auto& picture : pictures) {
      const auto rgb = picture.rgb.view();
      if (rgb.empty() || rgb.size() != std::size_t{3} * picture.width * picture.height)
        return fail(ec::invalid_argument, "raw encoder: a picture's bytes do not fit its size");
      append_number(stream, picture.width);
      append_number(stream, picture.height);
      stream.insert(stream.end(), rgb.begin(), rgb.end());
    }
    if (stream.empty())
      return fail(ec::invalid_argument, "raw encoder: a segment needs a picture");
    return blob{std::move(stream)};
  }
};

class raw_decoder : public segment_decoder {
 public:
  result<std::vector<image>> decode(const encoded_segment& segment) override {
    const auto malformed = [&](const char* why) {
      return fail(ec::malformed_data, "segment " + std::to_string(segment.sequence) + " of camera "
                                          + segment.camera.value + ": " + why);
    };
    if (segment.codec != "raw")
      return fail(ec::unsupported, "raw decoder: codec \"" + segment.codec + "\"");
    const std::size_t picture_bytes = std::size_t{3} * segment.width * segment.height;
    auto left = segment.stream.view();
    if (picture_bytes == 0 || left.empty() || left.size() % (header_bytes + picture_bytes) != 0
        || left.size() / (header_bytes + picture_bytes) != segment.frames.size())
      return malformed("its bytes do not fit the pictures announced");

    std::vector<image> pictures;
    for (; !left.empty(); left = left.subspan(header_bytes + picture_bytes)) {
      if (number_at(left, 0) != segment.width || number_at(left, 2) != segment.height)
        return malformed("a picture is of another size");
      const auto rgb = left.subspan(header_bytes, picture_bytes);
      pictures.push_back({segment.width, segment.height, blob{bytes(rgb.begin(), rgb.end())}});
    }
    return pictures;
  }
};

} // namespace

std::unique_ptr<segment_encoder> make_raw_encoder() {
  return std::make_unique<raw_encoder>();
}

std::unique_ptr<segment_decoder> make_raw_decoder() {
  return std::make_unique<raw_decoder>();
}

} // namespace ecco
