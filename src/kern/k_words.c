/* k_words.c: sums of 16-bit products.  Included by variant.h after k_conv.c. */
#include "kern/vec.h"

VFN int32_t words_pair(const int16_t *p)
{
    int32_t pair;
    memcpy(&pair, p, sizeof pair);
    return pair;
}

/* The largest size of the inputs; infinity if one is not finite. */
VFN float words_largest(const mi_words_row *r)
{
    vf top = {0}, zero = {0}, odd = {0};
    for (int t = 0; t < r->taps; t++) {
        const float *a = r->a[t * r->a_stride];
        for (int i = 0; i < r->run; i += VN) {
            vf v = vload(a + i);
            top = vmax(top, vmax(v, zero - v));
            odd += v * zero; /* NaN once, NaN for good */
        }
    }
    float most = 0;
    for (int i = 0; i < VN; i++)
        most = top[i] > most ? top[i] : most;
    return vsum(odd) == 0 ? most : __builtin_inff();
}

/* The inputs of one pixel as whole numbers. */
static void words_row_i16(mi_words_row *r)
{
    float largest = words_largest(r);
    r->scale = largest <= MI_WORDS_MOST ? largest / r->most : -1;
    if (r->scale < 0)
        return;
    float by = largest > MI_WORDS_LEAST ? r->most / largest : 0;
    vf factor = vsplat(by), magic = vsplat(12582912.f); /* 1.5 * 2^23 */
    vi sum = {0};
    int16_t *q = r->q;
    for (int t = 0; t < r->taps; t++) {
        const float *a = r->a[t * r->a_stride];
        for (int i = 0; i < r->run; i += VN, q += VN) {
            vi v = (vi)(vload(a + i) * factor + magic) - (vi)magic;
            sum += v;
            vstore_i16(q, v);
        }
    }
    int32_t total = 0;
    for (int i = 0; i < VN; i++)
        total += sum[i];
    r->sum = r->scale * (float)total;
}

enum { PANEL = MI_WORDS_WIDE * VN };

typedef struct words_sums {
    vi v[MI_WORDS_ROWS][MI_WORDS_WIDE];
} words_sums;

VFN void words_sum(const mi_words_tile *t, const float *w, words_sums *s, int R)
{
    const int16_t *q[MI_WORDS_ROWS];
    UNROLL
    for (int m = 0; m < R; m++) {
        q[m] = t->row[m].q;
        UNROLL
        for (int j = 0; j < MI_WORDS_WIDE; j++)
            s->v[m][j] = (vi){0};
    }
    for (int i = 0; i < t->deep; i += 4, w += 2 * PANEL) {
        const int16_t *at[MI_WORDS_ROWS];
        UNROLL
        for (int m = 0; m < R; m++)
            at[m] = q[m] + i;
        UNROLL
        for (int c = 0; c < 2; c++) {
            vi b[MI_WORDS_WIDE];
            UNROLL
            for (int j = 0; j < MI_WORDS_WIDE; j++)
                b[j] = (vi)vload(w + (c * MI_WORDS_WIDE + j) * VN);
            UNROLL
            for (int m = 0; m < R; m++) {
                vi x = words_pair(at[m] + 2 * c) - (vi){0};
                UNROLL
                for (int j = 0; j < MI_WORDS_WIDE; j++)
                    s->v[m][j] += vdot_i16(x, b[j]);
            }
        }
    }
}

/* What follows the sums of two vectors of channels from o on of row m. */
static void words_put(const mi_words_tile *t, vf s[ROWS_MAX][2], int m, int o)
{
    if (t->add)
        tile_add(t->add + m * t->add_stride + o, 0, s, 2 * VN, 1, 1, 2);
    if (t->act.kind == MI_ACT_CLAMP)
        tile_clamp(t->act, s, 1, 2);
    else if (t->act.kind == MI_ACT_LEAKY)
        tile_leaky(t->act, s, 1, 2);
    tile_put(t->y + m * t->y_stride + o, 0, s, 2 * VN, 1, 1, 2);
}

/* What follows the sums of a panel; once, not in each size of tile. */
static __attribute__((noinline)) void words_finish(const mi_words_tile *t,
                                                   const float *w,
                                                   const words_sums *sums,
                                                   int o)
{
    for (int m = 0; m < t->rows; m++) {
        vf scale = vsplat(t->row[m].scale), sum = vsplat(t->row[m].sum);
        for (int j = 0; j < MI_WORDS_WIDE; j += 2) {
            vf s[ROWS_MAX][2];
            UNROLL
            for (int i = 0; i < 2; i++) {
                const float *p = w + (j + i) * VN;
                vf total = __builtin_convertvector(sums->v[m][j + i], vf);
                s[0][i] = vmadd(vload(p + 2 * PANEL), sum, vload(p));
                s[0][i] = vmadd(vload(p + PANEL), total * scale, s[0][i]);
            }
            words_put(t, s, m, o + j * VN);
        }
    }
}

#define WORDS(R)                                                         \
    static void words_##R(const mi_words_tile *t, const float *w, int o) \
    {                                                                    \
        words_sums s;                                                    \
        words_sum(t, w + 3 * PANEL, &s, R);                              \
        words_finish(t, w, &s, o);                                       \
    }
WORDS(1)
WORDS(3)
#undef WORDS

/* Two vectors of channels of the only row, whose inputs stay floats. */
static void words_floats(const mi_words_tile *t, const float *w, int o)
{
    const mi_words_row *r = t->row;
    vf s[ROWS_MAX][2];
    for (int j = 0; j < 2; j++, w += VN) {
        const float *next = w + (ptrdiff_t)3 * PANEL;
        s[0][j] = vload(w);
        for (int i = 0; i < t->deep; i++) {
            vi b = (vi)vload(next);
            b = i % 2 ? b >> 16 : (b << 16) >> 16;
            next += i % 2 * PANEL;
            float a = r->a[i / r->run * r->a_stride][i % r->run];
            vf times = __builtin_convertvector(b, vf);
            s[0][j] += vsplat(a) *
                       vmadd(vload(w + PANEL), times, vload(w + 2 * PANEL));
        }
    }
    words_put(t, s, 0, o);
}

static void words_panel(const mi_words_tile *t, const float *w, int o)
{
    if (t->rows > 1)
        words_3(t, w, o);
    else if (t->row->scale >= 0)
        words_1(t, w, o);
    else
        for (int j = 0; j < PANEL; j += 2 * VN)
            words_floats(t, w + j, o + j);
}

/* The last panel, not all of whose channels exist: aside, then copied. */
static void words_edge(const mi_words_tile *t, const float *w, int o)
{
    float y[MI_WORDS_ROWS][PANEL];
    float add[MI_WORDS_ROWS][PANEL] = {{0}};
    size_t n = (size_t)(t->oc - o) * sizeof(float);
    mi_words_tile aside = *t;
    aside.y = y[0];
    aside.add = t->add ? add[0] : NULL;
    aside.y_stride = aside.add_stride = PANEL;
    for (int m = 0; t->add && m < t->rows; m++)
        memcpy(add[m], t->add + m * t->add_stride + o, n);
    words_panel(&aside, w, 0);
    for (int m = 0; m < t->rows; m++)
        memcpy(t->y + m * t->y_stride + o, y[m], n);
}

/* All channels of a tile, a panel of them at a time. */
static void words_panels(const mi_words_tile *t)
{
    const float *w = t->w;
    for (int o = 0; o < t->oc; o += PANEL) {
        if (t->oc - o < PANEL)
            words_edge(t, w, o);
        else
            words_panel(t, w, o);
        w += (ptrdiff_t)PANEL * (3 + t->deep / 2);
    }
}

/* A tile of pixels; one by one where some of them stay floats. */
static void words_tile_i16(const mi_words_tile *t)
{
    mi_words_tile part = *t;
    for (int m = 0; m < t->rows; m++)
        part.rows = t->row[m].scale < 0 ? 1 : part.rows;
    for (int m = 0; m < t->rows; m += part.rows) {
        part.row = t->row + m;
        part.y = t->y + m * t->y_stride;
        part.add = t->add ? t->add + m * t->add_stride : NULL;
        words_panels(&part);
    }
    for (int m = 0; t->act.kind == MI_ACT_SIGMOID && m < t->rows; m++) {
        float *y = t->y + m * t->y_stride;
        sigmoid_f32(t->oc, y, y);
    }
}
