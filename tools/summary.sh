#!/bin/sh
# summary.sh STATUS STEM...: count what run_test.sh left; fail if a test failed
# or could not be built.  STATUS is that of the make that built and ran them.
passed=0 failed=0 skipped=0 bad='' why='' parts=''
if [ "$1" -ne 0 ]; then
    failed=1 bad=' build'
fi
shift
for stem; do
    name=${stem##*/}
    case $stem in
        */wasm/tests/*) name="$name(wasm)" ;;
        */isa/*/*) name="$name($(basename "${stem%/*}"))" ;;
    esac
    result=$(cat "$stem.result" 2>/dev/null)
    case $result in
        pass*)
            passed=$((passed + 1))
            part=${result#pass}
            part=${part# }
            [ -z "$part" ] || parts="$parts  $name: $part
" ;;
        skip*)
            skipped=$((skipped + 1))
            why="$why  $name: ${result#skip }
" ;;
        *)
            failed=$((failed + 1))
            bad="$bad $name" ;;
    esac
done
if [ $skipped -gt 0 ]; then
    printf 'skipped:\n%s' "$why"
fi
if [ -n "$parts" ]; then
    printf 'skipped in part:\n%s' "$parts"
fi
if [ $failed -gt 0 ]; then
    echo "failed:$bad"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
