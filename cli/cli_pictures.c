/* cli_pictures.c: the figures of a report, in one drawing: loss, precision and
 * recall by threshold, scores by class, confusion matrix, ROC and PR curves of
 * the test part. */
#include "cli/cli_model.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

static void draw_loss(const cli_model *m, mien_panel *p)
{
    double *x = mi_alloc((size_t)m->epochs + 1, 3 * sizeof *x);
    double *train = x + m->epochs, *valid = train + m->epochs;
    mien_panel_labels(p, "Loss", "epoch", "mean squared error");
    for (int i = 0; x && i < m->epochs; i++) {
        x[i] = m->epoch[i].epoch;
        train[i] = m->epoch[i].train.total;
        valid[i] = m->epoch[i].valid.total;
    }
    if (x) {
        mien_panel_line(p, "training", m->epochs, x, train);
        mien_panel_line(p, "validation", m->epochs, x, valid);
        mien_panel_vline(p, m->best, "best");
    }
    mi_free(x);
}

/* How many rows are really events, where there is no loss to show. */
static void draw_balance(const cli_model *m, mien_panel *p)
{
    const char *names[] = {"other rows", "events"};
    const mien_confusion *c = &m->of_test.count;
    const double heights[] = {c->tn + c->fp, c->tp + c->fn};
    mien_panel_labels(p, "Classes of the test part", "", "rows");
    mien_panel_bars(p, 2, names, heights);
}

static void draw_thresholds(const cli_model *m, mien_panel *p,
                            const mien_curve *pr)
{
    int logarithmic = m->epochs > 0;
    mien_panel_labels(p, "Precision and recall by threshold", "threshold", "");
    mien_panel_limits(p, (double)NAN, (double)NAN, 0, 1.02);
    mien_panel_log(p, logarithmic, 0);
    mien_panel_line(p, "precision", pr->n - 1, pr->threshold, pr->y);
    mien_panel_line(p, "recall", pr->n - 1, pr->threshold, pr->x);
    mien_panel_vline(p, m->chosen.threshold, "chosen");
}

static void draw_scores(const cli_model *m, mien_panel *p)
{
    static const char *const names[] = {"other rows", "events"};
    const cli_part *t = &m->test;
    double *x = mi_alloc((size_t)t->n + 1, 2 * sizeof *x), *y = x + t->n;
    mien_panel_labels(p, "Scores by class", "row of the test part", "score");
    mien_panel_log(p, 0, m->epochs > 0);
    for (int class = 0; x && class < 2; class ++) {
        int64_t n = 0;
        for (int64_t i = 0; i < t->n; i++)
            if (t->y[i] == class) {
                x[n] = (double)i;
                y[n++] = t->score[i];
            }
        mien_panel_points(p, names[class], n, x, y);
    }
    mien_panel_hline(p, m->chosen.threshold, "threshold");
    mi_free(x);
}

static void draw_confusion(const cli_model *m, mien_panel *p)
{
    static const char *const truth[] = {"other rows", "events"};
    static const char *const said[] = {"no alarm", "alarm"};
    const mien_confusion *c = &m->of_test.count;
    const double values[] = {c->tn, c->fp, c->fn, c->tp};
    mien_panel_labels(p, "Confusion matrix", "said", "true");
    mien_panel_matrix(p, 2, 2, truth, said, values);
}

static void draw_curve(mien_panel *p, const char *title, const char *x,
                       const char *y, const char *name, const mien_curve *c)
{
    mien_panel_labels(p, title, x, y);
    mien_panel_limits(p, -.02, 1.02, -.02, 1.02);
    mien_panel_line(p, name, c->n, c->x, c->y);
}

static int curves_of(const cli_model *m, mien_curve *roc, mien_curve *pr)
{
    mien_scored rows = {m->test.n, m->test.y, m->test.score, NULL};
    mien_ranking *r = NULL;
    int ok = !mien_ranking_new(&rows, &r, NULL) &&
             !mien_ranking_roc(r, 1, roc, NULL) &&
             !mien_ranking_pr(r, pr, NULL);
    mien_ranking_free(r);
    return ok;
}

static void draw(const cli_model *m, mien_figure *f, const mien_curve *roc,
                 const mien_curve *pr)
{
    char name[64];
    const double ends[] = {0, 1};
    if (m->epochs)
        draw_loss(m, mien_figure_panel(f, 0, 0));
    else
        draw_balance(m, mien_figure_panel(f, 0, 0));
    draw_thresholds(m, mien_figure_panel(f, 0, 1), pr);
    draw_scores(m, mien_figure_panel(f, 1, 0));
    draw_confusion(m, mien_figure_panel(f, 1, 1));
    snprintf(name, sizeof name, "AUC %.3f", m->of_test.auc.value);
    draw_curve(mien_figure_panel(f, 2, 0), "ROC curve", "false-alarm rate",
               "recall", name, roc);
    mien_panel_line(mien_figure_panel(f, 2, 0), "chance", 2, ends, ends);
    snprintf(name, sizeof name, "AP %.3f", m->of_test.ap.value);
    draw_curve(mien_figure_panel(f, 2, 1), "Precision and recall", "recall",
               "precision", name, pr);
}

void cli_report_pictures(const cli_model *m, mien_buffer *out)
{
    mien_curve roc = {0}, pr = {0};
    mien_figure *f = NULL;
    mien_bytes svg = {0};
    if (!mien_figure_new(3, 2, 940, 1080, &f, NULL) &&
        curves_of(m, &roc, &pr)) {
        draw(m, f, &roc, &pr);
        if (!mien_figure_render(f, MIEN_PLOT_SVG, &svg, NULL)) {
            const char *text = (const char *)svg.data;
            const char *start = memmem(text, svg.n, "<svg", 4);
            mien_buffer_puts(out, "<figure>");
            if (start)
                mien_buffer_put(out, start, svg.n - (size_t)(start - text));
            mien_buffer_puts(out, "</figure>\n");
        }
    }
    mien_bytes_free(&svg);
    mien_curve_free(&roc);
    mien_curve_free(&pr);
    mien_figure_free(f);
}
