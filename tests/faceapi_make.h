/* faceapi_make.h: what the manifest of face-api.js' smallest network lists. */
#ifndef FACEAPI_MAKE_H
#define FACEAPI_MAKE_H

#include "mien/model.h"

#include <math.h>

typedef struct {
    const char *name;
    int rank, dim[4];
} weight;

/* The tiny detector's manifest. */
static const weight tiny[] = {
    {"conv0/filters", 4, {3, 3, 3, 16}},
    {"conv0/bias", 1, {16}},
    {"conv1/depthwise_filter", 4, {3, 3, 16, 1}},
    {"conv1/pointwise_filter", 4, {1, 1, 16, 32}},
    {"conv1/bias", 1, {32}},
    {"conv2/depthwise_filter", 4, {3, 3, 32, 1}},
    {"conv2/pointwise_filter", 4, {1, 1, 32, 64}},
    {"conv2/bias", 1, {64}},
    {"conv3/depthwise_filter", 4, {3, 3, 64, 1}},
    {"conv3/pointwise_filter", 4, {1, 1, 64, 128}},
    {"conv3/bias", 1, {128}},
    {"conv4/depthwise_filter", 4, {3, 3, 128, 1}},
    {"conv4/pointwise_filter", 4, {1, 1, 128, 256}},
    {"conv4/bias", 1, {256}},
    {"conv5/depthwise_filter", 4, {3, 3, 256, 1}},
    {"conv5/pointwise_filter", 4, {1, 1, 256, 512}},
    {"conv5/bias", 1, {512}},
    {"conv8/filters", 4, {1, 1, 512, 25}},
    {"conv8/bias", 1, {25}},
};
enum { TINY = sizeof tiny / sizeof *tiny };

/* How many elements one has. */
static inline size_t tiny_len(int i)
{
    size_t len = 1;
    for (int d = 0; d < tiny[i].rank; d++)
        len *= (size_t)tiny[i].dim[d];
    return len;
}

/* Tell them in C, packed in bytes: every third has a min that is no multiple of
 * its scale. */
static inline void tell(mien_faceapi_weight out[TINY])
{
    for (int i = 0; i < TINY; i++) {
        const weight *w = &tiny[i];
        out[i] =
            (mien_faceapi_weight){.name = w->name, .packed = MIEN_PACKED_U8};
        out[i].shape.rank = w->rank;
        for (int d = 0; d < w->rank; d++)
            out[i].shape.dim[d] = w->dim[d];
        out[i].scale =
            2 / sqrt((double)tiny_len(i)) / 256 * (w->rank == 1 ? 1 : 4);
        out[i].min = -out[i].scale * (i % 3 ? 128 : 127.4);
    }
}

#endif
