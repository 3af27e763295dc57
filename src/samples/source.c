/* source.c: the pictures of a loader, loaded when they are needed.
 *
 * A picture that is much larger than what is cut out of it is made smaller by a
 * whole number as it is loaded, so that a pixel of the result lies over less
 * than two of its pixels, and more of them stay in memory. */
#include "samples/loader.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

void mi_source_free(mi_source *s)
{
    if (!s)
        return;
    mi_free(s->pixels);
    mi_free(s);
}

mien_box mi_cut_of(mien_box b, float margin, int square)
{
    float dx = margin * b.width, dy = margin * b.height;
    b = (mien_box){b.x - dx, b.y - dy, b.width + 2 * dx, b.height + 2 * dy};
    float side = b.width > b.height ? b.width : b.height;
    if (square)
        b = (mien_box){b.x + (b.width - side) / 2, b.y + (b.height - side) / 2,
                       side, side};
    return b;
}

mien_box mi_loader_cut(const mien_loader *l, int64_t row, int w, int h)
{
    const mien_loader_options *o = &l->o;
    mien_box b = {0, 0, 0, 0};
    const mien_box *box = o->box ? o->box : l->labels->box;
    if (o->boxed && box)
        b = box[row];
    if (b.width > 0 && b.height > 0)
        return mi_cut_of(b, o->margin, o->square);
    return mi_cut_of((mien_box){0, 0, (float)w, (float)h}, 0, o->square);
}

/* ---- pixels -------------------------------------------------------------- */

/* The mean of n x n pixels, fewer at the right and the lower edge. */
static void mean_of(const mien_image *im, int x, int y, int n, uint8_t *out)
{
    int right = x + n < im->w ? x + n : im->w;
    int low = y + n < im->h ? y + n : im->h;
    unsigned sum[3] = {0}, count = (unsigned)((right - x) * (low - y));
    for (int j = y; j < low; j++) {
        const uint8_t *p = im->data + j * im->stride + (ptrdiff_t)x * 3;
        for (int i = x; i < right; i++, p += 3)
            for (int c = 0; c < 3; c++)
                sum[c] += p[c];
    }
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)((sum[c] + count / 2) / count);
    out[3] = 0;
}

/* A picture made smaller by n; NULL: memory ended. */
static mi_source *shrunk(const mien_image *im, int n)
{
    mi_source *s = mi_alloc(1, sizeof *s);
    if (!s)
        return NULL;
    *s = (mi_source){
        (im->w + n - 1) / n, (im->h + n - 1) / n, im->w, im->h, n, NULL};
    s->pixels = mi_alloc_raw((size_t)s->w * (size_t)s->h, 4);
    if (!s->pixels) {
        mi_source_free(s);
        return NULL;
    }
    uint8_t *to = s->pixels;
    for (int y = 0; y < s->h; y++)
        for (int x = 0; x < s->w; x++, to += 4)
            mean_of(im, x * n, y * n, n, to);
    return s;
}

int mi_shrink_of(mien_box cut, int w, int h)
{
    float x = cut.width / (float)w, y = cut.height / (float)h;
    float n = x < y ? x : y;
    return n < 1 ? 1 : n > 256 ? 256 : (int)n;
}

mien_status mi_labels_image(const mien_labels *l, int64_t row, mien_image *out,
                            mien_error *err)
{
    mien_status st = mien_image_new(l->w, l->h, out, err);
    int64_t n = (int64_t)l->w * l->h;
    const uint8_t *from = l->pixels + row * n;
    for (int64_t i = 0; !st && i < n; i++)
        memset(out->data + 3 * i, from[i], 3);
    return st;
}

/* A picture that the labels hold, in the lane's own memory. */
static mi_source *held(const mien_labels *l, int64_t row, mi_lane *lane)
{
    int64_t n = (int64_t)l->w * l->h;
    const uint8_t *from = l->pixels + row * n;
    for (int64_t i = 0; i < n; i++)
        memset(lane->own.pixels + 4 * i, from[i], 4);
    return &lane->own;
}

/* ---- loading ------------------------------------------------------------- */

/* Points may lie half a picture outside, as of faces that are cut off. */
static mien_status check_points(const mien_labels *l, int64_t row, int w, int h,
                                mien_error *err)
{
    const mien_point *p = l->point + row * l->points;
    for (int i = 0; i < l->points; i++)
        if (p[i].x < -0.5f * (float)w || p[i].x > 1.5f * (float)w ||
            p[i].y < -0.5f * (float)h || p[i].y > 1.5f * (float)h)
            return mi_fail(
                err, MIEN_EARG,
                "%.40s is at %g,%g, wanted inside %d x %d or near it",
                l->point_name[i], (double)p[i].x, (double)p[i].y, w, h);
    return MIEN_OK;
}

/* Load a picture, and make it smaller by what its cut allows. */
static mien_status load(mien_loader *l, int64_t row, mi_source **out,
                        mien_error *err)
{
    mien_image im = {0};
    mien_status st = l->o.load(l->o.arg, l->labels->name[row], &im, err);
    if (st)
        return st;
    st = check_points(l->labels, row, im.w, im.h, err);
    if (!st) {
        mien_box cut = mi_loader_cut(l, row, im.w, im.h);
        *out = shrunk(&im, mi_shrink_of(cut, l->o.w, l->o.h));
        st = *out ? MIEN_OK : mi_no_memory(err);
    }
    mien_image_free(&im);
    return st;
}

/* Keep in mind why a row could not be loaded; memory that ends says nothing of
 * the row. */
static mien_status note_failure(mien_loader *l, int64_t row, mien_status st,
                                const mien_error *why, mien_error *err)
{
    mien_error *kept = st == MIEN_ENOMEM ? NULL : mi_alloc(1, sizeof *kept);
    if (!kept)
        return mi_no_memory(err);
    const mien_labels *labels = l->labels;
    const char *name = labels->name[row];
    size_t n = strlen(name), skip = n > 100 ? n - 100 : 0;
    mi_fail(kept, st, "%s (line %lld): %s", name + skip,
            (long long)labels->line[row], why->text);
    mi_fail(err, st, "%s", kept->text);
    mi_loader_lock(l);
    mien_error *spare = l->error[row] ? kept : NULL;
    if (!spare) {
        l->error[row] = kept;
        l->failures++;
    }
    mi_loader_unlock(l);
    mi_free(spare);
    return st;
}

/* Keep a picture within the budget; 1: it is the loader's now. */
static int keep(mien_loader *l, int64_t row, mi_source *s)
{
    int64_t bytes = (int64_t)s->w * s->h * 4;
    mi_loader_lock(l);
    int kept = !l->kept[row] && bytes <= l->o.cache_bytes - l->bytes;
    if (kept) {
        l->kept[row] = s;
        l->bytes += bytes;
    }
    mi_loader_unlock(l);
    return kept;
}

mien_status mi_loader_source(mien_loader *l, int64_t row, mi_lane *lane,
                             mi_source **out, int *owned, mien_error *err)
{
    *owned = 0;
    if (l->labels->pixels) {
        *out = held(l->labels, row, lane);
        return MIEN_OK;
    }
    mi_loader_lock(l);
    mi_source *kept = l->kept[row];
    const mien_error *known = l->error[row];
    mi_loader_unlock(l);
    if (kept)
        *out = kept;
    if (known)
        return mi_fail(err, known->status, "%s", known->text);
    if (kept)
        return MIEN_OK;
    mien_error why = {0};
    mien_status st = load(l, row, out, &why);
    if (st)
        return note_failure(l, row, st, &why, err);
    *owned = !keep(l, row, *out);
    return MIEN_OK;
}
