/* view.c: how a sample is cut out of its picture.
 *
 * An object is cut out with half its size around it, shrunk by areas to twice
 * the sample's size, moved, turned and grown there, and halved. */
#include "samples/view.h"

#include <math.h>
#include <string.h>

/* Border pixels instead of black where the frame leaves the picture. */
static void extend(const mien_image *im, int x0, int y0, mien_image *frame)
{
    for (int y = 0; y < frame->h; y++)
        for (int x = 0; x < frame->w; x++) {
            int u = x0 + x, v = y0 + y;
            if (u >= 0 && v >= 0 && u < im->w && v < im->h)
                continue;
            u = u < 0 ? 0 : u >= im->w ? im->w - 1 : u;
            v = v < 0 ? 0 : v >= im->h ? im->h - 1 : v;
            memcpy(frame->data + y * frame->stride + (ptrdiff_t)x * 3,
                   im->data + v * im->stride + (ptrdiff_t)u * 3, 3);
        }
}

mien_status mi_view_frame(const mien_image *im, const mien_sample *s, int w,
                          int h, mien_image *out, mien_error *err)
{
    int x = s->x - s->w / 2, y = s->y - s->h / 2;
    mien_image cut;
    mien_status st = mien_image_crop(im, x, y, s->w * 2, s->h * 2, &cut, err);
    if (st)
        return st;
    extend(im, x, y, &cut);
    st = mien_image_resize(&cut, w * 4, h * 4, MIEN_AREA, out, err);
    mien_image_free(&cut);
    return st;
}

/* A number between -1 and 1; 0 without a generator. */
static float draw(mien_random *r)
{
    return r ? (float)(2 * mien_random_unit(r) - 1) : 0;
}

mien_status mi_view_of(const mien_image *frame, const mien_jitter *jitter,
                       mien_random *r, int w, int h, mien_image *out,
                       mien_error *err)
{
    float a = draw(r) * jitter->turn * 3.14159265f / 180;
    float grow = 1 + draw(r) * jitter->grow;
    float w2 = (float)w * 2, h2 = (float)h * 2;
    float dx = draw(r) * jitter->shift * w2;
    float dy = draw(r) * jitter->shift * h2;
    mien_similarity s = {grow * cosf(a), grow * sinf(a), 0, 0};
    float cx = (w2 - 1) / 2, cy = (h2 - 1) / 2;
    s.tx = w2 - 0.5f + dx - s.a * cx - s.b * cy;
    s.ty = h2 - 0.5f + dy + s.b * cx - s.a * cy;
    mien_image twice;
    mien_status st = mien_image_warp(frame, s, w * 2, h * 2, &twice, err);
    if (st)
        return st;
    st = mien_image_resize(&twice, w, h, MIEN_AREA, out, err);
    mien_image_free(&twice);
    return st;
}
