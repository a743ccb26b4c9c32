# SPDX-License-Identifier: Apache-2.0
"""`--record`, `ecco recording`, `ecco inject --recording` and `--fault`: what is said is kept, shown, said again."""
import json
import pathlib
import shutil
import signal
import subprocess
import unittest

from program import BAD_DATA, NO_INPUT, ProgramTest

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

    @unittest.skipUnless(shutil.which("capnp"), "Debian's capnproto is not installed")
    def test_the_stock_capnp_tool_reads_it(self):
        file = self.record()
        told = subprocess.run(["capnp", "decode", "--short", str(SCHEMA), "Entry"], stdin=file.open("rb"),
                              capture_output=True, text=True, check=True)
        entries = told.stdout.splitlines()
        self.assertIn("header = (version = 1", entries[0])
        self.assertIn('why = "stopped"', entries[-1])
        self.assertEqual(sum("record = (" in entry for entry in entries), len(self.show()))
        as_json = subprocess.run(["capnp", "convert", "binary:json", "--short", str(SCHEMA), "Entry"],
                                 stdin=file.open("rb"), capture_output=True, text=True, check=True)
        kinds = [json.loads(line).get("record", {}).get("kind") for line in as_json.stdout.splitlines()]
        self.assertIn("retrainRequest", kinds)

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
        for wrong in ("loose kind=event", "drop nth=0", "drop probability=2", "delay kind=event", "drop when=now"):
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
