/* test_queue_lease.c: leases of photos, step by step, by two connections to a
 * private server.  That workers may be killed is for test_queue.sh.
 *
 * Not as WebAssembly: it talks to a server. */
#include "mien/queue.h"

#include "base/alloc.h"
#include "queue/link.h"
#include "tests/check.h"
#include "tests/cluster.h"

#include <time.h>

static mien_error err;
static char address[300];

static void pause_for(double seconds)
{
    struct timespec t = {(time_t)seconds, (long)(1e9 * fmod(seconds, 1))};
    nanosleep(&t, NULL);
}

/* ---- helpers ------------------------------------------------------------- */

static mien_queue *connect_to(void)
{
    mien_queue *q = NULL;
    CHECK_EQ(mien_queue_open(address, NULL, &q, &err), MIEN_OK);
    return q;
}

static void run_sql(mien_queue *q, const char *sql)
{
    mien_error why = {0};
    mien_status st = mi_link_ask(q, sql, NULL, NULL, &why);
    CHECK_MSG(st == MIEN_OK, "%s: %s", sql, why.text);
}

static int64_t number(mien_queue *q, const char *sql)
{
    mi_rows r = {0};
    CHECK_EQ(mi_link_ask(q, sql, NULL, &r, NULL), MIEN_OK);
    int64_t n = r.n ? mi_rows_int(&r, 0, 0) : -1;
    mi_rows_free(&r);
    return n;
}

/* An empty queue with so many photos, p0, p1 ... */
static void make_queue(mien_queue *q, int photos)
{
    mien_queue_settings want = {.tries = 2};
    char name[100][16];
    const char *path[100];
    int64_t added = 0;
    for (int i = 0; i < photos; i++) {
        snprintf(name[i], sizeof name[i], "p%d", i);
        path[i] = name[i];
    }
    CHECK_EQ(mien_queue_drop(q, &err), MIEN_OK);
    CHECK_EQ(mien_queue_init(q, &want, NULL, &err), MIEN_OK);
    CHECK_EQ(mien_queue_add(q, path, photos, &added, &err), MIEN_OK);
    CHECK_EQ(added, photos);
}

/* Which one of make_queue's photos it is. */
static int place(const mien_queue_photo *p)
{
    return (int)strtol(p->path + 1, NULL, 10);
}

static int left;

/* Lease up to so many photos for so many seconds. */
static mien_queue_batch lease(mien_queue *q, int most, double seconds)
{
    mien_queue_ask ask = {"here:1", most, seconds, 2};
    mien_queue_batch b = {0};
    mien_status st = mien_queue_lease(q, &ask, &b, &left, &err);
    CHECK_MSG(st == MIEN_OK, "%s", err.text);
    return b;
}

/* Let all leases run out. */
static void run_out(mien_queue *q)
{
    run_sql(q, "UPDATE mien_queue.photo SET until = now() - '1s'::interval "
               "WHERE state = 'leased'");
}

/* Finish with one outcome for all; how many were dropped. */
static int64_t finish(mien_queue *q, mien_queue_batch *b,
                      mien_queue_outcome outcome, const char *record)
{
    int64_t dropped = 0;
    for (int i = 0; i < b->n; i++) {
        mien_queue_photo *p = &b->photo[i];
        p->outcome = outcome;
        p->record = record;
        p->n = strlen(record);
        snprintf(p->reason, sizeof p->reason, "it is %s", record);
    }
    mien_status st = mien_queue_finish(q, b, &dropped, &err);
    CHECK_MSG(st == MIEN_OK, "%s", err.text);
    return dropped;
}

static int64_t results(mien_queue *q)
{
    return number(q, "SELECT count(*) FROM mien_queue.result");
}

/* ---- values -------------------------------------------------------------- */

static void test_bytes_come_back(void)
{
    char all[256], back[600];
    mien_buffer b = {0};
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    mi_bytea_put(&b, all, 256);
    mien_buffer_put(&b, "", 1);
    CHECK_EQ(b.n, 2 + 512 + 1);
    CHECK_EQ(mi_bytea_read((char *)b.data, back), 256);
    CHECK(memcmp(all, back, 256) == 0);
    for (size_t n = 0; n + 1 < b.n; n++) {
        b.data[n] = 0; /* every text that is cut short, then a wrong digit */
        int64_t got = mi_bytea_read((char *)b.data, back);
        CHECK_EQ(got, n < 2 || n % 2 ? -1 : (int64_t)n / 2 - 1);
        b.data[n] = 'g';
        CHECK_EQ(mi_bytea_read((char *)b.data, back), -1);
        b.data[n] = "\\x0123456789abcdef"[n < 2 ? n : 2 + n % 16];
    }
    mien_buffer_free(&b);
}

static void test_arrays_are_quoted(void)
{
    mien_buffer b = {0};
    mi_array_end(&b);
    CHECK(strcmp((char *)b.data, "{}") == 0);
    b.n = 0;
    mi_array_put(&b, "");
    mi_array_put(&b, "a\"b\\c,{}");
    mi_array_end(&b);
    CHECK(strcmp((char *)b.data, "{\"\",\"a\\\"b\\\\c,{}\"}") == 0);
    mien_buffer_free(&b);
}

/* ---- a connection -------------------------------------------------------- */

static void test_a_password_is_never_told(void)
{
    static const char *const wrong[] = {
        "hunter2", "postgres://me:hunter2@[::1/photos",
        "host=x password=a hunter2", "postgres://me:hunter2@x:port/photos",
        /* The server's words hold the user's name. */
        "postgres://hunter2:hunter2@/hunter2?host=/nowhere/hunter2"};
    for (int i = 0; i < 5; i++) {
        mien_queue *q = NULL;
        err = (mien_error){0};
        mien_status st = mien_queue_open(wrong[i], NULL, &q, &err);
        CHECK_EQ(st, i < 3 ? MIEN_EARG : MIEN_EIO);
        CHECK(!q && *err.text);
        CHECK_MSG(!strstr(err.text, "hunter2"), "%s", err.text);
    }
}

static void test_a_server_that_is_too_old_or_speaks_otherwise(mien_queue *q)
{
    char other[400];
    mien_queue *p = NULL;
    run_sql(q, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    snprintf(other, sizeof other, "%s", address);
    memcpy(strstr(other, "/postgres?"), "/latin?   ", 10);
    char *gap = strstr(other, "   ");
    memmove(gap, gap + 3, strlen(gap + 3) + 1);
    CHECK_EQ(mien_queue_open(other, NULL, &p, &err), MIEN_EUNSUP);
    CHECK(strstr(err.text, "LATIN1, wanted UTF8"));
}

static int lost_count;
static void count_lost(void *arg, const char *why)
{
    (void)arg;
    lost_count += *why != 0;
}
static int at_once(void *arg)
{
    (void)arg;
    return 1;
}

static void test_a_lost_connection_comes_back(mien_queue *q)
{
    static const char end[] = "SELECT pg_terminate_backend(pid) FROM "
                              "pg_stat_activity WHERE pid <> pg_backend_pid() "
                              "AND application_name = 'mien'";
    mien_queue_options o = {10, NULL, count_lost, NULL};
    mien_queue *p = NULL;
    make_queue(q, 3);
    CHECK_EQ(mien_queue_open(address, &o, &p, &err), MIEN_OK);
    run_sql(q, end);
    mien_queue_batch b = lease(p, 3, 60);
    CHECK_EQ(b.n, 3);
    CHECK_EQ(lost_count, 1);
    run_sql(q, end);
    CHECK_EQ(finish(p, &b, MIEN_QUEUE_DONE, "{}"), 0);
    CHECK_EQ(lost_count, 2);
    CHECK_EQ(results(q), 3);
    mien_queue_batch_free(&b);

    /* No server and no patience: nothing is written down. */
    make_queue(q, 2);
    b = lease(p, 1, 60);
    mien_queue_close(p);
    p = NULL;
    o = (mien_queue_options){0, at_once, NULL, NULL};
    CHECK_EQ(mien_queue_open(address, &o, &p, &err), MIEN_OK);
    mi_postgres_end(&p->postgres);
    memset(p->postgres.address, 'x', strlen(p->postgres.address));
    CHECK_EQ(mien_queue_finish(p, &b, &(int64_t){0}, &err), MIEN_EIO);
    CHECK_EQ(results(q), 0);
    mien_queue_batch_free(&b);
    mien_queue_close(p);
}

/* ---- settings ------------------------------------------------------------ */

static void test_a_queue_is_for_one_thing(mien_queue *q)
{
    char *word[] = {(char[]){"--landmarks"}, (char[]){""},
                    (char[]){"it's {a,\"b\"} \\ NULL"}, (char[]){"NULL"}};
    mien_queue_settings want = {.tries = 7, .n = 4, .word = word}, got = {0};
    int made = 0;
    CHECK_EQ(mien_queue_drop(q, &err), MIEN_OK);
    CHECK_EQ(mien_queue_settings_load(q, &got, &err), MIEN_EARG);
    CHECK(strstr(err.text, "queue init"));
    CHECK_EQ(mien_queue_init(q, &want, &made, &err), MIEN_OK);
    CHECK_EQ(made, 1);
    CHECK_EQ(mien_queue_init(q, &want, &made, &err), MIEN_OK);
    CHECK_EQ(made, 0);
    CHECK_EQ(mien_queue_settings_load(q, &got, &err), MIEN_OK);
    CHECK_EQ(got.tries, 7);
    CHECK_EQ(got.n, 4);
    for (int i = 0; i < got.n; i++)
        CHECK(strcmp(got.word[i], word[i]) == 0);
    CHECK(strcmp(got.mien, mien_version()) == 0);
    mien_queue_settings_free(&got);

    want.n = 3;
    CHECK_EQ(mien_queue_init(q, &want, &made, &err), MIEN_EARG);
    want.n = 4;
    want.tries = 8;
    CHECK_EQ(mien_queue_init(q, &want, &made, &err), MIEN_EARG);
    CHECK(strstr(err.text, "7 tries, not for 8"));

    CHECK_EQ(mien_queue_bind(q, "detector a\n", &err), MIEN_OK);
    CHECK_EQ(mien_queue_bind(q, "detector a\n", &err), MIEN_OK);
    CHECK_EQ(mien_queue_bind(q, "detector b\n", &err), MIEN_EARG);
}

/* ---- photos -------------------------------------------------------------- */

static void test_a_path_is_there_once(mien_queue *q)
{
    char far[MIEN_QUEUE_MAX_PATH + 2];
    const char *path[] = {"a", "b", "a", "it's \"\\ \n\xff", far};
    int64_t added = 0;
    int found = 0;
    memset(far, 'x', sizeof far);
    far[MIEN_QUEUE_MAX_PATH] = 0;
    make_queue(q, 0);
    CHECK_EQ(mien_queue_add(q, path, 5, &added, &err), MIEN_OK);
    CHECK_EQ(added, 4);
    CHECK_EQ(mien_queue_add(q, path, 5, &added, &err), MIEN_OK);
    CHECK_EQ(added, 4);
    mien_queue_batch b = lease(q, 10, 60);
    CHECK_EQ(b.n, 4);
    for (int i = 0; i < b.n; i++)
        CHECK(strcmp(b.photo[i].path, path[i + (i > 1)]) == 0);
    mien_queue_batch_free(&b);
    CHECK_EQ(mien_queue_forget(q, path[3], &found, &err), MIEN_OK);
    CHECK_EQ(found, 1);
    CHECK_EQ(mien_queue_forget(q, path[3], &found, &err), MIEN_OK);
    CHECK_EQ(found, 0);
    far[MIEN_QUEUE_MAX_PATH] = 'x';
    far[MIEN_QUEUE_MAX_PATH + 1] = 0;
    CHECK_EQ(mien_queue_add(q, path, 5, &added, &err), MIEN_EARG);
    CHECK_EQ(mien_queue_forget(q, far, &found, &err), MIEN_EARG);
    CHECK_EQ(mien_queue_add(q, (const char *[]){""}, 1, &added, &err),
             MIEN_EARG);
}

/* ---- leases -------------------------------------------------------------- */

static void test_two_never_hold_one_photo(mien_queue *q, mien_queue *p)
{
    make_queue(q, 10);
    mien_queue_batch a = lease(q, 6, 60), b = lease(p, 6, 60),
                     none = lease(q, 6, 60);
    CHECK_EQ(a.n, 6);
    CHECK_EQ(b.n, 4);
    CHECK_EQ(none.n, 0);
    CHECK_EQ(left, 1);
    CHECK(a.token != b.token);
    for (int i = 0; i < 10; i++) {
        const mien_queue_photo *x = i < 6 ? &a.photo[i] : &b.photo[i - 6];
        CHECK_EQ(place(x), i);
        CHECK_EQ(x->tries, 1);
        CHECK_EQ(x->spent, 0);
    }
    CHECK_EQ(finish(q, &a, MIEN_QUEUE_DONE, "{\"a\":1}"), 0);
    CHECK_EQ(finish(p, &b, MIEN_QUEUE_DONE, "{\"b\":1}"), 0);
    CHECK_EQ(results(q), 10);
    /* A commit that came through, behind which the connection was lost. */
    CHECK_EQ(finish(q, &a, MIEN_QUEUE_DONE, "{\"a\":2}"), 0);
    CHECK_EQ(results(q), 10);
    none = lease(q, 6, 60);
    CHECK_EQ(none.n, 0);
    CHECK_EQ(left, 0);
    mien_queue_batch_free(&a);
    mien_queue_batch_free(&b);
}

/* Rows that somebody else looks at are passed over, and not waited for. */
static void test_nobody_waits(mien_queue *q, mien_queue *p)
{
    make_queue(q, 3);
    run_sql(p, "SET lock_timeout = '2s'");
    run_sql(q, "BEGIN");
    run_sql(q, "SELECT 1 FROM mien_queue.photo WHERE path = 'p0' FOR UPDATE");
    mien_queue_batch b = lease(p, 10, 60);
    CHECK_EQ(b.n, 2);
    run_sql(q, "ROLLBACK");
    run_sql(p, "SET lock_timeout = 0");
    mien_queue_batch_free(&b);
}

static void test_a_lease_that_ran_out(mien_queue *q, mien_queue *p)
{
    make_queue(q, 1);
    mien_queue_batch a = lease(q, 1, 60);
    run_out(q);
    mien_queue_batch b = lease(p, 1, 60);
    CHECK_EQ(b.n, 1);
    CHECK_EQ(b.photo[0].tries, 2);
    CHECK_EQ(mien_queue_keep(q, &a, 0.01, &err), MIEN_OK); /* not his */
    pause_for(0.05);
    mien_queue_batch none = lease(q, 1, 60);
    CHECK_EQ(none.n, 0);
    CHECK_EQ(finish(q, &a, MIEN_QUEUE_DONE, "{\"late\":1}"), 1);
    CHECK_EQ(results(q), 0);
    CHECK_EQ(finish(q, &a, MIEN_QUEUE_BACK, ""), 0);
    CHECK_EQ(number(q, "SELECT count(*) FROM mien_queue.photo "
                       "WHERE state = 'leased' AND tries = 2"),
             1);
    CHECK_EQ(finish(p, &b, MIEN_QUEUE_DONE, "{\"right\":1}"), 0);
    CHECK_EQ(finish(q, &a, MIEN_QUEUE_DONE, "{\"late\":1}"), 1);
    CHECK_EQ(number(q, "SELECT count(*) FROM mien_queue.result "
                       "WHERE record = '{\"right\":1}'"),
             1);
    mien_queue_batch_free(&a);
    mien_queue_batch_free(&b);

    /* One that ran out, and that nobody took, is still good. */
    make_queue(q, 1);
    a = lease(q, 1, 60);
    run_out(q);
    CHECK_EQ(finish(q, &a, MIEN_QUEUE_DONE, "{}"), 0);
    CHECK_EQ(results(q), 1);
    mien_queue_batch_free(&a);
}

static void test_a_lease_is_made_longer(mien_queue *q, mien_queue *p)
{
    make_queue(q, 2);
    mien_queue_batch a = lease(q, 2, 0.3);
    CHECK_EQ(mien_queue_keep(q, &a, 60, &err), MIEN_OK);
    pause_for(0.4);
    mien_queue_batch b = lease(p, 2, 60);
    CHECK_EQ(b.n, 0);
    CHECK_EQ(finish(q, &a, MIEN_QUEUE_BACK, ""), 0);
    CHECK_EQ(number(q, "SELECT count(*) FROM mien_queue.photo "
                       "WHERE state = 'waiting' AND tries = 0"),
             2);
    mien_queue_batch_free(&a);
}

/* What ended its worker comes alone; after all its tries it is to fail. */
static void test_tries_are_counted(mien_queue *q)
{
    make_queue(q, 3);
    mien_queue_batch b = lease(q, 3, 60);
    CHECK_EQ(b.n, 3);
    mien_queue_batch_free(&b);
    run_out(q);
    for (int i = 0; i < 3; i++) {
        b = lease(q, 3, 60);
        CHECK_EQ(b.n, 1);
        CHECK_EQ(place(&b.photo[0]), i);
        CHECK_EQ(b.photo[0].tries, 2);
        CHECK_EQ(b.photo[0].spent, 0);
        if (i != 1)
            CHECK_EQ(finish(q, &b, MIEN_QUEUE_DONE, "{}"), 0);
        mien_queue_batch_free(&b);
    }
    run_out(q);
    b = lease(q, 3, 60);
    CHECK_EQ(b.n, 1);
    CHECK_EQ(b.photo[0].spent, 1);
    CHECK_EQ(b.photo[0].tries, 2);
    CHECK_EQ(finish(q, &b, MIEN_QUEUE_FAILED, "{\"error\":1}"), 0);
    mien_queue_batch_free(&b);
    CHECK_EQ(results(q), 3);
}

static void test_outcomes(mien_queue *q)
{
    mien_queue_state s;
    int64_t n = 0;
    make_queue(q, 4);
    mien_queue_batch b = lease(q, 1, 60);
    CHECK_EQ(finish(q, &b, MIEN_QUEUE_AGAIN, ""), 0);
    mien_queue_batch_free(&b);
    b = lease(q, 2, 60); /* not the one that waits for its time */
    CHECK_EQ(b.n, 2);
    CHECK_EQ(place(&b.photo[0]), 1);
    snprintf(b.photo[0].sha256, sizeof b.photo[0].sha256, "abc");
    CHECK_EQ(finish(q, &b, MIEN_QUEUE_FAILED, "damaged"), 0);
    mien_queue_batch_free(&b);
    b = lease(q, 9, 60);
    CHECK_EQ(b.n, 1);
    CHECK_EQ(mien_queue_tell(q, &s, &err), MIEN_OK);
    CHECK_EQ(s.waiting, 1);
    CHECK_EQ(s.leased, 1);
    CHECK_EQ(s.failed, 2);
    CHECK_EQ(s.done, 0);
    CHECK_EQ(s.workers, 1);
    CHECK_EQ(s.overdue, 0);
    CHECK(s.oldest >= 0 && s.oldest < 60 && s.per_second > 0);
    CHECK_EQ(s.errors, 1);
    CHECK_EQ(s.error[0].n, 2);
    CHECK(strcmp(s.error[0].text, "it is damaged") == 0);
    CHECK_EQ(number(q, "SELECT count(*) FROM mien_queue.photo "
                       "WHERE sha256 = 'abc'"),
             1);
    CHECK_EQ(mien_queue_retry(q, &n, &err), MIEN_OK);
    CHECK_EQ(n, 2);
    CHECK_EQ(results(q), 0);
    CHECK_EQ(mien_queue_forget(q, b.photo[0].path, &(int){0}, &err), MIEN_OK);
    CHECK_EQ(finish(q, &b, MIEN_QUEUE_DONE, "{}"), 1);
    CHECK_EQ(results(q), 0);
    mien_queue_batch_free(&b);
}

/* ---- records ------------------------------------------------------------- */

static char all_records[200];
static mien_status gather(void *arg, const char *record, size_t n,
                          mien_error *e)
{
    (void)e;
    CHECK_EQ(record[n - 1], '\n');
    strncat(all_records, record, n);
    return strstr(all_records, (const char *)arg) ? MIEN_ELIMIT : MIEN_OK;
}

static mien_status count_records(void *arg, const char *record, size_t n,
                                 mien_error *e)
{
    (void)e;
    *(int *)arg += n == 1 && *record == '\n';
    return MIEN_OK;
}

static void test_records_come_in_order(mien_queue *q)
{
    static char never[] = "never", second[] = "2";
    int64_t open = -1;
    int counted = 0;
    mien_queue_batch b[3];
    make_queue(q, 4);
    for (int i = 0; i < 3; i++)
        b[i] = lease(q, 1, 60);
    for (int i = 2; i >= 0; i--) {
        char record[3] = {(char)('1' + i), 'x', 0};
        CHECK_EQ(finish(q, &b[i], i == 1 ? MIEN_QUEUE_FAILED : MIEN_QUEUE_DONE,
                        record),
                 0);
        mien_queue_batch_free(&b[i]);
    }
    CHECK_EQ(mien_queue_results(q, gather, never, &open, &err), MIEN_OK);
    CHECK_EQ(open, 1);
    CHECK(strcmp(all_records, "1x\n2x\n3x\n") == 0);
    *all_records = 0;
    CHECK_EQ(mien_queue_results(q, gather, second, &open, &err), MIEN_ELIMIT);
    CHECK(strcmp(all_records, "1x\n2x\n") == 0);
    CHECK_EQ(results(q), 3); /* the connection is as before */
    *all_records = 0;

    make_queue(q, 0);
    run_sql(q, "INSERT INTO mien_queue.photo (path, state) SELECT "
               "convert_to(i::text, 'UTF8'), 'done' FROM "
               "generate_series(1, 1000) i");
    run_sql(q, "INSERT INTO mien_queue.result SELECT id, '' FROM "
               "mien_queue.photo");
    CHECK_EQ(mien_queue_results(q, count_records, &counted, &open, &err),
             MIEN_OK);
    CHECK_EQ(open, 0);
    CHECK_EQ(counted, 1000);
}

/* ---- memory -------------------------------------------------------------- */

/* What is tried with less and less memory; the status. */
static mien_status a_whole_life(mien_queue **q)
{
    char *word[] = {(char[]){"-l"}};
    mien_queue_settings want = {.tries = 2, .n = 1, .word = word}, got = {0};
    mien_queue_ask ask = {"here:1", 5, 60, 2};
    mien_queue_batch b = {0};
    int64_t n = 0;
    int more = 0;
    mien_status st = *q ? MIEN_OK : mien_queue_open(address, NULL, q, &err);
    if (!st)
        st = mien_queue_init(*q, &want, NULL, &err);
    if (!st)
        st = mien_queue_settings_load(*q, &got, &err);
    mien_queue_settings_free(&got);
    if (!st)
        st = mien_queue_add(*q, (const char *[]){"a", "b"}, 2, &n, &err);
    if (!st)
        st = mien_queue_lease(*q, &ask, &b, &more, &err);
    if (!st)
        st = mien_queue_keep(*q, &b, 60, &err);
    for (int i = 0; i < b.n; i++) {
        b.photo[i].outcome = MIEN_QUEUE_DONE;
        b.photo[i].record = "{}";
        b.photo[i].n = 2;
    }
    if (!st)
        st = mien_queue_finish(*q, &b, &n, &err);
    if (!st)
        st = mien_queue_forget(*q, "a", &more, &err);
    if (!st)
        st = mien_queue_results(*q, gather, (char[]){"never"}, &n, &err);
    mien_queue_batch_free(&b);
    return st;
}

static void test_memory_that_ends(mien_queue *q)
{
    mien_status st = MIEN_ENOMEM;
    long tried = 0;
    for (; st && tried < 500; tried++) {
        mien_queue *p = NULL;
        *all_records = 0;
        CHECK_EQ(mien_queue_drop(q, NULL), MIEN_OK);
        mi_alloc_fail_after(tried);
        st = a_whole_life(&p);
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || st == MIEN_ENOMEM, "allocation %ld: %s",
                  tried, err.text);
        mien_queue_close(p);
    }
    CHECK(tried > 10 && st == MIEN_OK);
}

int main(int argc, char **argv)
{
    int hold = -1;
    check_start(argc, argv);
    RUN(test_bytes_come_back);
    RUN(test_arrays_are_quoted);
    RUN(test_a_password_is_never_told);
    pid_t server = cluster_begin(address, sizeof address, &hold);
    if (!server)
        CHECK_SKIP("no server of PostgreSQL");
    mien_queue *q = connect_to(), *p = connect_to();
    RUN(test_a_server_that_is_too_old_or_speaks_otherwise, q);
    RUN(test_a_queue_is_for_one_thing, q);
    RUN(test_a_path_is_there_once, q);
    RUN(test_two_never_hold_one_photo, q, p);
    RUN(test_nobody_waits, q, p);
    RUN(test_a_lease_that_ran_out, q, p);
    RUN(test_a_lease_is_made_longer, q, p);
    RUN(test_tries_are_counted, q);
    RUN(test_outcomes, q);
    RUN(test_records_come_in_order, q);
    RUN(test_memory_that_ends, q);
    mien_queue_close(p);
    RUN(test_a_lost_connection_comes_back, q);
    mien_queue_close(q);
    cluster_end(server, hold);
    return check_done();
}
