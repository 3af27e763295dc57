#!/bin/sh
# serve.sh [BUILD]: mien serve under load: cheap calls and photos a second with wrk,
# which shares the processors; photos beside `mien analyze` of as many files.
#   BENCH_SECONDS=10  of each
#   BENCH_CLIENTS=64  at a time
# wrk is Debian's package.
set -eu
build=${1:-build}
seconds=${BENCH_SECONDS:-10} clients=${BENCH_CLIENTS:-64}
command -v wrk >/dev/null || { echo 'serve: left out: no wrk here (apt-get install wrk)' >&2; exit 0; }
t=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$t"' EXIT
photo=docs/sample.jpg
"$build/bin/mien" serve -q --listen 127.0.0.1:0 --rate 0 --queue 1000 >"$t/address" &
server=$!
while [ ! -s "$t/address" ]; do sleep 0.1; done
address=$(cat "$t/address")

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
    served=$(load /api/v1/detection/detect "$t/photo.lua")
    lost=$(sed -n 's/^LOST //p' "$t/out")
    n=$(printf '%.0f' "$(echo "$served * $seconds" | bc -l)")
    mkdir -p "$t/photos"
    i=0
    while [ $i -lt "$n" ]; do cp "$photo" "$t/photos/$i.jpg"; i=$((i + 1)); done
    start=$(date +%s.%N)
    "$build/bin/mien" analyze -q --json --rotate 0 "$t/photos" >"$t/lines"
    end=$(date +%s.%N)
    offline=$(echo "$n / ($end - $start)" | bc -l)
    printf 'photos, round %d     %10.1f a second, %s lost; offline %.1f; %.1f %%\n' "$round" \
        "$served" "$lost" "$offline" "$(echo "100 * $served / $offline" | bc -l)"
    rm -rf "$t/photos"
done
