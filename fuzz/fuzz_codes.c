/* Any bytes as codes.json: what was accepted can be drawn from, and is written
 * as it is read. */
#include "mien/picture_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static float code[65536];
    mien_codes c = {0}, again = {0};
    mien_buffer b = {0};
    mien_random r;
    if (mien_codes_read(bytes, n, &c, NULL))
        return 0;
    must(c.mixture.d <= 65536);
    mien_random_init(&r, 1);
    mien_mixture_draw(&c.mixture, &r, code);
    mien_mixture_log_density(&c.mixture, code);
    mien_codes_write(&c, &b);
    must(!b.failed && !mien_codes_read(b.data, b.n, &again, NULL));
    must(again.mixture.d == c.mixture.d && again.mixture.k == c.mixture.k);
    mien_codes_free(&again);
    mien_codes_free(&c);
    mien_buffer_free(&b);
    return 0;
}
