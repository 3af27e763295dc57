#!/bin/sh
# embed.sh NAME FILE: print C source that holds the file's bytes as
# mi_embedded_NAME, aligned so that weights inside can be used where they lie.
set -eu
name=$1
file=$2
n=$(wc -c <"$file")
echo "/* $(basename "$file"), made by tools/embed.sh */"
echo '#include "model/embedded.h"'
echo
echo "const size_t mi_embedded_${name}_n = $((n));"
echo "_Alignas(64) const uint8_t mi_embedded_${name}[] = {"
od -An -v -t u1 "$file" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
echo '};'
