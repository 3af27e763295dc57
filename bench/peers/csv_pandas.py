#!/usr/bin/env python3
"""csv_pandas.py FILE [ROUNDS]: seconds pandas' C reader takes for a CSV file.

Prints "pandas  VERSION  median MB/s  best MB/s"; leaves with 77 where pandas is
not installed."""
import os
import sys
import time

try:
    import pandas
except ImportError:
    print("pandas is not installed")
    sys.exit(77)

path, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
seconds = []
for _ in range(rounds):
    start = time.perf_counter()
    frame = pandas.read_csv(path, engine="c")
    seconds.append(time.perf_counter() - start)
    del frame
seconds.sort()
size = os.path.getsize(path) * 1e-6
print("pandas  %s  median %.0f MB/s  best %.0f MB/s" % (
    pandas.__version__, size / seconds[len(seconds) // 2], size / seconds[0]))
