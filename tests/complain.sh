# complain.sh: what a test says of what is wrong, for one that reads this in; it ends with
# [ $bad -eq 0 ].
bad=0
complain() {
    bad=$((bad + 1))
    echo "FAIL $1"
}
# equal WHAT FOUND WANTED
equal() { [ "$2" = "$3" ] || complain "$1: '$2', wanted '$3'"; }
