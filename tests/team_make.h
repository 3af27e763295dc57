/* team_make.h: threads as the ranks of a team, for tests. */
#ifndef TEAM_MAKE_H
#define TEAM_MAKE_H

#include "mien/team.h"

#include <pthread.h>
#include <string.h>

enum { TEAM_MOST = 8 };

/* Where ranks meet: each shows its pieces, then takes those of the others. */
typedef struct team_place {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int size, here, round, gone;
    const mien_piece *give[TEAM_MOST];
} team_place;

typedef struct team_rank {
    team_place *place;
    mien_team team;
    int exchanges;
    int leave; /* is gone at this exchange, 1, 2, ...; 0: never */
    void (*work)(struct team_rank *r);
    void *arg;
} team_rank;

/* Wait until all are here; 0 where one is gone. */
static inline int team_meet(team_place *p)
{
    pthread_mutex_lock(&p->lock);
    int round = p->round;
    if (++p->here == p->size) {
        p->here = 0;
        p->round++;
        pthread_cond_broadcast(&p->moved);
    }
    while (round == p->round && !p->gone)
        pthread_cond_wait(&p->moved, &p->lock);
    int all = round != p->round;
    pthread_mutex_unlock(&p->lock);
    return all;
}

static inline void team_leave(team_place *p)
{
    pthread_mutex_lock(&p->lock);
    p->gone = 1;
    pthread_cond_broadcast(&p->moved);
    pthread_mutex_unlock(&p->lock);
}

static inline mien_status team_exchange(void *arg, const mien_piece *give,
                                        const mien_piece *take, mien_error *err)
{
    team_rank *r = arg;
    team_place *p = r->place;
    int me = r->team.rank, all = 0;
    if (++r->exchanges == r->leave) {
        team_leave(p);
    } else {
        p->give[me] = give;
        all = team_meet(p);
        for (int i = 0; all && i < p->size; i++)
            if (i != me && take[i].n)
                memcpy(take[i].data, p->give[i][me].data, take[i].n);
        all = all && team_meet(p);
    }
    if (!all && err)
        *err = (mien_error){MIEN_EIO, "a rank is gone"};
    return all ? MIEN_OK : MIEN_EIO;
}

static inline void *team_run_one(void *arg)
{
    team_rank *r = arg;
    r->work(r);
    team_leave(r->place);
    return NULL;
}

/* Let `size` ranks work, each with its own [size] arg and `leave`. */
static inline void team_run(int size, void (*work)(team_rank *r),
                            void *const *arg, const int *leave)
{
    team_place board = {.size = size};
    team_rank rank[TEAM_MOST];
    pthread_t thread[TEAM_MOST];
    pthread_mutex_init(&board.lock, NULL);
    pthread_cond_init(&board.moved, NULL);
    for (int i = 0; i < size; i++) {
        rank[i] = (team_rank){&board, {i, size, team_exchange, &rank[i]},
                              0,      leave ? leave[i] : 0,
                              work,   arg[i]};
        pthread_create(&thread[i], NULL, team_run_one, &rank[i]);
    }
    for (int i = 0; i < size; i++)
        pthread_join(thread[i], NULL);
    pthread_cond_destroy(&board.moved);
    pthread_mutex_destroy(&board.lock);
}

#endif
