// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/profile_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include "config/units.hpp"

namespace ecco {

namespace {

using nlohmann::json;

/// A million runs take less.
constexpr std::size_t most_bytes = std::size_t{256} << 20;
constexpr auto unknown = std::numeric_limits<double>::quiet_NaN();

/// The number `name` of `from`, if it is one and within bounds.
std::optional<double> number(const json& from, const char* name, double least, double most) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_number())
    return {};
  const auto value = found->get<double>();
  return value >= least && value <= most ? std::optional{value} : std::nullopt;
}

std::optional<profile_record> to_record(const json& from) {
  if (!from.is_object())
    return {};
  const auto devices = number(from, "devices", 0, 1), fps = number(from, "fps", .05, 60);
  const auto frames = number(from, "frames", 0, 4e9), images = number(from, "images", 0, 4e9);
  const auto pixels = number(from, "pixels", 0, 1e18);
  const auto labelling = number(from, "labelling_seconds", 0, 1e9), training = number(from, "training_seconds", 0, 1e9);
  const auto size = from.find("size");
  if (!devices || !fps || !frames || !images || !pixels || !labelling || !training || size == from.end()
      || !size->is_string())
    return {};
  const auto pixels_of = parse_picture_size(size->get<std::string>());
  if (!pixels_of)
    return {};
  return profile_record{*devices,
                        {*fps, *pixels_of},
                        number(from, "map50", 0, 1).value_or(unknown),
                        number(from, "standard_error", 0, 1).value_or(unknown),
                        static_cast<std::uint32_t>(*frames),
                        static_cast<std::uint32_t>(*images),
                        static_cast<std::uint64_t>(*pixels),
                        *labelling,
                        *training};
}

json or_null(double value) {
  return std::isfinite(value) ? json(value) : json(nullptr);
}

} // namespace

std::string to_json(const profile_record& run) {
  const json out{{"devices", run.devices},
                 {"fps", run.choice.fps},
                 {"size", to_text(run.choice.size)},
                 {"map50", or_null(run.accuracy)},
                 {"standard_error", or_null(run.standard_error)},
                 {"frames", run.frames},
                 {"images", run.images},
                 {"pixels", run.pixels},
                 {"labelling_seconds", run.labelling},
                 {"training_seconds", run.training}};
  return out.dump();
}

profile_log::profile_log(profile_log&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)), runs_(std::move(other.runs_)) {}

profile_log::~profile_log() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

result<profile_log> profile_log::open(const std::filesystem::path& file, const profile_facts& facts) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0)
    return fail(ec::io_failed, file.string() + " cannot be opened: " + std::strerror(errno));
  profile_log out{file, descriptor};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return fail(ec::unavailable, file.string() + " is being written by another `ecco profile`",
                "wait for it, or choose another --out");
  if (auto good = out.read(facts); !good)
    return tl::unexpected{good.error()};
  return out;
}

result<void> profile_log::read(const profile_facts& facts) {
  std::string text;
  char part[1 << 16];
  for (::ssize_t got = 0; (got = ::pread(descriptor_, part, sizeof part, static_cast<::off_t>(text.size()))) != 0;) {
    if (got < 0)
      return fail(ec::io_failed, file_.string() + " cannot be read: " + std::strerror(errno));
    text.append(part, static_cast<std::size_t>(got));
    if (text.size() > most_bytes)
      return fail(ec::malformed_data, file_.string() + " is too large to be a profile's results");
  }
  const auto whole = text.rfind('\n') + 1; // 0 when there is no line
  if (whole < text.size()) {
    // What was being written when the last profiler was killed.
    if (::ftruncate(descriptor_, static_cast<::off_t>(whole)) != 0)
      return fail(ec::io_failed, file_.string() + " cannot be written: " + std::strerror(errno));
    text.resize(whole);
  }
  if (text.empty())
    return write(json{{"ecco_profile", 1}, {"facts", facts}}.dump());
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const auto end = text.find('\n', at);
    const auto said = json::parse(text.begin() + static_cast<std::ptrdiff_t>(at),
                                  text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    at = end + 1;
    const auto refuse = [&](const std::string& why) {
      return fail(ec::malformed_data, file_.string() + ":" + std::to_string(line + 1) + ": " + why,
                  "move the file away to begin anew");
    };
    if (line > 0) {
      const auto run = to_record(said);
      if (!run)
        return refuse("is no run of a profile");
      runs_.push_back(*run);
      continue;
    }
    if (!said.is_object() || said.value("ecco_profile", json{}) != 1 || !said.value("facts", json{}).is_object())
      return refuse("is no results file of `ecco profile`");
    const auto& then = said.at("facts");
    for (const auto& [name, now] : facts)
      if (const auto before = then.value(name, json{}); before != now)
        return fail(ec::invalid_argument,
                    file_.string() + ": its runs had " + name + " " + (before.is_null() ? "unknown" : before.dump())
                        + ", but now it is " + json(now).dump(),
                    "choose another folder with --out, or move the file away");
  }
  return {};
}

result<void> profile_log::write(std::string line) {
  line += '\n';
  // One write: a reader sees all of the line or none.
  const auto written = ::write(descriptor_, line.data(), line.size());
  if (written != static_cast<::ssize_t>(line.size()) || ::fdatasync(descriptor_) != 0)
    return fail(ec::io_failed,
                file_.string() + " cannot be written: " + (written < 0 ? std::strerror(errno) : "disk full?"));
  return {};
}

result<void> profile_log::append(const profile_record& run) {
  return write(to_json(run)).map([&] { runs_.push_back(run); });
}

bool profile_log::has(double devices, const sampling_choice& choice) const {
  return std::any_of(runs_.begin(), runs_.end(), [&](const profile_record& run) {
    return run.choice == choice && std::abs(run.devices - devices) < 1e-9;
  });
}

double pixel_rate_of(std::span<const profile_record> runs) {
  double pixels = 0, seconds = 0;
  for (const auto& run : runs) {
    pixels += static_cast<double>(run.pixels);
    seconds += run.training;
  }
  return seconds > 0 ? pixels / seconds : 0;
}

sampling_table table_of(std::span<const profile_record> runs) {
  const auto rate = pixel_rate_of(runs);
  std::vector<profiled_run> out;
  for (const auto& run : runs)
    out.push_back({run.devices * rate, run.choice, run.accuracy});
  return table_of(std::span<const profiled_run>{out});
}

} // namespace ecco
