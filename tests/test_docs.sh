#!/bin/sh
# test_docs.sh: what the pages mention is there, the commands they show are
# understood, the C they show is the example that is compiled.
set -u
bad=0
complain() {
    echo "test_docs: $*"
    bad=1
}
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
python3 tools/check_docs.py || bad=1
for page in *.md docs/*.md wasm/*.md; do
    # Status 2 is what a command line that is wrong gets.  No test turns on a
    # camera.
    grep -E '^    mien ' "$page" | grep -v -e --camera >"$t/commands"
    while read -r line; do
        (cd "$t" && PATH="$MIEN_BUILD/bin:$PATH" timeout 20 sh -c "$line") \
            </dev/null >"$t/out" 2>&1
        [ $? -ne 2 ] || complain "$page: $line: $(head -n 1 "$t/out")"
    done <"$t/commands"
done

awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' README.md >"$t/readme.c"
cmp -s "$t/readme.c" examples/analyze.c ||
    complain 'README.md: the C program is not examples/analyze.c'
"$MIEN_BUILD/bin/mien" model info models/*.onnx >"$t/out" 2>&1 ||
    complain "model info: $(head -n 1 "$t/out")"

[ $bad -eq 0 ] && echo 'links, names, commands and the program hold'
exit $bad
