/* Any bytes as a note of why people may be looked for.  What is read is whole,
 * and comes back from what is written. */
#include "mien/record_basis.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_basis b = {{0}, {0}, {0}, {0}}, back = b;
    mien_error err = {0};
    mien_buffer text = {0};
    mien_status st = mien_basis_read(bytes, n, &b, &err);
    if (st) {
        must(err.status == st && err.text[0] && !b.basis[0]);
        return 0;
    }
    must(mien_basis_hold(&b, NULL, NULL) == MIEN_OK);
    mien_record_basis(&b, &text);
    must(mien_basis_read(text.data, text.n, &back, NULL) == MIEN_OK);
    must(memcmp(&b, &back, sizeof b) == 0);
    mien_day_add(b.date, 400, back.date);
    must(mien_is_day(back.date));
    mien_buffer_free(&text);
    return 0;
}
