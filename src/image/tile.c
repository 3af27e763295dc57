/* tile.c: pictures of one size side by side. */
#include "mien/image.h"

#include "base/error.h"

#include <string.h>

mien_status mien_image_tile(const mien_image *im, int n, int columns,
                            mien_image *out, mien_error *err)
{
    if (n < 1 || columns < 1)
        return mi_fail(err, MIEN_EARG,
                       "%d pictures in %d columns, wanted 1 or more", n,
                       columns);
    int w = im[0].w, h = im[0].h;
    int rows = (n - 1) / columns + 1;
    for (int i = 1; i < n; i++)
        if (im[i].w != w || im[i].h != h)
            return mi_fail(err, MIEN_EARG,
                           "picture %d has %d x %d pixels, the first %d x %d",
                           i + 1, im[i].w, im[i].h, w, h);
    columns = columns < n ? columns : n;
    if (columns > MIEN_IMAGE_MAX_SIDE / w || rows > MIEN_IMAGE_MAX_SIDE / h)
        return mi_fail(err, MIEN_ELIMIT,
                       "%d x %d pictures of %d x %d pixels: a side is at most "
                       "%d",
                       columns, rows, w, h, MIEN_IMAGE_MAX_SIDE);
    mien_status st = mien_image_new(columns * w, rows * h, out, err);
    for (int i = 0; i < n && !st; i++)
        for (int y = 0; y < h; y++)
            memcpy(out->data +
                       ((ptrdiff_t)(i / columns) * h + y) * out->stride +
                       (ptrdiff_t)(i % columns) * w * 3,
                   im[i].data + y * im[i].stride, (size_t)w * 3);
    return st;
}
