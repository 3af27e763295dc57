#!/bin/bash
# test_kill.sh: a training that is killed in mid epoch goes on to the bits of one
# that was not, ten times at other moments; a hundred with TORTURE=1.  Each is
# killed and resumed until it ends by itself.
set -u
. tests/corner.sh
rounds=10
[ -z "${TORTURE:-}" ] || rounds=100
epochs=12
kills=0 late=0
train() { # FOLDER [OPTION...]: in place of the shell, so that this is what is killed
    local folder=$1
    shift
    exec mien $common -t 1 -e $epochs -o "$folder" "$@"
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
    alike whole run "round $1"
}
for i in $(seq $rounds); do
    round "$i"
done 2>/dev/null
[ $late -ge $((rounds / 2)) ] || complain "only $late resumed from a checkpoint"
[ $bad -eq 0 ] &&
    echo "$rounds trainings, killed $kills times, $late times behind a checkpoint"
exit $((bad != 0))
