/* Videos of every container, from bytes that mean harm. */
#include "video/video.h"

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
    enum { SIDE = 256, FRAMES = 50 };
    mien_video_options small = MIEN_VIDEO_DEFAULTS;
    small.max_side = SIDE;
    small.max_pixels = (int64_t)SIDE * SIDE;
    small.threads = 1;
    mien_video *v = NULL;
    mien_error err = {0};
    mien_status st = mi_video_open_memory(bytes, n, &small, &v, &err);
    if (st != MIEN_OK) {
        if (v || err.status != st || !err.text[0])
            abort();
        return 0;
    }
    int more = 1;
    for (int i = 0; i < FRAMES && more && st == MIEN_OK; i++) {
        mien_image im = {0};
        double seconds = -1;
        st = mien_video_next(v, &im, &seconds, &more, &err);
        if (st != MIEN_OK || !more)
            break;
        if (im.w < 1 || im.h < 1 || im.w > SIDE || im.h > SIDE || seconds < 0)
            abort();
        volatile unsigned sum = touch(&im);
        (void)sum;
    }
    mien_video_close(v);
    return 0;
}
