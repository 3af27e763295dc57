#!/usr/bin/env python3
"""gendoc.py OUT HEADER...: one page of Markdown a public header.

Fails if a function has no comment, if a parameter is not named in it, or if
it returns mien_status and the comment does not say "Fails with"."""
import pathlib
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.S)
# A comment and the declaration right under it.
PROTOTYPE = re.compile(r"MIEN_API\s+((?:MIEN_CHECKED\s+)?[^;{]*?)\b(mien_\w+)\s*"
                       r"\(((?:[^()]|\([^()]*\))*)\)[^;]*;", re.S)
TYPE = re.compile(r"typedef\s+(?:struct|enum)\s+(\w+)\s*(?:\{.*?\}\s*\1)?;"
                  r"|^enum\s*\{.*?\};|^#define\s+MIEN_(?!\w*_H\b)[^\n]*(?:\\\n[^\n]*)*",
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
    """(position, title, declaration, comment, complaints) of a header."""
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
        yield (m.start(), m[2], declaration, comment,
               [f"{path}:{line}: {m[2]}: {w}" for w in wrong])
    for m in TYPE.finditer(bare):
        comment = above(text, m.start(), comments)
        first = m[0].split("\n")[0]
        title = m[1] or re.sub(r"#define\s+(\w+).*", r"\1", first).rstrip(" {")
        yield m.start(), title, text[m.start():m.end()], comment, []


def page(path):
    text = path.read_text()
    body = text.split("#ifndef", 1)
    head = plain(COMMENT.search(body[0])[0])
    title, _, rest = head.partition(": ")
    first, _, rest = rest.partition("\n")
    out = [f"# {title}", "", first[:1].upper() + first[1:], "", markdown(rest.strip("\n")), ""]
    complaints = []
    for _, name, declaration, comment, wrong in sorted(entries(path, text)):
        complaints += wrong
        out += [f"## {name}", "", "```c", declaration.strip(), "```", ""]
        if comment:
            out += [markdown(comment), ""]
    return "\n".join(out), complaints


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    complaints = []
    for name in sys.argv[2:]:
        path = pathlib.Path(name)
        if path.name == "mien.h":
            continue
        text, wrong = page(path)
        complaints += wrong
        (folder / (path.stem + ".md")).write_text(text)
    for line in complaints:
        print(line)
    return 1 if complaints else 0


sys.exit(main())
