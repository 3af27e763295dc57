#!/usr/bin/env python3
"""dataset_pandas.py make ROWS FILE: a table of 30 columns.
dataset_pandas.py look FILE: describe, isna, duplicated and value_counts of pandas;
prints seconds, seconds of the processor and the peak in MB."""
import resource
import sys
import time

import numpy as np
import pandas as pd


def make(rows, path):
    r = np.random.RandomState(1)
    t = {}
    for i in range(12):
        t[f"measure{i}"] = np.round(r.normal(i, 1 + i, rows), 5)
    for i in range(6):
        t[f"amount{i}"] = np.round(r.lognormal(4, 1, rows), 2)
    for i in range(4):
        t[f"count{i}"] = r.poisson(3 + 20 * i, rows)
    for i in range(4):
        t[f"class{i}"] = np.array(["red", "green", "blue", "violet", "ochre"])[
            r.randint(0, 2 + i, rows)]
    t["city"] = np.char.add("city ", r.randint(0, 900, rows).astype(str))
    t["day"] = (np.datetime64("2019-01-01") + np.sort(r.randint(0, 365, rows))).astype(str)
    t["minute"] = r.randint(0, 1440, rows)
    t["id"] = np.char.add("n", r.permutation(rows).astype(str))
    for name in ("measure3", "amount2", "measure7"):
        t[name][r.random_sample(rows) < .02] = np.nan
    pd.DataFrame(t).to_csv(path, index=False)


def look(path):
    start = time.perf_counter()
    t = pd.read_csv(path)
    said = [t.describe(include="all"), t.isna().sum(), t.duplicated().sum()]
    said += [t[name].value_counts() for name in t]
    use = resource.getrusage(resource.RUSAGE_SELF)
    print(time.perf_counter() - start, use.ru_utime + use.ru_stime,
          use.ru_maxrss // 1024)


if sys.argv[1] == "make":
    make(int(sys.argv[2]), sys.argv[3])
else:
    look(sys.argv[2])
