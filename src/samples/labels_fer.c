/* labels_fer.c: FER2013's pictures as CSV, and FER+'s votes for them. */
#include "samples/labels.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* ---- columns ------------------------------------------------------------- */

/* Read a file all of whose columns are texts, and find some of them. */
static mien_status read_texts(const uint8_t *bytes, size_t n, int count,
                              const char *const *name, int *at,
                              mien_table **out, mien_error *err)
{
    mien_csv_type type[16];
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    static const char *const nothing[1] = {""};
    mien_table *t = NULL;
    if (n > MIEN_LABELS_MAX_BYTES)
        return mi_fail(err, MIEN_ELIMIT, "csv: %zu bytes, at most %zu", n,
                       MIEN_LABELS_MAX_BYTES);
    for (int i = 0; i < count; i++)
        type[i] = (mien_csv_type){name[i], MIEN_COLUMN_TEXT};
    o.type = type;
    o.types = count;
    o.column = name;
    o.columns = count;
    o.missing = nothing;
    o.header = MIEN_CSV_HEADER_ALWAYS;
    mien_status st = mien_csv_read(bytes, n, &o, &t, err);
    if (st)
        return st;
    for (int i = 0; i < count; i++)
        at[i] = mien_table_find(t, name[i]);
    *out = t;
    return MIEN_OK;
}

/* A whole number of 0 to most that is all of a text; -1: it is none. */
static int whole(const char *p, size_t n, int most)
{
    int v = 0;
    if (n < 1 || n > 6)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        v = v * 10 + (p[i] - '0');
    }
    return v <= most ? v : -1;
}

/* Count a row that is left out, and say why. */
static void leave_out(mien_labels *l, int64_t row, const mien_error *why)
{
    mien_error told = {0};
    mi_fail(&told, why->status, "row %lld: %.160s", (long long)row, why->text);
    mi_labels_leave_out(l, &told);
}

/* ---- FER2013 ------------------------------------------------------------- */

enum { EMOTION, PIXELS, USAGE, KAGGLE_COLUMNS };

/* The next value of a text of pixels; n 0 at its end. */
static mien_text next_value(const mien_text *t, size_t *at)
{
    while (*at < t->n && t->at[*at] == ' ')
        ++*at;
    size_t start = *at;
    while (*at < t->n && t->at[*at] != ' ')
        ++*at;
    return (mien_text){t->at + start, *at - start};
}

/* How many values a text has. */
static int64_t count_values(const mien_text *t)
{
    size_t at = 0;
    int64_t n = 0;
    while (next_value(t, &at).n)
        n++;
    return n;
}

/* The values of a text as n pixels; with `out` NULL they are only checked. */
static mien_status read_pixels(const mien_text *t, int64_t n, uint8_t *out,
                               mien_error *err)
{
    size_t at = 0;
    int64_t found = count_values(t);
    if (found != n)
        return mi_fail(err, MIEN_EFORMAT, "%lld pixels, wanted %lld",
                       (long long)found, (long long)n);
    for (int64_t i = 0; i < n; i++) {
        mien_text v = next_value(t, &at);
        int pixel = whole(v.at, v.n, 255);
        if (pixel < 0)
            return mi_fail(err, MIEN_EFORMAT,
                           "pixel %lld is '%.*s', wanted 0 to 255",
                           (long long)i + 1, v.n < 20 ? (int)v.n : 20, v.at);
        if (out)
            out[i] = (uint8_t)pixel;
    }
    return MIEN_OK;
}

/* The side of a square of n pixels; 0: they make none that is allowed. */
static int side_of(int64_t n)
{
    for (int side = 1; side <= MIEN_LABELS_MAX_SIDE; side++)
        if ((int64_t)side * side == n)
            return side;
    return 0;
}

/* The size of all pictures: that of the first row whose pixels make a square.
 */
static void find_size(mien_labels *l, const mien_column *pixels, int64_t rows)
{
    for (int64_t i = 0; i < rows && !l->w; i++)
        l->w = l->h = side_of(count_values(&pixels->text[i]));
}

/* A row as a sample; one that is malformed is left out. */
static mien_status add_picture(mien_labels *l,
                               const mien_column c[KAGGLE_COLUMNS], int64_t row,
                               mien_error *err)
{
    mien_error why = {0};
    const mien_text *e = &c[EMOTION].text[row], *u = &c[USAGE].text[row];
    int emotion = whole(e->at, e->n, 6), part = mi_labels_part_of(u->at, u->n);
    int64_t n = (int64_t)l->w * l->h;
    mien_status bad = read_pixels(&c[PIXELS].text[row], n, NULL, &why);
    if (emotion < 0)
        bad = mi_fail(&why, MIEN_EFORMAT, "emotion '%.*s', wanted 0 to 6",
                      e->n < 20 ? (int)e->n : 20, e->at);
    else if (part < 0)
        bad = mi_fail(&why, MIEN_EFORMAT,
                      "Usage '%.*s', wanted Training, PublicTest or "
                      "PrivateTest",
                      u->n < 20 ? (int)u->n : 20, u->at);
    if (bad) {
        leave_out(l, row + 1, &why);
        return MIEN_OK;
    }
    char name[32];
    mien_buffer text = {0};
    mien_buffer_printf(&text, "row %lld", (long long)row + 1);
    size_t length = text.n < sizeof name ? text.n : sizeof name;
    if (!text.failed)
        memcpy(name, text.data, length);
    mien_status st = text.failed ? mi_no_memory(err)
                                 : mi_labels_add(l, name, length, row + 1, err);
    mien_buffer_free(&text);
    if (st)
        return st;
    l->label[l->n - 1] = emotion;
    l->part[l->n - 1] = (mien_label_use)part;
    return read_pixels(&c[PIXELS].text[row], n, l->pixels + (l->n - 1) * n,
                       err);
}

mien_status mien_fer_read(const uint8_t *bytes, size_t n, mien_labels *out,
                          mien_error *err)
{
    static const char *const names[] = {"emotion", "pixels", "Usage"};
    static const char *const emotions[] = {
        "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"};
    mien_labels l = {0};
    mien_table *t = NULL;
    int at[KAGGLE_COLUMNS];
    mien_status st = read_texts(bytes, n, KAGGLE_COLUMNS, names, at, &t, err);
    if (st)
        return st;
    mien_column c[KAGGLE_COLUMNS];
    for (int i = 0; i < KAGGLE_COLUMNS; i++)
        c[i] = mien_table_column(t, at[i]);
    int64_t rows = mien_table_rows(t);
    find_size(&l, &c[PIXELS], rows);
    if (rows && !l.w)
        st = mi_fail(err, MIEN_EFORMAT,
                     "row 1: %lld pixels, wanted a square of at most %d x %d",
                     (long long)count_values(&c[PIXELS].text[0]),
                     MIEN_LABELS_MAX_SIDE, MIEN_LABELS_MAX_SIDE);
    if (!st)
        st = mi_labels_add_task(&l, "emotion", 0, 7, emotions, err);
    for (int64_t i = 0; !st && i < rows; i++)
        st = add_picture(&l, c, i, err);
    mien_table_free(t);
    if (!st)
        return mi_labels_finish(&l, "csv", out, err);
    mien_labels_free(&l);
    return st;
}

/* ---- FER+ ---------------------------------------------------------------- */

enum { EMOTIONS = 8, UNKNOWN = 8, NO_FACE = 9, VOTES = 10, MOST_VOTES = 1000 };
enum { VOTE_USAGE = 0, VOTE_NAME = 1, VOTE_FIRST = 2, VOTE_COLUMNS = 12 };
static const char *const vote_columns[VOTE_COLUMNS] = {
    "Usage", "Image name", "neutral", "happiness", "surprise", "sadness",
    "anger", "disgust",    "fear",    "contempt",  "unknown",  "NF"};

/* The votes of a file, and its rows in the order of their names. */
typedef struct votes {
    mien_table *t;
    mien_column column[VOTE_COLUMNS];
    int64_t rows;
    struct named {
        mien_text name;
        int64_t row;
    } * order; /* [rows] */
} votes;

static int by_name(const void *a, const void *b)
{
    const mien_text *x = &((const struct named *)a)->name;
    const mien_text *y = &((const struct named *)b)->name;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = n ? memcmp(x->at, y->at, n) : 0;
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* Read votes, and sort their rows by name. */
static mien_status open_votes(const uint8_t *bytes, size_t n, votes *v,
                              mien_error *err)
{
    int at[VOTE_COLUMNS];
    mien_status st =
        read_texts(bytes, n, VOTE_COLUMNS, vote_columns, at, &v->t, err);
    if (st)
        return st;
    v->rows = mien_table_rows(v->t);
    for (int i = 0; i < VOTE_COLUMNS; i++)
        v->column[i] = mien_table_column(v->t, at[i]);
    v->order = mi_alloc((size_t)v->rows + 1, sizeof *v->order);
    if (!v->order)
        return mi_no_memory(err);
    for (int64_t i = 0; i < v->rows; i++)
        v->order[i] = (struct named){v->column[VOTE_NAME].text[i], i};
    qsort(v->order, (size_t)v->rows, sizeof *v->order, by_name);
    return MIEN_OK;
}

/* The row of a sample: by its file's name, or by its own row. */
static mien_status find_row(const votes *v, const mien_labels *l, int64_t i,
                            int64_t *row, mien_error *err)
{
    if (!l->pixels) {
        const char *slash = strrchr(l->name[i], '/');
        const char *name = slash ? slash + 1 : l->name[i];
        struct named wanted = {{name, strlen(name)}, 0};
        const struct named *found =
            bsearch(&wanted, v->order, (size_t)v->rows, sizeof wanted, by_name);
        if (!found)
            return mi_fail(err, MIEN_EFORMAT, "no votes for %.120s", name);
        *row = found->row;
        return MIEN_OK;
    }
    *row = l->line[i] - 1;
    if (*row >= v->rows)
        return mi_fail(err, MIEN_EFORMAT,
                       "votes: %lld rows, wanted one for row %lld of the "
                       "pictures",
                       (long long)v->rows, (long long)l->line[i]);
    const mien_text *u = &v->column[VOTE_USAGE].text[*row];
    if (mi_labels_part_of(u->at, u->n) != (int)l->part[i])
        return mi_fail(err, MIEN_EFORMAT,
                       "votes, row %lld: Usage '%.*s', wanted that of the "
                       "picture's row",
                       (long long)*row + 1, u->n < 20 ? (int)u->n : 20, u->at);
    return MIEN_OK;
}

/* Shares of a row.  *use is 0 if nobody votes for an emotion, or most for
 * another thing. */
static mien_status read_shares(const votes *v, int64_t row,
                               float share[EMOTIONS], int *use, mien_error *err)
{
    int vote[VOTES], sum = 0, best = 0;
    for (int i = 0; i < VOTES; i++) {
        const mien_text *t = &v->column[VOTE_FIRST + i].text[row];
        vote[i] = whole(t->at, t->n, MOST_VOTES);
        if (vote[i] < 0)
            return mi_fail(err, MIEN_EFORMAT,
                           "votes, row %lld: %s '%.*s', wanted 0 to %d",
                           (long long)row + 1, vote_columns[VOTE_FIRST + i],
                           t->n < 20 ? (int)t->n : 20, t->at, MOST_VOTES);
        sum += i < EMOTIONS ? vote[i] : 0;
        best = i < EMOTIONS && vote[i] > best ? vote[i] : best;
    }
    *use = sum > 0 && best >= vote[UNKNOWN] && best >= vote[NO_FACE];
    for (int i = 0; i < EMOTIONS; i++)
        share[i] = sum ? (float)vote[i] / (float)sum : 0;
    return MIEN_OK;
}

/* The shares of all samples, and which of them are of use. */
static mien_status all_shares(const votes *v, const mien_labels *l,
                              float *share, uint8_t *keep, mien_error *err)
{
    mien_status st = MIEN_OK;
    int64_t kept = 0;
    for (int64_t i = 0; !st && i < l->n; i++) {
        int64_t row = 0;
        int use = 0;
        st = find_row(v, l, i, &row, err);
        if (!st)
            st = read_shares(v, row, share + i * EMOTIONS, &use, err);
        keep[i] = (uint8_t)use;
        kept += use;
    }
    if (!st && !kept)
        st = mi_fail(err, MIEN_EFORMAT,
                     "votes: no sample with votes for an emotion");
    return st;
}

/* Put shares in place of what was known, and leave out what is of no use. */
static void take_shares(mien_labels *l, mien_labels *emotions, float *share,
                        int *label, const uint8_t *keep)
{
    mien_label_task *old = l->task;
    int tasks = l->tasks;
    mien_labels dropped = {
        .task = old, .tasks = tasks, .label = l->label, .share = l->share};
    for (int64_t i = 0; i < l->n; i++) {
        label[i] = 0;
        for (int e = 1; e < EMOTIONS; e++)
            if (share[i * EMOTIONS + e] > share[i * EMOTIONS + label[i]])
                label[i] = e;
        if (keep[i])
            continue;
        mien_error why = {0};
        mi_fail(&why, MIEN_EFORMAT, "%.120s: no votes for an emotion",
                l->name[i]);
        mi_labels_leave_out(l, &why);
    }
    l->task = emotions->task;
    l->tasks = 1;
    l->label = label;
    l->share = share;
    l->shares = EMOTIONS;
    *emotions = (mien_labels){0};
    mien_labels_free(&dropped);
    mien_labels_keep(l, keep);
}

mien_status mien_fer_votes_read(const uint8_t *bytes, size_t n, mien_labels *l,
                                mien_error *err)
{
    votes v = {0};
    mien_labels emotions = {0};
    size_t rows = (size_t)l->n + 1;
    float *share = mi_alloc(rows, EMOTIONS * sizeof *share);
    int *label = mi_alloc(rows, sizeof *label);
    uint8_t *keep = mi_alloc(rows, 1);
    mien_status st = share && label && keep ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = open_votes(bytes, n, &v, err);
    if (!st)
        st = mi_labels_add_task(&emotions, "emotion", 0, EMOTIONS,
                                vote_columns + VOTE_FIRST, err);
    if (!st)
        st = all_shares(&v, l, share, keep, err);
    if (!st) {
        take_shares(l, &emotions, share, label, keep);
        share = NULL;
        label = NULL;
    }
    mien_labels_free(&emotions);
    mien_table_free(v.t);
    mi_free(v.order);
    mi_free(share);
    mi_free(label);
    mi_free(keep);
    return st;
}
