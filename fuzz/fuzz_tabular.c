/* Any bytes as a model of tables: what is read says what columns it wants, and
 * scores a table that has them; written and read again it scores the same. */
#include "mien/tabular.h"
#include "mien/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { ROWS = 5, MAX_COLUMNS = 64, MAX_WIDTH = 256 };

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

/* A table with the columns of an encoder, its texts of known levels; NULL if it
 * cannot be made: names that are there twice. */
static mien_table *table_for(const mien_encoder *e)
{
    static const double number[ROWS] = {0, 1, -2.5, 1e6, 7};
    static mien_text text[MAX_COLUMNS][ROWS];
    mien_column column[MAX_COLUMNS];
    mien_table *t = NULL;
    if (e->columns > MAX_COLUMNS)
        return NULL;
    for (int i = 0; i < e->columns; i++) {
        const mien_encoder_column *c = &e->column[i];
        column[i] = (mien_column){.name = c->name, .type = c->type};
        for (int k = 0; k < ROWS; k++) {
            const char *level = c->levels ? c->level[k % c->levels] : "";
            text[i][k] = (mien_text){level, strlen(level)};
        }
        if (c->type == MIEN_COLUMN_TEXT)
            column[i].text = text[i];
        else
            column[i].number = number;
    }
    return mien_table_new(ROWS, e->columns, column, &t, NULL) ? NULL : t;
}

static void score(mien_tabular *m, const mien_table *t)
{
    static float part[ROWS * MAX_WIDTH];
    double first[ROWS], again[ROWS];
    mien_bytes file = {0};
    mien_tabular *copy = NULL;
    if (mien_tabular_score(m, t, first, part, NULL))
        return;
    must(mien_tabular_write(m, &file, NULL) == MIEN_OK);
    if (!mien_tabular_read(file.data, file.n, &copy, NULL)) {
        must(mien_tabular_window(copy) == mien_tabular_window(m));
        must(mien_tabular_threshold(copy) == mien_tabular_threshold(m));
        must(!mien_tabular_score(copy, t, again, NULL, NULL));
        for (int i = 0; i < ROWS; i++)
            must(first[i] == again[i] || (isnan(first[i]) && isnan(again[i])));
    }
    mien_tabular_free(copy);
    mien_bytes_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_tabular *m = NULL;
    mien_error err = {0};
    char name[80];
    mien_status st = mien_tabular_read(bytes, n, &m, &err);
    if (st != MIEN_OK) {
        must(err.status == st && err.text[0]);
        return 0;
    }
    const mien_encoder *e = mien_tabular_encoder(m);
    for (int i = 0; i < e->width; i++) {
        mien_encoder_name(e, i, sizeof name, name);
        must(mien_encoder_source(e, i) < e->columns);
    }
    must(mien_tabular_window(m) >= 1 && !isnan(mien_tabular_threshold(m)));
    (void)mien_tabular_text(m, "label");
    mien_table *t = e->width <= MAX_WIDTH ? table_for(e) : NULL;
    if (t)
        score(m, t);
    mien_table_free(t);
    mien_tabular_free(m);
    return 0;
}
