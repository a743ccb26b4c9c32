# SPDX-License-Identifier: Apache-2.0
"""`--record`, `ecco recording`, `ecco inject --recording` and `--fault`: what is said is kept, shown, said again."""
import hashlib
import json
import pathlib
import shutil
import signal
import subprocess
import unittest

from program import BAD_DATA, NO_INPUT, TOWN, ProgramTest

SCHEMA = pathlib.Path(__file__).parents[2] / "messages" / "recording.capnp"
REQUEST = '{"retrainRequest": {"id": 7, "camera": "left"}}'


class Recording(ProgramTest):
    def setUp(self):
        super().setUp()
        self.config = self.write_fleet()

    def record(self, *more, stop=signal.SIGTERM):
        """A server's recording, in which it was asked for its status and told of a camera that it does not know."""
        server, port = self.start_server(self.config, "--record", "run.ecco", *more)
        self.status(self.config, port)
        self.ecco("inject", "-c", self.config, "--set", port, "--to", "grouper", "--json", REQUEST)
        server.send(stop)
        self.wait_for_end(server)
        return self.folder / "run.ecco"

    def show(self, *arguments):
        answer = self.ecco("recording", "show", "run.ecco", "--json", *arguments)
        self.assert_ends(answer, 0)
        return [json.loads(line) for line in answer.out.splitlines()]

    def test_a_run_is_recorded_and_shown_and_filtered(self):
        self.record()
        everything = self.show()
        self.assertEqual([one["index"] for one in everything], list(range(len(everything))))
        times = [one["time"] for one in everything]
        self.assertEqual(times, sorted(times))
        request, = self.show("--kind", "retrainRequest")
        self.assertEqual(request["receiver"], "grouper")
        self.assertEqual(request["message"]["retrainRequest"]["camera"], "left")
        refused, = [one for one in everything if one.get("answers") == request["index"]]
        self.assertEqual(refused["message"]["error"]["code"], "notFound")
        self.assertEqual(self.show("--camera", "left"), [request])
        self.assertEqual(self.show("--kind", "retrain*", "--from", f"{request['time'] + 1:.0f}s"), [])
        self.assertEqual(len(self.show("--limit", "3")), 3)
        text = self.ecco("recording", "show", "run.ecco", "--receiver", "grouper")
        self.assert_ends(text, 0, "-> grouper", "statusQuery", "messages shown")

    def capnp(self, *arguments, given):
        return subprocess.run(["capnp", *arguments], input=given, capture_output=True, check=True).stdout

    @unittest.skipUnless(shutil.which("capnp"), "Debian's capnproto is not installed")
    def test_the_stock_capnp_tool_reads_it(self):
        file = self.record()
        entries = self.capnp("decode", "--short", str(SCHEMA), "Entry", given=file.read_bytes()).decode().splitlines()
        self.assertIn("header = (version = 1", entries[0])
        self.assertIn('why = "stopped"', entries[-1])
        self.assertEqual(sum("record = (" in entry for entry in entries), len(self.show()))
        as_json = self.capnp("convert", "binary:json", "--short", str(SCHEMA), "Entry", given=file.read_bytes())
        kinds = [json.loads(line).get("record", {}).get("kind") for line in as_json.splitlines()]
        self.assertIn("retrainRequest", kinds)

    @unittest.skipUnless(shutil.which("capnp"), "Debian's capnproto is not installed")
    def test_a_recording_of_a_newer_schema_is_refused_and_says_what_made_it(self):
        entry = bytearray(self.capnp("encode", str(SCHEMA), "Entry",
                                     given=b'(header = (version = 2, program = "ecco 9.0", node = "server"))'))
        entry[16:24] = hashlib.sha256(entry).digest()[:8]  # its check
        self.write("run.ecco", bytes(entry))
        for command in (("recording", "show", "run.ecco"), ("recording", "replay", "run.ecco"),
                        ("inject", "-c", self.config, "--recording", "run.ecco")):
            answer = self.ecco(*command)
            self.assertNotEqual(answer.code, 0, answer)
            self.assertIn("ecco 9.0", answer.err)
        self.assertEqual((self.folder / "run.ecco").read_bytes(), bytes(entry))

    def test_what_is_no_recording_is_refused(self):
        for content in (b"config_version: 1\n" * 100, bytes(4096), bytes(range(256)) * 8, b"\xff" * 100):
            self.write("run.ecco", content)
            for command in ("show", "replay"):
                self.assert_ends(self.ecco("recording", command, "run.ecco"), BAD_DATA, "run.ecco: at byte 0")

    def test_filters_that_cannot_be_are_refused(self):
        self.record()
        for option, value, why in (("--kind", "retrainReqest", "did you mean retrainRequest"),
                                   ("--kind", "foo*", "no kind of message"), ("--from", "soon", "--from soon"),
                                   ("--to", "-3s", "--to -3s"), ("--group", "north", "is not a group")):
            self.assert_ends(self.ecco("recording", "show", "run.ecco", option, value), BAD_DATA, why)
        self.assert_ends(self.ecco("recording", "show", "run.ecco", "--from", "90s", "--to", "1m"), BAD_DATA, "after 1m")
        self.assertEqual(self.show("--camera", "nobody"), [])

    def test_an_experiment_is_recorded_as_it_was_and_replayed_to_the_byte(self):
        town = self.write("town.yaml", TOWN)
        systems = ("--system", "naive,ecco")
        self.assert_ends(self.ecco("experiment", town, *systems, "-q", "--json", "plain.json"), 0)
        self.assert_ends(self.ecco("experiment", town, *systems, "-q", "--json", "taped.json", "--record", "run"), 0)
        self.assertEqual((self.folder / "plain.json").read_bytes(), (self.folder / "taped.json").read_bytes())
        for name in ("run.naive", "run.ecco"):
            told = self.ecco("recording", "replay", name, "--json")
            self.assert_ends(told, 0)
            outcome = json.loads(told.out)
            self.assertTrue(outcome["same"])
            self.assertGreater(outcome["compared"], 1000)
            self.assertEqual(outcome["seconds"], 240)
        self.assert_ends(self.ecco("recording", "replay", "run.ecco"), 0, "the same, to the byte")
        again = self.ecco("experiment", town, *systems, "-q", "--record", "run")
        self.assert_ends(again, BAD_DATA, "run.naive is there already")

    def test_only_a_server_is_replayed(self):
        _, port = self.start_server(self.config)
        camera = self.start("camera", "camera", "-c", self.config, "--set", port, "--name", "left", "--record", "left.ecco")
        self.wait_for_line(camera, "joined|connected|welcome")
        camera.send(signal.SIGTERM)
        self.wait_for_end(camera)
        refused = self.ecco("recording", "replay", "left.ecco")
        self.assertNotEqual(refused.code, 0)
        self.assertIn("only a server is run again", refused.err)

    def test_a_killed_server_leaves_what_was_said(self):
        file = self.record(stop=signal.SIGKILL)
        self.assertFalse(file.exists())
        self.assertTrue(pathlib.Path(f"{file}.part").exists())
        self.assertEqual(len(self.show("--kind", "retrainRequest")), 1)
        self.assert_ends(self.ecco("recording", "show", "run.ecco"), 0, "it has no end")

    def test_a_cut_or_changed_recording_shows_what_is_good_and_says_where_it_is_not(self):
        file = self.record()
        whole = file.read_bytes()
        file.write_bytes(whole[:-20])
        cut = self.ecco("recording", "show", "run.ecco")
        self.assert_ends(cut, BAD_DATA, "cut short", "at byte", "records before it are good", "retrainRequest")
        file.write_bytes(whole[:-200] + bytes([whole[-200] ^ 1]) + whole[-199:])
        self.assert_ends(self.ecco("recording", "show", "run.ecco"), BAD_DATA, "at byte", "retrainRequest")
        file.write_bytes(b"")
        self.assert_ends(self.ecco("recording", "show", "run.ecco"), BAD_DATA, "not a recording")
        file.unlink()
        self.assert_ends(self.ecco("recording", "show", "run.ecco"), NO_INPUT, "run.ecco")

    def test_a_recording_is_not_overwritten(self):
        self.write("run.ecco", "precious")
        self.assert_ends(self.ecco("server", "-c", self.config, "--record", "run.ecco"), BAD_DATA, "not overwritten")
        self.assertEqual((self.folder / "run.ecco").read_text(), "precious")

    def test_a_recording_can_be_injected(self):
        self.record()
        _, port = self.start_server(self.config, name="second")
        said = self.ecco("inject", "-c", self.config, "--set", port, "--recording", "run.ecco", "--kind",
                         "retrainRequest", "--speed", "0")
        self.assert_ends(said, 0, "0 messages taken, 1 refused", "there is no camera left")
        asked = self.ecco("inject", "-c", self.config, "--set", port, "--recording", "run.ecco", "--kind",
                          "statusQuery", "--speed", "0")
        self.assert_ends(asked, 0, "3 messages taken, 0 refused")

    def test_faults_are_injected_only_where_they_are_allowed(self):
        _, port = self.start_server(self.config, name="safe")
        refused = self.ecco("inject", "-c", self.config, "--set", port, "--fault", "drop kind=statusQuery")
        self.assertNotEqual(refused.code, 0)
        self.assertIn("server.faults=true", refused.err)
        _, port = self.start_server(self.config, "--set", "server.faults=true", "--set", "server.state=other",
                                    "--record", "struck.ecco", name="struck")
        for wrong in ("loose kind=event", "drop nth=0", "drop probability=2", "delay kind=event", "drop when=now",
                      "drop kind=trainReprot", "drop kind=due"):
            answer = self.ecco("inject", "-c", self.config, "--set", port, "--fault", wrong)
            self.assert_ends(answer, BAD_DATA, "fault:")
        self.assert_ends(self.ecco("inject", "-c", self.config, "--set", port, "--fault",
                                   "duplicate kind=statusQuery receiver=allocator nth=1"), 0, "the fault is set")
        self.status(self.config, port)
        shown = self.ecco("recording", "show", "struck.ecco", "--kind", "statusQuery", "--receiver", "allocator")
        self.assert_ends(shown, 0, "[duplicated]")

    def test_a_fault_that_kills_an_essential_actor_ends_the_server_with_its_reason(self):
        server, port = self.start_server(self.config, "--set", "server.faults=true")
        self.ecco("inject", "-c", self.config, "--set", port, "--fault", "kill receiver=allocator kind=statusQuery")
        self.ecco("status", "-c", self.config, "--set", port)
        self.assertNotEqual(self.wait_for_end(server), 0)
        self.assertIn("an actor that nothing works without has died", server.said())


if __name__ == "__main__":
    unittest.main(verbosity=2)
