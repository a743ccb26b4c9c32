# SPDX-License-Identifier: Apache-2.0
"""Runs `ecco` as its users do: real processes over loopback, in a folder and on ports of their own.

A test waits for what can be seen (a line of a log, a status, the end of a process), never for a time to pass;
deadlines only say when to give up. They are generous: the machine may be busy.
"""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest

ECCO = os.environ.get("ECCO_PROGRAM", "ecco")
VIDEO = pathlib.Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
# `ecco help exit-codes`
USAGE, BAD_DATA, NO_INPUT, UNREACHABLE, IO, TRY_AGAIN, BAD_CONFIG = 2, 65, 66, 69, 74, 75, 78
PATIENCE = 120
"""Seconds until a test gives up waiting, where nothing else is said."""
LOOK_EVERY = 0.05

# A fleet that learns something in seconds: two cameras, the smallest student, windows of 4 s, and labels from a file
# that are easy to learn: the same large box on every frame.
FLEET = """\
config_version: 1
server: {port: 0, media_port: 0, state: state}
worker: {name: gpu0}
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
cameras:
  left: {source: VIDEO, location: [47.3769, 8.5417], filters: [{at: 0s, chain: "crop=208:156:300:120"}]}
  right: {source: VIDEO, location: [47.3770, 8.5418], filters: [{at: 0s, chain: "crop=208:156:360:120"}]}
""".replace("VIDEO", str(VIDEO))
LABELS = "".join(f"{frame},1,40,30,128,96,1,1,1\n" for frame in range(1, 801))
# The same with masks: half of the box.
MASK_FLEET = FLEET.replace("yolo11p", "yolo11p-seg")
OUTLINES = LABELS.replace("\n", ",40 30 40 126 168 126\n")

# An experiment that is over in a moment: two places whose cameras drift one after the other.
TOWN = """\
config_version: 1
server: {workers: 1}
window: {length: 20s, micro_windows: 8}
experiment:
  length: 4m
  regions:
    market: {cameras: 3, location: [47.3769, 8.5417], conditions: [{at: 1m, shows: dusk}]}
    harbour: {location: [47.45, 8.56], conditions: [{at: 90s, shows: fog}]}
"""


class Answer:
    """How a command that ends by itself ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit code {self.code}\n-- stdout\n{self.out}\n-- stderr\n{self.err}"


class Process:
    """A running `ecco`; what it says, on either stream, is in its log."""

    def __init__(self, name, command, folder):
        self.name, self.log = name, folder / f"{name}.log"
        with self.log.open("wb") as log:
            self.handle = subprocess.Popen(command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
                                           stdout=log, stderr=subprocess.STDOUT)

    def said(self):
        return self.log.read_text(errors="replace")

    def running(self):
        return self.handle.poll() is None

    def send(self, which):
        if self.running():
            self.handle.send_signal(which)

    def kill(self):
        """SIGKILL, as a power cut would."""
        self.send(signal.SIGKILL)
        self.handle.wait()


def environment():
    """This one without the settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ECCO_")} | {"NO_COLOR": "1"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own. It ends every process it began, and prints their logs when it fails."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="ecco-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.processes = []
        self.addCleanup(self.end_processes)

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            for name, said in self.logs:
                print(f"---- log of {name} in {self.id()}\n{said}", flush=True)

    def end_processes(self):
        for process in self.processes:
            process.kill()
        self.logs = [(process.name, process.said()) for process in self.processes]

    # -- files

    def write_fleet(self, config=FLEET, labels=LABELS):
        """Writes the configuration of a fleet and what it needs, and gives the name of the file."""
        self.write("labels.txt", labels)
        return self.write("fleet.yaml", config)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    # -- commands

    def ecco(self, *arguments, variables=None):
        """Runs a command to its end, with environment variables of its own."""
        done = subprocess.run([ECCO, *arguments], cwd=self.folder, env=environment() | (variables or {}), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False)
        return Answer(done.returncode, done.stdout, done.stderr)

    def start(self, name, *arguments):
        """Starts a command that runs until it is stopped."""
        process = Process(name, [ECCO, *arguments], self.folder)
        self.processes.append(process)
        return process

    def start_server(self, config, *more, name="server"):
        """Starts a server and gives it with the port its actors are on."""
        server = self.start(name, "server", "-c", config, *more)
        port = self.wait_for_line(server, r"actors on 127\.0\.0\.1:(\d+)").group(1)
        return server, f"server.port={port}"

    def status(self, config, port):
        """What the server says of itself; None while it does not answer."""
        answer = self.ecco("status", "-c", config, "--set", port, "--json")
        return json.loads(answer.out)["status"]["statusReport"] if answer.code == 0 else None

    # -- waiting

    def wait_until(self, what, probe, *watched, patience=PATIENCE):
        """Gives what `probe` gives as soon as that is something; fails when a watched process ends before."""
        deadline = time.monotonic() + patience
        while True:
            ended = [process for process in watched if not process.running()]
            found = probe()
            if found:
                return found
            for process in ended:
                self.fail(f"{process.name} ended with {process.handle.returncode} before {what}")
            if time.monotonic() > deadline:
                self.fail(f"waited {patience} s in vain for {what}")
            time.sleep(LOOK_EVERY)

    def wait_for_line(self, process, pattern, after=0, patience=PATIENCE):
        """Waits until the process has said `pattern`, beyond `after` characters of its log."""
        return self.wait_until(f"{process.name} says {pattern!r}",
                               lambda: re.compile(pattern).search(process.said(), after), process, patience=patience)

    def wait_for_end(self, process, patience=PATIENCE):
        """Waits for the process to end and gives its exit code."""
        try:
            return process.handle.wait(patience)
        except subprocess.TimeoutExpired:
            self.fail(f"{process.name} still runs after {patience} s")

    # -- promises

    def assert_ends(self, answer, code, *texts):
        """The command ended with this code and said all of these."""
        self.assertEqual(answer.code, code, answer)
        for text in texts:
            self.assertIn(text, answer.out + answer.err, answer)
