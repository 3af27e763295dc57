/* calibrate.c: how near is near enough, by the gallery's own faces, and what of
 * that is kept: sealed, under a check of the purpose. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "gallery/gallery.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NUMBERS = 12 }; /* doubles that are kept */

/* ---- what is kept -------------------------------------------------------- */

/* Where it is kept: a check that tells no purpose, and the key it is under. */
static void place_of(const mien_gallery *g, const char *purpose,
                     uint8_t mac[MI_KEY_MAC], mi_key *key)
{
    static const uint8_t none[MI_KEY_MAC];
    mi_key_derive(&g->key, 2, "mien.thr", key);
    mi_key_mac(key, none, purpose, strlen(purpose), mac);
}

/* The numbers of a threshold, in the order in which they are kept. */
static void to_numbers(const mien_gallery_threshold *t, double out[NUMBERS])
{
    const double all[NUMBERS] = {
        (double)t->threshold, t->wanted,
        t->false_match.value, t->false_match.low,
        t->false_match.high,  t->strangers.value,
        t->strangers.low,     t->strangers.high,
        (double)t->at,        t->people,
        t->true_match.value,  t->worst,
    };
    memcpy(out, all, sizeof all);
}

/* The same back. */
static void of_numbers(const double n[NUMBERS], mien_gallery_threshold *out)
{
    *out = (mien_gallery_threshold){
        .threshold = (float)n[0],
        .wanted = n[1],
        .false_match = {.value = n[2], .low = n[3], .high = n[4]},
        .strangers = {.value = n[5], .low = n[6], .high = n[7]},
        .at = (int64_t)n[8],
        .people = (int)n[9],
        .true_match = {.value = n[10]},
        .worst = (int)n[11]};
}

/* Keep a threshold for a purpose and a network, with an entry of the log. */
static mien_status keep(mien_gallery *g, const char *purpose, const char *model,
                        const mien_gallery_threshold *t, mien_error *err)
{
    double number[NUMBERS];
    uint8_t mac[MI_KEY_MAC];
    mien_buffer plain = {0}, sealed = {0};
    char what[MI_WHAT], detail[300];
    mi_key key;
    mi_log_end before;
    place_of(g, purpose, mac, &key);
    to_numbers(t, number);
    for (int i = 0; i < NUMBERS; i++)
        mi_buffer_f64le(&plain, number[i]);
    mi_gallery_what(g, "threshold", 0, model, what);
    mien_status st = mi_seal_buffer(&key, what, &plain, &sealed, err);
    mi_keys_forget(&key, sizeof key);
    if (!st)
        st = mi_data_begin(g, &before, err);
    if (!st) {
        st = mi_db_do(&g->data, err,
                      "DELETE FROM threshold WHERE purpose = ? AND model = ?",
                      "bt", mac, sizeof mac, model);
        if (!st)
            st = mi_db_do(&g->data, err,
                          "INSERT INTO threshold(purpose, model, sealed)"
                          " VALUES(?, ?, ?)",
                          "btb", mac, sizeof mac, model, sealed.data, sealed.n);
        snprintf(detail, sizeof detail, "for %s: within %.4f, %d people",
                 purpose, (double)t->threshold, t->people);
        if (!st)
            st = mi_log_add(g, MI_LOG_CALIBRATED, NULL, 0, detail, err);
        st = mi_data_end(g, st, &before, err);
    }
    mien_buffer_free(&sealed);
    return st;
}

mien_status mi_threshold_forget(mien_gallery *g, const char *purpose, int *n,
                                mien_error *err)
{
    uint8_t mac[MI_KEY_MAC];
    mi_key key;
    place_of(g, purpose, mac, &key);
    mi_keys_forget(&key, sizeof key);
    mien_status st =
        mi_db_do(&g->data, err, "DELETE FROM threshold WHERE purpose = ?", "b",
                 mac, sizeof mac);
    if (!st)
        *n = (int)mi_db_changes(&g->data);
    return st;
}

mien_status mien_gallery_threshold_of(mien_gallery *g, const char *purpose,
                                      const char *model, int *found,
                                      mien_gallery_threshold *out,
                                      mien_error *err)
{
    uint8_t mac[MI_KEY_MAC];
    char what[MI_WHAT];
    mi_statement s = {0};
    mien_bytes plain = {0};
    mi_key key;
    double number[NUMBERS];
    int row = 0;
    place_of(g, purpose, mac, &key);
    mien_status st = mi_db_prepare(&g->data, &s, err,
                                   "SELECT sealed FROM threshold"
                                   " WHERE purpose = ? AND model = ?",
                                   "bt", mac, sizeof mac, model);
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st && row) {
        mien_bytes sealed = mi_db_bytes(&s, 0);
        mi_gallery_what(g, "threshold", 0, model, what);
        st = mi_unseal(&key, what, sealed.data, sealed.n, &plain, err);
    }
    if (!st && row && plain.n != NUMBERS * sizeof(double))
        st = mi_fail(err, MIEN_EFORMAT, "%.120s: a threshold is damaged",
                     g->path);
    if (!st && row) {
        mi_cursor c = mi_cursor_of(plain.data, plain.n);
        for (int i = 0; i < NUMBERS; i++)
            number[i] = mi_cursor_f64le(&c);
        of_numbers(number, out);
    }
    if (!st)
        *found = row;
    mi_db_finish(&s);
    mi_unsealed_free(&plain);
    mi_keys_forget(&key, sizeof key);
    return st;
}

/* ---- calibrating --------------------------------------------------------- */

/* The faces of those enrolled for a purpose, their people numbered from 0. */
typedef struct chosen {
    mien_index *index;
    int32_t *group; /* [people] of those that are in it */
    int people;
} chosen;

/* Give a person the next number, if there is none yet. */
static int32_t number_of(chosen *c, int32_t *number, int at,
                         const mien_gallery_calibrate_options *o)
{
    if (number[at] < 0) {
        c->group[c->people] = o->group ? o->group[at] : -1;
        number[at] = c->people++;
    }
    return number[at];
}

/* Fill it from a shelf. */
static mien_status choose(const mien_gallery *g, const mi_shelf *shelf,
                          const char *purpose,
                          const mien_gallery_calibrate_options *o, chosen *c,
                          mien_error *err)
{
    int32_t *number = mi_alloc((size_t)g->people + 1, sizeof *number);
    c->group = mi_alloc((size_t)g->people + 1, sizeof *c->group);
    mien_status st = number && c->group
                         ? mien_index_new(mien_index_numbers(shelf->face.index),
                                          &c->index, err)
                         : mi_no_memory(err);
    for (int i = 0; !st && i < g->people; i++)
        number[i] = -1;
    for (int64_t i = 0; !st && i < mien_index_count(shelf->face.index); i++) {
        int at = mi_people_at(g, mien_index_person(shelf->face.index, i));
        if (strcmp(g->person[at].shown.basis.purpose, purpose) != 0)
            continue;
        int32_t who = number_of(c, number, at, o);
        st = mien_index_add(c->index, 1, mien_index_row(shelf->face.index, i),
                            &who, err);
    }
    mi_free(number);
    return st;
}

/* Calibrate what was chosen. */
static mien_status calibrate(const mien_gallery *g, const chosen *c,
                             const mien_gallery_calibrate_options *o,
                             mien_gallery_threshold *out,
                             mien_pair_rate *by_group, mien_error *err)
{
    mien_match_calibrate_options how = MIEN_MATCH_CALIBRATE_DEFAULTS;
    mien_match_calibration m;
    how.false_match = o->false_match;
    how.group = o->group ? c->group : NULL;
    how.groups = o->group ? o->groups : 0;
    how.pool = o->pool;
    mien_status st = mien_match_calibrate(c->index, &how, &m, by_group, err);
    if (!st)
        *out = (mien_gallery_threshold){.threshold = m.threshold,
                                        .wanted = o->false_match,
                                        .false_match = m.false_match,
                                        .true_match = m.true_match,
                                        .strangers = m.strangers,
                                        .at = mi_gallery_now(g),
                                        .people = c->people,
                                        .worst = m.worst};
    return st;
}

mien_status
mien_gallery_calibrate(mien_gallery *g, const char *purpose, const char *model,
                       const mien_gallery_calibrate_options *options,
                       mien_gallery_threshold *out, mien_pair_rate *by_group,
                       mien_error *err)
{
    static const mien_gallery_calibrate_options usual =
        MIEN_GALLERY_CALIBRATE_DEFAULTS;
    const mien_gallery_calibrate_options *o = options ? options : &usual;
    chosen c = {0};
    mien_gallery_threshold t = {0};
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < g->shelves; i++)
        if (strcmp(g->shelf[i].model, model) == 0)
            st = choose(g, &g->shelf[i], purpose, o, &c, err);
    if (!st && !c.people)
        st = mi_fail(err, MIEN_EARG,
                     "nobody is enrolled for '%.60s' with a face that this "
                     "network described",
                     purpose);
    if (!st)
        st = calibrate(g, &c, o, &t, by_group, err);
    if (!st && isfinite(t.threshold))
        st = keep(g, purpose, model, &t, err);
    if (!st)
        *out = t;
    mien_index_free(c.index);
    mi_free(c.group);
    return st;
}
