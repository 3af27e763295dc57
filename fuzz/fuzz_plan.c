/* Any bytes as an ONNX file that is planned and run.  The first bytes choose
 * the free dimensions; the rest is the file.  Plans that are large or slow are
 * left alone: they are what the file asks for, not a fault. */
#include "mien/engine.h"
#include "mien/model.h"

#include "graph/graph.h"
#include "engine/infer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { CHOICES = 4, PORTS = 8, MAX_MEMORY = 8 << 20, MAX_WORK = 1 << 22 };

/* Free dimensions from the choices. */
static int shapes_of(const mien_graph *g, const uint8_t *choice,
                     mien_shape shape[PORTS])
{
    static const int64_t sizes[] = {1, 2, 3, 5, 8, 13, 32, 64};
    int n = mien_graph_inputs(g), used = 0;
    if (n > PORTS)
        return -1;
    for (int i = 0; i < n; i++) {
        shape[i] = mien_graph_input_shape(g, i);
        for (int d = 0; d < shape[i].rank; d++)
            if (shape[i].dim[d] < 0)
                shape[i].dim[d] = sizes[choice[used++ % CHOICES] & 7];
    }
    return n;
}

static double work_of(const mien_plan *p)
{
    double work = 0;
    for (int i = 0; i < p->n_nodes; i++)
        if (p->node[i].op && p->of[i].live && !p->of[i].constant)
            work += mi_plan_work_of(&p->node[i]);
    return work;
}

static void run(mien_plan *p)
{
    for (int i = 0; i < mien_graph_inputs(p->graph); i++) {
        mien_tensor t = mien_plan_input(p, i);
        for (int64_t k = 0; k < mi_shape_len(&t.shape); k++)
            t.data[k] = (float)(k % 7) - 3;
    }
    mien_plan_run(p);
    for (int i = 0; i < mien_graph_outputs(p->graph); i++) {
        mien_tensor t = mien_plan_output(p, i);
        size_t len = (size_t)mi_shape_len(&t.shape);
        float *out = malloc(len * sizeof *out + 4);
        if (out)
            mien_plan_read(p, i, out);
        free(out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_graph *g = NULL;
    mien_plan *p = NULL;
    mien_error err = {0};
    mien_shape shape[PORTS];
    if (n < CHOICES ||
        mien_onnx_read(bytes + CHOICES, n - CHOICES, &g, &err) != MIEN_OK)
        return 0;
    int inputs = shapes_of(g, bytes, shape);
    if (inputs >= 0 &&
        mien_plan_new(g, shape, inputs, NULL, &p, &err) == MIEN_OK &&
        mien_plan_memory(p) <= MAX_MEMORY && work_of(p) <= MAX_WORK)
        run(p);
    mien_plan_free(p);
    mien_graph_free(g);
    return 0;
}
