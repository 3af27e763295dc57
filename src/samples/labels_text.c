/* labels_text.c: labelled samples in words. */
#include "samples/labels.h"

#include "base/alloc.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* The emotion, or whatever shares are of, that most say, and how many do. */
static void put_share(const mien_labels *l, int64_t i, mien_buffer *out)
{
    const float *share = l->share + i * l->shares;
    int best = 0;
    for (int s = 1; s < l->shares; s++)
        best = share[s] > share[best] ? s : best;
    mien_buffer_printf(out, "%s %.0f %%", l->task[0].class_name[best],
                       100 * (double)share[best]);
}

void mien_labels_caption(const mien_labels *l, int64_t i, const int *label,
                         mien_buffer *out)
{
    assert(i >= 0 && i < l->n);
    const char *between = "";
    label = label ? label : l->label + i * l->tasks;
    for (int t = 0; t < l->tasks; t++) {
        const mien_label_task *task = &l->task[t];
        if (label[t] < 0)
            continue;
        mien_buffer_puts(out, between);
        between = ", ";
        if (t == 0 && l->shares)
            put_share(l, i, out);
        else
            mien_buffer_puts(out, task->class_name[label[t]]);
    }
    for (int k = 0; k < l->numbers; k++) {
        float v = l->number[i * l->numbers + k];
        if (isnan(v))
            continue;
        mien_buffer_printf(out, "%s%s %.6g", between, l->number_name[k],
                           (double)v);
        between = ", ";
    }
}

void mien_labels_notes(const mien_labels *l, mien_buffer *out)
{
    int64_t told =
        l->left_out < MIEN_LABELS_TOLD ? l->left_out : MIEN_LABELS_TOLD;
    for (int64_t i = 0; i < told; i++)
        mien_buffer_printf(out, "%s\n", l->told[i].text);
    if (l->left_out)
        mien_buffer_printf(out, "%lld of %lld samples left out\n",
                           (long long)l->left_out,
                           (long long)l->left_out + l->n);
}

/* How many samples of each class, the unknown ones last. */
static void put_classes(const mien_labels *l, int t, mien_buffer *out)
{
    enum { SHOWN = 20 };
    const mien_label_task *task = &l->task[t];
    int64_t unknown = 0;
    mien_buffer_printf(out, "%s:", task->name);
    for (int c = 0; c < task->classes && c < SHOWN; c++) {
        int64_t n = 0;
        for (int64_t i = 0; i < l->n; i++)
            n += l->label[i * l->tasks + t] == c;
        mien_buffer_printf(out, "%s %s %lld", c ? "," : "", task->class_name[c],
                           (long long)n);
    }
    for (int64_t i = 0; i < l->n; i++)
        unknown += l->label[i * l->tasks + t] < 0;
    if (task->classes > SHOWN)
        mien_buffer_printf(out, " and %d classes more", task->classes - SHOWN);
    if (unknown)
        mien_buffer_printf(out, ", unknown %lld", (long long)unknown);
    mien_buffer_puts(out, "\n");
}

/* The range and the mean of a column of numbers. */
static void put_number(const mien_labels *l, int k, mien_buffer *out)
{
    double least = 0, most = 0, sum = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < l->n; i++) {
        double v = (double)l->number[i * l->numbers + k];
        if (isnan(v))
            continue;
        least = !n || v < least ? v : least;
        most = !n || v > most ? v : most;
        sum += v;
        n++;
    }
    if (n)
        mien_buffer_printf(out, "%s: %.6g to %.6g, mean %.4g\n",
                           l->number_name[k], least, most, sum / (double)n);
}

void mien_labels_summary(const mien_labels *l, mien_buffer *out)
{
    int64_t boxes = 0;
    for (int64_t i = 0; i < l->n; i++)
        boxes += l->box[i].width > 0;
    mien_buffer_printf(out, "%lld samples", (long long)l->n);
    if (l->pixels)
        mien_buffer_printf(out, " of %d x %d pixels", l->w, l->h);
    if (l->points)
        mien_buffer_printf(out, ", %d points each", l->points);
    if (boxes)
        mien_buffer_printf(out, ", %lld boxes", (long long)boxes);
    mien_buffer_puts(out, "\n");
    for (int t = 0; t < l->tasks; t++)
        put_classes(l, t, out);
    for (int k = 0; k < l->numbers; k++)
        put_number(l, k, out);
}
