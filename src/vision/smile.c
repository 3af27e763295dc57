/* smile.c: faces of a video with their eyes and smiles. */
#include "mien/vision_smile.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "mien/vision_search.h"

#include <assert.h>
#include <math.h>

enum { MAX_MISSED = 10 };             /* detections that may miss a face */
static const float vote_share = 0.1f; /* of a frame; votes fade to 0.9 */

struct mien_smiles {
    mien_smile_options o;
    mien_tracker *tracker;
    mien_history *history;
    int n;
    mien_smile_face *face; /* [n] of the frame of now, by id */
    int n_votes;
    mien_smile_vote *vote; /* [n_votes] of all frames */
};

static mien_status check_sight(const mien_sight *s, const char *what,
                               mien_error *err)
{
    if (!(s->top >= 0 && s->top <= 0.9f))
        return mi_fail(err, MIEN_EARG,
                       "smile: %s leave out %g of a face, wanted 0 to 0.9",
                       what, (double)s->top);
    if (s->side < 0 || s->side > MIEN_IMAGE_MAX_SIDE)
        return mi_fail(err, MIEN_EARG,
                       "smile: %s in faces of %d pixels, wanted 0 to %d", what,
                       s->side, MIEN_IMAGE_MAX_SIDE);
    return MIEN_OK;
}

static mien_status check_options(const mien_smile_options *o, mien_error *err)
{
    if (!(o->end >= -1 && o->end <= o->begin && o->begin <= 1))
        return mi_fail(err, MIEN_EARG,
                       "smile: begins at %g and ends at %g, wanted -1 <= end "
                       "<= begin <= 1",
                       (double)o->begin, (double)o->end);
    mien_status st = check_sight(&o->eyes, "eyes", err);
    return st == MIEN_OK ? check_sight(&o->smiles, "smiles", err) : st;
}

mien_status mien_smiles_new(const mien_smile_options *options,
                            mien_smiles **out, mien_error *err)
{
    assert(options->faces.cascade && options->eyes.cascade &&
           (options->smiles.cascade || options->scorer));
    mien_status st = check_options(options, err);
    if (st != MIEN_OK)
        return st;
    mien_smiles *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_no_memory(err);
    mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
    o.flow.pool = options->pool;
    o.max_missed = MAX_MISSED;
    s->o = *options;
    st = mien_tracker_new(&o, &s->tracker, err);
    if (st == MIEN_OK)
        st = mien_history_new(0, &s->history, err);
    if (st == MIEN_OK)
        *out = s;
    else
        mien_smiles_free(s);
    return st;
}

static void forget_frame(mien_smiles *s)
{
    for (int i = 0; i < s->n; i++) {
        mien_hits_free(&s->face[i].eyes);
        mien_hits_free(&s->face[i].smiles);
    }
    s->n = 0;
}

void mien_smiles_free(mien_smiles *s)
{
    if (!s)
        return;
    forget_frame(s);
    mi_free(s->face);
    mi_free(s->vote);
    mien_history_free(s->history);
    mien_tracker_free(s->tracker);
    mi_free(s);
}

static mien_status detect_faces(mien_smiles *s, const mien_gray *g,
                                mien_error *err)
{
    mien_hits hits = {0};
    mien_cascade_options o = s->o.faces.options;
    o.pool = s->o.pool;
    mien_status st = mien_cascade_detect(s->o.faces.cascade, g, &o, &hits, err);
    if (st == MIEN_OK)
        st = mien_tracker_detected_hits(s->tracker, &hits, err);
    mien_hits_free(&hits);
    return st;
}

/* What a cascade finds inside a face, in pixels of the frame. */
static mien_status inside(const mien_smiles *s, const mien_sight *sight,
                          const mien_gray *g, const mien_box *box,
                          mien_hits *out, mien_error *err)
{
    mien_cascade_options o = sight->options;
    o.pool = s->o.pool;
    int x = (int)lrintf(box->x), y = (int)lrintf(box->y);
    mien_region part = {x, y, (int)lrintf(box->x + box->width) - x,
                        (int)lrintf(box->y + box->height) - y};
    int above = (int)lrintf(sight->top * (float)part.h);
    part.y += above;
    part.h -= above;
    if (sight->side)
        return mien_cascade_detect_sized(sight->cascade, g, part, sight->side,
                                         &o, out, err);
    return mien_cascade_detect_part(sight->cascade, g, part, &o, out, err);
}

/* Judge a face of this frame: -1..1, by the scorer or the cascade of smiles. */
static mien_status judge_face(const mien_smiles *s, const mien_gray *g,
                              mien_smile_face *f, float *vote, mien_error *err)
{
    if (s->o.scorer)
        return s->o.scorer(s->o.scorer_arg, f->box, vote, err);
    mien_status st = inside(s, &s->o.smiles, g, &f->box, &f->smiles, err);
    *vote = f->smiles.n ? 1 : -1;
    return st;
}

/* Did a face smile when it was seen last? */
static int smiled(const mien_smiles *s, int64_t id)
{
    for (int i = s->n_votes - 1; i >= 0; i--)
        if (s->vote[i].id == id)
            return s->vote[i].smiling;
    return 0;
}

/* Search a face for eyes, judge it, and add its vote. */
static mien_status read_face(mien_smiles *s, const mien_track *t,
                             const mien_gray *g, double seconds,
                             mien_error *err)
{
    mien_smile_face *f = mi_push(&s->face, s->n, sizeof *f);
    mien_smile_vote *v = mi_push(&s->vote, s->n_votes, sizeof *v);
    if (!f || !v)
        return mi_no_memory(err);
    *f = (mien_smile_face){
        .id = t->id, .box = t->box, .detected = t->since == 0};
    s->n++;
    float vote = 0;
    mien_status st = inside(s, &s->o.eyes, g, &t->box, &f->eyes, err);
    if (st == MIEN_OK)
        st = judge_face(s, g, f, &vote, err);
    if (st != MIEN_OK)
        return st;
    mien_tracker_vote(s->tracker, t->id, vote_share * vote);
    f->votes = t->votes;
    f->smiling = f->votes >= (smiled(s, t->id) ? s->o.end : s->o.begin);
    *v = (mien_smile_vote){t->id, seconds, f->votes, f->smiling};
    s->n_votes++;
    return MIEN_OK;
}

mien_status mien_smiles_next(mien_smiles *s, const mien_gray *g, double seconds,
                             double step, mien_error *err)
{
    forget_frame(s);
    mien_status st = mien_tracker_follow(s->tracker, g, err);
    if (st == MIEN_OK)
        st = detect_faces(s, g, err);
    if (st == MIEN_OK)
        st = mien_history_add(s->history, s->tracker, seconds, step, err);
    if (st != MIEN_OK)
        return st;
    int n;
    const mien_shown *shown = mien_history_shown(s->history, &n);
    for (int i = 0; st == MIEN_OK && i < n; i++)
        st = read_face(s, shown[i].track, g, seconds, err);
    return st;
}

const mien_smile_face *mien_smiles_faces(const mien_smiles *s, int *n)
{
    *n = s->n;
    return s->face;
}

const mien_smile_vote *mien_smiles_votes(const mien_smiles *s, int *n)
{
    *n = s->n_votes;
    return s->vote;
}

const mien_history *mien_smiles_history(const mien_smiles *s)
{
    return s->history;
}

int mien_smiles_at(const mien_smiles *s, int64_t id, int i, double *begin,
                   double *end)
{
    int on = 0, smiles = 0;
    double from = 0, last = 0;
    for (int k = 0; k < s->n_votes; k++) {
        const mien_smile_vote *v = &s->vote[k];
        if (v->id != id)
            continue;
        last = v->seconds;
        if (v->smiling && !on)
            from = v->seconds;
        if (!v->smiling && on && smiles++ == i)
            break;
        on = v->smiling;
    }
    if (smiles != i + 1 && !(on && smiles == i))
        return 0;
    *begin = from;
    *end = last;
    return 1;
}

int64_t mien_smiles_frames(const mien_smiles *s, int64_t id)
{
    int64_t on = 0;
    for (int i = 0; i < s->n_votes; i++)
        on += s->vote[i].id == id && s->vote[i].smiling;
    return on;
}
