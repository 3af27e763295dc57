#!/bin/sh
# test_app.sh [NAME]: the app in Chromium: web/test-app/NAME.test.mjs, or all.
set -u
. tests/browser.sh
[ -e "$MIEN_BUILD/web/dist/index.html" ] || skip 'no app: make web'
run_files web/test-app "${1:-}"
