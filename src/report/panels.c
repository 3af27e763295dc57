/* panels.c: the usual figures of a judged model, each in a panel. */
#include "mien/report.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdio.h>

mien_status mien_panel_loss(mien_panel *p, int n, const mien_epoch *epoch,
                            int best, mien_error *err)
{
    double *x = mi_alloc((size_t)n + 1, 3 * sizeof *x);
    if (!x)
        return mi_no_memory(err);
    double *train = x + n, *valid = train + n;
    for (int i = 0; i < n; i++) {
        x[i] = epoch[i].epoch;
        train[i] = epoch[i].train.total;
        valid[i] = epoch[i].valid.total;
    }
    mien_panel_labels(p, "Loss", "epoch", "mean squared error");
    mien_panel_line(p, "training", n, x, train);
    mien_panel_line(p, "validation", n, x, valid);
    mien_panel_vline(p, best, "best");
    mi_free(x);
    return MIEN_OK;
}

void mien_panel_classes(mien_panel *p, const mien_confusion *c,
                        const char *const classes[2])
{
    const double heights[] = {c->tn + c->fp, c->tp + c->fn};
    mien_panel_labels(p, "Classes of the test part", "", "rows");
    mien_panel_bars(p, 2, classes, heights);
}

void mien_panel_thresholds(mien_panel *p, const mien_curve *pr, double chosen,
                           int logarithmic)
{
    mien_panel_labels(p, "Precision and recall by threshold", "threshold", "");
    mien_panel_limits(p, (double)NAN, (double)NAN, 0, 1.02);
    mien_panel_log(p, logarithmic, 0);
    /* The curve's last point has no threshold. */
    mien_panel_line(p, "precision", pr->n - 1, pr->threshold, pr->y);
    mien_panel_line(p, "recall", pr->n - 1, pr->threshold, pr->x);
    mien_panel_vline(p, chosen, "chosen");
}

mien_status mien_panel_scores(mien_panel *p, const mien_scored *rows,
                              const char *const classes[2], double threshold,
                              int logarithmic, mien_error *err)
{
    double *x = mi_alloc((size_t)rows->n + 1, 2 * sizeof *x);
    if (!x)
        return mi_no_memory(err);
    double *y = x + rows->n;
    mien_panel_labels(p, "Scores by class", "row of the test part", "score");
    mien_panel_log(p, 0, logarithmic);
    for (int c = 0; c < 2; c++) {
        int64_t n = 0;
        for (int64_t i = 0; i < rows->n; i++)
            if (rows->y[i] == c) {
                x[n] = (double)i;
                y[n++] = rows->score[i];
            }
        mien_panel_points(p, classes[c], n, x, y);
    }
    mien_panel_hline(p, threshold, "threshold");
    mi_free(x);
    return MIEN_OK;
}

void mien_panel_confusion(mien_panel *p, const mien_confusion *c,
                          const char *const classes[2])
{
    static const char *const said[] = {"no alarm", "alarm"};
    const double values[] = {c->tn, c->fp, c->fn, c->tp};
    mien_panel_labels(p, "Confusion matrix", "said", "true");
    mien_panel_matrix(p, 2, 2, classes, said, values);
}

void mien_panel_roc(mien_panel *p, const mien_curve *roc, double auc)
{
    static const double ends[] = {0, 1};
    char name[32];
    snprintf(name, sizeof name, "AUC %.3f", auc);
    mien_panel_labels(p, "ROC curve", "false-alarm rate", "recall");
    mien_panel_limits(p, -.02, 1.02, -.02, 1.02);
    mien_panel_line(p, name, roc->n, roc->x, roc->y);
    mien_panel_line(p, "chance", 2, ends, ends);
}

void mien_panel_pr(mien_panel *p, const mien_curve *pr, double ap)
{
    char name[32];
    snprintf(name, sizeof name, "AP %.3f", ap);
    mien_panel_labels(p, "Precision and recall", "recall", "precision");
    mien_panel_limits(p, -.02, 1.02, -.02, 1.02);
    mien_panel_line(p, name, pr->n, pr->x, pr->y);
}
