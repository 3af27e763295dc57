/* bench_track: milliseconds of corners, pyramids and optical flow.
 *
 *   bench_track PHOTO SHIFT THREADS [POINTS]
 *
 * The photo, and itself SHIFT pixels to the right, as two frames; prints
 * "CORNERS PYRAMID FLOW POINTS", the best of several rounds, with windows of
 * 21 x 21 and 3 levels.  PYRAMID is of one frame; FLOW of all points. */
#include "bench/bench.h"
#include "mien/file.h"
#include "mien/vision_track.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 15 };

static int load(const char *path, mien_gray *out)
{
    mien_bytes file;
    mien_image im;
    mien_error err;
    if (mien_file_load(path, 0, &file, &err) != MIEN_OK ||
        mien_image_read(file.data, file.n, NULL, &im, &err) != MIEN_OK ||
        mien_gray_from(&im, out, &err) != MIEN_OK) {
        fprintf(stderr, "bench_track: %s\n", err.text);
        return 0;
    }
    mien_image_free(&im);
    mien_bytes_free(&file);
    return 1;
}

typedef struct times {
    double corners, pyramid, flow;
    int n;
} times;

static int round_of(const mien_gray *a, const mien_gray *b, int points,
                    const mien_flow_options *o, times *best)
{
    mien_points p;
    mien_pyramid *from, *to;
    mien_corner_options c = {points, 0.01, 7, 3};
    double start = bench_now();
    if (mien_corners_find(a, &c, &p, NULL) != MIEN_OK)
        return 0;
    double corners = bench_now() - start;
    mien_flow *flow = calloc((size_t)p.n + 1, sizeof *flow);
    start = bench_now();
    if (mien_pyramid_new(a, o, &from, NULL) != MIEN_OK)
        return 0;
    double pyramid = bench_now() - start;
    if (mien_pyramid_new(b, o, &to, NULL) != MIEN_OK)
        return 0;
    start = bench_now();
    if (mien_flow_run(from, to, o, p.n, p.at, flow, NULL) != MIEN_OK)
        return 0;
    double run = bench_now() - start;
    best->corners = corners < best->corners ? corners : best->corners;
    best->pyramid = pyramid < best->pyramid ? pyramid : best->pyramid;
    best->flow = run < best->flow ? run : best->flow;
    best->n = p.n;
    free(flow);
    mien_points_free(&p);
    mien_pyramid_free(from);
    mien_pyramid_free(to);
    return 1;
}

int main(int argc, char **argv)
{
    mien_gray g;
    if (argc < 4 || !load(argv[1], &g))
        return 2;
    int shift = (int)strtol(argv[2], NULL, 10);
    int points = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 1000;
    mien_flow_options o = MIEN_FLOW_DEFAULTS;
    if (mien_pool_new((int)strtol(argv[3], NULL, 10), &o.pool, NULL) != MIEN_OK)
        return 2;
    mien_gray a = mien_gray_view(&g, shift, 0, g.w - shift, g.h);
    mien_gray b = mien_gray_view(&g, 0, 0, g.w - shift, g.h);
    times best = {1e30, 1e30, 1e30, 0};
    int good = 1;
    for (int i = 0; good && i < ROUNDS; i++)
        good = round_of(&a, &b, points, &o, &best);
    printf("%.3f %.3f %.3f %d\n", best.corners, best.pyramid, best.flow,
           best.n);
    mien_pool_free(o.pool);
    mien_gray_free(&g);
    return !good;
}
