/* search.c: the nearest of very many rows, exactly: time a call, beside what
 * memory gives and, with a peer, beside faiss.
 *
 *   search [--rows 1000000] [--numbers 128] [--threads 1] [--k 1]
 *          [--rounds 9] [--peer FILE.so] [--cpu]
 *
 * Rows are normal numbers, queries rows with noise.  Reading is the sum of the
 * same rows by as many threads.  All take turns, and the median counts.  The
 * peer is bench/peers/faiss_flat.cc as a shared library (bench/search.sh). */
#include "bench/bench.h"
#include "kern/kern.h"

#include <dlfcn.h>
#include <math.h>

enum { QUERIES = 256, COUNTS = 3, CHUNK = 4096, K_MOST = 100 };
static const int counts[COUNTS] = {1, 16, QUERIES};

typedef void *peer_new(int d, int64_t n, const float *rows);
typedef void peer_search(void *x, int threads, int64_t n, const float *query,
                         int64_t k, float *distance, int64_t *row);

typedef struct bench {
    int64_t rows;
    int numbers, threads, k, rounds;
    const char *peer_path;
    float *row, *query;
    mien_pool *pool;
    mien_index *index;
    void *peer;
    peer_search *search;
    double sum[MIEN_POOL_MAX];
} bench;

static bench b = {
    .rows = 1000000, .numbers = 128, .threads = 1, .k = 1, .rounds = 9};

static void make(void)
{
    mien_random r;
    mien_error err = {0};
    size_t all = (size_t)b.rows * (size_t)b.numbers;
    mien_random_init(&r, 1);
    b.row = malloc(all * sizeof *b.row);
    b.query = malloc((size_t)(QUERIES * b.numbers) * sizeof *b.query);
    if (!b.row || !b.query)
        exit(1);
    for (size_t i = 0; i < all; i++)
        b.row[i] = (float)(0.11 * mien_random_normal(&r));
    for (int q = 0; q < QUERIES; q++) {
        int64_t of = (int64_t)mien_random_below(&r, (uint64_t)b.rows);
        for (int i = 0; i < b.numbers; i++)
            b.query[q * b.numbers + i] = b.row[of * b.numbers + i] +
                                         (float)(0.04 * mien_random_normal(&r));
    }
    bench_must(mien_pool_new(b.threads, &b.pool, &err), &err);
    bench_must(mien_index_new(b.numbers, &b.index, &err), &err);
    bench_must(mien_index_add(b.index, b.rows, b.row, NULL, &err), &err);
}

static void open_peer(void)
{
    void *lib = b.peer_path ? dlopen(b.peer_path, RTLD_NOW) : NULL;
    peer_new *new = NULL;
    if (b.peer_path && !lib)
        fprintf(stderr, "search: %s\n", dlerror());
    if (!lib)
        return;
    *(void **)&new = dlsym(lib, "faiss_flat_new");
    *(void **)&b.search = dlsym(lib, "faiss_flat_search");
    if (new &&b.search)
        b.peer = new (b.numbers, b.rows, b.row);
}

static void sum_chunk(void *arg, int i, int lane)
{
    int64_t from = (int64_t)i * CHUNK, left = b.rows - from;
    int n = left < CHUNK ? (int)left : CHUNK;
    (void)arg;
    b.sum[lane] += (double)mi_kern_best()->sum_f32(
        n * b.numbers, mien_index_row(b.index, from));
}

static double read_ms(void)
{
    double start = bench_now();
    mien_pool_run(b.pool, (int)((b.rows + CHUNK - 1) / CHUNK), sum_chunk, NULL);
    return bench_now() - start;
}

static double mien_ms(int q, mien_neighbour *out)
{
    mien_index_options o = {NULL, b.pool};
    mien_error err = {0};
    double start = bench_now();
    bench_must(mien_index_search(b.index, q, b.query, b.k, &o, out, &err),
               &err);
    return bench_now() - start;
}

static double peer_ms(int q, float *distance, int64_t *row)
{
    if (!b.peer)
        return 0;
    double start = bench_now();
    b.search(b.peer, b.threads, q, b.query, b.k, distance, row);
    return bench_now() - start;
}

static void compare(int q)
{
    static bench_times all[3];
    static mien_neighbour out[QUERIES * K_MOST];
    static float distance[QUERIES * K_MOST];
    static int64_t row[QUERIES * K_MOST];
    int other = 0;
    for (int t = 0; t < 3; t++)
        all[t].n = 0;
    for (int i = 0; i <= b.rounds; i++) {
        double ms[3] = {read_ms(), mien_ms(q, out), peer_ms(q, distance, row)};
        for (int t = 0; t < 3 && i; t++) /* not the first turn */
            bench_add(&all[t], ms[t]);
    }
    double bytes = (double)b.rows * b.numbers * sizeof(float);
    double read = bench_median(&all[0]), ours = bench_median(&all[1]);
    double theirs = bench_median(&all[2]);
    printf("%4d quer%s  mien %8.1f ms, %6.1f GB/s, %6.1f GFLOP/s; read %5.1f "
           "GB/s (%.0f %%)",
           q, q == 1 ? "y  " : "ies", ours, bytes / ours * 1e-6,
           bytes / 2 * q / ours * 1e-6, bytes / read * 1e-6, 100 * read / ours);
    for (int i = 0; b.peer && i < q * b.k; i++)
        other += row[i] != out[i].row;
    if (b.peer)
        printf("; faiss %8.1f ms (%.2f times), %d other rows", theirs,
               theirs / ours, other);
    printf("\n");
}

int main(int argc, char **argv)
{
    const char *value;
    for (int i = 1; i < argc; i++) {
        if ((value = bench_option(argc, argv, &i, "--rows")))
            b.rows = strtoll(value, NULL, 10);
        else if ((value = bench_option(argc, argv, &i, "--numbers")))
            b.numbers = (int)strtol(value, NULL, 10);
        else if ((value = bench_option(argc, argv, &i, "--threads")))
            b.threads = (int)strtol(value, NULL, 10);
        else if ((value = bench_option(argc, argv, &i, "--k")))
            b.k = (int)strtol(value, NULL, 10);
        else if ((value = bench_option(argc, argv, &i, "--rounds")))
            b.rounds = (int)strtol(value, NULL, 10);
        else if ((value = bench_option(argc, argv, &i, "--peer")))
            b.peer_path = value;
        else if (strcmp(argv[i], "--cpu") == 0)
            bench_clock = CLOCK_PROCESS_CPUTIME_ID;
    }
    if (b.rows < 1 || b.numbers < 1 || b.k < 1 || b.k > K_MOST || b.rounds < 1)
        return fprintf(stderr, "search: see the head of bench/search.c\n"), 2;
    make();
    open_peer();
    printf("%lld x %d floats, %d nearest, %d thread%s, %s\n", (long long)b.rows,
           b.numbers, b.k, b.threads, b.threads == 1 ? "" : "s", mien_isa());
    for (int i = 0; i < COUNTS; i++)
        compare(counts[i]);
    mien_index_free(b.index);
    mien_pool_free(b.pool);
    return 0;
}
