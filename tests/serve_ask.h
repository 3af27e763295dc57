/* serve_ask.h: a server over loopback whose photos are words, and its clients.
 */
#ifndef SERVE_ASK_H
#define SERVE_ASK_H

#include "base/alloc.h"
#include "mien/mien.h"
#include "serve/shard.h"
#include "tests/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static char keys_path[64];

/* Begin a program of tests: its keys are in a file of its own. */
static inline void serve_start(int argc, char **argv)
{
    check_start(argc, argv);
    snprintf(keys_path, sizeof keys_path, "/tmp/mien_keys_%d", (int)getpid());
}

/* End it; what main returns. */
static inline int serve_done(void)
{
    unlink(keys_path);
    return check_done();
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER; /* holds workers */
static atomic_int reading;

static const char *fake_taken = ""; /* when the photos were taken */

/* Which number of a descriptor is 1 for a letter: among the last 128. */
static inline int fake_at(mien_describer by, char letter)
{
    return mien_describer_numbers(by) - MIEN_DESCRIPTOR +
           (unsigned char)letter % MIEN_DESCRIPTOR;
}

/* One face, of "whoa" and "whob" those of two people; "none" is a photo
 * without, "two" has two, "bad" is none at all.
 *
 *   arg  a mien_describer, the network of its descriptors; NULL: dlib's */
static inline mien_status fake_read(void *arg, int lane, const uint8_t *bytes,
                                    size_t n, const mien_serve_wish *wish,
                                    mien_reading *out, mien_error *err)
{
    const mien_describer by =
        arg ? *(const mien_describer *)arg : MIEN_DESCRIBER_DLIB;
    (void)lane;
    reading++;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    if (n == 3 && memcmp(bytes, "bad", 3) == 0) {
        if (err)
            snprintf(err->text, sizeof err->text, "no picture");
        return MIEN_EFORMAT;
    }
    *out = (mien_reading){.w = 100, .h = 100};
    if (n == 4 && memcmp(bytes, "none", 4) == 0)
        return MIEN_OK;
    int two = n == 3 && memcmp(bytes, "two", 3) == 0;
    out->faces.face = mi_alloc(2, sizeof *out->faces.face);
    if (!out->faces.face)
        return MIEN_ENOMEM;
    out->faces.n = 1 + two;
    if (n == 4 && memcmp(bytes, "who", 3) == 0)
        out->faces.face[0].descriptor[fake_at(by, (char)bytes[3])] = 1;
    for (int i = 0; i < out->faces.n; i++)
        out->faces.face[i].describer = by;
    snprintf(out->taken, sizeof out->taken, "%s", fake_taken);
    out->faces.face[0].box = (mien_box){10, 20, 30, 40};
    out->faces.face[0].score = 0.75f;
    out->faces.face[0].has = wish->want;
    out->faces.face[0].age = 30.5f;
    return MIEN_OK;
}

static inline mien_server *start(mien_server_options o)
{
    mien_server *s = NULL;
    mien_error err = {0};
    o.listen = "127.0.0.1:0";
    o.read = fake_read;
    CHECK_MSG(mien_server_new(&o, &s, &err) == MIEN_OK, "%s", err.text);
    return s;
}

static inline int dial(const mien_server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)mien_server_port(s))};
    struct timeval most = {20, 0};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    CHECK(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    return fd;
}

static inline void say(int fd, const char *text)
{
    CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Read until the other end closes; the status, 0: none. */
static inline int hear(int fd, char *out, size_t size)
{
    size_t n = 0;
    ssize_t more;
    while (n + 1 < size && (more = recv(fd, out + n, size - 1 - n, 0)) > 0)
        n += (size_t)more;
    out[n] = 0;
    close(fd);
    return n > 12 ? (int)strtol(out + 9, NULL, 10) : 0;
}

static const char form[] = "--b\r\nContent-Disposition: form-data; "
                           "name=\"file\"; filename=\"a\"\r\n\r\nphoto\r\n"
                           "--b\r\ncontent-disposition: form-data; "
                           "name=source_image\r\n\r\nphoto\r\n--b\r\n"
                           "Content-Disposition: form-data; "
                           "name=\"target_image\"\r\n\r\nphoto\r\n--b--\r\n";

typedef struct request {
    const char *method, *path, *key, *headers, *host, *type, *body;
} request;

static inline int ask(const mien_server *s, request r, char *out, size_t size)
{
    mien_buffer b = {0};
    int fd = dial(s);
    mien_buffer_printf(&b, "%s %s HTTP/1.1\r\nConnection: close\r\n", r.method,
                       r.path);
    if (r.host)
        mien_buffer_printf(&b, "Host: %s\r\n", r.host);
    else
        mien_buffer_printf(&b, "Host: 127.0.0.1:%d\r\n", mien_server_port(s));
    if (r.key)
        mien_buffer_printf(&b, "x-api-key: %s\r\n", r.key);
    if (r.body)
        mien_buffer_printf(&b, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                           r.type ? r.type : "multipart/form-data; boundary=b",
                           strlen(r.body));
    mien_buffer_printf(&b, "%s\r\n%s", r.headers ? r.headers : "",
                       r.body ? r.body : "");
    mien_buffer_put(&b, "", 1);
    say(fd, (char *)b.data);
    mien_buffer_free(&b);
    return hear(fd, out, size);
}

/* A form of one photo. */
static inline const char *serve_photo(const char *word)
{
    static char text[200];
    snprintf(text, sizeof text,
             "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n%s"
             "\r\n--b--\r\n",
             word);
    return text;
}

/* The body of a search for the faces of words' last letters, of a network. */
static inline void serve_search_body(const char *letters, const char *model,
                                     float threshold, char out[4000])
{
    float row[4 * MIEN_DESCRIPTOR] = {0};
    mien_buffer b = {0};
    mi_shard_question q = {
        .threshold = threshold, .numbers = MIEN_DESCRIPTOR, .descriptor = row};
    snprintf(q.model, sizeof q.model, "%s", model);
    for (; letters[q.n]; q.n++)
        row[q.n * MIEN_DESCRIPTOR + letters[q.n] % MIEN_DESCRIPTOR] = 1;
    mi_shard_question_write(&q, &b);
    snprintf(out, 4000, "%.*s", (int)b.n, (const char *)b.data);
    mien_buffer_free(&b);
}

/* Make a key in the file, for a purpose or "". */
static inline void serve_key(unsigned scopes, const char *expiry,
                             const char *purpose, char id[9],
                             char key[MIEN_SERVE_KEY_SIZE])
{
    mien_serve_key k = {.name = "k", .scopes = scopes};
    snprintf(k.purpose, sizeof k.purpose, "%s", purpose);
    snprintf(k.expiry, sizeof k.expiry, "%s", expiry);
    CHECK_EQ(mien_serve_key_add(keys_path, &k, key, NULL), MIEN_OK);
    memcpy(id, k.id, 9);
}

/* The file has one key, of all scopes and any purpose. */
static inline void serve_only_key(char key[MIEN_SERVE_KEY_SIZE])
{
    char id[9];
    unlink(keys_path);
    serve_key(MIEN_SERVE_ALL, "", "", id, key);
}

#endif
