#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the data sets of this folder, a few KB in each layout: a bright block that moves over a dark ground.

Usage: make.py [FOLDER]. Needs Pillow and OpenCV (for the two files that are not PNG). Nothing here is taken from a
published data set; the layouts are.
"""

import json
import pathlib
import struct
import sys
import zlib


def png(path, width, height, pixel):
    """Writes an RGB PNG; `pixel(x, y)` gives three bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def text(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def block(left, top, right, bottom, colour=(220, 180, 40), ground=(30, 40, 50)):
    return lambda x, y: colour if left <= x < right and top <= y < bottom else ground


def mot(root):
    folder = root / "mot" / "MOT17-02-FRCNN"
    text(folder / "seqinfo.ini", "[Sequence]\nname=MOT17-02-FRCNN\nimDir=img1\nframeRate=30\nseqLength=4\n"
                                 "imWidth=64\nimHeight=32\nimExt=.png\n")
    for n in range(1, 5):
        png(folder / "img1" / f"{n:06}.png", 64, 32, block(8 * n, 8, 8 * n + 8, 24))
    lines = [f"{n},1,{8 * n + 1},9,8,16,1,1,1" for n in range(1, 5)]  # the first pixel is 1
    lines += ["1,2,49,1,16,16,0,7,1",      # somebody in a poster
              "1,3,1,25,8,8,0,3,.5",       # a car: MOT does not evaluate it
              "2,4,49,1,8,16,1,1,.1",      # hardly in sight
              "2,5,17,1,8,8,0,1,1",        # a pedestrian that does not count
              "3,6,-11,1,16,16,1,1,1",     # mostly beyond the picture
              "3,7,33,1,4,4,0,9,1"]        # an occluder
    text(folder / "gt" / "gt.txt", "\n".join(lines) + "\n")


def visdrone(root):
    name = "uav0000001_00000_v"
    for n in (1, 2, 4):  # the third is missing
        png(root / "visdrone" / "sequences" / name / f"{n:07}.png", 48, 32, block(8 * n, 4, 8 * n + 8, 12))
    lines = [f"{n},1,{8 * n},4,8,8,1,1,0,0" for n in (1, 2, 4)]
    lines += ["1,2,40,24,8,8,0,0,0,0",     # an ignored region
              "1,3,20,20,8,8,1,11,0,0",    # others
              "1,4,30,4,8,4,1,5,0,2",      # a van, mostly hidden
              "2,4,44,4,8,4,1,5,2,0",      # and mostly outside
              "2,5,0,0,8,8,0,4,0,0",       # a car that is not to be used
              "2,6,4,4,0,8,1,4,0,0"]       # one without an area
    text(root / "visdrone" / "annotations" / f"{name}.txt", "\n".join(lines) + "\n")


def mdot(root):
    group = root / "mdot" / "two" / "md2001"
    text(group / "md2001.txt", "0,1,1,0,1,1,0,1,0,0\n")  # attributes of the group
    for drone in (1, 2):
        folder = group / f"md2001-{drone}"
        for n in range(1, 4):
            png(folder / "img" / f"{n:08}.png", 32, 24, block(6 * n, 6, 6 * n + 6, 12))
        # The second is out of view; the second drone's third is hidden.
        text(folder / "groundtruth.txt", "6,6,6,6\n" + ("12,6,6,6\n", "0,0,0,0\n")[drone - 1] + "18,6,6,6\n")
        text(folder / "out_of_view.txt", "0\n1\n0\n")
        text(folder / "occlusion.txt", f"0\n0\n{drone - 1}\n")


def cityflow(root):
    import cv2
    import numpy

    for camera, rate in (("c010", 10), ("c015", 8)):
        folder = root / "cityflow" / "train" / "S03" / camera
        (folder / "gt").mkdir(parents=True, exist_ok=True)
        video = cv2.VideoWriter(str(folder / "vdo.avi"), cv2.VideoWriter_fourcc(*"MJPG"), rate, (64, 48))
        for n in range(1, 7):
            picture = numpy.full((48, 64, 3), 40, numpy.uint8)
            picture[16:24, 4 * n:4 * n + 8] = 220
            video.write(picture)
        video.release()
        region = numpy.full((48, 64, 3), 255, numpy.uint8)
        region[:16] = 0
        cv2.imwrite(str(folder / "roi.jpg"), region, [cv2.IMWRITE_JPEG_QUALITY, 95])
        # Frame 3 has no vehicle that two cameras see.
        text(folder / "gt" / "gt.txt", "".join(f"{n},17,{4 * n + 1},17,8,8,1,-1,-1,-1\n" for n in (1, 2, 4, 5, 6)))
    text(root / "cityflow" / "cam_timestamp" / "S03.txt", "c010 8.715\nc015 8.492\n")


def carla(root):
    def instances(n):
        def pixel(x, y):
            if 4 * n <= x < 4 * n + 12 and 8 <= y < 16:
                return (14, 0x34, 0x12)   # the car 0x1234
            if 30 <= x < 33 and 4 <= y < 18:
                return (12, 7, 0)         # the pedestrian 7
            if x == 39 and y == 23:
                return (14, 9, 0)         # a car of one pixel
            return (1, 5, 1)              # road
        return pixel

    for i, n in enumerate((1000, 1005, 1015)):  # every fifth frame, and 1010 is missing
        png(root / "carla" / "recording" / "rgb" / f"{n:08}.png", 40, 24, block(4 * i, 8, 4 * i + 12, 16))
        png(root / "carla" / "recording" / "instance" / f"{n:08}.png", 40, 24, instances(i))


def coco(root):
    folder = root / "coco"
    for i, name in enumerate(("000000000139.png", "000000000285.png")):
        png(folder / "val2017" / name, 40, 30, block(4 + 8 * i, 4, 16 + 8 * i, 16))
    instances = {
        "images": [{"id": 285, "file_name": "000000000285.png", "width": 40, "height": 30},
                   {"id": 139, "file_name": "000000000139.png", "width": 40, "height": 30}],
        "categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "car"}, {"id": 90, "name": "toothbrush"}],
        "annotations": [
            {"id": 1, "image_id": 139, "category_id": 3, "bbox": [4, 4, 12, 12], "area": 144, "iscrowd": 0,
             "segmentation": [[4, 4, 16, 4, 16, 16, 4, 16]]},
            {"id": 2, "image_id": 139, "category_id": 1, "bbox": [20, 10, 16, 12], "area": 192, "iscrowd": 1,
             "segmentation": {"size": [30, 40], "counts": [610] + [12, 18] * 15 + [12, 128]}},
            {"id": 3, "image_id": 285, "category_id": 90, "bbox": [1, 1, 2, 2], "area": 4, "iscrowd": 0,
             "segmentation": [[1, 1, 3, 1, 3, 3]]}],
    }
    text(folder / "annotations" / "instances_val2017.json", json.dumps(instances, indent=1) + "\n")


def yolo(root):
    folder = root / "yolo"
    text(folder / "data.yaml", "path: .\ntrain: images/train\nval: images/val\nnames:\n  0: person\n  1: car\n")
    for i, name in enumerate(("north_000001", "north_000002", "north_000003")):
        png(folder / "images" / "val" / f"{name}.png", 40, 20, block(4 + 4 * i, 4, 12 + 4 * i, 14))
    png(folder / "images" / "train" / "south_000001.png", 40, 20, block(4, 4, 12, 14))
    text(folder / "labels" / "val" / "north_000001.txt", "1 0.2 0.45 0.2 0.5\n1 0.2 0.45 0.2 0.5\n")
    text(folder / "labels" / "val" / "north_000002.txt", "0 0.2 0.2 0.4 0.2 0.4 0.7 0.2 0.7\n")
    text(folder / "labels" / "train" / "south_000001.txt", "1 0.2 0.45 0.2 0.5\n")


def main(arguments):
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).parent
    for make in (mot, visdrone, mdot, cityflow, carla, coco, yolo):
        make(root)


if __name__ == "__main__":
    main(sys.argv[1:])
