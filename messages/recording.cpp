// SPDX-License-Identifier: Apache-2.0
#include "messages/recording.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <capnp/message.h>

#include "messages/checked_entry.hpp"
#include "messages/recording.capnp.h"
#include "messages/sha256.hpp"
#include "messages/stored_blobs.hpp"
#include "messages/wire.hpp"
#include "messages/wire_checks.hpp"

namespace ecco {

namespace {

constexpr std::size_t most_config = 16u << 20;
constexpr std::size_t most_handles = 64;

// -- writing --------------------------------------------------------------------------------------------

capnp::Text::Reader shown(const std::string& from) {
  return {from.data(), from.size()};
}

using wire::finish;

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

result<recording_entry> decode_entry(std::span<const std::uint8_t> data, const blob_source& blobs) {
  return wire::decode_checked<recording_entry>(
    data, [&](capnp::MessageReader& entry) { return read(entry.getRoot<wire::Entry>(), blobs); });
}

} // namespace ecco
