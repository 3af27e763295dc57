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
        finite = finite && isfinite(v);
    }
    float by = largest > MI_WORDS_LEAST ? r->most / largest : 0;
    int32_t sum = 0;
    for (int i = 0; i < r->taps * r->run; i++) {
        float v = r->a[i / r->run * r->a_stride][i % r->run];
        r->q[i] = (int16_t)(finite ? rintf(v * by) : 0);
        sum += r->q[i];
    }
    r->scale = finite ? largest / r->most : NAN;
    r->sum = r->scale * (float)sum;
}

/* One lane. */
static void words_tile_i16(const mi_words_tile *t)
{
    const float *w = t->w;
    for (int o = 0, wide = MI_WORDS_WIDE; o < t->oc; o += wide) {
        for (int m = 0; m < t->rows; m++)
            for (int j = 0; j < wide && o + j < t->oc; j++) {
                const mi_words_row *r = &t->row[m];
                int64_t sum = 0;
                for (int i = 0; i < t->deep; i++) {
                    int16_t pair[2];
                    memcpy(pair, w + (3 + i / 2) * wide + j, sizeof pair);
                    sum += r->q[i] * pair[i % 2];
                }
                double step = (double)r->scale * (double)w[wide + j];
                float v = (float)((double)w[j] +
                                  (double)r->sum * (double)w[2 * wide + j] +
                                  step * (double)sum);
                if (t->add)
                    v += t->add[m * t->add_stride + o + j];
                t->y[m * t->y_stride + o + j] = act_of(t->act, v);
            }
        w += (ptrdiff_t)wide * (3 + t->deep / 2);
    }
}
