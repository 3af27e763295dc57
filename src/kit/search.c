/* search.c: cascades in photos, which may have been read at a smaller size. */
#include "mien/kit.h"

#include "base/error.h"

#include <math.h>

/* The part that is asked for must show something of the photo. */
static mien_status check_part(mien_region r, int w, int h, mien_error *err)
{
    int64_t right = (int64_t)r.x + r.w, low = (int64_t)r.y + r.h;
    if (!r.w || (right > 0 && low > 0 && r.x < w && r.y < h))
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG,
                   "the part %d,%d,%d,%d lies outside a photo of %d x %d", r.x,
                   r.y, r.w, r.h, w, h);
}

/* Take sizes and the part of a search to a photo that was read smaller. */
static void shrink_search(mien_search *s, double by)
{
    mien_cascade_options *o = &s->options;
    int *const all[] = {&o->min_w,  &o->min_h,  &o->max_w,  &o->max_h,
                        &s->part.x, &s->part.y, &s->part.w, &s->part.h};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        long smaller = lround(*all[i] / by);
        *all[i] = smaller < 1 && *all[i] > 0 ? 1 : (int)smaller;
    }
}

void mien_hits_scale(mien_hits *h, double by)
{
    for (int i = 0; i < h->n; i++) {
        mien_hit *one = &h->hit[i];
        one->x = (int)lround(one->x * by);
        one->y = (int)lround(one->y * by);
        one->w = (int)lround(one->w * by);
        one->h = (int)lround(one->h * by);
    }
}

mien_status mien_search_photo(const mien_search *search,
                              const mien_photo *photo, int equalize,
                              mien_hits *out, mien_error *err)
{
    mien_search s = *search;
    double by = (double)photo->w / photo->im.w;
    mien_gray g;
    mien_status st = check_part(s.part, photo->w, photo->h, err);
    if (!st)
        st = mien_gray_from(&photo->im, &g, err);
    if (st)
        return st;
    if (equalize)
        mien_gray_equalize(&g);
    if (by > 1)
        shrink_search(&s, by);
    st = mien_search_run(&s, &g, out, err);
    for (int i = 0; by > 1 && !st && i < s.n; i++)
        mien_hits_scale(&out[i], by);
    mien_gray_free(&g);
    return st;
}
