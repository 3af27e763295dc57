/* team.h: what the ranks of a team do together, by exchanging pieces.  Where
 * there is no team, or one rank, nothing is exchanged. */
#ifndef MI_TEAM_TEAM_H
#define MI_TEAM_TEAM_H

#include "mien/team.h"

/* 1 if there are others. */
int mi_team_several(const mien_team *r);

/* The share that a rank has of n rows: n rows from `first` on. */
typedef struct mi_share {
    int64_t first, n;
} mi_share;
/* The share of r, whose sizes differ by one row at most. */
mi_share mi_team_share(const mien_team *r, int64_t n);

/* The floats of room that mi_team_sum takes. */
size_t mi_team_room(const mien_team *r, size_t n);
/* Make x [n] the sum over all ranks, added in their order: every rank adds up
 * one part and gives it to the others.  Fails as exchange does. */
mien_status mi_team_sum(const mien_team *r, float *x, size_t n, float *room,
                        mien_error *err);
/* Put the n bytes of every rank into all [size, n], in their order. */
mien_status mi_team_gather(const mien_team *r, const void *mine, size_t n,
                           void *all, mien_error *err);
/* Make *flag not 0 where it is on any rank. */
mien_status mi_team_any(const mien_team *r, int *flag, mien_error *err);
/* Give every rank a copy of what rank 0 has; release it with mien_bytes_free.
 * Fails also with ENOMEM. */
mien_status mi_team_copy(const mien_team *r, const uint8_t *bytes, size_t n,
                         mien_bytes *out, mien_error *err);

#endif
