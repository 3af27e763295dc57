/* events.c: records for TensorBoard, written by hand.
 *
 * A file is a row of records: length (u64), masked CRC-32C of the length's
 * bytes, an Event as a protocol buffer, masked CRC-32C of it.  An Event holds
 * wall_time (1, double), step (2, varint) and file_version (3), a graph (4) or
 * a summary (5) of values (1): tag (1), simple_value (2, float), image (4) or
 * histogram (5).  A graph is nodes (1): name (1), op (2), inputs (3) and
 * attributes (5), of which TensorBoard shows "_output_shapes".
 *
 * Source: tensorflow/core/util/event.proto, framework/summary.proto,
 * graph.proto, node_def.proto, attr_value.proto, tensor_shape.proto and
 * lib/io/record_writer.cc describe the format. */
#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "mien/train_events.h"
#include "train/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5, BUCKETS = 30 };

static void put_key(mien_buffer *b, int field, int wire)
{
    mi_buffer_varint(b, (uint64_t)(field << 3 | wire));
}

static void put_int(mien_buffer *b, int field, int64_t v)
{
    put_key(b, field, VARINT);
    mi_buffer_varint(b, (uint64_t)v);
}

static void put_text(mien_buffer *b, int field, const char *text)
{
    put_key(b, field, BYTES);
    mi_buffer_varint(b, strlen(text));
    mien_buffer_puts(b, text);
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
    put_int(&event, 2, step);
    put_inner(&event, 5, &summary);
    put_record(b, &event);
}

static void put_scalar(mien_buffer *b, double wall_time, int step,
                       const char *tag, double v)
{
    mien_buffer value = {0};
    put_text(&value, 1, tag);
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
    put_text(&value, 1, tag);
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
    mien_buffer b = {0}, event = {0};
    put_double(&event, 1, wall_time);
    put_text(&event, 3, "brain.Event:2");
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

mien_status mien_events_put_picture(const mien_events_picture *p,
                                    double wall_time, mien_bytes *out,
                                    mien_error *err)
{
    enum { RGB = 3 };
    mien_buffer b = {0}, value = {0}, image = {0};
    put_int(&image, 1, p->h);
    put_int(&image, 2, p->w);
    put_int(&image, 3, RGB);
    put_key(&image, 4, BYTES);
    mi_buffer_varint(&image, p->n);
    mien_buffer_put(&image, p->file, p->n);
    put_text(&value, 1, p->tag);
    put_inner(&value, 4, &image);
    put_value(&b, wall_time, p->epoch, &value);
    return mien_buffer_give(&b, out, err);
}

/* ---- the network ----------------------------------------------------------
 */

/* The attribute that tells the shape of a node's result. */
static void put_shape(mien_buffer *node, const mi_node *n)
{
    mien_buffer shape = {0}, list = {0}, value = {0}, entry = {0};
    for (int d = 0; d < n->shape.rank; d++) {
        mien_buffer size = {0};
        put_int(&size, 1, n->free >> d & 1 ? -1 : n->shape.dim[d]);
        put_inner(&shape, 2, &size);
    }
    put_inner(&list, 7, &shape);
    put_inner(&value, 1, &list);
    put_text(&entry, 1, "_output_shapes");
    put_inner(&entry, 2, &value);
    put_inner(node, 5, &entry);
}

/* A node: its name, operator, what it reads, its shape. */
static void put_node(mien_buffer *graph, const mien_graph *g, const mi_node *n)
{
    int input = 0;
    mien_buffer node = {0};
    for (int i = 0; i < mien_graph_inputs(g); i++)
        input |= mi_graph_input_node(g, i) == n;
    put_text(&node, 1, n->name);
    put_text(&node, 2,
             n->op        ? n->op->name
             : input      ? "Placeholder"
             : n->learned ? "Parameter"
                          : "Const");
    for (int i = 0; i < n->n_in; i++)
        if (n->in[i])
            put_text(&node, 3, n->in[i]->name);
    if (!n->unshaped)
        put_shape(&node, n);
    put_inner(graph, 1, &node);
}

mien_status mien_events_graph(const mien_graph *g, double wall_time,
                              mien_bytes *out, mien_error *err)
{
    enum { PRODUCER = 22 }; /* the first that TensorBoard draws */
    mien_buffer b = {0}, graph = {0}, versions = {0}, event = {0};
    for (int i = 0; i < mi_graph_size(g); i++)
        put_node(&graph, g, mi_graph_at(g, i));
    put_int(&versions, 1, PRODUCER);
    put_inner(&graph, 4, &versions);
    put_double(&event, 1, wall_time);
    put_inner(&event, 4, &graph);
    put_record(&b, &event);
    return mien_buffer_give(&b, out, err);
}
