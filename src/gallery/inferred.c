/* inferred.c: what models inferred about somebody, as rows of kept.c. */
#include "mien/gallery_inferred.h"

#include "base/error.h"
#include "gallery/gallery.h"

#include <string.h>

/* ---- what is wanted ------------------------------------------------------ */

/* What is kept, without its number; until is the person's end at the latest. */
static mien_status check(const mien_gallery *g, const mi_person *p,
                         const mien_gallery_inference *in, mi_kept *out,
                         mien_error *err)
{
    const char *end = p->shown.basis.expiry;
    mi_kept e = {.kind = MI_KEPT_INFERRED, .size = (int64_t)in->rows.n};
    mien_status st = mi_kept_name(MI_KEPT_INFERRED, in->file, err);
    if (st)
        return st;
    mi_gallery_day(g, e.day);
    if (!mien_is_sha256(in->file_sha256) || !mien_is_sha256(in->model))
        return mi_fail(err, MIEN_EARG,
                       "inferred: a SHA-256 of other than 64 hexadecimal "
                       "digits");
    if (*in->until && (!mien_is_day(in->until) || strcmp(in->until, e.day) < 0))
        return mi_fail(err, MIEN_EARG,
                       "inferred: until '%.20s', wanted is a day, YYYY-MM-DD, "
                       "today or later",
                       in->until);
    if (!in->rows.n)
        return mi_fail(err, MIEN_EARG, "inferred: %.100s: no rows", in->file);
    if (in->rows.n > MIEN_GALLERY_MAX_INFERRED_ROWS)
        return mi_fail(err, MIEN_ELIMIT,
                       "inferred: %.80s has %zu bytes of one person; at most "
                       "%d are kept",
                       in->file, in->rows.n, MIEN_GALLERY_MAX_INFERRED_ROWS);
    memcpy(e.name, in->file, strlen(in->file));
    memcpy(e.file_sha256, in->file_sha256, sizeof e.file_sha256);
    memcpy(e.model, in->model, sizeof e.model);
    memcpy(e.until, *in->until && strcmp(in->until, end) < 0 ? in->until : end,
           sizeof e.until);
    mien_sha256(in->rows.data, in->rows.n, e.sha256);
    *out = e;
    return MIEN_OK;
}

/* ---- into the data ------------------------------------------------------- */

/* Rows on the way into the data. */
typedef struct moving {
    const mi_person *person;
    const mi_kept *kept;
    const void *bytes;
} moving;

/* mi_change.make of more. */
static mien_status make_more(mien_gallery *g, const void *arg, mien_error *err)
{
    const moving *m = arg;
    mien_status st = mi_kept_put(g, m->person, m->kept, m->bytes, err);
    return st ? st
              : mi_items_came(g, m->person, 1, &m->kept->id,
                              MI_LOG_INFERRED_ADDED, m->kept->name, err);
}

mien_status mien_gallery_add_inferred(mien_gallery *g, int64_t id,
                                      const mien_gallery_inference *in,
                                      int64_t *out, mien_error *err)
{
    mi_kept e;
    int at, had = 0;
    mien_status st = mi_people_find(g, id, &at, err);
    if (!st)
        st = mi_people_holds(g, at, err);
    if (!st)
        st = check(g, &g->person[at], in, &e, err);
    if (!st)
        st = mi_kept_count(g, id, MI_KEPT_INFERRED, &had, err);
    if (st)
        return st;
    if (had >= MIEN_GALLERY_MAX_INFERRED)
        return mi_fail(err, MIEN_ELIMIT,
                       "inferred: another beside %d of a person; at most %d "
                       "are kept, and mien gallery remove erases some",
                       had, MIEN_GALLERY_MAX_INFERRED);
    mi_faces_number(g, 1, &e.id);
    const moving m = {&g->person[at], &e, in->rows.data};
    const mi_change change = {
        .what = MI_CHANGE, .of = id, .make = make_more, .arg = &m};
    st = mi_gallery_change(g, &change, err);
    if (!st && out)
        *out = e.id;
    return st;
}

/* ---- out of the data ----------------------------------------------------- */

mien_status
mien_gallery_list_inferred(const mien_gallery *g, int64_t id, int *n,
                           mien_gallery_inferred out[MIEN_GALLERY_MAX_INFERRED],
                           mien_error *err)
{
    mi_kept all[MIEN_GALLERY_MAX_INFERRED];
    int found = 0;
    mien_status st = mi_kept_list(g, id, MI_KEPT_INFERRED,
                                  MIEN_GALLERY_MAX_INFERRED, &found, all, err);
    for (int i = 0; !st && i < found; i++) {
        mien_gallery_inferred *to = &out[i];
        *to = (mien_gallery_inferred){.id = all[i].id, .size = all[i].size};
        memcpy(to->file, all[i].name, sizeof to->file);
        memcpy(to->file_sha256, all[i].file_sha256, sizeof to->file_sha256);
        memcpy(to->model, all[i].model, sizeof to->model);
        memcpy(to->day, all[i].day, sizeof to->day);
        memcpy(to->until, all[i].until, sizeof to->until);
        memcpy(to->sha256, all[i].sha256, sizeof to->sha256);
    }
    if (!st)
        *n = found;
    return st;
}

mien_status mien_gallery_read_inferred(const mien_gallery *g, int64_t id,
                                       mien_buffer *out, mien_error *err)
{
    return mi_kept_read(g, MI_KEPT_INFERRED, id, out, err);
}

mien_status mien_gallery_remove_inferred(mien_gallery *g, int64_t id,
                                         mien_error *err)
{
    return mi_kept_remove(g, MI_KEPT_INFERRED, id, err);
}

/* Erase what has ended of one person. */
static mien_status sweep_one(mien_gallery *g, int64_t id, const char *today,
                             mien_error *err)
{
    mien_gallery_inferred all[MIEN_GALLERY_MAX_INFERRED];
    int n = 0;
    mien_status st = mien_gallery_list_inferred(g, id, &n, all, err);
    for (int i = 0; !st && i < n; i++)
        if (strcmp(all[i].until, today) < 0)
            st = mien_gallery_remove_inferred(g, all[i].id, err);
    return st;
}

mien_status mi_inferred_sweep(mien_gallery *g, mien_error *err)
{
    char today[11];
    int64_t id = 0;
    mien_status st = MIEN_OK;
    mi_gallery_day(g, today);
    while (!st) {
        st = mi_kept_next(g, MI_KEPT_INFERRED, &id, err);
        if (!st && !id)
            break;
        if (!st && mi_people_at(g, id) >= 0)
            st = sweep_one(g, id, today, err);
    }
    return st;
}

/* ---- for the person ------------------------------------------------------ */

/* One, with its rows. */
static mien_status put_one(mien_json *j, const mien_gallery *g,
                           const mien_gallery_inferred *e, mien_error *err)
{
    mien_buffer rows = {0};
    mien_status st = mien_gallery_read_inferred(g, e->id, &rows, err);
    mien_buffer_put(&rows, "", 1);
    if (!st && rows.failed)
        st = mi_no_memory(err);
    if (!st) {
        mien_json_object(j, NULL);
        mien_json_int(j, "id", e->id);
        mien_json_text(j, "role", "inferred");
        mien_json_text(j, "file", e->file);
        mien_json_text(j, "file_sha256", e->file_sha256);
        mien_json_text(j, "model_sha256", e->model);
        mien_json_text(j, "date", e->day);
        mien_json_text(j, "until", e->until);
        mien_json_lines(j, "rows", rows.data, rows.n - 1);
        mien_json_close(j);
    }
    mi_keys_forget(rows.data, rows.n);
    mien_buffer_free(&rows);
    return st;
}

mien_status mi_inferred_export(mien_json *j, const mien_gallery *g, int64_t id,
                               mien_error *err)
{
    mien_gallery_inferred e[MIEN_GALLERY_MAX_INFERRED];
    int n = 0;
    mien_status st = mien_gallery_list_inferred(g, id, &n, e, err);
    mien_json_array(j, "inferred");
    for (int i = 0; !st && i < n; i++)
        st = put_one(j, g, &e[i], err);
    mien_json_close(j);
    return st;
}
