/* redact_video.c: faces of a video are covered, found or not.
 *
 * Each frame is looked at as a photo is.  What is found surely begins a track
 * or goes on with one:
 *
 *   found at s and at t > s + 1   between: on the straight line, in s+1..t-1
 *   not found at t                followed: where its points are
 *                                 lost: where it was, for HOLD frames
 *   first found at t              followed back through the window, as far as
 *                                 its points go; between, if another track was
 *                                 last found near it
 *
 * Where several say different things, all of it is covered.
 */
#include "face/redact_video.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { HOLD = 15 };
static const double near_sides = 2; /* a face moves so far unseen */

const char *mien_covered_text(mien_covered by)
{
    static const char *const text[] = {
#define X(name, words) words,
        MIEN_COVERED_LIST(X)
#undef X
    };
    unsigned i = (unsigned)by;
    return i < sizeof text / sizeof *text ? text[i] : "unknown";
}

static mien_tracker_options tracking(const mien_video_redactor *v)
{
    mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
    o.flow.pool = v->options.how.pool;
    o.max_missed = HOLD;
    return o;
}

mien_status mien_video_redactor_new(const mien_video_redact_options *options,
                                    mien_video_redactor **out, mien_error *err)
{
    mien_video_redact_options o = MIEN_VIDEO_REDACT_DEFAULTS;
    if (options)
        o = *options;
    if (!o.window)
        o.window = MIEN_REDACT_WINDOW;
    if (o.window < 1 || o.window > MIEN_REDACT_WINDOW_MAX)
        return mi_fail(err, MIEN_EARG,
                       "redact: a window of %d frames, wanted 1 to %d",
                       o.window, MIEN_REDACT_WINDOW_MAX);
    mien_video_redactor *v = mi_alloc(1, sizeof *v);
    if (!v)
        return mi_no_memory(err);
    v->options = o;
    v->sum.window = o.window;
    v->slot = mi_alloc((size_t)o.window, sizeof *v->slot);
    mien_tracker_options t = tracking(v);
    mien_status st = v->slot ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = mien_tracker_new(&t, &v->tracker, err);
    o.how.keep = NULL; /* asked here */
    if (!st)
        st = mien_redactor_new(&o.how, &v->redactor, err);
    if (st)
        mien_video_redactor_free(v);
    else
        *out = v;
    return st;
}

/* The i-th oldest frame. */
mi_slot *mi_redact_slot(const mien_video_redactor *v, int i)
{
    return &v->slot[(v->first + i) % v->options.window];
}

static int64_t bytes_of(const mien_image *im)
{
    return (int64_t)im->h * im->stride;
}

static void drop_first(mien_video_redactor *v)
{
    mi_slot *s = mi_redact_slot(v, 0);
    v->bytes -= bytes_of(&s->image);
    mien_image_free(&s->image);
    mi_free(s->cover);
    memset(s, 0, sizeof *s);
    v->first = (v->first + 1) % v->options.window;
    v->n--;
    v->given = 0;
}

void mien_video_redactor_free(mien_video_redactor *v)
{
    if (!v)
        return;
    while (v->n)
        drop_first(v);
    mien_redactor_free(v->redactor);
    mien_tracker_free(v->tracker);
    mi_free(v->slot);
    mi_free(v->trail);
    mi_free(v);
}

/* ---- covers -------------------------------------------------------------- */

static double side(mien_box b)
{
    return fmax((double)b.width, (double)b.height);
}

/* Pixels between the middles of two boxes. */
static double apart(mien_box a, mien_box b)
{
    double dx = (double)(a.x + a.width / 2) - (double)(b.x + b.width / 2);
    double dy = (double)(a.y + a.height / 2) - (double)(b.y + b.height / 2);
    return hypot(dx, dy);
}

/* Add to what is covered in a frame. */
static mien_status cover(mi_slot *s, const mien_video_cover *c, mien_error *err)
{
    mien_video_cover *last = mi_push(&s->cover, s->n, sizeof *last);
    if (!last)
        return mi_no_memory(err);
    *last = *c;
    s->n++;
    return MIEN_OK;
}

/* Did a detector find a face there?
 *
 *   faint  1: below its usual threshold, too */
static int is_found(const mi_slot *s, mien_box face, int faint)
{
    for (int i = 0; i < s->n; i++) {
        mien_covered by = s->cover[i].by;
        if ((by == MIEN_COVERED_FOUND || (faint && by == MIEN_COVERED_FAINT)) &&
            mi_cover_same(s->cover[i].face, face))
            return 1;
    }
    return 0;
}

/* Cover a face that was not found, whichever way it is turned. */
static mien_status guess(const mien_video_redactor *v, mi_slot *s,
                         int64_t track, mien_box face, double speed,
                         mien_covered by, mien_error *err)
{
    mien_video_cover c = {.track = track, .face = face, .by = by};
    c.cover = mi_cover_of(face, 0, 1.5 * v->options.how.margin, &s->image);
    c.cover = mi_cover_wider(c.cover, speed, &s->image);
    return cover(s, &c, err);
}

/* Cover the frames between two in which a face was found. */
static mien_status between(const mien_video_redactor *v, int64_t track,
                           const mi_trail *from, mien_box to, mien_error *err)
{
    mien_status st = MIEN_OK;
    double steps = (double)(v->count - from->found);
    double speed = apart(from->box, to) / steps;
    for (int i = 0; i < v->n - 1 && !st; i++) {
        mi_slot *s = mi_redact_slot(v, i);
        if (s->number <= from->found)
            continue;
        float w = (float)((double)(s->number - from->found) / steps);
        mien_box a = from->box, b = a;
        b.x = a.x + w * (to.x - a.x);
        b.y = a.y + w * (to.y - a.y);
        b.width = a.width + w * (to.width - a.width);
        b.height = a.height + w * (to.height - a.height);
        st = guess(v, s, track, b, speed, MIEN_COVERED_BETWEEN, err);
    }
    return st;
}

/* ---- backwards ----------------------------------------------------------- */

static mien_status follow(mien_tracker *t, const mien_image *frame,
                          mien_error *err)
{
    mien_gray g;
    mien_status st = mien_gray_from(frame, &g, err);
    if (st)
        return st;
    st = mien_tracker_follow(t, &g, err);
    mien_gray_free(&g);
    return st;
}

/* Follow a face that is new in the last frame through those before it, until
 * its points are lost or it was found there. */
static mien_status follow_back(const mien_video_redactor *v, int64_t track,
                               mien_box face, mien_error *err)
{
    mien_tracker_options o = tracking(v);
    mien_tracker *t = NULL;
    mien_box last = face;
    mien_status st = mien_tracker_new(&o, &t, err);
    if (!st)
        st = follow(t, &mi_redact_slot(v, v->n - 1)->image, err);
    if (!st)
        st = mien_tracker_detected(t, 1, &face, NULL, err);
    for (int i = v->n - 2; i >= 0 && !st; i--) {
        mi_slot *s = mi_redact_slot(v, i);
        int n = 0;
        st = follow(t, &s->image, err);
        const mien_track *now = mien_tracker_tracks(t, &n);
        if (st || !n || !now->n_points || is_found(s, now->box, 0))
            break;
        st = guess(v, s, track, now->box, apart(last, now->box),
                   MIEN_COVERED_FOLLOWED, err);
        last = now->box;
    }
    mien_tracker_free(t);
    return st;
}

/* ---- forwards ------------------------------------------------------------ */

mi_trail *mi_redact_trail(const mien_video_redactor *v, int64_t id)
{
    for (int i = 0; i < v->trails; i++)
        if (v->trail[i].id == id)
            return &v->trail[i];
    return NULL;
}

/* The track that was last found near a new face, while it was not seen; or
 * NULL. */
static const mi_trail *trail_near(const mien_video_redactor *v, mien_box face)
{
    const mi_trail *best = NULL;
    for (int i = 0; i < v->trails; i++) {
        const mi_trail *t = &v->trail[i];
        double a = side(t->box), b = side(face), far = apart(t->box, face);
        if (t->found >= v->count - 1 || a > 2 * b || b > 2 * a ||
            far > near_sides * fmax(a, b))
            continue;
        if (!best || far < apart(best->box, face))
            best = t;
    }
    return best;
}

/* A face was found: cover it where it was not, and remember it.
 *
 *   speed  set to pixels since the frame before */
static mien_status seen(mien_video_redactor *v, int64_t id, mien_box face,
                        double *speed, mien_error *err)
{
    mi_trail *old = mi_redact_trail(v, id);
    const mi_trail *from = old ? old : trail_near(v, face);
    mien_status st = MIEN_OK;
    *speed = old ? apart(old->now, face) : 0;
    if (from && from->found < v->count - 1)
        st = between(v, id, from, face, err);
    if (!old && !st)
        st = follow_back(v, id, face, err);
    if (!old && !st) {
        old = mi_push(&v->trail, v->trails, sizeof *old);
        if (!old)
            return mi_no_memory(err);
        v->trails++;
        old->id = id;
        old->stays = -1;
    }
    if (!st) {
        old->found = v->count;
        old->box = old->now = face;
    }
    return st;
}

/* Forget the tracks whose last find has left the window. */
static void forget(mien_video_redactor *v)
{
    int kept = 0;
    for (int i = 0; i < v->trails; i++)
        if (v->trail[i].found > v->count - v->options.window - HOLD)
            v->trail[kept++] = v->trail[i];
    v->trails = kept;
}

/* Tell the tracker what was found: what is sure, and what is not where a track
 * is.
 *
 *   id  [d->n] set to the track of each, 0: none */
static mien_status track(mien_video_redactor *v, const mien_redaction *d,
                         int64_t *id, mien_error *err)
{
    int n = 0, tracks = 0;
    const mien_track *t = mien_tracker_tracks(v->tracker, &tracks);
    mien_box *box = mi_alloc((size_t)d->n + 1, sizeof *box);
    float *score = mi_alloc((size_t)d->n + 1, sizeof *score);
    int64_t *given = mi_alloc((size_t)d->n + 1, sizeof *given);
    mien_status st = box && score && given ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; i < d->n && !st; i++) {
        int take = !d->cover[i].doubt;
        for (int k = 0; k < tracks && !take; k++)
            take = mi_cover_same(t[k].box, d->cover[i].face);
        id[i] = take ? 1 : 0;
        if (take) {
            box[n] = d->cover[i].face;
            score[n++] = d->cover[i].score;
        }
    }
    mien_detections all = {.n = n, .box = box, .score = score, .id = given};
    if (!st)
        st = mien_tracker_detected_same(v->tracker, &all, err);
    for (int i = 0, k = 0; i < d->n && !st; i++)
        if (id[i])
            id[i] = given[k++];
    mi_free(box);
    mi_free(score);
    mi_free(given);
    return st;
}

/* Cover what was found. */
static mien_status cover_found(mien_video_redactor *v, const mien_redaction *d,
                               const int64_t *id, mien_error *err)
{
    mi_slot *s = mi_redact_slot(v, v->n - 1);
    mien_status st = MIEN_OK;
    for (int i = 0; i < d->n && !st; i++) {
        const mien_cover *f = &d->cover[i];
        double speed = 0;
        if (id[i])
            st = seen(v, id[i], f->face, &speed, err);
        mien_video_cover c = {.track = id[i], .face = f->face};
        c.score = f->score;
        c.cover = mi_cover_wider(f->cover, speed, &s->image);
        c.by = f->doubt ? MIEN_COVERED_FAINT : MIEN_COVERED_FOUND;
        if (!st)
            st = cover(s, &c, err);
    }
    return st;
}

/* Cover the tracks that no detector found in this frame. */
static mien_status cover_missed(mien_video_redactor *v, mien_error *err)
{
    int n = 0;
    const mien_track *t = mien_tracker_tracks(v->tracker, &n);
    mien_status st = MIEN_OK;
    for (int i = 0; i < n && !st; i++) {
        mi_trail *r = mi_redact_trail(v, t[i].id);
        if (!r || r->found == v->count)
            continue;
        st = guess(v, mi_redact_slot(v, v->n - 1), t[i].id, t[i].box,
                   apart(r->now, t[i].box),
                   t[i].n_points ? MIEN_COVERED_FOLLOWED : MIEN_COVERED_LOST,
                   err);
        r->now = t[i].box;
    }
    return st;
}

/* Find the faces of the frame that was just kept. */
static mien_status look(mien_video_redactor *v, mien_error *err)
{
    mi_slot *s = mi_redact_slot(v, v->n - 1);
    mien_image spare = {0};
    mien_redaction d = {0};
    int64_t *id = NULL;
    mien_status st = mien_image_copy(&s->image, &spare, err);
    if (!st)
        st = mien_redactor_run(v->redactor, &spare, &d, err);
    mien_image_free(&spare);
    if (!st)
        st = follow(v->tracker, &s->image, err);
    if (!st && !(id = mi_alloc((size_t)d.n + 1, sizeof *id)))
        st = mi_no_memory(err);
    if (!st)
        st = track(v, &d, id, err);
    if (!st)
        st = cover_found(v, &d, id, err);
    if (!st)
        st = cover_missed(v, err);
    if (!st)
        st = mi_stay_ask(v, err);
    s->left = d.left;
    mi_free(id);
    mien_redaction_free(&d);
    return st;
}

/* Is there no room for another frame like the last? */
static int is_full(const mien_video_redactor *v)
{
    return v->n == v->options.window ||
           (v->n && v->bytes + bytes_of(&mi_redact_slot(v, v->n - 1)->image) >
                        MIEN_REDACT_WINDOW_BYTES);
}

static mien_status check_whole(const mien_video_redactor *v, mien_error *err)
{
    if (!v->failed)
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG, "redact: a frame before failed");
}

mien_status mien_video_redactor_add(mien_video_redactor *v,
                                    const mien_image *frame, double seconds,
                                    mien_error *err)
{
    mien_status st = check_whole(v, err);
    if (st)
        return st;
    if (v->given)
        drop_first(v);
    if (is_full(v))
        return mi_fail(err, MIEN_EARG, "redact: %d frames wait to be taken",
                       v->n);
    mi_slot *s = mi_redact_slot(v, v->n);
    st = mien_image_copy(frame, &s->image, err);
    if (!st) {
        s->number = v->count;
        s->seconds = seconds;
        v->n++;
        v->bytes += bytes_of(&s->image);
        forget(v);
        st = look(v, err);
    }
    v->count++;
    v->failed = st != MIEN_OK;
    return st;
}

/* Cover what does not stay in a frame. */
static mien_status fill(const mien_video_redactor *v, mi_slot *s,
                        mien_error *err)
{
    int n = 0;
    mien_box *kept = mi_alloc((size_t)s->n + 1, sizeof *kept);
    if (!kept)
        return mi_no_memory(err);
    for (int i = 0; i < s->n; i++)
        if (s->cover[i].kept && s->cover[i].score > 0)
            kept[n++] = s->cover[i].face;
    for (int i = 0; i < s->n; i++) {
        const mien_video_cover *c = &s->cover[i];
        if (!c->kept)
            mi_cover_fill(&s->image, c->cover, v->options.how.colour, kept,
                          c->by == MIEN_COVERED_FOUND ? 0 : n);
    }
    mi_free(kept);
    return MIEN_OK;
}

/* Cover a frame and count it. */
static mien_status take(mien_video_redactor *v, mi_slot *s,
                        mien_covered_frame *out, mien_error *err)
{
    mien_covered_frame f = {.number = s->number,
                            .seconds = s->seconds,
                            .image = &s->image,
                            .n = s->n,
                            .cover = s->cover,
                            .left = s->left};
    mi_stay_parts(s);
    mien_status st = fill(v, s, err);
    if (st)
        return st;
    for (int i = 0; i < s->n; i++) {
        const mien_video_cover *c = &s->cover[i];
        f.kept += c->kept;
        f.doubts += !c->kept && !is_found(s, c->face, 0);
        f.missed += !c->kept && !is_found(s, c->face, 1);
    }
    v->sum.frames++;
    v->sum.covered += s->n > f.kept;
    v->sum.kept += f.kept > 0;
    v->sum.doubts += f.doubts > 0;
    v->sum.missed += f.missed > 0;
    v->sum.left += s->left > 0;
    *out = f;
    return MIEN_OK;
}

mien_status mien_video_redactor_next(mien_video_redactor *v, int end,
                                     mien_covered_frame *out, int *more,
                                     mien_error *err)
{
    mien_status st = check_whole(v, err);
    if (st)
        return st;
    if (v->given)
        drop_first(v);
    *more = v->n && (end || is_full(v));
    if (!*more)
        return MIEN_OK;
    if (!end && v->n < v->sum.window)
        v->sum.window = v->n;
    st = take(v, mi_redact_slot(v, 0), out, err);
    if (st)
        *more = 0;
    v->given = !st;
    return st;
}

mien_video_redaction mien_video_redactor_sum(const mien_video_redactor *v)
{
    return v->sum;
}
