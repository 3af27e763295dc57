#!/bin/sh
# vision.sh [BUILD]: cascades, a boosting round, corners and optical flow, beside
# OpenCV in turns where python3-opencv is installed.  Installs nothing.
#   BENCH_ROUNDS=3      turns; the least time of each counts
#   BENCH_PHOTO=FILE    1920x1280 or so (default: that of the peers of run.sh)
#   PYTHON=/usr/bin/python3
# Leaves with 1 if a wanted ratio is missed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
python=${PYTHON:-/usr/bin/python3}
rounds=${BENCH_ROUNDS:-3}
photo=${BENCH_PHOTO:-$build/peers/node_modules/@vladmandic/face-api/demo/sample1.jpg}
xml=/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml
status=0

if [ ! -e "$photo" ] || [ ! -e "$xml" ]; then
    echo "vision: needs a photo ($photo) and opencv-data; left out"
    exit 0
fi
opencv=yes
"$python" -c 'import cv2' 2>/dev/null || opencv=

least() { # COLUMN FILE
    awk -v c="$1" 'NR == 1 || $c < m { m = $c } END { print m }' "$2"
}
ours=$(mktemp)
theirs=$(mktemp)
trap 'rm -f "$ours" "$theirs"' EXIT

in_turns() { # NAME ARGUMENTS...: bench_NAME and opencv_NAME.py
    name=$1
    shift
    : >"$ours"
    : >"$theirs"
    i=0
    while [ "$i" -lt "$rounds" ]; do
        "$build/bench/bench_$name" "$@" >>"$ours"
        if [ "$opencv" ]; then
            "$python" "$here/peers/opencv_$name.py" "$@" >>"$theirs"
        fi
        i=$((i + 1))
    done
}

compare() { # WHAT COLUMN WANTED
    a=$(least "$2" "$ours")
    if [ ! "$opencv" ]; then
        echo "  $1: mien $a ms"
        return
    fi
    b=$(least "$2" "$theirs")
    line=$(awk -v a="$a" -v b="$b" -v w="$3" 'BEGIN {
        printf "mien %.1f ms, OpenCV %.1f ms; ratio %.2f", a, b, b / a
        if (w) printf ", wanted %s: %s", w, (b >= w * a) ? "PASS" : "NO" }')
    echo "  $1: $line"
    case $line in *NO) status=1 ;; esac
}

echo "cascade haarcascade_frontalface_default, scale 1.1"
for threads in 1 2; do
    in_turns cascade "$xml" "$photo" 1.1 $threads
    compare "1920 wide, $threads thread(s)" 1 1.5
done
for scale in 1.1 1.2 1.25; do
    in_turns cascade "$xml" "$photo" $scale 1 384 288
    compare "384x288, scale $scale, 1 thread" 1 1.5
    echo "    $(awk -v t="$(least 1 "$ours")" \
        'BEGIN { printf "%.0f frames a second", 1000 / t }')"
done
echo "corners, pyramids and flow of 1000 points, 21 x 21, 3 levels, 1 thread"
in_turns track "$photo" 5 1
compare "corners" 1 0
compare "pyramid" 2 0
compare "flow" 3 1
echo "a boosting round"
"$build/bench/bench_boost" | sed 's/^/  /'
exit $status
