/* events.c: records for TensorBoard, written by hand.
 *
 * A file is a row of records: length (u64), masked CRC-32C of the length's
 * bytes, an Event as a protocol buffer, masked CRC-32C of it.  An Event holds
 * wall_time (1, double), step (2, varint) and file_version (3) or a summary (5)
 * of values (1): tag (1), simple_value (2, float) or histogram (5).
 *
 * Source: tensorflow/core/util/event.proto, framework/summary.proto and
 * lib/io/record_writer.cc describe the format. */
#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "train/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5, BUCKETS = 30 };

static void put_key(mien_buffer *b, int field, int wire)
{
    mi_buffer_varint(b, (uint64_t)(field << 3 | wire));
}

static void put_double(mien_buffer *b, int field, double v)
{
    put_key(b, field, FIXED64);
    mi_buffer_f64le(b, v);
}

/* A buffer inside another, which is released. */
static void put_inner(mien_buffer *b, int field, mien_buffer *inner)
{
    put_key(b, field, BYTES);
    mi_buffer_varint(b, inner->n);
    mien_buffer_put(b, inner->data, inner->n);
    b->failed |= inner->failed;
    mien_buffer_free(inner);
}

static uint32_t masked(const uint8_t *p, size_t n)
{
    uint32_t crc = mi_crc32c(p, n);
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

static void put_record(mien_buffer *b, mien_buffer *event)
{
    size_t at = b->n;
    mi_buffer_u64le(b, event->n);
    if (!b->failed)
        mi_buffer_u32le(b, masked(b->data + at, 8));
    mien_buffer_put(b, event->data, event->n);
    if (!event->failed)
        mi_buffer_u32le(b, masked(event->data, event->n));
    b->failed |= event->failed;
    mien_buffer_free(event);
}

/* The event of one value of a summary. */
static void put_value(mien_buffer *b, double wall_time, int step,
                      mien_buffer *value)
{
    mien_buffer summary = {0}, event = {0};
    put_inner(&summary, 1, value);
    put_double(&event, 1, wall_time);
    put_key(&event, 2, VARINT);
    mi_buffer_varint(&event, (uint64_t)step);
    put_inner(&event, 5, &summary);
    put_record(b, &event);
}

static void put_tag(mien_buffer *value, const char *tag)
{
    put_key(value, 1, BYTES);
    mi_buffer_varint(value, strlen(tag));
    mien_buffer_put(value, tag, strlen(tag));
}

static void put_scalar(mien_buffer *b, double wall_time, int step,
                       const char *tag, double v)
{
    mien_buffer value = {0};
    put_tag(&value, tag);
    put_key(&value, 2, FIXED32);
    mi_buffer_f32le(&value, (float)v);
    put_value(b, wall_time, step, &value);
}

static void put_doubles(mien_buffer *b, int field, const double *x, int n)
{
    put_key(b, field, BYTES);
    mi_buffer_varint(b, (uint64_t)n * 8);
    for (int i = 0; i < n; i++)
        mi_buffer_f64le(b, x[i]);
}

/* Counts in buckets of equal width from the least to the largest. */
static void put_histogram(mien_buffer *b, double wall_time, int step,
                          const char *tag, const float *x, int64_t n)
{
    double lo = HUGE_VAL, hi = -HUGE_VAL, sum = 0, square = 0;
    double limit[BUCKETS], count[BUCKETS] = {0};
    for (int64_t i = 0; i < n; i++) {
        lo = fmin(lo, (double)x[i]);
        hi = fmax(hi, (double)x[i]);
        sum += (double)x[i];
        square += (double)x[i] * (double)x[i];
    }
    double width = hi > lo ? (hi - lo) / BUCKETS : 1e-12;
    for (int k = 0; k < BUCKETS; k++)
        limit[k] = lo + width * (k + 1);
    for (int64_t i = 0; i < n; i++) {
        int k = (int)(((double)x[i] - lo) / width);
        count[k < 0 ? 0 : k < BUCKETS ? k : BUCKETS - 1]++;
    }
    mien_buffer value = {0}, histogram = {0};
    put_tag(&value, tag);
    const double five[] = {lo, hi, (double)n, sum, square};
    for (int k = 0; k < 5; k++)
        put_double(&histogram, k + 1, five[k]);
    put_doubles(&histogram, 6, limit, BUCKETS);
    put_doubles(&histogram, 7, count, BUCKETS);
    put_inner(&value, 5, &histogram);
    put_value(b, wall_time, step, &value);
}

mien_status mien_events_begin(double wall_time, mien_bytes *out,
                              mien_error *err)
{
    static const char version[] = "brain.Event:2";
    mien_buffer b = {0}, event = {0};
    put_double(&event, 1, wall_time);
    put_key(&event, 3, BYTES);
    mi_buffer_varint(&event, sizeof version - 1);
    mien_buffer_put(&event, version, sizeof version - 1);
    put_record(&b, &event);
    return mien_buffer_give(&b, out, err);
}

mien_status mien_events_epoch(const mien_trainer *t, const mien_epoch *e,
                              double wall_time, mien_bytes *out,
                              mien_error *err)
{
    mien_buffer b = {0};
    put_scalar(&b, wall_time, e->epoch, "loss/train", e->train.total);
    put_scalar(&b, wall_time, e->epoch, "loss/validation", e->valid.total);
    put_scalar(&b, wall_time, e->epoch, "learning_rate", (double)e->rate);
    for (int i = 0; t->options.n_losses > 1 && i < t->options.n_losses; i++) {
        char tag[64];
        snprintf(tag, sizeof tag, "loss/part_%d", i + 1);
        put_scalar(&b, wall_time, e->epoch, tag, e->train.part[i]);
    }
    const mi_parameters *p = &t->parameters;
    for (int i = 0; i < p->n; i++)
        put_histogram(&b, wall_time, e->epoch,
                      mi_graph_at(t->graph, p->id[i])->name, p->value[i],
                      p->len[i]);
    return mien_buffer_give(&b, out, err);
}
