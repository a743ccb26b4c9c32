// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/terminal.hpp"

#include <algorithm>
#include <charconv>

#include <sys/ioctl.h>
#include <unistd.h>

namespace ecco {

namespace {

/// The value of `name`, empty when it is not set.
std::string value_of(const std::string& name, const environment& outside) {
  const auto* value = outside.find(name);
  return value ? *value : std::string{};
}

int width_of(int descriptor, const environment& outside) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  const auto text = value_of("COLUMNS", outside);
  int columns = 0;
  std::from_chars(text.data(), text.data() + text.size(), columns);
  return columns > 0 ? columns : terminal{}.columns;
}

} // namespace

bool colour_allowed(bool is_terminal, const environment& outside) {
  if (!value_of("NO_COLOR", outside).empty())
    return false;
  if (const auto forced = value_of("CLICOLOR_FORCE", outside); !forced.empty() && forced != "0")
    return true;
  const auto kind = value_of("TERM", outside);
  return is_terminal && !kind.empty() && kind != "dumb";
}

terminal describe_terminal(int descriptor, const environment& outside) {
  const bool is_terminal = ::isatty(descriptor) == 1;
  return {is_terminal && value_of("TERM", outside) != "dumb", colour_allowed(is_terminal, outside),
          std::clamp(width_of(descriptor, outside), 20, 1000)};
}

} // namespace ecco
