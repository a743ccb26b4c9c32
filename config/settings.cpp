// SPDX-License-Identifier: Apache-2.0
#include "config/settings.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "config/dataset_address.hpp"
#include "config/fields.hpp"
#include "config/presets.hpp"
#include "config/text.hpp"
#include "messages/spelling.hpp"

namespace ecco {

namespace {

using namespace std::chrono_literals;

template <class E>
std::string_view word(E value) {
  const auto index = static_cast<std::size_t>(value);
  return index < words_of<E>.size() ? words_of<E>[index] : std::string_view{"unknown"};
}

// -- one setting at a time: its rule -----------------------------------------------------------------------

/// `ecco inject` and `ecco status` could not tell a camera of such a name from the actor; groups are g-0001 and so on.
bool is_name_of_server(const std::string& name) {
  constexpr std::string_view actors[] = {"allocator", "archivist", "grouper", "model_store",
                                         "rate_divider", "reception", "telemetry"};
  const auto is_group = name.starts_with("g-") && name.find_first_not_of("0123456789", 2) == name.npos;
  return is_group || std::ranges::find(actors, name) != std::end(actors);
}

/// Applies every rule to every setting and keeps the first complaint.
class inspection {
 public:
  std::optional<setting_fault> found;

  template <class S>
  void section_of(const S& value, const std::string& path) {
    fields(value, [&](std::string_view name, const auto& member, const auto& rule) {
      const auto place = join(path, name);
      complain(place, rule(member));
      inspect(member, place);
    });
  }

 private:
  void complain(const std::string& path, verdict said) {
    if (!found && !said.why.empty())
      found = setting_fault{path, std::move(said.why), std::move(said.hint)};
  }

  template <class T>
  void inspect(const T& value, const std::string& path) {
    if constexpr (section<const T>)
      section_of(value, path);
    else if constexpr (std::is_enum_v<T>)
      complain(path, static_cast<std::size_t>(value) < words_of<T>.size() ? verdict{}
                                                                          : verdict{"has no such value", ""});
  }

  void inspect(const std::string& value, const std::string& path) {
    if (!is_text(value))
      complain(path, {"is not UTF-8 text", ""});
  }

  void inspect(const std::filesystem::path& value, const std::string& path) { inspect(value.native(), path); }

  void inspect(const location& value, const std::string& path) {
    complain(element(path, 0), between{-90.0, 90.0}(value.latitude));
    complain(element(path, 1), between{-180.0, 180.0}(value.longitude));
  }

  template <class T>
  void inspect(const std::vector<T>& values, const std::string& path) {
    for (std::size_t i = 0; i < values.size(); ++i)
      inspect(values[i], element(path, i));
  }

  template <class Name, class T>
  void inspect(const std::map<Name, T>& named, const std::string& path) {
    constexpr auto what = std::is_same_v<Name, camera_id> ? "camera" : "region";
    for (const auto& [id, one] : named) {
      if (!is_valid_name(id.value) || id.value.find('.') != id.value.npos)
        complain(join(path, id.value), {std::string{"is not a good name for a "} + what,
                                        "use 1 to 63 of a-z 0-9 _ -, and begin with a letter or digit"});
      if (std::is_same_v<Name, camera_id> && is_name_of_server(id.value))
        complain(join(path, id.value), {"has the name of one of the server's own actors", "choose another"});
      section_of(one, join(path, id.value));
    }
  }
};

// -- settings against each other ---------------------------------------------------------------------------

std::optional<setting_fault> find_port_clash(const server_settings& server) {
  if (server.port == 0 || server.port != server.media_port)
    return {};
  return setting_fault{"server.media_port", "is " + std::to_string(server.port) + ", as is server.port",
                       "give each its own, or 0 for any free one"};
}

constexpr std::string_view mask_suffix = "-seg";

/// Its name with boxes only.
std::string without_masks(std::string architecture) {
  if (architecture.ends_with(mask_suffix))
    architecture.resize(architecture.size() - mask_suffix.size());
  return architecture;
}

std::optional<setting_fault> find_faulty_network(const teacher_settings& teacher) {
  if (teacher.weights.empty())
    return setting_fault{"teacher.weights", "is missing, which teacher.kind: network needs",
                         "name safetensors of a YOLO11 (deploy/convert_ultralytics.py makes them)"};
  if (teacher.ignore_score > teacher.least_score)
    return setting_fault{"teacher.ignore_score",
                         "is " + to_text(teacher.ignore_score) + ", but teacher.least_score is "
                             + to_text(teacher.least_score),
                         "lower it, or make both the same to ignore nothing"};
  return {};
}

std::optional<setting_fault> find_blind_teacher(const settings& value) {
  if (value.teacher.kind == teacher_kind::network)
    return find_faulty_network(value.teacher);
  if (value.teacher.kind == teacher_kind::hog) {
    if (draws_masks(value.student))
      return setting_fault{"student.architecture",
                           "is " + value.student.architecture
                               + ", but the hog teacher draws no outlines to learn masks from",
                           "use " + without_masks(value.student.architecture)
                               + ", or teacher.kind: labels with outlines in its files, or network with a -seg"};
    if (std::find(value.classes.begin(), value.classes.end(), "person") == value.classes.end())
      return setting_fault{"classes", "does not have 'person', and the hog teacher sees nothing else",
                           "use teacher.kind: labels or network"};
    return {};
  }
  for (const auto& [id, camera] : value.cameras)
    // A camera of the synthetic city, and a sequence of a data set, bring their truth along.
    if (camera.labels.empty() && value.teacher.labels.empty() && !camera.source.starts_with("world:")
        && !dataset_named_by(camera.source))
      return setting_fault{"cameras." + id.value, "has no labels, which teacher.kind: labels needs",
                           "name a MOT file in its 'labels' or in teacher.labels, or a data set as its source"};
  return {};
}

/// Whether a data set has the classes that its address names is known when it is read.
std::optional<setting_fault> find_bad_dataset_address(const settings& value) {
  for (const auto& [id, camera] : value.cameras) {
    const auto place = dataset_named_by(camera.source);
    if (!place)
      continue;
    const auto named = "cameras." + id.value + ".source";
    const auto options = read_dataset_options(place->layout, place->options);
    if (!options)
      return setting_fault{named, options.error().what, options.error().hint};
    for (const auto& choice : options->classes)
      if (const auto is = plain_class_name(choice.is);
          !is.empty() && std::none_of(value.classes.begin(), value.classes.end(),
                                      [&](const auto& one) { return plain_class_name(one) == is; })) {
        const std::vector<std::string_view> known{value.classes.begin(), value.classes.end()};
        return setting_fault{named, "makes '" + choice.name + "' a '" + choice.is + "', which `classes` lacks",
                             did_you_mean(choice.is, known)};
      }
  }
  return {};
}

/// Ekya's first micro-window of every job is its micro-profile.
std::optional<setting_fault> find_no_time_after_profile(const settings& value) {
  if (value.policy.allocation != allocation_kind::ekya || value.window.micro_windows > 1)
    return {};
  return setting_fault{
      "window.micro_windows",
      "is 1, which policy.allocation: ekya spends on profiling, so that nothing is left to train in",
      "use 2 or more, or another allocation"};
}

std::optional<setting_fault> find_small_frame_store(const server_settings& server) {
  const byte_count least{1'000'000};
  if (server.keep_frames.value == 0 || server.keep_frames >= least)
    return {};
  return setting_fault{"server.keep_frames",
                       "must be 0B, or between " + to_text(least) + " and 1TB, but is " + to_text(server.keep_frames),
                       "a second of video may need that much"};
}

std::optional<setting_fault> find_bad_split(const split_settings& split) {
  for (const auto& [name, span] :
       {std::pair{"cycle", split.cycle}, {"train", split.train}, {"held_out", split.held_out}})
    if (span == 0s)
      return setting_fault{std::string{"sampling.split."} + name, "must be at least 1s", ""};
  const auto needed = split.train + split.held_out + 2 * split.guard;
  if (needed <= split.cycle)
    return {};
  return setting_fault{"sampling.split",
                       "needs " + to_text(needed)
                           + " for train, held_out and a guard on both sides, but its cycle is "
                           + to_text(split.cycle),
                       "raise cycle or lower the others"};
}

std::optional<setting_fault> find_crossed_rates(const rate_settings& rate) {
  if (rate.floor <= rate.ceiling)
    return {};
  return setting_fault{"rate.floor",
                       "is " + to_text(rate.floor) + ", but rate.ceiling is " + to_text(rate.ceiling),
                       "lower floor or raise ceiling"};
}

std::optional<setting_fault> find_narrow_window(const kswin_settings& kswin) {
  if (kswin.window >= 2 * kswin.recent)
    return {};
  return setting_fault{"drift.kswin.window",
                       "is " + std::to_string(kswin.window) + ", which leaves fewer than drift.kswin.recent ("
                           + std::to_string(kswin.recent) + ") values to compare the newest with",
                       "make it at least " + std::to_string(2 * kswin.recent)};
}

std::optional<setting_fault> find_small_zoo(const zoo_settings& zoo) {
  if (zoo.top <= zoo.capacity)
    return {};
  return setting_fault{"zoo.top", "is " + std::to_string(zoo.top) + ", but the zoo holds only "
                                      + std::to_string(zoo.capacity) + " (zoo.capacity)",
                       "lower it or raise zoo.capacity"};
}

std::optional<setting_fault> find_unused_table(const sampling_settings& sampling) {
  if (sampling.mode == sampling_mode::table)
    return {};
  const auto mode = std::string{to_string(sampling.mode)};
  if (!sampling.table.empty())
    return setting_fault{"sampling.table", "is set, but sampling.mode is " + mode, "set sampling.mode: table"};
  if (sampling.refine)
    return setting_fault{"sampling.refine", "is true, but sampling.mode is " + mode, "set sampling.mode: table"};
  return {};
}

std::optional<setting_fault> find_unordered_filter(const std::map<camera_id, camera_settings>& cameras) {
  for (const auto& [id, camera] : cameras)
    for (std::size_t i = 1; i < camera.filters.size(); ++i)
      if (camera.filters[i].at <= camera.filters[i - 1].at)
        return setting_fault{element("cameras." + id.value + ".filters", i) + ".at",
                             "is " + to_text(camera.filters[i].at) + ", but the filter before it starts at "
                                 + to_text(camera.filters[i - 1].at),
                             "list filters in ascending order of 'at'"};
  return {};
}

constexpr std::size_t most_conditions = 256, most_cameras = 200'000;

std::optional<setting_fault> find_bad_conditions(const region_settings& region, const std::string& path) {
  for (std::size_t i = 1; i < region.conditions.size(); ++i)
    if (region.conditions[i].at <= region.conditions[i - 1].at)
      return setting_fault{element(path + ".conditions", i) + ".at",
                           "is " + to_text(region.conditions[i].at) + ", but the condition before it begins at "
                             + to_text(region.conditions[i - 1].at),
                           "list conditions in ascending order of 'at'"};
  return {};
}

/// Regions whose cameras cannot be told apart, and more than can be simulated.
std::optional<setting_fault> find_bad_experiment(const experiment_settings& experiment) {
  std::set<std::string> names, conditions{experiment.known};
  for (const auto& [id, region] : experiment.regions) {
    const auto path = "experiment.regions." + id.value;
    if (auto fault = find_bad_conditions(region, path))
      return fault;
    for (const auto& condition : region.conditions)
      conditions.insert(condition.shows);
    for (std::uint32_t i = 0; i < region.cameras; ++i) {
      const auto name = name_in(id, region, i).value;
      if (!is_valid_name(name))
        return setting_fault{path, "makes a camera " + name + ", which is no good name", "call the region shorter"};
      if (!names.insert(name).second)
        return setting_fault{path, "makes a camera " + name + ", and so does another region", "call one otherwise"};
    }
  }
  if (names.size() > most_cameras)
    return setting_fault{"experiment.regions", "have " + std::to_string(names.size()) + " cameras, more than "
                                                 + std::to_string(most_cameras), "use fewer"};
  if (conditions.size() > most_conditions)
    return setting_fault{"experiment.regions", "show " + std::to_string(conditions.size())
                                                 + " conditions, more than " + std::to_string(most_conditions),
                         "use fewer words"};
  return {};
}

} // namespace

std::string_view to_string(log_level value) {
  return word(value);
}
std::string_view to_string(teacher_kind value) {
  return word(value);
}
std::string_view to_string(grouping_mode value) {
  return word(value);
}
std::string_view to_string(allocation_kind value) {
  return word(value);
}

std::string_view to_string(gpu_mode value) {
  return word(value);
}
std::string_view to_string(precision value) {
  return word(value);
}
std::string_view to_string(other_classes value) {
  return word(value);
}
std::string_view to_string(rate_law value) {
  return word(value);
}
std::string_view to_string(pace value) {
  return word(value);
}
std::string_view to_string(drift_kind value) {
  return word(value);
}
std::string_view to_string(zoo_mode value) {
  return word(value);
}
std::string_view to_string(old_conditions value) {
  return word(value);
}
std::string_view to_string(sampling_mode value) {
  return word(value);
}
std::string_view to_string(learner_kind value) {
  return word(value);
}

// -- rules -------------------------------------------------------------------------------------------------

verdict loopback_host(const std::string& host) {
  const auto is_ipv4_loopback = [&] {
    if (!host.starts_with("127."))
      return false;
    auto at = host.data();
    const auto end = host.data() + host.size();
    for (int part = 0; part < 4; ++part) {
      std::uint8_t value = 0;
      const auto read = std::from_chars(at, end, value);
      if (read.ec != std::errc{} || (part < 3 && (read.ptr == end || *read.ptr != '.')))
        return false;
      at = read.ptr + (part < 3);
    }
    return at == end;
  };
  if (host == "localhost" || host == "::1" || is_ipv4_loopback())
    return {};
  return {"is '" + host + "', which is not a loopback address: refused until TLS is configured",
          "use " + std::string{defaults::host}};
}

verdict worker_name(const std::string& name) {
  if (is_valid_name(name))
    return {};
  return {"is '" + name + "', which is not a good name for a worker",
          "use 1 to 63 of a-z 0-9 _ - ., and begin with a letter or digit"};
}

verdict device_name(const std::string& device) {
  std::string_view rest{device};
  if (rest == "cpu" || rest == "cuda")
    return {};
  if (rest.starts_with("cuda:")) {
    rest.remove_prefix(5);
    std::uint8_t index = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (read.ec == std::errc{} && read.ptr == rest.data() + rest.size())
      return {};
  }
  return {"must be cpu, cuda or cuda:N, but is '" + device + "'", ""};
}

verdict known_architecture(const std::string& architecture) {
  const auto size = without_masks(architecture);
  for (const auto* known : {"yolo11p", "yolo11n", "yolo11s", "yolo11m", "yolo11l", "yolo11x"})
    if (size == known)
      return {};
  return {"must be yolo11p, n, s, m, l or x, with -seg for masks, but is '" + architecture + "'", ""};
}

verdict network_input(const picture_size& size) {
  for (const auto side : {size.width, size.height})
    if (side < 32 || side > 1280 || side % 32 != 0)
      return {"must have sides of 32..1280 pixels, multiples of 32, but is " + to_text(size), ""};
  return {};
}

verdict encoded_size(const picture_size& size) {
  for (const auto side : {size.width, size.height})
    if (side < 16 || side > 4096 || side % 2 != 0)
      return {"must have even sides of 16..4096 pixels, but is " + to_text(size), ""};
  return {};
}

verdict class_list(const std::vector<std::string>& classes) {
  if (classes.empty() || classes.size() > 256)
    return {"must list 1 to 256 names, but has " + std::to_string(classes.size()), ""};
  for (auto name = classes.begin(); name != classes.end(); ++name) {
    if (name->empty())
      return {"has an empty name", ""};
    if (std::find(classes.begin(), name, *name) != name)
      return {"lists '" + *name + "' twice", ""};
  }
  return {};
}

verdict whole_seconds(const duration& span) {
  if (span % 1s != 0s)
    return {"must be whole seconds, but is " + to_text(span), ""};
  return between<duration>{0s, 1h}(span);
}

verdict not_empty(const std::string& text) {
  return text.empty() ? verdict{"is missing", ""} : verdict{};
}

verdict known_preset(const std::string& name) {
  if (name.empty() || find_preset(name))
    return {};
  std::string choice;
  for (const auto& known : presets())
    choice += (choice.empty() ? "" : &known == &presets().back() ? " or " : ", ") + std::string{known.name};
  return {"must be " + choice + ", but is '" + name + "'", ""};
}

// ----------------------------------------------------------------------------------------------------------

std::optional<setting_fault> find_fault(const settings& value) {
  inspection rules;
  rules.section_of(value, "");
  if (rules.found)
    return rules.found;
  if (auto fault = find_port_clash(value.server))
    return fault;
  if (auto fault = find_small_frame_store(value.server))
    return fault;
  if (auto fault = find_blind_teacher(value))
    return fault;
  if (auto fault = find_bad_dataset_address(value))
    return fault;
  if (auto fault = find_narrow_window(value.drift.kswin))
    return fault;
  if (auto fault = find_small_zoo(value.zoo))
    return fault;
  if (auto fault = find_bad_split(value.sampling.split))
    return fault;
  if (auto fault = find_unused_table(value.sampling))
    return fault;
  if (auto fault = find_crossed_rates(value.rate))
    return fault;
  if (auto fault = find_no_time_after_profile(value))
    return fault;
  if (auto fault = find_unordered_filter(value.cameras))
    return fault;
  return find_bad_experiment(value.experiment);
}

result<void> validate(const settings& value) {
  if (auto fault = find_fault(value))
    return fail(ec::invalid_argument, fault->path + " " + fault->why, fault->hint);
  return {};
}

bool draws_masks(const student_settings& student) {
  return student.architecture.ends_with(mask_suffix);
}

camera_id name_in(const region_id& region, const region_settings& of, std::uint32_t index) {
  return camera_id{of.cameras == 1 ? region.value : region.value + "-" + std::to_string(index + 1)};
}

std::string name_of_system(const settings& value) {
  if (!value.preset.empty())
    return value.preset;
  return value.policy.grouping == grouping_mode::shared ? "ecco" : std::string{to_string(value.policy.grouping)};
}

sampling_plan plan_of(const sampling_settings& sampling) {
  const auto seconds = [](duration span) { return static_cast<std::uint16_t>(span / 1s); };
  sampling_plan plan;
  plan.train_fps = sampling.train_fps;
  plan.held_out_fps = sampling.held_out_fps;
  plan.width = sampling.size.width;
  plan.height = sampling.size.height;
  plan.bits_per_second = sampling.bitrate.value;
  plan.split = {seconds(sampling.split.cycle), seconds(sampling.split.train), seconds(sampling.split.guard),
                seconds(sampling.split.held_out)};
  return plan;
}

} // namespace ecco
