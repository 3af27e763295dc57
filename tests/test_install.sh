#!/bin/sh
# test_install.sh: what make install gives a program outside the tree, and that
# make uninstall takes all of it away, and nothing else.
set -eu
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
unset MAKEFLAGS MFLAGS
quiet_make() {
    make -s "$@" >"$t/log" 2>&1 || {
        tail -n 20 "$t/log"
        exit 1
    }
}
fail() {
    echo "test_install: $*"
    exit 1
}

# Under a prefix of its own: every example builds with what pkg-config says,
# shared and static.
quiet_make install "B=$MIEN_BUILD" "PREFIX=$t/own"
export PKG_CONFIG_PATH="$t/own/lib/pkgconfig" LD_LIBRARY_PATH="$t/own/lib"
[ "$(pkg-config --modversion mien)" = "$("$t/own/bin/mien" --version |
    sed -n '1s/^mien \([0-9.]*\).*/\1/p')" ] || fail 'versions differ'
# Besides the examples, one that needs the parts no example needs.
cat >"$t/all.c" <<'END'
#include <mien/mien.h>
#include <stdio.h>

int main(void)
{
    mien_cascade *c = NULL;
    mien_video *v = NULL;
    mien_error err = {0};
    if (mien_cascade_read((const uint8_t *)"<a/>", 4, &c, &err) != MIEN_EFORMAT)
        return 1;
    puts(err.text);
    if (mien_video_open("no such file", NULL, &v, &err) != MIEN_EIO)
        return 2;
    puts(err.text);
    return 0;
}
END
for f in examples/*.c "$t/all.c"; do
    cc -std=c99 -Wall -Wextra -Werror "$f" -o "$t/example" \
        $(pkg-config --cflags --libs mien) || fail "$f does not build"
    cc "$f" -o "$t/example_static" $(pkg-config --cflags mien) \
        -Wl,-Bstatic -L"$t/own/lib" -lmien -Wl,-Bdynamic \
        $(pkg-config --static --libs mien | sed 's/-lmien//') ||
        fail "$f does not build against libmien.a"
    most=60
    [ "$f" = examples/pictures.c ] && most=80
    [ "$(wc -l <"$f")" -lt $most ] || fail "$f is long"
    echo "${f##*/} builds"
done
"$t/example" && "$t/example_static" || fail 'cascades and video do not work'
# The command finds the library of its own prefix.
env -u LD_LIBRARY_PATH ldd "$t/own/bin/mien" | grep -q "libmien.so.0 => $t/own" ||
    fail 'bin/mien does not use the installed libmien.so.0'
ldd "$t/example" | grep -q 'libmien.so.0 => ' || fail 'libmien.so.0 is not used'

# What the examples say is what the command says.  The library finds the models
# beside itself, wherever a program lies.
example() { # NAME ARGUMENT...: what the installed example says, in $t/out
    cc -std=c99 "$t/own/share/doc/mien/examples/$1.c" -o "$t/$1" \
        $(pkg-config --cflags --libs mien)
    name=$1
    shift
    (cd "$t" && env -u MIEN_MODELS HOME=/nonexistent "./$name" "$@") >"$t/out" ||
        fail "examples/$name fails"
}
says() { # NAME REGEX...: each matches a line
    name=$1
    shift
    for line in "$@"; do
        grep -Eq "$line" "$t/out" || fail "examples/$name does not say $line"
    done
}
python3 tools/check_docs.py "$t/own/share/doc/mien" ||
    fail 'the installed pages lead nowhere'
if command -v groff >"$t/log"; then
    groff -man -Tutf8 -ww -z "$t"/own/share/man/man3/*.3 >"$t/log" 2>&1 &&
        [ ! -s "$t/log" ] || fail "man 3: $(head -n 1 "$t/log")"
fi
photo=$MIEN_BUILD/share/mien/sample.jpg
if [ -f "$photo" ]; then
    cp "$photo" "$t/three people.jpg"
    example analyze "three people.jpg"
    says analyze '^417 35[67] 180 244$' '^836 423 196 229$' '^146[89] 214 209 222$'
    example photos "three people.jpg"
    says photos '^file,x,y,width,height,score$' \
        '^three people.jpg,417.[0-9],35[67].[0-9],180.[0-9],244.[0-9],0.93[0-9]$'
    [ "$(wc -l <"$t/out")" -eq 4 ] || fail 'examples/photos: not three faces'
    "$t/photos" "$photo" missing >"$t/out" 2>"$t/err" &&
        fail 'examples/photos finds a missing photo'
    says photos '0.932$' && grep -q '^photos: missing: ' "$t/err" ||
        fail 'examples/photos does not go on after a missing photo'
    example cascade "three people.jpg"
    "$t/own/bin/mien" detect --format csv "$photo" |
        sed '1d; s/.*,face,\([0-9]*\),\([0-9]*\),\([0-9]*\),\([0-9]*\),.*/\1 \2 \3 \4/' |
        cmp -s - "$t/out" && [ -s "$t/out" ] ||
        fail 'examples/cascade finds what mien detect does not'
fi
models=$(pkg-config --variable=modelsdir mien)
if [ -f "$photo" ] && [ -f "$models/face_recognition.onnx" ]; then
    example verify "$photo" "$photo"
    says verify '^same, distance 0.000$'
fi
awk 'BEGIN {
    print "a,b,event"
    for (x = 1; i < 2000; i++) {
        for (j = 0; j < 3; j++)
            r[j] = (x = x * 16807 % 2147483647) / 2147483647
        printf "%.6f,%.6f,%d\n", r[0], r[1], (r[0] + r[1] + r[2] > 2.2)
    }
}' >"$t/table.csv"
example logistic table.csv event "$t/study"
says logistic '^threshold 0.3111$' '^AUC 0.9460 \(0.9215 to 0.9658\)$' \
    '^found 15 of 36, false alarms 14$'
"$t/own/bin/mien" train logistic "$t/table.csv" --label event -o "$t/same" \
    >/dev/null 2>&1
cmp "$t/study/model.onnx" "$t/same/model.onnx" &&
    cmp "$t/study/metrics.json" "$t/same/metrics.json" ||
    fail 'examples/logistic learns what mien train logistic does not'
example net
says net '^(50[0-9]|51[0-2]) of 512 points right$'
example pictures
says pictures ', (9[5-9]|100) of 100 right$'

# As packagers do it: nothing outside DESTDIR, nothing left after uninstall.
quiet_make install "B=$MIEN_BUILD" PREFIX=/usr "DESTDIR=$t/dest"
for f in bin/mien lib/libmien.a lib/libmien.so lib/libmien.so.0 \
    lib/pkgconfig/mien.pc include/mien/mien.h share/man/man1/mien.1 \
    share/man/man3/mien_reader_open.3 share/man/man3/mien_kit.h.3 \
    share/doc/mien/docs/README.md share/doc/mien/examples/net.c \
    share/bash-completion/completions/mien; do
    [ -s "$t/dest/usr/$f" ] || fail "$f is not installed"
done
grep -q "$t" "$t/dest/usr/lib/pkgconfig/mien.pc" && fail 'mien.pc names DESTDIR'
quiet_make uninstall "B=$MIEN_BUILD" PREFIX=/usr "DESTDIR=$t/dest"
left=$(find "$t/dest" -mindepth 1)
[ -z "$left" ] || fail "left behind: $left"

# What an older version had goes with a newer one; what is the user's own stays.
echo include/mien/old.h >>"$t/own/share/mien/installed"
touch "$t/own/include/mien/old.h" "$t/own/include/mien/mine.h"
mkdir -p "$models" && touch "$models/mine.onnx" "$models/theirs.onnx"
echo share/mien/models/theirs.onnx >>"$t/own/share/mien/installed"
quiet_make install "B=$MIEN_BUILD" "PREFIX=$t/own"
[ ! -e "$t/own/include/mien/old.h" ] || fail 'an old header stays'
[ -e "$models/theirs.onnx" ] || fail 'networks go with a new version'
quiet_make uninstall "B=$MIEN_BUILD" "PREFIX=$t/own"
left=$(cd "$t/own" && find . -type f -o -type l | sort | tr '\n' ' ')
[ "$left" = './include/mien/mine.h ./share/mien/models/mine.onnx ' ] ||
    fail "left behind: $left"
make -s uninstall "B=$MIEN_BUILD" "PREFIX=$t/own" >"$t/log" 2>&1 &&
    fail 'what is not there is uninstalled'
echo 'installed, used, gone'
