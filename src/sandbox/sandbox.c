/* sandbox.c: photos read by workers. */
#include "sandbox/sandbox.h"

#include "sandbox/reading.h"
#include "sandbox/workers.h"
#include "serve/photo.h"

#include "base/alloc.h"
#include "base/error.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the zygote tells of the network of descriptors. */
typedef struct greeting {
    char sha256[65]; /* empty: there is none */
    char why[200];
} greeting;

/* What a worker has. */
typedef struct inside {
    const char *models;
    mien_describer describer;
    mi_photos photos;
} inside;

struct mien_sandbox {
    mien_sandbox_options o;
    inside inside; /* of the zygote; empty in the program */
    mi_workers *workers;
    greeting greeting;
    _Atomic int64_t lost[MIEN_SANDBOX_WHYS], refused, retired, renewed;
    _Atomic int64_t microseconds; /* that new workers took, all together */
};

/* ---- in the zygote and the workers --------------------------------------- */

/* Wait for the threads that work out digests; that of a task. */
static void digest(mien_reader *r, const char *task, char out[65])
{
    int n = 0;
    const mien_model_digest *d = r ? mien_reader_digests(r, &n) : NULL;
    for (int i = 0; i < n; i++)
        if (strcmp(d[i].task, task) == 0)
            memcpy(out, d[i].sha256, 65);
}

/* Have libheif loaded, and its decoders: a worker cannot. */
static void load_heif(void)
{
    static const uint8_t beginning[24] = "\0\0\0\x18"
                                         "ftypheic\0\0\0\0mif1heic";
    mien_photo none = {0};
    mien_error err = {0};
    if (mien_photo_read(beginning, sizeof beginning, NULL, &none, &err) ==
        MIEN_OK)
        mien_photo_free(&none);
}

/* The networks, their digests known and no thread left. */
static mien_status open_photos(void *arg, mien_buffer *out, mien_error *err)
{
    inside *in = arg;
    greeting g = {"", ""};
    char other[65];
    mien_status st =
        mi_photos_open(&in->photos, in->models, in->describer, 1, err);
    if (st)
        return st;
    digest(in->photos.find, "", other);
    digest(in->photos.guess, "", other);
    digest(in->photos.describe, "descriptor", g.sha256);
    snprintf(g.why, sizeof g.why, "%s", in->photos.no_describe.text);
    load_heif();
    mien_buffer_put(out, &g, sizeof g);
    return MIEN_OK;
}

/* A wish and a photo in, a reading out. */
static mien_status answer(void *arg, const uint8_t *ask, size_t n,
                          mien_buffer *out, mien_error *err)
{
    inside *in = arg;
    mi_cursor c = mi_cursor_of(ask, n);
    mien_serve_wish wish;
    mien_reading got = {0};
    mien_status st = mi_wish_read(&c, &wish, err);
    if (!st)
        st = mi_photos_read(&in->photos, 0, c.p, mi_cursor_left(&c), &wish,
                            &got, err);
    if (st)
        return st;
    st = mi_reading_write(out, &got, err);
    mien_faces_free(&got.faces);
    return st;
}

/* ---- in the program ------------------------------------------------------ */

/* Each option lies in its range. */
static mien_status check(const mien_sandbox_options *o, mien_error *err)
{
    const struct {
        const char *name;
        double v, least, most;
    } all[] = {
        {"jobs", o->jobs, 0, MIEN_POOL_MAX},
        {"deadline", o->deadline, 0.1, 3600},
        {"max_body", (double)o->max_body, 1, MIEN_SERVE_MAX_BODY},
        {"memory", (double)o->memory, 1 << 24, (double)((int64_t)1 << 40)},
        {"photos", o->photos, 1, 1000000},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!(all[i].v >= all[i].least && all[i].v <= all[i].most))
            return mi_fail(err, MIEN_EARG,
                           "sandbox: %s is %g, wanted is %g..%g", all[i].name,
                           all[i].v, all[i].least, all[i].most);
    if ((unsigned)o->describer > MIEN_DESCRIBER_MOBILEFACENET)
        return mi_fail(err, MIEN_EARG, "sandbox: no describer has number %d",
                       (int)o->describer);
    return MIEN_OK;
}

static int processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MIEN_POOL_MAX ? MIEN_POOL_MAX : (int)n;
}

/* Begin, and take what the zygote tells of its networks. */
static mien_status open_workers(mien_sandbox *s, const mi_worker_task *task,
                                mien_error *err)
{
    mien_buffer g = {0};
    mi_workers_options o = {
        .task =
            task ? *task : (mi_worker_task){open_photos, answer, &s->inside},
        .lanes = s->o.jobs,
        .ask_most = (size_t)s->o.max_body + MI_WISH_SIZE,
        .memory = s->o.memory,
        .deadline = s->o.deadline,
        .asks = s->o.photos,
    };
    mien_status st = mi_workers_new(&o, &s->workers, &g, err);
    if (!st && g.n == sizeof s->greeting)
        memcpy(&s->greeting, g.data, sizeof s->greeting);
    mien_buffer_free(&g);
    return st;
}

mien_status mi_sandbox_new(const mien_sandbox_options *options,
                           const mi_worker_task *task, mien_sandbox **out,
                           mien_error *err)
{
    static const mien_sandbox_options usual = MIEN_SANDBOX_DEFAULTS;
    options = options ? options : &usual;
    mien_status st = check(options, err);
    if (st)
        return st;
    mien_sandbox *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_no_memory(err);
    s->o = *options;
    s->o.jobs = s->o.jobs ? s->o.jobs : processors();
    s->inside.models = s->o.models;
    s->inside.describer = s->o.describer;
    st = open_workers(s, task, err);
    s->o.models = s->inside.models = NULL; /* borrowed until now */
    if (st)
        mi_free(s);
    else
        *out = s;
    return st;
}

mien_status mien_sandbox_new(const mien_sandbox_options *options,
                             mien_sandbox **out, mien_error *err)
{
    return mi_sandbox_new(options, NULL, out, err);
}

mien_status mien_sandbox_serve(mien_sandbox *s, mien_server_options *options,
                               mien_error *err)
{
    if (options->gallery && !*s->greeting.sha256)
        return mi_fail(err, MIEN_EIO, "%s", s->greeting.why);
    options->read = mien_sandbox_read;
    options->read_arg = s;
    options->jobs = s->o.jobs;
    options->describer = s->o.describer;
    options->model = *s->greeting.sha256 ? s->greeting.sha256 : NULL;
    options->metrics = mien_sandbox_metrics;
    options->metrics_arg = s;
    return MIEN_OK;
}

/* The signal that ended a worker by itself. */
static int signal_of(const mi_worker_lost *l)
{
    int known = l->end == MI_WORKER_ENDED && l->status != -1;
    return known && WIFSIGNALED(l->status) ? WTERMSIG(l->status) : 0;
}

/* Count a worker that was given up, and tell of it. */
static void account(mien_sandbox *s, const mi_worker_lost *l)
{
    if (l->end == MI_WORKER_ENDS)
        return;
    mien_sandbox_loss loss = {(mien_sandbox_why)l->end, signal_of(l),
                              l->seconds};
    if (l->seconds >= 0) {
        s->renewed++;
        s->microseconds += (int64_t)(l->seconds * 1e6);
    }
    if (l->end == MI_WORKER_RETIRED) {
        s->retired++;
        return;
    }
    s->lost[loss.why]++;
    s->refused += loss.signal == SIGSYS;
    if (s->o.lost)
        s->o.lost(s->o.lost_arg, &loss);
}

/* Say what became of a photo's worker. */
static mien_status tell_lost(const mien_sandbox *s, const mi_worker_lost *l,
                             mien_error *err)
{
    static const char photo[] = "the photo could not be read: its worker";
    int signal = signal_of(l);
    if (l->end == MI_WORKER_LATE)
        return mi_fail(err, MIEN_ELOST, "%s took longer than %g seconds", photo,
                       s->o.deadline);
    if (l->end == MI_WORKER_NONSENSE)
        return mi_fail(err, MIEN_ELOST, "%s gave an answer that is none",
                       photo);
    if (signal)
        return mi_fail(err, MIEN_ELOST, "%s ended (signal %d)", photo, signal);
    return mi_fail(err, MIEN_ELOST, "%s ended", photo);
}

/* What a worker says of a photo's fault is a line of text. */
static void make_plain(mien_error *err)
{
    for (char *p = err ? err->text : NULL; p && *p; p++)
        if ((unsigned char)*p < ' ' || (unsigned char)*p >= 127)
            *p = '?';
}

/* 1: each face that has a descriptor has it of this network. */
static int described_by(const mien_faces *f, mien_describer by)
{
    int all = 1;
    for (int i = 0; i < f->n; i++)
        all &= !(f->face[i].has & MIEN_FACE_DESCRIPTOR) ||
               f->face[i].describer == by;
    return all;
}

/* A worker's reading, by the network that it was to use; EFORMAT: it is none.
 */
static mien_status take(const mien_sandbox *s, const mien_buffer *got,
                        const mien_serve_wish *wish, mien_reading *out,
                        mien_error *err)
{
    mien_reading r = {0};
    mien_status st = mi_reading_read(got->data, got->n, wish, &r, err);
    if (!st && !described_by(&r.faces, s->o.describer)) {
        mien_faces_free(&r.faces);
        st = mi_fail(err, MIEN_EFORMAT, "reading: of another network");
    }
    if (!st)
        *out = r;
    return st;
}

mien_status mien_sandbox_read(void *sandbox, int lane, const uint8_t *bytes,
                              size_t n, const mien_serve_wish *wish,
                              mien_reading *out, mien_error *err)
{
    mien_sandbox *s = sandbox;
    mien_buffer head = {0}, got = {0};
    mi_worker_lost lost = {MI_WORKER_ENDS, -1, -1};
    mi_wish_write(&head, wish);
    mien_status st = head.failed ? mi_no_memory(err) : MIEN_OK;
    if (!st) {
        mien_bytes photo = {0};
        memcpy(&photo.data, &bytes, sizeof photo.data);
        photo.n = n;
        st = mi_workers_ask(s->workers, lane, (mien_bytes){head.data, head.n},
                            photo, &got, &lost, err);
        account(s, &lost);
        if (st && st != MIEN_ELOST)
            make_plain(err);
    }
    if (!st) {
        st = take(s, &got, wish, out, err);
        if (st == MIEN_EFORMAT) {
            mi_workers_refuse(s->workers, lane, &lost);
            account(s, &lost);
            st = MIEN_ELOST;
        }
    }
    mien_buffer_free(&head);
    mien_buffer_free(&got);
    return st == MIEN_ELOST ? tell_lost(s, &lost, err) : st;
}

int mien_sandbox_landlock(const mien_sandbox *s)
{
    return mi_workers_landlock(s->workers);
}

int mien_sandbox_gone(mien_sandbox *s) { return mi_workers_gone(s->workers); }

/* One value: its comment, kind and number. */
static void one(mien_buffer *out, const char *name, const char *type,
                const char *about, double v)
{
    mien_buffer_printf(out,
                       "# HELP mien_%s %s\n# TYPE mien_%s %s\nmien_%s %.15g\n",
                       name, about, name, type, name, v);
}

void mien_sandbox_metrics(void *sandbox, mien_buffer *out)
{
    static const char *const why[] = {"ended", "late", "nonsense"};
    mien_sandbox *s = sandbox;
    mien_buffer_printf(out,
                       "# HELP mien_sandbox_lost_total Workers given up, each "
                       "with one photo at most.\n"
                       "# TYPE mien_sandbox_lost_total counter\n");
    for (int i = 0; i < MIEN_SANDBOX_WHYS; i++)
        mien_buffer_printf(out, "mien_sandbox_lost_total{why=\"%s\"} %lld\n",
                           why[i], (long long)s->lost[i]);
    one(out, "sandbox_refused_total", "counter",
        "Of those that ended: by a call to the system that is refused.",
        (double)s->refused);
    one(out, "sandbox_retired_total", "counter",
        "Workers replaced after their number of photos.", (double)s->retired);
    one(out, "sandbox_made_seconds_total", "counter",
        "Time that workers took to be replaced.",
        (double)s->microseconds / 1e6);
    one(out, "sandbox_made_total", "counter",
        "Workers that replaced another one.", (double)s->renewed);
    one(out, "sandbox_workers", "gauge", "Workers that read photos.",
        s->o.jobs);
    one(out, "sandbox_landlock", "gauge",
        "The version of Landlock that holds them; 0: seccomp alone.",
        mien_sandbox_landlock(s));
}

void mien_sandbox_free(mien_sandbox *s)
{
    if (!s)
        return;
    mi_workers_free(s->workers);
    mi_free(s);
}
