// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/source.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <boost/test/unit_test.hpp>

#include "tests/video/pictures.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

/// 20 pictures of 128x96 at 10 a second, each brighter than the one before, and a sound. H.264 with B-frames:
/// the order of decoding is not that of display.
const std::string ramp = ECCO_TEST_DATA "/video/ramp.mp4";
const std::string tone = ECCO_TEST_DATA "/video/tone.wav";

std::vector<source_picture> read(frame_source& source, std::size_t count) {
  std::vector<source_picture> pictures;
  while (pictures.size() < count)
    pictures.push_back(source.next().value());
  return pictures;
}

error failure_of(const std::string& url, const std::vector<timed_filter>& filters = {}) {
  const auto opened = open_source({url, true, filters});
  BOOST_REQUIRE(!opened);
  return opened.error();
}

bool mentions(const error& failure, std::string_view text) {
  return failure.what.find(text) != std::string::npos;
}

bytes contents_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// A file of the test's own, gone with it.
class scratch_file {
 public:
  scratch_file(const std::string& name, const bytes& contents)
      : path_(std::filesystem::temp_directory_path()
              / ("ecco_" + std::to_string(std::random_device{}()) + name)) {
    std::ofstream{path_, std::ios::binary}.write(reinterpret_cast<const char*>(contents.data()),
                                                 static_cast<std::streamsize>(contents.size()));
  }
  ~scratch_file() { std::filesystem::remove(path_); }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(source)

BOOST_AUTO_TEST_CASE(pictures_come_in_display_order_until_the_end) {
  const auto source = open_source({ramp, false, {}}).value();
  const auto pictures = read(*source, 20);
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST((pictures[i].media_time == i * 100ms));
    BOOST_TEST((pictures[i].stream_time == i * 100ms));
    BOOST_TEST(pictures[i].picture.rgb.size() == 3u * 128 * 96);
    if (i > 0)
      BOOST_TEST(brightness(pictures[i].picture) > brightness(pictures[i - 1].picture) + 5);
  }
  BOOST_TEST((source->next().error().code == ec::end_of_stream));
  BOOST_TEST((source->next().error().code == ec::end_of_stream));
}

BOOST_AUTO_TEST_CASE(a_loop_restarts_media_time_and_goes_on_with_stream_time) {
  const auto source = open_source({ramp, true, {}}).value();
  const auto pictures = read(*source, 60);
  for (int i = 0; i < 60; ++i) {
    BOOST_TEST((pictures[i].stream_time == i * 100ms));
    BOOST_TEST((pictures[i].media_time == i % 20 * 100ms));
    BOOST_TEST((pictures[i].picture == pictures[i % 20].picture));
  }
}

BOOST_AUTO_TEST_CASE(filters_switch_at_their_stream_time) {
  const source_options options{ramp, true, {{1s, "eq=brightness=-.3"}, {2500ms, "crop=64:48:0:0,hue=s=0"}}};
  const auto plain = read(*open_source({ramp, true, {}}).value(), 30);
  const auto filtered = read(*open_source(options).value(), 30);
  for (int i = 0; i < 30; ++i) {
    BOOST_TEST((filtered[i].stream_time == i * 100ms));
    BOOST_TEST(filtered[i].picture.width == (i < 25 ? 128 : 64));
    if (i < 10)
      BOOST_TEST((filtered[i].picture == plain[i].picture));
    else if (i < 25)
      BOOST_TEST(brightness(filtered[i].picture) < brightness(plain[i].picture) - 10);
  }
}

BOOST_AUTO_TEST_CASE(rows_are_packed_whatever_the_crop) {
  for (const int width : {2, 17, 33, 63, 100}) {
    const auto source =
        open_source({ramp, true, {{0s, "crop=" + std::to_string(width) + ":31:1:1:exact=1"}}}).value();
    const auto picture = source->next().value().picture;
    BOOST_TEST(picture.width == width);
    BOOST_TEST(picture.height == 31);
    BOOST_TEST(picture.rgb.size() == 3u * width * 31);
    const auto [low, high] = std::ranges::minmax(picture.rgb.view());
    BOOST_TEST(high - low < 8, "the picture is of one grey: no padding in it");
  }
}

BOOST_AUTO_TEST_CASE(a_filter_may_lower_the_frame_rate) {
  const auto pictures = read(*open_source({ramp, true, {{0s, "fps=5"}}}).value(), 20);
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST((pictures[i].stream_time == i * 200ms));
    BOOST_TEST((pictures[i].media_time == i % 10 * 200ms));
  }
}

BOOST_AUTO_TEST_CASE(bad_chains_are_refused_at_open_with_their_text_and_the_reason) {
  const auto failure_with = [](const std::string& chain) {
    return failure_of(ramp, {{0s, "hflip"}, {1h, chain}});
  };
  const auto too_big = failure_with("crop=5000:288");
  BOOST_TEST((too_big.code == ec::invalid_argument));
  BOOST_TEST(mentions(too_big, ramp));
  BOOST_TEST(mentions(too_big, "crop=5000:288"));
  BOOST_TEST(mentions(too_big, "Invalid too big or non positive size"));
  BOOST_TEST(mentions(failure_with("blurr=3"), "No such filter: 'blurr'"));
  for (const auto* chain :
       {"split[a][b]", "[x]null", "null;null", "anull", "scale=9000:9000", "eq=brightness=dark"})
    BOOST_TEST((failure_with(chain).code == ec::invalid_argument), chain);
  BOOST_TEST((failure_of(ramp, {{2s, "hflip"}, {1s, "vflip"}}).code == ec::invalid_argument));
}

BOOST_AUTO_TEST_CASE(what_is_no_video_is_refused) {
  BOOST_TEST((failure_of(ECCO_TEST_DATA "/video/absent.mp4").code == ec::not_found));
  BOOST_TEST(mentions(failure_of(ECCO_TEST_DATA "/video/absent.mp4"), "absent.mp4: No such file"));
  BOOST_TEST((failure_of(tone).code == ec::malformed_data));
  BOOST_TEST(mentions(failure_of(tone), "no video stream"));
  const scratch_file text{".mp4", bytes(1000, 'a')};
  BOOST_TEST((failure_of(text.path()).code == ec::malformed_data));
  const scratch_file labels{".txt", bytes(10'000, '7')};
  BOOST_TEST(mentions(failure_of(labels.path()), "a text, not a video"));
  BOOST_TEST((failure_of("nosuch://host/x").code == ec::unsupported));
  BOOST_TEST((failure_of("rtsp://127.0.0.1:1/x").code == ec::unreachable));
}

BOOST_AUTO_TEST_CASE(passwords_are_never_told) {
  for (const auto* url : {"rtsp://joe:s3cret@127.0.0.1:1/x", "rtsp://joe:s3cret/@/s3cret@127.0.0.1:1/x",
                          "http://127.0.0.1:1/x?user=joe&password=s3cret", "nosuch://joe:s3cret@host/x"}) {
    const auto told = render(failure_of(url));
    BOOST_TEST(told.find("s3cret") == std::string::npos, told);
    BOOST_TEST(told.find("***") != std::string::npos, told);
  }
}

BOOST_AUTO_TEST_CASE(truncated_files_end_early) {
  const auto whole = contents_of(ramp);
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    const scratch_file cut{".mp4", bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))};
    const auto source = open_source({cut.path(), false, {}});
    if (!source) {
      BOOST_TEST((source.error().code == ec::malformed_data), render(source.error()));
      continue;
    }
    int count = 0;
    auto picture = (*source)->next();
    for (; picture; picture = (*source)->next())
      ++count;
    BOOST_TEST(count <= 20);
    BOOST_TEST((picture.error().code == ec::end_of_stream || picture.error().code == ec::malformed_data));
  }
}

BOOST_AUTO_TEST_CASE(damaged_packets_are_skipped_up_to_a_bound) {
  auto damaged = contents_of(ramp);
  const std::string marker = "mdat";
  const auto media =
      std::search(damaged.begin(), damaged.end(), marker.begin(), marker.end()) - damaged.begin();
  std::fill(damaged.begin() + media + 1500, damaged.end(), 0xff);
  const scratch_file file{".mp4", damaged};
  const auto source = open_source({file.path(), true, {}}).value();
  auto last = duration{-1};
  for (const auto& picture : read(*source, 50)) {
    BOOST_TEST((picture.stream_time > last));
    last = picture.stream_time;
  }
}

BOOST_AUTO_TEST_CASE(real_video_loops_at_even_pace, *boost::unit_test::precondition(has_real_video)) {
  const auto source = open_source({real_video, true, {{0s, "scale=64:48"}}}).value();
  for (int i = 0; i < 800; ++i) {
    const auto next = source->next().value();
    BOOST_REQUIRE((next.stream_time == i * 100ms));
    BOOST_REQUIRE((next.media_time == i % 795 * 100ms));
  }
}

BOOST_AUTO_TEST_SUITE_END()
