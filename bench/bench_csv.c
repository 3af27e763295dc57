/* bench_csv.c: CSV to columns, in MB/s of one file.
 *
 *   bench_csv FILE [--rounds 5] [--threads N]
 *
 * Prints "threads N  median MB/s  best MB/s" for one thread and for as many as
 * the machine has (or N alone), and for a stream of 4 MiB pieces.  The file is
 * mapped anew each time, as the command does it. */
#include "mien/file.h"
#include "mien/table_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 101 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int fail(const mien_error *err)
{
    fprintf(stderr, "bench_csv: %s\n", err->text);
    exit(1);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Seconds of one reading; its bytes are put in *n. */
static double read_once(const char *path, mien_pool *pool, size_t *n)
{
    mien_error err = {0};
    mien_map map = {0};
    mien_table *t = NULL;
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.pool = pool;
    double start = now();
    if (mien_file_map(path, 0, &map, &err) != MIEN_OK ||
        mien_csv_read(map.data, map.n, &o, &t, &err) != MIEN_OK)
        fail(&err);
    double seconds = now() - start;
    *n = map.n;
    mien_table_free(t);
    mien_file_unmap(&map);
    return seconds;
}

static double stream_once(const char *path, mien_pool *pool, size_t *n)
{
    enum { PIECE = 1 << 22 };
    mien_error err = {0};
    mien_map map = {0};
    mien_csv_stream *s = NULL;
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.pool = pool;
    double start = now();
    size_t at = 0;
    if (mien_file_map(path, 0, &map, &err) != MIEN_OK ||
        mien_csv_stream_new(map.data, map.n, 1, &o, &at, &s, &err) != MIEN_OK)
        fail(&err);
    for (size_t used = 1; at < map.n && used > 0; at += used) {
        size_t piece = map.n - at < PIECE ? map.n - at : PIECE;
        const mien_table *t;
        if (mien_csv_stream_next(s, map.data + at, piece, at + piece == map.n,
                                 &used, &t, &err) != MIEN_OK)
            fail(&err);
    }
    double seconds = now() - start;
    *n = map.n;
    mien_csv_stream_free(s);
    mien_file_unmap(&map);
    return seconds;
}

static void report(const char *what, const char *path, int threads, int rounds,
                   double (*once)(const char *, mien_pool *, size_t *))
{
    mien_error err = {0};
    mien_pool *pool = NULL;
    if (mien_pool_new(threads, &pool, &err) != MIEN_OK)
        fail(&err);
    double seconds[MOST];
    size_t n = 0;
    for (int i = 0; i < rounds; i++)
        seconds[i] = once(path, pool, &n);
    qsort(seconds, (size_t)rounds, sizeof *seconds, by_size);
    printf("%s  threads %d  median %.0f MB/s  best %.0f MB/s\n", what,
           mien_pool_size(pool), (double)n * 1e-6 / seconds[rounds / 2],
           (double)n * 1e-6 / seconds[0]);
    mien_pool_free(pool);
}

int main(int argc, char **argv)
{
    long rounds = 5, threads = -1;
    for (int i = 2; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--rounds") == 0)
            rounds = strtol(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--threads") == 0)
            threads = strtol(argv[i + 1], NULL, 10);
    }
    if (argc < 2 || rounds < 1 || rounds > MOST || threads > MIEN_POOL_MAX) {
        fprintf(stderr, "usage: bench_csv FILE [--rounds N] [--threads N]\n");
        return 2;
    }
    if (threads >= 0) {
        report("read", argv[1], (int)threads, (int)rounds, read_once);
        return 0;
    }
    report("read", argv[1], 1, (int)rounds, read_once);
    report("read", argv[1], 0, (int)rounds, read_once);
    report("stream", argv[1], 1, (int)rounds, stream_once);
    report("stream", argv[1], 0, (int)rounds, stream_once);
    return 0;
}
