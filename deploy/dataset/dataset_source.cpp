// SPDX-License-Identifier: Apache-2.0
#include "deploy/dataset/dataset_source.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/dataset/picture_folder.hpp"
#include "runtime/video/picture_list.hpp"

namespace ecco {

namespace {

/// Number of the frame at media time 0.
std::int64_t first_number(const dataset_sequence& sequence) {
  return sequence.video.empty() && !sequence.frames.empty() ? sequence.frames.front().number : 1;
}

class later_source : public frame_source {
 public:
  later_source(std::unique_ptr<frame_source> of, duration by) : of_(std::move(of)), by_(by) {}

  result<source_picture> next() override {
    auto shown = of_->next();
    if (shown)
      shown->stream_time += by_;
    return shown;
  }

 private:
  std::unique_ptr<frame_source> of_;
  duration by_;
};

result<std::unique_ptr<frame_source>> open_frames(const dataset_sequence& sequence, bool loop,
                                                  std::vector<timed_filter> filters) {
  const auto step = from_seconds(1 / sequence.fps);
  if (!sequence.video.empty())
    return open_source({sequence.video.string(), loop, std::move(filters), step});
  picture_list list{sequence.name, {}, step};
  for (const auto& frame : sequence.frames)
    list.pictures.push_back(
        {frame.picture, from_seconds(static_cast<double>(frame.number - first_number(sequence)) / sequence.fps)});
  return open_picture_list(std::move(list), loop, std::move(filters));
}

} // namespace

result<std::unique_ptr<frame_source>> open_dataset_source(const dataset_sequence& sequence, bool loop,
                                                          std::vector<timed_filter> filters) {
  for (auto& filter : filters)
    filter.at = std::max(filter.at - sequence.offset, duration::zero());
  auto source = open_frames(sequence, loop, std::move(filters));
  if (!source || sequence.offset == duration::zero())
    return source;
  return std::make_unique<later_source>(std::move(*source), sequence.offset);
}

const dataset_frame* frame_at(const dataset_sequence& sequence, duration media_time) {
  const auto number = std::llround(seconds_of(media_time) * sequence.fps) + first_number(sequence);
  return find_frame(sequence.frames, number);
}

} // namespace ecco
