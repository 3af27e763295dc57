#include "sandbox/message.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- between the program and a worker ------------------------------------ */

/* Wait for what a socket can do; it may be gone, too, which is seen next. */
static int wait_for(int fd, short what, double until)
{
    double left = until - mien_clock();
    struct pollfd p = {fd, what, 0};
    if (left <= 0)
        return 0;
    int n = poll(&p, 1, left > 1e6 ? 1000000000 : (int)(left * 1000) + 1);
    return n > 0 || (n < 0 && errno == EINTR) || mien_clock() < until;
}

mi_talk mi_talk_send(int fd, const void *bytes, size_t n, double until)
{
    const char *p = bytes;
    while (n) {
        ssize_t k = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (k > 0) {
            p += k;
            n -= (size_t)k;
        } else if (k < 0 && errno != EAGAIN && errno != EINTR) {
            return MI_TALK_GONE;
        } else if (!wait_for(fd, POLLOUT, until)) {
            return MI_TALK_LATE;
        }
    }
    return MI_TALK_DONE;
}

mi_talk mi_talk_receive(int fd, void *bytes, size_t n, double until)
{
    char *p = bytes;
    while (n) {
        ssize_t k = recv(fd, p, n, MSG_DONTWAIT);
        if (k > 0) {
            p += k;
            n -= (size_t)k;
        } else if (k == 0 || (errno != EAGAIN && errno != EINTR)) {
            return MI_TALK_GONE;
        } else if (!wait_for(fd, POLLIN, until)) {
            return MI_TALK_LATE;
        }
    }
    return MI_TALK_DONE;
}

int mi_talk_quiet(int fd)
{
    struct pollfd p = {fd, POLLIN | POLLRDHUP, 0};
    return poll(&p, 1, 0) == 0;
}

/* ---- between the program and the zygote ---------------------------------- */

typedef union passing {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
} passing;

int mi_packet_send(int fd, const void *bytes, size_t n, int passed)
{
    union {
        const void *from;
        void *to;
    } data = {bytes}; /* sendmsg only reads, but its struct does not say so */
    struct iovec part = {data.to, n};
    passing with = {{0}};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    if (passed >= 0) {
        with.head.cmsg_len = CMSG_LEN(sizeof passed);
        with.head.cmsg_level = SOL_SOCKET;
        with.head.cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(&with.head), &passed, sizeof passed);
        m.msg_control = &with;
        m.msg_controllen = sizeof with.room;
    }
    ssize_t k;
    do
        k = sendmsg(fd, &m, MSG_NOSIGNAL);
    while (k < 0 && errno == EINTR);
    return k == (ssize_t)n;
}

int mi_packet_receive(int fd, void *bytes, size_t n, int *passed)
{
    struct iovec part = {bytes, n};
    passing with;
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = &with,
                       .msg_controllen = sizeof with.room};
    ssize_t k;
    do
        k = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
    while (k < 0 && errno == EINTR);
    const struct cmsghdr *c = k > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    int got = -1;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
        c->cmsg_len == CMSG_LEN(sizeof got))
        memcpy(&got, CMSG_DATA(c), sizeof got);
    if (k != (ssize_t)n && got >= 0) {
        close(got);
        got = -1;
    }
    if (passed)
        *passed = got;
    return k == (ssize_t)n;
}

/* ---- a worker ------------------------------------------------------------ */

int mi_worker_read(int fd, void *bytes, size_t n)
{
    for (char *p = bytes; n;) {
        ssize_t k = read(fd, p, n);
        if (k <= 0 && !(k < 0 && errno == EINTR))
            return 0;
        p += k > 0 ? k : 0;
        n -= k > 0 ? (size_t)k : 0;
    }
    return 1;
}

int mi_worker_write(int fd, const void *bytes, size_t n)
{
    for (const char *p = bytes; n;) {
        ssize_t k = write(fd, p, n);
        if (k <= 0 && !(k < 0 && errno == EINTR))
            return 0;
        p += k > 0 ? k : 0;
        n -= k > 0 ? (size_t)k : 0;
    }
    return 1;
}
