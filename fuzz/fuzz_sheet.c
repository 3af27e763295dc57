/* Any bytes as a sheet of data, and as answers.  What is read is whole, and
 * comes back from what is written. */
#include "fuzz/sheet_again.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

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
        sheet_again(s);
    }
    mien_datasheet_free(s);
    s = NULL;
    if (mien_datasheet_new(&s, NULL))
        return 0;
    st = mien_datasheet_answers(s, bytes, n, &err);
    must(!st || err.text[0]);
    sheet_again(s);
    mien_datasheet_free(s);
    return 0;
}
