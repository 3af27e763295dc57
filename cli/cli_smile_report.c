/* cli_smile_report.c: smiles of a whole video, as a table and a picture. */
#include "cli/cli_smile.h"

#include "base/alloc.h"
#include "cli/cli_figure.h"

#include <math.h>
#include <stdio.h>

enum { PANELS = 6 };

/* The smiles of one id as lines of text; how many. */
static int print_id(const cli_smiles *s, const cli_story *story,
                    mien_buffer *out)
{
    int smiles = 0, on = 0;
    double begin = 0, last = story->begin;
    for (int i = 0; i < s->n_votes; i++) {
        const cli_vote *v = &s->vote[i];
        if (v->id != story->id)
            continue;
        if (v->smiling && !on) {
            begin = v->seconds;
            smiles++;
        }
        if (!v->smiling && on)
            mien_buffer_printf(out, "%6lld  %7.2fs  %7.2fs  %6.2f s\n",
                               (long long)v->id, begin, v->seconds,
                               v->seconds - begin);
        on = v->smiling;
        last = v->seconds;
    }
    if (on)
        mien_buffer_printf(out, "%6lld  %7.2fs  %7.2fs  %6.2f s\n",
                           (long long)story->id, begin, last, last - begin);
    return smiles;
}

int cli_smiles_print(const cli_smiles *s)
{
    mien_buffer out = {0};
    int smiles = 0;
    mien_buffer_puts(&out, "    id     smile    until  length\n");
    for (int i = 0; i < s->all.n; i++)
        smiles += print_id(s, &s->all.story[i], &out);
    if (!smiles)
        mien_buffer_printf(
            &out,
            "no smile was seen; fewer windows that must agree see more, "
            "and more mistakes: --smile %s,%g,%d\n",
            s->smiles.name, s->smiles.o.scale, (s->smiles.o.neighbors + 1) / 2);
    mien_buffer_puts(&out, "\n    id      from       to  frames  smiling\n");
    for (int i = 0; i < s->all.n; i++) {
        const cli_story *k = &s->all.story[i];
        int64_t on = 0;
        for (int j = 0; j < s->n_votes; j++)
            on += s->vote[j].id == k->id && s->vote[j].smiling;
        mien_buffer_printf(&out, "%6lld  %7.2fs  %7.2fs  %6lld  %5.1f %%\n",
                           (long long)k->id, k->begin, k->end,
                           (long long)k->frames,
                           100. * (double)on / (double)k->frames);
    }
    if (!s->all.n)
        mien_buffer_puts(&out, "no face was found\n");
    return cli_emit(&out);
}

/* The ids seen longest, in the order of their ids; how many. */
static int longest(const cli_smiles *s, int *which)
{
    int n = 0;
    for (int i = 0; i < s->all.n; i++) {
        int longer = 0;
        for (int j = 0; j < s->all.n; j++) {
            int64_t a = s->all.story[j].frames, b = s->all.story[i].frames;
            longer += a > b || (a == b && j < i);
        }
        if (longer < PANELS)
            which[n++] = i;
    }
    return n;
}

static mien_status draw_id(const cli_smiles *s, int64_t id, mien_panel *p)
{
    double *x = mi_alloc((size_t)s->n_votes + 1, 3 * sizeof *x);
    if (!x)
        return MIEN_ENOMEM;
    double *votes = x + s->n_votes, *on = votes + s->n_votes;
    int n = 0, smiles = 0;
    for (int i = 0; i < s->n_votes; i++) {
        const cli_vote *v = &s->vote[i];
        if (v->id != id)
            continue;
        x[n] = v->seconds;
        votes[n] = (double)v->votes;
        smiles += v->smiling;
        on[n++] = v->smiling ? 1 : (double)NAN;
    }
    char title[48];
    snprintf(title, sizeof title, "face %lld", (long long)id);
    mien_panel_labels(p, title, "seconds", "votes");
    mien_panel_line(p, "votes for a smile", n, x, votes);
    if (smiles)
        mien_panel_steps(p, "smiles", n, x, on);
    mien_panel_hline(p, (double)s->begin, "begin");
    mien_panel_hline(p, (double)s->end, "end");
    double end = s->vote[s->n_votes - 1].seconds;
    mien_panel_limits(p, 0, end > 0 ? end : 1, -1.1, 1.2);
    mi_free(x);
    return MIEN_OK;
}

int cli_smiles_plot(const cli_smiles *s, const char *path)
{
    int which[PANELS], n = longest(s, which);
    mien_figure *f = NULL;
    mien_error err = {0};
    if (!n) {
        cli_error("no face was found: %s is not written", path);
        return 1;
    }
    mien_status st = mien_figure_new(n, 1, 800, 60 + 200 * n, &f, &err);
    char title[64];
    snprintf(title, sizeof title, "the %d faces seen longest of %d", n,
             s->all.n);
    if (st == MIEN_OK && n < s->all.n)
        mien_figure_title(f, title);
    for (int i = 0; st == MIEN_OK && i < n; i++)
        st = draw_id(s, s->all.story[which[i]].id, mien_figure_panel(f, i, 0));
    int good = st == MIEN_OK && cli_figure_save(f, path);
    if (st != MIEN_OK)
        cli_error("%s: %s", path, *err.text ? err.text : "out of memory");
    mien_figure_free(f);
    return good;
}
