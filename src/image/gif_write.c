/* gif_write.c: frames as a GIF by giflib, shown again and again.  All have one
 * table of 256 colours, by median cut (GifQuantizeBuffer). */
#include "mien/image.h"
#include "mien/text.h"

#include "base/alloc.h"
#include "base/error.h"

#include <gif_lib.h>
#include <math.h>
#include <string.h>

enum { COLOURS = 256, MAX_SIDE = 65535 };

/* Frames being written. */
typedef struct film {
    const mien_image *im;
    int n;
    double fps;
    uint8_t *plane; /* red, green, blue of all pixels, then their colours */
    size_t pixels;  /* of all frames */
    GifColorType colour[COLOURS];
    GifFileType *gif;
    mien_buffer out;
} film;

/* An OutputFunc. */
static int take_bytes(GifFileType *gif, const GifByteType *bytes, int n)
{
    film *f = gif->UserData;
    mien_buffer_put(&f->out, bytes, (size_t)n);
    return f->out.failed ? 0 : n;
}

/* Refuse what cannot be written. */
static mien_status check(const film *f, mien_error *err)
{
    const mien_image *im = f->im;
    if (f->n < 1 || !(f->fps >= 0.1 && f->fps <= 50))
        return mi_fail(err, MIEN_EARG,
                       "gif: %d frames, %g a second: wanted 1 or more and "
                       "0.1..50",
                       f->n, f->fps);
    for (int i = 1; i < f->n; i++)
        if (im[i].w != im->w || im[i].h != im->h)
            return mi_fail(err, MIEN_EARG,
                           "gif: frame %d has %d x %d pixels, the first %d x "
                           "%d",
                           i + 1, im[i].w, im[i].h, im->w, im->h);
    if (im->w > MAX_SIDE || im->h > MAX_SIDE ||
        (int64_t)im->w * im->h > MIEN_IMAGE_MAX_PIXELS / f->n)
        return mi_fail(err, MIEN_ELIMIT,
                       "gif: %d frames of %d x %d, at most are %d pixels in "
                       "all",
                       f->n, im->w, im->h, MIEN_IMAGE_MAX_PIXELS);
    return MIEN_OK;
}

/* Choose the colours of all frames. */
static mien_status choose(film *f, mien_error *err)
{
    int w = f->im->w, h = f->im->h, colours = COLOURS;
    f->pixels = (size_t)w * (size_t)h * (size_t)f->n;
    f->plane = mi_alloc(f->pixels, 4);
    if (!f->plane)
        return mi_no_memory(err);
    uint8_t *r = f->plane, *g = r + f->pixels, *b = g + f->pixels;
    for (int i = 0; i < f->n; i++)
        for (int y = 0; y < h; y++) {
            const uint8_t *from = f->im[i].data + y * f->im[i].stride;
            for (int x = 0; x < w; x++, from += 3) {
                *r++ = from[0];
                *g++ = from[1];
                *b++ = from[2];
            }
        }
    r = f->plane;
    if (GifQuantizeBuffer((unsigned)w, (unsigned)h * (unsigned)f->n, &colours,
                          r, r + f->pixels, r + 2 * f->pixels,
                          r + 3 * f->pixels, f->colour) != GIF_OK)
        return mi_no_memory(err);
    return MIEN_OK;
}

/* Size, colours, and that it begins again at its end. */
static int put_head(film *f)
{
    static const uint8_t forever[] = {1, 0, 0};
    GifFileType *g = f->gif;
    ColorMapObject *map = GifMakeMapObject(COLOURS, f->colour);
    EGifSetGifVersion(g, true);
    int good = map && EGifPutScreenDesc(g, f->im->w, f->im->h, 8, 0, map) &&
               EGifPutExtensionLeader(g, APPLICATION_EXT_FUNC_CODE) &&
               EGifPutExtensionBlock(g, 11, "NETSCAPE2.0") &&
               EGifPutExtensionBlock(g, 3, forever) &&
               EGifPutExtensionTrailer(g);
    GifFreeMapObject(map);
    return good;
}

/* A frame; it ends at the hundredth of a second nearest to its time. */
static int put_frame(film *f, int i)
{
    int w = f->im->w, h = f->im->h;
    const GraphicsControlBlock control = {
        .DelayTime = (int)(llround(100 * (i + 1.0) / f->fps) -
                           llround(100.0 * i / f->fps)),
        .TransparentColor = NO_TRANSPARENT_COLOR};
    GifByteType bytes[4];
    uint8_t *row = f->plane + 3 * f->pixels + (size_t)i * (size_t)w * (size_t)h;
    size_t n = EGifGCBToExtension(&control, bytes);
    int good =
        EGifPutExtension(f->gif, GRAPHICS_EXT_FUNC_CODE, (int)n, bytes) &&
        EGifPutImageDesc(f->gif, 0, 0, w, h, false, NULL);
    for (int y = 0; y < h && good; y++, row += w)
        good = EGifPutLine(f->gif, row, w) == GIF_OK;
    return good;
}

mien_status mien_image_write_gif(const mien_image *im, int n, double fps,
                                 mien_bytes *out, mien_error *err)
{
    film f = {.im = im, .n = n, .fps = fps};
    int why = 0;
    mien_status st = check(&f, err);
    if (!st)
        st = choose(&f, err);
    if (!st && !(f.gif = EGifOpen(&f, take_bytes, &why)))
        st = mi_no_memory(err);
    int good = !st && put_head(&f);
    for (int i = 0; i < n && good; i++)
        good = put_frame(&f, i);
    if (f.gif)
        good &= EGifCloseFile(f.gif, &why) == GIF_OK;
    if (!st && !good && !f.out.failed)
        st = mi_no_memory(err); /* nothing else can fail */
    mi_free(f.plane);
    if (!st)
        return mien_buffer_give(&f.out, out, err);
    mien_buffer_free(&f.out);
    return st;
}
