/* Photos of every format, from bytes that mean harm; what EXIF says of the day
 * is one, or nothing. */
#include "mien/day.h"
#include "mien/image.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Read every pixel, so that one never written is noticed. */
static unsigned touch(const mien_image *im)
{
    unsigned sum = 0;
    for (int y = 0; y < im->h; y++)
        for (int i = 0; i < im->w * 3; i++)
            sum = sum * 31 + im->data[y * im->stride + i];
    return sum;
}

/* Small, so that a thousand inputs are read in a second. */
enum { SIDE = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_read_options o = {.ignore_orientation = n % 2,
                           .max_side = SIDE,
                           .max_pixels = SIDE * SIDE,
                           .max_scans = 5,
                           .strict = n % 4 < 2};
    mien_photo p = {0};
    mien_error err = {0};
    mien_status st = mien_photo_read(bytes, n, &o, &p, &err);
    if (st != MIEN_OK) {
        if (p.im.data || err.status != st || !err.text[0])
            abort();
        return 0;
    }
    if (p.im.w < 1 || p.im.h < 1 || p.im.w > SIDE || p.im.h > SIDE ||
        p.w != p.im.w || p.h != p.im.h || (o.strict && p.warning[0]) ||
        (p.taken[0] && !mien_is_day(p.taken)))
        abort();
    volatile unsigned sum = touch(&p.im);
    (void)sum;
    mien_photo_free(&p);
    return 0;
}
