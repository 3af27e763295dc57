/* export.c: all that is held of a person, for that person. */
#include "base/error.h"
#include "gallery/gallery.h"
#include "mien/json.h"
#include "mien/report.h"

#include <stdio.h>
#include <string.h>

static void put_basis(mien_json *j, const mien_basis *b)
{
    mien_json_object(j, "basis");
    mien_json_text(j, "basis", b->basis);
    mien_json_text(j, "purpose", b->purpose);
    mien_json_text(j, "date", b->date);
    mien_json_text(j, "expiry", b->expiry);
    mien_json_close(j);
}

/* The descriptors of a person, with their networks. */
static void put_faces(mien_json *j, const mien_gallery *g, int64_t id)
{
    mien_json_array(j, "descriptors");
    for (int i = 0; i < g->shelves; i++) {
        const mien_index *x = g->shelf[i].face.index;
        for (int64_t r = 0; r < mien_index_count(x); r++) {
            if (mien_index_person(x, r) != id)
                continue;
            const float *row = mien_index_row(x, r);
            mien_json_object(j, NULL);
            mien_json_text(j, "model", g->shelf[i].model);
            mien_json_array(j, "numbers");
            for (int k = 0; k < mien_index_numbers(x); k++)
                mien_json_real(j, NULL, (double)row[k], 0);
            mien_json_close(j);
            mien_json_close(j);
        }
    }
    mien_json_close(j);
}

/* One file, its bytes as the address of themselves (data:, in base64). */
static mien_status put_file(mien_json *j, const mien_gallery *g,
                            const mien_gallery_evidence *e, mien_error *err)
{
    mien_buffer bytes = {0}, data = {0};
    mien_status st = mien_gallery_read_evidence(g, e->id, &bytes, err);
    if (st) {
        mien_buffer_free(&bytes);
        return st;
    }
    const mien_bytes all = {bytes.data, bytes.n};
    mien_buffer_reserve(&data, bytes.n / 3 * 4 + 80);
    mien_page_data(&data, "application/octet-stream", &all);
    mien_buffer_put(&data, "", 1);
    mien_json_object(j, NULL);
    mien_json_int(j, "id", e->id);
    mien_json_text(j, "name", e->name);
    mien_json_text(j, "date", e->day);
    mien_json_int(j, "size", e->size);
    mien_json_text(j, "sha256", e->sha256);
    if (data.failed)
        st = mi_no_memory(err);
    else
        mien_json_text(j, "data", (const char *)data.data);
    mien_json_close(j);
    mi_keys_forget(bytes.data, bytes.n);
    mi_keys_forget(data.data, data.n);
    mien_buffer_free(&bytes);
    mien_buffer_free(&data);
    return st;
}

/* The evidence of a person. */
static mien_status put_evidence(mien_json *j, const mien_gallery *g, int64_t id,
                                mien_error *err)
{
    mien_gallery_evidence e[MIEN_GALLERY_MAX_EVIDENCE];
    int n = 0;
    mien_status st = mien_gallery_list_evidence(g, id, &n, e, err);
    mien_json_array(j, "evidence");
    for (int i = 0; !st && i < n; i++)
        st = put_file(j, g, &e[i], err);
    mien_json_close(j);
    return st;
}

/* Entries of one person on their way to JSON. */
typedef struct telling {
    mien_json *j;
    int64_t person;
} telling;

static void put_entry(void *arg, const mien_gallery_entry *e)
{
    const telling *t = arg;
    if (e->person != t->person)
        return;
    mien_json_object(t->j, NULL);
    mien_json_int(t->j, "number", e->number);
    mien_json_int(t->j, "at", e->at);
    mien_json_text(t->j, "kind", e->kind);
    mien_json_text(t->j, "detail", e->detail);
    mien_json_close(t->j);
}

mien_status mien_gallery_export(mien_gallery *g, int64_t id, mien_buffer *out,
                                mien_error *err)
{
    int at = mi_people_at(g, id);
    int64_t last;
    mien_json j = mien_json_on(out, 2);
    telling t = {&j, id};
    mien_gallery_negative others[MIEN_GALLERY_MAX_NEGATIVES];
    if (at < 0)
        return mi_fail(err, MIEN_EARG, "nobody has the number %lld",
                       (long long)id);
    const mi_person *p = &g->person[at];
    mien_status st = mi_log_add(g, MI_LOG_EXPORTED, p, p->shown.id, "", err);
    if (st)
        return st;
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/person/1");
    mien_json_int(&j, "id", id);
    mien_json_text(&j, "name", p->shown.name);
    if (*p->shown.born)
        mien_json_text(&j, "born", p->shown.born);
    put_basis(&j, &p->shown.basis);
    put_faces(&j, g, id);
    mien_json_int(&j, "negatives", mien_gallery_list_negatives(g, id, others));
    st = mi_undo_put(g, id, &j, err);
    if (!st)
        st = put_evidence(&j, g, id, err);
    if (!st)
        st = mi_inferred_export(&j, g, id, err);
    mien_json_array(&j, "log");
    if (!st)
        st = mien_gallery_log(g, put_entry, &t, &last, err);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
    if (!st && out->failed)
        st = mi_no_memory(err);
    return st;
}
