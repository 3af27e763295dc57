/* message.h: bytes between the program, the zygote and the workers. */
#ifndef MI_SANDBOX_MESSAGE_H
#define MI_SANDBOX_MESSAGE_H

#include "sandbox/task.h"

#include <stddef.h>

typedef enum mi_talk {
    MI_TALK_DONE,
    MI_TALK_GONE, /* the other end is closed */
    MI_TALK_LATE
} mi_talk;

/* Send n bytes until a time of mien_clock. */
mi_talk mi_talk_send(int fd, const void *bytes, size_t n, double until);
/* Receive n bytes until then. */
mi_talk mi_talk_receive(int fd, void *bytes, size_t n, double until);
/* 1: nothing came and the other end is open. */
int mi_talk_quiet(int fd);

/* What the program asks of the zygote: another worker for a lane. */
typedef struct mi_wanted {
    int lane;
} mi_wanted;

/* What the zygote answers; a socket comes along, unless problem is set. */
typedef struct mi_made {
    int lane;
    int process;
    int status; /* of the lane's worker before, as waitpid tells it; -1: none */
    int problem; /* errno; 0: none */
} mi_made;

/* What the zygote says first. */
typedef struct mi_zygote_hello {
    mien_error error; /* status 0: it is ready */
    int landlock;
    size_t n;
    uint8_t greeting[MI_GREETING_MOST]; /* [n] */
} mi_zygote_hello;

/* One packet and perhaps a descriptor, which stays the sender's; 0: it is not
 * sent. */
int mi_packet_send(int fd, const void *bytes, size_t n, int passed);
/* Receive a packet of n bytes and perhaps a descriptor, else -1; 0: it did not
 * come.  It waits. */
int mi_packet_receive(int fd, void *bytes, size_t n, int *passed);

/* A worker's: all n bytes, however long that takes; 0: the other end is
 * closed. */
int mi_worker_read(int fd, void *bytes, size_t n);
/* The same, to write. */
int mi_worker_write(int fd, const void *bytes, size_t n);

#endif
