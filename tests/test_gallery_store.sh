#!/bin/bash
# test_gallery_store.sh: the tests of galleries once more, with their data on a
# private server of PostgreSQL, two at a time; and the command.
#
# Those that break off every change at every change of a file are with TORTURE=1;
# test_gallery_postgres_lost does so at the server's statements.
set -u
tests='erase copies attack calibrate evidence faces inferred negative purpose votes'
[ -z "${TORTURE:-}" ] || tests="undo kill $tests"
export PATH=$MIEN_BUILD/bin:$PATH LC_ALL=C.UTF-8 HOME=/nonexistent
t=$(mktemp -d)
. "${0%/*}/cluster.sh"
trap 'cluster_end; chmod -R u+rwx "$t" && rm -rf "$t"' EXIT
[ -n "$cluster_bin" ] || { echo 'SKIP no postgresql'; exit 77; }
cluster_begin || { echo "FAIL no server: $(tail -n 3 "$t/initdb" "$t/control" "$cluster/log" 2>&1)"; exit 1; }
. "${0%/*}/complain.sh"
# says WHAT REGEX STATUS COMMAND...: the command exits so, says that, and no password
says() {
    local what=$1 regex=$2 wanted=$3
    shift 3
    "$@" >"$t/said" 2>&1 </dev/null
    local status=$?
    [ $status -eq "$wanted" ] || complain "$what: status $status, wanted $wanted: $(head -c 300 "$t/said")"
    grep -qE -- "$regex" "$t/said" || complain "$what: says not '$regex' but: $(head -c 300 "$t/said")"
    ! grep -q 's3cret' "$t/said" || complain "$what: tells the password: $(head -c 300 "$t/said")"
}
sql 'ALTER SYSTEM SET fsync = off' # its disk is not cut
sql 'SELECT pg_reload_conf()' >"$t/said"

# ---- roles, as docs/people.md makes them -----------------------------------------
sql 'CREATE ROLE keeper LOGIN; CREATE ROLE auditor LOGIN'
store=${queue/mien@/keeper@}
head -c 40 /dev/urandom >"$t/key"
g() { local verb=$1; shift; mien gallery "$verb" "$t/door.db" "$@" --key-file "$t/key"; }
says 'no address' 'begins with neither postgres://' 2 g init --store s3cret
says 'an address that is none' 'none that libpq understands' 2 g init --store 'postgres://me:s3cret@[::1/x'
says 'no server' 'No such file or directory' 3 g init --store "postgres://s3cret:s3cret@/x?host=$t/nowhere"
says 'a superuser' "is a superuser's" 2 g init --store "$queue"
says 'a role without rights' 'permission denied' 3 g init --store "$store"
equal 'left behind' "$(ls "$t" | grep -c door)" 0
mkdir "$t/no" && : >"$t/no/libpq.so.5"
says 'no libpq' 'needs libpq' 3 env LD_LIBRARY_PATH="$t/no" mien gallery init "$t/door.db" --key-file "$t/key" --store "$store"
sed -n 's/^    \(CREATE SCHEMA .*;\)$/\1/p' docs/people.md >"$t/schema"
sql "$(cat "$t/schema")" || complain "docs/people.md: $(tail -n 1 "$t/psql")"

# ---- the command ------------------------------------------------------------------
g init --store "$store" >"$t/recovery" 2>"$t/err" || complain "init: $(cat "$t/err")"
equal 'the file that tells where' "$(head -n 2 "$t/door.db")" "mien gallery store 1
$store"
equal 'who may read it' "$(stat -c %a "$t/door.db" "$t/door.db-keys" | sort -u)" 600
says 'a list of nobody' 'purpose +name' 0 g list
says 'a gallery that is there' 'is there already' 3 g init --store "$store"
if [ -e "${MIEN_MODELS:-}/face_recognition.onnx" ]; then
    says 'an attack' 'data are on a server: looked at as it sends them' 0 g attack
    g attack --json | jq -e '.in_the_open | .on_server and .bytes > 0 and .found == 0' >"$t/said" || complain 'attack as JSON'
fi
g backup "$t/copy.db" 2>"$t/said" || complain "backup: $(cat "$t/said")"
equal 'a backup' "$(head -c 15 "$t/copy.db")" 'SQLite format 3'
says 'a restore' 'people' 0 g restore "$t/copy.db"
equal 'still on the server' "$(head -n 1 "$t/door.db")" 'mien gallery store 1'
head -c 40 /dev/urandom >"$t/key2"
mien gallery init "$t/file.db" --key-file "$t/key2" >"$t/said" 2>&1
mien gallery backup "$t/file.db" "$t/file.copy" --key-file "$t/key2"
says 'a restore to nowhere' 'No such file' 3 mien gallery restore "$t/file.db" "$t/file.copy" --key-file "$t/key2" \
    --store "postgres://s3cret:s3cret@/x?host=$t/nowhere"
equal 'it stays a file' "$(head -c 15 "$t/file.db")" 'SQLite format 3'
says 'to a server' '0 people are there again' 0 mien gallery restore "$t/file.db" "$t/file.copy" --key-file "$t/key2" --store "$store"
equal 'on the server now' "$(head -n 1 "$t/file.db")" 'mien gallery store 1'
says 'on the server now' 'purpose' 0 mien gallery list "$t/file.db" --key-file "$t/key2"
equal 'collections' "$(sql 'SELECT count(*) FROM mien_gallery.gallery')" 2
mien gallery rekey "$t/door.db" --key-file "$t/key" --new-key-file "$t/key" || complain 'not rekeyed'
sed -n 's/^ *\(GRANT .*;\|UPDATE .*;\)$/\1/p' docs/people.md >"$t/grants"
sql "$(cat "$t/grants")" || complain "docs/people.md: $(tail -n 1 "$t/psql")"
g audit --print-log-key >"$t/log.key" 2>"$t/err" || complain "audit: $(cat "$t/err")"
sed "s,keeper@,auditor@," "$t/door.db" >"$t/audit.db"
says 'an auditor' 'audited|restored|created' 0 mien gallery audit "$t/audit.db" --log-key-file "$t/log.key" --show
cp "$t/door.db-keys" "$t/audit.db-keys"
says 'an auditor with the keys' 'permission denied' 3 mien gallery list "$t/audit.db" --key-file "$t/key"
says 'a deletion' 'deleted: a gallery of 0 people' 0 g delete --recovery-file "$t/recovery"
equal 'files of what was deleted' "$(ls "$t" | grep -c '^door')" 0
equal 'collections after it' "$(sql 'SELECT count(*) FROM mien_gallery.gallery')" 1
equal 'rows of nobody' "$(sql 'SELECT count(*) FROM mien_gallery.log WHERE collection NOT IN (SELECT collection FROM mien_gallery.gallery)')" 0

# One that was broken off behind the rows, or before them.
for rows in gone there; do
    g init --store "$store" >"$t/recovery" 2>"$t/err" || complain "init once more: $(cat "$t/err")"
    cp "$t/door.db" "$t/pointer"
    sql "CREATE TABLE $rows AS SELECT * FROM mien_gallery.gallery WHERE collection = '$(tail -n 1 "$t/door.db")'"
    mkdir "$t/door.db.restored"
    says "a deletion that cannot end, rows $rows" 'door.db.restored cannot be deleted' 3 g delete --recovery-file "$t/recovery"
    equal "collections, rows $rows" "$(sql 'SELECT count(*) FROM mien_gallery.gallery')" 1
    cp "$t/pointer" "$t/door.db"
    [ $rows = gone ] || sql "INSERT INTO mien_gallery.gallery SELECT * FROM $rows"
    rmdir "$t/door.db.restored"
    cp "$t/file.db" "$t/door.db"
    says "another's rows, rows $rows" 'opening the gallery again deletes the rest: .*door.db: is of another gallery' 3 g list
    cp "$t/pointer" "$t/door.db"
    says "its end, rows $rows" 'was deleted; what was left' 3 g list
    says "the other, rows $rows" 'purpose' 0 mien gallery list "$t/file.db" --key-file "$t/key2"
    equal "files, rows $rows" "$(ls "$t" | grep -c '^door')" 0
    equal "collections, rows $rows" "$(sql 'SELECT count(*) FROM mien_gallery.gallery')" 1
done

# ---- the tests of files -----------------------------------------------------------
export MIEN_TEST_STORE=$store
run() {
    "$MIEN_BUILD/tests/test_gallery$1" >"$t/out$1" 2>&1
    echo $? >"$t/status$1"
}
run '' &
for test in $tests; do
    [ "$(jobs -r | wc -l)" -lt 2 ] || wait -n
    run "_$test" &
done
wait
for test in '' $(printf '_%s ' $tests); do
    [ "$(cat "$t/status$test")" = 0 ] || complain "test_gallery$test: $(tail -n 5 "$t/out$test" | head -c 600)"
    tail -n 1 "$t/out$test" >>"$t/sum"
done
[ $bad -eq 0 ] && echo "$(awk '{ n += $1 } END { print n }' "$t/sum") checks of galleries on a server"
[ $bad -eq 0 ]
