/* chips.c: samples in grey, all of one size, as cascades are trained on. */
#include "samples/set.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <string.h>

/* The array of chips; mien_chips shows it to those who only read. */
static uint8_t *own_data(const mien_chips *c)
{
    uint8_t *p;
    memcpy(&p, &c->data, sizeof p);
    return p;
}

void mien_chips_free(mien_chips *c)
{
    if (!c)
        return;
    mi_free(own_data(c));
    *c = (mien_chips){0};
}

/* Room for one more chip; NULL when memory ends. */
static uint8_t *next_chip(mien_chips *c)
{
    uint8_t *data = own_data(c);
    uint8_t *place = mi_push(&data, c->n, (size_t)c->w * (size_t)c->h);
    c->data = data;
    c->n += place != NULL;
    return place;
}

/* A chip mirrored, behind the others. */
static int add_mirrored(mien_chips *c)
{
    uint8_t *to = next_chip(c);
    if (!to)
        return 0;
    const uint8_t *from = to - (size_t)c->w * (size_t)c->h;
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++)
            to[y * c->w + x] = from[y * c->w + c->w - 1 - x];
    return 1;
}

/* A chip of a frame, and its mirror if asked for. */
static mien_status add_view(mien_sample_set *s, const mien_image *frame,
                            mien_random *r, mien_chips *out, mien_error *err)
{
    mien_image im;
    mien_gray g;
    mien_status st =
        mi_view_of(frame, &s->o.jitter, r, s->o.w, s->o.h, &im, err);
    if (st)
        return st;
    st = mien_gray_from(&im, &g, err);
    mien_image_free(&im);
    if (st)
        return st;
    uint8_t *to = next_chip(out);
    for (int y = 0; to && y < g.h; y++)
        memcpy(to + (size_t)y * (size_t)g.w, g.data + y * g.stride,
               (size_t)g.w);
    mien_gray_free(&g);
    return to && (!s->o.mirror || add_mirrored(out)) ? MIEN_OK
                                                     : mi_no_memory(err);
}

/* An object and its copies; one whose picture cannot be loaded adds nothing. */
static mien_status add_object(mien_sample_set *s, int64_t i, int copies,
                              mien_random *r, mien_chips *out, mien_error *err)
{
    mien_image frame;
    mien_status st = mi_set_frame(s, i, &frame, err);
    if (st)
        return mien_sample_set_failure(s, i) ? MIEN_OK : st;
    for (int k = 0; !st && k <= copies; k++)
        st = add_view(s, &frame, k ? r : NULL, out, err);
    mien_image_free(&frame);
    return st;
}

mien_status mien_sample_set_chips(mien_sample_set *s, int copies,
                                  int (*stop)(void *arg), void *arg,
                                  mien_chips *out, mien_error *err)
{
    mien_chips c = {0, s->o.w, s->o.h, NULL};
    mien_status st = MIEN_OK;
    mien_random r;
    mien_random_init(&r, s->o.seed);
    for (int64_t i = 0; !st && i < s->list->n; i++) {
        if (stop && stop(arg))
            break;
        if (mien_sample_set_label(s, i) > 0)
            st = add_object(s, i, copies, &r, &c, err);
    }
    if (st)
        mien_chips_free(&c);
    else
        *out = c;
    return st;
}

/* mien_scenes.load: a scene that cannot be loaded is empty. */
static mien_status load_scene(void *user, int64_t i, mien_gray *out,
                              mien_error *err)
{
    mien_status st = mien_sample_set_gray(user, i, out, err);
    if (st == MIEN_OK || !mien_sample_set_failure(user, i))
        return st;
    *out = (mien_gray){0};
    return MIEN_OK;
}

mien_scenes mien_sample_set_scenes(mien_sample_set *s)
{
    return (mien_scenes){s->list->n, load_scene, s};
}

mien_status mien_vec_chips(const mien_vec *v, int mirror, mien_chips *out,
                           mien_error *err)
{
    mien_chips c = {0, v->w, v->h, NULL};
    int good = 1;
    for (int64_t i = 0; good && i < v->n; i++) {
        uint8_t *to = next_chip(&c);
        if (to)
            mien_vec_get(v, i, to);
        good = to && (!mirror || add_mirrored(&c));
    }
    if (!good) {
        mien_chips_free(&c);
        return mi_no_memory(err);
    }
    *out = c;
    return MIEN_OK;
}
