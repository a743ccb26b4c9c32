# SPDX-License-Identifier: Apache-2.0
@0xbe4537f9fa6ba79e;
# How nodes meet, and how large messages travel between them.
#
# A node introduces each of its cameras and devices to the server's *reception* with a hello, and again after
# every reconnect. A hello of another incarnation under a known name replaces the peer that bore it.
#
# A message too large for one frame of the actor network goes as `Chunk`s in ascending order of offset. The
# receiver acknowledges; the sender keeps a bounded number of bytes unacknowledged, and after a reconnect goes
# on from the last acknowledged offset.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using import "detection.capnp".Pixels;
using import "grouping.capnp".Location;
using import "ids.capnp".CameraId;
using import "ids.capnp".Incarnation;
using import "ids.capnp".WorkerId;
using import "model.capnp".ModelRef;
using import "plan.capnp".SamplingPlan;

using StudentName = Text;
# Architecture of the student: "yolo11n", "yolo11p", ... Letters as in a `WorkerId`.

using ClassName = Text;
# What a class is called: "traffic light". Not empty.

using TransferId = UInt64;
# Chosen by the sender, unique on its link.

struct CameraHello {
  # camera node -> reception: one camera introduces itself. Answered by `CameraWelcome`.

  camera @0 :CameraId;

  process @1 :Incarnation;

  place @2 :Location;

  model @3 :ModelRef;
  # What it runs already, after a reconnect.
}

struct CameraWelcome {
  # reception -> camera node: where to send video and how much of it.

  mediaHost @0 :Text;
  # Name or address of the media link's listener. At most 1 MiB.

  mediaPort @1 :UInt16;

  mediaToken @2 :UInt64;
  # First bytes on the media link; binds the connection to this camera and incarnation.

  plan @3 :SamplingPlan;

  student @4 :StudentName;

  inputWidth @5 :Pixels;
  # Size of the student's input.

  inputHeight @6 :Pixels;

  classes @7 :List(ClassName);
  # A class's id is its place in this list.
}

struct WorkerHello {
  # worker node -> reception: one device offers itself. Answered by `WorkerWelcome`.

  worker @0 :WorkerId;

  process @1 :Incarnation;

  device @2 :Text;
  # What LibTorch calls it: "cpu", "cuda:0".
}

struct WorkerWelcome {
  # reception -> worker node: what the device must be able to train and to label with.

  student @0 :StudentName;

  inputWidth @1 :Pixels;
  # Size of the student's input.

  inputHeight @2 :Pixels;

  classes @3 :List(ClassName);
  # A class's id is its place in this list.

  teacher @4 :Text;
  # What labels: the name of a teacher and what it needs.
}

struct Chunk {
  # One part of an encoded message.

  transfer @0 :TransferId;

  offset @1 :UInt64;
  # Where in the message the part begins; it ends at `total` or before.

  total @2 :UInt64;
  # Size of the whole message, bytes; at most 256 MiB.

  crc @3 :UInt32;
  # CRC-32 of the whole message.

  part @4 :Data;
}

struct ChunkAck {
  # Everything before `offset` has arrived: the credit to send more.

  transfer @0 :TransferId;
  offset @1 :UInt64;
}
