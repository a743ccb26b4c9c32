#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times ecco's COCO evaluation against pycocotools and faster-coco-eval, on the same files in the same run.

Usage: coco_bench.py BENCH [--images N] [--iou bbox|segm] [--json]
BENCH is the program ecco_coco_bench. Needs numpy, pycocotools and faster-coco-eval (from pip).

The data are synthetic, from one seed: images of 640 x 480 with about seven objects of 80 categories, and 100
detections each, of which every object gets about two near it. Evaluation is from what was read to the twelve figures;
reading is from the two files to what is evaluated. Medians of 7 runs of ecco and 5 of the others.
"""
import argparse
import contextlib
import importlib.metadata
import io
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
from pycocotools import mask as mask_utils

SEED, CATEGORIES, OBJECTS, DETECTIONS = 7, 80, 7, 100
WIDTH, HEIGHT = 640, 480


def ellipse(box, random):
    """A wobbly polygon inside the box."""
    x, y, w, h = box
    angles = numpy.linspace(0, 2 * math.pi, 16, endpoint=False)
    radii = random.uniform(.4, .5, angles.size)
    points = numpy.stack([x + w / 2 + w * radii * numpy.cos(angles), y + h / 2 + h * radii * numpy.sin(angles)], 1)
    return [round(float(v), 2) for v in points.ravel()]


def make(folder, images, segm):
    """Writes truth.json and results.json."""
    random = numpy.random.default_rng(SEED)

    def any_box():
        w, h = numpy.exp(random.uniform(math.log(8), math.log(300), 2))
        return [float(random.uniform(0, WIDTH - w)), float(random.uniform(0, HEIGHT - h)), float(w), float(h)]

    def region(box, compressed):
        rounded = [round(v, 2) for v in box]
        if not segm:
            return {"bbox": rounded}
        polygon = ellipse(rounded, random)
        if not compressed:
            return {"bbox": rounded, "segmentation": [polygon]}
        mask = mask_utils.frPyObjects([polygon], HEIGHT, WIDTH)[0]
        return {"segmentation": {"size": mask["size"], "counts": mask["counts"].decode()}}

    annotations, results = [], []
    for image in range(1, images + 1):
        objects = []
        for _ in range(random.poisson(OBJECTS)):
            box, category = any_box(), int(random.integers(CATEGORIES)) + 1
            objects.append((box, category))
            annotations.append({"id": len(annotations) + 1, "image_id": image, "category_id": category,
                                "iscrowd": int(random.random() < .02), "area": round(box[2] * box[3] * .6, 2),
                                **region(box, False)})
        for _ in range(DETECTIONS):
            box, category, score = any_box(), int(random.integers(CATEGORIES)) + 1, random.random() ** 2
            if objects and random.random() < .15:
                (x, y, w, h), category = objects[random.integers(len(objects))]
                dx, dy, dw, dh = random.normal(0, .08, 4)
                box = [x + dx * w, y + dy * h, w * math.exp(dw), h * math.exp(dh)]
                score = random.random() ** .5
            results.append({"image_id": image, "category_id": category, "score": round(float(score), 4),
                            **region(box, True)})
    truth = {"images": [{"id": i, "width": WIDTH, "height": HEIGHT} for i in range(1, images + 1)],
             "annotations": annotations,
             "categories": [{"id": c, "name": f"category {c}"} for c in range(1, CATEGORIES + 1)]}
    (folder / "truth.json").write_text(json.dumps(truth))
    (folder / "results.json").write_text(json.dumps(results))


def time_python(coco, evaluator, folder, kind, runs):
    """Seconds to read, seconds of each evaluation, and the figures."""
    times = []
    with contextlib.redirect_stdout(io.StringIO()):
        begin = time.perf_counter()
        truth = coco(str(folder / "truth.json"))
        results = truth.loadRes(str(folder / "results.json"))
        read = time.perf_counter() - begin
        for _ in range(runs):
            begin = time.perf_counter()
            evaluation = evaluator(truth, results, kind)
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
            times.append(time.perf_counter() - begin)
    return {"read_s": read, "evaluate_s": times, "figures": [float(v) for v in evaluation.stats[:12]]}


def time_ecco(bench, folder, kind, threads):
    done = subprocess.run([bench, str(folder / "truth.json"), str(folder / "results.json"), kind, "7", str(threads)],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def measure(bench, images, kind):
    from faster_coco_eval import COCO as FasterCOCO, COCOeval_faster
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
    threads = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make(folder, images, kind == "segm")
        return {
            "ecco, 1 thread": time_ecco(bench, folder, kind, 1),
            f"ecco, {threads} threads": time_ecco(bench, folder, kind, threads),
            "faster-coco-eval": time_python(FasterCOCO, COCOeval_faster, folder, kind, 5),
            "pycocotools": time_python(COCO, COCOeval, folder, kind, 5),
        }


def report(images, kind, measured):
    slowest = statistics.median(measured["pycocotools"]["evaluate_s"])
    exact = measured["pycocotools"]["figures"]
    rows = []
    for name, m in measured.items():
        evaluate = statistics.median(m["evaluate_s"])
        rows.append({"name": name, "evaluate_s": evaluate, "runs_s": m["evaluate_s"], "read_s": m["read_s"],
                     "times_pycocotools": slowest / evaluate,
                     "largest_difference": max(abs(a - b) for a, b in zip(m["figures"], exact))})
    return {"iou": kind, "images": images, "categories": CATEGORIES, "detections": images * DETECTIONS, "seed": SEED,
            "machine": {"cpus": os.cpu_count(), "processor": platform.machine()},
            "versions": {"python": platform.python_version(),
                         **{p: importlib.metadata.version(p) for p in ("numpy", "pycocotools", "faster-coco-eval")}},
            "ap": exact[0], "rows": rows}


def as_table(out):
    lines = [f"{out['iou']}: {out['images']} images x {out['categories']} categories, {out['detections']} detections, "
             f"seed {out['seed']}, {out['machine']['cpus']} cores, AP {out['ap']:.4f}",
             f"{'':<18}{'evaluate':>10}{'spread':>18}{'x pycocotools':>15}{'read':>9}  largest difference"]
    for r in out["rows"]:
        spread = f"{min(r['runs_s']):.3f}-{max(r['runs_s']):.3f} s"
        lines.append(f"{r['name']:<18}{r['evaluate_s']:>8.3f} s{spread:>18}{r['times_pycocotools']:>15.1f}"
                     f"{r['read_s']:>7.2f} s  {r['largest_difference']:g}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench")
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--iou", choices=["bbox", "segm"], default="bbox")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    out = report(options.images, options.iou, measure(options.bench, options.images, options.iou))
    print(json.dumps(out) if options.json else as_table(out))
    ours = [r for r in out["rows"] if r["name"].startswith("ecco")]
    return 0 if all(r["largest_difference"] == 0 for r in ours) else 1


if __name__ == "__main__":
    sys.exit(main())
