/* sheet_croissant.c: a sheet of a table as Croissant metadata, for catalogues
 * of data. */
#include "dataset/sheet_croissant.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

const char *mi_croissant_type(const mien_column *c, const mien_summary *s,
                              int64_t rows)
{
    if (c->type == MIEN_COLUMN_TEXT)
        return s->dates ? "sc:Date" : "sc:Text";
    for (int64_t i = 0; i < rows; i++)
        if (!isnan(c->number[i]) &&
            !(fabs(c->number[i]) < 1e15 && trunc(c->number[i]) == c->number[i]))
            return "sc:Float";
    return "sc:Integer";
}

/* All columns. */
static void put_rows(mien_json *j, const mien_datasheet *s, const mien_table *t,
                     const mien_summary *summary)
{
    mien_json_array(j, "recordSet");
    mien_json_object(j, NULL);
    mien_json_text(j, "@type", "cr:RecordSet");
    mien_json_text(j, "@id", "rows");
    mien_json_text(j, "name", "rows");
    mien_json_array(j, "field");
    for (int i = 0; i < mien_table_columns(t); i++) {
        mien_column c = mien_table_column(t, i);
        mi_croissant_column(
            j, "rows", mien_datasheet_name(s), c.name,
            mi_croissant_type(&c, &summary[i], mien_table_rows(t)));
    }
    mien_json_close(j);
    mien_json_close(j);
    mien_json_close(j);
}

mien_status mien_datasheet_croissant(const mien_datasheet *s,
                                     const mien_table *t, mien_buffer *out,
                                     mien_error *err)
{
    size_t n = (size_t)mien_table_columns(t);
    mien_summary *summary = mi_alloc(n + 1, sizeof *summary);
    if (!summary)
        return mi_no_memory(err);
    mien_status st = mien_table_describe(t, 0, NULL, NULL, summary, err);
    mien_json j = mien_json_on(out, 2);
    if (!st) {
        mi_croissant_begin(&j, s);
        mien_json_array(&j, "distribution");
        mi_croissant_file(&j, mien_datasheet_name(s), "text/csv", s->sha256);
        mien_json_close(&j);
        put_rows(&j, s, t, summary);
        mien_json_close(&j);
        mien_buffer_puts(out, "\n");
    }
    mi_free(summary);
    return st ? st : out->failed ? mi_no_memory(err) : MIEN_OK;
}
