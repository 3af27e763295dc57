/* purpose.c: everybody of one purpose is erased.
 *
 * One after the other, each as whoever withdraws: a break leaves some erased
 * and the others as they were, and another call goes on. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/gallery.h"
#include "mien/gallery_delete.h"

#include <stdio.h>
#include <string.h>

/* Whom to tell of each. */
typedef struct listener {
    void (*each)(void *arg, const mien_gallery_certificate *c,
                 const mien_gallery_inferred *file, int n);
    void *arg;
} listener;

/* Erase the person at a place; file has room for all of one person. */
static mien_status erase_one(mien_gallery *g, int at, const listener *to,
                             mien_gallery_inferred *file,
                             mien_gallery_purpose_erased *out, mien_error *err)
{
    mien_gallery_certificate c;
    int64_t id = g->person[at].shown.id;
    int n = 0;
    mien_status st = MIEN_OK;
    if (to->each)
        st = mien_gallery_list_inferred(g, id, &n, file, err);
    if (!st)
        st = mien_gallery_withdraw(g, id, &c, err);
    if (st)
        return st;
    out->people++;
    out->faces += c.faces;
    out->evidence += c.evidence;
    out->inferred += c.inferred;
    out->negatives += c.negatives;
    if (to->each)
        to->each(to->arg, &c, file, n);
    return MIEN_OK;
}

/* What was calibrated goes, and the log tells what went. */
static mien_status end_purpose(mien_gallery *g, const char *purpose,
                               mien_gallery_purpose_erased *out,
                               mien_error *err)
{
    mi_log_end before;
    char detail[300];
    int n = 0;
    mien_status st = mi_data_begin(g, &before, err);
    if (st)
        return st;
    st = mi_threshold_forget(g, purpose, &n, err);
    if (!st && !out->people && !n)
        st = mi_fail(err, MIEN_EARG,
                     "nobody is enrolled for '%.100s', and nothing is "
                     "calibrated for it",
                     purpose);
    snprintf(detail, sizeof detail, "for %.199s: %d %s, %d threshold%s",
             purpose, out->people, out->people == 1 ? "person" : "people", n,
             n == 1 ? "" : "s");
    if (!st)
        st = mi_log_add(g, MI_LOG_PURPOSE_ERASED, NULL, 0, detail, err);
    st = mi_data_end(g, st, &before, err);
    if (!st)
        st = mi_db_settle(&g->data, err);
    if (st)
        return st;
    out->thresholds = n;
    out->entry = g->log.number;
    mi_log_mac_text(g->log.mac, out->mac);
    return MIEN_OK;
}

mien_status mien_gallery_withdraw_purpose(
    mien_gallery *g, const char *purpose,
    void (*each)(void *arg, const mien_gallery_certificate *c,
                 const mien_gallery_inferred *file, int n),
    void *arg, mien_gallery_purpose_erased *out, mien_error *err)
{
    const listener to = {each, arg};
    mien_gallery_inferred *file =
        mi_alloc(MIEN_GALLERY_MAX_INFERRED, sizeof *file);
    *out = (mien_gallery_purpose_erased){.at = mi_gallery_now(g)};
    if (!file)
        return mi_no_memory(err);
    mien_status st = MIEN_OK;
    for (int i = g->people - 1; !st && i >= 0; i--)
        if (strcmp(g->person[i].shown.basis.purpose, purpose) == 0)
            st = erase_one(g, i, &to, file, out, err);
    if (!st)
        st = end_purpose(g, purpose, out, err);
    mi_free(file);
    return st;
}
