/* cli_smile.c: faces of a video with their eyes and smiles. */
#include "cli/cli_smile.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const float vote_share = 0.1f; /* of a frame; votes fade to 0.9 */

static void forget_frame(cli_smiles *s)
{
    for (int i = 0; i < s->n; i++) {
        mien_hits_free(&s->face[i].eyes);
        mien_hits_free(&s->face[i].smiles);
    }
    s->n = 0;
}

mien_status cli_smiles_open(cli_smiles *s, mien_error *err)
{
    mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
    o.flow.pool = s->pool;
    o.max_missed = 10;
    return mien_tracker_new(&o, &s->tracker, err);
}

void cli_smiles_free(cli_smiles *s)
{
    forget_frame(s);
    mi_free(s->face);
    mi_free(s->vote);
    cli_tracks_free(&s->all);
    mien_tracker_free(s->tracker);
    mien_cascade_free(s->faces.cascade);
    mien_cascade_free(s->eyes.cascade);
    mien_cascade_free(s->smiles.cascade);
    mien_pool_free(s->pool);
    *s = (cli_smiles){0};
}

/* ---- a frame ------------------------------------------------------------- */

static mien_status detect_faces(cli_smiles *s, const mien_gray *g,
                                mien_error *err)
{
    mien_hits hits;
    mien_cascade_options o = s->faces.o;
    o.pool = s->pool;
    mien_status st = mien_cascade_detect(s->faces.cascade, g, &o, &hits, err);
    if (st != MIEN_OK)
        return st;
    st = cli_tracks_detected(s->tracker, &hits, err);
    mien_hits_free(&hits);
    return st;
}

/* What a cascade sees inside a face, in pixels of the frame. */
static mien_status inside(const cli_smiles *s, const cli_sight *sight,
                          const mien_gray *g, const mien_box *box,
                          mien_hits *out, mien_error *err)
{
    int x = box->x > 0 ? (int)lrintf(box->x) : 0;
    int y = box->y > 0 ? (int)lrintf(box->y) : 0;
    int w = (int)lrintf(box->x + box->width) - x;
    int h = (int)lrintf(box->y + box->height) - y;
    w = x + w > g->w ? g->w - x : w;
    h = y + h > g->h ? g->h - y : h;
    if (w < 1 || h < 1)
        return MIEN_OK;
    mien_gray part = mien_gray_view(g, x, y, w, h);
    mien_cascade_options o = sight->o;
    o.pool = s->pool;
    mien_status st = mien_cascade_detect(sight->cascade, &part, &o, out, err);
    for (int i = 0; st == MIEN_OK && i < out->n; i++) {
        out->hit[i].x += x;
        out->hit[i].y += y;
    }
    return st;
}

/* The last vote of an id; NULL: none. */
static const cli_vote *last_vote(const cli_smiles *s, int64_t id)
{
    for (int i = s->n_votes - 1; i >= 0; i--)
        if (s->vote[i].id == id)
            return &s->vote[i];
    return NULL;
}

static mien_status keep_vote(cli_smiles *s, cli_vote one, mien_error *err)
{
    if (s->n_votes == s->cap_votes) {
        int cap = s->cap_votes * 2 + 1024;
        cli_vote *more = mi_alloc((size_t)cap, sizeof *more);
        if (!more)
            return mi_no_memory(err);
        if (s->n_votes)
            memcpy(more, s->vote, (size_t)s->n_votes * sizeof *more);
        mi_free(s->vote);
        s->vote = more;
        s->cap_votes = cap;
    }
    s->vote[s->n_votes++] = one;
    return MIEN_OK;
}

static mien_status look_at(cli_smiles *s, const mien_track *k,
                           const mien_gray *g, double seconds, mien_error *err)
{
    cli_smile *f = &s->face[s->n++];
    *f = (cli_smile){.id = k->id, .box = k->box, .detected = k->since == 0};
    mien_status st = inside(s, &s->eyes, g, &k->box, &f->eyes, err);
    if (st == MIEN_OK)
        st = inside(s, &s->smiles, g, &k->box, &f->smiles, err);
    if (st != MIEN_OK)
        return st;
    float vote = f->smiles.n ? vote_share : -vote_share;
    mien_tracker_vote(s->tracker, k->id, vote);
    f->votes = k->votes;
    const cli_vote *before = last_vote(s, k->id);
    f->smiling = f->votes >= (before && before->smiling ? s->end : s->begin);
    return keep_vote(s, (cli_vote){k->id, seconds, f->votes, f->smiling}, err);
}

static mien_status look_at_all(cli_smiles *s, const mien_gray *g,
                               double seconds, mien_error *err)
{
    if (s->all.n_shown > s->cap) {
        cli_smile *more = mi_alloc((size_t)s->all.n_shown, sizeof *more);
        if (!more)
            return mi_no_memory(err);
        mi_free(s->face);
        s->face = more;
        s->cap = s->all.n_shown;
    }
    mien_status st = MIEN_OK;
    for (int i = 0; st == MIEN_OK && i < s->all.n_shown; i++)
        st = look_at(s, s->all.shown[i].track, g, seconds, err);
    return st;
}

mien_status cli_smiles_look(cli_smiles *s, const cli_video *v,
                            const mien_image *frame, mien_error *err)
{
    mien_gray g;
    forget_frame(s);
    mien_status st = mien_gray_from(frame, &g, err);
    if (st != MIEN_OK)
        return st;
    st = mien_tracker_follow(s->tracker, &g, err);
    if (st == MIEN_OK)
        st = detect_faces(s, &g, err);
    if (st == MIEN_OK)
        st = cli_tracks_update(&s->all, s->tracker, v, 0, err);
    if (st == MIEN_OK)
        st = look_at_all(s, &g, v->seconds, err);
    mien_gray_free(&g);
    return st;
}

/* ---- drawn --------------------------------------------------------------- */

static void draw_inside(mien_canvas *canvas, const mien_hits *hits,
                        mien_colour colour, float line)
{
    for (int i = 0; i < hits->n; i++) {
        const mien_hit *h = &hits->hit[i];
        mien_box box = {(float)h->x, (float)h->y, (float)h->w, (float)h->h};
        mien_canvas_box(canvas, box, colour, line);
    }
}

mien_status cli_smiles_draw(const cli_smiles *s, mien_image *frame,
                            mien_error *err)
{
    static const mien_colour eyes = {90, 180, 255}, smile = {255, 120, 190};
    static const mien_colour on = {255, 170, 40}, off = {0, 229, 160};
    float unit = (float)(frame->w > frame->h ? frame->w : frame->h) / 1000;
    float line = 1 + 1.5f * unit;
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(frame, &canvas, err);
    if (st != MIEN_OK)
        return st;
    for (int i = 0; i < s->n; i++) {
        const cli_smile *f = &s->face[i];
        mien_canvas_box(canvas, f->box, f->smiling ? on : off, line);
        draw_inside(canvas, &f->eyes, eyes, line);
        draw_inside(canvas, &f->smiles, smile, line);
    }
    for (int i = 0; i < s->n; i++) {
        const cli_smile *f = &s->face[i];
        char text[64];
        snprintf(text, sizeof text, "#%lld %s%+.2f", (long long)f->id,
                 f->smiling ? "smiles " : "", (double)f->votes);
        mien_canvas_label(canvas, f->box.x, f->box.y - unit, text,
                          8 + 10 * unit, f->smiling ? on : off);
    }
    st = mien_canvas_finish(canvas, err);
    mien_canvas_free(canvas);
    return st;
}
