/* k_ref_words.c: what the kernels of k_words.c mean.  Included by ref.c. */
#include "kern/words.h"

#include <string.h>

/* The inputs of one pixel as whole numbers. */
static void words_row_i16(mi_words_row *r)
{
    float largest = 0;
    int finite = 1;
    for (int i = 0; i < r->taps * r->run; i++) {
        float v = fabsf(r->a[i / r->run * r->a_stride][i % r->run]);
        largest = v > largest ? v : largest;
        finite = finite && v <= MI_WORDS_MOST;
    }
    r->scale = finite ? largest / r->most : -1;
    if (!finite)
        return;
    float by = largest > MI_WORDS_LEAST ? r->most / largest : 0;
    int32_t sum = 0;
    for (int i = 0; i < r->taps * r->run; i++) {
        float v = r->a[i / r->run * r->a_stride][i % r->run];
        r->q[i] = (int16_t)rintf(v * by);
        sum += r->q[i];
    }
    r->sum = r->scale * (float)sum;
}

/* The sum for a row of a channel that is that far into its panel. */
static double words_sum(const mi_words_tile *t, const mi_words_row *r,
                        const float *w)
{
    const int wide = MI_WORDS_WIDE;
    int64_t whole = 0;
    double sum = (double)w[0], step = (double)w[wide],
           middle = (double)w[2 * wide];
    for (int i = 0; i < t->deep; i++) {
        int16_t pair[2];
        memcpy(pair, w + (3 + i / 2) * wide, sizeof pair);
        if (r->scale < 0)
            sum += (double)r->a[i / r->run * r->a_stride][i % r->run] *
                   (step * pair[i % 2] + middle);
        else
            whole += r->q[i] * pair[i % 2];
    }
    if (r->scale < 0)
        return sum;
    return sum + (double)r->sum * middle +
           (double)r->scale * step * (double)whole;
}

/* One lane. */
static void words_tile_i16(const mi_words_tile *t)
{
    const float *w = t->w;
    for (int o = 0, wide = MI_WORDS_WIDE; o < t->oc; o += wide) {
        for (int m = 0; m < t->rows; m++)
            for (int j = 0; j < wide && o + j < t->oc; j++) {
                float v = (float)words_sum(t, &t->row[m], w + j);
                if (t->add)
                    v += t->add[m * t->add_stride + o + j];
                t->y[m * t->y_stride + o + j] = act_of(t->act, v);
            }
        w += (ptrdiff_t)wide * (3 + t->deep / 2);
    }
}
