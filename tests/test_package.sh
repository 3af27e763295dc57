#!/bin/sh
# test_package.sh [NAME]: the npm package in Chromium: web/test-package/NAME.test.mjs, or all.
set -u
. tests/browser.sh
[ -e "$MIEN_BUILD/web/package/mien.d.ts" ] || skip 'no package: make web-package'
[ -e "$MIEN_BUILD/share/mien/models/face_recognition.onnx" ] || skip 'no networks: make models'
npm ping >/dev/null 2>&1 || skip 'no registry of npm, for Vite and webpack'
run_files web/test-package "${1:-}"
