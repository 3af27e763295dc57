#!/bin/bash
# test_mpi.sh: trainings of several processes: their bits; a rank that is killed,
# stopped or unlike the others ends all within 30 s, and the training goes on with
# as many ranks, or fewer, or more.
set -u
if ! command -v mpirun >/dev/null 2>&1; then
    echo 'SKIP no mpirun of Open MPI (openmpi-bin)'
    [ -z "${CI:-}" ] && exit 77
    exit 1
fi
. tests/corner.sh
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# What Open MPI leaves at its end is not ours, and its plugins are unloaded then.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
# A rank leaves the number of its process in pid.RANK.
cat >rank.sh <<'END'
echo $$ >pid.$OMPI_COMM_WORLD_RANK
exec mien "$@"
END
ranks() { # N FOLDER [OPTION...]
    local n=$1 folder=$2
    shift 2
    rm -f pid.*
    timeout -s KILL 120 sh -c 'echo $$ >pid.mpirun; exec mpirun "$@"' sh --oversubscribe \
        -n "$n" sh rank.sh $common -t 1 -o "$folder" "$@"
}
now() {
    date +%s
}

# One rank is no team; two have the same bits again, with other threads too, and
# learn what one does but for rounding.
mien $common -t 1 -e 3 -o alone >log 2>&1 || complain "alone: $(cat log)"
ranks 1 one -e 3 >log 2>&1 || complain "one rank: $(cat log)"
alike alone one 'one rank'
ranks 2 two -e 3 >log 2>&1 || complain "two ranks: $(cat log)"
[ "$(grep -c 'written to' log)" -eq 1 ] || complain 'not one rank alone prints'
ranks 2 again -e 3 -t 2 >log 2>&1 || complain "two ranks again: $(cat log)"
alike two again 'two ranks again'
[ "$(jq .ranks one/metrics.json two/metrics.json | tr '\n' ' ')" = '1 2 ' ] ||
    complain 'ranks are not in metrics.json'
cmp -s one/model.onnx two/model.onnx && complain 'two ranks have the bits of one'
paste -d, one/history.csv two/history.csv | awk -F, 'NR > 1 {
    for (i = 2; i <= 5; i++)
        if (($i - $(i + NF / 2)) ^ 2 > (1e-3 * $i + 1e-6) ^ 2) bad = 1
    n++ } END { exit bad || n != 3 }' || complain 'two ranks learn something else'

# Killed in mid epoch.
ranks 2 whole -e 40 >log 2>&1 || complain "whole: $(cat log)"
kill_one() { # SIGNAL RANK: a third of a second after the first checkpoint
    for _ in $(seq 3000); do
        [ ! -e run/checkpoint ] || [ ! -e pid.1 ] || break
        sleep 0.02
    done
    sleep 0.3
    kill "-$1" "$(cat "pid.$2")"
}
lives() { # PROCESS: one that has ended may wait for its parent to notice
    [ -e "/proc/$1/stat" ] && ! grep -q ') Z ' "/proc/$1/stat"
}
ends() { # PROCESS: within 30 s of the start
    while lives "$1"; do
        [ $(($(now) - start)) -le 30 ] || return 1
        sleep 0.1
    done
}
for victim in 1 0; do
    rm -rf run
    ranks 2 run -e 100000 >log 2>&1 &
    pid=$!
    kill_one KILL $victim
    start=$(now)
    wait $pid
    status=$?
    [ $status -ne 0 ] || complain "rank $victim was killed, and status 0"
    [ $(($(now) - start)) -le 30 ] || complain "rank $victim was killed, and others went on"
    grep -q -i -e 'signal 9' -e 'rank' log || complain "no word of it: $(cat log)"
    for n in $(cat pid.*); do
        ends "$n" || complain "rank with process $n is still there"
    done
    [ -e run/checkpoint ] || complain 'no checkpoint'
    done=$(head -c 20000 run/checkpoint | wc -c)
    [ "$done" -gt 1000 ] || complain 'half a checkpoint'
done
# The checkpoint that a kill left has the epochs of an unbroken run before it; those
# beyond 40, where this script was held up, cannot be compared.
cp -r run more
ranks 2 run -e 40 --resume >log 2>&1 || complain "resumed: $(cat log)"
head -n 2 run/history.csv | cmp -s - <(head -n 2 whole/history.csv) || complain 'another first epoch'
[ "$(wc -l <run/history.csv)" -gt 41 ] || alike whole run 'resumed with two'
for n in 1 3; do
    rm -rf other && cp -r more other
    ranks $n other -e 41 --resume >log 2>&1 || complain "resumed with $n: $(cat log)"
    [ "$(jq .ranks other/metrics.json)" = $n ] || complain "not $n ranks"
done

# Ctrl-C ends all, and rank 0 says from where it goes on.
rm -rf run
ranks 2 run -e 100000 >log 2>&1 &
pid=$!
kill_one TERM mpirun
wait $pid && complain 'interrupted, and status 0'
grep -q 'interrupted after epoch [0-9]*; --resume goes on from run' log ||
    complain "interrupted: $(cat log)"
ranks 2 run -e 2 --resume >log 2>&1 || complain "resumed after that: $(cat log)"

# A rank that is stopped is not seen by mpirun, but by the other.
rm -rf run
ranks 2 run -e 100000 >log 2>&1 &
pid=$!
kill_one STOP 1
start=$(now)
wait $pid && complain 'a rank was stopped, and status 0'
[ $(($(now) - start)) -le 30 ] || complain "a rank was stopped: $(($(now) - start)) s"
grep -q 'rank 1 of 2 has not been heard of for 20 s' log || complain "stopped: $(cat log)"
kill -KILL "$(cat pid.1)" 2>/dev/null

refused() { # WORDS COMMAND...
    local words=$1
    shift
    "$@" >log 2>&1 && complain "not refused: $words"
    grep -q "$words" log || complain "refused without '$words': $(cat log)"
}
two_of() { # COMMAND COMMAND: as two ranks
    timeout -s KILL 60 mpirun --oversubscribe -n 1 $1 : -n 1 $2
}
refused 'has other samples, pictures or options' \
    two_of "mien $common -t 1 -e 2" "mien $common -t 1 -e 2 -s 5"
refused 'a batch of 1 rows for 2 ranks' ranks 2 run -b 1
refused 'set2: ' \
    two_of "mien $common -t 1 -e 50" "mien ${common/data set/data set2} -t 1 -e 50"
MIEN_ISA=avx2 mien --version | grep -q avx2 &&
    refused 'rank 0 runs mien .* with avx2, rank 1 mien .* with base' \
        two_of "env MIEN_ISA=avx2 mien $common" "env MIEN_ISA=base mien $common"
refused 'not Open MPI' env PMI_SIZE=4 mien $common
mkdir lib
echo 'int mpich;' | ${CC:-cc} -shared -fPIC -x c -o lib/libmpi.so.40 -
refused 'libmpi.so.40: has no MPI_Initialized' \
    env OMPI_COMM_WORLD_SIZE=2 LD_LIBRARY_PATH=lib mien $common
[ $bad -eq 0 ] && echo 'trainings of one, two and three ranks; four were broken off'
exit $((bad != 0))
