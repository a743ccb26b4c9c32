#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What two retraining windows give back of what a drift took, on the synthetic city: rain, night, and the tunnel.

Usage: recovery.py --student FILE --teacher FILE --out FOLDER [--ecco PROGRAM] [--drifts rain,night,tunnel] [--seeds 1]
                   [--jobs N] [--again] [--set SETTING]... [--json]
For each drift and seed three cameras drift alike and learn on one GPU (config/experiments/recovery.yaml); those that go
into the tunnel are on cars. Time is virtual: a busy machine changes nothing but how long it takes.
The folder gets a file of events for each run (one that is there already is not run again, but with --again), a .tsv for
each drift and, with gnuplot, recovery.svg and .png.
"""
import math

from city_runs import DRIFT, Run, arguments_of, draw, make_fleet, mean, run, run_all, standard_error, tell, text_of

CAMERAS = 3
WINDOW = 60
"""Seconds, as recovery.yaml has it."""
BIN = 10
FLEETS = {"rain": ["--drift", f"rain@{DRIFT}"], "night": ["--drift", f"hour=22.5@{DRIFT}"]}

PLOT = """set title 'What retraining gives back ({cameras} cameras a drift, {seeds} fleets, one GPU)'
set xlabel 'retraining windows of {window} s since a camera got a job'
set ylabel 'mAP@0.5 of what the cameras run, +- standard error over fleets'
set xrange [-1:3]
set xtics 1
set yrange [0:1]
set arrow from 0, graph 0 to 0, graph 1 nohead lc rgb '#444444' lw 1 dt 2
set arrow from 2, graph 0 to 2, graph 1 nohead lc rgb '#444444' lw 1 dt 2
set style fill transparent solid 0.15 noborder
plot {curves}
"""
COLOURS = {"rain": "#0072B2", "night": "#444444", "tunnel": "#D55E00"}


def run_cell(options, drift, seed):
    fleet = options.out / f"{drift}-{seed}.yaml"
    if drift == "tunnel":
        lines = ["config_version: 1", "cameras:"]
        for number in range(3 * seed - 2, 3 * seed + 1):
            lines.append(f'  car-{number}: {{source: "world:car-downtown-{number}?seed=1&fps=4&to=tunnel@{DRIFT}"}}')
        fleet.write_text("\n".join(lines) + "\n")
    else:
        make_fleet(options, fleet, "--cameras", str(CAMERAS), "--fleet-seed", str(seed), *FLEETS[drift])
    return run(options, "recovery.yaml", f"{drift}-{seed}", seed, [], fleet)


def read_cell(file):
    """One fleet: means over its cameras, each counted from when it got a job."""
    told = Run(file)
    began, mended = {}, {}
    for at, event in told.happened:
        if event["id"] in ("group.opened", "group.joined") and event["camera"]:
            began.setdefault(event["camera"], at)
        if event["id"] == "model.deployed" and event["camera"] in began:
            mended.setdefault(event["camera"], at)
    out = {"asked": len(began), "waited": mean([at - DRIFT for at in began.values()])}
    for kind in ("deployed", "truth", "teacher"):
        spans = {"before": lambda camera, at: (0, DRIFT),
                 "drifted": lambda camera, at: (at, mended.get(camera, at + WINDOW)),
                 "two": lambda camera, at: (at + 2 * WINDOW, at + 3 * WINDOW)}
        for name, span in spans.items():
            out[f"{name}_{kind}"] = mean([told.means(f"accuracy.{kind}", *span(camera, at)).get(camera)
                                          for camera, at in began.items()])
    out["curve"] = {}
    for k in range(-WINDOW // BIN, 3 * WINDOW // BIN):
        values = [told.means("accuracy.deployed", at + k * BIN, at + (k + 1) * BIN).get(camera)
                  for camera, at in began.items()]
        out["curve"][(k + .5) * BIN / WINDOW] = mean(values)
    return out


def regained(cell, kind):
    """The part of the loss that is back; 0 is nothing, 1 all of it."""
    lost = cell[f"before_{kind}"] - cell[f"drifted_{kind}"]
    return (cell[f"two_{kind}"] - cell[f"drifted_{kind}"]) / lost if lost > .01 else math.nan


def summarise(cells):
    row = {"cameras": sum(cell["asked"] for cell in cells), "waited": mean([cell["waited"] for cell in cells])}
    for kind in ("deployed", "truth", "teacher"):
        for name in ("before", "drifted", "two"):
            row[f"{name}_{kind}"] = mean([cell[f"{name}_{kind}"] for cell in cells])
    for kind in ("deployed", "truth"):
        each = [regained(cell, kind) for cell in cells]
        row[f"regained_{kind}"], row[f"regained_{kind}_error"] = mean(each), standard_error(each)
    return row


def write_figure(options, cells, seeds):
    curves = []
    for drift, fleets in cells.items():
        lines = ["# windows\tmAP\tlow\thigh"]
        for at in fleets[0]["curve"]:
            values = [fleet["curve"][at] for fleet in fleets]
            middle, error = mean(values), standard_error(values)
            error = 0 if math.isnan(error) else error
            numbers = [f"{value:.4f}" for value in (middle, middle - error, middle + error)]
            numbers = ["-"] * 3 if math.isnan(middle) else numbers
            lines.append("\t".join([f"{at:.4f}", *numbers]))
        (options.out / f"{drift}.tsv").write_text("\n".join(lines) + "\n")
        before = mean([fleet["before_deployed"] for fleet in fleets])
        colour = COLOURS[drift]
        curves += [f"'{drift}.tsv' using 1:3:4 with filledcurves lc rgb '{colour}' notitle",
                   f"'{drift}.tsv' using 1:2 with linespoints lc rgb '{colour}' lw 2 pt 7 ps .6 title '{drift}'",
                   f"[-1:0] {before:.4f} with lines lc rgb '{colour}' lw 1 dt 3 notitle"]
    draw(options, PLOT, "recovery", cameras=CAMERAS, seeds=seeds, window=WINDOW, curves=", \\\n     ".join(curves))


def print_table(rows):
    print("mAP@0.5 before the drift, from when a camera got a job until its first new model, and over the window\n"
          "after two windows of retraining; regained: the part of the loss that is back then, +- its standard error\n"
          "over fleets")
    print(f"{'drift':8} {'cameras':>7} {'job after':>9} {'before':>7} {'drifted':>7} {'two':>6} {'regained':>12}"
          f"   {'truth: before':>13} {'drifted':>7} {'two':>6} {'regained':>12} {'teacher':>8}")
    for drift, row in rows.items():
        back, truly = (f"{100 * row[f'regained_{kind}']:.0f} +- {100 * row[f'regained_{kind}_error']:.0f} %"
                       for kind in ("deployed", "truth"))
        print(f"{drift:8} {row['cameras']:7d} {row['waited']:7.0f} s {text_of(row['before_deployed']):>7}"
              f" {text_of(row['drifted_deployed']):>7} {text_of(row['two_deployed']):>6} {back:>12}"
              f"   {text_of(row['before_truth']):>13} {text_of(row['drifted_truth']):>7} {text_of(row['two_truth']):>6}"
              f" {truly:>12} {text_of(row['two_teacher']):>8}")


def main():
    parser = arguments_of(__doc__)
    parser.add_argument("--drifts", default="rain,night,tunnel")
    options = parser.parse_args()
    drifts = options.drifts.split(",")
    if unknown := set(drifts) - COLOURS.keys():
        parser.error(f"there is no drift {', '.join(sorted(unknown))}; choose of {', '.join(COLOURS)}")
    files = run_all(options, run_cell, [(drift, seed) for seed in options.seeds for drift in drifts])
    cells = {drift: [read_cell(files[drift, seed]) for seed in options.seeds] for drift in drifts}
    write_figure(options, cells, len(options.seeds))
    tell(options, "drifts", "drift", {drift: summarise(of) for drift, of in cells.items()}, print_table)


if __name__ == "__main__":
    main()
