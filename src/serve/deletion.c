/* deletion.c: the gallery is deleted when two keys want it.
 *
 * One asks; that stands in the gallery's log for a day, so that a restart does
 * not forget it.  Another key, of another name, confirms that entry of the log
 * by its number.  Either takes it back before.  A session is its key. */
#include "serve/deletion.h"

#include "serve/tell.h"

#include "mien/gallery_delete.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ID = 8 }; /* characters of a key's id, with which `by` begins */

/* The request's key, as the log has it. */
static void by_of(const mi_visit *v, char out[MIEN_GALLERY_NAME])
{
    snprintf(out, MIEN_GALLERY_NAME, "%s %s", v->ask->key.id, v->ask->key.name);
}

/* The id and the name of who asked. */
static const char *asker(const mien_gallery_asked *a, char id[ID + 1])
{
    snprintf(id, ID + 1, "%.8s", a->by);
    return strlen(a->by) > ID ? a->by + ID + 1 : "";
}

/* What is asked for; NULL: nothing. */
static void put_state(const mi_visit *v, const mien_gallery_asked *a)
{
    char id[ID + 1];
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    if (a) {
        const char *name = asker(a, id);
        mien_json_object(&j, "deletion");
        mien_json_int(&j, "confirm", a->entry);
        mien_json_text(&j, "key", id);
        mien_json_text(&j, "name", name);
        mien_json_int(&j, "at", a->at);
        mien_json_int(&j, "until", a->until);
        mien_json_close(&j);
    } else {
        mien_json_null(&j, "deletion");
    }
    mien_json_close(&j);
}

static int tell_state(const mi_visit *v)
{
    int found = 0;
    mien_gallery_asked a;
    mien_error err = {0};
    mien_status st = mien_gallery_find_deletion(v->g, &found, &a, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    put_state(v, found ? &a : NULL);
    return 200;
}

/* Tell the server's owner, without names. */
static void tell_owner(const mi_visit *v, const char *what,
                       const char *asked_by, const char *left)
{
    const mien_serve_deletion told = {what, v->ask->key.id, asked_by, left};
    if (v->owner->deletion)
        v->owner->deletion(v->owner->deletion_arg, &told);
}

/* ---- one asks ------------------------------------------------------------ */

/* Ask for it. */
static int ask_for(const mi_visit *v)
{
    int found = 0;
    char by[MIEN_GALLERY_NAME], why[160];
    mien_gallery_asked a;
    mien_error err = {0};
    mien_status st = mien_gallery_find_deletion(v->g, &found, &a, &err);
    if (!st && found) {
        snprintf(why, sizeof why,
                 "the deletion is asked for already: another key confirms it "
                 "with confirm=%" PRId64,
                 a.entry);
        return mi_visit_refuse(v, 409, why);
    }
    by_of(v, by);
    if (!st)
        st = mien_gallery_ask_deletion(v->g, by, &a, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    tell_owner(v, "asked", NULL, NULL);
    put_state(v, &a);
    return 202;
}

/* Take that back. */
static int take_back(const mi_visit *v)
{
    int found = 0;
    char by[MIEN_GALLERY_NAME];
    mien_gallery_asked a;
    mien_error err = {0};
    mien_status st = mien_gallery_find_deletion(v->g, &found, &a, &err);
    by_of(v, by);
    if (!st && found)
        st = mien_gallery_drop_deletion(v->g, by, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    if (found)
        tell_owner(v, "dropped", NULL, NULL);
    put_state(v, NULL);
    return 200;
}

/* ---- another confirms ---------------------------------------------------- */

/* Why a request does not confirm what was asked for; NULL: it does. */
static const char *wrong_with(const mi_visit *v, const mien_gallery_asked *a)
{
    char id[ID + 1];
    const char *name = asker(a, id);
    if (v->ask->confirm != a->entry)
        return "confirm: another deletion is asked for";
    if (strcmp(id, v->ask->key.id) == 0)
        return "confirm: another key has to, not the one that asked";
    if (strcmp(name, v->ask->key.name) == 0)
        return "confirm: a key of another name has to";
    if (!v->owner->may_delete(v->owner->keys, id))
        return "confirm: the key that asked is gone, has ended, or may not "
               "delete any more";
    return NULL;
}

/* The certificate. */
static void put_deleted(const mi_visit *v, const mien_gallery_deleted *c,
                        const char *asked_by)
{
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_object(&j, "deleted");
    mien_json_int(&j, "at", c->at);
    mien_json_text(&j, "asked_by", asked_by);
    mien_json_text(&j, "confirmed_by", v->ask->key.id);
    mien_json_int(&j, "people", c->people);
    mien_json_int(&j, "faces", c->faces);
    mien_json_int(&j, "evidence", c->evidence);
    mien_json_int(&j, "inferred", c->inferred);
    mien_json_int(&j, "negatives", c->negatives);
    mien_json_int(&j, "entry", c->entry);
    mien_json_text(&j, "check", c->mac);
    mien_json_close(&j);
    mien_json_close(&j);
}

/* Delete it, if this is the second who wants that. */
static int confirm(const mi_visit *v)
{
    int found = 0;
    char id[ID + 1];
    mien_gallery_asked a;
    mien_gallery_deleted c = {0};
    mien_error err = {0};
    mien_status st = mien_gallery_find_deletion(v->g, &found, &a, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    const char *wrong =
        found ? wrong_with(v, &a)
              : "confirm: no deletion is asked for, or a day has passed";
    if (wrong)
        return mi_visit_refuse(v, 409, wrong);
    asker(&a, id);
    st = mien_gallery_delete(v->g, &c, &err);
    if (!c.destroyed)
        return mi_visit_refused(v, st, &err);
    *v->gone = 1;
    tell_owner(v, "deleted", id, st ? err.text : NULL);
    if (st)
        return mi_visit_refuse(v, 500,
                               "the keys are destroyed, so that nothing of the "
                               "gallery can be read; some of its files are "
                               "left, which the server's log tells");
    put_deleted(v, &c, id);
    return 200;
}

/* ---- a purpose ----------------------------------------------------------- */

/* mien_gallery_withdraw_purpose's each. */
static void put_one(void *arg, const mien_gallery_certificate *c,
                    const mien_gallery_inferred *file, int n)
{
    mien_json *j = arg;
    mien_json_object(j, NULL);
    mi_visit_put_certificate(j, c);
    mi_visit_put_files(j, file, n);
    mien_json_close(j);
}

/* Erase everybody who is enrolled for the purpose of the path. */
static int erase_purpose(const mi_visit *v)
{
    const char *purpose = v->ask->rest, *own = v->ask->key.purpose;
    char why[120];
    mien_gallery_purpose_erased e = {0};
    mien_error err = {0};
    mien_status st = MIEN_EARG;
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "erased");
    if (!*own || strcmp(own, purpose) == 0)
        st =
            mien_gallery_withdraw_purpose(v->g, purpose, put_one, &j, &e, &err);
    mien_json_close(&j);
    mien_json_int(&j, "people", e.people);
    mien_json_int(&j, "thresholds", e.thresholds);
    mien_json_int(&j, "at", e.at);
    mien_json_int(&j, "entry", e.entry);
    mien_json_text(&j, "check", e.mac);
    mien_json_close(&j);
    if (!st)
        return 200;
    if (st == MIEN_EARG)
        return mi_visit_refuse(v, 404, "nobody is enrolled for this purpose");
    snprintf(why, sizeof why,
             "%d erased, not all; the same again erases the "
             "rest",
             e.people);
    return mi_visit_refuse(v, st == MIEN_ENOMEM ? 503 : 500, why);
}

int mi_deletion_answer(const mi_visit *v, const mi_route *r)
{
    if (r->kind == MI_ROUTE_PURPOSE_DELETE)
        return erase_purpose(v);
    if (r->kind == MI_ROUTE_GALLERY)
        return tell_state(v);
    if (*v->ask->key.purpose)
        return mi_visit_refuse(
            v, 403, "the gallery has people of other purposes than this key's");
    if (r->kind == MI_ROUTE_GALLERY_KEEP)
        return take_back(v);
    return v->ask->confirm ? confirm(v) : ask_for(v);
}
