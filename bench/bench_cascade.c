/* bench_cascade: milliseconds of detection with a cascade.
 *
 *   bench_cascade CASCADE.xml PHOTO SCALE THREADS [WIDTH HEIGHT]
 *
 * prints "ms RECTANGLES"; with a size the photo is brought to it first. */
#include "bench/bench.h"
#include "mien/file.h"
#include "mien/vision.h"

#include <stdio.h>
#include <stdlib.h>

static int load(const char *path, mien_bytes *out)
{
    mien_error err;
    if (mien_file_load(path, 0, out, &err) == MIEN_OK)
        return 1;
    fprintf(stderr, "bench_cascade: %s\n", err.text);
    return 0;
}

static int number(const char *text) { return (int)strtol(text, NULL, 10); }

static int run(const mien_cascade *c, const mien_gray *g,
               const mien_cascade_options *o)
{
    double best = 1e30, total = 0;
    int n = 0;
    for (int i = 0; i < 200 && (i < 5 || total < 2000); i++) {
        mien_hits hits;
        double t = bench_now();
        if (mien_cascade_detect(c, g, o, &hits, NULL) != MIEN_OK)
            return 1;
        t = bench_now() - t;
        total += t;
        best = t < best ? t : best;
        n = hits.n;
        mien_hits_free(&hits);
    }
    printf("%.3f %d\n", best, n);
    return 0;
}

int main(int argc, char **argv)
{
    mien_bytes xml, file;
    mien_cascade *c;
    mien_image im;
    mien_gray g;
    if (argc < 5 || !load(argv[1], &xml) || !load(argv[2], &file))
        return 2;
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.scale = strtod(argv[3], NULL);
    if (mien_cascade_read(xml.data, xml.n, &c, NULL) != MIEN_OK ||
        mien_image_read(file.data, file.n, NULL, &im, NULL) != MIEN_OK ||
        mien_gray_from(&im, &g, NULL) != MIEN_OK ||
        mien_pool_new(number(argv[4]), &o.pool, NULL) != MIEN_OK)
        return 2;
    mien_gray small;
    if (argc == 7) {
        if (mien_gray_resize(&g, number(argv[5]), number(argv[6]), &small,
                             NULL) != MIEN_OK)
            return 2;
        mien_gray_free(&g);
        g = small;
    }
    int status = run(c, &g, &o);
    mien_pool_free(o.pool);
    mien_gray_free(&g);
    mien_image_free(&im);
    mien_cascade_free(c);
    mien_bytes_free(&file);
    mien_bytes_free(&xml);
    return status;
}
