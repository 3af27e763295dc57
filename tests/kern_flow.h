/* kern_flow.h: windows of optical flow, n pixels a side, and pictures halved;
 * whole numbers, exactly as ref has them.  Windows of cascades stand here too.
 */
#ifndef KERN_FLOW_H
#define KERN_FLOW_H

#include "kern/flow.h"
#include "tests/kern_pixels.h"

enum { FLOW_STRIDE = 160, FLOW_SIDE = 132, FLOW_TIMED = 21 };

/* A picture of extremes, read between its pixels, often at its borders. */
static mi_flow_place kern_place(unsigned seed)
{
    static uint8_t grey[FLOW_STRIDE * FLOW_SIDE];
    for (int i = 0; i < FLOW_STRIDE * FLOW_SIDE; i++) {
        unsigned r = check_rand(&seed);
        grey[i] = (uint8_t)(r % 5 ? r >> 3 : r % 2 * 255);
    }
    int at = 3 * FLOW_STRIDE + 5;
    mi_flow_place p = {.p = grey + at, .stride = FLOW_STRIDE};
    p.left = (int)(check_rand(&seed) % 40) - 20;
    p.top = (int)(check_rand(&seed) % 40) - 20;
    p.right = p.left + (int)(check_rand(&seed) % 120);
    p.bottom = p.top + (int)(check_rand(&seed) % 120);
    int left = 1 << MI_FLOW_BITS;
    for (int i = 0; i < 3; i++) {
        p.weight[i] = (int32_t)(check_rand(&seed) % (unsigned)(left + 1));
        left -= p.weight[i];
    }
    p.weight[3] = left;
    return p;
}

enum { FLOW_MEMORY = MI_FLOW_WINDOW * (MI_FLOW_WINDOW + MI_FLOW_LANES) };

static mi_flow_patch kern_patch_in(int side, int16_t *memory)
{
    int row = (side + MI_FLOW_LANES - 1) / MI_FLOW_LANES * MI_FLOW_LANES;
    return (mi_flow_patch){
        side, side, row, memory, memory + side * row, memory + 2 * side * row};
}

static mi_flow_place flow_at;
static mi_flow_patch flow_patch; /* as ref has it */

static void prepare_patch(const kern_in *in, kern_out *out)
{
    (void)out;
    flow_at = kern_place((unsigned)in->n);
}
static void prepare_step(const kern_in *in, kern_out *out)
{
    static int16_t memory[3 * FLOW_MEMORY];
    int64_t sums[3];
    (void)out;
    flow_at = kern_place((unsigned)in->n);
    flow_patch = kern_patch_in(in->n, memory);
    mi_kern_at(0)->flow_patch_i16(&flow_at, &flow_patch, sums);
    flow_at = kern_place((unsigned)in->n + 1000);
}

/* Sums first, then the patch. */
static void call_flow_patch_i16(const mi_kern *k, const kern_in *in,
                                kern_out *out)
{
    int64_t sums[3];
    mi_flow_patch p = kern_patch_in(in->n, (int16_t *)(void *)(out->b + 64));
    k->flow_patch_i16(&flow_at, &p, sums);
    memcpy(out->b, sums, sizeof sums);
}
static void call_flow_step_i16(const mi_kern *k, const kern_in *in,
                               kern_out *out)
{
    int64_t sums[2];
    (void)in;
    k->flow_step_i16(&flow_at, &flow_patch, sums);
    memcpy(out->b, sums, sizeof sums);
}
static void call_flow_error_i16(const mi_kern *k, const kern_in *in,
                                kern_out *out)
{
    (void)in;
    int64_t sum = k->flow_error_i16(&flow_at, &flow_patch);
    memcpy(out->b, &sum, sizeof sum);
}
#define KERN_FLOW(name, prepared)                                 \
    static const kern_case case_##name = {.call = call_##name,    \
                                          .prepare = prepared,    \
                                          .areas = KERN_B,        \
                                          .least = 3,             \
                                          .most = MI_FLOW_WINDOW, \
                                          .timed = FLOW_TIMED,    \
                                          .per = FLOW_TIMED}
KERN_FLOW(flow_patch_i16, prepare_patch);
KERN_FLOW(flow_step_i16, prepare_step);
KERN_FLOW(flow_error_i16, prepare_step);

static void call_half_rows_u16(const mi_kern *k, const kern_in *in,
                               kern_out *out)
{
    const uint8_t *const rows[5] = {in->byte, in->byte + 7, in->byte + 14,
                                    in->byte + 21, in->byte + 28};
    k->half_rows_u16(in->n, rows, (uint16_t *)(void *)out->b);
}
static const kern_case case_half_rows_u16 = {.call = call_half_rows_u16,
                                             .areas = KERN_B};

static uint16_t kern_fives[KERN_MOST + KERN_GUARD];

static void prepare_half(const kern_in *in, kern_out *out)
{
    (void)out;
    for (int i = 0; i < 2 * in->n + KERN_GUARD; i++)
        kern_fives[i] = (uint16_t)(16 * in->byte[i]);
}
KERN_CASE(half_u8, k->half_u8(in->n, kern_fives + 2, out->b),
          .prepare = prepare_half, .areas = KERN_B, .timed = KERN_MOST / 2);

KERN_WHOLE(window_norm_f32, "test_cascade", "bench_cascade");
KERN_WHOLE(votes_f64, "test_cascade", "bench_cascade");
KERN_WHOLE(votes_at_f64, "test_cascade", "bench_cascade");

#endif
