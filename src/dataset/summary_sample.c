/* summary_sample.c: a sample of the rows of a file of any length.
 *
 * Each row has a random number, told by its place in the file and the seed; the
 * rows with the least numbers are the sample, so that each row is as likely as
 * any other and the same are drawn whatever the pieces of the file.  Twice as
 * many as wanted are kept before the larger half is dropped.
 * Source: Knuth, The Art of Computer Programming 2, 3.4.2 (selection by random
 * keys). */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "num/sort.h"
#include "table/number.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A row that was drawn: its values, one behind the other in `bytes`. */
typedef struct drawn {
    uint64_t key;
    int64_t row;
    size_t at, n;
} drawn;

struct mi_sample {
    int64_t most, n;
    uint64_t below, seed; /* rows of this key and more are not drawn any more */
    drawn *row;           /* [2 most] */
    mien_buffer bytes;
};

uint64_t mi_dataset_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

mi_sample *mi_sample_new(int64_t most, uint32_t seed)
{
    mi_sample *s = mi_alloc(1, sizeof *s);
    if (!s)
        return NULL;
    *s = (mi_sample){.most = most, .below = UINT64_MAX};
    s->seed = mi_dataset_mix(seed);
    s->row = mi_alloc((size_t)(2 * most), sizeof *s->row);
    if (s->row)
        return s;
    mi_free(s);
    return NULL;
}

void mi_sample_free(mi_sample *s)
{
    if (!s)
        return;
    mien_buffer_free(&s->bytes);
    mi_free(s->row);
    mi_free(s);
}

/* A value: its type, its length, its bytes. */
static void put_value(mien_buffer *b, const mien_column *c, int64_t i)
{
    uint32_t n = c->text ? (uint32_t)c->text[i].n : sizeof(double);
    uint8_t type = c->text != NULL;
    mien_buffer_put(b, &type, 1);
    mien_buffer_put(b, &n, sizeof n);
    if (c->text && n)
        mien_buffer_put(b, c->text[i].at, n);
    else if (!c->text)
        mien_buffer_put(b, &c->number[i], sizeof(double));
}

static int by_key(const void *a, const void *b)
{
    const drawn *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static int by_row(const void *a, const void *b)
{
    const drawn *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

/* Keep the wanted rows alone, in the order of the file. */
static mien_status drop(mi_sample *s, mien_error *err)
{
    mien_buffer kept = {0};
    if (s->n > s->most) {
        qsort(s->row, (size_t)s->n, sizeof *s->row, by_key);
        s->n = s->most;
        s->below = s->row[s->n - 1].key;
    }
    qsort(s->row, (size_t)s->n, sizeof *s->row, by_row);
    for (int64_t i = 0; i < s->n; i++) {
        size_t at = kept.n;
        mien_buffer_put(&kept, s->bytes.data + s->row[i].at, s->row[i].n);
        s->row[i].at = at;
    }
    mien_buffer_free(&s->bytes);
    s->bytes = kept;
    return kept.failed ? mi_no_memory(err) : MIEN_OK;
}

mien_status mi_sample_add(mi_sample *s, const mien_table *t, int64_t row,
                          mien_error *err)
{
    int64_t n = mien_table_rows(t);
    for (int64_t i = 0; i < n; i++) {
        uint64_t key = mi_dataset_mix(s->seed + (uint64_t)(row + i));
        if (key >= s->below)
            continue;
        if (s->n == 2 * s->most) {
            mien_status st = drop(s, err);
            if (st)
                return st;
            if (key >= s->below)
                continue;
        }
        size_t at = s->bytes.n;
        for (int c = 0; c < mien_table_columns(t); c++) {
            mien_column column = mien_table_column(t, c);
            put_value(&s->bytes, &column, i);
        }
        s->row[s->n++] = (drawn){key, row + i, at, s->bytes.n - at};
    }
    return s->bytes.failed ? mi_no_memory(err) : MIEN_OK;
}

/* The next value into a column of numbers or of texts; a number among texts is
 * written as one. */
static const uint8_t *take_value(const uint8_t *p, double *number,
                                 mien_text *text, char **room)
{
    uint32_t n;
    uint8_t type = *p++;
    memcpy(&n, p, sizeof n);
    p += sizeof n;
    double x = 0;
    if (!type)
        memcpy(&x, p, sizeof x);
    if (number)
        *number = x;
    else if (type)
        *text = (mien_text){(const char *)p, n};
    else if (x != x)
        *text = (mien_text){*room, 0};
    else
        *text = (mien_text){*room, (size_t)mi_number_write(x, *room)};
    if (text && !type)
        *room += text->n;
    return p + n;
}

/* A column of the sample on its way into a table. */
typedef struct filling {
    double *number; /* [rows] or NULL */
    mien_text *text;
} filling;

/* The values of all rows, column by column. */
static mien_status fill(const mi_sample *s, int columns, const filling *column,
                        char *room, mien_error *err)
{
    const uint8_t **at = mi_alloc((size_t)s->n + 1, sizeof *at);
    if (!at)
        return mi_no_memory(err);
    assert(s->bytes.data || !s->n);
    for (int64_t i = 0; i < s->n; i++)
        at[i] = s->bytes.data + s->row[i].at;
    for (int c = 0; c < columns; c++)
        for (int64_t i = 0; i < s->n; i++)
            at[i] = take_value(
                at[i], column[c].number ? column[c].number + i : NULL,
                column[c].number ? NULL : column[c].text + i, &room);
    mi_free(at);
    return MIEN_OK;
}

/* Bytes that numbers take as texts, at most. */
static size_t room_for(const mi_sample *s, const mien_table *like)
{
    size_t texts = 0;
    for (int c = 0; c < mien_table_columns(like); c++)
        texts += mien_table_column(like, c).type == MIEN_COLUMN_TEXT;
    return 1 + texts * (size_t)s->n * MI_NUMBER_SIZE;
}

/* Arrays of the types that `like` has, and columns that point to them. */
static mien_status make_columns(const mi_sample *s, const mien_table *like,
                                filling *to, mien_column *column,
                                mien_error *err)
{
    for (int c = 0; c < mien_table_columns(like); c++) {
        mien_column is = mien_table_column(like, c);
        if (is.type == MIEN_COLUMN_NUMBER)
            to[c].number = mi_alloc_raw((size_t)s->n + 1, sizeof(double));
        else
            to[c].text = mi_alloc_raw((size_t)s->n + 1, sizeof(mien_text));
        if (!to[c].number && !to[c].text)
            return mi_no_memory(err);
        column[c] = (mien_column){.name = is.name,
                                  .type = is.type,
                                  .number = to[c].number,
                                  .text = to[c].text};
    }
    return MIEN_OK;
}

mien_status mi_sample_table(mi_sample *s, const mien_table *like,
                            mien_table **out, int64_t **place, mien_error *err)
{
    int columns = mien_table_columns(like);
    mien_status st = drop(s, err);
    size_t rows = (size_t)s->n;
    if (st)
        return st;
    mien_column *column = mi_alloc((size_t)columns + 1, sizeof *column);
    filling *to = mi_alloc((size_t)columns + 1, sizeof *to);
    int64_t *row = mi_alloc(rows + 1, sizeof *row);
    char *room = mi_alloc_raw(room_for(s, like), 1);
    st = column && to && row && room ? make_columns(s, like, to, column, err)
                                     : mi_no_memory(err);
    if (!st)
        st = fill(s, columns, to, room, err);
    if (!st)
        st = mien_table_new(s->n, columns, column, out, err);
    for (size_t i = 0; !st && i < rows; i++)
        row[i] = s->row[i].row;
    for (int c = 0; to && c < columns; c++) {
        mi_free(to[c].number);
        mi_free(to[c].text);
    }
    if (st)
        mi_free(row);
    else
        *place = row;
    mi_free(room);
    mi_free(to);
    mi_free(column);
    return st;
}
