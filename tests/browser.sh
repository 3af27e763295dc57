# browser.sh: what tests in Chromium share; they read it in.

# Leave without a test: a machine of one's own may lack something, the project's may not.
skip() { # WHY
    echo "SKIP $1"
    [ -z "${CI:-}" ] && exit 77
    exit 1
}

# Run FOLDER/NAME.test.mjs, or all of them, and leave.
run_files() { # FOLDER [NAME]
    log=$(mktemp)
    trap 'rm -f "$log" "$log.bad"' EXIT
    passed=0 bad=0
    for file in "$1"/${2:-*}.test.mjs; do
        node --test "$file" >"$log" 2>&1 || {
            bad=1
            { echo "$file:"
              grep -E '^ *not ok' -A 12 "$log" || tail -n 40 "$log"; } >>"$log.bad"
        }
        sed -n 's/^# \(SIZE\|SPEED\) /\1 /p' "$log"
        n=$(sed -n 's/^# pass //p' "$log")
        passed=$((passed + ${n:-0}))
    done
    echo "tests passed: $passed"
    [ $bad -eq 0 ] || cat "$log.bad" # last, where a summary looks
    exit $bad
}

command -v node >/dev/null || { echo 'SKIP no node'; exit 77; }
command -v chromium >/dev/null || [ -n "${CHROMIUM:-}" ] || skip 'no Chromium'
