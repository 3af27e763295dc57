#!/bin/sh
# team.sh [BUILD]: training steps of some of models/nets by one process with one
# and with two threads, and by two ranks of a thread each, in turns; the medians.
# Two ranks over TCP besides, as between machines, though on one.  By the clock,
# and by the processor's time of a rank, for a machine that does other work too.
#   BENCH_ROUNDS=3   turns
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../build}" && pwd)
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
command -v mpirun >/dev/null || { echo 'team: no mpirun of Open MPI (openmpi-bin)'; exit 0; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
once() { # WAY NET BATCH COMMAND...: a line of the bench with how it was run
    way=$1 net=$2 batch=$3
    shift 3
    "$@" "$build/bench/bench_team" "$here/../models/nets/$net.json" --batch "$batch" --steps 7 \
        $([ "$way" != 'one process, 2 threads' ] || echo --threads 2) |
        jq -c --arg way "$way" '. + {way: $way}' >>"$log"
}
for round in $(seq "${BENCH_ROUNDS:-3}"); do
    for net in align emotion_small vae_64; do
        once 'one process, 1 thread' $net 64 env
        once 'one process, 2 threads' $net 64 env
        once 'two ranks' $net 64 mpirun --oversubscribe -n 2
        once 'two ranks, TCP' $net 64 mpirun --oversubscribe --mca btl tcp,self --mca pml ob1 -n 2
    done
done
echo '| network | batch | way | step ms | of the processor | sum ms | of the processor | MB sent by a rank | images/s |'
echo '|---|--:|---|--:|--:|--:|--:|--:|--:|'
jq -rs 'def mid(f): map(f) | sort | .[length / 2 | floor] * 100 | round / 100;
    group_by([.net, .way])[] |
    "| \(.[0].net) | \(.[0].batch) | \(.[0].way) | \(mid(.step_ms)) | \(mid(.step_cpu_ms)) | " +
    "\(mid(.sum_ms)) | \(mid(.sum_cpu_ms)) | \(mid(.sent_mb)) | \(mid(.images_s)) |"' "$log"
