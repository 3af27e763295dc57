#!/bin/bash
# queue.sh [BUILD]: photos a second through a queue in a private PostgreSQL by workers,
# beside one `mien analyze` of the same files with as many jobs; and that the lines are
# the same.
#   BENCH_PHOTOS=2000  copies of docs/sample.jpg under other names
#   BENCH_WORKERS=4
#   BENCH_OPTIONS='--rotate 0'  of mien analyze; with --size 160 a photo takes a few
#                               milliseconds, and what the queue costs shows most
set -eu
build=${1:-build}
n=${BENCH_PHOTOS:-2000} workers=${BENCH_WORKERS:-4} options=${BENCH_OPTIONS:---rotate 0}
t=$(mktemp -d)
. tests/cluster.sh
trap 'cluster_end; rm -rf "$t"' EXIT
[ -n "$cluster_bin" ] || { echo 'queue: left out: no PostgreSQL here (apt-get install postgresql)' >&2; exit 0; }
cluster_begin || { cat "$t/control" "$t/initdb" >&2; exit 1; }
export PATH=$PWD/$build/bin:$PATH
mkdir "$t/photos"
cp docs/sample.jpg "$t/photos/0.jpg"
for i in $(seq $((n - 1))); do ln "$t/photos/0.jpg" "$t/photos/$i.jpg"; done

# Seconds of processors that children of this shell, which it has waited for, have used;
# not to be called in another one.
look() { # VARIABLE
    times >"$t/times"
    printf -v "$1" %s "$(tail -n 1 "$t/times" | sed 's/\([0-9]*\)m\([0-9.]*\)s/\1*60+\2/g; s/ /+/' | bc -l)"
}

start=$(date +%s.%N)
look before
mien analyze -q --json $options --jobs "$workers" "$t/photos" >"$t/analyze"
end=$(date +%s.%N)
look after
alone_used=$(echo "$after - $before" | bc -l)
alone=$(echo "$n / ($end - $start)" | bc -l)

mien queue init --queue "$queue" -- $options
start=$(date +%s.%N)
mien queue add -q --queue "$queue" "$t/photos"
end=$(date +%s.%N)
added=$(echo "$n / ($end - $start)" | bc -l)
start=$(date +%s.%N)
look before
all=
for i in $(seq "$workers"); do
    mien worker -q -t 1 --queue "$queue" &
    all="$all $!"
done
for worker in $all; do wait "$worker"; done
end=$(date +%s.%N)
look after
shared_used=$(echo "$after - $before" | bc -l)
shared=$(echo "$n / ($end - $start)" | bc -l)
start=$(date +%s.%N)
mien queue results --queue "$queue" -o "$t/queue"
end=$(date +%s.%N)
read=$(echo "$n / ($end - $start)" | bc -l)
for f in analyze queue; do sed -i 's/,"ms":{[^}]*}}$/}/' "$t/$f"; done
cmp "$t/analyze" "$t/queue" && same='the same lines' || same='OTHER LINES'
printf 'mien analyze --jobs %d  %10.1f photos a second\n' "$workers" "$alone"
printf '%d workers              %10.1f, %.1f %%; %s\n' "$workers" "$shared" "$(echo "100 * $shared / $alone" | bc -l)" "$same"
printf 'processors a photo     %10.2f ms; by workers %.2f, without what the server takes\n' \
    "$(echo "1000 * $alone_used / $n" | bc -l)" "$(echo "1000 * $shared_used / $n" | bc -l)"
printf 'added, read            %10.0f, %.0f a second\n' "$added" "$read"
[ "$same" = 'the same lines' ]
