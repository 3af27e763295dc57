#include "train/plans.h"

#include "engine/learn.h"
#include "team/team.h"

/* Shapes of a plan's inputs for so many rows. */
static int set_shapes(const mien_graph *g, int64_t rows, mien_shape *out)
{
    int n = mien_graph_inputs(g);
    for (int i = 0; i < n; i++) {
        out[i] = mien_graph_input_shape(g, i);
        if (out[i].rank > 0 && out[i].dim[0] < 0)
            out[i].dim[0] = rows;
    }
    return n;
}

mien_status mi_trainer_plan(mien_trainer *t, int64_t rows, mien_plan **out,
                            mien_error *err)
{
    for (int i = 0; i < MI_PLANS; i++)
        if (t->plan[i] && t->plan_rows[i] == rows) {
            *out = t->plan[i];
            return MIEN_OK;
        }
    mien_shape shapes[MI_MAX_PORTS];
    const mien_graph *g = t->objective.graph;
    mien_random *random =
        mi_team_several(t->options.team) ? &t->chance : &t->random;
    const mi_learning by = {t->options.pool, random, t->objective.weight,
                            t->options.unbiased};
    mien_plan *made;
    mien_status st = mi_plan_learning(g, shapes, set_shapes(g, rows, shapes),
                                      &by, &made, err);
    if (st)
        return st;
    mien_plan_free(t->plan[t->next_plan]);
    t->plan[t->next_plan] = *out = made;
    t->plan_rows[t->next_plan] = rows;
    /* The whole batch's, which is the first, stays. */
    t->next_plan = t->next_plan % (MI_PLANS - 1) + 1;
    return MIEN_OK;
}
