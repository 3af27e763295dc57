/* window.c: rows that follow each other in time, taken together.
 *
 * Dropping event rows leaves gaps; a window across one would join times that
 * are apart.  `source` tells where a row stood before anything was dropped:
 * w rows follow each other if their sources span w - 1.
 *
 * Windows that overlap across a split leak: rows that a model was trained on
 * stand in the windows it is tested with. */
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"
#include "num/sort.h"

#include <assert.h>
#include <string.h>

int64_t mien_windows_find(int64_t n, int w, const int64_t *source, int64_t *end)
{
    assert(w >= 1);
    int64_t count = 0;
    for (int64_t i = w - 1; i < n; i++)
        if (!source || source[i] - source[i - w + 1] == w - 1)
            end[count++] = i;
    return count;
}

void mien_windows_gather(int p, const double *x, int w, int64_t n,
                         const int64_t *end, double *out)
{
    size_t size = (size_t)w * (size_t)p;
    for (int64_t i = 0; i < n && size > 0; i++)
        memcpy(out + i * w * p, x + (end[i] - w + 1) * p, size * sizeof *x);
}

void mien_differences(int64_t n, int p, const double *x, const int64_t *source,
                      double *out)
{
    for (int64_t i = 0; i < n; i++, x += p, out += p) {
        int first = i == 0 || (source && source[i] - source[i - 1] != 1);
        for (int j = 0; j < p; j++)
            out[j] = first ? 0 : x[j] - x[j - p];
    }
}

/* The first of m sorted keys that is not below key. */
static int64_t not_below(int64_t m, const uint64_t *sorted, uint64_t key)
{
    int64_t low = 0, high = m;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (sorted[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

mien_status mien_windows_overlap(int w, int64_t n, const int64_t *end,
                                 int64_t m, const int64_t *other, uint8_t *out,
                                 int64_t *ret_count, mien_error *err)
{
    uint64_t *sorted = mi_alloc_raw((size_t)m, 2 * sizeof *sorted);
    if (!sorted)
        return mi_no_memory(err);
    for (int64_t i = 0; i < m; i++)
        sorted[i] = (uint64_t)other[i];
    mi_sort_keys(m, sorted, sorted + m);
    int64_t count = 0, reach = w - 1;
    for (int64_t i = 0; i < n; i++) {
        /* Windows share a row if their ends are less than w apart. */
        uint64_t first = end[i] > reach ? (uint64_t)(end[i] - reach) : 0;
        int64_t at = not_below(m, sorted, first);
        int shares = at < m && sorted[at] <= (uint64_t)(end[i] + reach);
        count += shares;
        if (out)
            out[i] = (uint8_t)shares;
    }
    mi_free(sorted);
    *ret_count = count;
    return MIEN_OK;
}
