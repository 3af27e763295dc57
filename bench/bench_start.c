/* bench_start.c: time and memory of a whole process.
 *
 *   bench_start [--runs 9] [--json] -- COMMAND ARGUMENT...
 *
 * Starts the command again and again with its output thrown away; prints the
 * best and median time from start to end and the largest resident memory. */
#include "bench/bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

typedef struct {
    double ms;
    long peak_kb;
    int status;
} outcome;

/* posix_spawn shares this small process' memory until exec, so that its size
 * does not count. */
static outcome run_once(char **command)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    pid_t pid;
    double start = bench_now();
    int failed =
        posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        fprintf(stderr, "%s: %s\n", command[0], strerror(failed));
        exit(1);
    }
    struct rusage used;
    outcome o = {0};
    if (wait4(pid, &o.status, 0, &used) < 0) {
        perror("wait4");
        exit(1);
    }
    o.ms = bench_now() - start;
    o.peak_kb = used.ru_maxrss;
    return o;
}

int main(int argc, char **argv)
{
    long runs = 9;
    int json = 0, i = 1;
    const char *v;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if ((v = bench_option(argc, argv, &i, "--runs")))
            runs = strtol(v, NULL, 10);
        else if (strcmp(argv[i], "--json") == 0)
            json = 1;
    }
    char **command = argv + i + 1;
    if (i + 1 >= argc || runs < 1) {
        fprintf(stderr, "usage: bench_start [--runs N] -- COMMAND...\n");
        return 2;
    }
    static bench_times t;
    long peak = 0;
    for (long k = 0; k < runs; k++) {
        outcome o = run_once(command);
        if (!WIFEXITED(o.status) || WEXITSTATUS(o.status) != 0) {
            fprintf(stderr, "%s: ended with status %d\n", command[0], o.status);
            return 1;
        }
        bench_add(&t, o.ms);
        peak = o.peak_kb > peak ? o.peak_kb : peak;
    }
    double best = bench_best(&t), median = bench_median(&t);
    printf(json ? "{\"best\":%.3f,\"median\":%.3f,\"peak_mb\":%.2f}\n"
                : "best %.1f ms, median %.1f ms, peak memory %.1f MB\n",
           best, median, (double)peak / 1024);
    return 0;
}
