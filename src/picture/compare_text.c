/* compare_text.c: a comparison as a table, JSON and a page. */
#include "base/error.h"
#include "mien/file.h"
#include "mien/picture_compare.h"
#include "mien/report.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 3 }; /* measures that are drawn */

/* "12.34 +- 0.56", or "-". */
static void put_spread(const mien_picture_spread *s, char text[32])
{
    if (!s->n)
        snprintf(text, 32, "-");
    else if (s->n < 2)
        snprintf(text, 32, "%.2f", s->mean);
    else
        snprintf(text, 32, "%.2f +- %.2f", s->mean, s->spread);
}

/* Whether a measure was taken at all. */
static int is_known(const mien_picture_comparison *c, int measure)
{
    int n = 0;
    for (int i = 0; i < c->variants; i++)
        n += mien_picture_comparison_spread(c, i, measure).n;
    return n > 0;
}

/* What the interval of a difference of errors says. */
static const char *meaning(const mien_picture_paired *d)
{
    if (!(d->n > 1))
        return "one seed tells nothing";
    return d->high < 0 ? "helps" : d->low > 0 ? "harms" : "no difference shown";
}

/* Differences from the last variant, a line a variant and measure of the
 * points. */
static void put_differences(const mien_picture_comparison *c, mien_buffer *out)
{
    int last = c->variants - 1;
    mien_buffer_printf(out,
                       "more than '%s', seed by seed; 95 %% interval of the "
                       "mean by Student's t\n",
                       c->name[last]);
    for (int i = 0; i < last; i++)
        for (int m = 0; m < POINTS; m++) {
            mien_picture_paired d = mien_picture_comparison_paired(c, i, m);
            if (!d.n)
                continue;
            mien_buffer_printf(out, "%-24s %-11s %+8.3f", c->name[i],
                               c->measure[m], d.mean);
            if (d.n > 1)
                mien_buffer_printf(out, "  %+8.3f to %+8.3f", d.low, d.high);
            mien_buffer_printf(out, "  lower in %d of %d: %s\n", d.lower, d.n,
                               meaning(&d));
        }
}

/* Whether a seed has had all variants. */
static int are_paired(const mien_picture_comparison *c)
{
    return c->variants > 1 && c->trials >= c->variants;
}

void mien_picture_comparison_text(const mien_picture_comparison *c,
                                  mien_buffer *out)
{
    mien_buffer_printf(out,
                       "%d of %d trials, %lld test samples, mean +- standard "
                       "deviation over the seeds; accuracy in %%\n%-24s",
                       c->trials, c->variants * c->seeds, (long long)c->test,
                       "learned beside the points");
    for (int m = 0; m < c->measures; m++)
        if (is_known(c, m))
            mien_buffer_printf(out, " %16s", c->measure[m]);
    mien_buffer_puts(out, "\n");
    for (int i = 0; i < c->variants; i++) {
        mien_buffer_printf(out, "%-25s", c->name[i]);
        for (int m = 0; m < c->measures; m++) {
            mien_picture_spread s = mien_picture_comparison_spread(c, i, m);
            char text[32];
            put_spread(&s, text);
            if (is_known(c, m))
                mien_buffer_printf(out, " %16s", text);
        }
        mien_buffer_puts(out, "\n");
    }
    if (are_paired(c))
        put_differences(c, out);
}

/* A number, or null where nothing was measured. */
static void json_measure(mien_json *j, const char *key, double v)
{
    if (isfinite(v))
        mien_json_real(j, key, v, 0);
    else
        mien_json_null(j, key);
}

/* What a variant's measures are more than those of the last one. */
static void json_differences(const mien_picture_comparison *c, int variant,
                             mien_json *j)
{
    mien_json_object(j, "more_than_last_variant");
    for (int m = 0; m < c->measures; m++) {
        mien_picture_paired d = mien_picture_comparison_paired(c, variant, m);
        if (!d.n)
            continue;
        mien_json_object(j, c->measure[m]);
        mien_json_int(j, "seeds", d.n);
        mien_json_int(j, "lower", d.lower);
        json_measure(j, "mean", d.mean);
        json_measure(j, "spread", d.spread);
        json_measure(j, "low95", d.low);
        json_measure(j, "high95", d.high);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* Every trial of a variant. */
static void json_trials(const mien_picture_comparison *c, int variant,
                        mien_json *j)
{
    mien_json_array(j, "trials");
    for (int i = 0; i < c->trials; i++) {
        const mien_picture_trial *t = &c->trial[i];
        if (t->variant != variant)
            continue;
        mien_json_object(j, NULL);
        mien_json_int(j, "seed", t->seed);
        mien_json_int(j, "epochs", t->epochs);
        mien_json_real(j, "seconds", t->seconds, 0);
        for (int m = 0; m < c->measures; m++)
            if (is_known(c, m))
                json_measure(j, c->measure[m], t->measure[m]);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mien_picture_comparison_json(const mien_picture_comparison *c,
                                  mien_buffer *out)
{
    mien_json j = mien_json_on(out, 2);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/picture-compare/1");
    mien_json_int(&j, "seeds", c->seeds);
    mien_json_int(&j, "test_samples", c->test);
    mien_json_array(&j, "variants");
    for (int i = 0; i < c->variants; i++) {
        mien_json_object(&j, NULL);
        mien_json_text(&j, "name", c->name[i]);
        for (int m = 0; m < c->measures; m++) {
            mien_picture_spread s = mien_picture_comparison_spread(c, i, m);
            if (!s.n)
                continue;
            mien_json_object(&j, c->measure[m]);
            json_measure(&j, "mean", s.mean);
            json_measure(&j, "spread", s.spread);
            mien_json_close(&j);
        }
        if (i < c->variants - 1)
            json_differences(c, i, &j);
        json_trials(c, i, &j);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

/* Numbers of variants below a panel, as the table has them. */
static void number_variants(const mien_picture_comparison *c, mien_panel *p)
{
    double at[MIEN_COMPARE_VARIANTS];
    char text[MIEN_COMPARE_VARIANTS][12];
    const char *name[MIEN_COMPARE_VARIANTS];
    for (int i = 0; i < c->variants; i++) {
        snprintf(text[i], sizeof text[i], "%d", i + 1);
        at[i] = i;
        name[i] = text[i];
    }
    mien_panel_limits(p, -0.5, c->variants - 0.5, (double)NAN, (double)NAN);
    mien_panel_ticks(p, c->variants, at, name);
}

/* A dot a trial: its measure, or what it is more than that of the last variant
 * of the same seed. */
static void draw_trials(const mien_picture_comparison *c, int measure,
                        int differs, mien_panel *p)
{
    double x[MIEN_COMPARE_VARIANTS * MIEN_COMPARE_SEEDS];
    double y[MIEN_COMPARE_VARIANTS * MIEN_COMPARE_SEEDS];
    int n = 0, last = c->variants - 1;
    for (int t = 0; t < c->trials; t++) {
        int with = t - t % c->variants + last;
        if (differs && with >= c->trials)
            continue;
        double less = differs ? c->trial[with].measure[measure] : 0;
        x[n] = c->trial[t].variant;
        y[n] = c->trial[t].measure[measure] - less;
        n += isfinite(y[n]) != 0;
    }
    mien_panel_points(p, NULL, n, x, y);
}

/* Lines from the mean less to the mean more the spread, and the trials. */
static void draw_measure(const mien_picture_comparison *c, int measure,
                         mien_panel *p)
{
    mien_panel_labels(p, "A dot a seed, a line one deviation", "variant",
                      c->measure[measure]);
    for (int i = 0; i < c->variants; i++) {
        mien_picture_spread s = mien_picture_comparison_spread(c, i, measure);
        double x[2] = {i, i}, y[2] = {s.mean - s.spread, s.mean + s.spread};
        if (s.n > 1)
            mien_panel_line(p, NULL, 2, x, y);
    }
    draw_trials(c, measure, 0, p);
    number_variants(c, p);
}

/* What each trial is more than the last variant, and a line at nothing. */
static void draw_differences(const mien_picture_comparison *c, int measure,
                             mien_panel *p)
{
    double x[2] = {-0.5, c->variants - 0.5}, zero[2] = {0, 0};
    mien_panel_labels(p, "More than the last, a dot a seed", "variant",
                      c->measure[measure]);
    mien_panel_line(p, NULL, 2, x, zero);
    draw_trials(c, measure, 1, p);
    number_variants(c, p);
}

/* Both figures of a measure, side by side where there is room. */
static mien_status page_measure(const mien_picture_comparison *c, int measure,
                                mien_buffer *out, mien_error *err)
{
    void (*const draw[])(const mien_picture_comparison *, int,
                         mien_panel *) = {draw_measure, draw_differences};
    mien_status st = MIEN_OK;
    mien_buffer_puts(out, "<div class=\"pair\">\n");
    for (int i = 0; i < 2 && !st; i++) {
        mien_figure *f = NULL;
        st = mien_figure_new(1, 1, 360, 280, &f, err);
        if (!st) {
            draw[i](c, measure, mien_figure_panel(f, 0, 0));
            st = mien_page_figure(out, f, err);
        }
        mien_figure_free(f);
    }
    mien_buffer_puts(out, "</div>\n");
    return st;
}

/* The means of all measures as a table. */
static void page_means(const mien_picture_comparison *c, mien_buffer *out)
{
    mien_buffer_printf(out,
                       "<h2>Figures of the test part</h2>\n<p>%d of %d trials, "
                       "%lld test samples; mean and standard deviation over "
                       "the seeds; accuracy of classes in %%.</p>\n"
                       "<div class=\"wide\"><table><tr><th>learned beside the "
                       "points</th>",
                       c->trials, c->variants * c->seeds, (long long)c->test);
    for (int m = 0; m < c->measures; m++) {
        if (!is_known(c, m))
            continue;
        mien_buffer_puts(out, "<th>");
        mien_page_text(out, c->measure[m]);
        mien_buffer_puts(out, "</th>");
    }
    for (int i = 0; i < c->variants; i++) {
        mien_buffer_printf(out, "</tr>\n<tr><td>%d: ", i + 1);
        mien_page_text(out, c->name[i]);
        mien_buffer_puts(out, "</td>");
        for (int m = 0; m < c->measures; m++) {
            mien_picture_spread s = mien_picture_comparison_spread(c, i, m);
            char text[32];
            put_spread(&s, text);
            if (is_known(c, m))
                mien_buffer_printf(out, "<td>%s</td>", text);
        }
    }
    mien_buffer_puts(out, "</tr>\n</table></div>\n");
}

mien_status mien_picture_comparison_page(const mien_picture_comparison *c,
                                         mien_buffer *out, mien_error *err)
{
    mien_buffer lines = {0};
    mien_status st = MIEN_OK;
    mien_page_begin(out, "Comparison", "What is learned beside the points");
    page_means(c, out);
    if (are_paired(c))
        put_differences(c, &lines);
    mien_page_lines(out, "Differences", lines.data, lines.n);
    out->failed |= lines.failed;
    mien_buffer_free(&lines);
    for (int m = 0; m < POINTS && !st; m++)
        if (is_known(c, m))
            st = page_measure(c, m, out, err);
    mien_page_end(out);
    if (st)
        return st;
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}

mien_status mien_picture_comparison_save(const mien_picture_comparison *c,
                                         const char *folder, mien_error *err)
{
    mien_buffer json = {0}, page = {0};
    mien_picture_comparison_json(c, &json);
    mien_status st = json.failed ? mi_no_memory(err)
                                 : mien_picture_comparison_page(c, &page, err);
    if (!st)
        st = mien_folder_make(folder, err);
    if (!st)
        st = mien_folder_save(folder, "compare.json", json.data, json.n, err);
    if (!st)
        st = mien_folder_save(folder, "compare.html", page.data, page.n, err);
    mien_buffer_free(&json);
    mien_buffer_free(&page);
    return st;
}
