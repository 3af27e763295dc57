#!/bin/sh
# check_headers.sh: every public header compiles alone, as C99 and as C++11;
# every private one as the library is compiled.  Lists (*_list.h) and the
# template variant.h are not headers of their own.
bad=0
alone() { # FILE LANGUAGE-AND-FLAGS...
    file=$1
    shift
    printf '#include "%s"\nint main(void);\nint main(void) { return 0; }\n' "$file" |
        "$@" -Wall -Wextra -Werror -Iinclude -fsyntax-only - || {
        echo "$file does not compile alone: $*"
        bad=1
    }
}
for h in include/mien/*.h; do
    alone "mien/${h##*/}" gcc -x c -std=c99 -Wpedantic
    alone "mien/${h##*/}" g++ -x c++ -std=c++11 -Wpedantic
done
for h in src/*/*.h cli/*.h cli/shell/*.h; do
    case $h in
        *_list.h | */variant.h) continue ;;
    esac
    alone "../$h" gcc -x c -std=gnu11 -D_GNU_SOURCE -Isrc -I. $(pkg-config --cflags cairo hdf5 libpq)
done
exit $bad
