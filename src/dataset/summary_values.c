/* summary_values.c: the frequent values of a column, and how many differ.
 *
 * Frequent values.  A table of hashes with counts.  When it is full, the median
 * of its counts is taken off each, and what falls to zero is forgotten; the sum
 * of what was taken off bounds the error of every count.  A value that comes
 * more often than that bound is never lost.
 * Source: Misra, Gries, Finding repeated elements, 1982; Anderson et al., A
 * high-performance algorithm for identifying frequent items in data streams,
 * 2017, for the median.
 *
 * How many differ.  HyperLogLog: of hashes that share their first bits the
 * longest run of zeros behind them is kept; the harmonic mean of 2^run tells
 * the count with a standard error of 1.04 / sqrt(MI_SKETCH), 1.6 %.
 * Source: Flajolet et al., HyperLogLog, 2007, figure 3, with linear counting
 * for few. */
#include "dataset/summary.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

enum { FIRST_SLOTS = 64, SKETCH_BITS = 12 };
_Static_assert(MI_SKETCH == 1 << SKETCH_BITS, "registers are told by bits");

mien_status mi_values_init(mi_values *v, uint32_t most, mien_error *err)
{
    *v = (mi_values){.slots = FIRST_SLOTS, .most = FIRST_SLOTS};
    while (v->most * 2 <= most)
        v->most *= 2;
    v->slot = mi_alloc(v->slots, sizeof *v->slot);
    return v->slot ? MIEN_OK : mi_no_memory(err);
}

void mi_values_done(mi_values *v)
{
    mi_free(v->slot);
    *v = (mi_values){0};
}

/* The place of a hash, or the free one where it belongs. */
static mi_value *find(const mi_values *v, uint64_t hash)
{
    uint32_t at = (uint32_t)(hash >> 16) & (v->slots - 1);
    while (v->slot[at].hash && v->slot[at].hash != hash)
        at = (at + 1) & (v->slots - 1);
    return &v->slot[at];
}

/* Move all that count more than `off`, less that, into a table of so many
 * slots. */
static int rebuild(mi_values *v, uint32_t slots, int64_t off)
{
    mi_values next = *v;
    next.slots = slots;
    next.used = 0;
    next.slot = mi_alloc(slots, sizeof *next.slot);
    if (!next.slot)
        return 0;
    for (uint32_t i = 0; i < v->slots; i++) {
        if (!v->slot[i].hash || v->slot[i].count <= off)
            continue;
        mi_value *to = find(&next, v->slot[i].hash);
        *to = v->slot[i];
        to->count -= off;
        next.used++;
    }
    mi_free(v->slot);
    *v = next;
    return 1;
}

/* About the median of the counts, from a tally of the small ones. */
static int64_t middle_count(const mi_values *v)
{
    uint32_t tally[64] = {0}, seen = 0;
    int64_t least = INT64_MAX;
    for (uint32_t i = 0; i < v->slots; i++) {
        int64_t count = v->slot[i].count;
        if (!v->slot[i].hash)
            continue;
        if (count < 64)
            tally[count]++;
        least = count < least ? count : least;
    }
    for (int k = 1; k < 64; k++) {
        seen += tally[k];
        if (seen >= v->used / 2)
            return k;
    }
    return seen ? 63 : least;
}

/* Room for another value: a larger table, or one in which the rarest are
 * forgotten. */
static int make_room(mi_values *v)
{
    if (v->slots < v->most)
        return rebuild(v, v->slots * 2, 0);
    int64_t off = middle_count(v);
    v->offset += off;
    return rebuild(v, v->slots, off);
}

mi_value *mi_values_add(mi_values *v, uint64_t hash, double number,
                        const mien_text *text)
{
    mi_value *to = find(v, hash);
    if (to->hash) {
        to->count++;
        return to;
    }
    if (v->used >= v->slots / 4 * 3) {
        if (!make_room(v))
            return NULL;
        to = find(v, hash);
    }
    v->used++;
    to->hash = hash;
    to->count = 1;
    to->number = number;
    to->length = 0;
    if (text) {
        int whole = text->n <= MI_VALUE_TEXT;
        size_t n = whole ? text->n : MI_VALUE_TEXT;
        to->length = (uint8_t)(whole ? n : 255);
        memcpy(to->text, text->at, n);
    }
    return to;
}

void mi_sketch_add(uint8_t *sketch, uint64_t hash)
{
    uint64_t rest = hash << SKETCH_BITS | 1;
    uint8_t run = (uint8_t)(__builtin_clzll(rest) + 1);
    uint8_t *at = &sketch[hash >> (64 - SKETCH_BITS)];
    *at = run > *at ? run : *at;
}

double mi_sketch_count(const uint8_t *sketch)
{
    double sum = 0, m = MI_SKETCH;
    int zeros = 0;
    for (int i = 0; i < MI_SKETCH; i++) {
        sum += ldexp(1, -sketch[i]);
        zeros += sketch[i] == 0;
    }
    double count = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    return count <= 2.5 * m && zeros ? m * log(m / zeros) : count;
}
