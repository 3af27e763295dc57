#!/bin/sh
# lint.sh BUILD: everything that looks at the source; silent but for a line a
# step.  Fails if a step complained.
b=$1
log=$b/lint
mkdir -p "$log"
bad=0 steps=0
jobs=$(nproc 2>/dev/null || echo 2)
flags="-std=gnu11 -D_GNU_SOURCE -Iinclude -Isrc -I. -I$b"
flags="$flags $(pkg-config --cflags zlib libpng cairo libjpeg libwebp libexif jansson libsodium expat sqlite3 libavformat libavcodec libavutil libswscale libavdevice libmicrohttpd libpq libcurl) $(pkg-config --cflags-only-I hdf5 | sed 's/-I/-isystem /g')"
warn='-Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wpointer-arith -Wcast-qual -Wvla -Wconversion -Wno-sign-conversion
    -Wdouble-promotion -Wimplicit-fallthrough -Wundef'
lib=$(ls src/*/*.c | grep -v '^src/kern/k_')
cli=$(ls cli/*.c cli/shell/*.c 2>/dev/null)
rest=$(ls tests/*.c bench/*.c fuzz/*.c examples/*.c 2>/dev/null)
all=$(find include src cli tests bench fuzz wasm examples -name '*.[ch]' \
    -not -path '*/node_modules/*')

step() { # NAME COMMAND...
    name=$1
    shift
    steps=$((steps + 1))
    if "$@" >"$log/$name.log" 2>&1; then
        echo "ok    $name"
    else
        echo "FAIL  $name"
        sed 's/^/      /' "$log/$name.log" | head -n 60
        bad=$((bad + 1))
    fi
}
each() { # FILES COMMAND...: the command on every file, some at a time
    files=$1
    shift
    printf '%s\n' $files | xargs -P"$jobs" -n1 "$@"
}
tidy() {
    printf '%s\n' $1 | xargs -P"$jobs" -I{} sh -c \
        "clang-tidy --quiet {} -- $flags 2>/dev/null"
}

step gcc each "$lib $cli $rest" gcc -fsyntax-only $flags $warn
step clang each "$lib $cli $rest" clang -fsyntax-only $flags $warn
step format clang-format --dry-run -Werror $all
step code python3 tools/check_code.py
step layers python3 tools/check_layers.py
step headers tools/check_headers.sh
step symbols tools/check_symbols.sh "$b"
step docs python3 tools/gendoc.py "$b/docs/api" include/mien/*.h
step mutants tools/mutants.sh --check tests/mutants/list
step cppcheck cppcheck -q -j"$jobs" --error-exitcode=1 --inline-suppr \
    --enable=warning,performance --std=c11 --library=posix \
    --suppress=missingIncludeSystem --suppress=internalAstError \
    --suppress=unknownMacro --suppress=returnDanglingLifetime:src/graph/op_arith.c -Iinclude -Isrc $lib $cli
tools/web.sh packages >/dev/null || bad=$((bad + 1))
tsc=web/app/node_modules/.bin/tsc
step tsc sh -c "$tsc -p web/app && $tsc -p web/app/tsconfig.package.json"
step eslint sh -c 'cd web && app/node_modules/.bin/eslint -c app/eslint.config.js --max-warnings 0 .'
step tidy tidy "$(printf '%s\n' $lib | grep -v '^src/kern/variant_') $cli"

echo "$((steps - bad)) passed, $bad failed"
[ $bad -eq 0 ]
