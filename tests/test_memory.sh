#!/bin/bash
# test_memory.sh [CASE]: every command with one of its first 300 allocations
# failing, or all from one on: it ends, by itself, within time, with status 3 and
# a sentence on standard error, or, where nothing depends on that allocation, as
# if none had failed.  CASE: only cases with this in them.
#
# Each tenth of the 300 is tried, from another start for every case, in turn alone
# and with all after it; TORTURE=1 tries every one both ways (make torture).
set -u
t=$(mktemp -d)
trap 'cluster_end; rm -rf "$t"' EXIT
. tests/each_command.sh
step=${TORTURE:-10} none=999999999
preload=$MIEN_BUILD/tests/fail_malloc.so

if nm "$MIEN_BUILD/libmien.a" 2>&1 | grep -q -m 1 -e __asan_init -e __tsan_init; then
    echo 'SKIP sanitizers have allocations of their own'
    exit 77
fi

# A case's words, with allocation $1 and, if $2 is set, all after it failing.
# Standard error is a file that cannot fail; how many there were is in $t/count.
attempt() {
    rm -rf "$t/out" && mkdir "$t/out" && renew
    (cd "$t" && exec timeout -s KILL 20 env LD_PRELOAD="$preload" FAIL_MALLOC=$1 \
        FAIL_MALLOC_COUNT="$t/count" \
        ${2:+FAIL_MALLOC_ALL=1} mien $words) >"$t/stdout" 2>"$t/stderr" </dev/null
}

# Standard output without what the clock says.
steady() {
    sed -e 's/"ms":[^}]*}//' -e 's/ [0-9.]* s$//' -e '/seconds to look/d' \
        -e 's/"seconds":[0-9.]*//' -e 's/"at": [0-9]*/then/' -e 's/^[0-9a-f]\{64\}$/a key/' \
        -e 's/^[A-Z2-7-]\{69\}$/a key/' -e 's/ 20[0-9-]* [0-9:]* UTC/ then/' -e 's/check [0-9a-f]*$//' \
        -e 's/evidence [0-9]*/evidence/' "$t/stdout"
}

complain() {
    bad=$((bad + 1))
    [ $bad -gt 40 ] || printf 'FAIL mien %s: allocation %s: %s\n' "$words" "$1" "$2"
}

check() {
    attempt "$@"
    local got=$? what="$1${2:+ and after}"
    tried=$((tried + 1))
    if [ $got -eq 134 ] && [ "$2" ] && grep -q '^Unexpected error' "$t/stderr"; then
        jansson=$((jansson + 1)) # an assertion in it, in the middle of a number
    elif [ $got -eq 127 ] && grep -qx 'out of memory' "$t/stderr"; then
        linker=$((linker + 1)) # no room for a library's C++ symbols: glibc's do_lookup_unique
    elif [ $got -eq 3 ]; then
        grep -q -E '^mien: .*(memory|refused|cannot)' "$t/stderr" ||
            complain "$what" "status 3, and: $(head -n 1 "$t/stderr")"
    elif [ $got -ne "$usual" ]; then
        complain "$what" "status $got: $(head -n 1 "$t/stderr")"
    elif ! steady | cmp -s - "$t/wanted"; then
        complain "$what" 'other output'
    fi
}

make_inputs
bad=0 tried=0 jansson=0 linker=0 from=1 skipped=
for command in $(unlisted); do
    echo "FAIL mien $command: not in tests/each_command.sh"
    bad=$((bad + 1))
done
while IFS='|' read -r name needs words; do
    words="$name $words"
    case $words in *"${1:-}"*) ;; *) continue ;; esac
    for need in $needs; do
        has "$need" || { skipped="$skipped $name"; continue 2; }
    done
    attempt $none
    usual=$?
    steady >"$t/wanted"
    last=$(cat "$t/count")
    [ "$last" -gt 0 ] || complain none 'no allocation was counted'
    [ "$last" -le 300 ] || last=300
    if [ $usual -ne 0 ]; then
        complain none "status $usual: $(head -n 1 "$t/stderr")"
        continue
    fi
    for ((n = from; n <= last; n += step)); do
        [ $step -gt 1 ] && [ "$needs" != alone ] && [ $((n / step % 2)) -eq 1 ] || check $n ''
        case $needs in *alone*) continue ;; esac
        [ $step -gt 1 ] && [ $((n / step % 2)) -eq 0 ] || check $n all
    done
    from=$(((from - 1 + 3) % step + 1))
done <<<"$(list_cases)"
[ -z "$skipped" ] || echo "SKIP not there, what is needed by$skipped"
[ $linker -eq 0 ] || echo "$linker times the dynamic linker ended the process"
[ $jansson -eq 0 ] || echo "$jansson times the JSON library ended the process"
echo "$tried times an allocation failed, $bad complaints"
[ $bad -eq 0 ] && [ $tried -gt 0 ]
