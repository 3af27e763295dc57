/* Any bytes as a sheet of data, and as answers.  What is read is whole, and
 * comes back from what is written. */
#include "mien/dataset_sheet.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

/* Written and read again it is the same. */
static void again(const mien_datasheet *s)
{
    mien_datasheet *back = NULL;
    mien_card *c = NULL;
    mien_buffer text = {0}, twice = {0}, page = {0};
    must(mien_datasheet_write(s, &text, NULL) == MIEN_OK);
    must(mien_datasheet_read(text.data, text.n, &back, NULL) == MIEN_OK);
    must(mien_datasheet_write(back, &twice, NULL) == MIEN_OK);
    must(text.n == twice.n && memcmp(text.data, twice.data, text.n) == 0);
    must(mien_datasheet_card(back, &c, NULL) == MIEN_OK);
    must(mien_card_text(c, &page, NULL) == MIEN_OK);
    must(mien_card_page(c, &page, NULL) == MIEN_OK);
    mien_card_free(c);
    mien_datasheet_free(back);
    mien_buffer_free(&text);
    mien_buffer_free(&twice);
    mien_buffer_free(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_datasheet *s = NULL;
    mien_error err = {0};
    mien_status st = mien_datasheet_read(bytes, n, &s, &err);
    must(st ? err.status == st && err.text[0] && !s : s != NULL);
    if (!st) {
        int open = mien_datasheet_open(s, 1);
        st = mien_datasheet_gate(s, mien_datasheet_digest(s), &err);
        must(st == MIEN_EARG || (!open && !st));
        again(s);
    }
    mien_datasheet_free(s);
    s = NULL;
    if (mien_datasheet_new(&s, NULL))
        return 0;
    st = mien_datasheet_answers(s, bytes, n, &err);
    must(!st || err.text[0]);
    again(s);
    mien_datasheet_free(s);
    return 0;
}
