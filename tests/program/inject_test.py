# SPDX-License-Identifier: Apache-2.0
"""`ecco inject`: messages from outside reach an actor or are refused, and the server lives on."""
import json
import unittest

from program import BAD_DATA, NO_INPUT, ProgramTest

STALE_GRANT = '{"microWindowGrant": {"group": 1, "term": 1, "window": 9, "slice": "2000000000"}}'


class Injection(ProgramTest):
    def setUp(self):
        super().setUp()
        self.config = self.write_fleet()
        self.server, self.port = self.start_server(self.config)

    def inject(self, to, message, *more):
        return self.ecco("inject", "-c", self.config, "--set", self.port, "--to", to, "--json", message, *more)

    def assert_unharmed(self):
        names = self.status(self.config, self.port)["actors"]
        for essential in ("allocator", "grouper", "model_store", "telemetry"):
            self.assertIn(essential, names)

    def test_what_is_wrong_is_named_and_the_server_unharmed(self):
        for to, message, code, *named in (
                ("nobody", '{"statusQuery": {}}', NO_INPUT, "'nobody'", "grouper"),
                ("grouper", '{"frobnicate": {}}', BAD_DATA, "frobnicate"),
                ("grouper", '{"statusQuery": {"depth": 1}}', BAD_DATA, "statusQuery", '"depth"'),
                ("grouper", '{"retrainRequest": {"id": "soon", "camera": "left"}}', BAD_DATA, "retrainRequest.id"),
                ("grouper", '{"retrainRequest": {"id": 7, "camera": 3}}', BAD_DATA, "retrainRequest.camera"),
                ("grouper", '{"statusQuery": {}, "jobEnded": {"group": 1}}', BAD_DATA, "statusQuery and jobEnded"),
                ("grouper", "{}", BAD_DATA, "no message"),
                ("grouper", "status, please", BAD_DATA, "JSON"),
                ("grouper", STALE_GRANT, BAD_DATA, "grouper", "microWindowGrant"),
                ("grouper", '{"retrainRequest": {"id": 7, "camera": "left"}}', NO_INPUT, "left")):
            with self.subTest(to=to, message=message):
                self.assert_ends(self.inject(to, message), code, *named)
        self.assert_unharmed()

    def test_answers_and_failures_are_json_on_request(self):
        answer = self.inject("grouper", '{"statusQuery": {}}', "--envelope")
        self.assert_ends(answer, 0)
        self.assertIn("statusReport", json.loads(answer.out)["answer"])
        failed = self.inject("nobody", '{"statusQuery": {}}', "--envelope")
        self.assertEqual(json.loads(failed.out)["error"]["exit_code"], failed.code)

    def test_status_is_json_and_text(self):
        report = self.status(self.config, self.port)
        self.assertEqual(report["cameras"], [])
        self.assert_ends(self.ecco("status", "-c", self.config, "--set", self.port), 0, "CAMERA", "WORKER", "grouper")


if __name__ == "__main__":
    unittest.main(verbosity=2)
