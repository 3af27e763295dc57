#!/bin/bash
# test_articles.sh [PART]: the lines of docs/articles.md, in their order, on small
# inputs that are made under the names that stand there: each exits with status 0 and
# writes what it says.  PART: lines before it are run too, later ones are not.
set -u
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
export PATH=$MIEN_BUILD/bin:$PATH LC_ALL=C.UTF-8 HOME=/nonexistent
unset XDG_DATA_HOME
share=$(cd "$MIEN_BUILD" && pwd)/share/mien
export MIEN_MODELS=${MIEN_MODELS:-$share/models}
shared=$(cd "${MIEN_SHARED:-../shared}" 2>/dev/null && pwd)
bad=0 tried=0 skipped=0
complain() {
    bad=$((bad + 1))
    echo "test_articles: $*"
}

# What a line needs that may not be there.
lacks() {
    case $1 in
        *video.mp4*) [ -e "$t/video.mp4" ] || { echo 'no video'; return; } ;;
    esac
    case $1 in
        *photo.jpg*|*people/*|*inbox/*) [ -e "$t/photo.jpg" ] || { echo 'no photo'; return; } ;;
    esac
    case $1 in
        *bnk48.json*) [ -e "$t/bnk48.json" ] || { echo 'no file of descriptors'; return; } ;;
        *haarcascade*|'mien smile'*)
            [ -e /usr/share/opencv4/haarcascades/haarcascade_smile.xml ] ||
                { echo 'no cascades of OpenCV'; return; } ;;
    esac
    case $1 in
        *hdf5*) [ -e "$t/model_v6_23.hdf5" ] || { echo 'no network of Keras'; return; } ;;
        *'mien verify'*|*'mien find'*|*'gallery enroll'*|*'gallery w'*|*'gallery i'[dm]*|*--attributes*|*'--detector ssd'*|*--descriptors*)
            [ -e "$MIEN_MODELS/face_recognition.onnx" ] || { echo 'no networks'; return; } ;;
        'mien objects'*)
            [ -e "$MIEN_MODELS/ssdlite_mobilenet_v2.onnx" ] || { echo 'no network of objects'; return; } ;;
    esac
}

# Run a line, with one epoch, and a gallery's passphrase from a file.
run() {
    local line=$1 why out status
    why=$(lacks "$line")
    if [ -n "$why" ]; then
        skipped=$((skipped + 1))
        echo "passed over: $line: $why"
        return
    fi
    tried=$((tried + 1))
    line=$(printf '%s\n' "$line" | sed -E 's/--epochs [0-9]+/--epochs 1/; s/^mien gallery [a-z]+/& --passphrase-file pass/')
    (cd "$t" && timeout 300 sh -c "$line") </dev/null >"$t/stdout" 2>"$t/stderr"
    status=$?
    # 1: something was found
    case $line in *'dataset check'*) [ $status -ne 1 ] || status=0 ;; esac
    [ $status -eq 0 ] || complain "$line: status $status: $(tail -n 1 "$t/stderr")"
    out=$(printf '%s\n' "$line" | sed -nE 's/.* (-o|--draw|--plot) ([^ ]+).*/\2/p')
    [ -z "$out" ] || [ -e "$t/$out" ] || complain "$line: no $out"
    [ -n "$out" ] || [ -s "$t/stdout" ] || complain "$line: says nothing"
}

python3 tests/cli/articles.py "$t" || exit 1
echo 'correct horse battery staple' >"$t/pass"
[ ! -e "$share/sample.jpg" ] || {
    mkdir -p "$t/people" "$t/inbox"
    cp "$share/sample.jpg" "$t/photo.jpg"
    cp "$share/sample.jpg" "$t/people/ann.jpg"
    cp "$share/sample.jpg" "$t/inbox/1.jpg"
}
cp docs/sample.jpg "$t/ada1.jpg"
cp docs/sample.jpg "$t/ada2.jpg"
[ ! -e "$share/sample.mp4" ] || cp "$share/sample.mp4" "$t/video.mp4"
keras=$shared/data/emotion_keras/model_v6_23.hdf5
[ ! -e "$keras" ] || ln -s "$keras" "$t/model_v6_23.hdf5"
bnk48=$shared/data/bnk48/src/descriptors/bnk48.json
[ ! -e "$bnk48" ] || ln -s "$bnk48" "$t/bnk48.json"

for i in $(seq 13); do
    grep -q "^## $i\. " docs/articles.md || complain "no article $i"
done
while IFS= read -r line; do
    run "${line#    }"
    case $line in *"${1:-nothing}"*) break ;; esac
done < <(grep '^    mien ' docs/articles.md)
[ $tried -gt 0 ] || complain 'no line was run'
[ $bad -eq 0 ] && echo "$tried lines hold, $skipped passed over"
exit $((bad != 0))
