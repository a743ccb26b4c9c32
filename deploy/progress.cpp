// SPDX-License-Identifier: Apache-2.0
#include "deploy/progress.hpp"

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

progress::progress(std::string who, std::string what, std::size_t all, const terminal& screen)
    : who_(std::move(who)), what_(std::move(what)), all_(all), moves_(screen.interactive), columns_(screen.columns) {}

progress::~progress() {
  if (moves_)
    std::fputs(clear_line, stderr);
}

void progress::now_at(std::size_t done) {
  const auto now = clock::now();
  if (!first_)
    first_ = done;
  if (done <= *first_ || done >= all_ || now < next_)
    return;
  next_ = now + (moves_ ? clock::duration{200ms} : clock::duration{10s});
  const auto rate = static_cast<double>(done - *first_) / seconds();
  auto line = fmt::format("ecco {}: {} of {} {}, {:.1f} a second, {} min to go", who_, done, all_, what_, rate,
                          as_clock(static_cast<double>(all_ - done) / rate));
  if (moves_) {
    line.resize(std::min(line.size(), static_cast<std::size_t>(columns_) - 1));
    std::fprintf(stderr, "%s%s", clear_line, line.c_str());
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

double progress::seconds() const {
  return std::chrono::duration<double>(clock::now() - began_).count();
}

} // namespace ecco
