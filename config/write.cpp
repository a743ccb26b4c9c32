// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <type_traits>

#include "config/fields.hpp"
#include "config/load.hpp"

namespace ecco {

namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = text[i];
    if (c == '"' || c == '\\')
      out += std::string{'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      constexpr std::string_view digits = "0123456789abcdef";
      out += {'\\', 'x', digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]};
    } else if (c == '$' && text.substr(i).starts_with("${"))
      out += "$$";
    else
      out += c;
  }
  return out + "\"";
}

std::string written(bool value) {
  return value ? "true" : "false";
}
std::string written(const std::string& value) {
  return in_quotes(value);
}
std::string written(const std::filesystem::path& value) {
  return in_quotes(value.native());
}
std::string written(const location& value) {
  return "[" + to_text(value.latitude) + ", " + to_text(value.longitude) + "]";
}

template <class T>
std::string written(const T& value) {
  if constexpr (std::is_enum_v<T>)
    return std::string{to_string(value)};
  else
    return to_text(value);
}

std::string written(const filter_settings& filter) {
  return "{at: " + to_text(filter.at) + ", chain: " + in_quotes(filter.chain) + "}";
}

std::string written(const condition_settings& condition) {
  return "{at: " + to_text(condition.at) + ", shows: " + in_quotes(condition.shows) + "}";
}

template <class T>
std::string written(const std::vector<T>& values) {
  std::string out;
  for (const auto& value : values)
    out += (out.empty() ? "" : ", ") + written(value);
  return "[" + out + "]";
}

template <section S>
void write(std::string& out, const S& value, const std::string& indent) {
  fields(value, [&](std::string_view name, const auto& member, const auto&) {
    using type = std::remove_cvref_t<decltype(member)>;
    out += indent + std::string{name} + ":";
    if constexpr (section<const type>) {
      out += "\n";
      write(out, member, indent + "  ");
    } else if constexpr (named_sections<type>) {
      out += "\n";
      for (const auto& [id, one] : member) {
        out += indent + "  " + in_quotes(id.value) + ":\n";
        write(out, one, indent + "    ");
      }
    } else
      out += " " + written(member) + "\n";
  });
}

} // namespace

std::string to_yaml(const settings& value) {
  std::string out = "config_version: 1\n";
  write(out, value, "");
  return out;
}

} // namespace ecco
