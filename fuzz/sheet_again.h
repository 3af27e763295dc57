/* sheet_again.h: what holds of every sheet of data, whatever it was read of. */
#ifndef SHEET_AGAIN_H
#define SHEET_AGAIN_H

#include "mien/dataset_sheet.h"

#include <string.h>

static inline void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

/* Written and read again it is the same, and can be shown. */
static inline void sheet_again(const mien_datasheet *s)
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

#endif
