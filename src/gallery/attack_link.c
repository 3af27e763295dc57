/* attack_link.c: what whoever has the key can put together. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/attack.h"

#include <math.h>
#include <string.h>

int mi_attack_near(const mien_index *x, int64_t a, int64_t b, float threshold)
{
    const float *p = mien_index_row(x, a), *q = mien_index_row(x, b);
    double sum = 0, most = (double)threshold * (double)threshold;
    for (int k = 0; k < mien_index_numbers(x) && sum < most; k++) {
        double d = (double)p[k] - (double)q[k];
        sum += d * d;
    }
    return sum < most;
}

/* Count one pair of rows; who is linked across purposes is marked. */
static void count_pair(const mien_gallery *g, const mien_index *x,
                       const int64_t row[2], float threshold, uint8_t *linked,
                       mien_gallery_linked *out)
{
    const int a = mi_people_at(g, mien_index_person(x, row[0]));
    const int b = mi_people_at(g, mien_index_person(x, row[1]));
    const int is_near = mi_attack_near(x, row[0], row[1], threshold);
    if (a == b) {
        out->same++;
        out->same_near += is_near;
    } else if (strcmp(g->person[a].shown.basis.purpose,
                      g->person[b].shown.basis.purpose) == 0) {
        out->other++;
        out->other_near += is_near;
    } else if (is_near) {
        linked[a] = linked[b] = 1;
    }
}

mien_status mi_attack_link(const mien_gallery *g, const mi_shelf *shelf,
                           float threshold, mien_gallery_linked *out,
                           mien_error *err)
{
    const mien_index *x = shelf->face.index;
    int64_t n = mien_index_count(x);
    uint8_t *linked = mi_alloc((size_t)g->people + 1, 1);
    uint8_t *has = mi_alloc((size_t)g->people + 1, 1);
    mien_status st = linked && has ? MIEN_OK : mi_no_memory(err);
    if (n > MIEN_GALLERY_ATTACK_FACES)
        n = MIEN_GALLERY_ATTACK_FACES;
    out->faces = (int)n;
    for (int64_t i = 0; !st && i < n; i++) {
        has[mi_people_at(g, mien_index_person(x, i))] = 1;
        for (int64_t k = 0; k < i; k++)
            count_pair(g, x, (const int64_t[2]){k, i}, threshold, linked, out);
    }
    for (int i = 0; !st && i < g->people; i++) {
        out->entries += has[i];
        out->linked += linked[i];
    }
    mi_free(linked);
    mi_free(has);
    return st;
}

mien_status mi_attack_name(const mien_gallery *g, const mi_shelf *shelf,
                           const mien_gallery_faces *faces, float threshold,
                           mien_gallery_attacked *out, mien_error *err)
{
    uint8_t *named = mi_alloc((size_t)g->people + 1, 1);
    mien_status st = named ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; !st && i < faces->n; i++) {
        mien_neighbour at = {-1, -1, NAN};
        st = mien_index_search(shelf->face.index, 1,
                               faces->descriptor +
                                   (size_t)i * (size_t)faces->numbers,
                               1, NULL, &at, err);
        if (st || at.row < 0 || !(at.distance < threshold))
            continue;
        out->photos_named++;
        named[mi_people_at(g, at.person)] = 1;
    }
    for (int i = 0; !st && i < g->people; i++)
        out->people_named += named[i];
    mi_free(named);
    return st;
}
