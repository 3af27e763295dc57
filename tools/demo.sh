#!/bin/sh
# demo.sh BUILD: read the sample photo that comes with the networks; the table
# goes to the terminal, a drawn picture and the JSON record to demo/.
set -eu
b=$1
photo=$b/share/mien/sample.jpg
if [ ! -f "$photo" ]; then
    echo "demo: $photo is missing; run make models" >&2
    exit 1
fi
mkdir -p demo
show=age,gender,expression
echo "mien analyze --landmarks --attributes $show --draw demo/annotated.png $photo"
"$b/bin/mien" analyze --format table --landmarks --attributes $show \
    --draw demo/annotated.png "$photo"
"$b/bin/mien" analyze --json --landmarks --attributes $show "$photo" >demo/faces.json
echo
echo "The photo with what was found: demo/annotated.png"
echo "The same as JSON:              demo/faces.json"
