/* evaluate.c: a model on a table whose answers are known. */
#include "mien/study.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

/* The answers of a table's rows. */
static mien_status read_answers(const mien_tabular *m, const mien_table *t,
                                const mien_evaluate_options *o, uint8_t *y,
                                mien_error *err)
{
    const char *name = o->label ? o->label : mien_tabular_text(m, "label");
    const char *positive =
        o->positive ? o->positive : mien_tabular_text(m, "positive");
    mien_label classes;
    int at = mien_table_find(t, name);
    if (at < 0)
        return mi_fail(err, MIEN_EARG, "no column '%.150s'", name);
    mien_status st = mien_label_find(t, at, positive, &classes, err);
    return st ? st : mien_label_read(&classes, t, at, y, err);
}

/* Rows without a score, the first of a window, are passed over; how many are
 * left. */
static int64_t leave_out(int64_t n, uint8_t *y, double *score)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(score[i]))
            continue;
        score[kept] = score[i];
        y[kept++] = y[i];
    }
    return kept;
}

mien_status mien_evaluate(mien_tabular *m, const mien_table *t,
                          const mien_evaluate_options *options,
                          mien_verdict *out, mien_error *err)
{
    static const mien_evaluate_options defaults = MIEN_EVALUATE_DEFAULTS;
    const mien_evaluate_options *o = options ? options : &defaults;
    size_t n = (size_t)mien_table_rows(t) + 1;
    uint8_t *y = mi_alloc(n, 1);
    double *score = mi_alloc(n, sizeof *score);
    mien_status st =
        y && score ? read_answers(m, t, o, y, err) : mi_no_memory(err);
    mien_tabular_restart(m);
    if (!st)
        st = mien_tabular_score(m, t, score, NULL, err);
    if (!st) {
        mien_scored rows = {leave_out(mien_table_rows(t), y, score), y, score,
                            NULL};
        st = mien_verdict_of(
            &rows, o->threshold ? *o->threshold : mien_tabular_threshold(m),
            o->seed, o->pool, out, err);
    }
    mi_free(y);
    mi_free(score);
    return st;
}
