/* Any bytes as concepts.json.  What is read is written and read back. */
#include "mien/faces_concepts.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_concepts a = {0}, b = {0};
    mien_error err = {0};
    mien_buffer text = {0};
    mien_status st = mien_concepts_read(bytes, n, &a, &err);
    if (st) {
        must(err.status == st && err.text[0] && !a.item);
        return 0;
    }
    mien_concepts_write(&a, &text);
    must(!text.failed);
    must(!mien_concepts_read(text.data, text.n, &b, &err));
    must(a.n == b.n && !strcmp(a.model, b.model));
    for (int i = 0; i < a.n; i++)
        for (int k = 0; k < a.item[i].units; k++) /* -0 is written as 0 */
            must(a.item[i].vector[k] == b.item[i].vector[k]);
    mien_buffer_free(&text);
    mien_concepts_free(&a);
    mien_concepts_free(&b);
    return 0;
}
