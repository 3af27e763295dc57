#!/bin/sh
# test_install.sh: what make install gives a program outside the tree, and that
# make uninstall takes all of it away.
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
# shared and static, and one of them runs.
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
    echo "${f##*/} builds"
done
"$t/example" && "$t/example_static" || fail 'cascades and video do not work'
# The command finds the library of its own prefix.
env -u LD_LIBRARY_PATH ldd "$t/own/bin/mien" | grep -q "libmien.so.0 => $t/own" ||
    fail 'bin/mien does not use the installed libmien.so.0'
ldd "$t/example" | grep -q 'libmien.so.0 => ' || fail 'libmien.so.0 is not used'
photo=$MIEN_BUILD/share/mien/sample.jpg
if [ -f "$photo" ]; then
    cc examples/analyze.c -o "$t/analyze" $(pkg-config --cflags --libs mien)
    "$t/analyze" "$photo" >"$t/out" || fail 'examples/analyze fails'
    [ -s "$t/out" ] || fail 'examples/analyze says nothing'
    cat "$t/out"
fi
models=$(pkg-config --variable=modelsdir mien)
if [ -f "$photo" ] && [ -f "$models/face_recognition.onnx" ]; then
    # The library finds the models beside itself, wherever the program lies.
    cc -std=c99 examples/verify.c -o "$t/verify" $(pkg-config --cflags --libs mien)
    env -u MIEN_MODELS HOME=/nonexistent "$t/verify" "$photo" "$photo" >"$t/out" ||
        fail 'examples/verify fails'
    grep -q '^same, distance 0.000$' "$t/out" || fail 'a photo is not itself'
fi

# As packagers do it: nothing outside DESTDIR, nothing left after uninstall.
quiet_make install "B=$MIEN_BUILD" PREFIX=/usr "DESTDIR=$t/dest"
for f in bin/mien lib/libmien.a lib/libmien.so lib/libmien.so.0 \
    lib/pkgconfig/mien.pc include/mien/mien.h share/man/man1/mien.1 \
    share/bash-completion/completions/mien; do
    [ -s "$t/dest/usr/$f" ] || fail "$f is not installed"
done
grep -q "$t" "$t/dest/usr/lib/pkgconfig/mien.pc" && fail 'mien.pc names DESTDIR'
quiet_make uninstall "B=$MIEN_BUILD" PREFIX=/usr "DESTDIR=$t/dest"
left=$(find "$t/dest" -mindepth 1)
[ -z "$left" ] || fail "left behind: $left"
quiet_make uninstall "B=$MIEN_BUILD" "PREFIX=$t/own"
left=$(find "$t/own" -type f -o -type l)
[ -z "$left" ] || fail "left behind: $left"
echo 'installed, used, gone'
