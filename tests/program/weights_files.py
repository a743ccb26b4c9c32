# SPDX-License-Identifier: Apache-2.0
"""Makes files of weights of yolo11n for tests, without torch."""
import array
import json
import pathlib
import random
import re
import struct

KEYS = pathlib.Path(__file__).parents[1] / "data/learn/yolo11n_keys.txt"
"""Lines such as `model.0.bn.weight (16,)`: the parameters of yolo11n for 80 classes."""
SIZES = {"F32": 4, "F16": 2, "BF16": 2}


def shapes_of_yolo11n(classes=2):
    """Every tensor of its state dict that ecco keeps."""
    shapes = {}
    for line in KEYS.read_text().splitlines():
        name, shape = line.split(" ", 1)
        if name.endswith(".dfl.conv.weight"):
            continue
        shape = [int(side) for side in re.findall(r"\d+", shape)]
        if "model.23.cv3." in name:  # 80 wide for 80 classes, 64 for few
            last = name.endswith((".2.weight", ".2.bias"))
            shape = [side if side != 80 else classes if last and i == 0 else 64 for i, side in enumerate(shape)]
        shapes[name] = shape
        if name.endswith(".bn.weight"):
            shapes[name[:-6] + "running_mean"] = shapes[name[:-6] + "running_var"] = shape
    return shapes


def shapes_of_yolo11n_seg(classes=2):
    """With the parts that draw masks."""
    shapes = shapes_of_yolo11n(classes)

    def convolution(name, out, into, side):
        shapes[name + ".conv.weight"] = [out, into, side, side]
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{name}.bn.{part}"] = [out]

    head = "model.23."
    convolution(head + "proto.cv1", 64, 64, 3)
    convolution(head + "proto.cv2", 64, 64, 3)
    convolution(head + "proto.cv3", 32, 64, 1)
    shapes[head + "proto.upsample.weight"], shapes[head + "proto.upsample.bias"] = [64, 64, 2, 2], [64]
    for level, channels in enumerate((64, 128, 256)):
        convolution(f"{head}cv4.{level}.0", 32, channels, 3)
        convolution(f"{head}cv4.{level}.1", 32, 32, 3)
        shapes[f"{head}cv4.{level}.2.weight"], shapes[f"{head}cv4.{level}.2.bias"] = [32, 32, 1, 1], [32]
    return shapes


def length_of(shape):
    length = 1
    for side in shape:
        length *= side
    return length


def values_of(name, length, seed=1):
    """Small weights, biases that make every class probable, and statistics that change nothing."""
    if name.endswith("running_var") or name.endswith(".bn.weight"):
        return array.array("f", [1]) * length
    if name.endswith("bias") or name.endswith("running_mean"):
        return array.array("f", [0]) * length
    drawn = random.Random(f"{name} {seed}")
    block = array.array("f", (drawn.uniform(-.1, .1) for _ in range(min(length, 997))))
    return (block * (length // len(block) + 1))[:length]


def file_of(tensors, metadata=None, kind="F32"):
    """safetensors of {name: (shape, bytes)}."""
    header, end = {}, 0
    for name, (shape, data) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [end, end + len(data)]}
        end += len(data)
    if metadata:
        header["__metadata__"] = metadata
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + b"".join(data for _, data in tensors.values())


def weights_file(metadata=None, change=lambda name, values: None, shapes=None):
    tensors = {}
    for name, shape in (shapes or shapes_of_yolo11n()).items():
        values = values_of(name, length_of(shape))
        change(name, values)
        tensors[name] = (shape, values.tobytes())
    return file_of(tensors, metadata)


def checkpoint_file():
    """A trainer's whole state, its averaged weights all 0.5."""
    shapes = shapes_of_yolo11n()
    padded = {name: -(-length_of(shape) // 64) * 64 for name, shape in shapes.items()}  # as flat_state.cpp lays them out
    trained = sum(length for name, length in padded.items() if ".running_" not in name)
    everything = sum(padded.values())
    parts = {"values": (everything, 1), "average": (everything, .5), "first_moment": (trained, 0),
             "second_moment": (trained, 0)}
    return file_of({name: ([length], (array.array("f", [value]) * length).tobytes())
                    for name, (length, value) in parts.items()},
                   {"format": "ecco-checkpoint-2", "architecture": "yolo11n", "classes": "2", "steps": "7", "seed": "1"})
