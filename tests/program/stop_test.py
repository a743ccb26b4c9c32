# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C and SIGTERM end every process cleanly, whatever it was doing."""
import signal
import unittest

from program import ProgramTest

SOON = 30
"""Seconds a process may take to end on a busy machine, a slice of training included."""


class Stopping(ProgramTest):
    def setUp(self):
        super().setUp()
        self.config = self.write_fleet()

    def assert_stops(self, process, which, code=0):
        process.send(which)
        self.assertEqual(self.wait_for_end(process, SOON), code, process.name)

    def test_a_server_alone(self):
        for which in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(which=which):
                server, _ = self.start_server(self.config, name=f"server-{which.name}")
                self.assert_stops(server, which)

    def test_nodes_that_find_no_server(self):
        for which, command in ((signal.SIGINT, "worker"), (signal.SIGTERM, "camera")):
            with self.subTest(which=which, command=command):
                node = self.start(command, command, "-c", self.config, "--set", "server.port=1")
                self.wait_for_line(node, "again")
                self.assert_stops(node, which)

    def test_nodes_in_the_middle_of_their_work_and_the_server_after_them(self):
        server, port, worker, camera = self.start_fleet()
        self.assert_stops(worker, signal.SIGINT)
        self.wait_for_line(server, "worker.down")
        self.assert_stops(camera, signal.SIGTERM)
        self.wait_for_line(server, "camera.offline")
        self.assert_stops(server, signal.SIGINT)

    def test_a_server_in_the_middle_of_its_work_and_the_nodes_after_it(self):
        server, port, worker, camera = self.start_fleet()
        self.assert_stops(server, signal.SIGTERM)
        self.wait_for_line(worker, "the server is gone")
        self.assert_stops(worker, signal.SIGTERM)
        self.assert_stops(camera, signal.SIGINT)

    def start_fleet(self):
        server, port = self.start_server(self.config, "--set", "bootstrap.length=5m")
        worker, camera = (self.start(command, command, "-c", self.config, "--set", port)
                          for command in ("worker", "camera"))
        self.wait_for_line(server, "grant.issued")
        return server, port, worker, camera


if __name__ == "__main__":
    unittest.main(verbosity=2)
