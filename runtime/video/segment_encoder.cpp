// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/libav_encoder.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "runtime/video/av.hpp"

namespace ecco {
namespace {

/// Encoders in the order we like them, with the options that make each answer a picture at once.
struct known_encoder {
  const char* name;
  std::initializer_list<std::pair<const char*, const char*>> options;
};
const known_encoder known_encoders[] = {
    {"libx264", {{"preset", "veryfast"}, {"tune", "zerolatency"}}},
    {"h264_nvenc", {{"preset", "p4"}, {"tune", "ull"}, {"zerolatency", "1"}, {"delay", "0"}, {"rc", "cbr"}}},
    {"libopenh264", {{"allow_skip_frames", "0"}}},
    {"mpeg4", {}},
};

constexpr std::uint32_t lowest_rate = 16'000, highest_rate = 100'000'000;

// Note [One encoder a segment]
// Every segment is encoded by an encoder opened for it and drained at its end. So a segment decodes by
// itself, its packets never wait inside the encoder, and rate, length and picture count may change with each
// one, whatever the codec. Measured at 256x192 with five pictures: 4.0 to 7.3 ms against 3.5 to 6.5 ms for
// one encoder kept open with a forced IDR picture, whose rate control needs some segments to settle.
class libav_encoder : public segment_encoder {
 public:
  libav_encoder(const known_encoder& kind, const AVCodec& codec, const encoder_options& options)
      : kind_(kind), codec_(codec), options_(options) {}

  std::string codec() const override { return avcodec_get_name(codec_.id); }

  void set_bit_rate(std::uint32_t bits_per_second) override { options_.bits_per_second = bits_per_second; }

  result<blob> encode(std::span<const image> pictures, duration over) override;

  /// An encoder for `count` pictures that span `over`.
  result<av::codec_context> open(std::size_t count, duration over) const;

 private:
  result<av::frame> to_yuv(const image& picture);
  error failure(const av::listener& libav, int status, std::string_view verb) const;

  const known_encoder& kind_;
  const AVCodec& codec_;
  encoder_options options_;
  av::scaler scaler_;
};

result<av::codec_context> libav_encoder::open(std::size_t count, duration over) const {
  const av::listener libav;
  av::codec_context context{avcodec_alloc_context3(&codec_)};
  if (!context)
    return fail(ec::internal, "encoder: out of memory");
  context->width = options_.width;
  context->height = options_.height;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->framerate = av_d2q(static_cast<double>(count) / seconds_of(over), 65'535);
  context->time_base = av_inv_q(context->framerate);
  context->gop_size = static_cast<int>(count);
  context->max_b_frames = 0;
  context->thread_count = 1;
  context->bit_rate = std::clamp(options_.bits_per_second, lowest_rate, highest_rate);
  context->rc_max_rate = context->bit_rate;
  // The bucket starts full and is refilled between pictures: half a budget in it makes a whole one by the
  // end.
  const double budget = static_cast<double>(context->bit_rate) * seconds_of(over) * (count == 1 ? 1. : .5);
  context->rc_buffer_size = static_cast<int>(std::min<double>(budget, std::numeric_limits<int>::max()));
  context->rc_initial_buffer_occupancy = context->rc_buffer_size;

  av::dictionary extra;
  for (const auto& [name, value] : kind_.options)
    extra.set(name, value);
  if (const int status = avcodec_open2(context.get(), &codec_, extra.address()); status < 0)
    return tl::unexpected{failure(libav, status, "does not open")};
  return context;
}

result<av::frame> libav_encoder::to_yuv(const image& picture) {
  auto rgb = av::make_picture(picture.width, picture.height, AV_PIX_FMT_RGB24);
  auto yuv = av::make_picture(options_.width, options_.height, AV_PIX_FMT_YUV420P);
  if (!rgb || !yuv)
    return fail(ec::internal, "encoder: out of memory");
  const std::uint8_t* from[4] = {picture.rgb.view().data()};
  const int strides[4] = {3 * picture.width};
  av_image_copy(rgb->data, rgb->linesize, from, strides, AV_PIX_FMT_RGB24, picture.width, picture.height);
  const av::listener libav;
  if (const int status = av::convert(scaler_, *rgb, *yuv); status < 0)
    return tl::unexpected{failure(libav, status, "cannot scale the picture")};
  return yuv;
}

/// Appends the packets that are ready. @returns a negative status of libav, else 0.
int receive_packets(AVCodecContext& context, AVPacket& packet, bytes& stream) {
  for (;;) {
    const int status = avcodec_receive_packet(&context, &packet);
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF)
      return 0;
    if (status < 0)
      return status;
    stream.insert(stream.end(), packet.data, packet.data + packet.size);
    av_packet_unref(&packet);
  }
}

result<blob> libav_encoder::encode(std::span<const image> pictures, duration over) {
  if (pictures.empty() || over <= duration::zero())
    return fail(ec::invalid_argument, "encoder: a segment needs a picture and a length");
  for (const auto& picture : pictures)
    if (picture.rgb.empty() || picture.rgb.size() != std::size_t{3} * picture.width * picture.height)
      return fail(ec::invalid_argument, "encoder: a picture's bytes do not fit its size");

  auto context = open(pictures.size(), over);
  if (!context)
    return tl::unexpected{std::move(context.error())};
  const av::listener libav;
  const av::packet packet{av_packet_alloc()};
  bytes stream;
  std::int64_t index = 0;
  for (const auto& picture : pictures) {
    auto yuv = to_yuv(picture);
    if (!yuv)
      return tl::unexpected{std::move(yuv.error())};
    (*yuv)->pts = index++;
    int status = avcodec_send_frame(context->get(), yuv->get());
    if (status >= 0)
      status = receive_packets(**context, *packet, stream);
    if (status < 0)
      return tl::unexpected{failure(libav, status, "cannot encode")};
  }
  int status = avcodec_send_frame(context->get(), nullptr);
  if (status >= 0)
    status = receive_packets(**context, *packet, stream);
  if (status < 0)
    return tl::unexpected{failure(libav, status, "cannot finish the segment")};
  return blob{std::move(stream)};
}

error libav_encoder::failure(const av::listener& libav, int status, std::string_view verb) const {
  return {ec::unsupported,
          std::string{"encoder "} + kind_.name + " " + std::string{verb} + ": " + libav.reason(status),
          {}};
}

bool is_valid_side(std::uint16_t pixels) {
  return pixels >= 16 && pixels <= 4096 && pixels % 2 == 0;
}

result<std::unique_ptr<segment_encoder>> make(const known_encoder& kind, const encoder_options& options) {
  if (!is_valid_side(options.width) || !is_valid_side(options.height))
    return fail(ec::invalid_argument,
                "encoder: size " + std::to_string(options.width) + "x" + std::to_string(options.height),
                "both sides must be even and between 16 and 4096");
  const av::listener libav;
  const auto* codec = avcodec_find_encoder_by_name(kind.name);
  if (!codec)
    return fail(ec::unsupported, std::string{"encoder "} + kind.name + " is not part of this libavcodec");
  auto encoder = std::make_unique<libav_encoder>(kind, *codec, options);
  if (auto probe = encoder->open(1, std::chrono::seconds{1}); !probe)
    return tl::unexpected{std::move(probe.error())};
  return encoder;
}

} // namespace

result<std::unique_ptr<segment_encoder>> make_libav_encoder(const char* name,
                                                            const encoder_options& options) {
  for (const auto& kind : known_encoders)
    if (std::string_view{kind.name} == name)
      return make(kind, options);
  return fail(ec::unsupported, std::string{"encoder "} + name + " is unknown to ecco");
}

result<std::unique_ptr<segment_encoder>> make_segment_encoder(const encoder_options& options) {
  std::string reasons;
  for (const auto& kind : known_encoders) {
    auto encoder = make(kind, options);
    if (encoder || encoder.error().code != ec::unsupported)
      return encoder;
    reasons += (reasons.empty() ? "" : "; ") + encoder.error().what;
  }
  return fail(ec::unsupported, "no video encoder: " + reasons, "install an FFmpeg with libx264");
}

} // namespace ecco
