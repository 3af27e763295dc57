/* kinds.c: the kinds of layers that work on any rows: what each takes from its
 * object of JSON, and the layer of mien/layer.h that it becomes. */
#include "net/build.h"

#include <stdio.h>
#include <string.h>

/* ---- how values begin ------------------------------------------------------
 */

static const char init_words[] =
    "glorot_uniform glorot_normal he_uniform he_normal lecun_uniform "
    "lecun_normal torch orthogonal zeros components";
enum { COMPONENTS = MIEN_INIT_CONSTANT + 1 };

/* Note that a layer begins as components of what is learned from. */
static void begin_components(mi_net_build *b)
{
    mien_net_layer *l = b->net->layer ? &b->net->layer[b->at] : NULL;
    if (l && strcmp(l->kind, "dense") == 0)
        l->components = 1;
    else
        mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                        "'init' is \"components\", which is for dense layers "
                        "alone");
}

mien_layer_options mi_net_begin(mi_net_build *b)
{
    mien_layer_options o = b->begin;
    mi_fields *f = &b->fields;
    int begin = mi_field_word(f, "init", init_words, (int)o.weight);
    if (begin == COMPONENTS)
        begin_components(b);
    o.weight = begin == COMPONENTS ? MIEN_INIT_CONSTANT : (mien_init)begin;
    b->init = o.weight;
    if (json_object_get(f->object, "bias"))
        o.no_bias = !mi_field_flag(f, "bias");
    return o;
}

void mi_net_admit(mi_net_build *b, double parameters)
{
    if (!(parameters <= (double)b->room))
        mi_fields_wrong(&b->fields, MIEN_ELIMIT,
                        "%.0f parameters, room is left for %lld", parameters,
                        (long long)b->room);
    else
        b->room -= (int64_t)parameters;
    if (b->init != MIEN_INIT_ORTHOGONAL || b->fields.status)
        return;
    if (parameters > (double)b->orthogonal)
        mi_fields_wrong(&b->fields, MIEN_ELIMIT,
                        "%.0f parameters that begin orthogonal, room is left "
                        "for %lld; another 'init' has more",
                        parameters, (long long)b->orthogonal);
    else
        b->orthogonal -= (int64_t)parameters;
}

/* The size of axis d of x; 0 if there is none such. */
static double size_of(mien_node *x, int d)
{
    mien_shape s = mien_node_shape(x);
    return s.rank > d ? (double)s.dim[d] : 0;
}

/* ---- rows of numbers -------------------------------------------------------
 */

static mien_node *dense(mi_net_build *b, mien_node *const *in)
{
    int units = mi_field_int(&b->fields, "units", 1, 65536, 0);
    mien_layer_options o = mi_net_begin(b);
    mien_shape s = mien_node_shape(in[0]);
    mi_net_admit(b, units * (1 + size_of(in[0], s.rank - 1)));
    if (b->fields.status)
        return NULL;
    return mien_layer_dense(b->net->graph, in[0], units, &o,
                            mi_net_layer_name(b));
}

/* Whether rows are meant to have channels last, as Keras lays them. */
static int channels_last(mi_net_build *b)
{
    return mi_field_word(&b->fields, "order", "channels_first channels_last",
                         0);
}

/* x with its four axes in another order. */
static mien_node *transpose(mien_graph *g, mien_node *x, const int64_t perm[4],
                            const char *name)
{
    const mien_attribute a = {
        .name = "perm", .kind = MIEN_ATTR_INTS, .n = 4, .ints = perm};
    return mien_graph_op(g, "Transpose", 1, &x, 1, &a, name);
}

/* A picture as a row, pixel by pixel if channels come last; of one pixel or one
 * channel both are the same. */
static mien_node *flatten(mi_net_build *b, mien_node *const *in)
{
    static const int64_t perm[] = {0, 2, 3, 1};
    mien_graph *g = b->net->graph;
    mien_shape s = mien_node_shape(in[0]);
    int last = channels_last(b) && s.rank == 4 && s.dim[1] > 1 &&
               s.dim[2] * s.dim[3] > 1;
    if (b->fields.status)
        return NULL;
    return mien_layer_flatten(g, last ? transpose(g, in[0], perm, NULL) : in[0],
                              mi_net_layer_name(b));
}

/* A row in another shape; [h, w, channels] becomes [channels, h, w]. */
static mien_node *reshape(mi_net_build *b, mien_node *const *in)
{
    static const int64_t perm[] = {0, 3, 1, 2};
    mien_graph *g = b->net->graph;
    mien_shape s = {0};
    s.rank = mi_field_sizes(&b->fields, "shape", MIEN_MAX_RANK - 1, s.dim);
    int last = channels_last(b) && s.rank == 3;
    if (b->fields.status)
        return NULL;
    mien_node *y =
        mien_layer_reshape(g, in[0], s, last ? NULL : mi_net_layer_name(b));
    return last ? transpose(g, y, perm, mi_net_layer_name(b)) : y;
}

/* Whole channels are dropped by dropping from a one for each channel. */
static mien_node *drop_channels(mien_graph *g, mien_node *x, float ratio,
                                const char *name)
{
    const float zero = 0, one = 1;
    mien_node *mean =
        mien_graph_op(g, "GlobalAveragePool", 1, &x, 0, NULL, NULL);
    mien_node *none = mien_layer_multiply(
        g, mean, mien_graph_constant(g, (mien_shape){0}, &zero, NULL), NULL);
    mien_node *ones = mien_layer_add(
        g, none, mien_graph_constant(g, (mien_shape){0}, &one, NULL), NULL);
    return mien_layer_multiply(g, x, mien_layer_dropout(g, ones, ratio, NULL),
                               name);
}

static mien_node *dropout(mi_net_build *b, mien_node *const *in)
{
    float ratio = mi_field_real(&b->fields, "ratio", 0, 0.999, 0.5);
    int spatial = mi_field_flag(&b->fields, "spatial");
    if (b->fields.status)
        return NULL;
    if (spatial)
        return drop_channels(b->net->graph, in[0], ratio, mi_net_layer_name(b));
    return mien_layer_dropout(b->net->graph, in[0], ratio,
                              mi_net_layer_name(b));
}

/* ---- activations -----------------------------------------------------------
 */

#define PLAIN(kind)                                                           \
    static mien_node *plain_##kind(mi_net_build *b, mien_node *const *in)     \
    {                                                                         \
        return mien_layer_##kind(b->net->graph, in[0], mi_net_layer_name(b)); \
    }
PLAIN(silu)
PLAIN(sigmoid)
PLAIN(tanh)
PLAIN(softmax)

/* max(x, 0), or at most "most". */
static mien_node *relu(mi_net_build *b, mien_node *const *in)
{
    mien_graph *g = b->net->graph;
    const float least = 0, most = mi_field_real(&b->fields, "most", 0, 1e6, 0);
    if (b->fields.status)
        return NULL;
    if (!(most > 0))
        return mien_layer_relu(g, in[0], mi_net_layer_name(b));
    mien_node *of[] = {in[0],
                       mien_graph_constant(g, (mien_shape){0}, &least, NULL),
                       mien_graph_constant(g, (mien_shape){0}, &most, NULL)};
    return mien_graph_op(g, "Clip", 3, of, 0, NULL, mi_net_layer_name(b));
}

/* Those of one number, `usual` where it is not given. */
#define SLOPED(kind, usual)                                                 \
    static mien_node *sloped_##kind(mi_net_build *b, mien_node *const *in)  \
    {                                                                       \
        float alpha = mi_field_real(&b->fields, "alpha", -100, 100, usual); \
        if (b->fields.status)                                               \
            return NULL;                                                    \
        return mien_layer_##kind(b->net->graph, in[0], alpha,               \
                                 mi_net_layer_name(b));                     \
    }
SLOPED(leaky_relu, 0.01)
SLOPED(elu, 1)
SLOPED(prelu, 0.25)

/* ---- several layers into one -----------------------------------------------
 */

/* in[0] with each of the others in turn. */
static mien_node *fold(mi_net_build *b, mien_node *const *in,
                       mien_node *(*layer)(mien_graph *, mien_node *,
                                           mien_node *, const char *))
{
    int n = b->net->layer[b->at].n_from;
    mien_node *x = in[0];
    for (int i = 1; i < n; i++)
        x = layer(b->net->graph, x, in[i],
                  i + 1 < n ? NULL : mi_net_layer_name(b));
    return x;
}

static mien_node *add(mi_net_build *b, mien_node *const *in)
{
    return fold(b, in, mien_layer_add);
}

static mien_node *multiply(mi_net_build *b, mien_node *const *in)
{
    return fold(b, in, mien_layer_multiply);
}

static mien_node *concat(mi_net_build *b, mien_node *const *in)
{
    return mien_layer_concat(b->net->graph, in, b->net->layer[b->at].n_from, 1,
                             mi_net_layer_name(b));
}

/* mean + noise exp(log variance / 2): Kingma and Welling 2013, section 2.4. */
static mien_node *sample(mi_net_build *b, mien_node *const *in)
{
    const float half = 0.5f;
    mien_graph *g = b->net->graph;
    mien_node *x = mien_layer_multiply(
        g, in[1], mien_graph_constant(g, (mien_shape){0}, &half, NULL), NULL);
    x = mien_graph_op(g, "Exp", 1, &x, 0, NULL, NULL);
    x = mien_layer_multiply(g, in[2], x, NULL);
    return mien_layer_add(g, in[0], x, mi_net_layer_name(b));
}

/* ---- the list --------------------------------------------------------------
 */

static const mi_net_kind kinds[] = {
    {"dense", "units bias init", 1, 1, dense},
    {"flatten", "order", 1, 1, flatten},
    {"reshape", "shape order", 1, 1, reshape},
    {"dropout", "ratio spatial", 1, 1, dropout},
    {"relu", "most", 1, 1, relu},
    {"leaky_relu", "alpha", 1, 1, sloped_leaky_relu},
    {"prelu", "alpha", 1, 1, sloped_prelu},
    {"elu", "alpha", 1, 1, sloped_elu},
    {"silu", "", 1, 1, plain_silu},
    {"sigmoid", "", 1, 1, plain_sigmoid},
    {"tanh", "", 1, 1, plain_tanh},
    {"softmax", "", 1, 1, plain_softmax},
    {"add", "", 2, MIEN_NET_MAX_FROM, add},
    {"multiply", "", 2, MIEN_NET_MAX_FROM, multiply},
    {"concat", "", 2, MIEN_NET_MAX_FROM, concat},
    {"sample", "", 3, 3, sample},
    {NULL, NULL, 0, 0, NULL},
};

const char *mi_net_kinds(void)
{
    return "input conv2d conv2d_transpose dense batch_norm group_norm relu "
           "leaky_relu prelu silu elu sigmoid tanh softmax max_pool "
           "average_pool global_pool flatten reshape dropout pad upsample add "
           "multiply concat sample";
}

const mi_net_kind *mi_net_kind_find(const char *name)
{
    const mi_net_kind *const lists[] = {kinds, mi_net_image_kinds};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const mi_net_kind *k = lists[i]; k->name; k++)
            if (strcmp(k->name, name) == 0)
                return k;
    return NULL;
}
