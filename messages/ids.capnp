# SPDX-License-Identifier: Apache-2.0
@0xfc18a1ce825ddd22;
# Names, numbers and units that the other schemas speak of, so that none of their fields is a bare integer.
#
# The numbers only name things; nothing is computed from them. Two ids are the same when all their bits are.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ecco::wire");

using CameraId = Text;
# Name of a camera, unique in a system: 1 to 63 characters of [a-z0-9_.-], the first a letter or digit.
# Empty only where a field says so.

using WorkerId = Text;
# Name of a GPU worker, unique in a system: 1 to 63 characters of [a-z0-9_.-], the first a letter or digit.
# Empty only where a field says so.

using GroupId = UInt32;
# A group of cameras and the one retraining job they share. Never reused.

using RequestId = UInt64;
# Drawn by the camera. A request repeated after a lost answer keeps its id, and so has no second effect.

using Epoch = UInt64;
# The allocator's term of office. A grant of an earlier epoch is refused.

using Incarnation = UInt64;
# Drawn by each process at start: tells a restarted peer from the one before it.

using WindowNumber = UInt32;
# Retraining windows count from 1; 0 means "before the first".

using Revision = UInt32;
# Model revisions count from 1 over the whole server; 0 means "no model".

using ClassId = UInt16;
# Index into the class list that the server hands out in `CameraWelcome` and `WorkerWelcome`.

using Nanoseconds = Int64;
# A span of time, never negative. Clocks of different hosts are never compared: a message says how long ago
# something was, not when.

using Fraction = Float64;
# A share, a probability or an accuracy: 0 to 1. NaN only where a field says so.
