#!/bin/sh
# coverage.sh BUILD: the share of lines that the tests ran, for each folder and
# each file of the library that lies under 80 %.
b=$(cd "$1" && pwd)
top=$(pwd)
find "$b/src" -name '*.gcda' | sort | while read -r data; do
    gcov -n -o "${data%/*}" "${data%.gcda}.o" 2>/dev/null
done | awk -v top="$top/" '
    /^File / { file = $2; gsub(/\x27/, "", file); sub(top, "", file) }
    /^Lines executed:/ && file ~ /^src\/.*\.c$/ {
        split($0, part, /[:% ]+/)
        share = part[3]; lines = $NF
        sub(/.* of /, "", lines)
        if (lines > n[file]) n[file] = lines
        if (share * lines / 100 > hit[file]) hit[file] = share * lines / 100
        file = ""
    }
    END {
        for (f in n) {
            split(f, p, "/")
            all[p[2]] += n[f]; ran[p[2]] += hit[f]
            total += n[f]; sum += hit[f]
            if (hit[f] < 0.8 * n[f])
                printf "  %-32s %5.1f %% of %d\n", f, 100 * hit[f] / n[f], n[f]
        }
        for (d in all)
            printf "%-10s %5.1f %% of %d lines\n", d, 100 * ran[d] / all[d], all[d]
        if (total)
            printf "all        %5.1f %% of %d lines\n", 100 * sum / total, total
    }' | sort
