#!/bin/sh
# Faces that the detector finds in videos before and after they are covered.
#
#   MIEN_MODELS=build/share/mien/models bench/redact.sh build/bin/mien FRAMES VIDEO...
#
# Looks at the first FRAMES frames of each; prints a row a video.
set -eu
mien=$1 frames=$2
shift 2
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT

faces() { # VIDEO: how often a face is found, frame by frame
    "$mien" track "$1" -q --every 1 --detector yunet --frames "$frames" --json |
        grep -o '"detected":true' | wc -l
}

echo "| video | frames | faces found | found again | frames in doubt | without a find |"
echo "|---|---|---|---|---|---|"
for v; do
    "$mien" redact "$v" -q --frames "$frames" --json -o "$t/out.mp4" >"$t/log" ||
        [ $? = 1 ]
    number() { tail -n 1 "$t/log" | grep -o "\"$1\":[0-9]*" | cut -d: -f2; }
    echo "| $(basename "$v") | $(number frames) | $(faces "$v") |" \
        "$(faces "$t/out.mp4") | $(number doubts) | $(number missed) |"
done
