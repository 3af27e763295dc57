/* codes_text.c: where codes lie, as codes.json.
 *
 *   {"mien": "codes/1", "count": 7000, "latent": 128, "weights": [...],
 *    "means": [[...], ...], "variances": [[...], ...]} */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/json_read.h"
#include "mien/json.h"

#include <string.h>

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

/* Numbers of a list; 0 if it is no list of n such. */
static int get_numbers(const json_t *list, int64_t n, double *out)
{
    if (!json_is_array(list) || json_array_size(list) != (size_t)n)
        return 0;
    for (int64_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(list, (size_t)i);
        out[i] = json_number_value(v);
        if (!json_is_number(v))
            return 0;
    }
    return 1;
}

/* Lists of d numbers in a list of k. */
static int get_rows(const json_t *list, const mien_mixture *m, double *out)
{
    int good = json_is_array(list) && json_array_size(list) == (size_t)m->k;
    for (int i = 0; good && i < m->k; i++)
        good =
            get_numbers(json_array_get(list, (size_t)i), m->d, out + i * m->d);
    return good;
}

/* The members of codes.json into c, whose sizes are known. */
static mien_status get_mixture(const json_t *root, mien_codes *c,
                               mien_error *err)
{
    mien_mixture *m = &c->mixture;
    size_t k = (size_t)m->k, all = k * (size_t)m->d;
    m->weight = mi_alloc(k, sizeof *m->weight);
    m->mean = mi_alloc(all, sizeof *m->mean);
    m->variance = mi_alloc(all, sizeof *m->variance);
    if (!m->weight || !m->mean || !m->variance)
        return mi_no_memory(err);
    if (!get_numbers(json_object_get(root, "weights"), m->k, m->weight) ||
        !get_rows(json_object_get(root, "means"), m, m->mean) ||
        !get_rows(json_object_get(root, "variances"), m, m->variance))
        return mi_fail(err, MIEN_EFORMAT,
                       "codes: weights, means or variances are no lists of %d "
                       "distributions of %lld numbers",
                       m->k, (long long)m->d);
    return mi_codes_check(c, err);
}

mien_status mien_codes_read(const uint8_t *bytes, size_t n, mien_codes *out,
                            mien_error *err)
{
    mien_codes c = {0};
    json_t *root;
    mien_status st =
        mi_json_read("codes", bytes, n, MIEN_CODES_MAX_BYTES, &root, err);
    if (st)
        return st;
    const char *form = json_string_value(json_object_get(root, "mien"));
    json_int_t d = json_integer_value(json_object_get(root, "latent"));
    size_t k = json_array_size(json_object_get(root, "weights"));
    c.count = json_integer_value(json_object_get(root, "count"));
    if (!form || strcmp(form, "codes/1") != 0)
        st = mi_fail(err, form ? MIEN_EUNSUP : MIEN_EFORMAT,
                     "codes: no JSON with \"mien\": \"codes/1\"");
    else
        st = mi_codes_limits(c.count, (int64_t)k, d, err);
    c.mixture.k = (int)k;
    c.mixture.d = d;
    if (!st)
        st = get_mixture(root, &c, err);
    json_decref(root);
    if (st)
        mien_codes_free(&c);
    else
        *out = c;
    return st;
}
