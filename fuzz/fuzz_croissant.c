/* Any bytes as Croissant metadata of a table and of pictures.  What is read is
 * proposed, never answered, and comes back from what is written. */
#include "fuzz/sheet_again.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* A line has no characters that a terminal obeys. */
static void check_lines(const char *text)
{
    for (; *text; text++)
        must(*text == '\n' || (unsigned char)*text >= 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char csv[] =
        "age,sex,day\n20,f,2020-01-02\n3.5,m,2020-01-03\n";
    const mien_csv_options how = MIEN_CSV_DEFAULTS;
    char sha256[65];
    mien_table *t = NULL;
    mien_datasheet *s = NULL;
    mien_error err = {0};
    mien_sha256(csv, sizeof csv - 1, sha256);
    const mien_datasheet_data data = {.name = "t.csv", .sha256 = sha256};
    must(!mien_csv_read((const uint8_t *)csv, sizeof csv - 1, &how, &t, NULL));
    must(!mien_datasheet_new(&s, NULL));
    must(!mien_datasheet_compute(s, t, &data, NULL));
    must(!mien_datasheet_answer(s, "licence", "mine", NULL));
    const int open = mien_datasheet_open(s, 0);
    for (int pictures = 0; pictures < 2; pictures++) {
        mien_status st = mien_datasheet_from_croissant(
            s, bytes, n, "c.json", pictures ? NULL : t, &err);
        must(st ? err.status == st && err.text[0] != 0
                : *mien_datasheet_differences(s) != 0);
        must(mien_datasheet_open(s, 0) == open);
        must(!mien_datasheet_proposal(s, "licence"));
        check_lines(mien_datasheet_differences(s));
        check_lines(mien_datasheet_left_out(s));
        sheet_again(s);
    }
    mien_datasheet_confirm(s);
    must(mien_datasheet_proposals(s) == 0);
    sheet_again(s);
    mien_datasheet_free(s);
    mien_table_free(t);
    return 0;
}
