// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/text_rows.hpp"

#include <charconv>
#include <cmath>
#include <fstream>

namespace ecco {

namespace {

constexpr std::string_view blanks = " \t\r";

/// At most 40 bytes of it, and nothing that a terminal obeys.
std::string quoted(std::string_view text) {
  std::string out{text.substr(0, 40)};
  for (auto& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f)
      c = '?';
  return "'" + out + "'";
}

template <class T>
bool parse(std::string_view text, T& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size();
}

} // namespace

result<std::string> read_text(const std::filesystem::path& file) {
  std::error_code wrong;
  if (std::filesystem::is_directory(file, wrong))
    return fail(ec::malformed_data, file.string() + ": a folder, where a text was expected");
  const auto size = std::filesystem::file_size(file, wrong);
  if (wrong == std::errc::no_such_file_or_directory || wrong == std::errc::not_a_directory)
    return fail(ec::not_found, file.string() + ": there is no such file", "check the path");
  if (wrong)
    return fail(ec::io_failed, file.string() + " cannot be read: " + wrong.message());
  if (size > largest_text)
    return fail(ec::malformed_data, file.string() + ": " + std::to_string(size) + " bytes are too many for labels",
                "at most 256 MiB are read");
  std::string out(size, '\0');
  std::ifstream in{file, std::ios::binary};
  if (!in.read(out.data(), static_cast<std::streamsize>(size)))
    return fail(ec::io_failed, file.string() + " cannot be read", "may it be read?");
  return out;
}

// -- faults ----------------------------------------------------------------------------------------------

void fault_list::add(std::size_t line, std::size_t column, const std::string& what) {
  if (++count_ > 10)
    return;
  text_ += (text_.empty() ? "" : "; ") + name_;
  if (line > 0)
    text_ += ":" + std::to_string(line);
  if (column > 0)
    text_ += ":" + std::to_string(column);
  text_ += ": " + what;
}

tl::unexpected<error> fault_list::as_error(const std::string& hint) const {
  const auto more = count_ > 10 ? "; and " + std::to_string(count_ - 10) + " more" : std::string{};
  return fail(ec::malformed_data, text_ + more, hint);
}

// -- rows ------------------------------------------------------------------------------------------------

text_row::text_row(std::string_view line, std::size_t number, char separator, fault_list& faults)
    : line_(line), number_(number), faults_(faults) {
  std::size_t from = 0;
  while (from <= line.size()) {
    const auto to = std::min(line.find(separator, from), line.size());
    const auto part = line.substr(from, to - from);
    const auto first = part.find_first_not_of(blanks);
    if (first != part.npos)
      fields_.push_back({part.substr(first, part.find_last_not_of(blanks) - first + 1), from + first + 1});
    else if (separator != ' ')
      fields_.push_back({{}, from + 1});
    from = to + 1;
  }
}

bool text_row::has(std::size_t least, std::size_t most) const {
  if (fields_.size() >= least && fields_.size() <= most)
    return true;
  const auto wanted = least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
  refuse(whole_line, std::to_string(fields_.size()) + " fields in place of " + wanted);
  return false;
}

std::optional<std::int64_t> text_row::whole(std::size_t field, std::string_view name, std::int64_t least,
                                            std::int64_t most) const {
  std::int64_t value = 0;
  if (!parse(text(field), value)) {
    refuse(field, std::string{name} + " " + quoted(text(field)) + " is no integer");
    return std::nullopt;
  }
  if (value < least || value > most) {
    refuse(field, std::string{name} + " must lie in " + std::to_string(least) + ".." + std::to_string(most)
                      + ", but is " + std::to_string(value));
    return std::nullopt;
  }
  return value;
}

std::optional<double> text_row::number(std::size_t field, std::string_view name, double least, double most) const {
  double value = 0;
  if (!parse(text(field), value) || !std::isfinite(value)) {
    refuse(field, std::string{name} + " " + quoted(text(field)) + " is no finite number");
    return std::nullopt;
  }
  if (value < least || value > most) {
    refuse(field, std::string{name} + " must lie in " + shortest(least) + ".." + shortest(most) + ", but is "
                      + shortest(value));
    return std::nullopt;
  }
  return value;
}

void text_row::refuse(std::size_t field, const std::string& what) const {
  faults_.add(number_, field == whole_line ? 0 : fields_[field].column, what);
}

void for_each_line(std::string_view text, const std::function<void(std::string_view, std::size_t)>& visit) {
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (line.find_first_not_of(blanks) != line.npos)
      visit(line, number);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
}

std::string shortest(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

} // namespace ecco
