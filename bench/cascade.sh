#!/bin/sh
# cascade.sh [BUILD]: train a face cascade from pictures, as models/face_cascade.xml
# was, with its time; then detections against false positives on pictures kept
# out, beside OpenCV's stock cascade and the paper's table.  Half an hour.
#   MIEN_SHARED=../shared  where data/ lies (lfw, negatives, opencv_cascadeandhog,
#                          bristol)
#   BENCH_TRAINING=no      leave the training out: the ROC of models/face_cascade.xml
#   BENCH_THREADS=2        threads of the training
#   BENCH_KEEP=FILE        keep the cascade that was trained
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mien=$(cd "${1:-$here/../build}" && pwd)/bin/mien
data=${MIEN_SHARED:-$here/../../shared}/data
if [ ! -d "$data/lfw" ] || [ ! -d "$data/opencv_cascadeandhog" ]; then
    echo "cascade: $data has no lfw and opencv_cascadeandhog: nothing to train on"
    exit 0
fi
data=$(cd "$data" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Deep-funnelled photos of 250x250 have the face in one place.
find "$data/lfw" -name '*.jpg' | LC_ALL=C sort |
    sed 's/$/ 1 67 68 116 116/' >"$work/faces.txt"

# "name x1 y1 x2 y2" a face, and one file of "x, y, w, h" lines a photo.
grep -v '^#' "$data/opencv_cascadeandhog/cmu_mit_ground_truth.txt" |
    awk -v d="$data/opencv_cascadeandhog/images/" '
        { n[$1]++; box[$1] = box[$1] " " $2 " " $3 " " $4 - $2 " " $5 - $3 }
        END { for (f in n) print d f, n[f] box[f] }' |
    LC_ALL=C sort >"$work/test.txt"
for photo in "$data"/bristol/images/*.jpg; do
    name=$(basename "$photo" .jpg)
    tr -d '\r' <"$data/bristol/CSVs/faces/${name}points.csv" |
        awk -F '[, ]+' -v f="$photo" '
            NF >= 4 { n++; box = box " " $1 " " $2 " " $3 " " $4 }
            END { print f, n + 0 box }'
done >>"$work/test.txt"

cascade=$here/../models/face_cascade.xml
if [ "${BENCH_TRAINING:-yes}" != no ]; then
    cascade=${BENCH_KEEP:-$work/cascade.xml}
    rm -f "$cascade"
    start=$(date +%s)
    "$mien" train cascade -p "$work/faces.txt" -n "$data/negatives" \
        -w 24 -h 24 --numStages 21 --minHitRate 0.999 --maxFalseAlarmRate 0.5 \
        --numPos 5000 --numNeg 3000 --mirror --copies 1 --turn 10 --shift 0.04 \
        --grow 0.08 --threads "${BENCH_THREADS:-2}" -q -o "$cascade" \
        >"$work/log"
    seconds=$(($(date +%s) - start))
    grep '^stage [0-9]*: [0-9]* trees*' "$work/log" | sed 's/^/  /'
    echo "training: $(grep -c 'trees*,' "$work/log") stages in $seconds s" \
        "at ${BENCH_THREADS:-2} threads; wanted 1800:" \
        "$([ "$seconds" -le 1800 ] && echo PASS || echo NO)"
fi
"$mien" cascade roc "$cascade" frontalface_default --test "$work/test.txt"
