// SPDX-License-Identifier: Apache-2.0
#include "deploy/profile_run.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "deploy/camera_source.hpp"
#include "deploy/node.hpp"
#include "runtime/base/random.hpp"
#include "runtime/policy/sampling.hpp"
#include "runtime/video/segment_codec.hpp"

namespace ecco {

namespace {

/// Time between two looks at the stop signal.
constexpr duration piece = std::chrono::seconds{2};
constexpr std::size_t label_batch = 16;
constexpr std::size_t most_picture_bytes = std::size_t{2} << 30;
/// Newest frames of the world before, as a job's replay would keep.
constexpr std::size_t most_before = 512;

auto stopped() {
  return fail(ec::unavailable, "stopped; what was finished is kept", "start it again to go on");
}

/// The camera's source, scaled to the largest picture that is ever sent.
camera_settings scaled_camera(const settings& from, const camera_id& camera) {
  const auto& of = from.cameras.at(camera);
  const auto scale =
      "scale=" + std::to_string(from.sampling.size.width) + ":" + std::to_string(from.sampling.size.height);
  auto out = of;
  out.filters.clear();
  if (of.filters.empty() || of.filters.front().at > duration::zero())
    out.filters.push_back({duration::zero(), scale});
  for (const auto& filter : of.filters)
    out.filters.push_back({filter.at, filter.chain + "," + scale});
  return out;
}

/// Of one device, all its time.
duration total(const time_spent& spent) {
  return spent.training + spent.evaluation + spent.other;
}

} // namespace

result<std::unique_ptr<profiler>> profiler::make(const settings& from, const profile_scene& scene,
                                                 const may_go_on& go_on) {
  auto own = from;
  own.sampling.mode = sampling_mode::table; // resolution is to cost what it costs
  std::erase_if(own.cameras, [&](const auto& entry) { return entry.first != scene.camera; });
  auto device = make_learner_factory(own);
  if (!device)
    return tl::unexpected{device.error()};
  std::unique_ptr<profiler> out{new profiler{own, scene, (*device)()}};
  if (auto read = out->read_scene(go_on); !read)
    return tl::unexpected{read.error()};
  if (auto labelled = out->label(out->held_out_, go_on); !labelled)
    return tl::unexpected{labelled.error()};
  return out;
}

result<void> profiler::read_scene(const may_go_on& go_on) {
  auto source = open_camera_source(scaled_camera(settings_, scene_.camera), settings_.teacher.labels_fps);
  if (!source)
    return tl::unexpected{source.error()};
  const auto split = plan_of(settings_.sampling).split;
  const auto most_fps = make_sampling_grid(settings_.sampling.size).fps.back();
  auto last_train = duration::min(), last_held_out = duration::min(), last_before = duration::min();
  std::size_t kept = 0;
  for (;;) {
    if (!go_on())
      return stopped();
    auto shown = (*source)->next();
    if (!shown && shown.error().code == ec::end_of_stream)
      break;
    if (!shown)
      return tl::unexpected{shown.error()};
    if (shown->stream_time >= scene_.from + scene_.length)
      break;
    const auto role = role_at(split, shown->media_time);
    const auto due = [&](double fps, duration& last) {
      if (!is_due(fps, shown->stream_time, last))
        return false;
      last = shown->stream_time;
      return true;
    };
    const auto as_frame = [&] {
      return labelled_frame{{scene_.camera, shown->media_time, role, shown->picture}, {}, {}, 0};
    };
    if (shown->stream_time < scene_.from) {
      if (role == sample_role::train && due(settings_.sampling.train_fps, last_before))
        before_.push_back(as_frame());
      if (before_.size() > most_before)
        before_.erase(before_.begin());
      continue;
    }
    if (role == sample_role::train && due(most_fps, last_train))
      training_.push_back({shown->media_time, shown->stream_time, shown->picture});
    else if (role == sample_role::held_out && due(settings_.sampling.held_out_fps, last_held_out))
      held_out_.push_back(as_frame());
    else
      continue;
    kept += shown->picture.rgb.size();
    if (kept > most_picture_bytes)
      return fail(ec::invalid_argument, "the scene has more than 2 GiB of pictures",
                  "profile less of it with --length, or lower sampling.size");
  }
  if (training_.empty() || held_out_.empty())
    return fail(ec::invalid_argument,
                "the scene of " + scene_.camera.value + " has no " + (training_.empty() ? "training" : "held-out")
                    + " frames",
                "does the source last until --from? is --length more than sampling.split.cycle?");
  return {};
}

result<std::vector<labelled_frame>> profiler::compress(const sampling_choice& choice) {
  auto encoder = make_segment_encoder({choice.size.width, choice.size.height, settings_.sampling.bitrate.value});
  if (!encoder)
    return tl::unexpected{encoder.error()};
  const auto decoder = make_segment_decoder();
  std::vector<labelled_frame> out;
  auto last = duration::min();
  for (std::size_t at = 0; at < training_.size();) {
    encoded_segment segment{scene_.camera,
                            out.size(),
                            incarnation{1},
                            sample_role::train,
                            (*encoder)->codec(),
                            choice.size.width,
                            choice.size.height,
                            {},
                            {}};
    std::vector<image> pictures;
    const auto second = segment_at(training_[at].stream_time);
    for (; at < training_.size() && segment_at(training_[at].stream_time) == second; ++at)
      if (is_due(choice.fps, training_[at].stream_time, last)) {
        last = training_[at].stream_time;
        pictures.push_back(training_[at].picture);
        segment.frames.push_back({training_[at].media_time, {}, 0});
      }
    if (pictures.empty())
      continue;
    auto stream = (*encoder)->encode(pictures, std::chrono::seconds{1});
    if (!stream)
      return tl::unexpected{stream.error()};
    segment.stream = std::move(*stream);
    auto decoded = decoder->decode(segment);
    if (!decoded)
      return tl::unexpected{decoded.error()};
    for (std::size_t i = 0; i < decoded->size(); ++i)
      out.push_back(
          {{scene_.camera, segment.frames[i].media_time, sample_role::train, std::move((*decoded)[i])}, {}, {}, 0});
  }
  return out;
}

result<double> profiler::label(std::vector<labelled_frame>& frames, const may_go_on& go_on) {
  double busy = 0;
  for (std::size_t first = 0; first < frames.size(); first += label_batch) {
    if (!go_on())
      return stopped();
    const auto end = std::min(first + label_batch, frames.size());
    label_order order;
    for (auto i = first; i < end; ++i)
      order.frames.push_back(frames[i].shot);
    auto said = device_->label(order);
    if (!said)
      return tl::unexpected{said.error()};
    for (auto i = first; i < end; ++i)
      frames[i].labels = std::move(said->frames[i - first]);
    busy += seconds_of(said->busy);
  }
  return busy;
}

result<train_report> profiler::train(const blob& start, std::vector<labelled_frame> frames, duration length,
                                     const may_go_on& go_on) {
  train_order order;
  order.group = group_id{++runs_};
  order.from_scratch = true;
  order.checkpoint = start;
  order.samples = std::move(frames);
  order.members = {scene_.camera};
  order.seed = seed_for(settings_.seed, "profile");
  train_report sum;
  for (auto left = length; left > duration::zero();) {
    if (!go_on())
      return stopped();
    order.slice = std::min(left, piece);
    auto report = device_->train(order);
    if (!report)
      return report;
    report->images += sum.images;
    report->pixels += sum.pixels;
    left -= std::max(total(report->spent), duration{1});
    report->spent.training += sum.spent.training;
    sum = std::move(*report);
    ++order.base;
    order.from_scratch = false;
    order.checkpoint = {};
    order.samples.clear();
  }
  device_->forget(order.group);
  return sum;
}

result<blob> profiler::learn_before(duration length, const may_go_on& go_on) {
  auto weights = initial_weights(settings_);
  if (!weights || length <= duration::zero() || before_.empty())
    return weights;
  auto frames = before_;
  if (auto labelled = label(frames, go_on); !labelled)
    return tl::unexpected{labelled.error()};
  return train(*weights, std::move(frames), length, go_on).map([](const train_report& report) {
    return report.weights;
  });
}

result<void> profiler::prepare(const sampling_choice& choice, const may_go_on& go_on) {
  auto frames = compress(choice);
  if (!frames)
    return tl::unexpected{frames.error()};
  auto busy = label(*frames, go_on);
  if (!busy)
    return tl::unexpected{busy.error()};
  choice_ = choice;
  frames_ = std::move(*frames);
  labelling_ = *busy;
  return {};
}

result<profile_record> profiler::run(const blob& base, double devices, const may_go_on& go_on) {
  profile_record out;
  out.devices = devices;
  out.choice = choice_;
  out.frames = static_cast<std::uint32_t>(frames_.size());
  out.labelling = labelling_;
  auto weights = base;
  const auto left = from_seconds(devices * seconds_of(scene_.length) - labelling_);
  if (left > duration::zero()) {
    const auto trained = train(base, frames_, left, go_on);
    if (!trained)
      return tl::unexpected{trained.error()};
    weights = trained->weights;
    out.images = trained->images;
    out.pixels = trained->pixels;
    out.training = seconds_of(trained->spent.training);
  }
  if (!go_on())
    return stopped();
  const auto scored = device_->evaluate({weights, held_out_});
  if (!scored)
    return tl::unexpected{scored.error()};
  out.accuracy = out.standard_error = std::numeric_limits<double>::quiet_NaN();
  if (!scored->scores.empty()) {
    out.accuracy = scored->scores.front().map50;
    out.standard_error = scored->scores.front().standard_error;
  }
  return out;
}

} // namespace ecco
