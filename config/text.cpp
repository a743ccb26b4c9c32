// SPDX-License-Identifier: Apache-2.0
#include "config/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

namespace ecco {

namespace {

/// Optimal string alignment distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

bool names_a_secret(std::string_view parameter) {
  static constexpr std::array<std::string_view, 5> words{"pass", "pwd", "token", "secret", "key"};
  std::string name{parameter};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return name.find(word) != name.npos; });
}

} // namespace

bool is_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[at++]);
    const int more = first < 0x80   ? 0
                     : first < 0xc2 ? -1
                     : first < 0xe0 ? 1
                     : first < 0xf0 ? 2
                     : first < 0xf5 ? 3
                                    : -1;
    if (more < 0 || first == 0)
      return false;
    std::uint32_t code = more == 0 ? first : first & (0x3fu >> more);
    for (int i = 0; i < more; ++i, ++at) {
      if (at == text.size() || (text[at] & 0xc0) != 0x80)
        return false;
      code = code << 6 | (text[at] & 0x3fu);
    }
    const bool overlong = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
      return false;
  }
  return true;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  if (word.size() > 64) // nobody mistypes a setting into this, and the distance takes quadratic time
    return best;
  auto best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates)
    if (const auto away = distance(word, candidate); away < best_distance) {
      best = candidate;
      best_distance = away;
    }
  return best;
}

std::string redact(std::string url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos)
    return url;
  const auto begin = scheme + 3;
  if (const auto at = url.rfind('@'); at != url.npos && at >= begin)
    url.replace(begin, at - begin, "***");
  for (auto at = url.find('=', begin); at != url.npos; at = url.find('=', at + 1)) {
    const auto name = url.find_last_of("/?&;", at) + 1;
    if (!names_a_secret(std::string_view{url}.substr(name, at - name)))
      continue;
    const auto end = std::min(url.find_first_of("&;#", at), url.size());
    url.replace(at + 1, end - at - 1, "***");
  }
  return url;
}

} // namespace ecco
