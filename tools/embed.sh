#!/bin/sh
# embed.sh FOLDER NAME FILE: print C source that holds the file's bytes as
# mi_embedded_NAME, aligned so that weights inside can be used where they lie;
# FOLDER/embedded.h declares them.
set -eu
folder=$1
name=$2
file=$3
n=$(wc -c <"$file")
echo "/* $(basename "$file"), made by tools/embed.sh */"
echo "#include \"$folder/embedded.h\""
echo
echo "const size_t mi_embedded_${name}_n = $((n));"
echo "_Alignas(64) const uint8_t mi_embedded_${name}[] = {"
od -An -v -t u1 "$file" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
echo '};'
