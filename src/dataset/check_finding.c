/* check_finding.c: what a check has to say, and the order in which it is said.
 */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <math.h>
#include <stdlib.h>

mi_finding *mi_finding_new(mien_dataset *d, const char *check,
                           mien_weight weight, double rank)
{
    mi_finding *f = mi_push(&d->finding, d->findings, sizeof *d->finding);
    if (!f) {
        d->failed = 1;
        return NULL;
    }
    d->findings++;
    f->is.check = check;
    f->is.weight = weight;
    f->is.size = (double)NAN;
    f->rank = rank;
    return f;
}

void mi_finding_column(const mien_dataset *d, mi_finding *f, int column)
{
    if (f->where.n)
        mien_buffer_puts(&f->where, ", ");
    mien_buffer_puts(&f->where, d->column[column].name);
}

void mi_finding_count(mi_finding *f, int64_t count, int64_t of)
{
    f->is.count = count;
    f->is.of = of;
}

void mi_finding_size(mi_finding *f, double size, const char *measure)
{
    f->is.size = size;
    f->is.measure = measure;
}

void mi_put_share(mien_buffer *out, int64_t count, int64_t of)
{
    double share = of ? 100 * (double)count / (double)of : 0;
    mien_buffer_printf(out, "%lld of %lld (%.*f %%)", (long long)count,
                       (long long)of, share < 1 ? 3 : 1, share);
}

static int worse_first(const void *a, const void *b)
{
    const mi_finding *x = a, *y = b;
    if (x->is.weight != y->is.weight)
        return (x->is.weight > y->is.weight) - (x->is.weight < y->is.weight);
    return (x->rank < y->rank) - (x->rank > y->rank);
}

mien_status mi_findings_finish(mien_dataset *d, mien_error *err)
{
    d->sorted = mi_alloc((size_t)d->findings + 1, sizeof *d->sorted);
    if (!d->sorted || d->failed)
        return mi_no_memory(err);
    /* equal ones stay in their order */
    for (int64_t i = 0; i < d->findings; i++)
        d->finding[i].rank -= 1e-12 * (double)i;
    if (d->findings)
        qsort(d->finding, (size_t)d->findings, sizeof *d->finding, worse_first);
    for (int64_t i = 0; i < d->findings; i++) {
        mi_finding *f = &d->finding[i];
        mien_buffer *text[] = {&f->where, &f->text, &f->advice};
        for (int k = 0; k < 3; k++) {
            mien_buffer_put(text[k], "", 1);
            if (text[k]->failed)
                return mi_no_memory(err);
        }
        f->is.where = (const char *)f->where.data;
        f->is.text = (const char *)f->text.data;
        f->is.advice = (const char *)f->advice.data;
        d->sorted[i] = f->is;
    }
    return MIEN_OK;
}
