# SPDX-License-Identifier: Apache-2.0
@0xc6d1f0a2b7e84935;
# Labelled frames that a server keeps, so that `ecco export` can hand them on.
#
# The files
# ---------
# `frames/00000001.frames` and so on below the state folder, each a stream of `KeptEntry` in the standard stream
# framing, one after the other with nothing between: `capnp decode messages/kept_frames.capnp KeptEntry < FILE` shows
# it all. The first is a header. There is no end: the last entry of a file whose server was killed may be cut short, and
# then it was never there. Files are filled one after the other; the oldest is removed as a whole when there is no room.
#
# Pictures
# --------
# are kept as they came, in the camera's own video: nothing is encoded again, and what is decoded from it is to the last
# pixel what the teacher saw and the student learnt from.
#
# Trust
# -----
# As for envelopes (envelope.capnp), and `check` tells a flipped bit.
#
# Evolution
# ---------
# As for envelopes. `version` grows when an old reader would misunderstand: a reader refuses a later one.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using Detection = import "detection.capnp";
using Grouping = import "grouping.capnp";
using Ids = import "ids.capnp";
using Segment = import "segment.capnp";

using Time = Int64;
# Nanoseconds since 1970 UTC, by the server's clock, not negative.

struct KeptEntry {
  check @0 :UInt64;
  # The first 8 bytes, read as a little-endian number, of the SHA-256 of this entry's encoding with 0 here.

  union {
    header @1 :KeptHeader;
    segment @2 :KeptSegment;
    joining @3 :KeptJoining;
  }
}

struct KeptHeader {
  version @0 :UInt32;
  # Of this format: 1.

  program @1 :Text;
  # What wrote it: "ecco 0.1.0".

  classes @2 :List(Text);
  # Names of the classes that the labels count from 0.

  first @3 :UInt64;
  # The number of the file's first frame.
}

struct KeptSegment {
  # About a second of video, and what the teacher said of it.

  video @0 :Segment.EncodedSegment;
  # Of its frames' notes only the time and the model; what the student saw is not kept.

  labels @1 :List(FrameLabels);
  # One a frame.

  group @2 :Ids.GroupId;
  # The camera's when it was labelled; 0: none.

  place @3 :Grouping.Location;
  # Where the camera is.

  arrived @4 :Time;

  first @5 :UInt64;
  # The number of its first frame. Frames count from 1 over all files and keep their numbers.
}

struct FrameLabels {
  labelled @0 :Bool;
  # False for a frame that no teacher looked at.

  labels @1 :List(Detection.Label);
}

struct KeptJoining {
  # A camera joined a group, which was given those of its frames that arrived since it drifted.

  camera @0 :Ids.CameraId;
  group @1 :Ids.GroupId;

  since @2 :Time;
  at @3 :Time;
}
