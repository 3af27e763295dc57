/* tfjs_make.h: a small graph model of TensorFlow.js, made in memory, that has
 * every operator that is read. */
#ifndef TFJS_MAKE_H
#define TFJS_MAKE_H

#include "mien/model_tfjs.h"
#include "mien/text.h"

#include <stdint.h>
#include <string.h>

enum { TFJS_H = 5, TFJS_W = 4, TFJS_IN = 2, TFJS_MID = 3, TFJS_DEEP = 6 };

/* How floats are written. */
typedef enum { TFJS_FLOATS, TFJS_U8, TFJS_U16, TFJS_F16 } tfjs_packing;

typedef struct tfjs_files {
    mien_buffer json, bytes;
} tfjs_files;

typedef struct tfjs_weight {
    const char *name;
    int rank, dim[4];
} tfjs_weight;

/* The floats; all numbers are eighths from -1 to 1, variances above 0. */
static const tfjs_weight tfjs_weights[] = {
    {"one/filters", 4, {3, 3, TFJS_IN, TFJS_MID}},
    {"one/factor", 1, {TFJS_MID}},
    {"one/sum", 4, {1, 1, 1, TFJS_MID}},
    {"two/filters", 4, {3, 3, TFJS_MID, 2}},
    {"two/gamma", 1, {TFJS_DEEP}},
    {"two/beta", 1, {TFJS_DEEP}},
    {"two/mean", 1, {TFJS_DEEP}},
    {"two/variance", 1, {TFJS_DEEP}},
    {"three/filters", 4, {1, 1, TFJS_DEEP, TFJS_MID}},
    {"three/biases", 1, {TFJS_MID}},
    {"four/filters", 4, {1, 1, TFJS_MID, TFJS_MID}},
    {"four/biases", 1, {TFJS_MID}},
    {"five/filters", 4, {1, 1, TFJS_MID, 1}},
    {"half", 0, {0}},
    {"by_channel", 1, {TFJS_MID}},
};
enum { TFJS_WEIGHTS = sizeof tfjs_weights / sizeof *tfjs_weights };

static inline int tfjs_len(const tfjs_weight *w)
{
    int n = 1;
    for (int i = 0; i < w->rank; i++)
        n *= w->dim[i];
    return n;
}

/* Number i of weight k, in eighths from -8 to 8. */
static inline int tfjs_eighths(int k, int i)
{
    if (strcmp(tfjs_weights[k].name, "two/variance") == 0)
        return 4 + i;
    if (strcmp(tfjs_weights[k].name, "half") == 0)
        return 4;
    return (i * 7 + k * 5 + i * i % 11) % 17 - 8;
}

static inline double tfjs_number(const char *name, int i)
{
    for (int k = 0; k < TFJS_WEIGHTS; k++)
        if (strcmp(tfjs_weights[k].name, name) == 0)
            return tfjs_eighths(k, i) / 8.0;
    return 0;
}

/* The integers: axes and shapes. */
static const struct {
    const char *name;
    int rank, n;
    int32_t v[4];
} tfjs_ints[] = {
    {"zero", 0, 1, {0}},       {"axis_1", 0, 1, {1}},
    {"list_0", 1, 1, {0}},     {"list_1", 1, 1, {1}},
    {"n_6", 0, 1, {6}},        {"n_3", 0, 1, {3}},
    {"rows", 1, 2, {-1, 3}},   {"turned", 1, 2, {1, 0}},
    {"from", 1, 3, {0, 0, 1}}, {"size", 1, 3, {1, -1, 2}},
    {"once", 1, 3, {1, 1, 1}},
};
enum { TFJS_INTS = sizeof tfjs_ints / sizeof *tfjs_ints };

#define TFJS_PAD(p) "\"padding\":{\"s\":" p "},"
#define TFJS_SAME TFJS_PAD("[83,65,77,69]")
#define TFJS_STEPS(y, x)                                          \
    "\"data_format\":{\"s\":\"TkhXQw==\"},\"strides\":{\"list\":" \
    "{\"i\":[\"1\",\"" #y "\",\"" #x "\",\"1\"]}}"

#define TFJS_FUSED(ops) ",\"fused_ops\":{\"list\":{\"s\":[" ops "]}}"

/* X(name, operator, inputs, attributes): the nodes that are no numbers.  "sums"
 * and "parts" are the results. */
#define TFJS_NODES(X)                                                         \
    X("one", "Conv2D", "\"pictures\",\"one/filters\"",                        \
      TFJS_SAME TFJS_STEPS(2, 2))                                             \
    X("one/mul", "Mul", "\"one\",\"one/factor\"", "")                         \
    X("one/add", "AddV2", "\"one/sum\",\"one/mul\"", "")                      \
    X("one/relu", "Relu6", "\"one/add\"", "")                                 \
    X("two", "DepthwiseConv2dNative", "\"one/relu\",\"two/filters\"",         \
      TFJS_PAD("\"U0FNRQ==\"") TFJS_STEPS(1, 1))                              \
    X("two/norm", "FusedBatchNorm",                                           \
      "\"two\",\"two/gamma\",\"two/beta\",\"two/mean\",\"two/variance\"",     \
      "\"epsilon\":{\"f\":0.125}")                                            \
    X("three", "Conv2D", "\"two/norm\",\"three/filters\"",                    \
      TFJS_PAD("[86,65,76,73,68]") TFJS_STEPS(1, 1))                          \
    X("three/add", "BiasAdd", "\"three\",\"three/biases\"", "")               \
    X("three/mul", "Mul", "\"half\",\"three/add\"", "")                       \
    X("joined", "AddN", "\"three/mul\",\"one/relu\"", "")                     \
    X("scaled", "Mul", "\"by_channel\",\"joined\"", "")                       \
    X("less", "Sub", "\"scaled\",\"half\"", "")                               \
    X("four", "_FusedConv2D", "\"less\",\"four/filters\",\"four/biases\"",    \
      TFJS_SAME TFJS_STEPS(1, 1) TFJS_FUSED("\"Qmlhc0FkZA==\",\"UmVsdQ==\"")) \
    X("five", "FusedDepthwiseConv2dNative",                                   \
      "\"four\",\"five/filters\",\"four/biases\"",                            \
      TFJS_SAME TFJS_STEPS(1, 1)                                              \
          TFJS_FUSED("[66,105,97,115,65,100,100],[82,101,108,117,54]"))       \
    X("more", "AddV2", "\"five\",\"less\"", "")                               \
    X("kept", "Identity", "\"more\",\"^joined\"", "")                         \
    X("shape", "Shape", "\"kept\"", "")                                       \
    X("batch", "StridedSlice", "\"shape\",\"list_0\",\"list_1\",\"list_1\"",  \
      "\"shrink_axis_mask\":{\"i\":\"1\"}")                                   \
    X("flat/shape", "Pack", "\"batch\",\"n_6\",\"n_3\"",                      \
      "\"axis\":{\"i\":\"0\"}")                                               \
    X("flat", "Reshape", "\"kept\",\"flat/shape\"", "")                       \
    X("sure", "Sigmoid", "\"flat\"", "")                                      \
    X("again", "Tile", "\"sure\",\"once\"", "")                               \
    X("pair", "ConcatV2", "\"again\",\"flat\",\"axis_1\"", "")                \
    X("sums", "Slice", "\"pair\",\"from\",\"size\"", "")                      \
    X("rows_of_3", "Reshape", "\"flat\",\"rows\"", "")                        \
    X("columns", "Transpose", "\"rows_of_3\",\"turned\"", "")                 \
    X("column", "Unpack", "\"columns\",\"^flat\"",                            \
      "\"num\":{\"i\":3},\"axis\":{\"i\":0}")                                 \
    X("power", "Exp", "\"column:1\"", "")                                     \
    X("gap", "Sub", "\"column\",\"column:2\"", "")                            \
    X("rest", "Relu", "\"gap\"", "")                                          \
    X("two_rows", "Pack", "\"power\",\"rest\"", "\"axis\":{\"i\":1}")         \
    X("wide", "ExpandDims", "\"two_rows\",\"zero\"", "")                      \
    X("parts", "Squeeze", "\"wide\"",                                         \
      "\"squeeze_dims\":{\"list\":{\"i\":[\"0\"]}}")

/* A loop that is to be cut off, or a plain input, called "pictures". */
static inline const char *tfjs_source(int loop)
{
    return loop ? "{\"name\":\"photos\",\"op\":\"Placeholder\"},"
                  "{\"name\":\"loop\",\"op\":\"LoopCond\",\"input\":"
                  "[\"photos\",\"loop\"]},"
                  "{\"name\":\"pictures\",\"op\":\"TensorArrayGatherV3\","
                  "\"input\":[\"loop\"],\"attr\":{\"element_shape\":{"
                  "\"shape\":{\"dim\":[{\"size\":\"5\"},{\"size\":\"4\"},"
                  "{\"size\":\"2\"}]}}}}"
                : "{\"name\":\"pictures\",\"op\":\"Placeholder\",\"attr\":{"
                  "\"shape\":{\"shape\":{\"dim\":[{\"size\":\"-1\"},"
                  "{\"size\":5},{\"size\":\"4\"},{\"size\":\"2\"}]}}}}";
}

/* One float, in eighths. */
static inline void tfjs_put(mien_buffer *b, tfjs_packing how, int eighths)
{
    static const uint16_t half[] = {0x0000, 0x3000, 0x3400, 0x3600, 0x3800,
                                    0x3900, 0x3a00, 0x3b00, 0x3c00, 0x3c80};
    int size = eighths < 0 ? -eighths : eighths;
    float f = (float)eighths / 8;
    uint8_t byte = (uint8_t)(eighths + 8);
    uint16_t two = (uint16_t)(1000 * (eighths + 8));
    uint16_t bits = (uint16_t)(half[size] | (eighths < 0 ? 0x8000 : 0));
    switch (how) {
    case TFJS_FLOATS: mien_buffer_put(b, &f, sizeof f); break;
    case TFJS_U8: mien_buffer_put(b, &byte, 1); break;
    case TFJS_U16: mien_buffer_put(b, &two, 2); break;
    case TFJS_F16: mien_buffer_put(b, &bits, 2); break;
    }
}

/* The entries of all weights, and their bytes. */
static inline void tfjs_manifest(tfjs_files *f, tfjs_packing how)
{
    static const char *const packed[] = {
        "",
        ",\"quantization\":{\"dtype\":\"uint8\",\"scale\":0.125,\"min\":-1}",
        (",\"quantization\":{\"dtype\":\"uint16\",\"scale\":0.000125,"
         "\"min\":-1}"),
        ",\"quantization\":{\"dtype\":\"float16\"}"};
    for (int k = 0; k < TFJS_WEIGHTS; k++) {
        const tfjs_weight *w = &tfjs_weights[k];
        mien_buffer_printf(&f->json,
                           "%s{\"name\":\"%s\",\"dtype\":\"float32\","
                           "\"shape\":[",
                           k ? "," : "", w->name);
        for (int d = 0; d < w->rank; d++)
            mien_buffer_printf(&f->json, "%s%d", d ? "," : "", w->dim[d]);
        mien_buffer_printf(&f->json, "]%s}", packed[how]);
        for (int i = 0; i < tfjs_len(w); i++)
            tfjs_put(&f->bytes, how, tfjs_eighths(k, i));
    }
    for (int k = 0; k < TFJS_INTS; k++) {
        mien_buffer_printf(&f->json,
                           ",{\"name\":\"%s\",\"dtype\":\"int32\",\"shape\":[",
                           tfjs_ints[k].name);
        if (tfjs_ints[k].rank)
            mien_buffer_printf(&f->json, "%d", tfjs_ints[k].n);
        mien_buffer_puts(&f->json, "]}");
        mien_buffer_put(&f->bytes, tfjs_ints[k].v, 4 * (size_t)tfjs_ints[k].n);
    }
}

/* model.json, ended by a zero byte that is not counted, and its weights. */
static inline tfjs_files tfjs_make(int loop, tfjs_packing how)
{
    tfjs_files f = {{0}, {0}};
    mien_buffer_printf(&f.json,
                       "{\"format\":\"graph-model\",\"modelTopology\":{"
                       "\"node\":[%s",
                       tfjs_source(loop));
    for (int k = 0; k < TFJS_WEIGHTS + TFJS_INTS; k++)
        mien_buffer_printf(&f.json, ",{\"name\":\"%s\",\"op\":\"Const\"}",
                           k < TFJS_WEIGHTS ? tfjs_weights[k].name
                                            : tfjs_ints[k - TFJS_WEIGHTS].name);
#define X(name, op, in, attr)                                        \
    mien_buffer_puts(&f.json, ",{\"name\":\"" name "\",\"op\":\"" op \
                              "\",\"input\":[" in "],\"attr\":{" attr "}}");
    TFJS_NODES(X)
#undef X
    mien_buffer_puts(&f.json, "]},\"weightsManifest\":[{\"paths\":"
                              "[\"a.bin\",\"b.bin\"],\"weights\":[");
    tfjs_manifest(&f, how);
    mien_buffer_puts(&f.json, "]}]}");
    mien_buffer_put(&f.json, "", 1);
    f.json.n--;
    return f;
}

static inline void tfjs_free(tfjs_files *f)
{
    mien_buffer_free(&f->json);
    mien_buffer_free(&f->bytes);
}

#endif
