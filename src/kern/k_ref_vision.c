/* k_ref_vision.c: the meaning of the kernels of cascades, boosting and optical
 * flow.  Included by ref.c. */
#include "kern/boost.h"
#include "kern/flow.h"
#include "kern/windows.h"

/* The norms of 16 windows side by side: 1 over the deviation of their grey
 * values times their area, and 0 for windows too flat to look at.  Returns a
 * bit for each of the others. */
static unsigned window_norm_f32(const mi_window_norm *by, const uint32_t *sum,
                                const uint32_t *square, float *norm)
{
    const int32_t *at = by->at;
    unsigned good = 0;
    for (int i = 0; i < MI_WINDOWS; i++) {
        const uint32_t *s = sum + i, *q = square + i;
        double v = (int32_t)(s[at[0]] - s[at[1]] - s[at[2]] + s[at[3]]);
        double w = q[at[0]] - q[at[1]] - q[at[2]] + q[at[3]];
        double nf = by->area * w - v * v;
        float one = nf > 0 ? (float)(1. / sqrt(nf)) : 0;
        norm[i] = by->area * (double)one < 1e-1 ? one : 0;
        good |= (unsigned)(norm[i] > 0) << i;
    }
    return good;
}

/* What a node measures in the window at s. */
static float haar_value(const mi_window_node *node, const uint32_t *s,
                        float norm)
{
    float value = 0;
    for (int r = 0; r < node->n_rects; r++) {
        const int32_t *at = node->at + (ptrdiff_t)r * 4;
        int32_t v = (int32_t)(s[at[0]] - s[at[1]] - s[at[2]] + s[at[3]]);
        value += node->weight[r] * (float)v;
    }
    return value * norm;
}

static int32_t block(const int32_t *at, int i, const uint32_t *s)
{
    return (int32_t)(s[at[i]] - s[at[i + 1]] - s[at[i + 4]] + s[at[i + 5]]);
}

static int lbp_value(const mi_window_node *node, const uint32_t *s)
{
    static const int around[8] = {0, 1, 2, 6, 10, 9, 8, 4};
    int code = 0;
    for (int b = 0; b < 8; b++)
        code |= (block(node->at, around[b], s) >= block(node->at, 5, s))
                << (7 - b);
    return code;
}

static int goes_left(const mi_votes *v, const mi_window_node *node,
                     const uint32_t *s, float norm)
{
    if (!v->lbp)
        return haar_value(node, s, norm) < node->threshold;
    int code = lbp_value(node, s);
    return v->subset[node->subset + code / 32] >> (code % 32) & 1;
}

/* The sum of the leaves that n trees give the window at s. */
static double votes_of(const mi_votes *v, int tree, int n, const uint32_t *s,
                       float norm)
{
    double sum = 0;
    for (const mi_window_tree *t = v->tree + tree; n > 0; n--, t++) {
        int32_t i = 0;
        do {
            const mi_window_node *node = v->node + t->node + i;
            i = goes_left(v, node, s, norm) ? node->left : node->right;
        } while (i > 0);
        sum += (double)v->leaf[t->leaf - i];
    }
    return sum;
}

/* votes [16]: what the trees of a stage say of 16 windows side by side, of
 * which the first is at sum.  Returns a bit for each window that passes, as one
 * whose votes are not a number does in OpenCV. */
static unsigned votes_f64(const mi_votes *v, const mi_vote_stage *by,
                          const uint32_t *sum, const float *norm, double *votes)
{
    unsigned passed = 0;
    for (int i = 0; i < MI_WINDOWS; i++) {
        votes[i] = votes_of(v, by->tree, by->n, sum + i, norm[i]);
        passed |= (unsigned)!(votes[i] < by->least) << i;
    }
    return passed;
}

/* The same for 16 windows at sum + place[i]. */
static unsigned votes_at_f64(const mi_votes *v, const mi_vote_stage *by,
                             const uint32_t *sum, const int32_t *place,
                             const float *norm, double *votes)
{
    unsigned passed = 0;
    for (int i = 0; i < MI_WINDOWS; i++) {
        votes[i] = votes_of(v, by->tree, by->n, sum + place[i], norm[i]);
        passed |= (unsigned)!(votes[i] < by->least) << i;
    }
    return passed;
}

/* How good it is to have weights of a together, signed l, on the left of a
 * threshold, in three ways of boosting. */
static double gentle_gain(const mi_ranks *ranks, double a, double l)
{
    double d = l - a * ranks->sum / ranks->total, b = ranks->total - a;
    return a > 0 ? d * d / (a * b) : 0;
}

static double discrete_gain(const mi_ranks *ranks, double a, double l)
{
    (void)a;
    return fabs(l) + fabs(ranks->sum - l);
}

static double real_gain(const mi_ranks *ranks, double a, double l)
{
    double b = ranks->total - a, r = ranks->sum - l;
    double root = sqrt((a + l) * (a - l)) + sqrt((b + r) * (b - r));
    return -root * root;
}

/* score [16], at [16]: the best threshold of each feature lies behind rank at;
 * -1 if none is better than to have none. */
static void best_splits(const mi_ranks *ranks,
                        double (*gain)(const mi_ranks *, double, double),
                        float *score, int32_t *at)
{
    for (int f = 0; f < MI_BOOST_LANES; f++) {
        double a = 0, l = 0, best = gain(ranks, 0, 0);
        at[f] = -1;
        for (int i = 0; i < ranks->n; i++) {
            uint16_t o = ranks->order[i * MI_BOOST_LANES + f];
            double w = ranks->weight[o & MI_BOOST_SAMPLE];
            l += w;
            a += fabs(w);
            double s = a < ranks->total ? gain(ranks, a, l) : best;
            if (!(o & MI_BOOST_TIE) && s > best) {
                best = s;
                at[f] = i;
            }
        }
        score[f] = (float)best;
    }
}

static void split_gentle_f32(const mi_ranks *ranks, float *score, int32_t *at)
{
    best_splits(ranks, gentle_gain, score, at);
}

static void split_discrete_f32(const mi_ranks *ranks, float *score, int32_t *at)
{
    best_splits(ranks, discrete_gain, score, at);
}

static void split_real_f32(const mi_ranks *ranks, float *score, int32_t *at)
{
    best_splits(ranks, real_gain, score, at);
}

/* The grey value at x of a row read between pixels. */
static int32_t between(const mi_flow_place *at, const uint8_t *p, int x)
{
    const uint8_t *q = p + at->stride;
    const int32_t *w = at->weight;
    int32_t v = p[x] * w[0] + p[x + 1] * w[1] + q[x] * w[2] + q[x + 1] * w[3];
    int bits = MI_FLOW_BITS - MI_FLOW_MORE;
    return (v + (1 << (bits - 1))) >> bits;
}

/* Scharr's gradient at pixel (x, y) of a window, across or down. */
static int32_t scharr(const mi_flow_place *at, int x, int y, int down)
{
    const uint8_t *p = at->p + y * at->stride + x;
    ptrdiff_t along = down ? at->stride : 1, side = down ? 1 : at->stride;
    if (x < at->left || x >= at->right || y < at->top || y >= at->bottom)
        return 0;
    return 3 * (p[along - side] - p[-along - side]) +
           10 * (p[along] - p[-along]) +
           3 * (p[along + side] - p[-along + side]);
}

static int32_t gradient(const mi_flow_place *at, int x, int y, int down)
{
    const int32_t *w = at->weight;
    int32_t v = scharr(at, x, y, down) * w[0] +
                scharr(at, x + 1, y, down) * w[1] +
                scharr(at, x, y + 1, down) * w[2] +
                scharr(at, x + 1, y + 1, down) * w[3];
    return (v + (1 << (MI_FLOW_BITS - 1))) >> MI_FLOW_BITS;
}

/* Read a window with its gradients; sums of dx dx, dx dy, dy dy. */
static void flow_patch_i16(const mi_flow_place *at, const mi_flow_patch *patch,
                           int64_t sums[3])
{
    sums[0] = sums[1] = sums[2] = 0;
    for (int y = 0; y < patch->h; y++)
        for (int x = 0; x < patch->row; x++) {
            ptrdiff_t i = (ptrdiff_t)y * patch->row + x;
            int in = x < patch->w;
            int32_t dx = in ? gradient(at, x, y, 0) : 0;
            int32_t dy = in ? gradient(at, x, y, 1) : 0;
            patch->grey[i] =
                (int16_t)(in ? between(at, at->p + y * at->stride, x) : 0);
            patch->dx[i] = (int16_t)dx;
            patch->dy[i] = (int16_t)dy;
            sums[0] += dx * dx;
            sums[1] += dx * dy;
            sums[2] += dy * dy;
        }
}

/* How a window differs from a patch: sums of the difference times dx, dy. */
static void flow_step_i16(const mi_flow_place *at, const mi_flow_patch *patch,
                          int64_t sums[2])
{
    sums[0] = sums[1] = 0;
    for (int y = 0; y < patch->h; y++)
        for (int x = 0; x < patch->w; x++) {
            ptrdiff_t i = (ptrdiff_t)y * patch->row + x;
            int32_t d = between(at, at->p + y * at->stride, x) - patch->grey[i];
            sums[0] += d * patch->dx[i];
            sums[1] += d * patch->dy[i];
        }
}

/* The sum of absolute differences of a window and a patch. */
static int64_t flow_error_i16(const mi_flow_place *at,
                              const mi_flow_patch *patch)
{
    int64_t sum = 0;
    for (int y = 0; y < patch->h; y++)
        for (int x = 0; x < patch->w; x++) {
            int32_t d = between(at, at->p + y * at->stride, x) -
                        patch->grey[(ptrdiff_t)y * patch->row + x];
            sum += d < 0 ? -d : d;
        }
    return sum;
}

/* Five rows weighted 1 4 6 4 1. */
static void half_rows_u16(int n, const uint8_t *const row[5], uint16_t *dst)
{
    for (int x = 0; x < n; x++)
        dst[x] = (uint16_t)(row[0][x] + row[4][x] +
                            4 * (row[1][x] + row[3][x]) + 6 * row[2][x]);
}

/* Every second column of src weighted 1 4 6 4 1, from -2 to 2 n, / 256. */
static void half_u8(int n, const uint16_t *src, uint8_t *dst)
{
    for (int x = 0; x < n; x++) {
        const uint16_t *s = src + (ptrdiff_t)2 * x;
        dst[x] =
            (uint8_t)((s[-2] + s[2] + 4 * (s[-1] + s[1]) + 6 * s[0] + 128) >>
                      8);
    }
}
