/* history.c: tracks of a video, as they are shown and summed up. */
#include "mien/vision_history.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <string.h>

enum { REASONS = 8 }; /* of mien_track.lost */

/* The filters of a track. */
typedef struct filters {
    mien_one_euro box[4];     /* centre and size */
    mien_one_euro *landmarks; /* [2 * MIEN_HISTORY_LANDMARKS], or NULL */
} filters;

struct mien_history {
    int smooth, n, n_shown;
    mien_story *story; /* [n] */
    filters *filter;   /* [n] */
    mien_shown *shown; /* [n_shown] */
    double step;       /* of the frame added last */
    int64_t lost[REASONS];
};

mien_status mien_history_new(int smooth, mien_history **out, mien_error *err)
{
    mien_history *h = mi_alloc(1, sizeof *h);
    if (!h)
        return mi_no_memory(err);
    h->smooth = smooth;
    *out = h;
    return MIEN_OK;
}

void mien_history_free(mien_history *h)
{
    if (!h)
        return;
    for (int i = 0; i < h->n; i++)
        mi_free(h->filter[i].landmarks);
    mi_free(h->filter);
    mi_free(h->story);
    mi_free(h->shown);
    mi_free(h);
}

void mien_history_count_lost(mien_history *h, const mien_tracker *tracker)
{
    int n;
    const mien_track *t = mien_tracker_tracks(tracker, &n);
    for (int i = 0; i < n; i++)
        for (int r = 0; r < REASONS; r++)
            h->lost[r] += t[i].lost[r];
}

int64_t mien_history_lost(const mien_history *h, mien_lost why)
{
    int64_t all = 0;
    if (why != MIEN_LOST_NONE)
        return h->lost[why];
    for (int r = 1; r < REASONS; r++)
        all += h->lost[r];
    return all;
}

static mien_box smoothed(filters *f, mien_box b, double step)
{
    double v[4] = {(double)b.x + (double)b.width / 2,
                   (double)b.y + (double)b.height / 2, (double)b.width,
                   (double)b.height};
    for (int i = 0; i < 4; i++)
        v[i] = mien_one_euro_next(&f->box[i], v[i], step);
    return (mien_box){(float)(v[0] - v[2] / 2), (float)(v[1] - v[3] / 2),
                      (float)v[2], (float)v[3]};
}

/* The story of an id, begun if it is new; -1 when memory ended. */
static int story_of(mien_history *h, int64_t id, double seconds)
{
    for (int i = h->n - 1; i >= 0; i--)
        if (h->story[i].id == id)
            return i;
    mien_story *s = mi_push(&h->story, h->n, sizeof *s);
    filters *f = mi_push(&h->filter, h->n, sizeof *f);
    if (!s || !f)
        return -1;
    s->id = id;
    s->begin = seconds;
    for (int i = 0; i < 4; i++)
        f->box[i] = (mien_one_euro)MIEN_ONE_EURO;
    return h->n++;
}

/* Put a track into its story and among those shown; 0 when memory ended. */
static int add_shown(mien_history *h, const mien_track *t, double seconds)
{
    int story = story_of(h, t->id, seconds);
    mien_shown *one = mi_push(&h->shown, h->n_shown, sizeof *one);
    if (story < 0 || !one)
        return 0;
    mien_story *s = &h->story[story];
    s->frames++;
    s->end = seconds;
    s->points += t->n_points;
    s->detections += t->since == 0;
    one->track = t;
    one->story = story;
    one->box =
        h->smooth ? smoothed(&h->filter[story], t->box, h->step) : t->box;
    h->n_shown++;
    return 1;
}

mien_status mien_history_add(mien_history *h, const mien_tracker *tracker,
                             double seconds, double step, mien_error *err)
{
    int n;
    const mien_track *t = mien_tracker_tracks(tracker, &n);
    h->n_shown = 0;
    h->step = step;
    for (int i = 0; i < n; i++)
        if (t[i].n_points > 0 && !add_shown(h, &t[i], seconds))
            return mi_no_memory(err);
    return MIEN_OK;
}

/* Smooth points with the filters of their track, made when first needed. */
static int smooth_points(filters *f, mien_point *p, int n, double step)
{
    if (!f->landmarks) {
        f->landmarks =
            mi_alloc(MIEN_HISTORY_LANDMARKS, 2 * sizeof *f->landmarks);
        if (!f->landmarks)
            return 0;
        for (int i = 0; i < 2 * MIEN_HISTORY_LANDMARKS; i++)
            f->landmarks[i] = (mien_one_euro)MIEN_ONE_EURO;
    }
    for (int i = 0; i < n; i++) {
        mien_one_euro *xy = f->landmarks + (ptrdiff_t)2 * i;
        p[i].x = (float)mien_one_euro_next(&xy[0], (double)p[i].x, step);
        p[i].y = (float)mien_one_euro_next(&xy[1], (double)p[i].y, step);
    }
    return 1;
}

mien_status mien_history_landmarks(mien_history *h, int i, int n,
                                   const mien_point *points, mien_error *err)
{
    assert(i >= 0 && i < h->n_shown && n >= 1 && n <= MIEN_HISTORY_LANDMARKS);
    mien_shown *s = &h->shown[i];
    memcpy(s->landmarks, points, (size_t)n * sizeof *points);
    if (h->smooth &&
        !smooth_points(&h->filter[s->story], s->landmarks, n, h->step))
        return mi_no_memory(err);
    s->n_landmarks = n;
    return MIEN_OK;
}

const mien_shown *mien_history_shown(const mien_history *h, int *n)
{
    *n = h->n_shown;
    return h->shown;
}

const mien_story *mien_history_stories(const mien_history *h, int *n)
{
    *n = h->n;
    return h->story;
}

mien_status mien_tracker_detected_hits(mien_tracker *t, const mien_hits *hits,
                                       mien_error *err)
{
    mien_box *box = mi_alloc((size_t)hits->n + 1, sizeof *box);
    float *score = mi_alloc((size_t)hits->n + 1, sizeof *score);
    mien_status st = box && score ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; st == MIEN_OK && i < hits->n; i++) {
        const mien_hit *h = &hits->hit[i];
        box[i] = (mien_box){(float)h->x, (float)h->y, (float)h->w, (float)h->h};
        score[i] = (float)h->neighbors;
    }
    if (st == MIEN_OK)
        st = mien_tracker_detected(t, hits->n, box, score, err);
    mi_free(box);
    mi_free(score);
    return st;
}
