#include "engine/uses.h"

mi_use *mi_plan_uses(mien_plan *p)
{
    mi_use *of = mi_plan_temp(p, (size_t)p->n_values, sizeof *of);
    if (!of)
        return NULL;
    for (int v = 0; v < p->n_values; v++)
        of[v].maker = -1;
    for (int i = 0; i < p->n_steps; i++) {
        of[p->step[i].out[0]].maker = i;
        for (int k = 0; k < p->step[i].n_in; k++)
            of[p->step[i].in[k]].readers++;
    }
    for (int v = 0; v < p->n_values; v++)
        if (p->value[v].same_as >= 0)
            of[p->value[v].same_as].readers++;
    for (int i = 0; i < p->n_nodes; i++)
        if (p->of[i].output && p->of[i].value >= 0)
            of[p->of[i].value].readers++;
    return of;
}

void mi_plan_drop_steps(mien_plan *p)
{
    int n = 0;
    for (int i = 0; i < p->n_steps; i++)
        if (p->step[i].run)
            p->step[n++] = p->step[i];
    p->n_steps = n;
}
