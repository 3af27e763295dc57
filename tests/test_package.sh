#!/bin/sh
# test_package.sh [NAME]: the npm package in Chromium: web/test-package/NAME.test.mjs, or all.
set -u
command -v node >/dev/null || { echo 'SKIP no node'; exit 77; }
skip() { # WHY: a machine of one's own may lack it, the project's may not
    echo "SKIP $1"
    [ -z "${CI:-}" ] && exit 77
    exit 1
}
[ -e "$MIEN_BUILD/web/package/mien.d.ts" ] || skip 'no package: make web-package'
[ -e "$MIEN_BUILD/share/mien/models/face_recognition.onnx" ] || skip 'no networks: make models'
command -v chromium >/dev/null || [ -n "${CHROMIUM:-}" ] || skip 'no Chromium'
npm ping >/dev/null 2>&1 || skip 'no registry of npm, for Vite and webpack'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 bad=0
for file in web/test-package/${1:-*}.test.mjs; do
    node --test "$file" >"$log" 2>&1 || {
        bad=1
        echo "$file:"
        grep -E '^ *not ok' -A 24 "$log" || tail -n 40 "$log"
    }
    n=$(sed -n 's/^# pass //p' "$log")
    passed=$((passed + ${n:-0}))
done
echo "tests passed: $passed"
exit $bad
