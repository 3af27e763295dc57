/* HEIC and AVIF files: boxes and properties from bytes that mean harm.  libheif
 * and the decoders under it are the system's: they are not instrumented. */
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
    mien_image im = {0};
    mien_error err = {0};
    if (n < 12 || bytes[4] != 'f') /* other formats: fuzz_image */
        return 0;
    mien_status st = mien_image_read(bytes, n, &o, &im, &err);
    if (st == MIEN_OK ? !im.data : im.data || err.status != st || !err.text[0])
        abort();
    unsigned sum = 0;
    for (int y = 0; y < im.h; y++)
        for (int i = 0; i < im.w * 3; i++)
            sum = sum * 31 + im.data[y * im.stride + i];
    volatile unsigned kept = sum;
    (void)kept;
    mien_image_free(&im);
    return 0;
}
