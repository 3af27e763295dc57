#!/bin/sh
# setup.sh GROUP...: install with apt-get what the groups need and this machine
# lacks, saying what and why.  Nothing happens when all is there.
#   run    build mien, read photos, convert the networks
#   check  the tests, lints and sanitizers besides
#   web    the app for browsers (make web)
#   memcheck  make memcheck
#   arm64  make arm64-check
set -u

# groups | package | what must be there | why
# A thing that must be there is a command, a pkg-config name (pc:), a file, or a
# part of libheif (plugin:) where that is a package of its own.  Packages have
# names that Debian 12 and 13 and Ubuntu have.
needs() {
    cat <<'END'
run|gcc|gcc|compiles C
run|libc6-dev|/usr/include/stdio.h|the C library's headers
run|pkg-config|pkg-config|finds libraries
run|libjpeg-dev|pc:libjpeg|reads and writes JPEG
run|zlib1g-dev|pc:zlib|unpacks tables and cascades
run|libpng-dev|pc:libpng|reads and writes PNG
run|libwebp-dev|pc:libwebp|reads WebP
run|libgif-dev|/usr/include/gif_lib.h|reads GIF
run|libheif-dev|pc:libheif|reads HEIC and AVIF
run|libheif-plugin-libde265|plugin:libde265|decodes HEIC
run|libheif-plugin-dav1d|plugin:dav1d|decodes AVIF
run|libexif-dev|pc:libexif|finds which side of a photo is up
run|libcairo2-dev|pc:cairo|draws boxes, points and names
run|libjansson-dev|pc:jansson|reads and writes JSON
run|libsodium-dev|pc:libsodium|SHA-256 of model files, keys of galleries
run|libsqlite3-dev|pc:sqlite3|keeps galleries of people
run|libexpat1-dev|pc:expat|reads cascades, which are XML
run|libavformat-dev|pc:libavformat|reads and writes video files
run|libavcodec-dev|pc:libavcodec|decodes and encodes video
run|libavutil-dev|pc:libavutil|frames of video
run|libswscale-dev|pc:libswscale|colours of video
run|libavdevice-dev|pc:libavdevice|cameras and windows
run|libmicrohttpd-dev|pc:libmicrohttpd|serves faces over HTTP
run|libcurl4-openssl-dev|pc:libcurl|asks the other servers of a gallery (mien serve --peers)
run|libpq-dev|pc:libpq|shares photos out through PostgreSQL, and keeps galleries there
run|libhdf5-dev|pc:hdf5|reads networks of Keras
run|nodejs|node|runs npm
run|npm|npm|fetches the networks of @vladmandic/face-api
check|g++|g++|compiles the headers as C++
check,web|clang|clang|second compiler, sanitizers, WebAssembly
check,web|llvm|llvm-ar|archives of WebAssembly objects
check,web|lld|wasm-ld|links WebAssembly
check|libclang-rt-dev|glob:/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.asan-*.a|the sanitizers
check,web|libclang-rt-dev-wasm32|glob:/usr/lib/llvm-*/lib/clang/*/lib/wasi/libclang_rt.builtins-wasm32.a|arithmetic helpers of WebAssembly
check,web|dpkg-dev|dpkg-source|unpacks the sources of expat and giflib, for WebAssembly
check,web|wasi-libc|/usr/include/wasm32-wasi/stdio.h|the C library of WebAssembly
check,web|clang-19|clang-19|compiles mien-relaxed.wasm
check,web|lld-19|wasm-ld-19|links it
check,web|libclang-rt-19-dev-wasm32|glob:/usr/lib/llvm-19/lib/clang/*/lib/wasi/libclang_rt.builtins-wasm32.a|its arithmetic helpers
check|clang-format|clang-format|checks the layout of the source
check|clang-tidy|clang-tidy|looks for mistakes
check|cppcheck|cppcheck|looks for mistakes
check|python3|python3|runs tools/*.py
check|man-db|man|checks the man pages
check|curl|curl|asks the server in its test
check|openssl|openssl|makes a certificate for it
check|jq|jq|reads JSON in the tests of the command
check|postgresql|glob:/usr/lib/postgresql/*/bin/initdb|a private database for the tests of the queue and of galleries
check|wrk|wrk|asks the server again and again in make torture and make bench
check|openmpi-bin|mpirun|trains with several processes
check,web|binaryen|wasm-opt|makes WebAssembly smaller
check|chromium|chromium|runs the app in the tests
arm64|gcc-aarch64-linux-gnu|aarch64-linux-gnu-gcc|compiles for ARM64
arm64|libc6-dev-arm64-cross|/usr/aarch64-linux-gnu/include/stdio.h|its C library
arm64|qemu-user|qemu-aarch64|runs ARM64 programs
memcheck|valgrind|valgrind|finds reads of memory that was never written
check,web|opencv-data|/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml|stock cascades: to compare with, and for the app
END
}

there() {
    case $1 in
        pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
        glob:*)
            for f in ${1#glob:}; do
                [ -e "$f" ] && return 0
            done
            return 1 ;;
        plugin:*) # built into libheif where apt knows no such package
            ! apt-cache show "libheif-plugin-${1#plugin:}" >/dev/null 2>&1 ||
                dpkg -s "libheif-plugin-${1#plugin:}" >/dev/null 2>&1 ;;
        /*) [ -e "$1" ] ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

# The name that its makers gave it: of a header, a library, a command.
own_name() {
    case $1 in
        pc:*) echo "${1#pc:}" ;;
        glob:* | /*) echo "${1##*/}" ;;
        *) echo "$1" ;;
    esac
}

missing=
list=
for group; do
    rows=$(needs | grep -E "^([a-z0-9]+,)*$group(,[a-z0-9]+)*\|")
    while IFS='|' read -r _ package thing why; do
        there "$thing" && continue
        missing="$missing $package"
        list="$list  $package: $why
"
        own="${own:-}  $(own_name "$thing"): $why
"
    done <<END
$rows
END
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    printf 'setup: no apt-get here; what seems to be missing, by its own name:\n%s' "$own" >&2
    exit 0
fi
printf 'setup: these packages are missing:\n%s' "$list"
as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "setup: not root and no sudo; as root run: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
# shellcheck disable=SC2086
get() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
        --no-install-recommends $missing </dev/null
}
echo "setup: apt-get install$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! get >"$log" 2>&1; then
    echo 'setup: the package lists are old or absent: apt-get update'
    $as_root apt-get update -q </dev/null >"$log" 2>&1 && get >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        echo "setup: could not install:$missing" >&2
        exit 1
    }
fi
echo 'setup: installed'
