// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "messages/status.hpp"

namespace ecco {

/// Where a camera stands in its story.
enum class camera_mood { calm, drifted, retrained };

struct live_camera {
  std::string name;
  bool online = true;
  camera_mood mood = camera_mood::calm;
  /// 0: in no group.
  group_id group;
  /// Newest reading, and the lowest since its drift; NaN before the first.
  double map50, lowest;
  /// Newest reading against the exact truth; NaN where nobody knows it.
  double truth50;
  /// Bits a second of video that it sends, smoothed over some seconds; NaN before its second status.
  double uplink;
  /// Bytes it had sent, and when it said so.
  std::uint64_t sent = 0;
  double sent_at;
  /// 0 calm, 1 alarm.
  double drift_score = 0;
  std::uint32_t revision = 0;
  /// Readings of the last `live_trend` seconds, oldest first: (seconds, mAP@0.5).
  std::deque<std::pair<double, double>> recent;
};

/// How far back the trend of a camera goes, in seconds.
inline constexpr double live_trend = 160;
/// How many micro-windows, and how many sentences, are kept.
inline constexpr std::size_t live_slices = 200, live_news = 40;

/// What is worth showing of a run now: a fold over events and statuses. `title` is the caller's.
struct live_state {
  std::string title;
  /// Seconds since the start: the time of the newest event, unless the caller knows better.
  double now = 0;
  window_number window = 0;
  std::set<worker_id> workers;
  /// In order of appearance; the caller may name them beforehand.
  std::vector<live_camera> cameras;
  /// Announced GPU share of each group that lives, in [0, 1]; NaN before the first announcement.
  std::map<group_id, double> shares;
  /// Whom the last micro-windows went to, oldest first.
  std::deque<group_id> slices;
  /// "1:36  yard joins g-0001: ...", oldest first.
  std::deque<std::string> news;

  /// The camera of that name, added when it is new.
  live_camera& camera(const std::string& name);
  void apply(const event& happened);
  void apply(const camera_status& status);
};

} // namespace ecco
