#!/usr/bin/python3
"""Photos as mien reads them beside Pillow (Debian's python3-pil).

    bench/photos_pillow.py BUILD FOLDER...

Every file in the folders whose first bytes are of a format that mien claims is
read by both: upright, transparency over white, 8 bits.  Said are files that
only one of them reads, sizes that differ, and pixels that differ by more than
WITHIN on average.  A file that Pillow refuses as damaged may be read by mien,
with a remark, as far as it goes.  Exit status 1 if mien refuses, without
naming a limit, what Pillow reads.
"""
import os
import subprocess
import sys
import tempfile

from PIL import Image, ImageChops, ImageOps, ImageStat

WITHIN = 2.0
CLAIMED = (b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a",
           b"P1", b"P2", b"P3", b"P4", b"P5", b"P6")
Image.MAX_IMAGE_PIXELS = None


def claimed(path):
    with open(path, "rb") as f:
        head = f.read(64)
    if head[4:8] == b"ftyp":
        return head[8:11] in (b"hei", b"avi", b"mif")
    return (any(head.startswith(c) for c in CLAIMED)
            and head[2:3] not in b"0123456789x"
            or head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def to_8_bits(image):
    """Pillow keeps 16 bits as I; mien rounds them to 8."""
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    if image.mode == "I":
        return image.point(lambda v: v * (1 / 257.0)).convert("L")
    return image


def by_pillow(path):
    image = Image.open(path)
    image.seek(0)
    image.load()
    image = ImageOps.exif_transpose(image) or image
    image = to_8_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or \
            "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def by_mien(mien, path, to):
    """The pixels of `mien analyze --draw`, which draws nothing on a photo
    without faces: a face must be surer than any is."""
    made = subprocess.run(
        [mien, "analyze", "--json", "--min-score", "0.9999", "--draw", to, "-"],
        stdin=open(path, "rb"), capture_output=True, text=True, check=False)
    words = made.stderr.strip().replace("mien: -: ", "")
    if made.returncode:
        return None, words
    return Image.open(to).convert("RGB"), words


def compare(mien, path, to):
    """What there is to say of a file; an empty kind: nothing."""
    ours, words = by_mien(mien, path, to)
    try:
        theirs = by_pillow(path)
    except Exception as e:  # whatever Pillow throws, it does not read it
        if ours is None:
            return "neither", words
        return "mien only", f"{words or 'whole'}; Pillow: {e}"
    if ours is None:
        limit = "at most" in words or "more than" in words
        return ("limit" if limit else "REFUSED"), words
    if ours.size != theirs.size:
        return "size", f"{ours.size}, Pillow {theirs.size}; {words}"
    off = max(ImageStat.Stat(ImageChops.difference(ours, theirs)).mean)
    return ("pixels", f"{off:.1f} off; {words}") if off > WITHIN else ("", "")


def files_of(folders):
    for folder in folders:
        for where, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                path = os.path.join(where, name)
                if os.path.isfile(path) and claimed(path):
                    yield path


def main():
    mien = os.path.join(sys.argv[1], "bin", "mien")
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in files_of(sys.argv[2:]):
            kind, words = compare(mien, path, os.path.join(folder, "o.png"))
            counts[kind] = counts.get(kind, 0) + 1
            if kind:
                print(f"{kind:9} {path}: {words[:160]}", flush=True)
    same = counts.pop("", 0)
    print(f"{same} the same, " +
          ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())))
    return 1 if counts.get("REFUSED") else 0


sys.exit(main())
