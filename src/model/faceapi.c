/* face-api.js' weights to graphs: which networks there are, and what their
 * files say of themselves. */
#include "mien/model.h"

#include "model/faceapi.h"

#include "base/error.h"

#include <string.h>

typedef struct network {
    const char *kind, *task;
    int64_t side; /* of the input; 0: free, multiples of 32 */
    mi_net_build *build;
} network;

#define NETWORK(kind, task, side)          \
    {                                      \
#kind, task, side, mi_build_##kind \
    }
static const network networks[] = {
    NETWORK(tiny_face_detector, "detector", 0),
    NETWORK(ssd_mobilenetv1, "detector", 512),
    NETWORK(face_landmark_68, "landmarks", 112),
    NETWORK(face_landmark_68_tiny, "landmarks", 112),
    NETWORK(face_recognition, "descriptor", 150),
    NETWORK(face_expression, "expression", 112),
    NETWORK(age_gender, "age-gender", 112),
};

/* Add the input, the metadata and the network behind it. */
static void build(mi_net *n, const network *net)
{
    mien_shape shape = {.rank = 4, .dim = {1, 3, net->side, net->side}};
    if (net->side == 0)
        shape.dim[2] = shape.dim[3] = -1;
    mi_node *x = mi_graph_input(n->g, "pixels", shape);
    if (net->side == 0 && mi_graph_check(n->g, NULL) == MIEN_OK) {
        mi_graph_dim_name(n->g, 0, 2, "height");
        mi_graph_dim_name(n->g, 0, 3, "width");
    }
    mi_graph_set_meta(n->g, "mien.name", net->kind);
    mi_graph_set_meta(n->g, "mien.task", net->task);
    mi_graph_set_meta(n->g, "mien.source", "face-api.js");
    mi_graph_set_meta(n->g, "mien.licence", "MIT");
    mi_graph_set_meta(n->g, "mien.input", "RGB 0..255");
    net->build(n, x);
}

/* The network of a kind, of its weights. */
static mien_status build_of(const network *net, const mi_weights *w,
                            const mien_faceapi_options *options,
                            mien_graph **out, mien_error *err)
{
    mi_net n = {.weights = w, .float32 = options && options->float32};
    mien_status st = mi_graph_new(&n.g, err);
    if (st == MIEN_OK) {
        build(&n, net);
        st = mi_graph_check(n.g, err);
        if (n.wrong.status != MIEN_OK && st != MIEN_ENOMEM) {
            st = n.wrong.status;
            if (err)
                *err = n.wrong;
        }
    }
    if (st == MIEN_OK)
        *out = n.g;
    else
        mien_graph_free(n.g);
    return st;
}

mien_status mi_faceapi_of(const char *kind, mi_weights *w, mien_status st,
                          const mien_faceapi_options *options, mien_graph **out,
                          mien_error *err)
{
    const network *net = NULL;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        if (strcmp(networks[i].kind, kind) == 0)
            net = &networks[i];
    if (st == MIEN_OK)
        st = net ? build_of(net, w, options, out, err)
                 : mi_fail(err, MIEN_EUNSUP, "face-api: no network '%.60s'",
                           kind);
    mi_weights_done(w);
    return st;
}

/* A weight as the caller tells it, laid over the next bytes. */
static mien_status lay(mi_laying *l, const mien_faceapi_weight *from)
{
    mi_weight *w;
    mien_status st = mi_laying_name(l, from->name, &w);
    if (st != MIEN_OK)
        return st;
    if (from->shape.rank < 0 || from->shape.rank > MIEN_MAX_RANK)
        return mi_fail(l->err, MIEN_EFORMAT,
                       "manifest: '%s': shape is not a list of at most %d",
                       w->name, MIEN_MAX_RANK);
    if ((unsigned)from->packed > MIEN_PACKED_F16)
        return mi_fail(l->err, MIEN_EUNSUP,
                       "manifest: '%s': packed as %d, wanted 0 to %d", w->name,
                       (int)from->packed, MIEN_PACKED_F16);
    w->is_float = !from->whole;
    w->packed = from->packed;
    w->scale = from->scale;
    w->min = from->min;
    w->shape = from->shape;
    return mi_laying_add(l);
}

mien_status mien_faceapi_build(const char *kind, int n,
                               const mien_faceapi_weight *weight,
                               const uint8_t *bytes, size_t bytes_n,
                               const mien_faceapi_options *options,
                               mien_graph **out, mien_error *err)
{
    mi_laying l = {.bytes = bytes, .n = bytes_n, .err = err};
    mi_weights w = {0};
    mien_status st = mi_laying_begin(&l, n > 0 ? (size_t)n : 0);
    for (int i = 0; i < n && st == MIEN_OK; i++)
        st = lay(&l, &weight[i]);
    st = mi_laying_end(&l, st, &w);
    return mi_faceapi_of(kind, &w, st, options, out, err);
}
