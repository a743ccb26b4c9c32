// SPDX-License-Identifier: Apache-2.0
#include "config/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "messages/utf8.hpp"

namespace ecco {

namespace {

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
  return is_utf8(text) && text.find('\0') == text.npos;
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
