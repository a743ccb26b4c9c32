#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks who includes whom. Usage: check_layers.py [ROOT] | --self-test

Prints FILE:LINE and the broken rule for each bad #include; exits 1 when there is one.
"""

import pathlib
import re
import sys

# Layers in order: a file includes its own layer and those above it. Layers on one line do not see each other.
LAYERS = [
    ["messages"],
    ["config"],
    ["runtime/base"],
    ["runtime/score"],
    ["runtime/policy"],
    ["runtime/learn", "runtime/video", "runtime/world", "runtime/net", "runtime/store",
     "runtime/dataset"],
    ["actors"],
    ["deploy"],
]
# These see everything and nothing sees them.
OUTSIDE = ["tests", "benchmarks"]

# Heavy libraries: (library, what its includes look like, where they may stand). "cpp" means sources and headers that
# say "// Private to" on one of their first lines; "any" means public headers as well.
HEAVY = [
    ("LibTorch", r"(torch|ATen|c10|caffe2)/", {"runtime/learn": "cpp"}),
    ("libav", r"lib(av|sw)[a-z]+/", {"runtime/video": "cpp"}),
    ("OpenCV", r"opencv2/", {"runtime/learn": "cpp", "runtime/world": "cpp"}),
    ("Cap'n Proto", r"(capnp|kj)/|.*\.capnp\.h$", {"messages": "cpp"}),
    ("CAF", r"caf/", {"actors": "any", "deploy": "any"}),
    ("yaml-cpp", r"yaml-cpp/", {"config": "cpp"}),
    ("valijson", r"valijson/", {"config": "cpp"}),
    ("nlohmann-json", r"nlohmann/", {"config": "cpp", "runtime/base": "cpp", "runtime/learn": "cpp", "runtime/store": "cpp",
                                     "deploy": "cpp"}),
    ("spdlog", r"spdlog/", {"runtime/base": "cpp"}),
    ("CLI11", r"CLI/", {"deploy": "any"}),
    ("SQLite", r"sqlite3", {"runtime/store": "cpp"}),
    ("sockets", r"(sys/socket|netinet/|arpa/|netdb)", {"runtime/net": "cpp"}),
]

PRIVATE = "// Private to"
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def layer_of(path):
    """The layer, or the outside folder, that `path` (relative, as a string) lies in."""
    names = [name for row in LAYERS for name in row] + OUTSIDE
    return next((name for name in names if path.startswith(name + "/")), None)


def rank_of(layer):
    return next(index for index, row in enumerate(LAYERS) if layer in row)


def is_private(text):
    return any(line.startswith(PRIVATE) for line in text.splitlines()[:5])


def broken_rule(path, private, included, private_headers):
    """Why the file at `path`, itself private or not, may not include `included`, or None."""
    mine, theirs = layer_of(path), layer_of(included)
    if mine in OUTSIDE:
        return None
    if theirs in OUTSIDE:
        return f"{theirs}/ is for tests and benchmarks only"
    if theirs and theirs != mine:
        if rank_of(theirs) > rank_of(mine):
            return f"{mine} comes before {theirs} and must not see it"
        if rank_of(theirs) == rank_of(mine):
            return f"{mine} and {theirs} do not see each other"
        if included in private_headers:
            return f"{included} is private to {theirs}"
    if included in private_headers and path.endswith(".hpp") and not private:
        return f"{included} is private: include it in .cpp files and headers marked '{PRIVATE} ...'"
    for library, pattern, allowed in HEAVY:
        if not re.match(pattern, included):
            continue
        where = allowed.get(mine)
        if where is None:
            return f"{library} belongs to {', '.join(allowed)}, not to {mine}"
        if where == "cpp" and not path.endswith(".cpp") and not private:
            return f"{library} stays in .cpp files and headers marked '{PRIVATE} ...'"
    return None


def check_text(path, text, private_headers):
    """All complaints about one file, as (line number, rule)."""
    private = is_private(text)
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        rule = match and broken_rule(path, private, match.group(1), private_headers)
        if rule:
            found.append((number, rule))
    return found


def check_tree(root):
    texts = {file.relative_to(root).as_posix(): file.read_text(encoding="utf-8")
             for folder in ["messages", "config", "runtime", "actors", "deploy"]
             for file in sorted((root / folder).rglob("*.[ch]pp"))}
    private_headers = {path for path, text in texts.items() if path.endswith(".hpp") and is_private(text)}
    complaints = 0
    for path, text in texts.items():
        for number, rule in check_text(path, text, private_headers):
            print(f"{path}:{number}: {rule}")
            complaints += 1
    return complaints


# (path, text, part of the rule that must be named, or None when the file is fine)
SELF_TEST = [
    ("messages/a.hpp", "#include <vector>\n#include \"messages/ids.hpp\"", None),
    ("messages/a.hpp", '#include "config/settings.hpp"', "comes before config"),
    ("messages/codec.cpp", '#include "messages/envelope.capnp.h"', None),
    ("messages/codec.hpp", "#include <capnp/message.h>", "Cap'n Proto stays in .cpp"),
    ("runtime/policy/a.cpp", '#include "runtime/score/iou.hpp"', None),
    ("runtime/score/a.cpp", '#include "runtime/policy/drift.hpp"', "comes before"),
    ("runtime/policy/a.cpp", "#include <caf/all.hpp>", "CAF belongs to actors"),
    ("runtime/learn/a.cpp", '#include "runtime/video/source.hpp"', "do not see each other"),
    ("runtime/learn/a.cpp", "#include <torch/torch.h>", None),
    ("runtime/learn/a.hpp", "  #  include <ATen/Tensor.h>", "LibTorch stays in .cpp"),
    ("runtime/learn/a.hpp", "// Private to runtime/learn.\n#include <ATen/Tensor.h>", None),
    ("runtime/net/a.hpp", "#include <sys/socket.h>", "sockets stays in .cpp"),
    ("runtime/video/a.cpp", 'extern "C" {\n#include <libavcodec/avcodec.h>\n}', None),
    ("actors/a.cpp", "#include <libswscale/swscale.h>", "libav belongs to"),
    ("actors/a.cpp", "#include <opencv2/imgproc.hpp>", "OpenCV belongs to"),
    ("actors/a.hpp", "#include <caf/fwd.hpp>", None),
    ("actors/a.cpp", '#include "deploy/report/results.hpp"', "comes before deploy"),
    ("deploy/a.cpp", "#include <CLI/CLI.hpp>\n#include <caf/all.hpp>", None),
    ("config/a.hpp", "#include <yaml-cpp/yaml.h>", "yaml-cpp stays in .cpp"),
    ("deploy/a.cpp", '#include "tests/support/fake.hpp"', "tests/ is for"),
    ("tests/a.cpp", "#include <torch/torch.h>\n#include <caf/all.hpp>", None),
    ("runtime/learn/a.cpp", '#include "runtime/learn/net.hpp"', None),
    ("runtime/learn/a.hpp", '#include "runtime/learn/net.hpp"', "is private: include it in .cpp"),
    ("actors/a.cpp", '#include "runtime/learn/net.hpp"', "is private to runtime/learn"),
    ("actors/a.cpp", '// #include "deploy/report/results.hpp"', None),
]


def self_test():
    failures = 0
    for path, text, expected in SELF_TEST:
        rules = [rule for _, rule in check_text(path, text, {"runtime/learn/net.hpp"})]
        good = not rules if expected is None else any(expected in rule for rule in rules)
        if not good:
            print(f"self-test: {path}: {text!r}: expected {expected!r}, got {rules!r}")
            failures += 1
    return failures


def main(arguments):
    if arguments == ["--self-test"]:
        return 1 if self_test() else 0
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).parent.parent
    return 1 if check_tree(root) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
