// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/av.hpp"

#include <array>
#include <cerrno>
#include <cstdarg>
#include <mutex>

namespace ecco::av {
namespace {

thread_local listener* current_listener = nullptr;

/// Without the addresses of libav's objects: "[Parsed_crop_0 @ 0x5563e1c0] ..." says nothing more by them.
std::string without_addresses(std::string text) {
  for (auto at = text.find(" @ 0x"); at != std::string::npos; at = text.find(" @ 0x", at))
    text.erase(at, text.find(']', at) - at);
  return text;
}

} // namespace

void listener::hear(void* source, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR || !current_listener || !current_listener->heard_.empty())
    return;
  std::array<char, 512> line{};
  int print_prefix = 1;
  av_log_format_line2(source, level, format, arguments, line.data(), line.size(), &print_prefix);
  std::string text{line.data()};
  text.erase(text.find_last_not_of("\r\n ") + 1);
  current_listener->heard_ = without_addresses(std::move(text));
}

listener::listener() : outer_(current_listener) {
  static std::once_flag installed;
  std::call_once(installed, [] { av_log_set_callback(&listener::hear); });
  current_listener = this;
}

listener::~listener() {
  current_listener = outer_;
}

std::string listener::reason(int status) const {
  return heard_.empty() ? text_of(status) : heard_;
}

std::string text_of(int status) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(status, text.data(), text.size());
  return text.data();
}

ec code_of(int status) {
  switch (status) {
    case AVERROR(ENOENT):
    case AVERROR_HTTP_NOT_FOUND: return ec::not_found;
    case AVERROR_INVALIDDATA:
    case AVERROR_EOF: return ec::malformed_data;
    case AVERROR(ETIMEDOUT):
    case AVERROR_EXIT: return ec::timed_out;
    case AVERROR(ECONNREFUSED):
    case AVERROR(ECONNRESET):
    case AVERROR(EHOSTUNREACH):
    case AVERROR(ENETUNREACH): return ec::unreachable;
    case AVERROR(EINVAL): return ec::invalid_argument;
    case AVERROR_DECODER_NOT_FOUND:
    case AVERROR_DEMUXER_NOT_FOUND:
    case AVERROR_PROTOCOL_NOT_FOUND:
    case AVERROR_PATCHWELCOME:
    case AVERROR(ENOSYS): return ec::unsupported;
    default: return ec::io_failed;
  }
}

frame make_picture(int width, int height, AVPixelFormat format) {
  frame made{av_frame_alloc()};
  if (!made)
    return nullptr;
  made->width = width;
  made->height = height;
  made->format = format;
  if (av_frame_get_buffer(made.get(), 0) < 0)
    return nullptr;
  return made;
}

image pack_rgb(const AVFrame& picture) {
  bytes rgb(std::size_t{3} * picture.width * picture.height);
  std::uint8_t* planes[4] = {rgb.data()};
  int strides[4] = {3 * picture.width};
  const std::uint8_t* from[4] = {picture.data[0]};
  av_image_copy(planes, strides, from, picture.linesize, AV_PIX_FMT_RGB24, picture.width, picture.height);
  return {static_cast<std::uint16_t>(picture.width), static_cast<std::uint16_t>(picture.height),
          blob{std::move(rgb)}};
}

int convert(scaler& cache, const AVFrame& from, AVFrame& to) {
  cache.reset(sws_getCachedContext(cache.release(), from.width, from.height, AVPixelFormat(from.format),
                                   to.width, to.height, AVPixelFormat(to.format),
                                   SWS_AREA | SWS_FULL_CHR_H_INP, nullptr, nullptr, nullptr));
  if (!cache)
    return AVERROR(ENOSYS);
  const int rows = sws_scale(cache.get(), from.data, from.linesize, 0, from.height, to.data, to.linesize);
  return rows < 0 ? rows : 0;
}

} // namespace ecco::av
