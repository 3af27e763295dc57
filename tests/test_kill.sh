#!/bin/bash
# test_kill.sh: a training that is killed in mid epoch goes on to the bits of one
# that was not, ten times at other moments; a hundred with TORTURE=1.  Each is
# killed and resumed until it ends by itself.
set -u
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
export PATH=$MIEN_BUILD/bin:$PATH LC_ALL=C.UTF-8
root=$PWD
cd "$t" || exit 1
rounds=10
[ -z "${TORTURE:-}" ] || rounds=100
epochs=12
bad=0 kills=0 late=0
complain() {
    bad=$((bad + 1))
    echo "test_kill: $*"
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
train() { # FOLDER [OPTION...]: in place of the shell, so that this is what is killed
    local folder=$1
    shift
    exec mien train net net.json --data set --keep-twins --augment faces -b 16 -t 1 \
        -e $epochs -q -o "$folder" "$@"
}

# Milliseconds that the clock shows.
now() {
    echo $(($(date +%s%N) / 1000000))
}

start=$(now)
(train whole) >log 2>&1 || complain "not killed: $(cat log)"
takes=$(($(now) - start))

# Train into run/, killed after a share of the time that is drawn anew each time.
RANDOM=7
round() {
    rm -rf run
    local more="" before=$kills
    while :; do
        train run $more >log 2>&1 &
        local pid=$! wait=$((takes * (5 + RANDOM % 60) / 100))
        sleep "$((wait / 1000)).$(printf %03d $((wait % 1000)))"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        local status=$?
        [ $status -ne 0 ] || break
        if [ $status -ne 137 ]; then
            complain "round $1, status $status: $(head -n 1 log)"
            return
        fi
        kills=$((kills + 1))
        more=
        [ ! -e run/checkpoint ] || more=--resume
        [ -z "$more" ] || late=$((late + 1))
        [ $((kills - before)) -lt 200 ] || break
    done
    for f in model.onnx history.csv; do
        cmp -s whole/$f run/$f || complain "round $1: another $f"
    done
}
for i in $(seq $rounds); do
    round "$i"
done 2>/dev/null
[ $late -ge $((rounds / 2)) ] || complain "only $late resumed from a checkpoint"
[ $bad -eq 0 ] &&
    echo "$rounds trainings, killed $kills times, $late times behind a checkpoint"
exit $((bad != 0))
