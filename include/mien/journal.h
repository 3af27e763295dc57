/* mien/journal.h: what a folder keeps of a training that goes on:
 * FOLDER/checkpoint and a file of events for TensorBoard, whole at any time. */
#ifndef MIEN_JOURNAL_H
#define MIEN_JOURNAL_H

#include "mien/train.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mien_journal mien_journal;

/* Begin.
 *
 *   folder  is made if it is not there
 *   out     owned by the caller; free with mien_journal_free
 *
 * Fails with EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_journal_new(const char *folder,
                                                   mien_journal **out,
                                                   mien_error *err);

/* Read the checkpoint that an earlier training left.
 *
 *   j    a journal
 *   out  the state to go on from; free with mien_bytes_free
 *
 * Fails with EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_journal_checkpoint(const mien_journal *j,
                                                          mien_bytes *out,
                                                          mien_error *err);

/* What a checkpoint is made of. */
typedef struct mien_journal_source {
    const mien_trainer *trainer; /* that learns */
    /* Where it stands, as it is read back; out is freed by the journal. */
    mien_status (*checkpoint)(const void *arg, mien_bytes *out,
                              mien_error *err);
    const void *arg;
    /* Pictures of the epoch as records of mien_events_put_picture; asked for
     * after epochs 1, 2, 4, 8, ... and the last; out is freed by the journal.
     * NULL: there are none. */
    mien_status (*pictures)(const void *arg, int epoch, double wall_time,
                            mien_bytes *out, mien_error *err);
} mien_journal_source;

/* Keep an epoch, from within on_epoch.
 *
 *   j     a journal
 *   from  what learns
 *   e     the epoch
 *   last  1: no other may follow
 *
 * The checkpoint is written after the first epoch, the last, and every two
 * seconds between, the events every half a minute; they begin with the network.
 * Fails with EIO, ENOMEM, and what pictures fail with. */
MIEN_API MIEN_CHECKED mien_status
mien_journal_epoch(mien_journal *j, const mien_journal_source *from,
                   const mien_epoch *e, int last, mien_error *err);

/* Write the file of events to its end, if there were any epochs.
 *
 *   j  a journal
 *
 * Fails with EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_journal_close(mien_journal *j,
                                                     mien_error *err);

/* Release a journal; what it wrote stays.
 *
 *   j  NULL is allowed */
MIEN_API void mien_journal_free(mien_journal *j);

#ifdef __cplusplus
}
#endif
#endif
