/* open.c: opening a gallery, and what a break left behind. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/gallery.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t mi_gallery_now(const mien_gallery *g)
{
    return g->now ? g->now : (int64_t)time(NULL);
}

void mi_gallery_day(const mien_gallery *g, char out[11])
{
    time_t at = (time_t)mi_gallery_now(g);
    struct tm day = {0};
    if (!gmtime_r(&at, &day) || !strftime(out, 11, "%Y-%m-%d", &day))
        memcpy(out, "9999-12-31", 11);
}

void mi_gallery_what(const mien_gallery *g, const char *kind, int64_t person,
                     const char *more, char out[MI_WHAT])
{
    int n = snprintf(out, MI_WHAT, "mien gallery %d|", MI_SEAL_VERSION);
    for (int i = 0; i < MI_GALLERY_ID; i++)
        n += snprintf(out + n, MI_WHAT - (size_t)n, "%02x", g->id[i]);
    snprintf(out + n, MI_WHAT - (size_t)n, "|%.20s|%lld|%.70s", kind,
             (long long)person, more);
}

void mi_gallery_what_number(const mien_gallery *g, const char *kind,
                            int64_t person, int64_t number, char out[MI_WHAT])
{
    char more[32];
    snprintf(more, sizeof more, "%lld", (long long)number);
    mi_gallery_what(g, kind, person, more, out);
}

/* ---- the two files ------------------------------------------------------- */

mien_status mi_gallery_new(const char *path, int64_t now, mien_gallery **out,
                           mien_error *err)
{
    mien_status st = mi_keys_start(err);
    if (st)
        return st;
    mien_gallery *g = mi_alloc(1, sizeof *g);
    if (!g)
        return mi_no_memory(err);
    g->now = now;
    g->path = mi_db_beside(path, "");
    g->keys_path = mi_db_beside(path, "-keys");
    if (g->path && g->keys_path) {
        *out = g;
        return MIEN_OK;
    }
    mien_gallery_close(g);
    return mi_no_memory(err);
}

void mien_gallery_close(mien_gallery *g)
{
    if (!g)
        return;
    mi_people_free(g);
    mi_db_close(&g->data);
    mi_db_close(&g->keys);
    mi_free(g->path);
    mi_free(g->keys_path);
    mi_keys_forget(g, sizeof *g);
    mi_free(g);
}

void mi_gallery_collection(const mien_gallery *g, char out[MI_STORE_COLLECTION])
{
    for (size_t i = 0; i < sizeof g->id; i++)
        snprintf(out + 2 * i, 3, "%02x", g->id[i]);
}

/* The keys, which have been opened, say which gallery it is. */
static int is_known(const mien_gallery *g)
{
    static const uint8_t none[MI_GALLERY_ID];
    return memcmp(g->id, none, sizeof none) != 0;
}

static mien_status another(const char *path, const mien_gallery *g,
                           mien_error *err)
{
    return mi_fail(err, MIEN_EFORMAT, "%.80s: is of another gallery than %.80s",
                   path, g->keys_path);
}

mien_status mi_gallery_store(const mien_gallery *g, const char *path,
                             mi_store *out, int *is, mien_error *err)
{
    char collection[MI_STORE_COLLECTION];
    mien_status st = mi_store_read(path, out, is, err);
    mi_gallery_collection(g, collection);
    if (!st && *is && is_known(g) && strcmp(out->collection, collection) != 0)
        st = another(path, g, err);
    return st;
}

mien_status mi_gallery_store_at(const mien_gallery *g, const char *address,
                                mi_store *out, mien_error *err)
{
    if (strlen(address) >= sizeof out->address)
        return mi_fail(err, MIEN_EARG,
                       "an address of %zu bytes; at most %zu are wanted",
                       strlen(address), sizeof out->address - 1);
    snprintf(out->address, sizeof out->address, "%s", address);
    mi_gallery_collection(g, out->collection);
    return MIEN_OK;
}

/* Open the data where they are.  Whoever has only the key of the log reads
 * beside others who write. */
static mien_status open_data(mien_gallery *g, mien_error *err)
{
    mi_store at;
    int is = 0;
    mien_status st = mi_gallery_store(g, g->path, &at, &is, err);
    if (!st && is)
        st = mi_store_open(&at, g->path, is_known(g) ? MI_DB_ALONE : MI_DB_LOOK,
                           MI_DATA_VERSION, &g->data, err);
    else if (!st)
        st = mi_db_open(g->path, MI_DB_USE, MI_GALLERY_DATA, MI_DATA_VERSION,
                        &g->data, err);
    mi_keys_forget(&at, sizeof at);
    return st;
}

mien_status mi_data_open(mien_gallery *g, int64_t *generation, mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st = open_data(g, err);
    if (!st)
        st = mi_db_prepare(&g->data, &s, err,
                           "SELECT gallery, generation FROM gallery", "");
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st) {
        mien_bytes id = row ? mi_db_bytes(&s, 0) : (mien_bytes){0};
        if (id.n != sizeof g->id)
            st = mi_fail(err, MIEN_EFORMAT, "%.150s: is damaged", g->path);
        else if (is_known(g) && memcmp(id.data, g->id, id.n) != 0)
            st = another(g->path, g, err);
        else
            memcpy(g->id, id.data, id.n);
        *generation = row ? mi_db_int(&s, 1) : 0;
    }
    mi_db_finish(&s);
    return st ? st : mi_data_tables(&g->data, err);
}

/* ---- opening ------------------------------------------------------------- */

/* Make the generations equal, or refuse an older copy of one of the files. */
static mien_status settle(mien_gallery *g, int64_t data,
                          mien_gallery_opened *found, mien_error *err)
{
    mi_begun begun = MI_NOTHING;
    int64_t of = 0;
    mien_status st = mi_vault_begun(g, &begun, &of, &g->generation, err);
    if (st)
        return st;
    if (data > g->generation)
        return mi_fail(err, MIEN_EFORMAT,
                       "%.120s: is an older copy (%lld of %lld): the keys of "
                       "who was enrolled since are not in it",
                       g->keys_path, (long long)g->generation, (long long)data);
    if (data < g->generation - 1 || (data < g->generation && !begun))
        return mi_fail(err, MIEN_EFORMAT,
                       "%.120s: is an older copy (%lld of %lld); restore takes "
                       "it, and keeps who was erased since erased",
                       g->path, (long long)data, (long long)g->generation);
    /* What was being erased may stand in the journals still. */
    int erasing = begun != MI_NOTHING;
    if (erasing)
        st = mi_db_settle(&g->keys, err);
    if (!st && erasing)
        st = mi_db_settle(&g->data, err);
    if (st || (data == g->generation && !begun))
        return st;
    if (data == g->generation)
        return mi_vault_done(g, err);
    if (begun != MI_ERASE) {
        found->unchanged++;
        return mi_vault_undo(g, begun, of, err);
    }
    found->erased++;
    st = mi_data_erase(g, of, MI_LOG_WITHDRAWN, NULL, err);
    return st ? st : mi_vault_done(g, err);
}

mien_status mien_gallery_sweep(mien_gallery *g, int *expired, mien_error *err)
{
    char today[11];
    mien_status st = MIEN_OK;
    *expired = 0;
    mi_gallery_day(g, today);
    for (int i = g->people - 1; !st && i >= 0; i--)
        if (strcmp(g->person[i].shown.basis.expiry, today) < 0) {
            st = mi_gallery_erase(g, i, MI_LOG_EXPIRED, NULL, err);
            *expired += !st;
        }
    if (!st)
        st = mi_inferred_sweep(g, err);
    return st ? st : mi_undo_sweep(g, err);
}

mien_status mien_gallery_open(const char *path, const mien_gallery_key *key,
                              int64_t now, mien_gallery_opened *found,
                              mien_gallery **out, mien_error *err)
{
    mien_gallery_opened done = {0};
    mien_gallery *g = NULL;
    int64_t generation = 0;
    mien_status st = mi_gallery_new(path, now, &g, err);
    if (st)
        return st;
    st = mi_vault_open(g, key, err);
    if (!st)
        st = mi_copy_forget(path, err);
    if (!st)
        st = mi_data_open(g, &generation, err);
    if (!st)
        st = mi_log_find_end(g, err);
    if (!st)
        st = settle(g, generation, &done, err);
    if (!st)
        st = mi_data_upgrade(g, err);
    if (!st)
        st = mi_people_load(g, err);
    if (!st)
        st = mi_leaving_erase(g, &done.erased, err);
    if (!st)
        st = mien_gallery_sweep(g, &done.expired, err);
    if (st) {
        mien_gallery_close(g);
        return st;
    }
    if (found)
        *found = done;
    *out = g;
    return MIEN_OK;
}

mien_status mien_gallery_rekey(mien_gallery *g, const mien_gallery_key *key,
                               mien_error *err)
{
    mien_status st = mi_vault_rekey(g, key, err);
    if (!st)
        st = mi_log_add(g, MI_LOG_REKEYED, NULL, 0, "", err);
    return st;
}
