/* codes.c: where the codes of the training pictures lie: a mixture of normal
 * distributions, kept beside the model as codes.json.
 *
 *   {"mien": "codes/1", "count": 7000, "latent": 128, "weights": [...],
 *    "means": [[...], ...], "variances": [[...], ...]}
 *
 * New faces are drawn from it rather than from the standard normal
 * distribution, which the codes fill only in part (P. Ghosh et al., From
 * Variational to Deterministic Autoencoders, ICLR 2020, section 4). */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/json.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { DISTRIBUTIONS = 10, ROWS_EACH = 10, LATENT_MAX = 65536 };

void mien_codes_free(mien_codes *c)
{
    if (!c)
        return;
    mien_mixture_free(&c->mixture);
    *c = (mien_codes){0};
}

/* ---- fitting ---------------------------------------------------------------
 */

/* The output of a network that is its code; -1: it has none. */
static int code_of(const mien_graph *g, int *units)
{
    int at = -1, spread = 0;
    for (int i = 0; i < mien_graph_outputs(g); i++) {
        const char *name = mien_graph_output_name(g, i);
        mien_shape s = mien_graph_output_shape(g, i);
        spread |= strcmp(name, "log_variance") == 0;
        if (strcmp(name, "mean") == 0 && s.rank == 2 && s.dim[1] > 0 &&
            s.dim[1] <= LATENT_MAX) {
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

/* ---- as text ---------------------------------------------------------------
 */

/* Rows of numbers as an array of arrays. */
static void put_rows(mien_json *j, const char *key, int k, int64_t d,
                     const double *x)
{
    mien_json_array(j, key);
    for (int i = 0; i < k; i++) {
        mien_json_array(j, NULL);
        for (int64_t c = 0; c < d; c++)
            mien_json_real(j, NULL, x[i * d + c], 0);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mien_codes_write(const mien_codes *c, mien_buffer *out)
{
    const mien_mixture *m = &c->mixture;
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "mien", "codes/1");
    mien_json_int(&j, "count", c->count);
    mien_json_int(&j, "latent", m->d);
    mien_json_array(&j, "weights");
    for (int i = 0; i < m->k; i++)
        mien_json_real(&j, NULL, m->weight[i], 0);
    mien_json_close(&j);
    put_rows(&j, "means", m->k, m->d, m->mean);
    put_rows(&j, "variances", m->k, m->d, m->variance);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

/* Numbers of a list from `least` up; 0 if it is no list of n such. */
static int get_numbers(const json_t *list, int64_t n, double least, double *out)
{
    if (!json_is_array(list) || json_array_size(list) != (size_t)n)
        return 0;
    for (int64_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(list, (size_t)i);
        out[i] = json_number_value(v);
        if (!json_is_number(v) || !isfinite(out[i]) || out[i] < least)
            return 0;
    }
    return 1;
}

/* Lists of d numbers in a list of k. */
static int get_rows(const json_t *list, const mien_mixture *m, double least,
                    double *out)
{
    int good = json_is_array(list) && json_array_size(list) == (size_t)m->k;
    for (int i = 0; good && i < m->k; i++)
        good = get_numbers(json_array_get(list, (size_t)i), m->d, least,
                           out + i * m->d);
    return good;
}

/* The members of codes.json into m, whose sizes are known. */
static mien_status get_mixture(const json_t *root, mien_mixture *m,
                               mien_error *err)
{
    size_t k = (size_t)m->k, all = k * (size_t)m->d;
    double sum = 0;
    m->weight = mi_alloc(k, sizeof *m->weight);
    m->mean = mi_alloc(all, sizeof *m->mean);
    m->variance = mi_alloc(all, sizeof *m->variance);
    if (!m->weight || !m->mean || !m->variance)
        return mi_no_memory(err);
    if (!get_numbers(json_object_get(root, "weights"), m->k, 0, m->weight) ||
        !get_rows(json_object_get(root, "means"), m, -1e30, m->mean) ||
        !get_rows(json_object_get(root, "variances"), m, 1e-30, m->variance))
        return mi_fail(err, MIEN_EFORMAT,
                       "codes: weights, means or variances are no lists of %d "
                       "distributions of %lld numbers",
                       m->k, (long long)m->d);
    for (int i = 0; i < m->k; i++)
        sum += m->weight[i];
    if (fabs(sum - 1) > 1e-6)
        return mi_fail(err, MIEN_EFORMAT,
                       "codes: the sum of the weights is %g, wanted 1", sum);
    return MIEN_OK;
}

mien_status mien_codes_read(const uint8_t *bytes, size_t n, mien_codes *out,
                            mien_error *err)
{
    json_error_t why;
    mien_codes c = {0};
    json_t *root =
        n <= MIEN_CODES_MAX_BYTES
            ? json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, &why)
            : NULL;
    const char *form = json_string_value(json_object_get(root, "mien"));
    json_int_t d = json_integer_value(json_object_get(root, "latent"));
    size_t k = json_array_size(json_object_get(root, "weights"));
    c.count = json_integer_value(json_object_get(root, "count"));
    mien_status st = MIEN_OK;
    if (!form || strcmp(form, "codes/1") != 0)
        st = mi_fail(err, form ? MIEN_EUNSUP : MIEN_EFORMAT,
                     "codes: no JSON with \"mien\": \"codes/1\"");
    else if (d < 1 || d > LATENT_MAX || k < 1 || k > MIEN_MIXTURE_MAX ||
             c.count < 1)
        st = mi_fail(err, MIEN_EFORMAT,
                     "codes: %zu distributions of %lld numbers, fitted on %lld "
                     "pictures: wanted 1 to %d, of 1 to %d, on 1 or more",
                     k, (long long)d, (long long)c.count, MIEN_MIXTURE_MAX,
                     LATENT_MAX);
    c.mixture.k = (int)k;
    c.mixture.d = d;
    if (!st)
        st = get_mixture(root, &c.mixture, err);
    json_decref(root);
    if (st)
        mien_codes_free(&c);
    else
        *out = c;
    return st;
}
