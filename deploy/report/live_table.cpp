// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/live_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "deploy/report/as_clock.hpp"

namespace ecco {

namespace {

// -- text -------------------------------------------------------------------------------------------

bool continues_a_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Cells that `text` takes: one a code point; ecco prints no wide ones.
std::size_t cells(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_a_character(c); }));
}

/// The first `most` cells of `text`.
std::string cut(std::string_view text, std::size_t most) {
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size(); ++end)
    if (!continues_a_character(text[end]) && count++ == most)
      break;
  return std::string{text.substr(0, end)};
}

/// Cut or padded to exactly `width` cells.
std::string left(std::string_view text, std::size_t width) {
  auto result = cut(text, width);
  result.append(width - cells(result), ' ');
  return result;
}

std::string right(std::string_view text, std::size_t width) {
  const auto result = cut(text, width);
  return std::string(width - cells(result), ' ') + result;
}

std::string painted(std::string text, std::string_view code, bool colour) {
  return colour && !code.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

constexpr std::string_view bold = "1", dim = "2", red = "31", green = "32";

// -- cameras ----------------------------------------------------------------------------------------

/// All of a row but its trend, and what the truth takes of it where that is known.
constexpr std::size_t fixed_cells = 58, truth_cells = 7, uplink_cells = 8;
constexpr int least_width = 66, most_width = 120;

std::string score(double value) {
  return std::isfinite(value) ? fmt::format("{:.2f}", value) : "-";
}

/// How far above the lowest since its drift; nothing before a drift.
std::string since_low(const live_camera& camera) {
  if (camera.mood == camera_mood::calm || !std::isfinite(camera.lowest))
    return "";
  return fmt::format("{:+.2f}", camera.map50 - camera.lowest);
}

/// The scale of all trends: the highest reading that is shown.
double trend_top(const live_state& state) {
  double top = 0.1;
  for (const auto& camera : state.cameras)
    for (const auto& [at, value] : camera.recent)
      top = std::max(top, value);
  return top;
}

/// `width` characters for the last `live_trend` seconds: the mean of the readings then, or what was there
/// before.
std::string trend(const live_camera& camera, double now, double top, std::size_t width, bool unicode) {
  constexpr std::array blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::string_view ascii = "_.-:=+*#";
  std::vector<double> sum(width);
  std::vector<int> count(width);
  const double stretch = live_trend / static_cast<double>(width);
  for (const auto& [at, value] : camera.recent) {
    const auto back = static_cast<std::size_t>(std::max(0.0, now - at) / stretch);
    if (back >= width)
      continue;
    sum[width - 1 - back] += value;
    ++count[width - 1 - back];
  }
  std::string text, last = " ";
  for (std::size_t i = 0; i < width; ++i) {
    if (count[i] > 0) {
      const auto level = static_cast<std::size_t>(std::clamp(sum[i] / count[i] / top * 7 + 0.5, 0.0, 7.0));
      last = unicode ? std::string{blocks[level]} : std::string{ascii[level]};
    }
    text += last;
  }
  return text;
}

std::string_view colour_of(const live_camera& camera) {
  if (!camera.online)
    return dim;
  switch (camera.mood) {
    case camera_mood::calm: return "";
    case camera_mood::drifted: return red;
    case camera_mood::retrained: return green;
  }
  return "";
}

bool knows_truth(const live_state& state) {
  return std::any_of(state.cameras.begin(), state.cameras.end(),
                     [](const live_camera& camera) { return std::isfinite(camera.truth50); });
}

/// Where there is room for it, and something to say.
bool shows_uplink(const live_state& state, const table_options& options) {
  return options.width >= 80 && std::any_of(state.cameras.begin(), state.cameras.end(), [](const live_camera& camera) {
           return std::isfinite(camera.uplink);
         });
}

std::string uplink_cell(const live_state& state, const table_options& options, std::string_view text) {
  return shows_uplink(state, options) ? right(text, uplink_cells) : std::string{};
}

std::size_t trend_width(const live_state& state, const table_options& options) {
  return static_cast<std::size_t>(options.width) - fixed_cells - (knows_truth(state) ? truth_cells : 0)
         - (shows_uplink(state, options) ? uplink_cells : 0);
}

/// The column of the truth, or nothing where none is known.
std::string truth_cell(const live_state& state, std::string_view text) {
  return knows_truth(state) ? right(text, truth_cells) : std::string{};
}

std::string header(const live_state& state, const table_options& options) {
  return painted(left("GROUP", 8) + left("CAMERA", 15) + right("mAP", 5) + truth_cell(state, "TRUTH") + right("GAIN", 7)
                     + "  " + left("TREND", trend_width(state, options)) + right("DRIFT", 7) + "   " + right("MODEL", 5)
                     + uplink_cell(state, options, "kbit/s") + right("GPU", 6),
                 bold, options.colour);
}

std::string camera_row(const live_camera& camera, const live_state& state, bool first, double top,
                       const table_options& options) {
  const bool grouped = camera.group != group_id{};
  const auto share = state.shares.find(camera.group);
  const bool has_share = first && share != state.shares.end() && std::isfinite(share->second);
  const auto numbers =
      right(score(camera.map50), 5) + truth_cell(state, score(camera.truth50)) + right(since_low(camera), 7) + "  "
      + trend(camera, state.now, top, trend_width(state, options), options.unicode);
  // Colour is never the only sign.
  const auto sign = camera.mood == camera_mood::drifted ? " ! " : "   ";
  const auto drift = camera.online ? fmt::format("{:.2f}", camera.drift_score) : "offline";
  auto row = left(first ? (grouped ? to_string(camera.group) : "-") : "", 8) + left(camera.name, 14) + ' '
             + painted(numbers, colour_of(camera), options.colour) + right(drift, 7)
             + painted(sign, camera.mood == camera_mood::drifted ? red : "", options.colour)
             + right(std::to_string(camera.revision), 5)
             + uplink_cell(state, options, std::isfinite(camera.uplink) ? fmt::format("{:.0f}", camera.uplink / 1000) : "-");
  if (has_share)
    row += right(fmt::format("{:.0f} %", 100 * share->second), 6);
  return row;
}

/// Cameras in groups, those in none last; within a group as they appeared.
std::vector<const live_camera*> by_group(const live_state& state) {
  std::vector<const live_camera*> order;
  for (const auto& camera : state.cameras)
    order.push_back(&camera);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair{a->group == group_id{}, a->group} < std::pair{b->group == group_id{}, b->group};
  });
  return order;
}

std::vector<std::string> camera_rows(const live_state& state, const table_options& options,
                                     std::size_t most) {
  const auto order = by_group(state);
  const auto shown = order.size() <= most ? order.size() : most - 1;
  const auto top = trend_top(state);
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool first = i == 0 || order[i]->group != order[i - 1]->group;
    rows.push_back(camera_row(*order[i], state, first, top, options));
  }
  if (shown < order.size())
    rows.push_back(fmt::format("        and {} more cameras", order.size() - shown));
  return rows;
}

// -- micro-windows ----------------------------------------------------------------------------------

constexpr std::array<std::string_view, 6> group_paints{"30;46", "30;43", "30;45", "30;42", "37;44", "30;41"};

char letter_of(group_id group) {
  return static_cast<char>('a' + (group.value - 1) % 26);
}

std::string group_paint(group_id group) {
  return std::string{group_paints[(group.value - 1) % group_paints.size()]};
}

/// "GPU     aaabaab   a g-0001  b g-0002": whom the last micro-windows went to, the newest on the right.
std::string strip(const live_state& state, const table_options& options, std::size_t width) {
  constexpr std::size_t head = 8;
  if (state.slices.empty())
    return left("GPU", head) + painted("no micro-window yet", dim, options.colour);
  const auto shown = std::min(state.slices.size(), width / 2 - head);
  const auto from = state.slices.end() - static_cast<std::ptrdiff_t>(shown);
  auto line = left("GPU", head);
  for (auto slice = from; slice != state.slices.end(); ++slice)
    line += painted(std::string(1, letter_of(*slice)), group_paint(*slice), options.colour);
  auto room = width - head - shown;
  const std::set<group_id> groups(from, state.slices.end());
  for (const auto group : groups) {
    const auto name = fmt::format("{} {}", letter_of(group), to_string(group));
    if (name.size() + 3 > room)
      break;
    line += "   " + name;
    room -= name.size() + 3;
  }
  return line;
}

std::string facts_line(const live_state& state) {
  return fmt::format("{}   window {}   {} worker{}", as_clock(state.now), state.window, state.workers.size(),
                     state.workers.size() == 1 ? "" : "s");
}

} // namespace

std::vector<std::string> table_lines(const live_state& state, const table_options& wanted) {
  auto options = wanted;
  options.width = std::clamp(wanted.width, least_width, most_width);
  const auto width = static_cast<std::size_t>(options.width);
  const auto height = static_cast<std::size_t>(std::max(wanted.height, 10));
  std::vector<std::string> lines{painted(cut(state.title, width), bold, options.colour), facts_line(state),
                                 header(state, options)};
  // Below the cameras: an empty line, the strip, an empty line and at least two news.
  for (auto& row : camera_rows(state, options, height - lines.size() - 5))
    lines.push_back(std::move(row));
  lines.insert(lines.end(), {"", strip(state, options, width), ""});
  const auto news = std::min(state.news.size(), height - lines.size());
  for (auto text = state.news.end() - static_cast<std::ptrdiff_t>(news); text != state.news.end(); ++text)
    lines.push_back(cut(*text, width));
  return lines;
}

std::string summary_line(const live_state& state) {
  std::string text;
  for (const auto& camera : state.cameras) {
    const auto gain = since_low(camera);
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", camera.name, score(camera.map50),
                        gain.empty() ? "" : " (" + gain + ")");
  }
  return fmt::format("{:>6}  {:<17} {}", as_clock(state.now), "accuracy", text);
}

} // namespace ecco
