/* keras_make.h: files as Keras saves networks, and what a network says. */
#ifndef KERAS_MAKE_H
#define KERAS_MAKE_H

#include "mien/engine.h"
#include "mien/net.h"
#include "tests/check.h"
#include "tests/hdf5_make.h"

/* A layer's arrays. */
typedef struct layer_weights {
    const char *layer;
    int n;
    h5_array array[4];
} layer_weights;

/* A file of model.save; ' in the configuration stands for ". */
static inline mien_buffer model_file(const char *config, int n,
                                     const layer_weights *layers, int variable)
{
    static char quoted[8192];
    const char *const quoted_list[] = {quoted};
    const char *name[8];
    uint64_t at[8];
    mien_buffer b = {0};
    size_t len = strlen(config);
    for (size_t i = 0; i <= len && i < sizeof quoted; i++)
        quoted[i] = config[i] == '\'' ? '"' : config[i];
    h5_begin(&b);
    for (int i = 0; i < n; i++) {
        const layer_weights *l = &layers[i];
        const char *weight[4];
        uint64_t array[4];
        for (int k = 0; k < l->n; k++) {
            weight[k] = l->array[k].name;
            array[k] = h5_put_array(&b, &l->array[k]);
        }
        const h5_attribute names = {"weight_names", l->n, weight, variable};
        at[i] = h5_group(&b, l->n, weight, array, l->n > 0, &names);
        name[i] = l->layer;
    }
    const char *const root[] = {"model_weights"};
    uint64_t weights = h5_group(&b, n, name, at, 0, NULL);
    const h5_attribute configs = {"model_config", 0, quoted_list, variable};
    h5_end(&b, h5_group(&b, 1, root, &weights, 1, &configs));
    return b;
}

/* y of a network for one row x, both as mien lays them. */
static inline int64_t answer(const mien_net *net, const float *x, float *y)
{
    mien_plan *p = NULL;
    mien_shape s = net->input[0].shape;
    int64_t n = 1, out = 1;
    s.dim[0] = 1;
    CHECK_EQ(mien_plan_new(net->graph, &s, 1, NULL, &p, NULL), MIEN_OK);
    if (!p)
        return 0;
    mien_tensor in = mien_plan_input(p, 0);
    for (int d = 1; d < s.rank; d++)
        n *= s.dim[d];
    int64_t channels = in.channels_last ? s.dim[1] : 1, area = n / channels;
    for (int64_t i = 0; i < n; i++)
        in.data[i % area * channels + i / area] = x[i];
    mien_plan_run(p);
    mien_shape is = mien_plan_output(p, 0).shape;
    for (int d = 0; d < is.rank; d++)
        out *= is.dim[d];
    mien_plan_read(p, 0, y);
    mien_plan_free(p);
    return out;
}

#endif
