// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/base/terminal.hpp"

BOOST_AUTO_TEST_SUITE(terminals)

using namespace ecco;

BOOST_AUTO_TEST_CASE(colour_follows_the_customs) {
  const auto allowed = [](bool is_terminal, std::map<std::string, std::string> variables) {
    return colour_allowed(is_terminal, environment{std::move(variables), {}});
  };
  BOOST_TEST(allowed(true, {{"TERM", "xterm"}}));
  BOOST_TEST(!allowed(false, {{"TERM", "xterm"}}));
  BOOST_TEST(!allowed(true, {}));
  BOOST_TEST(!allowed(true, {{"TERM", "dumb"}}));
  BOOST_TEST(!allowed(true, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}));
  BOOST_TEST(allowed(true, {{"TERM", "xterm"}, {"NO_COLOR", ""}}));
  BOOST_TEST(allowed(false, {{"CLICOLOR_FORCE", "1"}}));
  BOOST_TEST(!allowed(false, {{"CLICOLOR_FORCE", "0"}}));
  BOOST_TEST(!allowed(true, {{"TERM", "xterm"}, {"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}));
}

BOOST_AUTO_TEST_CASE(a_pipe_is_no_terminal_and_takes_its_width_from_the_environment) {
  int ends[2];
  BOOST_REQUIRE(pipe(ends) == 0);
  const auto with = [&](std::map<std::string, std::string> variables) {
    return describe_terminal(ends[1], environment{std::move(variables), {}});
  };
  BOOST_TEST(!with({{"TERM", "xterm"}}).interactive);
  BOOST_TEST(with({}).columns == 80);
  BOOST_TEST(with({{"COLUMNS", "132"}}).columns == 132);
  BOOST_TEST(with({{"COLUMNS", "many"}}).columns == 80);
  BOOST_TEST(with({{"COLUMNS", "1"}}).columns == 20);
  close(ends[0]);
  close(ends[1]);
}

BOOST_AUTO_TEST_CASE(a_terminal_knows_its_width) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  BOOST_REQUIRE(master >= 0);
  BOOST_REQUIRE(grantpt(master) == 0);
  BOOST_REQUIRE(unlockpt(master) == 0);
  const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  BOOST_REQUIRE(slave >= 0);
  const winsize size{24, 99, 0, 0};
  BOOST_REQUIRE(ioctl(master, TIOCSWINSZ, &size) == 0);
  const auto found = describe_terminal(slave, environment{{{"TERM", "xterm"}, {"COLUMNS", "50"}}, {}});
  BOOST_TEST(found.interactive);
  BOOST_TEST(found.colour);
  BOOST_TEST(found.columns == 99);
  BOOST_TEST(!describe_terminal(slave, environment{{{"TERM", "dumb"}}, {}}).interactive);
  close(slave);
  close(master);
}

BOOST_AUTO_TEST_SUITE_END()
