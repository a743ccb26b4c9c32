# SPDX-License-Identifier: Apache-2.0
"""`ecco demo`, short: what it leaves behind, at its end and when it is stopped."""
import json
import signal
import unittest

from program import ProgramTest


class Demo(ProgramTest):
    def results(self):
        return json.loads((self.folder / "out" / "result.json").read_text())

    def test_the_city_needs_no_configuration_and_leaves_results_and_pictures(self):
        done = self.ecco("demo", "--plain", "--seconds", "14", "--out", "out")
        self.assert_ends(done, 0, "crossing-north", "delivery-car", "result.json")
        results = self.results()
        self.assertEqual({one["name"] for one in results["cameras"]},
                         {"crossing-north", "crossing-east", "crossing-south", "suburb", "park", "delivery-car"})
        self.assertTrue((self.folder / "out" / "run.png").read_bytes().startswith(b"\x89PNG"))

    def test_systems_are_compared_on_the_same_seed(self):
        done = self.ecco("demo", "--plain", "--seconds", "10", "--compare", "naive,ecco", "--out", "out")
        self.assert_ends(done, 0, "naive", "ecco")
        both = self.results()["runs"]
        self.assertEqual([one["policy"] for one in both], ["naive", "ecco"])
        self.assertEqual(len({one["seed"] for one in both}), 1)

    def test_without_the_weights_it_says_where_they_were_looked_for(self):
        done = self.ecco("demo", "--seconds", "10", "--out", "out", variables={"ECCO_DEMO_WEIGHTS": "nowhere"})
        self.assert_ends(done, 66, "nowhere", "ECCO_DEMO_WEIGHTS")

    def test_real_video_leaves_results_and_pictures(self):
        done = self.ecco("demo", "--video", "--plain", "--seconds", "20", "--set", "bootstrap.length=8s", "--out", "out", "--json",
                         "copy.json")
        self.assert_ends(done, 0, "crossing-left", "meadow", "result.json")
        results = self.results()
        self.assertEqual(results, json.loads((self.folder / "copy.json").read_text()))
        self.assertEqual((results["seed"], results["policy"]), (1, "ecco"))
        self.assertEqual({one["name"] for one in results["cameras"]},
                         {"crossing-left", "crossing-middle", "crossing-right", "meadow"})
        for camera in results["cameras"]:
            self.assertLessEqual({"map_before", "map_drifted", "map_recovered", "seconds_to_recover"}, set(camera))
        self.assertEqual(len(results["groups"][0]["members"]), 4) # all learn the first student together
        self.assertGreater(results["gpu_seconds"], 0)
        self.assertGreater(results["bytes_sent"], 0)
        self.assertIn("<svg", (self.folder / "out" / "run.svg").read_text())
        self.assertTrue((self.folder / "out" / "run.png").read_bytes().startswith(b"\x89PNG"))

    def test_a_signal_ends_it_and_the_results_so_far_are_kept(self):
        for which, moment in ((signal.SIGINT, "camera.online"), (signal.SIGTERM, "grant.issued")):
            with self.subTest(which=which, moment=moment):
                demo = self.start(f"demo-{which.name}", "demo", "--plain", "--out", "out")
                self.wait_for_line(demo, moment)
                demo.send(which)
                self.assertEqual(self.wait_for_end(demo), 128 + which)
                self.assertEqual(self.results()["policy"], "ecco")
                (self.folder / "out" / "result.json").unlink()


if __name__ == "__main__":
    unittest.main(verbosity=2)
