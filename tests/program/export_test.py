# SPDX-License-Identifier: Apache-2.0
"""`ecco export` and `ecco model export` hand on what a server learnt: its labelled frames, and its models."""
import hashlib
import json
import os
import signal
import struct
import unittest
import xml.etree.ElementTree

from program import BAD_DATA, FLEET, IO, LABELS, MASK_FLEET, NO_INPUT, OUTLINES, USAGE, ProgramTest

KEEPS = "server: {port: 0, media_port: 0, state: state, workers: 1, keep_frames: 16MB}"
# The box of the labels on the pictures that the server gets, 64 x 48.
BOX = [40 / 208 * 64, 30 / 156 * 48, 128 / 208 * 64, 96 / 156 * 48]


def that_keeps(fleet):
    return fleet.replace("server: {port: 0, media_port: 0, state: state}", KEEPS)


def size_of_png(path):
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n", path
    return struct.unpack(">II", head[16:])


def pixels_of(segmentation):
    """How many pixels COCO's compressed runs say that there are, and how many of them are set."""
    runs, text, at = [], segmentation["counts"], 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            part = ord(text[at]) - 48
            value |= (part & 31) << shift
            more, shift, at = part & 32, shift + 5, at + 1
            if not more and part & 16:
                value |= -1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
    return sum(runs), sum(runs[1::2])


class AfterTraining(ProgramTest):
    """What a small fleet leaves in its server's state folder."""

    def train(self, config, labels):
        self.config = self.write_fleet(that_keeps(config), labels)
        server, port = self.start_server(self.config, "--set", "bootstrap.length=5m")
        camera = self.start("camera", "camera", "-c", self.config, "--set", port)
        self.wait_for_line(server, "model.promoted +g-0001")
        for one in ("left", "right"):
            self.wait_for_line(server, rf"model\.deployed +{one} .* -> ")
        self.export("yolo", "live")  # the server goes on meanwhile
        for process in (camera, server):
            process.send(signal.SIGINT)
            self.assertEqual(self.wait_for_end(process), 0)

    def export(self, form, out, *more, code=0):
        answer = self.ecco("export", "state", "--format", form, "--out", out, "--json", *more)
        self.assertEqual(answer.code, code, answer)
        return json.loads(answer.out)

    def read(self, path):
        return json.loads((self.folder / path).read_text())

    def test_every_format_is_exported(self):
        self.train(FLEET, LABELS)
        told = self.assert_yolo()
        self.assert_coco(told)
        self.assert_roles_and_times()
        self.assert_cvat(told)
        self.assert_results()
        self.assert_bad_choices()
        self.assert_models()
        self.assert_interrupts()
        self.assert_places()

    def assert_yolo(self):
        told = self.export("yolo", "yolo", "--group", "1")
        self.assertEqual((told["ok"], told["faults"], told["classes"]), (True, [], ["person"]))
        self.assertGreater(told["frames"], 10)
        self.assertEqual(self.read("yolo/ecco-export.json"), told)
        pictures = sorted((self.folder / "yolo" / "images").glob("*/*.png"))
        labels = sorted((self.folder / "yolo" / "labels").glob("*/*.txt"))
        self.assertEqual([p.relative_to(self.folder / "yolo/images").with_suffix("") for p in pictures],
                         [p.relative_to(self.folder / "yolo/labels").with_suffix("") for p in labels])
        self.assertEqual(len(pictures), told["frames"])
        self.assertEqual({size_of_png(p) for p in pictures}, {(64, 48)})
        for path in labels:
            kind, *place = path.read_text().split()
            self.assertEqual(kind, "0")
            x, y, w, h = BOX
            for value, wanted in zip(map(float, place), [(x + w / 2) / 64, (y + h / 2) / 48, w / 64, h / 48]):
                self.assertAlmostEqual(value, wanted, 5)
        for split in ("train", "val"):
            shown, = [json.loads(line) for line in
                      self.ecco("dataset", "show", f"yolo/images/{split}", "--json").out.splitlines()]
            self.assertEqual(shown["classes"][0]["name"], "person")
            self.assertEqual(shown["frames"], len(list((self.folder / "yolo/images" / split).iterdir())))
        return told

    def assert_coco(self, yolo):
        told = self.export("coco", "coco", "--group", "g-0001")
        self.assertEqual((told["frames"], told["labels"]), (yolo["frames"], yolo["labels"]))
        found = self.read("coco/instances.json")
        images = {image["id"]: image for image in found["images"]}
        self.assertEqual(len(images), told["frames"])
        self.assertEqual(len({one["id"] for one in found["annotations"]}), told["labels"])
        self.assertEqual(found["categories"], [{"id": 1, "name": "person"}])
        self.assertEqual({image["camera"] for image in images.values()}, {"left", "right"})
        self.assertEqual({image["role"] for image in images.values()}, {"train", "held-out"})
        self.assertEqual({image["group"] for image in images.values()}, {1})
        for image in images.values():
            self.assertEqual(size_of_png(self.folder / "coco/images" / image["file_name"]), (64, 48))
        for one in found["annotations"]:
            self.assertIn(one["image_id"], images)
            self.assertEqual((one["category_id"], one["iscrowd"]), (1, 0))
            for value, wanted in zip(one["bbox"], BOX):
                self.assertAlmostEqual(value, wanted, 3)
            self.assertAlmostEqual(one["area"], BOX[2] * BOX[3], 2)

    def assert_roles_and_times(self):
        train, held_out = (self.export("coco", role, "--role", role)["frames"] for role in ("train", "held-out"))
        everything = self.export("coco", "everything")["frames"]
        self.assertEqual(train + held_out, everything)
        self.assertEqual(self.export("coco", "recent", "--since", "24h")["frames"], everything)
        self.export("coco", "none", "--until", "2020-01-01", code=NO_INPUT)
        one = self.export("coco", "one", "--camera", "left")["frames"]
        self.assertTrue(0 < one < everything)
        # The same frame has the same id in all of them.
        names = {image["id"]: image["file_name"] for image in self.read("everything/instances.json")["images"]}
        for image in self.read("held-out/instances.json")["images"]:
            self.assertEqual(names[image["id"]], image["file_name"])

    def assert_cvat(self, yolo):
        told = self.export("cvat", "cvat", "--group", "1")
        self.assertEqual(told["frames"], yolo["frames"])
        root = xml.etree.ElementTree.parse(self.folder / "cvat/annotations.xml").getroot()
        self.assertEqual(root.find("version").text, "1.1")
        self.assertEqual([one.text for one in root.findall("meta/task/labels/label/name")], ["person"])
        images = root.findall("image")
        self.assertEqual(len(images), told["frames"])
        for image in images:
            self.assertTrue((self.folder / "cvat/images" / image.get("name")).exists())
            for box in image.findall("box"):
                self.assertEqual(box.get("label"), "person")
                self.assertAlmostEqual(float(box.get("xtl")), BOX[0], 1)
                self.assertAlmostEqual(float(box.get("ybr")), BOX[1] + BOX[3], 1)

    def assert_results(self):
        told = self.export("coco-results", "seen", "--group", "1", "--role", "held-out", "--least-score", "0.01")
        self.export("coco", "truth", "--group", "1", "--role", "held-out")
        seen = self.read("seen/results.json")
        self.assertEqual(len(seen), told["detections"])
        self.assertGreater(len(seen), 0)
        self.assertGreater(told["revision"], 1)
        figures = json.loads(self.ecco("eval", "--truth", "truth/instances.json", "--results", "seen/results.json",
                                       "--json").out)["figures"]
        # The same by the other way: the model out of the state folder, let look at the exported pictures.
        self.assert_ends(self.ecco("model", "export", "state", "--revision", str(told["revision"]), "--out",
                                   "seen.safetensors"), 0)
        evaluated = self.ecco("model", "eval", "seen.safetensors", "--truth", "truth/instances.json", "--images",
                              "truth/images", "--input", "64x64", "--least-score", "0.01", "--json")
        self.assertEqual(evaluated.code, 0, evaluated)
        self.assertEqual(json.loads(evaluated.out)["figures"], figures)
        self.assert_ends(self.ecco("export", "state", "--format", "coco-results", "--out", "whose"), BAD_DATA,
                         "whose model", "--group")

    def assert_bad_choices(self):
        for code, says, *more in [(NO_INPUT, "frames of g-0001", "--group", "99"),
                                  (NO_INPUT, "frames of left, right", "--camera", "up"),
                                  (BAD_DATA, "--group 'one' is no group", "--group", "one"),
                                  (BAD_DATA, "--since 'noon' is no moment", "--since", "noon"),
                                  (BAD_DATA, "is not before --until", "--since", "1m", "--until", "2m"),
                                  (USAGE, "--role", "--role", "guard")]:
            with self.subTest(says=says):
                answer = self.ecco("export", "state", "--format", "coco", "--out", "bad", *more)
                self.assert_ends(answer, code, says)
                self.assertFalse((self.folder / "bad").exists())

    def assert_places(self):
        first = self.read("coco/ecco-export.json")
        self.assert_ends(self.ecco("export", "state", "--format", "yolo", "--out", "coco"), IO, "coco", "--force")
        self.assertEqual(self.read("coco/ecco-export.json"), first)
        self.export("yolo", "coco", "--force")
        self.assertFalse((self.folder / "coco/instances.json").exists())
        (self.folder / "mine").mkdir()
        (self.folder / "mine/thesis.txt").write_text("years of work")
        self.assert_ends(self.ecco("export", "state", "--format", "yolo", "--out", "mine", "--force"), IO,
                         "no export of ecco")
        self.assertTrue((self.folder / "mine/thesis.txt").exists())
        self.assert_ends(self.ecco("export", "state", "--format", "yolo", "--out", "no/such/folder"), IO,
                         "no/such/folder")
        self.assertEqual([p.name for p in self.folder.iterdir() if ".part" in p.name or ".old" in p.name], [])
        # A flipped bit costs what it is in, and is named.
        for kept in sorted((self.folder / "state/frames").iterdir())[:1]:
            data = bytearray(kept.read_bytes())
            data[-100] ^= 1
            kept.write_bytes(data)
        damaged = self.export("coco", "damaged")
        self.assertEqual(len(damaged["faults"]), 1)
        self.assertIn("at byte", damaged["faults"][0]["message"])
        self.assertGreater(damaged["frames"], 0)

    def assert_models(self):
        lines = self.ecco("model", "export", "state", "--json").out.splitlines()
        models = {one["revision"]: one for one in map(json.loads, lines)}
        self.assertEqual(models[1]["group"], 0)
        newest = max(one["revision"] for one in models.values() if one["group"] == 1)
        self.assert_ends(self.ecco("model", "export", "state"), 0, "REVISION", "g-0001")
        told = json.loads(self.ecco("model", "export", "state", "--group", "1", "--out", "rain.safetensors", "--half",
                                    "--json").out)
        self.assertEqual((told["revision"], told["elements"], told["architecture"]), (newest, "F16", "yolo11p"))
        shown = json.loads(self.ecco("model", "show", "rain.safetensors", "--json").out)
        self.assertEqual((shown["architecture"], shown["elements"], shown["classes"]), ("yolo11p", ["F16"], 1))
        about = shown["metadata"]
        self.assertEqual((about["classes"], about["group"], about["input"], about["architecture"]),
                         ("person", "g-0001", "64x64", "yolo11p"))
        self.assertEqual(about["revision"], str(newest))
        self.assertEqual({one.split("=")[0] for one in about["map50"].split(",")}, set(models[newest]["accuracy"]))
        self.assertTrue(set(about["map50"].replace("=", ",").split(",")) & {"left", "right"})
        for code, says, *more in [(NO_INPUT, "no model of group g-0099", "--group", "99"),
                                  (NO_INPUT, "no model revision 99", "--revision", "99"),
                                  (NO_INPUT, "no model of camera up", "--camera", "up"),
                                  (IO, "no such folder", "--out", "no/such/file"),
                                  (IO, "--force", "--out", "rain.safetensors")]:
            with self.subTest(says=says):
                out = [] if "--out" in more else ["--out", "out.safetensors"]
                self.assert_ends(self.ecco("model", "export", "state", *more, *out), code, says)
        self.assertFalse((self.folder / "out.safetensors").exists())

    def assert_interrupts(self):
        """Ctrl-C leaves nothing, or everything."""
        frames = self.folder / "long/frames"
        frames.mkdir(parents=True)
        for i in range(1, 501):  # the same over and over: more than is exported before somebody looks
            os.link(self.folder / "state/frames/00000001.frames", frames / f"{i:08}.frames")
        exporting = self.start("export", "export", "long", "--format", "yolo", "--out", "torn")
        self.wait_until("a picture", lambda: any(self.folder.glob("torn.part*/images/*/*.png")), exporting)
        exporting.send(signal.SIGINT)
        self.assertEqual(self.wait_for_end(exporting), 128 + signal.SIGINT)
        self.assertIn("nothing was written", exporting.said())
        self.assertEqual(list(self.folder.glob("torn*")), [])
        whole = json.loads(self.ecco("model", "export", "state", "--out", "whole.safetensors", "--json").out)
        ends = []
        for moment in (lambda: True, lambda: any(self.folder.glob("cut.safetensors.part*")), lambda: True):
            exporting = self.start("model", "model", "export", "state", "--out", "cut.safetensors")
            while exporting.running() and not moment():
                pass
            exporting.send(signal.SIGINT)
            ends.append(self.wait_for_end(exporting))
            cut = [path.name for path in self.folder.glob("cut.*")]
            if ends[-1] == 0:  # it was too late to stop
                self.assertEqual(hashlib.sha256((self.folder / "cut.safetensors").read_bytes()).hexdigest(), whole["sha256"])
                self.assertEqual(cut, ["cut.safetensors"])
                (self.folder / "cut.safetensors").unlink()
            else:  # before it began to listen a signal kills it
                self.assertIn(ends[-1], (128 + signal.SIGINT, -signal.SIGINT))
                self.assertEqual(cut, [])
        self.assertEqual(len(ends), 3)

    def test_outlines_are_masks_and_polygons(self):
        self.train(MASK_FLEET, OUTLINES)
        told = self.export("coco", "coco")
        found = self.read("coco/instances.json")
        self.assertEqual(len(found["annotations"]), told["labels"])
        for one in found["annotations"]:
            self.assertEqual(one["segmentation"]["size"], [48, 64])
            everything, inside = pixels_of(one["segmentation"])
            self.assertEqual((everything, inside), (48 * 64, one["area"]))
            self.assertTrue(.4 < inside / (BOX[2] * BOX[3]) < .6, inside)  # half of the box
        self.export("yolo", "yolo")
        for path in (self.folder / "yolo/labels").glob("*/*.txt"):
            self.assertGreaterEqual(len(path.read_text().split()), 7)
        self.export("cvat", "cvat")
        root = xml.etree.ElementTree.parse(self.folder / "cvat/annotations.xml").getroot()
        self.assertEqual(len(root.findall("image/polygon")), told["labels"])
        self.export("coco-results", "seen", "--camera", "left")
        self.export("coco", "truth", "--camera", "left")
        figures = self.ecco("eval", "--truth", "truth/instances.json", "--results", "seen/results.json", "--iou",
                            "segm", "--json")
        self.assertEqual(figures.code, 0, figures)


class WithoutFrames(ProgramTest):
    def test_what_is_not_there_is_told_with_what_to_do(self):
        (self.folder / "state").mkdir()
        for code, says, *arguments in [
                (NO_INPUT, "there is no such folder", "export", "nowhere", "--format", "yolo", "--out", "out"),
                (NO_INPUT, "server.keep_frames=256MB", "export", "state", "--format", "yolo", "--out", "out"),
                (USAGE, "--format", "export", "state", "--format", "pascal", "--out", "out"),
                (USAGE, "--format", "export", "state", "--out", "out"),
                (USAGE, "--out", "export", "state", "--format", "yolo"),
                (NO_INPUT, "there is no such folder", "model", "export", "nowhere"),
                (NO_INPUT, "there are no models in it", "model", "export", "state", "--out", "out")]:
            with self.subTest(arguments=arguments):
                self.assert_ends(self.ecco(*arguments), code, says)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["state"])
        self.assertEqual(list((self.folder / "state").iterdir()), [])

    def test_help_shows_examples(self):
        for command in (("export",), ("model", "export")):
            self.assert_ends(self.ecco(*command, "--help"), 0, "examples", "ecco-state")


if __name__ == "__main__":
    unittest.main(verbosity=2)
