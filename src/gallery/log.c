/* log.c: what was done, each entry's check over the one before it.  The check
 * is of what is stored, sealed details included, so that it holds when nobody
 * can open them any more. */
#include "base/bytes.h"
#include "base/error.h"
#include "gallery/gallery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char kinds[] = MIEN_GALLERY_KINDS;

void mi_log_mac_text(const uint8_t mac[MI_KEY_MAC],
                     char out[MIEN_GALLERY_DIGEST])
{
    for (int i = 0; i < MI_KEY_MAC; i++)
        snprintf(out + 2 * (size_t)i, 3, "%02x", mac[i]);
}

/* The name of a kind; 0: it is none. */
static int kind_name(int64_t kind, char out[16])
{
    const char *at = kinds;
    for (int64_t i = 1; i < kind && at; i++) {
        at = strchr(at, ',');
        at = at ? at + 1 : NULL;
    }
    if (kind < 1 || !at)
        return 0;
    snprintf(out, 16, "%.*s", (int)strcspn(at, ","), at);
    return 1;
}

/* The check of an entry behind another. */
static mien_status check_of(const mi_key *key, const uint8_t before[MI_KEY_MAC],
                            const int64_t field[4], const mien_bytes *detail,
                            uint8_t out[MI_KEY_MAC], mien_error *err)
{
    mien_buffer b = {0};
    for (int i = 0; i < 4; i++)
        mi_buffer_u64le(&b, (uint64_t)field[i]);
    mien_buffer_put(&b, detail->data, detail->n);
    if (!b.failed)
        mi_key_mac(key, before, b.data, b.n, out);
    int failed = b.failed;
    mien_buffer_free(&b);
    return failed ? mi_no_memory(err) : MIEN_OK;
}

mien_status mi_log_add(mien_gallery *g, mi_log_kind kind, const mi_person *p,
                       int64_t person, const char *detail, mien_error *err)
{
    const int64_t field[4] = {g->log.number + 1, mi_gallery_now(g),
                              (int64_t)kind, person};
    char what[MI_WHAT], number[32];
    mien_buffer sealed = {0};
    mi_log_end end = {field[0], {0}};
    snprintf(number, sizeof number, "%lld", (long long)field[0]);
    mi_gallery_what(g, "log", p ? person : 0, number, what);
    if (*detail)
        mi_seal(p ? &p->key : &g->log_key, what, detail, strlen(detail),
                &sealed);
    const mien_bytes bytes = {sealed.data, sealed.n};
    mien_status st = sealed.failed ? mi_no_memory(err)
                                   : check_of(&g->log_key, g->log.mac, field,
                                              &bytes, end.mac, err);
    if (!st)
        st = mi_db_do(&g->data, err,
                      "INSERT INTO log(number, at, kind, person, owned, detail,"
                      " mac) VALUES(?, ?, ?, ?, ?, ?, ?)",
                      "iiiiibb", field[0], field[1], field[2], field[3],
                      (int64_t)(p != NULL), sealed.data, sealed.n, end.mac,
                      sizeof end.mac);
    mien_buffer_free(&sealed);
    if (!st)
        g->log = end;
    return st;
}

mien_status mi_log_find_end(mien_gallery *g, mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    g->log = (mi_log_end){0};
    mien_status st = mi_db_prepare(
        &g->data, &s, err,
        "SELECT number, mac FROM log ORDER BY number DESC LIMIT 1", "");
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st && row) {
        mien_bytes mac = mi_db_bytes(&s, 1);
        g->log.number = mi_db_int(&s, 0);
        if (mac.n == MI_KEY_MAC && g->log.number > 0)
            memcpy(g->log.mac, mac.data, MI_KEY_MAC);
        else
            st = mi_fail(err, MIEN_EFORMAT, "%.150s: the log is damaged",
                         g->path);
    }
    mi_db_finish(&s);
    return st;
}

/* ---- reading ------------------------------------------------------------- */

typedef struct reading {
    const mien_gallery *g;
    int all; /* 1: what is sealed for people is opened too */
    mi_log_end end;
    void (*entry)(void *arg, const mien_gallery_entry *e);
    void *arg;
} reading;

/* Open what an entry tells; empty where that cannot be. */
static mien_status open_detail(const reading *r, const int64_t field[4],
                               int owned, const mien_bytes *sealed,
                               mien_bytes *out, mien_error *err)
{
    const mien_gallery *g = r->g;
    char what[MI_WHAT], number[32];
    const mi_key *key = &g->log_key;
    *out = (mien_bytes){0};
    if (owned) {
        int at = r->all ? mi_people_at(g, field[3]) : -1;
        key = at >= 0 ? &g->person[at].key : NULL;
    }
    if (!sealed->n || !key)
        return MIEN_OK;
    snprintf(number, sizeof number, "%lld", (long long)field[0]);
    mi_gallery_what(g, "log", owned ? field[3] : 0, number, what);
    return mi_unseal(key, what, sealed->data, sealed->n, out, err);
}

static mien_status bad(const reading *r, int64_t number, const char *why,
                       mien_error *err)
{
    return mi_fail(err, MIEN_EFORMAT, "%.120s: log entry %lld %s", r->g->path,
                   (long long)number, why);
}

/* Check an entry against the one before, and tell it. */
static mien_status take(reading *r, const mi_statement *s, mien_error *err)
{
    int64_t field[4];
    uint8_t mac[MI_KEY_MAC];
    mien_gallery_entry e = {0};
    for (int i = 0; i < 4; i++)
        field[i] = mi_db_int(s, i);
    int owned = (int)mi_db_int(s, 4);
    mien_bytes detail = mi_db_bytes(s, 5), was = mi_db_bytes(s, 6), plain;
    if (field[0] != r->end.number + 1)
        return bad(r, r->end.number + 1, "is missing", err);
    mien_status st =
        check_of(&r->g->log_key, r->end.mac, field, &detail, mac, err);
    if (st)
        return st;
    if (was.n != sizeof mac || memcmp(was.data, mac, sizeof mac) != 0 ||
        !kind_name(field[2], e.kind))
        return bad(r, field[0], "was changed, or one before it", err);
    memcpy(r->end.mac, mac, sizeof mac);
    r->end.number = field[0];
    if (!r->entry)
        return MIEN_OK;
    st = open_detail(r, field, owned, &detail, &plain, err);
    if (st)
        return st;
    e.number = field[0];
    e.at = field[1];
    e.person = field[3];
    e.detail = plain.data ? (const char *)plain.data : "";
    mi_log_mac_text(mac, e.mac);
    r->entry(r->arg, &e);
    mi_unsealed_free(&plain);
    return MIEN_OK;
}

enum { AT_ONCE = 256 }; /* rows of a server */

/* Check and tell every entry. */
static mien_status read_log(reading *r, int64_t *last, mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st = mi_db_prepare_all(
        &r->g->data, &s, err,
        "SELECT number, at, kind, person, owned, detail, mac FROM log"
        " ORDER BY number",
        AT_ONCE);
    do {
        if (!st)
            st = mi_db_step(&s, &row, err);
        if (!st && row)
            st = take(r, &s, err);
    } while (!st && row);
    mi_db_finish(&s);
    if (!st)
        *last = r->end.number;
    return st;
}

mien_status mien_gallery_log(mien_gallery *g,
                             void (*entry)(void *arg,
                                           const mien_gallery_entry *e),
                             void *arg, int64_t *last, mien_error *err)
{
    reading r = {.g = g, .all = 1, .entry = entry, .arg = arg};
    return read_log(&r, last, err);
}

void mien_gallery_log_key(const mien_gallery *g,
                          char out[MIEN_GALLERY_RECOVERY])
{
    mi_key_to_text(&g->log_key, out);
}

mien_status mien_gallery_audit(const char *path, const char *log_key,
                               void (*entry)(void *arg,
                                             const mien_gallery_entry *e),
                               void *arg, int64_t *last, mien_error *err)
{
    mien_gallery *g = NULL;
    int64_t generation = 0;
    mien_status st = mi_gallery_new(path, 0, &g, err);
    if (st)
        return st;
    reading r = {.g = g, .entry = entry, .arg = arg};
    st = mi_key_of_text(log_key, &g->log_key, err);
    if (!st)
        st = mi_data_open(g, &generation, err);
    if (!st)
        st = read_log(&r, last, err);
    mien_gallery_close(g);
    return st;
}
