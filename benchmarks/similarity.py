#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The paper's Fig. 8: does it pay to learn together? Group against independent retraining, by how alike cameras are.

Usage: similarity.py --student FILE --teacher FILE --out FOLDER [--ecco PROGRAM] [--levels 1,.75,.5,.25] [--seeds 1]
                     [--jobs N] [--again] [--set SETTING]... [--json]
For each level, `ecco world fleet` makes four cameras of the synthetic city of which that share is in one district and
sees the same drift, and `ecco experiment` lets them learn on one GPU, in groups and each alone
(config/experiments/similarity.yaml). Time is virtual: a busy machine changes nothing but how long it takes.
The folder gets a file of events for each run (one that is there already is not run again, but with --again),
similarity.tsv and, with gnuplot, similarity.svg and .png.
"""
import argparse
import concurrent.futures
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys

EXPERIMENT = pathlib.Path(__file__).parents[1] / "config" / "experiments" / "similarity.yaml"
SYSTEMS = {"group": "shared", "independent": "independent"}
DRIFT = 30
"""Second at which the world begins to change; it takes 8 s."""
SETTLED = DRIFT + 8
LAST = 60
"""Seconds at the end of a run that `end` is the mean of."""

PLOT = """set encoding utf8
set datafile separator tab
set terminal {terminal}
set output '{output}'
set border 3 lc rgb '#999999'
set tics nomirror scale 0.5 textcolor rgb '#444444'
set grid ytics lc rgb '#e6e6e6' lw 1 lt 1
set key outside top center horizontal
set title 'What learning together is worth, by how alike cameras are ({cameras} cameras, one GPU)'
set xlabel 'similarity: share of the cameras in one district, with the same drift'
set ylabel 'mAP@0.5 over the last minute, +- standard error over cameras'
set style data histograms
set style histogram errorbars gap 1.5 lw 1
set errorbars linecolor rgb '#444444'
set style fill solid 0.9 noborder
set yrange [0:*]
plot 'similarity.tsv' using 2:3:xtic(1) title 'group retraining' lc rgb '#0072B2', \\
     '' using 4:5 title 'independent retraining' lc rgb '#D55E00'
"""


def mean(values):
    known = [value for value in values if math.isfinite(value)]
    return statistics.fmean(known) if known else math.nan


def standard_error(values):
    """Of the mean; unknown of a single one."""
    known = [value for value in values if math.isfinite(value)]
    return statistics.stdev(known) / math.sqrt(len(known)) if len(known) > 1 else math.nan


def run_cell(options, level, seed, system):
    """Runs one cell of the figure, unless it has been, and gives the name of its file of events."""
    folder = options.out
    name = f"{system}-{level:g}-{seed}"
    events = folder / f"{name}.json"
    if events.exists() and not options.again:
        return events
    fleet = folder / f"{name}.yaml"
    subprocess.run([options.ecco, "world", "fleet", "--cameras", str(options.cameras), "--similarity",
                    f"district={level:g},weather={level:g}", "--drift", f"{options.drift}@{DRIFT}", "--fps", "4",
                    "--fleet-seed", str(seed), "--out", str(fleet)], check=True, stdout=subprocess.DEVNULL)
    part = folder / f"{name}.part"
    command = [options.ecco, "experiment", str(EXPERIMENT), "-c", str(fleet), "-q", "--seed", str(seed), "--json",
               str(part), "--set", f"policy.grouping={SYSTEMS[system]}"]
    for setting in options.set:
        command += ["--set", setting]
    environment = os.environ | {"ECCO_STUDENT": str(options.student.resolve()),
                                "ECCO_TEACHER": str(options.teacher.resolve())}
    with (folder / f"{name}.txt").open("w") as report:
        subprocess.run(command, check=True, stdout=report, env=environment)
    part.rename(events)
    return events


def read_cell(file):
    """Means of one run: of each camera, and over all."""
    system = json.loads(file.read_text())["systems"][0]
    end = system["result"]["virtual_seconds"]
    readings, groups = {}, 0
    for entry in system["events"]:
        event = entry["event"]
        groups += event["id"] == "group.opened"
        if event["id"].startswith("accuracy.") and event["camera"] and event["value"] not in ("NaN", None):
            readings.setdefault((event["id"], event["camera"]), []).append((int(event["at"]) / 1e9, event["value"]))

    def of_each(which, since, until):
        return {camera: mean([value for at, value in series if since <= at < until])
                for (name, camera), series in readings.items() if name == which}

    spans = {"before": (0, DRIFT), "end": (end - LAST, end + 1), "since": (SETTLED, end + 1)}
    out = {name: of_each("accuracy.deployed", *span) for name, span in spans.items()}
    out |= {f"{name}_truth": of_each("accuracy.truth", *span) for name, span in spans.items()}
    out["teacher_truth"] = of_each("accuracy.teacher", SETTLED, end + 1)
    out["groups"] = groups
    return out


def compare(cells):
    """One level: every camera in both systems, so that what is hard for both cancels out."""
    def of(system, number):
        return [value for cell in cells[system] for _, value in sorted(cell[number].items())]

    row = {}
    for number in ("before", "since", "end", "since_truth", "end_truth", "teacher_truth"):
        for system in SYSTEMS:
            row[f"{system}_{number}"] = mean(of(system, number))
    for number in ("end", "end_truth"):
        gains = [together - alone for together, alone in zip(of("group", number), of("independent", number))]
        row[f"gain_{number}"], row[f"gain_{number}_error"] = mean(gains), standard_error(gains)
    for system in SYSTEMS:
        row[f"{system}_end_error"] = standard_error(of(system, "end"))
        row[f"{system}_groups"] = mean([cell["groups"] for cell in cells[system]])
    return row


def text_of(value):
    return f"{value:.3f}" if math.isfinite(value) else "-"


def write_figure(options, rows):
    lines = ["# similarity\tgroup\terror\tindependent\terror\tgain\terror"]
    for level, row in rows.items():
        numbers = [row["group_end"], row["group_end_error"], row["independent_end"], row["independent_end_error"],
                   row["gain_end"], row["gain_end_error"]]
        lines.append("\t".join([f"{level:g}"] + [f"{0 if math.isnan(number) else number:.4f}" for number in numbers]))
    (options.out / "similarity.tsv").write_text("\n".join(lines) + "\n")
    for terminal, name in (("svg noenhanced size 1000,600 font 'DejaVu Sans,16'", "similarity.svg"),
                           ("pngcairo noenhanced size 1000,600 font 'DejaVu Sans,12'", "similarity.png")):
        script = options.out / "similarity.gp"
        script.write_text(PLOT.format(terminal=terminal, output=name, cameras=options.cameras))
        try:
            subprocess.run(["gnuplot", script.name], check=True, cwd=options.out)
        except (OSError, subprocess.CalledProcessError) as why:
            print(f"no picture: {why}", file=sys.stderr)


def print_table(rows):
    print("mAP@0.5 over the last minute, mean over the cameras; gain: group less independent, +- its standard error")
    print(f"{'similar':>7} {'before':>7} {'group':>7} {'alone':>7} {'gain':>15}   {'truth: group':>12} {'alone':>7}"
          f" {'teacher':>8}   {'jobs':>9}")
    for level, row in rows.items():
        gain = f"{row['gain_end']:+.3f} +- {text_of(row['gain_end_error'])}"
        jobs = f"{row['group_groups']:g} / {row['independent_groups']:g}"
        print(f"{level:7g} {text_of(row['group_before']):>7} {text_of(row['group_end']):>7}"
              f" {text_of(row['independent_end']):>7} {gain:>15}   {text_of(row['group_end_truth']):>12}"
              f" {text_of(row['independent_end_truth']):>7} {text_of(row['group_teacher_truth']):>8}   {jobs:>9}")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ecco", default="ecco")
    parser.add_argument("--student", type=pathlib.Path, required=True, help="yolo11p that knows the world before")
    parser.add_argument("--teacher", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--levels", default="1,.75,.5,.25", help="shares of the cameras that are alike")
    parser.add_argument("--seeds", default="1", help="of which cameras, and of the run")
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--drift", default="rain", help="what the first camera's world becomes, as `ecco world fleet` has it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time, a core each")
    parser.add_argument("--again", action="store_true", help="run what has been run, too")
    parser.add_argument("--set", action="append", default=[], help="a setting of every run; may be repeated")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main():
    options = parse_arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    levels = [float(level) for level in options.levels.split(",")]
    seeds = [int(seed) for seed in options.seeds.split(",")]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        files = {(level, system, seed): pool.submit(run_cell, options, level, seed, system)
                 for level in levels for system in SYSTEMS for seed in seeds}
        rows = {level: compare({system: [read_cell(files[level, system, seed].result()) for seed in seeds]
                                for system in SYSTEMS}) for level in levels}
    write_figure(options, rows)
    if options.json:
        print(json.dumps({"levels": [{"similarity": level} | {key: None if math.isnan(value) else value
                                                              for key, value in row.items()}
                                     for level, row in rows.items()]}))
    else:
        print_table(rows)


if __name__ == "__main__":
    main()
