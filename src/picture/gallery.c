/* gallery.c: samples in a report as pictures, with what is told of them and
 * what the network finds.
 *
 * A picture is what the network sees of it, made smaller to SIDE pixels; points
 * are drawn over it as SVG, so that they stay sharp.  Below it stands what an
 * auto-encoder makes of it. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/image.h"
#include "mien/report.h"

enum { SIDE = 80, QUALITY = 80 };

/* A picture of at most SIDE pixels as an element of SVG that fills w x h. */
static mien_status put_picture(const mien_image *im, mien_buffer *out,
                               mien_error *err)
{
    int most = im->w > im->h ? im->w : im->h;
    int side = most < SIDE ? most : SIDE;
    int w = im->w * side / most, h = im->h * side / most;
    mien_image small = {0};
    mien_bytes file = {0};
    mien_status st =
        mien_image_resize(im, w ? w : 1, h ? h : 1, MIEN_AREA, &small, err);
    if (!st)
        st = mien_image_write_jpeg(&small, QUALITY, &file, err);
    if (!st) {
        mien_buffer_printf(out, "<image width=\"%d\" height=\"%d\" href=\"",
                           im->w, im->h);
        mien_page_data(out, "image/jpeg", &file);
        mien_buffer_puts(out, "\"/>");
    }
    mien_image_free(&small);
    mien_bytes_free(&file);
    return st;
}

/* Points from the middle of w x h: rings where they are told, dots where they
 * are found. */
static void put_points(const mi_view *v, int units, const float *xy, int told,
                       mien_buffer *out)
{
    double size = v->w > v->h ? v->w : v->h;
    for (int u = 0; u + 1 < units; u += 2)
        mien_buffer_printf(
            out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\" %s/>",
            (double)xy[u] + v->w / 2.0, (double)xy[u + 1] + v->h / 2.0,
            size / (told ? 32 : 70),
            told ? "fill=\"none\" stroke=\"#00c2ff\" "
                   "stroke-width=\"1.5%\""
                 : "fill=\"#ff7a00\"");
}

/* The place of the largest of n numbers. */
static int largest(const float *y, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        best = y[i] > y[best] ? i : best;
    return best;
}

/* What is found in a row, and what is told where that is something else. */
static void put_answer(const mi_answer *a, const float *found,
                       const float *told, mien_buffer *out)
{
    if (a->kind == MIEN_ANSWER_POINTS)
        return;
    mien_buffer_puts(out, "<br>");
    mien_page_text(out, a->name);
    if (a->kind == MIEN_ANSWER_NUMBER) {
        mien_buffer_printf(out, ": %.3g (%.3g)", (double)*found, (double)*told);
        return;
    }
    int is = largest(told, a->units), said = largest(found, a->units);
    mien_buffer_puts(out, said == is ? ": " : ": <b>");
    mien_page_text(out, a->class_name[said]);
    mien_buffer_puts(out, said == is ? "" : "</b>");
    if (told[is] > 0 && said != is) {
        mien_buffer_puts(out, " (");
        mien_page_text(out, a->class_name[is]);
        mien_buffer_puts(out, ")");
    }
}

static void begin_picture(const mi_view *v, mien_buffer *out)
{
    mien_buffer_printf(out, "<svg width=\"150\" viewBox=\"0 0 %d %d\">", v->w,
                       v->h);
}

/* What is made of row i again. */
static mien_status put_again(const mi_rows *r, int64_t i, mien_buffer *out,
                             mien_error *err)
{
    const mi_view *v = r->view;
    mien_image im = {0};
    mien_status st =
        mi_view_image(v, r->again + i * v->w * v->h * v->channels, &im, err);
    begin_picture(v, out);
    if (!st)
        st = put_picture(&im, out, err);
    mien_buffer_puts(out, "</svg>");
    mien_image_free(&im);
    return st;
}

/* One sample: its picture, points, the file's name and its answers. */
static mien_status put_sample(const mi_rows *r, const mi_said *said, int64_t i,
                              mien_buffer *out, mien_error *err)
{
    const mi_view *v = r->view;
    const mien_labels *l = r->set->labels;
    mien_image im = {0};
    if (!(said->weight[i] > 0))
        return MIEN_OK;
    mien_status st =
        mien_loader_picture(r->loader, -1, r->row[i], &im, NULL, NULL, err);
    if (st)
        return st;
    mien_buffer_puts(out, "<figure class=\"sample\">");
    begin_picture(v, out);
    st = put_picture(&im, out, err);
    mien_image_free(&im);
    for (int told = 1; told >= 0; told--)
        for (int k = 0; k < v->n_answers; k++) {
            const mi_answer *a = &v->answer[k];
            const float *xy = told ? said->truth[k] : said->said[k];
            if (a->kind == MIEN_ANSWER_POINTS && xy)
                put_points(v, a->units, xy + i * a->units, told, out);
        }
    mien_buffer_puts(out, "</svg>");
    if (!st && r->again)
        st = put_again(r, i, out, err);
    mien_buffer_puts(out, "<figcaption>");
    if (l->name && l->name[r->row[i]])
        mien_page_text(out, l->name[r->row[i]]);
    for (int k = 0; k < v->n_answers; k++)
        if (said->truth[k])
            put_answer(&v->answer[k], said->said[k] + i * v->answer[k].units,
                       said->truth[k] + i * v->answer[k].units, out);
    mien_buffer_puts(out, "</figcaption></figure>\n");
    return st;
}

/* What is seen in the pictures. */
static void put_key(const mi_view *v, mien_buffer *out)
{
    int points = 0, classes = 0, again = 0;
    for (int k = 0; k < v->n_answers; k++) {
        points |= v->answer[k].kind == MIEN_ANSWER_POINTS;
        classes |= v->answer[k].kind == MIEN_ANSWER_CLASSES ||
                   v->answer[k].kind == MIEN_ANSWER_NUMBER;
        again |= v->answer[k].kind == MIEN_ANSWER_PICTURE;
    }
    mien_buffer_printf(
        out, "<p>Pictures are as the network sees them.%s%s%s</p>\n",
        points ? " Points: blue rings where they are told, orange dots where "
                 "they are found."
               : "",
        classes ? " In brackets: what is told." : "",
        again ? " Below each: what the network makes of it." : "");
}

mien_status mi_gallery(const mien_picture_study *s, const char *heading,
                       const int64_t *row, int n, mien_buffer *out,
                       mien_error *err)
{
    mi_rows r = s->part[2];
    mi_said said = {0};
    size_t len = (size_t)r.view->w * (size_t)r.view->h;
    r.row = row;
    r.n = n;
    if (n < 1)
        return MIEN_OK;
    mien_status st = MIEN_OK;
    for (int k = 0; k < r.view->n_answers && !r.again; k++)
        if (r.view->answer[k].kind == MIEN_ANSWER_PICTURE) {
            r.again = mi_alloc((size_t)n * len * (size_t)r.view->channels,
                               sizeof *r.again);
            st = r.again ? MIEN_OK : mi_no_memory(err);
        }
    if (!st)
        st = mi_predict(s->net->graph, &r, s->o.mirror, s->o.pool, &said, err);
    if (!st) {
        mien_buffer_puts(out, "<h2>");
        mien_page_text(out, heading);
        mien_buffer_puts(out, "</h2>\n");
        put_key(r.view, out);
    }
    for (int i = 0; i < n && !st; i++)
        st = put_sample(&r, &said, i, out, err);
    mi_said_free(&said);
    mi_free(r.again);
    return st;
}
