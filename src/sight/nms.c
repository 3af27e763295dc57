/* One box a thing.
 *
 * Candidates are taken from the best score down; one is kept unless it covers a
 * kept one by more than a share (intersection over union).  A pair that is not
 * comparable (no area) does not suppress.
 *
 * The detectors differ in one thing only, which of two equal scores is first:
 * the later candidate in face-api.js' tiny detector (it pops from the end of an
 * ascending stable sort), the earlier one in its SSD and in OpenCV's YuNet.
 * mi_found.order says it.
 * Source: face-api.js 1.7.15, src/ops/nonMaxSuppression.ts and
 * src/ssdMobilenetv1/nonMaxSuppression.ts; OpenCV, dnn/src/nms.inl.hpp. */
#include "sight/found.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

mien_status mi_found_add(mi_found_list *l, const mi_found *f, mien_error *err)
{
    mi_rect b = f->box;
    if (!isfinite((float)(b.x + b.y + b.w + b.h)))
        return MIEN_OK;
    if (!mi_push(&l->found, l->n, sizeof *f))
        return mi_no_memory(err);
    l->found[l->n++] = *f;
    return MIEN_OK;
}

static int compare(const void *a, const void *b)
{
    const mi_found *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->order > y->order) - (x->order < y->order);
}

void mi_found_sort(mi_found_list *l)
{
    if (l->n)
        qsort(l->found, (size_t)l->n, sizeof *l->found, compare);
}

void mi_found_suppress(mi_found_list *l, double max_overlap, int most)
{
    mi_found_sort(l);
    int kept = 0;
    for (int i = 0; i < l->n && (most == 0 || kept < most); i++) {
        int k = kept - 1;
        while (k >= 0 && (l->found[k].kind != l->found[i].kind ||
                          mi_rect_overlap(l->found[k].box, l->found[i].box) <=
                              max_overlap))
            k--;
        if (k < 0)
            l->found[kept++] = l->found[i];
    }
    l->n = kept;
}

void mi_found_done(mi_found_list *l)
{
    mi_free(l->found);
    *l = (mi_found_list){0};
}
