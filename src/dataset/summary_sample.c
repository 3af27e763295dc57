/* summary_sample.c: a sample of the rows of a file of any length.
 *
 * Each row has a random number, told by its place in the file and the seed; the
 * rows with the least numbers are the sample, so that each row is as likely as
 * any other and the same are drawn whatever the pieces of the file.  Twice as
 * many as wanted are kept before the larger half is dropped; where rows are so
 * long that they need more memory than there is, fewer are wanted from then on.
 * Source: Knuth, The Art of Computer Programming 2, 3.4.2 (selection by random
 * keys). */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "num/sort.h"
#include "table/number.h"

#include <assert.h>
#include <string.h>

enum { BYTES = 64 << 20 }; /* of the rows that are kept, about, at most */

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

/* A value: a byte for its type; a number's bytes, or how many and the bytes of
 * a text. */
static uint8_t *put_value(uint8_t *to, const mien_column *c, int64_t i)
{
    *to++ = c->text != NULL;
    if (!c->text) {
        memcpy(to, &c->number[i], sizeof(double));
        return to + sizeof(double);
    }
    uint32_t n = (uint32_t)c->text[i].n;
    memcpy(to, &n, sizeof n);
    if (n)
        memcpy(to + sizeof n, c->text[i].at, n);
    return to + sizeof n + n;
}

/* A row of a table behind the others. */
static void put_row(mi_sample *s, const mien_column *column, int columns,
                    int64_t i)
{
    size_t room = 0;
    for (int c = 0; c < columns; c++)
        room += 1 + sizeof(double) + (column[c].text ? column[c].text[i].n : 0);
    mien_buffer_reserve(&s->bytes, room);
    if (s->bytes.failed)
        return;
    uint8_t *to = s->bytes.data + s->bytes.n;
    for (int c = 0; c < columns; c++)
        to = put_value(to, &column[c], i);
    s->bytes.n = (size_t)(to - s->bytes.data);
}

/* Keep the rows with the least keys alone; they stay in their order. */
static mien_status drop(mi_sample *s, mien_error *err)
{
    int64_t kept = 0;
    size_t used = 0;
    if (s->n <= s->most)
        return MIEN_OK;
    uint64_t *key = mi_alloc_raw((size_t)s->n, 2 * sizeof *key);
    if (!key)
        return mi_no_memory(err);
    for (int64_t i = 0; i < s->n; i++)
        key[i] = s->row[i].key;
    mi_sort_keys(s->n, key, key + s->n);
    s->below = key[s->most];
    mi_free(key);
    for (int64_t i = 0; i < s->n; i++) {
        drawn row = s->row[i];
        if (row.key >= s->below)
            continue;
        memmove(s->bytes.data + used, s->bytes.data + row.at, row.n);
        row.at = used;
        used += row.n;
        s->row[kept++] = row;
    }
    s->n = kept;
    s->bytes.n = used;
    return MIEN_OK;
}

mien_status mi_sample_add(mi_sample *s, const mien_table *t, int64_t row,
                          mien_error *err)
{
    int64_t n = mien_table_rows(t);
    int columns = mien_table_columns(t);
    mien_column *column = mi_alloc((size_t)columns + 1, sizeof *column);
    mien_status st = column ? MIEN_OK : mi_no_memory(err);
    for (int c = 0; !st && c < columns; c++)
        column[c] = mien_table_column(t, c);
    for (int64_t i = 0; !st && i < n; i++) {
        uint64_t key = mi_dataset_mix(s->seed + (uint64_t)(row + i));
        if (key >= s->below)
            continue;
        if (s->bytes.n > BYTES && s->n > 1) /* rows are long: fewer of them */
            s->most = s->n / 2 < s->most ? s->n / 2 : s->most;
        if (s->n >= 2 * s->most)
            st = drop(s, err);
        if (st || key >= s->below)
            continue;
        size_t at = s->bytes.n;
        put_row(s, column, columns, i);
        s->row[s->n++] = (drawn){key, row + i, at, s->bytes.n - at};
    }
    mi_free(column);
    return s->bytes.failed ? mi_no_memory(err) : st;
}

/* The next value into a column of numbers or of texts; a number among texts is
 * written as one. */
static const uint8_t *take_value(const uint8_t *p, double *number,
                                 mien_text *text, char **room)
{
    uint32_t n = sizeof(double);
    uint8_t type = *p++;
    double x = 0;
    if (type) {
        memcpy(&n, p, sizeof n);
        p += sizeof n;
    } else {
        memcpy(&x, p, sizeof x);
    }
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
