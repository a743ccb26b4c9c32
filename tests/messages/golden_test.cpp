// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "messages/codec.hpp"
#include "tests/messages/samples.hpp"
#include "tests/messages/why.hpp"

using namespace ecco;

namespace {

bytes content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Writes the file `name` when it is missing and that is asked for.
void check(const envelope& message, std::string_view name) {
  const auto file = std::filesystem::path{ECCO_TEST_DATA} / "messages" / (std::string{name} + ".bin");
  if (std::getenv("ECCO_WRITE_GOLDEN") != nullptr && !std::filesystem::exists(file)) {
    const auto data = encode(message);
    std::ofstream{file, std::ios::binary}.write(reinterpret_cast<const char*>(data.data()),
                                                static_cast<std::streamsize>(data.size()));
  }
  const auto decoded = decode(content_of(file));
  BOOST_REQUIRE_MESSAGE(decoded, file << ": " << test::why(decoded));
  BOOST_TEST((*decoded == message), name);
}

} // namespace

BOOST_AUTO_TEST_SUITE(golden)

// For a new kind of message: `ECCO_WRITE_GOLDEN=1 ecco_messages_test -t golden`. It writes the files that are
// missing, and never touches one that exists: old bytes are the point.
BOOST_AUTO_TEST_CASE(bytes_of_earlier_versions_decode_to_the_same_messages) {
  for (const auto& message : test::samples())
    check(message, kind_of(message));
}

BOOST_AUTO_TEST_CASE(shapes_keep_their_bytes) {
  auto message = test::sample<labels>();
  message.frames[0][0].shape = {{{{1, 2}, {30'000, 4}, {5, 65'535}}, {{0, 0}, {9, 0}, {9, 9}, {0, 9}}}};
  check(message, "labelsWithShapes");
}

BOOST_AUTO_TEST_CASE(measured_rates_keep_their_bytes) {
  auto share = test::sample<gpu_share>();
  share.pixels_per_second = 3.5e6;
  share.labels_per_second = 12.25;
  check(share, "gpuShareWithRates");
  auto report = test::sample<micro_window_report>();
  report.pixels = 15'728'640;
  check(report, "microWindowReportWithPixels");
}

BOOST_AUTO_TEST_CASE(a_status_with_its_group_keeps_its_bytes) {
  auto status = test::sample<camera_status>();
  status.group = group_id{7};
  check(status, "cameraStatusWithGroup");
}

BOOST_AUTO_TEST_CASE(a_standing_with_its_truth_keeps_its_bytes) {
  auto report = test::sample<status_report>();
  report.cameras.at(0).truth50 = .25;
  report.cameras.at(0).teacher50 = .75;
  check(report, "statusReportWithTruth");
}

BOOST_AUTO_TEST_CASE(a_query_about_a_group_keeps_its_bytes) {
  auto query = test::sample<expert_query>();
  query.camera = {};
  query.own = test::sample<model_update>();
  check(query, "expertQueryOfAGroup");
}

BOOST_AUTO_TEST_SUITE_END()
