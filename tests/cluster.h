/* cluster.h: a private server of PostgreSQL for a test in C, by cluster.sh. */
#ifndef CLUSTER_H
#define CLUSTER_H

#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A shell that starts a server, prints its address, and ends it when what it
 * reads ends: with the process that started it, however that ends. */
static const char cluster_script[] =
    "t=$(mktemp -d); . tests/cluster.sh; trap '' INT; "
    "[ -n \"$cluster_bin\" ] && cluster_begin && echo \"$queue\" || echo none; "
    "exec >&2; read -r _; cluster_end; rm -rf \"$t\"";

/* Start it; its process, or 0 if there is none.
 *
 *   address  [room] of its database
 *   hold     closed to end it */
static inline pid_t cluster_begin(char *address, size_t room, int *hold)
{
    int in[2], out[2];
    size_t n = 0;
    ssize_t got = 1;
    if (pipe(in) != 0 || pipe(out) != 0)
        return 0;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execlp("bash", "bash", "-c", cluster_script, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    while (got > 0 && n + 1 < room && !memchr(address, '\n', n)) {
        got = read(out[0], address + n, room - 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    close(out[0]);
    address[strcspn(address, "\n")] = 0;
    *hold = in[1];
    return strncmp(address, "postgres:", 9) == 0 ? pid : 0;
}

/* End it, and wait until it is gone. */
static inline void cluster_end(pid_t server, int hold)
{
    close(hold);
    waitpid(server, NULL, 0);
}

#endif
