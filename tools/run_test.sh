#!/bin/sh
# run_test.sh STEM COMMAND...: run one test; its output goes to STEM.log, what
# came of it to STEM.result; STEM.ok is left only by a test that passed.  Always
# succeeds: summary.sh counts.
stem=$1
shift
name=${stem##*/}
case $stem in
    */wasm/tests/*) name="$name (wasm)" ;;
    */arm64/tests/*) name="$name (arm64)" ;;
    */isa/*/*) name="$name ($(basename "${stem%/*}"))" ;;
esac
mkdir -p "${stem%/*}"
rm -f "$stem.ok" "$stem.result"
start=$(date +%s)
"$@" >"$stem.log" 2>&1 </dev/null
status=$?
seconds=$(($(date +%s) - start))
if [ $seconds -ge 10 ]; then
    name="$name, $seconds s"
fi
if [ $status -eq 0 ]; then
    # A test may leave a part out and say so.
    left_out=$(sed -n 's/^SKIP //p; s/.* \([1-9][0-9]* skipped\)$/\1/p' "$stem.log" |
        tail -n 1)
    echo "pass $left_out" >"$stem.result"
    touch "$stem.ok"
    echo "ok    $name${left_out:+ (in part: $left_out)}"
elif [ $status -eq 77 ]; then
    why=$(sed -n 's/^SKIP //p' "$stem.log" | tail -n 1)
    echo "skip $why" >"$stem.result"
    echo "skip  $name: $why"
else
    echo "fail status $status" >"$stem.result"
    {
        echo "FAIL  $name (status $status, $stem.log):"
        tail -n 25 "$stem.log" | sed 's/^/      /'
    } >&2
fi
exit 0
