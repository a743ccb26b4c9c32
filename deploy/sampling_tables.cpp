// SPDX-License-Identifier: Apache-2.0
#include "deploy/sampling_tables.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "config/yaml.hpp"
#include "deploy/whole_file.hpp"

namespace ecco {

result<sampling_tables> read_sampling_tables(const std::filesystem::path& file) {
  std::error_code unreadable;
  if (!std::filesystem::exists(file, unreadable))
    return fail(ec::not_found, file.string() + ": there is no such file", "`ecco profile` writes one");
  std::ifstream in{file, std::ios::binary};
  std::string text(max_yaml_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.is_open() || (in.fail() && !in.eof()))
    return fail(ec::io_failed, file.string() + ": cannot be read: " + std::strerror(errno));
  text.resize(static_cast<std::size_t>(in.gcount())); // more than there may be is refused by the parser
  return parse_sampling_tables(text, file.string());
}

result<sampling_tables> sampling_tables_of(const sampling_settings& from) {
  if (from.table.empty())
    return sampling_tables{};
  auto tables = read_sampling_tables(from.table);
  if (!tables && tables.error().hint.empty())
    tables.error().hint = "check sampling.table";
  return tables;
}

result<void> write_sampling_tables(const std::filesystem::path& file, const sampling_tables& tables) {
  const auto text = to_yaml(tables);
  return write_whole_file(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                          existing_file::replace);
}

} // namespace ecco
