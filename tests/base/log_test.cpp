// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <rapidcheck/boost_test.h>

#include "runtime/base/log.hpp"

BOOST_AUTO_TEST_SUITE(logging)

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// Keeps what is logged.
struct capture {
  std::vector<std::string> lines;

  log_options options(log_format format = log_format::text) {
    log_options out;
    out.format = format;
    out.write = [this](std::string_view line) { lines.emplace_back(line); };
    return out;
  }
};

const auto noon = std::chrono::system_clock::time_point{1795404011482ms};

} // namespace

BOOST_AUTO_TEST_CASE(a_line_says_when_how_grave_about_whom_and_what) {
  capture kept;
  auto options = kept.options();
  options.now = [] { return noon; };
  const logger log{options};
  log.about("camera", "north_gate")
      .info("drift detected",
            {{"score", 0.41}, {"group", 7u}, {"why", "two words"}, {"loop", true}, {"n", -1}});
  log.about("allocator").warn("no worker");
  log.error("bye");
  BOOST_TEST(kept.lines
                 == (std::vector<std::string>{"2026-11-23T03:20:11.482Z INF camera north_gate drift detected "
                                              "score=0.41 group=7 why=\"two words\" loop=true n=-1",
                                              "2026-11-23T03:20:11.482Z WRN allocator no worker",
                                              "2026-11-23T03:20:11.482Z ERR bye"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(json_lines_carry_the_same) {
  capture kept;
  auto options = kept.options(log_format::json);
  options.now = [] { return noon; };
  logger{options}
      .about("camera", "north_gate")
      .warn("drift",
            {{"score", 0.41}, {"why", "a \"b\"\n"}, {"n", std::numeric_limits<double>::quiet_NaN()}});
  BOOST_TEST(
      kept.lines.at(0)
      == R"({"ts":"2026-11-23T03:20:11.482Z","level":"warn","component":"camera","name":"north_gate","msg":"drift","score":0.41,"why":"a \"b\"\n","n":null})");
}

BOOST_AUTO_TEST_CASE(lesser_levels_are_not_shown) {
  capture kept;
  auto options = kept.options();
  options.level = log_level::warn;
  const logger log{options};
  BOOST_TEST(!log.shows(log_level::info));
  log.debug("a");
  log.info("b");
  log.warn("c");
  BOOST_TEST(kept.lines == std::vector<std::string>{"WRN c"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_logger_without_options_shows_nothing) {
  logger{}.about("x").error("y");
  BOOST_TEST(!logger{}.shows(log_level::error));
}

BOOST_AUTO_TEST_CASE(colour_marks_only_the_level) {
  capture kept;
  auto options = kept.options();
  options.colour = true;
  logger{options}.info("a");
  BOOST_TEST(kept.lines.at(0) == "\x1b[32mINF\x1b[0m a");
}

RC_BOOST_PROP(no_text_forges_a_line_or_breaks_json, (const std::string& text)) {
  for (const auto format : {log_format::text, log_format::json}) {
    capture kept;
    logger{kept.options(format)}.about("camera", text).info(text, {{"why", text}});
    RC_ASSERT(kept.lines.size() == 1u);
    for (const char c : kept.lines[0])
      RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    if (format == log_format::json)
      RC_ASSERT(nlohmann::json::accept(kept.lines[0]));
  }
}

BOOST_AUTO_TEST_CASE(lines_of_many_threads_are_written_one_at_a_time) {
  capture kept; // not guarded: the logger promises to be the guard
  const logger log{kept.options()};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&log] {
      for (int n = 0; n < 500; ++n)
        log.info("x", {{"n", n}});
    });
  for (auto& each : threads)
    each.join();
  BOOST_TEST(kept.lines.size() == 2000u);
}

BOOST_AUTO_TEST_SUITE_END()
