/* Any bytes as a weight manifest: JSON up to the first zero byte, the weights'
 * bytes behind it. */
#include "model/manifest.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const uint8_t *zero = n ? memchr(bytes, 0, n) : NULL;
    size_t json = zero ? (size_t)(zero - bytes) : n;
    size_t rest = zero ? n - json - 1 : 0;
    mi_weights w = {0};
    mien_error err = {0};
    unsigned sum = 0;
    if (mi_manifest_read(bytes, json, zero ? zero + 1 : bytes, rest, &w,
                         &err) != MIEN_OK)
        return 0;
    for (int i = 0; i < w.n; i++)
        for (size_t k = 0; k < w.weight[i].len; k++)
            sum += (unsigned)mi_weight_int(&w.weight[i], k);
    mi_weights_done(&w);
    return sum == 1 ? -1 : 0;
}
