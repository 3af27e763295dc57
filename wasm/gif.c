/* gif.c: frames of a page as a GIF. */
#include "wasm/gif.h"

#include <stdlib.h>

struct web_gif {
    mien_bytes file;
};

/* Frames as pictures of three bytes a pixel. */
static mien_status take(web_picture *p, int n, const uint8_t *rgba, int width,
                        int height, mien_error *err)
{
    size_t frame = 4 * (size_t)width * (size_t)height;
    mien_status st = MIEN_OK;
    for (int i = 0; i < n && st == MIEN_OK; i++)
        st = web_picture_take(&p[i], rgba + (size_t)i * frame, width, height,
                              err);
    return st;
}

/* Write what was taken. */
static mien_status write(const web_picture *p, int n, double fps,
                         mien_bytes *out, mien_error *err)
{
    mien_image *im = calloc((size_t)n, sizeof *im);
    if (!im)
        return MIEN_ENOMEM;
    for (int i = 0; i < n; i++)
        im[i] = p[i].im;
    mien_status st = mien_image_write_gif(im, n, fps, out, err);
    free(im);
    return st;
}

mien_status web_gif_new(mien_web *w, const uint8_t *rgba, int n, int width,
                        int height, double fps, web_gif **out)
{
    mien_error err = {0};
    web_text_begin(w);
    web_gif *g = calloc(1, sizeof *g);
    web_picture *p = n > 0 ? calloc((size_t)n, sizeof *p) : NULL;
    mien_status st = g && p ? MIEN_OK : n > 0 ? MIEN_ENOMEM : MIEN_EARG;
    if (st == MIEN_OK)
        st = take(p, n, rgba, width, height, &err);
    if (st == MIEN_OK)
        st = write(p, n, fps, &g->file, &err);
    for (int i = 0; i < n && p; i++)
        free(p[i].im.data);
    free(p);
    if (st == MIEN_OK)
        *out = g;
    else
        free(g);
    return web_text_end(w, st, &err);
}

void web_gif_free(web_gif *g)
{
    if (!g)
        return;
    mien_bytes_free(&g->file);
    free(g);
}

const uint8_t *web_gif_bytes(const web_gif *g) { return g->file.data; }

size_t web_gif_size(const web_gif *g) { return g->file.n; }
