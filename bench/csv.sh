#!/bin/sh
# csv.sh [BUILD]: CSV to columns against pandas' C reader, in turns, on files of
# 200 MB made by repeating real ones in a temporary folder.  Installs nothing.
#   BENCH_ROUNDS=3       turns
#   MIEN_SHARED=../shared  where data/ lies
#   PYTHON=/usr/bin/python3
# Leaves with 1 if mien is less than 5 times as fast on a file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
shared=${MIEN_SHARED:-$here/../../shared}
python=${PYTHON:-/usr/bin/python3}
rounds=${BENCH_ROUNDS:-3}
wanted=5

if ! "$python" -c 'import pandas' 2>/dev/null; then
    echo "csv: pandas is not installed for $python; left out"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

# The header once, then the rows until the file has 200 MB.
repeat() {
    head -n 1 "$1" >"$2"
    tail -n +2 "$1" >"$folder/rows"
    times=$((200000000 / $(wc -c <"$folder/rows") + 1))
    while [ "$times" -gt 0 ]; do
        cat "$folder/rows"
        times=$((times - 1))
    done >>"$2"
    rm "$folder/rows"
}

# The middle of the numbers, one a line, on standard input.
median() {
    sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# The figure behind "median" in a line of either program.
figure() {
    sed -n 's/.*median \([0-9]*\) MB\/s.*/\1/p'
}

status=0
for name in creditcard/creditcard_subset paysim/paysim_union; do
    source=$shared/data/$name.csv
    if [ ! -e "$source" ]; then
        echo "csv: $source is not there; left out"
        continue
    fi
    file=$folder/table.csv
    repeat "$source" "$file"
    : >"$folder/one"
    : >"$folder/all"
    : >"$folder/peer"
    i=0
    while [ "$i" -lt "$rounds" ]; do
        "$build/bench/bench_csv" "$file" --rounds 3 --threads 1 | figure >>"$folder/one"
        "$build/bench/bench_csv" "$file" --rounds 3 --threads 0 | figure >>"$folder/all"
        "$python" "$here/peers/csv_pandas.py" "$file" 1 | figure >>"$folder/peer"
        i=$((i + 1))
    done
    one=$(median <"$folder/one") all=$(median <"$folder/all") peer=$(median <"$folder/peer")
    verdict=$(awk -v a="$all" -v p="$peer" -v w="$wanted" 'BEGIN { print (a >= w * p) ? "PASS" : "NO" }')
    ratio=$(awk -v a="$all" -v p="$peer" 'BEGIN { printf "%.1f", a / p }')
    echo "csv $(basename "$name"): mien $one MB/s at 1 thread, $all MB/s at all; pandas $peer MB/s; ratio $ratio, wanted $wanted: $verdict"
    [ "$verdict" = PASS ] || status=1
done
exit $status
