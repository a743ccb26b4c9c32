// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/fcd_trace.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <unordered_map>

#include <expat.h>

namespace ecco::world {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{256} << 20;
constexpr std::size_t most_sightings = 10'000'000, longest_id = 256;

/// Nobody goes further between two steps than this many times its speed, and metres more.
constexpr float fastest = 1.6f, leap = 6;

bool speaks_of(std::string_view type, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](auto word) { return type.find(word) != std::string_view::npos; });
}

/// The class that a type of SUMO, in small letters, speaks of.
object_class class_of(std::string_view type) {
  if (speaks_of(type, {"bicycle", "bike", "cyclist", "moped", "motorcycle", "scooter"}))
    return object_class::bicycle;
  if (speaks_of(type, {"bus", "coach"}))
    return object_class::bus;
  return speaks_of(type, {"truck", "trailer", "lorry"}) ? object_class::truck : object_class::car;
}

/// Shape within a kind: the long truck is the one with a trailer.
std::uint8_t model_of(object_class kind, bool trailer, std::uint64_t id) {
  if (kind == object_class::truck)
    return trailer ? 2 : static_cast<std::uint8_t>(hashed(id, 5) % 2);
  return static_cast<std::uint8_t>(kind == object_class::car ? hashed(id, 5) % 5 : 0);
}

} // namespace

/// Expat's calls, made into a trace.
class fcd_reader {
 public:
  fcd_reader(const std::string& name, const fcd_place& place) : parser_(XML_ParserCreate(nullptr)) {
    made_.name_ = name;
    made_.place_ = place;
    if (!parser_)
      return;
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(
        parser_.get(), [](void* self, const char* what, const char** with) { of(self).open(what, with); },
        [](void* self, const char*) { --of(self).depth_; });
    XML_SetStartDoctypeDeclHandler(parser_.get(), [](void* self, const char*, const char*, const char*, int) {
      of(self).refuse("has a document type, which no trace needs");
    });
  }

  result<std::shared_ptr<const fcd_trace>> operator()(std::string_view text) {
    if (!parser_)
      return fail(ec::internal, made_.name_ + ": out of memory");
    if (text.size() > largest_file)
      return fail(ec::malformed_data, made_.name_ + ": more than 256 MiB", "write fewer steps or vehicles");
    const auto status = XML_Parse(parser_.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
    if (why_.empty() && status != XML_STATUS_OK)
      refuse(std::string{"is no XML: "} + XML_ErrorString(XML_GetErrorCode(parser_.get())));
    if (why_.empty() && made_.steps_.empty())
      refuse("has no timestep");
    if (!why_.empty())
      return fail(ec::malformed_data, why_, "write it with sumo --fcd-output FILE");
    finish();
    made_.digest_ = std::hash<std::string_view>{}(text);
    return std::make_shared<const fcd_trace>(std::move(made_));
  }

 private:
  static fcd_reader& of(void* self) { return *static_cast<fcd_reader*>(self); }

  /// Keeps the first reason, and ends.
  void refuse(const std::string& why) {
    if (!why_.empty())
      return;
    why_ = made_.name_ + ":" + std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ": " + why;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void open(std::string_view what, const char** with) {
    if (!why_.empty())
      return;
    const int depth = depth_++;
    if (depth == 0 && what == "fcd-export")
      return;
    if (depth == 1 && what == "timestep")
      return open_step(with);
    if (depth == 2 && (what == "vehicle" || what == "person"))
      return add(what == "person", with);
    if (depth == 2 && what == "container")
      return;
    refuse("<" + std::string{what.substr(0, 40)} + "> has no place here");
  }

  std::optional<std::string_view> text(const char** with, std::string_view name) {
    for (; *with; with += 2)
      if (name == with[0])
        return with[1];
    refuse("'" + std::string{name} + "' is missing");
    return std::nullopt;
  }

  std::optional<double> number(const char** with, std::string_view name, double least, double most) {
    const auto said = text(with, name);
    if (!said)
      return std::nullopt;
    double value = 0;
    const auto read = std::from_chars(said->data(), said->data() + said->size(), value);
    if (read.ec != std::errc{} || read.ptr != said->data() + said->size() || !(value >= least && value <= most)) {
      refuse(std::string{name} + " '" + std::string{said->substr(0, 40)} + "' is no number that it can be");
      return std::nullopt;
    }
    return value;
  }

  void open_step(const char** with) {
    const auto time = number(with, "time", 0, 1e9);
    if (!time)
      return;
    if (!made_.steps_.empty() && *time <= made_.steps_.back().time)
      return refuse("its time is not after that of the step before");
    before_ = std::move(now_);
    now_.clear();
    made_.steps_.push_back({*time, made_.seen_.size()});
  }

  void add(bool person, const char** with) {
    const auto id = text(with, "id");
    std::string type{person ? std::string_view{} : text(with, "type").value_or("")};
    const auto x = number(with, "x", -1e6, 1e6), y = number(with, "y", -1e6, 1e6),
               angle = number(with, "angle", -360, 360), speed = number(with, "speed", -200, 200);
    if (!why_.empty())
      return;
    if (id->empty() || id->size() > longest_id)
      return refuse("its id has no good length");
    if (made_.seen_.size() == most_sightings)
      return refuse("is one sighting more than 10000000");
    const auto key = (person ? "p:" : "v:") + std::string{*id};
    const auto [known, is_new] = tracks_.try_emplace(key, static_cast<std::uint32_t>(made_.tracks_.size()));
    if (is_new) {
      std::transform(type.begin(), type.end(), type.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      const auto seed = seed_for(1, key);
      const auto kind = person ? object_class::person : class_of(type);
      made_.tracks_.push_back({seed, kind, model_of(kind, speaks_of(type, {"trailer"}), seed)});
    }
    const auto number_of = static_cast<std::uint32_t>(made_.seen_.size());
    if (!now_.emplace(known->second, number_of).second)
      return refuse("'" + std::string{*id} + "' is there twice at one time");
    fcd_trace::sighting one;
    one.track = known->second;
    const auto turned = static_cast<float>(*angle) * pi / 180;
    one.ahead = {std::sin(turned), std::cos(turned)};
    one.at = {static_cast<float>(*x * made_.place_.scale + made_.place_.east),
              static_cast<float>(*y * made_.place_.scale + made_.place_.north)};
    one.speed = static_cast<float>(*speed * made_.place_.scale);
    if (const auto last = before_.find(one.track); last != before_.end()) {
      auto& earlier = made_.seen_[last->second];
      const float gone = length(one.at - earlier.at), between = step_before();
      // Who was moved elsewhere is not drawn on its way there.
      if (gone < fastest * std::max(std::abs(earlier.speed), std::abs(one.speed)) * between + leap) {
        earlier.next = number_of;
        one.travelled = earlier.travelled + gone;
      }
    }
    made_.seen_.push_back(one);
  }

  /// From the step before to this one, seconds.
  float step_before() const {
    const auto& steps = made_.steps_;
    return static_cast<float>(steps.back().time - steps[steps.size() - 2].time);
  }

  void finish();

  struct freed {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, freed> parser_;
  fcd_trace made_;
  std::string why_;
  int depth_ = 0;
  std::unordered_map<std::string, std::uint32_t> tracks_;
  /// Sightings by track, of this step and of the one before.
  std::unordered_map<std::uint32_t, std::uint32_t> now_, before_;
};

/// What needs the sightings before and after each: where fronts go, and who brakes.
void fcd_reader::finish() {
  auto& seen = made_.seen_;
  const auto& steps = made_.steps_;
  const double spans = steps.back().time - steps.front().time;
  made_.lasts_ = steps.size() > 1 ? std::max(.01, spans + spans / static_cast<double>(steps.size() - 1)) : 1;
  std::vector<std::uint32_t> before(seen.size(), fcd_trace::none);
  for (std::uint32_t i = 0; i < seen.size(); ++i)
    if (seen[i].next != fcd_trace::none)
      before[seen[i].next] = i;
  const auto time_of = [&](std::size_t k) { return steps[std::min(k, steps.size() - 1)].time; };
  for (std::size_t k = 0; k < steps.size(); ++k)
    for (auto i = steps[k].first, end = k + 1 < steps.size() ? steps[k + 1].first : seen.size(); i < end; ++i) {
      auto& one = seen[i];
      const bool follows = before[i] != fcd_trace::none, goes_on = one.next != fcd_trace::none;
      const auto& from = follows ? seen[before[i]] : one;
      const auto& to = goes_on ? seen[one.next] : one;
      const vec2 moved = to.at - from.at;
      one.way = follows && goes_on && length(moved) > .02f ? unit(moved) : one.ahead;
      const auto apart = static_cast<float>(time_of(goes_on ? k + 1 : k) - time_of(follows ? k - 1 : k));
      one.acceleration = apart > .01f ? std::clamp((to.speed - from.speed) / apart, -10.f, 10.f) : 0;
    }
}

result<std::shared_ptr<const fcd_trace>> fcd_trace::parse(std::string_view text, const std::string& name,
                                                          const fcd_place& place) {
  return fcd_reader{name, place}(text);
}

result<std::shared_ptr<const fcd_trace>> fcd_trace::read(const std::filesystem::path& file, const fcd_place& place) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  if (failed)
    return fail(ec::not_found, file.string() + ": " + failed.message(), "check the path");
  if (size > largest_file)
    return fail(ec::malformed_data, file.string() + ": more than 256 MiB", "write fewer steps or vehicles");
  std::string text(size, '\0');
  std::ifstream in{file, std::ios::binary};
  if (!in.read(text.data(), static_cast<std::streamsize>(size)))
    return fail(ec::io_failed, file.string() + ": cannot be read");
  return parse(text, file.string(), place);
}

fcd_trace::moment fcd_trace::moment_of(double t) const {
  moment made;
  const double since_first = std::max(0., t), rounds = std::floor(since_first / lasts_);
  made.round = static_cast<std::int64_t>(rounds);
  const double now = steps_.front().time + since_first - rounds * lasts_;
  const auto after = std::upper_bound(steps_.begin() + 1, steps_.end(), now,
                                      [](double time, const step& one) { return time < one.time; });
  const auto& in = *(after - 1);
  const bool is_last = after == steps_.end();
  made.first = in.first;
  made.end = is_last ? seen_.size() : after->first;
  made.since = static_cast<float>(now - in.time);
  made.step = is_last ? 1 : static_cast<float>(after->time - in.time);
  return made;
}

fcd_trace::sighting fcd_trace::moved(const sighting& from, const moment& to) const {
  auto made = from;
  if (from.next == none) {
    made.at = from.at + from.ahead * (from.speed * to.since);
    made.travelled += from.speed * to.since;
    return made;
  }
  const auto& next = seen_[from.next];
  const float k = std::clamp(to.since / to.step, 0.f, 1.f), apart = length(next.at - from.at);
  // Hermite's curve; no faster at its ends than what keeps it from running back.
  const auto goes = [&](float speed) { return std::clamp(speed * to.step, 0.f, 3 * apart); };
  const float leaves = k * (1 - k) * (1 - k) * goes(from.speed), comes = k * k * (1 - k) * goes(next.speed),
              there = k * k * (3 - 2 * k);
  made.at = from.at * (1 - there) + next.at * there + from.way * leaves - next.way * comes;
  made.travelled = mix(from.travelled, next.travelled, there) + leaves - comes;
  if (const auto mean = from.ahead * (1 - k) + next.ahead * k; length(mean) > .01f)
    made.ahead = unit(mean);
  made.speed = mix(from.speed, next.speed, k);
  made.acceleration = mix(from.acceleration, next.acceleration, k);
  return made;
}

vehicle fcd_trace::vehicle_at(const sighting& from, const moment& now) const {
  const auto& who = tracks_[from.track];
  const auto seen = moved(from, now);
  vehicle made;
  made.id = hashed(who.id, now.round);
  made.kind = who.kind, made.model = who.model;
  made.look = static_cast<std::uint32_t>(hashed(made.id, 3));
  // Its front is where SUMO says.
  made.at = seen.at - seen.ahead * (size_of(made.kind, made.model).length / 2);
  made.ahead = seen.ahead;
  made.speed = seen.speed, made.acceleration = seen.acceleration, made.travelled = seen.travelled;
  return made;
}

void fcd_trace::at(double t, std::vector<vehicle>& vehicles, std::vector<walker>& people) const {
  const auto now = moment_of(t);
  for (auto i = now.first; i < now.end; ++i) {
    const auto& who = tracks_[seen_[i].track];
    if (who.kind != object_class::person) {
      vehicles.push_back(vehicle_at(seen_[i], now));
      continue;
    }
    const auto seen = moved(seen_[i], now);
    walker made;
    made.id = hashed(who.id, now.round), made.look = static_cast<std::uint32_t>(hashed(made.id, 30));
    made.at = seen.at, made.ahead = seen.ahead;
    made.height = between(hashed(made.id, 31), 1.58f, 1.9f);
    made.speed = seen.speed, made.travelled = seen.travelled;
    people.push_back(made);
  }
}

std::vector<fcd_trace::presence> fcd_trace::presences(double every) const {
  std::vector<presence> all;
  double last = -every;
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    const double time = steps_[k].time - steps_.front().time;
    if (time < last + every)
      continue;
    last = time;
    for (auto i = steps_[k].first, end = k + 1 < steps_.size() ? steps_[k + 1].first : seen_.size(); i < end; ++i) {
      const auto kind = tracks_[seen_[i].track].kind;
      if (kind != object_class::person && kind != object_class::bicycle)
        all.push_back({seen_[i].track, seen_[i].at, time});
    }
  }
  return all;
}

std::optional<vehicle> fcd_trace::vehicle_of(std::uint32_t who, double t) const {
  const auto now = moment_of(t);
  for (auto i = now.first; i < now.end; ++i)
    if (seen_[i].track == who)
      return vehicle_at(seen_[i], now);
  return std::nullopt;
}

} // namespace ecco::world
