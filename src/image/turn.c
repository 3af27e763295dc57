/* turn.c: pictures turned and mirrored, whole pixels to whole pixels.
 *
 * Orientations are EXIF's: 1 upright, 2 mirrored, 3 on its head, 4 both, and
 * 5..8 with the axes swapped. */
#include "image/codec.h"

#include <assert.h>
#include <string.h>

/* Where the upright picture's pixel (0, 0) lies in the file's picture, and how
 * many bytes on the next one to the right and the next one down lie. */
typedef struct {
    const uint8_t *start;
    ptrdiff_t right, down;
} walk;

/* Orientations 5..8 swap the axes; besides, each turns none, one or both. */
static walk walk_of(const mien_image *im, int orientation)
{
    static const uint8_t turns_x[9] = {0, 0, 1, 1, 0, 0, 0, 1, 1};
    static const uint8_t turns_y[9] = {0, 0, 0, 1, 1, 0, 1, 1, 0};
    ptrdiff_t x = 3, y = im->stride;
    const uint8_t *start = im->data;
    if (turns_x[orientation]) {
        start += (im->w - 1) * x;
        x = -x;
    }
    if (turns_y[orientation]) {
        start += (im->h - 1) * y;
        y = -y;
    }
    return orientation >= 5 ? (walk){start, y, x} : (walk){start, x, y};
}

enum { BLOCK = 64 };

static int least(int a, int b) { return a < b ? a : b; }

static void orient_block(walk s, const mien_image *up, int x0, int y0)
{
    int n = least(BLOCK, up->w - x0), y1 = least(y0 + BLOCK, up->h);
    for (int y = y0; y < y1; y++) {
        const uint8_t *from = s.start + x0 * s.right + y * s.down;
        uint8_t *to = up->data + y * up->stride + (ptrdiff_t)x0 * 3;
        for (int i = 0; i < n; i++, from += s.right, to += 3)
            memcpy(to, from, 3);
    }
}

/* The picture of an orientation 1..8, upright.  In blocks, so that the rows of
 * both stay in the cache. */
static mien_status oriented(const mien_image *im, int orientation,
                            mien_image *out, mien_error *err)
{
    int swapped = orientation >= 5;
    mien_image up;
    mien_status st = mien_image_new(swapped ? im->h : im->w,
                                    swapped ? im->w : im->h, &up, err);
    if (st != MIEN_OK)
        return st;
    walk s = walk_of(im, orientation);
    for (int y = 0; y < up.h; y += BLOCK)
        for (int x = 0; x < up.w; x += BLOCK)
            orient_block(s, &up, x, y);
    *out = up;
    return MIEN_OK;
}

mien_status mi_image_upright(mien_image *im, int orientation, mien_error *err)
{
    mien_image up;
    if (orientation < 2 || orientation > 8)
        return MIEN_OK;
    mien_status st = oriented(im, orientation, &up, err);
    if (st != MIEN_OK)
        return st;
    mien_image_free(im);
    *im = up;
    return MIEN_OK;
}

mien_status mien_image_turn(const mien_image *im, int quarters, mien_image *out,
                            mien_error *err)
{
    static const int orientation[] = {1, 6, 3, 8};
    assert(quarters >= 0 && quarters < 4);
    return oriented(im, orientation[quarters], out, err);
}
