// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/recording_file.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/messages/samples.hpp"

using namespace ecco;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct folder {
  fs::path path = fs::temp_directory_path() / ("ecco-recording-test-" + std::to_string(::getpid()));
  folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~folder() { fs::remove_all(path); }

  fs::path file = path / "run.ecco", part = path / "run.ecco.part";

  std::unique_ptr<recording_writer> create(std::uint64_t most_bytes = default_recording_bytes) {
    recording_header header;
    header.node = "test";
    return recording_writer::create(file, header, most_bytes).value();
  }
};

recorded_message saying(envelope message) {
  recorded_message out;
  out.sender = "a";
  out.receiver = "b";
  out.kind = std::string{kind_of(message)};
  out.message = std::move(message);
  return out;
}

void say(recording_writer& to, envelope message) {
  auto record = saying(std::move(message));
  BOOST_TEST_REQUIRE(to.append(record).has_value());
}

bytes content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write(const fs::path& file, std::span<const std::uint8_t> content) {
  std::ofstream{file, std::ios::binary}.write(reinterpret_cast<const char*>(content.data()),
                                              static_cast<std::streamsize>(content.size()));
}

/// All that can be read, and why no more can be.
struct reading {
  std::vector<recorded_message> records;
  std::optional<error> failure;
  bool ended = false;
};

reading read_all(const fs::path& file, recording_blobs blobs = recording_blobs::whole) {
  reading out;
  auto reader = recording_reader::open(file, blobs);
  if (!reader) {
    out.failure = reader.error();
    return out;
  }
  while (true) {
    auto record = reader->next();
    if (!record) {
      out.failure = record.error();
      BOOST_TEST((reader->next().error() == record.error())); // and goes on saying so
      return out;
    }
    if (!*record)
      break;
    out.records.push_back(std::move(**record));
  }
  out.ended = reader->end().has_value();
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(what_was_appended_is_read_in_order, folder) {
  auto writer = create();
  for (const auto& message : test::samples())
    say(*writer, message);
  BOOST_TEST(fs::exists(part));
  BOOST_TEST(!fs::exists(file));
  BOOST_TEST_REQUIRE(writer->finish().has_value());
  BOOST_TEST(!fs::exists(part));
  const auto all = read_all(file);
  BOOST_TEST_REQUIRE(!all.failure.has_value());
  BOOST_TEST(all.ended);
  BOOST_TEST_REQUIRE(all.records.size() == test::samples().size());
  for (std::size_t i = 0; i < all.records.size(); ++i) {
    BOOST_TEST(all.records[i].index == i);
    BOOST_TEST((all.records[i].message == test::samples()[i]), all.records[i].kind);
  }
}

BOOST_FIXTURE_TEST_CASE(weights_that_pass_by_often_are_stored_once, folder) {
  auto writer = create();
  const blob weights{bytes(1'000'000, 3)};
  for (int i = 0; i < 10; ++i)
    say(*writer, model_update{{}, weights});
  BOOST_TEST_REQUIRE(writer->finish().has_value());
  BOOST_TEST(fs::file_size(file) < 1'020'000u);
  const auto all = read_all(file);
  BOOST_TEST_REQUIRE(all.records.size() == 10u);
  BOOST_TEST((std::get<model_update>(*all.records[9].message).weights == weights));
  const auto looked_at = read_all(file, recording_blobs::sized);
  BOOST_TEST(std::get<model_update>(*looked_at.records[9].message).weights.size() == 1'000'000u);
}

BOOST_FIXTURE_TEST_CASE(a_recording_cut_anywhere_shows_what_is_before_and_says_where, folder) {
  auto writer = create();
  say(*writer, status_query{});
  say(*writer, model_update{{}, blob{bytes(stored_blob_bytes, 3)}});
  say(*writer, test::sample<retrain_request>());
  BOOST_TEST_REQUIRE(writer->finish().has_value());
  const auto whole = content_of(file);
  const auto good = read_all(file).records;
  std::size_t before = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write(file, std::span{whole}.first(size));
    const auto cut = read_all(file);
    BOOST_TEST(!cut.ended);
    BOOST_TEST_REQUIRE(cut.records.size() >= before); // never less than a shorter one
    before = cut.records.size();
    BOOST_TEST((std::equal(cut.records.begin(), cut.records.end(), good.begin())));
    if (!cut.failure)
      continue; // it ends where an entry does
    BOOST_TEST(to_string(cut.failure->code) == "malformed_data");
    BOOST_TEST(cut.failure->what.find("at byte ") != std::string::npos, cut.failure->what);
    BOOST_TEST(!cut.failure->hint.empty());
  }
  BOOST_TEST(before == 3u);
}

BOOST_FIXTURE_TEST_CASE(a_flipped_bit_anywhere_is_noticed_and_what_is_before_is_shown, folder) {
  auto writer = create();
  say(*writer, status_query{});
  say(*writer, model_update{{}, blob{bytes(stored_blob_bytes, 3)}});
  BOOST_TEST_REQUIRE(writer->finish().has_value());
  auto whole = content_of(file);
  const auto good = read_all(file).records;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    whole[at] ^= static_cast<std::uint8_t>(1u << at % 8);
    write(file, whole);
    const auto hurt = read_all(file);
    BOOST_TEST_REQUIRE(hurt.failure.has_value(), "byte " << at);
    BOOST_TEST(hurt.failure->what.find("at byte ") != std::string::npos);
    BOOST_TEST((std::equal(hurt.records.begin(), hurt.records.end(), good.begin())));
    whole[at] ^= static_cast<std::uint8_t>(1u << at % 8);
  }
}

BOOST_FIXTURE_TEST_CASE(a_huge_length_takes_no_memory, folder) {
  auto writer = create();
  say(*writer, status_query{});
  BOOST_TEST_REQUIRE(writer->finish().has_value());
  auto whole = content_of(file);
  const bytes lies{0, 0, 0, 0, 0, 0, 0, 2}; // 256 MiB to come
  whole.insert(whole.end(), lies.begin(), lies.end());
  write(file, whole);
  const auto cut = read_all(file);
  BOOST_TEST_REQUIRE(cut.failure.has_value());
  BOOST_TEST(cut.records.size() == 1u);
  const bytes greater_lies{0, 0, 0, 0, 255, 255, 255, 255};
  std::copy(greater_lies.begin(), greater_lies.end(), whole.end() - 8);
  write(file, whole);
  BOOST_TEST(read_all(file).failure->what.find("at most") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_killed_writer_leaves_all_that_it_was_given, folder) {
  auto writer = create();
  say(*writer, status_query{});
  say(*writer, status_query{});
  const auto now = content_of(part); // as they are when it is killed now
  BOOST_TEST_REQUIRE(writer->finish().has_value());
  fs::remove(file);
  write(part, now);
  const auto rest = read_all(file); // found by the name it would have got
  BOOST_TEST(!rest.failure.has_value());
  BOOST_TEST(rest.records.size() == 2u);
  BOOST_TEST(!rest.ended);
}

BOOST_FIXTURE_TEST_CASE(a_full_recording_ends_itself_and_is_whole, folder) {
  auto writer = create(4'000);
  for (int i = 0; i < 100; ++i)
    say(*writer, test::sample<retrain_request>());
  BOOST_TEST(!writer->is_open());
  BOOST_TEST(fs::file_size(file) <= 4'200u);
  auto reader = recording_reader::open(file).value();
  while (reader.next().value()) {
  }
  BOOST_TEST_REQUIRE(reader.end().has_value());
  BOOST_TEST(reader.end()->why == "full");
  BOOST_TEST(reader.records() > 5u);
}

BOOST_FIXTURE_TEST_CASE(a_recording_is_never_overwritten, folder) {
  write(file, bytes{1, 2, 3});
  const auto refused = recording_writer::create(file, {});
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(to_string(refused.error().code) == "invalid_argument");
  BOOST_TEST(content_of(file).size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_recording_is_refused, folder) {
  write(file, bytes{});
  BOOST_TEST(read_all(file).failure->what.find("at byte 0: it is empty") != std::string::npos);
  write(file, encode_entry(recording_end{0, "stopped"}));
  BOOST_TEST(read_all(file).failure->what.find("does not begin with a header") != std::string::npos);
  BOOST_TEST(to_string(read_all(path).failure->code) == "io_failed");
  BOOST_TEST(to_string(read_all(path / "none").failure->code) == "not_found");
}

BOOST_FIXTURE_TEST_CASE(entries_out_of_place_are_refused, folder) {
  const auto header = encode_entry(recording_header{});
  std::vector<blob_view> none;
  recorded_message record;
  const auto first = encode_entry(record, none);
  const auto end = encode_entry(recording_end{1, "stopped"});
  const auto says = [&](std::initializer_list<bytes> entries) {
    bytes content;
    for (const auto& entry : entries)
      content.insert(content.end(), entry.begin(), entry.end());
    write(file, content);
    const auto all = read_all(file);
    return all.failure ? all.failure->what : std::string{"good"};
  };
  BOOST_TEST(says({header, first, end}) == "good");
  BOOST_TEST(says({header, header}).find("a second header") != std::string::npos);
  BOOST_TEST(says({header, first, first}).find("record 0 where 1 should be") != std::string::npos);
  BOOST_TEST(says({header, end}).find("counts 1 records, there are 0") != std::string::npos);
  BOOST_TEST(says({header, first, end, end}).find("an entry after the end") != std::string::npos);
}

namespace {

/// A recording that is kept in the repository: made when it is missing and that is asked for, and never touched again.
fs::path kept(const std::string& name, const std::vector<envelope>& messages) {
  const auto file = fs::path{ECCO_TEST_DATA} / name;
  if (std::getenv("ECCO_WRITE_GOLDEN") != nullptr && !fs::exists(file)) {
    fs::create_directories(file.parent_path());
    recording_header header{recording_version, "ecco 0.1.0", "server", 9, "seed: 9\n", {}, true, epoch{4}, 11};
    auto writer = recording_writer::create(file, header).value();
    for (const auto& message : messages)
      say(*writer, message);
  }
  return file;
}

} // namespace

// Recordings outlive the ecco that made them. `ECCO_WRITE_GOLDEN=1 ecco_store_test` writes what is missing.
BOOST_AUTO_TEST_CASE(a_recording_of_the_first_version_reads_the_same_for_ever) {
  const auto all = read_all(kept("messages/recording.ecco", test::samples()));
  BOOST_TEST_REQUIRE(!all.failure.has_value(), (all.failure ? render(*all.failure) : ""));
  BOOST_TEST(all.ended);
  BOOST_TEST_REQUIRE(!all.records.empty());
  for (std::size_t i = 0; i < all.records.size(); ++i)
    BOOST_TEST((all.records[i].message == test::samples()[i]), all.records[i].kind);
}

BOOST_AUTO_TEST_CASE(what_the_fuzzer_begins_with_can_be_read) {
  const auto small = kept("fuzz/recording/small", {status_query{}, test::sample<retrain_request>()});
  const auto stored = kept("fuzz/recording/blob", {model_update{{}, blob{bytes(stored_blob_bytes, 3)}}});
  for (const auto& file : {small, stored}) {
    BOOST_TEST(read_all(file).ended);
    BOOST_TEST(fs::file_size(file) < 4'096u); // as much as it takes in
  }
}
