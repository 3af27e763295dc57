#!/bin/sh
# cluster.sh [BUILD]: unknown faces put together: how well on Labelled Faces in
# the Wild, by mien and by dlib, and how long it takes for many made faces.
#   BENCH_THREADS=1             threads
#   BENCH_FACES="10000 100000"  made faces
# dlib is Debian's libdlib-dev; without it mien runs alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
peer=$build/bench/dlib_whispers.so

if ! ${CXX:-c++} -O2 -shared -fPIC -o "$peer" "$here/peers/dlib_whispers.cc" \
    2>/dev/null; then
    echo "cluster: no libdlib-dev here; mien alone" >&2
    peer=
fi
"$build/bench/cluster" ${peer:+--peer "$(realpath "$peer")"}
for faces in ${BENCH_FACES:-10000 100000}; do
    "$build/bench/cluster" --made "$faces" --threads "${BENCH_THREADS:-1}"
done
