/* sheet_make.h: what tests of sheets of data read of them. */
#ifndef SHEET_MAKE_H
#define SHEET_MAKE_H

#include "mien/dataset_sheet.h"
#include "tests/check.h"

#include <jansson.h>

/* Two texts are the same. */
#define CHECK_STR(a, b)                                                      \
    do {                                                                     \
        const char *a_ = a, *b_ = b;                                         \
        a_ = a_ ? a_ : "(none)";                                             \
        CHECK_MSG(strcmp(a_, b_) == 0, "%s: '%s', wanted '%s'", #a, a_, b_); \
    } while (0)

/* A sheet as JSON, released with json_decref. */
static inline json_t *sheet_json(const mien_datasheet *s)
{
    mien_buffer b = {0};
    CHECK(!mien_datasheet_write(s, &b, NULL));
    json_t *j = json_loadb((const char *)b.data, b.n, 0, NULL);
    CHECK(j != NULL);
    mien_buffer_free(&b);
    return j;
}

/* A text of the sheet, "computed" or "answers"; "" if there is none. */
static inline const char *sheet_text(const json_t *sheet, const char *part,
                                     const char *key)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(sheet, part), key));
    return text ? text : "";
}

#endif
