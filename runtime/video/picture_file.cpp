// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/picture_file.hpp"

#include <cstring>
#include <fstream>
#include <string_view>

#include "runtime/video/av.hpp"

namespace ecco {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{256} << 20;
constexpr int longest_side = 65535;
constexpr std::int64_t most_pixels = std::int64_t{1} << 27;

/// By the first bytes. Never by libavformat, for which a "picture" may be a playlist that opens addresses.
AVCodecID codec_of(std::span<const std::uint8_t> file) {
  const std::string_view text{reinterpret_cast<const char*>(file.data()), file.size()};
  if (text.starts_with("\xff\xd8\xff"))
    return AV_CODEC_ID_MJPEG;
  if (text.starts_with("\x89PNG\r\n\x1a\n"))
    return AV_CODEC_ID_PNG;
  if (text.starts_with("RIFF") && text.size() >= 12 && text.substr(8, 4) == "WEBP")
    return AV_CODEC_ID_WEBP;
  return text.starts_with("BM") ? AV_CODEC_ID_BMP : AV_CODEC_ID_NONE;
}

/// libavcodec fills in what a short JPEG lacks, and says nothing that can be told from a harmless warning. The end
/// marker must follow the last of the pixels: one before them is a thumbnail's.
bool lacks_its_end(AVCodecID codec, std::span<const std::uint8_t> file) {
  const std::string_view text{reinterpret_cast<const char*>(file.data()), file.size()};
  const auto pixels = text.rfind("\xff\xda");
  return codec == AV_CODEC_ID_MJPEG && text.find("\xff\xd9", pixels == text.npos ? 0 : pixels) == text.npos;
}

auto damaged(const std::string& why) {
  return fail(ec::malformed_data, "no whole picture: " + why);
}

av::packet packet_of(std::span<const std::uint8_t> file) {
  av::packet packet{av_packet_alloc()};
  if (!packet || av_new_packet(packet.get(), static_cast<int>(file.size())) < 0)
    return nullptr;
  std::memcpy(packet->data, file.data(), file.size());
  return packet;
}

result<av::frame> decode(AVCodecID id, std::span<const std::uint8_t> file) {
  const av::listener libav;
  const auto* codec = avcodec_find_decoder(id);
  const av::codec_context decoder{codec ? avcodec_alloc_context3(codec) : nullptr};
  const auto packet = packet_of(file);
  av::frame picture{av_frame_alloc()};
  if (!codec)
    return fail(ec::unsupported, std::string{"no decoder for "} + avcodec_get_name(id));
  if (!decoder || !packet || !picture)
    return fail(ec::unavailable, "out of memory");
  decoder->max_pixels = most_pixels;
  decoder->thread_count = 1;
  decoder->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE;
  int status = avcodec_open2(decoder.get(), codec, nullptr);
  if (status >= 0)
    status = avcodec_send_packet(decoder.get(), packet.get());
  if (status >= 0)
    status = avcodec_send_packet(decoder.get(), nullptr);
  if (status >= 0)
    status = avcodec_receive_frame(decoder.get(), picture.get());
  if (status < 0)
    return damaged(libav.reason(status));
  if (picture->decode_error_flags != 0 || (picture->flags & AV_FRAME_FLAG_CORRUPT) != 0)
    return damaged(libav.reason(AVERROR_INVALIDDATA));
  if (picture->width > longest_side || picture->height > longest_side)
    return damaged(std::to_string(picture->width) + " x " + std::to_string(picture->height) + " pixels are too many");
  return picture;
}

/// Into RGB, with chroma between its samples as other readers of JPEG have it.
result<image> to_rgb(const AVFrame& picture) {
  const auto rgb = av::make_picture(picture.width, picture.height, AV_PIX_FMT_RGB24);
  if (!rgb)
    return fail(ec::unavailable, "out of memory");
  const av::scaler scaler{sws_getContext(picture.width, picture.height, AVPixelFormat(picture.format), rgb->width,
                                         rgb->height, AV_PIX_FMT_RGB24,
                                         SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP,
                                         nullptr, nullptr, nullptr)};
  if (!scaler
      || sws_scale(scaler.get(), picture.data, picture.linesize, 0, picture.height, rgb->data, rgb->linesize) < 0)
    return fail(ec::unsupported, std::string{"pixels of the kind "} + av_get_pix_fmt_name(AVPixelFormat(picture.format))
                                     + " cannot be converted");
  return av::pack_rgb(*rgb);
}

} // namespace

result<image> decode_picture(std::span<const std::uint8_t> file) {
  const auto codec = codec_of(file);
  if (codec == AV_CODEC_ID_NONE)
    return fail(ec::unsupported, "neither JPEG, PNG, WebP nor BMP");
  if (lacks_its_end(codec, file))
    return damaged("it ends too early");
  const auto picture = decode(codec, file);
  if (!picture)
    return tl::unexpected{picture.error()};
  return to_rgb(**picture);
}

result<image> read_picture(const std::filesystem::path& file) {
  const auto failure = [&](ec code, const std::string& why) { return fail(code, file.string() + ": " + why); };
  std::error_code wrong;
  const auto size = std::filesystem::file_size(file, wrong);
  if (wrong)
    return failure(wrong == std::errc::no_such_file_or_directory ? ec::not_found : ec::io_failed, wrong.message());
  if (size > largest_file)
    return failure(ec::malformed_data, std::to_string(size) + " bytes are too many for a picture");
  bytes data(size);
  std::ifstream in{file, std::ios::binary};
  if (!in.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(size)))
    return failure(ec::io_failed, "cannot be read");
  auto picture = decode_picture(data);
  return picture ? picture : failure(picture.error().code, picture.error().what);
}

} // namespace ecco
