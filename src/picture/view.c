/* view.c: what a network sees and tells, as points and pictures of people. */
#include "picture/picture.h"

void mi_view_points(const mi_view *v, int64_t n, int units, float *xy)
{
    for (int64_t i = 0; i < n * units; i += 2) {
        xy[i] = (xy[i] - 0.5f) * (float)v->w;
        xy[i + 1] = (xy[i + 1] - 0.5f) * (float)v->h;
    }
}

void mi_view_colours(const mi_view *v, int64_t n, float *pixels)
{
    ptrdiff_t area = (ptrdiff_t)v->w * v->h;
    if (v->colour != MIEN_NET_BGR)
        return;
    for (int64_t i = 0; i < n; i++, pixels += 3 * area)
        for (ptrdiff_t p = 0; p < area; p++) {
            float red = pixels[p];
            pixels[p] = pixels[2 * area + p];
            pixels[2 * area + p] = red;
        }
}

mien_status mi_view_image(const mi_view *v, const float *row, mien_image *out,
                          mien_error *err)
{
    ptrdiff_t area = (ptrdiff_t)v->w * v->h;
    mien_status st = mien_image_new(v->w, v->h, out, err);
    if (st)
        return st;
    for (int i = 0; i < 3; i++) {
        int ch = v->channels == 1 ? 0 : v->colour == MIEN_NET_BGR ? 2 - i : i;
        for (ptrdiff_t p = 0; p < area; p++) {
            float y = row[ch * area + p] / v->scale[ch] + v->mean[ch];
            out->data[3 * p + i] = (uint8_t)(y > 255 ? 255
                                             : y > 0 ? (double)y + 0.5
                                                     : 0);
        }
    }
    return MIEN_OK;
}
