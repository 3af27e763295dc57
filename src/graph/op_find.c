/* op_find.c: the list of operators. */
#include "graph/op.h"

#include <string.h>

const mi_op *mi_op_find(const char *onnx_name)
{
    static const mi_op *const list[] = {
#define MI_OP(name, onnx) &mi_op_##name,
#include "graph/op_list.h"
#undef MI_OP
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i]->name, onnx_name) == 0)
            return list[i];
    return NULL;
}
