/* Any bytes as an ONNX file: read or refuse; what was read is written and read
 * again, and, where it is small, planned and run. */
#include "mien/engine.h"
#include "mien/model.h"

#include "graph/graph.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MAX_WORK = 1 << 16 };

/* Elements of all results together, or more than MAX_WORK if not small. */
static int64_t work_of(const mien_graph *g, const mien_shape *in)
{
    int n = mi_graph_size(g);
    int64_t work = 0;
    mi_node *node = calloc((size_t)n + 1, sizeof *node);
    for (int i = 0; node && i < n && work <= MAX_WORK; i++) {
        mi_node *m = &node[i];
        *m = *mi_graph_at(g, i);
        for (int k = 0; k < m->n_in; k++)
            if (m->in[k])
                m->in[k] = &node[m->in[k]->id];
        for (int k = 0; k < mien_graph_inputs(g); k++)
            if (mi_graph_input_node(g, k)->id == i)
                m->shape = in[k];
        int64_t len = m->op && m->op->shape(m) ? -1 : mi_shape_len(&m->shape);
        int64_t weights = m->n_in > 1 && m->in[1] && m->op == &mi_op_conv
                              ? mi_shape_len(&m->in[1]->shape)
                              : 1;
        work = len < 0 || weights < 0 ? MAX_WORK + 1 : work + len * weights;
    }
    free(node);
    return work;
}

static void run(const mien_graph *g)
{
    enum { PORTS = 8 };
    mien_shape shape[PORTS];
    int n = mien_graph_inputs(g);
    if (n > PORTS)
        return;
    for (int i = 0; i < n; i++) {
        shape[i] = mien_graph_input_shape(g, i);
        for (int d = 0; d < shape[i].rank; d++)
            shape[i].dim[d] = shape[i].dim[d] < 0 ? 8 : shape[i].dim[d];
    }
    mien_plan *p = NULL;
    if (work_of(g, shape) > MAX_WORK ||
        mien_plan_new(g, shape, n, NULL, &p, NULL) != MIEN_OK)
        return;
    mien_plan_run(p);
    for (int i = 0; i < mien_graph_outputs(g); i++) {
        mien_shape s = mien_plan_output(p, i).shape;
        float *out = malloc((size_t)mi_shape_len(&s) * sizeof *out + 4);
        if (out)
            mien_plan_read(p, i, out);
        free(out);
    }
    mien_plan_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_graph *g = NULL, *back = NULL;
    mien_bytes file = {0};
    mien_error err = {0};
    if (mien_onnx_read(bytes, n, &g, &err) != MIEN_OK)
        return 0;
    run(g);
    if (mien_onnx_write(g, &file, &err) == MIEN_OK &&
        mien_onnx_read(file.data, file.n, &back, &err) != MIEN_OK)
        abort(); /* what we write we must read */
    mien_graph_free(back);
    mien_bytes_free(&file);
    mien_graph_free(g);
    return 0;
}
