/* k_flow.c: windows of a picture for optical flow.  Included by variant.h.
 *
 * A column of VH pixels is read down the rows: two neighbours side by side and
 * the row below give pairs of 16-bit numbers, whose products with a pair of
 * weights one instruction adds up (pmaddwd).  All in whole numbers, so that
 * every instruction set gives the same.  A sum of two products of a difference
 * (below 8161) and a gradient (below 4081) stays below 2^31 for 32 rows, after
 * which it is added up. */
#include "kern/vec.h"

enum {
    FLOW_ROWS = 32,
    VH = VBYTES / 2,
    FLOW_LESS = MI_FLOW_BITS - MI_FLOW_MORE
};

typedef int16_t vh __attribute__((vector_size(VBYTES)));
typedef int16_t vhu __attribute__((vector_size(VBYTES), aligned(2), may_alias));

VFN vh hload(const int16_t *p) { return *(const vhu *)p; }
VFN void hstore(int16_t *p, vh v) { *(vhu *)p = v; }

/* VH bytes. */
VFN vh hload_u8(const uint8_t *p)
{
#if VBYTES == 64
    return (vh)_mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)p));
#elif VBYTES == 32
    return (vh)_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)p));
#elif defined(__SSE2__)
    __m128i b = _mm_loadl_epi64((const __m128i *)p);
    return (vh)_mm_unpacklo_epi8(b, _mm_setzero_si128());
#elif defined(__wasm_simd128__)
    return (vh)wasm_u16x8_load8x8(p);
#else
    vh v = {0};
    for (int i = 0; i < VH; i++)
        v[i] = p[i];
    return v;
#endif
}

/* a[i] w[0] + b[i] w[1] in 32 bits: of the lower and of the upper half of each
 * 128 bits, which hpack puts together again. */
VFN void hweigh(vh a, vh b, vi w, vi *low, vi *high)
{
#if VBYTES == 64
    __m512i l = _mm512_unpacklo_epi16((__m512i)a, (__m512i)b);
    __m512i h = _mm512_unpackhi_epi16((__m512i)a, (__m512i)b);
    *low = (vi)_mm512_madd_epi16(l, (__m512i)w);
    *high = (vi)_mm512_madd_epi16(h, (__m512i)w);
#elif VBYTES == 32
    __m256i l = _mm256_unpacklo_epi16((__m256i)a, (__m256i)b);
    __m256i h = _mm256_unpackhi_epi16((__m256i)a, (__m256i)b);
    *low = (vi)_mm256_madd_epi16(l, (__m256i)w);
    *high = (vi)_mm256_madd_epi16(h, (__m256i)w);
#elif defined(__SSE2__)
    __m128i l = _mm_unpacklo_epi16((__m128i)a, (__m128i)b);
    __m128i h = _mm_unpackhi_epi16((__m128i)a, (__m128i)b);
    *low = (vi)_mm_madd_epi16(l, (__m128i)w);
    *high = (vi)_mm_madd_epi16(h, (__m128i)w);
#else
    vi first = w << 16 >> 16, second = w >> 16;
    for (int i = 0; i < VN; i++) {
        (*low)[i] = a[i] * first[0] + b[i] * second[0];
        (*high)[i] = a[i + VN] * first[0] + b[i + VN] * second[0];
    }
#endif
}

/* Halves of hweigh as 16-bit numbers, which they fit. */
VFN vh hpack(vi low, vi high)
{
#if VBYTES == 64
    return (vh)_mm512_packs_epi32((__m512i)low, (__m512i)high);
#elif VBYTES == 32
    return (vh)_mm256_packs_epi32((__m256i)low, (__m256i)high);
#elif defined(__SSE2__)
    return (vh)_mm_packs_epi32((__m128i)low, (__m128i)high);
#else
    vh v = {0};
    for (int i = 0; i < VN; i++) {
        v[i] = (int16_t)low[i];
        v[i + VN] = (int16_t)high[i];
    }
    return v;
#endif
}

/* Products of a and b, added up in pairs. */
VFN vi hdot(vh a, vh b) { return vdot_i16((vi)a, (vi)b); }

VFN int64_t flow_total(vi v)
{
    int64_t sum = 0;
    UNROLL
    for (int i = 0; i < VN; i++)
        sum += v[i];
    return sum;
}

/* The weights of two neighbours, as pairs. */
VFN vi flow_pair(const int32_t *w)
{
    return (int32_t)((uint32_t)w[0] | (uint32_t)w[1] << 16) - (vi){0};
}

/* A pixel and its right neighbour of the row above, and those weights. */
typedef struct flow_read {
    vh a, b;
    vi above, below;
} flow_read;

VFN flow_read flow_begin(const mi_flow_place *at)
{
    return (flow_read){.above = flow_pair(at->weight),
                       .below = flow_pair(at->weight + 2)};
}

/* Numbers between the pixels of the row above and those of this row. */
VFN vh flow_between(flow_read *r, vh a, vh b, int bits)
{
    vi low = {0}, high = low, low2 = low, high2 = low,
       half = (1 << (bits - 1)) - (vi){0};
    hweigh(r->a, r->b, r->above, &low, &high);
    hweigh(a, b, r->below, &low2, &high2);
    r->a = a;
    r->b = b;
    return hpack((low + low2 + half) >> bits, (high + high2 + half) >> bits);
}

VFN void flow_grey_above(flow_read *r, const uint8_t *p)
{
    r->a = hload_u8(p);
    r->b = hload_u8(p + 1);
}

VFN vh flow_grey(flow_read *r, const uint8_t *p)
{
    return flow_between(r, hload_u8(p), hload_u8(p + 1), FLOW_LESS);
}

/* Ones where a column is from first on and before end. */
VFN vh flow_mask(int first, int end)
{
    vh lane = {0};
    for (int i = 0; i < VH; i++)
        lane[i] = (int16_t)i;
    first = first < -1 ? -1 : first > VH ? VH : first;
    end = end < -1 ? -1 : end > VH ? VH : end;
    vh from = (int16_t)first - (vh){0}, to = (int16_t)end - (vh){0};
    return (lane >= from) & (lane < to);
}

/* Three rows of pixels about one of gradients: of columns -1, 0, 1 and 2. */
typedef struct flow_rows {
    vh up[4], here[4], low[4];
} flow_rows;

VFN void flow_load4(vh v[4], const uint8_t *p)
{
    UNROLL
    for (int i = 0; i < 4; i++)
        v[i] = hload_u8(p + i - 1);
}

/* Scharr's gradients of a row, at its columns and those to their right. */
VFN void flow_scharr(const flow_rows *r, vh dx[2], vh dy[2])
{
    vh smooth[4], down[4];
    UNROLL
    for (int i = 0; i < 4; i++) {
        smooth[i] = (r->up[i] + r->low[i]) * 3 + r->here[i] * 10;
        down[i] = r->low[i] - r->up[i];
    }
    UNROLL
    for (int i = 0; i < 2; i++) {
        dx[i] = smooth[i + 2] - smooth[i];
        dy[i] = (down[i] + down[i + 2]) * 3 + down[i + 1] * 10;
    }
}

/* Gradients of row y of a window; the rows move down by one. */
VFN void flow_gradients(const mi_flow_place *at, int y, const uint8_t *below,
                        const vh in[2], flow_rows *r, vh dx[2], vh dy[2])
{
    flow_load4(r->low, below);
    flow_scharr(r, dx, dy);
    vh row = (int16_t) - (y >= at->top && y < at->bottom) - (vh){0};
    UNROLL
    for (int i = 0; i < 2; i++) {
        dx[i] &= in[i] & row;
        dy[i] &= in[i] & row;
    }
    UNROLL
    for (int i = 0; i < 4; i++) {
        r->up[i] = r->here[i];
        r->here[i] = r->low[i];
    }
}

/* Rows y0 .. y0 + 31 of the VH columns from x on. */
VFN void flow_patch_block(const mi_flow_place *at, const mi_flow_patch *patch,
                          int y0, int x, int64_t sums[3])
{
    int end = y0 + FLOW_ROWS < patch->h ? y0 + FLOW_ROWS : patch->h;
    const uint8_t *p = at->p + y0 * at->stride + x;
    ptrdiff_t to = (ptrdiff_t)y0 * patch->row + x;
    flow_read g = flow_begin(at), gx = g, gy = g;
    vi xx = {0}, xy = {0}, yy = {0};
    vh keep = flow_mask(0, patch->w - x), dx[2], dy[2];
    const vh in[2] = {flow_mask(at->left - x, at->right - x),
                      flow_mask(at->left - x - 1, at->right - x - 1)};
    flow_rows r = {.up = {{0}}};
    flow_load4(r.up, p - at->stride);
    flow_load4(r.here, p);
    g.a = r.here[1];
    g.b = r.here[2];
    p += at->stride;
    flow_gradients(at, y0, p, in, &r, dx, dy);
    gx.a = dx[0], gx.b = dx[1], gy.a = dy[0], gy.b = dy[1];
    for (int y = y0; y < end; y++, to += patch->row) {
        vh grey = flow_between(&g, r.here[1], r.here[2], FLOW_LESS);
        p += at->stride;
        flow_gradients(at, y + 1, p, in, &r, dx, dy);
        vh u = flow_between(&gx, dx[0], dx[1], MI_FLOW_BITS) & keep;
        vh v = flow_between(&gy, dy[0], dy[1], MI_FLOW_BITS) & keep;
        hstore(patch->grey + to, grey & keep);
        hstore(patch->dx + to, u);
        hstore(patch->dy + to, v);
        xx += hdot(u, u);
        xy += hdot(u, v);
        yy += hdot(v, v);
    }
    sums[0] += flow_total(xx);
    sums[1] += flow_total(xy);
    sums[2] += flow_total(yy);
}

static void flow_patch_i16(const mi_flow_place *at, const mi_flow_patch *patch,
                           int64_t sums[3])
{
    sums[0] = sums[1] = sums[2] = 0;
    for (int y = 0; y < patch->h; y += FLOW_ROWS)
        for (int x = 0; x < patch->row; x += VH)
            flow_patch_block(at, patch, y, x, sums);
}

VFN void flow_step_block(const mi_flow_place *at, const mi_flow_patch *patch,
                         int y0, int x, int64_t sums[2])
{
    int end = y0 + FLOW_ROWS < patch->h ? y0 + FLOW_ROWS : patch->h;
    ptrdiff_t i = (ptrdiff_t)y0 * patch->row + x;
    const uint8_t *p = at->p + y0 * at->stride + x;
    flow_read g = flow_begin(at);
    vi a = {0}, b = {0};
    flow_grey_above(&g, p);
    for (int y = y0; y < end; y++, i += patch->row) {
        p += at->stride;
        vh d = flow_grey(&g, p) - hload(patch->grey + i);
        a += hdot(d, hload(patch->dx + i));
        b += hdot(d, hload(patch->dy + i));
    }
    sums[0] += flow_total(a);
    sums[1] += flow_total(b);
}

static void flow_step_i16(const mi_flow_place *at, const mi_flow_patch *patch,
                          int64_t sums[2])
{
    sums[0] = sums[1] = 0;
    for (int y = 0; y < patch->h; y += FLOW_ROWS)
        for (int x = 0; x < patch->w; x += VH)
            flow_step_block(at, patch, y, x, sums);
}

/* The sum of absolute differences between a patch and what lies at `at`. */
static int64_t flow_error_i16(const mi_flow_place *at,
                              const mi_flow_patch *patch)
{
    int64_t sum = 0;
    for (int x = 0; x < patch->w; x += VH) {
        vh in = flow_mask(0, patch->w - x), one = (vh){0} + (int16_t)1;
        const uint8_t *p = at->p + x;
        flow_read g = flow_begin(at);
        vi total = {0};
        flow_grey_above(&g, p);
        for (int y = 0; y < patch->h; y++) {
            p += at->stride;
            ptrdiff_t i = (ptrdiff_t)y * patch->row + x;
            vh d = flow_grey(&g, p) - hload(patch->grey + i);
            vh sign = d >> 15;
            total += hdot(((d ^ sign) - sign) & in, one);
        }
        sum += flow_total(total);
    }
    return sum;
}

static void half_rows_u16(int n, const uint8_t *const row[5],
                          uint16_t *restrict dst)
{
    const uint8_t *a = row[0], *b = row[1], *c = row[2], *d = row[3];
    const uint8_t *e = row[4];
    for (int x = 0; x < n; x++)
        dst[x] = (uint16_t)(a[x] + e[x] + 4 * (b[x] + d[x]) + 6 * c[x]);
}

static void half_u8(int n, const uint16_t *src, uint8_t *restrict dst)
{
    for (int x = 0; x < n; x++) {
        const uint16_t *s = src + (ptrdiff_t)2 * x;
        dst[x] =
            (uint8_t)((s[-2] + s[2] + 4 * (s[-1] + s[1]) + 6 * s[0] + 128) >>
                      8);
    }
}
