// SPDX-License-Identifier: Apache-2.0
#include "config/dataset_address.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "messages/spelling.hpp"

namespace ecco {

namespace {

constexpr std::size_t longest_options = 100'000;
constexpr std::array<std::string_view, 2> keys{"classes", "tags"};
constexpr std::string_view old_tags = "0.9.13";

tl::unexpected<error> refuse(const std::string& why, std::string hint = {}) {
  return fail(ec::invalid_argument, why, std::move(hint));
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 60;
  return "'" + std::string{text.substr(0, longest)} + (text.size() > longest ? "...'" : "'");
}

/// Calls `visit` with each part; stops at the first that it does not take.
template <class F>
result<void> for_each_part(std::string_view text, char separator, F visit) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(separator, begin), text.size());
    if (auto taken = visit(text.substr(begin, end - begin)); !taken)
      return taken;
    begin = end + 1;
  }
  return {};
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == text.npos ? std::string{} : std::string{text.substr(begin, text.find_last_not_of(' ') - begin + 1)};
}

result<std::vector<class_choice>> read_choices(std::string_view text) {
  std::vector<class_choice> out;
  auto read = for_each_part(text, ',', [&](std::string_view part) -> result<void> {
    const auto colon = part.find(':');
    class_choice one{trimmed(part.substr(0, colon)), {}};
    if (colon == part.npos || one.name.empty() || part.find(':', colon + 1) != part.npos)
      return refuse("says " + quoted(part) + " in classes=", "write CLASS:CONFIGURED, or CLASS: for none");
    one.is = trimmed(part.substr(colon + 1));
    if (std::any_of(out.begin(), out.end(), [&](const auto& other) {
          return plain_class_name(other.name) == plain_class_name(one.name);
        }))
      return refuse("says twice what class " + quoted(one.name) + " is", "leave one of them out");
    out.push_back(std::move(one));
    return {};
  });
  if (!read)
    return tl::unexpected{read.error()};
  return out;
}

} // namespace

std::optional<dataset_place> dataset_named_by(std::string_view source) {
  const auto colon = source.find(':');
  if (colon == source.npos)
    return std::nullopt;
  const auto layout = layout_of(source.substr(0, colon));
  auto path = source.substr(colon + 1);
  std::string_view options;
  if (const auto mark = path.rfind('?'); mark != path.npos) {
    options = path.substr(mark + 1);
    path = path.substr(0, mark);
  }
  if (!layout || path.empty())
    return std::nullopt;
  return dataset_place{*layout, std::string{path}, std::string{options}};
}

std::string plain_class_name(std::string_view name) {
  std::string out{name};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return c == '-' || c == '_' ? ' ' : static_cast<char>(std::tolower(c)); });
  return out;
}

result<dataset_options> read_dataset_options(dataset_layout layout, std::string_view text) {
  dataset_options out;
  if (text.empty())
    return out;
  if (text.size() > longest_options)
    return refuse("has options of more than 100000 characters");
  std::vector<std::string_view> seen;
  auto read = for_each_part(text, '&', [&](std::string_view part) -> result<void> {
    const auto key = part.substr(0, part.find('='));
    if (key.size() == part.size() || std::find(keys.begin(), keys.end(), key) == keys.end())
      return refuse("has the option " + quoted(part) + ", which data sets have not",
                    key.size() == part.size() ? "?classes=van:car; a path with a '?' ends with another one"
                                              : did_you_mean(key, keys));
    if (std::find(seen.begin(), seen.end(), key) != seen.end())
      return refuse("has " + std::string{key} + "= twice", "leave one of them out");
    seen.push_back(key);
    const auto value = part.substr(key.size() + 1);
    if (key == "classes") {
      auto choices = read_choices(value);
      if (!choices)
        return tl::unexpected{choices.error()};
      out.classes = std::move(*choices);
      return {};
    }
    if (layout != dataset_layout::carla)
      return refuse("has tags=, which only carla has", "leave it out");
    if (value != old_tags)
      return refuse("has tags=" + std::string{value.substr(0, 20)}, "tags=0.9.13, or nothing for CARLA since 0.9.14");
    out.tags = carla_tags::before_0_9_14;
    return {};
  });
  if (!read)
    return tl::unexpected{read.error()};
  return out;
}

} // namespace ecco
