// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/picture_filter.hpp"

#include <cstring>
#include <utility>

namespace ecco {
namespace {

constexpr AVRational nanoseconds{1, 1'000'000'000};

std::string entry_options(const AVFrame& like) {
  const auto aspect = like.sample_aspect_ratio;
  return "video_size=" + std::to_string(like.width) + "x" + std::to_string(like.height) + ":pix_fmt="
         + std::to_string(like.format) + ":time_base=1/1000000000:pixel_aspect=" + std::to_string(aspect.num)
         + "/" + std::to_string(aspect.den > 0 ? aspect.den : 1);
}

/// One open end of a parsed chain, by libav's names for them.
av::filter_inout open_end(const char* name, AVFilterContext* filter) {
  av::filter_inout end{avfilter_inout_alloc()};
  if (end) {
    end->name = av_strdup(name);
    end->filter_ctx = filter;
  }
  return end;
}

/// Links entry -> chain -> exit. @returns a negative status of libav when the chain does not fit between.
int link(AVFilterGraph& graph, const std::string& chain, AVFilterContext* entry, AVFilterContext* exit) {
  // The chain's output is our exit's input, and the other way round.
  auto outputs = open_end("in", entry);
  auto inputs = open_end("out", exit);
  if (!outputs || !inputs)
    return AVERROR(ENOMEM);
  auto* raw_outputs = outputs.release();
  auto* raw_inputs = inputs.release();
  const int status = avfilter_graph_parse_ptr(&graph, chain.empty() ? "null" : chain.c_str(), &raw_inputs,
                                              &raw_outputs, nullptr);
  outputs.reset(raw_outputs);
  inputs.reset(raw_inputs);
  return status < 0 ? status : avfilter_graph_config(&graph, nullptr);
}

} // namespace

result<av::frame> to_frame(const image& picture) {
  auto frame = av::make_picture(picture.width, picture.height, AV_PIX_FMT_RGB24);
  if (!frame)
    return fail(ec::unavailable, "out of memory");
  const auto row = std::size_t{3} * picture.width;
  for (std::size_t y = 0; y < picture.height; ++y)
    std::memcpy(frame->data[0] + y * static_cast<std::size_t>(frame->linesize[0]), picture.rgb.view().data() + y * row,
                row);
  return frame;
}

result<picture_filter> picture_filter::make(const std::string& chain, const AVFrame& like) {
  picture_filter made;
  made.chain_ = chain;
  made.width_ = like.width;
  made.height_ = like.height;
  made.format_ = like.format;

  const av::listener libav;
  made.graph_.reset(avfilter_graph_alloc());
  if (!made.graph_)
    return fail(ec::internal, "filter: out of memory");
  auto& graph = *made.graph_;
  graph.nb_threads = 1;
  av_opt_set(&graph, "scale_sws_opts", "flags=bilinear", 0);

  int status = avfilter_graph_create_filter(&made.entry_, avfilter_get_by_name("buffer"), "in",
                                            entry_options(like).c_str(), nullptr, &graph);
  if (status >= 0)
    status = avfilter_graph_create_filter(&made.exit_, avfilter_get_by_name("buffersink"), "out", nullptr,
                                          nullptr, &graph);
  if (status >= 0) {
    const AVPixelFormat formats[] = {AV_PIX_FMT_RGB24, AV_PIX_FMT_NONE};
    status = av_opt_set_int_list(made.exit_, "pix_fmts", formats, AV_PIX_FMT_NONE, AV_OPT_SEARCH_CHILDREN);
  }
  if (status >= 0)
    status = link(graph, chain, made.entry_, made.exit_);
  if (status < 0)
    return tl::unexpected{made.failure(libav, status)};

  if (auto fits = made.check_size(av_buffersink_get_w(made.exit_), av_buffersink_get_h(made.exit_)); !fits)
    return tl::unexpected{std::move(fits.error())};
  return made;
}

bool picture_filter::takes(const AVFrame& picture) const {
  return picture.width == width_ && picture.height == height_ && picture.format == format_;
}

result<void> picture_filter::push(AVFrame& picture, duration at) {
  const av::listener libav;
  picture.pts = at.count();
  pushed_at_ = at;
  if (const int status = av_buffersrc_add_frame(entry_, &picture); status < 0)
    return tl::unexpected{failure(libav, status)};
  return {};
}

result<std::optional<picture_filter::output>> picture_filter::pull() {
  const av::listener libav;
  const av::frame picture{av_frame_alloc()};
  if (!picture)
    return fail(ec::internal, "filter: out of memory");
  const int status = av_buffersink_get_frame(exit_, picture.get());
  if (status == AVERROR(EAGAIN))
    return std::optional<output>{};
  if (status < 0)
    return tl::unexpected{failure(libav, status)};
  if (auto fits = check_size(picture->width, picture->height); !fits)
    return tl::unexpected{std::move(fits.error())};
  const duration at =
      picture->pts == AV_NOPTS_VALUE
          ? pushed_at_
          : duration{av_rescale_q(picture->pts, av_buffersink_get_time_base(exit_), nanoseconds)};
  return output{at, av::pack_rgb(*picture)};
}

result<void> picture_filter::check_size(int width, int height) const {
  if (width > max_picture_side || height > max_picture_side)
    return fail(ec::invalid_argument,
                "filter \"" + chain_ + "\" makes pictures of " + std::to_string(width) + "x"
                    + std::to_string(height),
                "8192x8192 is the limit");
  return {};
}

error picture_filter::failure(const av::listener& libav, int status) const {
  return {ec::invalid_argument, "filter \"" + chain_ + "\": " + libav.reason(status),
          "see ffmpeg-filters(1); try the chain with ffmpeg -vf"};
}

} // namespace ecco
