/* codes_fit.c: a mixture of normal distributions, fitted to the codes of the
 * training pictures. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

enum { DISTRIBUTIONS = 10, ROWS_EACH = 10 };

/* The output of a network that is its code; -1: it has none. */
static int code_of(const mien_graph *g, int *units)
{
    int at = -1, spread = 0;
    for (int i = 0; i < mien_graph_outputs(g); i++) {
        const char *name = mien_graph_output_name(g, i);
        mien_shape s = mien_graph_output_shape(g, i);
        spread |= strcmp(name, "log_variance") == 0;
        if (strcmp(name, "mean") == 0 && s.rank == 2 && s.dim[1] > 0 &&
            s.dim[1] <= MIEN_CODES_MAX_UNITS) {
            at = i;
            *units = (int)s.dim[1];
        }
    }
    return spread ? at : -1;
}

/* Codes of the training part, [*n, units]; mi_free. */
static mien_status encode(mien_picture_study *s, int output, int units,
                          float **out, int64_t *n, mien_error *err)
{
    mi_view v = s->view;
    mi_rows r = s->part[0];
    mi_said said = {0};
    r.view = &v;
    v.n_answers = 1;
    v.answer[0] = (mi_answer){.kind = MIEN_ANSWER_NUMBER,
                              .output = output,
                              .units = units,
                              .place = -1};
    mien_status st = mi_predict(s->net->graph, &r, 0, s->o.pool, &said, err);
    if (st)
        return st;
    size_t row = (size_t)units * sizeof(float);
    *n = 0;
    for (int64_t i = 0; i < r.n; i++)
        if (said.weight[i] > 0)
            memmove(said.said[0] + (*n)++ * units, said.said[0] + i * units,
                    row);
    *out = said.said[0];
    said.said[0] = NULL;
    mi_said_free(&said);
    return MIEN_OK;
}

mien_status mi_codes_fit(mien_picture_study *s, mien_error *err)
{
    mien_mixture_options o = MIEN_MIXTURE_DEFAULTS;
    int units = 0, output = code_of(s->net->graph, &units);
    float *x = NULL;
    int64_t n = 0;
    mien_codes_free(&s->codes);
    if (output < 0 || !mi_is_auto_encoder(&s->view))
        return MIEN_OK;
    mien_status st = encode(s, output, units, &x, &n, err);
    o.k = n / ROWS_EACH < DISTRIBUTIONS ? (int)(n / ROWS_EACH) : DISTRIBUTIONS;
    o.k = o.k > 1 ? o.k : 1;
    o.seed = s->o.seed;
    if (!st && n)
        st = mien_mixture_fit(n, units, x, &o, &s->codes.mixture, NULL, NULL,
                              err);
    s->codes.count = st ? 0 : n;
    mi_free(x);
    return st;
}
