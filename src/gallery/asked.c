/* asked.c: that somebody wants the gallery to be deleted stands in its log, for
 * a day.
 *
 * The last entry of some kinds tells: it was asked for, it was taken back, or a
 * copy was restored, which ends it, too.  What is sealed in the entry has time
 * and name once more, so that no other entry can be made one of this kind. */
#include "base/error.h"
#include "gallery/gallery.h"
#include "mien/gallery_delete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char before_time[] = "until ", before_name[] = " by ";

/* Who says it. */
static mien_status check_by(const char *by, mien_error *err)
{
    int n;
    size_t size = strlen(by);
    int good = size > 0 && size < MIEN_GALLERY_NAME;
    for (const char *at = by; good && *at; at += n) {
        int32_t c = mien_utf8_next(at, &n);
        good = c >= 32 && (c < 127 || c >= 160);
    }
    return good ? MIEN_OK
                : mi_fail(err, MIEN_EARG,
                          "who asks: found '%.60s', wanted are 1 to %d bytes "
                          "of text",
                          by, MIEN_GALLERY_NAME - 1);
}

/* Read what the entry of a number has sealed. */
static mien_status read_detail(const mien_gallery *g, int64_t number,
                               const mien_bytes *sealed,
                               mien_gallery_asked *out, mien_error *err)
{
    char what[MI_WHAT];
    mien_bytes plain = {0};
    size_t head = sizeof before_time - 1, middle = sizeof before_name - 1;
    mi_gallery_what_number(g, "log", 0, number, what);
    mien_status st =
        mi_unseal(&g->log_key, what, sealed->data, sealed->n, &plain, err);
    if (st)
        return st;
    const char *text = (const char *)plain.data;
    char *name = NULL;
    int good = strncmp(text, before_time, head) == 0;
    if (good)
        out->until = strtoll(text + head, &name, 10);
    good = good && strncmp(name, before_name, middle) == 0 &&
           snprintf(out->by, sizeof out->by, "%s", name + middle) <
               (int)sizeof out->by;
    mi_unsealed_free(&plain);
    out->entry = number;
    out->at = out->until - MIEN_GALLERY_ASKED;
    return good ? MIEN_OK
                : mi_fail(err, MIEN_EFORMAT,
                          "%.120s: log entry %lld was changed", g->path,
                          (long long)number);
}

mien_status mien_gallery_find_deletion(mien_gallery *g, int *found,
                                       mien_gallery_asked *out, mien_error *err)
{
    mien_gallery_asked a = {0};
    mi_statement s = {0};
    int row = 0;
    int64_t now = mi_gallery_now(g);
    mien_status st = mi_db_prepare(
        &g->data, &s, err,
        "SELECT number, kind, detail FROM log WHERE kind IN (?, ?, ?)"
        " ORDER BY number DESC LIMIT 1",
        "iii", (int64_t)MI_LOG_DELETE_ASKED, (int64_t)MI_LOG_DELETE_DROPPED,
        (int64_t)MI_LOG_RESTORED);
    if (!st)
        st = mi_db_step(&s, &row, err);
    row = !st && row && mi_db_int(&s, 1) == MI_LOG_DELETE_ASKED;
    if (row) {
        mien_bytes sealed = mi_db_bytes(&s, 2);
        st = read_detail(g, mi_db_int(&s, 0), &sealed, &a, err);
    }
    mi_db_finish(&s);
    if (st)
        return st;
    /* A clock that was set back tells nothing of how long ago it was. */
    *found = row && a.at <= now && now < a.until;
    if (*found)
        *out = a;
    return MIEN_OK;
}

mien_status mien_gallery_ask_deletion(mien_gallery *g, const char *by,
                                      mien_gallery_asked *out, mien_error *err)
{
    mien_gallery_asked a = {0};
    char detail[MIEN_GALLERY_NAME + 60];
    int found = 0;
    mien_status st = check_by(by, err);
    if (!st)
        st = mien_gallery_find_deletion(g, &found, &a, err);
    if (st)
        return st;
    if (found)
        return mi_fail(err, MIEN_EARG,
                       "the deletion is asked for already, by %.80s", a.by);
    a.at = mi_gallery_now(g);
    a.until = a.at + MIEN_GALLERY_ASKED;
    snprintf(a.by, sizeof a.by, "%s", by);
    snprintf(detail, sizeof detail, "%s%lld%s%s", before_time,
             (long long)a.until, before_name, by);
    st = mi_log_add(g, MI_LOG_DELETE_ASKED, NULL, 0, detail, err);
    if (st)
        return st;
    a.entry = g->log.number;
    *out = a;
    return MIEN_OK;
}

mien_status mien_gallery_drop_deletion(mien_gallery *g, const char *by,
                                       mien_error *err)
{
    mien_gallery_asked a;
    char detail[MIEN_GALLERY_NAME + 60];
    int found = 0;
    mien_status st = check_by(by, err);
    if (!st)
        st = mien_gallery_find_deletion(g, &found, &a, err);
    if (st || !found)
        return st;
    snprintf(detail, sizeof detail, "entry %lld%s%s", (long long)a.entry,
             before_name, by);
    return mi_log_add(g, MI_LOG_DELETE_DROPPED, NULL, 0, detail, err);
}
