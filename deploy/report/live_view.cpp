// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/live_view.hpp"

#include <sys/ioctl.h>

#include <fmt/format.h>

#include "deploy/report/event_text.hpp"

namespace ecco {

namespace {

void ask_size(std::FILE* out, table_options& options) {
  winsize size{};
  if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
    return;
  options.width = size.ws_col;
  // The cursor rests on the line below the table.
  options.height = size.ws_row - 1;
}

void write(std::FILE* out, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

} // namespace

live_view::live_view(std::FILE* out, bool on_terminal, table_options options)
    : out_(out), on_terminal_(on_terminal), options_(options) {}

void live_view::append(const event& happened) {
  state_.apply(happened);
  if (!on_terminal_ && is_news(happened))
    write(out_, as_line(happened) + '\n');
}

void live_view::append(const camera_status& status) {
  state_.apply(status);
}

void live_view::tick(double now) {
  state_.now = now;
  if (on_terminal_) {
    redraw();
  } else if (now >= next_summary_) {
    write(out_, summary_line(state_) + '\n');
    next_summary_ = now + 5;
  }
}

void live_view::redraw() {
  ask_size(out_, options_);
  std::string text = lines_drawn_ > 0 ? fmt::format("\x1b[{}A\r", lines_drawn_) : "";
  const auto lines = table_lines(state_, options_);
  for (const auto& line : lines)
    text += line + "\x1b[K\n";
  write(out_, text + "\x1b[J");
  lines_drawn_ = lines.size();
}

} // namespace ecco
