/* cmd_queue.c: a queue made, filled, tried again and forgotten. */
#include "cli/queue.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const double patience = 30; /* seconds */

typedef struct values {
    const char *queue, *list;
    int tries, recursive, null, all, quiet;
} values;
static const values defaults = {.tries = 3};

/* ---- init ---------------------------------------------------------------- */

/* mien queue init */
static int run_init(const cli_args *a)
{
    const values *v = a->values;
    mien_queue_settings want = {.tries = v->tries};
    mien_queue *q = NULL;
    mien_error err = {0};
    int made = 0;
    if (!cli_queue_words(a->operand, a->n_operands, &want))
        return CLI_USAGE;
    int status = cli_queue_open(a, &v->queue, patience, &q);
    if (!status && mien_queue_init(q, &want, &made, &err))
        status = cli_queue_failed(&err);
    if (!status && !made)
        cli_error("the queue was there, for the same");
    cli_queue_settings_free(&want);
    mien_queue_close(q);
    return status;
}

static const cli_option init_options[] = {
    CLI_OPTION_QUEUE,
    CLI_ROW_INT(tries, "tries", 0, "N", 1, MIEN_QUEUE_MAX_TRIES,
                "leases of a photo, at most: one whose worker ends so often "
                "has failed (default {})"),
    CLI_OPTION_END,
};

static const cli_row init_examples[] = {
    {"mien queue init --queue postgres:///photos", "faces as boxes"},
    {"mien queue init --queue postgres:///photos -- --landmarks --attributes "
     "age",
     "what follows -- is as for mien analyze"},
    {NULL, NULL},
};

static const cli_row init_exits[] =
    CLI_EXITS("the queue is there", "the database cannot be used, or has a "
                                    "queue for something else");

const cli_command cmd_queue_init = {
    .name = "queue init",
    .operands = "[-- OPTION...]",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .summary = "make a queue of photos in PostgreSQL",
    .description =
        "Make the tables of a queue in a database that is there; they lie in "
        "the schema mien_queue, one queue a database. OPTIONs are those of "
        "'mien analyze' that a photo's line depends on, and all workers read "
        "photos by them: a queue cannot have results of two kinds. Where the "
        "same queue is there already nothing happens.",
    .options = init_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = init_examples,
    .exits = init_exits,
    .run = run_init,
};

/* ---- add ----------------------------------------------------------------- */

enum { AT_ONCE = 1000 };

/* Paths on their way into a queue. */
typedef struct adding {
    mien_queue *q;
    const char *path[AT_ONCE];
    int n;
    int64_t all, added;
} adding;

/* Send those that wait; CLI_OK, or the status to exit with, reported. */
static int send(adding *a)
{
    mien_error err = {0};
    int failed = a->n && mien_queue_add(a->q, a->path, a->n, &a->added, &err);
    a->all += failed ? 0 : a->n;
    a->n = 0;
    return failed ? cli_queue_failed(&err) : CLI_OK;
}

/* Add a path, which stays where it is until it was sent. */
static int add_path(adding *a, const char *path)
{
    if (strcmp(path, "-") == 0) {
        cli_error("queue add: - is standard input, which no worker can read");
        return CLI_USAGE;
    }
    a->path[a->n++] = path;
    return a->n == AT_ONCE ? send(a) : CLI_OK;
}

/* Photos and folders; partly is set where one has none. */
static int add_operands(const cli_args *a, adding *to, int *partly)
{
    const values *v = a->values;
    cli_files files = {.recursive = v->recursive};
    int several = 0, status = CLI_OK;
    if (!cli_files_named(&files, a, &several))
        status = CLI_NOTHING;
    for (int i = 0; !status && i < files.n; i++) {
        const cli_file *f = &files.file[i];
        if (f->error.status) {
            cli_error("%s: %s", f->path, f->error.text);
            *partly = 1;
        } else {
            status = add_path(to, f->path);
        }
    }
    if (!status)
        status = send(to);
    mien_photo_list_free(&files);
    return status;
}

/* The paths of a list, each with an end. */
static int add_list(const values *v, adding *to)
{
    mien_bytes b = {0};
    mien_error err = {0};
    mien_buffer text = {0};
    char end = v->null ? 0 : '\n';
    if (mien_file_load(v->list, 0, &b, &err)) {
        cli_error_at(v->list, &err);
        return CLI_NOTHING;
    }
    mien_buffer_put(&text, b.data, b.n);
    mien_buffer_put(&text, "", 1);
    int status = text.failed ? CLI_NOTHING : CLI_OK;
    if (text.failed)
        cli_error("out of memory");
    for (size_t at = 0; !status && at < b.n;) {
        char *path = (char *)text.data + at;
        char *stop = memchr(path, end, b.n - at);
        size_t n = stop ? (size_t)(stop - path) : b.n - at;
        path[n] = 0;
        if (strlen(path) != n) {
            cli_error("%s: a path has a zero byte; --null is for such lists",
                      v->list);
            status = CLI_NOTHING;
        } else if (n) {
            status = add_path(to, path);
        }
        at += n + 1;
    }
    if (!status)
        status = send(to);
    mien_buffer_free(&text);
    mien_bytes_free(&b);
    return status;
}

/* mien queue add */
static int run_add(const cli_args *a)
{
    const values *v = a->values;
    adding to = {0};
    int partly = 0;
    if (!a->n_operands && !v->list) {
        cli_error("queue add: needs PHOTO, FOLDER or --list FILE");
        return CLI_USAGE;
    }
    int status = cli_queue_open(a, &v->queue, patience, &to.q);
    if (!status && a->n_operands)
        status = add_operands(a, &to, &partly);
    if (!status && v->list)
        status = add_list(v, &to);
    if (!status && !v->quiet) {
        mien_buffer out = {0};
        mien_buffer_printf(&out, "%lld added, %lld were there\n",
                           (long long)to.added, (long long)(to.all - to.added));
        cli_emit(&out);
    }
    mien_queue_close(to.q);
    return status ? status : partly ? CLI_PARTLY : CLI_OK;
}

static const cli_option add_options[] = {
    CLI_OPTION_QUEUE,
    CLI_OPTION_RECURSIVE,
    CLI_ROW_TEXT(list, CLI_FILE, "list", 0, "FILE",
                 "paths, one a line; - is standard input"),
    CLI_ROW_FLAG(null, "null", '0',
                 "the paths of --list end with a zero byte, as those of find "
                 "-print0"),
    CLI_ROW_FLAG(quiet, "quiet", 'q', "do not say how many"),
    CLI_OPTION_END,
};

static const cli_row add_examples[] = {
    {"mien queue add --queue postgres:///photos /photos", "a folder"},
    {"find /photos -name '*.jpg' -print0 | mien queue add --queue "
     "postgres:///photos --null --list -",
     "what another program finds"},
    {NULL, NULL},
};

static const cli_row add_exits[] =
    CLI_EXITS_PHOTOS("all are in the queue", "a folder has no photos",
                     "the database cannot be used");

const cli_command cmd_queue_add = {
    .name = "queue add",
    .operands = "[PHOTO|FOLDER...]",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .summary = "add photos to a queue",
    .description =
        "Add photos, or the photos of folders, in the order of their names. A "
        "path that is there already is passed over, so that adding a folder "
        "again adds what is new in it. Paths are kept as they are written: "
        "whole ones (/photos/a.jpg) mean the same to all workers, others begin "
        "where a worker's --folder says.",
    .options = add_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = add_examples,
    .exits = add_exits,
    .run = run_add,
};

/* ---- retry --------------------------------------------------------------- */

/* mien queue retry */
static int run_retry(const cli_args *a)
{
    const values *v = a->values;
    mien_queue *q = NULL;
    mien_error err = {0};
    mien_buffer out = {0};
    int64_t n = 0;
    int status = cli_queue_open(a, &v->queue, patience, &q);
    if (!status && mien_queue_retry(q, &n, &err))
        status = cli_queue_failed(&err);
    if (!status) {
        mien_buffer_printf(&out, "%lld photo%s tried again\n", (long long)n,
                           n == 1 ? " is" : "s are");
        cli_emit(&out);
    }
    mien_queue_close(q);
    return status;
}

static const cli_option queue_options[] = {CLI_OPTION_QUEUE, CLI_OPTION_END};

static const cli_row retry_examples[] = {
    {"mien queue retry --queue postgres:///photos",
     "after the disk that was away is back"},
    {NULL, NULL},
};

static const cli_row retry_exits[] =
    CLI_EXITS("they wait again", "the database cannot be used");

const cli_command cmd_queue_retry = {
    .name = "queue retry",
    .operands = "",
    .summary = "let photos that failed be tried again",
    .description = "Photos that failed wait again as if they were new; the "
                   "records that say why are removed.",
    .options = queue_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = retry_examples,
    .exits = retry_exits,
    .run = run_retry,
};

/* ---- forget -------------------------------------------------------------- */

/* Forget each operand; CLI_PARTLY where one is not there. */
static int forget(mien_queue *q, const cli_args *a)
{
    int status = CLI_OK;
    mien_error err = {0};
    for (int i = 0; i < a->n_operands; i++) {
        int found = 0;
        if (mien_queue_forget(q, a->operand[i], &found, &err))
            return cli_queue_failed(&err);
        if (!found) {
            cli_error("%s: not in the queue", a->operand[i]);
            status = CLI_PARTLY;
        }
    }
    return status;
}

/* mien queue forget */
static int run_forget(const cli_args *a)
{
    const values *v = a->values;
    mien_queue *q = NULL;
    mien_error err = {0};
    if (!v->all == !a->n_operands) {
        cli_error("queue forget: needs either PATHs or --all");
        return CLI_USAGE;
    }
    int status = cli_queue_open(a, &v->queue, patience, &q);
    if (!status && v->all && mien_queue_drop(q, &err))
        status = cli_queue_failed(&err);
    if (!status)
        status = forget(q, a);
    mien_queue_close(q);
    return status;
}

static const cli_option forget_options[] = {
    CLI_OPTION_QUEUE,
    CLI_ROW_FLAG(all, "all", 0, "the whole queue, with its tables"),
    CLI_OPTION_END,
};

static const cli_row forget_examples[] = {
    {"mien queue forget --queue postgres:///photos /photos/ann.jpg",
     "a photo, and what was read in it"},
    {"mien queue forget --queue postgres:///photos --all", "everything"},
    {NULL, NULL},
};

static const cli_row forget_exits[] = CLI_EXITS_PHOTOS(
    "they are gone", "one was not there", "the database cannot be used");

const cli_command cmd_queue_forget = {
    .name = "queue forget",
    .operands = "[PATH...]",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .summary = "remove photos and their results from a queue",
    .description =
        "Remove photos by their paths, as they were added, and what was read "
        "in them; a worker that reads one of them now gets no result in. The "
        "bytes stay in PostgreSQL's files until it uses the room again, and in "
        "copies that somebody made of the database.",
    .options = forget_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = forget_examples,
    .exits = forget_exits,
    .run = run_forget,
};
