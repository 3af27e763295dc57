/* page.c: the report of a study, one page of HTML: figures of both parts, loss
 * or classes, precision and recall by threshold, scores, confusion matrix,
 * curves of the test part; then all that was said. */
#include "study/study.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>

/* The curves of the test part; thresholds of pr are brought to scores. */
static mien_status curves_of(const mien_study *s, mien_curve *roc,
                             mien_curve *pr, mien_error *err)
{
    mien_scored rows = mien_study_decided(s, MIEN_PART_TEST);
    mien_ranking *r = NULL;
    mien_status st = mien_ranking_new(&rows, &r, err);
    if (!st)
        st = mien_ranking_roc(r, 1, roc, err);
    if (!st)
        st = mien_ranking_pr(r, pr, err);
    for (int64_t i = 0; !st && !s->fit && i < pr->n; i++)
        pr->threshold[i] = 1 / (1 + exp(-pr->threshold[i]));
    mien_ranking_free(r);
    return st;
}

/* Six panels of the test part. */
static mien_status draw(const mien_study *s, const mien_curve *roc,
                        const mien_curve *pr, mien_figure *f, mien_error *err)
{
    mien_scored rows = mien_study_scored(s, MIEN_PART_TEST);
    const mien_verdict *v = mien_study_verdict(s, MIEN_PART_TEST);
    int n = 0, network = s->fit != NULL;
    mien_status st = MIEN_OK;
    if (network) {
        const mien_epoch *e = mien_fit_history(s->fit, &n);
        st = mien_panel_loss(mien_figure_panel(f, 0, 0), n, e,
                             mien_fit_best(s->fit), err);
    } else {
        mien_panel_classes(mien_figure_panel(f, 0, 0), &v->count);
    }
    /* Errors of reconstruction span several powers of ten. */
    mien_panel_thresholds(mien_figure_panel(f, 0, 1), pr, s->threshold,
                          network);
    if (!st)
        st = mien_panel_scores(mien_figure_panel(f, 1, 0), &rows, s->threshold,
                               network, err);
    mien_panel_confusion(mien_figure_panel(f, 1, 1), &v->count);
    mien_panel_roc(mien_figure_panel(f, 2, 0), roc, v->auc.value);
    mien_panel_pr(mien_figure_panel(f, 2, 1), pr, v->ap.value);
    return st;
}

/* The drawing, put into the page. */
static mien_status put_figure(const mien_study *s, mien_buffer *out,
                              mien_error *err)
{
    mien_curve roc = {0}, pr = {0};
    mien_figure *f = NULL;
    mien_status st = curves_of(s, &roc, &pr, err);
    if (!st)
        st = mien_figure_new(3, 2, 940, 1080, &f, err);
    if (!st)
        st = draw(s, &roc, &pr, f, err);
    if (!st)
        st = mien_page_figure(out, f, err);
    mien_figure_free(f);
    mien_curve_free(&roc);
    mien_curve_free(&pr);
    return st;
}

static void put_lines(mien_buffer *out, const char *heading, mien_buffer *lines)
{
    mien_page_lines(out, heading, lines->data, lines->n);
    out->failed |= lines->failed;
    mien_buffer_free(lines);
}

mien_status mien_study_page(const mien_study *s, mien_buffer *out,
                            mien_error *err)
{
    static const char *const names[] = {"validation", "test"};
    const mien_verdict both[] = {s->part[0].verdict, s->part[1].verdict};
    mien_buffer lines = {0};
    char heading[MIEN_TABLE_MAX_NAME + 64];
    snprintf(heading, sizeof heading, "%s: %s", mi_study_title(s),
             s->o.recipe.label);
    mien_page_begin(out, mi_study_title(s), heading);
    mien_page_verdicts(out, 2, names, both);
    mien_page_balance(out, &both[1]);
    mien_status st = put_figure(s, out, err);
    if (st)
        return st;
    mien_study_describe(s, &lines);
    put_lines(out, "Data", &lines);
    mien_buffer_put(&lines, s->settings.data, s->settings.n);
    mien_buffer_printf(&lines,
                       "threshold %.9g, chosen on the validation part\n",
                       s->threshold);
    put_lines(out, "Settings", &lines);
    for (int i = 0; i < 2; i++)
        mien_verdict_text(&both[i], names[i], 1, &lines);
    put_lines(out, "Figures in full", &lines);
    mien_page_end(out);
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}
