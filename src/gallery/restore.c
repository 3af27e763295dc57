/* restore.c: what comes back of a copy of the data, to a file or a server. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/gallery.h"
#include "mien/gallery_store.h"

#include <stdio.h>
#include <unistd.h>

/* ---- brought up ---------------------------------------------------------- */

/* How many keys the vault has of people whom the data has not. */
static mien_status count_missing(mien_gallery *g, int *out, mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st = mi_db_prepare(
        &g->keys, &s, err, "SELECT person FROM key ORDER BY person", "");
    *out = 0;
    do {
        if (!st)
            st = mi_db_step(&s, &row, err);
        if (!st && row)
            *out += mi_people_at(g, mi_db_int(&s, 0)) < 0;
    } while (!st && row);
    mi_db_finish(&s);
    return st;
}

enum { AT_ONCE = 64 };

/* Some of the copy's people who were erased since; how many. */
static mien_status find_erased(mien_gallery *g, int64_t gone[AT_ONCE], int *n,
                               mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st = mi_db_prepare(&g->data, &s, err,
                                   "SELECT id FROM person ORDER BY id", "");
    *n = 0;
    do {
        int erased = 0;
        mi_key key;
        if (!st)
            st = mi_db_step(&s, &row, err);
        if (st || !row)
            break;
        gone[*n] = mi_db_int(&s, 0);
        st = mi_vault_key(g, gone[*n], &key, &erased, err);
        mi_keys_forget(&key, sizeof key);
        *n += !st && erased;
    } while (!st && *n < AT_ONCE);
    mi_db_finish(&s);
    return st;
}

/* Delete whoever was erased from the copy. */
static mien_status erase_again(mien_gallery *g, int *out, mien_error *err)
{
    int64_t gone[AT_ONCE] = {0};
    int n = 0;
    mien_status st;
    do {
        st = find_erased(g, gone, &n, err);
        for (int i = 0; !st && i < n; i++)
            st = mi_data_erase(g, gone[i], MI_LOG_WITHDRAWN, NULL, err);
        *out += st ? 0 : n;
    } while (!st && n);
    return st;
}

/* Delete from the copy what was removed since. */
static mien_status forget_again(mien_gallery *g, mi_held *out, mien_error *err)
{
    mien_status st = mi_db_begin(&g->data, err);
    if (st)
        return st;
    return mi_db_end(&g->data, mi_vault_forget_again(g, out, err), err);
}

/* Make the copy what the keys are of. */
static mien_status bring_up(mien_gallery *g, mien_gallery_restored *out,
                            mien_error *err)
{
    mi_log_end before;
    mi_held gone = {0};
    mien_status st = mi_log_find_end(g, err);
    if (!st)
        st = erase_again(g, &out->erased, err);
    if (!st)
        st = forget_again(g, &gone, err);
    if (!st)
        st = mi_people_load(g, err);
    if (!st)
        st = count_missing(g, &out->missing, err);
    if (!st)
        st = mi_data_begin(g, &before, err);
    if (st)
        return st;
    st = mi_db_do(&g->data, err, "DELETE FROM undo", "");
    if (!st)
        st = mi_log_add(g, MI_LOG_RESTORED, NULL, 0, "", err);
    st = mi_data_end(g, st, &before, err);
    out->people = g->people;
    out->faces = gone.faces;
    out->evidence = gone.evidence;
    out->inferred = gone.inferred;
    out->negatives = gone.negatives;
    return st ? st : mi_db_settle(&g->data, err);
}

/* Copy `from` beside the gallery, as `aside`. */
static mien_status take_copy(const char *from, const char *aside,
                             mien_error *err)
{
    mi_db copy = {0};
    mien_status st = mi_db_open(from, MI_DB_LOOK, MI_GALLERY_DATA,
                                MI_DATA_VERSION, &copy, err);
    if (!st)
        st = mi_copy_file(&copy, aside, err);
    mi_db_close(&copy);
    return st;
}

/* Bring what is replaced into one file, so that it stays whole until then; what
 * is lost or damaged need not be. */
static mien_status join_journal(const char *path, mien_error *err)
{
    mi_db old = {0};
    if (mi_db_open(path, MI_DB_USE, MI_GALLERY_DATA, MI_DATA_VERSION, &old,
                   NULL))
        return MIEN_OK;
    mien_status st = mi_db_settle(&old, err);
    mi_db_close(&old);
    return st == MIEN_EFORMAT ? MIEN_OK : st;
}

/* Put the copy, which is whole, in the place of the data of a file. */
static mien_status put_in_file(const char *aside, const char *path,
                               mien_error *err)
{
    char *journal = mi_db_beside(path, "-wal"),
         *shared = mi_db_beside(path, "-shm");
    mien_status st =
        journal && shared ? join_journal(path, err) : mi_no_memory(err);
    if (!st) {
        unlink(journal); /* of what is replaced */
        unlink(shared);
    }
    if (!st && (rename(aside, path) || !mi_db_sync(path)))
        st = mi_fail(err, MIEN_EIO, "%.150s: cannot be replaced", path);
    mi_free(journal);
    mi_free(shared);
    return st;
}

/* Put the copy's rows in the place of those that a server has, in one
 * transaction. */
static mien_status put_on_server(const char *aside, const char *path,
                                 const mi_store *to, mien_error *err)
{
    mi_db copy = {0}, data = {0};
    mien_status st = mi_db_open(aside, MI_DB_USE, MI_GALLERY_DATA,
                                MI_DATA_VERSION, &copy, err);
    if (!st)
        st = mi_store_open(to, path, MI_DB_MAKE, MI_DATA_VERSION, &data, err);
    if (!st)
        st = mi_db_begin(&data, err);
    if (!st) {
        st = mi_data_clear(&data, err);
        if (!st)
            st = mi_data_carry(&copy, &data, err);
        st = mi_db_end(&data, st, err);
    }
    mi_db_close(&data);
    mi_db_close(&copy);
    if (!st)
        mi_db_delete(aside);
    return st;
}

/* Put a file that tells where the data are in the place of whatever is there.
 */
static mien_status tell_where(const char *path, const mi_store *to,
                              mien_error *err)
{
    char *aside = mi_db_beside(path, "-new");
    if (!aside)
        return mi_no_memory(err);
    mi_db_delete(aside);
    mien_status st = mi_store_write(aside, to, err);
    if (!st)
        st = put_in_file(aside, path, err);
    if (st)
        unlink(aside);
    mi_free(aside);
    return st;
}

/* The same where the data are, or at an address where they were not. */
static mien_status put_in_place(const mien_gallery *g, const char *path,
                                const char *address, mien_error *err)
{
    mi_store to;
    int is = address != NULL;
    mien_status st = address ? mi_gallery_store_at(g, address, &to, err)
                             : mi_gallery_store(g, path, &to, &is, err);
    if (!st)
        st = is ? put_on_server(g->path, path, &to, err)
                : put_in_file(g->path, path, err);
    if (!st && address)
        st = tell_where(path, &to, err);
    mi_keys_forget(&to, sizeof to);
    return st;
}

/* The data is what the keys are of: nothing is begun any more.  Where the keys
 * cannot be told, opening does it. */
static void end_begun(mien_gallery *g)
{
    mi_begun begun = MI_NOTHING;
    int64_t person, generation;
    if (!mi_vault_begun(g, &begun, &person, &generation, NULL) && begun &&
        !mi_db_settle(&g->keys, NULL) && mi_vault_done(g, NULL))
        g->broken = 1;
}

mien_status mi_copy_forget(const char *path, mien_error *err)
{
    char *left = mi_db_beside(path, ".restored");
    if (!left)
        return mi_no_memory(err);
    mi_db_delete(left);
    mi_free(left);
    return MIEN_OK;
}

/* Make the copy whole and put it in the place of `path`, or at an address. */
static mien_status restore(mien_gallery *g, const char *path,
                           const char *address, const char *from,
                           mien_gallery_restored *out, mien_error *err)
{
    int64_t generation = 0;
    mien_status st = mi_data_open(g, &generation, err);
    if (!st && generation > g->generation)
        st = mi_fail(err, MIEN_EFORMAT,
                     "%.120s: is an older copy than %.40s: the keys of who was "
                     "enrolled since are not in it",
                     g->keys_path, from);
    if (!st)
        st = bring_up(g, out, err);
    mi_db_close(&g->data);
    if (!st)
        st = put_in_place(g, path, address, err);
    if (!st)
        end_begun(g);
    return st;
}

mien_status mien_gallery_restore(const char *path, const char *from,
                                 const mien_gallery_key *key, int64_t now,
                                 mien_gallery_restored *out, mien_error *err)
{
    return mien_gallery_restore_on(path, NULL, from, key, now, out, err);
}

mien_status mien_gallery_restore_on(const char *path, const char *address,
                                    const char *from,
                                    const mien_gallery_key *key, int64_t now,
                                    mien_gallery_restored *out, mien_error *err)
{
    mien_gallery *g = NULL;
    mien_gallery_restored done = {0};
    char *aside = mi_db_beside(path, ".restored");
    mien_status st =
        aside ? mi_gallery_new(path, now, &g, err) : mi_no_memory(err);
    if (!st)
        st = mi_vault_open(g, key, err);
    if (!st)
        st = take_copy(from, aside, err);
    if (!st) {
        char *own = g->path;
        g->path = aside;
        st = restore(g, path, address, from, &done, err);
        g->path = own;
        if (st && mi_copy_forget(path, NULL))
            g->broken = 1; /* opening does it */
    }
    mien_gallery_close(g);
    mi_free(aside);
    if (!st)
        *out = done;
    return st;
}
