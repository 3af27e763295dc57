/* cmd_serve.c: faces over HTTP. */
#include "cli/gallery.h"
#include "cli/shell/files.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct values {
    cli_gallery_values open;
    const char *listen, *host, *keys, *cert, *key, *models, *db;
    double tolerance;
    mien_describer descriptor;
    int jobs, queue, connections, body, quiet, check, unconfined, photos;
    int sessions;
    double idle, deadline, rate, burst, session_idle, session_end;
    const char *app, *peers, *peers_ca;
    double peer_deadline;
} values;
static const values defaults = {.listen = "127.0.0.1:8470",
                                .queue = 64,
                                .connections = 1000,
                                .body = 10485760,
                                .idle = 10,
                                .deadline = 30,
                                .rate = 50,
                                .burst = 100,
                                .photos = 500,
                                .sessions = 100,
                                .session_idle = 1800,
                                .session_end = 28800,
                                .peer_deadline = 5};

static const cli_option options[] = {
    CLI_ROW_TEXT(listen, CLI_TEXT, "listen", 0, "ADDRESS",
                 "address and port (default {}); one that others can reach "
                 "needs --key-file, --tls-cert and --tls-key"),
    CLI_ROW_TEXT(host, CLI_TEXT, "host", 0, "NAME",
                 "another name that requests may call the server by"),
    CLI_ROW_TEXT(keys, CLI_FILE, "key-file", 0, "FILE",
                 "only requests with a key of this file (mien key add) are "
                 "answered; it is read again when it changes"),
    CLI_ROW_TEXT(cert, CLI_FILE, "tls-cert", 0, "FILE",
                 "certificate, PEM: HTTPS instead of HTTP"),
    CLI_ROW_TEXT(key, CLI_FILE, "tls-key", 0, "FILE", "its key, PEM"),
    CLI_ROW_TEXT(db, CLI_FILE, "db", 0, "PEOPLE.db",
                 "a gallery (mien gallery init): people are recognised, "
                 "enrolled and erased; it needs --key-file"),
    CLI_ROW_TEXT(open.key_file, CLI_FILE, "db-key-file", 0, "FILE",
                 "32 random bytes or more, which open the gallery"),
    CLI_ROW_TEXT(open.passphrase_file, CLI_FILE, "passphrase-file", 0, "FILE",
                 "its first line is the gallery's passphrase; - is standard "
                 "input (default: asked for on the terminal)"),
    CLI_ROW_REAL(tolerance, "tolerance", 0, "D", 0.001, 4,
                 "largest distance at which a face gets a name; smaller is "
                 "stricter (default: what 'gallery calibrate' kept for the "
                 "purpose, else the network's)"),
    CLI_ROW_TEXT(peers, CLI_FILE, "peers", 0, "FILE",
                 "other servers, whose galleries are searched, too, with or "
                 "without --db: a line each, https://HOST:PORT and the file of "
                 "the key for it; it needs --key-file"),
    CLI_ROW_TEXT(peers_ca, CLI_FILE, "peers-ca", 0, "FILE",
                 "certificates that peers are trusted by, PEM (default: those "
                 "that the system trusts)"),
    CLI_ROW_REAL(peer_deadline, "peer-deadline", 0, "SECONDS", 0.01, 3600,
                 "that all peers may take (default {}); who has not answered "
                 "by then is told and counted"),
    CLI_OPTION_DESCRIPTOR,
    CLI_ROW_INT(jobs, "jobs", 'J', "N", 0, MIEN_POOL_MAX,
                "photos at a time (default: one for each processor)"),
    CLI_ROW_INT(queue, "queue", 0, "N", 1, 10000,
                "requests that may wait; more are refused (default {})"),
    CLI_ROW_INT(connections, "connections", 0, "N", 1, 10000,
                "connections at a time (default {})"),
    CLI_ROW_INT(body, "max-body", 0, "BYTES", 1, MIEN_SERVE_MAX_BODY,
                "size of a request (default {})"),
    CLI_ROW_REAL(idle, "idle", 0, "SECONDS", 1, 3600,
                 "without a byte, after which a connection is ended (default "
                 "{})"),
    CLI_ROW_REAL(deadline, "deadline", 0, "SECONDS", 1, 3600,
                 "that a request may take to come, to wait, each photo to be "
                 "read in the sandbox, and the answer to be fetched (default "
                 "{})"),
    CLI_ROW_REAL(rate, "rate", 0, "N", 0, 1000000,
                 "requests a second for each key (default {}; 0: any)"),
    CLI_ROW_REAL(burst, "burst", 0, "N", 1, 1000000,
                 "requests of a key at once (default {})"),
    CLI_ROW_TEXT(app, CLI_FILE, "app", 0, "FOLDER",
                 "the app for browsers, as 'make web' made it, under / "
                 "(default with --db: the one that is installed)"),
    CLI_ROW_INT(sessions, "sessions", 0, "N", 1, 10000,
                "browsers that may be logged in (default {})"),
    CLI_ROW_REAL(session_idle, "session-idle", 0, "SECONDS", 1, 86400,
                 "without a request, after which one is logged out (default "
                 "{})"),
    CLI_ROW_REAL(session_end, "session-end", 0, "SECONDS", 1, 604800,
                 "after which one is logged out in any case (default {})"),
    CLI_OPTION_MODELS,
    CLI_ROW_INT(photos, "worker-photos", 0, "N", 1, 1000000,
                "photos that a worker reads before a fresh one takes its place "
                "(default {}; 1: no photo is read where another one was)"),
    CLI_ROW_FLAG(unconfined, "no-sandbox", 0,
                 "read photos in the server itself, not in processes that "
                 "may do nothing else"),
    CLI_ROW_FLAG(check, "check", 0, "begin, say nothing, and end at once"),
    CLI_ROW_FLAG(quiet, "quiet", 'q', "no line a request on standard error"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien serve", "for programs on this machine"},
    {"mien serve --key-file keys --rate 5", "only with a key, and not too "
                                            "often"},
    {"mien serve --db people.db --key-file keys",
     "recognises people, too; asks for the gallery's passphrase"},
    {"mien serve --db people.db --key-file keys --peers peers",
     "recognises the people of other servers, too"},
    {"mien serve --db people.db --key-file keys --descriptor mobilefacenet",
     "people who were enrolled by that network"},
    {"mien serve --listen 0.0.0.0:8470 --host faces.example --key-file keys "
     "--tls-cert cert.pem --tls-key key.pem",
     "for other machines"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("it was told to stop (SIGTERM, SIGINT), and answered first what "
              "was under way",
              "it could not begin: the address is taken, a file is wrong or "
              "the sandbox is refused; or the process that makes workers was "
              "killed");

/* ---- the log: a line of JSON each, on standard error --------------------- */

/* Begin one, with the time. */
static mien_json begin_line(mien_buffer *b)
{
    char now[32];
    time_t seconds = time(NULL);
    struct tm day;
    mien_json j = mien_json_on(b, 0);
    gmtime_r(&seconds, &day);
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &day);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "time", now);
    return j;
}

/* Write it, whole, since several threads do. */
static void end_line(mien_json *j, mien_buffer *b)
{
    mien_json_close(j);
    mien_buffer_puts(b, "\n");
    if (!b->failed)
        fwrite(b->data, 1, b->n, stderr);
    mien_buffer_free(b);
}

static void log_request(void *arg, const mien_serve_entry *e)
{
    mien_buffer b = {0};
    mien_json j = begin_line(&b);
    (void)arg;
    mien_json_text(&j, "method", e->method);
    mien_json_text(&j, "route", e->route);
    mien_json_int(&j, "status", e->status);
    mien_json_int(&j, "bytes", e->bytes);
    mien_json_rounded(&j, "seconds", e->seconds, 4);
    end_line(&j, &b);
}

/* What became of the gallery; it is said with --quiet, too. */
static void log_deletion(void *arg, const mien_serve_deletion *d)
{
    mien_buffer b = {0};
    mien_json j = begin_line(&b);
    (void)arg;
    mien_json_text(&j, "gallery", d->what);
    mien_json_text(&j, "by", d->by);
    if (d->asked_by)
        mien_json_text(&j, "asked_by", d->asked_by);
    if (d->left)
        mien_json_text(&j, "left", d->left);
    end_line(&j, &b);
}

/* A worker that was given up, and with it one photo at most. */
static void log_loss(void *arg, const mien_sandbox_loss *loss)
{
    static const char *const why[] = {"ended", "late", "nonsense"};
    mien_buffer b = {0};
    mien_json j = begin_line(&b);
    (void)arg;
    mien_json_text(&j, "worker", why[loss->why]);
    mien_json_int(&j, "signal", loss->signal);
    if (loss->seconds < 0)
        mien_json_null(&j, "next");
    else
        mien_json_rounded(&j, "next", loss->seconds, 4);
    end_line(&j, &b);
}

/* What holds the workers. */
static void log_sandbox(const mien_sandbox *s, int jobs)
{
    mien_buffer b = {0};
    mien_json j = begin_line(&b);
    mien_json_text(&j, "sandbox", "seccomp");
    mien_json_int(&j, "landlock", mien_sandbox_landlock(s));
    mien_json_int(&j, "workers", jobs);
    end_line(&j, &b);
}

/* ---- the sandbox --------------------------------------------------------- */

/* Make the processes that read photos, before anything secret is in memory. */
static int open_sandbox(const values *v, mien_sandbox **out)
{
    mien_sandbox_options o = MIEN_SANDBOX_DEFAULTS;
    mien_error err = {0};
    if (v->unconfined) {
        if (!v->check)
            cli_error("serve: --no-sandbox: a mistake in a decoder gives a "
                      "stranger this process, with its keys and its gallery");
        return CLI_OK;
    }
    o.models = v->models;
    o.describer = v->descriptor;
    o.jobs = v->jobs;
    o.deadline = v->deadline;
    o.max_body = v->body;
    o.photos = v->photos;
    o.lost = v->quiet ? NULL : log_loss;
    if (mien_sandbox_new(&o, out, &err)) {
        cli_error("serve: %s%s", err.text,
                  err.status == MIEN_EUNSUP
                      ? "; --no-sandbox does without, at its price"
                      : "");
        return err.status == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
    }
    if (!mien_sandbox_landlock(*out) && !v->check)
        cli_error("serve: this kernel has no Landlock: seccomp alone holds "
                  "the workers");
    return CLI_OK;
}

/* Let a server read with it. */
static int use_sandbox(const values *v, mien_sandbox *s, mien_server_options *o)
{
    mien_error err = {0};
    if (s && mien_sandbox_serve(s, o, &err)) {
        cli_error("serve: %s", err.text);
        return CLI_NOTHING;
    }
    if (s && !v->quiet && !v->check)
        log_sandbox(s, o->jobs);
    return CLI_OK;
}

/* ---- the server ---------------------------------------------------------- */

/* A network that was named must be there.  Of the usual one a server without a
 * gallery says so to each request that needs it. */
static int check_network(const cli_args *a, const values *v)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_model_file file = {0};
    mien_error err = {0};
    const char *models = v->models;
    o.want = MIEN_FACE_DESCRIPTOR;
    o.describer = v->descriptor;
    const mien_model_entry *e =
        cli_given(a, &v->descriptor) ? mien_models_missing(models, &o) : NULL;
    if (!e || !mien_models_lookup(&models, e, &file, &err)) {
        mien_bytes_free(&file.bytes);
        return CLI_OK;
    }
    cli_error("serve: %s", err.text);
    return CLI_NOTHING;
}

/* Tell whom of a gallery the server cannot find, and who is not kept out of its
 * answers, for want of a face that its network described. */
static void tell_uncompared(const values *v, mien_server *s)
{
    const char *name = mien_describer_name(v->descriptor);
    int enrolled = 0, compared = mien_server_comparable(s, 0, &enrolled);
    if (compared < enrolled)
        cli_error("serve: %d of %d people enrolled have no face described by "
                  "%s and are not found: add one, or serve with the network "
                  "they were enrolled with (--descriptor)",
                  enrolled - compared, enrolled, name);
    compared = mien_server_comparable(s, 1, &enrolled);
    if (compared < enrolled)
        cli_error("serve: %d of %d people who are never to be matched have no "
                  "face described by %s: nothing keeps them out of its answers",
                  enrolled - compared, enrolled, name);
}

/* Say where, and wait until somebody says stop. */
static int serve(const values *v, const mien_server_options *o,
                 mien_sandbox *sandbox)
{
    mien_server *s = NULL;
    mien_error err = {0};
    mien_buffer line = {0};
    int gone = 0;
    if (mien_server_new(o, &s, &err)) {
        cli_error("serve: %s", err.text);
        return err.status == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
    }
    tell_uncompared(v, s);
    if (v->check) {
        mien_server_free(s);
        return CLI_OK;
    }
    int n = (int)(strrchr(v->listen, ':') - v->listen);
    mien_buffer_printf(&line, "%s://%.*s:%d\n", v->cert ? "https" : "http", n,
                       v->listen, mien_server_port(s));
    cli_emit(&line);
    fflush(stdout);
    while (!cli_interrupted() && !gone) {
        nanosleep(&(struct timespec){0, 50000000}, NULL);
        gone = sandbox && mien_sandbox_gone(sandbox);
    }
    mien_server_free(s);
    if (gone)
        cli_error("serve: the process that makes workers was killed");
    return gone ? CLI_NOTHING : CLI_OK;
}

/* A text of a file, with a zero byte behind it; NULL: none, or reported. */
static char *load_text(const char *path, mien_buffer *b, int *status)
{
    mien_bytes bytes = {0};
    mien_error err = {0};
    if (!path)
        return NULL;
    if (mien_file_load(path, 1 << 20, &bytes, &err)) {
        cli_error_at(path, &err);
        *status = CLI_NOTHING;
        return NULL;
    }
    mien_buffer_put(b, bytes.data, bytes.n);
    mien_buffer_put(b, "", 1);
    mien_bytes_free(&bytes);
    if (b->failed) {
        cli_memory_ended();
        *status = CLI_NOTHING;
    }
    return b->failed ? NULL : (char *)b->data;
}

/* The folder of the app; NULL: none is wanted, or installed. */
static const char *find_app(const values *v, char *path)
{
    if (v->app || !v->db)
        return v->app;
    if (!mien_models_find(NULL, "../app/index.html", path))
        return NULL;
    *strrchr(path, '/') = 0;
    return path;
}

/* Open the gallery that is to stand behind the server. */
static int open_gallery(const values *v, mien_server_options *o)
{
    return v->db ? cli_gallery_open(v->db, &v->open, &o->gallery) : CLI_OK;
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    mien_sandbox *sandbox = NULL;
    mien_buffer cert = {0}, key = {0};
    char app[MIEN_PATH_MAX];
    if (v->db && !v->keys) {
        cli_error("serve: --db needs --key-file: keys say who may do what, and "
                  "what for (mien key add)");
        return CLI_USAGE;
    }
    int status = check_network(a, v);
    if (!status)
        status = open_sandbox(v, &sandbox);
    if (status)
        return status;
    o.listen = v->listen;
    o.host = v->host;
    o.keys = v->keys;
    o.models = v->models;
    o.describer = v->descriptor;
    o.jobs = v->jobs;
    o.queue = v->queue;
    o.connections = v->connections;
    o.max_body = v->body;
    o.idle = v->idle;
    o.deadline = v->deadline;
    o.rate = v->rate;
    o.burst = v->burst;
    o.sessions = v->sessions;
    o.session_idle = v->session_idle;
    o.session_end = v->session_end;
    o.tolerance = (float)v->tolerance;
    o.app = find_app(v, app);
    o.peers = v->peers;
    o.peers_ca = v->peers_ca;
    o.peer_deadline = v->peer_deadline;
    o.log = v->quiet ? NULL : log_request;
    o.deletion = log_deletion;
    o.tls_cert = load_text(v->cert, &cert, &status);
    o.tls_key = load_text(v->key, &key, &status);
    if (!status)
        status = open_gallery(v, &o);
    if (!status)
        status = use_sandbox(v, sandbox, &o);
    if (!status)
        status = serve(v, &o, sandbox);
    mien_sandbox_free(sandbox);
    mien_gallery_close(o.gallery);
    mien_buffer_free(&cert);
    mien_buffer_free(&key);
    return status;
}

const cli_command cmd_serve = {
    .name = "serve",
    .operands = "",
    .min_operands = 0,
    .max_operands = 0,
    .summary = "find, compare and recognise faces over HTTP",
    .description =
        "Answer requests about photos as CompreFace does: detection and "
        "verification, with --db recognition, too; multipart or base64. Photos "
        "are read in memory and forgotten, by processes that may open no file, "
        "reach no network and start no program: a decoder's mistake costs one "
        "photo. People are recognised only where a "
        "gallery has a basis, a purpose and an end for them, and each search "
        "is in its log. With --peers the descriptors of faces, not the photo, "
        "go to other servers, each with some of the people: nothing else opens "
        "a connection. The address is printed; each request is "
        "a JSON line on standard error, which tells of no face, key, query or "
        "file.\n\nAge and gender are told only where a request names them.",
    .endless = 1,
    CLI_COMMAND_TABLES,
};
