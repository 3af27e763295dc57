/* Workers that may do nothing else: each call that is forbidden is tried in
 * one; they die, hang and talk nonsense, and only their own request is lost.
 *
 * Not as WebAssembly: processes, sockets, seccomp and Landlock. */
#include "base/alloc.h"
#include "check.h"
#include "sandbox/workers.h"
#include "tests/sandbox_calls.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- what the workers of this test do ------------------------------------ */

enum { LANES = 4, MOST = 1 << 20, MEMORY = 64 << 20 };

static void *thread(void *arg)
{
    ++*(int *)arg;
    return NULL;
}

/* A thread, as decoders begin some. */
static int has_threads(void)
{
    pthread_t t;
    int n = 0;
    if (pthread_create(&t, NULL, thread, &n))
        return 0;
    pthread_join(t, NULL);
    return n;
}

/* Talk nonsense of some kind; the program need not hear it whole. */
static void babble(int kind)
{
    static const uint8_t said[][8] = {
        {9, 9, 9, 9, 9, 9, 9, 9},    /* no status */
        {0, 0, 0, 0, 1, 0, 0, 0xff}, /* an answer of gigabytes */
        {4, 0, 0, 0, 200, 0, 0, 0},  /* a reason that is too long */
        {4, 1, 0, 0, 1, 0, 0, 0},    /* EFORMAT, and bits beside it */
        {7, 0, 0, 0, 0, 0, 0, 0},    /* its own loss */
    };
    if (write(3, said[kind % 5], 8) != 8)
        _exit(1);
    for (;;)
        sched_yield();
}

static mien_status answer(void *arg, const uint8_t *ask, size_t n,
                          mien_buffer *out, mien_error *err)
{
    int at = n > 1 ? ask[1] : 0;
    char *closed;
    void *large;
    (void)arg;
    switch (n ? *ask : 0) {
    case 'c':
        errno = 0;
        at = calls[at].call() == -1 ? errno : 0;
        mien_buffer_put(out, &at, sizeof at);
        return MIEN_OK;
    case 's':
        closed =
            mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        *closed = 1;
        return MIEN_OK;
    case 'a': abort();
    case 'x': _exit(at);
    case 'h':
        for (;;)
            sched_yield();
    case 'b': babble(at); return MIEN_OK;
    case 'm':
        large = mi_alloc(MEMORY, 1);
        mi_free(large);
        return large ? MIEN_OK : MIEN_ENOMEM;
    case 'v': return getenv("MIEN_SECRET") ? MIEN_OK : MIEN_EARG;
    case 't': return has_threads() ? MIEN_OK : MIEN_EUNSUP;
    case 'f':
        snprintf(err->text, sizeof err->text, "byte %d is wrong", at);
        return MIEN_EFORMAT;
    default: mien_buffer_put(out, ask, n); return MIEN_OK;
    }
}

static mien_status greet(void *arg, mien_buffer *greeting, mien_error *err)
{
    (void)arg, (void)err;
    mien_buffer_put(greeting, "hello", 5);
    return MIEN_OK;
}

static mien_status fail(void *arg, mien_buffer *greeting, mien_error *err)
{
    (void)greeting;
    snprintf(err->text, sizeof err->text, "no %s", (const char *)arg);
    return MIEN_EIO;
}

static mi_workers *start(int asks)
{
    mi_workers_options o = {.task = {greet, answer, NULL},
                            .lanes = LANES,
                            .ask_most = MOST,
                            .memory = MEMORY,
                            .deadline = 20,
                            .asks = asks};
    mi_workers *w = NULL;
    mien_buffer g = {0};
    mien_error err = {0};
    CHECK_MSG(mi_workers_new(&o, &w, &g, &err) == MIEN_OK, "%s", err.text);
    CHECK(g.n == 5 && memcmp(g.data, "hello", 5) == 0);
    mien_buffer_free(&g);
    return w;
}

/* Ask with two bytes. */
static mien_status ask(mi_workers *w, int lane, char what, int at,
                       mien_buffer *out, mi_worker_lost *lost)
{
    uint8_t both[2] = {(uint8_t)what, (uint8_t)at};
    return mi_workers_ask(w, lane, (mien_bytes){both, 1},
                          (mien_bytes){both + 1, 1}, out, lost, NULL);
}

/* It answers as one that was never asked. */
static void check_answers(mi_workers *w, int lane)
{
    mien_buffer b = {0};
    mi_worker_lost lost;
    CHECK_EQ(ask(w, lane, 'e', 7, &b, &lost), MIEN_OK);
    CHECK(b.n == 2 && memcmp(b.data, "e\7", 2) == 0);
    CHECK_EQ(lost.end, MI_WORKER_ENDS);
    mien_buffer_free(&b);
}

/* ---- tests --------------------------------------------------------------- */

static void test_each_forbidden_call(void)
{
    mi_workers *w = start(0);
    for (int i = 0; w && i < CALLS; i++) {
        mien_buffer b = {0};
        mi_worker_lost lost;
        mien_status st = ask(w, 0, 'c', i, &b, &lost);
        int got = -2;
        if (b.n == sizeof got)
            memcpy(&got, b.data, sizeof got);
        if (calls[i].errno_ > 0)
            CHECK_MSG(!st && got == calls[i].errno_, "%s: %d, errno %d",
                      calls[i].name, st, got);
        else
            CHECK_MSG(st == MIEN_ELOST && WIFSIGNALED(lost.status) &&
                          WTERMSIG(lost.status) == SIGSYS,
                      "%s: %d, errno %d, ended with %x", calls[i].name, st, got,
                      lost.status);
        mien_buffer_free(&b);
        check_answers(w, 0);
    }
    mi_workers_free(w);
}

static void test_what_is_allowed(void)
{
    setenv("MIEN_SECRET", "word", 1);
    mi_workers *w = start(0);
    mien_buffer b = {0};
    mi_worker_lost lost;
    uint8_t *large = mi_alloc(MOST, 1);
    check_answers(w, 0);
    CHECK_EQ(ask(w, 0, 'v', 0, &b, &lost), MIEN_EARG);
    CHECK_EQ(ask(w, 0, 't', 0, &b, &lost), MIEN_OK);
#ifdef __SANITIZE_ADDRESS__
    printf("SKIP a limit of memory with the sanitizers\n");
#else
    CHECK_EQ(ask(w, 0, 'm', 0, &b, &lost), MIEN_ENOMEM);
#endif
    memset(large, 5, MOST);
    CHECK_EQ(mi_workers_ask(w, 1, (mien_bytes){large, MOST}, (mien_bytes){0},
                            &b, &lost, NULL),
             MIEN_OK);
    CHECK(b.n == MOST && memcmp(b.data, large, MOST) == 0);
    CHECK_EQ(mi_workers_ask(w, 1, (mien_bytes){large, MOST},
                            (mien_bytes){large, 1}, &b, &lost, NULL),
             MIEN_ELIMIT);
    mien_error err = {0};
    uint8_t f[2] = {'f', 9};
    CHECK_EQ(mi_workers_ask(w, 2, (mien_bytes){f, 2}, (mien_bytes){0}, &b,
                            &lost, &err),
             MIEN_EFORMAT);
    CHECK(strcmp(err.text, "byte 9 is wrong") == 0);
    CHECK_EQ(lost.end, MI_WORKER_ENDS);
    mi_free(large);
    mien_buffer_free(&b);
    mi_workers_free(w);
}

/* The sum of a lane's answers, while others die. */
typedef struct client {
    mi_workers *w;
    int lane, n, dies;
    int answered, lost;
    double slowest, all;
} client;

/* Kill a process while its request is under way. */
static void *kill_soon(void *pid)
{
    nanosleep(&(struct timespec){0, 3000000}, NULL);
    kill(*(int *)pid, SIGKILL);
    return NULL;
}

static void *be_client(void *arg)
{
    static const char ends[] = "sakx";
    client *c = arg;
    for (int i = 0; i < c->n; i++) {
        mien_buffer b = {0};
        mi_worker_lost lost;
        int dies = c->dies && i % 2;
        char what = dies ? ends[i / 2 % 4] : 'e';
        int pid = mi_workers_process(c->w, c->lane), killed = what == 'k';
        pthread_t t;
        if (killed)
            CHECK_EQ(pthread_create(&t, NULL, kill_soon, &pid), 0);
        mien_status st = ask(c->w, c->lane, killed ? 'h' : what, i, &b, &lost);
        if (killed)
            pthread_join(t, NULL);
        c->answered += !st && b.n == 2 && b.data[1] == (uint8_t)i;
        c->lost += st == MIEN_ELOST;
        if (lost.end != MI_WORKER_ENDS) {
            c->all += lost.seconds;
            c->slowest = lost.seconds > c->slowest ? lost.seconds : c->slowest;
            CHECK(lost.seconds >= 0);
        }
        mien_buffer_free(&b);
    }
    return NULL;
}

/* Some lanes lose every other request, the others none. */
static void test_a_death_loses_its_own_request(void)
{
    enum { DYING = LANES - 1 };
    int deaths = getenv("TORTURE") ? 1000 : 100;
    mi_workers *w = start(0);
    pthread_t t[LANES];
    client c[LANES];
    int lost = 0, answered = 0, n = 0;
    double slowest = 0, all = 0;
    for (int i = 0; i < LANES; i++) {
        c[i] = (client){w, i, 2 * (deaths / DYING + 1), i < DYING, 0, 0, 0, 0};
        c[i].n *= i < DYING ? 1 : 10;
        CHECK_EQ(pthread_create(&t[i], NULL, be_client, &c[i]), 0);
    }
    for (int i = 0; i < LANES; i++) {
        pthread_join(t[i], NULL);
        lost += c[i].lost;
        answered += c[i].answered;
        n += c[i].n;
        all += c[i].all;
        slowest = c[i].slowest > slowest ? c[i].slowest : slowest;
    }
    CHECK_EQ(c[DYING].lost, 0);
    CHECK_EQ(answered + lost, n);
    CHECK(lost >= deaths * 3 / 4); /* one that was dead before costs none */
    printf("%d requests, %d lost by the death of their worker, no other; "
           "the next was there after %.1f ms, at most %.1f\n",
           n, lost, 1000 * all / lost, 1000 * slowest);
    mi_workers_free(w);
}

static void test_one_that_died_before_costs_nothing(void)
{
    mi_workers *w = start(0);
    mien_buffer b = {0};
    mi_worker_lost lost;
    int was = mi_workers_process(w, 2);
    kill(was, SIGKILL);
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    CHECK_EQ(ask(w, 2, 'e', 1, &b, &lost), MIEN_OK);
    CHECK_EQ(lost.end, MI_WORKER_ENDED);
    CHECK(mi_workers_process(w, 2) != was);
    mien_buffer_free(&b);
    mi_workers_free(w);
}

static void test_late_and_nonsense(void)
{
    mi_workers_options o = {.task = {greet, answer, NULL},
                            .lanes = 1,
                            .ask_most = MOST,
                            .memory = MEMORY,
                            .deadline = 0.3};
    mi_workers *w = NULL;
    mien_buffer b = {0};
    mi_worker_lost lost;
    CHECK_EQ(mi_workers_new(&o, &w, &b, NULL), MIEN_OK);
    double start = mien_clock();
    CHECK_EQ(ask(w, 0, 'h', 0, &b, &lost), MIEN_ELOST);
    CHECK(lost.end == MI_WORKER_LATE && mien_clock() - start >= 0.3);
    for (int i = 0; i < 5; i++) {
        CHECK_EQ(ask(w, 0, 'b', i, &b, &lost), MIEN_ELOST);
        CHECK_MSG(lost.end == MI_WORKER_NONSENSE, "babble %d: %d", i, lost.end);
        check_answers(w, 0);
    }
    int was = mi_workers_process(w, 0);
    mi_workers_refuse(w, 0, &lost);
    CHECK(lost.end == MI_WORKER_NONSENSE && mi_workers_process(w, 0) != was);
    check_answers(w, 0);
    mien_buffer_free(&b);
    mi_workers_free(w);
}

static void test_workers_retire(void)
{
    mi_workers *w = start(2);
    mien_buffer b = {0};
    mi_worker_lost lost;
    int was = mi_workers_process(w, 0);
    CHECK_EQ(ask(w, 0, 'e', 0, &b, &lost), MIEN_OK);
    CHECK(lost.end == MI_WORKER_ENDS && mi_workers_process(w, 0) == was);
    CHECK_EQ(ask(w, 0, 'e', 0, &b, &lost), MIEN_OK);
    CHECK(lost.end == MI_WORKER_RETIRED && mi_workers_process(w, 0) != was);
    mien_buffer_free(&b);
    mi_workers_free(w);
}

/* No process is left, whichever end comes first. */
static void test_all_end(void)
{
    mi_workers *w = start(0);
    int pid[LANES];
    for (int i = 0; i < LANES; i++)
        pid[i] = mi_workers_process(w, i);
    CHECK(!mi_workers_gone(w));
    mi_workers_free(w);
    for (int i = 0; i < LANES; i++)
        CHECK(kill(pid[i], 0) == -1 && errno == ESRCH);
}

/* The third word of a process's /proc/PID/stat and the fourth: its state, and
 * its parent; 'X': there is none. */
static char state_of(int process, int *parent)
{
    char path[40], line[300] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    FILE *f = fopen(path, "r");
    char *end = f && fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
    if (f)
        fclose(f);
    *parent = end ? (int)strtol(end + 3, NULL, 10) : 0;
    return end ? end[2] : 'X';
}

/* Workers go with it, what is asked for is refused, and nothing hangs. */
static void test_the_zygote_is_killed(void)
{
    mi_workers *w = start(0);
    mien_buffer b = {0};
    mi_worker_lost lost;
    mien_error err = {0};
    int worker = mi_workers_process(w, 1), zygote = 0, parent;
    char state = state_of(worker, &zygote);
    CHECK(state != 'X');
    CHECK(zygote > 1);
    kill(zygote, SIGKILL);
    for (int i = 0; i < 200 && !mi_workers_gone(w); i++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    CHECK(mi_workers_gone(w));
    for (int i = 0; i < 200 && state != 'X' && state != 'Z'; i++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
        state = state_of(worker, &parent);
    }
    CHECK_MSG(state == 'X' || state == 'Z', "a worker is left: %c", state);
    uint8_t e[1] = {'e'};
    for (int i = 0; i < 100; i++) {
        mien_status st = mi_workers_ask(w, 0, (mien_bytes){e, 1},
                                        (mien_bytes){0}, &b, &lost, &err);
        CHECK(st == MIEN_ENOMEM || st == MIEN_ELOST || !st);
        if (st == MIEN_ENOMEM)
            break;
    }
    CHECK(strstr(err.text, "is gone"));
    mien_buffer_free(&b);
    mi_workers_free(w);
}

static void test_refusals(void)
{
    mi_workers_options o = {.task = {fail, answer, "network"},
                            .lanes = 1,
                            .ask_most = 1,
                            .memory = MEMORY,
                            .deadline = 1};
    mi_workers *w = NULL;
    mien_buffer b = {0};
    mien_error err = {0};
    CHECK_EQ(mi_workers_new(&o, &w, &b, &err), MIEN_EIO);
    CHECK(strcmp(err.text, "no network") == 0 && !w);
    mien_buffer_free(&b);
    mi_workers_free(NULL);
}

static void *wait_at(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

static void test_threads_come_later(void)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    mi_workers_options o = {.task = {greet, answer, NULL},
                            .lanes = 1,
                            .ask_most = 1,
                            .memory = MEMORY,
                            .deadline = 1};
    mi_workers *w = NULL;
    mien_buffer b = {0};
    pthread_t t;
    pthread_mutex_lock(&gate);
    pthread_create(&t, NULL, wait_at, &gate);
    CHECK_EQ(mi_workers_new(&o, &w, &b, NULL), MIEN_EARG);
    pthread_mutex_unlock(&gate);
    pthread_join(t, NULL);
    mien_buffer_free(&b);
}

static void test_memory_ends(void)
{
    mi_workers_options o = {.task = {greet, answer, NULL},
                            .lanes = 2,
                            .ask_most = MOST,
                            .memory = MEMORY,
                            .deadline = 20};
    mien_status st = MIEN_ENOMEM;
    mi_workers *w = NULL;
    for (int i = 0; st && i < 40; i++) {
        mien_buffer b = {0};
        mi_alloc_fail_after(i);
        st = mi_workers_new(&o, &w, &b, NULL);
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || st == MIEN_ENOMEM || st == MIEN_EUNSUP,
                  "allocation %d: %d", i, st);
        mien_buffer_free(&b);
    }
    CHECK_EQ(st, MIEN_OK);
    mi_workers_free(w);
    w = start(0);
    st = MIEN_ENOMEM;
    for (int i = 0; st && i < 10; i++) {
        mien_buffer b = {0};
        mi_worker_lost lost;
        mi_alloc_fail_after(i);
        st = ask(w, 0, 'e', 7, &b, &lost);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        mien_buffer_free(&b);
        check_answers(w, 0);
    }
    CHECK_EQ(st, MIEN_OK);
    mi_workers_free(w);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    if (prctl(PR_GET_SECCOMP) < 0)
        CHECK_SKIP("this kernel has no seccomp");
    RUN(test_each_forbidden_call);
    RUN(test_what_is_allowed);
    RUN(test_a_death_loses_its_own_request);
    RUN(test_one_that_died_before_costs_nothing);
    RUN(test_late_and_nonsense);
    RUN(test_workers_retire);
    RUN(test_all_end);
    RUN(test_the_zygote_is_killed);
    RUN(test_refusals);
    RUN(test_threads_come_later);
    RUN(test_memory_ends);
    return check_done();
}
