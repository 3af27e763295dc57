#!/bin/sh
# serve.sh [BUILD]: mien serve under load: cheap calls and photos a second with wrk,
# which shares the processors; photos beside the same without a sandbox, and beside
# `mien analyze` of as many files; and the processors' time that a photo takes, which
# other programs disturb less; with a fresh worker for each photo, too.  How long one client
# waits for who is in a photo, by a server that asks none, two or four others.  Then the memory
# of each server, pages that are shared counted once (as root, if the workers are
# to count).
#   BENCH_SECONDS=10  of each
#   BENCH_CLIENTS=64  at a time
# wrk is Debian's package.
set -eu
build=${1:-build}
seconds=${BENCH_SECONDS:-10} clients=${BENCH_CLIENTS:-64}
command -v wrk >/dev/null || { echo 'serve: left out: no wrk here (apt-get install wrk)' >&2; exit 0; }
t=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$t"' EXIT
photo=docs/sample.jpg
begin() { # [OPTION]: another server; its address
    rm -f "$t/address"
    "$build/bin/mien" serve -q --listen 127.0.0.1:0 --rate 0 --queue 1000 "$@" >"$t/address" 2>"$t/log" &
    server="$server $!"
    while [ ! -s "$t/address" ]; do sleep 0.1; done
    address=$(cat "$t/address")
}
begin --no-sandbox
plain=$address plain_id=${server##* }
begin
confined=$address confined_id=${server##* }
begin --worker-photos 1
fresh=$address fresh_id=${server##* }
# A server, its children and theirs: a line each, process and hundredths of a second that
# it has used, with those of its children that have ended.
family() { # PID
    cat /proc/[0-9]*/stat 2>/dev/null | sed 's/(.*)/x/' | awk -v top="$1" '
        { parent[$1] = $4; time[$1] = $14 + $15 + $16 + $17 }
        END { for (p in time) if (p == top || parent[p] == top || parent[parent[p]] == top) print p, time[p] }'
}
used() { # PID
    family "$1" | awk '{ sum += $2 } END { print sum + 0 }'
}
memory() { # PID: MB
    family "$1" | while read -r p _; do cat "/proc/$p/smaps_rollup" 2>/dev/null; done |
        awk '/^Pss:/ { sum += $2 } END { print sum / 1000 }'
}
# Milliseconds of processors' time for each of the requests of a second.
each() { # BEFORE AFTER REQUESTS_A_SECOND
    echo "10 * ($2 - $1) / ($3 * $seconds)" | bc -l
}

cat >"$t/photo.lua" <<LUA
local f = io.open("$photo", "rb")
local photo = f:read("*a")
f:close()
wrk.method = "POST"
wrk.headers["Content-Type"] = "multipart/form-data; boundary=b"
wrk.body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"
    .. photo .. "\r\n--b--\r\n"
function done(summary, latency, requests)
    io.write(string.format("LOST %d\n", summary.errors.connect + summary.errors.read +
        summary.errors.write + summary.errors.status + summary.errors.timeout))
end
LUA
load() { # PATH [SCRIPT]
    wrk -t 1 -c "$clients" -d "${seconds}s" --timeout 30s ${2:+-s "$2"} "$address$1" >"$t/out"
    sed -n 's/^Requests\/sec: *//p' "$t/out"
}
cheap=$(load /healthz)
printf 'cheap calls         %10.0f a second, %s clients\n' "$cheap" "$clients"
for round in 1 2 3; do
    address=$plain
    before=$(used "$plain_id")
    bare=$(load /api/v1/detection/detect "$t/photo.lua")
    bare_each=$(each "$before" "$(used "$plain_id")" "$bare")
    address=$confined
    before=$(used "$confined_id")
    served=$(load /api/v1/detection/detect "$t/photo.lua")
    served_each=$(each "$before" "$(used "$confined_id")" "$served")
    lost=$(sed -n 's/^LOST //p' "$t/out")
    address=$fresh
    before=$(used "$fresh_id")
    renewed=$(load /api/v1/detection/detect "$t/photo.lua")
    renewed_each=$(each "$before" "$(used "$fresh_id")" "$renewed")
    n=$(printf '%.0f' "$(echo "$served * $seconds" | bc -l)")
    mkdir -p "$t/photos"
    i=0
    while [ $i -lt "$n" ]; do cp "$photo" "$t/photos/$i.jpg"; i=$((i + 1)); done
    start=$(date +%s.%N)
    "$build/bin/mien" analyze -q --json --rotate 0 "$t/photos" >"$t/lines"
    end=$(date +%s.%N)
    offline=$(echo "$n / ($end - $start)" | bc -l)
    printf 'photos, round %d     %10.1f a second, %s lost; without a sandbox %.1f, %.1f %%; offline %.1f, %.1f %%\n' \
        "$round" "$served" "$lost" "$bare" "$(echo "100 * $served / $bare" | bc -l)" \
        "$offline" "$(echo "100 * $served / $offline" | bc -l)"
    printf '  processors a photo  %7.2f ms; without a sandbox %.2f, %.1f %%; by fresh workers %.2f, %.1f a second\n' \
        "$served_each" "$bare_each" "$(echo "100 * $bare_each / $served_each" | bc -l)" "$renewed_each" "$renewed"
    rm -rf "$t/photos"
done

# Peers, each with a gallery of one person; the server that asks has one, too.
umask 077
head -c 40 /dev/urandom >"$t/secret"
camera=$("$build/bin/mien" key add --key-file "$t/keys" --role operator --purpose door camera)
"$build/bin/mien" key add --key-file "$t/keys" --role peer --purpose door hub >"$t/hub"
people() { # NAME: a gallery
    "$build/bin/mien" gallery init --key-file "$t/secret" "$t/$1.db" >"$t/log" 2>&1
    "$build/bin/mien" gallery enroll "$t/$1.db" --key-file "$t/secret" --name "$1" --basis consent \
        --purpose door "$photo" >"$t/log" 2>&1
}
with_people="--jobs 1 --db-key-file $t/secret --key-file $t/keys"
for n in 1 2 3 4; do
    people "p$n"
    begin $with_people --db "$t/p$n.db"
    echo "$address $t/hub" >>"$t/all"
done
for peers in 0 2 4; do
    people "hub$peers"
    head -n $peers "$t/all" >"$t/peers$peers"
    [ $peers -eq 0 ] && with= || with="--peers $t/peers$peers"
    begin $with_people --db "$t/hub$peers.db" $with
    eval "hub$peers=$address"
done
for round in 1 2 3; do
    for peers in 0 2 4; do
        eval "address=\$hub$peers"
        curl -sS -o "$t/answer" -w '%{time_total}\n' -H "x-api-key: $camera" -F "file=@$photo" \
            "$address/api/v1/recognition/recognize?limit=[1-150]" | sort -n >"$t/times"
        awk -v peers=$peers -v round=$round '{ ms[NR] = 1000 * $1 }
            END { printf "who, %d peers, round %d %6.1f ms the fastest of %d, %.1f at the median\n",
                peers, round, ms[1], NR, ms[int((NR + 1) / 2)] }' "$t/times"
    done
done
printf 'memory              %10.0f MB; without a sandbox %.0f\n' "$(memory "$confined_id")" "$(memory "$plain_id")"
