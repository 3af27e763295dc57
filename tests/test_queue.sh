#!/bin/bash
# test_queue.sh: photos shared out by PostgreSQL among workers that are killed
# (SIGKILL), stopped, and left by their server: each photo has one result, the same
# line as of mien analyze.  Then a queue that is another's, and what is said of it.
#
# 200 photos and 20 kills; 10,000 and 500 with TORTURE=1.
set -u
photos=200 kills=20 zero=0
[ -z "${TORTURE:-}" ] || { photos=10000; kills=500; zero=; }
export PATH=$MIEN_BUILD/bin:$PATH LC_ALL=C.UTF-8 HOME=/nonexistent
t=$(mktemp -d)
workers=
. "${0%/*}/cluster.sh"
# Kill worker $1, if it is there and not another program that has its number now.
strike() {
    local pid
    pid=$(cat "$t/pid.$1" 2>/dev/null) && grep -qaF "$cluster" "/proc/$pid/cmdline" 2>/dev/null &&
        kill -9 "$pid" 2>/dev/null
}
finish() {
    touch "$t/stop"
    [ -z "$workers" ] || kill -9 $workers 2>/dev/null
    for i in 1 2 3 4; do strike $i; done
    wait
    cluster_end
    chmod -R u+rwx "$t" && rm -rf "$t"
}
trap finish EXIT
[ -n "$cluster_bin" ] || { echo 'SKIP no postgresql'; exit 77; }
cluster_begin || { echo "FAIL no server: $(tail -n 3 "$t/initdb" "$t/control" "$cluster/log" 2>&1)"; exit 1; }
. "${0%/*}/complain.sh"
# says WHAT REGEX STATUS COMMAND...: the command fails so, and says that
says() {
    local what=$1 regex=$2 wanted=$3
    shift 3
    timeout 60 "$@" >"$t/said" 2>&1
    local status=$?
    [ $status -eq "$wanted" ] || complain "$what: status $status, wanted $wanted: $(head -c 300 "$t/said")"
    grep -qE -- "$regex" "$t/said" || complain "$what: says not '$regex' but: $(head -c 300 "$t/said")"
    ! grep -q 's3cret' "$t/said" || complain "$what: tells the password: $(head -c 300 "$t/said")"
}
q() { local verb=$1; shift; mien queue "$verb" --queue "$queue" "$@"; }
fresh() { q forget --all && q init "$@"; }
# until_sql STATEMENT ANSWER: waits up to a minute
until_sql() {
    for _ in $(seq 600); do
        [ "$(sql "$1")" = "$2" ] && return
        sleep 0.1
    done
    complain "never '$2': $1"
}
# Begin a worker in the background; its process in $worker.
work() {
    mien worker --queue "$queue" --lease 1 "$@" 2>"$t/worker" &
    worker=$!
    workers="$workers $worker"
}
leased="SELECT count(*) FROM mien_queue.photo WHERE state = 'leased'"

# ---- what is said --------------------------------------------------------------
says 'no address' '--queue: found nothing' 2 mien queue status
says 'a word' 'begins with neither postgres://' 2 mien queue status --queue s3cret
says 'an address that is none' 'none that libpq understands' 2 mien queue status --queue 'postgres://me:s3cret@[::1/photos'
says 'settings that are none' 'none that libpq understands' 2 mien queue status --queue 'host=x password=a s3cret'
says 'no server' 'No such file or directory' 3 mien queue status --queue "postgres://s3cret:s3cret@/photos?host=$t/nowhere"
says 'no database' 'database "photos" does not exist' 3 mien queue status --queue "postgres://mien:s3cret@/photos?host=$cluster"
says 'no queue' 'queue init. makes one' 3 mien worker --queue "$queue"
says 'no queue' 'queue init. makes one' 3 mien queue results --queue "$queue"
mkdir "$t/no" && : >"$t/no/libpq.so.5"
says 'no libpq' 'needs libpq' 3 env LD_LIBRARY_PATH="$t/no" mien queue status --queue "$queue"
says 'no word of analyze' 'unknown option --frob' 2 mien queue init --queue "$queue" -- --frob
says 'a photo for an option' "'a.jpg' is no option" 2 mien queue init --queue "$queue" -- -l a.jpg
says 'an option of output' 'draw is not for a queue' 2 mien queue init --queue "$queue" -- --draw a.png

# ---- workers that are killed ---------------------------------------------------
mkdir "$t/photos" "$t/photos/it's \"quoted\" \\ %s \$(x)"
python3 - "$t/photos" $photos <<'END'
import os, random, sys
folder, n = sys.argv[1], int(sys.argv[2])
made = []
for i in range(20):
    w, h, r = 160 + i, 120, random.Random(i)
    made.append(b"P5 %d %d 255\n" % (w, h) + bytes(r.randrange(256) for _ in range(w * h)))
for i in range(20):
    with open(f"{folder}/a{i:05}.pgm", "wb") as f:
        f.write(made[i])
for i in range(20, n):
    os.link(f"{folder}/a{i % 20:05}.pgm", f"{folder}/a{i:05}.pgm")
odd = [b"new\nline.pgm", b"tab\t.pgm", b"no utf8 \xff\xfe.pgm", "ü\u202e.pgm".encode(), b"it's \"quoted\" \\ %s $(x)/{a,b}.pgm"]
deep = b"/".join([b"d" * 200] * 16)
os.makedirs(folder.encode() + b"/" + deep)
for name in odd + [deep + b"/far.pgm"]:
    os.link(f"{folder}/a00000.pgm", folder.encode() + b"/" + name)
with open(f"{folder}/broken.jpg", "wb") as f:
    f.write(b"\xff\xd8\xff\xe0nothing")
with open(f"{folder}/cut.pgm", "wb") as f:
    f.write(made[0][:100])
END
cp docs/sample.jpg "$t/photos/people.jpg"
all=$((photos + 10)) # and one that is not there
set -- "$t/missing.jpg" -r "$t/photos"
mien analyze --json -q "$@" >"$t/wanted.ms" 2>"$t/wanted.err"
# Everything but how long it took.
plain() { sed 's/,"ms":{[^}]*}}$/}/' "$1"; }
plain "$t/wanted.ms" >"$t/wanted"

q init --tries 1000 && q init --tries 1000 2>"$t/said" || complain 'the same queue twice'
says 'a queue for something else' 'made for no options, not for --landmarks' 3 mien queue init --queue "$queue" --tries 1000 -- -l
equal 'adding' "$(q add "$@")" "$all added, 0 were there"
equal 'adding again' "$(q add -r "$t/photos")" "0 added, $((all - 1)) were there"
printf '%s\0' "$t/missing.jpg" "$t/photos/people.jpg" >"$t/list"
equal 'adding a list' "$(q add --null --list - <"$t/list")" '0 added, 2 were there'
says 'standard input' 'no worker can read' 2 mien queue add --queue "$queue" -
says 'a path that is too long' 'a path of 5000 bytes' 3 mien queue add --queue "$queue" "$(head -c 5000 /dev/zero | tr '\0' x)"

for i in 1 2 3 4; do
    (
        trap - EXIT
        while [ ! -e "$t/stop" ]; do
            mien worker -q --queue "$queue" --batch 4 --lease 1 -t 1 >>"$t/out.$i" 2>>"$t/err.$i" &
            echo $! >"$t/pid.$i"
            wait $! 2>/dev/null
            status=$?
            rm -f "$t/pid.$i"
            [ $status -gt 1 ] || break # 0, 1: no photo is left
            [ $status -eq 137 ] || sleep 0.2
        done
    ) 2>/dev/null &
    workers="$workers $!"
done
RANDOM=7 killed=0 restarted=
while [ $killed -lt $kills ]; do
    sleep 0.$zero$((RANDOM % 9 + 1))
    strike $((RANDOM % 4 + 1)) && killed=$((killed + 1))
    if [ $((killed % (kills / 2))) -eq 0 ] && [ "$restarted" != $killed ] && [ $killed -gt 0 ]; then
        restarted=$killed
        cluster_control restart -m immediate || complain 'the server did not come back'
    fi
    ! [ "$(jobs -r | wc -l)" -eq 0 ] || break
done
wait $workers
workers=
[ $killed -ge $kills ] || complain "only $killed workers were killed"
equal 'photos' "$(sql 'SELECT count(*), count(DISTINCT path) FROM mien_queue.photo')" "$all|$all"
equal 'results' "$(sql 'SELECT count(*), count(DISTINCT photo) FROM mien_queue.result')" "$all|$all"
equal 'failed' "$(sql "SELECT count(*) FROM mien_queue.photo WHERE state = 'failed'")" "$(grep -c '"error":' "$t/wanted")"
equal 'not done' "$(sql "SELECT count(*) FROM mien_queue.photo WHERE state IN ('waiting', 'leased')")" 0
equal 'more tries than leases' "$(sql "SELECT count(*) FROM mien_queue.photo WHERE tries NOT BETWEEN 1 AND 1000")" 0
equal 'digest of a photo' "$(sql "SELECT sha256 FROM mien_queue.photo WHERE path = convert_to('$t/photos/people.jpg', 'UTF8')")" \
    "$(sha256sum <docs/sample.jpg | cut -d ' ' -f 1)"
q results -o "$t/found.ms" || complain 'no results'
q results >"$t/printed" || complain 'no results on standard output'
cmp -s "$t/found.ms" "$t/printed" || complain 'a file and standard output differ'
plain "$t/found.ms" >"$t/found"
cmp "$t/wanted" "$t/found" || complain "lines differ from mien analyze: $(diff "$t/wanted" "$t/found" | head -c 600)"
again=$(sql 'SELECT sum(tries) - count(*) FROM mien_queue.photo')
q status --json | jq -e ".done + .failed == $all and .waiting == 0 and .leased == 0 and .errors[0].photos >= 1" >"$t/said" ||
    complain "status: $(q status --json)"
grep -hvE '^mien: queue: |tried again$|not taken: |cannot open: |near byte |bytes of pixels' "$t"/err.? >"$t/said" &&
    complain "workers said something else: $(head -c 300 "$t/said")"

# ---- what failed, and what is forgotten ----------------------------------------
cp docs/sample.jpg "$t/missing.jpg"
failed=$(grep -c '"error":' "$t/wanted")
equal 'retry' "$(q retry)" "$failed photos are tried again"
q results >"$t/said" 2>"$t/err"
equal 'status of results that are not whole' $? 1
grep -q "$failed photos have no result yet" "$t/err" || complain "results: $(cat "$t/err")"
mien worker -q --queue "$queue" --jobs 2 2>"$t/err"
equal 'what was missing' "$(sql "SELECT state FROM mien_queue.photo WHERE path = convert_to('$t/missing.jpg', 'UTF8')")" done
q forget "$t/photos/people.jpg" || complain 'not forgotten'
equal 'forgotten' "$(q results | grep -c people.jpg)" 0
says 'forgotten twice' 'not in the queue' 1 mien queue forget --queue "$queue" "$t/photos/people.jpg"

# ---- a lease that is lost ------------------------------------------------------
# The first worker waits for a pipe, is stopped, and loses its photo to the second; then
# it finds another picture: by the path, if the system opens that again, or in the pipe.
one="$t/one/a.pgm"
mkdir "$t/one" && mkfifo "$one"
fresh && q add "$one" >"$t/said"
work
first=$worker
until_sql "$leased" 1
sleep 0.5
kill -STOP $first
mv "$one" "$t/pipe"
cp "$t/photos/a00003.pgm" "$one"
mien worker -q --queue "$queue" --lease 1 || complain 'the second worker failed'
cp "$t/photos/a00004.pgm" "$one"
kill -CONT $first
timeout 3 sh -c 'cat "$0" >"$1"' "$t/photos/a00004.pgm" "$t/pipe" &
wait $first || complain 'the first worker failed'
grep -q '1 result was not taken' "$t/worker" || complain "a lost lease: $(cat "$t/worker")"
equal 'results of a photo that two read' "$(sql "SELECT count(*), min(record::json ->> 'width') FROM mien_queue.result")" '1|163'

# ---- a photo that ends its workers, beside others ------------------------------
rm "$one" "$t/pipe" && mkfifo "$t/one/b.pgm"
cp "$t/photos/a00000.pgm" "$t/one/a.pgm"
cp "$t/photos/a00000.pgm" "$t/one/c.pgm"
fresh --tries 2 && q add "$t/one/a.pgm" "$t/one/b.pgm" "$t/one/c.pgm" >"$t/said"
stuck="SELECT count(*) FROM mien_queue.photo WHERE state = 'leased' AND tries = "
for try in 1 2; do
    work --batch 3
    until_sql "$stuck$try AND path = convert_to('$t/one/b.pgm', 'UTF8')" 1
    sleep 0.3
    kill -9 $worker
    wait $worker 2>/dev/null
done
mien worker -q --queue "$queue" --lease 1 2>"$t/err"
equal 'a worker that marks a photo as failed' $? 1
equal 'a photo that ends its workers' "$(sql "SELECT string_agg(state || tries, ' ' ORDER BY id) FROM mien_queue.photo")" 'done2 failed2 done2'
q results | grep -q 'b.pgm","error":{"status":"ELIMIT","text":"2 workers ended' || complain "its record: $(q results)"

# ---- a worker that is told to stop ---------------------------------------------
fresh && q add "$t/one/b.pgm" "$t/one/a.pgm" "$t/one/c.pgm" >"$t/said"
work --stay --lease 60
until_sql "$leased" 3
sleep 0.3
kill -TERM $worker
wait $worker || complain "a worker that was told to stop: $(cat "$t/worker")"
equal 'given back' "$(sql "SELECT string_agg(state || tries, ' ' ORDER BY id) FROM mien_queue.photo")" 'waiting0 waiting0 waiting0'

# ---- a role of its own for workers ---------------------------------------------
fresh --tries 1 && q add "$t/one/a.pgm" "$t/one/c.pgm" >"$t/said"
sql 'CREATE ROLE worker LOGIN'
queue_of_worker=${queue/mien@/worker@}
says 'a role without rights' 'permission denied for schema' 3 mien worker --queue "$queue_of_worker"
sed -n 's/^    \(GRANT .*;\)$/\1/p' docs/queue.md >"$t/grants"
sql "$(cat "$t/grants")" && mien worker -q --queue "$queue_of_worker" || complain 'a role with the rights of docs/queue.md'
equal 'results of a role' "$(sql 'SELECT count(*) FROM mien_queue.result')" 2
says 'a role that may not forget' 'permission denied' 3 mien queue forget --queue "$queue_of_worker" "$t/one/a.pgm"

# ---- a queue that is another's -------------------------------------------------
# changed WHAT STATEMENT REGEX STATUS: in a transaction of its own, then made anew
changed() {
    fresh && q add "$t/one/a.pgm" >"$t/said"
    sql "$2" || complain "$1: $(tail -n 1 "$t/psql")"
    says "$1" "$3" 3 mien worker --queue "$queue" --lease 1
}
changed 'other models' "UPDATE mien_queue.setting SET models = 'detector 00'" 'begun with other models'
changed 'another mien' "UPDATE mien_queue.setting SET mien = '0.0.9'" 'made by mien 0.0.9'
changed 'a later version' 'UPDATE mien_queue.setting SET version = 2' 'of version 2, this mien knows 1'
says 'a later version' 'of version 2' 3 mien queue init --queue "$queue"
changed 'words that are none' "UPDATE mien_queue.setting SET words = '{--frob}'" 'unknown option --frob'
changed 'too many words' "UPDATE mien_queue.setting SET words = array_fill('-l'::text, '{300}')" '300 words, at most 200'
changed 'no settings' 'DELETE FROM mien_queue.setting' '0 rows of settings'
changed 'a column that is gone' 'ALTER TABLE mien_queue.photo DROP until' 'not those that mien makes'
changed 'a path that is none' "ALTER TABLE mien_queue.photo DROP CONSTRAINT photo_path_check; UPDATE mien_queue.photo SET path = 'a\\000b'" \
    'its path is no file'
changed 'a table that is gone' 'DROP TABLE mien_queue.result CASCADE' 'queue init. makes one'
cluster_control stop -m immediate
says 'a server that is gone' 'mien: queue: ' 3 mien worker --queue "$queue"

[ $bad -eq 0 ] && echo "$all photos, $killed workers killed, $again read again: one result each"
[ $bad -eq 0 ]
