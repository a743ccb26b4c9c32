#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that each header stands alone: it says #pragma once and includes all it needs.
Usage: check_headers.py ROOT BUILD_FOLDER [JOBS]

A header whose own source includes it first is proven by the build. Every other one is compiled by itself here, with
the flags of a source file of the same folder (compile_commands.json), unless it sees LibTorch, which would cost a
quarter of a minute each.
"""

import concurrent.futures
import json
import pathlib
import re
import shlex
import subprocess
import sys

FOLDERS = ["messages", "config", "runtime", "actors", "deploy", "tests", "benchmarks"]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
TORCH = re.compile(r"(torch|ATen|c10)/")


class Build:
    """What compile_commands.json knows: which sources are compiled, and how."""

    def __init__(self, folder):
        self.commands = {}
        for entry in json.loads((folder / "compile_commands.json").read_text()):
            self.commands[pathlib.Path(entry["file"])] = shlex.split(entry["command"])

    def proves(self, header, name):
        """True when the build compiles the header's source, with the header first and nothing put before it."""
        source = header.with_suffix(".cpp")
        if "-include" in self.commands.get(source, ["-include"]):
            return False
        first = INCLUDE.search(source.read_text(encoding="utf-8"))
        return first is not None and first.group(1) == name

    def flags_for(self, header):
        """Compiler, include paths, definitions and warnings of a source near the header."""
        near = max(self.commands, key=lambda source: len(common_parts(source, header)))
        words = [word for word in self.commands[near] if not word.endswith("ccache")]
        system = [part for flag, path in zip(words, words[1:]) if flag == "-isystem" for part in (flag, path)]
        return [words[0], *(word for word in words[1:] if re.match(r"-(I|D|std=|W(?!invalid-pch)|f)", word)), *system]


def common_parts(one, other):
    parts = []
    for a, b in zip(one.parent.parts, other.parent.parts):
        if a != b:
            break
        parts.append(a)
    return parts


def sees_torch(root, file, seen):
    if file in seen or not file.exists():
        return False
    seen.add(file)
    names = INCLUDE.findall(file.read_text(encoding="utf-8"))
    return any(TORCH.match(name) or sees_torch(root, root / name, seen) for name in names)


def complaint(header, root, build):
    """What is wrong with the header, or nothing; and whether it had to be compiled."""
    name = header.relative_to(root).as_posix()
    if "#pragma once" not in header.read_text(encoding="utf-8"):
        return f"{name}: no #pragma once", False
    if build.proves(header, name) or sees_torch(root, header, set()):
        return "", False
    command = [*build.flags_for(header), f"-I{root}", "-fsyntax-only", "-x", "c++", "-"]
    done = subprocess.run(command, input=f'#include "{name}"\n', capture_output=True, text=True, check=False)
    return (f"{name} cannot be compiled by itself:\n{done.stderr}" if done.returncode else ""), True


def main(root, build_folder, jobs="2"):
    root, build = pathlib.Path(root).resolve(), Build(pathlib.Path(build_folder).resolve())
    headers = [file for folder in FOLDERS for file in sorted((root / folder).rglob("*.hpp"))]
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        checked = list(pool.map(lambda file: complaint(file, root, build), headers))
    complaints = [text for text, _ in checked if text]
    for text in complaints:
        print(text)
    print(f"{len(headers)} headers, {sum(compiled for _, compiled in checked)} compiled here, "
          f"{len(complaints)} bad")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
