# SPDX-License-Identifier: Apache-2.0
@0xbafa99d310948a22;
# Pictures, and what is seen in them.
#
# A *student* is the small detector a camera runs; a *teacher* is the large one that labels pictures for it.
# The student's word is a `Detection`, the teacher's a `Label`: they are compared, never mixed.
#
# A message holds at most 65 536 pictures, a picture at most 4096 labels and 4096 detections.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using import "ids.capnp".CameraId;
using import "ids.capnp".ClassId;
using import "ids.capnp".Nanoseconds;
using import "ids.capnp".Revision;

using Pixels = UInt16;

struct Box {
  # An axis-parallel rectangle in fractions of the picture's width and height, origin top left:
  # 0 <= x1 <= x2 <= 1 and 0 <= y1 <= y2 <= 1. Being relative, it holds at every resolution.

  x1 @0 :Float32;
  y1 @1 :Float32;
  x2 @2 :Float32;
  y2 @3 :Float32;
}

using Shape = List(List(UInt16));
# The area an object covers, as closed polygons: x, y, x, y, ... of each one's corners, in units of 1/65535 of the
# picture's width and height. A point belongs to it when it lies within an odd number of them: a ring within a ring
# is a hole. Empty when nothing is known of the shape; at most 64 rings of at least three corners each, and at most
# 4096 corners in all of them.

struct Detection {
  where @0 :Box;

  classId @1 :ClassId;

  score @2 :Float32;
  # The student's confidence, 0 to 1.

  shape @3 :Shape;
  # From a student with masks.
}

struct Label {
  where @0 :Box;

  classId @1 :ClassId;

  ignore @2 :Bool;
  # True for a region too doubtful to train on or to count.

  shape @3 :Shape;
  # For a student with masks.
}

struct Image {
  # 8-bit RGB, interleaved, rows from top to bottom without padding.

  width @0 :Pixels;
  height @1 :Pixels;

  rgb @2 :Data;
  # Exactly 3 * width * height bytes.
}

enum SampleRole {
  # May this moment of a camera's stream be trained on?

  train @0;

  heldOut @1;
  # Never trained on; the accuracy of every model is measured here.

  guard @2;
  # Between the two: neither sent nor used, so that neighbouring frames do not leak.
}

struct Frame {
  # One picture of one camera.

  camera @0 :CameraId;

  mediaTime @1 :Nanoseconds;
  # Position in the source's own time line; a looping file repeats it.

  role @2 :SampleRole;

  picture @3 :Image;
}

struct LabelledFrame {
  # A frame with the teacher's word, and what the camera's own student saw on it when it was captured.

  shot @0 :Frame;

  labels @1 :List(Label);

  seen @2 :List(Detection);

  seenBy @3 :Revision;
  # The model that produced `seen`.

  beforeDrift @4 :Bool;
  # It shows the world before the camera's present drift: an old skill to keep.
}
