// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/source.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/video/av.hpp"
#include "runtime/video/picture_filter.hpp"
#include "runtime/video/time_line.hpp"

namespace ecco {
namespace {

/// How long a network or disk may stay silent.
constexpr std::chrono::seconds patience{5};
/// Damaged packets in a row before a stream counts as broken.
constexpr int max_damaged_packets = 50;

/// Hides all that may log in: `rtsp://joe:word@host/a?b=c` becomes `rtsp://***@host/a?***`.
std::string without_secrets(std::string url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos)
    return url;
  const auto host = scheme + 3;
  if (const auto at = url.rfind('@'); at != std::string::npos && at > host)
    url.replace(host, at - host, "***");
  // Some cameras take parameters without a question mark before them.
  if (const auto parameters = url.find_first_of("?=", host); parameters != std::string::npos)
    url.replace(parameters + 1, std::string::npos, "***");
  return url;
}

/// Ends a call of libav that waits for too long.
struct deadline {
  std::chrono::steady_clock::time_point at;

  void set() { at = std::chrono::steady_clock::now() + patience; }
  bool has_passed() const { return std::chrono::steady_clock::now() > at; }
};

class libav_source : public frame_source {
 public:
  explicit libav_source(source_options options)
      : options_(std::move(options)), name_(without_secrets(options_.url)) {}

  result<void> open();

  result<source_picture> next() override;

 private:
  result<void> open_input();
  result<void> find_stream();
  result<void> open_decoder();
  result<void> check_filters();

  result<void> read_picture();
  result<void> feed_decoder();
  result<void> count_damage(const av::listener& libav, int status);
  result<void> rewind();
  result<void> choose_filter(duration at);
  std::optional<duration> decoded_stamp() const;

  tl::unexpected<error> failure(ec code, const std::string& why, std::string hint = {}) const {
    return fail(code, name_ + ": " + why, std::move(hint));
  }
  tl::unexpected<error> failure(const av::listener& libav, int status) const;
  std::string reason(const av::listener& libav, int status) const;

  source_options options_;
  std::string name_;
  deadline deadline_;
  av::input input_;
  AVStream* stream_ = nullptr;
  /// Nothing of it can be read a second time.
  bool live_ = false;
  av::codec_context decoder_;
  av::packet packet_{av_packet_alloc()};
  av::frame decoded_{av_frame_alloc()};
  /// `decoded_` holds a picture that has not entered the filter.
  bool has_picture_ = false;
  int damaged_ = 0;
  std::optional<time_line> times_;
  /// How many of the filters have had their time; the last of them is in force.
  std::size_t filters_begun_ = 0;
  std::optional<picture_filter> filter_;
};

// -- opening ------------------------------------------------------------------

result<void> libav_source::open() {
  if (!packet_ || !decoded_)
    return failure(ec::internal, "out of memory");
  return open_input()
      .and_then([&] { return find_stream(); })
      .and_then([&] { return open_decoder(); })
      .and_then([&] { return read_picture(); })
      .and_then([&] { return check_filters(); });
}

result<void> libav_source::open_input() {
  auto* context = avformat_alloc_context();
  if (!context)
    return failure(ec::internal, "out of memory");
  context->interrupt_callback = {[](void* at) -> int { return static_cast<deadline*>(at)->has_passed(); },
                                 &deadline_};
  av::dictionary settings;
  settings.set("rtsp_flags", "prefer_tcp");

  const av::listener libav;
  deadline_.set();
  const int status = avformat_open_input(&context, options_.url.c_str(), nullptr, settings.address());
  input_.reset(context);
  if (status < 0)
    return failure(libav, status);
  // libav draws text files as pictures of a terminal.
  if (std::string_view{input_->iformat->name} == "tty")
    return failure(ec::malformed_data, "a text, not a video");
  deadline_.set();
  if (const int probed = avformat_find_stream_info(input_.get(), nullptr); probed < 0)
    return failure(libav, probed);
  return {};
}

result<void> libav_source::find_stream() {
  const av::listener libav;
  const int index = av_find_best_stream(input_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (index < 0 || (input_->streams[index]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0)
    return failure(ec::malformed_data, "no video stream");
  for (unsigned i = 0; i < input_->nb_streams; ++i)
    input_->streams[i]->discard = static_cast<int>(i) == index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  stream_ = input_->streams[index];
  if (stream_->codecpar->codec_id == AV_CODEC_ID_NONE)
    return failure(ec::malformed_data, "a video stream of unknown codec");

  const auto rate = av_guess_frame_rate(input_.get(), stream_, nullptr);
  const double pictures_per_second = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 25.;
  const bool seekable = input_->pb && (input_->pb->seekable & AVIO_SEEKABLE_NORMAL) != 0;
  live_ = input_->duration == AV_NOPTS_VALUE && !seekable;
  times_.emplace(options_.step > duration::zero() ? options_.step : from_seconds(1. / pictures_per_second), live_);
  return {};
}

result<void> libav_source::open_decoder() {
  const auto& parameters = *stream_->codecpar;
  const auto* codec = avcodec_find_decoder(parameters.codec_id);
  if (!codec)
    return failure(ec::unsupported, std::string{"no decoder for "} + avcodec_get_name(parameters.codec_id),
                   "re-encode it, e.g. ffmpeg -i IN -c:v libx264 OUT.mp4");
  const av::listener libav;
  decoder_.reset(avcodec_alloc_context3(codec));
  if (!decoder_)
    return failure(ec::internal, "out of memory");
  int status = avcodec_parameters_to_context(decoder_.get(), &parameters);
  decoder_->pkt_timebase = stream_->time_base;
  decoder_->max_pixels = std::int64_t{max_picture_side} * max_picture_side;
  // Cameras are many: each gets one thread.
  decoder_->thread_count = 1;
  if (status >= 0)
    status = avcodec_open2(decoder_.get(), codec, nullptr);
  if (status < 0)
    return failure(libav, status);
  return {};
}

result<void> libav_source::check_filters() {
  if (!std::is_sorted(options_.filters.begin(), options_.filters.end(),
                      [](const auto& a, const auto& b) { return a.at < b.at; }))
    return failure(ec::invalid_argument, "filters are not in the order of their times");
  for (const auto& timed : options_.filters)
    if (const auto made = picture_filter::make(timed.chain, *decoded_); !made)
      return failure(made.error().code, made.error().what, made.error().hint);
  return {};
}

// -- reading ------------------------------------------------------------------

result<source_picture> libav_source::next() {
  for (;;) {
    if (filter_) {
      auto filtered = filter_->pull();
      if (!filtered)
        return failure(filtered.error().code, filtered.error().what, filtered.error().hint);
      if (auto& output = *filtered) {
        const auto when = times_->leave(output->at);
        return source_picture{when.media_time, when.stream_time, std::move(output->picture)};
      }
    }
    if (!has_picture_)
      if (auto read = read_picture(); !read)
        return tl::unexpected{std::move(read.error())};
    has_picture_ = false;
    const auto at = times_->enter(decoded_stamp());
    if (auto chosen = choose_filter(at); !chosen)
      return tl::unexpected{std::move(chosen.error())};
    if (auto pushed = filter_->push(*decoded_, at); !pushed)
      return failure(pushed.error().code, pushed.error().what, pushed.error().hint);
  }
}

/// Decodes the next picture into `decoded_`, beginning again at the end if the options say so.
result<void> libav_source::read_picture() {
  for (;;) {
    const av::listener libav;
    const int status = avcodec_receive_frame(decoder_.get(), decoded_.get());
    result<void> step;
    if (status >= 0) {
      damaged_ = 0;
      has_picture_ = true;
      if (decoded_->width > max_picture_side || decoded_->height > max_picture_side)
        return failure(ec::unsupported, "pictures larger than 8192x8192");
      return {};
    }
    if (status == AVERROR(EAGAIN))
      step = feed_decoder();
    else if (status == AVERROR_EOF)
      step = rewind();
    else
      step = count_damage(libav, status);
    if (!step)
      return step;
  }
}

result<void> libav_source::feed_decoder() {
  const av::listener libav;
  deadline_.set();
  int status = av_read_frame(input_.get(), packet_.get());
  if (status == AVERROR_EOF) {
    avcodec_send_packet(decoder_.get(), nullptr);
    return {};
  }
  if (status == AVERROR_INVALIDDATA)
    return count_damage(libav, status);
  if (status < 0)
    return failure(libav, status);
  if (packet_->stream_index == stream_->index)
    status = avcodec_send_packet(decoder_.get(), packet_.get());
  av_packet_unref(packet_.get());
  return status < 0 ? count_damage(libav, status) : result<void>{};
}

result<void> libav_source::count_damage(const av::listener& libav, int status) {
  if (++damaged_ <= max_damaged_packets)
    return {};
  return failure(ec::malformed_data, std::to_string(damaged_) + " damaged packets in a row after "
                                         + std::to_string(seconds_of(times_->media_time()))
                                         + " s: " + reason(libav, status));
}

result<void> libav_source::rewind() {
  if (!times_->has_begun())
    return failure(ec::malformed_data, "no picture of it can be decoded");
  const auto ended = [&] { return failure(ec::end_of_stream, "the end"); };
  if (!options_.loop || live_)
    return ended();
  const av::listener libav;
  deadline_.set();
  const auto start = stream_->start_time == AV_NOPTS_VALUE ? 0 : stream_->start_time;
  // Formats without timestamps are sought by byte; what cannot be sought at all, like a live stream, has
  // ended.
  if (av_seek_frame(input_.get(), stream_->index, start, AVSEEK_FLAG_BACKWARD) < 0
      && av_seek_frame(input_.get(), stream_->index, 0, AVSEEK_FLAG_BYTE) < 0)
    return ended();
  avcodec_flush_buffers(decoder_.get());
  times_->begin_again();
  return {};
}

result<void> libav_source::choose_filter(duration at) {
  auto begun = filters_begun_;
  while (begun < options_.filters.size() && options_.filters[begun].at <= at)
    ++begun;
  if (filter_ && begun == filters_begun_ && filter_->takes(*decoded_))
    return {};
  auto made = picture_filter::make(begun > 0 ? options_.filters[begun - 1].chain : "", *decoded_);
  if (!made)
    return failure(made.error().code, made.error().what, made.error().hint);
  filters_begun_ = begun;
  filter_ = std::move(*made);
  return {};
}

std::optional<duration> libav_source::decoded_stamp() const {
  if (options_.step > duration::zero() || decoded_->best_effort_timestamp == AV_NOPTS_VALUE)
    return std::nullopt;
  return duration{av_rescale_q(decoded_->best_effort_timestamp, stream_->time_base, {1, 1'000'000'000})};
}

tl::unexpected<error> libav_source::failure(const av::listener& libav, int status) const {
  // Some of libav's protocols report an interruption as bad data.
  if (deadline_.has_passed())
    return failure(ec::timed_out, "silent for " + std::to_string(patience.count()) + " s",
                   "check the address and the network");
  const auto code = av::code_of(status);
  return failure(code, reason(libav, status), code == ec::not_found ? "check the path" : "");
}

std::string libav_source::reason(const av::listener& libav, int status) const {
  // libav quotes pieces of the URL, and a password may be among them.
  return name_ == options_.url ? libav.reason(status) : av::text_of(status);
}

} // namespace

result<std::unique_ptr<frame_source>> open_source(const source_options& options) {
  auto source = std::make_unique<libav_source>(options);
  if (auto opened = source->open(); !opened)
    return tl::unexpected{std::move(opened.error())};
  return source;
}

} // namespace ecco
