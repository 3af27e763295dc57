/* leak.c: what knows the label already.
 *
 * One column (mien_table_leaks): its area under the ROC curve for a class
 * against all others, texts out of their own half of the rows.  Two columns of
 * numbers: the area of their difference and of its size, where neither alone
 * has it: a balance that is exactly the amount.  The order of the file and of
 * dates: the area of the row's number or time.  An area counts if it is above
 * 0.9 by two standard errors (Hanley, McNeil, Radiology 143, 1982, equation 2)
 * and its class and the others have ten rows each. */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "mien/table_columns.h"
#include "mien/table_dates.h"

#include <math.h>

enum { LEAST = 10, PAIRED = 40, PAIR_ROWS = 8192, PAIRS_SHOWN = 3 };

/* ---- one column ---------------------------------------------------------- */

/* The label of all rows that have one, as a class against the others. */
typedef struct view {
    mien_dataset *d;
    const mi_classes *classes;
    mien_table *t; /* the labelled rows */
    uint8_t *y;
    int class; /* which is 1 */
    int64_t ones;
} view;

/* The standard error of an area. */
static double area_error(double a, int64_t ones, int64_t zeros)
{
    double q1 = a / (2 - a), q2 = 2 * a * a / (1 + a);
    double m = (double)ones, n = (double)zeros;
    double v = a * (1 - a) + (m - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a);
    return sqrt(v > 0 ? v / (m * n) : 0);
}

static double strength(double area) { return area < .5 ? 1 - area : area; }

static int is_sure(const view *v, double area)
{
    int64_t zeros = v->classes->labelled - v->ones;
    double a = strength(area);
    return a - 2 * area_error(a, v->ones, zeros) > .9;
}

static mi_finding *begin(const view *v, const char *check, double area)
{
    mi_finding *f =
        mi_finding_new(v->d, check, MIEN_WEIGHT_WRONG, strength(area));
    if (f)
        mi_finding_size(f, area, "area under the ROC curve");
    return f;
}

static void put_class(const view *v, mien_buffer *out)
{
    mien_buffer_printf(out, "%s=%s", v->d->column[v->d->label].name,
                       v->classes->name[v->class]);
}

/* A finding about a column that tells the class. */
static void say_column(const view *v, int c, const mien_leak *leak)
{
    int sure = leak->copy || is_sure(v, leak->auc);
    if (!leak->flag || !sure || v->d->known[c])
        return;
    v->d->known[c] = leak->copy || strength(leak->auc) > .995;
    mi_finding *f = begin(v, "leak", leak->auc);
    if (!f)
        return;
    mi_finding_column(v->d, f, c);
    mien_buffer_puts(&f->text, leak->copy ? "It has one value for each class: "
                                            "it is the label in other words ("
                                          : "Alone it tells ");
    put_class(v, &f->text);
    mien_buffer_printf(&f->text, leak->copy ? ")." : ", area %.4f.", leak->auc);
    mien_buffer_puts(&f->advice, "Is it known before what is to be foretold? "
                                 "If it is written down afterwards, drop it.");
}

/* Texts that are dates: does time tell the class?  *told 1: it does. */
static mien_status look_at_dates(const view *v, int c, int *told,
                                 mien_error *err)
{
    *told = 0;
    mien_dates dates = {0};
    double area = .5;
    if (mien_table_column(v->t, c).type != MIEN_COLUMN_TEXT)
        return MIEN_OK;
    mien_status st = mien_dates_read(v->t, c, v->d->o.csv.dates, &dates, err);
    if (st == MIEN_ENOMEM)
        return st;
    if (!st && mien_table_rows(v->t))
        st = mien_rank_auc(mien_table_rows(v->t), dates.second, v->y, &area,
                           err);
    else
        st = MIEN_OK;
    mien_dates_free(&dates);
    if (st || isnan(area) || !is_sure(v, area))
        return st;
    *told = 1;
    mi_finding *f = begin(v, "leak", area);
    if (f) {
        mi_finding_column(v->d, f, c);
        mien_buffer_puts(&f->text, "Time alone tells ");
        put_class(v, &f->text);
        mien_buffer_printf(&f->text,
                           ", area %.4f: classes were collected at "
                           "different times.",
                           area);
        mien_buffer_puts(&f->advice, "Whatever changed over time will look "
                                     "like a cause. Collect classes at the "
                                     "same times.");
    }
    return MIEN_OK;
}

/* ---- the order of the file ----------------------------------------------- */

/* Does the place in the file tell the class? */
static mien_status look_at_order(const view *v, mien_error *err)
{
    int64_t n = v->classes->labelled;
    double area = .5, *row = mi_alloc((size_t)n + 1, sizeof *row);
    if (!row)
        return mi_no_memory(err);
    for (int64_t i = 0; i < n; i++)
        row[i] = (double)v->classes->row[i];
    mien_status st = mien_rank_auc(n, row, v->y, &area, err);
    mi_free(row);
    if (st || isnan(area) || !is_sure(v, area))
        return st;
    mi_finding *f = begin(v, "order", area);
    if (f) {
        f->is.weight = MIEN_WEIGHT_QUESTION;
        mi_finding_column(v->d, f, v->d->label);
        mien_buffer_puts(&f->text, "The place in the file alone tells ");
        put_class(v, &f->text);
        mien_buffer_printf(&f->text, ", area %.4f: rows are sorted by it.",
                           area);
        mien_buffer_puts(&f->advice, "Never split such a file by its order, "
                                     "and drop numbers that count its rows.");
    }
    return MIEN_OK;
}

/* ---- two columns --------------------------------------------------------- */

typedef struct pair {
    int a, b, size; /* size 1: of the difference's absolute value */
    double area;
    int failed;
} pair;

typedef struct pair_job {
    const view *v;
    pair *of;
    int64_t n;    /* rows that are looked at, evenly along the file */
    uint8_t *y;   /* [n] */
    double *room; /* [lanes][n] */
} pair_job;

/* The r-th row that is looked at. */
static int64_t picked(const pair_job *j, int64_t r)
{
    return r * j->v->classes->labelled / j->n;
}

/* Does the difference of two columns tell the class? */
static void look_at_pair(void *arg, int i, int lane)
{
    const pair_job *j = arg;
    pair *p = &j->of[i];
    const double *a = mien_table_column(j->v->t, p->a).number;
    const double *b = mien_table_column(j->v->t, p->b).number;
    double *x = j->room + (int64_t)lane * j->n, area;
    p->area = .5;
    for (p->size = 0; p->size < 2; p->size++) {
        for (int64_t r = 0; r < j->n; r++) {
            int64_t at = picked(j, r);
            x[r] = p->size ? fabs(a[at] - b[at]) : a[at] - b[at];
        }
        p->failed |= mien_rank_auc(j->n, x, j->y, &area, NULL) != MIEN_OK;
        if (!p->failed && strength(area) >= MIEN_LEAK_AUC)
            break;
    }
    if (p->size < 2)
        p->area = area;
}

/* In how many rows of the class, and of the others, they are equal. */
static void put_equal(const view *v, const pair *p, mien_buffer *out)
{
    const double *a = mien_table_column(v->t, p->a).number;
    const double *b = mien_table_column(v->t, p->b).number;
    int64_t n[2] = {0, 0}, zeros = v->classes->labelled - v->ones;
    for (int64_t r = 0; r < v->classes->labelled; r++)
        n[v->y[r]] += a[r] == b[r];
    if (n[0] + n[1])
        mien_buffer_printf(out,
                           " They are equal in %.1f %% of its rows and in "
                           "%.1f %% of the others.",
                           100 * (double)n[1] / (double)v->ones,
                           100 * (double)n[0] / (double)zeros);
}

/* A finding about two columns. */
static void say_pair(const view *v, const pair *p)
{
    mi_finding *f = begin(v, "leak", p->area);
    if (!f)
        return;
    mi_finding_column(v->d, f, p->a);
    mi_finding_column(v->d, f, p->b);
    mien_buffer_printf(&f->text, "Their %sdifference alone tells ",
                       p->size ? "absolute " : "");
    put_class(v, &f->text);
    mien_buffer_printf(&f->text, ", area %.4f; neither does by itself.",
                       p->area);
    put_equal(v, p, &f->text);
    mien_buffer_puts(&f->advice, "One of them may be worked out from what is "
                                 "to be foretold: ask how it is made.");
}

static int64_t pairs_of(const mien_leak *leak, const view *v, pair *out)
{
    int used[PAIRED], n = 0;
    int64_t pairs = 0;
    for (int c = 0; c < mien_table_columns(v->t) && n < PAIRED; c++) {
        mien_column is = mien_table_column(v->t, c);
        if (is.number && c != v->d->label && v->d->column[c].values.used > 2 &&
            strength(leak[c].auc) < MIEN_LEAK_AUC)
            used[n++] = c;
    }
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++)
            out[pairs++] = (pair){.a = used[a], .b = used[b]};
    return pairs;
}

/* All pairs of columns of numbers, of the first forty. */
static mien_status look_at_pairs(const view *v, const mien_leak *leak,
                                 mien_error *err)
{
    int64_t n = v->classes->labelled, pairs;
    int shown = 0, failed = 0, lanes = mien_pool_size(v->d->o.csv.pool);
    n = n < PAIR_ROWS ? n : PAIR_ROWS;
    pair_job j = {v, mi_alloc((size_t)PAIRED * PAIRED, sizeof *j.of), n,
                  mi_alloc((size_t)n + 1, 1),
                  mi_alloc((size_t)(lanes * (n + 1)), sizeof *j.room)};
    if (!j.of || !j.y || !j.room) {
        mi_free(j.of);
        mi_free(j.y);
        mi_free(j.room);
        return mi_no_memory(err);
    }
    for (int64_t r = 0; r < n; r++)
        j.y[r] = v->y[picked(&j, r)];
    pairs = pairs_of(leak, v, j.of);
    mi_pool_run(v->d->o.csv.pool, (int)pairs, look_at_pair, &j);
    for (int64_t i = 0; i < pairs; i++) {
        double alone =
            fmax(strength(leak[j.of[i].a].auc), strength(leak[j.of[i].b].auc));
        failed |= j.of[i].failed;
        if (!isnan(j.of[i].area) && strength(j.of[i].area) > alone + .03 &&
            is_sure(v, j.of[i].area) && shown++ < PAIRS_SHOWN)
            say_pair(v, &j.of[i]);
    }
    mi_free(j.of);
    mi_free(j.y);
    mi_free(j.room);
    return failed ? mi_no_memory(err) : MIEN_OK;
}

/* ---- all of it ----------------------------------------------------------- */

/* All of it for one class against the others. */
static mien_status look_at_class(view *v, mien_leak *leak, mien_error *err)
{
    int64_t n = v->classes->labelled;
    for (int64_t i = 0; i < n; i++)
        v->y[i] = v->classes->of[i] == v->class;
    v->ones = v->classes->rows[v->class];
    if (v->ones < LEAST || n - v->ones < LEAST)
        return MIEN_OK;
    mien_status st =
        mien_table_leaks(v->t, v->d->label, v->y, v->d->o.csv.pool, leak, err);
    for (int c = 0; !st && c < v->d->columns; c++) {
        if (c == v->d->label)
            continue;
        int told;
        st = look_at_dates(v, c, &told, err);
        if (!told)
            say_column(v, c, &leak[c]);
    }
    if (!st)
        st = look_at_order(v, err);
    return st ? st : look_at_pairs(v, leak, err);
}

mien_status mi_check_leak(mien_dataset *d, char *why, mien_error *err)
{
    mi_classes classes;
    view v = {.d = d, .classes = &classes};
    mien_leak *leak = NULL;
    mien_status st = mi_classes_of(d, &classes, why, err);
    if (!st && !*why) {
        leak = mi_alloc((size_t)d->columns + 1, sizeof *leak);
        d->known = mi_alloc((size_t)d->columns + 1, 1);
        v.y = mi_alloc((size_t)classes.labelled + 1, 1);
        st = !leak || !d->known || !v.y
                 ? mi_no_memory(err)
                 : mien_table_select_rows(d->sample, classes.labelled,
                                          classes.row, &v.t, err);
        /* of two classes each says what the other does */
        for (v.class = classes.n == 2; !st && v.class < classes.n; v.class ++)
            st = look_at_class(&v, leak, err);
    }
    mien_table_free(v.t);
    mi_free(v.y);
    mi_free(leak);
    mi_classes_done(&classes);
    return st;
}
