# SPDX-License-Identifier: Apache-2.0
@0xa206916eb8a45d25;
# The answer to a message that could not be served.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

struct Error {
  code @0 :Code;
  # Why it failed, for programs.

  what @1 :Text;
  # What failed, where and why, for people: "vtest.avi: no video stream". At most 1 MiB.

  hint @2 :Text;
  # What to do next; empty when there is nothing sensible to say. At most 1 MiB.

  enum Code {
    none @0;
    # Never sent: tells a forgotten code from a real one.

    invalidArgument @1;
    # A value is outside its documented range, or two values contradict.

    malformedData @2;
    # Bytes that are not what their format promises: truncated, corrupt, too large.

    notFound @3;
    # A file, actor, camera or model of that name does not exist.

    ioFailed @4;
    # The operating system refused to read or write.

    unreachable @5;
    # A peer is gone or was never there.

    timedOut @6;
    # The answer did not come in time; the work may have been done all the same.

    stale @7;
    # The message belongs to an epoch or revision that is over.

    unavailable @8;
    # Nothing is free to do the work now; asking again later may succeed.

    shapeMismatch @9;
    # Weights of another architecture, scale or class count.

    notFinite @10;
    # A loss, weight or score is not finite.

    endOfStream @11;
    # The stream, file or loop has no more to give.

    unsupported @12;
    # An optional capability (codec, device, teacher) is missing at the peer.

    internal @13;
    # A broken invariant of the peer itself.
  }
}
