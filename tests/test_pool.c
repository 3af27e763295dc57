/* test_pool.c: a loop divided among threads does every task once. */
#include "base/alloc.h"
#include "base/pool.h"
#include "tests/check.h"

#include <stdatomic.h>
#include <string.h>

enum { MAX_TASKS = 1000, MAX_LANES = 8 };

typedef struct {
    atomic_int count[MAX_TASKS];
    atomic_int lane_busy[MAX_LANES];
    atomic_int shared_lanes, foreign_lanes;
    int lanes;
    long result[MAX_TASKS]; /* not atomic: the pool must order it */
} job;

static void count_task(void *arg, int i, int lane)
{
    job *j = arg;
    if (lane < 0 || lane >= j->lanes) {
        atomic_fetch_add(&j->foreign_lanes, 1);
        return;
    }
    if (atomic_fetch_add(&j->lane_busy[lane], 1) != 0)
        atomic_fetch_add(&j->shared_lanes, 1);
    atomic_fetch_add(&j->count[i], 1);
    j->result[i] = (long)i * i;
    atomic_fetch_sub(&j->lane_busy[lane], 1);
}

static void check_run(mien_pool *pool, int n)
{
    static job j;
    memset(&j, 0, sizeof j);
    j.lanes = mien_pool_size(pool);
    mien_pool_run(pool, n, count_task, &j);

    int wrong = 0;
    for (int i = 0; i < MAX_TASKS; i++) {
        long want = i < n ? (long)i * i : 0;
        if (atomic_load(&j.count[i]) != (i < n) || j.result[i] != want)
            wrong++;
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(atomic_load(&j.shared_lanes), 0);
    CHECK_EQ(atomic_load(&j.foreign_lanes), 0);
}

static void test_every_task_runs_once(void)
{
    static const int sizes[] = {0, 1, 2, 3, 7, 8, 9, 64, 999, 1000};
    for (int threads = 1; threads <= MAX_LANES; threads++) {
        mien_pool *pool = NULL;
        CHECK_EQ(mien_pool_new(threads, &pool, NULL), MIEN_OK);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            check_run(pool, sizes[s]);
        mien_pool_free(pool);
    }
}

/* Short runs one after another: a worker that is late must not take a task of
 * the next run with the last run's argument. */
static void test_runs_do_not_mix(void)
{
    mien_pool *pool = NULL;
    CHECK_EQ(mien_pool_new(4, &pool, NULL), MIEN_OK);
    for (int round = 0; round < 300; round++)
        check_run(pool, round % 5);
    mien_pool_free(pool);
}

static void test_no_pool_is_one_thread(void)
{
    CHECK_EQ(mien_pool_size(NULL), 1);
    check_run(NULL, 100);
    mien_pool_free(NULL);
}

static void test_zero_takes_the_processors(void)
{
    mien_pool *pool = NULL;
    CHECK_EQ(mien_pool_new(0, &pool, NULL), MIEN_OK);
    CHECK(mien_pool_size(pool) >= 1 && mien_pool_size(pool) <= MIEN_POOL_MAX);
    mien_pool_free(pool);
}

static void test_foolish_counts_are_refused(void)
{
    static const int counts[] = {-1, MIEN_POOL_MAX + 1};
    for (int i = 0; i < 2; i++) {
        mien_pool *pool = NULL;
        mien_error err = {0};
        CHECK_EQ(mien_pool_new(counts[i], &pool, &err), MIEN_EARG);
        CHECK(pool == NULL);
        CHECK(strstr(err.text, "256") != NULL);
    }
}

static void test_no_memory_is_reported(void)
{
    for (long n = 0; n < 100; n++) {
        mien_pool *pool = NULL;
        mi_alloc_fail_after(n);
        mien_status st = mien_pool_new(3, &pool, NULL);
        mi_alloc_fail_after(-1);
        if (st == MIEN_OK) {
            CHECK(n > 0);
            mien_pool_free(pool);
            return;
        }
        CHECK_EQ(st, MIEN_ENOMEM);
        CHECK(pool == NULL);
    }
    CHECK_MSG(0, "the pool never got its memory");
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_every_task_runs_once);
    RUN(test_runs_do_not_mix);
    RUN(test_no_pool_is_one_thread);
    RUN(test_zero_takes_the_processors);
    RUN(test_foolish_counts_are_refused);
    RUN(test_no_memory_is_reported);
    return check_done();
}
