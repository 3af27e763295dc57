/* Any bytes as a graph model of TensorFlow.js: model.json up to the first zero
 * byte, its weights behind it.  A graph that comes of it can be written and
 * read again. */
#include "mien/model_tfjs.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

static void check_graph(mien_graph *g)
{
    mien_bytes onnx = {0};
    mien_graph *again = NULL;
    mien_error err = {0};
    must(mien_graph_outputs(g) > 0);
    if (mien_onnx_write(g, &onnx, &err) == MIEN_OK) {
        must(mien_onnx_read(onnx.data, onnx.n, &again, &err) == MIEN_OK);
        must(mien_graph_outputs(again) == mien_graph_outputs(g));
    }
    mien_graph_free(again);
    mien_bytes_free(&onnx);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const uint8_t *zero = n ? memchr(bytes, 0, n) : NULL;
    size_t json = zero ? (size_t)(zero - bytes) : n;
    mien_tfjs *m = NULL;
    mien_graph *g = NULL;
    mien_error err = {0};
    mien_status st = mien_tfjs_read(bytes, json, &m, &err);
    if (st == MIEN_OK)
        st = mien_tfjs_convert(m, bytes + json + !!zero, n - json - !!zero,
                               NULL, &g, &err);
    must(st == MIEN_OK ? g != NULL : err.status == st && err.text[0] && !g);
    if (g)
        check_graph(g);
    mien_graph_free(g);
    mien_tfjs_free(m);
    return 0;
}
