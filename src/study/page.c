/* page.c: the report of a study, one page of HTML: figures of both parts, loss
 * or classes, precision and recall by threshold, scores, confusion matrix,
 * curves of the test part; then all that was said. */
#include "study/study.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* One of the six panels of the test part. */
static mien_status draw_panel(const mien_study *s, int which,
                              const mien_curve *roc, const mien_curve *pr,
                              mien_panel *p, mien_error *err)
{
    mien_scored rows = mien_study_scored(s, MIEN_PART_TEST);
    const mien_verdict *v = mien_study_verdict(s, MIEN_PART_TEST);
    char name[2][MIEN_LABEL_MAX_NAME + MIEN_TABLE_MAX_NAME + 4];
    const char *const classes[] = {name[0], name[1]};
    int n = 0, network = s->fit != NULL;
    int brief = strlen(s->o.recipe.label) > 16; /* no room for both */
    for (int k = 0; k < 2; k++)
        snprintf(name[k], sizeof name[k], "%s%s%.20s",
                 brief ? "" : s->o.recipe.label, brief ? "" : " ",
                 s->classes.name[k]);
    switch (which) {
    case 0:
        if (network) {
            const mien_epoch *e = mien_fit_history(s->fit, &n);
            return mien_panel_loss(p, n, e, mien_fit_best(s->fit), err);
        }
        mien_panel_classes(p, &v->count, classes);
        return MIEN_OK;
    case 1: /* errors of reconstruction span several powers of ten */
        mien_panel_thresholds(p, pr, s->threshold, network);
        return MIEN_OK;
    case 2:
        return mien_panel_scores(p, &rows, classes, s->threshold, network, err);
    case 3: mien_panel_confusion(p, &v->count, classes); return MIEN_OK;
    case 4: mien_panel_roc(p, roc, v->auc.value); return MIEN_OK;
    default: mien_panel_pr(p, pr, v->ap.value); return MIEN_OK;
    }
}

/* The drawings, side by side or, on a narrow screen, below each other. */
static mien_status put_figures(const mien_study *s, mien_buffer *out,
                               mien_error *err)
{
    mien_curve roc = {0}, pr = {0};
    mien_status st = curves_of(s, &roc, &pr, err);
    for (int i = 0; !st && i < 6; i++) {
        mien_figure *f = NULL;
        st = mien_figure_new(1, 1, 470, 360, &f, err);
        if (!st)
            st = draw_panel(s, i, &roc, &pr, mien_figure_panel(f, 0, 0), err);
        if (!st)
            st = mien_page_figure(out, f, err);
        mien_figure_free(f);
    }
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
    mien_status st = put_figures(s, out, err);
    if (st)
        return st;
    mi_study_describe(s, mi_study_table_name(s), &lines);
    put_lines(out, "Data", &lines);
    mien_buffer_put(&lines, s->settings.data, s->settings.n);
    mien_buffer_printf(&lines,
                       "threshold %.9g, chosen on the validation part\n",
                       s->threshold);
    put_lines(out, "Settings", &lines);
    for (int i = 0; i < 2; i++)
        mien_verdict_text(&both[i], names[i], 1, &lines);
    put_lines(out, "Figures in full", &lines);
    mien_groupings_text(&s->groups, &lines);
    if (s->groups.n)
        put_lines(out, "Groups of the test part", &lines);
    mien_page_end(out);
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}
