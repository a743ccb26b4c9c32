// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/status_merge.hpp"

#include <algorithm>
#include <array>

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(merging_status_reports)

namespace {

camera_standing camera(const std::string& called) {
  camera_standing out;
  out.last.camera = camera_id{called};
  return out;
}

/// As the telemetry, the grouper and the allocator report: each what only it knows.
std::array<status_report, 3> parts() {
  status_report of_telemetry, of_grouper, of_allocator;
  of_telemetry.uptime = 60s;
  of_telemetry.cameras = {camera("east"), camera("north"), camera("south")};
  of_grouper.groups = {{group_id{1}, {camera_id{"north"}, camera_id{"south"}}, 0, 0, 0}};
  of_allocator.term = epoch{4};
  of_allocator.window = 7;
  of_allocator.micro_window = 3;
  of_allocator.groups = {{group_id{1}, {}, .5, .8, 2}, {group_id{2}, {}, .4, .2, 1}};
  of_allocator.workers = {{worker_id{"gpu0"}, "cpu", true, 5s}};
  return {of_telemetry, of_grouper, of_allocator};
}

status_report whole() {
  status_report out;
  out.uptime = 60s;
  out.term = epoch{4};
  out.window = 7;
  out.micro_window = 3;
  out.cameras = {camera("east"), camera("north"), camera("south")};
  out.groups = {{group_id{1}, {camera_id{"north"}, camera_id{"south"}}, .5, .8, 2},
                {group_id{2}, {}, .4, .2, 1}};
  out.workers = {{worker_id{"gpu0"}, "cpu", true, 5s}};
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_whole_is_the_same_in_whatever_order_the_parts_come) {
  std::array<std::size_t, 3> order{0, 1, 2};
  do {
    status_report merged;
    for (const auto i : order)
      merge(merged, parts()[i]);
    BOOST_TEST((merged == whole()), "in the order " << order[0] << order[1] << order[2]);
  } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(a_camera_is_placed_in_the_group_that_names_it) {
  auto placed = whole();
  place_cameras_in_groups(placed);
  auto expected = whole();
  expected.cameras[1].group = expected.cameras[2].group = group_id{1};
  BOOST_TEST((placed == expected));
}

BOOST_AUTO_TEST_SUITE_END()
