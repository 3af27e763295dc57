/* faceapi.h: what the builders of face-api.js' networks share.
 *
 * A builder takes the weights by the names of the manifest and adds ONNX
 * operators to a graph.  Like the graph, a net is sticky: the first mistake is
 * kept, later calls still return a node. */
#ifndef MI_MODEL_FACEAPI_H
#define MI_MODEL_FACEAPI_H

#include "model/weight.h"
#include "graph/graph.h"
#include "graph/op_attr.h"

typedef struct mi_net {
    mien_graph *g;
    const mi_weights *weights;
    int float32;      /* write weights as floats */
    mien_error wrong; /* the first mistake with the weights */
} mi_net;

typedef enum mi_padding { MI_VALID, MI_SAME } mi_padding; /* TensorFlow's */

/* A name made of a prefix and a rest. */
typedef struct mi_name {
    char text[MI_WEIGHT_NAME + 1];
} mi_name;
/* A name in printf's form, cut to fit. */
mi_name mi_name_of(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Weights as constants, dequantised: [n] floats. */
mi_node *mi_net_vector(mi_net *n, const char *name, int64_t len);
/* Filters [h, w, in, out] -> Conv's [out, in, h, w]; uint8 stays uint8 with a
 * DequantizeLinear behind it. */
mi_node *mi_net_filters(mi_net *n, const char *name, int64_t size, int64_t in,
                        int64_t out);
/* Depthwise filters [h, w, channels, 1] -> [channels, 1, h, w]. */
mi_node *mi_net_depth_filters(mi_net *n, const char *name, int64_t size,
                              int64_t channels);
/* [in, out], as MatMul wants it; always floats, because ONNX Runtime rounds the
 * inputs of a dense layer to 8 bits when its weights are. */
mi_node *mi_net_matrix(mi_net *n, const char *name, int64_t in, int64_t out);
/* Floats of an unquantised weight of exactly that shape; NULL if wrong. */
const mi_weight *mi_net_weight(mi_net *n, const char *name,
                               const mien_shape *want);

/* Constants of the builder's own. */
mi_node *mi_net_ints(mi_net *n, const int64_t *v, int len);
/* The shape's floats. */
mi_node *mi_net_floats(mi_net *n, mien_shape shape, const float *v);
/* One float. */
mi_node *mi_net_scalar(mi_net *n, float v);

/* Operators. */
mi_node *mi_net_op1(mi_net *n, const mi_op *op, mi_node *x, const char *name);
/* max(x, 0) */
static inline mi_node *mi_net_relu(mi_net *n, mi_node *x)
{
    return mi_net_op1(n, &mi_op_relu, x, NULL);
}
/* One of two inputs. */
mi_node *mi_net_op2(mi_net *n, const mi_op *op, mi_node *a, mi_node *b);
/* bias NULL: none */
mi_node *mi_net_conv(mi_net *n, mi_node *x, mi_node *filters, mi_node *bias,
                     int64_t stride, mi_padding padding);
/* A depthwise convolution; filters as mi_net_depth_filters gives them. */
mi_node *mi_net_depth(mi_net *n, mi_node *x, mi_node *filters, int64_t channels,
                      int64_t stride, mi_padding padding);
/* prefix/depthwise_filter, prefix/pointwise_filter, prefix/bias */
mi_node *mi_net_separable(mi_net *n, mi_node *x, const char *prefix, int64_t in,
                          int64_t out, int64_t stride);
/* A MaxPool or AveragePool of a square window. */
mi_node *mi_net_pool(mi_net *n, const mi_op *op, mi_node *x, int64_t size,
                     int64_t stride, mi_padding padding);
/* y = (x - mean) * scale, a value of each for three channels */
mi_node *mi_net_normal(mi_net *n, mi_node *x, const float mean[3], float scale);
/* weights: the name of [in, out]; bias: of [out] */
mi_node *mi_net_dense(mi_net *n, mi_node *x, const char *weights,
                      const char *bias, int64_t in, int64_t out,
                      const char *name);
/* The mean over height and width, as [1, channels]. */
mi_node *mi_net_mean(mi_net *n, mi_node *x);
/* The n_in nodes one after the other along an axis. */
mi_node *mi_net_concat(mi_net *n, mi_node *const *in, int n_in, int64_t axis,
                       const char *name);
/* Softmax along axis 1. */
mi_node *mi_net_softmax(mi_net *n, mi_node *x, const char *name);
/* Make x an output of that node's name. */
void mi_net_output(mi_net *n, mi_node *x);

/* The networks: add everything behind the input x, and the outputs. */
typedef void mi_net_build(mi_net *n, mi_node *x);
mi_net_build mi_build_tiny_face_detector, mi_build_ssd_mobilenetv1,
    mi_build_face_landmark_68, mi_build_face_landmark_68_tiny,
    mi_build_face_recognition, mi_build_face_expression, mi_build_age_gender;

/* The network of a kind, if st is MIEN_OK; w is released in any case. */
mien_status mi_faceapi_of(const char *kind, mi_weights *w, mien_status st,
                          const mien_faceapi_options *options, mien_graph **out,
                          mien_error *err);

#endif
