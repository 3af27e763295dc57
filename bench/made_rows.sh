#!/bin/sh
# made_rows.sh [DATA]: is a table that SMOTE resampled as a whole told from one
# that nobody did?  For each table of DATA (default ../shared/data): in how many
# of the splits mien warns of made rows, as the table is (20 splits) and after
# SMOTE of all of it, with all digits and rounded (3 splits each).  What it prints
# is in docs/tables.md.
data=${1:-${MIEN_SHARED:-../shared}/data}
mien=${MIEN:-build/bin/mien}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# warned TABLE LABEL SPLITS: those with a warning, and the last one's counts.
warned() {
    n=0 last='-'
    for seed in $(seq "$3"); do
        said=$("$mien" train logistic "$1" -l "$2" --seed $seed -o "$work/run" \
            2>/dev/null | grep 'rows made by SMOTE')
        [ -z "$said" ] && continue
        n=$((n + 1))
        last=$(echo "$said" | sed 's/.*warning: \([0-9]* of [0-9]*\) .*/\1/')
    done
    echo "$n of $3 ($last)"
}

# rounded TABLE PLACES LABEL: all columns but the label, to so many decimals.
rounded() {
    awk -F, -v places="$2" -v label="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) keep[i] = $i == label; print; next }
        { for (i = 1; i <= NF; i++)
              printf "%s%s", keep[i] ? $i : sprintf("%.*f", places, $i),
                     i < NF ? "," : "\n" }' "$1"
}

# judge NAME TABLE LABEL: a row of the answer.
judge() {
    "$mien" table resample "$2" -l "$3" --smote 1 -o "$work/whole.csv" >/dev/null
    "$mien" table resample "$2" -l "$3" --smote 0.2 -o "$work/some.csv" \
        >/dev/null
    rounded "$work/whole.csv" 6 "$3" >"$work/six.csv"
    rounded "$work/whole.csv" 2 "$3" >"$work/two.csv"
    printf '%-28s %s | %s | %s | %s | %s\n' "$1" "$(warned "$2" "$3" 20)" \
        "$(warned "$work/whole.csv" "$3" 3)" \
        "$(warned "$work/some.csv" "$3" 3)" \
        "$(warned "$work/six.csv" "$3" 3)" "$(warned "$work/two.csv" "$3" 3)"
}

echo "table: as it is | SMOTE to 1:1 | to 1:5 | 1:1, six decimals | two decimals"
judge creditcard "$data/creditcard/creditcard_subset.csv" Class
cut -d, -f2- "$data/processminer/paper-breaks.csv" >"$work/breaks.csv"
judge processminer "$work/breaks.csv" y
for name in first_5330_rows random_all_steps union; do
    cut -d, -f1,3,5,6,8-10 "$data/paysim/paysim_$name.csv" >"$work/paysim.csv"
    judge "paysim_$name" "$work/paysim.csv" isFraud
done
