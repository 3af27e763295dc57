/* sample.c: faces of codes that were drawn. */
#include "mien/faces_sample.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <string.h>

/* ---- drawing ------------------------------------------------------------- */

static const mien_sampling usual = MIEN_SAMPLING_DEFAULTS;

/* What codes are drawn with. */
typedef struct drawer {
    const mien_mixture *from; /* NULL: the standard normal distribution */
    int units;
    double spread;
    double *middle; /* [units] the mean of all codes */
    mien_random random;
} drawer;

/* The mean of a mixture. */
static void fill_middle(drawer *d)
{
    for (int k = 0; d->from && k < d->from->k; k++)
        for (int i = 0; i < d->units; i++)
            d->middle[i] +=
                d->from->weight[k] * d->from->mean[(ptrdiff_t)k * d->units + i];
}

/* Check options and begin; middle is freed by the caller. */
static mien_status drawer_init(drawer *d, int units, const mien_sampling *o,
                               mien_error *err)
{
    *d = (drawer){.units = units, .spread = o->spread};
    if (!(o->spread >= 0 && o->spread <= 10) || o->stops < 2 ||
        o->stops > 10000)
        return mi_fail(err, MIEN_EARG,
                       "a spread of %g, %d stops: wanted 0..10 and 2..10000",
                       o->spread, o->stops);
    if (o->codes && o->codes->mixture.k)
        d->from = &o->codes->mixture;
    if (d->from && d->from->d != d->units)
        return mi_fail(err, MIEN_EARG,
                       "codes of %lld numbers, the model's have %d",
                       (long long)d->from->d, d->units);
    d->middle = mi_alloc((size_t)d->units, sizeof *d->middle);
    if (!d->middle)
        return mi_no_memory(err);
    mien_random_init(&d->random, o->seed);
    fill_middle(d);
    return MIEN_OK;
}

/* One code, nearer to the middle or farther from it. */
static void draw_code(drawer *d, float *code)
{
    if (d->from)
        mien_mixture_draw(d->from, &d->random, code);
    for (int i = 0; i < d->units; i++) {
        double v = d->from ? (double)code[i] : mien_random_normal(&d->random);
        code[i] = (float)(d->middle[i] + d->spread * (v - d->middle[i]));
    }
}

mien_status mien_codes_draw(int units, const mien_sampling *options, int n,
                            float *out, mien_error *err)
{
    drawer d;
    assert(units > 0 && n > 0);
    mien_status st = drawer_init(&d, units, options ? options : &usual, err);
    for (int i = 0; i < n && !st; i++)
        draw_code(&d, out + (ptrdiff_t)i * units);
    mi_free(d.middle);
    return st;
}

/* Codes [n, units] to faces. */
static mien_status decode_all(mien_coder *c, int n, const float *code,
                              mien_image *out, mien_error *err)
{
    int units = mien_coder_get_info(c).units;
    mien_status st = MIEN_OK;
    memset(out, 0, (size_t)n * sizeof *out);
    for (int i = 0; i < n && !st; i++)
        st = mien_coder_decode(c, code + (ptrdiff_t)i * units, &out[i], err);
    for (int i = 0; i < n && st; i++)
        mien_image_free(&out[i]);
    return st;
}

mien_status mien_faces_sample(mien_coder *c, const mien_sampling *options,
                              int n, mien_image *out, mien_error *err)
{
    int units = mien_coder_get_info(c).units;
    float *code = mi_alloc((size_t)n, (size_t)units * sizeof *code);
    mien_status st = code ? mien_codes_draw(units, options, n, code, err)
                          : mi_no_memory(err);
    if (!st)
        st = decode_all(c, n, code, out, err);
    mi_free(code);
    return st;
}

/* ---- a walk -------------------------------------------------------------- */

/* A point of the curve through p[1] and p[2], t from one to the other.
 * Source: E. Catmull, R. Rom, A class of local interpolating splines, 1974. */
static void curve(int n, const float *const p[4], float t, float *out)
{
    for (int i = 0; i < n; i++) {
        float a = p[0][i], b = p[1][i], c = p[2][i], d = p[3][i];
        out[i] =
            b +
            0.5f * t *
                (c - a +
                 t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    }
}

/* The code of a step along closed stops. */
static void code_of_step(int units, const float *stop, int stops, double at,
                         float *out)
{
    const float *p[4];
    int from = (int)at;
    for (int i = 0; i < 4; i++)
        p[i] = stop + (ptrdiff_t)((from + i + stops - 1) % stops) * units;
    curve(units, p, (float)(at - from), out);
}

mien_status mien_codes_walk(int units, const mien_sampling *options, int steps,
                            float *out, mien_error *err)
{
    const mien_sampling *o = options ? options : &usual;
    drawer d;
    assert(units > 0 && steps > 0);
    mien_status st = drawer_init(&d, units, o, err);
    float *stop = NULL;
    if (!st) {
        stop = mi_alloc((size_t)o->stops, (size_t)units * sizeof *stop);
        st = stop ? MIEN_OK : mi_no_memory(err);
    }
    for (int i = 0; i < o->stops && !st; i++)
        draw_code(&d, stop + (ptrdiff_t)i * units);
    for (int i = 0; i < steps && !st; i++)
        code_of_step(units, stop, o->stops, (double)i * o->stops / steps,
                     out + (ptrdiff_t)i * units);
    mi_free(stop);
    mi_free(d.middle);
    return st;
}

mien_status mien_faces_walk(mien_coder *c, const mien_sampling *options,
                            int steps, mien_image *out, mien_error *err)
{
    int units = mien_coder_get_info(c).units;
    float *code = mi_alloc((size_t)steps, (size_t)units * sizeof *code);
    mien_status st = code ? mien_codes_walk(units, options, steps, code, err)
                          : mi_no_memory(err);
    if (!st)
        st = decode_all(c, steps, code, out, err);
    mi_free(code);
    return st;
}
