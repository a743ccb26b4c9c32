// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/picture_list.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "runtime/video/av.hpp"
#include "runtime/video/picture_file.hpp"
#include "runtime/video/picture_filter.hpp"
#include "runtime/video/time_line.hpp"

namespace ecco {
namespace {

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

class picture_list_source : public frame_source {
 public:
  picture_list_source(picture_list list, bool loop, std::vector<timed_filter> filters)
      : list_(std::move(list)), loop_(loop), filters_(std::move(filters)), times_(list_.step, false) {}

  /// Reads the first picture, and makes every filter once for it.
  result<void> open() {
    const auto first = read(list_.pictures.front());
    if (!first)
      return tl::unexpected{first.error()};
    for (const auto& timed : filters_)
      if (auto made = picture_filter::make(timed.chain, **first); !made)
        return tl::unexpected{named(made.error())};
    return {};
  }

  result<source_picture> next() override {
    for (;;) {
      if (filter_) {
        auto filtered = filter_->pull();
        if (!filtered)
          return tl::unexpected{named(filtered.error())};
        if (auto& output = *filtered) {
          const auto when = times_.leave(output->at);
          return source_picture{when.media_time, when.stream_time, std::move(output->picture)};
        }
      }
      if (auto pushed = push_next(); !pushed)
        return tl::unexpected{pushed.error()};
    }
  }

 private:
  error named(const error& why) const { return {why.code, list_.name + ": " + why.what, why.hint}; }

  result<av::frame> read(const timed_picture& picture) const {
    const auto decoded = read_picture(picture.file);
    if (!decoded)
      return tl::unexpected{decoded.error()};
    if (decoded->width > max_picture_side || decoded->height > max_picture_side)
      return fail(ec::unsupported, picture.file.string() + ": pictures larger than 8192x8192");
    return to_frame(*decoded);
  }

  result<void> push_next() {
    if (position_ == list_.pictures.size()) {
      if (!loop_)
        return fail(ec::end_of_stream, list_.name + ": the end");
      position_ = 0;
      times_.begin_again();
    }
    const auto& picture = list_.pictures[position_];
    auto frame = read(picture);
    if (!frame)
      return tl::unexpected{frame.error()};
    ++position_;
    const auto at = times_.enter(picture.at);
    if (auto chosen = choose_filter(at, **frame); !chosen)
      return chosen;
    if (auto pushed = filter_->push(**frame, at); !pushed)
      return tl::unexpected{named(pushed.error())};
    return {};
  }

  result<void> choose_filter(duration at, const AVFrame& picture) {
    auto begun = filters_begun_;
    while (begun < filters_.size() && filters_[begun].at <= at)
      ++begun;
    if (filter_ && begun == filters_begun_ && filter_->takes(picture))
      return {};
    auto made = picture_filter::make(begun > 0 ? filters_[begun - 1].chain : "", picture);
    if (!made)
      return tl::unexpected{named(made.error())};
    filters_begun_ = begun;
    filter_ = std::move(*made);
    return {};
  }

  picture_list list_;
  bool loop_;
  std::vector<timed_filter> filters_;
  time_line times_;
  std::size_t position_ = 0;
  std::size_t filters_begun_ = 0;
  std::optional<picture_filter> filter_;
};

} // namespace

result<std::unique_ptr<frame_source>> open_picture_list(picture_list list, bool loop,
                                                        std::vector<timed_filter> filters) {
  const auto refuse = [&](const std::string& why) { return fail(ec::invalid_argument, list.name + ": " + why); };
  if (list.pictures.empty())
    return refuse("no picture is in the list");
  if (list.step <= duration::zero() || list.pictures.front().at != duration::zero())
    return refuse("the first picture is not at 0, or the step not more than 0");
  for (std::size_t i = 1; i < list.pictures.size(); ++i)
    if (list.pictures[i].at <= list.pictures[i - 1].at)
      return refuse("pictures are not in the order of their times");
  if (!std::is_sorted(filters.begin(), filters.end(), [](const auto& a, const auto& b) { return a.at < b.at; }))
    return refuse("filters are not in the order of their times");
  auto source = std::make_unique<picture_list_source>(std::move(list), loop, std::move(filters));
  if (auto opened = source->open(); !opened)
    return tl::unexpected{opened.error()};
  return source;
}

} // namespace ecco
