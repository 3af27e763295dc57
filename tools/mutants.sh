#!/bin/sh
# mutants.sh LIST [PATTERN]: plant each fault of the list (whose line matches) in
# a copy of the tree and run the test that must see it.  Fails if a fault
# survives, or changes nothing.
# mutants.sh --check LIST: only see that each fault changes its file.
# A line of the list: FILE | SED EXPRESSION | TEST | what is wrong with it
set -u
check=
[ "$1" = --check ] && check=1 && shift
list=$1 pattern=${2:-}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tab=$(printf '\t')
awk -F' [|] ' -v OFS='\t' -v p="$pattern" '!/^#/ && $0 ~ p { $1 = $1; print }' \
    "$list" >"$copy/faults"
if [ "$check" ]; then
    bad=0
    while IFS=$tab read -r file fault name why; do
        what=
        if [ -z "$why" ] || [ "${why#*"$tab"}" != "$why" ]; then
            what='not of four parts'
        elif [ ! -f "$file" ] || [ ! -f "tests/$name.c" ]; then
            what="no $file, or no tests/$name.c"
        elif sed "$fault" "$file" | cmp -s - "$file"; then
            what='changes nothing'
        fi
        [ -z "$what" ] || { bad=1; echo "$list: $file: $fault: $what"; }
    done <"$copy/faults"
    exit $bad
fi
cp -r Makefile include src cli tests bench tools "$copy"
[ -d models ] && cp -r models "$copy"
mkdir "$copy/docs" && cp docs/sample.jpg "$copy/docs"
shared=$(cd "$MIEN_SHARED" 2>/dev/null && pwd)
MIEN_SHARED=${shared:-$MIEN_SHARED}
export MIEN_SHARED
jobs=$(nproc 2>/dev/null || echo 2)
tests=$(cut -f 3 "$copy/faults" | sort -u)
build() { # TEST...: 0 if all could be built
    make -s -C "$copy" -j"$jobs" B=build WERROR= OPT=-O1 \
        $(printf 'build/tests/%s ' "$@") >"$copy/log" 2>&1
}
run() { # TEST: its status
    (exec 2>"$copy/shell"; cd "$copy" && timeout 300 "build/tests/$1" >log 2>&1 </dev/null)
}

build $tests || {
    tail -n 5 "$copy/log"
    echo 'mutants: the tree does not build without any fault'
    exit 1
}
usable=
for t in $tests; do
    run "$t"
    case $? in
        0) usable="$usable $t " ;;
        77) echo "skip  $t: $(sed -n 's/^SKIP //p' "$copy/log")" ;;
        *) echo "mutants: $t fails without any fault" && exit 1 ;;
    esac
done

caught=0 survived=0 skipped=0
while IFS=$tab read -r file fault name why; do
    case $usable in *" $name "*) ;; *) skipped=$((skipped + 1)); continue ;; esac
    sed -i "$fault" "$copy/$file"
    if cmp -s "$file" "$copy/$file"; then
        echo "STALE $file: $fault changes nothing"
        survived=$((survived + 1))
        continue
    fi
    if ! build "$name"; then
        echo "STALE $file: $fault does not compile"
        survived=$((survived + 1))
    elif run "$name"; then
        echo "ALIVE $file: $why: $name passed"
        survived=$((survived + 1))
    else
        echo "ok    $file: $why"
        caught=$((caught + 1))
    fi
    cp "$file" "$copy/$file"
    touch "$copy/$file"
done <"$copy/faults"
echo "$caught faults caught, $survived survived, $skipped skipped"
[ $survived -eq 0 ]
