// SPDX-License-Identifier: Apache-2.0
#include "actors/video_sender.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/frames.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(video_sender_test)

namespace {

/// One picture of every second is wanted: training 0 and 1, guard 2, held out 3, again and again.
const sampling_plan a_plan{1, 1, 16, 16, 100'000, {4, 2, 1, 1}};

/// A sender whose link and encoders note what they are given, and fail when told so.
struct a_sender {
  std::vector<encoded_segment> sent;
  std::vector<sampling_plan> encoders;
  std::vector<std::uint32_t> bit_rates;
  std::vector<double> paces;
  link_observation seen;
  bool link_broken = false, encoder_broken = false;
  rate_options rates;
  video_sender tested{camera_id{"north"}, incarnation{9},
                      [this](const sampling_plan& plan) { return make_encoder(plan); },
                      [this](const camera_welcome&) { return open_link(); }, rates};

  explicit a_sender(rate_law law = rate_law::fixed) {
    rates.law = law;
    rates.kept = .5;
    tested = {camera_id{"north"}, incarnation{9}, [this](const sampling_plan& plan) { return make_encoder(plan); },
              [this](const camera_welcome&) { return open_link(); }, rates};
    tested.begin(a_plan);
    BOOST_TEST_REQUIRE(tested.connect({}).has_value());
  }

  struct noting_link : media_sender {
    explicit noting_link(a_sender& notes) : notes_(notes) {}
    result<void> send(const encoded_segment& segment) override {
      notes_.sent.push_back(segment);
      return pump();
    }
    result<void> pump() override {
      return notes_.link_broken ? fail(ec::unreachable, "gone") : result<void>{};
    }
    void pace(double bits_per_second) override { notes_.paces.push_back(bits_per_second); }
    link_observation observe() override { return notes_.seen; }
    counters sent() const override { return {notes_.sent.size(), 0, 0}; }
    a_sender& notes_;
  };

  struct noting_encoder : segment_encoder {
    explicit noting_encoder(a_sender& notes) : notes_(notes) {}
    std::string codec() const override { return "noted"; }
    result<blob> encode(std::span<const image>, duration) override {
      return notes_.encoder_broken ? fail(ec::internal, "no") : result<blob>{text_blob("coded")};
    }
    void set_bit_rate(std::uint32_t to) override { notes_.bit_rates.push_back(to); }
    a_sender& notes_;
  };

  result<std::unique_ptr<media_sender>> open_link() {
    if (link_broken)
      return fail(ec::unreachable, "nobody there");
    return std::make_unique<noting_link>(*this);
  }

  result<std::unique_ptr<segment_encoder>> make_encoder(const sampling_plan& plan) {
    encoders.push_back(plan);
    return std::make_unique<noting_encoder>(*this);
  }

  /// Shows the picture at `at`, as a camera in a group does.
  result<void> show(duration at) {
    const source_picture shown{at, at, small_picture()};
    auto passed = tested.pass(at);
    if (tested.wants(shown, true))
      tested.add(shown, {}, 1);
    tested.pump(at);
    return passed;
  }

  void show_seconds(int from, int to) {
    for (auto at = duration{from * 1s}; at < to * 1s; at += 100ms)
      BOOST_TEST(show(at).has_value());
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(each_second_with_a_role_becomes_one_segment_of_that_role, a_sender) {
  show_seconds(0, 9);
  std::vector<sample_role> roles;
  for (const auto& segment : sent) {
    BOOST_TEST(segment.sequence == roles.size());
    BOOST_TEST(segment.frames.size() == 1u);
    roles.push_back(segment.role);
  }
  constexpr auto train = sample_role::train, held_out = sample_role::held_out;
  BOOST_TEST((roles == std::vector{train, train, held_out, train, train, held_out}));
  BOOST_TEST(tested.frames_sent() == 6u);
}

BOOST_FIXTURE_TEST_CASE(a_new_size_needs_a_new_encoder_and_a_new_bit_rate_does_not, a_sender) {
  show_seconds(0, 1);
  auto plan = a_plan;
  plan.bits_per_second = 50'000;
  BOOST_TEST(tested.change(plan).has_value());
  BOOST_TEST(sent.size() == 1u); // what was open went by the old plan
  show_seconds(1, 2);
  BOOST_TEST((bit_rates == std::vector<std::uint32_t>{50'000}));
  BOOST_TEST(encoders.size() == 1u);
  plan.width = 32;
  BOOST_TEST(tested.change(plan).has_value());
  show_seconds(3, 5);
  BOOST_TEST((encoders == std::vector{a_plan, plan}));
  BOOST_TEST_REQUIRE(sent.size() == 3u);
  BOOST_TEST(sent[1].width == 16);
  BOOST_TEST(sent[2].width == 32);
}

BOOST_FIXTURE_TEST_CASE(a_segment_that_cannot_be_encoded_is_lost_alone, a_sender) {
  show_seconds(0, 1);
  encoder_broken = true;
  BOOST_TEST(!show(1s).has_value());
  encoder_broken = false;
  show_seconds(2, 3);
  BOOST_TEST(sent.size() == 1u);
  BOOST_TEST(tested.connected());
}

BOOST_FIXTURE_TEST_CASE(without_a_link_nothing_is_asked_for_and_nothing_old_is_sent_by_the_next, a_sender) {
  show_seconds(0, 1);
  link_broken = true;
  tested.pump(1s);
  BOOST_TEST(!tested.connected());
  BOOST_TEST(!tested.wants({1s, 1s, small_picture()}, true));
  BOOST_TEST(!tested.connect({}).has_value());
  show_seconds(1, 4);
  link_broken = false;
  BOOST_TEST_REQUIRE(tested.connect({}).has_value());
  show_seconds(4, 6);
  BOOST_TEST_REQUIRE(sent.size() == 1u);
  BOOST_TEST((sent.front().frames.front().media_time == 4s));
}

BOOST_FIXTURE_TEST_CASE(a_fixed_rate_is_the_plans_and_the_link_is_left_alone, a_sender) {
  seen = {100ms, 50ms, 50ms, 1000, true, false};
  show_seconds(0, 2);
  BOOST_TEST(paces.empty());
  BOOST_TEST(encoders.front().bits_per_second == a_plan.bits_per_second);
  BOOST_TEST(bit_rates.empty());
  BOOST_TEST(tested.rate() == a_plan.bits_per_second);
}

BOOST_AUTO_TEST_CASE(the_link_gets_the_controllers_rate_and_the_encoder_nine_tenths) {
  a_sender one{rate_law::corrected};
  one.seen = {100ms, 50ms, 50ms, 15'000, false, false}; // busy, and all is well
  one.show_seconds(0, 2);
  BOOST_TEST_REQUIRE(one.paces.size() > 10u);
  BOOST_TEST(one.paces[0] == 100e3);
  BOOST_TEST(one.paces[1] == 140e3, boost::test_tools::tolerance(.01));
  const auto before = one.tested.rate();
  BOOST_TEST(one.encoders.front().bits_per_second > .9 * 100e3);
  BOOST_TEST(one.encoders.front().bits_per_second < .9 * before);
  one.seen.lost = true;
  one.show_seconds(3, 4); // one look every 100 ms, one decrease every second look
  BOOST_TEST(one.tested.rate() == 50e3); // the floor
  BOOST_TEST(one.bit_rates.back() < .9 * before);
}

BOOST_AUTO_TEST_CASE(a_new_plan_does_not_undo_what_the_controller_found) {
  a_sender one{rate_law::corrected};
  one.seen = {100ms, 50ms, 50ms, 10'000, false, false};
  one.show_seconds(0, 2);
  const auto found = one.tested.rate();
  auto plan = a_plan;
  plan.bits_per_second = 10'000;
  plan.train_fps = 2;
  BOOST_TEST(one.tested.change(plan).has_value());
  BOOST_TEST(one.tested.rate() == found);
}

BOOST_AUTO_TEST_CASE(a_weight_makes_the_rate_grow_faster) {
  const auto grown = [](double weight) {
    a_sender one{rate_law::corrected};
    one.tested.compete({weight});
    one.seen = {100ms, 50ms, 50ms, 100'000, false, false};
    one.show_seconds(0, 1);
    return one.tested.rate() - 100e3;
  };
  BOOST_TEST(grown(2) == 2 * grown(1), boost::test_tools::tolerance(1e-9));
  BOOST_TEST(grown(-1) == grown(1)); // none
}

BOOST_AUTO_TEST_SUITE_END()
