/* coverage_put.c: groups as text and as JSON. */
#include "dataset/coverage.h"

#include <math.h>

enum { LINES = 40 };

void mi_coverage_text(const mi_coverage *c, mien_buffer *out)
{
    mien_buffer_puts(out, c->has_population
                              ? "\n    rows   share  there  weight  group\n"
                              : "\n    rows   share  group\n");
    for (int64_t g = 0; g < c->groups && g < LINES; g++) {
        const mi_group *is = &c->group[g];
        mien_buffer_printf(out, "%8lld  %5.1f%%", (long long)is->count,
                           100 * (double)is->count / (double)c->rows);
        if (c->has_population)
            mien_buffer_printf(out, " %5.1f%%", 100 * is->people);
        if (c->has_population && isnan(is->weight))
            mien_buffer_puts(out, "       -");
        else if (c->has_population)
            mien_buffer_printf(out, "  %6.3f", is->weight);
        mien_buffer_puts(out, "  ");
        mi_coverage_put_group(c, is, out);
        mien_buffer_puts(out, is->count && is->count < MI_GROUP_FEW
                                  ? "  (too few to say)\n"
                                  : "\n");
    }
    if (c->groups > LINES)
        mien_buffer_printf(out, "and %lld more groups\n",
                           (long long)c->groups - LINES);
    if (c->has_population && c->effect > 0)
        mien_buffer_printf(out,
                           "With the weights the rows count as %.0f (design "
                           "effect %.2f).\n",
                           c->effective_rows, c->effect);
}

/* The values of a column. */
static void put_levels(const mi_level_list *l, const mi_coverage *c,
                       mien_json *j)
{
    mien_json_object(j, l->column);
    for (int64_t k = 0; k < l->n; k++) {
        const mi_level *is = &l->level[k];
        mien_json_object(j, is->name);
        mien_json_int(j, "rows", is->count);
        if (c->has_population) {
            mien_json_real(j, "population", is->people, 6);
            mien_json_real(j, "standardised_difference", is->difference, 6);
        }
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mi_coverage_json(const mi_coverage *c, mien_json *j)
{
    mien_json_object(j, "coverage");
    mien_json_object(j, "values");
    for (int i = 0; i < c->by; i++)
        put_levels(&c->list[i], c, j);
    mien_json_close(j);
    mien_json_array(j, "groups");
    for (int64_t g = 0; g < c->groups; g++) {
        const mi_group *is = &c->group[g];
        mien_json_object(j, NULL);
        for (int i = 0; i < c->by; i++)
            mien_json_text(j, c->list[i].column,
                           c->list[i].level[is->level[i]].name);
        mien_json_int(j, "rows", is->count);
        if (c->has_population) {
            mien_json_real(j, "population", is->people, 6);
            mien_json_real(j, "weight", is->weight, 6);
        }
        mien_json_bool(j, "too_few", is->count < MI_GROUP_FEW);
        mien_json_close(j);
    }
    mien_json_close(j);
    if (c->has_population) {
        mien_json_real(j, "unmatched", c->unmatched, 6);
        mien_json_real(j, "design_effect", c->effect, 6);
        mien_json_real(j, "effective_rows", c->effective_rows, 6);
        mien_json_int(j, "raking_rounds", c->rounds);
    }
    mien_json_close(j);
}
