#!/bin/sh
# dataset.sh [BUILD]: the pass of `mien dataset check` over a table of a million rows
# and 30 columns against read_csv, describe, isna, duplicated and value_counts of
# pandas on the same file, in turns.
#   BENCH_ROUNDS=3     turns; the best of each side counts
#   BENCH_ROWS=1000000 rows
#   PYTHON=python3     one that has pandas (Debian: python3-pandas)
# It prints seconds, the processor's seconds and the peak in MB; the bars are five
# times as fast (by the clock; by the processor's time on a machine that does other
# things too) and 300 MB.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
python=${PYTHON:-/usr/bin/python3}
peer=$here/peers/dataset_pandas.py
if ! "$python" -c 'import pandas' 2>/dev/null; then
    echo "dataset: SKIP, $python has no pandas"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
"$python" "$peer" make "${BENCH_ROWS:-1000000}" "$work/t.csv"

# Seconds, the processor's, and MB of the pass.
look() {
    "$python" - "$build/bin/mien" "$work/t.csv" <<'END'
import resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run([sys.argv[1], "dataset", "check", "--quick", sys.argv[2]],
                      stdout=subprocess.DEVNULL)
took = time.perf_counter() - start
use = resource.getrusage(resource.RUSAGE_CHILDREN)
assert done.returncode in (0, 1)
print(took, use.ru_utime + use.ru_stime, use.ru_maxrss // 1024)
END
}
for _ in $(seq "${BENCH_ROUNDS:-3}"); do
    look >>"$work/mien"
    "$python" "$peer" look "$work/t.csv" >>"$work/pandas"
done
sort -g "$work/mien" | head -n 1 >"$work/best"
sort -g "$work/pandas" | head -n 1 >>"$work/best"
awk 'NR == 1 { s = $1; c = $2; m = $3 }
     NR == 2 {
         printf "dataset check: mien %.2f s (processor %.2f), %d MB; pandas %.2f s (processor %.2f), %d MB\n", \
             s, c, m, $1, $2, $3
         ok = $1 / s >= 5 && m <= 300
         printf "ratio %.1f by the clock, %.1f by the processor  %s\n", $1 / s, $2 / c, ok ? "PASS" : "NO"
         exit !ok
     }' "$work/best"
