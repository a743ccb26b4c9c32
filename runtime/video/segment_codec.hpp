// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/segment.hpp"

namespace ecco {

struct encoder_options {
  /// Size of the encoded picture, pixels, even, 16..4096. Pictures of another size are scaled.
  std::uint16_t width = 0, height = 0;
  std::uint32_t bits_per_second = 500'000;
};

/// Encodes about a second of pictures at a time; each result decodes by itself.
class segment_encoder {
 public:
  virtual ~segment_encoder() = default;

  /// libavcodec's name of the codec in use: h264 (libx264 or what this machine has), else mpeg4.
  virtual std::string codec() const = 0;

  /// Encodes `pictures`, which span `over`, at the options' bit rate.
  virtual result<blob> encode(std::span<const image> pictures, duration over) = 0;

  /// Changes the bit rate from the next segment on.
  virtual void set_bit_rate(std::uint32_t bits_per_second) = 0;
};

/// Decodes segments of any peer: bounded in time, memory and picture count, whatever the bytes are.
class segment_decoder {
 public:
  virtual ~segment_decoder() = default;

  /// The pictures of `segment` in display order: exactly one a `frame_note`, of the stated size.
  virtual result<std::vector<image>> decode(const encoded_segment& segment) = 0;
};

result<std::unique_ptr<segment_encoder>> make_segment_encoder(const encoder_options& options);
std::unique_ptr<segment_decoder> make_segment_decoder();

/// For virtual time: pictures packed as they are, no libav behind it. The codec is called "raw".
std::unique_ptr<segment_encoder> make_raw_encoder();
std::unique_ptr<segment_decoder> make_raw_decoder();

} // namespace ecco
