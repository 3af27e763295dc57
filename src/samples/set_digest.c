/* set_digest.c: a set of pictures in one digest.
 *
 *   sample  SHA-256 of its fields: name, part, pixels, points, box, classes by
 *           their names, numbers, shares
 *   set     SHA-256 of the samples' digests in ascending order, so that the
 *           order of a list does not matter */
#include "mien/samples_loader.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char first_line[] = "mien/pictures/1\n";

/* Numbers, each a field; what is not known is a question mark. */
static void put_numbers(mien_buffer *b, const char *what, int64_t n,
                        const float *v)
{
    mi_field_put(b, what);
    for (int64_t i = 0; i < n; i++)
        if (isnan(v[i]))
            mien_buffer_puts(b, "\t?");
        else
            mien_buffer_printf(b, "\t%.9g", (double)v[i] + 0.0);
}

/* The points and the box of a sample. */
static void put_places(mien_buffer *b, const mien_labels *l, int64_t i)
{
    for (int k = 0; l->point && k < l->points; k++) {
        const mien_point *p = &l->point[i * l->points + k];
        const float xy[2] = {p->x, p->y};
        put_numbers(b, l->point_name[k], 2, xy);
    }
    if (l->box && l->box[i].width > 0) {
        const mien_box *x = &l->box[i];
        const float side[4] = {x->x, x->y, x->width, x->height};
        put_numbers(b, "box", 4, side);
    }
}

/* Its classes, numbers and shares. */
static void put_answers(mien_buffer *b, const mien_labels *l, int64_t i)
{
    for (int k = 0; l->label && k < l->tasks; k++) {
        int c = l->label[i * l->tasks + k];
        mi_field_put(b, l->task[k].name);
        mi_field_put(b, c < 0 ? "" : l->task[k].class_name[c]);
    }
    for (int k = 0; l->number && k < l->numbers; k++)
        put_numbers(b, l->number_name[k], 1, &l->number[i * l->numbers + k]);
    if (l->share)
        put_numbers(b, "shares", l->shares, l->share + i * l->shares);
}

static int by_text(const void *a, const void *b) { return strcmp(a, b); }

mien_status mien_set_digest(const mien_labels *labels, const mien_digests *of,
                            char out[65], mien_error *err)
{
    enum { SIZE = 65 };
    mien_buffer b = {0};
    char(*each)[SIZE] = mi_alloc((size_t)labels->n + 1, SIZE);
    for (int64_t i = 0; each && i < labels->n; i++) {
        b.n = 0;
        mi_field_put(&b,
                     labels->name && labels->name[i] ? labels->name[i] : "");
        mien_buffer_printf(&b, "\t%d", labels->part ? (int)labels->part[i] : 0);
        mi_field_put(&b, of->digest[i]);
        put_places(&b, labels, i);
        put_answers(&b, labels, i);
        mien_sha256(b.data, b.n, each[i]);
    }
    if (each && labels->n)
        qsort(each, (size_t)labels->n, SIZE, by_text);
    int failed = !each || b.failed;
    b.n = 0;
    mien_buffer_puts(&b, first_line);
    for (int64_t i = 0; !failed && i < labels->n; i++)
        mien_buffer_put(&b, each[i], SIZE - 1);
    failed |= b.failed;
    if (!failed)
        mien_sha256(b.data, b.n, out);
    mien_buffer_free(&b);
    mi_free(each);
    return failed ? mi_no_memory(err) : MIEN_OK;
}
