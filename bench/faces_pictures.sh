#!/bin/sh
# faces_pictures.sh MODEL UTKFACE MTFL PHOTO OTHER OUT: the pictures of docs/faces.md.
#
#   MODEL    model.onnx of `mien train faces`, codes.json beside it
#   UTKFACE  folder of its pictures, for ages
#   MTFL     its training.txt, for glasses
#   PHOTO    one face; OTHER: another, to which the first goes over
#   OUT      folder for the pictures
set -eu
[ $# -eq 6 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2; }
model=$1 ages=$2 glasses=$3 photo=$4 other=$5 out=$6
mien=${MIEN_BUILD:-build}/bin/mien
show="--trim 0.17 --size 128"
mkdir -p "$out"

# A photo that ends near the face, as those of UTKFace do.
tight=$(mktemp -d)
trap 'rm -rf "$tight"' EXIT
"$mien" faces crop "$photo" "$other" --align box --margin 0.1 --size 256 -q -o "$tight" >/dev/null
"$mien" faces reconstruct "$model" "$tight"/*.png $show -o "$out/faces_again.jpg"
set -- "$tight"/*.png
"$mien" faces morph "$1" "$2" --model "$model" --steps 7 $show --sharpen -o "$out/faces_morph.jpg"

# CONCEPT LABELS STRENGTH NAME: a strip as the model makes it, and one on the photo.
add() {
    "$mien" faces add --concept "$1" --labels "$2" --model "$model" --count 1500 --strip 7 \
        --strength "$3" $show --sharpen -q -o "$out/faces_$4.jpg" "$tight/$(basename "${photo%.*}").png"
    "$mien" faces add --concept "$1" --model "$model" --strip 7 --strength "$3" --onto face \
        --size 128 -q -o "$out/faces_$4_photo.jpg" "$photo"
}
add 'age:0-5 - age:30-40' "$ages" 1.2 younger
add 'age:65-90 - age:25-40' "$ages" 1.5 older
add 'glasses:1 - glasses:2' "$glasses" 3.5 glasses

"$mien" faces sample --seed 7 --grid 8x4 --model "$model" --spread 0.8 --trim 0.17 --size 112 \
    --sharpen -o "$out/faces_sample.jpg"
"$mien" faces walk --seed 3 --stops 6 --steps 72 --model "$model" --spread 0.8 --trim 0.17 \
    --size 160 --sharpen -o "$out/faces_walk.webp"
ls -l "$out" | awk 'NR > 1 { print $5, $NF }'
