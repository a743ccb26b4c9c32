#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What recording costs a whole run: one experiment with and without --record, by turns, and its replay.

Usage: recorded_experiment.py [--ecco PROGRAM] [--rounds N] [--length TIME] [--json] [FILE.yaml]
Processor time of the process and its kernel work, as medians; the recording goes to a temporary folder.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile

EXPERIMENT = pathlib.Path(__file__).parents[1] / "config" / "experiments" / "twenty_cameras.yaml"


def processor_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(options):
    run = [options.ecco, "experiment", str(options.file), "--length", options.length, "-q"]
    seconds = {"plain": [], "recorded": [], "replayed": []}
    size = 0
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="ecco-") as folder:
            file = os.path.join(folder, "run.ecco")
            seconds["plain"].append(processor_seconds(run))
            seconds["recorded"].append(processor_seconds(run + ["--record", file]))
            seconds["replayed"].append(processor_seconds([options.ecco, "recording", "replay", file]))
            size = os.path.getsize(file)
    return {name: statistics.median(values) for name, values in seconds.items()}, size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=pathlib.Path, default=EXPERIMENT)
    parser.add_argument("--ecco", default="ecco")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--length", default="10m")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    medians, size = measure(options)
    if options.json:
        print(json.dumps({"seconds": medians, "bytes": size, "rounds": options.rounds, "length": options.length}))
        return
    print(f"{options.file.name}, {options.length}, medians of {options.rounds}")
    for name, seconds in medians.items():
        print(f"{name:9} {seconds:7.2f} s   {seconds / medians['plain']:.2f} x")
    print(f"recording {size / 1e6:7.1f} MB")


if __name__ == "__main__":
    main()
