/* page.c: the report of a study of pictures, one page of HTML. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 8 }; /* samples as pictures, besides the worst */

/* Losses of one head by epoch. */
static mien_status draw_loss(const mien_picture_study *s, int loss,
                             mien_panel *p, mien_error *err)
{
    int n = 0;
    char title[MIEN_NET_NAME + 16];
    const mien_epoch *e = mien_fit_history(s->fit, &n);
    double *x = mi_alloc((size_t)n + 1, 3 * sizeof *x);
    if (!x)
        return mi_no_memory(err);
    double *train = x + n, *valid = train + n;
    for (int i = 0; i < n; i++) {
        x[i] = e[i].epoch;
        train[i] = loss < 0 ? e[i].train.total : e[i].train.part[loss];
        valid[i] = loss < 0 ? e[i].valid.total : e[i].valid.part[loss];
    }
    snprintf(title, sizeof title, "Loss: %s",
             loss < 0
                 ? "all"
                 : mien_graph_output_name(s->net->graph, s->loss[loss].output));
    mien_panel_labels(p, title, "epoch", "loss");
    if (n > 1) {
        mien_panel_line(p, "training", n, x, train);
        mien_panel_line(p, "validation", n, x, valid);
    } else { /* one place makes no line */
        mien_panel_points(p, "training", n, x, train);
        mien_panel_points(p, "validation", n, x, valid);
    }
    if (mien_fit_best(s->fit))
        mien_panel_vline(p, mien_fit_best(s->fit), "best");
    mi_free(x);
    return MIEN_OK;
}

/* Which share of the test faces has at most an error. */
static void draw_curve(const mien_answer_verdict *a, mien_panel *p)
{
    double x[MIEN_ANSWER_CURVE], y[MIEN_ANSWER_CURVE];
    for (int i = 0; i < MIEN_ANSWER_CURVE; i++) {
        x[i] = 100 * 0.2 * i / (MIEN_ANSWER_CURVE - 1);
        y[i] = 100 * a->curve[i];
    }
    mien_panel_labels(p, "Faces by error", "error, % of the eyes' distance",
                      "% of the faces");
    mien_panel_limits(p, 0, 20, 0, 100);
    mien_panel_line(p, a->name, MIEN_ANSWER_CURVE, x, y);
    mien_panel_vline(p, 10, "failure");
}

mien_status mi_draw_confusion(const mien_answer_verdict *a, const char *part,
                              mien_panel *p, mien_error *err)
{
    char title[MIEN_NET_NAME + 32];
    size_t k = (size_t)a->classes;
    double *share = mi_alloc(k * k, sizeof *share);
    if (!share)
        return mi_no_memory(err);
    for (size_t i = 0; i < k * k; i++) {
        double row = a->each[i / k].support;
        share[i] = row > 0 ? a->matrix[i] / row : 0;
    }
    snprintf(title, sizeof title, "%s: %s", part, a->name);
    mien_panel_labels(p, title, "found", "told");
    mien_panel_matrix(p, a->classes, a->classes,
                      (const char *const *)a->class_name,
                      (const char *const *)a->class_name, share);
    mi_free(share);
    return MIEN_OK;
}

/* One figure on the page. */
static mien_status put_figure(mien_buffer *out, mien_status st, mien_figure *f,
                              mien_error *err)
{
    if (!st)
        st = mien_page_figure(out, f, err);
    mien_figure_free(f);
    return st;
}

static mien_status put_losses(const mien_picture_study *s, mien_buffer *out,
                              mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = s->losses > 1 ? -1 : 0; i < s->losses && !st; i++) {
        mien_figure *f = NULL;
        st = mien_figure_new(1, 1, 360, 250, &f, err);
        if (!st)
            st = draw_loss(s, i, mien_figure_panel(f, 0, 0), err);
        st = put_figure(out, st, f, err);
    }
    return st;
}

/* A figure of each answer on the test part. */
static mien_status put_answers(const mien_picture_study *s, mien_buffer *out,
                               mien_error *err)
{
    const mien_picture_verdict *v = &s->verdict[1];
    mien_status st = MIEN_OK;
    for (int i = 0; i < v->answers && !st; i++) {
        const mien_answer_verdict *a = &v->answer[i];
        mien_figure *f = NULL;
        if ((a->kind != MIEN_ANSWER_POINTS && a->kind != MIEN_ANSWER_CLASSES) ||
            (a->kind == MIEN_ANSWER_CLASSES && a->classes > MI_DRAWN_CLASSES))
            continue;
        st = mien_figure_new(1, 1, 360, 300, &f, err);
        if (!st && a->kind == MIEN_ANSWER_POINTS)
            draw_curve(a, mien_figure_panel(f, 0, 0));
        else if (!st)
            st = mi_draw_confusion(a, "Test", mien_figure_panel(f, 0, 0), err);
        st = put_figure(out, st, f, err);
    }
    return st;
}

/* A row of a table: the name of a figure, and it for each group that has
 * samples. */
static void put_row(const mien_answer_verdict *a, int which, mien_buffer *out)
{
    static const char *const name[] = {": MSE, px<sup>2</sup>", ": NME, %",
                                       ": failures, %", ": accuracy, %"};
    int classes = a->kind == MIEN_ANSWER_CLASSES;
    mien_buffer_puts(out, "<tr><td>");
    mien_page_text(out, a->name);
    mien_buffer_printf(out, "%s</td>", name[classes ? 3 : which]);
    for (int g = 0; g < a->groups; g++) {
        const mien_point_summary *p = &a->group[g];
        const double points[] = {p->square, 100 * p->eyes, 100 * p->failures};
        if (a->group_n[g])
            mien_buffer_printf(out, "<td>%.2f</td>",
                               classes ? 100 * a->group_accuracy[g]
                                       : points[which]);
    }
    mien_buffer_puts(out, "</tr>\n");
}

/* Errors of all answers by the classes of a task, as a table; what was in no
 * sample is left out. */
static void put_groups(const mien_picture_verdict *v, mien_buffer *out)
{
    const mien_answer_verdict *first = v->answer;
    if (!v->answers || !first->groups)
        return;
    mien_buffer_puts(out, "<h2>Test samples by group</h2>\n"
                          "<div class=\"wide\"><table><tr><th></th>");
    for (int g = 0; g < first->groups; g++)
        if (first->group_n[g]) {
            mien_buffer_puts(out, "<th>");
            mien_page_text(out, first->group_name[g]);
            mien_buffer_puts(out, "</th>");
        }
    mien_buffer_puts(out, "</tr>\n<tr><td>samples</td>");
    for (int g = 0; g < first->groups; g++)
        if (first->group_n[g])
            mien_buffer_printf(out, "<td>%lld</td>",
                               (long long)first->group_n[g]);
    mien_buffer_puts(out, "</tr>\n");
    for (int i = 0; i < v->answers; i++) {
        const mien_answer_verdict *a = &v->answer[i];
        int rows = a->kind == MIEN_ANSWER_POINTS    ? 3
                   : a->kind == MIEN_ANSWER_CLASSES ? 1
                                                    : 0;
        for (int which = 0; which < rows; which++)
            put_row(a, which, out);
    }
    mien_buffer_puts(out, "</table></div>\n");
}

/* A figure of an answer, on both parts. */
static void put_value(const char *answer, const char *name, double valid,
                      double test, mien_buffer *out)
{
    if (!isfinite(valid) && !isfinite(test))
        return;
    mien_buffer_puts(out, "<tr><td>");
    mien_page_text(out, answer);
    mien_buffer_printf(out, ": %s</td><td>%.4g</td><td>%.4g</td></tr>\n", name,
                       valid, test);
}

/* What is said first of an answer, on both parts. */
static void put_values(const mien_answer_verdict *v,
                       const mien_answer_verdict *t, mien_buffer *out)
{
    const char *a = t->name;
    if (t->kind == MIEN_ANSWER_POINTS) {
        put_value(a, "MSE, px<sup>2</sup>", v->points.square, t->points.square,
                  out);
        put_value(a, "NME, % of the eyes' distance", 100 * v->points.eyes,
                  100 * t->points.eyes, out);
        put_value(a, "failures above 10 %, %", 100 * v->points.failures,
                  100 * t->points.failures, out);
    } else if (t->kind == MIEN_ANSWER_CLASSES) {
        put_value(a, "accuracy, %", 100 * v->rates.accuracy,
                  100 * t->rates.accuracy, out);
        put_value(a, "balanced accuracy, %", 100 * v->rates.balanced_accuracy,
                  100 * t->rates.balanced_accuracy, out);
    } else if (t->kind == MIEN_ANSWER_NUMBER) {
        put_value(a, "mean error", v->absolute, t->absolute, out);
    } else if (t->kind == MIEN_ANSWER_PICTURE) {
        put_value(a, "PSNR, dB", v->psnr, t->psnr, out);
        put_value(a, "SSIM", v->ssim, t->ssim, out);
    } else {
        put_value(a, "bits a sample", v->bits, t->bits, out);
    }
}

/* The first figures as a table, the validation part beside the test part. */
static void put_first(const mien_picture_study *s, mien_buffer *out)
{
    const mien_picture_verdict *v = &s->verdict[0], *t = &s->verdict[1];
    mien_buffer_printf(out,
                       "<table><tr><th></th><th>validation</th><th>test</th>"
                       "</tr>\n<tr><td>samples</td><td>%lld</td><td>%lld</td>"
                       "</tr>\n",
                       (long long)v->n, (long long)t->n);
    for (int i = 0; i < t->answers; i++)
        for (int k = 0; k < v->answers; k++)
            if (strcmp(v->answer[k].name, t->answer[i].name) == 0)
                put_values(&v->answer[k], &t->answer[i], out);
    const int *components = s->baseline.components;
    for (int i = 0; i < MIEN_BASELINES && s->baseline.judged; i++)
        if (!i || components[i] != components[i - 1])
            mien_buffer_printf(out,
                               "<tr><td>PSNR of %d principal components, "
                               "dB</td><td></td><td>%.4g</td></tr>\n",
                               components[i], s->baseline.psnr[i]);
    mien_buffer_puts(out, "</table>\n");
}

/* Test samples as pictures: some at equal distances, and the worst. */
static mien_status put_samples(const mien_picture_study *s, mien_buffer *out,
                               mien_error *err)
{
    const mien_picture_verdict *v = &s->verdict[1];
    const mi_rows *r = &s->part[2];
    int64_t row[SHOWN];
    int n = r->n < SHOWN ? (int)r->n : SHOWN;
    for (int i = 0; i < n; i++)
        row[i] = r->row[i * r->n / n];
    mien_status st = mi_gallery(s, "Test samples", row, n, out, err);
    return st ? st
              : mi_gallery(s, "Test samples with the largest errors", v->worst,
                           v->worst_n, out, err);
}

static void put_lines(mien_buffer *out, const char *heading, mien_buffer *lines)
{
    mien_page_lines(out, heading, lines->data, lines->n);
    out->failed |= lines->failed;
    mien_buffer_free(lines);
}

mien_status mien_picture_study_page(const mien_picture_study *s,
                                    mien_buffer *out, mien_error *err)
{
    mien_buffer lines = {0};
    const char *name = s->net->name[0] ? s->net->name : "network";
    mien_page_begin(out, name, name);
    put_first(s, out);
    mien_buffer_puts(out, "<div class=\"pair\">\n");
    mien_status st = put_losses(s, out, err);
    if (!st)
        st = put_answers(s, out, err);
    mien_buffer_puts(out, "</div>\n");
    put_groups(&s->verdict[1], out);
    if (!st)
        st = put_samples(s, out, err);
    if (st)
        return st;
    mien_picture_study_text(s, &lines);
    put_lines(out, "Data, settings, figures", &lines);
    mien_page_end(out);
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}
