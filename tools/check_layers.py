#!/usr/bin/env python3
"""check_layers.py: includes follow the house.

A folder of src/ may include itself and the folders that ALLOWED names for it.
The command, WebAssembly and examples are clients: they use include/mien/ alone,
and cli/shell, which knows no command, itself.
Nobody includes mien/mien.h but clients, tests, benches and fuzzers.  Files do
not include each other in a circle; NAME.c and NAME.h count as one."""
import collections
import pathlib
import re
import sys

ALLOWED = {
    "base": [],
    "kern": ["base"],
    "file": ["base"],
    "num": ["base", "kern"],
    "image": ["base"],
    "split": ["base"],
    "team": ["base"],
    "metrics": ["base"],
    "match": ["base", "kern"],
    "plot": ["base", "image"],
    "table": ["base", "num"],
    "video": ["base", "image"],
    "graph": ["base"],
    "engine": ["base", "kern", "graph"],
    "train": ["base", "team", "kern", "graph", "engine"],
    "model": ["base", "graph"],
    "net": ["base", "graph", "train"],
    "learn": ["base", "kern", "num"],
    "vision": ["base", "kern", "image"],
    "tabular": ["base", "graph", "engine", "train", "model", "learn", "table"],
    "samples": ["base", "table", "image", "vision"],
    "report": ["base", "num", "metrics", "graph", "plot", "table", "model", "learn", "train"],
    "journal": ["base", "file", "train"],
    "picture": ["base", "team", "file", "num", "image", "split", "metrics", "plot",
                "graph", "engine", "train", "model", "net", "samples", "report",
                "journal"],
    "study": ["base", "file", "split", "metrics", "table", "learn", "train",
              "tabular", "report"],
    "sight": ["base", "image", "graph", "engine", "model"],
    "face": ["base", "image", "match", "graph", "engine", "model", "vision", "sight"],
    "objects": ["base", "image", "graph", "engine", "model", "sight"],
    "record": ["base", "image", "match", "model", "report", "vision", "face", "objects"],
    "keys": ["base"],
    "postgres": ["base"],
    "queue": ["base", "postgres"],
    "gallery": ["base", "match", "report", "record", "keys", "postgres"],
    "draw": ["base", "image", "plot", "vision", "samples", "face", "objects"],
    "kit": ["base", "file", "image", "model", "vision", "samples", "face"],
    "faces": ["base", "file", "num", "image", "engine", "face", "match", "model",
              "samples", "record", "report", "picture", "video", "kit"],
    "dataset": ["base", "file", "num", "image", "split", "metrics", "plot", "table", "graph",
                "engine", "learn", "train", "samples", "report", "face"],
    "serve": ["base", "file", "image", "face", "match", "model", "record", "kit", "gallery"],
    "sandbox": ["base", "image", "face", "kit", "serve"],
}
CLIENTS = {"cli", "wasm", "examples"}
FREE = {"tests", "bench", "fuzz"}
# Public headers that are not called after their folder.
HEADERS = {"text": "base", "json": "base", "day": "base", "layer": "graph"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def header(path):
    """The folder that a public header belongs to."""
    name = pathlib.PurePath(path).stem.split("_")[0]
    return HEADERS.get(name, name)


def folder(path):
    """The folder of the house that a source file belongs to."""
    parts = pathlib.PurePath(path).parts
    if parts[0] == "src":
        return parts[1]
    return header(path) if parts[0] == "include" else parts[0]


def verdict(path, target):
    """Why the file at path may not include target; None if it may."""
    here, parts = folder(path), pathlib.PurePath(target).parts
    if here in FREE or len(parts) == 1:
        return None
    if path.startswith("cli/shell/") and not target.startswith(("mien/", "cli/shell/")):
        return f"cli/shell includes {target}"
    if here in CLIENTS:
        return None if parts[0] in ("mien", here) else f"{here} includes {target}"
    if target == "mien/mien.h":
        return "includes mien/mien.h"
    there = header(target) if parts[0] == "mien" else parts[0]
    if here not in ALLOWED:
        return f"folder {here} has no line in tools/check_layers.py"
    if there != here and there not in ALLOWED[here]:
        return f"{here} may not include {there} ({target})"
    return None


def circles(edges):
    """Groups of files that include each other (Tarjan's algorithm)."""
    number, low, stack, found = {}, {}, [], []

    def visit(at):
        number[at] = low[at] = len(number)
        stack.append(at)
        for to in edges.get(at, ()):
            if to not in number:
                visit(to)
            if to in stack:
                low[at] = min(low[at], low[to])
        if low[at] == number[at]:
            group = stack[stack.index(at):]
            del stack[stack.index(at):]
            if len(group) > 1:
                found.append(sorted(group))

    for file in sorted(edges):
        if file not in number:
            visit(file)
    return found


def main():
    bad, edges = 0, collections.defaultdict(set)
    for root in ["include", "src", *sorted(CLIENTS | FREE)]:
        for path in sorted(pathlib.Path(root).rglob("*.[ch]")):
            if path.as_posix() == "include/mien/mien.h":
                continue
            for target in INCLUDE.findall(path.read_text(encoding="utf-8")):
                why = verdict(path.as_posix(), target)
                if why:
                    print(f"{path}: {why}")
                    bad = 1
                if root == "src" and not target.startswith("mien/"):
                    unit = path.relative_to("src").with_suffix("").as_posix()
                    to = target.rsplit(".", 1)[0]
                    if to != unit:
                        edges[unit].add(to)
    for group in circles(edges):
        print("src: files include each other:", " ".join(group))
        bad = 1
    return bad


sys.setrecursionlimit(10000)
sys.exit(main())
