// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/segment_codec.hpp"

#include <algorithm>
#include <utility>

#include "runtime/video/av.hpp"

namespace ecco {
namespace {

constexpr std::size_t max_stream_bytes = 8u << 20;
/// What one segment may unpack to: 27 pictures of 4096x1600, or a minute of 416x312 at 20 a second.
constexpr std::size_t max_picture_bytes = 512u << 20;

bool is_valid_side(std::uint16_t pixels) {
  return pixels >= 16 && pixels <= 4096;
}

std::string name_of(const encoded_segment& segment) {
  return "segment " + std::to_string(segment.sequence) + " of camera " + segment.camera.value;
}

/// Decodes one segment; a segment must not depend on those before, so nothing is kept from one to the next.
class decoding {
 public:
  explicit decoding(const encoded_segment& segment) : segment_(segment) {}

  result<std::vector<image>> run();

 private:
  result<void> check_bounds() const;
  result<void> open();
  result<void> feed_stream();
  result<void> decode(const AVPacket* packet);
  result<void> keep(const AVFrame& picture);

  tl::unexpected<error> malformed(const std::string& why) const {
    return fail(ec::malformed_data, name_of(segment_) + ": " + why);
  }

  const encoded_segment& segment_;
  av::listener libav_;
  av::codec_context context_;
  av::parser parser_;
  av::packet packet_{av_packet_alloc()};
  av::frame frame_{av_frame_alloc()};
  av::frame rgb_;
  av::scaler scaler_;
  std::vector<image> pictures_;
};

result<std::vector<image>> decoding::run() {
  const auto done =
      check_bounds().and_then([&] { return open(); }).and_then([&] { return feed_stream(); }).and_then([&] {
        return decode(nullptr);
      });
  if (!done)
    return tl::unexpected{done.error()};
  if (pictures_.size() != segment_.frames.size())
    return malformed("holds " + std::to_string(pictures_.size()) + " pictures, "
                     + std::to_string(segment_.frames.size()) + " announced");
  return std::move(pictures_);
}

result<void> decoding::check_bounds() const {
  if (!is_valid_side(segment_.width) || !is_valid_side(segment_.height))
    return malformed("pictures of " + std::to_string(segment_.width) + "x" + std::to_string(segment_.height));
  if (segment_.frames.empty() || segment_.stream.empty())
    return malformed("no pictures");
  const std::size_t picture_bytes = std::size_t{3} * segment_.width * segment_.height;
  if (segment_.stream.size() > max_stream_bytes || segment_.frames.size() > max_picture_bytes / picture_bytes)
    return malformed("larger than a segment may be");
  return {};
}

result<void> decoding::open() {
  AVCodecID id = AV_CODEC_ID_NONE;
  if (segment_.codec == "h264")
    id = AV_CODEC_ID_H264;
  else if (segment_.codec == "mpeg4")
    id = AV_CODEC_ID_MPEG4;
  else
    return fail(ec::unsupported, name_of(segment_) + ": codec \"" + segment_.codec + "\"",
                "send h264 or mpeg4");

  const auto* codec = avcodec_find_decoder(id);
  context_.reset(codec ? avcodec_alloc_context3(codec) : nullptr);
  parser_.reset(av_parser_init(id));
  rgb_ = av::make_picture(segment_.width, segment_.height, AV_PIX_FMT_RGB24);
  if (!context_ || !parser_ || !packet_ || !frame_ || !rgb_)
    return fail(ec::unsupported, name_of(segment_) + ": no " + segment_.codec + " decoder here");
  context_->thread_count = 1;
  context_->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE;
  // With the edges that decoders add for their own use; the exact size is checked on each picture.
  context_->max_pixels = std::int64_t{segment_.width + 128} * (segment_.height + 128);
  if (const int status = avcodec_open2(context_.get(), codec, nullptr); status < 0)
    return fail(ec::unsupported, name_of(segment_) + ": " + libav_.reason(status));
  return {};
}

result<void> decoding::feed_stream() {
  // libav's parsers read past the end, up to the padding it asks for.
  bytes padded(segment_.stream.view().begin(), segment_.stream.view().end());
  padded.resize(padded.size() + AV_INPUT_BUFFER_PADDING_SIZE);
  const std::uint8_t* data = padded.data();
  int left = static_cast<int>(segment_.stream.size());
  // Two fields may make a picture; many more packets than pictures would only burn time.
  std::size_t packets_left = 2 * segment_.frames.size() + 1;
  // The last packet comes out only when the parser is told of the end, by zero bytes.
  for (bool more = true; more;) {
    more = left > 0;
    const int used = av_parser_parse2(parser_.get(), context_.get(), &packet_->data, &packet_->size, data,
                                      left, AV_NOPTS_VALUE, AV_NOPTS_VALUE, 0);
    if (used <= 0 && more && packet_->size == 0)
      return malformed("the parser is stuck");
    data += used;
    left -= used;
    if (packet_->size == 0)
      continue;
    if (packets_left-- == 0)
      return malformed("more packets than its pictures need");
    if (auto decoded = decode(packet_.get()); !decoded)
      return decoded;
  }
  return {};
}

result<void> decoding::decode(const AVPacket* packet) {
  int status = avcodec_send_packet(context_.get(), packet);
  while (status >= 0) {
    status = avcodec_receive_frame(context_.get(), frame_.get());
    if (status >= 0)
      if (auto kept = keep(*frame_); !kept)
        return kept;
  }
  if (status == AVERROR(EAGAIN) || status == AVERROR_EOF)
    return {};
  return malformed(libav_.reason(status));
}

result<void> decoding::keep(const AVFrame& picture) {
  if (pictures_.size() == segment_.frames.size())
    return malformed("holds more than the " + std::to_string(segment_.frames.size()) + " pictures announced");
  if (picture.width != segment_.width || picture.height != segment_.height)
    return malformed("a picture of " + std::to_string(picture.width) + "x" + std::to_string(picture.height)
                     + " among " + std::to_string(segment_.width) + "x" + std::to_string(segment_.height));
  if (picture.decode_error_flags != 0 || (picture.flags & AV_FRAME_FLAG_CORRUPT) != 0)
    return malformed("a picture is damaged");
  if (const int status = av::convert(scaler_, picture, *rgb_); status < 0)
    return malformed(libav_.reason(status));
  pictures_.push_back(av::pack_rgb(*rgb_));
  return {};
}

class libav_decoder : public segment_decoder {
 public:
  result<std::vector<image>> decode(const encoded_segment& segment) override {
    return decoding{segment}.run();
  }
};

} // namespace

std::unique_ptr<segment_decoder> make_segment_decoder() {
  return std::make_unique<libav_decoder>();
}

} // namespace ecco
