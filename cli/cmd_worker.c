/* cmd_worker.c: read photos of a queue until none is left. */
#include "cli/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct values {
    const char *queue, *models, *folder;
    int batch, jobs, threads, stay, quiet;
    double lease, reconnect;
} values;
static const values defaults = {
    .batch = 16, .jobs = 1, .threads = -1, .lease = 120, .reconnect = 300};

static const cli_option options[] = {
    CLI_OPTION_QUEUE,
    CLI_ROW_INT(batch, "batch", 0, "N", 1, MIEN_QUEUE_MAX_BATCH,
                "photos that are leased, and written down, together: so many "
                "are read again, at most, when the worker is killed (default "
                "{})"),
    CLI_ROW_REAL(lease, "lease", 0, "SECONDS", 1, MIEN_QUEUE_MAX_LEASE,
                 "after which others take the photos of a worker that was not "
                 "heard of; longer than the slowest photo takes (default {})"),
    CLI_OPTION_JOBS,
    CLI_OPTION_PHOTO_THREADS,
    CLI_ROW_TEXT(folder, CLI_FOLDER, "folder", 0, "DIR",
                 "where paths that are not whole begin (default: this folder)"),
    CLI_ROW_FLAG(stay, "stay", 0,
                 "wait for photos that are added later, instead of ending when "
                 "none is left"),
    CLI_ROW_REAL(reconnect, "reconnect", 0, "SECONDS", 0, 86400,
                 "that a database that went away is waited for (default {})"),
    CLI_OPTION_MODELS,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien worker --queue postgres://mien@db.example/photos",
     "on as many machines as one likes"},
    {"mien worker --queue postgres:///photos --jobs 0 --stay",
     "all processors, and as a service"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "no photo is left, or it was told to stop (SIGTERM, SIGINT) and gave "
          "back what it had not read"},
    {"1", "some photos could not be read; their records hold an error"},
    CLI_EXIT_USAGE,
    {"3", "it could not begin, or the database went away"},
    {NULL, NULL},
};

enum { READS = 3 }; /* of a photo whose bytes do not come */

typedef struct worker {
    const values *v;
    cli_analysis faces;
    mien_queue *q;
    mien_pool *pool;
    mien_queue_ask ask;
    mien_queue_batch batch;
    cli_outcome *outcome; /* [batch.n] */
    pthread_mutex_t lock; /* over q and kept while a batch is read */
    double kept;          /* when the lease was made, or made longer */
    int64_t done, failed, dropped;
} worker;

/* ---- a photo ------------------------------------------------------------- */

/* A text as UTF-8, cut to its room between two characters. */
static void put_reason(const char *text, char out[200])
{
    mien_buffer b = {0};
    int n = 0;
    size_t at = 0;
    mien_utf8_repair(text, &b);
    mien_buffer_put(&b, "", 1);
    *out = 0;
    if (b.failed)
        return;
    while (b.data[at]) {
        mien_utf8_next((char *)b.data + at, &n);
        if (at + (size_t)n > 199)
            break;
        at += (size_t)n;
    }
    memcpy(out, b.data, at);
    out[at] = 0;
    mien_buffer_free(&b);
}

/* The digest of a file; what is none, a pipe, has none. */
static void put_digest(const char *path, char out[65])
{
    struct stat s;
    mien_bytes b = {0};
    *out = 0;
    if (stat(path, &s) != 0 || !S_ISREG(s.st_mode) ||
        mien_file_load(path, 0, &b, NULL))
        return;
    mien_sha256(b.data, b.n, out);
    mien_bytes_free(&b);
}

/* Read a photo, or say why not. */
static mien_status read_photo(worker *w, mien_queue_photo *p, int lane,
                              cli_outcome *out, mien_error *err)
{
    mien_reading r = {0};
    if (p->spent) {
        err->status = MIEN_ELIMIT;
        snprintf(err->text, sizeof err->text,
                 "%d workers ended, or were not heard of, while they read it; "
                 "it is not tried again",
                 w->ask.tries);
        return err->status;
    }
    put_digest(p->path, p->sha256);
    mien_status st = cli_analysis_read(&w->faces, p->path, lane, NULL, &r, err);
    if (st)
        return st;
    cli_photo_remarks(p->path, &r, &out->report);
    cli_analysis_put(&w->faces, p->path, &r, 1, &out->text);
    mien_faces_free(&r.faces);
    return MIEN_OK;
}

/* Make the lease longer, when a third of it is over; another lane that does so
 * already is not waited for. */
static void hold(worker *w)
{
    mien_error err = {0};
    if (pthread_mutex_trylock(&w->lock) != 0)
        return;
    double now = mien_clock();
    if (now - w->kept > w->ask.seconds / 3) {
        w->kept = now;
        if (mien_queue_keep(w->q, &w->batch, w->ask.seconds, &err))
            cli_error("%s", err.text);
    }
    pthread_mutex_unlock(&w->lock);
}

/* Photo i of the batch; nothing after a signal: then it is given back. */
static void do_one(void *arg, int i, int lane)
{
    worker *w = arg;
    mien_queue_photo *p = &w->batch.photo[i];
    cli_outcome *out = &w->outcome[i];
    mien_error err = {0};
    if (cli_interrupted())
        return;
    mien_status st = read_photo(w, p, lane, out, &err);
    if (st == MIEN_EIO && cli_interrupted())
        return; /* reading was broken off */
    p->outcome = MIEN_QUEUE_DONE;
    if ((st == MIEN_EIO || st == MIEN_ENOMEM) && p->tries < w->ask.tries &&
        p->tries < READS) {
        p->outcome = MIEN_QUEUE_AGAIN;
        mien_buffer_printf(&out->report, "%s: %s; it is tried again", p->path,
                           err.text);
    } else if (st) {
        p->outcome = MIEN_QUEUE_FAILED;
        put_reason(err.text, p->reason);
        cli_photo_failed(p->path, &err, 1, out);
    }
    if (out->text.failed)
        p->outcome = MIEN_QUEUE_AGAIN;
    p->record = (char *)out->text.data;
    p->n = out->text.n ? out->text.n - 1 : 0; /* without the newline */
    hold(w);
}

/* ---- a batch ------------------------------------------------------------- */

/* Say what is to be said of a batch, and count it. */
static void tell_batch(worker *w)
{
    for (int i = 0; i < w->batch.n; i++) {
        cli_outcome *o = &w->outcome[i];
        w->done += w->batch.photo[i].outcome == MIEN_QUEUE_DONE;
        w->failed += w->batch.photo[i].outcome == MIEN_QUEUE_FAILED;
        if (o->report.n)
            cli_error_lines(&o->report);
        mien_buffer_free(&o->report);
        mien_buffer_free(&o->text);
    }
}

/* Read what was leased, and write it down. */
static int do_batch(worker *w)
{
    mien_error err = {0};
    int status = CLI_OK;
    w->outcome = cli_alloc((size_t)w->batch.n, sizeof *w->outcome);
    if (!w->outcome)
        return CLI_NOTHING;
    w->kept = mien_clock();
    mien_pool_run(w->pool, w->batch.n, do_one, w);
    if (mien_queue_finish(w->q, &w->batch, &w->dropped, &err))
        status = cli_queue_failed(&err);
    tell_batch(w);
    free(w->outcome);
    w->outcome = NULL;
    return status;
}

/* Batch after batch; waits grow to a second while others hold what is left. */
static int work(worker *w)
{
    mien_error err = {0};
    long pause = 0;
    int status = CLI_OK;
    while (!status && !cli_interrupted()) {
        int left = 0;
        if (mien_queue_lease(w->q, &w->ask, &w->batch, &left, &err))
            return cli_interrupted() ? CLI_OK : cli_queue_failed(&err);
        if (!w->batch.n && !left && !w->v->stay)
            return CLI_OK;
        if (w->batch.n) {
            status = do_batch(w);
            pause = 0;
        } else {
            pause = pause < 400000000 ? pause + 50000000 : 999000000;
            nanosleep(&(struct timespec){0, pause}, NULL);
        }
        mien_queue_batch_free(&w->batch);
    }
    return status;
}

/* ---- the command --------------------------------------------------------- */

/* What the queue asks of photos, and the models for it; args and room are kept
 * until the end. */
static int prepare(worker *w, const mien_queue_settings *s, cli_args *args,
                   char ***room)
{
    mien_error err = {0};
    mien_buffer models = {0};
    mien_reader_options *o = &w->faces.options;
    if (strcmp(s->mien, mien_version()) != 0) {
        cli_error("queue: it was made by mien %s, this is %s: lines may differ",
                  s->mien, mien_version());
        return CLI_NOTHING;
    }
    if (!cli_queue_args(s, args, room))
        return CLI_NOTHING;
    if (!cli_analysis_options(args, &w->faces))
        return CLI_NOTHING;
    w->faces.format = CLI_JSON;
    o->models = w->v->models;
    o->lanes = w->v->jobs;
    o->threads = w->v->threads;
    cli_batch_lanes(w->v->batch, &o->lanes, &o->threads);
    int status = cli_analysis_open(&w->faces);
    if (!status && o->lanes > 1)
        status = cli_pool_new(o->lanes, &w->pool);
    if (status)
        return status;
    cli_analysis_models(&w->faces, &models);
    mien_buffer_put(&models, "", 1);
    if (models.failed)
        status = CLI_NOTHING;
    else if (mien_queue_bind(w->q, (char *)models.data, &err))
        status = cli_queue_failed(&err);
    mien_buffer_free(&models);
    return status;
}

/* This worker among others: its machine and process. */
static void name_worker(char out[300])
{
    char host[200] = "";
    mien_buffer b = {0};
    gethostname(host, sizeof host - 1);
    mien_text_plain(host, &b);
    mien_buffer_put(&b, "", 1);
    snprintf(out, 300, "%.200s:%d", b.failed ? "" : (char *)b.data,
             (int)getpid());
    mien_buffer_free(&b);
}

/* Say what was done. */
static int tell(const worker *w, int status)
{
    if (!w->v->quiet)
        cli_error("%lld photo%s read, %lld failed", (long long)w->done,
                  w->done == 1 ? "" : "s", (long long)w->failed);
    if (w->dropped)
        cli_error("%lld result%s not taken: the lease had run out, and "
                  "another worker has the photo (--lease)",
                  (long long)w->dropped, w->dropped == 1 ? " was" : "s were");
    return status ? status : w->failed ? CLI_PARTLY : CLI_OK;
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    worker w = {.v = v, .faces = {.options = MIEN_READER_DEFAULTS}};
    mien_queue_settings s = {0};
    mien_error err = {0};
    cli_args args = {.command = a->command};
    char name[300], **room = NULL;
    name_worker(name);
    int status = cli_queue_open(a, &v->queue, v->reconnect, &w.q);
    if (!status && mien_queue_settings_load(w.q, &s, &err))
        status = cli_queue_failed(&err);
    w.ask = (mien_queue_ask){name, v->batch, v->lease, s.tries};
    if (!status)
        status = prepare(&w, &s, &args, &room);
    if (!status && v->folder && chdir(v->folder) != 0) {
        cli_error("%s: cannot open: %s", v->folder, strerror(errno));
        status = CLI_NOTHING;
    }
    if (!status) {
        pthread_mutex_init(&w.lock, NULL);
        status = tell(&w, work(&w));
        pthread_mutex_destroy(&w.lock);
    }
    cli_analysis_free(&w.faces);
    mien_pool_free(w.pool);
    mien_queue_batch_free(&w.batch);
    mien_queue_settings_free(&s);
    cli_options_free(&args);
    free(room);
    mien_queue_close(w.q);
    return status;
}

const cli_command cmd_worker = {
    .name = "worker",
    .operands = "",
    .summary = "read photos of a queue until none is left",
    .description =
        "Lease some photos of a queue in PostgreSQL (mien queue init, add), "
        "read their faces as the queue asks, write the records down in one "
        "transaction, and so on. As many workers as one likes, on as many "
        "machines. One that is killed loses what it had not written down: when "
        "its lease ends others read those photos. A photo has one record, "
        "whatever is killed when.\n\n"
        "A photo that cannot be read has failed, and its record says why; "
        "where the reason lies outside of the photo (it is not there, memory "
        "ended) it is tried again first. One that was leased as often as the "
        "queue allows without an outcome, since it ends its workers, has "
        "failed, too.\n\n"
        "A worker whose models are not those that the results were begun with "
        "is refused.",
    .endless = 1,
    CLI_COMMAND_TABLES,
};
