// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/export_time.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(export_time)

BOOST_AUTO_TEST_CASE(dates_and_spans_are_moments) {
  const duration now = 1000h;
  BOOST_TEST((parse_moment("1970-01-02", now) == duration{24h}));
  BOOST_TEST((parse_moment("1970-01-02T03:04", now) == duration{27h + 4min}));
  BOOST_TEST((parse_moment("1970-01-02T03:04Z", now) == duration{27h + 4min}));
  BOOST_TEST((parse_moment("1970-01-02 03:04:05Z", now) == duration{27h + 4min + 5s}));
  BOOST_TEST((parse_moment("2000-02-29", now) == duration{11016 * 24h}));
  BOOST_TEST((parse_moment("90m", now) == now - 90min));
  BOOST_TEST((parse_moment("2000h", now) == duration{0s}));
}

BOOST_AUTO_TEST_CASE(what_is_no_moment_is_refused) {
  for (const auto* text :
       {"", "yesterday", "1970", "1970-1-2", "1970-13-01", "1970-02-30", "1969-12-31", "1970-01-02T",
        "1970-01-02T3:04", "1970-01-02T24:00", "1970-01-02T03:60", "1970-01-02T03:04:60",
        "1970-01-02T03:04:05+01:00", "1970-01-02x03:04", "-5m", "90", "2500-01-01"}) {
    const auto read = parse_moment(text, 1h);
    BOOST_TEST(!read.has_value(), text);
  }
}

RC_BOOST_PROP(what_is_written_is_read_back, ()) {
  const duration moment = std::chrono::seconds{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000)};
  RC_ASSERT(parse_moment(as_moment(moment), {}) == moment);
}

BOOST_AUTO_TEST_SUITE_END()
