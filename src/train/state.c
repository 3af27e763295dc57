/* state.c: a trainer between two epochs as bytes.
 *
 *   "MIENTRN1"           8 bytes
 *   check                u32: CRC-32C of all that follows
 *   epochs               u32
 *   steps                u64 of the optimiser
 *   rate                 f32
 *   random               624 u32, position, has_gauss: u32; gauss: f64
 *   parameters           u32: how many; for each its length (u32), name (u32
 *                        length, bytes), values (f32)
 *   moments              f32: two of every value
 *   average              f32 of every value, where the trainer keeps one
 *
 * All little-endian.  Reading checks everything before anything is changed. */
#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "train/state.h"
#include "train/trainer.h"

#include <string.h>

#define MAGIC "MIENTRN1"

enum { MAGIC_LEN = 8, HEAD = 12 };

void mi_state_begin(mien_buffer *b, const char *magic)
{
    mien_buffer_put(b, magic, MAGIC_LEN);
    mi_buffer_u32le(b, 0);
}

mien_status mi_state_end(mien_buffer *b, mien_bytes *out, mien_error *err)
{
    if (!b->failed) {
        uint32_t check = mi_crc32c(b->data + HEAD, b->n - HEAD);
        for (int i = 0; i < 4; i++)
            b->data[MAGIC_LEN + i] = (uint8_t)(check >> 8 * i);
    }
    return mien_buffer_give(b, out, err);
}

mien_status mi_state_open(mi_cursor *c, const char *magic, mien_error *err)
{
    mi_cursor name = mi_cursor_take(c, MAGIC_LEN);
    uint32_t check = mi_cursor_u32le(c);
    if (c->bad || memcmp(name.start, magic, MAGIC_LEN) != 0)
        return mi_fail(err, MIEN_EFORMAT, "checkpoint: does not begin with %s",
                       magic);
    if (mi_crc32c(c->p, mi_cursor_left(c)) != check)
        return mi_fail(err, MIEN_EFORMAT,
                       "checkpoint: damaged: its check sum does not fit");
    return MIEN_OK;
}

static void put_floats(mien_buffer *b, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        mi_buffer_f32le(b, x[i]);
}

static void put_random(mien_buffer *b, const mien_random *r)
{
    for (int i = 0; i < 624; i++)
        mi_buffer_u32le(b, r->state[i]);
    mi_buffer_u32le(b, (uint32_t)r->pos);
    mi_buffer_u32le(b, (uint32_t)r->has_gauss);
    mi_buffer_f64le(b, r->gauss);
}

static void put_parameters(mien_buffer *b, const mien_trainer *t)
{
    const mi_parameters *p = &t->parameters;
    mi_buffer_u32le(b, (uint32_t)p->n);
    for (int i = 0; i < p->n; i++) {
        const char *name = mi_graph_at(t->graph, p->id[i])->name;
        mi_buffer_u32le(b, (uint32_t)p->len[i]);
        mi_buffer_u32le(b, (uint32_t)strlen(name));
        mien_buffer_put(b, name, strlen(name));
        put_floats(b, p->value[i], p->len[i]);
    }
    put_floats(b, p->moments, 2 * p->total);
    if (p->average)
        put_floats(b, p->average, p->total);
}

mien_status mien_trainer_save(const mien_trainer *t, mien_bytes *out,
                              mien_error *err)
{
    mien_buffer b = {0};
    mien_buffer_reserve(&b, (size_t)t->parameters.total * 12 + 4096);
    mi_state_begin(&b, MAGIC);
    mi_buffer_u32le(&b, (uint32_t)t->epochs);
    mi_buffer_u64le(&b, (uint64_t)t->parameters.steps);
    mi_buffer_f32le(&b, t->options.optimizer.rate);
    put_random(&b, &t->random);
    put_parameters(&b, t);
    return mi_state_end(&b, out, err);
}

/* ---- reading ---------------------------------------------------------------
 */

static mien_random get_random(mi_cursor *c)
{
    mien_random r;
    for (int i = 0; i < 624; i++)
        r.state[i] = mi_cursor_u32le(c);
    r.pos = (int32_t)mi_cursor_u32le(c);
    r.has_gauss = (int32_t)mi_cursor_u32le(c);
    r.gauss = mi_cursor_f64le(c);
    return r;
}

/* Walk the parameters; take their values only when `take`. */
static mien_status get_parameters(const mien_trainer *t, mi_cursor *c, int take,
                                  mien_error *err)
{
    const mi_parameters *p = &t->parameters;
    uint32_t n = mi_cursor_u32le(c);
    if (n != (uint32_t)p->n)
        return mi_fail(err, MIEN_EFORMAT,
                       "checkpoint: %u parameters, the network has %d", n,
                       p->n);
    for (int i = 0; i < p->n; i++) {
        const char *name = mi_graph_at(t->graph, p->id[i])->name;
        uint32_t len = mi_cursor_u32le(c), name_len = mi_cursor_u32le(c);
        mi_cursor text = mi_cursor_take(c, name_len);
        mi_cursor values = mi_cursor_take(c, (uint64_t)len * 4);
        if (c->bad || len != p->len[i] || name_len != strlen(name) ||
            memcmp(text.start, name, name_len) != 0)
            return mi_fail(err, MIEN_EFORMAT,
                           "checkpoint: parameter %d is not the network's "
                           "'%s' of %lld values",
                           i, name, (long long)p->len[i]);
        for (uint32_t j = 0; take && j < len; j++)
            p->value[i][j] = mi_cursor_f32le(&values);
    }
    mi_cursor moments = mi_cursor_take(c, (uint64_t)p->total * 8);
    for (int64_t j = 0; take && j < 2 * p->total; j++)
        p->moments[j] = mi_cursor_f32le(&moments);
    uint64_t averaged = p->average ? (uint64_t)p->total : 0;
    mi_cursor average = mi_cursor_take(c, averaged * 4);
    for (uint64_t j = 0; take && j < averaged; j++)
        p->average[j] = mi_cursor_f32le(&average);
    if (c->bad || mi_cursor_left(c))
        return mi_fail(err, MIEN_EFORMAT,
                       "checkpoint: ends too early, or bytes follow its end");
    return MIEN_OK;
}

mien_status mien_trainer_restore(mien_trainer *t, const uint8_t *bytes,
                                 size_t n, mien_error *err)
{
    mi_cursor c = mi_cursor_of(bytes, n);
    mien_status st = mi_state_open(&c, MAGIC, err);
    if (st)
        return st;
    uint32_t epochs = mi_cursor_u32le(&c);
    uint64_t steps = mi_cursor_u64le(&c);
    float rate = mi_cursor_f32le(&c);
    mien_random random = get_random(&c);
    mi_cursor again = c;
    st = get_parameters(t, &c, 0, err);
    if (st)
        return st;
    if (epochs > INT32_MAX || steps > INT64_MAX || !(rate > 0) ||
        random.pos < 0 || random.pos > 624)
        return mi_fail(err, MIEN_EFORMAT,
                       "checkpoint: a count is out of range");
    st = get_parameters(t, &again, 1, err);
    t->epochs = (int)epochs;
    t->parameters.steps = (int64_t)steps;
    t->options.optimizer.rate = rate;
    t->random = random;
    return st;
}
