# SPDX-License-Identifier: Apache-2.0
@0xa33a932fff6391e0;
# Video on the media link: one TCP connection a camera, on which each message is an `EncodedSegment`.
#
# Segments of one incarnation arrive in the order of their sequence numbers. Gaps are allowed (the camera drops
# what it cannot send in time); a repeated number is the same segment, and is ignored.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using import "detection.capnp".Detection;
using import "detection.capnp".Pixels;
using import "detection.capnp".SampleRole;
using import "ids.capnp".CameraId;
using import "ids.capnp".Incarnation;
using import "ids.capnp".Nanoseconds;
using import "ids.capnp".Revision;

struct FrameNote {
  # What a camera knows of one frame inside a segment.

  mediaTime @0 :Nanoseconds;
  # Position in the source's own time line; a looping file repeats it.

  seen @1 :List(Detection);
  # The student's detections on the uncompressed frame, at most 4096: the server scores the deployed model with
  # them against the teacher's labels, before the frame is ever trained on.

  seenBy @2 :Revision;
  # The model that produced `seen`.
}

struct EncodedSegment {
  # camera -> ingest: about one second of encoded video, decodable by itself.

  camera @0 :CameraId;

  sequence @1 :UInt64;
  # Counts from 0 in each incarnation of the camera.

  source @2 :Incarnation;

  role @3 :SampleRole;
  # All frames of a segment have this one role.

  codec @4 :Text;
  # libavcodec's name of the codec: "h264", "mpeg4". Letters as in a `WorkerId`.

  width @5 :Pixels;
  height @6 :Pixels;

  frames @7 :List(FrameNote);
  # One note a frame, in display order, at most 65 536.

  stream @8 :Data;
  # The packets in decoding order, as an elementary stream with parameter sets in band.
}
