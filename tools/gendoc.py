#!/usr/bin/env python3
"""gendoc.py [--man] OUT HEADER...: one page of Markdown a public header; with
--man pages of section 3 instead: one a function, and one a header
(mien_face.h.3) with its types and the names of its functions.

Fails if a function has no comment, if a parameter is not named in it, or if
it returns mien_status and the comment does not say "Fails with"."""
import pathlib
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.S)
# A comment and the declaration right under it.
PROTOTYPE = re.compile(r"MIEN_API\s+((?:MIEN_CHECKED\s+)?[^;{]*?)\b(mien_\w+)\s*"
                       r"\(((?:[^()]|\([^()]*\))*)\)[^;]*;", re.S)
TYPE = re.compile(r"typedef\s+(?:struct|enum)\s+(\w+)\s*(?:\{.*?\}\s*\1|(\w+));"
                  r"|^enum\s*\{.*?\};|^#define\s+MIEN_(?!\w*_H\b)(?:\\\n|[^\n])*",
                  re.S | re.M)


def plain(comment):
    """The text of a comment, without stars."""
    lines = comment.strip()[2:-2].splitlines()
    lines = [re.sub(r"^\s*\* ?", "", line) if i else line.strip()
             for i, line in enumerate(lines)]
    return "\n".join(line.rstrip() for line in lines).strip()


def above(text, at, comments):
    """The comment that ends right above position at; "" if there is none."""
    for start, end in reversed(comments):
        if end <= at:
            between = text[end:at]
            return plain(text[start:end]) if not between.strip() else ""
    return ""


def parameters(text):
    text = " ".join(text.split())
    if text in ("", "void"):
        return []
    names = []
    for part in re.split(r",(?![^(]*\))", text):
        if part.strip() == "...":
            continue
        function = re.search(r"\(\*\s*(\w+)\)", part)
        array = re.sub(r"\[[^]]*\]", "", part)
        names.append(function[1] if function else re.findall(r"\w+", array)[-1])
    return names


def markdown(comment):
    """Lists of parameters and other indented lines become code blocks."""
    out, inside = [], False
    for line in comment.splitlines():
        indented = line.startswith("  ")
        if line.strip() and indented != inside:
            if out and out[-1]:
                out.append("")
            out.append("```text" if indented else "```")
            if not indented:
                out.append("")
            inside = indented
        out.append(line)
    if inside:
        out.append("```")
    text = "\n".join(out)
    return re.sub(r"\n+```\n", "\n```\n", text)


def entries(path, text):
    """(position, title, declaration, comment, complaints) of a header; the
    complaints of what is no function are None."""
    comments = [m.span() for m in COMMENT.finditer(text)]
    bare = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    for m in PROTOTYPE.finditer(bare):
        comment = above(text, m.start(), comments)
        line = text.count("\n", 0, m.start()) + 1
        wrong = []
        if not comment or comment.startswith("----"):
            wrong.append("no comment")
        for name in parameters(m[3]):
            if name != "err" and not re.search(rf"\b{name}\b", comment):
                wrong.append(f"parameter {name} is not in the comment")
        if "mien_status" in m[1].split() and "Fails with" not in comment:
            if "err" in parameters(m[3]):
                wrong.append('no "Fails with"')
        declaration = re.sub(r"MIEN_(API|CHECKED)\s+", "", m[0])
        declaration = re.sub(r"\n\s+", "\n    ", declaration)
        yield (m.start(), m[2], declaration, comment,
               [f"{path}:{line}: {m[2]}: {w}" for w in wrong])
    for m in TYPE.finditer(bare):
        comment = above(text, m.start(), comments)
        first = m[0].split("\n")[0]
        title = m[2] or m[1] or re.sub(r"#define\s+(\w+).*", r"\1", first).rstrip(" {")
        yield m.start(), title, text[m.start():m.end()], comment, None


def head(text):
    """"mien/face.h", what it is about, and the rest of the comment at the top."""
    comment = plain(COMMENT.search(text.split("#ifndef", 1)[0])[0])
    title, _, rest = comment.partition(": ")
    about, _, rest = (rest + "\n\n").partition("\n\n")
    return title, about.replace("\n", " "), rest.strip("\n")


def page(path):
    text = path.read_text()
    title, first, rest = head(text)
    out = [f"# {title}", "", first[:1].upper() + first[1:], "", markdown(rest), ""]
    complaints = []
    for _, name, declaration, comment, wrong in sorted(entries(path, text)):
        complaints += wrong or []
        out += [f"## {name}", "", "```c", declaration.strip(), "```", ""]
        if comment:
            out += [markdown(comment), ""]
    return {f"{path.stem}.md": "\n".join(out)}, complaints


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return re.sub(r"^\.", r"\\&.", text, flags=re.M)


def code(text):
    """Lines of troff that stay as they are."""
    return f".nf\n{escape(text.strip())}\n.fi"


def roff(text):
    """A comment as troff: indented lines stay as they are."""
    out, kept = [], False
    for line in escape(text).splitlines():
        if line and line.startswith("  ") != kept:
            kept = not kept
            out.append(".nf" if kept else ".fi")
        out.append(line or ".PP")
    return "\n".join(out + [".fi"] * kept)


def man_page(name, about, *sections):
    """A page of section 3: its name, a line about it, (title, troff) of each
    section."""
    out = [f'.TH {name.upper()} 3 "" mien "C library of mien"',
           ".SH NAME", f"{name} \\- {escape(about)}"]
    for title, body in sections:
        out += [f".SH {title}", body]
    return "\n".join(out) + "\n"


def man_pages(path):
    """Every man page of a header, by file name."""
    text = path.read_text()
    title, about, rest = head(text)
    pages, types, functions = {}, [], []
    own = f"mien_{path.stem}.h"
    for _, name, declaration, comment, wrong in sorted(entries(path, text)):
        if wrong is None:
            types += [roff(comment), ".PP", code(declaration), ".PP"]
            continue
        first = re.split(r"\.(?:\s|$)|\n\n", comment)[0].replace("\n", " ")
        functions.append(f"{name} (3)")
        pages[f"{name}.3"] = man_page(
            name, first[:1].lower() + first[1:],
            ("SYNOPSIS", f"#include <{title}>\n.PP\n{code(declaration)}"),
            ("DESCRIPTION", roff(comment)), ("SEE ALSO", f"{own} (3)"))
    pages[f"{own}.3"] = man_page(
        own, about.rstrip("."), ("SYNOPSIS", f"#include <{title}>\n.br\n"
                     "cc ... $(pkg\\-config \\-\\-cflags \\-\\-libs mien)"),
        ("DESCRIPTION", roff(rest)), ("TYPES AND CONSTANTS", "\n".join(types)),
        ("FUNCTIONS", "\n.br\n".join(functions)), ("SEE ALSO", "mien (1)"))
    return pages, []


def main():
    man = sys.argv[1:2] == ["--man"]
    names = sys.argv[1 + man:]
    if len(names) < 2:
        sys.exit(__doc__)
    folder = pathlib.Path(names[0])
    folder.mkdir(parents=True, exist_ok=True)
    complaints = []
    for path in map(pathlib.Path, names[1:]):
        if path.name == "mien.h":
            continue
        pages, wrong = man_pages(path) if man else page(path)
        complaints += wrong
        for name, text in pages.items():
            (folder / name).write_text(text)
    for line in complaints:
        print(line)
    return 1 if complaints else 0


sys.exit(main())
