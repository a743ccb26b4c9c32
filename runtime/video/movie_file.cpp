// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/movie_file.hpp"

#include <utility>

#include "runtime/video/av.hpp"

namespace ecco {
namespace {

struct close_output {
  void operator()(AVFormatContext* owned) const {
    if (owned->pb)
      avio_closep(&owned->pb);
    avformat_free_context(owned);
  }
};
using output = std::unique_ptr<AVFormatContext, close_output>;

bool fits(const image& picture) {
  return picture.width > 0 && picture.height > 0
         && picture.rgb.size() == std::size_t{3} * picture.width * picture.height;
}

/// With padded rows, as libav needs it.
av::frame to_frame(const image& picture) {
  auto made = av::make_picture(picture.width, picture.height, AV_PIX_FMT_RGB24);
  if (made) {
    const std::uint8_t* from[4] = {picture.rgb.view().data()};
    const int strides[4] = {3 * picture.width};
    av_image_copy(made->data, made->linesize, from, strides, AV_PIX_FMT_RGB24, picture.width, picture.height);
  }
  return made;
}

class mp4_writer : public movie_writer {
 public:
  mp4_writer(std::filesystem::path file, const movie_options& options)
      : file_(std::move(file)), options_(options) {}

  result<void> open();
  result<void> add(const image& picture) override;
  result<void> finish() override;

 private:
  result<void> open_encoder();
  result<void> encode(const AVFrame* picture);
  tl::unexpected<error> failure(ec code, const std::string& why) const {
    return fail(code, file_.string() + ": " + why);
  }

  std::filesystem::path file_;
  movie_options options_;
  output output_;
  av::codec_context encoder_;
  AVStream* stream_ = nullptr;
  av::packet packet_{av_packet_alloc()};
  av::scaler scaler_;
  std::int64_t count_ = 0;
};

result<void> mp4_writer::open_encoder() {
  const av::listener libav;
  for (const char* name : {"libx264", "libopenh264", "mpeg4"}) {
    const auto* codec = avcodec_find_encoder_by_name(name);
    if (!codec)
      continue;
    encoder_.reset(avcodec_alloc_context3(codec));
    if (!encoder_)
      return failure(ec::internal, "out of memory");
    encoder_->width = options_.width;
    encoder_->height = options_.height;
    encoder_->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder_->framerate = av_d2q(options_.fps, 65'535);
    encoder_->time_base = av_inv_q(encoder_->framerate);
    encoder_->thread_count = 1;
    encoder_->gop_size = 50;
    if ((output_->oformat->flags & AVFMT_GLOBALHEADER) != 0)
      encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av::dictionary extra;
    if (std::string_view{name} == "libx264") {
      extra.set("preset", "veryfast");
      extra.set("crf", "18");
    } else {
      encoder_->bit_rate = static_cast<std::int64_t>(options_.width * options_.height * options_.fps * .4);
    }
    if (avcodec_open2(encoder_.get(), codec, extra.address()) >= 0)
      return {};
  }
  return failure(ec::unsupported, "no video encoder opens: " + libav.reason(AVERROR_ENCODER_NOT_FOUND));
}

result<void> mp4_writer::open() {
  const av::listener libav;
  AVFormatContext* made = nullptr;
  if (const int status = avformat_alloc_output_context2(&made, nullptr, "mp4", file_.c_str()); status < 0)
    return failure(ec::unsupported, libav.reason(status));
  output_.reset(made);
  if (auto opened = open_encoder(); !opened)
    return opened;
  stream_ = avformat_new_stream(output_.get(), nullptr);
  if (!stream_ || !packet_)
    return failure(ec::internal, "out of memory");
  int status = avcodec_parameters_from_context(stream_->codecpar, encoder_.get());
  stream_->time_base = encoder_->time_base;
  stream_->avg_frame_rate = encoder_->framerate;
  if (status >= 0)
    status = avio_open(&output_->pb, file_.c_str(), AVIO_FLAG_WRITE);
  if (status >= 0)
    status = avformat_write_header(output_.get(), nullptr);
  if (status < 0)
    return failure(ec::io_failed, libav.reason(status));
  return {};
}

result<void> mp4_writer::encode(const AVFrame* picture) {
  const av::listener libav;
  int status = avcodec_send_frame(encoder_.get(), picture);
  while (status >= 0) {
    status = avcodec_receive_packet(encoder_.get(), packet_.get());
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF)
      return {};
    if (status < 0)
      break;
    if (packet_->duration == 0)
      packet_->duration = 1;
    av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
    packet_->stream_index = stream_->index;
    status = av_interleaved_write_frame(output_.get(), packet_.get());
  }
  return failure(ec::io_failed, libav.reason(status));
}

result<void> mp4_writer::add(const image& picture) {
  if (!fits(picture) || picture.width != options_.width || picture.height != options_.height)
    return failure(ec::invalid_argument, "a picture has another size than the movie");
  const auto rgb = to_frame(picture);
  auto yuv = av::make_picture(options_.width, options_.height, AV_PIX_FMT_YUV420P);
  if (!rgb || !yuv)
    return failure(ec::internal, "out of memory");
  const av::listener libav;
  if (const int status = av::convert(scaler_, *rgb, *yuv); status < 0)
    return failure(ec::unsupported, libav.reason(status));
  yuv->pts = count_++;
  return encode(yuv.get());
}

result<void> mp4_writer::finish() {
  if (auto rest = encode(nullptr); !rest)
    return rest;
  const av::listener libav;
  if (const int status = av_write_trailer(output_.get()); status < 0)
    return failure(ec::io_failed, libav.reason(status));
  if (const int status = avio_closep(&output_->pb); status < 0)
    return failure(ec::io_failed, libav.reason(status));
  return {};
}

} // namespace

result<blob> encode_png(const image& picture) {
  if (!fits(picture))
    return fail(ec::invalid_argument, "PNG: the picture's bytes do not fit its size");
  const av::listener libav;
  const auto* codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
  const av::codec_context encoder{codec ? avcodec_alloc_context3(codec) : nullptr};
  const av::packet packet{av_packet_alloc()};
  const auto frame = to_frame(picture);
  if (!codec)
    return fail(ec::unsupported, "PNG: this libavcodec has no encoder for it");
  if (!encoder || !packet || !frame)
    return fail(ec::internal, "PNG: out of memory");
  encoder->width = picture.width;
  encoder->height = picture.height;
  encoder->pix_fmt = AV_PIX_FMT_RGB24;
  encoder->time_base = {1, 1};
  encoder->thread_count = 1;
  int status = avcodec_open2(encoder.get(), codec, nullptr);
  if (status >= 0)
    status = avcodec_send_frame(encoder.get(), frame.get());
  if (status >= 0)
    status = avcodec_send_frame(encoder.get(), nullptr);
  if (status >= 0)
    status = avcodec_receive_packet(encoder.get(), packet.get());
  if (status < 0)
    return fail(ec::unsupported, "PNG: " + libav.reason(status));
  return blob{bytes(packet->data, packet->data + packet->size)};
}

result<std::unique_ptr<movie_writer>> write_movie(const std::filesystem::path& file,
                                                  const movie_options& options) {
  const auto is_side = [](std::uint16_t pixels) { return pixels >= 16 && pixels <= 4096 && pixels % 2 == 0; };
  if (!is_side(options.width) || !is_side(options.height) || !(options.fps >= .1 && options.fps <= 120))
    return fail(ec::invalid_argument,
                file.string()
                    + ": a movie has even sides of 16 to 4096 pixels and 0.1 to 120 pictures a second");
  auto made = std::make_unique<mp4_writer>(file, options);
  if (auto opened = made->open(); !opened)
    return tl::unexpected{std::move(opened.error())};
  return made;
}

} // namespace ecco
