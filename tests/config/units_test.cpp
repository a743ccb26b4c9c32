// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "config/units.hpp"

BOOST_AUTO_TEST_SUITE(units)

using namespace ecco;
using namespace std::chrono_literals;

namespace {

template <class T>
std::string complaint(const result<T>& read) {
  return read ? "none" : read.error().what + (read.error().hint.empty() ? "" : "; " + read.error().hint);
}

} // namespace

BOOST_AUTO_TEST_CASE(durations_are_read) {
  BOOST_TEST((parse_duration("250ms") == 250ms));
  BOOST_TEST((parse_duration("10s") == 10s));
  BOOST_TEST((parse_duration("1.5m") == 90s));
  BOOST_TEST((parse_duration("1h") == 1h));
  BOOST_TEST((parse_duration("-1us") == -1us));
  BOOST_TEST((parse_duration("7ns") == 7ns));
}

BOOST_AUTO_TEST_CASE(durations_without_sense_are_refused) {
  BOOST_TEST(complaint(parse_duration("60")) == "is 60 without a unit; write 60s");
  BOOST_TEST(complaint(parse_duration("")) == "is not a number with a unit: ''; write for example 10s");
  BOOST_TEST(complaint(parse_duration("s")) == "is not a number with a unit: 's'; write for example 10s");
  BOOST_TEST(complaint(parse_duration("10 s")) == "has the unknown unit ' s'; units are h, m, s, ms, us, ns");
  BOOST_TEST(complaint(parse_duration("10M")) == "has the unknown unit 'M'; units are h, m, s, ms, us, ns");
  BOOST_TEST(complaint(parse_duration("infs"))
             == "is not a number with a unit: 'infs'; write for example 10s");
  BOOST_TEST(complaint(parse_duration("1e99h")) == "is longer than 292 years: '1e99h'");
  BOOST_TEST(complaint(parse_duration("1e999h")) == "must be a number, but is '1e999'");
}

BOOST_AUTO_TEST_CASE(rates_are_per_second_and_of_powers_of_1000) {
  BOOST_TEST((parse_bit_rate("800bit") == bit_rate{800}));
  BOOST_TEST((parse_bit_rate("500kbit") == bit_rate{500'000}));
  BOOST_TEST((parse_bit_rate("2.5Mbit") == bit_rate{2'500'000}));
  BOOST_TEST(complaint(parse_bit_rate("500")) == "is 500 without a unit; write 500kbit");
  BOOST_TEST(complaint(parse_bit_rate("5Gbit")) == "must be between 0bit and 4Gbit, but is 5Gbit");
  BOOST_TEST(complaint(parse_bit_rate("-1bit")) == "must be between 0bit and 4Gbit, but is -1bit");
}

BOOST_AUTO_TEST_CASE(sizes_are_of_powers_of_1000) {
  BOOST_TEST((parse_byte_count("500B") == byte_count{500}));
  BOOST_TEST((parse_byte_count("64kB") == byte_count{64'000}));
  BOOST_TEST((parse_byte_count("1.5GB") == byte_count{1'500'000'000}));
  BOOST_TEST(complaint(parse_byte_count("256")) == "is 256 without a unit; write 256MB");
  BOOST_TEST(complaint(parse_byte_count("-1MB")) == "must be between 0B and 9000000TB, but is -1MB");
  BOOST_TEST(complaint(parse_byte_count("1e9TB")) == "must be between 0B and 9000000TB, but is 1e9TB");
}

BOOST_AUTO_TEST_CASE(lengths_and_picture_sizes_are_read) {
  BOOST_TEST((parse_length("1.5km") == metres{1500}));
  BOOST_TEST(complaint(parse_length("200")) == "is 200 without a unit; write 200m");
  BOOST_TEST((parse_picture_size("256x192") == picture_size{256, 192}));
  for (const auto* text : {"", "x", "256", "256x", "x192", "256X192", "256x192x3", "-1x2", "99999x2", " 1x2"})
    BOOST_TEST(!parse_picture_size(text).has_value());
}

BOOST_AUTO_TEST_CASE(values_are_written_in_the_largest_exact_unit) {
  BOOST_TEST(to_text(duration{60s}) == "1m");
  BOOST_TEST(to_text(duration{90s}) == "90s");
  BOOST_TEST(to_text(duration{0s}) == "0s");
  BOOST_TEST(to_text(duration{1500us}) == "1500us");
  BOOST_TEST(to_text(bit_rate{1'500'000}) == "1500kbit");
  BOOST_TEST(to_text(bit_rate{0}) == "0bit");
  BOOST_TEST(to_text(byte_count{256'000'000}) == "256MB");
  BOOST_TEST(to_text(byte_count{0}) == "0B");
  BOOST_TEST(to_text(metres{0.1}) == "0.1m");
  BOOST_TEST(to_text(metres{1500}) == "1500m");
  BOOST_TEST(to_text(metres{20'000'000}) == "20000km");
}

RC_BOOST_PROP(what_is_written_is_read_back, (std::int32_t amount, std::uint32_t bits, double number)) {
  for (const auto scale : {1LL, 1'000LL, 1'000'000LL}) {
    const duration span{amount * scale};
    RC_ASSERT(parse_duration(to_text(span)) == span);
  }
  RC_ASSERT(parse_bit_rate(to_text(bit_rate{bits})) == bit_rate{bits});
  RC_ASSERT(parse_byte_count(to_text(byte_count{bits})) == byte_count{bits});
  RC_ASSERT(parse_number(to_text(number)) == number);
  RC_ASSERT(parse_length(to_text(metres{number})) == metres{number});
}

BOOST_AUTO_TEST_SUITE_END()
