/* wire.h: a wire to a server of PostgreSQL that is cut at a statement.
 *
 *   wire_begin -> a socket of its own, behind which the server is
 *   wire_set   -> what happens at which statement
 *
 * The wire lies in memory that processes share, so that the one whose
 * statements are meant can set it.  A statement is what the client ends with
 * Sync or sends as a simple query. Source: PostgreSQL 15 Documentation,
 * section 55.7 (message formats). */
#ifndef WIRE_H
#define WIRE_H

#include "tests/check.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef enum wire_fault {
    WIRE_GOOD,
    WIRE_CUT,         /* before the statement reaches the server */
    WIRE_CUT_ANSWER,  /* it is done, and its answer does not come */
    WIRE_ENDED,       /* the server ends the session: pg_terminate_backend */
    WIRE_KILL,        /* the client is killed before it is done */
    WIRE_KILL_ANSWER, /* and after */
    WIRE_FAULTS
} wire_fault;

enum { WIRE_ROOM = 1 << 20 };

typedef struct wire {
    char folder[40]; /* of the socket */
    struct sockaddr_un server;
    int listening;
    pthread_t thread;
    atomic_int fault, at, count;
    atomic_int client; /* the process that is killed */
    void (*end_sessions)(void);
} wire;

/* One connection. */
typedef struct wire_line {
    wire *w;
    int client, server;
    uint8_t *bytes; /* [WIRE_ROOM] of the client, not yet sent on */
    size_t n;
    int begun; /* the first message, which has no letter, went through */
} wire_line;

static inline int wire_connect(const struct sockaddr_un *to)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)to, sizeof *to) == 0)
        return fd;
    close(fd);
    return -1;
}

static inline int wire_send(int fd, const uint8_t *bytes, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t sent = send(fd, bytes + at, n - at, MSG_NOSIGNAL);
        if (sent <= 0)
            return 0;
        at += (size_t)sent;
    }
    return 1;
}

/* Bytes of the message that begins the client's; 0: it is not whole. */
static inline size_t wire_message(const wire_line *w)
{
    const size_t head = w->begun ? 1 : 0;
    if (w->n < head + 4)
        return 0;
    const uint8_t *b = w->bytes + head;
    size_t n = head + ((size_t)b[0] << 24 | (size_t)b[1] << 16 |
                       (size_t)b[2] << 8 | b[3]);
    return n <= w->n ? n : 0;
}

/* Read until the server waits for the next statement: a Z of five bytes and a
 * state, at the end of what it sent. */
static inline void wire_wait(int server)
{
    static const uint8_t ready[] = {'Z', 0, 0, 0, 5};
    uint8_t part[4096];
    ssize_t n;
    while ((n = recv(server, part, sizeof part, 0)) > 0)
        if (n >= 6 && memcmp(part + n - 6, ready, sizeof ready) == 0)
            return;
}

static inline void wire_kill(const wire *w)
{
    if (w->client > 0)
        kill(w->client, SIGKILL);
}

/* A statement goes through, or what happens instead; 0: the wire is cut. */
static inline int wire_statement(const wire_line *l, size_t n)
{
    wire *w = l->w;
    const int due = w->fault != WIRE_GOOD && ++w->count == w->at;
    const int fault = due ? w->fault : WIRE_GOOD;
    if (fault == WIRE_KILL)
        wire_kill(w);
    if (fault == WIRE_CUT || fault == WIRE_KILL)
        return 0;
    if (fault == WIRE_ENDED)
        w->end_sessions();
    if (!wire_send(l->server, l->bytes, n))
        return fault == WIRE_ENDED; /* the client reads what was said */
    if (fault != WIRE_CUT_ANSWER && fault != WIRE_KILL_ANSWER)
        return 1;
    wire_wait(l->server);
    if (fault == WIRE_KILL_ANSWER)
        wire_kill(w);
    return 0;
}

/* Send on what the client sent, message by message; 0: the wire is cut. */
static inline int wire_pass(wire_line *l)
{
    ssize_t got = recv(l->client, l->bytes + l->n, WIRE_ROOM - l->n, 0);
    size_t n;
    if (got <= 0)
        return 0;
    l->n += (size_t)got;
    while ((n = wire_message(l)) > 0) {
        const int ends = l->begun && (*l->bytes == 'S' || *l->bytes == 'Q');
        if (!(ends ? wire_statement(l, n) : wire_send(l->server, l->bytes, n)))
            return 0;
        l->begun = 1;
        l->n -= n;
        memmove(l->bytes, l->bytes + n, l->n);
    }
    return 1;
}

/* Everything of one connection. */
static inline void *wire_serve(void *arg)
{
    wire_line *l = arg;
    uint8_t part[1 << 14];
    l->server = wire_connect(&l->w->server);
    int good = l->server >= 0;
    struct pollfd p[2] = {{l->client, POLLIN, 0}, {l->server, POLLIN, 0}};
    while (good && poll(p, 2, -1) > 0) {
        if (p[1].revents) {
            ssize_t n = recv(l->server, part, sizeof part, 0);
            good = n > 0 && wire_send(l->client, part, (size_t)n);
        }
        if (good && p[0].revents)
            good = wire_pass(l);
    }
    close(l->client);
    close(l->server);
    free(l->bytes);
    free(l);
    return NULL;
}

static inline void *wire_run(void *arg)
{
    wire *w = arg;
    int client;
    while ((client = accept4(w->listening, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        pthread_t thread;
        wire_line *l = calloc(1, sizeof *l);
        l->w = w;
        l->client = client;
        l->bytes = malloc(WIRE_ROOM);
        CHECK(pthread_create(&thread, NULL, wire_serve, l) == 0 &&
              pthread_detach(thread) == 0);
    }
    return NULL;
}

/* Lay a wire to the server whose socket is in a folder. */
static inline wire *wire_begin(const char *server)
{
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    wire *w = mmap(NULL, sizeof *w, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(w != MAP_FAILED);
    snprintf(w->folder, sizeof w->folder, "%s", "/tmp/mien-wire-XXXXXX");
    CHECK(mkdtemp(w->folder) != NULL);
    snprintf(own.sun_path, sizeof own.sun_path, "%s/.s.PGSQL.5432", w->folder);
    w->server.sun_family = AF_UNIX;
    snprintf(w->server.sun_path, sizeof w->server.sun_path, "%.80s/%s", server,
             ".s.PGSQL.5432");
    w->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(w->listening >= 0 &&
          bind(w->listening, (struct sockaddr *)&own, sizeof own) == 0 &&
          listen(w->listening, 8) == 0);
    CHECK(pthread_create(&w->thread, NULL, wire_run, w) == 0);
    return w;
}

static inline void wire_end(wire *w)
{
    char path[60];
    shutdown(w->listening, SHUT_RDWR);
    pthread_join(w->thread, NULL);
    close(w->listening);
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432", w->folder);
    unlink(path);
    rmdir(w->folder);
    munmap(w, sizeof *w);
}

/* From now on: what happens at the n-th statement of all connections. */
static inline void wire_set(wire *w, wire_fault fault, int at)
{
    w->count = 0;
    w->at = at;
    w->fault = fault;
}

#endif
