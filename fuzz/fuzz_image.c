/* Photos of every format, from bytes that mean harm. */
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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const mien_read_options upright = {0, 256, 1 << 20, 20, 0};
    static const mien_read_options as_it_lies = {1, 256, 1 << 20, 20, 0};
    mien_image im = {0};
    mien_error err = {0};
    mien_status st =
        mien_image_read(bytes, n, n % 2 ? &upright : &as_it_lies, &im, &err);
    if (st != MIEN_OK) {
        if (im.data || err.status != st || !err.text[0])
            abort();
        return 0;
    }
    if (im.w < 1 || im.h < 1 || im.w > 256 || im.h > 256)
        abort();
    volatile unsigned sum = touch(&im);
    (void)sum;
    mien_image_free(&im);
    return 0;
}
