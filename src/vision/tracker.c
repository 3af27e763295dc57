/* tracker.c: boxes followed over time by the corners in them (KLT).
 *
 *   detection -> corners in an ellipse inside the box
 *   frame     -> where each corner went and whether it comes back
 *             -> the turn, scale and shift most of them agree on -> the box
 *
 * Corners that move unlike the rest are dropped.  A box with too few corners
 * left, out of the picture, or grown or shrunk too much since its detection is
 * lost, and waits where it was for a detection.  A cut to another scene ends
 * all tracks, so that no id passes to another person.
 *
 * Source: Tomasi and Kanade, Detection and Tracking of Point Features, 1991;
 * Kalal et al., Forward-Backward Error, ICPR 2010. */
#include "vision/tracker.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "vision/pyramid.h"
#include "vision/similarity.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { MAX_TRACKS = 1 << 23 };

/* Refuse options outside their range. */
static mien_status check(mien_tracker_options *o, mien_error *err)
{
    if (o->points < 4 || o->points > 1000 || o->min_points < 3 ||
        o->min_points > o->points)
        return mi_fail(err, MIEN_EARG,
                       "tracker: %d points and at least %d, wanted 4..1000 and "
                       "3 or more of them",
                       o->points, o->min_points);
    if (!(o->min_overlap > 0 && o->min_overlap < 1) || !(o->max_drift > 1) ||
        o->max_missed < 1)
        return mi_fail(err, MIEN_EARG,
                       "tracker: overlap %g, drift %g, %d missed: wanted above "
                       "0 and below 1, above 1, at least 1",
                       o->min_overlap, o->max_drift, o->max_missed);
    return mi_flow_options(&o->flow, err);
}

mien_status mien_tracker_new(const mien_tracker_options *options,
                             mien_tracker **out, mien_error *err)
{
    assert(out);
    mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
    if (options)
        o = *options;
    o.points = o.points ? o.points : 60;
    o.min_points = o.min_points ? o.min_points : 8;
    o.min_overlap = o.min_overlap != 0 ? o.min_overlap : 0.3;
    o.max_drift = o.max_drift != 0 ? o.max_drift : 2;
    o.max_missed = o.max_missed ? o.max_missed : 5;
    o.flow.max_back = o.flow.max_back != 0 ? o.flow.max_back : 1;
    mien_status st = check(&o, err);
    if (st != MIEN_OK)
        return st;
    mien_tracker *t = mi_alloc(1, sizeof *t);
    if (!t)
        return mi_no_memory(err);
    t->o = o;
    t->next_id = 1;
    t->wants = 1;
    *out = t;
    return MIEN_OK;
}

static void end_track(mien_tracker *t, int i)
{
    mi_free(t->hold[i].points);
    t->n--;
    size_t after = (size_t)(t->n - i);
    memmove(t->track + i, t->track + i + 1, after * sizeof *t->track);
    memmove(t->hold + i, t->hold + i + 1, after * sizeof *t->hold);
}

static void end_all(mien_tracker *t)
{
    while (t->n)
        end_track(t, t->n - 1);
}

void mien_tracker_free(mien_tracker *t)
{
    if (!t)
        return;
    end_all(t);
    mi_free(t->track);
    mi_free(t->hold);
    mien_pyramid_free(t->now);
    mi_free(t);
}

/* ---- the next frame ----------------------------------------------------- */

static void lose(mien_tracker *t, int i)
{
    mi_free(t->hold[i].points);
    t->hold[i].points = NULL;
    t->hold[i].n = t->track[i].n_points = 0;
    t->wants = 1;
}

/* Move a box as its points moved; 0 when it drifts or leaves. */
static int move_box(const mien_tracker *t, int i, const mi_similarity *s)
{
    mien_track *track = &t->track[i];
    const mien_box *from = &t->hold[i].detected;
    mien_point c = {track->box.x + track->box.width / 2,
                    track->box.y + track->box.height / 2};
    double by = hypot(s->a, s->b);
    c = mi_similarity_apply(s, c);
    float w = (float)((double)track->box.width * by);
    float h = (float)((double)track->box.height * by);
    double grown = (double)w / (double)from->width;
    const mi_level *l = &t->now->level[0];
    if (!(grown < t->o.max_drift && grown > 1 / t->o.max_drift) ||
        !(c.x >= 0 && c.x < (float)l->w && c.y >= 0 && c.y < (float)l->h))
        return 0;
    track->box = (mien_box){c.x - w / 2, c.y - h / 2, w, h};
    track->angle -= (float)(atan2(s->b, s->a) * 57.29577951308232);
    return 1;
}

/* Is a point a pixel's place? */
static int is_inside(const mi_level *l, mien_point p)
{
    return p.x >= 0 && p.y >= 0 && p.x <= (float)(l->w - 1) &&
           p.y <= (float)(l->h - 1);
}

/* Keep the points that were found inside the picture; their old places go to
 * `from`. */
static int keep_found(const mien_tracker *t, int i, const mien_flow *flow,
                      mien_point *from)
{
    mien_track *track = &t->track[i];
    mi_hold *h = &t->hold[i];
    int n = 0;
    memset(track->lost, 0, sizeof track->lost);
    for (int j = 0; j < h->n; j++) {
        mien_lost why = flow[j].lost;
        if (why == MIEN_LOST_NONE && !is_inside(&t->now->level[0], flow[j].to))
            why = MIEN_LOST_OUTSIDE;
        track->lost[why] += why != MIEN_LOST_NONE;
        if (why == MIEN_LOST_NONE) {
            from[n] = h->points[j];
            h->points[n++] = flow[j].to;
        }
    }
    return n;
}

/* One track: flow, from and in have room for all its points. */
static void follow_track(mien_tracker *t, int i, const mien_flow *flow,
                         mien_point *from, unsigned char *in)
{
    mien_track *track = &t->track[i];
    mi_hold *h = &t->hold[i];
    track->age++;
    track->since++;
    if (!h->n)
        return;
    h->n = keep_found(t, i, flow, from);
    mi_similarity s = {1, 0, 0, 0};
    double limit = 0.03 * (double)track->box.width;
    int agree = 0;
    if (h->n >= t->o.min_points)
        agree = mi_similarity_fit(h->n, from, h->points, limit > 1 ? limit : 1,
                                  in, &s);
    track->lost[MIEN_LOST_OUTLIER] = h->n >= t->o.min_points ? h->n - agree : 0;
    if (agree < t->o.min_points || !move_box(t, i, &s)) {
        lose(t, i);
        return;
    }
    int n = 0;
    for (int j = 0; j < h->n; j++)
        if (in[j])
            h->points[n++] = h->points[j];
    h->n = track->n_points = n;
    t->wants |= n < h->begun / 2;
}

/* Memory of a step, for the points of all tracks together. */
typedef struct step {
    int n;
    mien_point *points, *from; /* [n] */
    mien_flow *flow;           /* [n] */
    unsigned char *in;         /* [n] */
} step;

static void step_free(step *s)
{
    mi_free(s->points);
    mi_free(s->from);
    mi_free(s->flow);
    mi_free(s->in);
}

/* The points of all tracks in one list, with room for where they go. */
static mien_status step_new(const mien_tracker *t, step *s, mien_error *err)
{
    *s = (step){0};
    for (int i = 0; i < t->n; i++)
        s->n += t->hold[i].n;
    size_t room = (size_t)s->n + 1;
    s->points = mi_alloc(room, sizeof *s->points);
    s->from = mi_alloc(room, sizeof *s->from);
    s->flow = mi_alloc(room, sizeof *s->flow);
    s->in = mi_alloc(room, 1);
    if (!s->points || !s->from || !s->flow || !s->in) {
        step_free(s);
        return mi_no_memory(err);
    }
    mien_point *p = s->points;
    for (int i = 0; i < t->n; i++)
        for (int j = 0; j < t->hold[i].n; j++)
            *p++ = t->hold[i].points[j];
    return MIEN_OK;
}

/* Another scene begins: the picture is another and most points are gone.  At
 * cuts between photos of faces at one place (bench/cuts.c) few points are found
 * that move alike, and the pictures are like each other; within a scene half of
 * them stay.  Asked when all tracks have moved. */
static int is_cut(const mien_tracker *t, const mien_pyramid *before,
                  const step *s)
{
    int found = 0, held = 0;
    for (int i = 0; i < s->n; i++)
        found += s->flow[i].lost == MIEN_LOST_NONE;
    for (int i = 0; i < t->n; i++)
        held += t->hold[i].n;
    int nearly_all = s->n >= 8 && 3 * held <= s->n;
    if (2 * found > s->n && !nearly_all)
        return 0;
    return mi_pyramid_likeness(before, t->now) < (nearly_all ? 0.9 : 0.5);
}

/* Move all tracks by the flow of their points, or end them at a cut. */
static mien_status follow_all(mien_tracker *t, mien_pyramid *next,
                              mien_error *err)
{
    step s;
    mien_status st = step_new(t, &s, err);
    if (st != MIEN_OK)
        return st;
    st = mien_flow_run(t->now, next, &t->o.flow, s.n, s.points, s.flow, err);
    if (st == MIEN_OK) {
        mien_pyramid *before = t->now;
        t->now = next;
        t->wants = 0;
        const mien_flow *flow = s.flow;
        for (int i = 0; i < t->n; i++) {
            int n = t->hold[i].n;
            t->wants |= n == 0;
            follow_track(t, i, flow, s.from, s.in);
            flow += n;
        }
        if (is_cut(t, before, &s))
            end_all(t);
        mien_pyramid_free(before);
        t->wants |= t->n == 0;
    }
    step_free(&s);
    return st;
}

mien_status mien_tracker_follow(mien_tracker *t, const mien_gray *g,
                                mien_error *err)
{
    assert(t && g);
    mien_pyramid *next;
    mien_status st = mien_pyramid_new(g, &t->o.flow, &next, err);
    if (st != MIEN_OK)
        return st;
    const mi_level *a = t->now ? &t->now->level[0] : NULL;
    if (a && a->w == g->w && a->h == g->h) {
        st = follow_all(t, next, err);
        if (st != MIEN_OK)
            mien_pyramid_free(next);
        return st;
    }
    end_all(t);
    mien_pyramid_free(t->now);
    t->now = next;
    t->wants = 1;
    return MIEN_OK;
}

/* ---- detections --------------------------------------------------------- */

/* Corners of the frame in the ellipse inside a box. */
static mien_status corners_in(const mien_tracker *t, const mien_box *box,
                              mien_points *out, mien_error *err)
{
    const mi_level *l = &t->now->level[0];
    const mien_gray frame = {l->w, l->h, l->stride, l->grey};
    float right = box->x + box->width, low = box->y + box->height;
    int x = box->x > 0 ? (int)fminf(box->x, (float)l->w) : 0;
    int y = box->y > 0 ? (int)fminf(box->y, (float)l->h) : 0;
    int w = (int)fmaxf(fminf(right, (float)l->w), 0) - x;
    int h = (int)fmaxf(fminf(low, (float)l->h), 0) - y;
    *out = (mien_points){0};
    if (w < 3 || h < 3)
        return MIEN_OK;
    mien_gray part = mien_gray_view(&frame, x, y, w, h);
    mien_corner_options o = MIEN_CORNER_DEFAULTS;
    o.min_distance = fmin(w, h) / (2 * sqrt(t->o.points));
    mien_status st = mien_corners_find(&part, &o, out, err);
    if (st != MIEN_OK)
        return st;
    float cx = box->width / 2, cy = box->height / 2;
    int n = 0;
    for (int i = 0; i < out->n && n < t->o.points; i++) {
        mien_point p = {out->at[i].x + (float)x, out->at[i].y + (float)y};
        float u = (p.x - box->x - cx) / (0.9f * cx);
        float v = (p.y - box->y - cy) / (0.9f * cy);
        if (u * u + v * v < 1)
            out->at[n++] = p;
    }
    out->n = n;
    return MIEN_OK;
}

/* Room for `more` tracks. */
static mien_status reserve_tracks(mien_tracker *t, int more, mien_error *err)
{
    int fits = more <= MAX_TRACKS - t->n &&
               mi_grow(&t->track, t->n, more, sizeof *t->track) &&
               mi_grow(&t->hold, t->n, more, sizeof *t->hold);
    return fits ? MIEN_OK : mi_no_memory(err);
}

/* A track lies where it was detected; its points become the tracker's. */
static void hold_by(mien_tracker *t, int i, const mien_box *box, float score,
                    mien_points *points)
{
    mien_track *track = &t->track[i];
    mi_hold *h = &t->hold[i];
    mi_free(h->points);
    *h = (mi_hold){points->n, points->n, points->at, *box};
    *points = (mien_points){0};
    track->box = *box;
    track->score = score;
    track->n_points = h->n;
    track->angle = 0;
    track->since = track->missed = 0;
    if (!h->n)
        t->wants = 1;
}

/* Does a track lie where another was just detected? */
static int is_covered(const mien_tracker *t, int i)
{
    for (int j = 0; j < t->n; j++)
        if (j != i && t->track[j].since == 0 &&
            mi_tracker_within(&t->track[i].box, &t->track[j].box) > MI_SAME)
            return 1;
    return 0;
}

/* Tracks that no box was found for: one that a box showed to be another's is
 * lost, one that lies on another ends. */
static void miss(mien_tracker *t, int before, int n, const mi_matches *m)
{
    for (int k = before - 1; k >= 0; k--) {
        int found = 0;
        for (int i = 0; i < n && !found; i++)
            found = m->of[i] == k;
        if (found)
            continue;
        if (m->refused[k])
            lose(t, k);
        if (++t->track[k].missed > t->o.max_missed || is_covered(t, k))
            end_track(t, k);
    }
}

/* Let detections take their tracks, or begin new ones. */
static void apply(mien_tracker *t, const mien_detections *d,
                  const mi_matches *m, mien_points *points)
{
    int before = t->n;
    t->wants = 0;
    for (int i = 0; i < d->n; i++) {
        int k = m->of[i];
        if (d->id)
            d->id[i] = 0;
        if (k == MI_DOUBLE)
            continue;
        if (k == MI_NEW) {
            k = t->n++;
            t->track[k] = (mien_track){.id = t->next_id++};
            t->hold[k] = (mi_hold){0};
        }
        hold_by(t, k, &d->box[i], d->score ? d->score[i] : 1, &points[i]);
        if (d->id)
            d->id[i] = t->track[k].id;
    }
    miss(t, before, d->n, m);
    t->wants |= t->n == 0;
}

static int box_is_good(const mien_box *b)
{
    return isfinite(b->x) && isfinite(b->y) && isfinite(b->width) &&
           isfinite(b->height) && b->width > 0 && b->height > 0;
}

/* Refuse boxes without area, and boxes before a frame. */
static mien_status check_boxes(const mien_tracker *t, const mien_detections *d,
                               mien_error *err)
{
    if (!t->now)
        return mi_fail(err, MIEN_EARG, "tracker: detections before a frame");
    for (int i = 0; i < d->n; i++)
        if (!box_is_good(&d->box[i]))
            return mi_fail(
                err, MIEN_EARG,
                "tracker: box %d is %g x %g at %g, %g, wanted finite "
                "numbers and sizes above 0",
                i, (double)d->box[i].width, (double)d->box[i].height,
                (double)d->box[i].x, (double)d->box[i].y);
    return MIEN_OK;
}

mien_status mien_tracker_detected_same(mien_tracker *t,
                                       const mien_detections *d,
                                       mien_error *err)
{
    assert(t && d && d->n >= 0 && (!d->n || d->box));
    mien_status st = check_boxes(t, d, err);
    if (st != MIEN_OK)
        return st;
    mi_matches m = {mi_alloc((size_t)d->n + 1, sizeof *m.of),
                    mi_alloc((size_t)t->n + 1, 1)};
    mien_points *points = mi_alloc((size_t)d->n + 1, sizeof *points);
    st = m.of && m.refused && points ? reserve_tracks(t, d->n, err)
                                     : mi_no_memory(err);
    for (int i = 0; st == MIEN_OK && i < d->n; i++)
        st = corners_in(t, &d->box[i], &points[i], err);
    if (st == MIEN_OK)
        st = mi_tracker_match(t, d, &m, err);
    if (st == MIEN_OK)
        apply(t, d, &m, points);
    for (int i = 0; points && i < d->n; i++)
        mien_points_free(&points[i]);
    mi_free(points);
    mi_free(m.of);
    mi_free(m.refused);
    return st;
}

mien_status mien_tracker_detected(mien_tracker *t, int n, const mien_box *boxes,
                                  const float *score, mien_error *err)
{
    const mien_detections d = {.n = n, .box = boxes, .score = score};
    return mien_tracker_detected_same(t, &d, err);
}

/* ---- looking ------------------------------------------------------------ */

int mien_tracker_wants_detection(const mien_tracker *t)
{
    assert(t);
    return t->wants;
}

const mien_track *mien_tracker_tracks(const mien_tracker *t, int *n)
{
    assert(t && n);
    *n = t->n;
    return t->track;
}

static int index_of(const mien_tracker *t, int64_t id)
{
    for (int i = 0; i < t->n; i++)
        if (t->track[i].id == id)
            return i;
    return -1;
}

const mien_point *mien_tracker_points(const mien_tracker *t, int64_t id, int *n)
{
    assert(t && n);
    int i = index_of(t, id);
    *n = i < 0 ? 0 : t->hold[i].n;
    return i < 0 ? NULL : t->hold[i].points;
}

void mien_tracker_vote(mien_tracker *t, int64_t id, float vote)
{
    assert(t);
    int i = index_of(t, id);
    if (i >= 0 && isfinite(vote))
        t->track[i].votes = 0.9f * t->track[i].votes + vote;
}
