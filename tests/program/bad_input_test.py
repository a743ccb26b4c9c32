# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong with what a user gives is said at once: what, where, what to do; and by the exit code."""
import json
import signal
import socket
import unittest

from program import (BAD_CONFIG, BAD_DATA, FLEET, IO, MASK_FLEET, NO_INPUT, OUTLINES, UNREACHABLE, USAGE,
                     ProgramTest)
from weights_files import checkpoint_file, file_of, weights_file


class CommandLine(ProgramTest):
    def test_every_command_explains_itself_with_an_example(self):
        self.assert_ends(self.ecco("--help"), 0, "demo", "server", "worker", "camera", "status", "inject", "experiment",
                         "eval", "model")
        for command in ("demo", "server", "worker", "camera", "status", "inject", "experiment", "eval", "model"):
            with self.subTest(command=command):
                self.assert_ends(self.ecco(command, "--help"), 0, "Usage:", "examples", f"ecco {command}")

    def test_exit_codes_are_explained(self):
        self.assert_ends(self.ecco("help", "exit-codes"), 0, "65", "66", "69", "70", "74", "75", "77", "78", "130")

    def test_what_is_not_on_the_command_line_is_wrong_usage(self):
        for arguments in (["frobnicate"], ["server", "--frobnicate"], ["demo", "--policy", "chaos"],
                          ["demo", "--seconds", "soon"], ["inject", "--to"], ["help", "cooking"]):
            with self.subTest(arguments=arguments):
                self.assert_ends(self.ecco(*arguments), USAGE, arguments[-1], "--help")


class Configuration(ProgramTest):
    def test_a_missing_file_is_named(self):
        for command in ("server", "camera"):
            with self.subTest(command=command):
                self.assert_ends(self.ecco(command, "-c", "nowhere.yaml"), NO_INPUT, "nowhere.yaml")

    def test_an_unknown_key_is_found_and_the_right_one_offered(self):
        config = self.write("typo.yaml", FLEET.replace("  train_fps: 4", "  train_fsp: 4"))
        line = FLEET.split("train_fps: 4")[0].count("\n") + 1
        self.assert_ends(self.ecco("server", "-c", config), BAD_CONFIG, f"typo.yaml:{line}:3", "train_fsp",
                         "did you mean", "train_fps")

    def test_a_wrong_unit_is_found(self):
        config = self.write("unit.yaml", FLEET.replace("{length: 4s,", "{length: 4kg,"))
        line = FLEET.split("{length: 4s,")[0].count("\n") + 1
        self.assert_ends(self.ecco("server", "-c", config), BAD_CONFIG, f"unit.yaml:{line}:18", "'kg'", "units are")

    def test_a_wrong_value_on_the_command_line_is_named(self):
        self.assert_ends(self.ecco("status", "--set", "server.port=many"), BAD_CONFIG, "server.port", "many")

    def test_other_hosts_are_refused(self):
        self.assert_ends(self.ecco("server", "--set", "server.host=0.0.0.0"), BAD_CONFIG, "loopback")

    def test_a_fleet_without_a_first_student_is_refused(self):
        config = self.write_fleet(FLEET.replace("bootstrap: {length: 8s}", ""))
        self.assert_ends(self.ecco("server", "-c", config), BAD_CONFIG, "student.weights", "bootstrap.length")


class Masks(ProgramTest):
    def test_a_teacher_that_draws_none_is_refused_with_what_to_do(self):
        config = self.write_fleet(MASK_FLEET)
        for command in (["server"], ["worker"], ["camera"]):
            with self.subTest(command=command):
                self.assert_ends(self.ecco(*command, "-c", config, "--set", "teacher.kind=hog", "--set",
                                           "classes=[person]"),
                                 BAD_CONFIG, "student.architecture is yolo11p-seg", "hog", "use yolo11p",
                                 "teacher.kind: labels")

    def test_labels_without_any_outline_are_refused_with_what_to_do(self):
        config = self.write_fleet(MASK_FLEET)
        self.assert_ends(self.ecco("worker", "-c", config), BAD_DATA, "labels.txt: no label has an outline",
                         "tenth field", "without -seg")

    def test_a_bad_outline_is_named_by_line_and_column(self):
        config = self.write_fleet(MASK_FLEET, OUTLINES.replace("40 126 168", "40 126 x168", 1))
        self.assert_ends(self.ecco("worker", "-c", config), BAD_DATA, "labels.txt:1:37: outline: 'x168' is no number")


class Video(ProgramTest):
    def test_a_camera_nobody_configured_is_named(self):
        config = self.write_fleet()
        self.assert_ends(self.ecco("camera", "-c", config, "--name", "middle"), NO_INPUT, "'middle'", "cameras")

    def test_a_missing_video_is_named(self):
        self.assert_ends(self.ecco("demo", "--video", "nowhere.avi"), NO_INPUT, "nowhere.avi", "opencv-doc")
        config = self.write_fleet()
        self.assert_ends(self.ecco("camera", "-c", config, "--set", "cameras.left.source=nowhere.avi"), NO_INPUT,
                         "nowhere.avi")

    def test_a_text_is_no_video(self):
        text = self.write("poem.avi", "Not a frame of it.\n" * 50)
        self.assert_ends(self.ecco("demo", "--video", text, "--out", "out"), BAD_DATA, "poem.avi")
        config = self.write_fleet()
        self.assert_ends(self.ecco("camera", "-c", config, "--set", f"cameras.left.source={text}"), BAD_DATA,
                         "poem.avi")

    def test_a_wrong_filter_is_named(self):
        config = self.write_fleet(FLEET.replace("crop=208:156:300:120", "corp=208:156:300:120"))
        self.assert_ends(self.ecco("camera", "-c", config), BAD_DATA, "corp")


class Weights(ProgramTest):
    def serve_with(self, weights):
        config = self.write_fleet()
        return self.ecco("server", "-c", config, "--set", f"student.weights={weights}", "--for", "5")

    def test_missing_weights_are_named(self):
        self.assert_ends(self.serve_with("nowhere.safetensors"), NO_INPUT, "nowhere.safetensors", "student.weights")

    def test_truncated_weights_are_refused(self):
        whole = file_of({"model.0.conv.weight": ([8, 3, 3, 3], bytes(864))})
        for kept in (0, 5, 40, len(whole) - 1):
            with self.subTest(kept=kept):
                weights = self.write("short.safetensors", whole[:kept])
                self.assert_ends(self.serve_with(weights), BAD_DATA, "short.safetensors")

    def test_weights_of_another_shape_are_refused(self):
        weights = self.write("other.safetensors", file_of({"model.0.conv.weight": ([16, 3, 3, 3], bytes(1728))}))
        self.assert_ends(self.serve_with(weights), BAD_DATA, "other.safetensors", "model.0.conv.weight")

    def test_weights_for_other_classes_are_refused_unless_that_is_said(self):
        weights = self.write("two.safetensors", weights_file())
        config = self.write_fleet(FLEET.replace("yolo11p", "yolo11n"))
        self.assert_ends(self.ecco("server", "-c", config, "--set", f"student.weights={weights}"), BAD_DATA,
                         "two.safetensors", "for 2 classes, not 1", "student.other_classes")
        server, _ = self.start_server(config, "--set", f"student.weights={weights}", "--set",
                                      "student.other_classes=reinitialise")
        server.send(signal.SIGTERM)
        self.assertEqual(self.wait_for_end(server), 0)

    def test_a_checkpoint_is_told_from_weights(self):
        weights = self.write("run.safetensors", checkpoint_file())
        self.assert_ends(self.serve_with(weights), BAD_DATA, "run.safetensors", "checkpoint", "ecco model convert")


class Teacher(ProgramTest):
    """A network that teaches, which the worker loads."""

    def work_with(self, weights, *more, config=FLEET):
        return self.ecco("worker", "-c", self.write_fleet(config), "--set", "teacher.kind=network", "--set",
                         f"teacher.weights={weights}", "--set", "teacher.input=64x64", *more)

    def test_missing_weights_are_named(self):
        self.assert_ends(self.work_with(""), BAD_CONFIG, "teacher.weights is missing", "safetensors")
        self.assert_ends(self.work_with("nowhere.safetensors"), NO_INPUT, "nowhere.safetensors", "teacher.weights")

    def test_what_is_no_network_is_refused(self):
        whole = file_of({"model.0.conv.weight": ([8, 3, 3, 3], bytes(864))})
        for content in (whole[:40], whole, b"weights"):
            with self.subTest(content=content[:8]):
                weights = self.write("broken.safetensors", content)
                self.assert_ends(self.work_with(weights), BAD_DATA, "broken.safetensors")

    def test_a_teacher_that_knows_none_of_the_classes_is_refused(self):
        weights = self.write("zoo.safetensors", weights_file({"classes": "zebra,bear"}))
        self.assert_ends(self.work_with(weights), BAD_DATA, "zoo.safetensors", "none of the classes to label (person)",
                         "zebra, bear", "`classes`")

    def test_classes_without_names_must_be_as_many(self):
        weights = self.write("nameless.safetensors", weights_file())
        self.assert_ends(self.work_with(weights), BAD_DATA, "nameless.safetensors", "2 classes without names", "metadata")

    def test_a_teacher_without_masks_for_a_student_with_them_is_refused(self):
        weights = self.write("boxes.safetensors", weights_file({"classes": "person,car"}))
        self.assert_ends(self.work_with(weights, config=MASK_FLEET), BAD_DATA, "boxes.safetensors", "draws no masks",
                         "-seg")

    def test_crossed_scores_are_refused(self):
        self.assert_ends(self.work_with("any.safetensors", "--set", "teacher.ignore_score=0.6"), BAD_CONFIG,
                         "teacher.ignore_score is 0.6", "teacher.least_score is 0.4")


class Ports(ProgramTest):
    def test_a_port_in_use_is_named(self):
        config = self.write_fleet()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            for setting in ("port", "media_port"):
                with self.subTest(setting=setting):
                    self.assert_ends(self.ecco("server", "-c", config, "--set", f"server.{setting}={port}"), IO,
                                     port)

    def test_a_server_that_is_not_there_cannot_be_asked(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0)) # bound, but nobody listens
            port = str(closed.getsockname()[1])
            self.assert_ends(self.ecco("status", "--set", f"server.port={port}"), UNREACHABLE, port, "ecco server")
            self.assert_ends(self.ecco("inject", "--to", "grouper", "--json", '{"statusQuery": {}}', "--set",
                                       f"server.port={port}"), UNREACHABLE, port, "ecco server")
            answer = self.ecco("status", "--json", "--set", f"server.port={port}")
            self.assertEqual(answer.code, UNREACHABLE, answer)
            self.assertEqual(json.loads(answer.out)["error"]["exit_code"], UNREACHABLE)

    def test_a_stranger_on_the_port_is_no_server(self):
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            self.assert_ends(self.ecco("status", "--set", f"server.port={mute.getsockname()[1]}"), UNREACHABLE)


if __name__ == "__main__":
    unittest.main(verbosity=2)
