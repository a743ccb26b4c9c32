# SPDX-License-Identifier: Apache-2.0
@0xf9005bf83c20794c;
# What the server decided about GPU time, and what each camera is to send for it.
#
# A later plan or share replaces an earlier one as a whole.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using import "detection.capnp".Pixels;
using import "ids.capnp".Fraction;
using import "ids.capnp".GroupId;
using import "ids.capnp".Nanoseconds;
using import "ids.capnp".WindowNumber;

using Seconds = UInt16;
using FramesPerSecond = Float64;
# 0 to 240; may be below 1.

struct GpuShare {
  # allocator -> the cameras of a group: what their job may expect of this window (paper 3.1, line 15).

  group @0 :GroupId;

  window @1 :WindowNumber;

  p @2 :Fraction;
  # Normalised share; over all groups they sum to 1.

  c @3 :Nanoseconds;
  # Expected GPU time, p * G * |T|.

  members @4 :UInt32;

  pixelsPerSecond @5 :Float64;
  # What one device trains on in a second, as measured; not negative, 0 while that is not known.

  labelsPerSecond @6 :Float64;
  # The same of frames labelled.
}

struct SampleSplit {
  # How the stream's time line is cut: of each `cycle`, the first `train` seconds are trained on, the next
  # `guard` are unused, the next `heldOut` are scored only, and the rest is unused. By media time, so that a
  # looping file never trains on what it is scored on. `cycle` is at least 1 and at least the sum of the rest.

  cycle @0 :Seconds = 10;
  train @1 :Seconds = 5;
  guard @2 :Seconds = 1;
  heldOut @3 :Seconds = 3;
}

struct SamplingPlan {
  # server -> camera: what to send.

  trainFps @0 :FramesPerSecond;
  # Rate of the segments to train on,

  heldOutFps @1 :FramesPerSecond;
  # and of those to score on.

  width @2 :Pixels;
  # Size of the encoded picture, even.

  height @3 :Pixels;
  # Even.

  bitsPerSecond @4 :UInt32;

  split @5 :SampleSplit;
}

struct RatePlan {
  # server -> camera: how hard to compete for the uplink (paper 3.2.2).

  weight @0 :Float64 = 1;
  # Additive increase in those of one Reno flow, 1e-6 to 1e6.
}
