// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/rle.hpp"

namespace ecco {

namespace {

/// A character carries five bits of a number, the lowest first; a sixth says that another one follows. The
/// highest bit of the last is the sign.
constexpr char first_character = '0';
constexpr int bits = 5;
constexpr unsigned low_bits = 0x1f, more_follow = 0x20, sign = 0x10;

/// Seven characters hold any difference of two runs.
constexpr int longest_chain = 7;

/// Takes one number off the front of `text`.
result<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  for (int k = 0; k < longest_chain; ++k) {
    if (text.empty())
      return fail(ec::malformed_data, "mask: the string ends inside a run");
    const auto c = static_cast<unsigned>(static_cast<unsigned char>(text.front()) - first_character);
    if (c > (low_bits | more_follow))
      return fail(ec::malformed_data, "mask: the character of code "
                                          + std::to_string(static_cast<unsigned char>(text.front()))
                                          + " is none of a compressed mask, '0' to 'o'");
    text.remove_prefix(1);
    number |= static_cast<std::int64_t>(c & low_bits) << (bits * k);
    if (c & more_follow)
      continue;
    return c & sign ? number - (std::int64_t{1} << (bits * (k + 1))) : number;
  }
  return fail(ec::malformed_data,
              "mask: a run takes more than " + std::to_string(longest_chain) + " characters");
}

void append_number(std::string& text, std::int64_t number) {
  for (bool more = true; more;) {
    auto c = static_cast<unsigned>(number) & low_bits;
    number >>= bits;
    more = c & sign ? number != -1 : number != 0;
    c |= more ? more_follow : 0;
    text += static_cast<char>(first_character + c);
  }
}

} // namespace

result<rle> rle_from_string(std::string_view text, std::uint32_t height, std::uint32_t width) {
  std::vector<std::int64_t> runs;
  while (!text.empty()) {
    auto run = take_number(text);
    if (!run)
      return tl::unexpected{run.error()};
    if (runs.size() > 2)
      *run += runs[runs.size() - 2];
    // Checked here as well, so that no sum of differences overflows.
    if (*run < 0 || *run > static_cast<std::int64_t>(max_mask_pixels))
      return fail(ec::malformed_data, "mask: a run of " + std::to_string(*run) + " pixels cannot be");
    runs.push_back(*run);
  }
  return rle_from_runs(runs, height, width);
}

std::string to_string(const rle& mask) {
  std::string text;
  for (std::size_t i = 0; i < mask.runs.size(); ++i)
    append_number(text, std::int64_t{mask.runs[i]} - (i > 2 ? mask.runs[i - 2] : 0));
  return text;
}

} // namespace ecco
