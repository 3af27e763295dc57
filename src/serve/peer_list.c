/* peer_list.c: the file that names a server's peers. */
#include "serve/peer_list.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "mien/file.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_SIZE = 1 << 16, KEY_FILE_SIZE = 4096 };

/* ---- addresses ----------------------------------------------------------- */

/* Is a host this machine alone?  By its numbers: names may be anybody's. */
static int is_loopback(const char *host, size_t n)
{
    char text[64];
    struct in_addr v4;
    if (n >= sizeof text)
        return 0;
    memcpy(text, host, n);
    text[n] = 0;
    return strcmp(text, "[::1]") == 0 || (inet_pton(AF_INET, text, &v4) == 1 &&
                                          ntohl(v4.s_addr) >> 24 == 127);
}

/* How long the host is that an address begins with; 0: there is none. */
static size_t host_length(const char *at)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    if (*at != '[')
        return strspn(at, name);
    size_t n = 1 + strspn(at + 1, "0123456789abcdefABCDEF:.");
    return n > 1 && at[n] == ']' ? n + 1 : 0;
}

/* ":1" to ":65535", or nothing. */
static int is_port(const char *at)
{
    size_t n = *at ? strspn(at + 1, "0123456789") : 0;
    if (!*at)
        return 1;
    long port = n >= 1 && n <= 5 ? strtol(at + 1, NULL, 10) : 0;
    return *at == ':' && !at[n + 1] && port >= 1 && port <= 65535;
}

/* What is wrong with an address; NULL: nothing. */
static const char *wrong_with(const char *url)
{
    int tls = strncmp(url, "https://", 8) == 0;
    if (!tls && strncmp(url, "http://", 7) != 0)
        return "an address begins with https://";
    const char *host = url + (tls ? 8 : 7);
    size_t n = host_length(host);
    if (strlen(url) >= MI_PEER_URL || !n || !is_port(host + n))
        return "an address is https://HOST or https://HOST:PORT, and nothing "
               "behind it";
    if (!tls && !is_loopback(host, n))
        return "http:// is for 127.x.x.x and [::1] alone: elsewhere the key "
               "and the descriptors would be in the clear";
    return NULL;
}

/* ---- lines --------------------------------------------------------------- */

/* Take the fields of a line, which is changed; what is wrong, NULL: nothing. */
static const char *read_line(char *line, mi_peer *out)
{
    size_t n = strcspn(line, " \t");
    char *path = line + n + strspn(line + n, " \t");
    size_t end = strlen(path);
    while (end && strchr(" \t\r", path[end - 1]))
        path[--end] = 0;
    if (!*path)
        return "behind the address the path of a key's file is wanted";
    line[n] = 0;
    const char *wrong = wrong_with(line);
    if (wrong)
        return wrong;
    if (end >= sizeof out->key_file)
        return "the path is too long";
    *out = (mi_peer){0};
    snprintf(out->url, sizeof out->url, "%s", line);
    memcpy(out->key_file, path, end);
    return NULL;
}

/* Does an address stand in the list? */
static int is_there(const mi_peer_list *l, const char *url)
{
    for (int i = 0; i < l->n; i++)
        if (strcmp(l->peer[i].url, url) == 0)
            return 1;
    return 0;
}

/* Read the lines of a text, which is changed. */
static mien_status read_lines(char *text, mi_peer_list *out, mien_error *err)
{
    int number = 0;
    char *line = text;
    while (line) {
        mi_peer p;
        char *next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        number++;
        line += strspn(line, " \t\r");
        if (*line && *line != '#') {
            const char *wrong = read_line(line, &p);
            if (!wrong && is_there(out, p.url))
                wrong = "the address stands in an earlier line, too";
            if (wrong)
                return mi_fail(err, MIEN_EFORMAT, "line %d: %s", number, wrong);
            if (out->n == MI_PEERS_MAX)
                return mi_fail(err, MIEN_ELIMIT, "more than %d peers",
                               MI_PEERS_MAX);
            mi_peer *last = mi_push(&out->peer, out->n, sizeof *last);
            if (!last)
                return mi_no_memory(err);
            *last = p;
            out->n++;
        }
        line = next;
    }
    return out->n ? MIEN_OK : mi_fail(err, MIEN_EFORMAT, "it names no peer");
}

mien_status mi_peer_list_read(const uint8_t *bytes, size_t n, mi_peer_list *out,
                              mien_error *err)
{
    mi_peer_list l = {0};
    char *text = mi_alloc(n + 1, 1);
    if (!text)
        return mi_no_memory(err);
    if (n)
        memcpy(text, bytes, n);
    mien_status st =
        strlen(text) == n
            ? read_lines(text, &l, err)
            : mi_fail(err, MIEN_EFORMAT, "byte %zu is zero", strlen(text));
    mi_free(text);
    if (st)
        mi_peer_list_free(&l);
    else
        *out = l;
    return st;
}

/* ---- keys ---------------------------------------------------------------- */

/* Read the key of a peer. */
static mien_status load_key(mi_peer *p, mien_error *err)
{
    struct stat about;
    mien_bytes b = {0};
    mien_status st = mien_file_load(p->key_file, KEY_FILE_SIZE, &b, err);
    if (st)
        return st;
    size_t n = 0;
    while (n < b.n && b.data[n] && strchr("0123456789abcdef", b.data[n]))
        n++;
    size_t end = n;
    while (end < b.n && (b.data[end] == '\n' || b.data[end] == '\r'))
        end++;
    if (stat(p->key_file, &about) == 0 && about.st_mode & 0007)
        st = mi_fail(err, MIEN_EARG,
                     "%.120s: others of this machine can read the key; chmod "
                     "600 it",
                     p->key_file);
    else if (n != MIEN_SERVE_KEY_SIZE - 1 || end != b.n)
        st = mi_fail(err, MIEN_EFORMAT,
                     "%.120s: wanted is a key of mien key add, 64 hexadecimal "
                     "digits",
                     p->key_file);
    else
        memcpy(p->key, b.data, n);
    sodium_memzero(b.data, b.n);
    mien_bytes_free(&b);
    return st;
}

mien_status mi_peer_list_load(const char *path, mi_peer_list *out,
                              mien_error *err)
{
    mi_peer_list l = {0};
    mien_bytes b = {0};
    mien_error why = {0};
    mien_status st = mien_file_load(path, FILE_SIZE, &b, err);
    if (st)
        return st;
    st = mi_peer_list_read(b.data, b.n, &l, &why);
    mien_bytes_free(&b);
    if (st)
        return mi_fail(err, st, "%.80s: %.115s", path, why.text);
    for (int i = 0; !st && i < l.n; i++)
        st = load_key(&l.peer[i], err);
    if (st)
        mi_peer_list_free(&l);
    else
        *out = l;
    return st;
}

void mi_peer_list_free(mi_peer_list *l)
{
    if (!l)
        return;
    for (int i = 0; i < l->n; i++)
        sodium_memzero(l->peer[i].key, sizeof l->peer[i].key);
    mi_free(l->peer);
    *l = (mi_peer_list){0};
}
