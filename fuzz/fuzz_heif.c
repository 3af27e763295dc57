/* HEIC and AVIF files: boxes, properties and EXIF from bytes that mean harm.
 * libheif and the decoders under it are the system's: they are not
 * instrumented. */
#include "mien/day.h"
#include "mien/image.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
const char *__lsan_default_suppressions(void);

/* Decoders under libheif forget a little of files that lie. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libdav1d\nleak:libde265\nleak:libaom\nleak:libheif\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const mien_read_options o = {.max_side = 256, .max_pixels = 1 << 14};
    mien_photo p = {0};
    mien_error err = {0};
    if (n < 12 || bytes[4] != 'f') /* other formats: fuzz_image */
        return 0;
    mien_status st = mien_photo_read(bytes, n, &o, &p, &err);
    const mien_image im = p.im;
    if (st == MIEN_OK ? !im.data : im.data || err.status != st || !err.text[0])
        abort();
    if (p.taken[0] && !mien_is_day(p.taken))
        abort();
    unsigned sum = 0;
    for (int y = 0; y < im.h; y++)
        for (int i = 0; i < im.w * 3; i++)
            sum = sum * 31 + im.data[y * im.stride + i];
    volatile unsigned kept = sum;
    (void)kept;
    mien_photo_free(&p);
    return 0;
}
