#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles each header alone, twice in one file: it must include all it needs and bear being included again.
Usage: check_headers.py ROOT BUILD_FOLDER [JOBS]

Flags are those of a source file of the same folder (compile_commands.json). Headers that see LibTorch are left out:
each would cost a quarter of a minute.
"""

import concurrent.futures
import json
import pathlib
import re
import shlex
import subprocess
import sys

FOLDERS = ["messages", "config", "runtime", "actors", "deploy", "tests", "benchmarks"]
TORCH = re.compile(r"#\s*include\s*<(torch|ATen|c10)/")
OURS = re.compile(r'#\s*include\s*"([^"]+)"')


def sees_torch(root, file, seen):
    if file in seen or not file.exists():
        return False
    seen.add(file)
    text = file.read_text(encoding="utf-8")
    return bool(TORCH.search(text)) or any(sees_torch(root, root / name, seen) for name in OURS.findall(text))


def flags_of(command):
    """Include paths, definitions, language and warnings of a compile command; nothing about files it reads or makes."""
    return [word for word in command if re.match(r"-(I|D|std=|W|f|m|pthread|O)", word)
            and not re.match(r"-(Winvalid-pch|fpch)", word)]


def with_system_paths(command):
    """The directories after -isystem, which are words of their own."""
    return [part for flag, path in zip(command, command[1:]) if flag == "-isystem" for part in (flag, path)]


def commands_by_folder(root, build):
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        folder = pathlib.Path(entry["file"]).parent
        command = shlex.split(entry["command"])
        compiler = next(word for word in command if not word.endswith("ccache"))
        found.setdefault(folder, [compiler, *flags_of(command), *with_system_paths(command)])
    return found


def command_for(header, root, commands):
    folder = header.parent
    while folder != root and folder not in commands:
        folder = folder.parent
    return commands.get(folder, next(iter(commands.values())))


def check(header, root, commands):
    """What the compiler says against the header, or nothing."""
    name = header.relative_to(root).as_posix()
    source = f'#include "{name}"\n#include "{name}"\n'
    command = [*command_for(header, root, commands), f"-I{root}", "-fsyntax-only", "-x", "c++", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def main(root, build, jobs="2"):
    root, build = pathlib.Path(root).resolve(), pathlib.Path(build).resolve()
    commands = commands_by_folder(root, build)
    headers = [file for folder in FOLDERS for file in sorted((root / folder).rglob("*.hpp"))
               if not sees_torch(root, file, set())]
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        complaints = [text for text in pool.map(lambda file: check(file, root, commands), headers) if text]
    print("\n".join(complaints), end="")
    print(f"{len(headers)} headers, {len(complaints)} not self-contained")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
