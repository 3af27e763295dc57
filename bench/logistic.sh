#!/bin/sh
# logistic.sh [BUILD]: fits of logistic regressions by mien and by
# scikit-learn's lbfgs, in turns, one thread each, to the same optimum.
#   BENCH_ROUNDS=3   turns
#   PYTHON=python3   one that has scikit-learn and pandas
#   MIEN_SHARED      where data/ lies; what is absent is left out
# scikit-learn gets tol=1e-10, but 1.2 stops earlier, when the loss stops falling
# by 2e-9 of itself; "apart" is the largest relative difference of a coefficient.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
rounds=${BENCH_ROUNDS:-3}
python=${PYTHON:-/usr/bin/python3}
peer=$here/peers/logistic_sklearn.py
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export OMP_NUM_THREADS OPENBLAS_NUM_THREADS

if ! "$python" -c 'import sklearn, pandas' 2>/dev/null; then
    echo "logistic: SKIP, $python has no scikit-learn and pandas"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
"$python" "$peer" prepare "$work" "${MIEN_SHARED:-$here/../../shared}/data"

bad=0
for table in "$work"/*.table; do
    name=$(basename "$table" .table)
    : >"$work/mien" && : >"$work/sklearn"
    for _ in $(seq "$rounds"); do
        "$build/bench/bench_logistic" "$table" 5 >>"$work/mien"
        "$python" "$peer" fit "$table" 3 >>"$work/sklearn"
    done
    # the median of the turns, and the coefficients of the last
    sort -g "$work/mien" | sed -n "$((rounds / 2 + 1))p" >"$work/a"
    sort -g "$work/sklearn" | sed -n "$((rounds / 2 + 1))p" >"$work/b"
    cat "$work/a" "$work/b" | awk -v name="$name" '
        NR == 1 { for (i = 1; i <= NF; i++) a[i] = $i }
        NR == 2 {
            for (i = 3; i <= NF; i++) {
                d = (a[i] - $i) / ($i == 0 ? 1 : $i)
                if (d < 0) d = -d
                if (d > far) far = d
            }
            ratio = $1 / a[1]
            ok = ratio >= 3
            printf "%-22s mien %8.1f ms (%d iterations)  scikit-learn %8.1f ms (%d)  ratio %5.1f  apart %.1e  %s\n", \
                name, a[1], a[2], $1, $2, ratio, far, ok ? "PASS" : "NO"
            exit !ok
        }' || bad=1
done
exit $bad
