#!/bin/bash
# soak.sh [BUILD]: a server with a gallery reads photos until it has read 100,000 or two
# hours are over, whichever comes first.  Three in four are looked at for faces, one for a
# person; photos of two sizes, and one body in fifty that is no photo.  Behind each
# fortieth part: memory of the server and its workers (pages that are shared counted
# once), and of the server alone, descriptors, threads.  Then how memory grew once it was
# warm, behind the first tenth; workers are renewed every 500 photos, and are of all ages.
# 1 if it grew by more than 1 MiB an hour, if descriptors or threads are more at the end
# than then, or if a request was lost.
#   SOAK_PHOTOS=100000, SOAK_SECONDS=7200
# wrk is Debian's package; only root can read the workers' memory.
set -eu
build=${1:-build}
photos=${SOAK_PHOTOS:-100000} seconds=${SOAK_SECONDS:-7200}
command -v wrk >/dev/null || { echo 'soak: left out: no wrk here (apt-get install wrk)' >&2; exit 0; }
[ "$(id -u)" -eq 0 ] || { echo 'soak: left out: needs to be root, to read the memory of workers' >&2; exit 0; }
t=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$t"' EXIT
export MIEN_MODELS=${MIEN_MODELS:-$build/share/mien/models}
mien=$build/bin/mien

head -c 40 /dev/urandom >"$t/key"
"$mien" gallery init --key-file "$t/key" "$t/people.db" >"$t/log" 2>&1
"$mien" gallery enroll --key-file "$t/key" "$t/people.db" --name Ada --basis consent \
    --purpose door docs/sample.jpg >>"$t/log" 2>&1
key=$("$mien" key add --key-file "$t/keys" --role operator --purpose door soak)
"$mien" serve -q --listen 127.0.0.1:0 --rate 0 --queue 1000 --db "$t/people.db" --db-key-file "$t/key" \
    --key-file "$t/keys" >"$t/address" 2>"$t/err" &
server=$!
while [ ! -s "$t/address" ]; do
    kill -0 $server 2>/dev/null || { cat "$t/log" "$t/err" >&2; exit 1; }
    sleep 0.1
done
address=$(cat "$t/address")

# The server, its children and theirs.
family() {
    cat /proc/[0-9]*/stat 2>/dev/null | sed 's/(.*)/x/' | awk -v top=$server '
        { parent[$1] = $4 }
        END { for (p in parent) if (p == top || parent[p] == top || parent[parent[p]] == top) print p }'
}
# KiB, descriptors and threads of all of them, and KiB of the server; a second later if one
# ended meanwhile: a worker that is renewed.
measure() {
    local kib=0 open=0 threads=0 own=0 of p
    for p in $(family); do
        of=$(awk '/^Pss:/ { print $2 }' "/proc/$p/smaps_rollup" 2>/dev/null)
        [ -n "$of" ] || { sleep 1; measure; return; }
        kib=$((kib + of))
        [ "$p" != "$server" ] || own=$of
        open=$((open + $(find "/proc/$p/fd" -mindepth 1 2>/dev/null | wc -l)))
        threads=$((threads + $(find "/proc/$p/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)))
    done
    echo "$kib $open $threads $own"
}

cat >"$t/photos.lua" <<LUA
local function form(path)
    local f = io.open(path, "rb")
    local bytes = f:read("*a")
    f:close()
    return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"
        .. bytes .. "\r\n--b--\r\n"
end
local photo = { form("docs/sample.jpg"), form("docs/faces_older_photo.jpg") }
local broken = photo[1]:sub(1, 400) .. "\r\n--b--\r\n"
local head = { ["Content-Type"] = "multipart/form-data; boundary=b", ["x-api-key"] = "$key" }
local n = 0
function request()
    n = n + 1
    local path = n % 4 == 0 and "/api/v1/recognition/recognize" or "/api/v1/detection/detect"
    return wrk.format("POST", path, head, n % 50 == 0 and broken or photo[n % 2 + 1])
end
function done(summary, latency, requests)
    local e = summary.errors
    io.write(string.format("READ %d %d\n", summary.requests, e.connect + e.read + e.write + e.timeout))
end
LUA

begin=$(date +%s) done=0 lost=0 step=$((photos / 40))
echo '  minutes   photos     MiB  the server  descriptors  threads'
while [ $done -lt "$photos" ] && [ $(($(date +%s) - begin)) -lt "$seconds" ]; do
    part=0
    while [ $part -lt $step ] && [ $(($(date +%s) - begin)) -lt "$seconds" ]; do
        wrk -t 1 -c 32 -d 5s --timeout 30s -s "$t/photos.lua" "$address/" >"$t/out"
        read -r _ n failed < <(grep '^READ ' "$t/out")
        part=$((part + n * 49 / 50)) lost=$((lost + failed))
    done
    done=$((done + part))
    sleep 1
    echo "$(($(date +%s) - begin)) $done $(measure)" | tee -a "$t/rows" |
        awk '{ printf "%9.1f %8d %7.2f %11.2f %12d %8d\n", $1 / 60, $2, $3 / 1024, $6 / 1024, $4, $5 }'
done
# The median of the slopes between all rows that are warm (Theil and Sen): one that was measured
# as a worker was renewed does not bend it.
awk -v lost=$lost -v all="$done" '
    function growth(of, i, j, k, n, slope, by) {
        for (i = first; i < NR; i++)
            for (j = i + 1; j <= NR; j++) {
                slope = s[j] > s[i] ? (of[j] - of[i]) / (s[j] - s[i]) : 0
                for (k = ++n; k > 1 && by[k - 1] > slope; k--)
                    by[k] = by[k - 1]
                by[k] = slope
            }
        return n ? by[int((n + 1) / 2)] * 3600 / 1024 : 0
    }
    { s[NR] = $1; kib[NR] = $3; open[NR] = $4; threads[NR] = $5; own[NR] = $6 }
    END {
        first = int(NR / 10) + 1
        slope = growth(kib)
        alone = growth(own)
        printf "%d photos in %.0f minutes, %d lost; once warm, memory grew by %.2f MiB an hour (%.2f to %.2f MiB)\n",
            all, s[NR] / 60, lost, slope, kib[first] / 1024, kib[NR] / 1024
        printf "the server alone by %.2f (%.2f to %.2f MiB); descriptors %d, %d; threads %d, %d\n",
            alone, own[first] / 1024, own[NR] / 1024, open[first], open[NR], threads[first], threads[NR]
        exit lost > 0 || slope > 1 || alone > 1 || open[NR] > open[first] || threads[NR] > threads[first]
    }' "$t/rows"
