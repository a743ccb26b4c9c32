// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment_progress.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "deploy/report/as_clock.hpp"

namespace ecco {

namespace {

using namespace std::chrono_literals;

/// Erases the line that the cursor is in.
constexpr const char* clear_line = "\r\x1b[K";

} // namespace

experiment_progress::experiment_progress(std::string system, duration length, const terminal& screen)
    : system_(std::move(system)), length_(length), moves_(screen.interactive),
      columns_(static_cast<std::size_t>(screen.columns)) {
  if (!moves_)
    next_ += 10s;
}

experiment_progress::~experiment_progress() {
  if (moves_)
    std::fputs(clear_line, stderr);
}

double experiment_progress::real_seconds() const {
  return std::max(1e-6, std::chrono::duration<double>(clock::now() - began_).count());
}

void experiment_progress::now_at(duration virtual_time) {
  const auto now = clock::now();
  if (virtual_time == duration::zero() || now < next_)
    return;
  next_ = now + (moves_ ? clock::duration{200ms} : clock::duration{10s});
  const auto rate = seconds_of(virtual_time) / real_seconds();
  auto line = fmt::format("ecco experiment: {}: {} of {} min, {:.3g} times faster than real time, {} min to go", system_,
                          as_clock(seconds_of(virtual_time)), as_clock(seconds_of(length_)), rate,
                          as_clock(seconds_of(length_ - virtual_time) / rate));
  if (moves_) {
    line.resize(std::min(line.size(), columns_ - 1));
    std::fprintf(stderr, "%s%s", clear_line, line.c_str());
    std::fflush(stderr);
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

std::string experiment_progress::summary(duration virtual_time) const {
  const auto real = real_seconds();
  return fmt::format("{}: {} min of virtual time in {:.2f} s, {:.4g} times faster than real time", system_,
                     as_clock(seconds_of(virtual_time)), real, seconds_of(virtual_time) / real);
}

} // namespace ecco
