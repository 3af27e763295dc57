/* cli_tracks.c: tracks of a video, as they are shown, drawn and summed up. */
#include "cli/cli_tracks.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

void cli_tracks_free(cli_tracks *t)
{
    for (int i = 0; i < t->n; i++)
        mi_free(t->story[i].landmarks);
    mi_free(t->story);
    mi_free(t->shown);
    *t = (cli_tracks){0};
}

/* An array twice as long with the same start; NULL when memory ended. */
static void *longer(void *old, int n, int cap, size_t size)
{
    void *more = mi_alloc((size_t)cap, size);
    if (more && n)
        memcpy(more, old, (size_t)n * size);
    if (more)
        mi_free(old);
    return more;
}

mien_status cli_tracks_detected(mien_tracker *tracker, const mien_hits *hits,
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
        st = mien_tracker_detected(tracker, hits->n, box, score, err);
    mi_free(box);
    mi_free(score);
    return st;
}

void cli_tracks_count_lost(cli_tracks *t, const mien_tracker *tracker)
{
    int n;
    const mien_track *k = mien_tracker_tracks(tracker, &n);
    for (int i = 0; i < n; i++)
        for (int r = 0; r < 8; r++)
            t->lost[r] += k[i].lost[r];
}

/* The story of an id, begun if it is new; -1 when memory ended. */
static int story_of(cli_tracks *t, int64_t id, const cli_video *v)
{
    for (int i = t->n - 1; i >= 0; i--)
        if (t->story[i].id == id)
            return i;
    if (t->n == t->cap) {
        int cap = t->cap * 2 + 16;
        cli_story *more = longer(t->story, t->n, cap, sizeof *more);
        if (!more)
            return -1;
        t->story = more;
        t->cap = cap;
    }
    cli_story *s = &t->story[t->n];
    *s = (cli_story){.id = id, .first = v->done - 1, .begin = v->seconds};
    for (int i = 0; i < 4; i++)
        s->smooth[i] = (mien_one_euro)MIEN_ONE_EURO;
    return t->n++;
}

static mien_box smoothed(cli_story *s, mien_box b, double seconds)
{
    double v[4] = {(double)b.x + (double)b.width / 2,
                   (double)b.y + (double)b.height / 2, (double)b.width,
                   (double)b.height};
    for (int i = 0; i < 4; i++)
        v[i] = mien_one_euro_next(&s->smooth[i], v[i], seconds);
    return (mien_box){(float)(v[0] - v[2] / 2), (float)(v[1] - v[3] / 2),
                      (float)v[2], (float)v[3]};
}

static int show(cli_tracks *t, const mien_track *k, const cli_video *v,
                int smooth)
{
    int story = story_of(t, k->id, v);
    if (story < 0)
        return 0;
    if (t->n_shown == t->cap_shown) {
        int cap = t->cap_shown * 2 + 16;
        cli_shown *more = longer(t->shown, t->n_shown, cap, sizeof *more);
        if (!more)
            return 0;
        t->shown = more;
        t->cap_shown = cap;
    }
    cli_story *s = &t->story[story];
    s->frames++;
    s->last = v->done - 1;
    s->end = v->seconds;
    s->points += k->n_points;
    s->detections += k->since == 0;
    mien_box box = smooth ? smoothed(s, k->box, v->per_frame) : k->box;
    t->shown[t->n_shown++] =
        (cli_shown){.track = k, .box = box, .story = story};
    return 1;
}

mien_status cli_tracks_update(cli_tracks *t, const mien_tracker *tracker,
                              const cli_video *v, int smooth, mien_error *err)
{
    int n;
    const mien_track *k = mien_tracker_tracks(tracker, &n);
    t->n_shown = 0;
    for (int i = 0; i < n; i++)
        if (k[i].n_points > 0 && !show(t, &k[i], v, smooth))
            return mi_no_memory(err);
    return MIEN_OK;
}

/* Points smoothed with the filters of a story, made when first needed. */
static int smooth_points(cli_story *s, mien_point *p, int n, double seconds)
{
    if (!s->landmarks) {
        s->landmarks = mi_alloc((size_t)n, 2 * sizeof *s->landmarks);
        if (!s->landmarks)
            return 0;
        for (int i = 0; i < 2 * n; i++)
            s->landmarks[i] = (mien_one_euro)MIEN_ONE_EURO;
    }
    for (int i = 0; i < n; i++) {
        mien_one_euro *f = s->landmarks + (ptrdiff_t)2 * i;
        p[i].x = (float)mien_one_euro_next(&f[0], (double)p[i].x, seconds);
        p[i].y = (float)mien_one_euro_next(&f[1], (double)p[i].y, seconds);
    }
    return 1;
}

mien_status cli_tracks_landmarks(cli_tracks *t, mien_analyzer *a,
                                 const cli_video *v, const mien_image *frame,
                                 int smooth, mien_error *err)
{
    for (int i = 0; i < t->n_shown; i++) {
        cli_shown *s = &t->shown[i];
        mien_face face;
        mien_status st =
            mien_analyzer_read(a, frame, s->track->box, &face, err);
        if (st != MIEN_OK)
            return st;
        s->has_landmarks = (face.has & MIEN_FACE_LANDMARKS) != 0;
        if (!s->has_landmarks)
            continue;
        memcpy(s->landmarks, face.landmarks, sizeof s->landmarks);
        if (smooth &&
            !smooth_points(&t->story[s->story], s->landmarks, 68, v->per_frame))
            return mi_no_memory(err);
    }
    return MIEN_OK;
}

mien_colour cli_tracks_colour(int64_t id)
{
    static const mien_colour colours[] = {
        {0, 229, 160},  {255, 170, 40},  {90, 180, 255}, {255, 120, 190},
        {240, 228, 66}, {190, 140, 255}, {255, 110, 80}, {120, 220, 220}};
    return colours[(id - 1) % (int64_t)(sizeof colours / sizeof *colours)];
}

mien_status cli_tracks_draw(const cli_tracks *t, const mien_tracker *tracker,
                            mien_image *frame, mien_error *err)
{
    float unit = (float)(frame->w > frame->h ? frame->w : frame->h) / 1000;
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(frame, &canvas, err);
    if (st != MIEN_OK)
        return st;
    for (int i = 0; i < t->n_shown; i++) {
        const cli_shown *s = &t->shown[i];
        mien_colour colour = cli_tracks_colour(s->track->id);
        int n;
        const mien_point *p = mien_tracker_points(tracker, s->track->id, &n);
        if (s->has_landmarks) {
            p = s->landmarks;
            n = 68;
        }
        mien_canvas_points(canvas, p, n, colour, 1 + unit);
        mien_canvas_box(canvas, s->box, colour, 1 + 1.5f * unit);
    }
    for (int i = 0; i < t->n_shown; i++) {
        const cli_shown *s = &t->shown[i];
        char text[48];
        snprintf(text, sizeof text, "#%lld", (long long)s->track->id);
        mien_canvas_label(canvas, s->box.x, s->box.y - unit, text,
                          8 + 10 * unit, cli_tracks_colour(s->track->id));
    }
    st = mien_canvas_finish(canvas, err);
    mien_canvas_free(canvas);
    return st;
}

int cli_tracks_print(const cli_tracks *t)
{
    mien_buffer out = {0};
    mien_buffer_puts(&out,
                     "    id     from       to   frames  detected  points\n");
    for (int i = 0; i < t->n; i++) {
        const cli_story *s = &t->story[i];
        mien_buffer_printf(&out, "%6lld  %6.2fs  %6.2fs  %7lld  %8lld  %6.1f\n",
                           (long long)s->id, s->begin, s->end,
                           (long long)s->frames, (long long)s->detections,
                           s->points / (double)s->frames);
    }
    if (!t->n)
        mien_buffer_puts(&out, "nothing was found\n");
    int64_t lost = 0;
    for (int r = 1; r < 8; r++)
        lost += t->lost[r];
    mien_buffer_printf(&out, "%lld points lost\n", (long long)lost);
    for (int r = 1; r < 8; r++)
        if (t->lost[r])
            mien_buffer_printf(&out, "  %8lld  %s\n", (long long)t->lost[r],
                               mien_lost_text((mien_lost)r));
    return cli_emit(&out);
}
