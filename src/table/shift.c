/* shift.c: warn before an event, as article "Extreme rare event classification
 * using autoencoders" (C. Ranjan, 2019) shifts its labels.
 *
 * There, y is added to itself moved up by one row, k times over, so that row i
 * becomes positive if any of y[i..i+k] is; then rows whose own y was 1 are
 * dropped.  What stays is label[i] = any of y[i+1..i+k].  Rows at the start of
 * the table get no earlier rows; consecutive events are all dropped, and the
 * rows before the first of them are labelled. */
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"

int64_t mien_curve_shift(int64_t n, const uint8_t *event, int64_t ahead,
                         int64_t *rows, uint8_t *label)
{
    /* From the end, so that the next event is known; then brought forward. */
    int64_t next = -1, kept = 0;
    for (int64_t i = n - 1; i >= 0; i--) {
        if (event[i])
            next = i;
        else
            label[i] = next >= 0 && next - i <= ahead;
    }
    for (int64_t i = 0; i < n; i++)
        if (!event[i]) {
            label[kept] = label[i];
            rows[kept++] = i;
        }
    return kept;
}

/* The table of the rows that stay, its label as numbers. */
static mien_status relabel(const mien_table *t, int column, int64_t kept,
                           const int64_t *rows, const uint8_t *label,
                           mien_table **out, mien_error *err)
{
    double *values = mi_alloc_raw((size_t)kept, sizeof *values);
    mien_table *to = NULL;
    mien_status st = values ? mien_table_select_rows(t, kept, rows, &to, err)
                            : mi_no_memory(err);
    for (int64_t i = 0; i < kept && st == MIEN_OK; i++)
        values[i] = label[i];
    if (st == MIEN_OK)
        st = mien_table_set_number(to, t->column[column].name, values, err);
    mi_free(values);
    if (st != MIEN_OK) {
        mien_table_free(to);
        return st;
    }
    *out = to;
    return MIEN_OK;
}

mien_status mien_table_curve_shift(const mien_table *t, int column,
                                   const mien_label *classes, int64_t ahead,
                                   int64_t *rows, mien_table **out,
                                   mien_error *err)
{
    if (ahead < 1)
        return mi_fail(err, MIEN_EARG,
                       "table: %lld rows ahead, wanted 1 or more",
                       (long long)ahead);
    size_t n = (size_t)t->rows;
    int64_t *kept_rows = mi_alloc_raw(n, sizeof *kept_rows), kept = 0;
    uint8_t *event = mi_alloc_raw(n, 2);
    mien_status st = kept_rows && event
                         ? mien_label_read(classes, t, column, event, err)
                         : mi_no_memory(err);
    if (st == MIEN_OK) {
        kept = mien_curve_shift(t->rows, event, ahead, kept_rows, event + n);
        st = relabel(t, column, kept, kept_rows, event + n, out, err);
    }
    for (int64_t i = 0; rows && i < kept && st == MIEN_OK; i++)
        rows[i] = kept_rows[i];
    mi_free(kept_rows);
    mi_free(event);
    return st;
}
