# SPDX-License-Identifier: Apache-2.0
"""`ecco model` says what a network or a file of weights consists of, converts weights, and evaluates them on pictures."""
import array
import hashlib
import json
import random
import signal
import struct
import unittest
import zlib

from program import BAD_DATA, IO, NO_INPUT, ProgramTest
from weights_files import checkpoint_file, file_of, shapes_of_yolo11n_seg, weights_file

def png(width, height, seed):
    """Noise, as a PNG."""
    drawn = random.Random(seed)
    rows = b"".join(b"\0" + drawn.randbytes(3 * width) for _ in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


WEIGHTS = weights_file({"classes": "cat,dog", "note": "made up"})


class Show(ProgramTest):
    def test_an_architecture_is_shown_layer_by_layer(self):
        self.assert_ends(self.ecco("model", "show", "yolo11n"), 0, "SPPF", "Detect", "2624080 parameters", "6.48 GFLOPs")

    def test_the_same_as_json_for_machines(self):
        ended = self.ecco("model", "show", "yolo11n-seg", "--json")
        shown = json.loads(ended.out)
        self.assertEqual(shown["parameters"], 2876848)
        self.assertEqual(shown["layers"][23]["kind"], "Segment")
        self.assertEqual(sum(layer["parameters"] for layer in shown["layers"]), shown["parameters"])

    def test_an_unknown_architecture_is_refused_with_those_there_are(self):
        self.assert_ends(self.ecco("model", "show", "yolov8n"), BAD_DATA, "yolov8n", "yolo11n", "yolo11x-seg")

    def test_a_file_of_weights_is_recognised(self):
        path = self.write("mine.safetensors", WEIGHTS)
        shown = json.loads(self.ecco("model", "show", path, "--json").out)
        self.assertEqual((shown["ok"], shown["architecture"], shown["classes"], shown["checkpoint"], shown["elements"]),
                         (True, "yolo11n", 2, False, ["F32"]))
        of_two_classes = json.loads(self.ecco("model", "show", "yolo11n", "--classes", "2", "--json").out)
        self.assertEqual(shown["parameters"], of_two_classes["parameters"])
        self.assertEqual(shown["sha256"], hashlib.sha256(WEIGHTS).hexdigest())
        self.assertEqual(shown["bytes"], len(WEIGHTS))
        self.assertAlmostEqual(shown["bytes_fp16"] / shown["bytes_fp32"], .5, 1)
        self.assertEqual(shown["metadata"], {"classes": "cat,dog", "note": "made up"})
        self.assert_ends(self.ecco("model", "show", path), 0, "yolo11n", "F32", shown["sha256"], "note = made up")

    def test_a_checkpoint_is_recognised(self):
        path = self.write("run.safetensors", checkpoint_file())
        self.assert_ends(self.ecco("model", "show", path), 0, "checkpoint", "yolo11n", "steps = 7")

    def test_a_file_that_is_not_there_is_named(self):
        self.assert_ends(self.ecco("model", "show", "nowhere.safetensors"), NO_INPUT, "nowhere.safetensors")

    def test_bad_weights_are_refused_and_why(self):
        def spoil(name, values):
            if name == "model.3.conv.weight":
                values[5] = float("nan")

        for data, says in [(WEIGHTS[:-1], "tensor"), (WEIGHTS[:7], "header's length"), (b"", "header's length"),
                           (struct.pack("<Q", 5 << 20) + b" " * 100, "5242880"),
                           (file_of({"conv1.weight": ([1], bytes(4))}), "not of YOLO11"),
                           (weights_file(change=spoil), "model.3.conv.weight")]:
            with self.subTest(says=says):
                path = self.write("bad.safetensors", data)
                self.assert_ends(self.ecco("model", "show", path), BAD_DATA, "bad.safetensors", says)
                told = json.loads(self.ecco("model", "show", path, "--json").out)
                self.assertFalse(told["ok"])
                self.assertIn(says, told["error"]["message"])


class Convert(ProgramTest):
    def facts(self, path):
        return json.loads(self.ecco("model", "show", path, "--json").out)

    def test_to_half_precision_and_back(self):
        self.write("mine.safetensors", WEIGHTS)
        self.assert_ends(self.ecco("model", "convert", "mine.safetensors", "half.safetensors", "--half"), 0, "F16")
        half = self.facts("half.safetensors")
        self.assertEqual((half["elements"], half["metadata"]["classes"]), (["F16"], "cat,dog"))
        told = json.loads(self.ecco("model", "convert", "half.safetensors", "back.safetensors", "--json").out)
        back = self.facts("back.safetensors")
        self.assertEqual(back["elements"], ["F32"])
        self.assertEqual(told["sha256"], back["sha256"])
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()),
                         ["back.safetensors", "half.safetensors", "mine.safetensors"])

    def test_a_checkpoint_gives_its_averaged_weights(self):
        self.write("run.safetensors", checkpoint_file())
        self.assert_ends(self.ecco("model", "convert", "run.safetensors", "out.safetensors"), 0, "out.safetensors")
        made = (self.folder / "out.safetensors").read_bytes()
        start = 8 + struct.unpack("<Q", made[:8])[0]
        self.assertEqual(set(array.array("f", made[start:])), {.5})
        self.assertFalse(self.facts("out.safetensors")["checkpoint"])

    def test_nothing_is_overwritten_unless_it_is_said(self):
        self.write("mine.safetensors", WEIGHTS)
        self.write("kept.safetensors", "precious")
        self.assert_ends(self.ecco("model", "convert", "mine.safetensors", "kept.safetensors"), IO, "kept.safetensors",
                         "--force")
        self.assertEqual((self.folder / "kept.safetensors").read_text(), "precious")
        self.assert_ends(self.ecco("model", "convert", "mine.safetensors", "kept.safetensors", "--force"), 0)
        self.assertEqual(self.facts("kept.safetensors")["architecture"], "yolo11n")

    def test_what_cannot_be_read_or_written_leaves_nothing_behind(self):
        def enlarge(name, values):
            if name == "model.3.conv.weight":
                values[5] = 1e6

        self.write("large.safetensors", weights_file(change=enlarge))
        self.assert_ends(self.ecco("model", "convert", "large.safetensors", "out.safetensors", "--half"), BAD_DATA,
                         "large.safetensors", "model.3.conv.weight", "F16")
        self.assert_ends(self.ecco("model", "convert", "nowhere.safetensors", "out.safetensors"), NO_INPUT, "nowhere")
        self.assert_ends(self.ecco("model", "convert", "large.safetensors", "no/such/folder.safetensors"), IO,
                         "folder.safetensors")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["large.safetensors"])


class Evaluate(ProgramTest):
    IMAGES = [{"id": 30 + i, "file_name": f"{i}.png", "width": 60 + 20 * i, "height": 90 - 10 * i, "video_id": i // 2}
              for i in range(4)]
    TRUTH = {"images": IMAGES, "categories": [{"id": 8, "name": "dog"}, {"id": 5, "name": "cat"}],
             "annotations": [{"id": 1 + i, "image_id": 30 + i, "category_id": 5 + i % 2 * 3, "bbox": [5, 5, 40, 40],
                              "area": 1600, "iscrowd": 0} for i in range(4)]}

    def setUp(self):
        super().setUp()
        self.write("mine.safetensors", WEIGHTS)
        (self.folder / "pictures").mkdir()
        for i, image in enumerate(self.IMAGES):
            self.write("pictures/" + image["file_name"], png(image["width"], image["height"], i))
        self.write("truth.json", json.dumps(self.TRUTH))

    def evaluate(self, *more, weights="mine.safetensors", truth="truth.json"):
        return self.ecco("model", "eval", weights, "--truth", truth, "--images", "pictures", "--input", "64x64", *more)

    def test_masks_are_those_of_the_detections_it_keeps(self):
        self.write("masks.safetensors", weights_file({"classes": "cat,dog"}, shapes=shapes_of_yolo11n_seg()))
        outlined = [dict(one, segmentation=[[5, 5, 45, 5, 45, 45, 5, 45]]) for one in self.TRUTH["annotations"]]
        self.write("outlined.json", json.dumps(dict(self.TRUTH, annotations=outlined)))
        answer = self.evaluate("--iou", "segm", "--results", "seen.json", "--json", "--per-category",
                               weights="masks.safetensors", truth="outlined.json")
        self.assertEqual(answer.code, 0, answer)
        told, seen = json.loads(answer.out), json.loads((self.folder / "seen.json").read_text())
        again = json.loads(self.ecco("eval", "--truth", "outlined.json", "--coco-json", "seen.json", "--iou", "segm",
                                     "--json", "--per-category").out)
        self.assertEqual((told["iou"], told["detections"]), ("segm", len(seen)))
        self.assertGreater(len(seen), 0)
        for key in ("figures", "categories"):
            self.assertEqual(told[key], again[key], key)
        sizes = {image["id"]: [image["height"], image["width"]] for image in self.IMAGES}
        for one in seen:
            self.assertEqual(one["segmentation"]["size"], sizes[one["image_id"]])

    def test_masks_are_not_asked_of_weights_that_draw_none(self):
        self.assert_ends(self.evaluate("--iou", "segm"), BAD_DATA, "yolo11n draws no masks", "-seg")

    def test_figures_are_those_of_the_detections_it_keeps(self):
        answer = self.evaluate("--results", "seen.json", "--json", "--per-category", "--block", "video_id")
        self.assertEqual(answer.code, 0, answer)
        told, seen = json.loads(answer.out), json.loads((self.folder / "seen.json").read_text())
        again = json.loads(self.ecco("eval", "--truth", "truth.json", "--results", "seen.json", "--json", "--per-category",
                                     "--block", "video_id").out)
        self.assertEqual(told["detections"], len(seen))
        self.assertGreater(len(seen), 0)
        for key in ("figures", "standard_errors", "categories", "images", "objects"):
            self.assertEqual(told[key], again[key], key)
        sizes = {image["id"]: (image["width"], image["height"]) for image in self.IMAGES}
        for one in seen:
            x, y, width, height = one["bbox"]
            self.assertTrue(0 <= x and x + width <= sizes[one["image_id"]][0] + 1e-3, one)
            self.assertTrue(0 <= y and y + height <= sizes[one["image_id"]][1] + 1e-3, one)
            self.assertTrue(0 < one["score"] < 1, one)

    def test_the_table_ends_with_what_was_run(self):
        answer = self.evaluate("--standard-error")
        self.assert_ends(answer, 0, "IoU .50:.95", "+-", "yolo11n at 64 x 64: 4 pictures")

    def test_classes_find_their_categories_by_name(self):
        def categories(*more):
            self.assertEqual(self.evaluate("--results", "seen.json", "--force", *more).code, 0)
            return [one["category_id"] for one in json.loads((self.folder / "seen.json").read_text())]

        by_metadata = categories()  # cat, dog
        swapped = categories("--names", "dog,cat")
        self.assertEqual(sorted(set(by_metadata)), [5, 8])
        self.assertEqual([{5: 8, 8: 5}[c] for c in by_metadata], swapped)
        self.assertEqual(set(categories("--names", "cow,dog")), {8})
        self.assert_ends(self.evaluate("--names", "cow,horse"), BAD_DATA, "cow", "--names")
        self.assert_ends(self.evaluate("--names", "cat"), BAD_DATA, "1 names for 2 classes")

    def test_without_names_the_numbers_must_agree(self):
        self.write("nameless.safetensors", weights_file())
        self.write("three.json", json.dumps(self.TRUTH | {"categories": self.TRUTH["categories"] + [{"id": 9, "name": "cow"}]}))
        self.assert_ends(self.evaluate(weights="nameless.safetensors"), 0)
        self.assert_ends(self.evaluate(weights="nameless.safetensors", truth="three.json"), BAD_DATA, "2 classes",
                         "3 categories", "--names")

    def test_pictures_that_cannot_be_read_are_named_and_counted(self):
        (self.folder / "pictures/1.png").unlink()
        self.write("pictures/2.png", png(100, 70, 2)[:-40])
        self.write("pictures/3.png", png(10, 10, 3))
        answer = self.evaluate()
        self.assert_ends(answer, 0, "pictures/1.png: No such file", "pictures/2.png: no whole picture",
                         "pictures/3.png: it is 10 x 10 pixels, where the truth says 120 x 60",
                         "3 pictures could not be read", ": 1 pictures")
        unread = json.loads(self.evaluate("--json").out)["unread"]
        self.assertEqual([(one["image_id"], one["code"]) for one in unread],
                         [(31, "not_found"), (32, "malformed_data"), (33, "malformed_data")])
        (self.folder / "pictures/0.png").unlink()
        self.assert_ends(self.evaluate(), NO_INPUT, "none of the pictures", "--images")

    def test_a_truth_cannot_lead_out_of_the_folder(self):
        for name in ("../secret.png", "/etc/hostname", "a/../../secret.png"):
            with self.subTest(name=name):
                truth = self.TRUTH | {"images": [self.IMAGES[0] | {"file_name": name}] + self.IMAGES[1:]}
                self.write("truth.json", json.dumps(truth))
                self.assert_ends(self.evaluate(), BAD_DATA, "image 30", name)

    def test_results_are_not_overwritten_unless_it_is_said(self):
        self.write("seen.json", "precious")
        self.assert_ends(self.evaluate("--results", "seen.json"), IO, "seen.json", "--force")
        self.assertEqual((self.folder / "seen.json").read_text(), "precious")

    def test_an_interrupt_ends_it_and_writes_nothing(self):
        many = [self.IMAGES[0] | {"id": i} for i in range(100_000)]
        self.write("many.json", json.dumps(self.TRUTH | {"images": many, "annotations": []}))
        running = self.start("eval", "model", "eval", "mine.safetensors", "--truth", "many.json", "--images", "pictures",
                             "--input", "64x64", "--results", "seen.json", "--batch", "1")
        self.wait_for_line(running, "of 100000 pictures")
        running.send(signal.SIGINT)
        self.assertEqual(self.wait_for_end(running), 130)
        self.assertIn("nothing was written", running.said())
        self.assertEqual([p.name for p in self.folder.glob("seen*")], [])


class Train(ProgramTest):
    LIST = "[day]\nworld:tunnel-1?seed=3&size=64x64\n[rain]\nworld:downtown-1?seed=3&rain=1&size=64x64\n"

    def train(self, out, *more):
        return ("model", "train", out, "--sources", self.write("list.txt", self.LIST), "--input", "64x64", "--pictures", "3",
                "--batch", "2", "--threads", "1", *more)

    def test_weights_say_what_they_were_trained_on(self):
        done = self.ecco(*self.train("p.safetensors", "--conditions", "rain", "--steps", "3", "--half", "--json"))
        self.assert_ends(done, 0)
        said = json.loads(done.out)
        self.assertEqual((said["pictures"], said["steps"]), (3, 3))
        shown = json.loads(self.ecco("model", "show", "p.safetensors", "--json").out)
        self.assertEqual((shown["architecture"], shown["classes"], shown["elements"]), ("yolo11p", 5, ["F16"]))
        self.assertEqual(shown["metadata"]["classes"], "person,bicycle,car,bus,truck")
        self.assertEqual(shown["metadata"]["trained_on"], "list.txt: rain")
        self.assertFalse((self.folder / "p.safetensors.checkpoint").exists())
        self.assert_ends(self.ecco(*self.train("p.safetensors", "--steps", "3")), IO, "p.safetensors", "--force")

    def test_what_was_stopped_goes_on_and_ends_as_if_it_had_not_been(self):
        steps = ("--steps", "400", "--json")
        whole = json.loads(self.ecco(*self.train("whole.safetensors", *steps)).out)
        stopped = self.start("train", *self.train("parts.safetensors", *steps))
        self.wait_until("a checkpoint", (self.folder / "parts.safetensors.checkpoint").exists, stopped)
        stopped.send(signal.SIGINT)
        self.assertEqual(self.wait_for_end(stopped), 128 + signal.SIGINT)
        self.assertIn("--resume", stopped.said())
        self.assertFalse((self.folder / "parts.safetensors").exists())
        resumed = json.loads(self.ecco(*self.train("parts.safetensors", *steps, "--resume")).out)
        self.assertEqual(resumed["sha256"], whole["sha256"])

    def test_a_network_may_be_the_teacher(self):
        self.assert_ends(self.ecco(*self.train("t.safetensors", "--steps", "2")), 0)
        done = self.ecco(*self.train("s.safetensors", "--steps", "2", "--teacher", "t.safetensors", "--least-score", ".05"))
        self.assert_ends(done, 0)
        shown = json.loads(self.ecco("model", "show", "s.safetensors", "--json").out)
        self.assertEqual(shown["metadata"]["labels_by"], "t.safetensors")

    def test_what_is_wrong_is_said_before_the_work(self):
        for more, code, texts in ((("--conditions", "fog"), BAD_DATA, ("[fog]", "list.txt")),
                                  (("--architecture", "yolov8n"), BAD_DATA, ("yolov8n",)),
                                  (("--teacher", "none.safetensors"), NO_INPUT, ("none.safetensors",))):
            self.assert_ends(self.ecco(*self.train("x.safetensors", "--steps", "1", *more)), code, *texts)
        self.write("bad.txt", "[day\n")
        self.assert_ends(self.ecco("model", "train", "x.safetensors", "--sources", "bad.txt"), BAD_DATA, "bad.txt:1")
        self.assert_ends(self.ecco("model", "train", "x.safetensors", "--sources", "no.txt"), NO_INPUT, "no.txt")

    def test_weights_are_scored_condition_by_condition(self):
        self.assert_ends(self.ecco(*self.train("a.safetensors", "--steps", "2")), 0)
        done = self.ecco("model", "score", "a.safetensors", "--sources", "list.txt", "--pictures", "2", "--json")
        self.assert_ends(done, 0)
        conditions = json.loads(done.out)["models"][0]["conditions"]
        self.assertEqual([(one["condition"], one["pictures"]) for one in conditions], [("day", 2), ("rain", 2), ("all", 4)])
        self.assertEqual(conditions[2]["objects"], conditions[0]["objects"] + conditions[1]["objects"])
        self.assert_ends(self.ecco("model", "score", "a.safetensors", "--sources", "list.txt", "--pictures", "2"), 0, "rain",
                         "objects")
        other = self.write("other.safetensors", WEIGHTS)
        self.assert_ends(self.ecco("model", "score", "a.safetensors", other, "--sources", "list.txt"), BAD_DATA, "other")


if __name__ == "__main__":
    unittest.main(verbosity=2)
