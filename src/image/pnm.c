/* pnm.c: binary PPM and PGM in memory.  Source: Netpbm, ppm(5), pgm(5). */
#include "image/codec.h"

#include "base/error.h"

#include <string.h>

typedef struct {
    const uint8_t *p, *end;
} place;

/* A decimal number after white space and #-comments; -1 if there is none. */
static int next_number(place *c)
{
    static const uint8_t blank[] = {' ', '\t', '\r', '\v', '\f'};
    int comment = 0;
    for (; c->p < c->end; c->p++) {
        if (*c->p == '#')
            comment = 1;
        else if (*c->p == '\n')
            comment = 0;
        else if (!comment && !memchr(blank, *c->p, sizeof blank))
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

/* Where the pixels start, or why there are none to read. */
static mien_status read_header(place *c, size_t each, const mi_limits *limits,
                               int *ret_w, int *ret_h, mien_error *err)
{
    int w = next_number(c), h = next_number(c), max = next_number(c);
    if (w < 0 || h < 0 || max < 1 || max > 65535)
        return mi_fail(err, MIEN_EFORMAT,
                       "pnm: width, height and maxval in the header, found "
                       "%d %d %d",
                       w, h, max);
    mien_status st = mi_image_check("pnm", w, h, limits, err);
    if (st != MIEN_OK)
        return st;
    if (max != 255)
        return mi_fail(err, MIEN_EUNSUP, "pnm: maxval %d, wanted 255", max);
    size_t need = (size_t)w * (size_t)h * each + 1;
    size_t left = (size_t)(c->end - c->p);
    if (left < need)
        return mi_fail(err, MIEN_EFORMAT,
                       "pnm: %zu bytes of pixels, wanted %zu",
                       left ? left - 1 : 0, need - 1);
    *ret_w = w;
    *ret_h = h;
    return MIEN_OK;
}

mien_status mi_pnm_read(const uint8_t *bytes, size_t n, const mi_limits *limits,
                        mi_decoded *out, mien_error *err)
{
    if (n < 2 || bytes[0] != 'P' || (bytes[1] != '5' && bytes[1] != '6'))
        return mi_fail(err, MIEN_EFORMAT, "pnm: no P5 or P6 at the start");
    size_t each = bytes[1] == '6' ? 3 : 1;
    place c = {bytes + 2, bytes + n};
    int w = 0, h = 0;
    mien_status st = read_header(&c, each, limits, &w, &h, err);
    mien_image im;
    if (st == MIEN_OK)
        st = mien_image_new(w, h, &im, err);
    if (st != MIEN_OK)
        return st;
    fill_rows(&im, c.p + 1, each);
    out->im = im;
    return MIEN_OK;
}

mien_status mien_pnm_read(const uint8_t *bytes, size_t n, mien_image *out,
                          mien_error *err)
{
    mi_limits limits = {.side = MIEN_IMAGE_MAX_SIDE,
                        .pixels = MIEN_IMAGE_MAX_PIXELS};
    mi_decoded got = {0};
    mien_status st = mi_pnm_read(bytes, n, &limits, &got, err);
    if (st == MIEN_OK)
        *out = got.im;
    return st;
}
