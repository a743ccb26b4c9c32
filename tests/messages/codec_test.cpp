// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <set>

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include "messages/codec.hpp"
#include "tests/messages/arbitrary.hpp"
#include "tests/messages/samples.hpp"
#include "tests/messages/why.hpp"

using namespace ecco;

namespace {

constexpr auto kinds = std::variant_size_v<envelope>;

template <class T>
T back_and_forth(const T& message) {
  const auto decoded = decode(encode(message));
  BOOST_REQUIRE_MESSAGE(decoded, test::why(decoded));
  return std::get<T>(*decoded);
}

} // namespace

BOOST_AUTO_TEST_SUITE(codec)

BOOST_AUTO_TEST_CASE(every_kind_has_one_sample_and_its_own_name) {
  BOOST_TEST(test::samples().size() == kinds);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kinds; ++i) {
    BOOST_TEST(test::samples()[i].index() == i);
    names.insert(kind_of(test::samples()[i]));
  }
  BOOST_TEST(names.size() == kinds);
}

BOOST_AUTO_TEST_CASE(names_of_kinds_are_those_of_the_schema) {
  BOOST_TEST(kind_of(error{}) == "error");
  BOOST_TEST(kind_of(retrain_request{}) == "retrainRequest");
  BOOST_TEST(kind_of(micro_window_grant{}) == "microWindowGrant");
  BOOST_TEST(kind_of(inject_answer{}) == "injectAnswer");
}

BOOST_AUTO_TEST_CASE(any_message_of_any_kind_comes_back_as_it_was) {
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    const auto name = std::string{kind_of(test::samples()[kind])};
    BOOST_TEST(rc::check(name + " comes back as it was", [=] {
      const auto message = *test::arbitrary_message(kind, 40);
      const auto decoded = decode(encode(message));
      if (!decoded)
        RC_FAIL(test::why(decoded));
      RC_ASSERT(*decoded == message);
    }));
  }
}

BOOST_AUTO_TEST_CASE(samples_come_back_as_they_were) {
  for (const auto& message : test::samples()) {
    const auto decoded = decode(encode(message));
    BOOST_REQUIRE_MESSAGE(decoded, kind_of(message) << ": " << test::why(decoded));
    BOOST_TEST((*decoded == message), kind_of(message));
  }
}

BOOST_AUTO_TEST_CASE(bytes_may_lie_at_any_address) {
  for (const auto& message : test::samples()) {
    const auto data = encode(message);
    for (std::size_t shift = 0; shift < 8; ++shift) {
      bytes room(data.size() + shift);
      std::ranges::copy(data, room.begin() + static_cast<std::ptrdiff_t>(shift));
      const auto decoded = decode(std::span{room}.subspan(shift));
      BOOST_TEST((decoded && *decoded == message), kind_of(message) << " at " << shift);
    }
  }
}

BOOST_AUTO_TEST_CASE(many_and_large_blobs_each_land_in_their_own_place) {
  auto order = test::sample<train_order>();
  order.checkpoint = blob{bytes(3'000'001, 0xC5)};
  order.samples.assign(700, order.samples[0]);
  for (std::size_t i = 0; i < order.samples.size(); ++i) {
    const auto width = static_cast<std::uint16_t>(1 + i % 97);
    order.samples[i].shot.picture = {
        .width = width, .height = 13, .rgb = blob{bytes(3u * width * 13, static_cast<std::uint8_t>(i))}};
  }
  BOOST_TEST((back_and_forth(order) == order));
}

BOOST_AUTO_TEST_CASE(an_encoded_message_holds_little_besides_its_blobs) {
  const model_update update{.model = {}, .weights = blob{bytes(5'000'000, 1)}};
  BOOST_TEST(encode(update).size() < 5'000'000u + 1'024u);
}

BOOST_AUTO_TEST_CASE(nan_passes_where_it_means_unknown) {
  auto report = test::sample<micro_window_report>();
  report.accuracy_before = report.accuracy_after = report.standard_error = NAN;
  report.members[0].map50 = report.members[0].map = report.members[0].standard_error = NAN;
  report = back_and_forth(report);
  BOOST_TEST(std::isnan(report.accuracy_before));
  BOOST_TEST(std::isnan(report.accuracy_after));
  BOOST_TEST(std::isnan(report.standard_error));
  BOOST_TEST(std::isnan(report.members[0].map50));
  BOOST_TEST(std::isnan(report.members[0].map));
  BOOST_TEST(std::isnan(report.members[0].standard_error));

  auto closed = test::sample<window_closed>();
  closed.jobs[0].accuracy = closed.jobs[0].gain = NAN;
  closed = back_and_forth(closed);
  BOOST_TEST(std::isnan(closed.jobs[0].accuracy));
  BOOST_TEST(std::isnan(closed.jobs[0].gain));

  auto happening = test::sample<event>();
  happening.value = NAN;
  BOOST_TEST(std::isnan(back_and_forth(happening).value));

  auto status = test::sample<status_report>();
  status.cameras[0].map50 = status.groups[0].map50 = NAN;
  status = back_and_forth(status);
  BOOST_TEST(std::isnan(status.cameras[0].map50));
  BOOST_TEST(std::isnan(status.groups[0].map50));
}

BOOST_AUTO_TEST_CASE(names_may_be_empty_where_that_means_none) {
  auto grant = test::sample<micro_window_grant>();
  grant.worker = {};
  BOOST_TEST((back_and_forth(grant) == grant));

  auto happening = test::sample<event>();
  happening.camera = {};
  happening.worker = {};
  BOOST_TEST((back_and_forth(happening) == happening));

  auto query = test::sample<model_query>();
  query.camera = {};
  BOOST_TEST((back_and_forth(query) == query));

  auto ended = test::sample<regroup_event>();
  ended.kind = regroup_kind::ended;
  ended.camera = {};
  BOOST_TEST((back_and_forth(ended) == ended));
}

BOOST_AUTO_TEST_SUITE_END()
