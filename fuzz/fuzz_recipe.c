/* Any bytes as a recipe.  What is read is written, and must read as the same
 * bytes. */
#include "mien/study.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_recipe *r = NULL, *again = NULL;
    mien_bytes one = {0}, two = {0};
    mien_error err = {0};
    mien_status st = mien_recipe_read(bytes, n, &r, &err);
    if (st) {
        must(err.status == st && err.text[0]);
        return 0;
    }
    must(r->label && r->window >= 1 && r->ahead >= 0);
    must(mien_recipe_write(r, &one, NULL) == MIEN_OK);
    must(mien_recipe_read(one.data, one.n, &again, NULL) == MIEN_OK);
    must(mien_recipe_write(again, &two, NULL) == MIEN_OK);
    must(one.n == two.n && memcmp(one.data, two.data, one.n) == 0);
    mien_recipe_free(r);
    mien_recipe_free(again);
    mien_bytes_free(&one);
    mien_bytes_free(&two);
    return 0;
}
