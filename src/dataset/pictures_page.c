/* pictures_page.c: what was found in a set of pictures, on one page of HTML,
 * with some of the pictures themselves. */
#include "dataset/pictures.h"

#include "mien/report.h"

#include <math.h>
#include <stdlib.h>

enum { SIDE = 96, QUALITY = 80, PAIRS = 12, ODD = 8 };

static void put_finding(void *arg, const char *text)
{
    mien_buffer_puts(arg, "<li>");
    mien_page_text(arg, text);
    mien_buffer_puts(arg, "</li>\n");
}

/* ---- groups -------------------------------------------------------------- */

static void put_cell(mien_buffer *out, double v, double times, const char *unit)
{
    if (isnan(v))
        mien_buffer_puts(out, "<td>–</td>");
    else
        mien_buffer_printf(
            out, times * v < 100 ? "<td>%.3g%s</td>" : "<td>%.0f%s</td>",
            times * v, unit);
}

/* Without what rounding leaves of nought. */
static double clean(double share) { return share < 1e-9 ? 0 : share; }

/* A share with its interval; bold: unlike the others. */
static void put_share(mien_buffer *out, const mien_share *s, int apart)
{
    const char *b = apart ? "<b>" : "", *e = apart ? "</b>" : "";
    if (isnan(s->value))
        mien_buffer_puts(out, "<td>–</td>");
    else if (isnan(s->low))
        mien_buffer_printf(out, "<td>%lld of %lld, too few</td>",
                           (long long)s->count, (long long)s->of);
    else
        mien_buffer_printf(
            out, "<td>%s%.2g&nbsp;%%%s<br><small>%.2g–%.2g</small></td>", b,
            100 * s->value, e, 100 * clean(s->low), 100 * clean(s->high));
}

/* Oddities that no picture has get no column. */
static void put_grouping(const mien_pictures_check *c,
                         const mien_picture_grouping *g, mien_buffer *out)
{
    mien_buffer_puts(out, "<h2>By ");
    mien_page_text(out, g->by);
    mien_buffer_puts(out, "</h2>\n<div class=\"wide\"><table>\n<tr><th></th>"
                          "<th>pictures</th><th>share</th><th>sharpness</th>"
                          "<th>brightness</th>");
    for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++)
        if (c->odds[o])
            mien_buffer_printf(
                out, "<th>%s</th>",
                mien_picture_oddity_text((mien_picture_oddity)o));
    mien_buffer_puts(out, "</tr>\n");
    for (int k = 0; k < g->groups; k++) {
        const mien_picture_group *m = &g->group[k];
        mien_buffer_puts(out, "<tr><td>");
        mien_page_text(out, m->name);
        mien_buffer_printf(out, "</td><td>%lld</td>", (long long)m->n);
        put_cell(out, (double)m->n / (double)c->labels->n, 100, "&nbsp;%");
        put_cell(out, m->sharpness, 1, "");
        put_cell(out, m->brightness, 1, "");
        for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++)
            if (c->odds[o])
                put_share(out, &m->odd[o], m->apart[o]);
        mien_buffer_puts(out, "</tr>\n");
    }
    mien_buffer_puts(out, "</table></div>\n");
    if (g->unknown)
        mien_buffer_printf(out, "<p>Of %lld pictures it is not known.</p>\n",
                           (long long)g->unknown);
}

/* ---- pictures ------------------------------------------------------------ */

/* A picture made small, its name, its labels and what is said of it below it.
 */
static mien_status put_picture(const mien_pictures_check *c, int64_t i,
                               const char *said, mien_buffer *out,
                               mien_error *err)
{
    mien_image im = {0}, small = {0};
    mien_bytes file = {0};
    mien_status st = mi_pictures_load(c, i, &im, err);
    int most = im.w > im.h ? im.w : im.h, side = most < SIDE ? most : SIDE;
    int w = most ? im.w * side / most : 0, h = most ? im.h * side / most : 0;
    if (!st)
        st = mien_image_resize(&im, w ? w : 1, h ? h : 1, MIEN_AREA, &small,
                               err);
    if (!st)
        st = mien_image_write_jpeg(&small, QUALITY, &file, err);
    if (!st) {
        mien_buffer_puts(out, "<figure class=\"sample\"><img width=\"130\" "
                              "alt=\"\" src=\"");
        mien_page_data(out, "image/jpeg", &file);
        mien_buffer_puts(out, "\"><figcaption>");
        mien_page_text(out, c->labels->name[i]);
        mien_buffer_puts(out, "<br>");
        mien_buffer words = {0};
        mien_labels_caption(c->labels, i, NULL, &words);
        mien_buffer_put(&words, "", 1);
        if (!words.failed)
            mien_page_text(out, (const char *)words.data);
        mien_buffer_free(&words);
        mien_page_text(out, said);
        mien_buffer_puts(out, "</figcaption></figure>\n");
    }
    mien_image_free(&im);
    mien_image_free(&small);
    mien_bytes_free(&file);
    return st == MIEN_ENOMEM ? st : MIEN_OK; /* gone meanwhile: left out */
}

/* How grave a pair is: other labels, other parts, then the rest. */
static int weight(const mien_picture_pair *p)
{
    return 2 * p->classes + p->parts;
}

/* Some pairs, the gravest first. */
static mien_status put_pairs(const mien_pictures_check *c, mien_buffer *out,
                             mien_error *err)
{
    mien_status st = MIEN_OK;
    int shown = 0;
    if (!c->pairs)
        return MIEN_OK;
    mien_buffer_puts(out, "<h2>The same, or nearly</h2>\n");
    for (int grave = 3; grave >= 0; grave--)
        for (int64_t i = 0; i < c->pairs && shown < PAIRS && !st; i++) {
            const mien_picture_pair *p = &c->pair[i];
            if (weight(p) != grave)
                continue;
            shown++;
            mien_buffer_printf(out, "<p>%s%s%s</p>\n<div>",
                               p->same ? "the same pixels" : "nearly the same",
                               p->classes ? ", other labels" : "",
                               p->parts ? ", in different parts" : "");
            st = put_picture(c, p->a, "", out, err);
            if (!st)
                st = put_picture(c, p->b, "", out, err);
            mien_buffer_puts(out, "</div>\n");
        }
    if (c->pairs > shown)
        mien_buffer_printf(out, "<p>And %lld pairs more.</p>\n",
                           (long long)(c->pairs - shown));
    return st;
}

/* The faces that are covered most; of equals those that come first. */
static mien_status put_covered(const mien_pictures_check *c, mien_buffer *out,
                               mien_error *err)
{
    const mien_picture_measure *m = c->measure;
    mien_status st = MIEN_OK;
    int64_t most[ODD];
    int n = 0;
    for (int64_t i = 0; i < c->labels->n; i++) {
        int at = n;
        if (!mien_pictures_check_odd(c, i, MIEN_PICTURE_COVERED))
            continue;
        while (at > 0 && m[i].covered > m[most[at - 1]].covered)
            at--;
        if (at == ODD)
            continue;
        n += n < ODD;
        for (int k = n - 1; k > at; k--)
            most[k] = most[k - 1];
        most[at] = i;
    }
    for (int k = 0; k < n && !st; k++)
        st = put_picture(c, most[k], "", out, err);
    return st;
}

/* Some pictures that are odd in a way, spread over all. */
static mien_status put_spread(const mien_pictures_check *c,
                              mien_picture_oddity o, mien_buffer *out,
                              mien_error *err)
{
    int64_t n = c->odds[o], seen = 0, next = 0;
    int shown = 0;
    mien_status st = MIEN_OK;
    for (int64_t i = 0; i < c->labels->n && shown < ODD && !st; i++) {
        if (!mien_pictures_check_odd(c, i, o) || seen++ < next)
            continue;
        st = put_picture(c, i, "", out, err);
        shown++;
        next = n * shown / ODD;
    }
    return st;
}

/* Some pictures that are odd in a way. */
static mien_status put_odd(const mien_pictures_check *c, mien_picture_oddity o,
                           mien_buffer *out, mien_error *err)
{
    if (!c->odds[o])
        return MIEN_OK;
    mien_buffer_printf(out, "<h2>%lld pictures are %s</h2>\n<div>",
                       (long long)c->odds[o], mien_picture_oddity_text(o));
    mien_status st = o == MIEN_PICTURE_COVERED ? put_covered(c, out, err)
                                               : put_spread(c, o, out, err);
    mien_buffer_puts(out, "</div>\n");
    return st;
}

mien_status mien_pictures_check_page(const mien_pictures_check *c,
                                     const char *title, mien_buffer *out,
                                     mien_error *err)
{
    mien_status st = MIEN_OK;
    mien_page_begin(out, title, title);
    mien_buffer_printf(out, "<p>%lld pictures, %lld of them read.</p>\n",
                       (long long)c->labels->n, (long long)c->read);
    mien_buffer_puts(out, "<h2>To look at</h2>\n<ul>\n");
    if (!mi_pictures_findings(c, put_finding, out))
        mien_buffer_puts(out, "<li>nothing was found</li>\n");
    if (!c->alike)
        mien_buffer_printf(out,
                           "<li>nearly the same: not looked for among more "
                           "than %d pictures</li>\n",
                           MIEN_PICTURES_MAX_ALIKE);
    if (c->chip && !c->covers) {
        mien_buffer_puts(out, "<li>");
        mi_pictures_cover_note(c, out);
        mien_buffer_puts(out, "</li>\n");
    }
    mien_buffer_puts(out, "</ul>\n");
    for (int i = 0; i < c->groupings; i++)
        put_grouping(c, &c->grouping[i], out);
    st = mi_noise_page(c, put_picture, out, err);
    if (!st)
        st = put_pairs(c, out, err);
    for (int o = 0; o < MIEN_PICTURE_ODDITIES && !st; o++)
        st = put_odd(c, (mien_picture_oddity)o, out, err);
    mien_buffer_puts(out,
                     "<p>Sharpness: variance of the Laplacian; brightness: "
                     "mean of luma from 0 to 1; both are medians. Below shares "
                     "95 % intervals (Wilson); bold: unlike all other groups "
                     "together. Far from the others: 3.5 robust deviations. "
                     "Turned away: the nose lies 0.3 of the eyes' distance "
                     "off their middle. Partly covered: by 10 % of the oval "
                     "from brows to chin, as learned from these faces; some "
                     "that are called so are not, and a face so covered that "
                     "none is found is not among them. "
                     "These pictures are of people: keep this page as you "
                     "would keep them.</p>\n");
    mien_page_end(out);
    return st;
}
