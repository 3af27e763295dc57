#!/usr/bin/env python3
"""dataset_error.py [MIEN] [SEEDS]: how often `mien dataset check` finds faults of
several sizes that were planted in made tables, and how far its figures are off.
The table it prints stands in docs/data-quality.md."""
import json
import math
import os
import random
import subprocess
import sys
import tempfile

mien = sys.argv[1] if len(sys.argv) > 1 else "build/bin/mien"
seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 20


def odds(x):
    return 2 * x[0] - 2 * x[1] + 2 * x[2]


def apart(x):
    """Classes that no line parts: the quadrants of two columns."""
    return 4 * x[0] * x[1]


def rows(r, n, fault, size, score=odds):
    """Rows of a made table with a fault of a size."""
    out = []
    for i in range(n):
        x = [r.gauss(0, 1) for _ in range(3)]
        y = int(r.random() < 1 / (1 + math.exp(-score(x))))
        weight = math.exp(4.2 + .15 * r.gauss(0, 1))
        counted = int(math.exp(5 + .5 * r.gauss(0, 1)))
        after = y + size * r.gauss(0, 1) if fault == "leak" else r.gauss(0, 1)
        hit = r.random() < size
        if fault == "noise" and hit:
            y = 1 - y
        if fault == "units" and hit:
            weight *= 2.20462
        if fault == "heaping" and hit:
            counted = round(counted, -1)
        if fault == "shift" and i >= n * .7:
            x[0] += size
        if fault == "sentinel" and i % (n // int(size)) == 1:
            counted = 9999
        town = r.choice(["Hamburg", "Lisboa", "Krakow", "Torino"])
        if fault == "spelling" and i % (n // int(size)) == 1:
            town = "Hamburrg"
        out.append([*(f"{v:.4f}" for v in x), f"{weight:.2f}", counted,
                    f"{after:.3f}", town, y])
    if fault == "duplicates":
        out += out[100:100 + int(size)]
    return out


def look(table, check):
    """The finding of a check about a table, or None."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.csv")
        with open(path, "w", encoding="utf-8") as f:
            print("a,b,c,weight,counted,after,town,y", file=f)
            for row in table:
                print(*row, sep=",", file=f)
        said = subprocess.run([mien, "dataset", "check", path, "-l", "y", "--json"],
                              stdout=subprocess.PIPE, check=False).stdout
    found = [f for f in json.loads(said)["findings"] if f["check"] == check]
    return found[0] if found else None


def try_all(name, check, n, sizes, score=odds, form="{:g}"):
    """A line of the table for each size."""
    for size in sizes:
        found = []
        for seed in range(seeds):
            fault = look(rows(random.Random(seed), n, check, size, score), check)
            found += [fault] if fault else []
        values = [f.get("size", f["count"]) for f in found]
        mean = f"{sum(values) / len(values):.3g}" if values else "-"
        print(f"| {check} | {name} | {form.format(size)} | {n} | "
              f"{len(found)} of {seeds} | {mean} |", flush=True)


print("| check | planted | size | rows | found | figure, mean |\n|---|---|--:|--:|--:|--:|")
share = "{:.0%}"
try_all("labels changed", "noise", 4000, [0, .02, .05, .1, .2], form=share)
try_all("labels changed", "noise", 1000, [0, .05, .1, .2], form=share)
try_all("classes no line parts", "noise", 4000, [0, .1], apart, share)
try_all("in pounds", "units", 2000, [0, .01, .02, .05, .1], form=share)
try_all("deviations, last 30 %", "shift", 2000, [0, .1, .2, .3, .5])
try_all("rounded to tens", "heaping", 2000, [0, .05, .1, .2], form=share)
try_all("noise beside the label", "leak", 2000, [.2, .4, .6])
try_all("values 9999", "sentinel", 2000, [3, 10])
try_all("a letter too many", "spelling", 2000, [1, 5])
try_all("rows again", "duplicates", 2000, [1, 50])
