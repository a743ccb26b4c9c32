#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what pycocotools says of random scenes and masks: tests/data/score/coco_figures.txt and coco_masks.txt.

Usage: make_coco_fixtures.py    with numpy and pycocotools; the files were made with Python 3.11, numpy 2.4.6 and
                                pycocotools 2.0.11: python3 -m venv V && V/bin/pip install numpy pycocotools

Only answers are stored. The questions are drawn anew from their seeds, here and in coco_scenes.cpp, which must draw
in the same order. All numbers drawn are exact in binary, so both sides start from the same doubles.

coco_figures.txt: line n holds the twelve figures of scene(n), -1 where nothing counts; odd scenes compare masks.
coco_masks.txt: line n holds of mask(n) its compressed string, area, bounding box, and its overlap with mask(n - 1 of
the same size, else itself), plain and as a crowd.
"""
import contextlib
import os
import pathlib

import numpy
from pycocotools import mask as mask_utils
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

SCENES, MASKS = 2400, 600
FOLDER = pathlib.Path(__file__).parent.parent / "data" / "score"


class Random:
    """splitmix64."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def below(self, end):
        return self.next() % end


SIDES = (8, 16, 24, 32, 32, 64, 96, 100)


def any_box(r, fine):
    x, y = r.below(24), r.below(24)
    step = 0.75 if fine else 8.0
    return [x * step, y * step, float(SIDES[r.below(8)]), float(SIDES[r.below(8)])]


def near_box(r, box):
    """The same in half of the cases, else moved by eighths of its size and perhaps narrower."""
    x, y, w, h = box
    if r.below(2) == 0:
        return box
    dx, dy, less = r.below(5), r.below(5), r.below(3)
    return [x + (dx - 2) * w / 8, y + (dy - 2) * h / 8, w * (8 - less) / 8, h]


class Shape:
    """What a mask is drawn from: rectangles, or one polygon."""

    def __init__(self, rectangles, polygon):
        self.rectangles, self.polygon = rectangles, polygon

    def moved(self, dx, dy):
        corners = [c + (dy if i % 2 else dx) for i, c in enumerate(self.polygon)]
        return Shape([(x + dx, y + dy, w, h) for x, y, w, h in self.rectangles], corners)

    def draw(self, height, width):
        if self.polygon:
            return mask_utils.frPyObjects([self.polygon], height, width)[0]
        pixels = numpy.zeros((height, width), numpy.uint8, order="F")
        for x, y, w, h in self.rectangles:
            pixels[max(0, y):max(0, y + h), max(0, x):max(0, x + w)] = 1
        return mask_utils.encode(pixels)


def any_shape(r):
    if r.below(3) == 0:
        return Shape([], [r.below(560) / 4 - 10 for _ in range(2 * (3 + r.below(6)))])
    rectangles = []
    for _ in range(1 + r.below(3)):
        x, y = r.below(100), r.below(100)
        rectangles.append((x, y, SIDES[r.below(8)], SIDES[r.below(8)]))
    return Shape(rectangles, [])


def near_shape(r, shape):
    if r.below(2) == 0:
        return shape
    dx, dy = r.below(9), r.below(9)
    return shape.moved(dx - 4, dy - 4)


def ids(r, count):
    """Rising, with gaps."""
    found, last = [], 0
    for _ in range(count):
        last += 1 + r.below(4)
        found.append(last)
    return found


def scene(seed):
    """A data set and results, as COCO's dictionaries."""
    r = Random(seed)
    masks = seed % 2 == 1
    images, categories = 1 + r.below(6), 1 + r.below(4)
    image_ids, category_ids = ids(r, images), ids(r, categories)
    height, width = 100 + r.below(20), 100 + r.below(20)
    fine, tied, crowded = r.below(2) == 1, r.below(2) == 1, r.below(20) == 0
    objects, shapes, detections = [], [], []
    for n in range(r.below(20)):
        one = {"id": n + 1, "image_id": image_ids[r.below(images)], "category_id": category_ids[r.below(categories)],
               "iscrowd": int(r.below(5) == 0)}
        if masks:
            shapes.append(any_shape(r))
            one["segmentation"] = shapes[-1].draw(height, width)
            area = float(mask_utils.area(one["segmentation"]))
        else:
            one["bbox"] = any_box(r, fine)
            area = one["bbox"][2] * one["bbox"][3]
        one["area"] = (area, area / 2, 1024.0, 9216.0)[r.below(4)]
        objects.append(one)
    for _ in range(101 + r.below(60) if crowded else r.below(60)):
        near = r.below(len(objects)) if objects and r.below(2) == 0 else None
        image, category = r.below(images), r.below(categories)
        one = {"image_id": image_ids[0 if crowded else image], "category_id": category_ids[0 if crowded else category]}
        if near is not None and not crowded:
            one["image_id"], one["category_id"] = objects[near]["image_id"], objects[near]["category_id"]
        if masks:
            shape = any_shape(r) if near is None else near_shape(r, shapes[near])
            one["segmentation"] = shape.draw(height, width)
        else:
            one["bbox"] = any_box(r, fine) if near is None else near_box(r, objects[near]["bbox"])
        one["score"] = r.below(8) / 8 if tied else (r.next() >> 11) * 2.0 ** -53
        detections.append(one)
    truth = {"images": [{"id": i, "height": height, "width": width} for i in image_ids],
             "categories": [{"id": c} for c in category_ids], "annotations": objects}
    return truth, detections


def figures(truth, detections, kind):
    there = COCO()
    there.dataset = truth
    there.createIndex()
    if detections:
        seen = there.loadRes(detections)
    else: # which loadRes does not take
        seen = COCO()
        seen.dataset = {**truth, "annotations": []}
        seen.createIndex()
    evaluation = COCOeval(there, seen, kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return [float(s) for s in evaluation.stats]


def mask(n):
    """A mask of one of several sizes; some noisy, some empty, some full."""
    r = Random(1_000_000 + n)
    height, width = ((1, 1), (1, 40), (40, 1), (37, 53), (120, 110))[n // 4 % 5]
    kind = r.below(4)
    if kind > 1:
        return any_shape(r).draw(height, width)
    # kind 0: runs as long as the noise is rare; kind 1: noise
    rare = (0, 1, 2, 3, 50, 2000)[r.below(6)]
    pixels, value = [], r.below(2)
    for _ in range(height * width):
        if kind == 1:
            value = int(r.below(4) == 0)
        elif rare and r.below(rare) == 0:
            value = 1 - value
        pixels.append(value)
    return mask_utils.encode(numpy.array(pixels, numpy.uint8).reshape((height, width), order="F"))


def mask_line(n):
    one = mask(n)
    other = mask(n - 1 if n % 4 else n)
    plain, crowd = (float(mask_utils.iou([one], [other], [c])[0][0]) for c in (0, 1))
    numbers = [int(mask_utils.area(one)), *(int(v) for v in mask_utils.toBbox(one)), plain, crowd]
    return " ".join([one["counts"].decode(), *map(repr, numbers)])


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        scenes = [figures(*scene(n), "segm" if n % 2 else "bbox") for n in range(SCENES)]
    lines = [" ".join(str(int(v)) if v == int(v) else repr(v) for v in s) for s in scenes]
    (FOLDER / "coco_figures.txt").write_text("\n".join(lines) + "\n")
    (FOLDER / "coco_masks.txt").write_text("\n".join(mask_line(n) for n in range(MASKS)) + "\n")


if __name__ == "__main__":
    main()
