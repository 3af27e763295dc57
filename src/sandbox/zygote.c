/* zygote.c: a process that opens what workers need, and forks them.
 *
 * It hears nothing of strangers: the program names a lane, and the lane's
 * worker is killed and another one made.  It dies with the program, and workers
 * with it. */
#include "sandbox/zygote.h"

#include "sandbox/confine.h"
#include "sandbox/message.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOCKET = 3 }; /* where it lies in each of these processes */

/* ---- what both are ------------------------------------------------------- */

/* A terminal's and a service manager's signals go to all processes at once: the
 * program answers what is under way first, and then ends these. */
static void take_signals(void)
{
    static const int passed_over[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                      SIGPIPE, SIGTSTP, SIGUSR1, SIGUSR2};
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction none = {.sa_handler = SIG_IGN};
    sigset_t all;
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &usual, NULL);
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
        sigaction(passed_over[i], &none, NULL);
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

/* Die with the process that forked this one. */
static void follow(int parent, const char *name)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, name, 0, 0, 0);
    if (getppid() != parent)
        _exit(1);
}

/* Leave nothing open but one socket, and what goes nowhere. */
static void keep_only(int fd)
{
    if (fd != SOCKET && dup2(fd, SOCKET) < 0)
        _exit(1);
    if (close_range(SOCKET + 1, ~0U, 0))
        _exit(1);
}

/* Standard input, output and error lead nowhere. */
static void close_usual(void)
{
    int none = open("/dev/null", O_RDWR | O_CLOEXEC);
#ifdef __SANITIZE_ADDRESS__
    enum { LAST = 1 }; /* it tells of mistakes there */
#else
    enum { LAST = 2 };
#endif
    for (int i = 0; i <= LAST; i++)
        if (none < 0)
            close(i);
        else
            dup2(none, i);
    if (none > 2)
        close(none);
}

/* ---- a worker ------------------------------------------------------------ */

/* Tell how it went: the status, turned round, and an answer or a reason. */
static int tell(mien_status st, const void *bytes, size_t n)
{
    uint8_t head[8];
    for (int i = 0; i < 4; i++) {
        head[i] = (uint8_t)((unsigned)-st >> 8 * i);
        head[4 + i] = (uint8_t)(n >> 8 * i);
    }
    return n <= MI_ANSWER_MOST && mi_worker_write(SOCKET, head, sizeof head) &&
           mi_worker_write(SOCKET, bytes, n);
}

static int tell_why(mien_status st, const mien_error *why)
{
    return tell(st, why->text, strlen(why->text));
}

/* Answer one request; 0: the program is gone, or nothing can be told. */
static int answer_one(const mi_workers_options *o)
{
    uint8_t head[4];
    mien_buffer out = {0};
    mien_error err = {0};
    if (!mi_worker_read(SOCKET, head, sizeof head))
        return 0;
    mi_cursor c = mi_cursor_of(head, sizeof head);
    size_t n = mi_cursor_u32le(&c);
    if (n > o->ask_most)
        return 0;
    uint8_t *ask = mi_alloc_raw(n, 1);
    if (ask && !mi_worker_read(SOCKET, ask, n))
        _exit(0);
    mien_status st =
        ask ? o->task.answer(o->task.arg, ask, n, &out, &err) : MIEN_ENOMEM;
    if (!st && out.failed)
        st = mi_no_memory(&err);
    int told = st ? tell_why(st, &err) : tell(st, out.data, out.n);
    mi_free(ask);
    mien_buffer_free(&out);
    return told && (ask || !n);
}

static _Noreturn void be_worker(int fd, int zygote, const mi_workers_options *o)
{
    mien_error err = {0};
    follow(zygote, "mien-worker");
    keep_only(fd);
    mien_status st = mi_confine_worker(SOCKET, o->memory, &err);
    if (st) {
        tell_why(st, &err);
        _exit(1);
    }
    int goes_on = tell(MIEN_OK, NULL, 0);
    while (goes_on)
        goes_on = answer_one(o);
    _exit(0);
}

/* ---- the zygote ---------------------------------------------------------- */

/* End a worker; how it ended, if that was not by this. */
static int end(int worker)
{
    int status = -1;
    if (!worker)
        return -1;
    kill(worker, SIGKILL);
    while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* Make the worker of a lane; its socket, or -1. */
static int make(int *worker, const mi_workers_options *o, mi_made *m)
{
    int pair[2], zygote = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
        m->problem = errno;
        return -1;
    }
    int process = fork();
    if (process == 0)
        be_worker(pair[1], zygote, o);
    m->problem = process < 0 ? errno : 0;
    close(pair[1]);
    if (process < 0) {
        close(pair[0]);
        return -1;
    }
    *worker = m->process = process;
    return pair[0];
}

/* Wipe the environment, which may have passwords: copies need none. */
static void forget_environment(void)
{
    for (char **e = environ; e && *e; e++)
        explicit_bzero(*e, strlen(*e));
}

/* Open what workers need, say how that went, and be confined. */
static mien_status begin(const mi_workers_options *o, mi_zygote_hello *hello)
{
    mien_buffer greeting = {0};
    mien_error *err = &hello->error;
    mien_status st = o->task.open(o->task.arg, &greeting, err);
    if (!st && (greeting.failed || greeting.n > sizeof hello->greeting))
        st = mi_no_memory(err);
    if (!st && mi_threads() > 1)
        st = mi_fail(err, MIEN_EUNSUP,
                     "sandbox: a library began threads, which cannot be copied "
                     "into workers");
    forget_environment();
    if (!st)
        st = mi_confine_zygote(&hello->landlock, err);
    if (!st && greeting.n) {
        memcpy(hello->greeting, greeting.data, greeting.n);
        hello->n = greeting.n;
    }
    hello->error.status = st;
    mien_buffer_free(&greeting);
    return st;
}

_Noreturn void mi_zygote_run(int control, int program,
                             const mi_workers_options *o)
{
    mi_zygote_hello hello = {{MIEN_OK, ""}, 0, 0, {0}};
    int *worker = mi_alloc((size_t)o->lanes, sizeof *worker);
    mi_wanted wanted = {0};
    take_signals();
    follow(program, "mien-zygote");
    keep_only(control);
    close_usual();
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1); /* else each thread of a decoder reserves much */
#endif
    mien_status st = worker ? begin(o, &hello) : mi_no_memory(&hello.error);
    if (!mi_packet_send(SOCKET, &hello, sizeof hello, -1) || st)
        _exit(1);
    while (mi_packet_receive(SOCKET, &wanted, sizeof wanted, NULL)) {
        mi_made m = {wanted.lane, 0, -1, 0};
        if (wanted.lane < 0 || wanted.lane >= o->lanes)
            break;
        m.status = end(worker[wanted.lane]);
        worker[wanted.lane] = 0;
        int fd = make(&worker[wanted.lane], o, &m);
        int sent = mi_packet_send(SOCKET, &m, sizeof m, fd);
        if (fd >= 0)
            close(fd);
        if (!sent)
            break;
    }
    for (int i = 0; i < o->lanes; i++)
        end(worker[i]);
    _exit(0);
}
