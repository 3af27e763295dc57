/* Any bytes as a .vec file: two bytes for the size of its samples, then the
 * file.  What is read has all the samples it claims. */
#include "mien/samples.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint8_t one[256 * 256];
    mien_vec v;
    mien_chips c = {0};
    mien_error err = {0};
    unsigned sum = 0;
    if (n < 2)
        return 0;
    int w = bytes[0] + 1, h = bytes[1] + 1;
    if (mien_vec_read(bytes + 2, n - 2, w, h, &v, &err) != MIEN_OK) {
        must(err.status && err.text[0]);
        return 0;
    }
    for (int64_t i = 0; i < v.n; i++) {
        mien_vec_get(&v, i, one);
        sum += one[(size_t)w * (size_t)h - 1];
    }
    must(mien_vec_chips(&v, 1, &c, NULL) == MIEN_OK && c.n == 2 * v.n);
    for (int64_t i = 0; i < v.n; i++)
        sum -= c.data[(size_t)(2 * i + 1) * (size_t)(w * h) - 1];
    must(sum == 0);
    mien_chips_free(&c);
    return 0;
}
