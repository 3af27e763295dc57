#!/usr/bin/env python3
"""check_layers.py: includes may only point to a lower row of the house.

Folders of one row do not know each other, and nobody includes mien/mien.h but
commands, examples, WebAssembly, tests, benches and fuzzers.  A public header
include/mien/NAME.h or NAME_MORE.h belongs to the folder NAME."""
import pathlib
import re
import sys

ROWS = [
    ["base"],
    ["kern", "file"],
    ["num", "image", "split", "metrics"],
    ["table", "video"],
    ["graph", "plot"],
    ["engine"],
    ["train"],
    ["model", "vision"],
    ["learn"],
    ["tabular"],
    ["face", "gallery"],
    ["serve"],
    ["cli", "wasm", "examples"],
    ["tests", "bench", "fuzz"],
]
ROW = {name: i for i, row in enumerate(ROWS) for name in row}
# Rows apart, and still strangers: pixels meet networks in face.
STRANGERS = {("graph", "image"), ("engine", "image"), ("graph", "file"), ("engine", "file"), ("image", "file"),
             ("model", "image"), ("model", "file"), ("face", "file"),
             ("graph", "table"), ("engine", "table"), ("train", "table"), ("train", "file"),
             ("model", "table"), ("face", "learn"), ("table", "file"),
             ("face", "table"), ("face", "tabular"), ("tabular", "file"), ("tabular", "image"), ("learn", "file"), ("learn", "image")}
FREE = {"cli", "wasm", "examples", "tests", "bench", "fuzz"}
INCLUDE = re.compile(r'\s*#\s*include\s+"([^"]+)"')


# Public headers that are not called after their folder.
HEADERS = {"text": "base", "json": "base", "layer": "graph"}


def header(path):
    """The folder that a public header belongs to."""
    name = pathlib.PurePath(path).stem.split("_")[0]
    return HEADERS.get(name, name)


def folder(path):
    """The folder of the house a source file or an include belongs to."""
    parts = pathlib.PurePath(path).parts
    if parts[0] == "src":
        return parts[1]
    if parts[0] == "include":
        return header(path)
    return parts[0]


def verdict(path, target):
    """Why the file at path may not include target; None if it may."""
    here = folder(path)
    if target == "mien/mien.h":
        return None if here in FREE else "includes mien/mien.h"
    parts = pathlib.PurePath(target).parts
    there = header(target) if parts[0] == "mien" else parts[0]
    if len(parts) == 1 or there == here:
        return None
    if here not in ROW:
        return f"folder {here} has no row in tools/check_layers.py"
    if there not in ROW:
        return None if here in FREE else f"{target}: no such folder of the house"
    if ROW[there] >= ROW[here] or (here, there) in STRANGERS:
        return f"{here} may not include {there} ({target})"
    return None


def main():
    bad = 0
    for root in ["include", "src", *sorted(FREE)]:
        for path in sorted(pathlib.Path(root).rglob("*.[ch]")):
            if path.as_posix() == "include/mien/mien.h":
                continue
            text = path.read_text(encoding="utf-8")
            for number, line in enumerate(text.splitlines(), 1):
                found = INCLUDE.match(line)
                why = verdict(path.as_posix(), found[1]) if found else None
                if why:
                    print(f"{path}:{number}: {why}")
                    bad = 1
    return bad


sys.exit(main())
