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
    float by = largest > 0 ? r->most / largest : 0;
    int32_t sum = 0;
    for (int i = 0; finite && i < r->taps * r->run; i++) {
        float v = r->a[i / r->run * r->a_stride][i % r->run];
        r->q[i] = (int16_t)rintf(v * by);
        sum += r->q[i];
    }
    r->scale = finite ? largest / r->most : NAN;
    r->sum = r->scale * (float)sum;
}

/* One lane. */
static void words_tile_i16(const mi_words_tile *t)
{
    const float *w = t->w;
    for (int o = 0, wide; o < t->oc; o += wide) {
        wide = mi_words_wide(1, t->oc - o);
        for (int m = 0; m < t->rows; m++)
            for (int j = 0; j < wide && o + j < t->oc; j++) {
                const mi_words_row *r = &t->row[m];
                int64_t sum = 0;
                for (int i = 0; i < t->deep; i++) {
                    int16_t pair[2];
                    memcpy(pair, w + (3 + i / 2) * wide + j, sizeof pair);
                    sum += r->q[i] * pair[i % 2];
                }
                float v = w[j] + r->sum * w[2 * wide + j] +
                          r->scale * w[wide + j] * (float)sum;
                if (t->add)
                    v += t->add[m * t->add_stride + o + j];
                t->y[m * t->y_stride + o + j] = act_of(t->act, v);
            }
        w += (ptrdiff_t)wide * (3 + t->deep / 2);
    }
}
