// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "runtime/base/event_ids.hpp"

BOOST_AUTO_TEST_SUITE(event_ids)

using namespace ecco;

// Dashboards and recordings know these words.
BOOST_AUTO_TEST_CASE(the_ids_are_what_they_always_were) {
  using namespace event_id;
  const std::set<std::string_view> ids{
      camera_online,  camera_offline,  drift_detected,    request_sent,      group_opened,
      group_joined,   group_left,      group_ended,       window_opened,     window_closed,
      grant_issued,   grant_done,      grant_lost,        accuracy_deployed, accuracy_group,
      model_promoted, model_rejected,  model_rolled_back, model_deployed,    worker_up,
      worker_down,    segment_refused, share_announced,   bootstrap_started, bootstrap_ended,
      camera_reminded, accuracy_truth, accuracy_teacher, truth_unknown, frames_unkept, frames_kept};
  const std::set<std::string_view> expected{
      "camera.online",  "camera.offline",  "drift.detected",    "request.sent",      "group.opened",
      "group.joined",   "group.left",      "group.ended",       "window.opened",     "window.closed",
      "grant.issued",   "grant.done",      "grant.lost",        "accuracy.deployed", "accuracy.group",
      "model.promoted", "model.rejected",  "model.rolled_back", "model.deployed",    "worker.up",
      "worker.down",    "segment.refused", "share.announced",   "bootstrap.started", "bootstrap.ended",
      "camera.reminded", "accuracy.truth", "accuracy.teacher", "truth.unknown", "frames.unkept", "frames.kept"};
  BOOST_TEST((ids == expected));
}

BOOST_AUTO_TEST_SUITE_END()
