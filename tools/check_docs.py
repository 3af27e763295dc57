#!/usr/bin/env python3
"""check_docs.py [FOLDER]: what the pages say is there.

Relative links and their anchors lead somewhere; docs/README.md leads to every
page.  Without FOLDER, in the tree: public names, headers, files and make
targets that are mentioned exist (CHANGELOG.md may speak of what is gone), and
the house of docs/architecture.md is that of tools/check_layers.py."""
import ast
import glob
import pathlib
import re
import sys

FENCE = re.compile(r"^```.*?^```", re.S | re.M)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
# A name of C, the beginning of some ("mien_canvas_*"), or a header's man page.
NAME = re.compile(r"\b((?:mien|MIEN)_\w+)(\*|\.h\b)?")
PATH = re.compile(r"^(?:src|cli|include|docs|tests|tools|bench|fuzz|examples|models|wasm"
                  r"|mien)/[\w.*/-]+$")
HEADING = re.compile(r"^#+ (.*)$", re.M)
SOURCES = ["include/mien/*.h", "src/*/*.c", "tests/*.sh", "tests/*.h", "bench/*",
           "Makefile", "tools/*", "models/*.xml"]


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-")
            for h in HEADING.findall(text)}


def links(page):
    """(target, the file it leads to, what is wrong with it or None)."""
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        wrong = None
        if not there.exists():
            wrong = f"no {target}"
        elif anchor and anchor not in anchors(there):
            wrong = f"no heading {target}"
        yield there.resolve(), wrong


def known(word, end, text):
    if end == ".h":
        return pathlib.Path(f"include/mien/{word[5:]}.h").exists()
    return re.search(rf"\b{word}" + ("" if end else r"\b"), text) is not None


def mentions(page, headers, sources, targets):
    """What a page mentions that is not there."""
    text = page.read_text(encoding="utf-8")
    for word, end in sorted(set(NAME.findall(text))):
        public = headers if word.startswith("mien_") else headers + sources
        if not known(word, end, public):
            yield f"no {word}{end} in include/mien"
    for word in CODE.findall(text):
        place = f"include/{word}" if word.startswith("mien/") else word
        if PATH.match(word) and not re.search("NAME", word) and not glob.glob(place):
            yield f"no file {word}"
        made = re.match(r"make ([a-z-]+)$", word)
        if made and made[1] not in targets:
            yield f"no target {word}"


def house():
    """What the drawing of the house and the rules of its includes say
    differently: folders, and includes that do not point to a lower row."""
    drawing = pathlib.Path("docs/architecture.md").read_text(encoding="utf-8").split("```")[1]
    rules = pathlib.Path("tools/check_layers.py").read_text(encoding="utf-8")
    allowed = ast.literal_eval(re.search(r"^ALLOWED = (\{.*?^\})", rules, re.S | re.M)[1])
    row, rows = None, {}
    for line in drawing.splitlines():
        number = re.match(r" +(\d+) ", line)
        row = int(number[1]) if number else row
        rows.update((name, row) for name in re.findall(r"\bsrc/(\w+)", line))
    for name in sorted(rows.keys() ^ allowed.keys()):
        yield f"src/{name} is not in both the drawing and check_layers.py"
    for name in sorted(rows.keys() & allowed.keys()):
        for there in allowed[name]:
            if rows.get(there, -1) >= rows[name]:
                yield f"src/{name} includes {there}, which is not drawn below it"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    pages = sorted([*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("wasm/*.md"),
                    *root.glob("web/package/*.md")])
    found, linked = [], {}
    for page in pages:
        targets = list(links(page))
        linked[page.relative_to(root).as_posix()] = {there for there, _ in targets}
        found += [f"{page}: {wrong}" for _, wrong in targets if wrong]
    index = linked.get("docs/README.md", set())
    found += [f"docs/README.md: no link to {page}" for page in pages
              if page.parent.name == "docs" and page.name != "README.md"
              and page.resolve() not in index]
    if len(sys.argv) == 1:
        read = {pattern: "".join(pathlib.Path(f).read_text(encoding="utf-8", errors="replace")
                                 for f in sorted(glob.glob(pattern))
                                 if pathlib.Path(f).is_file())
                for pattern in SOURCES}
        made = set(re.findall(r"^([\w -]+):(?!=)", read["Makefile"], re.M))
        made = {word for names in made for word in names.split()}
        for page in pages:
            if page.name != "CHANGELOG.md":
                found += [f"{page}: {wrong}" for wrong in mentions(
                    page, read[SOURCES[0]], "".join(read.values()), made)]
        found += [f"docs/architecture.md: {wrong}" for wrong in house()]
    for line in found:
        print(line)
    return 1 if found or not pages else 0


sys.exit(main())
