// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace ecco::test {

/// An element as the files for SUMO have them: one a line, without text.
struct xml_line {
  std::string name;
  std::map<std::string, std::string> said;

  double number(const std::string& key) const { return std::stod(said.at(key)); }
};

/// All elements that begin on a line of `text`.
inline std::vector<xml_line> xml_lines(const std::string& text) {
  std::vector<xml_line> all;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    auto at = line.find('<');
    if (at == std::string::npos || line[at + 1] == '/' || line[at + 1] == '?')
      continue;
    xml_line made;
    const auto end = line.find_first_of(" />", at);
    made.name = line.substr(at + 1, end - at - 1);
    for (at = end; (at = line.find("=\"", at)) != std::string::npos;) {
      const auto from = line.rfind(' ', at) + 1, to = line.find('"', at + 2);
      made.said[line.substr(from, at - from)] = line.substr(at + 2, to - at - 2);
      at = to;
    }
    all.push_back(std::move(made));
  }
  return all;
}

} // namespace ecco::test
