#!/usr/bin/env python3
"""check_code.py: what no compiler warns of.

Banned calls, notes left in the code, paths of one machine, functions above 60
lines or 8 parameters, files above 600 lines, lines above 100 characters, and
private functions of more than 15 lines and private prototypes that no comment
stands above (public ones: gendoc.py)."""
import pathlib
import re
import sys

MAX_LINES, MAX_PARAMETERS, MAX_FILE, MAX_WIDTH = 60, 8, 600, 100
MAX_SILENT = 15  # lines of a private function without a comment
BANNED = "sprintf vsprintf strcpy strcat atoi atol rand srand gets alloca strtok"
MEMORY = "malloc calloc realloc free aligned_alloc strdup"
OWN_MEMORY = re.compile(r"^(src/base/alloc\.c|cli/|examples/|tests/|bench/|fuzz/"
                        r"|wasm/|src/image/(jpeg|png|webp|gif|exif)\w*\.c"
                        r"|src/model/manifest\.c)")
ROOTS = ["include", "src", "cli", "wasm", "examples", "tests", "bench", "fuzz"]
TEXTS = ["*.c", "*.h", "*.sh", "*.py", "*.mjs", "*.md", "*.in", "Makefile"]
NOTE = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
MACHINE = re.compile(r"/(work|root|home/\w+)/|/tmp/(?!\$)\w+/")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.S)
HEAD = re.compile(r"^(?!\s|#|typedef|struct|enum|union|extern|\}|/|\*|[A-Z0-9_]+\()"
                  r"[\w][^;{}=]*?\b(\w+)\(([^;{}]*?)\)[^;{}()]*\n\{", re.M | re.S)
PROTOTYPE = re.compile(r"^(?!typedef|return)(?:\w+[ *]+)+(\w+)\(([^;{}]*?)\)"
                       r"(?: *\n? *__attribute__[^;{}]*)?;", re.M)
COMMENTED = re.compile(r"^(src|cli)/")


def call(names):
    return re.compile(r"(?<![\w.>])(" + "|".join(names.split()) + r")\s*\(")


def blank(found):
    """Comments and strings as spaces, so that lines keep their numbers."""
    return re.sub(r"[^\n]", " ", found[0])


def parameters(text):
    text = re.sub(r"\([^()]*\)", "", text)
    return 0 if text.strip() in ("", "void") else text.count(",") + 1


def functions(path, code):
    for found in HEAD.finditer(code):
        end = code.find("\n}", found.end())
        lines = code.count("\n", found.start(), end) + 2
        at = code.count("\n", 0, found.start()) + 1
        if lines > MAX_LINES and not path.startswith("tests/"):
            yield at, f"{found[1]} has {lines} lines, at most {MAX_LINES}"
        n = parameters(found[2])
        if n > MAX_PARAMETERS:
            yield at, f"{found[1]} has {n} parameters, at most {MAX_PARAMETERS}"


def silent(text, code):
    """Private functions and prototypes that no comment stands above."""
    lines = text.splitlines()
    long = []
    for found in HEAD.finditer(code):
        lines_in = code.count("\n", found.start(), code.find("\n}", found.end()))
        if found[0].startswith("static ") and lines_in + 2 > MAX_SILENT:
            long.append((found.start(), found[1]))
    for at, name in long + [(p.start(), p[1]) for p in PROTOTYPE.finditer(code)]:
        number = code.count("\n", 0, at)
        above = lines[number - 1]
        if above.strip() == "*/":  # of a title that was too long
            above = lines[number - 2] + above
        if not above.endswith("*/") or above.startswith("/* ---"):
            yield number + 1, f"no comment above {name}"


def faults(path, text):
    code = COMMENT.sub(blank, text)
    patterns = [call(BANNED)]
    if not OWN_MEMORY.match(path):
        patterns.append(call(MEMORY))
    for number, line in enumerate(code.splitlines(), 1):
        for pattern in patterns:
            for found in pattern.finditer(line):
                yield number, f"{found[1]} is banned here"
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_WIDTH:
            yield number, f"{len(line)} characters, at most {MAX_WIDTH}"
    if text.count("\n") > MAX_FILE:
        yield 1, f"{text.count(chr(10))} lines, at most {MAX_FILE}"
    yield from functions(path, code)
    if COMMENTED.match(path):
        yield from silent(text, code)


def main():
    bad = 0

    def report(path, number, why):
        nonlocal bad
        bad = 1
        print(f"{path}:{number}: {why}")

    for root in ROOTS:
        for path in sorted(pathlib.Path(root).rglob("*.[ch]")):
            if "node_modules" in path.parts:
                continue
            for number, why in faults(path.as_posix(), path.read_text()):
                report(path, number, why)
    for pattern in TEXTS:
        for path in sorted(pathlib.Path(".").rglob(pattern)):
            if path.parts[0] in ("build", ".git") or "node_modules" in path.parts:
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if NOTE.search(line):
                    report(path, number, "a note left in the text")
                if MACHINE.search(line):
                    report(path, number, "a path of one machine")
    return bad


sys.exit(main())
