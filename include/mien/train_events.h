/* mien/train_events.h: what TensorBoard reads, without TensorFlow.
 *
 *   mien_events_begin        the record that begins events.out.tfevents.*
 *   mien_events_graph        the network
 *   mien_events_epoch        losses, rate, histograms of the parameters
 *   mien_events_put_picture  a picture by its tag and epoch
 *
 * Each gives bytes that are appended to the file.  Source: TensorFlow's
 * event.proto, summary.proto, graph.proto and its record format. */
#ifndef MIEN_TRAIN_EVENTS_H
#define MIEN_TRAIN_EVENTS_H

#include "mien/train.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The record that begins a file of events.
 *
 *   wall_time  seconds since 1970
 *   out        free with mien_bytes_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_events_begin(double wall_time,
                                                    mien_bytes *out,
                                                    mien_error *err);

/* The record of a network: a node for each input ("Placeholder"), constant
 * ("Const"), parameter ("Parameter") and operator (as ONNX names it), with what
 * it reads and the shape of its result, -1 for a free dimension of an input and
 * 1 for what follows from it.
 *
 *   g          a graph
 *   wall_time  seconds since 1970
 *   out        to be appended to the file; free with mien_bytes_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_events_graph(const mien_graph *g,
                                                    double wall_time,
                                                    mien_bytes *out,
                                                    mien_error *err);

/* The records of an epoch: its losses and learning rate, and a histogram of
 * every parameter.
 *
 *   t          the trainer that learned
 *   e          the epoch
 *   wall_time  seconds since 1970
 *   out        to be appended to the file; free with mien_bytes_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_events_epoch(const mien_trainer *t,
                                                    const mien_epoch *e,
                                                    double wall_time,
                                                    mien_bytes *out,
                                                    mien_error *err);

/* A picture for mien_events_put_picture. */
typedef struct mien_events_picture {
    const char *tag;     /* "samples" */
    int epoch;           /* when it was made */
    int w, h;            /* in pixels */
    const uint8_t *file; /* [n] RGB as JPEG or PNG */
    size_t n;
} mien_events_picture;

/* The record of a picture.
 *
 *   p          a picture
 *   wall_time  seconds since 1970
 *   out        to be appended to the file; free with mien_bytes_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_events_put_picture(const mien_events_picture *p, double wall_time,
                        mien_bytes *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
