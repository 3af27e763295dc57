/* journal.c: what a folder keeps of a training that goes on. */
#include "mien/journal.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/file.h"
#include "mien/text.h"
#include "mien/train_events.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Seconds between checkpoints, and between files of events. */
static const double pause = 2, events_pause = 30;

struct mien_journal {
    char *folder;
    double saved, written; /* when the last checkpoint and events were */
    char name[64];         /* of the file of events */
    mien_buffer events;    /* TensorBoard's records, from the first on */
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

/* Add records, if there are any, and let them go. */
static mien_status add(mien_journal *j, mien_status st, mien_bytes *records,
                       mien_error *err)
{
    mien_buffer_put(&j->events, records->data, records->n);
    mien_bytes_free(records);
    return !st && j->events.failed ? mi_no_memory(err) : st;
}

/* Name the file of events, and begin it with the network. */
static mien_status begin_events(mien_journal *j, const mien_trainer *t,
                                mien_error *err)
{
    double now = (double)time(NULL);
    mien_bytes b = {0};
    snprintf(j->name, sizeof j->name, "events.out.tfevents.%.0f.mien", now);
    mien_status st = add(j, mien_events_begin(now, &b, err), &b, err);
    if (!st)
        st = mien_events_graph(mien_trainer_graph(t), now, &b, err);
    return add(j, st, &b, err);
}

static mien_status save_events(mien_journal *j, mien_error *err)
{
    j->written = mien_clock();
    return mien_folder_save(j->folder, j->name, j->events.data, j->events.n,
                            err);
}

mien_status mien_journal_epoch(mien_journal *j, const mien_journal_source *from,
                               const mien_epoch *e, int last, mien_error *err)
{
    double now = (double)time(NULL);
    int shown = last || (e->epoch & (e->epoch - 1)) == 0;
    mien_bytes b = {0};
    mien_status st =
        j->events.n ? MIEN_OK : begin_events(j, from->trainer, err);
    if (!st)
        st = mien_events_epoch(from->trainer, e, now, &b, err);
    st = add(j, st, &b, err);
    if (!st && shown && from->pictures)
        st = from->pictures(from->arg, e->epoch, now, &b, err);
    st = add(j, st, &b, err);
    if (!st && (last || e->epoch == 1 || mien_clock() - j->saved > pause))
        st = save_checkpoint(j, from, err);
    if (!st && mien_clock() - j->written > events_pause)
        st = save_events(j, err);
    return st;
}

mien_status mien_journal_close(mien_journal *j, mien_error *err)
{
    return j->events.n ? save_events(j, err) : MIEN_OK;
}
