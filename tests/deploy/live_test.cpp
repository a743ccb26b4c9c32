// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/live_view.hpp"

#include <cstdio>
#include <limits>
#include <memory>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "deploy/report/event_text.hpp"
#include "runtime/base/event_ids.hpp"
#include "tests/deploy/made_runs.hpp"

namespace ecco {

namespace {

live_state demo_at(double until) {
  live_state state;
  state.title = "ecco demo   policy ecco   seed 7";
  const auto run = made::demo_like();
  for (const auto& e : run.events)
    if (seconds_of(e.at) <= until)
      state.apply(e);
  for (const auto& [id, tally] : run.cameras)
    state.apply(tally.last);
  state.apply(made::at(until, event_id::share_announced, {.group = 1, .value = 0.62}));
  state.apply(made::at(until, event_id::share_announced, {.group = 2, .value = 0.38}));
  return state;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines)
    text += line + '\n';
  return text;
}

/// What a view has written so far.
std::string written(std::FILE* file) {
  std::fflush(file);
  std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  BOOST_REQUIRE(std::fread(text.data(), 1, text.size(), file) == text.size());
  return text;
}

struct closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using temporary_file = std::unique_ptr<std::FILE, closer>;

} // namespace

BOOST_AUTO_TEST_SUITE(live)

BOOST_AUTO_TEST_CASE(the_table_looks_like_this) {
  BOOST_TEST(joined(table_lines(demo_at(230), {.width = 80, .height = 14}))
             == R"(ecco demo   policy ecco   seed 7
3:50   window 0   1 worker
GROUP   CAMERA           mAP   GAIN  TREND                   DRIFT   MODEL   GPU
g-0001  north           0.54  +0.33  ▇▇▆▃▄▃▃▅▅▆▆▆▆▆▆▆▆▆▇▆▇▆   0.10       3  62 %
        yard            0.54  +0.36  ▇▇▆▃▃▃▃▅▅▅▆▅▆▆▆▆▆▆▆▆▆▆   0.10       3
g-0002  gate            0.52  +0.21  ██▆▄▄▄▅▄▄▅▅▆▆▅▆▆▆▆▆▆▆▆   0.10       3  38 %
        hall            0.42  +0.27  ▇▇▆▇▆▇▆▃▃▃▃▃▃▃▃▄▄▄▅▅▅▅   0.10       3

GPU     aabbaaabbaaabbaaabbaaabbaaabbaaa   a g-0001   b g-0002

  3:21  yard gets a new model: revision 3
  3:23  gate joins g-0002: its model gives +0.04
  3:41  gate gets a new model: revision 3
  3:41  hall gets a new model: revision 3
)");
}

BOOST_AUTO_TEST_CASE(the_ascii_table_looks_like_this) {
  BOOST_TEST(joined(table_lines(demo_at(126), {.width = 70, .height = 13, .unicode = false}))
             == R"(ecco demo   policy ecco   seed 7
2:06   window 0   1 worker
GROUP   CAMERA           mAP   GAIN  TREND         DRIFT   MODEL   GPU
g-0001  north           0.41  +0.20    -=*****:-:   0.10       3  62 %
        yard            0.38  +0.20    .=+****:-:   0.10       3
        gate            0.32  +0.01    -=*####=::   0.10 !     3
g-0002  hall            0.17  +0.01    .=++*****:   0.10 !     3  38 %

GPU     aaaaaaaaaaaaa   a g-0001

  2:01  yard gets a new model: revision 3
  2:05  hall: drift noticed, score 1.00
  2:06  hall opens g-0002: no group fits
)");
}

BOOST_AUTO_TEST_CASE(what_is_true_has_a_column_where_it_is_known) {
  auto state = demo_at(230);
  const auto without = table_lines(state, {.width = 80, .height = 14});
  state.apply(made::at(229, event_id::accuracy_truth, {.camera = "yard", .value = 0.41}));
  const auto lines = table_lines(state, {.width = 80, .height = 14, .unicode = false});
  BOOST_TEST(lines[2] == "GROUP   CAMERA           mAP  TRUTH   GAIN  TREND            DRIFT   MODEL   GPU");
  BOOST_TEST(lines[3].find("  0.54      -  +0.33  ") != std::string::npos);
  BOOST_TEST(lines[4].find("  0.54   0.41  +0.36  ") != std::string::npos);
  BOOST_TEST(lines[4].find("+0.36") == without[4].find("+0.36") + 7); // nothing else but the trend gives way
}

BOOST_AUTO_TEST_CASE(colour_adds_nothing_but_escape_sequences) {
  auto coloured = joined(table_lines(demo_at(126), {.colour = true}));
  BOOST_TEST(coloured.find("\x1b[31m") != std::string::npos);
  for (std::size_t at; (at = coloured.find("\x1b[")) != std::string::npos;)
    coloured.erase(at, coloured.find('m', at) + 1 - at);
  BOOST_TEST(coloured == joined(table_lines(demo_at(126), {})));
}

BOOST_AUTO_TEST_CASE(a_camera_shows_its_story) {
  live_state state;
  const auto mood = [&] { return state.camera("north").mood; };
  state.apply(made::reading(1, "north", 0.6));
  BOOST_TEST((mood() == camera_mood::calm));
  state.apply(made::at(2, event_id::drift_injected, {.camera = "north"}));
  state.apply(made::reading(3, "north", 0.2));
  state.apply(made::at(4, event_id::drift_detected, {.camera = "north", .value = 1}));
  BOOST_TEST((mood() == camera_mood::drifted));
  BOOST_TEST(state.camera("north").lowest == 0.2);
  state.apply(made::at(5, event_id::model_deployed, {.camera = "north"}));
  BOOST_TEST((mood() == camera_mood::retrained));
  state.apply(made::at(6, event_id::camera_offline, {.camera = "north"}));
  BOOST_TEST(!state.camera("north").online);
}

BOOST_AUTO_TEST_CASE(what_a_camera_sends_is_seen_where_there_is_room) {
  live_state state;
  for (const auto& [at, sent] : {std::pair{1.0, 0}, {2.0, 50'000}}) {
    state.now = at;
    camera_status status;
    status.camera = camera_id{"north"};
    status.bytes_sent = static_cast<std::uint64_t>(sent);
    state.apply(status);
  }
  const auto wide = table_lines(state, {.width = 80}), narrow = table_lines(state, {.width = 79});
  BOOST_TEST(wide[2].find("kbit/s") != std::string::npos);
  BOOST_TEST(wide[3].find(" 400") != std::string::npos, wide[3]);
  BOOST_TEST(narrow[2].find("kbit/s") == std::string::npos);
  for (const auto& line : wide)
    BOOST_TEST(line.size() <= 80U, line);
}

BOOST_AUTO_TEST_CASE(a_group_that_ended_is_not_shown_any_more) {
  live_state state;
  state.apply(made::at(1, event_id::group_opened, {.camera = "north", .group = 1}));
  state.apply(made::at(2, event_id::group_ended, {.group = 1}));
  BOOST_TEST((state.camera("north").group == group_id{}));
  BOOST_TEST(state.shares.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_state_is_a_table_too) {
  BOOST_TEST(table_lines({}, {}).size() >= 5u);
  BOOST_TEST(!summary_line({}).empty());
}

RC_BOOST_PROP(the_table_keeps_to_its_room, (const std::vector<std::uint8_t>& story)) {
  live_state state;
  state.title = std::string(200, 't');
  double now = 0;
  constexpr std::string_view ids[] = {event_id::accuracy_truth,    event_id::accuracy_deployed, event_id::drift_injected,
                                      event_id::group_opened,      event_id::group_left,
                                      event_id::group_ended,       event_id::grant_done,
                                      event_id::share_announced,   event_id::model_deployed};
  for (const auto step : story) {
    now += 1;
    state.apply(made::at(now, ids[step % 9],
                         {.camera = "camera-" + std::to_string(step / 8),
                          .group = step % 5u + 1,
                          .value = step / 9.,
                          .text = std::string(step, 'x')}));
  }
  const auto width = *rc::gen::inRange(66, 121), height = *rc::gen::inRange(10, 60);
  const auto lines = table_lines(state, {.width = width, .height = height, .unicode = false});
  RC_ASSERT(lines.size() <= static_cast<std::size_t>(height));
  for (const auto& line : lines)
    RC_ASSERT(line.size() <= static_cast<std::size_t>(width));
}

BOOST_AUTO_TEST_CASE(every_event_is_a_sentence) {
  struct {
    event happened;
    std::string_view expected;
  } const table[] = {
      {made::at(96, event_id::drift_detected, {.camera = "north", .value = 1}),
       "north: drift noticed, score 1.00"},
      {made::at(98, event_id::group_joined, {.camera = "yard", .group = 7, .text = "+0.11"}),
       "yard joins g-0007: +0.11"},
      {made::at(98, event_id::group_opened, {.group = 7}), "g-0007 opened"},
      {made::at(98, event_id::grant_issued, {.group = 7, .worker = "w1", .window = 3, .value = 2}),
       "g-0007 is granted 2.0 s of w1 (window 3)"},
      {made::reading(98, "north", std::numeric_limits<double>::quiet_NaN()), "north: no object to score"},
      {made::at(98, "something.new", {.camera = "north", .text = "odd"}), "north: odd"},
  };
  for (const auto& row : table)
    BOOST_TEST(describe(row.happened) == row.expected);
  BOOST_TEST(as_line(table[1].happened) == "  1:38  group.joined      yard joins g-0007: +0.11");
}

BOOST_AUTO_TEST_CASE(texts_of_others_cannot_command_the_terminal) {
  const auto text =
      describe(made::at(1, event_id::group_ended, {.group = 1, .text = "a\n\x1b[2Jb\xc2\x9bmé"}));
  BOOST_TEST(text == "g-0001 ended: a  [2Jb  mé");
}

BOOST_AUTO_TEST_CASE(elsewhere_than_on_a_terminal_news_are_lines) {
  temporary_file file{std::tmpfile()};
  live_view view{file.get(), false, {}};
  view.append(made::at(1, event_id::worker_up, {.worker = "w1"}));
  view.append(made::reading(2, "north", 0.5));
  view.tick(3);
  view.tick(5);
  view.tick(6);
  BOOST_TEST(written(file.get())
             == "  0:01  worker.up         w1 is ready\n"
                "  0:05  accuracy          north 0.50\n");
}

BOOST_AUTO_TEST_CASE(on_a_terminal_the_table_is_drawn_over_itself) {
  temporary_file file{std::tmpfile()};
  live_view view{file.get(), true, {}};
  view.tick(1);
  view.tick(2);
  const auto text = written(file.get());
  BOOST_TEST(text.find("\x1b[6A\r") != std::string::npos);
  BOOST_TEST(text.ends_with("\x1b[J"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ecco
