// SPDX-License-Identifier: Apache-2.0
#include "actors/archivist.hpp"

#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(archivist_test)

namespace {

/// Three frames in a stream of 1000 bytes.
archive_entry a_segment(std::uint64_t sequence, const std::string& camera = "north") {
  labelled_segment out;
  out.video.camera = camera_id{camera};
  out.video.sequence = sequence;
  out.video.frames.resize(3);
  out.video.stream = blob{bytes(1000, 1)};
  out.labels.resize(3);
  return {std::make_shared<const archive_content>(std::move(out)), {}};
}

/// Room for three entries, the one under way included.
struct a_server : virtual_system {
  mock<archive_writer_actor> disk{*this};
  recorder telemetry{*this};
  archivist_actor keeper;

  a_server() {
    disk.hold<archive_entry>();
    archivist_config config;
    config.most_waiting = 3 * bytes_of(a_segment(0)) + 10;
    config.patience = 5s;
    keeper = keep(system().spawn(
        archivist, config, [this](caf::actor_system&) { return disk.handle(); }, telemetry.handle()));
    settle();
  }
  ~a_server() {
    caf::anon_send_exit(keeper, caf::exit_reason::kill); // or it would wait for a disk that never answers
    settle();
    end();
  }

  void keep_segments(std::uint64_t from, std::uint64_t to) {
    for (auto i = from; i < to; ++i)
      tell(keeper, a_segment(i));
  }

  void one_is_written() { disk.deliver<archive_entry>(archive_entry{}); }

  /// Numbers of what the disk was given, in order.
  std::vector<std::uint64_t> given() {
    std::vector<std::uint64_t> out;
    for (const auto& entry : disk.got<archive_entry>())
      out.push_back(std::get<labelled_segment>(*entry.content).video.sequence);
    return out;
  }

  std::vector<double> lost() {
    std::vector<double> out;
    for (const auto& what : telemetry.all(event_id::frames_kept))
      out.push_back(what.value);
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_disk_is_given_one_entry_after_the_other_in_their_order, a_server) {
  keep_segments(0, 3);
  BOOST_TEST((given() == std::vector<std::uint64_t>{0}));
  one_is_written();
  BOOST_TEST((given() == std::vector<std::uint64_t>{0, 1}));
  one_is_written();
  one_is_written();
  keep_segments(3, 4);
  one_is_written();
  BOOST_TEST((given() == std::vector<std::uint64_t>{0, 1, 2, 3}));
  BOOST_TEST(telemetry.got<event>().empty());
}

BOOST_FIXTURE_TEST_CASE(what_a_slow_disk_leaves_no_room_for_is_lost_and_counted, a_server) {
  keep_segments(0, 5);
  const auto told = telemetry.all(event_id::frames_unkept);
  BOOST_TEST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].camera.value == "north");
  BOOST_TEST(told[0].text.find("2 segments wait for the disk") != std::string::npos, told[0].text);
  one_is_written();
  keep_segments(5, 7); // room for one
  BOOST_TEST(lost().empty()); // it has not caught up yet
  for (int i = 0; i < 3; ++i)
    one_is_written();
  BOOST_TEST((given() == std::vector<std::uint64_t>{0, 1, 2, 5}));
  BOOST_TEST((lost() == std::vector<double>{9})); // 3, 4 and 6
  BOOST_TEST(telemetry.all(event_id::frames_unkept).size() == 1u);
  keep_segments(7, 11);
  BOOST_TEST(telemetry.all(event_id::frames_unkept).size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(what_a_full_disk_refuses_is_lost_and_the_next_is_tried, a_server) {
  keep_segments(0, 3);
  disk.deliver<archive_entry>(error{ec::io_failed, "no space left", "make some"});
  const auto told = telemetry.all(event_id::frames_unkept);
  BOOST_TEST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].text.find("no space left") != std::string::npos);
  disk.deliver<archive_entry>(error{ec::io_failed, "no space left", "make some"});
  BOOST_TEST(telemetry.all(event_id::frames_unkept).size() == 1u);
  one_is_written();
  BOOST_TEST((lost() == std::vector<double>{6}));
}

BOOST_FIXTURE_TEST_CASE(a_dead_writer_is_a_disk_that_refuses, a_server) {
  caf::anon_send_exit(disk.handle(), caf::exit_reason::unhandled_exception);
  settle();
  keep_segments(0, 2);
  BOOST_TEST(telemetry.all(event_id::frames_unkept).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(whatever_ends_an_archivist_ends_its_writer, a_server) {
  const auto writer_ended = watch(disk.handle());
  caf::anon_send_exit(keeper, caf::exit_reason::kill);
  settle();
  BOOST_TEST(writer_ended->has_value());
}

BOOST_FIXTURE_TEST_CASE(an_end_waits_until_what_waits_is_written, a_server) {
  keep_segments(0, 3);
  const auto ended = watch(keeper), writer_ended = watch(disk.handle());
  caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  settle();
  one_is_written();
  one_is_written();
  BOOST_TEST(!ended->has_value());
  one_is_written();
  BOOST_TEST(ended->has_value());
  BOOST_TEST(writer_ended->has_value());
  BOOST_TEST(given().size() == 3u);
  BOOST_TEST(telemetry.got<event>().empty());
}

BOOST_FIXTURE_TEST_CASE(an_end_does_not_wait_for_ever_and_tells_what_is_lost, a_server) {
  keep_segments(0, 3);
  const auto ended = watch(keeper);
  caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  advance(4s);
  BOOST_TEST(!ended->has_value());
  advance(2s);
  BOOST_TEST(ended->has_value());
  BOOST_TEST(telemetry.all(event_id::frames_unkept).size() == 1u);
  BOOST_TEST((lost() == std::vector<double>{6})); // the first may have been written
}

// -- the writer --------------------------------------------------------------------------------------------

namespace {

struct a_shelf : frame_archive {
  bool full = false;
  std::vector<std::pair<labelled_segment, duration>> kept;
  std::vector<std::pair<kept_joining, duration>> joinings;

  result<void> keep(labelled_segment segment, duration age) override {
    if (full)
      return fail(ec::io_failed, "the disk is full");
    kept.emplace_back(std::move(segment), age);
    return {};
  }
  result<void> joined(const camera_id& camera, group_id group, duration since) override {
    joinings.emplace_back(kept_joining{camera, group, {}, {}}, since);
    return {};
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_archive_hears_of_ages_not_of_the_actors_clock, virtual_system) {
  const auto shelf = std::make_shared<a_shelf>();
  const auto writer = keep(system().spawn(archive_writer, shelf));
  recorder telemetry{*this};
  const auto keeper = keep(system().spawn(
      archivist, archivist_config{}, [=](caf::actor_system&) { return writer; }, telemetry.handle()));
  auto entry = a_segment(1);
  entry.at = std::chrono::duration_cast<duration>(system().clock().now().time_since_epoch());
  advance(4s);
  tell(keeper, entry);
  entry.content = std::make_shared<const archive_content>(kept_joining{camera_id{"north"}, group_id{7}, {}, {}});
  advance(3s);
  tell(keeper, entry);
  BOOST_TEST_REQUIRE((shelf->kept.size() == 1u && shelf->joinings.size() == 1u));
  BOOST_TEST((shelf->kept[0].first == std::get<labelled_segment>(*a_segment(1).content)));
  BOOST_TEST((shelf->kept[0].second == 4s));
  BOOST_TEST((shelf->joinings[0].first == kept_joining{camera_id{"north"}, group_id{7}, {}, {}}));
  BOOST_TEST((shelf->joinings[0].second == 7s));
  shelf->full = true;
  tell(keeper, a_segment(2));
  BOOST_TEST(telemetry.all(event_id::frames_unkept).size() == 1u);
  shelf->full = false;
  tell(keeper, a_segment(3));
  BOOST_TEST(telemetry.all(event_id::frames_kept).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
