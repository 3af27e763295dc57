/* Filters in bytes, a scale and a zero point for each channel.
 *
 *   filter[o, i] = (byte[o, i] - zero[o]) * scale[o] * factor[i]
 *
 * with a range that holds 0 exactly.  Three things keep the answers near those
 * of floats.  A factor for each input, chosen so that the greatest filter of
 * each row and of each column are alike, spends the steps where filters are
 * small. Where inputs are never negative (behind a ReLU), bytes are rounded so
 * that their sum is what it was: an error common to all inputs is not made. And
 * filters whose errors go through further layers, or that are few, have four
 * more bits for the rest, and the fewest a second byte, unless a small file is
 * wanted.
 *
 * Rests of four bits, -7 to 7, are two in a byte: of channel o above, of
 * channel n/2 + o below.
 *
 *   byte = 16 (above + 8) + (below + 8),   q = (byte - 8) / 16
 *
 * so that q is above + 8 when rounded, and below / 16 is what is left then. A
 * graph rounds by adding a number behind which floats have no halves. */
#include "model/tfjs.h"
#include "model/pack.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

enum {
    FEW = 1 << 15,  /* filters with less weights have two bytes each */
    LAST = 1 << 16, /* with as many they have one where results are next */
    REST = 7,       /* the greatest rest of four bits */
    MIDDLE = 8,     /* what stands for 0 among them */
    ROUNDS = 3      /* of balancing */
};

/* How filters are stored: bits of each. */
typedef enum depth { EIGHT, TWELVE, SIXTEEN } depth;

/* What rounding left over of a filter. */
typedef struct rest {
    double off;
    int64_t at;
} rest;

/* Of a convolution whose channels have `each` filters. */
typedef struct packing {
    int64_t n, each;
    uint8_t *byte;       /* [n, each] */
    uint8_t *rest;       /* [n, each] the same of what is left, from 128 on;
                            of four bits [n / 2, each] */
    uint8_t *zero, *mid; /* [n] zero points of both */
    float *scale, *step; /* [n] steps of both */
    float *factor;       /* [in] */
    float *row;          /* [each] a channel divided by the factors */
    rest *order;         /* [each] */
} packing;

/* ---- one channel --------------------------------------------------------- */

/* What a byte leaves over, in steps. */
static double left_over(float v, float scale, uint8_t byte, uint8_t zero)
{
    return (double)v / (double)scale - (byte - zero);
}

/* Those farthest over come first; of equals the one before. */
static int compare_rests(const void *a, const void *b)
{
    const rest *x = a, *y = b;
    return x->off != y->off ? (x->off < y->off) - (x->off > y->off)
                            : (x->at > y->at) - (x->at < y->at);
}

/* Move bytes by one, those next to a boundary of rounding first, until their
 * sum is right to half a step. */
static void keep_sum(const packing *p, float scale, uint8_t zero, uint8_t *byte)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < p->each; i++)
        sum += left_over(p->row[i], scale, byte[i], zero);
    int up = sum > 0;
    for (int64_t i = 0; i < p->each; i++) {
        double off = left_over(p->row[i], scale, byte[i], zero);
        off = up ? off : -off;
        if (off > 0 && byte[i] != (up ? 255 : 0))
            p->order[n++] = (rest){off, i};
    }
    qsort(p->order, (size_t)n, sizeof *p->order, compare_rests);
    for (int64_t k = 0; k < n && fabs(sum) > 0.5; k++) {
        uint8_t *b = &byte[p->order[k].at];
        *b = (uint8_t)(*b + (up ? 1 : -1));
        sum += up ? -1 : 1;
    }
}

/* ---- all channels -------------------------------------------------------- */

/* Filters of one input as shares of their rows' greatest: the greatest. */
static float greatest(const packing *p, const float *filters, int64_t i,
                      int64_t area)
{
    float most = 0;
    for (int64_t o = 0; o < p->n; o++)
        for (int64_t k = 0; k < area; k++)
            most = fmaxf(most, fabsf(filters[o * p->each + i * area + k]) /
                                   p->scale[o]);
    return most;
}

/* Factors by which the greatest of each row and of each column are alike. */
static void balance(const packing *p, const float *filters, int64_t area)
{
    int64_t inputs = p->each / area;
    for (int64_t i = 0; i < inputs; i++)
        p->factor[i] = 1;
    for (int round = 0; round < ROUNDS && inputs > 1; round++) {
        for (int64_t o = 0; o < p->n; o++) {
            p->scale[o] = 1e-20F;
            for (int64_t k = 0; k < p->each; k++)
                p->scale[o] =
                    fmaxf(p->scale[o], fabsf(filters[o * p->each + k]) /
                                           p->factor[k / area]);
        }
        for (int64_t i = 0; i < inputs; i++)
            p->factor[i] = fmaxf(greatest(p, filters, i, area), 1e-6F);
    }
}

/* A byte each, balanced. */
static void pack_one(const packing *p, const mi_tf_conv *c)
{
    int64_t area = c->h * c->w;
    int positive = c->x->op == &mi_op_clip || c->x->op == &mi_op_relu;
    balance(p, c->filters, area);
    for (int64_t o = 0; o < p->n; o++) {
        uint8_t *byte = p->byte + o * p->each;
        for (int64_t k = 0; k < p->each; k++)
            p->row[k] = c->filters[o * p->each + k] / p->factor[k / area];
        mi_pack_channel(p->row, p->each, byte, &p->scale[o], &p->zero[o]);
        if (positive)
            keep_sum(p, p->scale[o], p->zero[o], byte);
    }
}

/* Two bytes each. */
static void pack_two(const packing *p, const mi_tf_conv *c)
{
    for (int64_t o = 0; o < p->n; o++) {
        const float *v = c->filters + o * p->each;
        uint8_t *byte = p->byte + o * p->each, *more = p->rest + o * p->each;
        mi_pack_channel(v, p->each, byte, &p->scale[o], &p->zero[o]);
        p->step[o] = p->scale[o] / 256;
        p->mid[o] = 128;
        for (int64_t k = 0; k < p->each; k++) {
            double off = left_over(v[k], p->scale[o], byte[k], p->zero[o]);
            more[k] = (uint8_t)fmin(fmax(round(256 * off) + 128, 0), 255);
        }
    }
}

/* What the bytes of a channel leave over, 1 to 15. */
static void pack_rests(const packing *p, const mi_tf_conv *c, int64_t o)
{
    for (int64_t i = o * p->each; i < (o + 1) * p->each; i++) {
        double off =
            left_over(c->filters[i], p->scale[o], p->byte[i], p->zero[o]);
        double steps = round((2 * REST + 1) * off);
        p->rest[i] = (uint8_t)(fmin(fmax(steps, -REST), REST) + MIDDLE);
    }
}

/* A byte and a half each; n is even. */
static void pack_more(const packing *p, const mi_tf_conv *c)
{
    int64_t half = p->n / 2;
    for (int64_t o = 0; o < p->n; o++) {
        mi_pack_channel(c->filters + o * p->each, p->each,
                        p->byte + o * p->each, &p->scale[o], &p->zero[o]);
        p->step[o] = p->scale[o] / (2 * REST + 1) * (o < half ? 1.0F : 16.0F);
        pack_rests(p, c, o);
    }
    for (int64_t i = 0; i < half * p->each; i++)
        p->rest[i] = (uint8_t)(16 * p->rest[i] + p->rest[half * p->each + i]);
}

/* ---- nodes --------------------------------------------------------------- */

static mi_node *pair(mi_tf *t, const mi_op *op, mi_node *a, mi_node *b)
{
    mi_node *in[] = {a, b};
    return mi_graph_node(t->g, op, in, 2, NULL, NULL);
}

static mi_node *number(mi_tf *t, float v)
{
    mien_shape one = {.rank = 1, .dim = {1}};
    return mi_graph_constant(t->g, NULL, MI_F32, one, &v, MI_COPY);
}

/* Rests of four bits, taken apart and multiplied by their steps. */
static mi_node *short_rests(mi_tf *t, const mi_tf_conv *c, const packing *p)
{
    const mi_dequantize_attr all = {0};
    const mi_concat_attr channels = {0};
    const float whole = 3 << 22; /* floats from 2^23 to 2^24 are whole */
    const uint8_t middle = MIDDLE;
    mien_shape half = {4, {c->out / 2, c->in, c->h, c->w}};
    mien_shape list = {4, {c->out, 1, 1, 1}}, one = {.rank = 1, .dim = {1}};
    mi_node *in[] = {
        mi_graph_constant(t->g, NULL, MI_U8, half, p->rest, MI_COPY),
        number(t, 1 / 16.0F),
        mi_graph_constant(t->g, NULL, MI_U8, one, &middle, MI_COPY)};
    mi_node *q = mi_graph_node(t->g, &mi_op_dequantize, in, 3, &all, NULL);
    mi_node *sum = pair(t, &mi_op_add, q, number(t, whole));
    mi_node *rounded = pair(t, &mi_op_sub, sum, number(t, whole));
    mi_node *part[] = {pair(t, &mi_op_sub, sum, number(t, whole + MIDDLE)),
                       pair(t, &mi_op_sub, q, rounded)};
    mi_node *rests =
        mi_graph_node(t->g, &mi_op_concat, part, 2, &channels, NULL);
    return pair(t, &mi_op_mul, rests,
                mi_graph_constant(t->g, NULL, MI_F32, list, p->step, MI_COPY));
}

/* Bytes and what makes filters of them. */
static mi_node *add_nodes(mi_tf *t, const mi_tf_conv *c, const packing *p,
                          depth d)
{
    mien_shape shape = {4, {c->out, c->in, c->h, c->w}};
    mien_shape inputs = {4, {1, c->in, 1, 1}};
    mi_node *first =
        mi_pack_node(t->g, shape, p->byte, p->scale, p->zero, NULL);
    if (d == SIXTEEN)
        return pair(t, &mi_op_add, first,
                    mi_pack_node(t->g, shape, p->rest, p->step, p->mid, NULL));
    if (d == TWELVE)
        return pair(t, &mi_op_add, first, short_rests(t, c, p));
    return pair(
        t, &mi_op_mul, first,
        mi_graph_constant(t->g, NULL, MI_F32, inputs, p->factor, MI_COPY));
}

/* As many bits as the answers need. */
static depth depth_of(const mi_tf *t, const mi_tf_conv *c)
{
    int64_t all = c->out * c->in * c->h * c->w;
    if (t->small || (c->last && all >= LAST))
        return EIGHT;
    return all < FEW || c->out % 2 ? SIXTEEN : TWELVE;
}

mi_node *mi_tf_packed(mi_tf *t, const mi_tf_conv *c)
{
    packing p = {.n = c->out, .each = c->in * c->h * c->w};
    size_t n = (size_t)p.n, each = (size_t)p.each, all = n * each;
    depth d = depth_of(t, c);
    mi_node *out = NULL;
    uint8_t *bytes = mi_alloc(2 * all + 2 * n, 1);
    float *floats = mi_alloc(2 * n + (size_t)c->in + each, sizeof *floats);
    p.order = mi_alloc(each, sizeof *p.order);
    if (bytes && floats && p.order) {
        p.byte = bytes;
        p.rest = bytes + all;
        p.zero = p.rest + all;
        p.mid = p.zero + n;
        p.scale = floats;
        p.step = floats + n;
        p.factor = p.step + n;
        p.row = p.factor + c->in;
        if (d == SIXTEEN)
            pack_two(&p, c);
        else if (d == TWELVE)
            pack_more(&p, c);
        else
            pack_one(&p, c);
        out = add_nodes(t, c, &p, d);
    }
    mi_free(bytes);
    mi_free(floats);
    mi_free(p.order);
    return out;
}
