// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/event_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "deploy/report/as_clock.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

using sentence = std::function<std::string(const event&)>;

/// ": why", or nothing.
std::string why(const event& e) {
  return e.text.empty() ? "" : ": " + e.text;
}

std::string member_moves(const event& e, std::string_view verb) {
  return fmt::format("{} {} {}{}", e.camera.value, verb, to_string(e.group), why(e));
}

std::string reading(const std::string& whose, double value) {
  return std::isfinite(value) ? fmt::format("{}: mAP@0.5 {:.2f}", whose, value)
                              : fmt::format("{}: no object to score", whose);
}

const std::map<std::string_view, sentence>& sentences() {
  static const std::map<std::string_view, sentence> table{
      {event_id::accuracy_deployed, [](const event& e) { return reading(e.camera.value, e.value); }},
      {event_id::accuracy_truth, [](const event& e) { return reading(e.camera.value + " in truth", e.value); }},
      {event_id::accuracy_teacher,
       [](const event& e) { return reading("the teacher on " + e.camera.value + " in truth", e.value); }},
      {event_id::truth_unknown,
       [](const event& e) { return e.camera.value + " cannot be compared with the truth" + why(e); }},
      {event_id::accuracy_group,
       [](const event& e) { return reading(to_string(e.group) + " on " + e.camera.value, e.value); }},
      {event_id::drift_injected,
       [](const event& e) { return e.camera.value + ": the scene changes" + why(e); }},
      {event_id::drift_detected,
       [](const event& e) {
         return fmt::format("{}: drift noticed, score {:.2f}", e.camera.value, e.value);
       }},
      {event_id::drift_refuted,
       [](const event& e) { return e.camera.value + " has not drifted" + why(e); }},
      {event_id::group_opened,
       [](const event& e) {
         return e.camera.value.empty() ? to_string(e.group) + " opened" + why(e) : member_moves(e, "opens");
       }},
      {event_id::group_joined, [](const event& e) { return member_moves(e, "joins"); }},
      {event_id::group_left, [](const event& e) { return member_moves(e, "leaves"); }},
      {event_id::camera_reminded,
       [](const event& e) { return e.camera.value + " is told again where it belongs" + why(e); }},
      {event_id::group_ended, [](const event& e) { return to_string(e.group) + " ended" + why(e); }},
      {event_id::job_lost, [](const event& e) { return to_string(e.group) + " lost its job" + why(e); }},
      {event_id::grant_issued,
       [](const event& e) {
         return fmt::format("{} is granted {:.1f} s of {} (window {})", to_string(e.group), e.value,
                            e.worker.value, e.window);
       }},
      {event_id::grant_done,
       [](const event& e) {
         return fmt::format("{} used {:.1f} s of {} (window {})", to_string(e.group), e.value, e.worker.value,
                            e.window);
       }},
      {event_id::gpu_busy,
       [](const event& e) { return fmt::format("{} busy for {:.1f} s{}", e.worker.value, e.value, why(e)); }},
      {event_id::share_announced,
       [](const event& e) {
         return fmt::format("{} may expect {:.0f} % of the GPU time", to_string(e.group), 100 * e.value);
       }},
      {event_id::share_given,
       [](const event& e) { return fmt::format("{} had {:.1f} s of the window{}", to_string(e.group), e.value, why(e)); }},
      {event_id::window_accounted,
       [](const event& e) { return fmt::format("micro-windows took {:.1f} s of the window{}", e.value, why(e)); }},
      {event_id::plan_changed, [](const event& e) { return e.camera.value + " sends something else now" + why(e); }},
      {event_id::shares_measured,
       [](const event& e) { return "the uplink is divided; farthest from its part: " + e.camera.value + why(e); }},
      {event_id::grant_lost,
       [](const event& e) {
         return fmt::format("{} lost its slice of {}{}", to_string(e.group), e.worker.value, why(e));
       }},
      {event_id::request_sent,
       [](const event& e) { return e.camera.value + " asks for retraining" + why(e); }},
      {event_id::request_uncompared,
       [](const event& e) { return e.camera.value + " could not be compared with other groups" + why(e); }},
      {event_id::segment_refused,
       [](const event& e) { return e.camera.value + ": video not used" + why(e); }},
      {event_id::frames_unkept,
       [](const event& e) {
         return "labelled frames are lost" + (e.camera.value.empty() ? "" : ", of " + e.camera.value + " first") + why(e);
       }},
      {event_id::frames_kept,
       [](const event& e) { return fmt::format("frames are kept again; {:.0f} were lost", e.value); }},
      {event_id::window_unsettled,
       [](const event& e) { return fmt::format("window {} ended unsettled{}", e.window, why(e)); }},
      {event_id::model_rolled_back,
       [](const event& e) {
         return fmt::format("{} returns to model {:.0f}{}", e.camera.value, e.value, why(e));
       }},
      {event_id::model_forgot,
       [](const event& e) { return e.camera.value + "'s next model forgot what it saw before its drift" + why(e); }},
      {event_id::zoo_selected,
       [](const event& e) {
         return (e.camera.value.empty() ? to_string(e.group) + " goes on from" : e.camera.value + " is given")
                + " a model learnt before" + why(e);
       }},
      {event_id::zoo_admitted,
       [](const event& e) { return "what " + to_string(e.group) + " learnt is kept in the zoo" + why(e); }},
      {event_id::zoo_refused,
       [](const event& e) { return "what " + to_string(e.group) + " learnt is not kept in the zoo" + why(e); }},
      {event_id::model_promoted,
       [](const event& e) { return to_string(e.group) + " has a new model" + why(e); }},
      {event_id::model_rejected, [](const event& e) { return e.camera.value + " keeps its model" + why(e); }},
      {event_id::model_deployed,
       [](const event& e) { return e.camera.value + " gets a new model" + why(e); }},
      {event_id::window_opened, [](const event& e) { return fmt::format("window {} opens", e.window); }},
      {event_id::window_closed, [](const event& e) { return fmt::format("window {} is over", e.window); }},
      {event_id::bootstrap_started,
       [](const event& e) { return "the students learn the clean scene" + why(e); }},
      {event_id::bootstrap_ended,
       [](const event& e) { return "the students know the clean scene" + why(e); }},
      {event_id::worker_up, [](const event& e) { return e.worker.value + " is ready" + why(e); }},
      {event_id::worker_down, [](const event& e) { return e.worker.value + " is gone" + why(e); }},
      {event_id::camera_online, [](const event& e) { return e.camera.value + " is online" + why(e); }},
      {event_id::camera_offline, [](const event& e) { return e.camera.value + " is offline" + why(e); }},
  };
  return table;
}

/// Texts come from other processes: no line breaks, and no control characters a terminal would obey, be they
/// single bytes or (U+0080 to U+009F) two.
void disarm(std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (c < ' ' || c == 0x7f || (c == 0xc2 && next >= 0x80 && next <= 0x9f))
      text[i] = ' ';
    if (c == 0xc2 && next >= 0x80 && next <= 0x9f)
      text[++i] = ' ';
  }
}

} // namespace

std::string describe(const event& happened) {
  const auto known = sentences().find(happened.id);
  auto text = known != sentences().end()      ? known->second(happened)
              : happened.camera.value.empty() ? happened.text
                                              : happened.camera.value + why(happened);
  disarm(text);
  return text;
}

bool is_news(const event& happened) {
  constexpr std::array chatter{event_id::accuracy_deployed, event_id::accuracy_group,
                               event_id::accuracy_truth,    event_id::accuracy_teacher,
                               event_id::grant_done,        event_id::gpu_busy,
                               event_id::share_announced,   event_id::window_opened,
                               event_id::plan_changed,      event_id::share_given,
                               event_id::window_accounted,  event_id::shares_measured};
  return std::find(chatter.begin(), chatter.end(), happened.id) == chatter.end();
}

std::string as_line(const event& happened) {
  return fmt::format("{:>6}  {:<17} {}", as_clock(seconds_of(happened.at)), happened.id, describe(happened));
}

} // namespace ecco
