/* weight.c: tensors laid over the bytes of a file, and their elements. */
#include "model/weight.h"

#include "model/wire.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

mien_status mi_laying_begin(mi_laying *l, size_t n)
{
    if (n > MI_WEIGHTS_MAX)
        return mi_fail(l->err, MIEN_ELIMIT, "manifest: %zu weights, at most %d",
                       n, MI_WEIGHTS_MAX);
    l->w.weight = mi_alloc(n + 1, sizeof *l->w.weight);
    if (!l->w.weight)
        return mi_fail(l->err, MIEN_ENOMEM, "manifest: no memory");
    return MIEN_OK;
}

mien_status mi_laying_name(mi_laying *l, const char *name, mi_weight **out)
{
    mi_weight *w = &l->w.weight[l->w.n];
    if (!name || !name[0] || strlen(name) > MI_WEIGHT_NAME)
        return mi_fail(l->err, MIEN_EFORMAT,
                       "manifest: weight %d has no name of 1 to %d bytes",
                       l->w.n, MI_WEIGHT_NAME);
    mi_text_show(w->name, sizeof w->name, (const uint8_t *)name, strlen(name));
    *out = w;
    return MIEN_OK;
}

/* How many elements the dimensions make. */
static mien_status count(mi_laying *l, mi_weight *w)
{
    int64_t all = 1;
    for (int i = 0; i < w->shape.rank; i++) {
        int64_t v = w->shape.dim[i];
        if (v < 1 || v > MIEN_MAX_TENSOR)
            return mi_fail(l->err, MIEN_EFORMAT,
                           "manifest: '%s': dimension %d is %lld, wanted 1 to "
                           "%d",
                           w->name, i, (long long)v, MIEN_MAX_TENSOR);
        all *= v;
        if (all > MIEN_MAX_TENSOR)
            return mi_fail(l->err, MIEN_ELIMIT,
                           "manifest: '%s' has more than %d elements", w->name,
                           MIEN_MAX_TENSOR);
    }
    w->len = (size_t)all;
    return MIEN_OK;
}

/* Whether what a weight says of its elements can be. */
static mien_status check_packed(const mi_laying *l, const mi_weight *w)
{
    if (w->packed == MIEN_PACKED_F16 && !w->is_float)
        return mi_fail(l->err, MIEN_EFORMAT,
                       "manifest: '%s': int32 quantised to float16", w->name);
    if ((w->packed == MIEN_PACKED_U8 || w->packed == MIEN_PACKED_U16) &&
        (!(fabs(w->scale) < 1e30) || !(fabs(w->min) < 1e30)))
        return mi_fail(l->err, MIEN_EFORMAT,
                       "manifest: '%s': scale or min is no number in range",
                       w->name);
    return MIEN_OK;
}

mien_status mi_laying_add(mi_laying *l)
{
    mi_weight *w = &l->w.weight[l->w.n];
    mien_status st = count(l, w);
    if (st == MIEN_OK)
        st = check_packed(l, w);
    if (st != MIEN_OK)
        return st;
    static const size_t sizes[] = {4, 1, 2, 2};
    size_t bytes = sizes[w->packed] * w->len;
    if (bytes > l->n - l->at)
        return mi_fail(l->err, MIEN_EFORMAT,
                       "manifest: '%s' wants %zu bytes at %zu, the file has "
                       "%zu",
                       w->name, bytes, l->at, l->n);
    w->data = l->bytes + l->at;
    l->at += bytes;
    l->w.n++;
    return MIEN_OK;
}

mien_status mi_laying_end(mi_laying *l, mien_status st, mi_weights *out)
{
    if (st == MIEN_OK && l->at != l->n)
        st = mi_fail(l->err, MIEN_EFORMAT,
                     "manifest: the weights take %zu bytes, the file has "
                     "%zu",
                     l->at, l->n);
    if (st == MIEN_OK)
        *out = l->w;
    else
        mi_weights_done(&l->w);
    return st;
}

/* ---- elements ------------------------------------------------------------ */

/* IEEE 754, binary16: a sign, 5 bits of exponent, 10 of fraction. */
static float half_of(unsigned bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double fraction = (double)(bits & 1023) / 1024;
    double v = exponent == 31  ? (double)(fraction > 0 ? NAN : INFINITY)
               : exponent == 0 ? ldexp(fraction, -14)
                               : ldexp(1 + fraction, exponent - 15);
    return (float)(bits >> 15 ? -v : v);
}

/* Two bytes, the lower first. */
static unsigned pair_at(const mi_weight *w, size_t i)
{
    return w->data[2 * i] | (unsigned)w->data[2 * i + 1] << 8;
}

void mi_weight_floats(const mi_weight *w, float *out)
{
    switch (w->packed) {
    case MIEN_PACKED_NOT: memcpy(out, w->data, w->len * sizeof *out); return;
    case MIEN_PACKED_U8:
        for (size_t i = 0; i < w->len; i++)
            out[i] = (float)(w->data[i] * w->scale + w->min);
        return;
    case MIEN_PACKED_U16:
        for (size_t i = 0; i < w->len; i++)
            out[i] = (float)(pair_at(w, i) * w->scale + w->min);
        return;
    case MIEN_PACKED_F16:
        for (size_t i = 0; i < w->len; i++)
            out[i] = half_of(pair_at(w, i));
        return;
    }
}

int64_t mi_weight_int(const mi_weight *w, size_t i)
{
    if (w->packed == MIEN_PACKED_NOT) {
        int32_t v;
        memcpy(&v, w->data + 4 * i, sizeof v);
        return v;
    }
    double step = w->packed == MIEN_PACKED_U8 ? w->data[i] : pair_at(w, i);
    double v = step * w->scale + w->min;
    return llround(fmin(fmax(v, INT32_MIN), INT32_MAX));
}

void mi_weights_done(mi_weights *w)
{
    mi_free(w->weight);
    *w = (mi_weights){0};
}
