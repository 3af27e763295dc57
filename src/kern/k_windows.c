/* k_windows.c: 16 windows of a picture at once, through trees of a cascade.
 * Included by variant.h.
 *
 * The 16 windows are NV vectors.  Rectangle sums are whole numbers, and weights
 * of cascades small ones, so that their float arithmetic is exact in any order
 * and with or without fused multiply-add; votes are added in double, tree by
 * tree, in the order of the reference. */
#include "kern/vec.h"

enum { NV = MI_WINDOWS / VN };

typedef int32_t viu __attribute__((vector_size(VBYTES), aligned(4), may_alias));
typedef double vd __attribute__((vector_size(VBYTES)));
typedef int64_t vl __attribute__((vector_size(VBYTES)));
/* Half as many lanes, to be widened. */
typedef float vfh __attribute__((vector_size(VBYTES / 2)));
typedef uint32_t vuh __attribute__((vector_size(VBYTES / 2)));
typedef int32_t vih __attribute__((vector_size(VBYTES / 2)));
typedef uint32_t vuhu
    __attribute__((vector_size(VBYTES / 2), aligned(4), may_alias));

/* Four, eight or sixteen corners: in a row from p, or at p + place[i]. */
VFN vi corner(const uint32_t *p, const int32_t *place)
{
    if (!place)
        return *(const viu *)(const void *)p;
    return vgather((const int32_t *)p, *(const viu *)(const void *)place);
}

VFN vi rect_sum(const uint32_t *s, const int32_t *place, const int32_t *at)
{
    return corner(s + at[0], place) - corner(s + at[1], place) -
           corner(s + at[2], place) + corner(s + at[3], place);
}

VFN vf haar(const mi_window_node *node, const uint32_t *s, const int32_t *place,
            vf norm)
{
    vf value = vsplat(node->weight[0]) *
               __builtin_convertvector(rect_sum(s, place, node->at), vf);
    value += vsplat(node->weight[1]) *
             __builtin_convertvector(rect_sum(s, place, node->at + 4), vf);
    if (node->n_rects == 3)
        value += vsplat(node->weight[2]) *
                 __builtin_convertvector(rect_sum(s, place, node->at + 8), vf);
    return value * norm;
}

/* Where the blocks of the grid lie, from the highest bit on. */
VFN vi lbp(const mi_window_node *node, const uint32_t *s, const int32_t *place)
{
    vi c[16];
    UNROLL
    for (int i = 0; i < 16; i++)
        c[i] = corner(s + node->at[i], place);
    vi middle = c[5] - c[6] - c[9] + c[10], code = {0};
#define BLOCK(i, bit) \
    code |= ((c[i] - c[i + 1] - c[i + 4] + c[i + 5]) >= middle) & (bit);
    BLOCK(0, 128)
    BLOCK(1, 64)
    BLOCK(2, 32)
    BLOCK(6, 16)
    BLOCK(10, 8)
    BLOCK(9, 4)
    BLOCK(8, 2)
    BLOCK(4, 1)
#undef BLOCK
    return code;
}

/* All bits set where the window goes left. */
VFN vi lefts(const mi_votes *v, const mi_window_node *node, const uint32_t *s,
             const int32_t *place, vf norm)
{
    if (!v->lbp)
        return (vi)(haar(node, s, place, norm) < vsplat(node->threshold));
    vi code = lbp(node, s, place), word = {0};
    const uint32_t *subset = v->subset + node->subset;
    for (int i = 0; i < 8; i++)
        word |= (code >> 5 == i) & (int32_t)subset[i];
    /* the bit in question, moved to the sign */
    return (vi)(word << (31 - (code & 31))) >> 31;
}

VFN vf chosen(vi left, float yes, float no)
{
    vi y = (vi)vsplat(yes), n = (vi)vsplat(no);
    return (vf)((left & y) | (~left & n));
}

/* The leaf each window ends in. */
VFN vf tree_vote(const mi_votes *v, const mi_window_tree *t, const uint32_t *s,
                 const int32_t *place, vf norm)
{
    const mi_window_node *node = v->node + t->node;
    const float *leaf = v->leaf + t->leaf;
    if (t->n_nodes == 1)
        return chosen(lefts(v, node, s, place, norm), leaf[-node->left],
                      leaf[-node->right]);
    /* Children come after parents: a node moves on the windows that are at it.
     * Once past the root, 0 is the first leaf. */
    vi left = lefts(v, node, s, place, norm);
    vi at = (left & node->left) | (~left & node->right);
    for (int i = 1; i < t->n_nodes; i++) {
        vi here = at == i, l = lefts(v, node + i, s, place, norm);
        vi next = (l & node[i].left) | (~l & node[i].right);
        at = (here & next) | (~here & at);
    }
    vf vote = {0};
    for (int i = 0; i <= t->n_nodes; i++)
        vote = (vf)((vi)vote | ((at == -i) & (vi)vsplat(leaf[i])));
    return vote;
}

/* A vector of floats as two of doubles; GCC makes small pieces of
 * __builtin_convertvector. */
VFN void widen(vf x, vd *low, vd *high)
{
#if VBYTES == 64
    *low = (vd)_mm512_cvtps_pd(_mm512_castps512_ps256((__m512)x));
    *high = (vd)_mm512_cvtps_pd(_mm512_extractf32x8_ps((__m512)x, 1));
#elif VBYTES == 32
    *low = (vd)_mm256_cvtps_pd(_mm256_castps256_ps128((__m256)x));
    *high = (vd)_mm256_cvtps_pd(_mm256_extractf128_ps((__m256)x, 1));
#elif defined(__SSE2__)
    *low = (vd)_mm_cvtps_pd((__m128)x);
    *high = (vd)_mm_cvtps_pd(_mm_movehl_ps((__m128)x, (__m128)x));
#else
    vfh half[2];
    memcpy(half, &x, sizeof x);
    *low = __builtin_convertvector(half[0], vd);
    *high = __builtin_convertvector(half[1], vd);
#endif
}

/* What the trees of a stage say of VN windows; stumps of a Haar cascade, which
 * most are, in a loop of their own. */
VFN void votes_of_trees(const mi_votes *v, const mi_vote_stage *by,
                        const uint32_t *s, const int32_t *at, vf norm, vd *low,
                        vd *high)
{
    vd a, b;
    if (v->stumps && !v->lbp) {
        const mi_window_node *node = v->node + by->tree, *end = node + by->n;
        for (; node < end; node++) {
            vi left = (vi)(haar(node, s, at, norm) < vsplat(node->threshold));
            widen(chosen(left, node->leaf[0], node->leaf[1]), &a, &b);
            *low += a;
            *high += b;
        }
        return;
    }
    for (int t = by->tree; t < by->tree + by->n; t++) {
        widen(tree_vote(v, v->tree + t, s, at, norm), &a, &b);
        *low += a;
        *high += b;
    }
}

VFN unsigned votes(const mi_votes *v, const mi_vote_stage *by,
                   const uint32_t *sum, const int32_t *place, const float *norm,
                   double *out)
{
    unsigned passed = 0;
    for (int u = 0; u < NV; u++) {
        vd low = {0}, high = {0};
        votes_of_trees(v, by, place ? sum : sum + u * VN,
                       place ? place + u * VN : NULL, vload(norm + u * VN),
                       &low, &high);
        memcpy(out + u * VN, &low, sizeof low);
        memcpy(out + u * VN + VN / 2, &high, sizeof high);
    }
    for (int i = 0; i < MI_WINDOWS; i++)
        passed |= (unsigned)!(out[i] < by->least) << i;
    return passed;
}

static unsigned votes_f64(const mi_votes *v, const mi_vote_stage *by,
                          const uint32_t *sum, const float *norm, double *out)
{
    return votes(v, by, sum, NULL, norm, out);
}

static unsigned votes_at_f64(const mi_votes *v, const mi_vote_stage *by,
                             const uint32_t *sum, const int32_t *place,
                             const float *norm, double *out)
{
    return votes(v, by, sum, place, norm, out);
}

VFN vd vdsqrt(vd a)
{
#if VBYTES == 64
    return (vd)_mm512_sqrt_pd((__m512d)a);
#elif VBYTES == 32
    return (vd)_mm256_sqrt_pd((__m256d)a);
#elif defined(__SSE2__)
    return (vd)_mm_sqrt_pd((__m128d)a);
#else
    for (int i = 0; i < VN / 2; i++)
        a[i] = __builtin_sqrt(a[i]);
    return a;
#endif
}

VFN vuh rect_half(const uint32_t *s, const int32_t *at)
{
    return *(const vuhu *)(s + at[0]) - *(const vuhu *)(s + at[1]) -
           *(const vuhu *)(s + at[2]) + *(const vuhu *)(s + at[3]);
}

/* What 16 windows are scaled by; a bit for each that is not too flat. */
static unsigned window_norm_f32(const mi_window_norm *by, const uint32_t *sum,
                                const uint32_t *square, float *norm)
{
    vd area = by->area - (vd){0};
    for (int i = 0; i < MI_WINDOWS; i += VN / 2) {
        vd v = __builtin_convertvector((vih)rect_half(sum + i, by->at), vd);
        vd w = __builtin_convertvector(rect_half(square + i, by->at), vd);
        vd nf = area * w - v * v;
        vl good = nf > 0;
        vd root = vdsqrt((vd)((vl)nf & good));
        vfh one = __builtin_convertvector(1.0 / root, vfh);
        vl kept = good & (area * __builtin_convertvector(one, vd) < 1e-1);
        vih mask = __builtin_convertvector(kept, vih);
        vfh out = (vfh)((vih)one & mask);
        memcpy(norm + i, &out, sizeof out);
    }
    unsigned looked = 0;
    for (int i = 0; i < MI_WINDOWS; i++)
        looked |= (unsigned)(norm[i] > 0) << i;
    return looked;
}
