// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/filtered_source.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/video/av.hpp"
#include "runtime/video/picture_filter.hpp"

namespace ecco {
namespace {

class filtered_source : public frame_source {
 public:
  filtered_source(std::unique_ptr<frame_source> of, std::string name, std::vector<timed_filter> filters)
      : of_(std::move(of)), name_(std::move(name)), filters_(std::move(filters)) {}

  result<void> open() {
    auto shown = of_->next();
    if (!shown)
      return tl::unexpected{shown.error()};
    const auto frame = to_frame(shown->picture);
    if (!frame)
      return tl::unexpected{frame.error()};
    for (const auto& timed : filters_)
      if (const auto made = picture_filter::make(timed.chain, **frame); !made)
        return tl::unexpected{named(made.error())};
    first_ = std::move(*shown);
    return {};
  }

  result<source_picture> next() override {
    for (;;) {
      if (filter_) {
        auto filtered = filter_->pull();
        if (!filtered)
          return tl::unexpected{named(filtered.error())};
        if (auto& output = *filtered)
          return leave(output->at, std::move(output->picture));
      }
      if (auto pushed = push_next(); !pushed)
        return tl::unexpected{pushed.error()};
    }
  }

 private:
  error named(const error& why) const { return {why.code, name_ + ": " + why.what, why.hint}; }

  result<void> push_next() {
    auto shown = first_ ? result<source_picture>{*std::exchange(first_, std::nullopt)} : of_->next();
    if (!shown)
      return tl::unexpected{shown.error()};
    auto frame = to_frame(shown->picture);
    if (!frame)
      return tl::unexpected{frame.error()};
    if (const auto ahead = shown->stream_time - shown->media_time; ahead != ahead_) {
      ahead_before_ = std::exchange(ahead_, ahead);
      round_began_ = shown->stream_time;
    }
    if (auto chosen = choose_filter(shown->stream_time, **frame); !chosen)
      return chosen;
    if (auto pushed = filter_->push(**frame, shown->stream_time); !pushed)
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

  /// Filters say when a picture is due, but are not trusted to go forward.
  source_picture leave(duration at, image picture) {
    if (left_)
      at = std::max(at, *left_ + duration{1});
    left_ = at;
    // They may keep a picture back until the next round of a source that repeats.
    return {at - (at < round_began_ ? ahead_before_ : ahead_), at, std::move(picture)};
  }

  std::unique_ptr<frame_source> of_;
  std::string name_;
  std::vector<timed_filter> filters_;
  /// Read when it was opened, and not given out yet.
  std::optional<source_picture> first_;
  std::size_t filters_begun_ = 0;
  std::optional<picture_filter> filter_;
  std::optional<duration> left_;
  /// How far stream time is ahead of media time, since when, and how far before.
  duration ahead_{}, round_began_{}, ahead_before_{};
};

} // namespace

result<std::unique_ptr<frame_source>> open_filtered(std::unique_ptr<frame_source> of, const std::string& name,
                                                    std::vector<timed_filter> filters) {
  if (!std::is_sorted(filters.begin(), filters.end(), [](const auto& a, const auto& b) { return a.at < b.at; }))
    return fail(ec::invalid_argument, name + ": filters are not in the order of their times");
  auto source = std::make_unique<filtered_source>(std::move(of), name, std::move(filters));
  if (auto opened = source->open(); !opened)
    return tl::unexpected{opened.error()};
  return source;
}

} // namespace ecco
