/* kinds_image.c: the kinds of layers that work on images [rows, channels, h,
 * w]: convolutions, pools, normalisation, upsampling; and what is given,
 * "input". */
#include "net/build.h"

#include <string.h>

enum { MAX_KERNEL = 1024, MAX_UNITS = 65536, MAX_FACTOR = 1024 };

/* ---- what a network is given -----------------------------------------------
 */

static mien_net_colour colour_of(mi_net_build *b, int64_t channels)
{
    mi_fields *f = &b->fields;
    mien_net_colour usual = channels == 3   ? MIEN_NET_RGB
                            : channels == 1 ? MIEN_NET_GREY
                                            : MIEN_NET_NO_COLOUR;
    mien_net_colour c = (mien_net_colour)mi_field_word(
        f, "colour", "none grey rgb bgr", (int)usual);
    if (!f->status && c != MIEN_NET_NO_COLOUR &&
        channels != (c == MIEN_NET_GREY ? 1 : 3))
        mi_fields_wrong(f, MIEN_EFORMAT,
                        "'shape' has %lld channels, wanted %d for this colour",
                        (long long)channels, c == MIEN_NET_GREY ? 1 : 3);
    return c;
}

/* Colours and scaling, of images alone. */
static void read_pixels(mi_net_build *b, mien_net_input *in)
{
    mi_fields *f = &b->fields;
    int image = in->shape.rank == 4;
    int channels = image && in->shape.dim[1] <= 3 ? (int)in->shape.dim[1] : 1;
    for (int i = 0; i < 3; i++)
        in->scale[i] = 1;
    if (image)
        in->colour = colour_of(b, in->shape.dim[1]);
    if (in->colour == MIEN_NET_NO_COLOUR) {
        if (json_object_get(f->object, "mean") ||
            json_object_get(f->object, "scale") ||
            (!image && json_object_get(f->object, "colour")))
            mi_fields_wrong(f, MIEN_EFORMAT,
                            "colour, mean or scale without a picture of 1 or 3 "
                            "channels: 'shape' is wanted as [channels, h, w]");
        return;
    }
    mi_field_reals(f, "mean", channels, 0, in->mean);
    mi_field_reals(f, "scale", channels, 1, in->scale);
}

/* What a network is given: a row or a picture. */
static mien_node *input(mi_net_build *b, mien_node *const *nothing)
{
    mien_net *net = b->net;
    mi_fields *f = &b->fields;
    mien_net_input *in = &net->input[net->n_inputs];
    (void)nothing;
    if (net->n_inputs == MIEN_NET_MAX_INPUTS) {
        mi_fields_wrong(f, MIEN_ELIMIT, "more than %d inputs",
                        MIEN_NET_MAX_INPUTS);
        return NULL;
    }
    in->shape.dim[0] = -1;
    in->shape.rank = 1 + mi_field_sizes(f, "shape", 3, in->shape.dim + 1);
    in->noise = mi_field_word(f, "fill", "data normal", 0);
    memcpy(in->name, mi_net_layer_name(b), sizeof in->name);
    read_pixels(b, in);
    if (f->status)
        return NULL;
    net->n_inputs++;
    return mien_graph_input(net->graph, in->name, in->shape);
}

/* ---- windows ---------------------------------------------------------------
 */

/* Padding: "same", "valid", or pixels on either side. */
static void read_padding(mi_fields *f, mien_window *w)
{
    if (json_is_string(json_object_get(f->object, "padding")))
        w->same = !mi_field_word(f, "padding", "same valid", 1);
    else
        mi_field_pair(f, "padding", 0, MAX_KERNEL, 0, w->pad);
}

/* The window of a convolution, or of a pool, whose stride is its kernel. */
static mien_window read_window(mi_net_build *b, int pool)
{
    mi_fields *f = &b->fields;
    mien_window w = MIEN_WINDOW(1, 1, 0);
    mi_field_pair(f, "kernel", 1, MAX_KERNEL, 0, w.kernel);
    if (pool && !json_object_get(f->object, "stride"))
        memcpy(w.stride, w.kernel, sizeof w.stride);
    else
        mi_field_pair(f, "stride", 1, MAX_KERNEL, 1, w.stride);
    mi_field_pair(f, "dilation", 1, MAX_KERNEL, 1, w.dilation);
    read_padding(f, &w);
    return w;
}

/* The channels of an image; 0, and a mistake, if it is none. */
static int channels_of(mi_net_build *b, mien_node *x)
{
    mien_shape s = mien_node_shape(x);
    if (s.rank == 4)
        return (int)s.dim[1];
    mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                    "it takes a picture [channels, h, w], not %d axes",
                    s.rank - 1);
    return 0;
}

/* Either convolution: "group": "all" makes it depthwise. */
static mien_node *convolve(mi_net_build *b, mien_node *x, int transposed)
{
    mi_fields *f = &b->fields;
    mien_window w = read_window(b, 0);
    int channels = channels_of(b, x);
    int depthwise = json_is_string(json_object_get(f->object, "group"));
    if (depthwise)
        mi_field_word(f, "group", "all", 0);
    w.group = depthwise ? channels : mi_field_int(f, "group", 1, MAX_UNITS, 1);
    int multiplier = mi_field_int(f, "multiplier", 1, MAX_KERNEL, 1);
    int units = mi_field_int(f, "units", 1, MAX_UNITS,
                             depthwise ? multiplier * channels : 0);
    mien_layer_options o = mi_net_begin(b);
    if (!f->status && (w.group < 1 || channels % w.group || units % w.group))
        mi_fields_wrong(f, MIEN_EFORMAT,
                        "'group' is %d, wanted a divisor of %d channels and %d "
                        "units",
                        w.group, channels, units);
    if (!f->status)
        mi_net_admit(b, units + (double)units * channels / w.group *
                                    w.kernel[0] * w.kernel[1]);
    if (f->status)
        return NULL;
    return transposed ? mien_layer_conv2d_transpose(b->net->graph, x, units, &w,
                                                    &o, mi_net_layer_name(b))
                      : mien_layer_conv2d(b->net->graph, x, units, &w, &o,
                                          mi_net_layer_name(b));
}

static mien_node *conv2d(mi_net_build *b, mien_node *const *in)
{
    return convolve(b, in[0], 0);
}

static mien_node *conv2d_transpose(mi_net_build *b, mien_node *const *in)
{
    return convolve(b, in[0], 1);
}

static mien_node *max_pool(mi_net_build *b, mien_node *const *in)
{
    mien_window w = read_window(b, 1);
    if (b->fields.status)
        return NULL;
    return mien_layer_max_pool(b->net->graph, in[0], &w, mi_net_layer_name(b));
}

static mien_node *average_pool(mi_net_build *b, mien_node *const *in)
{
    mien_window w = read_window(b, 1);
    if (b->fields.status)
        return NULL;
    return mien_layer_average_pool(b->net->graph, in[0], &w,
                                   mi_net_layer_name(b));
}

static mien_node *global_pool(mi_net_build *b, mien_node *const *in)
{
    return mien_layer_global_pool(b->net->graph, in[0], mi_net_layer_name(b));
}

/* Zeros around a picture. */
static mien_node *pad(mi_net_build *b, mien_node *const *in)
{
    int side[4] = {0};
    mi_field_sides(&b->fields, "pixels", MAX_KERNEL, side);
    channels_of(b, in[0]);
    if (b->fields.status)
        return NULL;
    const int64_t pads[8] = {0, 0, side[0], side[1], 0, 0, side[2], side[3]};
    mien_node *of[] = {in[0], mien_graph_integers(b->net->graph, 8, pads)};
    return mien_graph_op(b->net->graph, "Pad", 2, of, 0, NULL,
                         mi_net_layer_name(b));
}

static mien_node *upsample(mi_net_build *b, mien_node *const *in)
{
    int factor = mi_field_int(&b->fields, "factor", 1, MAX_FACTOR, 2);
    int linear = mi_field_word(&b->fields, "mode", "nearest linear", 0);
    if (b->fields.status)
        return NULL;
    return mien_layer_upsample(b->net->graph, in[0], factor, linear,
                               mi_net_layer_name(b));
}

/* ---- normalisation ---------------------------------------------------------
 */

static mien_node *batch_norm(mi_net_build *b, mien_node *const *in)
{
    float epsilon = mi_field_real(&b->fields, "epsilon", 0, 1, 1e-3);
    float momentum = mi_field_real(&b->fields, "momentum", 0, 1, 0.99);
    mien_shape s = mien_node_shape(in[0]);
    mi_net_admit(b, s.rank > 1 ? 4 * (double)s.dim[1] : 0);
    if (b->fields.status)
        return NULL;
    return mien_layer_batch_norm(b->net->graph, in[0], epsilon, momentum,
                                 mi_net_layer_name(b));
}

/* Each group of channels of a picture by itself. */
static mien_node *group_norm(mi_net_build *b, mien_node *const *in)
{
    mi_fields *f = &b->fields;
    int groups = mi_field_int(f, "groups", 1, MAX_UNITS, 0);
    float epsilon = mi_field_real(f, "epsilon", 0, 1, 1e-5);
    int channels = channels_of(b, in[0]);
    if (!f->status && channels % groups)
        mi_fields_wrong(f, MIEN_EFORMAT,
                        "'groups' is %d, wanted a divisor of %d channels",
                        groups, channels);
    mi_net_admit(b, 2.0 * channels);
    if (f->status)
        return NULL;
    return mien_layer_group_norm(b->net->graph, in[0], groups, epsilon,
                                 mi_net_layer_name(b));
}

const mi_net_kind mi_net_image_kinds[] = {
    {"input", "shape colour mean scale fill", 0, 0, input},
    {"conv2d",
     "units kernel stride dilation group multiplier padding bias init", 1, 1,
     conv2d},
    {"conv2d_transpose", "units kernel stride dilation group padding bias init",
     1, 1, conv2d_transpose},
    {"batch_norm", "epsilon momentum", 1, 1, batch_norm},
    {"group_norm", "groups epsilon", 1, 1, group_norm},
    {"max_pool", "kernel stride dilation padding", 1, 1, max_pool},
    {"average_pool", "kernel stride padding", 1, 1, average_pool},
    {"global_pool", "", 1, 1, global_pool},
    {"pad", "pixels", 1, 1, pad},
    {"upsample", "factor mode", 1, 1, upsample},
    {NULL, NULL, 0, 0, NULL},
};
