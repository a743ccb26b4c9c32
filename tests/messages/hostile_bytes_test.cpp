// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include "messages/codec.hpp"
#include "tests/messages/samples.hpp"

using namespace ecco;

namespace {

void is_malformed(std::span<const std::uint8_t> data, const std::string& says) {
  const auto message = decode(data);
  BOOST_REQUIRE(!message);
  BOOST_TEST(to_string(message.error().code) == "malformed_data");
  BOOST_TEST(message.error().what.find(says) != std::string::npos, message.error().what);
}

/// Decodes bytes that may be anything: a message that comes out must be sound, an error must say something.
void survives(std::span<const std::uint8_t> data) {
  const auto message = decode(data);
  if (message)
    BOOST_TEST(decode(encode(*message)).has_value());
  else
    BOOST_TEST(!message.error().what.empty());
}

/// A message in one segment of the given words (little-endian machines only, as everywhere in the tests).
bytes message_of(const std::vector<std::uint64_t>& words) {
  const auto table = std::uint64_t{words.size()} << 32;
  bytes data(8 * (words.size() + 1));
  std::memcpy(data.data(), &table, 8);
  std::memcpy(data.data() + 8, words.data(), 8 * words.size());
  return data;
}

constexpr std::uint64_t struct_pointer(std::uint64_t offset, std::uint64_t data_words,
                                       std::uint64_t pointers) {
  return offset << 2 | data_words << 32 | pointers << 48;
}

constexpr std::uint64_t of_bytes = 2, of_pointers = 6, of_structs = 7;

constexpr std::uint64_t list_pointer(std::uint64_t offset, std::uint64_t elements, std::uint64_t count) {
  return 1 | offset << 2 | elements << 32 | count << 35;
}

constexpr std::uint64_t label_order_kind = 14;

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_bytes)

BOOST_AUTO_TEST_CASE(truncated_bytes_are_refused) {
  for (const auto& message : test::samples()) {
    const auto data = encode(message);
    for (std::size_t size = 0; size < data.size(); ++size) {
      const auto decoded = decode(std::span{data}.first(size));
      BOOST_REQUIRE_MESSAGE(!decoded, kind_of(message) << " cut to " << size << " of " << data.size());
      BOOST_TEST(to_string(decoded.error().code) == "malformed_data");
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_after_the_message_are_refused) {
  auto data = encode(status_query{});
  data.resize(data.size() + 8);
  is_malformed(data, "followed by other bytes");
}

BOOST_AUTO_TEST_CASE(no_flipped_bit_does_harm) {
  for (const auto& message : test::samples()) {
    auto data = encode(message);
    for (std::size_t bit = 0; bit < 8 * data.size(); ++bit) {
      const auto mask = static_cast<std::uint8_t>(1u << bit % 8);
      data[bit / 8] ^= mask;
      survives(data);
      data[bit / 8] ^= mask;
    }
  }
}

BOOST_AUTO_TEST_CASE(no_overwritten_word_does_harm) {
  constexpr std::uint64_t extremes[] = {0, ~0ull, 0x7FFFFFFFFFFFFFFF, 0x00000001FFFFFFFC, 0xFFFFFFFF00000001};
  auto messages = test::samples();
  auto with_shapes = test::sample<labels>();
  with_shapes.frames[0][0].shape = {{{{1, 2}, {3, 4}, {5, 6}}, {{0, 0}, {9, 0}, {9, 9}, {0, 9}}}};
  messages.emplace_back(with_shapes);
  for (const auto& message : messages) {
    const auto good = encode(message);
    for (std::size_t at = 0; at < good.size(); at += 8)
      for (const auto word : extremes) {
        auto data = good;
        std::memcpy(data.data() + at, &word, 8);
        survives(data);
      }
  }
}

RC_BOOST_PROP(garbage_does_no_harm, ()) {
  const auto words = *rc::gen::inRange<std::size_t>(0, 64);
  survives(*rc::gen::container<bytes>(8 * words, rc::gen::arbitrary<std::uint8_t>()));
}

RC_BOOST_PROP(garbage_in_a_sound_segment_does_no_harm, ()) {
  const auto words = static_cast<std::uint8_t>(*rc::gen::inRange(1, 64));
  auto data = *rc::gen::container<bytes>(8u * words + 8u, rc::gen::arbitrary<std::uint8_t>());
  const std::uint8_t table[] = {0, 0, 0, 0, words, 0, 0, 0};
  std::ranges::copy(table, data.begin());
  survives(data);
}

BOOST_AUTO_TEST_CASE(an_oversized_message_is_refused_before_it_is_looked_at) {
  is_malformed(bytes(max_message_bytes + 8), "at most 268435456");
}

BOOST_AUTO_TEST_CASE(a_kind_of_a_later_version_is_refused_by_its_number) {
  auto data = encode(status_query{});
  data[16] = 0xE7;
  data[17] = 0x03;
  is_malformed(data, "unknown kind 999");
}

BOOST_AUTO_TEST_CASE(a_list_of_half_a_billion_nothings_is_refused) {
  constexpr std::uint64_t count = (1u << 29) - 1;
  is_malformed(message_of({
                   struct_pointer(0, 1, 1), label_order_kind, struct_pointer(0, 0, 1),
                   list_pointer(0, of_structs, 0), // a list of structs that has 0 words
                   count << 2,                     // and half a billion elements
               }),
               "traversal limit");
}

BOOST_AUTO_TEST_CASE(a_message_that_contains_itself_is_refused) {
  constexpr auto to_itself = 0xFFFFFFFCull | std::uint64_t{1} << 32 | std::uint64_t{1} << 48;
  is_malformed(message_of({struct_pointer(0, 1, 1), label_order_kind, to_itself}), "");
}

// Otherwise a small message could become a large one.
BOOST_AUTO_TEST_CASE(the_same_bytes_cannot_be_read_again_and_again) {
  constexpr std::uint64_t worker_welcome_kind = 31;
  constexpr std::uint64_t classes = 16, words_of_text = 16;
  std::vector<std::uint64_t> words{
      struct_pointer(0, 1, 1),
      worker_welcome_kind,
      struct_pointer(0, 1, 3),
      0,
      list_pointer(2, of_bytes, 2), // student, two words further on: "a"
      list_pointer(2, of_pointers, classes),
      0,
      'a',
  };
  for (auto left = classes; left > 0; --left)
    words.push_back(list_pointer(left - 1, of_bytes, 8 * words_of_text));
  words.insert(words.end(), words_of_text - 1, 0x6161616161616161);
  words.push_back('a');
  is_malformed(message_of(words), "traversal limit");
}

BOOST_AUTO_TEST_SUITE_END()
