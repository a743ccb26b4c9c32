// SPDX-License-Identifier: Apache-2.0
#include "messages/ids.hpp"

#include <algorithm>
#include <cstdio>

namespace ecco {

namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

} // namespace

bool is_valid_name(const std::string& name) {
  return !name.empty() && name.size() <= 63 && is_alphanumeric(name.front())
         && std::all_of(name.begin(), name.end(), [](char c) {
              return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
            });
}

std::string to_string(group_id id) {
  char text[16];
  std::snprintf(text, sizeof text, "g-%04u", id.value);
  return text;
}

} // namespace ecco
