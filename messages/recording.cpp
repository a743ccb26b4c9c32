// SPDX-License-Identifier: Apache-2.0
#include "messages/recording.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <capnp/any.h>
#include <capnp/message.h>

#include "messages/capnp_error.hpp"
#include "messages/flat.hpp"
#include "messages/recording.capnp.h"
#include "messages/sha256.hpp"
#include "messages/stored_blobs.hpp"
#include "messages/wire.hpp"
#include "messages/wire_checks.hpp"

namespace ecco {

namespace {

constexpr std::size_t word_bytes = sizeof(capnp::word);
/// More than any writer of ours makes of the largest message.
constexpr std::size_t most_segments = 512;
constexpr std::size_t most_config = 16u << 20;
constexpr std::size_t most_handles = 64;

std::uint64_t checksum(std::span<const std::uint8_t> data) {
  const auto digest = sha256(data);
  std::uint64_t out = 0;
  for (int i = 7; i >= 0; --i)
    out = out << 8 | digest[static_cast<std::size_t>(i)];
  return out;
}

void store_u64(std::uint8_t* to, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8)
    *to++ = static_cast<std::uint8_t>(value >> shift);
}

std::uint32_t load_u32(const std::uint8_t* from) {
  return static_cast<std::uint32_t>(from[0] | from[1] << 8 | from[2] << 16) | std::uint32_t{from[3]} << 24;
}

// -- writing --------------------------------------------------------------------------------------------

capnp::Text::Reader shown(const std::string& from) {
  return {from.data(), from.size()};
}

/// `entry` as bytes, with its check: the first word of the root's data, which lies in the first segment.
bytes finish(capnp::MallocMessageBuilder& entry, std::vector<wire::gap> gaps = {}) {
  const auto* check = entry.getRoot<capnp::AnyStruct>().getDataSection().begin();
  const auto segments = entry.getSegmentsForOutput();
  const auto at = wire::table_bytes(segments.size())
                  + static_cast<std::size_t>(check - segments[0].asBytes().begin());
  auto out = wire::flatten(entry, std::move(gaps));
  store_u64(out.data() + at, checksum(out));
  return out;
}

void write_frame(wire::Record::Builder to, const recorded_message& from) {
  to.setIndex(from.index);
  to.setTime(from.at.count());
  to.setSender(shown(from.sender));
  to.setReceiver(shown(from.receiver));
  to.setKind(shown(from.kind));
  auto handles = to.initHandles(static_cast<unsigned>(from.handles.size()));
  for (unsigned i = 0; i < handles.size(); ++i)
    handles.set(i, shown(from.handles[i]));
  to.setAsks(from.asks);
  to.setAnswers(from.answers ? *from.answers + 1 : 0);
  to.setTimer(from.timer);
  to.setFate(static_cast<wire::Fate>(from.fate));
  to.setDelay(from.delay.count());
  to.setDetail(shown(from.detail));
}

// -- reading --------------------------------------------------------------------------------------------

using source = const blob_source&;

recording_header read(wire::RecordingHeader::Reader from) {
  if (from.getVersion() == 0)
    throw error{ec::malformed_data, "header.version is 0", {}};
  if (from.getVersion() > recording_version)
    throw error{ec::unsupported,
                "it is of schema version " + std::to_string(from.getVersion()) + ", this ecco reads "
                  + std::to_string(recording_version),
                "use the ecco that made it (" + std::string{from.getProgram().cStr()}
                  + "), or a later one; `capnp decode` with its recording.capnp shows it too"};
  const place at{"header"};
  recording_header out;
  out.version = from.getVersion();
  out.program = wire::text(at / "program", from.getProgram());
  out.node = wire::text(at / "node", from.getNode());
  out.seed = from.getSeed();
  out.config = wire::text(at / "config", from.getConfig(), most_config);
  out.config_sha256 = wire::sha256(at / "configSha256", from.getConfigSha256());
  out.virtual_time = from.getVirtualTime();
  out.term = epoch{from.getTerm()};
  out.token_seed = from.getTokenSeed();
  return out;
}

recorded_message read_frame(wire::Record::Reader from) {
  const place at{"record"};
  recorded_message out;
  out.index = from.getIndex();
  out.at = wire::span(at / "time", from.getTime());
  out.sender = wire::text(at / "sender", from.getSender());
  out.receiver = wire::text(at / "receiver", from.getReceiver());
  out.kind = wire::text(at / "kind", from.getKind());
  out.handles = wire::each(at / "handles", from.getHandles(), most_handles,
                           [](const place& here, capnp::Text::Reader name) { return wire::text(here, name); });
  out.asks = from.getAsks();
  if (from.getAnswers() > 0)
    out.answers = from.getAnswers() - 1;
  out.timer = from.getTimer();
  out.fate = wire::enumerator<message_fate>(at / "fate", from.getFate());
  out.delay = wire::span(at / "delay", from.getDelay());
  out.detail = wire::text(at / "detail", from.getDetail());
  return out;
}

std::vector<wire::missing_blob> read_references(wire::Record::Reader from) {
  const place at{"record"};
  std::uint64_t total = 0;
  return wire::each(at / "blobs", from.getBlobs(), wire::max_entries, [&](const place& here, auto reference) {
    if (reference.getSize() > max_message_bytes || (total += reference.getSize()) > max_message_bytes)
      refuse(here / "size", "makes the message larger than " + std::to_string(max_message_bytes) + " bytes");
    return wire::missing_blob{reference.getPlace(), reference.getSize(),
                              wire::sha256(here / "sha256", reference.getSha256())};
  });
}

/// What is out of range is the sender's fault; all else is the recording's.
void read_message(recorded_message& to, wire::Envelope::Reader from) {
  try {
    to.message = wire::read(from);
  } catch (const error& refusal) {
    if (refusal.code != ec::invalid_argument)
      throw;
    to.unreadable = refusal.what;
  }
}

recorded_message read(wire::Record::Reader from, source blobs) {
  auto out = read_frame(from);
  if (!from.hasMessage())
    return out;
  const auto missing = read_references(from);
  if (missing.empty()) {
    read_message(out, from.getMessage());
    return out;
  }
  capnp::MallocMessageBuilder whole;
  whole.setRoot(from.getMessage());
  wire::put_back(whole.getRoot<wire::Envelope>(), missing, blobs);
  read_message(out, whole.getRoot<wire::Envelope>().asReader());
  return out;
}

recording_entry read(wire::Entry::Reader from, source blobs) {
  switch (from.which()) {
    case wire::Entry::HEADER: return read(from.getHeader());
    case wire::Entry::RECORD: return read(from.getRecord(), blobs);
    case wire::Entry::BLOB: {
      recorded_blob out{wire::sha256(place{"blob"} / "sha256", from.getBlob().getSha256()),
                        wire::to_blob(from.getBlob().getContent())};
      if (sha256_hex(out.content.view()) != out.sha256)
        throw error{ec::malformed_data, "the blob is not what its SHA-256 says", {}};
      return out;
    }
    case wire::Entry::END:
      return recording_end{from.getEnd().getRecords(), wire::text(place{"end"} / "why", from.getEnd().getWhy())};
  }
  throw error{ec::malformed_data,
              "entry of unknown kind " + std::to_string(static_cast<unsigned>(from.which())),
              "a later ecco may have made it"};
}

/// Takes the check out of `words` and compares.
void verify(kj::ArrayPtr<capnp::word> words, capnp::MessageReader& entry) {
  const auto section = entry.getRoot<capnp::AnyStruct>().getDataSection();
  auto whole = words.asBytes();
  if (section.size() < word_bytes)
    throw error{ec::malformed_data, "an entry without its check", {}};
  auto* at = whole.begin() + (section.begin() - whole.begin());
  std::array<std::uint8_t, word_bytes> given{}, expected{};
  std::copy_n(at, word_bytes, given.begin());
  std::fill_n(at, word_bytes, std::uint8_t{0});
  store_u64(expected.data(), checksum({whole.begin(), whole.size()}));
  if (given != expected)
    throw error{ec::malformed_data, "its check does not match: bytes were changed", {}};
}

recording_entry decode_words(kj::ArrayPtr<capnp::word> words, source blobs) {
  capnp::ReaderOptions limits;
  // Everything is read once, and once more where blobs are put back.
  limits.traversalLimitInWords = 3 * words.size() + 64;
  limits.nestingLimit = 20;
  capnp::FlatArrayMessageReader entry{words, limits};
  if (entry.getEnd() != words.end())
    throw error{ec::malformed_data, "an entry followed by other bytes", {}};
  verify(words, entry);
  return read(entry.getRoot<wire::Entry>(), blobs);
}

} // namespace

std::string_view to_string(message_fate fate) {
  constexpr std::array<std::string_view, 5> names{"delivered", "dropped", "delayed", "duplicated", "killed"};
  return names.at(static_cast<std::size_t>(fate));
}

bytes encode_entry(const recording_header& header) {
  capnp::MallocMessageBuilder entry;
  auto to = entry.initRoot<wire::Entry>().initHeader();
  to.setVersion(header.version);
  to.setProgram(shown(header.program));
  to.setNode(shown(header.node));
  to.setSeed(header.seed);
  to.setConfig(shown(header.config));
  to.setConfigSha256(shown(header.config_sha256));
  to.setVirtualTime(header.virtual_time);
  to.setTerm(header.term.value);
  to.setTokenSeed(header.token_seed);
  return finish(entry);
}

bytes encode_entry(const recording_end& end) {
  capnp::MallocMessageBuilder entry;
  auto to = entry.initRoot<wire::Entry>().initEnd();
  to.setRecords(end.records);
  to.setWhy(shown(end.why));
  return finish(entry);
}

bytes encode_entry(const blob_view& stored) {
  capnp::MallocMessageBuilder entry;
  auto to = entry.initRoot<wire::Entry>().initBlob();
  to.setSha256(shown(stored.sha256));
  to.setContent({stored.content.data(), stored.content.size()});
  return finish(entry);
}

bytes encode_entry(const recorded_message& record, std::vector<blob_view>& needs) {
  capnp::MallocMessageBuilder entry;
  auto to = entry.initRoot<wire::Entry>().initRecord();
  write_frame(to, record);
  if (!record.message)
    return finish(entry);
  std::vector<wire::gap> gaps;
  wire::write(to.initMessage(), *record.message, gaps);
  const auto is_large = [](const wire::gap& one) { return one.content.size() >= stored_blob_bytes; };
  if (std::ranges::none_of(gaps, is_large))
    return finish(entry, std::move(gaps));
  const auto taken = wire::take_large_blobs(to.getMessage(), gaps);
  auto references = to.initBlobs(static_cast<unsigned>(taken.size()));
  for (unsigned i = 0; i < references.size(); ++i) {
    references[i].setPlace(taken[i].place);
    references[i].setSize(taken[i].blob.content.size());
    references[i].setSha256(shown(taken[i].blob.sha256));
    needs.push_back(taken[i].blob);
  }
  // A copy leaves behind the room that the blobs had.
  capnp::MallocMessageBuilder compact;
  compact.setRoot(entry.getRoot<wire::Entry>().asReader());
  return finish(compact);
}

result<std::optional<std::size_t>> entry_bytes(std::span<const std::uint8_t> data) {
  constexpr std::size_t count_bytes = 4;
  if (data.size() < count_bytes)
    return std::optional<std::size_t>{};
  const std::uint64_t segments = std::uint64_t{load_u32(data.data())} + 1;
  if (segments > most_segments)
    return fail(ec::malformed_data, "an entry in " + std::to_string(segments) + " segments, at most "
                                      + std::to_string(most_segments));
  const auto table = wire::table_bytes(segments);
  if (data.size() < table)
    return std::optional<std::size_t>{};
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < segments; ++i)
    words += load_u32(data.data() + count_bytes * (i + 1));
  if (words > max_entry_bytes / word_bytes)
    return fail(ec::malformed_data, "an entry of " + std::to_string(words * word_bytes) + " bytes, at most "
                                      + std::to_string(max_entry_bytes));
  return std::optional<std::size_t>{table + words * word_bytes};
}

result<recording_entry> decode_entry(std::span<const std::uint8_t> data, const blob_source& blobs) {
  const auto size = entry_bytes(data);
  if (!size)
    return tl::unexpected<error>{size.error()};
  if (!*size || **size != data.size())
    return fail(ec::malformed_data, "an entry of " + std::to_string(data.size())
                                      + " bytes that says it has another size");
  try {
    auto words = kj::heapArray<capnp::word>(data.size() / word_bytes);
    std::memcpy(words.begin(), data.data(), data.size());
    return decode_words(words, blobs);
  } catch (const error& refusal) {
    return tl::unexpected<error>{refusal};
  } catch (const kj::Exception& broken) {
    return fail(ec::malformed_data, "entry: " + readable(broken));
  }
}

} // namespace ecco
