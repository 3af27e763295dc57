/* bench_logistic.c: fit a table that peers/logistic_sklearn.py wrote.
 *   bench_logistic FILE REPEATS   prints the median ms, the iterations, the
 *                                 intercept and the coefficients */
#include "mien/learn.h"

#include "bench/bench.h"

static void must(int right, const char *what)
{
    if (right)
        return;
    fprintf(stderr, "bench_logistic: %s\n", what);
    exit(1);
}

int main(int argc, char **argv)
{
    must(argc == 3, "usage: bench_logistic FILE REPEATS");
    FILE *f = fopen(argv[1], "rb");
    must(f != NULL, "cannot open the file");
    int64_t size[2];
    must(fread(size, sizeof size, 1, f) == 1, "too short");
    size_t n = (size_t)size[0], p = (size_t)size[1];
    double *x = malloc(n * p * sizeof *x);
    uint8_t *y = malloc(n);
    must(x && y && fread(x, sizeof *x, n * p, f) == n * p &&
             fread(y, 1, n, f) == n,
         "too short");
    fclose(f);

    const mien_labelled rows = {size[0], (int)p, x, y, NULL};
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_logistic m = {0};
    mien_error err = {0};
    bench_times t = {0};
    long repeats = strtol(argv[2], NULL, 10);
    for (long i = 0; i < repeats; i++) {
        double start = bench_now();
        bench_must(mien_logistic_fit(&rows, &o, &m, &err), &err);
        bench_add(&t, bench_now() - start);
    }
    printf("%.4f %d %.17g", bench_median(&t), m.iterations, m.intercept);
    for (int j = 0; j < m.p; j++)
        printf(" %.17g", m.coef[j]);
    putchar('\n');
    mien_logistic_done(&m);
    free(x);
    free(y);
    return 0;
}
