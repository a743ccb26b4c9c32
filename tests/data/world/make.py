#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes corner.fcd.xml: what SUMO saw at one intersection of the city of seed 7 in 80 seconds.

Usage: make.py ECCO [FOLDER]. ECCO is the built program; netconvert and sumo (1.28: pip install eclipse-sumo) must be in
PATH. Only who is within REACH metres of the intersection is kept.
"""

import pathlib
import subprocess
import sys
import tempfile

MIDDLE = (0, 168)  # of the intersection of column 3 and row 4, downtown
REACH = 70
SECONDS = 80  # a cycle of the signals
WARM_UP = 240


def main():
    ecco = str(pathlib.Path(sys.argv[1]).resolve())
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent).resolve()
    with tempfile.TemporaryDirectory() as work:
        def run(*command):
            subprocess.run(command, cwd=work, check=True, stdout=subprocess.DEVNULL)

        run(ecco, "world", "roads", "--seed", "7", "--out", ".")
        run("netconvert", "-c", "city.netccfg")
        (x, y), r = MIDDLE, REACH
        corners = [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r), (x - r, y - r)]
        shape = " ".join(f"{a},{b}" for a, b in corners)
        (pathlib.Path(work) / "here.add.xml").write_text(
            f'<additional><poly id="here" shape="{shape}"/></additional>\n')
        run("sumo", "-c", "city.sumocfg", "-a", "here.add.xml", "--fcd-output.filter-shapes", "here",
            "--device.fcd.period", "1", "--end", str(WARM_UP + SECONDS), "--write-license", "false")
        text = (pathlib.Path(work) / "city.fcd.xml").read_text()
    # The comment of SUMO's options holds paths of this machine.
    body = text[text.index("<fcd-export"):]
    (folder / "corner.fcd.xml").write_text('<?xml version="1.0" encoding="UTF-8"?>\n'
                                           "<!-- Made by make.py beside it, with SUMO. -->\n" + body)


main()
