/* sample.c: faces of codes that were drawn. */
#include "mien/faces_sample.h"

#include "base/alloc.h"
#include "base/error.h"
#include "kit/image.h"
#include "mien/file.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* codes.json in the folder of a model; NULL: memory ended. */
static char *codes_path(const char *model)
{
    static const char name[] = "codes.json";
    const char *slash = strrchr(model, '/');
    size_t n = slash ? (size_t)(slash - model) + 1 : 0;
    char *path = mi_alloc(n + sizeof name, 1);
    if (path)
        snprintf(path, n + sizeof name, "%.*s%s", (int)n, model, name);
    return path;
}

/* The codes in a file, of a length. */
static mien_status read_codes(const char *path, int units, mien_codes *out,
                              mien_error *err)
{
    mien_bytes file = {0};
    mien_codes got = {0};
    mien_error why = {0};
    mien_status st = mien_file_load(path, MIEN_CODES_MAX_BYTES, &file, err);
    if (st)
        return st;
    st = mien_codes_read(file.data, file.n, &got, &why);
    mien_bytes_free(&file);
    if (!st && got.mixture.d != units)
        st = mi_fail(&why, MIEN_EFORMAT,
                     "codes of %lld numbers, the model's have %d",
                     (long long)got.mixture.d, units);
    if (!st) {
        *out = got;
        return st;
    }
    mien_codes_free(&got);
    return mi_file_fail(err, st, path, why.text);
}

mien_status mien_codes_load(const char *model, const mien_coder *c,
                            mien_codes *out, mien_buffer *notes,
                            mien_error *err)
{
    mien_error why = {0};
    mien_codes got = {0};
    char *path = codes_path(model);
    if (!path)
        return mi_no_memory(err);
    mien_status st = read_codes(path, mien_coder_get_info(c).units, &got, &why);
    if (st == MIEN_EIO && notes)
        mien_buffer_printf(notes,
                           "%s; codes are drawn from the standard normal "
                           "distribution\n",
                           why.text);
    mi_free(path);
    if (st && st != MIEN_EIO)
        return mi_fail(err, st, "%s", why.text);
    *out = got;
    return MIEN_OK;
}

/* ---- drawing ------------------------------------------------------------- */

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
static mien_status drawer_init(drawer *d, const mien_coder *c,
                               const mien_sampling *o, mien_error *err)
{
    *d = (drawer){.units = mien_coder_get_info(c).units, .spread = o->spread};
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

mien_status mien_faces_sample(mien_coder *c, const mien_sampling *options,
                              int n, mien_image *out, mien_error *err)
{
    static const mien_sampling usual = MIEN_SAMPLING_DEFAULTS;
    drawer d;
    float *code = NULL;
    assert(n > 0);
    mien_status st = drawer_init(&d, c, options ? options : &usual, err);
    if (st)
        return st;
    memset(out, 0, (size_t)n * sizeof *out);
    code = mi_alloc((size_t)d.units, sizeof *code);
    st = code ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; i < n && !st; i++) {
        draw_code(&d, code);
        st = mien_coder_decode(c, code, &out[i], err);
    }
    for (int i = 0; i < n && st; i++)
        mien_image_free(&out[i]);
    mi_free(code);
    mi_free(d.middle);
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

mien_status mien_faces_walk(mien_coder *c, const mien_sampling *options,
                            int steps, mien_image *out, mien_error *err)
{
    static const mien_sampling usual = MIEN_SAMPLING_DEFAULTS;
    const mien_sampling *o = options ? options : &usual;
    drawer d;
    assert(steps > 0);
    mien_status st = drawer_init(&d, c, o, err);
    if (st)
        return st;
    memset(out, 0, (size_t)steps * sizeof *out);
    size_t units = (size_t)d.units;
    float *stop = mi_alloc(((size_t)o->stops + 1) * units, sizeof *stop);
    float *code = stop ? stop + (size_t)o->stops * units : NULL;
    st = stop ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; i < o->stops && !st; i++)
        draw_code(&d, stop + (size_t)i * units);
    for (int i = 0; i < steps && !st; i++) {
        code_of_step(d.units, stop, o->stops, (double)i * o->stops / steps,
                     code);
        st = mien_coder_decode(c, code, &out[i], err);
    }
    for (int i = 0; i < steps && st; i++)
        mien_image_free(&out[i]);
    mi_free(stop);
    mi_free(d.middle);
    return st;
}
