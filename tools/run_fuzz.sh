#!/bin/sh
# run_fuzz.sh BUILD NAME SECONDS: one fuzz target on its corpus of seeds; new
# inputs stay in the build folder.
b=$1 name=$2 seconds=$3
mkdir -p "$b/corpus/$name" "fuzz/corpus/${name#fuzz_}" 2>/dev/null
export LSAN_OPTIONS=suppressions=tools/lsan.supp:print_suppressions=0
"$b/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$b/$name-" -print_final_stats=1 \
    "$b/corpus/$name" "fuzz/corpus/${name#fuzz_}" >"$b/$name.log" 2>&1 </dev/null
status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$b/$name.log")
if [ $status -ne 0 ]; then
    echo "FAIL  $name ($b/$name.log)"
    grep -aE 'ERROR|SUMMARY|Test unit written|runtime error' "$b/$name.log" | head -n 8
    exit 1
fi
echo "ok    $name: $runs inputs in $seconds s"
