#!/usr/bin/env python3
"""Every frame of videos as mien reads it beside those of the ffmpeg command.

    bench/frames_ffmpeg.py BUILD FOLDER|VIDEO...

Both give upright RGB of 8 bits, ffmpeg with its usual conversion (bicubic) and
no frame left out or doubled; where there is transparency, over white.  A line
for each video whose frames differ in number, size or pixels, then counts and
the largest difference of a pixel's colour.  Needs BUILD/bench/frames (`make
BUILD/bench/frames`), ffmpeg and ffprobe; FFMPEG and FFPROBE name others.  Exit
status 1 if anything differs by more than WITHIN.
"""
import os
import subprocess
import sys
import tempfile

WITHIN = 0
ENDINGS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".gif", ".3gp",
           ".flv", ".mpg", ".mpeg", ".ts", ".ogv", ".wmv", ".asf", ".apng")
REFUSED = "refused by both"
FFMPEG = os.environ.get("FFMPEG", "ffmpeg")
FFPROBE = os.environ.get("FFPROBE", "ffprobe")


def videos(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, names in sorted(os.walk(path)):
            for name in sorted(names):
                if name.lower().endswith(ENDINGS):
                    yield os.path.join(folder, name)


def has_alpha(path):
    """Does ffmpeg decode it with transparency?"""
    pixels = subprocess.run(
        [FFPROBE, "-v", "quiet", "-select_streams", "V:0", "-show_entries",
         "stream=pix_fmt", "-of", "csv=p=0", path],
        stdout=subprocess.PIPE, check=False).stdout.decode()
    name = pixels.strip().split("\n")[0].strip(",")
    return (name in ("pal8", "rgba", "bgra", "argb", "abgr", "rgba64be",
                     "rgba64le") or name.startswith(("yuva", "gbrap", "ya")))


def over_white(rgba):
    """RGB of transparent pixels over white, as mien rounds it."""
    alpha = rgba[3::4]
    rgb = bytearray(len(alpha) * 3)
    for c in range(3):
        rgb[c::3] = rgba[c::4]
    if alpha.count(255) != len(alpha):
        for i, a in enumerate(alpha):
            if a != 255:
                for c in range(3 * i, 3 * i + 3):
                    rgb[c] = (rgb[c] * a + 255 * (255 - a) + 127) // 255
    return bytes(rgb)


def compare(frames, path):
    """(frames, frames that differ, largest difference, words)"""
    alpha = has_alpha(path)
    with tempfile.TemporaryFile() as sizes:
        ours = subprocess.Popen([frames, path], stdout=subprocess.PIPE,
                                stderr=sizes)
        theirs = subprocess.Popen(
            [FFMPEG, "-v", "quiet", "-nostdin", "-i", path, "-map", "0:V:0",
             "-fps_mode", "passthrough", "-f", "rawvideo", "-sws_flags",
             "bicubic", "-pix_fmt", "rgba" if alpha else "rgb24", "-"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        first = subprocess.run(
            [FFPROBE, "-v", "quiet", "-select_streams", "V:0", "-show_entries",
             "stream=width,height", "-of", "csv=p=0", path],
            stdout=subprocess.PIPE, check=False).stdout.decode().split("\n")[0]
        try:
            w, h = [int(n) for n in first.strip(",").split(",")[:2]]
        except ValueError:
            ours.kill(), theirs.kill()
            ours.wait(), theirs.wait()
            return 0, 0, 0, REFUSED if subprocess.call(
                [frames, path], stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL) else "ffprobe finds no video"
        n = bad = most = left = 0
        while True:
            a = ours.stdout.read(3 * w * h)
            b = theirs.stdout.read((4 if alpha else 3) * w * h)
            if not a or not b:
                left = len(a) - len(b)
                break
            if alpha:
                b = over_white(b)
            n += 1
            if a != b:
                bad += 1
                most = max(most, max(abs(x - y) for x, y in zip(a, b)))
        while ours.stdout.read(1 << 20):
            pass
        theirs.stdout.close()
        status, _ = ours.wait(), theirs.wait()
        sizes.seek(0)
        words = sizes.read().decode(errors="replace").strip().split("\n")
    if not n and not left:
        return 0, 0, 0, REFUSED
    other = [s for s in words if s not in (f"{w} {h}", f"{h} {w}")]
    if status or other and other[-1]:
        return n, bad, most, f"mien: {other[-1] if other else status}"
    if left:
        return n, bad, most, f"{'mien' if left > 0 else 'ffmpeg'} has more frames than {n}"
    return n, bad, most, f"{bad} of {n} frames differ, by {most} at most" if bad else ""


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program = os.path.join(sys.argv[1], "bench", "frames")
    files = frames = bad = most = told = refused = 0
    for path in videos(sys.argv[2:]):
        n, b, m, words = compare(program, path)
        files, frames, bad, most = files + 1, frames + n, bad + b, max(most, m)
        refused += words == REFUSED
        told += bool(words) and words != REFUSED
        if words:
            print(f"{path}: {words}", flush=True)
    print(f"{files} videos, {frames} frames: {bad} differ, by {most} of 255 at "
          f"most; {refused} videos refused by both, {told} with another remark")
    sys.exit(most > WITHIN or told > 0)


main()
