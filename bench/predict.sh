#!/bin/sh
# predict.sh [BUILD]: how fast mien predict streams a file of 200 MB, made by
# repeating the paper machine's table in a temporary folder, beside cat, and how
# much memory it takes for that and for a file ten times smaller.
#   BENCH_ROUNDS=3         turns; the middle one counts
#   MIEN_SHARED=../shared  where data/ lies
# Leaves with 1 below 200 MB/s, or when memory grows with the file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mien=$(cd "${1:-$here/../build}" && pwd)/bin/mien
source=${MIEN_SHARED:-$here/../../shared}/data/processminer/paper-breaks.csv
if [ ! -e "$source" ]; then
    echo "predict: $source is not there: nothing to stream"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

# The header once, then the rows until the file has so many bytes.
repeat() { # BYTES FILE
    head -n 1 "$source" >"$2"
    tail -n +2 "$source" | awk 1 >"$folder/rows" # the last line ends, too
    times=$(($1 / $(wc -c <"$folder/rows") + 1))
    while [ "$times" -gt 0 ]; do
        cat "$folder/rows"
        times=$((times - 1))
    done >>"$2"
}
repeat 200000000 "$folder/large.csv"
repeat 20000000 "$folder/small.csv"
"$mien" train autoencoder "$source" --label y --ahead 2 --drop time,x28,x61 \
    -o "$folder/autoencoder" -q >"$folder/log"
"$mien" train logistic "$source" --label y --ahead 2 --drop time,x28,x61 \
    -o "$folder/logistic" -q >"$folder/log"

status=0
for model in logistic autoencoder; do
    python3 - "$mien" "$folder" "$model" "${BENCH_ROUNDS:-3}" <<'PY' || status=1
import os, resource, statistics, subprocess, sys, time
mien, folder, model, rounds = sys.argv[1:]
def run(*words):
    begin = time.perf_counter()
    with open(os.devnull, "w") as out:
        child = subprocess.Popen(words, stdout=out)
        _, code, used = os.wait4(child.pid, 0)
    if code:
        sys.exit(f"{words[0]}: status {code}")
    return time.perf_counter() - begin, used.ru_maxrss / 1024
def predict(size):
    return run(mien, "predict", f"{folder}/{model}/model.onnx",
               f"{folder}/{size}.csv")
size = os.path.getsize(f"{folder}/large.csv") / 1e6
runs = [(predict("large"), run("cat", f"{folder}/large.csv"))
        for _ in range(int(rounds))]
speed = size / statistics.median(r[0][0] for r in runs)
cat = size / statistics.median(r[1][0] for r in runs)
large, small = max(r[0][1] for r in runs), predict("small")[1]
good = speed >= 200 and large < small + 8
print(f"predict {model}: {speed:.0f} MB/s of {size:.0f} MB (cat {cat:.0f}), "
      f"{large:.1f} MB of memory, {small:.1f} for a tenth of it; wanted 200 "
      f"and no growth: {'PASS' if good else 'NO'}")
sys.exit(not good)
PY
done
exit $status
