#!/bin/sh
# install.sh install|uninstall BUILD VERSION DESTDIR PREFIX
# One list says what goes where; uninstall reads the same list.
set -eu
action=$1 b=$2 version=$3 destdir=$4 prefix=$5
root=$destdir$prefix
so=libmien.so.${version%%.*}

# mode | file of the build or the tree | place under the prefix
list() {
    echo "755|$b/bin/mien|bin/mien"
    echo "644|$b/libmien.a|lib/libmien.a"
    echo "755|$b/$so|lib/libmien.so.$version"
    echo "644|$b/mien.pc|lib/pkgconfig/mien.pc"
    echo "644|$b/completions/mien|share/bash-completion/completions/mien"
    echo "644|$b/completions/_mien|share/zsh/site-functions/_mien"
    echo "644|$b/completions/mien.fish|share/fish/vendor_completions.d/mien.fish"
    for f in include/mien/*.h; do
        echo "644|$f|include/mien/${f##*/}"
    done
    for f in "$b"/man/*.1; do
        echo "644|$f|share/man/man1/${f##*/}"
    done
    for f in "$b"/share/mien/models/*; do
        [ -f "$f" ] && echo "644|$f|share/mien/models/${f##*/}"
    done
    echo "644|LICENSE|share/doc/mien/LICENSE"
    echo "644|README.md|share/doc/mien/README.md"
}

if [ "$action" = install ]; then
    sed -e "s|@PREFIX@|$prefix|" -e "s|@VERSION@|$version|" mien.pc.in \
        >"$b/mien.pc"
    list | while IFS='|' read -r mode from to; do
        install -D -m "$mode" "$from" "$root/$to"
    done
    ln -sf "libmien.so.$version" "$root/lib/$so"
    ln -sf "$so" "$root/lib/libmien.so"
    if [ -z "$destdir" ] && [ "$(id -u)" -eq 0 ]; then
        ldconfig 2>/dev/null || true
    fi
    echo "mien $version is in $root"
else
    list | while IFS='|' read -r _ _ to; do
        rm -f "$root/$to"
    done
    rm -f "$root/lib/$so" "$root/lib/libmien.so" "$root/share/mien/models"/*.onnx
    for d in include/mien share/mien/models share/mien share/doc/mien; do
        [ ! -d "$root/$d" ] || rmdir --ignore-fail-on-non-empty "$root/$d"
    done
    # A packager's tree is ours alone: no empty folders stay in it.
    if [ -n "$destdir" ] && [ -d "$destdir" ]; then
        find "$destdir" -mindepth 1 -depth -type d -empty -delete
    fi
    echo "mien $version is gone from $root"
fi
