/* Any bytes as a network's text.  What is read describes itself, and goes
 * through ONNX and back. */
#include "mien/model.h"
#include "mien/net.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const mien_net_options few = {.seed = 1, .max_parameters = 1 << 16};
    mien_net *net = NULL;
    mien_error err = {0};
    mien_status st = mien_net_read(bytes, n, &few, &net, &err);
    if (st) {
        must(err.status == st && err.text[0] && !net);
        return 0;
    }
    mien_buffer text = {0};
    mien_bytes file = {0};
    must(net->n_layers > 0 && net->n_outputs > 0);
    mien_net_table(net, &text);
    mien_net_json(net, &text);
    must(!text.failed && text.n > 0);
    if (!mien_onnx_write(net->graph, &file, &err)) {
        mien_graph *g = NULL;
        must(mien_onnx_read(file.data, file.n, &g, &err) == MIEN_OK);
        must(mien_graph_outputs(g) == mien_graph_outputs(net->graph));
        mien_graph_free(g);
    }
    mien_bytes_free(&file);
    mien_buffer_free(&text);
    mien_net_free(net);
    return 0;
}
