# SPDX-License-Identifier: Apache-2.0
@0xe4d1a6b0c75f3928;
# A recording: every message between the actors of one node, in the order in which they were said.
#
# The file
# --------
# A stream of `Entry` in the standard stream framing, one after the other with nothing between them:
# `capnp decode messages/recording.capnp Entry < FILE` shows it all. The first is a header, the last an end; without an
# end the process was killed, and everything before that moment is there. An entry is at most 257 MiB.
#
# Blobs
# -----
# Weights and pictures pass by several times. `Data` of 1 KiB or more stands in the file once, in an entry `blob` before
# the first record that needs it; in the record's message it is empty, and `blobs` names what belongs there. Shorter
# `Data` stands in the message.
#
# Trust
# -----
# As for envelopes (envelope.capnp), and `check` tells a flipped bit. A message that its sender should not have sent is
# recorded all the same; it is the one thing that may be out of range.
#
# Evolution
# ---------
# As for envelopes. `version` grows when an old reader would misunderstand: a reader refuses a later one.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using Envelope = import "envelope.capnp";
using Ids = import "ids.capnp";
using Status = import "status.capnp";

struct Entry {
  check @0 :UInt64;
  # The first 8 bytes, read as a little-endian number, of the SHA-256 of this entry's encoding with 0 here.

  union {
    header @1 :RecordingHeader;
    record @2 :Record;
    blob @3 :RecordedBlob;
    end @4 :RecordingEnd;
  }
}

struct RecordingHeader {
  version @0 :UInt32;
  # Of this format: 1.

  program @1 :Text;
  # What recorded it: "ecco 0.1.0".

  node @2 :Text;
  # Whose messages: "server", "worker gpu0", "experiment".

  seed @3 :UInt64;

  config @4 :Text;
  # The settings of the node as YAML, with every default written out; empty when it had none.

  configSha256 @5 :Text;
  # Of `config`, 64 lower-case hexadecimal digits.

  virtualTime @6 :Bool;
  # Under the virtual clock, on one thread: replayed, it gives the same bytes.

  term @7 :Ids.Epoch;
  tokenSeed @8 :UInt64;
  # Of the allocator: drawn at the start of a server, so that a replay cannot know them otherwise.
}

struct Record {
  index @0 :UInt64;
  # Counts records from 0.

  time @1 :Int64;
  # Nanoseconds since the recording began, when the message reached the receiver's mailbox.

  sender @2 :Text;
  # Who said it: the actor that was running, else the one whose timer it was. Empty when it was no actor.
  # `camera:north`, `worker:gpu0`, `ingest:north`, `g-0001`, `grouper`; `outside:1` is an actor that has no name here.

  receiver @3 :Text;

  kind @4 :Text;
  # The message's name in `Envelope`, or one that ecco's actors have besides: `due`, `close`, `adrift` (to itself),
  # `peer` (handles only), `done` (an answer that says nothing), `exit`, `down`.

  message @5 :Envelope.Envelope;
  # Null for those.

  blobs @6 :List(BlobReference);

  handles @7 :List(Text);
  # Names of the actors that the message introduces.

  asks @8 :Bool;
  # Somebody waits for the answer.

  answers @9 :UInt64;
  # The record that this one answers: its index plus 1; 0 when it answers none.

  timer @10 :Bool;
  # It was said earlier, to arrive now.

  fate @11 :Status.Fate;
  # What an injected fault did with it. A delayed message stands here again when it arrives, with `timer`.

  delay @12 :Ids.Nanoseconds;
  # Of a message held up.

  detail @13 :Text;
  # For `exit` and `down` why, for `close` the window, for others what else they held.
}

struct BlobReference {
  place @0 :UInt32;
  # Counts the message's fields of type `Data` from 0, in the order of the schema, list elements in theirs.

  size @1 :UInt64;

  sha256 @2 :Text;
}

struct RecordedBlob {
  sha256 @0 :Text;
  content @1 :Data;
}

struct RecordingEnd {
  records @0 :UInt64;

  why @1 :Text;
  # "stopped", or "full" when the file was as long as it may be.
}
