/* Any bytes as roles of data.  What is read can be told, and comes back from
 * what is written. */
#include "mien/report_roles.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_roles *r = NULL, *back = NULL;
    mien_error err = {0};
    mien_buffer text = {0}, again = {0}, words = {0};
    mien_status st = mien_roles_read(bytes, n, &r, &err);
    int days = 0;
    if (st) {
        must(err.status == st && err.text[0] && !r);
        return 0;
    }
    mien_roles_write(r, &text);
    must(mien_roles_read(text.data, text.n, &back, NULL) == MIEN_OK);
    mien_roles_write(back, &again);
    must(again.n == text.n && memcmp(again.data, text.data, text.n) == 0);
    mien_roles_text(r, "2026-11-30", &words);
    must(words.n > 0);
    must(mien_roles_left(r, "2026-11-30", &days) ==
         (mien_roles_facts_of(r)->until[0] != 0));
    for (int i = 0; mien_roles_part_at(r, i); i++)
        must(mien_roles_part_at(back, i) != NULL);
    mien_buffer_free(&text);
    mien_buffer_free(&again);
    mien_buffer_free(&words);
    mien_roles_free(r);
    mien_roles_free(back);
    return 0;
}
