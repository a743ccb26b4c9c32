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
import math

from city_runs import DRIFT, Run, arguments_of, draw, make_fleet, mean, run, run_all, standard_error, tell, text_of

SYSTEMS = {"group": "together", "independent": "independent"}
SETTLED = DRIFT + 8
"""Second from which on the world is another."""
LAST = 120
"""Seconds at the end of a run that `end` is the mean of."""

PLOT = """set title 'What learning together is worth, by how alike cameras are ({cameras} cameras, one GPU)'
set xlabel 'similarity: share of the cameras in one district, with the same drift'
set ylabel 'mAP@0.5 over the last two minutes, +- standard error over fleets'
set style data histograms
set style histogram errorbars gap 1.5 lw 1
set errorbars linecolor rgb '#444444'
set style fill solid 0.9 noborder
set yrange [0:*]
plot 'similarity.tsv' using 2:3:xtic(1) title 'group retraining' lc rgb '#0072B2', \\
     '' using 4:5 title 'independent retraining' lc rgb '#D55E00'
"""


def run_cell(options, level, seed, system):
    """Runs one cell of the figure, unless it has been, and gives the name of its file of events."""
    name = f"{system}-{level:g}-{seed}"
    fleet = options.out / f"{name}.yaml"
    make_fleet(options, fleet, "--cameras", str(options.cameras),
               "--similarity", f"district={level:g},weather={level:g}",
               "--drift", f"{options.drift}@{DRIFT}", "--fleet-seed", str(seed))
    return run(options, "similarity.yaml", name, seed, [f"policy.grouping={SYSTEMS[system]}"], fleet)


def read_cell(file):
    """Means of one run, of each camera."""
    told = Run(file)
    spans = {"before": (0, DRIFT), "end": (told.seconds - LAST, told.seconds + 1), "since": (SETTLED, told.seconds + 1)}
    out = {name: told.means("accuracy.deployed", *span) for name, span in spans.items()}
    out |= {f"{name}_truth": told.means("accuracy.truth", *span) for name, span in spans.items()}
    out["teacher_truth"] = told.means("accuracy.teacher", *spans["since"])
    out["groups"] = len(told.times("group.opened"))
    return out


def compare(cells):
    """One level. The gain is of every camera over itself, so that what is hard for both cancels out; cameras that share
    a model err together, hence its standard error is over the fleets."""
    row = {}
    for number in ("before", "since", "end", "since_truth", "end_truth", "teacher_truth"):
        for system in SYSTEMS:
            row[f"{system}_{number}"] = mean([value for cell in cells[system] for value in cell[number].values()])
    for number in ("since", "end", "end_truth"):
        gains = [mean([together[number][camera] - alone[number][camera] for camera in together[number]
                       if camera in alone[number]])
                 for together, alone in zip(cells["group"], cells["independent"])]
        row[f"gain_{number}"], row[f"gain_{number}_error"] = mean(gains), standard_error(gains)
        row[f"gains_{number}"] = gains
    for system in SYSTEMS:
        row[f"{system}_end_error"] = standard_error([mean(cell["end"].values()) for cell in cells[system]])
        row[f"{system}_groups"] = mean([cell["groups"] for cell in cells[system]])
    return row


def write_figure(options, rows):
    lines = ["# similarity\tgroup\terror\tindependent\terror\tgain\terror"]
    for level, row in rows.items():
        numbers = [row["group_end"], row["group_end_error"], row["independent_end"], row["independent_end_error"],
                   row["gain_end"], row["gain_end_error"]]
        lines.append("\t".join([f"{level:g}"] + [f"{0 if math.isnan(number) else number:.4f}" for number in numbers]))
    (options.out / "similarity.tsv").write_text("\n".join(lines) + "\n")
    draw(options, PLOT, "similarity", cameras=options.cameras)


def print_table(rows):
    print("mAP@0.5 over the last two minutes, mean over the cameras; gain: group less independent, of each camera,\n"
          "+- its standard error over fleets; in brackets the same from the drift on")
    print(f"{'similar':>7} {'before':>7} {'group':>7} {'alone':>7} {'gain':>16} {'(since drift)':>17}   "
          f"{'truth: group':>12} {'alone':>7} {'teacher':>8}   {'jobs':>9}")
    for level, row in rows.items():
        gain, since = (f"{row[f'gain_{span}']:+.3f} +- {text_of(row[f'gain_{span}_error'])}"
                       for span in ("end", "since"))
        jobs = f"{row['group_groups']:g} / {row['independent_groups']:g}"
        print(f"{level:7g} {text_of(row['group_before']):>7} {text_of(row['group_end']):>7}"
              f" {text_of(row['independent_end']):>7} {gain:>16} ({since:>15})   {text_of(row['group_end_truth']):>12}"
              f" {text_of(row['independent_end_truth']):>7} {text_of(row['group_teacher_truth']):>8}   {jobs:>9}")


def parse_arguments():
    parser = arguments_of(__doc__)
    parser.add_argument("--levels", default="1,.75,.5,.25", help="shares of the cameras that are alike")
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--drift", default="rain", help="what the first camera's world becomes, see `ecco world fleet`")
    return parser.parse_args()


def main():
    options = parse_arguments()
    levels = [float(level) for level in options.levels.split(",")]
    files = run_all(options, run_cell,
                    [(level, seed, system) for seed in options.seeds for level in levels for system in SYSTEMS])
    rows = {level: compare({system: [read_cell(files[level, seed, system]) for seed in options.seeds]
                            for system in SYSTEMS}) for level in levels}
    write_figure(options, rows)
    tell(options, "levels", "similarity", rows, print_table)


if __name__ == "__main__":
    main()
