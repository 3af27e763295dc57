/* mien/team.h: processes that learn together, on one machine or on several:
 * the ranks of a team.
 *
 *   mien_mpi_open (a process that mpirun started) -> mien_mpi_team
 *     -> mien_trainer_options.team, mien_picture_options.team: every rank
 *        learns from its share of each batch, and all take the same step
 *     -> mien_mpi_finish, mien_mpi_free
 *
 * Sums over ranks are added in the order of the ranks: what is learned depends
 * on how many they are, not on threads, hosts or which of them was first. */
#ifndef MIEN_TEAM_H
#define MIEN_TEAM_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { MIEN_MAX_RANKS = 256 };

/* Bytes that go to another rank, or come from it. */
typedef struct mien_piece {
    void *data;
    size_t n;
} mien_piece;

/* A team, as one of its ranks sees it.  Any way to carry bytes between them
 * will do; the one here is Open MPI. */
typedef struct mien_team {
    int rank; /* 0..size - 1 */
    int size; /* 1..MIEN_MAX_RANKS */
    /* Carry give[i] to rank i and fill take[i] with what rank i gives, [size]
     * each; those of the own rank, and pieces of no bytes, are left alone.
     * All ranks call it, one as often as the other.  Fails, in bounded time,
     * where a rank is gone. */
    mien_status (*exchange)(void *arg, const mien_piece *give,
                            const mien_piece *take, mien_error *err);
    void *arg;
} mien_team;

/* ---- Open MPI ------------------------------------------------------------ */

typedef struct mien_mpi mien_mpi;

/* Join the processes that Open MPI's mpirun started, this one among them.
 *
 *   patience  seconds that a rank may be silent before it counts as dead, 1 or
 *             more; a busy rank is not silent; 0: 20
 *   out       free with mien_mpi_free; NULL where this process is alone
 *
 * libmpi is loaded by this call, not linked; a process that mpirun did not
 * start, or alone, needs none.  A thread tells the other ranks that this one
 * lives.
 * Fails with EUNSUP (no Open MPI 4 or 5 can be loaded, another mpirun started
 * this process, or ranks differ in their version of mien or in their
 * instruction set), ELIMIT (too many ranks), EARG (patience; MPI has ended
 * already in this process), EIO (a rank is gone), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_mpi_open(double patience, mien_mpi **out,
                                                mien_error *err);

/* The team, for options of training.
 *
 *   m  lives as long as they are used; NULL gives NULL */
MIEN_API const mien_team *mien_mpi_team(const mien_mpi *m);

/* Wait until every rank has come here: none leaves while another works.
 *
 *   m  NULL is allowed
 *
 * Fails with EIO (a rank is gone, or has failed). */
MIEN_API MIEN_CHECKED mien_status mien_mpi_finish(mien_mpi *m, mien_error *err);

/* Leave.  Without mien_mpi_finish the other ranks are told that this one has
 * failed, and their next exchange fails.
 *
 *   m  NULL is allowed */
MIEN_API void mien_mpi_free(mien_mpi *m);

#ifdef __cplusplus
}
#endif
#endif
