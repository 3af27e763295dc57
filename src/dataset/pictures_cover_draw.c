/* pictures_cover_draw.c: which faces a network learns from.
 *
 * Of a set with few dark faces, or few old ones, a network that saw them as
 * rarely as they come would call what they have of their own something laid
 * over them.  So each face is drawn with the weight
 *
 *   w = product over groupings of n / (groups x faces of its group)
 *
 * held within 1/8 and 8, which makes each grouping nearly even: those that are
 * known of the faces, and how light the chip is, in ten bands. */
#include "dataset/pictures_cover.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

enum { SIDE = MI_COVER_SIDE };

static const double most = 8;

/* Mean grey of a chip's oval, in tenths of the range: 0..9. */
static int light_of(const uint8_t *chip)
{
    int sum = 0, n = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            if (mi_cover_in_face((x + 0.5) / SIDE, (y + 0.5) / SIDE)) {
                sum += chip[y * SIDE + x];
                n++;
            }
    return 10 * sum / (256 * n);
}

/* Multiply the weights of a half by what makes one grouping even.
 *
 *   group  of all chips
 *   count  [groups] scratch */
static void even_out(mi_cover_half *h, const int *group, int groups,
                     int64_t *count)
{
    int64_t known = 0;
    int used = 0;
    memset(count, 0, (size_t)groups * sizeof *count);
    for (int64_t k = 0; k < h->n; k++)
        if (group[h->of[k]] >= 0) {
            known++;
            used += count[group[h->of[k]]]++ == 0;
        }
    for (int64_t k = 0; k < h->n; k++)
        if (group[h->of[k]] >= 0)
            h->sum[k] *=
                (double)known / ((double)used * (double)count[group[h->of[k]]]);
}

/* One more than the largest number of a grouping. */
static int groups_of(int64_t n, const int *group)
{
    int groups = 0;
    for (int64_t i = 0; i < n; i++)
        groups = group[i] >= groups ? group[i] + 1 : groups;
    return groups;
}

/* Weights of a half, each added to those before it.
 *
 *   light  [n of all] bands */
static mien_status weigh(mi_cover_half *h, int64_t n, const mi_cover_options *o,
                         const int *light, mien_error *err)
{
    double sum = 0;
    for (int64_t k = 0; k < h->n; k++)
        h->sum[k] = 1;
    for (int g = 0; g <= o->groupings; g++) {
        const int *group = g < o->groupings ? o->group + g * n : light;
        int groups = groups_of(n, group);
        int64_t *count = mi_alloc((size_t)groups + 1, sizeof *count);
        if (!count)
            return mi_no_memory(err);
        even_out(h, group, groups, count);
        mi_free(count);
    }
    for (int64_t k = 0; k < h->n; k++) {
        sum += fmin(fmax(h->sum[k], 1 / most), most);
        h->sum[k] = sum;
    }
    return MIEN_OK;
}

mien_status mi_cover_divide(int64_t n, const uint8_t *const *chip,
                            const mi_cover_options *o, mi_cover_half h[2],
                            mien_error *err)
{
    mien_random r;
    int *light = mi_alloc((size_t)n, sizeof *light);
    int64_t *mixed = mi_alloc((size_t)n, sizeof *mixed);
    mien_status st = light && mixed ? MIEN_OK : mi_no_memory(err);
    mien_random_init(&r, 1);
    if (!st)
        mien_random_permutation(&r, n, mixed);
    for (int64_t i = 0; i < n && !st; i++)
        light[i] = light_of(chip[i]);
    for (int k = 0; k < 2 && !st; k++) {
        h[k].chip = chip;
        h[k].seed = (uint32_t)k;
        h[k].n = k ? n - n / 2 : n / 2;
        h[k].of = mi_alloc((size_t)h[k].n, sizeof *h[k].of);
        h[k].sum = mi_alloc((size_t)h[k].n, sizeof *h[k].sum);
        if (!h[k].of || !h[k].sum)
            st = mi_no_memory(err);
        for (int64_t i = 0; i < h[k].n && !st; i++)
            h[k].of[i] = mixed[k * (n / 2) + i];
        if (!st)
            st = weigh(&h[k], n, o, light, err);
    }
    mi_free(light);
    mi_free(mixed);
    return st;
}

void mi_cover_half_done(mi_cover_half *h)
{
    mi_free(h->of);
    mi_free(h->sum);
}

const uint8_t *mi_cover_draw(const mi_cover_half *h, mien_random *r)
{
    int64_t low = 0, high = h->n - 1;
    double want = mien_random_unit(r) * h->sum[high];
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (h->sum[middle] <= want)
            low = middle + 1;
        else
            high = middle;
    }
    return h->chip[h->of[low]];
}
