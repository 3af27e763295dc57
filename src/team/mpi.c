/* mpi.c: a team whose ranks are the processes of Open MPI's mpirun.
 *
 * MPI itself waits for ever for a rank that is dead.  Here nothing is waited
 * for by MPI: messages are begun, and asked about until they have come.
 * Meanwhile a thread sends each rank a byte twice a second ("alive"), and
 * counts its own beats since each was heard.  A rank that works long is not
 * silent; one that was killed, stopped, or is behind a broken line is. */
#include "mien/team.h"

#include "base/alloc.h"
#include "base/error.h"
#include "team/openmpi.h"
#include "team/team.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DATA = 1, BEAT = 2 };        /* tags */
enum { ALIVE = 'a', FAILED = 'f' }; /* what a beat says */
enum { BEATS = 2, PATIENCE = 20 };  /* beats of a second; seconds */
enum { SPINS = 200, FLUSHES = 2000 };

struct mien_mpi {
    mi_openmpi mpi;
    mien_team team;
    int most;  /* beats that a rank may be silent */
    int begun; /* 1: MPI was started here, and is ended here */
    int lost;  /* 1: a rank is gone: no more messages */
    int left;  /* 1: all ranks came to the end */

    pthread_mutex_t lock; /* of all calls of MPI, and of what follows */
    pthread_cond_t wake;
    pthread_t thread;
    int beating, ending;
    int silent[MIEN_MAX_RANKS];  /* beats since it was heard */
    char failed[MIEN_MAX_RANKS]; /* 1: it said that it had */
    char word[MIEN_MAX_RANKS];   /* on their way */
    mi_mpi_handle beat[MIEN_MAX_RANKS];
    mi_mpi_handle request[2 * MIEN_MAX_RANKS];
};

/* ---- beats -----------------------------------------------------------------
 */

/* Say a word to every rank that has taken the last one. */
static void tell(mien_mpi *m, char word)
{
    for (int i = 0; i < m->team.size; i++) {
        int taken = 0;
        if (i == m->team.rank || m->mpi.Testall(1, &m->beat[i], &taken, NULL) ||
            !taken)
            continue;
        m->word[i] = word;
        (void)m->mpi.Isend(&m->word[i], 1, m->mpi.byte, i, BEAT, m->mpi.world,
                           &m->beat[i]);
    }
}

/* Take all words that have come. */
static void listen(mien_mpi *m)
{
    mi_mpi_status from = {0};
    int there = 0;
    while (m->mpi.Iprobe(MI_MPI_ANY_SOURCE, BEAT, m->mpi.world, &there,
                         &from) == 0 &&
           there) {
        char word = ALIVE;
        int i = from.source;
        if (m->mpi.Recv(&word, 1, m->mpi.byte, i, BEAT, m->mpi.world, NULL))
            return;
        m->silent[i] = 0;
        m->failed[i] = (char)(m->failed[i] | (word == FAILED));
    }
}

/* Tell and count until the end: what the thread does. */
static void *beat(void *arg)
{
    mien_mpi *m = arg;
    pthread_mutex_lock(&m->lock);
    while (!m->ending) {
        struct timespec next;
        for (int i = 0; i < m->team.size; i++)
            m->silent[i]++;
        tell(m, ALIVE);
        listen(m);
        clock_gettime(CLOCK_MONOTONIC, &next);
        next.tv_nsec += 1000000000 / BEATS;
        next.tv_sec += next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        if (!m->ending)
            pthread_cond_timedwait(&m->wake, &m->lock, &next);
    }
    pthread_mutex_unlock(&m->lock);
    return NULL;
}

static void stop_beating(mien_mpi *m)
{
    if (!m->beating)
        return;
    pthread_mutex_lock(&m->lock);
    m->ending = 1;
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->lock);
    pthread_join(m->thread, NULL);
    m->beating = 0;
}

/* ---- exchanges --------------------------------------------------------------
 */

/* Let others have the processor; the longer nothing comes, the longer. */
static void rest(int polls)
{
    const struct timespec little = {0, 50000};
    if (polls < SPINS)
        sched_yield();
    else
        nanosleep(&little, NULL);
}

/* Begin all messages of an exchange; 0, or MPI's error. */
static int begin(mien_mpi *m, const mien_piece *give, const mien_piece *take)
{
    int n = 0, wrong = 0;
    for (int i = 0; i < 2 * m->team.size; i++)
        m->request[i] = m->mpi.none;
    for (int i = 0; i < m->team.size && !wrong; i++)
        if (i != m->team.rank && take[i].n)
            wrong = m->mpi.Irecv(take[i].data, (int)take[i].n, m->mpi.byte, i,
                                 DATA, m->mpi.world, &m->request[n++]);
    for (int i = 0; i < m->team.size && !wrong; i++)
        if (i != m->team.rank && give[i].n)
            wrong = m->mpi.Isend(give[i].data, (int)give[i].n, m->mpi.byte, i,
                                 DATA, m->mpi.world, &m->request[n++]);
    return wrong;
}

/* EIO where a rank is silent or has failed. */
static mien_status check_others(const mien_mpi *m, mien_error *err)
{
    for (int i = 0; i < m->team.size; i++) {
        if (i == m->team.rank)
            continue;
        if (m->failed[i])
            return mi_fail(err, MIEN_EIO,
                           "rank %d of %d has failed; it says why", i,
                           m->team.size);
        if (m->beating && m->silent[i] > m->most)
            return mi_fail(err, MIEN_EIO,
                           "rank %d of %d has not been heard of for %d s: it "
                           "was killed or stopped, or its machine cannot be "
                           "reached",
                           i, m->team.size, m->most / BEATS);
    }
    return MIEN_OK;
}

/* Ask until all has come. */
static mien_status wait_for_all(mien_mpi *m, mien_error *err)
{
    for (int polls = 0;; polls += polls < SPINS) {
        int done = 0;
        mien_status st = MIEN_OK;
        pthread_mutex_lock(&m->lock);
        int wrong = m->mpi.Testall(2 * m->team.size, m->request, &done, NULL);
        if (!wrong && !done)
            st = check_others(m, err);
        pthread_mutex_unlock(&m->lock);
        if (wrong)
            return mi_fail(err, MIEN_EIO,
                           "Open MPI could not carry a message (error %d): a "
                           "rank or its machine is gone",
                           wrong);
        if (st || done)
            return st;
        rest(polls);
    }
}

/* mien_team.exchange. */
static mien_status exchange(void *arg, const mien_piece *give,
                            const mien_piece *take, mien_error *err)
{
    mien_mpi *m = arg;
    for (int i = 0; i < m->team.size; i++)
        if (give[i].n > INT_MAX || take[i].n > INT_MAX)
            return mi_fail(err, MIEN_ELIMIT,
                           "%zu bytes for a rank, at most %d are carried",
                           give[i].n > take[i].n ? give[i].n : take[i].n,
                           INT_MAX);
    if (m->lost)
        return mi_fail(err, MIEN_EIO, "a rank of the team is gone");
    pthread_mutex_lock(&m->lock);
    int wrong = begin(m, give, take);
    pthread_mutex_unlock(&m->lock);
    mien_status st = wrong ? mi_fail(err, MIEN_EIO,
                                     "Open MPI could not begin a message "
                                     "(error %d)",
                                     wrong)
                           : wait_for_all(m, err);
    m->lost = st != MIEN_OK;
    return st;
}

/* Wait until all ranks are here. */
static mien_status meet(mien_mpi *m, mien_error *err)
{
    char mine = 0, all[MIEN_MAX_RANKS];
    return mi_team_gather(&m->team, &mine, 1, all, err);
}

/* ---- making
 * ------------------------------------------------------------------
 */

/* A number of the environment; 0: none. */
static int number_of(const char *name)
{
    const char *text = getenv(name);
    long n = text ? strtol(text, NULL, 10) : 0;
    return n > 0 && n <= INT_MAX ? (int)n : 0;
}

/* How many processes mpirun started; 0: none. */
static mien_status count_processes(int *out, mien_error *err)
{
    int other = number_of("PMI_SIZE");
    *out = number_of("OMPI_COMM_WORLD_SIZE");
    if (!*out && other > 1)
        return mi_fail(err, MIEN_EUNSUP,
                       "one of %d processes of an mpirun that is not Open "
                       "MPI's (PMI_SIZE is set), wanted Open MPI 4 or 5",
                       other);
    if (*out > MIEN_MAX_RANKS)
        return mi_fail(err, MIEN_ELIMIT, "%d ranks, at most %d (mpirun -n)",
                       *out, (int)MIEN_MAX_RANKS);
    return MIEN_OK;
}

/* Start MPI, unless the program has. */
static mien_status start(mien_mpi *m, mien_error *err)
{
    int started = 0, ended = 0, serialized = MI_MPI_THREAD_SERIALIZED;
    mien_status st = mi_openmpi_load(&m->mpi, err);
    if (st)
        return st;
    if (m->mpi.Finalized(&ended) || ended || m->mpi.Initialized(&started))
        return mi_fail(err, MIEN_EARG, "MPI has ended already in this process");
    m->begun = !started;
    if (m->begun &&
        m->mpi.Init_thread(NULL, NULL, MI_MPI_THREAD_SERIALIZED, &serialized))
        return mi_fail(err, MIEN_EUNSUP, "Open MPI could not be started");
    if (serialized < MI_MPI_THREAD_SERIALIZED)
        return mi_fail(err, MIEN_EUNSUP,
                       "Open MPI was built without threads (level %d, wanted "
                       "%d)",
                       serialized, (int)MI_MPI_THREAD_SERIALIZED);
    m->team.arg = m;
    m->team.exchange = exchange;
    int size = 0;
    if (m->mpi.Comm_set_errhandler(m->mpi.world, m->mpi.errors_return) ||
        m->mpi.Comm_rank(m->mpi.world, &m->team.rank) ||
        m->mpi.Comm_size(m->mpi.world, &size) || size < 1 ||
        size > MIEN_MAX_RANKS)
        return mi_fail(err, MIEN_EUNSUP, "Open MPI tells of %d ranks", size);
    m->team.size = size;
    for (int i = 0; i < m->team.size; i++)
        m->beat[i] = m->mpi.none;
    return MIEN_OK;
}

static mien_status start_beating(mien_mpi *m, mien_error *err)
{
    if (pthread_create(&m->thread, NULL, beat, m))
        return mi_fail(err, MIEN_EUNSUP, "a thread could not be started");
    m->beating = 1;
    return MIEN_OK;
}

/* The same version and instruction set, or the ranks' bits would part. */
static mien_status compare_builds(mien_mpi *m, mien_error *err)
{
    char mine[32] = "", all[MIEN_MAX_RANKS][sizeof mine];
    snprintf(mine, sizeof mine, "%s with %s", MIEN_VERSION, mien_isa());
    mien_status st = mi_team_gather(&m->team, mine, sizeof mine, all, err);
    for (int i = 1; i < m->team.size && !st; i++)
        if (memcmp(all[0], all[i], sizeof mine) != 0)
            st = mi_fail(err, MIEN_EUNSUP,
                         "rank 0 runs mien %s, rank %d mien %s: wanted the "
                         "same on all (mpirun -x MIEN_ISA=avx2)",
                         all[0], i, all[i]);
    return st;
}

/* The lock and its clock. */
static void prepare(mien_mpi *m)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->wake, &clock);
    pthread_condattr_destroy(&clock);
}

mien_status mien_mpi_open(double patience, mien_mpi **out, mien_error *err)
{
    int size = 0;
    mien_status st = count_processes(&size, err);
    if (!st && !(patience == 0 || (patience >= 1 && patience <= 86400)))
        st = mi_fail(err, MIEN_EARG,
                     "patience of %g s with a silent rank, wanted 1 to 86400",
                     patience);
    mien_mpi *m = NULL;
    if (!st && size > 1) {
        m = mi_alloc(1, sizeof *m);
        if (!m)
            return mi_no_memory(err);
        prepare(m);
        m->most = (int)((patience > 0 ? patience : PATIENCE) * BEATS);
        st = start(m, err);
        if (!st)
            st = start_beating(m, err);
        if (!st)
            st = compare_builds(m, err);
    }
    if (st)
        mien_mpi_free(m);
    else
        *out = m;
    return st;
}

const mien_team *mien_mpi_team(const mien_mpi *m)
{
    return m ? &m->team : NULL;
}

mien_status mien_mpi_finish(mien_mpi *m, mien_error *err)
{
    if (!m || m->left)
        return MIEN_OK;
    mien_status st = meet(m, err);
    if (st)
        return st;
    /* No word is on its way once all have met without the thread. */
    stop_beating(m);
    st = meet(m, err);
    if (st)
        return st;
    listen(m);
    m->left = 1;
    return MIEN_OK;
}

/* Tell the others, and give the message some time to leave. */
static void tell_failure(mien_mpi *m)
{
    int done = 0;
    tell(m, FAILED);
    for (int i = 0; i < FLUSHES && !done; i++) {
        if (m->mpi.Testall(m->team.size, m->beat, &done, NULL))
            return;
        rest(SPINS);
    }
}

void mien_mpi_free(mien_mpi *m)
{
    if (!m)
        return;
    stop_beating(m);
    /* MPI can end only where all ranks do. */
    if (m->left && m->begun)
        (void)m->mpi.Finalize();
    else if (m->team.size > 1 && !m->left)
        tell_failure(m);
    pthread_cond_destroy(&m->wake);
    pthread_mutex_destroy(&m->lock);
    mi_free(m);
}
