// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "runtime/world/sumo_network.hpp"

namespace ecco::world {

std::string element(int depth, std::string_view name,
                    const std::vector<std::pair<std::string_view, std::string>>& attributes, bool open) {
  auto text = std::string(static_cast<std::size_t>(2 * depth), ' ') + '<' + std::string{name};
  for (const auto& [key, value] : attributes)
    text += ' ' + std::string{key} + "=\"" + value + '"';
  return text + (open ? ">\n" : "/>\n");
}

std::string decimal(double value) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 3).ptr;
  std::string made{text.data(), end};
  made.erase(made.find_last_not_of('0') + 1);
  if (made.ends_with('.'))
    made.pop_back();
  return made == "-0" ? "0" : made;
}

std::string xml_file(std::string_view root, const std::string& inside) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + std::string{root} + ">\n" + inside + "</" + std::string{root}
         + ">\n";
}

} // namespace ecco::world
