/* agree_ratings.c: labels in their order, and what each unit has of them. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"
#include "table/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void mi_ratings_free(mi_ratings *r)
{
    mi_names_free(&r->unit);
    mi_names_free(&r->who);
    mi_names_free(&r->label);
    mi_names_free(&r->group);
    mi_free(r->entry);
    mi_free(r->start);
    mi_free(r->run);
    mi_free(r->runs);
    mi_free(r->in);
    mi_free(r->at);
    mien_buffer_free(&r->remarks);
    *r = (mi_ratings){0};
}

int64_t mi_ratings_of(const mi_ratings *r, int64_t unit)
{
    return r->start[unit + 1] - r->start[unit];
}

/* ---- the order of labels ------------------------------------------------- */

/* For qsort: ascending. */
static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The place of a number among the different ones. */
static int32_t place_of(const double *at, int n, double v)
{
    const double *found = bsearch(&v, at, (size_t)n, sizeof *at, by_number);
    return (int32_t)(found - at);
}

/* Names of votes are the numbers that were chosen: votes are numbers then. */
static mien_status number_votes(mi_ratings *r, mien_error *err)
{
    double *value = mi_alloc((size_t)r->label.n + 1, sizeof *value);
    mien_status st = value ? MIEN_OK : mi_no_memory(err);
    for (int64_t i = 0; !st && i < r->label.n; i++) {
        const char *text = r->label.text[i], *end = text + strlen(text);
        if (mi_number_read(text, end, &value[i]) != end ||
            !(fabs(value[i]) <= MI_AGREE_MOST))
            st = mi_fail(err, MIEN_EARG,
                         "votes for '%.60s': wanted a number of at most %g, "
                         "as the level is %s",
                         text, MI_AGREE_MOST, mien_agree_level_word(r->level));
    }
    for (int64_t i = 0; !st && i < r->entries; i++)
        r->entry[i].number = value[r->entry[i].label];
    mi_free(value);
    if (st)
        return st;
    mi_names_free(&r->label);
    r->numbers = 1;
    return MIEN_OK;
}

/* Labels are numbers: the different ones in ascending order. */
static mien_status order_numbers(mi_ratings *r, mien_error *err)
{
    r->at = mi_alloc((size_t)r->entries, sizeof *r->at);
    if (!r->at)
        return mi_no_memory(err);
    for (int64_t i = 0; i < r->entries; i++) {
        r->entry[i].number += 0.; /* -0 is 0 */
        r->at[i] = r->entry[i].number;
    }
    qsort(r->at, (size_t)r->entries, sizeof *r->at, by_number);
    for (int64_t i = 0; i < r->entries; i++)
        if (!i || r->at[i] != r->at[r->labels - 1])
            r->at[r->labels++] = r->at[i];
    for (int64_t i = 0; i < r->entries; i++)
        r->entry[i].label = place_of(r->at, r->labels, r->entry[i].number);
    if (r->level >= MIEN_AGREE_INTERVAL)
        return MIEN_OK;
    if (r->labels > MIEN_AGREE_MAX_LABELS)
        return mi_fail(err, MIEN_ELIMIT,
                       "%d different labels, wanted at most %d (numbers that "
                       "are measured: --level interval)",
                       r->labels, MIEN_AGREE_MAX_LABELS);
    for (int i = 0; i < r->labels; i++) {
        const mien_column c = {.type = MIEN_COLUMN_NUMBER, .number = r->at};
        char room[64];
        mien_text text = mi_agree_cell(&c, i, room);
        if (mi_names_add(&r->label, text.at, text.n) < 0)
            return mi_no_memory(err);
    }
    return MIEN_OK;
}

/* A text and its number before. */
typedef struct placed {
    char *text;
    int32_t at;
} placed;

/* For qsort: byte by byte. */
static int by_text(const void *a, const void *b)
{
    return strcmp(((const placed *)a)->text, ((const placed *)b)->text);
}

/* The label of an entry is not in the order: say where. */
static mien_status not_ordered(const mi_ratings *r, int32_t label,
                               mien_error *err)
{
    int64_t row = 0;
    for (int64_t i = 0; i < r->entries; i++)
        if (r->entry[i].label == label) {
            row = r->entry[i].row;
            break;
        }
    return mi_fail(err, MIEN_EARG,
                   "row %lld: label '%.60s' is not in the order (--order)",
                   (long long)row + 1, r->label.text[label]);
}

/* New places of the labels, to [labels], as the options order them. */
static mien_status order_given(const mi_ratings *r, const mien_agree_options *o,
                               int32_t *to, mien_error *err)
{
    for (int32_t i = 0; i < r->label.n; i++) {
        to[i] = -1;
        for (int k = 0; k < o->orders; k++)
            if (strcmp(o->order[k], r->label.text[i]) == 0)
                to[i] = k;
        if (to[i] < 0)
            return not_ordered(r, i, err);
    }
    return MIEN_OK;
}

/* The same in the order of the alphabet; votes stay as their columns. */
static mien_status order_alphabet(const mi_ratings *r, int32_t *to,
                                  mien_error *err)
{
    size_t n = (size_t)r->label.n;
    placed *p = mi_alloc(n + 1, sizeof *p);
    if (!p)
        return mi_no_memory(err);
    for (size_t i = 0; i < n; i++)
        p[i] = (placed){r->label.text[i], (int32_t)i};
    if (!r->votes)
        qsort(p, n, sizeof *p, by_text);
    for (size_t i = 0; i < n; i++)
        to[p[i].at] = (int32_t)i;
    mi_free(p);
    return MIEN_OK;
}

/* Labels are texts: bring them into order.  An order may name labels that
 * nobody gave; they count as labels. */
static mien_status order_texts(mi_ratings *r, const mien_agree_options *o,
                               mien_error *err)
{
    int32_t *to = mi_alloc((size_t)r->label.n + 1, sizeof *to);
    mi_names sorted = {0};
    mien_status st = to ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st =
            o->orders ? order_given(r, o, to, err) : order_alphabet(r, to, err);
    int64_t n = o->orders ? o->orders : r->label.n;
    for (int64_t k = 0; !st && k < n; k++) {
        const char *name = o->orders ? o->order[k] : NULL;
        for (int64_t i = 0; !name && i < r->label.n; i++)
            if (to[i] == k)
                name = r->label.text[i];
        int64_t at = name ? mi_names_add(&sorted, name, strlen(name)) : -1;
        if (at < 0)
            st = mi_no_memory(err);
        else if (at != k)
            st = mi_fail(err, MIEN_EARG,
                         "label '%.60s' is there twice "
                         "(--order)",
                         name);
    }
    for (int64_t i = 0; !st && i < r->entries; i++)
        r->entry[i].label = to[r->entry[i].label];
    mi_free(to);
    if (st) {
        mi_names_free(&sorted);
        return st;
    }
    mi_names_free(&r->label);
    r->label = sorted;
    r->labels = (int)sorted.n;
    return MIEN_OK;
}

/* Numbers that are measured, and can be told apart. */
static mien_status check_numbers(const mi_ratings *r, mien_error *err)
{
    double least = r->at[0], most = r->at[0];
    for (int i = 0; i < r->labels; i++) {
        least = fmin(least, r->at[i]);
        most = fmax(most, r->at[i]);
    }
    if (most > least && most - least < 1e-100)
        return mi_fail(err, MIEN_EFORMAT,
                       "labels from %g to %g: wanted numbers that differ by "
                       "1e-100 or more, in another unit",
                       least, most);
    if (r->level != MIEN_AGREE_RATIO)
        return MIEN_OK;
    if (r->labels > MIEN_AGREE_MAX_RATIO)
        return mi_fail(err, MIEN_ELIMIT,
                       "%d different numbers, wanted at most %d of level ratio "
                       "(--level interval)",
                       r->labels, MIEN_AGREE_MAX_RATIO);
    if (least < 0)
        return mi_fail(err, MIEN_EARG,
                       "label %g is below 0: level ratio wants numbers from 0 "
                       "on (--level interval)",
                       least);
    return MIEN_OK;
}

/* The level, and what it needs. */
static mien_status order_labels(mi_ratings *r, const mien_agree_options *o,
                                mien_error *err)
{
    r->level = o->level;
    if (r->level == MIEN_AGREE_ANY)
        r->level = o->orders    ? MIEN_AGREE_ORDINAL
                   : r->numbers ? MIEN_AGREE_INTERVAL
                                : MIEN_AGREE_NOMINAL;
    int measured = r->level >= MIEN_AGREE_INTERVAL;
    if (r->level == MIEN_AGREE_ORDINAL && !r->numbers && !r->votes &&
        !o->orders)
        return mi_fail(err, MIEN_EARG,
                       "labels are texts: their order is wanted, the lowest "
                       "first (--order)");
    if (measured && o->orders)
        return mi_fail(err, MIEN_EARG,
                       "level %s takes numbers as they are: leave their order "
                       "out (--order)",
                       mien_agree_level_word(r->level));
    if (measured && !r->numbers && !r->votes)
        return mi_fail(err, MIEN_EARG,
                       "labels are texts, '%.40s': level %s wants numbers "
                       "(--level nominal)",
                       r->label.text[0], mien_agree_level_word(r->level));
    mien_status st = measured && r->votes ? number_votes(r, err) : MIEN_OK;
    if (!st)
        st = r->numbers ? order_numbers(r, err) : order_texts(r, o, err);
    return st || !measured ? st : check_numbers(r, err);
}

/* ---- units --------------------------------------------------------------- */

static int order_of(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* For qsort: by unit, labeller and row. */
static int by_labeller(const void *a, const void *b)
{
    const mi_entry *x = a, *y = b;
    int order = order_of(x->unit, y->unit);
    if (!order)
        order = order_of(x->who, y->who);
    return order ? order : order_of(x->row, y->row);
}

/* For qsort: by unit, label and labeller. */
static int by_label(const void *a, const void *b)
{
    const mi_entry *x = a, *y = b;
    int order = order_of(x->unit, y->unit);
    if (!order)
        order = order_of(x->label, y->label);
    return order ? order : order_of(x->who, y->who);
}

/* A labeller labelled a unit for the k-th time: it is another labeller then,
 * none of the first `named`. */
static mien_status rename_again(mi_ratings *r, int64_t named, mi_entry *e,
                                int k, mien_error *err)
{
    mien_buffer name = {0};
    mien_buffer_printf(&name, "%s (%d)", r->who.text[e->who], k);
    int64_t who = name.failed
                      ? -1
                      : mi_names_add(&r->who, (const char *)name.data, name.n);
    mien_buffer_free(&name);
    if (who < 0)
        return mi_no_memory(err);
    if (who < named)
        return mi_fail(err, MIEN_EFORMAT,
                       "row %lld: '%.40s' labelled unit '%.40s' again, which "
                       "would be by '%.40s', and so is another labeller called",
                       (long long)e->row + 1, r->who.text[e->who],
                       r->unit.text[e->unit], r->who.text[who]);
    e->who = (int32_t)who;
    return MIEN_OK;
}

/* Units that a labeller labelled twice are refused, or are repeated measures.
 */
static mien_status find_again(mi_ratings *r, const mien_agree_options *o,
                              mien_error *err)
{
    int32_t unit = -1, who = -1;
    mien_status st = MIEN_OK;
    int64_t named = r->who.n;
    int again = 1;
    if (r->votes)
        return MIEN_OK;
    qsort(r->entry, (size_t)r->entries, sizeof *r->entry, by_labeller);
    for (int64_t i = 0; !st && i < r->entries; i++) {
        mi_entry *e = &r->entry[i];
        if (e->unit != unit || e->who != who) {
            unit = e->unit;
            who = e->who;
            again = 1;
        } else if (o->repeat) {
            st = rename_again(r, named, e, ++again, err);
        } else {
            return mi_fail(
                err, MIEN_EFORMAT,
                "row %lld: '%.40s' labelled unit '%.40s' in row %lld "
                "too: leave one row out, or --repeat if it was "
                "measured again",
                (long long)e->row + 1, r->who.text[who], r->unit.text[unit],
                (long long)r->entry[i - 1].row + 1);
        }
    }
    return st;
}

/* Where units begin, and their runs of equal labels. */
static mien_status find_runs(mi_ratings *r, mien_error *err)
{
    r->start = mi_alloc((size_t)r->unit.n + 1, sizeof *r->start);
    r->runs = mi_alloc((size_t)r->unit.n + 1, sizeof *r->runs);
    r->run = mi_alloc((size_t)r->entries + 1, sizeof *r->run);
    if (!r->start || !r->runs || !r->run)
        return mi_no_memory(err);
    qsort(r->entry, (size_t)r->entries, sizeof *r->entry, by_label);
    int64_t i = 0, n = 0;
    for (int64_t u = 0; u < r->unit.n; u++) {
        r->start[u] = i;
        r->runs[u] = n;
        for (; i < r->entries && r->entry[i].unit == u; i++)
            if (n == r->runs[u] || r->run[n - 1].label != r->entry[i].label)
                r->run[n++] = (mi_run){r->entry[i].label, 1};
            else
                r->run[n - 1].count++;
    }
    r->start[r->unit.n] = i;
    r->runs[r->unit.n] = n;
    return MIEN_OK;
}

/* ---- all ----------------------------------------------------------------- */

/* There is enough to compare. */
static mien_status check_enough(const mi_ratings *r, mien_error *err)
{
    int64_t several = 0;
    for (int64_t u = 0; u < r->unit.n; u++)
        several += mi_ratings_of(r, u) > 1;
    if (!r->votes && r->who.n < 2)
        return mi_fail(err, MIEN_EFORMAT,
                       "one labeller, '%.60s': nobody to agree with",
                       r->who.text[0]);
    if (!several)
        return mi_fail(err, MIEN_EFORMAT,
                       "no unit has two labels: they say nothing of agreement");
    if (several < 2)
        return mi_fail(err, MIEN_EFORMAT,
                       "one unit has two labels or more: two such units are "
                       "the least");
    return MIEN_OK;
}

mien_status mi_ratings_finish(mi_ratings *r, const mien_agree_options *o,
                              mien_error *err)
{
    if (!r->entries)
        return mi_fail(err, MIEN_EFORMAT, "no unit has a label");
    mien_status st = order_labels(r, o, err);
    if (!st)
        st = find_again(r, o, err);
    if (!st)
        st = find_runs(r, err);
    if (!st)
        st = check_enough(r, err);
    if (!st && !r->numbers)
        st = mi_names_spelt(&r->label, "labels", &r->remarks, err);
    if (!st)
        st = mi_names_spelt(&r->who, "labellers", &r->remarks, err);
    if (!st)
        st = mi_names_spelt(&r->group, "groups", &r->remarks, err);
    return st;
}
