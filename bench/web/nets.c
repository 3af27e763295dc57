/* nets.c: networks alone, as WebAssembly, for bench/web/page.mjs: one answer
 * after the other of the same input, without what is around a network. */
#include "mien/mien.h"

#include <stdlib.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

/* Memory for a file. */
void *EXPORT(net_alloc)(size_t n);
/* The network of a file, for an input of this shape; NULL: it has none. */
mien_plan *EXPORT(net_new)(uint8_t *file, size_t n, int a, int b, int c, int d);
/* Its answers, so many times. */
void EXPORT(net_run)(mien_plan *p, int times);

void *net_alloc(size_t n) { return malloc(n); }

mien_plan *net_new(uint8_t *file, size_t n, int a, int b, int c, int d)
{
    mien_graph *g;
    mien_plan *p;
    mien_shape shape = {4, {a, b, c, d}};
    if (mien_onnx_read_borrowed(file, n, &g, NULL))
        return NULL;
    if (mien_plan_new(g, &shape, 1, NULL, &p, NULL)) {
        mien_graph_free(g);
        return NULL;
    }
    mien_tensor x = mien_plan_input(p, 0);
    int64_t count = (int64_t)a * b * c * d;
    for (int64_t i = 0; i < count; i++)
        x.data[i] = (float)(i * 7919 % 1013) / 1013.f;
    return p;
}

void net_run(mien_plan *p, int times)
{
    for (int i = 0; i < times; i++)
        mien_plan_run(p);
}
