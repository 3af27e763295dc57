/* journal.c: what a folder keeps of a training that goes on. */
#include "mien/journal.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/file.h"
#include "mien/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const double pause = 2; /* seconds between checkpoints */

struct mien_journal {
    char *folder;
    double saved;       /* when the last checkpoint was */
    mien_buffer events; /* TensorBoard's records of the epochs */
};

mien_status mien_journal_new(const char *folder, mien_journal **out,
                             mien_error *err)
{
    mien_status st = mien_folder_make(folder, err);
    if (st)
        return st;
    mien_journal *j = mi_alloc(1, sizeof *j);
    char *copy = mi_alloc(strlen(folder) + 1, 1);
    if (!j || !copy) {
        mi_free(j);
        mi_free(copy);
        return mi_no_memory(err);
    }
    memcpy(copy, folder, strlen(folder) + 1);
    j->folder = copy;
    *out = j;
    return MIEN_OK;
}

void mien_journal_free(mien_journal *j)
{
    if (!j)
        return;
    mien_buffer_free(&j->events);
    mi_free(j->folder);
    mi_free(j);
}

mien_status mien_journal_checkpoint(const mien_journal *j, mien_bytes *out,
                                    mien_error *err)
{
    return mien_folder_load(j->folder, "checkpoint", out, err);
}

static mien_status save_checkpoint(mien_journal *j,
                                   const mien_journal_source *from,
                                   mien_error *err)
{
    mien_bytes b = {0};
    mien_status st = from->checkpoint(from->arg, &b, err);
    if (!st)
        st = mien_folder_save(j->folder, "checkpoint", b.data, b.n, err);
    mien_bytes_free(&b);
    j->saved = mien_clock();
    return st;
}

mien_status mien_journal_epoch(mien_journal *j, const mien_journal_source *from,
                               const mien_epoch *e, int last, mien_error *err)
{
    mien_bytes events = {0};
    mien_status st =
        mien_events_epoch(from->trainer, e, (double)time(NULL), &events, err);
    if (st)
        return st;
    mien_buffer_put(&j->events, events.data, events.n);
    mien_bytes_free(&events);
    if (last || e->epoch == 1 || mien_clock() - j->saved > pause)
        st = save_checkpoint(j, from, err);
    return st;
}

mien_status mien_journal_close(mien_journal *j, mien_error *err)
{
    char name[64];
    long long now = (long long)time(NULL);
    mien_bytes head = {0};
    mien_buffer all = {0};
    if (!j->events.n)
        return MIEN_OK;
    mien_status st = mien_events_begin((double)now, &head, err);
    mien_buffer_put(&all, head.data, head.n);
    mien_buffer_put(&all, j->events.data, j->events.n);
    if (!st && (all.failed || j->events.failed))
        st = mi_no_memory(err);
    snprintf(name, sizeof name, "events.out.tfevents.%lld.mien", now);
    if (!st)
        st = mien_folder_save(j->folder, name, all.data, all.n, err);
    mien_bytes_free(&head);
    mien_buffer_free(&all);
    return st;
}
