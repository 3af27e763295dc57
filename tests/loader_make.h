/* loader_make.h: labelled pictures that are made, and the rows of a loader. */
#ifndef LOADER_MAKE_H
#define LOADER_MAKE_H

#include "mien/samples_loader.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { W = 60, H = 40, SIDE = 32, POINTS = 5, LISTED = 8 };

/* ---- pictures ------------------------------------------------------------ */

/* Where the points of sample i are; those of the first lie on whole pixels. */
static inline mien_point place(int i, int p)
{
    static const float at[POINTS][2] = {
        {20, 12}, {40, 13}, {31, 19}, {22, 28}, {39, 29}};
    return (mien_point){at[p][0] + (float)(i % 4) - 1,
                        at[p][1] + (float)(i % 3) - 1};
}

/* A soft dot, 255 in its middle. */
static inline double dot_at(mien_point p, double x, double y)
{
    double dx = x - (double)p.x, dy = y - (double)p.y;
    return 255 * exp(-(dx * dx + dy * dy) / 8);
}

/* Pictures are called by a letter and a number: d3 has dots at the points of
 * sample 3, r0 is a ramp, n5 is noise, x cannot be loaded. */
static inline mien_status load(void *arg, const char *name, mien_image *out,
                               mien_error *err)
{
    int i = name[1] - '0';
    unsigned state = (unsigned)i + 1;
    (void)arg;
    if (name[0] == 'x') {
        if (err)
            *err = (mien_error){MIEN_EFORMAT, "no picture"};
        return MIEN_EFORMAT;
    }
    mien_status st = mien_image_new(W, H, out, err);
    for (int y = 0; !st && y < H; y++)
        for (int x = 0; x < W; x++)
            for (int c = 0; c < 3; c++) {
                double v = 0;
                for (int p = 0; name[0] == 'd' && p < POINTS; p++)
                    v += p % 3 == c ? dot_at(place(i, p), x + 0.5, y + 0.5) : 0;
                if (name[0] == 'r')
                    v = c == 0 ? 4 * x : c == 1 ? 6 * y : 100;
                if (name[0] == 'n')
                    v = check_rand(&state) % 256;
                out->data[y * out->stride + x * 3 + c] =
                    (uint8_t)(v > 255 ? 255 : v);
            }
    return st;
}

/* Samples of MTFL's form, of pictures "d0", "d1", ... or of other letters. */
static inline mien_labels make_labels(char letter, int n)
{
    char text[4000];
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%c%d", letter, i);
        for (int p = 0; p < 2 * POINTS; p++)
            at += (size_t)snprintf(text + at, sizeof text - at, " %g",
                                   p < POINTS ? (double)place(i, p).x
                                              : (double)place(i, p - POINTS).y);
        at += (size_t)snprintf(text + at, sizeof text - at, " 1 2 1 %d\n",
                               i % 5 + 1);
    }
    mien_labels l = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_labels_read((const uint8_t *)text, at, &l, &err), "%s",
              err.text);
    return l;
}

static const mien_target targets[] = {{MIEN_TARGET_POINTS, 0, 0},
                                      {MIEN_TARGET_CLASS, 3, 0},
                                      {MIEN_TARGET_PICTURE, 0, 0}};
enum { TARGETS = 3 };

static inline mien_loader_options options(void)
{
    mien_loader_options o = MIEN_LOADER_DEFAULTS;
    o.load = load;
    o.w = o.h = SIDE;
    o.target = targets;
    o.targets = TARGETS;
    return o;
}

static inline mien_loader *make(const mien_labels *l,
                                const mien_loader_options *o)
{
    mien_loader *out = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_loader_new(l, o, &out, &err), "%s", err.text);
    return out;
}

/* ---- rows ---------------------------------------------------------------- */

/* Rows as they are filled in. */
typedef struct rows {
    float *input, *target[TARGETS], weight[LISTED];
    int64_t size[TARGETS], in;
} rows;

static inline rows rows_of(const mien_loader *l, int64_t in)
{
    rows r = {.in = in};
    r.input = calloc(LISTED * (size_t)in, sizeof(float));
    for (int t = 0; t < TARGETS; t++) {
        r.size[t] = mien_loader_target_size(l, t);
        r.target[t] = calloc(LISTED * (size_t)r.size[t], sizeof(float));
    }
    return r;
}

static inline void free_rows(rows *r)
{
    free(r->input);
    for (int t = 0; t < TARGETS; t++)
        free(r->target[t]);
}

static inline void fill(mien_loader *l, int epoch, const int64_t *row, int n,
                        rows *r)
{
    float *const inputs[] = {r->input};
    mien_error err = {0};
    CHECK_MSG(
        !mien_loader_fill(l, epoch, row, n, inputs, r->target, r->weight, &err),
        "%s", err.text);
}

static inline int same(const rows *a, const rows *b)
{
    int equal =
        !memcmp(a->input, b->input, LISTED * (size_t)a->in * sizeof(float)) &&
        !memcmp(a->weight, b->weight, sizeof a->weight);
    for (int t = 0; t < TARGETS; t++)
        equal &= !memcmp(a->target[t], b->target[t],
                         LISTED * (size_t)a->size[t] * sizeof(float));
    return equal;
}

static const int64_t in_order[LISTED] = {0, 1, 2, 3, 4, 5, 6, 7};

#endif
