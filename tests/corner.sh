# corner.sh: a small training that tests break off; they read it in.  Makes $t, the
# folder of the test, with pictures in set/ and a network for them, net.json, and
# goes there.

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
export PATH=$MIEN_BUILD/bin:$PATH LC_ALL=C.UTF-8
root=$PWD
cd "$t" || exit 1
bad=0
complain() {
    bad=$((bad + 1))
    echo "$(basename "$0" .sh): $*"
}

python3 "$root/tests/cli/squares.py" set 200
cat >net.json <<'END'
{"mien": "net/1", "name": "corner", "layers": [
 {"name": "image", "kind": "input", "shape": [1, 32, 32], "scale": 0.004},
 {"kind": "conv2d", "units": 16, "kernel": 5}, {"kind": "relu"},
 {"kind": "max_pool", "kernel": 2}, {"kind": "flatten"},
 {"name": "class", "kind": "dense", "units": 2}],
 "losses": [{"output": "class", "kind": "cce"}]}
END
common='train net net.json --data set --keep-twins --augment faces -b 16 -q'

alike() { # FOLDER FOLDER WHAT: trainings ended with the same bits
    local f
    for f in model.onnx history.csv; do
        cmp -s "$1/$f" "$2/$f" || complain "$3: $f differs"
    done
}
