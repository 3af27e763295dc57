/* network.c: the auto-encoders' layers.
 *
 *   dense  x -> units (ReLU) -> ... -> inputs (linear)
 *   LSTM   x -> memories over the steps; the middle one gives its last result,
 *          which is repeated for every step -> memories -> dense for each step
 */
#include "tabular/network.h"

#include "base/error.h"

#include <stdio.h>

/* Memories over the steps, repeated from the middle one, and a dense layer for
 * each step. */
static mi_node *build_lstm(mien_graph *g, mi_node *x,
                           const mien_autoencoder_options *o,
                           const mien_layer_options *how)
{
    char name[32];
    for (int i = 0; i < o->layers; i++) {
        int middle = i == (o->layers - 1) / 2;
        snprintf(name, sizeof name, "layer%d", i + 1);
        x = mien_layer_lstm(g, x, o->layer[i], !middle, how, name);
        if (i == 0 && o->dropout > 0)
            x = mien_layer_dropout(g, x, o->dropout, NULL);
        if (middle)
            x = mien_layer_repeat(g, x, o->window, NULL);
    }
    snprintf(name, sizeof name, "layer%d", o->layers + 1);
    return mien_layer_dense(g, x, o->inputs, how, name);
}

mi_node *mi_autoencoder_build(mien_graph *g, mi_node *x,
                              const mien_autoencoder_options *o, mien_random *r)
{
    mien_layer_options how = MIEN_LAYER_KERAS;
    char name[32];
    how.random = r;
    if (o->lstm)
        return build_lstm(g, x, o, &how);
    for (int i = 0; i < o->layers; i++) {
        snprintf(name, sizeof name, "layer%d", i + 1);
        x = mien_layer_dense(g, x, o->layer[i], &how, name);
        snprintf(name, sizeof name, "relu%d", i + 1);
        x = mien_layer_relu(g, x, name);
        if (i == 0 && o->dropout > 0)
            x = mien_layer_dropout(g, x, o->dropout, NULL);
    }
    snprintf(name, sizeof name, "layer%d", o->layers + 1);
    return mien_layer_dense(g, x, o->inputs * o->window, &how, name);
}

/* Are the sizes of a network in range? */
static mien_status check(const mien_autoencoder_options *o, mien_error *err)
{
    if (o->inputs < 1 || o->window < 1 || o->window > MIEN_TABULAR_MAX_WINDOW ||
        o->layers < 1 || o->layers > MIEN_AUTOENCODER_MAX_LAYERS ||
        !(o->dropout >= 0 && o->dropout < 1))
        return mi_fail(err, MIEN_EARG,
                       "autoencoder: %d inputs, window %d, %d layers, dropout "
                       "%g: wanted 1 or more, 1 to %d, 1 to %d, 0 to 1",
                       o->inputs, o->window, o->layers, (double)o->dropout,
                       MIEN_TABULAR_MAX_WINDOW, MIEN_AUTOENCODER_MAX_LAYERS);
    if (o->lstm && o->window < 2)
        return mi_fail(err, MIEN_EARG,
                       "autoencoder: a window of %d row, wanted 2 to %d for "
                       "--lstm (--window)",
                       o->window, MIEN_TABULAR_MAX_WINDOW);
    for (int i = 0; i < o->layers; i++)
        if (o->layer[i] < 1 || o->layer[i] > 65536)
            return mi_fail(err, MIEN_EARG,
                           "autoencoder: layer %d has %d units, wanted 1 to "
                           "65536",
                           i + 1, o->layer[i]);
    return MIEN_OK;
}

mien_status mien_autoencoder_new(const mien_autoencoder_options *options,
                                 mien_graph **out, mien_error *err)
{
    const mien_autoencoder_options *o = options;
    mien_graph *g;
    mien_random r;
    mien_status st = check(o, err);
    if (!st)
        st = mi_graph_new(&g, err);
    if (st)
        return st;
    mien_random_init(&r, o->seed);
    mien_shape s = {2, {-1, (int64_t)o->window * o->inputs}};
    if (o->lstm)
        s = (mien_shape){3, {-1, o->window, o->inputs}};
    mi_node *y = mi_autoencoder_build(g, mi_graph_input(g, "x", s), o, &r);
    mi_graph_output(g, y, NULL);
    st = mi_graph_check(g, err);
    if (st) {
        mien_graph_free(g);
        return st;
    }
    *out = g;
    return MIEN_OK;
}
