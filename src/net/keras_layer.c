/* keras_layer.c: each class of Keras' layers as layers of net.json.  Names of
 * Keras 1 are read as those of Keras 2. */
#include "net/keras.h"

#include <stdio.h>
#include <string.h>

/* ---- what they share -------------------------------------------------------
 */

/* A new layer of net.json, called after Keras' and an ending, which takes what
 * is `now` and is what the next one takes.  Borrowed. */
static json_t *append(mi_keras *k, const char *kind, const char *ending)
{
    char name[2 * MIEN_NET_NAME];
    snprintf(name, sizeof name, "%s%s", k->name, ending);
    json_t *o = json_pack("{ss,ss}", "name", name, "kind", kind);
    if (json_array_size(k->now))
        json_object_set_new(o, "inputs", json_copy(k->now));
    json_array_append_new(k->layers, o);
    json_array_clear(k->now);
    json_array_append_new(k->now, json_string(name));
    return o;
}

/* The part of the newest layer that weight `number` of Keras' layer is. */
static void weigh(mi_keras *k, const char *part, int number, const char *perm)
{
    char parameter[3 * MIEN_NET_NAME];
    const char *layer = json_string_value(json_array_get(k->now, 0));
    snprintf(parameter, sizeof parameter, "%s.%s", layer ? layer : "", part);
    json_array_append_new(
        k->weights, json_pack("[ssis]", parameter, k->name, number, perm));
}

static void unsupported(mi_keras *k, const char *what)
{
    mi_fields_wrong(&k->fields, MIEN_EUNSUP, "%s", what);
}

/* A flag that is true unless it is there and false. */
static int flag(mi_keras *k, const char *key)
{
    return !json_object_get(k->fields.object, key) ||
           mi_field_flag(&k->fields, key);
}

static void set_pair(json_t *o, const char *key, const int v[2])
{
    json_object_set_new(o, key, json_pack("[ii]", v[0], v[1]));
}

/* Refuse what is not laid out [rows, h, w, channels]. */
static void want_picture(mi_keras *k)
{
    const char *format =
        json_string_value(json_object_get(k->fields.object, "data_format"));
    if (format && strcmp(format, "channels_last") != 0)
        unsupported(k, "data_format is not channels_last");
    if (k->rank != 4)
        unsupported(k, "it takes rows, wanted pictures");
}

/* Keys of Keras 1 under the names of Keras 2. */
static void modernise(json_t *c)
{
    static const char *const names[][2] = {
        {"nb_filter", "filters"},   {"subsample", "strides"},
        {"border_mode", "padding"}, {"bias", "use_bias"},
        {"output_dim", "units"},    {"p", "rate"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_object_get(c, names[i][0]) && !json_object_get(c, names[i][1]))
            json_object_set(c, names[i][1], json_object_get(c, names[i][0]));
    json_t *row = json_object_get(c, "nb_row"), *col;
    col = json_object_get(c, "nb_col");
    if (row && col)
        json_object_set_new(c, "kernel_size", json_pack("[OO]", row, col));
    const char *order = json_string_value(json_object_get(c, "dim_ordering"));
    if (order && strcmp(order, "default") != 0)
        json_object_set_new(c, "data_format",
                            json_string(strcmp(order, "tf") == 0
                                            ? "channels_last"
                                            : "channels_first"));
}

/* An activation behind a layer. */
static void activate(mi_keras *k, const char *key, const char *ending)
{
    static const char words[] =
        "linear relu sigmoid tanh softmax elu swish silu";
    static const char *const kinds[] = {NULL,      "relu", "sigmoid", "tanh",
                                        "softmax", "elu",  "silu",    "silu"};
    const json_t *v = json_object_get(k->fields.object, key);
    if (!v || json_is_null(v))
        return;
    const char *kind = kinds[mi_field_word(&k->fields, key, words, 0)];
    if (kind && strcmp(kind, "softmax") == 0 && k->rank != 2)
        unsupported(k, "softmax of pictures, wanted of rows");
    else if (kind)
        append(k, kind, ending);
}

/* ---- convolutions and products ---------------------------------------------
 */

enum { MOST = 65536 };

/* Kernel, strides, padding of a convolution. */
static void set_window(mi_keras *k, json_t *o)
{
    mi_fields *f = &k->fields;
    int v[2];
    want_picture(k);
    mi_field_pair(f, "kernel_size", 1, 1024, 0, v);
    set_pair(o, "kernel", v);
    mi_field_pair(f, "strides", 1, 1024, 1, v);
    set_pair(o, "stride", v);
    mi_field_pair(f, "dilation_rate", 1, 1024, 1, v);
    set_pair(o, "dilation", v);
    int valid = mi_field_word(f, "padding", "same valid", 1);
    json_object_set_new(o, "padding", json_string(valid ? "valid" : "same"));
}

/* Conv2D and Conv2DTranspose, whose weights are [h, w, ., .]. */
static void convolution(mi_keras *k, const char *kind)
{
    json_t *o = append(k, kind, "");
    int bias = flag(k, "use_bias");
    set_window(k, o);
    json_object_set_new(
        o, "units",
        json_integer(mi_field_int(&k->fields, "filters", 1, MOST, 0)));
    json_object_set_new(
        o, "group",
        json_integer(mi_field_int(&k->fields, "groups", 1, MOST, 1)));
    json_object_set_new(o, "bias", json_boolean(bias));
    weigh(k, "weight", 0, "3201");
    if (bias)
        weigh(k, "bias", 1, "0");
    activate(k, "activation", "/activation");
}

static void conv2d(mi_keras *k) { convolution(k, "conv2d"); }

static void conv2d_transpose(mi_keras *k)
{
    const json_t *more = json_object_get(k->fields.object, "output_padding");
    if (more && !json_is_null(more))
        unsupported(k, "it has an output_padding");
    convolution(k, "conv2d_transpose");
}

/* A convolution of each channel by itself. */
static void each_channel(mi_keras *k, const char *ending, int bias)
{
    json_t *o = append(k, "conv2d", ending);
    set_window(k, o);
    json_object_set_new(
        o, "multiplier",
        json_integer(mi_field_int(&k->fields, "depth_multiplier", 1, 1024, 1)));
    json_object_set_new(o, "group", json_string("all"));
    json_object_set_new(o, "bias", json_boolean(bias));
    weigh(k, "weight", 0, "2301"); /* [h, w, channels, multiplier] */
    if (bias)
        weigh(k, "bias", 1, "0");
}

static void depthwise(mi_keras *k)
{
    each_channel(k, "", flag(k, "use_bias"));
    activate(k, "activation", "/activation");
}

static void separable(mi_keras *k)
{
    int bias = flag(k, "use_bias");
    each_channel(k, "/depthwise", 0);
    json_t *o = append(k, "conv2d", "");
    json_object_set_new(o, "kernel", json_integer(1));
    json_object_set_new(
        o, "units",
        json_integer(mi_field_int(&k->fields, "filters", 1, MOST, 0)));
    json_object_set_new(o, "bias", json_boolean(bias));
    weigh(k, "weight", 1, "3201");
    if (bias)
        weigh(k, "bias", 2, "0");
    activate(k, "activation", "/activation");
}

static void dense(mi_keras *k)
{
    json_t *o = append(k, "dense", "");
    int bias = flag(k, "use_bias");
    if (k->rank != 2)
        unsupported(k, "it takes pictures, wanted rows");
    json_object_set_new(
        o, "units",
        json_integer(mi_field_int(&k->fields, "units", 1, MOST, 0)));
    json_object_set_new(o, "bias", json_boolean(bias));
    weigh(k, "weight", 0, "10");
    if (bias)
        weigh(k, "bias", 1, "0");
    activate(k, "activation", "/activation");
}

/* ---- layers without products -----------------------------------------------
 */

static void activation(mi_keras *k) { activate(k, "activation", ""); }

static void softmax(mi_keras *k)
{
    if (k->rank != 2)
        unsupported(k, "softmax of pictures, wanted of rows");
    append(k, "softmax", "");
}

/* ReLU with a slope below 0 or a limit, not both, and no threshold. */
static void relu(mi_keras *k)
{
    mi_fields *f = &k->fields;
    const json_t *limit = json_object_get(f->object, "max_value");
    int limited = limit && !json_is_null(limit);
    float slope = mi_field_real(f, "negative_slope", 0, 100, 0);
    if ((limited && slope > 0) ||
        mi_field_real(f, "threshold", -100, 100, 0) != 0)
        unsupported(k, "it has a threshold, or a limit and a slope");
    json_t *o = append(k, slope > 0 ? "leaky_relu" : "relu", "");
    if (slope > 0)
        json_object_set_new(o, "alpha", json_real((double)slope));
    if (limited)
        json_object_set_new(
            o, "most",
            json_real((double)mi_field_real(f, "max_value", 1e-6, 1e6, 6)));
}

/* A layer with one number, that Keras calls `key` and we `ours`. */
static json_t *append_real(mi_keras *k, const char *kind, const char *ours,
                           const char *key, double most, double fallback)
{
    float v = mi_field_real(&k->fields, key, 0, most, fallback);
    json_t *o = append(k, kind, "");
    json_object_set_new(o, ours, json_real((double)v));
    return o;
}

static void leaky_relu(mi_keras *k)
{
    append_real(k, "leaky_relu", "alpha", "alpha", 100, 0.3);
}

static void elu(mi_keras *k)
{
    append_real(k, "elu", "alpha", "alpha", 100, 1);
}

static void prelu(mi_keras *k)
{
    append(k, "prelu", "");
    weigh(k, "slope", 0, k->rank == 4 ? "201" : "0");
}

/* Scale and shift, if they are learned, then the statistics. */
static void batch_norm(mi_keras *k)
{
    json_t *o = append(k, "batch_norm", "");
    int n = 0;
    float epsilon = mi_field_real(&k->fields, "epsilon", 0, 1, 1e-3);
    float momentum = mi_field_real(&k->fields, "momentum", 0, 1, 0.99);
    json_object_set_new(o, "epsilon", json_real((double)epsilon));
    json_object_set_new(o, "momentum", json_real((double)momentum));
    const json_t *axis = json_object_get(k->fields.object, "axis");
    if (json_is_array(axis))
        axis = json_array_get(axis, 0);
    json_int_t a = axis ? json_integer_value(axis) : -1;
    if (a != -1 && a != k->rank - 1)
        unsupported(k, "its axis is not the last");
    if (flag(k, "scale"))
        weigh(k, "weight", n++, "0");
    if (flag(k, "center"))
        weigh(k, "bias", n++, "0");
    weigh(k, "mean", n, "0");
    weigh(k, "variance", n + 1, "0");
}

/* Either pool. */
static void pool(mi_keras *k, const char *kind)
{
    mi_fields *f = &k->fields;
    json_t *o = append(k, kind, "");
    const json_t *strides = json_object_get(f->object, "strides");
    int v[2];
    want_picture(k);
    mi_field_pair(f, "pool_size", 1, 1024, 2, v);
    set_pair(o, "kernel", v);
    if (strides && !json_is_null(strides))
        mi_field_pair(f, "strides", 1, 1024, 1, v);
    set_pair(o, "stride", v);
    int valid = mi_field_word(f, "padding", "same valid", 1);
    json_object_set_new(o, "padding", json_string(valid ? "valid" : "same"));
}

static void max_pool(mi_keras *k) { pool(k, "max_pool"); }
static void average_pool(mi_keras *k) { pool(k, "average_pool"); }

static void global_pool(mi_keras *k)
{
    want_picture(k);
    if (mi_field_flag(&k->fields, "keepdims"))
        unsupported(k, "it has keepdims");
    append(k, "global_pool", "");
    k->rank = 2;
}

static void flatten(mi_keras *k)
{
    json_object_set_new(append(k, "flatten", ""), "order",
                        json_string("channels_last"));
    k->rank = 2;
}

/* A row as a picture [h, w, channels], or a row. */
static void reshape(mi_keras *k)
{
    int64_t size[3];
    int n = mi_field_sizes(&k->fields, "target_shape", 3, size);
    json_t *o = append(k, "reshape", ""), *shape = json_array();
    if (k->rank != 2 || n == 2)
        unsupported(k, "wanted a row, as [h, w, channels] or as a row");
    for (int i = 0; i < n; i++)
        json_array_append_new(shape, json_integer(size[i]));
    json_object_set_new(o, "shape", shape);
    json_object_set_new(o, "order", json_string("channels_last"));
    k->rank = n == 3 ? 4 : 2;
}

static void dropout(mi_keras *k)
{
    append_real(k, "dropout", "ratio", "rate", 0.999, 0.5);
}

static void spatial_dropout(mi_keras *k)
{
    want_picture(k);
    json_object_set_new(append_real(k, "dropout", "ratio", "rate", 0.999, 0.5),
                        "spatial", json_true());
}

/* Zeros: a number, or two of down and across, each one or two: before, after.
 */
static void zero_padding(mi_keras *k)
{
    int side[4] = {0};
    json_t *v = json_object_get(k->fields.object, "padding");
    json_t *down = json_array_get(v, 0), *across = json_array_get(v, 1);
    if (json_is_array(down) && json_is_array(across))
        json_object_set_new(k->fields.object, "padding",
                            json_pack("[OOOO]", json_array_get(down, 0),
                                      json_array_get(across, 0),
                                      json_array_get(down, 1),
                                      json_array_get(across, 1)));
    mi_field_sides(&k->fields, "padding", 1024, side);
    json_t *o = append(k, "pad", "");
    want_picture(k);
    json_object_set_new(
        o, "pixels", json_pack("[iiii]", side[0], side[1], side[2], side[3]));
}

static void upsample(mi_keras *k)
{
    int v[2];
    mi_field_pair(&k->fields, "size", 1, 1024, 2, v);
    int linear =
        mi_field_word(&k->fields, "interpolation", "nearest bilinear", 0);
    json_t *o = append(k, "upsample", "");
    want_picture(k);
    if (v[0] != v[1])
        unsupported(k, "its two sizes differ");
    json_object_set_new(o, "factor", json_integer(v[0]));
    json_object_set_new(o, "mode", json_string(linear ? "linear" : "nearest"));
}

static void add(mi_keras *k) { append(k, "add", ""); }
static void multiply(mi_keras *k) { append(k, "multiply", ""); }

static void concatenate(mi_keras *k)
{
    const json_t *axis = json_object_get(k->fields.object, "axis");
    json_int_t a = axis ? json_integer_value(axis) : -1;
    if (a != -1 && a != k->rank - 1)
        unsupported(k, "its axis is not the last");
    append(k, "concat", "");
}

/* What does nothing once a network has learned: its result is what it takes. */
static void nothing(mi_keras *k) { (void)k; }

/* ---- what goes in, and the list --------------------------------------------
 */

void mi_keras_input(mi_keras *k)
{
    const json_t *shape =
        json_object_get(k->fields.object, "batch_input_shape");
    size_t n = json_array_size(shape);
    json_t *list = json_array();
    json_array_clear(k->now);
    json_t *o = append(k, "input", "");
    json_object_set_new(o, "shape", list);
    if (n != 2 && n != 4)
        unsupported(k, "batch_input_shape is not [rows, n] or [rows, h, w, "
                       "channels]");
    for (size_t i = 1; i < n; i++) { /* channels first */
        size_t d = n == 4 ? (i == 1 ? 3 : i - 1) : i;
        const json_t *v = json_array_get(shape, d);
        if (!json_is_integer(v))
            unsupported(k, "batch_input_shape has a size that is not known");
        json_array_append_new(list, json_integer(json_integer_value(v)));
    }
    k->rank = (int)n;
}

void mi_keras_layer(mi_keras *k, const char *class_name)
{
    static const struct {
        const char *name;
        void (*put)(mi_keras *k);
    } rows[] = {{"InputLayer", mi_keras_input},
                {"Conv2D", conv2d},
                {"Convolution2D", conv2d},
                {"Conv2DTranspose", conv2d_transpose},
                {"DepthwiseConv2D", depthwise},
                {"SeparableConv2D", separable},
                {"SeparableConvolution2D", separable},
                {"Dense", dense},
                {"Activation", activation},
                {"Softmax", softmax},
                {"ReLU", relu},
                {"LeakyReLU", leaky_relu},
                {"ELU", elu},
                {"PReLU", prelu},
                {"BatchNormalization", batch_norm},
                {"MaxPooling2D", max_pool},
                {"AveragePooling2D", average_pool},
                {"GlobalAveragePooling2D", global_pool},
                {"Flatten", flatten},
                {"Reshape", reshape},
                {"Dropout", dropout},
                {"SpatialDropout2D", spatial_dropout},
                {"GaussianNoise", nothing},
                {"GaussianDropout", nothing},
                {"ActivityRegularization", nothing},
                {"ZeroPadding2D", zero_padding},
                {"UpSampling2D", upsample},
                {"Add", add},
                {"Multiply", multiply},
                {"Concatenate", concatenate}};
    modernise(k->fields.object);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, class_name) == 0) {
            rows[i].put(k);
            return;
        }
    unsupported(k, "mien has no such layer");
}
