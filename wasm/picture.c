/* picture.c: pixels of a canvas as the library takes them. */
#include "wasm/web.h"

#include <stdio.h>
#include <stdlib.h>

/* Room for the RGB of w x h pixels, kept from picture to picture. */
static mien_status make_room(web_picture *p, int w, int h, mien_error *err)
{
    if (w < 1 || h < 1 || w > MIEN_IMAGE_MAX_SIDE || h > MIEN_IMAGE_MAX_SIDE ||
        (int64_t)w * h > MIEN_IMAGE_MAX_PIXELS) {
        snprintf(err->text, sizeof err->text,
                 "picture: %d x %d pixels, at most are %d a side and %d in all",
                 w, h, MIEN_IMAGE_MAX_SIDE, MIEN_IMAGE_MAX_PIXELS);
        return MIEN_ELIMIT;
    }
    size_t n = (size_t)w * (size_t)h * 3;
    if (n > p->room) {
        free(p->im.data);
        p->im.data = malloc(n);
        p->room = p->im.data ? n : 0;
    }
    p->im.w = w;
    p->im.h = h;
    p->im.stride = 3 * (ptrdiff_t)w;
    return p->room ? MIEN_OK : MIEN_ENOMEM;
}

mien_status web_picture_take(web_picture *p, const uint8_t *rgba, int width,
                             int height, mien_error *err)
{
    mien_status st = make_room(p, width, height, err);
    if (st)
        return st;
    uint8_t *rgb = p->im.data;
    size_t n = (size_t)width * (size_t)height;
    for (size_t i = 0; i < n; i++) {
        unsigned a = rgba[4 * i + 3];
        for (int c = 0; c < 3; c++) {
            unsigned v = rgba[4 * i + c];
            rgb[3 * i + c] =
                (uint8_t)(a == 255 ? v : (v * a + 255 * (255 - a) + 127) / 255);
        }
    }
    return MIEN_OK;
}
