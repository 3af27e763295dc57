/* index.c: rows of numbers in one block of memory. */
#include "match/index.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <math.h>
#include <string.h>

mien_status mien_index_new(int numbers, mien_index **out, mien_error *err)
{
    if (numbers < 1 || numbers > MIEN_INDEX_MAX_NUMBERS)
        return mi_fail(err, MIEN_EARG,
                       "index: rows of %d numbers, wanted 1..%d", numbers,
                       MIEN_INDEX_MAX_NUMBERS);
    mien_index *x = mi_alloc(1, sizeof *x);
    if (!x)
        return mi_no_memory(err);
    x->d = numbers;
    *out = x;
    return MIEN_OK;
}

void mien_index_free(mien_index *x)
{
    if (!x)
        return;
    mi_free(x->row);
    mi_free(x->lift);
    mi_free(x->who);
    mi_free(x);
}

int mi_index_finite(int64_t n, const float *x, float *most, int64_t *at)
{
    float top = *most;
    for (int64_t i = 0; i < n; i++) {
        float size = fabsf(x[i]);
        if (!(size <= 3.402823466e38f)) {
            *at = i;
            return 0;
        }
        top = size > top ? size : top;
    }
    *most = top;
    return 1;
}

/* The sum of squares, less what its use may be off by; infinite ones do not
 * matter, since products are not used then. */
static float lift_of(int d, const float *row)
{
    double sum = 0;
    for (int i = 0; i < d; i++)
        sum += (double)row[i] * (double)row[i];
    return (float)(sum * (1 - mi_index_share(d)));
}

mien_status mien_index_add(mien_index *x, int64_t n, const float *rows,
                           const int32_t *person, mien_error *err)
{
    const size_t bytes = (size_t)x->d * sizeof *rows;
    float most = 0;
    int64_t at = 0;
    assert(n >= 0);
    if (n > MIEN_INDEX_MAX_ROWS - x->n)
        return mi_fail(err, MIEN_ELIMIT,
                       "index: %lld rows and %lld more, at most %d",
                       (long long)x->n, (long long)n, MIEN_INDEX_MAX_ROWS);
    if (!mi_index_finite(n * x->d, rows, &most, &at))
        return mi_fail(err, MIEN_EARG,
                       "index: number %lld of row %lld is %g, wanted is a "
                       "finite one",
                       (long long)(at % x->d), (long long)(at / x->d),
                       (double)rows[at]);
    if (!mi_grow(&x->row, x->n, n, bytes) ||
        !mi_grow(&x->lift, x->n, n, sizeof *x->lift) ||
        !mi_grow(&x->who, x->n, n, sizeof *x->who))
        return mi_no_memory(err);
    for (int64_t i = 0; i < n; i++) {
        const float *from = rows + i * x->d;
        memcpy(x->row + (x->n + i) * x->d, from, bytes);
        x->lift[x->n + i] = lift_of(x->d, from);
        x->who[x->n + i] = person ? person[i] : -1;
    }
    x->large |= most > MI_INDEX_LARGE;
    x->n += n;
    return MIEN_OK;
}

void mien_index_remove(mien_index *x, int64_t n, const int64_t *row)
{
    const size_t d = (size_t)x->d;
    int64_t kept = n ? row[0] : x->n;
    for (int64_t i = 0; i < n; i++) {
        int64_t from = row[i] + 1, to = i + 1 < n ? row[i + 1] : x->n;
        assert(row[i] >= 0 && from <= to && to <= x->n);
        size_t move = (size_t)(to - from);
        memmove(x->row + (size_t)kept * d, x->row + (size_t)from * d,
                move * d * sizeof *x->row);
        memmove(x->lift + kept, x->lift + from, move * sizeof *x->lift);
        memmove(x->who + kept, x->who + from, move * sizeof *x->who);
        kept += to - from;
    }
    if (n)
        memset(x->row + (size_t)kept * d, 0,
               (size_t)(x->n - kept) * d * sizeof *x->row);
    x->n = kept;
}

int64_t mien_index_count(const mien_index *x) { return x->n; }

int mien_index_numbers(const mien_index *x) { return x->d; }

const float *mien_index_row(const mien_index *x, int64_t row)
{
    assert(row >= 0 && row < x->n);
    return x->row + row * x->d;
}

int32_t mien_index_person(const mien_index *x, int64_t row)
{
    assert(row >= 0 && row < x->n);
    return x->who[row];
}
