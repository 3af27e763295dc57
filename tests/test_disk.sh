#!/bin/bash
# test_disk.sh [CASE]: every command when its standard output is a full device,
# when no file may grow, and when files may have 1 kB: status 4 and a sentence, and
# no half of a file is left.  CASE: only cases with this in them.
set -u
t=$(mktemp -d)
trap 'cluster_end; rm -rf "$t"' EXIT
. tests/each_command.sh
bad=0 tried=0 skipped=

complain() {
    bad=$((bad + 1))
    printf 'FAIL mien %s: %s\n' "$words" "$1"
}

# What a case gave: its status, and a sentence in $t/stderr.
check() {
    tried=$((tried + 1))
    [ "$1" -eq 4 ] || complain "$2: status $1"
    grep -q '^mien: .' "$t/stderr" || complain "$2: no sentence"
}

in_folder() { # LIMIT OUT: of files' size, and where standard output goes
    rm -rf "$t/out" && mkdir "$t/out" && renew
    (cd "$t" && { [ -z "$1" ] || ulimit -f "$1"; } && timeout -s KILL 60 \
        mien $words 2>&1 >"$2" </dev/null) | cat >"$t/stderr"
    return "${PIPESTATUS[0]}"
}

make_inputs
while IFS='|' read -r name needs words; do
    words="$name $words"
    case $words in *"${1:-}"*) ;; *) continue ;; esac
    for need in $needs; do
        has "$need" || { skipped="$skipped $name"; continue 2; }
    done
    in_folder '' "$t/stdout"
    usual=$?
    [ $usual -eq 0 ] || complain "status $usual: $(head -n 1 "$t/stderr")"
    written=$(ls "$t/out") large=$(find "$t/out" -type f -size +2)
    if [ -s "$t/stdout" ] && [ -e /dev/full ]; then
        in_folder '' /dev/full
        check $? 'standard output is full'
    fi
    if [ -n "$written" ]; then
        in_folder 0 /dev/null
        check $? 'no file may grow'
        left=$(find "$t/out" -type f)
        [ -z "$left" ] || complain "left: $left"
    fi
    if [ -n "$large" ]; then
        in_folder 1 /dev/null
        check $? 'files may have 1 kB'
        left=$(ls -A "$t/out" | grep -vxF "$written")
        [ -z "$left" ] || complain "left: $left"
        left=$(find "$t/out" -type f -size 0)
        [ -z "$left" ] || complain "empty: $left"
    fi
done <<<"$(list_cases)"
[ -z "$skipped" ] || echo "SKIP not there, what is needed by$skipped"
echo "$tried times nothing could be written, $bad complaints"
[ $bad -eq 0 ] && [ $tried -gt 0 ]
