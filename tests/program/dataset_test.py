# SPDX-License-Identifier: Apache-2.0
"""`ecco dataset show` says what a data set is, and an experiment trains on it with its own labels."""
import json
import pathlib
import shutil
import unittest

from program import BAD_CONFIG, BAD_DATA, NO_INPUT, USAGE, ProgramTest

SETS = pathlib.Path(__file__).parent.parent / "data" / "dataset"
SOURCE = f"yolo:{SETS / 'yolo'}"
# One camera in virtual time that sees three pictures, a second each, and is taught by their own labels.
FLEET = f"""\
config_version: 1
server: {{workers: 1}}
student: {{architecture: yolo11p, input: 64x32}}
teacher: {{kind: labels, labels_fps: 1}}
window: {{length: 4s, micro_windows: 2}}
bootstrap: {{length: 8s}}
sampling: {{train_fps: 4, held_out_fps: 4, infer_fps: 2, size: 64x32,
           split: {{cycle: 2s, train: 1s, guard: 0s, held_out: 1s}}}}
experiment: {{learner: torch, length: 20s, capacity: 20}}
cameras:
  street: {{source: "{SOURCE}", location: [47.3769, 8.5417]}}
"""


class Dataset(ProgramTest):
    def summaries(self, path, *more):
        answer = self.ecco("dataset", "show", str(SETS / path), "--json", *more)
        self.assertEqual(answer.code, 0, answer)
        return [json.loads(line) for line in answer.out.splitlines()]

    def test_every_layout_is_recognised(self):
        for path, layout, frames in [("mot", "mot", 4), ("visdrone", "visdrone", 3), ("mdot/two/md2001/md2001-1", "mdot", 3),
                                     ("carla", "carla", 3), ("coco", "coco", 2), ("yolo/images/val", "yolo", 3)]:
            with self.subTest(path=path):
                told, = self.summaries(path)
                self.assertEqual((told["layout"], told["frames"]), (layout, frames))

    def test_cameras_of_a_scene_have_their_clocks(self):
        ten, fifteen = self.summaries("cityflow")
        self.assertEqual((ten["fps"], ten["offset_seconds"]), (10, 8.715))
        self.assertEqual((fifteen["fps"], fifteen["offset_seconds"]), (8, 8.492))
        self.assertEqual(fifteen["classes"], [{"name": "vehicle", "objects": 5, "not_counted": 0}])

    def test_people_are_told_the_same(self):
        answer = self.ecco("dataset", "show", str(SETS / "visdrone"), "--fps", "25")
        self.assert_ends(answer, 0, "3 (1..4, 1 missing), 48 x 32", "25 fps (assumed)", "ignored region", "van",
                         "note     1 boxes without an area")

    def test_what_is_wrong_is_told_and_hides_nothing_else(self):
        copy = self.folder / "set"
        shutil.copytree(SETS / "mot", copy / "train")
        shutil.copytree(SETS / "mot" / "MOT17-02-FRCNN", copy / "train" / "MOT17-01")
        with open(copy / "train" / "MOT17-01" / "gt" / "gt.txt", "a") as truth:
            truth.write("1,9,nan,1,1,1,1,1,1\n")
        answer = self.ecco("dataset", "show", str(copy))
        self.assert_ends(answer, BAD_DATA, "gt.txt:11:5: left 'nan' is no finite number", "MOT17-02-FRCNN")

    def test_bad_arguments_have_codes_of_their_own(self):
        self.assert_ends(self.ecco("dataset", "show", "no/such/folder"), NO_INPUT, "no/such/folder")
        self.assert_ends(self.ecco("dataset", "show", str(SETS / "mot"), "--layout", "voc"), USAGE)
        self.assert_ends(self.ecco("dataset"), USAGE)

    def test_an_experiment_trains_on_a_data_set_with_its_own_labels(self):
        config = self.write("yolo.yaml", FLEET)
        answer = self.ecco("experiment", config, "--json", str(self.folder / "out.json"))
        self.assertEqual(answer.code, 0, answer)
        self.assertIn("street", (self.folder / "out.json").read_text())

    def test_a_data_set_that_cannot_teach_is_refused_before_anything_runs(self):
        for place, code, says in [("mot:no/such", NO_INPUT, "seqinfo.ini"), ("mdot:MDOT", BAD_CONFIG, "(target)")]:
            with self.subTest(place=place):
                source = place.replace("MDOT", str(SETS / "mdot/two/md2001/md2001-1"))
                config = self.write("bad.yaml", FLEET.replace(SOURCE, source))
                self.assert_ends(self.ecco("experiment", config), code, says)


if __name__ == "__main__":
    unittest.main()
