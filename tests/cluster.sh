# cluster.sh: a private server of PostgreSQL for a test, which reads this in.  Needs
# $t, a folder of the test's own; cluster_end is to be called at its end.  The server
# has no port, only a socket in its folder, and is of another user where the test is
# root's, since PostgreSQL refuses to be.

cluster=$t/cluster
cluster_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
cluster_run() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid="$cluster_user" --regid="$cluster_group" --clear-groups env HOME="$cluster" "$@"
    else
        "$@"
    fi
}
# Starts it; the address of its database in $queue.  1: it did not start.
cluster_begin() {
    cluster_user=$(id -u postgres 2>/dev/null || echo 65534)
    cluster_group=$(id -g postgres 2>/dev/null || echo 65534)
    mkdir "$cluster" && chmod 755 "$t" "$cluster"
    [ "$(id -u)" -ne 0 ] || chown "$cluster_user:$cluster_group" "$cluster"
    cluster_run "$cluster_bin/initdb" -D "$cluster/data" -U mien -A trust -E UTF8 --locale=C --no-sync \
        >"$t/initdb" 2>&1 || return 1
    cluster_control start || return 1
    queue="postgres://mien@/postgres?host=$cluster"
}
# start, restart -m immediate ...
cluster_control() {
    (cd "$cluster" && cluster_run "$cluster_bin/pg_ctl" -D data -w -t 120 -s -l "$cluster/log" \
        -o "-c listen_addresses= -c unix_socket_directories=$cluster -c max_connections=40" "$@") >"$t/control" 2>&1
}
cluster_end() {
    [ -e "$cluster/data/postmaster.pid" ] && cluster_control stop -m immediate
    return 0
}
# What a statement gives, a row a line.
sql() {
    "$cluster_bin/psql" -X -A -t -q -v ON_ERROR_STOP=1 "$queue" -c "$1" 2>>"$t/psql"
}
