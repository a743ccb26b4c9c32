// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/message_filter.hpp"

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;

namespace {

recorded_message a_request() {
  recorded_message out;
  out.at = 5s;
  out.sender = "camera:north";
  out.receiver = "grouper";
  out.kind = "retrainRequest";
  retrain_request request;
  request.camera = camera_id{"north"};
  out.message = request;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(message_filters)

BOOST_AUTO_TEST_CASE(an_empty_filter_lets_everything_through) {
  BOOST_TEST(matches({}, a_request()));
  BOOST_TEST(matches({}, recorded_message{}));
}

BOOST_AUTO_TEST_CASE(times_include_their_ends) {
  message_filter filter;
  filter.from = filter.to = 5s;
  BOOST_TEST(matches(filter, a_request()));
  filter.from = 5s + 1ns;
  filter.to = {};
  BOOST_TEST(!matches(filter, a_request()));
  filter.from = {};
  filter.to = 5s - 1ns;
  BOOST_TEST(!matches(filter, a_request()));
}

BOOST_AUTO_TEST_CASE(names_are_whole_or_begin_alike) {
  BOOST_TEST(agrees("", "anything"));
  BOOST_TEST(agrees("event", "event"));
  BOOST_TEST(!agrees("event", "events"));
  BOOST_TEST(agrees("camera:*", "camera:north"));
  BOOST_TEST(agrees("*", ""));
  BOOST_TEST(!agrees("camera:*", "ingest:north"));
}

BOOST_AUTO_TEST_CASE(a_camera_is_found_by_who_speaks_and_by_what_is_said) {
  message_filter north, south;
  north.camera = camera_id{"north"};
  south.camera = camera_id{"south"};
  BOOST_TEST(matches(north, a_request()));
  BOOST_TEST(!matches(south, a_request()));

  recorded_message batch;
  batch.sender = "ingest:south";
  labelled_frame frame;
  frame.shot.camera = camera_id{"north"};
  batch.message = sample_batch{camera_id{"south"}, {frame}, 0};
  BOOST_TEST(matches(north, batch));
  BOOST_TEST(matches(south, batch));

  recorded_message report;
  status_report status;
  status.cameras.resize(1);
  status.cameras[0].last.camera = camera_id{"north"};
  report.message = status;
  BOOST_TEST(matches(north, report));
  BOOST_TEST(!matches(south, report));
}

BOOST_AUTO_TEST_CASE(a_worker_of_the_same_name_is_no_camera) {
  recorded_message record;
  record.sender = "worker:north";
  message_filter north;
  north.camera = camera_id{"north"};
  BOOST_TEST(!matches(north, record));
}

BOOST_AUTO_TEST_CASE(a_group_is_found_by_its_job_and_by_what_is_said) {
  message_filter first, second;
  first.group = group_id{1};
  second.group = group_id{2};
  recorded_message record;
  record.receiver = "g-0001";
  record.message = join_order{group_id{2}, camera_id{"north"}, {}};
  BOOST_TEST(matches(first, record));
  BOOST_TEST(matches(second, record));
  record.receiver = "g-0003";
  BOOST_TEST(!matches(first, record));
  record.message = window_closed{1, {job_standing{group_id{1}, 0, 0, 0}}};
  BOOST_TEST(matches(first, record));
}

BOOST_AUTO_TEST_SUITE_END()
