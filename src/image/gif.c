/* gif.c: the first frame of a GIF by giflib, on its screen, transparency over
 * white.  What follows the frame is not read: many a file ends there. */
#include "image/codec.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <gif_lib.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    GifFileType *gif;
    mi_cursor in;
    mien_image im;
    uint8_t *line;
    int transparent; /* colour number, or -1 */
    int lenient;     /* 1: a block that is cut is filled with zeros */
    int ended;       /* 1: one was */
    mien_error why;  /* what is not whole, status unused */
} state;

static int feed_bytes(GifFileType *gif, GifByteType *to, int n)
{
    state *s = gif->UserData;
    size_t left = mi_cursor_left(&s->in);
    size_t has = left < (size_t)n ? left : (size_t)n;
    if (has < (size_t)n && !(s->lenient && has))
        return 0;
    memset(to + has, 0, (size_t)n - has); /* a block of pixels that is cut */
    memcpy(to, mi_cursor_take(&s->in, has).p, has);
    s->ended = has < (size_t)n;
    return n;
}

static mien_status broken(const state *s, mien_error *err)
{
    const char *why = GifErrorString(s->gif->Error);
    return mi_fail(err, MIEN_EFORMAT, "gif: byte %zu: %s", mi_cursor_at(&s->in),
                   why ? why : "damaged data");
}

/* Note where a frame ends that is not whole. */
static void note_cut(state *s, int row)
{
    const char *why = GifErrorString(s->gif->Error);
    mi_fail(&s->why, MIEN_EFORMAT, "gif: near byte %zu, row %d of %d: %.60s",
            mi_cursor_at(&s->in), row, s->gif->Image.Height,
            why ? why : "the data end");
}

static mien_status read_extension(state *s, mien_error *err)
{
    int code;
    GifByteType *block;
    if (DGifGetExtension(s->gif, &code, &block) != GIF_OK)
        return broken(s, err);
    GraphicsControlBlock control;
    if (code == GRAPHICS_EXT_FUNC_CODE && block && block[0] == 4 &&
        DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
        s->transparent = control.TransparentColor;
    while (block)
        if (DGifGetExtensionNext(s->gif, &block) != GIF_OK)
            return broken(s, err);
    return MIEN_OK;
}

/* Where line i of n comes to lie: interlaced files give rows in four passes. */
static int row_of(int i, int n, int interlaced)
{
    static const int first[4] = {0, 4, 2, 1}, step[4] = {8, 8, 4, 2};
    if (!interlaced)
        return i;
    for (int pass = 0; pass < 4; pass++) {
        int rows = (n - first[pass] + step[pass] - 1) / step[pass];
        rows = rows < 0 ? 0 : rows;
        if (i < rows)
            return first[pass] + i * step[pass];
        i -= rows;
    }
    return n - 1;
}

/* Put a line of numbers into the picture, as colours of the table. */
static void put_line(state *s, const ColorMapObject *map, int y)
{
    const GifImageDesc *d = &s->gif->Image;
    y += d->Top;
    for (int x = 0; x < d->Width && y < s->im.h; x++) {
        int at = d->Left + x, colour = s->line[x];
        if (at >= s->im.w || colour == s->transparent ||
            (map && colour >= map->ColorCount))
            continue;
        uint8_t grey = (uint8_t)colour; /* where there is no table */
        GifColorType c =
            map ? map->Colors[colour] : (GifColorType){grey, grey, grey};
        uint8_t rgb[3] = {c.Red, c.Green, c.Blue};
        memcpy(s->im.data + y * s->im.stride + (ptrdiff_t)at * 3, rgb, 3);
    }
}

/* The frame that begins here, put where it lies in the picture. */
static mien_status read_frame(state *s, const mi_limits *limits,
                              mien_error *err)
{
    if (DGifGetImageDesc(s->gif) != GIF_OK)
        return broken(s, err);
    const GifImageDesc *d = &s->gif->Image;
    const ColorMapObject *map = d->ColorMap ? d->ColorMap : s->gif->SColorMap;
    if (d->Width < 1 || d->Height < 1 || d->Width > limits->side ||
        d->Height > limits->side ||
        (int64_t)d->Width * d->Height > limits->pixels)
        return mi_fail(err, MIEN_ELIMIT, "gif: a frame of %d x %d", d->Width,
                       d->Height);
    s->lenient = !limits->strict;
    s->line = mi_alloc((size_t)d->Width, 1);
    if (!s->line)
        return mi_fail(err, MIEN_ENOMEM, "gif: a line of %d pixels", d->Width);
    for (int i = 0; i < d->Height; i++) {
        int got = DGifGetLine(s->gif, s->line, d->Width) == GIF_OK;
        if (!got && (!i || limits->strict))
            return broken(s, err);
        if (!s->why.text[0] && (!got || s->ended))
            note_cut(s, i);
        if (!got)
            return MIEN_OK;
        put_line(s, map, row_of(i, d->Height, d->Interlace));
    }
    return MIEN_OK;
}

/* A white picture with the first frame on it. */
static mien_status read_first(state *s, const mi_limits *limits,
                              mien_error *err)
{
    mien_status st = mi_image_admit("gif", s->gif->SWidth, s->gif->SHeight,
                                    limits, &s->im, err);
    if (st != MIEN_OK)
        return st;
    memset(s->im.data, 255, (size_t)s->im.h * (size_t)s->im.stride);
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    while (st == MIEN_OK) {
        if (DGifGetRecordType(s->gif, &type) != GIF_OK)
            return broken(s, err);
        if (type == IMAGE_DESC_RECORD_TYPE)
            return read_frame(s, limits, err);
        if (type == TERMINATE_RECORD_TYPE)
            return mi_fail(err, MIEN_EFORMAT, "gif: no frame");
        st = read_extension(s, err);
    }
    return st;
}

mien_status mi_gif_read(const uint8_t *bytes, size_t n, const mi_limits *limits,
                        mi_decoded *out, mien_error *err)
{
    state s = {.in = mi_cursor_of(bytes, n), .transparent = -1};
    int why = 0;
    s.gif = DGifOpen(&s, feed_bytes, &why);
    if (!s.gif) {
        const char *text = GifErrorString(why);
        return mi_fail(err, MIEN_EFORMAT, "gif: header: %s",
                       text ? text : "damaged data");
    }
    mien_status st = read_first(&s, limits, err);
    DGifCloseFile(s.gif, &why);
    mi_free(s.line);
    if (st != MIEN_OK) {
        mien_image_free(&s.im);
        return st;
    }
    out->im = s.im;
    snprintf(out->warning, sizeof out->warning, "%s", s.why.text);
    return MIEN_OK;
}
