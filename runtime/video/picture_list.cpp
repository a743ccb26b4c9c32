// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/picture_list.hpp"

#include <utility>

#include "runtime/video/filtered_source.hpp"
#include "runtime/video/picture_file.hpp"
#include "runtime/video/picture_filter.hpp"
#include "runtime/video/time_line.hpp"

namespace ecco {
namespace {

class picture_list_source : public frame_source {
 public:
  picture_list_source(picture_list list, bool loop) : list_(std::move(list)), loop_(loop), times_(list_.step, false) {}

  result<source_picture> next() override {
    if (position_ == list_.pictures.size()) {
      if (!loop_)
        return fail(ec::end_of_stream, list_.name + ": the end");
      position_ = 0;
      times_.begin_again();
    }
    const auto& picture = list_.pictures[position_];
    auto decoded = read_picture(picture.file);
    if (!decoded)
      return tl::unexpected{decoded.error()};
    if (decoded->width > max_picture_side || decoded->height > max_picture_side)
      return fail(ec::unsupported, picture.file.string() + ": pictures larger than 8192x8192");
    ++position_;
    const auto when = times_.leave(times_.enter(picture.at));
    return source_picture{when.media_time, when.stream_time, std::move(*decoded)};
  }

 private:
  picture_list list_;
  bool loop_;
  time_line times_;
  std::size_t position_ = 0;
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
  const auto name = list.name;
  return open_filtered(std::make_unique<picture_list_source>(std::move(list), loop), name, std::move(filters));
}

} // namespace ecco
