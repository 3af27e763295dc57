/* vault.c: PEOPLE.db-keys: the gallery's key, sealed twice; a key a person;
 * who was erased. */
#include "gallery/gallery.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

/* How the gallery's key is sealed. */
enum { BY_PASSPHRASE = 1, BY_FILE };

static const char schema[] =
    "CREATE TABLE vault(one INTEGER PRIMARY KEY CHECK(one = 1),"
    " gallery BLOB, kind INTEGER, salt BLOB, passes INTEGER, bytes INTEGER,"
    " sealed BLOB, recovery BLOB, generation INTEGER, begun INTEGER,"
    " begun_person INTEGER);"
    "CREATE TABLE key(person INTEGER PRIMARY KEY, sealed BLOB);"
    "CREATE TABLE erased(person INTEGER PRIMARY KEY, at INTEGER)";

/* Of faces, evidence and negatives that were removed; files of before it have
 * it from their next opening on. */
static const char forgotten[] =
    "CREATE TABLE IF NOT EXISTS forgotten(face INTEGER PRIMARY KEY);"
    /* What the change that was begun last removes, by its generation. */
    "CREATE TABLE IF NOT EXISTS going(face INTEGER PRIMARY KEY,"
    " generation INTEGER)";

/* ---- what people have ---------------------------------------------------- */

/* The key of a passphrase or a key file. */
static mien_status key_of(const mien_gallery_key *k, const mi_key_work *work,
                          mi_key *out, mien_error *err)
{
    if (k->passphrase && *k->passphrase)
        return mi_key_of_passphrase(k->passphrase, work, out, err);
    if (k->file.data)
        return mi_key_of_file(k->file.data, k->file.n, out, err);
    return mi_fail(err, MIEN_EARG,
                   "a gallery wants a passphrase or a key file");
}

static int kind_of(const mien_gallery_key *k)
{
    return k->passphrase && *k->passphrase ? BY_PASSPHRASE : BY_FILE;
}

/* Seal the gallery's key for what people have, and put it into the vault. */
static mien_status put_sealed(mien_gallery *g, const mien_gallery_key *k,
                              mien_error *err)
{
    mi_key_work work = mi_key_work_new(k->least_work);
    mien_buffer sealed = {0};
    char what[MI_WHAT];
    mi_key outer;
    mien_status st = key_of(k, &work, &outer, err);
    if (st)
        return st;
    mi_gallery_what(g, "gallery's key", 0, "", what);
    mi_seal(&outer, what, g->key.byte, MI_KEY_SIZE, &sealed);
    mi_keys_forget(&outer, sizeof outer);
    st = sealed.failed
             ? mi_no_memory(err)
             : mi_db_do(&g->keys, err,
                        "UPDATE vault SET kind = ?, salt = ?, passes = ?,"
                        " bytes = ?, sealed = ?",
                        "ibiib", (int64_t)kind_of(k), work.salt,
                        sizeof work.salt, (int64_t)work.passes,
                        (int64_t)work.bytes, sealed.data, sealed.n);
    mien_buffer_free(&sealed);
    return st;
}

/* ---- making -------------------------------------------------------------- */

/* Seal the gallery's key for a recovery key, which is made. */
static mien_status put_recovery(mien_gallery *g,
                                char recovery[MIEN_GALLERY_RECOVERY],
                                mien_error *err)
{
    mien_buffer sealed = {0};
    char what[MI_WHAT];
    mi_key outer;
    mi_keys_random(&outer, sizeof outer);
    mi_gallery_what(g, "gallery's key", 0, "recovery", what);
    mi_seal(&outer, what, g->key.byte, MI_KEY_SIZE, &sealed);
    mien_status st =
        sealed.failed ? mi_no_memory(err)
                      : mi_db_do(&g->keys, err, "UPDATE vault SET recovery = ?",
                                 "b", sealed.data, sealed.n);
    mi_key_to_text(&outer, recovery);
    mi_keys_forget(&outer, sizeof outer);
    mien_buffer_free(&sealed);
    return st;
}

mien_status mi_vault_make(mien_gallery *g, const mien_gallery_key *key,
                          char recovery[MIEN_GALLERY_RECOVERY], mien_error *err)
{
    mien_status st = mi_db_open(g->keys_path, MI_DB_MAKE, MI_GALLERY_KEYS,
                                MI_KEYS_VERSION, &g->keys, err);
    if (st)
        return st;
    mi_keys_random(g->id, sizeof g->id);
    mi_keys_random(&g->key, sizeof g->key);
    st = mi_db_begin(&g->keys, err);
    if (!st)
        st = mi_db_run(&g->keys, schema, err);
    if (!st)
        st = mi_db_run(&g->keys, forgotten, err);
    if (!st)
        st = mi_db_do(&g->keys, err,
                      "INSERT INTO vault(one, gallery, generation, begun,"
                      " begun_person) VALUES(1, ?, 1, 0, 0)",
                      "b", g->id, sizeof g->id);
    if (!st)
        st = put_sealed(g, key, err);
    if (!st)
        st = put_recovery(g, recovery, err);
    return mi_db_end(&g->keys, st, err);
}

mien_status mi_vault_rekey(mien_gallery *g, const mien_gallery_key *key,
                           mien_error *err)
{
    mien_status st = mi_db_begin(&g->keys, err);
    if (st)
        return st;
    st = mi_db_end(&g->keys, put_sealed(g, key, err), err);
    return st ? st : mi_db_settle(&g->keys, err);
}

/* ---- opening ------------------------------------------------------------- */

/* What the vault says of how it is sealed. */
typedef struct vault {
    int kind;
    mi_key_work work;
    mien_bytes sealed, recovery; /* of the statement */
} vault;

/* What the row says; sealed keys are borrowed of the statement. */
static mien_status read_vault(mien_gallery *g, const mi_statement *s, vault *v,
                              mien_error *err)
{
    mien_bytes id = mi_db_bytes(s, 0), salt = mi_db_bytes(s, 2);
    if (id.n != sizeof g->id || salt.n != sizeof v->work.salt)
        return mi_fail(err, MIEN_EFORMAT, "%.150s: is damaged", g->keys_path);
    memcpy(g->id, id.data, id.n);
    memcpy(v->work.salt, salt.data, salt.n);
    v->kind = (int)mi_db_int(s, 1);
    v->work.passes = (uint64_t)mi_db_int(s, 3);
    v->work.bytes = (uint64_t)mi_db_int(s, 4);
    v->sealed = mi_db_bytes(s, 5);
    v->recovery = mi_db_bytes(s, 6);
    g->generation = mi_db_int(s, 7);
    return MIEN_OK;
}

/* Open the gallery's key with a key that people have. */
static mien_status unseal(mien_gallery *g, const vault *v,
                          const mien_gallery_key *k, mien_error *err)
{
    char what[MI_WHAT];
    mi_key outer;
    mien_bytes key = {0};
    const mien_bytes *from = k->recovery ? &v->recovery : &v->sealed;
    if (!k->recovery && (k->passphrase || k->file.data) &&
        kind_of(k) != v->kind)
        return mi_fail(err, MIEN_EARG, "%.120s: is opened by a %s", g->path,
                       v->kind == BY_FILE ? "key file" : "passphrase");
    mien_status st = k->recovery ? mi_key_of_text(k->recovery, &outer, err)
                                 : key_of(k, &v->work, &outer, err);
    if (st)
        return st;
    mi_gallery_what(g, "gallery's key", 0, k->recovery ? "recovery" : "", what);
    st = mi_unseal(&outer, what, from->data, from->n, &key, err);
    mi_keys_forget(&outer, sizeof outer);
    if (st == MIEN_EFORMAT || (!st && key.n != MI_KEY_SIZE))
        st =
            mi_fail(err, MIEN_EARG, "%.120s: this %s does not open it", g->path,
                    k->recovery     ? "recovery key"
                    : k->passphrase ? "passphrase"
                                    : "key file");
    if (!st)
        memcpy(g->key.byte, key.data, MI_KEY_SIZE);
    mi_unsealed_free(&key);
    return st;
}

mien_status mi_vault_unlock(mien_gallery *g, const mien_gallery_key *key,
                            mien_error *err)
{
    vault v;
    mi_statement s = {0};
    int row = 0;
    mien_status st =
        mi_db_prepare(&g->keys, &s, err,
                      "SELECT gallery, kind, salt, passes, bytes, sealed,"
                      " recovery, generation FROM vault",
                      "");
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st && !row)
        st = mi_fail(err, MIEN_EFORMAT, "%.150s: is empty", g->keys_path);
    if (!st)
        st = read_vault(g, &s, &v, err);
    if (!st)
        st = unseal(g, &v, key, err);
    mi_db_finish(&s);
    return st;
}

mien_status mi_vault_open(mien_gallery *g, const mien_gallery_key *key,
                          mien_error *err)
{
    int deleted = 0;
    mien_status st = mi_db_open(g->keys_path, MI_DB_ALONE, MI_GALLERY_KEYS,
                                MI_KEYS_VERSION, &g->keys, err);
    if (!st)
        st = mi_deletion_begun(g, &deleted, err);
    if (!st && deleted) {
        st = mi_deletion_end(g, err);
        return st ? st
                  : mi_fail(err, MIEN_EIO,
                            "%.100s: was deleted; what was left of its files "
                            "is gone now",
                            g->path);
    }
    if (!st)
        st = mi_vault_unlock(g, key, err);
    if (!st)
        st = mi_db_run(&g->keys, forgotten, err);
    if (!st)
        mi_key_derive(&g->key, 1, "mien.log", &g->log_key);
    return st;
}

/* ---- changes ------------------------------------------------------------- */

mien_status mi_vault_begun(const mien_gallery *g, mi_begun *what, int64_t *of,
                           int64_t *generation, mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st =
        mi_db_prepare(&g->keys, &s, err,
                      "SELECT begun, begun_person, generation FROM vault", "");
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st && row) {
        *what = (mi_begun)(int)mi_db_int(&s, 0);
        *of = mi_db_int(&s, 1);
        *generation = mi_db_int(&s, 2);
    }
    mi_db_finish(&s);
    return st;
}

/* Keep a person's key, sealed. */
static mien_status keep_key(mien_gallery *g, int64_t person, const mi_key *key,
                            mien_error *err)
{
    mien_buffer sealed = {0};
    char what[MI_WHAT];
    mi_gallery_what(g, "person's key", person, "", what);
    mi_seal(&g->key, what, key->byte, MI_KEY_SIZE, &sealed);
    mien_status st =
        sealed.failed ? mi_no_memory(err)
                      : mi_db_do(&g->keys, err,
                                 "INSERT INTO key(person, sealed) VALUES(?, ?)",
                                 "ib", person, sealed.data, sealed.n);
    mien_buffer_free(&sealed);
    return st;
}

static mien_status destroy_key(mien_gallery *g, int64_t person, mien_error *err)
{
    mien_status st = mi_db_do(&g->keys, err, "DELETE FROM key WHERE person = ?",
                              "i", person);
    if (!st)
        st = mi_db_do(&g->keys, err,
                      "INSERT OR IGNORE INTO erased(person, at) VALUES(?, ?)",
                      "ii", person, mi_gallery_now(g));
    return st;
}

/* Remember what goes by its number. */
static mien_status begin_gone(mien_gallery *g, const mi_change *c,
                              mien_error *err)
{
    mien_status st = mi_db_do(&g->keys, err, "DELETE FROM going", "");
    for (int i = 0; !st && i < c->n_gone; i++) {
        /* What was removed before stays so, whatever comes of this. */
        st = mi_db_do(&g->keys, err,
                      "INSERT OR IGNORE INTO going(face, generation)"
                      " SELECT ?1, ?2 WHERE NOT EXISTS"
                      " (SELECT 1 FROM forgotten WHERE face = ?1)",
                      "ii", c->gone[i], g->generation + 1);
        if (!st)
            st = mi_db_do(&g->keys, err,
                          "INSERT OR IGNORE INTO forgotten(face) VALUES(?)",
                          "i", c->gone[i]);
    }
    return st;
}

mien_status mi_vault_begin(mien_gallery *g, const mi_change *c, mien_error *err)
{
    if (g->broken)
        return mi_fail(err, MIEN_EIO,
                       "%.120s: a change was broken off; the gallery has to be "
                       "closed and opened again",
                       g->path);
    mien_status st = mi_db_begin(&g->keys, err);
    if (st)
        return st;
    st = mi_db_do(&g->keys, err,
                  "UPDATE vault SET generation = ?, begun = ?,"
                  " begun_person = ?",
                  "iii", g->generation + 1, (int64_t)c->what, c->of);
    if (!st && c->what == MI_ENROL)
        st = keep_key(g, c->of, c->key, err);
    if (!st && c->what == MI_ERASE)
        st = destroy_key(g, c->of, err);
    if (!st)
        st = begin_gone(g, c, err);
    st = mi_db_end(&g->keys, st, err);
    if (!st)
        g->generation++;
    return st;
}

mien_status mi_vault_done(mien_gallery *g, mien_error *err)
{
    mien_status st = mi_db_do(
        &g->keys, err, "UPDATE vault SET begun = 0, begun_person = 0", "");
    g->broken |= st != MIEN_OK;
    return st;
}

mien_status mi_vault_undo(mien_gallery *g, mi_begun what, int64_t of,
                          mien_error *err)
{
    mien_status st = mi_db_begin(&g->keys, err);
    if (!st && what == MI_ENROL)
        st = mi_db_do(&g->keys, err, "DELETE FROM key WHERE person = ?", "i",
                      of);
    if (!st && what == MI_FORGET && of) /* as an earlier mien began it */
        st = mi_db_do(&g->keys, err, "DELETE FROM forgotten WHERE face = ?",
                      "i", of);
    if (!st)
        st = mi_db_do(&g->keys, err,
                      "DELETE FROM forgotten WHERE face IN"
                      " (SELECT face FROM going WHERE generation = ?)",
                      "i", g->generation);
    if (!st)
        st = mi_db_do(&g->keys, err,
                      "UPDATE vault SET generation = ?, begun = 0,"
                      " begun_person = 0",
                      "i", g->generation - 1);
    st = mi_db_end(&g->keys, st, err);
    if (st)
        g->broken = 1;
    else
        g->generation--;
    return st;
}

/* ---- what was removed ---------------------------------------------------- */

/* Delete from the data what has a number; how much is added to *gone. */
static mien_status forget(mien_gallery *g, const char *sql, int64_t number,
                          int *gone, mien_error *err)
{
    mien_status st = mi_db_do(&g->data, err, sql, "i", number);
    if (!st)
        *gone += (int)mi_db_changes(&g->data);
    return st;
}

mien_status mi_vault_forget_again(mien_gallery *g, mi_held *gone,
                                  mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st =
        mi_db_prepare(&g->keys, &s, err, "SELECT face FROM forgotten", "");
    do {
        if (!st)
            st = mi_db_step(&s, &row, err);
        if (!st && row)
            st = forget(g, "DELETE FROM face WHERE id = ?", mi_db_int(&s, 0),
                        &gone->faces, err);
        if (!st && row)
            st = forget(g, "DELETE FROM evidence WHERE id = ? AND kind = 0",
                        mi_db_int(&s, 0), &gone->evidence, err);
        if (!st && row)
            st = forget(g, "DELETE FROM evidence WHERE id = ? AND kind = 1",
                        mi_db_int(&s, 0), &gone->inferred, err);
        if (!st && row)
            st = forget(g, "DELETE FROM negative WHERE id = ?",
                        mi_db_int(&s, 0), &gone->negatives, err);
    } while (!st && row);
    mi_db_finish(&s);
    return st;
}

/* ---- keys of people ------------------------------------------------------ */

mien_status mi_vault_next(const mien_gallery *g, int64_t *person,
                          mien_error *err)
{
    int found;
    mien_status st =
        mi_db_number(&g->keys,
                     "SELECT max(ifnull((SELECT max(person) FROM key), 0),"
                     " ifnull((SELECT max(person) FROM erased), 0)) + 1",
                     person, &found, err);
    if (!st && (*person < 1 || *person > INT32_MAX))
        st = mi_fail(err, MIEN_ELIMIT, "%.120s: no numbers are left",
                     g->keys_path);
    return st;
}

/* 1 in *out if a person was erased. */
static mien_status is_erased(const mien_gallery *g, int64_t person, int *out,
                             mien_error *err)
{
    mi_statement s = {0};
    mien_status st =
        mi_db_prepare(&g->keys, &s, err,
                      "SELECT 1 FROM erased WHERE person = ?", "i", person);
    if (!st)
        st = mi_db_step(&s, out, err);
    mi_db_finish(&s);
    return st;
}

mien_status mi_vault_key(const mien_gallery *g, int64_t person, mi_key *out,
                         int *erased, mien_error *err)
{
    char what[MI_WHAT];
    mi_statement s = {0};
    mien_bytes key = {0};
    int row = 0;
    mien_status st = is_erased(g, person, erased, err);
    if (st || *erased)
        return st;
    st = mi_db_prepare(&g->keys, &s, err,
                       "SELECT sealed FROM key WHERE person = ?", "i", person);
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st && !row)
        st = mi_fail(err, MIEN_EFORMAT, "%.120s: no key of person %lld",
                     g->keys_path, (long long)person);
    if (!st) {
        mien_bytes sealed = mi_db_bytes(&s, 0);
        mi_gallery_what(g, "person's key", person, "", what);
        st = mi_unseal(&g->key, what, sealed.data, sealed.n, &key, err);
    }
    mi_db_finish(&s);
    if (!st && key.n != MI_KEY_SIZE)
        st = mi_fail(err, MIEN_EFORMAT, "%.120s: is damaged", g->keys_path);
    if (!st)
        memcpy(out->byte, key.data, MI_KEY_SIZE);
    mi_unsealed_free(&key);
    return st;
}
