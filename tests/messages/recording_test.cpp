// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include "messages/kinds.hpp"
#include "messages/recording.hpp"
#include "messages/sha256.hpp"
#include "tests/messages/arbitrary.hpp"
#include "tests/messages/samples.hpp"
#include "tests/messages/why.hpp"

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// The blobs that a recording would hold.
struct blob_shelf {
  std::map<std::string, bytes> known;

  blob_source source() {
    return [this](const std::string& name, std::uint64_t size) -> result<bytes> {
      const auto found = known.find(name);
      if (found == known.end() || found->second.size() != size)
        return fail(ec::not_found, "no blob " + name);
      return found->second;
    };
  }

  bytes encode(const recorded_message& record) {
    std::vector<blob_view> needs;
    auto entry = encode_entry(record, needs);
    for (const auto& blob : needs)
      known[blob.sha256] = {blob.content.begin(), blob.content.end()};
    return entry;
  }
};

recorded_message a_record(envelope message) {
  recorded_message out;
  out.index = 7;
  out.at = 1'234'567'890ns;
  out.sender = "camera:north";
  out.receiver = "grouper";
  out.kind = std::string{kind_of(message)};
  out.message = std::move(message);
  out.handles = {"camera:north", "ingest:north"};
  out.asks = true;
  out.answers = 0;
  out.timer = true;
  out.fate = message_fate::delayed;
  out.delay = 20ms;
  out.detail = "parcel";
  return out;
}

void is_refused(std::span<const std::uint8_t> data, const std::string& says) {
  const auto entry = decode_entry(data, {});
  BOOST_REQUIRE(!entry);
  BOOST_TEST(entry.error().what.find(says) != std::string::npos, entry.error().what);
}

} // namespace

BOOST_AUTO_TEST_SUITE(recording)

BOOST_AUTO_TEST_CASE(any_message_is_recorded_and_read_back_as_it_was) {
  for (std::size_t kind = 0; kind < std::variant_size_v<envelope>; ++kind) {
    const auto name = std::string{kind_of(test::samples()[kind])};
    BOOST_TEST(rc::check(name + " is recorded as it was", [=] {
      blob_shelf shelf;
      const auto record = a_record(*test::arbitrary_message(kind, 3 * stored_blob_bytes));
      const auto again = decode_entry(shelf.encode(record), shelf.source());
      if (!again)
        RC_FAIL(test::why(again));
      RC_ASSERT(std::get<recorded_message>(*again) == record);
    }));
  }
}

BOOST_AUTO_TEST_CASE(every_kind_of_message_is_known_by_name) {
  std::vector<std::string_view> kinds;
  for (const auto& message : test::samples())
    kinds.push_back(kind_of(message));
  BOOST_TEST(message_kinds() == kinds, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(large_blobs_are_stored_beside_the_record_and_small_ones_in_it) {
  auto order = test::sample<train_order>();
  order.checkpoint = blob{bytes(3'000'000, 5)};
  const auto width = std::uint16_t{20};
  order.samples.assign(2, order.samples[0]);
  order.samples[0].shot.picture = {width, 20, blob{bytes(1200, 6)}};
  order.samples[1].shot.picture = {width, 2, blob{bytes(120, 7)}};
  blob_shelf shelf;
  const auto record = a_record(order);
  const auto entry = shelf.encode(record);
  BOOST_TEST(shelf.known.size() == 2u);
  BOOST_TEST(entry.size() < 3'000u);
  const auto again = decode_entry(entry, shelf.source());
  BOOST_REQUIRE_MESSAGE(again, test::why(again));
  BOOST_TEST((std::get<recorded_message>(*again) == record));
}

BOOST_AUTO_TEST_CASE(a_record_whose_blob_is_missing_is_refused) {
  blob_shelf shelf;
  const auto entry = shelf.encode(a_record(model_update{{}, blob{bytes(5'000, 1)}}));
  shelf.known.clear();
  const auto again = decode_entry(entry, shelf.source());
  BOOST_REQUIRE(!again);
  BOOST_TEST(again.error().what.find("no blob") == 0u);
}

BOOST_AUTO_TEST_CASE(a_message_that_nobody_should_have_sent_is_recorded_with_what_is_wrong) {
  auto request = test::sample<retrain_request>();
  request.place.latitude = 91;
  blob_shelf shelf;
  const auto again = decode_entry(shelf.encode(a_record(request)), {});
  BOOST_REQUIRE_MESSAGE(again, test::why(again));
  const auto& record = std::get<recorded_message>(*again);
  BOOST_TEST(!record.message.has_value());
  BOOST_TEST(record.unreadable.find("retrainRequest.place.latitude is 91") == 0u, record.unreadable);
}

BOOST_AUTO_TEST_CASE(headers_blobs_and_ends_come_back_as_they_were) {
  const recording_header header{recording_version, "ecco 0.1.0", "server", 9, "seed: 9\n",
                                sha256_hex({}),    true,         epoch{4}, 11};
  BOOST_TEST((std::get<recording_header>(decode_entry(encode_entry(header), {}).value()) == header));
  const recording_end end{12, "stopped"};
  BOOST_TEST((std::get<recording_end>(decode_entry(encode_entry(end), {}).value()) == end));
  const bytes content(2'000, 3);
  const blob_view view{sha256_hex(content), content};
  BOOST_TEST((std::get<recorded_blob>(decode_entry(encode_entry(view), {}).value()).content.view().size() == 2'000u));
}

BOOST_AUTO_TEST_CASE(a_later_version_is_refused_and_says_what_made_it) {
  recording_header header;
  header.version = recording_version + 1;
  header.program = "ecco 7.0.0";
  const auto entry = decode_entry(encode_entry(header), {});
  BOOST_REQUIRE(!entry);
  BOOST_TEST(to_string(entry.error().code) == "unsupported");
  BOOST_TEST(entry.error().what.find("schema version 2") != std::string::npos);
  BOOST_TEST(entry.error().hint.find("ecco 7.0.0") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_noticed) {
  blob_shelf shelf;
  auto entry = shelf.encode(a_record(test::sample<retrain_request>()));
  for (std::size_t bit = 0; bit < 8 * entry.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1u << bit % 8);
    entry[bit / 8] ^= mask;
    const auto decoded = decode_entry(entry, {});
    BOOST_REQUIRE_MESSAGE(!decoded, "bit " << bit);
    BOOST_TEST(!decoded.error().what.empty());
    entry[bit / 8] ^= mask;
  }
}

BOOST_AUTO_TEST_CASE(an_entry_cut_anywhere_is_refused) {
  blob_shelf shelf;
  const auto entry = shelf.encode(a_record(test::sample<micro_window_report>()));
  for (std::size_t size = 0; size < entry.size(); ++size) {
    const auto part = std::span{entry}.first(size);
    BOOST_TEST(!decode_entry(part, {}).has_value());
    const auto length = entry_bytes(part);
    BOOST_TEST_REQUIRE(length.has_value());
    BOOST_TEST((!*length || **length == entry.size()));
  }
}

BOOST_AUTO_TEST_CASE(sizes_that_no_entry_has_are_refused_before_memory_is_taken) {
  const auto announces = [](std::vector<std::uint32_t> words) {
    bytes out;
    for (const auto word : words)
      for (int shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<std::uint8_t>(word >> shift));
    return entry_bytes(out);
  };
  BOOST_TEST(!announces({0, 0xFFFFFFFF}).has_value());
  BOOST_TEST(!announces({1, 0x7FFFFFFF, 0x7FFFFFFF, 0}).has_value());
  BOOST_TEST(!announces({0xFFFFFFFF}).has_value());
  BOOST_TEST(!announces({512}).has_value());
  BOOST_TEST((announces({0, 2}).value() == std::size_t{24}));
  BOOST_TEST(!announces({511}).value().has_value());
}

BOOST_AUTO_TEST_CASE(bytes_after_an_entry_are_refused) {
  auto entry = encode_entry(recording_end{1, "stopped"});
  entry.resize(entry.size() + 8);
  is_refused(entry, "another size");
}

BOOST_AUTO_TEST_CASE(a_record_is_one_line_of_json) {
  auto record = a_record(status_query{});
  record.detail = "with \"quotes\"\nand a new line";
  BOOST_TEST(to_json(record)
             == R"({"index":7,"time":1.234567890,"sender":"camera:north","receiver":"grouper","kind":"statusQuery",)"
                R"("asks":true,"answers":0,"timer":true,"fate":"delayed","delay":0.020000000,)"
                R"("handles":["camera:north","ingest:north"],"detail":"with \"quotes\"\u000aand a new line",)"
                R"("message":{"statusQuery":{}}})");
}

BOOST_AUTO_TEST_SUITE_END()
