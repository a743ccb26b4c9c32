// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace ecco {

/// Texts of labels are at most this long, in bytes.
inline constexpr std::uintmax_t largest_text = std::uintmax_t{256} << 20;
/// Sides and places of boxes in pixels are at most this far from 0.
inline constexpr double largest_place = 1e6;
/// A sequence has at most this many frames.
inline constexpr std::int64_t most_frames = 10'000'000;

/// Reads a whole text. @returns `not_found`, `io_failed`, and `malformed_data` for one that is too long.
result<std::string> read_text(const std::filesystem::path& file);

/// `parse(text, name of the file, more...)` of a whole text. @returns as `read_text` and `parse`
template <class Parse, class... More>
auto parse_file(const std::filesystem::path& file, Parse parse, const More&... more)
    -> decltype(parse(std::string_view{}, std::string{}, more...)) {
  const auto text = read_text(file);
  if (!text)
    return tl::unexpected{text.error()};
  return parse(*text, file.string(), more...);
}

/// What is wrong with a file, the first ten in words: `gt.txt:3:7: ...`.
class fault_list {
 public:
  explicit fault_list(std::string name) : name_(std::move(name)) {}

  /// @param line, column from 1; column 0: the line as a whole, line 0: the file as a whole
  void add(std::size_t line, std::size_t column, const std::string& what);

  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }

  /// @pre there are some
  tl::unexpected<error> as_error(const std::string& hint) const;

 private:
  std::string name_, text_;
  std::size_t count_ = 0;
};

/// One line, cut into fields without the blanks around them. Getters say what is wrong to the list of faults, and
/// return nothing then.
class text_row {
 public:
  /// @param separator a blank: any number of blanks separates two fields
  text_row(std::string_view line, std::size_t number, char separator, fault_list& faults);

  std::size_t size() const { return fields_.size(); }
  std::size_t line() const { return number_; }
  std::string_view text(std::size_t field) const { return fields_[field].text; }

  /// Has it so many fields?
  bool has(std::size_t least, std::size_t most) const;

  /// An integer within these bounds.
  std::optional<std::int64_t> whole(std::size_t field, std::string_view name, std::int64_t least,
                                    std::int64_t most) const;
  /// A finite number within these bounds.
  std::optional<double> number(std::size_t field, std::string_view name, double least, double most) const;

  /// Says that a field, or `whole_line`, is wrong.
  void refuse(std::size_t field, const std::string& what) const;
  static constexpr std::size_t whole_line = SIZE_MAX;

 private:
  struct piece {
    std::string_view text;
    std::size_t column;
  };

  std::string_view line_;
  std::size_t number_;
  std::vector<piece> fields_;
  fault_list& faults_;
};

/// What some editors begin a text with.
inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Calls `visit` with every line that is not blank, without the end of line, and its number from 1.
void for_each_line(std::string_view text, const std::function<void(std::string_view, std::size_t)>& visit);

/// The shortest text that reads back as `value`.
std::string shortest(double value);

} // namespace ecco
