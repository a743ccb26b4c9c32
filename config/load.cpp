// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>

#include "config/fields.hpp"
#include "config/layers.hpp"
#include "config/text.hpp"
#include "messages/spelling.hpp"

namespace ecco {

namespace {

/// What a node is, for people.
std::string description(const yaml_node& node) {
  if (const auto* scalar = std::get_if<yaml_scalar>(&node.value)) {
    const bool is_text = kind_of(*scalar) == scalar_kind::text;
    return is_text ? "the text '" + redact(scalar->text) + "'" : scalar->text;
  }
  if (std::holds_alternative<yaml_node::list>(node.value))
    return "a list";
  return std::holds_alternative<yaml_node::map>(node.value) ? "a section" : "empty";
}

/// Replaces `${NAME}` and `${NAME:default}`. The error continues the name of a setting.
result<std::string> substitute(const std::string& text, const environment& outside) {
  std::string done;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find("${", at);
    done.append(text, at, open - at);
    if (open == text.npos)
      break;
    if (open > at && text[open - 1] == '$') { // "$${" is how to write "${"
      done += '{';
      at = open + 2;
      continue;
    }
    const auto close = text.find('}', open);
    if (close == text.npos)
      return fail(ec::invalid_argument, "has a '${' without '}'",
                  "write '$${' for the two characters themselves");
    const auto inside = text.substr(open + 2, close - open - 2);
    const auto colon = inside.find(':');
    const auto name = inside.substr(0, colon);
    if (const auto* value = outside.find(name))
      done += *value;
    else if (colon != inside.npos)
      done += inside.substr(colon + 1);
    else
      return fail(ec::invalid_argument, "needs the environment variable " + name,
                  "set it, or write ${" + name + ":default}");
    at = close + 1;
  }
  return done;
}

/// True for what libavformat takes for a URL, `rtsp://host/path` or `file:clip.mp4`, rather than a path.
bool has_scheme(std::string_view source) {
  const auto colon = source.find(':');
  return colon != source.npos && colon > 1 && source[0] >= 'a' && source[0] <= 'z'
         && source.substr(0, colon).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+.-")
                == source.npos;
}

std::filesystem::path resolve(const std::filesystem::path& path, const yaml_place& where) {
  return path.empty() ? path : (where.origin->folder / path).lexically_normal();
}

/// Fills settings from a tree. The first failure is kept, and what follows it does not matter.
class reader {
 public:
  explicit reader(const environment& outside) : outside_(outside) {}

  std::optional<error> failure;

  template <section S>
  void read(S& out, const yaml_node& node, const std::string& path) {
    if (std::holds_alternative<std::monostate>(node.value))
      return;
    const auto* entries = std::get_if<yaml_node::map>(&node.value);
    if (!entries)
      return complain(node, path, "must be a section of settings, but is " + description(node));
    std::vector<std::string_view> known;
    fields(out, [&](std::string_view name, auto& member, const auto&) {
      known.push_back(name);
      for (const auto& entry : *entries)
        if (entry.key == name)
          read_value(member, entry.node, join(path, name));
    });
    for (const auto& entry : *entries)
      if (std::find(known.begin(), known.end(), entry.key) == known.end())
        complain_unknown(entry, path, known);
    if constexpr (std::is_same_v<S, camera_settings>)
      resolve_source(out, *entries);
  }

  /// Where the setting `path` was written, or else the section that it would be in.
  const yaml_place* place_of(std::string path) const {
    for (;;) {
      if (const auto known = places_.find(path); known != places_.end())
        return &known->second;
      const auto shorter = path.find_last_of(".[");
      if (shorter == path.npos)
        return nullptr;
      path.resize(shorter);
    }
  }

 private:
  void complain(const yaml_node& node, const std::string& path, const std::string& why,
                std::string hint = {}) {
    if (!failure)
      failure = refusal(node.where, path + " " + why, std::move(hint));
  }

  void complain_unknown(const yaml_entry& entry, const std::string& path,
                        std::span<const std::string_view> known) {
    std::string hint;
    if (const auto meant = nearest(entry.key, known); !meant.empty())
      hint = "did you mean '" + std::string{meant} + "'?";
    else
      for (const auto name : known)
        hint += (hint.empty() ? "there are " : ", ") + std::string{name};
    if (!failure)
      failure = refusal(entry.where, join(path, entry.key) + " is not a setting", std::move(hint));
  }

  template <class T>
  void read_value(T& out, const yaml_node& node, const std::string& path) {
    places_[path] = node.where;
    read(out, node, path);
  }

  /// The scalar in `node` if it is of one of `kinds` (any, when there are none); otherwise complains.
  const yaml_scalar* scalar(const yaml_node& node, const std::string& path,
                            std::initializer_list<scalar_kind> kinds, const char* wanted) {
    const auto fits = [&](scalar_kind kind) {
      return kinds.size() == 0 || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    };
    const bool text_will_do = fits(scalar_kind::text);
    const auto* found = std::get_if<yaml_scalar>(&node.value);
    if (found && (fits(kind_of(*found)) || (text_will_do && found->style == scalar_style::bare)))
      return found;
    std::string hint;
    if (found && text_will_do)
      hint = "put it in quotes";
    else if (found && fits(kind_of({found->text, scalar_style::plain})))
      hint = "write it without quotes";
    complain(node, path, std::string{"must be "} + wanted + ", but is " + description(node), std::move(hint));
    return nullptr;
  }

  void read(bool& out, const yaml_node& node, const std::string& path) {
    if (const auto* word = scalar(node, path, {scalar_kind::boolean}, "true or false"))
      out = word->text.front() == 't' || word->text.front() == 'T';
  }

  template <std::unsigned_integral T>
  void read(T& out, const yaml_node& node, const std::string& path) {
    const auto* digits = scalar(node, path, {scalar_kind::integer}, "a whole number");
    if (!digits)
      return;
    const auto begin = digits->text.data() + digits->text.starts_with('+');
    const auto end = digits->text.data() + digits->text.size();
    const auto [stop, problem] = std::from_chars(begin, end, out);
    if (stop != end || problem != std::errc{})
      complain(node, path,
               "must be between 0 and " + to_text(std::numeric_limits<T>::max()) + ", but is "
                   + digits->text);
  }

  void read(double& out, const yaml_node& node, const std::string& path) {
    if (const auto* digits = scalar(node, path, {scalar_kind::integer, scalar_kind::real}, "a number"))
      accept(out, parse_number(digits->text), node, path);
  }

  void read(std::string& out, const yaml_node& node, const std::string& path) {
    if (const auto* text = scalar(node, path, {scalar_kind::text}, "text"))
      accept(out, substitute(text->text, outside_), node, path);
  }

  void read(std::filesystem::path& out, const yaml_node& node, const std::string& path) {
    std::string text;
    read(text, node, path);
    out = resolve(text, node.where);
  }

  // Quantities: bare numbers are let through to the readers of units, which know what to suggest.

  void read(duration& out, const yaml_node& node, const std::string& path) {
    if (const auto* text = scalar(node, path, {}, "a duration such as 10s"))
      accept(out, parse_duration(text->text), node, path);
  }

  void read(bit_rate& out, const yaml_node& node, const std::string& path) {
    if (const auto* text = scalar(node, path, {}, "a rate such as 500kbit"))
      accept(out, parse_bit_rate(text->text), node, path);
  }

  void read(byte_count& out, const yaml_node& node, const std::string& path) {
    if (const auto* text = scalar(node, path, {}, "a size such as 256MB"))
      accept(out, parse_byte_count(text->text), node, path);
  }

  void read(metres& out, const yaml_node& node, const std::string& path) {
    if (const auto* text = scalar(node, path, {}, "a length such as 200m"))
      accept(out, parse_length(text->text), node, path);
  }

  void read(picture_size& out, const yaml_node& node, const std::string& path) {
    if (const auto* text = scalar(node, path, {}, "a picture size such as 320x192"))
      accept(out, parse_picture_size(text->text), node, path);
  }

  template <class E>
  requires std::is_enum_v<E>
  void read(E& out, const yaml_node& node, const std::string& path) {
    const auto* word = scalar(node, path, {}, "a word");
    if (!word)
      return;
    const auto& words = words_of<E>;
    const auto found = std::find(words.begin(), words.end(), word->text);
    if (found != words.end()) {
      out = static_cast<E>(found - words.begin());
      return;
    }
    std::string choice;
    for (const auto& each : words)
      choice += (choice.empty() ? "" : &each == &words.back() ? " or " : ", ") + std::string{each};
    complain(node, path, "must be " + choice + ", but is " + description(node));
  }

  void read(location& out, const yaml_node& node, const std::string& path) {
    const auto* degrees = std::get_if<yaml_node::list>(&node.value);
    if (!degrees || degrees->size() != 2)
      return complain(node, path, "must be [latitude, longitude] in degrees, but is " + description(node));
    read_value(out.latitude, degrees->front(), element(path, 0));
    read_value(out.longitude, degrees->back(), element(path, 1));
  }

  template <class T>
  void read(std::vector<T>& out, const yaml_node& node, const std::string& path) {
    const auto* list = std::get_if<yaml_node::list>(&node.value);
    if (!list)
      return complain(node, path, "must be a list, but is " + description(node), "write [...]");
    out.assign(list->size(), T{});
    for (std::size_t i = 0; i < list->size(); ++i)
      read_value(out[i], (*list)[i], element(path, i));
  }

  template <class Name, class T>
  void read(std::map<Name, T>& out, const yaml_node& node, const std::string& path) {
    if (std::holds_alternative<std::monostate>(node.value))
      return;
    const auto* entries = std::get_if<yaml_node::map>(&node.value);
    constexpr auto cameras = std::is_same_v<Name, camera_id>;
    if (!entries)
      return complain(node, path,
                      std::string{"must be a section with one entry a "} + (cameras ? "camera" : "region") + ", but is "
                        + description(node),
                      cameras ? "write name: {source: ...}" : "write name: {cameras: ...}");
    for (const auto& entry : *entries) {
      read_value(out[Name{entry.key}], entry.node, join(path, entry.key));
      places_[join(path, entry.key)] = entry.where;
    }
  }

  template <class T>
  void accept(T& out, result<T> value, const yaml_node& node, const std::string& path) {
    if (value)
      out = std::move(*value);
    else
      complain(node, path, value.error().what, value.error().hint);
  }

  static void resolve_source(camera_settings& camera, const yaml_node::map& entries) {
    for (const auto& entry : entries)
      if (entry.key == "source" && !has_scheme(camera.source))
        camera.source = resolve(camera.source, entry.node.where).string();
  }

  const environment& outside_;
  std::map<std::string, yaml_place> places_;
};

} // namespace

result<settings> load_settings(std::span<const std::filesystem::path> files,
                               std::span<const std::string> overrides, const environment& outside) {
  const auto written = stack_layers(files, overrides, outside);
  if (!written)
    return tl::unexpected{written.error()};
  settings out;
  out.server.state = (outside.folder / out.server.state).lexically_normal();
  reader from{outside};
  from.read(out, *written, "");
  if (from.failure)
    return tl::unexpected{*from.failure};
  if (const auto fault = find_fault(out)) {
    const auto* where = from.place_of(fault->path);
    const auto prefix = where ? to_string(*where) + ": " : std::string{};
    return fail(ec::invalid_argument, prefix + fault->path + " " + fault->why, fault->hint);
  }
  return out;
}

} // namespace ecco
