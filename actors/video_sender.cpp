// SPDX-License-Identifier: Apache-2.0
#include "actors/video_sender.hpp"

#include <cmath>
#include <utility>

#include "runtime/policy/sampling.hpp"

namespace ecco {

namespace {

double sampling_rate(const sampling_plan& plan, sample_role role, bool training) {
  switch (role) {
    case sample_role::train: return training ? plan.train_fps : 0;
    case sample_role::held_out: return plan.held_out_fps;
    case sample_role::guard: return 0;
  }
  return 0;
}

} // namespace

video_sender::video_sender(camera_id camera, incarnation process, encoder_factory make_encoder,
                           link_factory open_link, const rate_options& rates)
    : camera_(std::move(camera)), process_(process), make_encoder_(std::move(make_encoder)),
      open_link_(std::move(open_link)), control_(rates) {}

result<void> video_sender::connect(const camera_welcome& server) {
  auto opened = open_link_(server);
  if (!opened)
    return tl::unexpected{opened.error()};
  link_ = std::move(*opened);
  fresh_link_ = true;
  return {};
}

void video_sender::disconnect() {
  link_ = nullptr;
  segment_ = {};
}

void video_sender::begin(const sampling_plan& plan) {
  plan_ = plan;
  encoder_ = nullptr;
  auto options = control_.options();
  options.start = plan.bits_per_second;
  const auto weight = control_.weight();
  control_ = rate_control{options};
  control_.set_weight(weight);
  fresh_link_ = true;
}

result<void> video_sender::change(const sampling_plan& plan) {
  auto flushed = flush();
  const auto resized = plan.width != plan_.width || plan.height != plan_.height;
  plan_ = plan;
  if (resized)
    encoder_ = nullptr;
  else
    follow_rate();
  return flushed;
}

result<void> video_sender::pass(duration media_time) {
  const auto same =
      segment_at(media_time) == segment_.second && role_at(plan_.split, media_time) == segment_.role;
  return same ? result<void>{} : flush();
}

bool video_sender::wants(const source_picture& shown, bool training) const {
  const auto role = role_at(plan_.split, shown.media_time);
  return link_ && is_due(sampling_rate(plan_, role, training), shown.stream_time, last_added_);
}

void video_sender::add(const source_picture& shown, std::vector<detection> seen, std::uint32_t seen_by) {
  last_added_ = shown.stream_time;
  segment_.second = segment_at(shown.media_time);
  segment_.role = role_at(plan_.split, shown.media_time);
  segment_.pictures.push_back(shown.picture);
  segment_.notes.push_back({shown.media_time, std::move(seen), seen_by});
}

result<void> video_sender::flush() {
  auto closed = std::exchange(segment_, {});
  if (closed.pictures.empty() || !link_)
    return {};
  if (!encoder_) {
    auto wanted = plan_;
    wanted.bits_per_second = encoder_rate_ = bit_rate();
    auto made = make_encoder_(wanted);
    if (!made)
      return tl::unexpected{made.error()};
    encoder_ = std::move(*made);
  }
  follow_rate();
  auto stream = encoder_->encode(closed.pictures, std::chrono::seconds{1});
  if (!stream)
    return tl::unexpected{stream.error()};
  frames_sent_ += closed.notes.size();
  const encoded_segment out{camera_,      next_sequence_++,        process_,
                            closed.role,  encoder_->codec(),       plan_.width,
                            plan_.height, std::move(closed.notes), std::move(*stream)};
  if (!link_->send(out))
    link_ = nullptr;
  return {};
}

void video_sender::pump(duration now) {
  if (link_ && !link_->pump())
    link_ = nullptr;
  if (!link_ || control_.options().law == rate_law::fixed)
    return;
  if (std::exchange(fresh_link_, false)) {
    control_.connect(now);
    link_->pace(control_.rate());
  } else if (control_.is_due(now)) {
    const auto before = control_.rate();
    control_.observe(link_->observe(), now);
    if (control_.rate() != before)
      link_->pace(control_.rate());
  }
}

double video_sender::rate() const {
  if (!link_)
    return 0;
  return control_.options().law == rate_law::fixed ? plan_.bits_per_second : control_.rate();
}

std::uint32_t video_sender::bit_rate() const {
  return control_.options().law == rate_law::fixed ? plan_.bits_per_second
                                                   : static_cast<std::uint32_t>(std::lround(control_.encoder_target()));
}

void video_sender::follow_rate() {
  if (encoder_ && bit_rate() != encoder_rate_)
    encoder_->set_bit_rate(encoder_rate_ = bit_rate());
}

} // namespace ecco
