/* search.c: cascades in parts of a picture, and inside what others found. */
#include "mien/vision_search.h"

#include "base/error.h"
#include "vision/group.h"

#include <assert.h>
#include <math.h>

/* The part of a picture as a plane of its own; 0 when nothing lies inside. */
static int view_of(const mien_gray *g, mien_region *part, mien_gray *out)
{
    int64_t right = (int64_t)part->x + part->w;
    int64_t low = (int64_t)part->y + part->h;
    part->x = part->x > 0 ? part->x : 0;
    part->y = part->y > 0 ? part->y : 0;
    int64_t w = (right < g->w ? right : g->w) - part->x;
    int64_t h = (low < g->h ? low : g->h) - part->y;
    if (w < 1 || h < 1)
        return 0;
    part->w = (int)w;
    part->h = (int)h;
    *out = mien_gray_view(g, part->x, part->y, part->w, part->h);
    return 1;
}

static void move(mien_hits *hits, mien_region by)
{
    for (int i = 0; i < hits->n; i++) {
        hits->hit[i].x += by.x;
        hits->hit[i].y += by.y;
    }
}

/* One cascade of a search, over all of g. */
static mien_status search_all(const mien_search *s, const mien_cascade *c,
                              const mien_gray *g, const mien_cascade_options *o,
                              mien_hits *out, mien_error *err)
{
    if (s->n_angles)
        return mien_cascade_detect_turned(c, g, o, s->n_angles, s->angle, out,
                                          err);
    return mien_cascade_detect(c, g, o, out, err);
}

static mien_status search_part(const mien_search *s, const mien_cascade *c,
                               const mien_gray *g, mien_region part,
                               mien_hits *out, mien_error *err)
{
    mien_gray view;
    *out = (mien_hits){0};
    if (!view_of(g, &part, &view))
        return MIEN_OK;
    mien_status st = search_all(s, c, &view, &s->options, out, err);
    if (st == MIEN_OK)
        move(out, part);
    return st;
}

mien_status mien_cascade_detect_part(const mien_cascade *c, const mien_gray *g,
                                     mien_region part,
                                     const mien_cascade_options *options,
                                     mien_hits *out, mien_error *err)
{
    assert(c && g && g->data && out);
    mien_search s = {.n = 1, .options = MIEN_CASCADE_DEFAULTS};
    mien_hits hits = {0};
    if (options)
        s.options = *options;
    mien_status st = search_part(&s, c, g, part, &hits, err);
    if (st == MIEN_OK)
        *out = hits;
    return st;
}

static void scale_hits(mien_hits *hits, double by)
{
    for (int i = 0; i < hits->n; i++) {
        mien_hit *h = &hits->hit[i];
        h->x = (int)lround(h->x * by);
        h->y = (int)lround(h->y * by);
        h->w = (int)lround(h->w * by);
        h->h = (int)lround(h->h * by);
    }
}

mien_status mien_cascade_detect_sized(const mien_cascade *c, const mien_gray *g,
                                      mien_region part, int side,
                                      const mien_cascade_options *options,
                                      mien_hits *out, mien_error *err)
{
    assert(c && g && g->data && out);
    mien_gray view, sized = {0};
    mien_hits hits = {0};
    if (side < 1 || side > MIEN_IMAGE_MAX_SIDE)
        return mi_fail(err, MIEN_EARG, "search: side %d, wanted 1 to %d", side,
                       MIEN_IMAGE_MAX_SIDE);
    double by = part.w > 0 ? (double)side / part.w : 1;
    if (!view_of(g, &part, &view)) {
        *out = hits;
        return MIEN_OK;
    }
    double w = round(view.w * by), h = round(view.h * by);
    if (w > MIEN_IMAGE_MAX_SIDE || h > MIEN_IMAGE_MAX_SIDE)
        return mi_fail(err, MIEN_ELIMIT,
                       "search: a part of %d x %d becomes %.0f x %.0f, at most "
                       "%d a side",
                       view.w, view.h, w, h, MIEN_IMAGE_MAX_SIDE);
    mien_status st = mien_gray_resize(&view, w < 1 ? 1 : (int)w,
                                      h < 1 ? 1 : (int)h, &sized, err);
    if (st == MIEN_OK)
        st = mien_cascade_detect(c, &sized, options, &hits, err);
    mien_gray_free(&sized);
    if (st != MIEN_OK)
        return st;
    scale_hits(&hits, 1 / by);
    move(&hits, part);
    *out = hits;
    return MIEN_OK;
}

/* One cascade inside what another found, at any size. */
static mien_status search_inside(const mien_search *s, const mien_cascade *c,
                                 const mien_gray *g, const mien_hits *where,
                                 mien_hits *out, mien_error *err)
{
    mien_search any = *s;
    any.options.min_w = any.options.min_h = 0;
    any.options.max_w = any.options.max_h = 0;
    mien_status st = MIEN_OK;
    for (int i = 0; st == MIEN_OK && i < where->n; i++) {
        const mien_hit *h = &where->hit[i];
        mien_hits some;
        st = search_part(&any, c, g, (mien_region){h->x, h->y, h->w, h->h},
                         &some, err);
        if (st == MIEN_OK)
            st = mi_hits_append(out, &some, err);
        mien_hits_free(&some);
    }
    return st;
}

mien_status mien_search_run(const mien_search *s, const mien_gray *g,
                            mien_hits *out, mien_error *err)
{
    assert(s && s->n > 0 && g && g->data && out);
    mien_gray view = *g;
    mien_region part = s->part;
    for (int i = 0; i < s->n; i++)
        out[i] = (mien_hits){0};
    if (part.w && !view_of(g, &part, &view))
        return MIEN_OK;
    mien_status st = MIEN_OK;
    for (int i = 0; st == MIEN_OK && i < s->n; i++)
        st = i && s->inside
                 ? search_inside(s, s->cascade[i], &view, out, &out[i], err)
                 : search_all(s, s->cascade[i], &view, &s->options, &out[i],
                              err);
    for (int i = 0; i < s->n; i++)
        if (st != MIEN_OK)
            mien_hits_free(&out[i]);
        else if (part.w)
            move(&out[i], part);
    return st;
}
