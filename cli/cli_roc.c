/* cli_roc.c: how well cascades find known objects.
 *
 * Every group of at least one window is a call; calls are ranked by the number
 * of windows that agree, and walking down that list gives detections against
 * false positives.  A cascade of n stages gives n such lists, by leaving out
 * its last stages one by one; the curve is the best of them everywhere. */
#include "cli/cli_roc.h"

#include "base/alloc.h"
#include "cli/cli_chips.h"
#include "cli/cli_figure.h"
#include "cli/cli_files.h"
#include "cli/cli_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WRONG = 200 };

/* Detections against false positives.  At each number of wrong calls the last
 * stages are left out that find most there, as Viola and Jones drew theirs. */
typedef struct roc {
    int objects, pictures;
    int most[MAX_WRONG + 1]; /* objects found with at most so many wrong */
    int right, wrong; /* calls of the whole cascade, whatever their rank */
    double seconds;   /* of detection by the whole cascade, all pictures */
} roc;

/* Something a cascade called an object. */
typedef struct call {
    double score; /* windows that agreed, and the last stage's sum behind it */
    int right;    /* 1: an object nothing surer had found */
} call;

typedef struct calls {
    int n, cap, wrong;
    call *at;
} calls;

static int add(calls *r, call one)
{
    if (r->n == r->cap) {
        int cap = r->cap * 2 + 256;
        call *more = mi_alloc((size_t)cap, sizeof *more);
        if (!more) {
            cli_error("out of memory");
            return 0;
        }
        if (r->n)
            memcpy(more, r->at, (size_t)r->n * sizeof *more);
        mi_free(r->at);
        r->at = more;
        r->cap = cap;
    }
    r->wrong += !one.right;
    r->at[r->n++] = one;
    return 1;
}

static int by_score(const void *a, const void *b)
{
    const mien_hit *p = a, *q = b;
    if (p->neighbors != q->neighbors)
        return p->neighbors > q->neighbors ? -1 : 1;
    return (p->weight < q->weight) - (p->weight > q->weight);
}

static int by_rank(const void *a, const void *b)
{
    const call *p = a, *q = b;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return p->right - q->right; /* wrong ones first: nothing is given away */
}

static int is_right(const mien_hit *h, const mien_sample *o)
{
    double dx = h->x + h->w / 2.0 - (o->x + o->w / 2.0);
    double dy = h->y + h->h / 2.0 - (o->y + o->h / 2.0);
    double grown = (double)h->w / o->w;
    return hypot(dx, dy) <= 0.3 * o->w && grown <= 1.5 && grown >= 1 / 1.5;
}

/* The calls of one picture, whose objects are at .. at + n - 1. */
static int judge(const mien_hits *hits, const mien_sample *at, int n,
                 calls *out)
{
    uint8_t *found = mi_alloc((size_t)n + 1, 1);
    int good = found != NULL;
    if (hits->n > 1)
        qsort(hits->hit, (size_t)hits->n, sizeof *hits->hit, by_score);
    for (int i = 0; good && i < hits->n; i++) {
        const mien_hit *h = &hits->hit[i];
        int right = 0;
        for (int k = 0; !right && k < n; k++)
            if (!found[k] && at[k].w && is_right(h, &at[k]))
                right = found[k] = 1;
        double second = 1 / (1 + exp(-h->weight / 10));
        good = add(out, (call){h->neighbors + second, right});
    }
    mi_free(found);
    return good;
}

static int load(const char *path, mien_gray *out)
{
    mien_bytes bytes;
    mien_image im;
    mien_error err = {0};
    mien_status st = cli_file_load(path, &bytes, &err);
    if (st == MIEN_OK) {
        st = mien_image_read(bytes.data, bytes.n, NULL, &im, &err);
        mien_bytes_free(&bytes);
    }
    if (st == MIEN_OK) {
        st = mien_gray_from(&im, out, &err);
        mien_image_free(&im);
    }
    if (st != MIEN_OK)
        cli_error("%s: %s", path, err.text);
    return st == MIEN_OK;
}

/* One look through pictures with the first stages of a cascade. */
typedef struct walk {
    const mien_cascade *c;
    const mien_sample_list *objects;
    const char *path; /* of the list */
    mien_cascade_options o;
    calls calls;
    int seen, pictures;
    double seconds;
} walk;

/* The picture of n samples from number `first` on. */
static int look(walk *w, int64_t first, int n)
{
    const mien_sample *at = &w->objects->sample[first];
    const char *name = w->objects->name[at->picture];
    mien_gray g;
    mien_hits hits = {0};
    mien_error err = {0};
    if (!load(name, &g))
        return 0;
    for (int i = 0; i < n; i++)
        if (at[i].w &&
            mien_sample_fits(w->objects, first + i, g.w, g.h, &err)) {
            cli_error("%s: %s", w->path, err.text);
            mien_gray_free(&g);
            return 0;
        }
    double start = mien_clock();
    mien_status st = mien_cascade_detect(w->c, &g, &w->o, &hits, &err);
    w->seconds += mien_clock() - start;
    mien_gray_free(&g);
    if (st != MIEN_OK)
        cli_error("%s: %s", name, err.text);
    int good = st == MIEN_OK && judge(&hits, at, n, &w->calls);
    mien_hits_free(&hits);
    return good;
}

static int walk_all(walk *w)
{
    const mien_sample_list *all = w->objects;
    for (int64_t i = 0; i < all->n;) {
        const mien_sample *at = &all->sample[i];
        int n = 0;
        while (i + n < all->n && at[n].picture == at->picture)
            w->seen += at[n++].w > 0;
        if (!look(w, i, n))
            return CLI_NOTHING;
        if (cli_interrupted())
            return CLI_INTERRUPTED;
        w->pictures++;
        i += n;
    }
    if (w->calls.n > 1)
        qsort(w->calls.at, (size_t)w->calls.n, sizeof *w->calls.at, by_rank);
    return CLI_OK;
}

/* Raise the curve to what these calls find. */
static void raise_to(const calls *r, int *most)
{
    int right = 0, wrong = 0;
    for (int i = 0; i < r->n && wrong <= MAX_WRONG; i++) {
        right += r->at[i].right;
        wrong += !r->at[i].right;
        if (wrong <= MAX_WRONG && right > most[wrong])
            most[wrong] = right;
    }
}

static int measure(const mien_cascade *c, const mien_sample_list *objects,
                   const cli_roc_job *job, roc *out)
{
    *out = (roc){0};
    int n = mien_cascade_get_info(c).n_stages, status = CLI_OK, wrong = 0;
    for (int k = n; !status && k > 0 && wrong <= 4 * MAX_WRONG; k--) {
        walk w = {.c = c,
                  .objects = objects,
                  .path = job->test,
                  .o = MIEN_CASCADE_DEFAULTS};
        w.o.neighbors = 1;
        w.o.stages = k;
        w.o.pool = job->pool;
        status = walk_all(&w);
        if (!status)
            raise_to(&w.calls, out->most);
        wrong = w.calls.wrong;
        if (k == n) {
            out->objects = w.seen;
            out->pictures = w.pictures;
            out->seconds = w.seconds;
            out->wrong = w.calls.wrong;
            out->right = w.calls.n - w.calls.wrong;
        }
        mi_free(w.calls.at);
    }
    for (int i = 1; i <= MAX_WRONG; i++)
        if (out->most[i] < out->most[i - 1])
            out->most[i] = out->most[i - 1];
    return status;
}

static double share(const roc *r, int found)
{
    return r->objects ? (double)found / r->objects : 0;
}

static int draw(const roc *r, const char *const *names, int n, const char *path)
{
    static const double wrong[] = {10, 31, 65, 167};
    static const double paper[] = {0.761, 0.884, 0.920, 0.939};
    mien_figure *f = NULL;
    mien_error err = {0};
    mien_status st = mien_figure_new(1, 1, 640, 480, &f, &err);
    mien_panel *p = st == MIEN_OK ? mien_figure_panel(f, 0, 0) : NULL;
    for (int i = 0; p && i < n; i++) {
        double x[MAX_WRONG + 1], y[MAX_WRONG + 1];
        for (int k = 0; k <= MAX_WRONG; k++) {
            x[k] = k;
            y[k] = share(&r[i], r[i].most[k]);
        }
        mien_panel_steps(p, names[i], MAX_WRONG + 1, x, y);
    }
    if (p) {
        mien_panel_points(p, "Viola and Jones 2004 (MIT+CMU)", 4, wrong, paper);
        mien_panel_labels(p, "Detections against false positives",
                          "false positives", "share of the objects found");
        mien_panel_limits(p, 0, MAX_WRONG, 0, 1.02);
    }
    int good = st == MIEN_OK && cli_figure_save(f, path);
    if (st != MIEN_OK)
        cli_error("%s", err.text);
    mien_figure_free(f);
    return good ? CLI_OK : CLI_OUTPUT;
}

static int print(const roc *r, const char *const *names, int n,
                 const char *path)
{
    static const struct {
        int wrong;
        const char *paper;
    } rows[] = {{0, ""},      {5, ""},      {10, "76.1"},
                {31, "88.4"}, {65, "92.0"}, {167, "93.9"}};
    mien_buffer out = {0};
    mien_buffer_printf(&out,
                       "%d objects in %d pictures; detections in per cent\n"
                       "  false positives",
                       r[0].objects, r[0].pictures);
    for (int i = 0; i < n; i++)
        mien_buffer_printf(&out, "  %24.24s", names[i]);
    mien_buffer_puts(&out, "  Viola-Jones 2004 on MIT+CMU\n");
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        mien_buffer_printf(&out, "  %15d", rows[k].wrong);
        for (int i = 0; i < n; i++)
            mien_buffer_printf(&out, "  %24.1f",
                               100 * share(&r[i], r[i].most[rows[k].wrong]));
        mien_buffer_printf(&out, "  %27s\n", rows[k].paper);
    }
    mien_buffer_puts(&out, "  whole cascade  ");
    for (int i = 0; i < n; i++) {
        char cell[64];
        snprintf(cell, sizeof cell, "%.1f at %d",
                 100 * share(&r[i], r[i].right), r[i].wrong);
        mien_buffer_printf(&out, "  %24s", cell);
    }
    mien_buffer_puts(&out, "\n  seconds to look");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(&out, "  %24.2f", r[i].seconds);
    mien_buffer_puts(&out, "\n");
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    return path ? draw(r, names, n, path) : CLI_OK;
}

int cli_roc_compare(const cli_roc_job *job)
{
    char names[CLI_ROC_MOST][64];
    const char *name[CLI_ROC_MOST] = {NULL};
    roc all[CLI_ROC_MOST] = {{0}};
    mien_sample_list objects;
    if (job->picture && !cli_figure_path(job->picture))
        return CLI_USAGE;
    if (job->picture && !cli_output_ready(job->picture))
        return CLI_OUTPUT;
    int status = cli_objects_load(job->test, &objects);
    if (status)
        return status;
    for (int i = 0; !status && i < job->n; i++) {
        mien_cascade *c = NULL;
        mien_error err = {0};
        name[i] = names[i];
        cli_cascade_name(job->cascade[i], names[i], sizeof names[i]);
        if (cli_cascade_load(job->cascade[i], job->folder, &c, &err) !=
            MIEN_OK) {
            cli_error("%s", err.text);
            status = CLI_NOTHING;
        } else {
            status = measure(c, &objects, job, &all[i]);
            mien_cascade_free(c);
        }
    }
    if (!status)
        status = print(all, name, job->n, job->picture);
    mien_sample_list_free(&objects);
    return status;
}
