# SPDX-License-Identifier: Apache-2.0
"""`ecco profile`: real training runs, as short as can be, on a made-up video."""
import json
import pathlib
import signal
import unittest

from program import BAD_CONFIG, BAD_DATA, NO_INPUT, USAGE, ProgramTest

RAMP = pathlib.Path(__file__).parent.parent / "data" / "video" / "ramp.mp4"

# Two seconds of video, of which one is trained on and one is scored; the same box on every frame.
CONFIG = f"""\
config_version: 1
student: {{architecture: yolo11p, input: 64x64}}
teacher: {{kind: labels, labels: labels.txt, labels_fps: 10}}
sampling: {{size: 64x48, held_out_fps: 5, train_fps: 5, split: {{cycle: 2s, train: 1s, guard: 0s, held_out: 1s}}}}
training: {{learning_rate: 0.01}}
cameras:
  still: {{source: "{RAMP}", location: [47.3769, 8.5417]}}
"""
LABELS = "".join(f"{frame},1,40,30,50,40,1,1,1\n" for frame in range(1, 21))
GRID = ["--length", "4s", "--devices", "0.1,0.5", "--fps", "2,5", "--sizes", "32x24,64x48"]


class Profile(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("labels.txt", LABELS)
        self.config = self.write("still.yaml", CONFIG)

    def profile(self, *more):
        return self.ecco("profile", "-c", self.config, *GRID, "--out", "out", *more)

    def lines(self):
        return (self.folder / "out" / "runs.jsonl").read_text().splitlines()

    def test_it_writes_runs_a_table_and_a_picture_and_the_table_can_be_used(self):
        done = self.profile("--json")
        self.assertEqual(done.code, 0, done)
        said = json.loads(done.out)
        self.assertEqual(len(said["runs"]), 8)
        self.assertGreater(said["pixels_per_second"], 0)
        for run in said["runs"]:
            self.assertTrue(0 <= run["map50"] <= 1, run)
            self.assertGreater(run["images"], 0, run)
        self.assertEqual(len(self.lines()), 9)
        self.assertTrue((self.folder / "out" / "profile.png").read_bytes().startswith(b"\x89PNG"))
        table = (self.folder / "out" / "sampling.yaml").read_text()
        self.assertIn('"still"', table)
        # Another profile of the same results: nothing is run again.
        again = self.profile("--json")
        self.assertEqual(json.loads(again.out), said)
        self.assertEqual(len(self.lines()), 9)
        # A server takes the table, and refuses a damaged one by its line.
        (self.folder / "out" / "sampling.yaml").write_text(table.replace("fps:", "fbs:", 1))
        self.assert_ends(self.ecco("server", "-c", self.config, "--set", "sampling.mode=table", "--set",
                                   "sampling.table=out/sampling.yaml", "--set", "server.port=0", "--set",
                                   "server.media_port=0", "--set", "bootstrap.length=8s"), BAD_DATA, "sampling.yaml:5:", "fbs is not known here")

    def test_stopped_or_killed_it_goes_on_where_it_was(self):
        for which in (signal.SIGINT, signal.SIGKILL):
            with self.subTest(which=which):
                running = self.start(f"profile-{which.name}", "profile", "-c", self.config, *GRID, "--out", "out")
                self.wait_for_line(running, r"% of a device")
                running.send(which)
                code = self.wait_for_end(running)
                self.assertEqual(code, 130 if which == signal.SIGINT else -which)
                if which == signal.SIGINT:
                    self.assertIn("start it again to go on", running.said())
                kept = self.lines()
                self.assertGreater(len(kept), 1)
                done = self.profile("--quiet")
                self.assertEqual(done.code, 0, done)
                self.assertEqual(self.lines()[:len(kept)], kept)
                self.assertEqual(len(self.lines()), 9)
                (self.folder / "out" / "runs.jsonl").unlink()

    def test_what_makes_no_sense_is_refused_with_a_reason(self):
        refused = self.ecco("profile", "-c", self.config, "--camera", "nobody")
        self.assert_ends(refused, NO_INPUT, "there is no camera nobody", "still")
        self.assert_ends(self.ecco("profile", "-c", self.config, "--length", "soon"), BAD_DATA, "--length")
        self.assert_ends(self.profile("--sizes", "33x24"), BAD_DATA, "even sides")
        self.assert_ends(self.profile("--devices", "2"), USAGE, "--devices")
        self.assert_ends(self.profile("--from", "1h", "--set", "cameras.still.loop=false"), BAD_DATA, "no training frames")
        self.assert_ends(self.profile("--set", "sampling.refine=true"), BAD_CONFIG, "sampling.refine")
        # Results of another student are not mixed in.
        (self.folder / "out").mkdir(exist_ok=True)
        self.write("out/runs.jsonl", '{"ecco_profile":1,"facts":{"camera":"another"}}\n')
        self.assert_ends(self.profile(), BAD_DATA, "its runs had", "choose another folder")


if __name__ == "__main__":
    unittest.main(verbosity=2)
