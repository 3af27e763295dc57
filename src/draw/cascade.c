/* cascade.c: a cascade as a page: a row a stage, its first features over a
 * face, and how windows fall through. */
#include "draw/mark.h"

#include "mien/draw.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    TILE = 96,
    GAP = 8,
    HEAD = 64,
    LEFT = 150,
    RIGHT = 330,
    BAR = 170,
    DECADES = 8 /* on the scale of the share of windows */
};

static const mien_colour white = {255, 255, 255}, plate = {236, 240, 244};
static const mien_colour bar_colour = {0, 114, 178};

/* What the rectangles of a feature weigh at the middle of a pixel. */
static double weight_at(const mien_feature *f, double px, double py)
{
    double sum = 0;
    for (int i = 0; i < f->n; i++) {
        const mien_feature_rect *r = &f->rect[i];
        double x = px - r->x, y = py - r->y, w = r->w, h = r->h;
        if (f->tilted) {
            double u = x + y, v = y - x;
            x = u / 2;
            y = v / 2;
        }
        if (x >= 0 && x < w && y >= 0 && y < h)
            sum += (double)r->weight;
    }
    return sum;
}

/* The blocks of a local binary pattern, the middle one dark. */
static double pattern_at(const mien_feature *f, double px, double py)
{
    const mien_feature_rect *r = &f->rect[0];
    double x = (px - r->x) / r->w, y = (py - r->y) / r->h;
    if (!(x >= 0 && x < 3 && y >= 0 && y < 3))
        return 0;
    int middle = (int)x == 1 && (int)y == 1;
    return middle ? -1 : ((int)x + (int)y) % 2 ? 1 : 0.5;
}

/* The feature of a stage's tree. */
static void tile(const mien_cascade_page *p, int stage, int tree,
                 mien_image *im, int x0, int y0)
{
    mien_feature f = mien_cascade_feature(p->cascade, stage, tree);
    int sign = mien_cascade_sign(p->cascade, stage, tree);
    mien_cascade_info info = mien_cascade_get_info(p->cascade);
    int lbp = info.kind == MIEN_FEATURE_LBP;
    int longer = info.w > info.h ? info.w : info.h;
    double by = (double)TILE / longer;
    for (int y = 0; y < (int)(info.h * by); y++)
        for (int x = 0; x < (int)(info.w * by); x++) {
            double px = (x + 0.5) / by, py = (y + 0.5) / by;
            double v = 128;
            if (p->face)
                v = p->face->data[(int)py * p->face->stride + (int)px];
            double weight =
                lbp ? pattern_at(&f, px, py) : sign * weight_at(&f, px, py);
            double to = weight > 0 ? 255 : 0;
            if (fabs(weight) > 1e-6)
                v += (to - v) * (fabs(weight) == 0.5 && lbp ? 0.4 : 0.75);
            uint8_t *c = im->data + (y0 + y) * im->stride + (x0 + x) * 3L;
            c[0] = c[1] = c[2] = (uint8_t)v;
        }
}

static void fill(mien_image *im, int x0, int y0, int w, int h, mien_colour c)
{
    for (int y = y0; y < y0 + h; y++)
        for (int x = x0; x < x0 + w; x++) {
            uint8_t *p = im->data + y * im->stride + x * 3L;
            p[0] = c.r;
            p[1] = c.g;
            p[2] = c.b;
        }
}

/* The title of a page, and what its columns are. */
static void head(const mien_cascade_page *p, mien_canvas *canvas)
{
    mien_cascade_info i = mien_cascade_get_info(p->cascade);
    char text[256];
    snprintf(text, sizeof text,
             "%.60s: %d x %d, %s%s, %d stages, %d weak classifiers", p->name,
             i.w, i.h, i.kind == MIEN_FEATURE_LBP ? "LBP" : "Haar",
             i.has_tilted ? " with tilted features" : "", i.n_stages,
             i.n_trees);
    mien_canvas_label(canvas, 4, 32, text, 16, white);
    snprintf(text, sizeof text, "the first features of each stage over %s",
             p->face_text);
    mien_canvas_label(canvas, 4, 58, text, 12, white);
    if (!p->fall->windows)
        return;
    snprintf(text, sizeof text, "share of %lld windows left (a line a tenth)",
             (long long)p->fall->windows);
    float x = (float)(LEFT + p->features * (TILE + GAP));
    mien_canvas_label(canvas, x, 58, text, 12, white);
}

/* The share of windows left after a stage. */
static void fall(const mien_cascade_page *p, int stage, mien_image *im, int y)
{
    int x = LEFT + p->features * (TILE + GAP) + 6;
    double share =
        (double)p->fall->left[stage] / (double)(p->fall->windows + 1);
    double length = share > 0 ? 1 + log10(share) / DECADES : 0;
    fill(im, x, y + 20, BAR, 22, plate);
    if (length > 0)
        fill(im, x, y + 20, (int)(BAR * length), 22, bar_colour);
    for (int i = 1; i < DECADES; i++)
        fill(im, x + BAR * i / DECADES, y + 20, 1, 22, white);
}

/* The numbers beside a bar, and the sum of the window that is followed. */
static void fall_text(const mien_cascade_page *p, int stage,
                      mien_canvas *canvas, int y)
{
    float x = (float)(LEFT + p->features * (TILE + GAP));
    const mien_fall *f = p->fall;
    char text[96];
    double share = (double)f->left[stage] / (double)(f->windows + 1);
    snprintf(text, sizeof text, "%lld (%.2g)", (long long)f->left[stage],
             share);
    if (f->windows)
        mien_canvas_label(canvas, x + BAR + 10, (float)y + 42, text, 12, white);
    if (!f->followed)
        return;
    double least = (double)mien_cascade_stage(p->cascade, stage).threshold;
    snprintf(text, sizeof text, "%s: %.2f, wanted %.2f%s", p->followed,
             f->sums[stage], least, stage == f->passed ? ": out here" : "");
    mien_canvas_label(canvas, x, (float)(y + (f->windows ? 66 : 36)), text, 12,
                      white);
}

static void row_text(const mien_cascade_page *p, int stage, mien_canvas *canvas,
                     int y)
{
    mien_stage_info s = mien_cascade_stage(p->cascade, stage);
    char text[128];
    snprintf(text, sizeof text, "stage %d", stage);
    mien_canvas_label(canvas, 4, (float)y + 36, text, 14, white);
    snprintf(text, sizeof text, "%d tree%s\nthreshold %.3f", s.n_trees,
             s.n_trees == 1 ? "" : "s", (double)s.threshold);
    mien_canvas_label(canvas, 4, (float)y + 76, text, 12, white);
}

static void draw_rows(const mien_cascade_page *p, mien_image *im)
{
    for (int s = p->first; s <= p->last; s++) {
        int y = HEAD + (s - p->first) * (TILE + GAP);
        int n = mien_cascade_stage(p->cascade, s).n_trees;
        for (int i = 0; i < n && i < p->features; i++)
            tile(p, s, i, im, LEFT + i * (TILE + GAP), y);
        if (p->fall->windows)
            fall(p, s, im, y);
    }
}

mien_status mien_cascade_draw(const mien_cascade_page *page, mien_image *out,
                              mien_error *err)
{
    const mien_cascade_page *p = page;
    mien_cascade_info info = mien_cascade_get_info(p->cascade);
    assert(p->first >= 0 && p->first <= p->last && p->last < info.n_stages);
    assert(!p->face || (p->face->w == info.w && p->face->h == info.h));
    int falls = p->fall->windows || p->fall->followed;
    int w = LEFT + p->features * (TILE + GAP) + (falls ? RIGHT : 0);
    int h = HEAD + (p->last - p->first + 1) * (TILE + GAP) + GAP;
    mien_image im = {0};
    mien_canvas *canvas = NULL;
    mien_status st = mien_image_new(w > 760 ? w : 760, h, &im, err);
    if (st != MIEN_OK)
        return st;
    fill(&im, 0, 0, im.w, im.h, white);
    draw_rows(p, &im);
    st = mien_canvas_new(&im, &canvas, err);
    if (st == MIEN_OK) {
        head(p, canvas);
        for (int s = p->first; s <= p->last; s++) {
            int y = HEAD + (s - p->first) * (TILE + GAP);
            row_text(p, s, canvas, y);
            if (falls)
                fall_text(p, s, canvas, y);
        }
        st = mi_mark_finish(canvas, err);
    }
    if (st == MIEN_OK)
        *out = im;
    else
        mien_image_free(&im);
    return st;
}
