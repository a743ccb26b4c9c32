// SPDX-License-Identifier: Apache-2.0
#include "deploy/source_list.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace ecco {

namespace {

constexpr std::size_t most_sources = 10000, longest_line = 1000;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto begin = text.find_first_not_of(blanks);
  return begin == std::string_view::npos ? std::string_view{}
                                         : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// A `#` within an address is part of it; a comment stands alone or after a blank.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i)
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
      return line.substr(0, i);
  return line;
}

/// The condition of that name, made if it is new.
condition_sources& condition_in(std::vector<condition_sources>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.condition == name; });
  if (found != all.end())
    return *found;
  all.push_back({std::string{name}, {}});
  return all.back();
}

} // namespace

result<std::vector<condition_sources>> read_source_list(std::istream& lines, const std::string& name) {
  std::vector<condition_sources> out;
  std::string line, condition;
  std::size_t count = 0;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const auto refuse = [&](const std::string& why) {
      return fail(ec::malformed_data, name + ":" + std::to_string(number) + ": " + why,
                  "one source a line, such as world:downtown-1?rain=1, below headings such as [rain]");
    };
    if (line.size() > longest_line)
      return refuse("the line is longer than " + std::to_string(longest_line) + " characters");
    const auto text = trimmed(without_comment(line));
    if (text.empty())
      continue;
    if (text.front() == '[') {
      const auto word = text.back() == ']' ? trimmed(text.substr(1, text.size() - 2)) : std::string_view{};
      if (word.empty())
        return refuse("a heading is a word between brackets");
      condition = word;
      continue;
    }
    if (++count > most_sources)
      return refuse("these are more than " + std::to_string(most_sources) + " sources");
    condition_in(out, condition).sources.emplace_back(text);
  }
  if (lines.bad())
    return fail(ec::io_failed, name + " cannot be read");
  if (count == 0)
    return fail(ec::malformed_data, name + ": it names no source");
  return out;
}

result<std::vector<condition_sources>> read_source_list(const std::filesystem::path& file) {
  std::ifstream lines{file};
  if (!lines)
    return fail(ec::not_found, file.string() + " cannot be read", "name a file with one source a line");
  return read_source_list(lines, file.string());
}

std::vector<std::string> all_sources(const std::vector<condition_sources>& list) {
  std::vector<std::string> out;
  for (const auto& one : list)
    out.insert(out.end(), one.sources.begin(), one.sources.end());
  return out;
}

} // namespace ecco
