#!/bin/sh
# install.sh install|uninstall BUILD VERSION DESTDIR PREFIX
# What was installed is written down in share/mien/installed; uninstall removes
# that and nothing else, whatever became of the build.
set -eu
action=$1 b=$2 version=$3 destdir=$4 prefix=$5
root=$destdir$prefix
so=libmien.so.${version%%.*}
record=$root/share/mien/installed

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
    for f in "$b"/man/*.[13]; do
        echo "644|$f|share/man/man${f##*.}/${f##*/}"
    done
    for f in "$b"/share/mien/models/*; do
        [ -f "$f" ] && echo "644|$f|share/mien/models/${f##*/}"
    done
    for f in models/nets/*.json; do
        echo "644|$f|share/mien/models/nets/${f##*/}"
    done
    # The app for browsers, if make web has made it.
    [ ! -d "$b/web/dist" ] || (cd "$b/web/dist" && find . -type f) |
        while read -r f; do
            echo "644|$b/web/dist/${f#./}|share/mien/app/${f#./}"
        done
    # The pages keep their places, so that their links hold.
    for f in LICENSE ./*.md docs/* wasm/*.md web/package/*.md examples/* models/*.LICENSE; do
        echo "644|$f|share/doc/mien/${f#./}"
    done
}

# Remove what a list names, and the folders that are empty then.
remove() {
    while read -r f; do
        rm -f "$root/$f"
        d=${f%/*}
        while [ "$d" != "${d%mien*}" ] && [ -d "$root/$d" ]; do
            rmdir "$root/$d" 2>/dev/null || break
            d=${d%/*}
        done
    done
}

if [ "$action" = install ]; then
    sed -e "s|@PREFIX@|$prefix|" -e "s|@VERSION@|$version|" mien.pc.in \
        >"$b/mien.pc"
    list | while IFS='|' read -r mode from to; do
        install -D -m "$mode" "$from" "$root/$to"
    done
    ln -sf "libmien.so.$version" "$root/lib/$so"
    ln -sf "$so" "$root/lib/libmien.so"
    {
        list | sed 's/.*|//'
        printf '%s\n' "lib/$so" lib/libmien.so share/mien/installed
        # Networks stay though this build fetched none.
        [ ! -f "$record" ] || grep '^share/mien/models/' "$record" || true
    } | sort -u >"$b/installed"
    # What an older version had and this one has not.
    [ ! -f "$record" ] || grep -vxF -f "$b/installed" "$record" | remove
    install -m 644 "$b/installed" "$record"
    if [ -z "$destdir" ] && [ "$(id -u)" -eq 0 ]; then
        ldconfig 2>/dev/null || true
    fi
    echo "mien $version is in $root"
else
    [ -f "$record" ] || {
        echo "no mien in $root: $record is not there" >&2
        exit 1
    }
    names=$(cat "$record")
    printf '%s\n' "$names" | remove
    # A packager's tree is ours alone: no empty folders stay in it.
    if [ -n "$destdir" ] && [ -d "$destdir" ]; then
        find "$destdir" -mindepth 1 -depth -type d -empty -delete
    fi
    echo "mien $version is gone from $root"
fi
