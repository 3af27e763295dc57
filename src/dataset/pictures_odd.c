/* pictures_odd.c: pictures that are far from the others.
 *
 *   z = (x - median) / (1.4826 MAD)     of log sharpness, brightness, log
 * contrast
 *
 * beyond 3.5 a picture is odd.  Where more than half are equal MAD is 0, and
 * what differs from them is not called odd by that alone: nothing is said.
 * Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993. */
#include "dataset/pictures.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/num.h"

#include <math.h>

static const double odd_from = 3.5;
static const float turned_from = 0.3f;

/* What is compared; NaN: not known. */
static double value_of(const mien_picture_measure *m, mien_picture_oddity o)
{
    if (!m->w || !(m->contrast > 0))
        return (double)NAN;
    if (o == MIEN_PICTURE_BLURRED)
        return log((double)m->sharpness + 1);
    return o == MIEN_PICTURE_FLAT ? log((double)m->contrast)
                                  : (double)m->brightness;
}

/* Mark the pictures that lie far to one side.
 *
 *   x  [n] scratch */
static mien_status mark(mien_pictures_check *c, mien_picture_oddity o,
                        double side, double *x, mien_error *err)
{
    int64_t n = 0;
    double middle = 0, mad = 0;
    for (int64_t i = 0; i < c->labels->n; i++) {
        double v = value_of(&c->measure[i], o);
        if (v == v)
            x[n++] = v;
    }
    mien_status st = mien_median(n, x, &middle, err);
    if (!st)
        st = mien_mad(n, x, &mad, err);
    if (st || !(mad > 0))
        return st;
    for (int64_t i = 0; i < c->labels->n; i++) {
        double z =
            side * (value_of(&c->measure[i], o) - middle) / (1.4826 * mad);
        if (z > odd_from)
            c->odd[i] |= 1u << o;
    }
    return MIEN_OK;
}

int mi_pictures_told(const mien_pictures_check *c, int64_t i,
                     mien_picture_oddity o)
{
    const mien_picture_measure *m = &c->measure[i];
    return m->w && (o == MIEN_PICTURE_TURNED    ? !isnan(m->turned)
                    : o == MIEN_PICTURE_COVERED ? !isnan(m->covered)
                                                : 1);
}

mien_status mi_pictures_odd(mien_pictures_check *c, mien_error *err)
{
    double *x = mi_alloc((size_t)c->labels->n + 1, sizeof *x);
    mien_status st = x ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = mark(c, MIEN_PICTURE_BLURRED, -1, x, err);
    if (!st)
        st = mark(c, MIEN_PICTURE_DARK, -1, x, err);
    if (!st)
        st = mark(c, MIEN_PICTURE_BRIGHT, 1, x, err);
    if (!st)
        st = mark(c, MIEN_PICTURE_FLAT, -1, x, err);
    mi_free(x);
    for (int64_t i = 0; i < c->labels->n; i++) {
        const mien_picture_measure *m = &c->measure[i];
        if (m->w && !(m->contrast > 0))
            c->odd[i] |= 1u << MIEN_PICTURE_EMPTY;
        if (m->w && m->faces == 0)
            c->odd[i] |= 1u << MIEN_PICTURE_FACELESS;
        if (m->turned >= turned_from)
            c->odd[i] |= 1u << MIEN_PICTURE_TURNED;
        if (m->covered >= MIEN_PICTURE_COVER)
            c->odd[i] |= 1u << MIEN_PICTURE_COVERED;
        for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++)
            c->odds[o] += c->odd[i] >> o & 1;
        for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++)
            c->told[o] += mi_pictures_told(c, i, (mien_picture_oddity)o);
    }
    return st;
}

const char *mien_picture_oddity_text(mien_picture_oddity o)
{
    static const char *const text[] = {"blurred",
                                       "dark",
                                       "bright",
                                       "flat",
                                       "empty",
                                       "without a face found",
                                       "of a face turned away",
                                       "of a face partly covered"};
    unsigned i = (unsigned)o;
    return i < MIEN_PICTURE_ODDITIES ? text[i] : "unknown";
}

int mien_pictures_check_odd(const mien_pictures_check *c, int64_t i,
                            mien_picture_oddity o)
{
    return (int)(c->odd[i] >> o & 1);
}
