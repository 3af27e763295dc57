#!/bin/sh
# search.sh [BUILD]: the nearest of a million rows by mien and by faiss'
# IndexFlatL2, in turns in one process, as many threads each.
#   BENCH_ROUNDS=9   turns
#   BENCH_THREADS=1  threads
#   BENCH_CPU=1      processor's time, for a machine that does other work too
# faiss is Debian's libfaiss-dev with libopenblas-dev; without them mien runs
# alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
peer=$build/bench/faiss_flat.so

if ! ${CXX:-c++} -O2 -shared -fPIC -fopenmp -o "$peer" \
    "$here/peers/faiss_flat.cc" -lfaiss -lopenblas 2>/dev/null; then
    echo "search: no libfaiss-dev and libopenblas-dev here; mien alone" >&2
    peer=
fi
for numbers in 128 512; do
    "$build/bench/search" --rows $((128000000 / numbers)) \
        --numbers "$numbers" --threads "${BENCH_THREADS:-1}" \
        --rounds "${BENCH_ROUNDS:-9}" ${BENCH_CPU:+--cpu} \
        ${peer:+--peer "$(realpath "$peer")"}
done
