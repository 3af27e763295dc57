/* level.c: the distinct values of a column.
 *
 * A table of places, open addressing, at most half full, which grows by four;
 * equal hashes are verified by comparing the values.  Words of eight bytes are
 * mixed by multiplication and shifts.
 *
 * Reference: Knuth, The Art of Computer Programming 3, 6.4. */
#include "table/level.h"

#include "base/alloc.h"
#include "base/error.h"
#include "table/number.h"

#include <assert.h>
#include <string.h>

int mi_text_compare(mien_text a, mien_text b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.at, b.at, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

int mi_value_same(const mien_column *a, int64_t i, const mien_column *b,
                  int64_t j)
{
    assert(a->type == b->type);
    if (a->number) {
        double x = a->number[i], y = b->number[j];
        return x == y || (x != x && y != y);
    }
    mien_text x = a->text[i], y = b->text[j];
    return x.n == y.n && (x.n == 0 || memcmp(x.at, y.at, x.n) == 0);
}

static uint64_t mix(uint64_t h, uint64_t word)
{
    h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return h ^ h >> 32;
}

uint64_t mi_value_hash(uint64_t h, const mien_column *c, int64_t row)
{
    uint64_t word = 0;
    if (c->number) {
        double x = c->number[row] + 0.0;
        memcpy(&word, &x, sizeof word);
        return mix(h, x != x ? 1 : word);
    }
    mien_text text = c->text[row];
    h = mix(h, text.n);
    for (size_t i = 0; i < text.n; i += sizeof word) {
        size_t left = text.n - i;
        word = 0;
        memcpy(&word, text.at + i, left < sizeof word ? left : sizeof word);
        h = mix(h, word);
    }
    return h;
}

void mi_value_write(const mien_column *c, int64_t row, size_t size, char *out)
{
    char number[MI_NUMBER_SIZE];
    mien_text text = {number, 0};
    if (c->number)
        text.n = (size_t)mi_number_write(c->number[row], number);
    else
        text = c->text[row];
    size_t n = text.n < size ? text.n : size - 1;
    if (n)
        memcpy(out, text.at, n);
    out[n] = 0;
}

/* Levels while they are found. */
typedef struct {
    const mien_column *c;
    mi_levels l;
    int64_t room;   /* of l.first, l.size; half of the places */
    int64_t *place; /* [2 room] level + 1, or 0 */
} finder;

static int64_t *place_of(const finder *f, int64_t row)
{
    uint64_t mask = (uint64_t)f->room * 2 - 1;
    uint64_t at = mi_value_hash(0, f->c, row) & mask;
    for (;; at = (at + 1) & mask) {
        int64_t level = f->place[at] - 1;
        if (level < 0 || mi_value_same(f->c, row, f->c, f->l.first[level]))
            return &f->place[at];
    }
}

/* Make room for four times as many levels, and place them anew. */
static mien_status grow(finder *f, mien_error *err)
{
    int64_t room = f->room ? f->room * 4 : 64;
    size_t n = (size_t)room, had = (size_t)f->l.count;
    int64_t *first = mi_alloc_raw(n, sizeof *first);
    int64_t *size = mi_alloc_raw(n, sizeof *size);
    int64_t *place = mi_alloc(n, 2 * sizeof *place);
    if (!first || !size || !place) {
        mi_free(first);
        mi_free(size);
        mi_free(place);
        return mi_fail(err, MIEN_ENOMEM, "table: levels of column '%.60s'",
                       f->c->name);
    }
    if (had) {
        memcpy(first, f->l.first, had * sizeof *first);
        memcpy(size, f->l.size, had * sizeof *size);
    }
    mi_free(f->l.first);
    mi_free(f->l.size);
    mi_free(f->place);
    f->l.first = first;
    f->l.size = size;
    f->place = place;
    f->room = room;
    for (int64_t i = 0; i < f->l.count; i++)
        *place_of(f, first[i]) = i + 1;
    return MIEN_OK;
}

/* Count a row to its level, which is new if it was not seen before. */
static mien_status add_row(finder *f, int64_t i, int64_t row, int64_t most,
                           mien_error *err)
{
    if (mi_value_missing(f->c, row)) {
        f->l.of[i] = -1;
        return MIEN_OK;
    }
    int64_t *place = place_of(f, row);
    if (*place == 0 && f->l.count == f->room) {
        mien_status st = grow(f, err);
        if (st != MIEN_OK)
            return st;
        place = place_of(f, row);
    }
    if (*place == 0) {
        if (f->l.count == most)
            return mi_fail(err, MIEN_ELIMIT,
                           "table: column '%.60s' has more than %lld levels",
                           f->c->name, (long long)most);
        f->l.first[f->l.count] = row;
        f->l.size[f->l.count++] = 0;
        *place = f->l.count;
    }
    f->l.of[i] = *place - 1;
    f->l.size[*place - 1]++;
    return MIEN_OK;
}

mien_status mi_levels_find(const mien_column *c, int64_t n, const int64_t *rows,
                           int64_t most, mi_levels *out, mien_error *err)
{
    finder f = {.c = c};
    f.l.of = mi_alloc_raw((size_t)n, sizeof *f.l.of);
    mien_status st = f.l.of ? grow(&f, err) : mi_no_memory(err);
    for (int64_t i = 0; i < n && st == MIEN_OK; i++)
        st = add_row(&f, i, mi_row_at(rows, i), most, err);
    mi_free(f.place);
    if (st != MIEN_OK) {
        mi_levels_done(&f.l);
        return st;
    }
    *out = f.l;
    return MIEN_OK;
}

void mi_levels_done(mi_levels *l)
{
    mi_free(l->of);
    mi_free(l->first);
    mi_free(l->size);
    *l = (mi_levels){0};
}
