/* events.c: what TensorBoard shows of a study besides numbers: samples of the
 * validation part with what is told and found, confusion matrices. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/image.h"
#include "mien/train_events.h"

#include <stdio.h>
#include <string.h>

enum {
    SIDE = 128,
    COLUMNS = 8,
    SHOWN = 16,
    QUALITY = 85,
    LETTERS = 11,
    LINE = 16
};

static const mien_colour told_colour = {0, 194, 255},
                         found_colour = {255, 122, 0};

/* ---- a sample --------------------------------------------------------------
 */

/* How many lines stand below a picture. */
static int lines_of(const mi_view *v)
{
    int lines = 0;
    for (int k = 0; k < v->n_answers; k++)
        lines += v->answer[k].kind == MIEN_ANSWER_CLASSES ||
                 v->answer[k].kind == MIEN_ANSWER_NUMBER;
    return lines;
}

/* A picture as a tile: of the size of all, with room for its lines. */
static mien_status fit(const mi_view *v, mien_image *im, mien_error *err)
{
    int most = v->w > v->h ? v->w : v->h;
    int w = v->w * SIDE / most, h = v->h * SIDE / most;
    mien_image sized = {0}, out = {0};
    mien_status st = mien_image_resize(
        im, w ? w : 1, h ? h : 1,
        most > SIDE ? MIEN_AREA : MIEN_BILINEAR_CENTRE, &sized, err);
    if (!st)
        st = mien_image_crop(&sized, 0, 0, sized.w,
                             sized.h + LINE * lines_of(v), &out, err);
    mien_image_free(&sized);
    mien_image_free(im);
    *im = out;
    return st;
}

/* Points from the middle of what the network sees. */
static void draw_points(const mi_view *v, int units, const float *xy,
                        const mien_image *im, mien_colour colour, float radius,
                        mien_canvas *canvas)
{
    for (int u = 0; u + 1 < units; u += 2) {
        float scale = (float)im->w / (float)v->w;
        mien_point p = {(xy[u] + (float)v->w / 2) * scale,
                        (xy[u + 1] + (float)v->h / 2) * scale};
        mien_canvas_points(canvas, &p, 1, colour, radius);
    }
}

static int largest(const float *y, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        best = y[i] > y[best] ? i : best;
    return best;
}

/* A line of what was found, and what is told where that is another class. */
static void put_line(const mi_answer *a, const float *found, const float *told,
                     mien_buffer *text)
{
    int said = largest(found, a->units), is = largest(told, a->units);
    if (a->kind == MIEN_ANSWER_NUMBER)
        mien_buffer_printf(text, "%.3g (%.3g)\n", (double)*found,
                           (double)*told);
    if (a->kind != MIEN_ANSWER_CLASSES || !(told[is] > 0))
        return;
    mien_buffer_puts(text, a->class_name[said]);
    if (said != is)
        mien_buffer_printf(text, " (%s)", a->class_name[is]);
    mien_buffer_puts(text, "\n");
}

/* What is told and found of row i, drawn over its picture. */
static void draw_answers(const mi_view *v, const mi_said *said, int64_t i,
                         const mien_image *im, mien_canvas *canvas)
{
    mien_buffer text = {0};
    for (int k = 0; k < v->n_answers; k++) {
        const mi_answer *a = &v->answer[k];
        if (!said->truth[k])
            continue;
        const float *told = said->truth[k] + i * a->units;
        const float *found = said->said[k] + i * a->units;
        if (a->kind == MIEN_ANSWER_POINTS) {
            draw_points(v, a->units, told, im, told_colour, 3.5f, canvas);
            draw_points(v, a->units, found, im, found_colour, 2.5f, canvas);
        } else {
            put_line(a, found, told, &text);
        }
    }
    if (text.n && !text.failed) {
        text.data[text.n - 1] = 0; /* in place of the last line's end */
        mien_canvas_label(canvas, 0, (float)im->h, (const char *)text.data,
                          LETTERS, (mien_colour){255, 255, 255});
    }
    mien_buffer_free(&text);
}

/* Row i as a tile; black where its picture cannot be loaded. */
static mien_status draw_sample(const mi_rows *r, const mi_said *said, int64_t i,
                               mien_image *out, mien_error *err)
{
    mien_canvas *canvas = NULL;
    int loaded = said->weight[i] > 0;
    mien_status st = loaded ? mien_loader_picture(r->loader, -1, r->row[i], out,
                                                  NULL, NULL, err)
                            : mien_image_new(r->view->w, r->view->h, out, err);
    if (!st)
        st = fit(r->view, out, err);
    if (st || !loaded)
        return st;
    st = mien_canvas_new(out, &canvas, err);
    if (st)
        return st;
    draw_answers(r->view, said, i, out, canvas);
    st = mien_canvas_finish(canvas, err);
    mien_canvas_free(canvas);
    return st;
}

/* ---- records ---------------------------------------------------------------
 */

/* When the records are of, and where they go. */
typedef struct records {
    int epoch;
    double wall_time;
    mien_buffer out;
} records;

/* The record of a file; it is let go. */
static mien_status put_record(records *to, const char *tag, int w, int h,
                              mien_bytes *file, mien_error *err)
{
    const mien_events_picture p = {tag, to->epoch, w, h, file->data, file->n};
    mien_bytes record = {0};
    mien_status st = mien_events_put_picture(&p, to->wall_time, &record, err);
    mien_buffer_put(&to->out, record.data, record.n);
    mien_bytes_free(&record);
    mien_bytes_free(file);
    return st;
}

/* The first n rows side by side; of an auto-encoder those made again below. */
static mien_status put_samples(records *to, const mi_rows *r,
                               const mi_said *said, int n, mien_error *err)
{
    mien_image tile[2 * SHOWN] = {{0}}, sheet = {0};
    mien_bytes file = {0};
    ptrdiff_t len = (ptrdiff_t)r->view->w * r->view->h * r->view->channels;
    int all = r->again ? 2 * n : n, columns = n < COLUMNS ? n : COLUMNS;
    mien_status st = MIEN_OK;
    for (int i = 0; i < n && !st; i++)
        st = draw_sample(r, said, i, &tile[i], err);
    for (int i = n; i < all && !st; i++) {
        st = mi_view_image(r->view, r->again + (i - n) * len, &tile[i], err);
        if (!st)
            st = fit(r->view, &tile[i], err);
    }
    if (!st)
        st = mien_image_tile(tile, all, columns, &sheet, err);
    if (!st)
        st = mien_image_write_jpeg(&sheet, QUALITY, &file, err);
    if (!st)
        st = put_record(to, "samples", sheet.w, sheet.h, &file, err);
    for (int i = 0; i < all; i++)
        mien_image_free(&tile[i]);
    mien_image_free(&sheet);
    return st;
}

/* The confusion matrix of one answer. */
static mien_status put_confusion(records *to, const mien_answer_verdict *a,
                                 mien_error *err)
{
    enum { W = 470, H = 360 };
    char tag[MIEN_NET_NAME + 16];
    mien_figure *f = NULL;
    mien_bytes file = {0};
    mien_status st = mien_figure_new(1, 1, W, H, &f, err);
    if (!st)
        st =
            mi_draw_confusion(a, "Validation", mien_figure_panel(f, 0, 0), err);
    if (!st)
        st = mien_figure_render(f, MIEN_PLOT_PNG, &file, err);
    mien_figure_free(f);
    snprintf(tag, sizeof tag, "confusion/%s", a->name);
    return st ? st : put_record(to, tag, W, H, &file, err);
}

/* Confusion matrices of what was said. */
static mien_status put_matrices(records *to, const mien_picture_study *s,
                                const mi_rows *r, const mi_said *said,
                                mien_error *err)
{
    mien_picture_verdict v = {0};
    mien_status st = mi_judge(r, said, s->train_set.labels, -1, &v, err);
    for (int i = 0; i < v.answers && !st; i++)
        if (v.answer[i].kind == MIEN_ANSWER_CLASSES && v.answer[i].n &&
            v.answer[i].classes <= MI_DRAWN_CLASSES)
            st = put_confusion(to, &v.answer[i], err);
    mien_picture_verdict_free(&v);
    return st;
}

/* Whether an answer is of a kind. */
static int has(const mi_view *v, mien_answer_kind kind)
{
    int found = 0;
    for (int i = 0; i < v->n_answers; i++)
        found |= v->answer[i].kind == kind;
    return found;
}

mien_status mien_picture_study_events(const mien_picture_study *s, int epoch,
                                      double wall_time, mien_bytes *out,
                                      mien_error *err)
{
    const mi_view *v = &s->view;
    records to = {.epoch = epoch, .wall_time = wall_time};
    mi_rows r = s->part[1];
    mi_said said = {0};
    int coded = has(v, MIEN_ANSWER_PICTURE);
    int classes = has(v, MIEN_ANSWER_CLASSES), most = coded ? COLUMNS : SHOWN;
    int n = r.n < most ? (int)r.n : most;
    size_t len = (size_t)v->w * (size_t)v->h * (size_t)v->channels;
    r.n = classes ? r.n : n;
    if (coded) {
        r.again = mi_alloc((size_t)r.n * len, sizeof *r.again);
        if (!r.again)
            return mi_no_memory(err);
    }
    mien_status st = mi_predict(s->net->graph, &r, 0, s->o.pool, &said, err);
    if (!st)
        st = put_samples(&to, &r, &said, n, err);
    if (!st && classes)
        st = put_matrices(&to, s, &r, &said, err);
    mi_said_free(&said);
    mi_free(r.again);
    if (!st)
        return mien_buffer_give(&to.out, out, err);
    mien_buffer_free(&to.out);
    return st;
}

/* ---- for a journal ---------------------------------------------------------
 */

static mien_status checkpoint(const void *study, mien_bytes *out,
                              mien_error *err)
{
    return mien_picture_study_state(study, out, err);
}

static mien_status pictures(const void *study, int epoch, double wall_time,
                            mien_bytes *out, mien_error *err)
{
    return mien_picture_study_events(study, epoch, wall_time, out, err);
}

mien_journal_source mien_picture_study_source(const mien_picture_study *s)
{
    return (mien_journal_source){mien_picture_study_trainer(s), checkpoint, s,
                                 pictures};
}
