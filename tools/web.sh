#!/bin/sh
# web.sh packages            fetch what builds and drives the app with npm, if it is not there
# web.sh package BUILD       the package in npm's layout, with types, into BUILD/web/package
# web.sh build BUILD         the app with mien.wasm and models into BUILD/web/dist
# web.sh publish DIST REPO [BRANCH]   DIST as a commit on a branch (gh-pages) of a repository
#
# Nothing in an npm package is run when it is installed.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
app=$here/web/app

fail() {
    echo "web: $*" >&2
    exit 1
}

packages() {
    mark=$app/node_modules/.package-lock.json
    [ ! -e "$mark" ] || [ "$app/package-lock.json" -nt "$mark" ] || return 0
    command -v npm >/dev/null || fail 'npm is not installed; tools/setup.sh run installs it'
    echo 'web: npm ci, for what builds and drives the app'
    log=$(mktemp)
    (cd "$app" && npm ci --ignore-scripts --no-audit --no-fund) >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail 'npm could not fetch the packages'
    }
    rm -f "$log"
    touch "$mark"
}

# The package in few files, with mien.wasm beside them, and types of what its comments say.
package() {
    b=$(cd "$1" && pwd)
    [ -e "$b/web/mien.wasm" ] || fail 'no mien.wasm; make web-wasm builds it'
    packages
    rm -rf "$b/web/package"
    mkdir -p "$b/web/package"
    cp "$here"/web/package/package.json "$here/web/package/README.md" "$b"/web/mien*.wasm \
        "$here/LICENSE" "$b/web/package/"
    (cd "$app" && MIEN_PACKAGE=$b/web/package node_modules/.bin/rollup --silent \
        -c package.config.js) || fail 'the package could not be bundled'
    (cd "$app" && node_modules/.bin/tsc -p tsconfig.types.json --outDir "$b/web/package") ||
        fail 'the types could not be made'
}

# The package, then the app that is made of it.
build() {
    package "$1"
    rm -rf "$b/web/dist.new"
    (cd "$app" && MIEN_PACKAGE=$b/web/package MIEN_DIST=$b/web/dist.new \
        node_modules/.bin/vite build --logLevel warn) || fail 'the app could not be built'
    mkdir -p "$b/web/dist.new/models"
    cp "$here"/models/*.onnx "$here"/models/*.xml "$here"/models/*.LICENSE \
        "$b/web/dist.new/models/"
    stock=/usr/share/opencv4/haarcascades # of opencv-data; each says its licence itself
    for f in "$b"/share/mien/models/*.onnx "$b"/share/mien/models/*.LICENSE \
        "$stock/haarcascade_frontalface_default.xml" "$stock/haarcascade_eye.xml" \
        "$stock/haarcascade_smile.xml"; do
        # What is installed only by name does not go into the app unasked.
        case $f in */mobilefacenet.*) continue ;; esac
        [ ! -e "$f" ] || cp "$f" "$b/web/dist.new/models/"
    done
    rm -rf "$b/web/dist"
    mv "$b/web/dist.new" "$b/web/dist"
    echo "web: $b/web/dist, for any static host"
}

# On top of what the branch has, so that its history stays.
publish() {
    dist=$1 repository=$2 branch=${3:-gh-pages}
    [ -e "$dist/index.html" ] || fail "$dist: no app there; make web builds it"
    [ ! -d "$repository" ] || repository=$(cd "$repository" && pwd)
    t=$(mktemp -d)
    trap 'rm -rf "$t"' EXIT
    git init -q "$t"
    if git -C "$t" fetch -q --depth 1 "$repository" "refs/heads/$branch" 2>/dev/null; then
        git -C "$t" reset -q FETCH_HEAD
    fi
    cp -r "$dist/." "$t/"
    touch "$t/.nojekyll" # or GitHub leaves out what begins with _
    git -C "$t" add -A
    if git -C "$t" rev-parse -q --verify HEAD >/dev/null &&
        git -C "$t" diff --cached --quiet; then
        echo "web: $branch has this already"
        return 0
    fi
    git -C "$t" commit -q -m 'mien for browsers' || fail 'git could not commit'
    git -C "$t" push -q "$repository" "HEAD:refs/heads/$branch" ||
        fail "git could not push to $repository"
    echo "web: published to $branch of $repository"
}

case ${1:-} in
    packages) packages ;;
    package)
        package "${2:?web.sh package BUILD}"
        echo "web: $b/web/package; npm pack or npm install takes it"
        ;;
    build) build "${2:?web.sh build BUILD}" ;;
    publish) publish "${2:?web.sh publish DIST REPO}" "${3:?web.sh publish DIST REPO}" \
        "${4:-gh-pages}" ;;
    *) fail 'packages, package, build or publish?' ;;
esac
