/* concept_store.c: concepts.json, which lies beside the model. */
#include "faces/concept.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "base/json_read.h"
#include "kit/image.h"
#include "mien/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char file_name[] = "concepts.json";

void mien_concepts_free(mien_concepts *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->n; i++)
        mien_concept_free(&c->item[i]);
    mi_free(c->item);
    *c = (mien_concepts){0};
}

/* ---- reading ------------------------------------------------------------- */

/* The numbers of a vector. */
static mien_status read_vector(const json_t *list, mien_concept *out,
                               mien_error *err)
{
    size_t n = json_array_size(list);
    if (n < 1 || n > MIEN_CONCEPT_MAX_UNITS)
        return mi_fail(err, MIEN_EFORMAT,
                       "concept '%.60s': 'vector' has %zu numbers, wanted "
                       "1..%d",
                       out->text, n, MIEN_CONCEPT_MAX_UNITS);
    out->vector = mi_alloc(n, sizeof *out->vector);
    if (!out->vector)
        return mi_no_memory(err);
    out->units = (int)n;
    for (size_t i = 0; i < n; i++) {
        double v = json_number_value(json_array_get(list, i));
        if (!json_is_number(json_array_get(list, i)) || !(fabs(v) < 1e30))
            return mi_fail(err, MIEN_EFORMAT,
                           "concept '%.60s': number %zu of 'vector' is none",
                           out->text, i + 1);
        out->vector[i] = (float)v;
    }
    return MIEN_OK;
}

/* One concept of the list. */
static mien_status read_concept(json_t *from, int number, mien_concept *out,
                                mien_error *err)
{
    const char *text, *labels, *digest;
    json_t *vector;
    json_int_t n[2];
    json_error_t why;
    mien_status st = mi_json_unpack(
        from, &why, "{s:s, s:s, s:s, s:b, s:I, s:I, s:o !}", "concept", &text,
        "labels", &labels, "pictures_sha256", &digest, "aligned", &out->aligned,
        "plus", &n[0], "minus", &n[1], "vector", &vector);
    if (st == MIEN_ENOMEM)
        return mi_no_memory(err);
    if (st)
        return mi_fail(err, st, "concept %d: %.150s", number, why.text);
    if (!mien_is_sha256(digest) || n[0] < 1 || n[1] < 1)
        return mi_fail(err, MIEN_EFORMAT,
                       "concept %d: 'pictures_sha256', 'plus' or 'minus' is "
                       "none",
                       number);
    memcpy(out->digest, digest, sizeof out->digest);
    out->n[0] = n[0];
    out->n[1] = n[1];
    out->text = mi_text_copy(text);
    out->labels = mi_text_copy(labels);
    return out->text && out->labels ? read_vector(vector, out, err)
                                    : mi_no_memory(err);
}

/* The whole file. */
static mien_status read_all(json_t *root, mien_concepts *out, mien_error *err)
{
    const char *kind, *model;
    json_t *list;
    json_error_t why;
    mien_status st = mi_json_unpack(root, &why, "{s:s, s:s, s:o !}", "mien",
                                    &kind, "model", &model, "concepts", &list);
    if (st)
        return st == MIEN_ENOMEM ? mi_no_memory(err)
                                 : mi_fail(err, st, "%.150s", why.text);
    if (strcmp(kind, "concepts/1") != 0 || !mien_is_sha256(model) ||
        !json_is_array(list) || json_array_size(list) > MIEN_CONCEPTS_MAX)
        return mi_fail(err, MIEN_EFORMAT,
                       "'mien' is '%.20s', 'concepts' has %zu items: wanted "
                       "concepts/1, the model's SHA-256, and at most %d",
                       kind, json_array_size(list), MIEN_CONCEPTS_MAX);
    memcpy(out->model, model, sizeof out->model);
    size_t n = json_array_size(list);
    for (size_t i = 0; i < n && !st; i++) {
        mien_concept *c = mi_push(&out->item, out->n, sizeof *c);
        if (!c)
            return mi_no_memory(err);
        out->n++;
        st = read_concept(json_array_get(list, i), (int)i + 1, c, err);
        if (!st && c->units != out->item[0].units)
            st = mi_fail(err, MIEN_EFORMAT,
                         "concept %d: %d numbers, the first has %d", out->n,
                         c->units, out->item[0].units);
    }
    return st;
}

mien_status mien_concepts_read(const uint8_t *bytes, size_t n,
                               mien_concepts *out, mien_error *err)
{
    mien_concepts made = {0};
    json_t *root;
    mien_status st =
        mi_json_read("", bytes, n, MIEN_CONCEPTS_MAX_BYTES, &root, err);
    if (st)
        return st;
    st = read_all(root, &made, err);
    json_decref(root);
    if (st)
        mien_concepts_free(&made);
    else
        *out = made;
    return st;
}

/* ---- writing ------------------------------------------------------------- */

void mien_concepts_write(const mien_concepts *c, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "mien", "concepts/1");
    mien_json_text(&j, "model", c->model);
    mien_json_array(&j, "concepts");
    for (int i = 0; i < c->n; i++) {
        const mien_concept *one = &c->item[i];
        mien_json_object(&j, NULL);
        mien_json_text(&j, "concept", one->text);
        mien_json_text(&j, "labels", one->labels);
        mien_json_text(&j, "pictures_sha256", one->digest);
        mien_json_bool(&j, "aligned", one->aligned);
        mien_json_int(&j, "plus", one->n[0]);
        mien_json_int(&j, "minus", one->n[1]);
        mien_json_array(&j, "vector");
        for (int k = 0; k < one->units; k++)
            mien_json_real(&j, NULL, (double)one->vector[k], 9);
        mien_json_close(&j);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

/* ---- of a model ---------------------------------------------------------- */

/* A model's folder, "." where its path has none. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = mi_text_copy(slash ? path : ".");
    if (folder && slash)
        folder[slash > path ? slash - path : 1] = 0;
    return folder;
}

static mien_status digest_file(const char *path, char out[65], mien_error *err)
{
    mien_map map = {0};
    mien_status st = mien_file_map(path, 0, &map, err);
    if (!st)
        mien_sha256(map.data, map.n, out);
    mien_file_unmap(&map);
    return st;
}

/* What is stored beside a model; nothing where it is another's. */
static mien_status load_stored(const char *folder, int units,
                               mien_concepts *out, mien_buffer *notes,
                               mien_error *err)
{
    mien_bytes file = {0};
    mien_error why = {0};
    mien_concepts got = {0};
    if (mien_folder_load(folder, file_name, &file, &why)) /* not there */
        return why.status == MIEN_ENOMEM ? mi_no_memory(err) : MIEN_OK;
    mien_status st = mien_concepts_read(file.data, file.n, &got, &why);
    mien_bytes_free(&file);
    if (st)
        return mi_fail(err, st, "%.50s/%s: %.120s", folder, file_name,
                       why.text);
    int same = !strcmp(got.model, out->model) &&
               (!got.n || got.item[0].units == units);
    if (same) {
        *out = got;
        return MIEN_OK;
    }
    mien_concepts_free(&got);
    if (notes)
        mien_buffer_printf(notes,
                           "%s/%s is of another model and is not used; a "
                           "concept that is learned takes its place\n",
                           folder, file_name);
    return MIEN_OK;
}

/* The stored concept of a text; digest NULL: of whatever pictures. */
static mien_concept *find_stored(const mien_concepts *c, const char *text,
                                 int aligned, const char *digest)
{
    mien_concept *found = NULL;
    for (int i = 0; i < c->n; i++)
        if (!strcmp(c->item[i].text, text) && c->item[i].aligned == aligned &&
            (!digest || !strcmp(c->item[i].digest, digest)))
            found = &c->item[i]; /* the newest is the last */
    return found;
}

static mien_status copy_concept(const mien_concept *c, mien_concept *out,
                                mien_error *err)
{
    mien_concept made = *c;
    made.text = mi_text_copy(c->text);
    made.labels = mi_text_copy(c->labels);
    made.vector = mi_alloc((size_t)c->units, sizeof *made.vector);
    if (!made.text || !made.labels || !made.vector) {
        mien_concept_free(&made);
        return mi_no_memory(err);
    }
    memcpy(made.vector, c->vector, (size_t)c->units * sizeof *c->vector);
    *out = made;
    return MIEN_OK;
}

/* Put a copy behind what is stored, in the place of one of the same text and
 * labels, and write the file. */
static mien_status store(const mien_concept *c, const char *folder,
                         mien_concepts *all, mien_buffer *notes,
                         mien_error *err)
{
    mien_concept copy = {0};
    mien_buffer text = {0};
    mien_error why = {0};
    int kept = 0;
    mien_status st = copy_concept(c, &copy, err);
    for (int i = 0; i < all->n && !st; i++)
        if (strcmp(all->item[i].text, c->text) != 0 ||
            strcmp(all->item[i].labels, c->labels) != 0 ||
            all->item[i].aligned != c->aligned)
            all->item[kept++] = all->item[i];
        else
            mien_concept_free(&all->item[i]);
    all->n = st ? all->n : kept;
    mien_concept *last =
        st ? NULL : mi_push(&all->item, all->n, sizeof *all->item);
    if (!last) {
        mien_concept_free(&copy);
        return mi_no_memory(err);
    }
    *last = copy;
    all->n++;
    mien_concepts_write(all, &text);
    if (all->n > MIEN_CONCEPTS_MAX || text.n > MIEN_CONCEPTS_MAX_BYTES) {
        st = mi_fail(&why, MIEN_ELIMIT,
                     "%.50s/%s holds as many concepts as can be read", folder,
                     file_name);
        mien_buffer_free(&text);
    } else {
        st = mien_folder_save_buffer(folder, file_name, &text, &why);
    }
    if ((st == MIEN_EIO || st == MIEN_ELIMIT) && notes)
        mien_buffer_printf(notes, "%s; the concept is not stored\n", why.text);
    return st == MIEN_ENOMEM ? mi_no_memory(err) : MIEN_OK;
}

/* The stored concept, or one that is learned and stored. */
static mien_status get(mien_coder *c, mien_analyzer *yunet,
                       const mi_concept_ask *ask, const char *folder,
                       mien_concepts *all, mien_concept *out,
                       mien_buffer *notes, mien_error *err)
{
    mi_concept_pictures p = {0};
    int known = mi_concept_has_pictures(ask);
    mien_status st = known ? mi_concept_find(ask, &p, err) : MIEN_OK;
    if (st)
        return st;
    const mien_concept *found =
        find_stored(all, ask->text, yunet != NULL, known ? p.digest : NULL);
    if (found && notes)
        mien_buffer_printf(notes,
                           "'%s' as stored in %s/%s: of %lld and %lld "
                           "pictures\n",
                           ask->text, folder, file_name, (long long)found->n[0],
                           (long long)found->n[1]);
    if (found)
        st = copy_concept(found, out, err);
    else if (!known)
        st = mi_fail(err, MIEN_EARG,
                     "'%.60s' is not stored in %.50s/%s: wanted labels to "
                     "learn it from (--labels), or two folders",
                     ask->text, folder, file_name);
    else
        st = mi_concept_of_pictures(c, yunet, ask, &p, out, notes, err);
    if (!st && !found && store(out, folder, all, notes, err)) {
        mien_concept_free(out);
        st = MIEN_ENOMEM;
    }
    mi_concept_pictures_free(&p);
    return st;
}

mien_status mien_concept_get(mien_coder *c, const char *model,
                             mien_analyzer *yunet, const char *text,
                             const mien_concept_options *options,
                             mien_concept *out, mien_buffer *notes,
                             mien_error *err)
{
    mi_concept_ask ask;
    mien_concepts all = {0};
    char *folder = NULL;
    mien_status st = mi_concept_ask_read(&ask, text, options, err);
    if (!st)
        st = digest_file(model, all.model, err);
    if (!st && !(folder = folder_of(model)))
        st = mi_no_memory(err);
    if (!st)
        st =
            load_stored(folder, mien_coder_get_info(c).units, &all, notes, err);
    if (!st)
        st = get(c, yunet, &ask, folder, &all, out, notes, err);
    mien_concepts_free(&all);
    mi_free(folder);
    return st;
}
