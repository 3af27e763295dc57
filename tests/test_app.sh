#!/bin/sh
# test_app.sh [NAME]: the app in Chromium: web/test-app/NAME.test.mjs, or all.
set -u
command -v node >/dev/null || { echo 'SKIP no node'; exit 77; }
skip() { # WHY: a machine of one's own may lack it, the project's may not
    echo "SKIP $1"
    [ -z "${CI:-}" ] && exit 77
    exit 1
}
[ -e "$MIEN_BUILD/web/dist/index.html" ] || skip 'no app: make web'
command -v chromium >/dev/null || [ -n "${CHROMIUM:-}" ] || skip 'no Chromium'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 bad=0
for file in web/test-app/${1:-*}.test.mjs; do
    node --test "$file" >"$log" 2>&1 || {
        bad=1
        echo "$file:"
        grep -E '^ *not ok' -A 24 "$log" || tail -n 40 "$log"
    }
    sed -n 's/^# \(SIZE\|SPEED\) /\1 /p' "$log"
    n=$(sed -n 's/^# pass //p' "$log")
    passed=$((passed + ${n:-0}))
done
echo "tests passed: $passed"
exit $bad
