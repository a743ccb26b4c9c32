# SPDX-License-Identifier: Apache-2.0
"""`ecco model` says what a network consists of, by itself: no server, no weights."""
import json
import unittest

from program import BAD_DATA, ProgramTest


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


if __name__ == "__main__":
    unittest.main(verbosity=2)
