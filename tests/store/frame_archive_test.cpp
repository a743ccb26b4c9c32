// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/frame_archive.hpp"

#include <fstream>
#include <iterator>
#include <numeric>

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "runtime/store/kept_frames_reader.hpp"

using namespace ecco;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t plenty = 100'000'000;

struct folder {
  fs::path path = fs::temp_directory_path() / ("ecco-frames-test-" + std::to_string(::getpid()));
  duration now = 1000s;
  folder() { fs::remove_all(path); }
  ~folder() { fs::remove_all(path); }

  std::shared_ptr<frame_archive> open(std::uint64_t most_bytes = plenty,
                                      std::vector<std::string> classes = {"person", "car"}) {
    return open_frame_archive(path, {most_bytes, std::move(classes), "ecco test", [this] { return now; }})
        .value();
  }

  std::uint64_t bytes_on_disk() const {
    std::uint64_t sum = 0;
    const auto files = kept_frame_files(path).value();
    for (const auto& file : files)
      sum += fs::file_size(file);
    return sum;
  }
};

/// Two frames, of which a teacher saw the first.
labelled_segment a_segment(std::uint64_t sequence, std::size_t bytes_of_video = 1000) {
  labelled_segment out;
  out.video = {camera_id{"north"}, sequence, incarnation{7}, sample_role::held_out, "h264", 64, 48, {}, {}};
  out.video.frames = {{1s, {}, 4}, {1200ms, {}, 4}};
  out.video.stream = blob{bytes(bytes_of_video, static_cast<std::uint8_t>(sequence))};
  label one{{.1F, .2F, .3F, .4F}, 1, true, {}};
  one.shape.rings = {{{1, 2}, {3, 4}, {65535, 0}}};
  out.labels = {std::vector{one, label{{0, 0, 1, 1}, 0, false, {}}}, std::nullopt};
  out.group = group_id{3};
  out.place = {47.5, 8.5};
  return out;
}

void keep_three_in_each_of_two_lives(folder& in) {
  for (std::uint64_t life = 0; life < 2; ++life) {
    auto archive = in.open();
    for (std::uint64_t i = 0; i < 3; ++i)
      BOOST_TEST_REQUIRE(archive->keep(a_segment(3 * life + i), 0s).has_value());
  }
}

struct content {
  std::vector<labelled_segment> segments;
  std::vector<kept_joining> joinings;
  std::vector<error> faults;
};

content read_all(const fs::path& path) {
  content out;
  auto reader = kept_frames_reader::open(path).value();
  while (auto entry = reader.next()) {
    if (auto* segment = std::get_if<labelled_segment>(&*entry))
      out.segments.push_back(std::move(*segment));
    else
      out.joinings.push_back(std::get<kept_joining>(*entry));
  }
  out.faults = reader.faults();
  return out;
}

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write(const fs::path& file, const std::string& data) {
  std::ofstream{file, std::ios::binary | std::ios::trunc} << data;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(what_was_kept_is_there_after_a_restart_with_time_and_numbers, folder) {
  {
    auto archive = open();
    BOOST_TEST_REQUIRE(archive->keep(a_segment(0), 2s).has_value());
    BOOST_TEST_REQUIRE(archive->joined(camera_id{"north"}, group_id{5}, 30s).has_value());
  }
  now = 2000s;
  BOOST_TEST_REQUIRE(open()->keep(a_segment(1), 0s).has_value());
  const auto kept = read_all(path);
  auto first = a_segment(0), second = a_segment(1);
  first.first = 1;
  first.arrived = 998s;
  second.first = 3;
  second.arrived = 2000s;
  BOOST_TEST((kept.segments == std::vector{first, second}));
  BOOST_TEST((kept.joinings == std::vector{kept_joining{camera_id{"north"}, group_id{5}, 970s, 1000s}}));
  BOOST_TEST(kept.faults.empty());
}

BOOST_FIXTURE_TEST_CASE(each_file_knows_its_own_classes, folder) {
  BOOST_TEST_REQUIRE(open()->keep(a_segment(0), 0s).has_value());
  BOOST_TEST_REQUIRE(open(plenty, {"dog", "cat"})->keep(a_segment(1), 0s).has_value());
  auto reader = kept_frames_reader::open(path).value();
  BOOST_TEST_REQUIRE(reader.next().has_value());
  BOOST_TEST((reader.classes() == std::vector<std::string>{"person", "car"}));
  BOOST_TEST_REQUIRE(reader.next().has_value());
  BOOST_TEST((reader.classes() == std::vector<std::string>{"dog", "cat"}));
  BOOST_TEST(!reader.next().has_value());
}

BOOST_FIXTURE_TEST_CASE(the_bound_is_kept_at_every_moment_and_the_oldest_go_first, folder) {
  constexpr std::uint64_t bound = 64'000;
  for (int life = 0; life < 3; ++life) {
    auto archive = open(bound);
    for (int i = 0; i < 40; ++i) {
      BOOST_TEST_REQUIRE(
          archive->keep(a_segment(static_cast<std::uint64_t>(40 * life + i), 2000), 0s).has_value());
      BOOST_TEST_REQUIRE(bytes_on_disk() <= bound);
    }
  }
  const auto kept = read_all(path);
  BOOST_TEST_REQUIRE(kept.segments.size()
                     > 15u); // of 28 that there is room for, an eighth may have gone for the next
  for (std::size_t i = 0; i < kept.segments.size(); ++i) {
    const auto sequence = 120 - kept.segments.size() + i;
    BOOST_TEST(kept.segments[i].video.sequence == sequence);
    BOOST_TEST(kept.segments[i].first == 2 * sequence + 1);
  }
}

BOOST_FIXTURE_TEST_CASE(less_room_than_before_is_made_when_the_server_starts, folder) {
  {
    auto archive = open(400'000);
    for (std::uint64_t i = 0; i < 100; ++i)
      BOOST_TEST_REQUIRE(archive->keep(a_segment(i, 2000), 0s).has_value());
  }
  BOOST_TEST(bytes_on_disk() > 100'000u);
  const auto archive = open(100'000);
  BOOST_TEST(bytes_on_disk() <= 100'000u);
  BOOST_TEST(read_all(path).segments.back().video.sequence == 99u);
}

BOOST_FIXTURE_TEST_CASE(what_is_larger_than_all_the_room_is_refused_and_the_next_is_kept, folder) {
  auto archive = open(20'000);
  BOOST_TEST_REQUIRE(archive->keep(a_segment(0), 0s).has_value());
  const auto refused = archive->keep(a_segment(1, 30'000), 0s);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ec::invalid_argument));
  BOOST_TEST_REQUIRE(archive->keep(a_segment(2), 0s).has_value());
  const auto kept = read_all(path);
  BOOST_TEST_REQUIRE(kept.segments.size() == 2u);
  BOOST_TEST(kept.segments[1].first == 3u); // no number is wasted
}

BOOST_FIXTURE_TEST_CASE(a_torn_last_entry_never_was_and_loses_none_before_it, folder) {
  {
    auto archive = open();
    for (std::uint64_t i = 0; i < 3; ++i)
      BOOST_TEST_REQUIRE(archive->keep(a_segment(i), 0s).has_value());
  }
  const auto file = kept_frame_files(path).value().at(0);
  const auto whole = content_of(file);
  const auto last = encode_entry(a_segment(2)).size();
  for (std::size_t cut = 1; cut < last; cut += 37) {
    write(file, whole.substr(0, whole.size() - cut));
    const auto kept = read_all(path);
    BOOST_TEST_REQUIRE(kept.segments.size() == 2u);
    BOOST_TEST(kept.faults.empty());
  }
  // The next process goes on behind it, in a file of its own.
  BOOST_TEST_REQUIRE(open()->keep(a_segment(9), 0s).has_value());
  const auto kept = read_all(path);
  BOOST_TEST_REQUIRE(kept.segments.size() == 3u);
  BOOST_TEST(kept.segments[2].video.sequence == 9u);
  BOOST_TEST(kept.segments[2].first == 5u);
}

BOOST_FIXTURE_TEST_CASE(damage_is_named_with_file_and_byte_and_what_follows_is_read, folder) {
  keep_three_in_each_of_two_lives(*this);
  const auto file = kept_frame_files(path).value().at(0);
  auto data = content_of(file);
  const auto second = data.size() - 2 * encode_entry(a_segment(1)).size();
  data[second + 500] ^= 4;
  write(file, data);
  const auto kept = read_all(path);
  std::vector<std::uint64_t> sequences;
  for (const auto& segment : kept.segments)
    sequences.push_back(segment.video.sequence);
  BOOST_TEST((sequences == std::vector<std::uint64_t>{0, 2, 3, 4, 5}));
  BOOST_TEST_REQUIRE(kept.faults.size() == 1u);
  BOOST_TEST((kept.faults[0].code == ec::malformed_data));
  BOOST_TEST(kept.faults[0].what
             == file.string() + ": at byte " + std::to_string(second)
                    + ": its check does not match: bytes were changed");
}

BOOST_FIXTURE_TEST_CASE(entries_that_cannot_be_told_apart_cost_the_rest_of_their_file, folder) {
  keep_three_in_each_of_two_lives(*this);
  const auto file = kept_frame_files(path).value().at(0);
  auto data = content_of(file);
  data[data.size() - 2 * encode_entry(a_segment(1)).size()] = '\x7f'; // the number of its pieces
  write(file, data);
  const auto kept = read_all(path);
  BOOST_TEST_REQUIRE(kept.segments.size() >= 4u);
  BOOST_TEST(kept.segments.front().video.sequence == 0u);
  BOOST_TEST(kept.segments.back().video.sequence == 5u);
}

BOOST_FIXTURE_TEST_CASE(numbers_are_not_given_twice_after_damage, folder) {
  {
    auto archive = open();
    for (std::uint64_t i = 0; i < 3; ++i)
      BOOST_TEST_REQUIRE(archive->keep(a_segment(i), 0s).has_value());
  }
  const auto file = kept_frame_files(path).value().at(0);
  auto data = content_of(file);
  data[data.size() / 2] ^= 1;
  write(file, data);
  BOOST_TEST_REQUIRE(open()->keep(a_segment(3), 0s).has_value());
  BOOST_TEST(read_all(path).segments.back().first > 6u);
}

BOOST_FIXTURE_TEST_CASE(what_should_not_stand_in_a_file_is_refused, folder) {
  fs::create_directories(path);
  const auto text = [](const kept_entry& entry) {
    const auto data = encode_entry(entry);
    return std::string{data.begin(), data.end()};
  };
  auto good = a_segment(0);
  good.first = 1;
  auto of_no_class = good, guarded = good, unnumbered = good, uneven = good;
  of_no_class.labels[0]->at(0).class_id = 2;
  guarded.video.role = sample_role::guard;
  unnumbered.first = 0;
  uneven.labels.pop_back();
  const kept_header header{1, "t", {"person", "car"}, 1};
  auto later = header;
  later.version = 2;
  const auto fault_of = [&](const std::string& data) {
    write(path / "00000001.frames", data);
    const auto kept = read_all(path);
    return kept.faults.empty() ? std::string{} : kept.faults[0].what;
  };
  const auto has = [](const std::string& all, const char* part) {
    return all.find(part) != std::string::npos;
  };
  BOOST_TEST(fault_of(text(header) + text(good)).empty());
  BOOST_TEST(has(fault_of(text(good)), "does not begin with a header"));
  BOOST_TEST(has(fault_of(text(header) + text(header)), "a second header"));
  BOOST_TEST(has(fault_of(text(later)), "schema version 2"));
  BOOST_TEST(has(fault_of(text(kept_header{1, "t", {}, 1})), "header.classes has 0 names"));
  BOOST_TEST(has(fault_of(text(header) + text(of_no_class)), "a label of class 2, where there are 2"));
  BOOST_TEST(has(fault_of(text(header) + text(guarded)), "segment.video.role is guard"));
  BOOST_TEST(has(fault_of(text(header) + text(unnumbered)), "segment.first is 0"));
  BOOST_TEST(has(fault_of(text(header) + text(uneven)), "segment.labels has 1 entries for 2 frames"));
  BOOST_TEST(has(fault_of("this is not one of ours, by far"), "at byte 0"));
}

BOOST_FIXTURE_TEST_CASE(a_folder_without_frames_is_not_found, folder) {
  BOOST_TEST((kept_frames_reader::open(path).error().code == ec::not_found));
  fs::create_directories(path);
  write(path / "notes.txt", "mine");
  write(path / "1.frames", "too short a name");
  BOOST_TEST((kept_frames_reader::open(path).error().code == ec::not_found));
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_refuses_costs_only_what_it_refused, folder) {
  auto archive = open();
  fs::remove_all(path);
  write(path, "in the way");
  const auto refused = archive->keep(a_segment(0), 0s);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ec::io_failed));
  fs::remove(path);
  fs::create_directories(path);
  BOOST_TEST_REQUIRE(archive->keep(a_segment(1), 0s).has_value());
  BOOST_TEST(read_all(path).segments.size() == 1u);
}

namespace {

labelled_segment any_segment() {
  const auto number = [](std::uint32_t most) { return *rc::gen::inRange<std::uint32_t>(0, most); };
  labelled_segment out;
  out.video = {camera_id{"c" + std::to_string(number(100))},
               number(1000),
               incarnation{number(1000)},
               *rc::gen::element(sample_role::train, sample_role::held_out),
               "h264",
               static_cast<std::uint16_t>(number(65536)),
               static_cast<std::uint16_t>(number(65536)),
               {},
               {}};
  const auto corner_of = [&] {
    return corner{static_cast<std::uint16_t>(number(65536)), static_cast<std::uint16_t>(number(65536))};
  };
  for (std::uint32_t i = number(5); i > 0; --i) {
    out.video.frames.push_back({duration{number(1'000'000)}, {}, number(9)});
    if (number(4) == 0) {
      out.labels.emplace_back();
      continue;
    }
    std::vector<label> labels(number(4));
    for (auto& one : labels) {
      const auto x = static_cast<float>(number(1000)) / 1000, y = static_cast<float>(number(1000)) / 1000;
      one = {{x / 2, y / 3, x, y}, static_cast<std::uint16_t>(number(2)), number(2) == 1, {}};
      for (std::uint32_t k = number(3); k > 0; --k)
        one.shape.rings.push_back({corner_of(), corner_of(), corner_of()});
    }
    out.labels.emplace_back(std::move(labels));
  }
  if (const auto size = number(3000); size > 0)
    out.video.stream = blob{bytes(size, static_cast<std::uint8_t>(size))};
  out.group = group_id{number(10)};
  out.place = {static_cast<double>(number(90)), -static_cast<double>(number(180))};
  return out;
}

} // namespace

RC_BOOST_FIXTURE_PROP(whatever_is_kept_is_read_back_equal, folder, ()) {
  fs::remove_all(path);
  std::vector<labelled_segment> given(*rc::gen::inRange<std::size_t>(1, 6));
  auto archive = open();
  std::uint64_t first = 1;
  for (auto& one : given) {
    one = any_segment();
    const auto age = duration{*rc::gen::inRange<std::int64_t>(0, 1'000'000)};
    RC_ASSERT(archive->keep(one, age).has_value());
    one.arrived = now - age;
    one.first = first;
    first += one.labels.size();
    if (*rc::gen::inRange(0, 3) == 0)
      archive = open();
  }
  const auto kept = read_all(path);
  RC_ASSERT(kept.faults.empty());
  RC_ASSERT(kept.segments == given);
}
