#!/bin/sh
# test_web.sh: the package for pages, in node: web/test/*.test.mjs.
set -u
command -v node >/dev/null || { echo 'SKIP no node'; exit 77; }
[ -e "$MIEN_BUILD/web/mien.wasm" ] || {
    echo 'SKIP no mien.wasm: make web-wasm'
    [ -z "${CI:-}" ] && exit 77
    exit 1
}
[ -e "$MIEN_PPM" ] && [ -e "$MIEN_MODELS/face_recognition.onnx" ] &&
    [ -e "$MIEN_MODELS/ssdlite_mobilenet_v2.onnx" ] || {
    echo 'SKIP no photo or no networks: make models'
    exit 77
}
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cp -r web "$t/"
cp "$MIEN_BUILD"/web/*.wasm "$t/web/package/"
mkdir "$t/models"
cp "$MIEN_MODELS"/*.onnx models/yunet_n_dynamic.onnx models/face_cascade.xml "$t/models/"
stock=/usr/share/opencv4/haarcascades # of Debian's opencv-data
for name in frontalface_default eye smile; do
    [ -e "$stock/haarcascade_$name.xml" ] && cp "$stock/haarcascade_$name.xml" "$t/models/"
done
MIEN_MODELS=$t/models node --expose-gc --test "$t"/web/test/*.test.mjs >"$t/out" 2>&1
status=$?
grep -E '^not ok' -A 20 "$t/out"
sed -n 's/^# pass /tests passed: /p' "$t/out"
exit $status
