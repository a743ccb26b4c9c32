// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/signals.hpp"

BOOST_AUTO_TEST_SUITE(signals)

using namespace ecco;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_signal_asks_to_stop_and_wakes_who_waits) {
  for (const int number : {SIGTERM, SIGINT}) {
    const auto stop = stop_signal::install();
    BOOST_REQUIRE(stop);
    BOOST_TEST(!(*stop)->requested());
    BOOST_TEST((*stop)->number() == 0);
    BOOST_TEST(!(*stop)->wait_for(0s));
    BOOST_TEST(!(*stop)->wait_for(-1s));
    std::raise(number);
    BOOST_TEST((*stop)->requested());
    BOOST_TEST((*stop)->number() == number);
    BOOST_TEST((*stop)->wait_for(1h));
    (*stop)->wait();
  }
}

BOOST_AUTO_TEST_CASE(a_second_terminate_is_only_another_request) {
  const auto stop = stop_signal::install();
  BOOST_REQUIRE(stop);
  std::raise(SIGTERM);
  std::raise(SIGTERM);
  BOOST_TEST((*stop)->requested());
}

BOOST_AUTO_TEST_CASE(a_second_interrupt_ends_the_process) {
  const auto child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    const auto stop = stop_signal::install();
    std::raise(SIGINT);
    if (!stop || !(*stop)->requested())
      _exit(1);
    std::raise(SIGINT);
    _exit(2);
  }
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGINT);
}

BOOST_AUTO_TEST_CASE(a_process_has_one_at_a_time) {
  auto first = stop_signal::install();
  BOOST_REQUIRE(first);
  const auto second = stop_signal::install();
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error().code == ec::unavailable));
  first->reset();
  BOOST_TEST(stop_signal::install().has_value());
}

BOOST_AUTO_TEST_CASE(what_was_there_before_is_restored) {
  std::signal(SIGTERM, SIG_IGN);
  { const auto stop = stop_signal::install(); }
  BOOST_TEST((std::signal(SIGTERM, SIG_DFL) == SIG_IGN));
}

BOOST_AUTO_TEST_SUITE_END()
