/* pnm.c: binary PPM and PGM in memory.  Source: Netpbm, ppm(5), pgm(5). */
#include "mien/image.h"

#include "base/error.h"

#include <string.h>

typedef struct {
    const uint8_t *p, *end;
} place;

/* A decimal number after white space and #-comments; -1 if there is none. */
static int next_number(place *c)
{
    int comment = 0;
    for (; c->p < c->end; c->p++) {
        if (*c->p == '#')
            comment = 1;
        else if (*c->p == '\n')
            comment = 0;
        else if (!comment && !memchr(" \t\r\v\f", *c->p, 5))
            break;
    }
    int digits = 0, v = 0;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++, digits++) {
        if (v > 1000000)
            return -1;
        v = v * 10 + (*c->p - '0');
    }
    return digits ? v : -1;
}

static void fill_rows(const mien_image *im, const uint8_t *from, size_t each)
{
    for (int y = 0; y < im->h; y++) {
        uint8_t *to = im->data + y * im->stride;
        size_t row = (size_t)im->w * each;
        if (each == 3)
            memcpy(to, from, row);
        else
            for (int x = 0; x < im->w; x++)
                memset(to + (ptrdiff_t)x * 3, from[x], 3);
        from += row;
    }
}

mien_status mien_pnm_read(const uint8_t *bytes, size_t n, mien_image *out,
                          mien_error *err)
{
    if (n < 2 || bytes[0] != 'P' || (bytes[1] != '5' && bytes[1] != '6'))
        return mi_fail(err, MIEN_EFORMAT, "pnm: no P5 or P6 at the start");
    size_t each = bytes[1] == '6' ? 3 : 1;
    place c = {bytes + 2, bytes + n};
    int w = next_number(&c), h = next_number(&c), max = next_number(&c);
    if (w <= 0 || h <= 0 || max != 255)
        return mi_fail(err, MIEN_EFORMAT,
                       "pnm: size %d x %d, maxval %d, wanted 255", w, h, max);
    if (w > MIEN_IMAGE_MAX_SIDE || h > MIEN_IMAGE_MAX_SIDE ||
        (int64_t)w * h > MIEN_IMAGE_MAX_PIXELS)
        return mi_fail(err, MIEN_ELIMIT,
                       "pnm: %d x %d pixels, at most %d a side and %d in all",
                       w, h, MIEN_IMAGE_MAX_SIDE, MIEN_IMAGE_MAX_PIXELS);
    size_t need = (size_t)w * (size_t)h * each + 1;
    if ((size_t)(c.end - c.p) < need)
        return mi_fail(err, MIEN_EFORMAT,
                       "pnm: %zu bytes of pixels, wanted %zu",
                       (size_t)(c.end - c.p), need);
    mien_image im;
    mien_status st = mien_image_new(w, h, &im, err);
    if (st != MIEN_OK)
        return st;
    fill_rows(&im, c.p + 1, each);
    *out = im;
    return MIEN_OK;
}
