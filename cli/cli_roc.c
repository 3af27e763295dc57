/* cli_roc.c: how well cascades find known objects.
 *
 * Every group of at least one window is a call; calls are ranked by the number
 * of windows that agree, and walking down that list gives detections against
 * false positives. */
#include "cli/cli_roc.h"

#include "base/alloc.h"
#include "cli/cli_files.h"
#include "cli/cli_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cli_roc_free(cli_roc *r)
{
    mi_free(r->call);
    *r = (cli_roc){0};
}

static int add(cli_roc *r, cli_call one)
{
    if (r->n == r->cap) {
        int cap = r->cap * 2 + 256;
        cli_call *more = mi_alloc((size_t)cap, sizeof *more);
        if (!more) {
            cli_error("out of memory");
            return 0;
        }
        if (r->n)
            memcpy(more, r->call, (size_t)r->n * sizeof *more);
        mi_free(r->call);
        r->call = more;
        r->cap = cap;
    }
    r->call[r->n++] = one;
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
    const cli_call *p = a, *q = b;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return p->right - q->right; /* wrong ones first: nothing is given away */
}

static int is_right(const mien_hit *h, const cli_object *o)
{
    double dx = h->x + h->w / 2.0 - (o->x + o->w / 2.0);
    double dy = h->y + h->h / 2.0 - (o->y + o->h / 2.0);
    double grown = (double)h->w / o->w;
    return hypot(dx, dy) <= 0.3 * o->w && grown <= 1.5 && grown >= 1 / 1.5;
}

/* The calls of one picture, whose objects are at .. at + n - 1. */
static int judge(const mien_hits *hits, const cli_object *at, int n,
                 cli_roc *out)
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
        good = add(out, (cli_call){h->neighbors + second, right});
    }
    mi_free(found);
    return good;
}

static int look(const mien_cascade *c, const char *path, mien_pool *pool,
                mien_hits *hits, double *seconds)
{
    mien_bytes bytes;
    mien_image im;
    mien_gray g;
    mien_error err = {0};
    mien_status st = cli_file_load(path, &bytes, &err);
    if (st == MIEN_OK) {
        st = mien_image_read(bytes.data, bytes.n, NULL, &im, &err);
        mien_bytes_free(&bytes);
    }
    if (st == MIEN_OK) {
        st = mien_gray_from(&im, &g, &err);
        mien_image_free(&im);
    }
    if (st == MIEN_OK) {
        mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
        o.neighbors = 1;
        o.pool = pool;
        double start = cli_seconds();
        st = mien_cascade_detect(c, &g, &o, hits, &err);
        *seconds += cli_seconds() - start;
        mien_gray_free(&g);
    }
    if (st != MIEN_OK)
        cli_error("%s: %s", path, err.text);
    return st == MIEN_OK;
}

int cli_roc_run(const mien_cascade *c, const cli_objects *objects,
                mien_pool *pool, cli_roc *out)
{
    *out = (cli_roc){0};
    for (int i = 0; i < objects->n;) {
        const cli_object *at = &objects->at[i];
        int n = 0;
        while (i + n < objects->n && at[n].file == at->file)
            out->objects += at[n++].w > 0;
        mien_hits hits = {0};
        int good = look(c, at->file, pool, &hits, &out->seconds) &&
                   judge(&hits, at, n, out);
        mien_hits_free(&hits);
        if (!good || cli_interrupted()) {
            cli_roc_free(out);
            return good ? CLI_INTERRUPTED : CLI_NOTHING;
        }
        out->pictures++;
        i += n;
    }
    if (out->n > 1)
        qsort(out->call, (size_t)out->n, sizeof *out->call, by_rank);
    return CLI_OK;
}

double cli_roc_at(const cli_roc *r, int wrong)
{
    int right = 0;
    for (int i = 0; i < r->n; i++) {
        right += r->call[i].right;
        if (!r->call[i].right && wrong-- == 0)
            break;
    }
    return r->objects ? (double)right / r->objects : 0;
}

static int draw(const cli_roc *const *r, const char *const *names, int n,
                const char *path)
{
    static const double wrong[] = {10, 31, 65, 167};
    static const double paper[] = {0.761, 0.884, 0.920, 0.939};
    mien_figure *f = NULL;
    mien_error err = {0};
    mien_bytes bytes = {0};
    mien_status st = mien_figure_new(1, 1, 640, 480, &f, &err);
    mien_panel *p = st == MIEN_OK ? mien_figure_panel(f, 0, 0) : NULL;
    for (int i = 0; p && i < n; i++) {
        double *x = mi_alloc((size_t)r[i]->n + 1, 2 * sizeof *x);
        double *y = x + r[i]->n;
        int false_calls = 0, right = 0, points = 0;
        for (int k = 0; x && k < r[i]->n; k++) {
            right += r[i]->call[k].right;
            false_calls += !r[i]->call[k].right;
            x[points] = false_calls;
            y[points++] = (double)right / r[i]->objects;
        }
        if (x)
            mien_panel_steps(p, names[i], points, x, y);
        mi_free(x);
    }
    if (p) {
        mien_panel_points(p, "Viola and Jones 2004 (MIT+CMU)", 4, wrong, paper);
        mien_panel_labels(p, "Detections against false positives",
                          "false positives", "share of the objects found");
        mien_panel_limits(p, 0, 200, 0, 1.02);
        size_t len = strlen(path);
        mien_plot_format format = MIEN_PLOT_SVG;
        if (len > 4 && !strcmp(path + len - 4, ".png"))
            format = MIEN_PLOT_PNG;
        if (len > 4 && !strcmp(path + len - 4, ".pdf"))
            format = MIEN_PLOT_PDF;
        st = mien_figure_render(f, format, &bytes, &err);
    }
    if (st == MIEN_OK)
        st = mien_file_save(path, bytes.data, bytes.n, &err);
    if (st != MIEN_OK)
        cli_error("%s", err.text);
    mien_bytes_free(&bytes);
    mien_figure_free(f);
    return st == MIEN_OK ? CLI_OK : CLI_OUTPUT;
}

int cli_roc_print(const cli_roc *const *r, const char *const *names, int n,
                  const char *path)
{
    static const struct {
        int wrong;
        const char *paper;
    } rows[] = {{0, ""},      {5, ""},      {10, "76.1"},
                {31, "88.4"}, {65, "92.0"}, {167, "93.9"}};
    mi_buffer out = {0};
    cli_printf(&out,
               "%d objects in %d pictures; detections in per cent\n"
               "  false positives",
               r[0]->objects, r[0]->pictures);
    for (int i = 0; i < n; i++)
        cli_printf(&out, "  %24.24s", names[i]);
    cli_puts(&out, "  Viola-Jones 2004 on MIT+CMU\n");
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        cli_printf(&out, "  %15d", rows[k].wrong);
        for (int i = 0; i < n; i++)
            cli_printf(&out, "  %24.1f", 100 * cli_roc_at(r[i], rows[k].wrong));
        cli_printf(&out, "  %27s\n", rows[k].paper);
    }
    cli_puts(&out, "  all calls      ");
    for (int i = 0; i < n; i++) {
        int wrong = 0;
        for (int k = 0; k < r[i]->n; k++)
            wrong += !r[i]->call[k].right;
        mi_buffer cell = {0};
        cli_printf(&cell, "%.1f at %d", 100 * cli_roc_at(r[i], wrong), wrong);
        mi_buffer_put(&cell, "", 1);
        cli_printf(&out, "  %24s", cell.failed ? "" : (char *)cell.data);
        mi_buffer_done(&cell);
    }
    cli_puts(&out, "\n  seconds        ");
    for (int i = 0; i < n; i++)
        cli_printf(&out, "  %24.2f", r[i]->seconds);
    cli_puts(&out, "\n");
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    return path ? draw(r, names, n, path) : CLI_OK;
}
