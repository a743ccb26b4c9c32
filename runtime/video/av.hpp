// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/video: the only file that includes libav. Ownership, errors and messages of libav live
// here.

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>

#include "messages/detection.hpp"
#include "messages/error.hpp"

namespace ecco::av {

/// Calls one of libav's `free(T**)` functions, or `free(T*)`.
template <auto Free>
struct deleter {
  template <class T>
  void operator()(T* owned) const {
    if constexpr (requires { Free(&owned); })
      Free(&owned);
    else
      Free(owned);
  }
};

template <class T, auto Free>
using unique = std::unique_ptr<T, deleter<Free>>;

using frame = unique<AVFrame, av_frame_free>;
using packet = unique<AVPacket, av_packet_free>;
using codec_context = unique<AVCodecContext, avcodec_free_context>;
using parser = unique<AVCodecParserContext, av_parser_close>;
using input = unique<AVFormatContext, avformat_close_input>;
using filter_graph = unique<AVFilterGraph, avfilter_graph_free>;
using filter_inout = unique<AVFilterInOut, avfilter_inout_free>;
using scaler = unique<SwsContext, sws_freeContext>;

/// Options by name, as libav's open functions take them.
class dictionary {
 public:
  dictionary() = default;
  dictionary(const dictionary&) = delete;
  dictionary& operator=(const dictionary&) = delete;
  ~dictionary() { av_dict_free(&options_); }

  void set(const char* name, const char* value) { av_dict_set(&options_, name, value, 0); }
  AVDictionary** address() { return &options_; }

 private:
  AVDictionary* options_ = nullptr;
};

/// Keeps the first error that libav reports on this thread during its life, without the trailing newline.
/// libav prints nothing in a process that has used one: errors are values here.
class listener {
 public:
  listener();
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// What libav said, else its text for `status`.
  std::string reason(int status) const;

 private:
  static void hear(void* source, int level, const char* format, va_list arguments);

  std::string heard_;
  listener* outer_;
};

/// libav's text for its negative `status`.
std::string text_of(int status);

/// The code for libav's negative `status`.
ec code_of(int status);

/// A picture with padded rows, as swscale needs it: its assembly may touch bytes behind a row's end.
/// @returns null when there is no memory.
frame make_picture(int width, int height, AVPixelFormat format);

/// Packs a padded RGB24 picture.
image pack_rgb(const AVFrame& picture);

/// Scales and converts all of `from` into `to`, both of which have their buffers. `cache` is reused while the
/// sizes and formats stay the same. @returns a negative status of libav when it cannot.
int convert(scaler& cache, const AVFrame& from, AVFrame& to);

} // namespace ecco::av
