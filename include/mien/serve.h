/* mien/serve.h: faces over HTTP, with CompreFace's paths and JSON.
 *
 *   options -> mien_server_new: a socket, networks, threads
 *     request -> key, limits -> queue -> photo read, gallery asked -> JSON
 *   mien_server_free: requests under way are answered first
 *
 * Keys are random, kept as digests in a file, and each may do only what its
 * scopes name.  A browser logs in with a key, and may do what that may until it
 * logs out, its time is over, or the key is revoked.  Not in the WebAssembly
 * library. */
#ifndef MIEN_SERVE_H
#define MIEN_SERVE_H

#include "mien/face.h"
#include "mien/gallery.h"
#include "mien/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- keys ----------------------------------------------------------------
 */

/* What a key may do; OR them. */
enum {
    MIEN_SERVE_DETECT = 1,
    MIEN_SERVE_VERIFY = 2,
    MIEN_SERVE_METRICS = 4,
    MIEN_SERVE_RECOGNIZE = 8, /* tell who is in a photo */
    MIEN_SERVE_PEOPLE = 16,   /* tell who is enrolled */
    MIEN_SERVE_ENROLL = 32,   /* add people and faces, rename */
    MIEN_SERVE_ERASE = 64,    /* people and faces */
    MIEN_SERVE_AUDIT = 128,   /* read the log, without people and faces */
    MIEN_SERVE_EXPORT = 256,  /* all that is held of a person */
    MIEN_SERVE_DELETE = 512,  /* the gallery, together with another key */
    MIEN_SERVE_SEARCH = 1024, /* by descriptors of another server */
    MIEN_SERVE_ALL = 2047
};

/* Their names, the first bit's first. */
#define MIEN_SERVE_SCOPES                                               \
    "detect,verify,metrics,recognize,people,enroll,erase,audit,export," \
    "delete,search"

/* What people are to a server. */
typedef enum mien_serve_role {
    MIEN_SERVE_VIEWER,   /* people */
    MIEN_SERVE_OPERATOR, /* detect, verify, recognize */
    MIEN_SERVE_ENROLLER, /* people, enroll */
    MIEN_SERVE_AUDITOR,  /* metrics, audit */
    MIEN_SERVE_ADMIN,    /* all */
    MIEN_SERVE_PEER      /* search: a server that asks this one */
} mien_serve_role;
#define MIEN_SERVE_ROLES "viewer,operator,enroller,auditor,admin,peer"

/* The scopes of a role.
 *
 *   role  asserted to be one */
MIEN_API unsigned mien_serve_role_scopes(mien_serve_role role);

enum {
    MIEN_SERVE_MAX_KEYS = 1000,
    MIEN_SERVE_KEY_SIZE = 65, /* 64 hexadecimal digits and a zero byte */
    MIEN_SERVE_NAME_SIZE = 64
};

/* A key as the file has it. */
typedef struct mien_serve_key {
    char id[9]; /* 8 hexadecimal digits, by which it is revoked */
    char name[MIEN_SERVE_NAME_SIZE];
    char sha256[65]; /* of the key's 64 digits */
    unsigned scopes; /* MIEN_SERVE_DETECT ... */
    char expiry[11]; /* the last day, in UTC, YYYY-MM-DD; empty: no end */
    /* What it is for: of people enrolled for another purpose it tells and
     * changes nothing.  Empty: each request says for what. */
    char purpose[200];
    char basis[16]; /* of whom it enrols; empty: each request says why */
    int days;       /* that they stay; 0: as mien_gallery_enroll does */
} mien_serve_key;

/* The keys of a file.  Zero-initialise before use; release with
 * mien_serve_keys_free. */
typedef struct mien_serve_keys {
    int n;
    mien_serve_key *key; /* [n] in the order in which they were made */
} mien_serve_keys;

/* Read the keys of a file.
 *
 *   path  of the file
 *   out   release with mien_serve_keys_free
 *
 * Fails with EIO, EFORMAT (the text names the line), ELIMIT, ENOMEM; the text
 * begins with the path. */
MIEN_API MIEN_CHECKED mien_status mien_serve_keys_load(const char *path,
                                                       mien_serve_keys *out,
                                                       mien_error *err);

/* Release keys.
 *
 *   k  its fields are cleared; NULL is allowed */
MIEN_API void mien_serve_keys_free(mien_serve_keys *k);

/* Make a key and add it to a file, which is made, for its owner alone, if it is
 * not there.
 *
 *   path    of the file
 *   key     name (1..63 bytes of UTF-8 without control characters), scopes (at
 *           least one), expiry, purpose, basis, days; id and sha256 are set
 *   text    set to the key, which is kept nowhere else
 *
 * Two processes that change one file at the same time may lose a change.
 * Fails with EARG, EIO, EFORMAT, ELIMIT, ENOMEM; nothing is written then. */
MIEN_API MIEN_CHECKED mien_status
mien_serve_key_add(const char *path, mien_serve_key *key,
                   char text[MIEN_SERVE_KEY_SIZE], mien_error *err);

/* Take a key out of a file; a server that reads it refuses the key within a
 * second.
 *
 *   path  of the file
 *   id    of the key
 *
 * Fails with EARG (no such key), EIO, EFORMAT, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_serve_key_revoke(const char *path,
                                                        const char *id,
                                                        mien_error *err);

/* ---- a server ------------------------------------------------------------
 */

/* What a request wants of a photo. */
typedef struct mien_serve_wish {
    unsigned want;   /* MIEN_FACE_DESCRIPTOR, MIEN_FACE_AGE, MIEN_FACE_GENDER */
    float min_score; /* 0..1 */
    int limit;       /* the largest faces; 0: all */
} mien_serve_wish;

/* Reads a photo's faces for a server.
 *
 *   arg    of the options
 *   lane   0..jobs - 1; one call at a time for each
 *   bytes  [n] of a file, from a stranger
 *   n      how many
 *   wish   what is wanted
 *   out    set whole: the largest face first; released with mien_faces_free
 *
 * A face described by another network than the options' describer counts as
 * one that could not be described.
 * EARG, EFORMAT, EUNSUP, ELIMIT and ELOST blame the photo, and their text is
 * sent; others are the server's fault. */
typedef mien_status mien_serve_read(void *arg, int lane, const uint8_t *bytes,
                                    size_t n, const mien_serve_wish *wish,
                                    mien_reading *out, mien_error *err);

/* A request that was answered, as a log may have it: no face, name, key, query
 * or file's name. */
typedef struct mien_serve_entry {
    const char *method; /* of a route's, else "-" */
    const char *route;  /* "/api/v1/detection/detect", else "-" */
    int status;         /* 0: the connection ended first */
    int64_t bytes;      /* of the body that was read */
    double seconds;     /* from its headers to the end of its answer */
} mien_serve_entry;

/* What became of a deletion of the gallery, as a log may have it: no name. */
typedef struct mien_serve_deletion {
    const char *what;     /* "asked", "dropped" or "deleted" */
    const char *by;       /* the id of the key */
    const char *asked_by; /* deleted: of the key that asked; else NULL */
    const char *left;     /* deleted: what could not be; NULL: nothing */
} mien_serve_deletion;

typedef struct mien_server_options {
    const char *listen; /* "127.0.0.1:8470", "[::1]:8470"; port 0: any */
    const char *host;   /* one more name that requests may call the server by,
                           with or without a port; NULL: none */
    const char *keys;   /* path; NULL: none are asked for */
    const char *tls_cert, *tls_key; /* PEM texts; NULL: no TLS */
    const char *models;             /* a folder looked into first; NULL: none */
    int jobs;         /* photos at a time, 1..MIEN_POOL_MAX; 0: one for each
                         processor */
    int queue;        /* requests that may wait, 1..10000 */
    int connections;  /* 1..10000 */
    int64_t max_body; /* bytes, 1..MIEN_SERVE_MAX_BODY */
    double idle;      /* seconds without a byte that end a connection, 1.. */
    double deadline;  /* seconds a request may take to come, to wait, and its
                         answer to be fetched, 1.. */
    double rate;      /* requests a second for each key; 0: any */
    double burst;     /* so many at once, at least 1 */
    mien_serve_read *read; /* NULL: the networks that mien knows, in this
                              process; mien_sandbox_serve sets another */
    void *read_arg;
    /* Who may be recognised; NULL: nobody.  It needs keys.  Of its calls one
     * is under way at a time, and until the server is freed they are the
     * server's alone: it erases whose end comes, too, and deletes it where two
     * keys ask for that; then it can only be closed. */
    mien_gallery *gallery;
    const char *model; /* SHA-256 of the network of read's descriptors, which
                          /server.json tells; NULL: not known */
    float tolerance;   /* the largest distance at which a face gets a name, in
                          (0, 4]; 0: as the gallery keeps it for the purpose,
                          else mien_describer_threshold */
    /* Called after each request, from one thread; NULL: not wanted. */
    void (*log)(void *arg, const mien_serve_entry *entry);
    void *log_arg;
    /* Adds to what /metrics tells, in the text format of Prometheus, from one
     * thread; NULL: nothing. */
    void (*metrics)(void *arg, mien_buffer *out);
    void *metrics_arg;
    /* The app for browsers, a folder that `make web` made, under / ; NULL:
     * none. */
    const char *app;
    int sessions; /* that may be logged in, 1..10000; of one key at most ten:
                     its oldest makes room */
    double session_idle; /* seconds without a request that end one, 1..86400 */
    double session_end;  /* seconds that one lasts, 1..604800 */
    /* Called when the gallery's deletion is asked for, taken back, or done,
     * from any thread, one at a time; NULL: not wanted. */
    void (*deletion)(void *arg, const mien_serve_deletion *deletion);
    void *deletion_arg;
    /* A file of other servers, whose galleries are searched, too: a line each,
     * https://HOST:PORT (http:// on this machine alone) and the path of a file
     * with the key for it, which others cannot read.  NULL: none, and the
     * server opens no connection.  It needs keys, and libcurl. */
    const char *peers;
    const char *peers_ca; /* certificates that peers are trusted by, PEM; NULL:
                             those that the system trusts */
    double peer_deadline; /* seconds that all peers may take, 0.01..;
                             mien_peer_questions_total of /metrics counts how it
                             ended with each */
    mien_describer describer; /* the network of descriptors: of verification, of
                                 whom is enrolled, recognised or denied */
} mien_server_options;
#define MIEN_SERVE_MAX_BODY 104857600
#define MIEN_SERVER_DEFAULTS                                                   \
    {                                                                          \
        "127.0.0.1:8470", NULL, NULL, NULL, NULL, NULL, 0, 64, 1000, 10485760, \
            10, 30, 50, 100, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL,      \
            NULL, NULL, 100, 1800, 28800, NULL, NULL, NULL, NULL, 5,           \
            MIEN_DESCRIBER_DLIB                                                \
    }

/* A server under way, on threads of its own. */
typedef struct mien_server mien_server;

/* Begin to listen.
 *
 *   options  copied, but for what read, log and their arguments use; NULL:
 *            MIEN_SERVER_DEFAULTS
 *   out      owned by the caller; free with mien_server_free
 *
 * An address that others can reach needs keys and TLS.  Servers with peers are
 * made one after the other: libcurl begins with the first.
 * Fails with EARG (an option out of range, an address that is none, or needs
 * keys and TLS; a gallery without keys), EIO (the address is taken; no
 * index.html in the folder of the app), ELIMIT (folders too deep), EUNSUP (no
 * libmicrohttpd, or one without TLS; peers without libcurl), and what
 * mien_serve_keys_load and mien_reader_open fail with. */
MIEN_API MIEN_CHECKED mien_status mien_server_new(
    const mien_server_options *options, mien_server **out, mien_error *err);

/* The port that a server listens on.
 *
 *   s  a server */
MIEN_API int mien_server_port(const mien_server *s);

/* Count whom a server can recognise: people with a face that its network
 * described.
 *
 *   s         a server; any thread
 *   opt_out   1: those who are never to be matched are counted instead, whom a
 *             face of another network does not keep out of the answers
 *   enrolled  set to how many there are, with or without such a face
 *
 * Both are 0 without a gallery. */
MIEN_API int mien_server_comparable(mien_server *s, int opt_out, int *enrolled);

/* Stop: nothing new is taken, what is under way is answered, within the
 * deadline, and all is released.
 *
 *   s  NULL is allowed */
MIEN_API void mien_server_free(mien_server *s);

/* Add what the server offers as OpenAPI 3.0, in JSON.
 *
 *   out  the text is added */
MIEN_API void mien_serve_openapi(mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
