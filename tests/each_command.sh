# each_command.sh: what tests of every command share; they read it in.  Needs
# $t, a folder for what it makes.

export PATH=$MIEN_BUILD/bin:$PATH LC_ALL=C.UTF-8 HOME=/nonexistent
unset XDG_DATA_HOME
. tests/cluster.sh

# A line a case: name of the command | what it needs | its other words.
# alone: a library that it loads, HDF5, dies without any memory at all.  out/ is a
# folder that is empty before each; FACE is the face in the gallery, QUEUE a database.
list_cases() {
    sed "s/FACE/${face:-1}/; s#QUEUE#--queue ${queue:-postgres:///none}#" <<'END'
analyze||-t 1 --json face.ppm
analyze|models|-t 1 -l --draw out/a.png face.ppm
verify|models|--json face.ppm face.ppm
find|models|-t 1 --known known --basis consent --purpose door --unknown face.ppm
redact||-t 1 --json -q -o out/r.png face.ppm
redact|movie|-t 1 --frames 2 --window 1 --json -q -o out/r.mp4 movie.mp4
redact|models|-t 1 --json -q --keep Ann --db p.db --purpose door --key-file key -o r.png face.ppm
cluster|models|-t 1 --json -q -o out/s.html face.ppm
detect||-t 1 --json small.pgm
detect||-t 1 --draw out/d.png small.pgm
objects|coco|-t 1 --json face.ppm
objects|coco|-t 1 --draw out/o.png face.ppm
model list||--json
model info|models|--json face_landmark_68_tiny
model card||--json m
dataset compare||--json -t 1 t.csv t.csv
dataset compare||-t 1 -o out/d.html t.csv t.csv
dataset agree||--labellers b,y --by word --level interval --json -t 1 t.csv
dataset agree||--labellers word,y --consensus out/c.csv -t 1 -o out/a.html t.csv
dataset agree||--labeller word --unit a --label y --repeat -t 1 -o out/a.md t.csv
dataset sheet||--sheet out/d.json --croissant out/c.json --ddi out/c.xml --set origin=here -o out/d.md t.csv
train logistic||--label y --positive 1 -q --require-sheet --sheet sheet.json t.csv
model card||-o out/c.html v/model.onnx
model convert|weights|-q --output out face-api weights
model convert|alone|-q --output out keras k.h5
model convert||-q --output out onnx v/model.onnx
table describe||t.csv
table describe||--by word --json t.csv
table split||-o out t.csv
table resample||--label y --positive 1 --over 1 -o out/o.csv t.csv
table plot||--x a --y b -o out/p.svg t.csv
table plot||-k hist --x a -o out/p.png t.csv
table plot||-k box --x a -o out/p.json t.csv
dataset check||--label y --json -o out t.csv
dataset check||-t 1 -q --no-faces -o out/r set
demo anscombe||-o out
train logistic||--label y --positive 1 -q -o out t.csv
train autoencoder||--label y --positive 1 --epochs 2 -q -o out t.csv
train cascade||-p faces.txt -n scenes -w 12 -h 12 --numPos 40 --numNeg 40 --numStages 1 --maxWeakCount 2 --cache 1 -t 1 -q -o out/c.xml
train net||--data set -e 2 -q -t 1 --require-sheet --sheet set.json -o out side.json
dataset sheet||--sheet out/d.json --from-croissant c.json -o out/d.md t.csv
dataset sheet||--sheet out/d.json --no-faces -q --croissant out/c.json -o out/d.md set
train landmarks||--net where.json -e 2 -q -t 1 -o out points.csv
train emotion||--net side.json -e 2 -q -t 1 -o out set
train faces||--align none --net coder.json -e 2 -q -t 1 -o out flat
faces crop|models|-t 1 --json -q -o out/chips face.ppm
faces reconstruct||v/model.onnx set/left/1.pgm --align none -o out/r.png
faces morph||set/left/1.pgm set/right/2.pgm --model v/model.onnx --align none --steps 3 -o out/m.png
faces add||--concept left−right --labels set --model v/model.onnx --align none -n 4 -q -o out/a.png set/left/1.pgm
faces sample||--model v/model.onnx --grid 3x2 -q -o out/s.png
faces walk||--model v/model.onnx --stops 2 --steps 3 -q -o out/w.png
faces near||--model v/model.onnx --align none -n 3 --size 16 -o out/n.png set/left/1.pgm set/right
samples show||-n 4 -o out/s.png set
cascade roc||-t 1 c.xml --test faces.txt -o out/roc.svg
cascade show||c.xml -o out/c.png
track|movie|-t 1 --frames 2 --json -q movie.mp4
track|movie|-t 1 --frames 2 -q --draw out/t.mp4 movie.mp4
smile|movie opencv|-t 1 --frames 2 --json -q movie.mp4
predict||m/model.onnx t.csv
predict||-o out/p.csv --retention 30 m/model.onnx t.csv
predict|models|-o about.csv --people p.db --key-file key --person word --purpose door m/model.onnx t.csv
dataset roles||m
dataset roles||--json p.csv
evaluate||--json m/model.onnx t.csv
evaluate||--by a:0.5,b:0:1 m/model.onnx t.csv
evaluate||--json p/model.onnx set
queue init|server|QUEUE
queue add|server|QUEUE -q face.ppm
queue status|server|QUEUE
queue results|server|QUEUE -o out/all.jsonl
worker|server|QUEUE -q -t 1
queue retry|server|QUEUE
queue forget|server|QUEUE face.ppm
serve||--check --listen 127.0.0.1:0 --jobs 1 --key-file keys
key add||--key-file out/keys door
key list||--key-file keys
gallery init||--key-file key out/n.db
gallery enroll|models|--key-file key --name Cy --basis consent --purpose door --evidence t.csv --face 1 -t 1 p.db face.ppm
gallery identify|models|--key-file key --purpose door -t 1 p.db face.ppm
gallery identify|models movie|--key-file key --purpose door -t 1 --frames 2 -q --json p.db movie.mp4
gallery import|models|--key-file key --basis consent --purpose door -t 1 p.db who.json
gallery optout|models|--key-file key --name letter --face 1 -t 1 p.db face.ppm
gallery notice|models|--key-file key --purpose door p.db
gallery inferred|models|--key-file key p.db Ann
gallery list|models|--key-file key p.db
gallery list|server|--key-file key door.db
gallery backup|server|--key-file key door.db out/copy
gallery restore|server|--key-file key door.db door.kept
gallery calibrate|models|--key-file key --purpose door -t 1 --json p.db
gallery show|models|--key-file key p.db Ann
gallery evidence|models|--key-file key p.db Ann t.csv
gallery add|models|--key-file key --face 2 -t 1 p.db Ann face.ppm
gallery not|models|--key-file key --face 2 -t 1 p.db Ann face.ppm
gallery remove|models|--key-file key p.db Ann FACE
gallery merge|models|--key-file key p.db Ann Zed
gallery split|models|--key-file key p.db Ann Eve FACE
gallery undo|models|--key-file key p.db
gallery rename|models|--key-file key p.db Ann Bea
gallery withdraw|models|--key-file key p.db Ann
gallery withdraw|models|--key-file key --purpose door p.db
gallery delete|models|--key-file key --recovery-file recovery p.db
gallery export|models|--key-file key p.db Ann
gallery attack|models|--key-file key -t 1 --photos face.ppm --json p.db
gallery audit|models|--key-file key --show p.db
gallery backup|models|--key-file key p.db p.db.copy
gallery restore|models|--key-file key p.db p.kept
gallery rekey|models|--key-file key --new-key-file t.csv p.db
key revoke||--key-file keys 0a1b2c3d
help||analyze
completion||bash
END
}

# The commands that are not in the list.
unlisted() {
    mien help --pages | sed -n 's/^mien-//p' | while read -r page; do
        list_cases | cut -d'|' -f1 | tr ' ' '-' | grep -qxF "$page" || echo "$page"
    done
}

# What a case needs is there.
has() {
    case $1 in
        models) [ -e "$MIEN_MODELS/face_recognition.onnx" ] && [ -e "$t/face.ppm" ] ;;
        alone) true ;;
        movie) [ -e "$t/movie.mp4" ] ;;
        coco) [ -e "$MIEN_MODELS/ssdlite_mobilenet_v2.onnx" ] && [ -e "$t/face.ppm" ] ;;
        server) [ -n "${queue:-}" ] ;;
        weights) [ -e "$t/weights/tiny_face_detector_model.bin" ] ;;
        opencv) [ -e /usr/share/opencv4/haarcascades/haarcascade_eye.xml ] ;;
    esac
}

# What a command changes in place is as it was.
renew() {
    [ -d "$t/known" ] || return 0
    case ${words:-} in
        queue* | worker*)
            sql "DELETE FROM mien_queue.result; DELETE FROM mien_queue.photo;
                INSERT INTO mien_queue.photo (path, state, reason)
                    VALUES ('face.ppm', 'waiting', NULL), ('none.ppm', 'failed', 'not there');
                INSERT INTO mien_queue.result SELECT id, repeat('{}', 999), now() - '1h'::interval
                    FROM mien_queue.photo WHERE state = 'failed'" ;;&
        'queue results'*) sql "DELETE FROM mien_queue.photo WHERE state = 'waiting'" ;;
    esac
    rm -f "$t"/p.db*
    [ ! -e "$t/p.kept" ] || { cp "$t/p.kept" "$t/p.db" && cp "$t/p.kept-keys" "$t/p.db-keys"; }
    printf 'mien keys 1\n0a1b2c3d\t%064d\t7\t\tdoor\n' 0 >"$t/keys"
}

# Labelled pictures, networks for them, and a model.
make_pictures() {
    local start='"layers":[{"name":"image","kind":"input","shape":[1,8,8],"scale":0.004},{"kind":"flatten"}'
    printf '{"mien":"net/1",%s,{"name":"class","kind":"dense","units":2}],"losses":[{"output":"class","kind":"cce"}]}' \
        "$start" >"$t/side.json"
    printf '{"mien":"net/1",%s,{"name":"points","kind":"dense","units":2}],"losses":[{"output":"points","kind":"mse"}]}' \
        "$start" >"$t/where.json"
    printf '{"mien":"net/1",%s,{"name":"mean","kind":"dense","units":4},{"name":"log_variance","kind":"dense","inputs":"flatten_2","units":4},{"name":"noise","kind":"input","shape":[4],"fill":"normal"},{"name":"latent","kind":"sample","inputs":["mean","log_variance","noise"]},{"kind":"dense","units":64},{"kind":"reshape","shape":[1,8,8]},{"name":"again","kind":"sigmoid"}],"outputs":["again","mean","log_variance"],"losses":[{"output":"again","kind":"mse","target":"image"},{"kind":"kl","mean":"mean","log_variance":"log_variance"}]}' \
        "$start" >"$t/coder.json"
    (here=$PWD && cd "$t" && python3 "$here/tests/cli/squares.py" set 20 &&
        mkdir flat && cp set/left/*.pgm flat &&
        mien train faces --align none --net coder.json -e 2 -q -o v flat &&
        mien train net --data set -e 2 -q -o p side.json) >"$t/log" 2>&1
}

make_inputs() {
    mkdir "$t/known" "$t/out"
    awk 'BEGIN {
        srand(5)
        print "a,b,word,y"
        for (i = 0; i < 60; i++)
            printf "%.3f,%.3f,%s,%d\n", rand(), i % 4 ? rand() : i,
                i % 3 ? "no" : "yes", i % 5 == 0
    }' >"$t/t.csv"
    python3 tests/cli/crosses.py "$t"
    (cd "$t" && mien train logistic --label y --positive 1 -q -o m t.csv &&
        mien predict -o p.csv m/model.onnx t.csv &&
        mien train cascade -p faces.txt -n scenes -w 12 -h 12 --numPos 40 \
            --numNeg 40 --numStages 1 --maxWeakCount 2 -q -o c.xml) >"$t/log" 2>&1
    (cd "$t" && mien dataset sheet t.csv --sheet sheet.json --croissant c.json -o sheet.md \
        $(printf ' --set %s=so' origin collection purpose fit covered under_represented \
            units_missing time place personal)) >"$t/log" 2>&1
    make_pictures
    (cd "$t" && mien dataset sheet set --no-faces -q --sheet set.json -o sheet.md \
        $(printf ' --set %s=so' origin collection purpose fit covered under_represented \
            units_missing time place personal)) >"$t/log" 2>&1
    python3 tests/cli/grey.py 64 48 >"$t/small.pgm"
    python3 tests/cli/grey.py 64 48 >"$t/face.ppm"
    [ ! -e "$MIEN_PPM" ] || cp "$MIEN_PPM" "$t/face.ppm"
    cp "$t/face.ppm" "$t/known/ann.ppm"
    cp fuzz/corpus/keras/heap "$t/k.h5"
    [ ! -e "$MIEN_MOVIE" ] || cp "$MIEN_MOVIE" "$t/movie.mp4"
    head -c 40 "$t/face.ppm" | rev >"$t/key"
    printf '[{"label":"Zed","descriptors":[[0.5%s]]}]' "$(printf ',0.25%.0s' $(seq 127))" >"$t/who.json"
    has models && (cd "$t" && mien gallery init --key-file key p.kept >recovery &&
        mien gallery enroll --key-file key --name Ann --basis consent --purpose door --face 1 \
            p.kept face.ppm && mien gallery import --key-file key --basis consent --purpose door \
            p.kept who.json) >"$t/log" 2>&1
    face=$(cd "$t" && mien gallery show --key-file key --json p.kept Ann 2>"$t/log" |
        sed -n 's/.*"id": \([0-9]\{9,\}\).*/\1/p')
    [ -z "$cluster_bin" ] || ! cluster_begin || mien queue init --queue "$queue" 2>"$t/log"
    [ -z "${queue:-}" ] || (cd "$t" && sql 'CREATE ROLE keeper LOGIN; GRANT CREATE ON DATABASE postgres TO keeper' &&
        mien gallery init --key-file key --store "${queue/mien@/keeper@}" door.db &&
        mien gallery backup --key-file key door.db door.kept) >"$t/log" 2>&1
    [ ! -d "$MIEN_PHOTOS/../model" ] || ln -s "$MIEN_PHOTOS/../model" "$t/weights"
}
