/* bench_boost: seconds of one boosting round over all basic Haar features.
 *
 *   bench_boost [samples] [threads] [cache in MB]
 *
 * 24 x 24 windows of noise, half of them with a bright cross; by default 5000,
 * a thread for each processor, 2048 MB. */
#include "base/alloc.h"
#include "vision/boost.h"

#include "bench/bench.h"

static void make_windows(mi_samples *s, int n)
{
    static uint8_t chip[24 * 24];
    static uint32_t scratch[3 * 25 * 25];
    uint32_t state = 1;
    for (int i = 0; i < n; i++) {
        for (int p = 0; p < 24 * 24; p++) {
            state = state * 1664525u + 1013904223u;
            int cross = i < n / 2 && (p % 24 / 6 == 1 || p / 24 / 6 == 2);
            chip[p] = (uint8_t)((state >> 25) + (cross ? 20 : 0));
        }
        mi_samples_set(s, i, chip, scratch);
    }
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 5000;
    int threads = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
    long cache = argc > 3 ? strtol(argv[3], NULL, 10) : 2048;
    mien_error err = {0};
    mien_pool *pool;
    mi_samples s;
    mi_candidate *list;
    mi_splitter *splitter;
    int count;
    bench_must(mien_pool_new(threads, &pool, &err), &err);
    bench_must(mi_samples_new(n, 24, 24, 0, &s, &err), &err);
    make_windows(&s, n);
    bench_must(mi_candidates_new(MIEN_FEATURE_HAAR, MIEN_HAAR_BASIC, 24, 24,
                                 &list, &count, &err),
               &err);
    double t = bench_now();
    bench_must(mi_splitter_new(MIEN_FEATURE_HAAR, list, count, &s,
                               (int64_t)cache << 20, pool, &splitter, &err),
               &err);
    printf("%d features x %d samples, %s, %d threads: values and orders %.2f "
           "s\n",
           count, n, mien_isa(), mien_pool_size(pool),
           (bench_now() - t) * 1e-3);
    static const char *const names[] = {"gentle", "discrete", "real"};
    for (int boost = 0; boost < 3; boost++) {
        mi_booster b;
        static mi_grown tree;
        bench_times times = {0};
        bench_must(mi_booster_new((mien_boost)boost, 1, 0.95, n, n / 2,
                                  splitter, &b, &err),
                   &err);
        for (int round = 0; round < 7; round++) {
            t = bench_now();
            mi_booster_grow(&b, &tree);
            bench_add(&times, bench_now() - t);
        }
        double best = bench_best(&times);
        printf("  %-8s a round: best %.3f s, median %.3f s\n", names[boost],
               best * 1e-3, bench_median(&times) * 1e-3);
        mi_booster_free(&b);
    }
    mi_splitter_free(splitter);
    mi_free(list);
    mi_samples_free(&s);
    mien_pool_free(pool);
    return 0;
}
