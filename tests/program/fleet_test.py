# SPDX-License-Identifier: Apache-2.0
"""Server, worker and camera as three processes: they work together, and survive each other's deaths."""
import json
import signal
import unittest

from program import MASK_FLEET, OUTLINES, TRY_AGAIN, ProgramTest

CAMERAS = ("left", "right")


class Fleet(ProgramTest):
    def setUp(self):
        super().setUp()
        self.config = self.write_fleet()

    def start_node(self, command, port, name=None, *more):
        return self.start(name or command, command, "-c", self.config, "--set", port, *more)

    def wait_for_cameras(self, server, after=0):
        for camera in CAMERAS:
            self.wait_for_line(server, f"camera.online +{camera}", after)

    def test_a_fleet_learns_and_deploys_a_model(self):
        server, port = self.start_server(self.config, "--set", "bootstrap.length=5m", "--report", "report")
        worker = self.start_node("worker", port)
        camera = self.start_node("camera", port)
        self.wait_for_cameras(server)
        self.wait_for_line(server, "worker.up +gpu0")
        for one in CAMERAS:
            self.wait_for_line(server, f"model.deployed +{one}")
        self.wait_for_line(server, "bootstrap.started .*2 cameras")
        self.wait_for_line(server, "grant.issued +g-0001")
        self.wait_for_line(server, r"model\.(promoted|rejected)") # what was learnt came before the gate
        self.assert_status(port)
        self.assert_a_stale_grant_is_refused(port)
        for process in (camera, worker, server):
            process.send(signal.SIGINT)
            self.assertEqual(self.wait_for_end(process), 0)
        result = json.loads((self.folder / "report" / "result.json").read_text())
        self.assertGreater(result["gpu_seconds_by_use"]["train"], 0)
        self.assertGreater(result["bytes_sent"], 0)
        self.assertEqual([group["name"] for group in result["groups"] if group["grants"]], ["g-0001"])

    def test_a_fleet_learns_and_deploys_a_model_with_masks(self):
        self.write_fleet(MASK_FLEET, OUTLINES)
        server, port = self.start_server(self.config, "--set", "bootstrap.length=5m")
        self.start_node("worker", port)
        self.start_node("camera", port)
        promoted = self.wait_for_line(server, "model.promoted").end()
        for one in CAMERAS:
            self.wait_for_line(server, rf"model\.deployed +{one} .* -> ", promoted)

    def assert_status(self, port):
        seen = self.status(self.config, port)
        self.assertEqual([one["last"]["camera"] for one in seen["cameras"]], list(CAMERAS))
        self.assertTrue(all(one["online"] and one["last"]["model"]["revision"] > 0 for one in seen["cameras"]), seen)
        self.assertEqual([one["worker"] for one in seen["workers"]], ["gpu0"])
        self.assertEqual([group["members"] for group in seen["groups"]], [list(CAMERAS)])

    def assert_a_stale_grant_is_refused(self, port):
        """A grant of an earlier life of the server does nothing, and the server goes on."""
        grant = '{"microWindowGrant": {"group": 1, "term": 1, "window": 9, "slice": 1000000000}}'
        answer = self.ecco("inject", "-c", self.config, "--set", port, "--to", "g-0001", "--json", grant)
        self.assert_ends(answer, TRY_AGAIN, "grant")
        self.assertIsNotNone(self.status(self.config, port))

    def test_a_slice_is_granted_again_when_its_worker_was_killed(self):
        server, port = self.start_server(self.config, "--set", "bootstrap.length=5m")
        first = self.start_node("worker", port)
        self.start_node("camera", port)
        self.wait_for_line(server, "grant.issued .*gpu0")
        first.kill()
        gone = self.wait_for_line(server, "worker.down +gpu0 is gone").end()
        self.start_node("worker", port, "second-worker", "--set", "worker.name=gpu1")
        ready = self.wait_for_line(server, "worker.up +gpu1", gone).end()
        self.wait_for_line(server, "grant.issued .*gpu1", ready)

    def test_processes_that_train_together_survive_the_death_of_one(self):
        server, port = self.start_server(self.config, "--set", "bootstrap.length=5m", "--set", "gpu.mode=exclusive")
        first = self.start_node("worker", port)
        self.start_node("worker", port, "second-worker", "--set", "worker.name=gpu1")
        for worker in ("gpu0", "gpu1"):
            self.wait_for_line(server, f"worker.up +{worker}")
        self.start_node("camera", port)
        self.wait_until("both workers trained", lambda: len(self.trained(port)) == 2, server)
        self.assertNotIn("grant.lost", server.said())
        issued = server.said().count("grant.issued")
        self.wait_until("another grant", lambda: server.said().count("grant.issued") > issued, server)
        first.kill()
        gone = self.wait_for_line(server, "worker.down +gpu0 is gone").end()
        before = self.trained(port)["gpu1"]
        self.wait_for_line(server, "grant.issued .*gpu1", gone)
        self.wait_until("gpu1 went on", lambda: self.trained(port)["gpu1"] > before, server)
        self.start_node("worker", port, "first-worker-again")
        self.wait_for_line(server, "worker.up +gpu0", gone)
        self.wait_until("gpu0 trained again", lambda: "gpu0" in self.trained(port), server)

    def trained(self, port):
        """Nanoseconds of micro-windows of each worker that had one."""
        busy = {one["worker"]: int(one["busy"]) for one in self.status(self.config, port)["workers"]}
        return {worker: spent for worker, spent in busy.items() if spent > 0}

    def test_a_camera_that_was_killed_comes_back(self):
        server, port = self.start_server(self.config)
        camera = self.start_node("camera", port)
        self.wait_for_cameras(server)
        camera.kill()
        gone = max(self.wait_for_line(server, f"camera.offline +{one}").end() for one in CAMERAS)
        self.start_node("camera", port, "camera-again")
        self.wait_for_cameras(server, gone)
        self.assertEqual([one["online"] for one in self.status(self.config, port)["cameras"]], [True, True])

    def test_nodes_find_a_restarted_server_by_themselves(self):
        server, port = self.start_server(self.config)
        nodes = [self.start_node("worker", port), self.start_node("camera", port)]
        self.wait_for_cameras(server)
        self.wait_for_line(server, "worker.up +gpu0")
        server.kill()
        lost = [self.wait_for_line(node, "the server is gone").end() for node in nodes]
        again, _ = self.start_server(self.config, "--set", port, name="server-again")
        for node, since in zip(nodes, lost):
            self.wait_for_line(node, "connected", since)
        self.wait_for_cameras(again)
        self.wait_for_line(again, "worker.up +gpu0")


if __name__ == "__main__":
    unittest.main(verbosity=2)
