/* keras.h: a network of Keras while it is being read. */
#ifndef MI_NET_KERAS_H
#define MI_NET_KERAS_H

#include "mien/net.h"

#include "net/field.h"
#include "net/hdf5.h"

typedef struct mi_keras {
    mi_hdf5 *file;
    size_t bytes;             /* of the file */
    mi_fields fields;         /* of the layer's config, and the first mistake */
    char name[MIEN_NET_NAME]; /* of the layer of Keras being read */
    int count;                /* layers of Keras so far */
    json_t *layers, *outputs; /* of net.json, as far as they are made */
    json_t *results; /* Keras' name -> [layer of net.json, rank of its rows] */
    json_t *weights; /* [parameter, Keras' layer, number, order of its axes] */
    json_t *now;     /* names of what the next layer of net.json takes */
    int rank;        /* of that: 4 pictures, 2 rows */
} mi_keras;

/* keras_layer.c: add the layers of net.json that a layer of this class becomes,
 * and note whose weights they take. */
void mi_keras_layer(mi_keras *k, const char *class_name);
/* What goes in, by the config's "batch_input_shape"; its name is k->name. */
void mi_keras_input(mi_keras *k);

#endif
