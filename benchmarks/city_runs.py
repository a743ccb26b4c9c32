# SPDX-License-Identifier: Apache-2.0
"""Runs of `ecco experiment` with real students on cameras of the synthetic city, and what was read of them. Shared by
similarity.py and recovery.py, which see for what is compared."""
import argparse
import concurrent.futures
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys

EXPERIMENTS = pathlib.Path(__file__).parents[1] / "config" / "experiments"
DRIFT = 30
"""Second at which the world begins to change."""
PLOT = """set encoding utf8
set datafile separator tab
set datafile missing '-'
set terminal {terminal}
set output '{output}'
set border 3 lc rgb '#999999'
set tics nomirror scale 0.5 textcolor rgb '#444444'
set grid ytics lc rgb '#e6e6e6' lw 1 lt 1
set key outside top center horizontal
"""
"""What all pictures have in common, for gnuplot."""


def mean(values):
    known = [value for value in values if value is not None and math.isfinite(value)]
    return statistics.fmean(known) if known else math.nan


def standard_error(values):
    """Of the mean; unknown of a single one."""
    known = [value for value in values if math.isfinite(value)]
    return statistics.stdev(known) / math.sqrt(len(known)) if len(known) > 1 else math.nan


def known(row):
    """What JSON has a word for: it has none for NaN."""
    def of(value):
        return [of(one) for one in value] if isinstance(value, list) else None if value != value else value

    return {key: of(value) for key, value in row.items()}


def text_of(value):
    return f"{value:.3f}" if math.isfinite(value) else "-"


def make_fleet(options, file, *arguments):
    """A file of cameras by `ecco world fleet`."""
    subprocess.run([options.ecco, "world", "fleet", "--fps", "4", "--out", str(file), *arguments], check=True,
                   stdout=subprocess.DEVNULL)


def run(options, experiment, name, seed, settings, fleet):
    """Runs `experiment` on the cameras of the file `fleet`, unless it has been, and gives its file of events.
    @raises SystemExit when the run fails"""
    events = options.out / f"{name}.json"
    if events.exists() and not options.again:
        return events
    part = options.out / f"{name}.part"
    command = [options.ecco, "experiment", str(EXPERIMENTS / experiment), "-c", str(fleet), "-q", "--seed", str(seed),
               "--json", str(part)]
    for setting in [*settings, *options.set]:
        command += ["--set", setting]
    environment = os.environ | {"ECCO_STUDENT": str(options.student.resolve()),
                                "ECCO_TEACHER": str(options.teacher.resolve())}
    with (options.out / f"{name}.txt").open("w") as report:
        if ended := subprocess.run(command, stdout=report, env=environment).returncode:
            raise SystemExit(f"{name}: ecco ended with {ended}; what it says is above. It was: {' '.join(command)}")
    part.rename(events)
    return events


def run_all(options, run_cell, cells):
    """Each cell's file, by what `run_cell` takes after the options; `--jobs` of them at a time."""
    options.out.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        files = {cell: pool.submit(run_cell, options, *cell) for cell in cells}
        return {cell: file.result() for cell, file in files.items()}


class Run:
    """What happened: `readings[event id][camera]` are (second, mAP@0.5), without those that saw no object."""

    def __init__(self, file):
        system = json.loads(file.read_text())["systems"][0]
        self.seconds = system["result"]["virtual_seconds"]
        self.happened = [(int(entry["event"]["at"]) / 1e9, entry["event"]) for entry in system["events"]]
        self.readings = {}
        for at, event in self.happened:
            if event["id"].startswith("accuracy.") and event["camera"] and event["value"] not in ("NaN", None):
                of_kind = self.readings.setdefault(event["id"], {})
                of_kind.setdefault(event["camera"], []).append((at, event["value"]))

    def times(self, event_id):
        return [at for at, event in self.happened if event["id"] == event_id]

    def means(self, event_id, since, until):
        """Of each camera."""
        return {camera: mean([value for at, value in series if since <= at < until])
                for camera, series in self.readings.get(event_id, {}).items()}


def tell(options, all_rows, one_row, rows, print_table):
    """The rows, by what each is of: as a table, or with `--json` as {all_rows: [{one_row: ..., ...}]}."""
    if options.json:
        print(json.dumps({all_rows: [{one_row: of} | known(row) for of, row in rows.items()]}))
    else:
        print_table(rows)


def draw(options, plot, name, **values):
    """`name`.svg and .png with gnuplot; says so when there is none."""
    for terminal, ending in (("svg noenhanced size 1000,600 font 'DejaVu Sans,16'", "svg"),
                             ("pngcairo noenhanced size 1000,600 font 'DejaVu Sans,12'", "png")):
        script = options.out / f"{name}.gp"
        script.write_text((PLOT + plot).format(terminal=terminal, output=f"{name}.{ending}", **values))
        try:
            subprocess.run(["gnuplot", script.name], check=True, cwd=options.out)
        except (OSError, subprocess.CalledProcessError) as why:
            print(f"no picture: {why}", file=sys.stderr)


def whole_numbers(text):
    return [int(one) for one in text.split(",")]


def arguments_of(description):
    """A parser of what all of these runs take."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ecco", default="ecco")
    parser.add_argument("--student", type=pathlib.Path, required=True, help="yolo11p that knows the world before")
    parser.add_argument("--teacher", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seeds", default="1", type=whole_numbers, help="of which cameras, and of the run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time, a core each")
    parser.add_argument("--again", action="store_true", help="run what has been run, too")
    parser.add_argument("--set", action="append", default=[], help="a setting of every run; may be repeated")
    parser.add_argument("--json", action="store_true")
    return parser
