#!/bin/sh
# get_sources.sh FOLDER: put the sources of Debian's expat and giflib, their
# patches applied, into FOLDER/expat and FOLDER/giflib, for the WebAssembly build:
# there are no packages of it.
#
# apt-get fetches and checks it, with lists of source packages kept in FOLDER:
# the machine's own lists stay as they are, and nobody needs to be root.
set -eu
folder=${1:?usage: get_sources.sh FOLDER}
{ [ ! -e "$folder/expat/expat/lib/xmlparse.c" ] ||
    [ ! -e "$folder/giflib/egif_lib.c" ]; } || exit 0
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
folder=$(cd "$folder" && pwd)
log=$folder/apt/log

fail() {
    tail -n 5 "$log" >&2
    echo "get_sources: $*" >&2
    exit 1
}

# The machine's places of binary packages, asked for sources.
: >"$log"
cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -n 's/^deb /deb-src /p' >"$folder/apt/places.list"
cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed 's/^Types:.*/Types: deb-src/' >"$folder/apt/places.sources"
mkdir -p "$folder/apt/parts"
cp "$folder/apt/places.list" "$folder/apt/places.sources" "$folder/apt/parts/"
apt() { # COMMAND ARGUMENT...
    command=$1
    shift
    "apt-$command" -o Dir::Etc::sourcelist=/dev/null \
        -o Dir::Etc::sourceparts="$folder/apt/parts" \
        -o Dir::State::lists="$folder/apt/lists" \
        -o Dir::Cache="$folder/apt/cache" "$@"
}

apt get update -q >>"$log" 2>&1 || : # what came is tried below
cd "$folder/apt"

# The newest that can be had: a mirror may list what it does not hold yet.
get() { # PACKAGE
    for version in $(apt cache showsrc "$1" 2>>"$log" |
        sed -n 's/^Version: //p' | sort -rVu); do
        rm -rf ./*.dsc ./*.tar.*
        if apt get source -q --download-only "$1=$version" >>"$log" 2>&1; then
            rm -rf "${folder:?}/$1"
            dpkg-source -x ./*.dsc "$folder/$1" >>"$log" 2>&1 ||
                fail "$1 $version does not unpack"
            return 0
        fi
    done
    fail "no source package of $1"
}
[ -e "$folder/expat/expat/lib/xmlparse.c" ] || get expat
[ -e "$folder/giflib/egif_lib.c" ] || get giflib
