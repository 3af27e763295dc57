/* convert.c: frames of FFmpeg to upright RGB images, and back.
 *
 * Colours.  A frame's matrix (BT.601, BT.709, BT.2020) and range (16..235 or
 * 0..255) are those its file states; BT.601 and 16..235 where it states none,
 * as OpenCV and most players of small videos take it.  Frames written are
 * BT.601, 16..235, and say so.  Transparency lies over white.  Pixels that are
 * not square stay as they are: one sample is one pixel.
 *
 * Turns.  A display matrix maps a stored place (x, y) to
 *
 *     x' = a x + c y,  y' = b x + d y
 *
 * with m = [a b u; c d v; x y w] in 16.16.  Only the signs, and which of |a|,
 * |b| is larger, are used: the turn nearest by 90 degrees.
 *
 * Source: ISO/IEC 14496-12, 8.3.2 (tkhd); libswscale's documentation. */
#include "video/video.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64 };

int mi_picture_size(mi_picture *p, int w, int h, int bytes_per_pixel)
{
    size_t row = (size_t)w * (size_t)bytes_per_pixel;
    size_t stride = (row + ALIGN - 1) / ALIGN * ALIGN + ALIGN;
    if (stride > p->bytes / ((size_t)h + 1)) {
        uint8_t *data = mi_alloc((size_t)h + 1, stride);
        if (!data)
            return 0;
        mi_free(p->im.data);
        p->im.data = data;
        p->bytes = stride * ((size_t)h + 1);
    }
    p->im.w = w;
    p->im.h = h;
    p->im.stride = (ptrdiff_t)stride;
    return 1;
}

/* ---- turning ---------------------------------------------------------- */

mi_turn mi_turn_of(const int32_t *m)
{
    int64_t a = m[0], b = m[1], c = m[3], d = m[4];
    mi_turn t = {0};
    t.transpose = llabs(b) > llabs(a);
    t.mirror_x = (t.transpose ? c : a) < 0;
    t.mirror_y = (t.transpose ? b : d) < 0;
    return t;
}

/* Pixel (x, y) of out comes from in at base + x * step_x + y * step_y. */
static void orient(const mien_image *in, mi_turn t, mien_image *out)
{
    ptrdiff_t step_x = t.transpose ? in->stride : 3;
    ptrdiff_t step_y = t.transpose ? 3 : in->stride;
    const uint8_t *base = in->data;
    if (t.mirror_x) {
        base += step_x * (out->w - 1);
        step_x = -step_x;
    }
    if (t.mirror_y) {
        base += step_y * (out->h - 1);
        step_y = -step_y;
    }
    enum { TILE = 32 }; /* a tile of both pictures stays in the cache */
    for (int y0 = 0; y0 < out->h; y0 += TILE)
        for (int x0 = 0; x0 < out->w; x0 += TILE)
            for (int y = y0; y < out->h && y < y0 + TILE; y++) {
                const uint8_t *from = base + x0 * step_x + y * step_y;
                uint8_t *to = out->data + y * out->stride + (ptrdiff_t)x0 * 3;
                int n = out->w - x0 < TILE ? out->w - x0 : TILE;
                for (int i = 0; i < n; i++, from += step_x, to += 3) {
                    to[0] = from[0];
                    to[1] = from[1];
                    to[2] = from[2];
                }
            }
}

/* ---- to RGB ----------------------------------------------------------- */

/* FFmpeg's old names for full range, as formats, and what they mean. */
static enum AVPixelFormat without_range(int format, int *full)
{
    static const int names[][2] = {
        {AV_PIX_FMT_YUVJ411P, AV_PIX_FMT_YUV411P},
        {AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV420P},
        {AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV422P},
        {AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUV440P},
        {AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUV444P},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i][0] == format) {
            *full = 1;
            return (enum AVPixelFormat)names[i][1];
        }
    return (enum AVPixelFormat)format;
}

/* A converter of its own for each kind of frame: the library's cache takes one
 * of an old format for another, and forgets its colours. */
static int prepare(mi_to_rgb *c, const AVFrame *f, enum AVPixelFormat to)
{
    int full = f->color_range == AVCOL_RANGE_JPEG;
    enum AVPixelFormat from = without_range(f->format, &full);
    mi_kind kind = {f->width, f->height, (int)from,
                    (int)to,  full,      (int)f->colorspace};
    if (c->sws && memcmp(&kind, &c->kind, sizeof kind) == 0)
        return 1;
    c->ff->sws_freeContext(c->sws);
    c->sws = c->ff->sws_getCachedContext(NULL, f->width, f->height, from,
                                         f->width, f->height, to, SWS_BICUBIC,
                                         NULL, NULL, NULL);
    if (!c->sws)
        return 0;
    int *inverse, *table, from_full, to_full, brightness, contrast, saturation;
    if (c->ff->sws_getColorspaceDetails(c->sws, &inverse, &from_full, &table,
                                        &to_full, &brightness, &contrast,
                                        &saturation) >= 0)
        (void)c->ff->sws_setColorspaceDetails(
            c->sws, c->ff->sws_getCoefficients(f->colorspace),
            full || from_full, table, to_full, brightness, contrast,
            saturation);
    c->kind = kind;
    return 1;
}

static int convert(mi_to_rgb *c, const AVFrame *f, enum AVPixelFormat to,
                   mien_image *im)
{
    if (!prepare(c, f, to))
        return 0;
    uint8_t *planes[4] = {im->data};
    int strides[4] = {(int)im->stride};
    return c->ff->sws_scale(c->sws, (const uint8_t *const *)f->data,
                            f->linesize, 0, f->height, planes,
                            strides) == f->height;
}

/* [h, w, 4] red, green, blue, alpha over white. */
static void flatten(const mien_image *in, mien_image *out)
{
    for (int y = 0; y < in->h; y++) {
        const uint8_t *from = in->data + y * in->stride;
        uint8_t *to = out->data + y * out->stride;
        for (int x = 0; x < in->w; x++, from += 4, to += 3)
            for (int i = 0; i < 3; i++)
                to[i] =
                    (uint8_t)(255 - ((255 - from[i]) * from[3] + 127) / 255);
    }
}

mien_status mi_to_rgb_run(mi_to_rgb *c, const AVFrame *frame, const char *name,
                          mien_error *err)
{
    int w = frame->width, h = frame->height;
    mi_turn t = c->turn;
    int turned = t.transpose || t.mirror_x || t.mirror_y;
    mi_picture *plain = turned ? &c->plain : &c->out;
    const AVPixFmtDescriptor *d = c->ff->av_pix_fmt_desc_get(frame->format);
    int alpha = d && (d->flags & AV_PIX_FMT_FLAG_ALPHA);
    if (!mi_picture_size(plain, w, h, 3) ||
        (alpha && !mi_picture_size(&c->alpha, w, h, 4)) ||
        (turned && !mi_picture_size(&c->out, t.transpose ? h : w,
                                    t.transpose ? w : h, 3)))
        return mi_fail(err, MIEN_ENOMEM,
                       "%.120s: no memory for a frame %d x %d", name, w, h);
    if (!(alpha ? convert(c, frame, AV_PIX_FMT_RGBA, &c->alpha.im)
                : convert(c, frame, AV_PIX_FMT_RGB24, &plain->im)))
        return mi_fail(err, MIEN_EUNSUP,
                       "%.120s: pixels of kind %s cannot be made RGB", name,
                       d ? d->name : "unknown");
    if (alpha)
        flatten(&c->alpha.im, &plain->im);
    if (turned)
        orient(&plain->im, t, &c->out.im);
    return MIEN_OK;
}

void mi_to_rgb_done(mi_to_rgb *c)
{
    if (c->sws)
        c->ff->sws_freeContext(c->sws);
    mi_free(c->out.im.data);
    mi_free(c->plain.im.data);
    mi_free(c->alpha.im.data);
    *c = (mi_to_rgb){.ff = c->ff};
}

/* ---- from RGB --------------------------------------------------------- */

/* swscale's vectors read past the ends of rows: give it padded ones. */
static int stage(mi_from_rgb *c, const mien_image *im, int w, int h)
{
    if (!mi_picture_size(&c->staged, w, h, 3))
        return 0;
    for (int y = 0; y < h; y++)
        memcpy(c->staged.im.data + y * c->staged.im.stride,
               im->data + y * im->stride, (size_t)w * 3);
    return 1;
}

static int scale(mi_from_rgb *c, int same, enum AVPixelFormat to, int w, int h,
                 uint8_t *const *planes, const int *strides)
{
    const mien_image *from = &c->staged.im;
    c->sws = c->ff->sws_getCachedContext(
        c->sws, from->w, from->h, AV_PIX_FMT_RGB24, w, h, to,
        same ? SWS_BICUBIC : SWS_AREA, NULL, NULL, NULL);
    if (!c->sws)
        return 0;
    const uint8_t *source[4] = {from->data};
    int source_strides[4] = {(int)from->stride};
    return c->ff->sws_scale(c->sws, source, source_strides, 0, from->h, planes,
                            strides) >= 0;
}

mien_status mi_from_rgb_run(mi_from_rgb *c, const mien_image *im, int w, int h,
                            mi_palette *palette, AVFrame *frame,
                            mien_error *err)
{
    int same = im->w == w && im->h == h;
    int pal8 = frame->format == AV_PIX_FMT_PAL8;
    if (pal8 && same)
        return mi_palette_run(palette, im, frame) ? MIEN_OK : mi_no_memory(err);
    if (!stage(c, im, same ? frame->width : im->w,
               same ? frame->height : im->h))
        return mi_no_memory(err);
    if (!pal8)
        return scale(c, same, frame->format, frame->width, frame->height,
                     frame->data, frame->linesize)
                   ? MIEN_OK
                   : mi_no_memory(err);
    if (!mi_picture_size(&c->scaled, w, h, 3))
        return mi_no_memory(err);
    uint8_t *planes[4] = {c->scaled.im.data};
    int strides[4] = {(int)c->scaled.im.stride};
    return scale(c, 0, AV_PIX_FMT_RGB24, w, h, planes, strides) &&
                   mi_palette_run(palette, &c->scaled.im, frame)
               ? MIEN_OK
               : mi_no_memory(err);
}

void mi_from_rgb_done(mi_from_rgb *c)
{
    if (c->sws)
        c->ff->sws_freeContext(c->sws);
    mi_free(c->staged.im.data);
    mi_free(c->scaled.im.data);
    *c = (mi_from_rgb){.ff = c->ff};
}
