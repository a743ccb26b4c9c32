# SPDX-License-Identifier: Apache-2.0
"""`ecco experiment`: fleets in virtual time, the same to the byte, compared, interrupted, and refused with a place."""
import json
import pathlib
import signal
import unittest

from program import BAD_CONFIG, NO_INPUT, TOWN, USAGE, VIDEO, ProgramTest

EXAMPLES = pathlib.Path(__file__).parents[2] / "config" / "experiments"


class Experiment(ProgramTest):
    def run_town(self, *more, config=TOWN):
        return self.ecco("experiment", self.write("town.yaml", config), *more)

    def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(self):
        first = self.run_town("-q", "--json", "a.json")
        again = self.run_town("-q", "--json", "b.json")
        other = self.run_town("-q", "--json", "c.json", "--seed", "2")
        self.assert_ends(first, 0, "learner curve", "SIMULATED", "market (3)", "harbour (1)")
        self.assertEqual(first.out, again.out)
        events = [(self.folder / name).read_bytes() for name in ("a.json", "b.json", "c.json")]
        self.assertEqual(events[0], events[1])
        self.assertNotEqual(events[0], events[2])
        self.assertEqual(other.code, 0, other)

    def test_every_event_is_kept_with_its_virtual_time(self):
        self.assert_ends(self.run_town("-q", "--json", "a.json"), 0)
        system, = json.loads((self.folder / "a.json").read_text())["systems"]
        self.assertEqual(system["system"], "ecco")
        self.assertEqual(len(system["events"]), system["result"]["events"])
        self.assertEqual(system["result"]["learner"], "curve")
        self.assertTrue(system["result"]["simulated"])
        kinds = {event["event"]["id"] for event in system["events"]}
        for kind in ("drift.injected", "drift.detected", "group.opened", "group.joined", "grant.issued",
                     "model.deployed", "accuracy.deployed", "gpu.busy", "window.closed"):
            self.assertIn(kind, kinds)

    def test_systems_are_compared_in_one_table_and_one_picture(self):
        answer = self.run_town("--system", "naive,ekya,recl,ecco,ecco+recl", "--out", "compared")
        self.assert_ends(answer, 0, "naive", "ekya", "recl", "ecco", "ecco+recl", "times faster than real time")
        found = json.loads((self.folder / "compared" / "result.json").read_text())["systems"]
        self.assertEqual([system["system"] for system in found], ["naive", "ekya", "recl", "ecco", "ecco+recl"])
        for name in ("result.txt", "experiment.tsv", "experiment.gp"):
            self.assertTrue((self.folder / "compared" / name).stat().st_size > 0, name)

    def test_the_examples_run(self):
        for example in ("twenty_cameras.yaml", "systems.yaml"): # the third needs a video
            with self.subTest(example=example):
                self.assert_ends(self.ecco("experiment", str(EXAMPLES / example), "--length", "20s", "-q"), 0, "learner")

    def test_one_that_is_interrupted_keeps_its_results_so_far(self):
        config = self.write("long.yaml", TOWN.replace("length: 4m", "length: 720h"))
        running = self.start("experiment", "experiment", config, "--json", "events.json")
        self.wait_until("events are written", lambda: (self.folder / "events.json").exists()
                        and (self.folder / "events.json").stat().st_size > 1000, running)
        running.send(signal.SIGINT)
        self.assertEqual(self.wait_for_end(running), 130)
        self.assertIn("of 43200:00 min of virtual time", running.said())
        json.loads((self.folder / "events.json").read_text())


class Refused(ProgramTest):
    def refuse(self, config, *texts, code=BAD_CONFIG, more=()):
        self.assert_ends(self.ecco("experiment", self.write("town.yaml", config), *more), code, *texts)

    def test_wrong_settings_are_refused_with_their_place(self):
        self.refuse(TOWN.replace("cameras: 3", "cameras: many"), "town.yaml:7:23", "experiment.regions.market.cameras")
        self.refuse(TOWN.replace("cameras: 3", "camera: 3"), "town.yaml:7:14", "did you mean 'cameras'?")
        self.refuse(TOWN.replace("at: 1m", "at: 1"), "town.yaml:7:73", "without a unit")
        self.refuse(TOWN, "--set experiment.length", "unknown unit", more=("--length", "4lightyears"))
        self.refuse(TOWN, "experiment.learner must be curve or torch", more=("--learner", "guess"))

    def test_what_makes_a_system_cannot_be_set_otherwise(self):
        self.refuse(TOWN + "policy: {grouping: shared}\n", "town.yaml:9:20",
                    "the preset ekya (--set preset) sets it to independent", more=("--system", "ecco,ekya"))
        self.refuse("config_version: 1\npreset: ekko\n", "town.yaml:2:9", "preset must be naive, ekya, recl, ecco or ecco+recl")

    def test_what_cannot_run_is_refused(self):
        self.refuse("config_version: 1\nserver: {workers: 1}\n", "experiment.regions is missing")
        self.refuse(TOWN.replace("workers: 1", "workers: 0"), "server.workers is 0")
        self.refuse(TOWN, "cameras is missing", more=("--learner", "torch"))
        camera = "student: {architecture: yolo11p, input: 64x64}\nbootstrap: {length: 8s}\ncameras: {a: {source: VIDEO}}\n"
        self.refuse(TOWN + camera.replace("VIDEO", '"rtsp://127.0.0.1/x"'), "cameras.a.source is not a file",
                    more=("--learner", "torch"))
        self.refuse(TOWN + camera.replace("VIDEO", str(VIDEO)), "gpu.mode is exclusive",
                    more=("--learner", "torch", "--set", "gpu.mode=exclusive"))

    def test_wrong_usage_and_missing_files_are_told_apart(self):
        self.assert_ends(self.ecco("experiment", "nowhere.yaml"), NO_INPUT, "nowhere.yaml")
        self.assert_ends(self.ecco("experiment"), USAGE, "file")
        self.refuse(TOWN, "chaos", code=USAGE, more=("--system", "chaos"))


TORCH = """\
config_version: 1
server: {workers: 1}
student: {architecture: yolo11p, input: 64x64}
teacher: {kind: labels, labels: labels.txt, labels_fps: 10}
window: {length: 4s, micro_windows: 2}
bootstrap: {length: 8s}
sampling:
  train_fps: 4
  held_out_fps: 4
  infer_fps: 2
  size: 64x48
  split: {cycle: 2s, train: 1s, guard: 0s, held_out: 1s}
training: {batch: 8, learning_rate: 0.01}
experiment: {learner: torch, length: 30s, capacity: 80}
cameras:
  left: {source: VIDEO, location: [47.3769, 8.5417], filters: [{at: 0s, chain: "crop=208:156:300:120"}]}
  right: {source: VIDEO, location: [47.3770, 8.5418], filters: [{at: 0s, chain: "crop=208:156:360:120"}]}
""".replace("VIDEO", str(VIDEO))


class Torch(ProgramTest):
    @unittest.skipUnless(VIDEO.exists(), "opencv-doc is not installed")
    def test_the_real_student_learns_in_virtual_time_the_same_each_time(self):
        self.write("labels.txt", "".join(f"{frame},1,40,30,128,96,1,1,1\n" for frame in range(1, 801)))
        config = self.write("torch.yaml", TORCH)
        answers = [self.ecco("experiment", config, "-q", "--json", name, *more)
                   for name, more in (("a.json", ()), ("b.json", ("--record", "run.ecco")))]
        self.assert_ends(answers[0], 0, "learner torch")
        self.assertNotIn("SIMULATED", answers[0].out)
        self.assertEqual(answers[0].out, answers[1].out)
        self.assertEqual((self.folder / "a.json").read_bytes(), (self.folder / "b.json").read_bytes())
        result = json.loads((self.folder / "a.json").read_text())["systems"][0]["result"]
        self.assertGreater(result["gpu_seconds_by_use"]["train"], 0)
        self.assertLessEqual(result["gpu_seconds"], 31)
        self.assert_ends(self.ecco("recording", "replay", "run.ecco"), 0, "the same, to the byte")


if __name__ == "__main__":
    unittest.main()
