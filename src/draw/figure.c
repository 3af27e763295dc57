/* figure.c: curves of cascades, and smiles over time. */
#include "mien/draw.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

enum { PANELS = 6 };

mien_status mien_roc_figure(int n, const char *const *names,
                            const mien_roc *roc, mien_figure **out,
                            mien_error *err)
{
    static const double wrong[] = {10, 31, 65, 167};
    static const double paper[] = {0.761, 0.884, 0.920, 0.939};
    mien_figure *f = NULL;
    mien_status st = mien_figure_new(1, 1, 640, 480, &f, err);
    if (st != MIEN_OK)
        return st;
    mien_panel *p = mien_figure_panel(f, 0, 0);
    for (int i = 0; i < n; i++) {
        double x[MIEN_ROC_WRONG + 1], y[MIEN_ROC_WRONG + 1];
        for (int k = 0; k <= MIEN_ROC_WRONG; k++) {
            x[k] = k;
            y[k] =
                roc[i].objects ? (double)roc[i].found[k] / roc[i].objects : 0;
        }
        mien_panel_steps(p, names[i], MIEN_ROC_WRONG + 1, x, y);
    }
    mien_panel_points(p, "Viola and Jones 2004 (MIT+CMU)", 4, wrong, paper);
    mien_panel_labels(p, "Detections against false positives",
                      "false positives", "share of the objects found");
    mien_panel_limits(p, 0, MIEN_ROC_WRONG, 0, 1.02);
    *out = f;
    return MIEN_OK;
}

/* The stories seen longest, in the order they began; how many. */
static int longest(const mien_story *s, int n, int which[PANELS])
{
    int chosen = 0;
    for (int i = 0; i < n; i++) {
        int longer = 0;
        for (int k = 0; k < n; k++)
            longer += s[k].frames > s[i].frames ||
                      (s[k].frames == s[i].frames && k < i);
        if (longer < PANELS)
            which[chosen++] = i;
    }
    return chosen;
}

/* The votes of one face. */
static mien_status draw_face(const mien_smiles *s, int64_t id, mien_panel *p,
                             mien_error *err)
{
    int all, n = 0, smiles = 0;
    const mien_smile_vote *v = mien_smiles_votes(s, &all);
    double *x = mi_alloc((size_t)all + 1, 3 * sizeof *x);
    if (!x)
        return mi_no_memory(err);
    double *votes = x + all, *on = votes + all;
    for (int i = 0; i < all; i++) {
        if (v[i].id != id)
            continue;
        x[n] = v[i].seconds;
        votes[n] = (double)v[i].votes;
        smiles += v[i].smiling;
        on[n++] = v[i].smiling ? 1 : (double)NAN;
    }
    char title[48];
    snprintf(title, sizeof title, "face %lld", (long long)id);
    mien_panel_labels(p, title, "seconds", "votes");
    mien_panel_line(p, "votes for a smile", n, x, votes);
    if (smiles)
        mien_panel_steps(p, "smiles", n, x, on);
    mi_free(x);
    return MIEN_OK;
}

mien_status mien_smiles_figure(const mien_smiles *s, float begin, float end,
                               mien_figure **out, mien_error *err)
{
    int which[PANELS], all, votes;
    const mien_story *story =
        mien_history_stories(mien_smiles_history(s), &all);
    const mien_smile_vote *v = mien_smiles_votes(s, &votes);
    int n = longest(story, all, which);
    assert(n > 0);
    double last = v[votes - 1].seconds;
    mien_figure *f = NULL;
    mien_status st = mien_figure_new(n, 1, 800, 60 + 200 * n, &f, err);
    char title[64];
    snprintf(title, sizeof title, "the %d faces seen longest of %d", n, all);
    if (st == MIEN_OK && n < all)
        mien_figure_title(f, title);
    for (int i = 0; st == MIEN_OK && i < n; i++) {
        mien_panel *p = mien_figure_panel(f, i, 0);
        st = draw_face(s, story[which[i]].id, p, err);
        mien_panel_hline(p, (double)begin, "begin");
        mien_panel_hline(p, (double)end, "end");
        mien_panel_limits(p, 0, last > 0 ? last : 1, -1.1, 1.2);
    }
    if (st == MIEN_OK)
        *out = f;
    else
        mien_figure_free(f);
    return st;
}
