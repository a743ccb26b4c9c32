// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/fcd_trace.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <unordered_map>

#include <expat.h>

namespace ecco::world {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{256} << 20;
constexpr std::size_t most_sightings = 10'000'000, longest_id = 256;

/// The class that a type of SUMO speaks of.
object_class class_of(std::string type) {
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto speaks_of = [&](std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](auto word) { return type.find(word) != std::string::npos; });
  };
  if (speaks_of({"bicycle", "bike", "cyclist", "moped", "motorcycle", "scooter"}))
    return object_class::bicycle;
  if (speaks_of({"bus", "coach"}))
    return object_class::bus;
  return speaks_of({"truck", "trailer", "lorry"}) ? object_class::truck : object_class::car;
}

/// Shape within a kind.
std::uint8_t model_of(object_class kind, std::uint64_t id) {
  const auto shapes = kind == object_class::car ? 5u : kind == object_class::truck ? 3u : 1u;
  return static_cast<std::uint8_t>(hashed(id, 5) % shapes);
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
    const auto type = person ? std::string_view{} : text(with, "type").value_or("");
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
    if (is_new)
      made_.tracks_.push_back({seed_for(1, key), person ? object_class::person : class_of(std::string{type})});
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
      earlier.next = number_of;
      one.travelled = earlier.travelled + length(one.at - earlier.at);
    }
    made_.seen_.push_back(one);
  }

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

void fcd_trace::at(double t, std::vector<vehicle>& vehicles, std::vector<walker>& people) const {
  const double first = steps_.front().time, spans = steps_.back().time - first;
  const double whole = steps_.size() > 1 ? spans + spans / static_cast<double>(steps_.size() - 1) : 1;
  const double rounds = std::floor(std::max(0., t) / whole);
  const double now = first + std::max(0., t) - rounds * whole;
  const auto after = std::upper_bound(steps_.begin() + 1, steps_.end(), now,
                                      [](double time, const step& one) { return time < one.time; });
  const auto& in = *(after - 1);
  const bool is_last = after == steps_.end();
  const auto since = static_cast<float>(now - in.time);
  const float share = is_last ? 0 : since / static_cast<float>(after->time - in.time);
  for (auto i = in.first, end = is_last ? seen_.size() : after->first; i < end; ++i) {
    const auto& from = seen_[i];
    const auto& who = tracks_[from.track];
    auto at = from.at + from.ahead * (from.speed * since);
    auto ahead = from.ahead;
    float speed = from.speed, travelled = from.travelled + from.speed * since;
    if (from.next != none) {
      const auto& to = seen_[from.next];
      at = from.at * (1 - share) + to.at * share;
      if (const auto mean = from.ahead * (1 - share) + to.ahead * share; length(mean) > .01f)
        ahead = unit(mean);
      speed = mix(from.speed, to.speed, share);
      travelled = mix(from.travelled, to.travelled, share);
    }
    const auto id = hashed(who.id, static_cast<std::int64_t>(rounds));
    if (who.kind == object_class::person) {
      walker made;
      made.id = id, made.look = static_cast<std::uint32_t>(hashed(id, 30));
      made.at = at, made.ahead = ahead;
      made.height = between(hashed(id, 31), 1.58f, 1.9f);
      made.speed = speed, made.travelled = travelled;
      people.push_back(made);
      continue;
    }
    vehicle made;
    made.id = id, made.kind = who.kind, made.model = model_of(who.kind, who.id);
    made.look = static_cast<std::uint32_t>(hashed(id, 3));
    // Its front is where SUMO says.
    made.at = at - ahead * (size_of(made.kind, made.model).length / 2);
    made.ahead = ahead;
    made.speed = speed, made.travelled = travelled;
    vehicles.push_back(made);
  }
}

} // namespace ecco::world
