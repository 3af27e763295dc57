/* pnm.c: PBM, PGM and PPM in memory, plain (P1 to P3) and binary (P4 to P6),
 * any maxval up to 65535.
 *
 * A sample s of maxval m becomes (255 s + m / 2) / m, whole numbers: rounded
 * half up, as netpbm's pnmdepth does.  In a bitmap 1 is black.  A binary file
 * may hold more pictures; the first is read.
 *
 * Source: Netpbm, pbm(5), pgm(5), ppm(5). */
#include "image/codec.h"

#include "base/error.h"

#include <string.h>

typedef struct {
    const uint8_t *p, *end;
} place;

typedef struct header {
    int w, h, max;
    int channels; /* 1 or 3 */
    int bitmap, plain;
} header;

static int is_blank(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Go to the next character that is neither white space nor in a #-comment; 0
 * at the end. */
static int skip_blanks(place *c)
{
    int comment = 0;
    for (; c->p < c->end; c->p++) {
        if (*c->p == '#')
            comment = 1;
        else if (*c->p == '\n' || *c->p == '\r')
            comment = 0;
        else if (!comment && !is_blank(*c->p))
            return 1;
    }
    return 0;
}

/* A decimal number after white space and comments; -1 if there is none. */
static int next_number(place *c)
{
    int digits = 0, v = 0;
    if (!skip_blanks(c))
        return -1;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++, digits++) {
        if (v > 1000000)
            return -1;
        v = v * 10 + (*c->p - '0');
    }
    return digits ? v : -1;
}

/* A sample of a plain file; those of a bitmap may stand without spaces. */
static int next_sample(place *c, const header *h)
{
    if (!h->bitmap)
        return next_number(c);
    return skip_blanks(c) && (*c->p == '0' || *c->p == '1') ? *c->p++ - '0'
                                                            : -1;
}

static uint8_t to_byte(const header *h, int v)
{
    return (uint8_t)(h->bitmap ? v ? 0 : 255 : (v * 255 + h->max / 2) / h->max);
}

/* Bytes of a binary row. */
static size_t row_bytes(const header *h)
{
    size_t samples = (size_t)h->w * (size_t)h->channels;
    return h->bitmap ? (samples + 7) / 8 : h->max > 255 ? samples * 2 : samples;
}

/* Sample i of a binary row; above maxval it counts as maxval. */
static int sample_at(const header *h, const uint8_t *row, int i)
{
    if (h->bitmap)
        return row[i / 8] >> (7 - i % 8) & 1;
    ptrdiff_t at = 2 * (ptrdiff_t)i;
    int v = h->max > 255 ? row[at] << 8 | row[at + 1] : row[i];
    return v < h->max ? v : h->max;
}

/* A row of samples as RGB. */
static void put_row(const header *h, const uint8_t *row, uint8_t *to)
{
    if (h->channels == 3 && h->max == 255) {
        memcpy(to, row, (size_t)h->w * 3);
        return;
    }
    for (int x = 0; x < h->w; x++, to += 3)
        for (int i = 0; i < 3; i++)
            to[i] =
                to_byte(h, sample_at(h, row, h->channels == 3 ? x * 3 + i : x));
}

static void fill_binary(const header *h, const uint8_t *from, mien_image *im)
{
    for (int y = 0; y < h->h; y++)
        put_row(h, from + (size_t)y * row_bytes(h), im->data + y * im->stride);
}

/* Samples written as numbers, each checked. */
static mien_status fill_plain(const header *h, place *c, mien_image *im,
                              mien_error *err)
{
    for (int y = 0; y < h->h; y++)
        for (int i = 0; i < h->w * h->channels; i++) {
            int v = next_sample(c, h);
            uint8_t *to = im->data + y * im->stride;
            if (v < 0 || v > h->max)
                return mi_fail(err, MIEN_EFORMAT,
                               "pnm: row %d: sample %d of %d is missing or "
                               "not 0..%d",
                               y, i + 1, h->w * h->channels, h->max);
            if (h->channels == 3)
                to[i] = to_byte(h, v);
            else
                memset(to + (ptrdiff_t)i * 3, to_byte(h, v), 3);
        }
    return MIEN_OK;
}

/* Where the samples start, or why there are none to read. */
static mien_status read_header(place *c, const mi_limits *limits, header *h,
                               mien_error *err)
{
    h->w = next_number(c);
    h->h = next_number(c);
    h->max = h->bitmap ? 1 : next_number(c);
    if (h->w < 0 || h->h < 0 || h->max < 1 || h->max > 65535)
        return mi_fail(err, MIEN_EFORMAT,
                       "pnm: width, height and maxval 1..65535 in the header, "
                       "found %d %d %d",
                       h->w, h->h, h->max);
    mien_status st = mi_image_check("pnm", h->w, h->h, limits, err);
    if (st != MIEN_OK)
        return st;
    size_t left = (size_t)(c->end - c->p), need = row_bytes(h) * (size_t)h->h;
    if (h->plain) /* a character a sample, at least */
        need = (size_t)h->w * (size_t)h->h * (size_t)h->channels;
    if (left < need + (h->plain ? 0 : 1))
        return mi_fail(err, MIEN_EFORMAT,
                       "pnm: %zu bytes of pixels, wanted %zu",
                       left ? left - 1 : 0, need);
    return MIEN_OK;
}

mien_status mi_pnm_read(const uint8_t *bytes, size_t n, const mi_limits *limits,
                        mi_decoded *out, mien_error *err)
{
    if (n < 2 || bytes[0] != 'P' || bytes[1] < '1' || bytes[1] > '6')
        return mi_fail(err, MIEN_EFORMAT, "pnm: no P1 to P6 at the start");
    int kind = bytes[1] - '0';
    header h = {.channels = kind % 3 == 0 ? 3 : 1,
                .bitmap = kind % 3 == 1,
                .plain = kind <= 3};
    place c = {bytes + 2, bytes + n};
    mien_image im = {0};
    mien_status st = read_header(&c, limits, &h, err);
    if (st == MIEN_OK)
        st = mien_image_new(h.w, h.h, &im, err);
    if (st == MIEN_OK && h.plain)
        st = fill_plain(&h, &c, &im, err);
    else if (st == MIEN_OK)
        fill_binary(&h, c.p + 1, &im);
    if (st == MIEN_OK)
        out->im = im;
    else
        mien_image_free(&im);
    return st;
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
