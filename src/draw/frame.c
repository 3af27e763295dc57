/* frame.c: tracks and smiles in the frames of a video. */
#include "draw/mark.h"

#include "mien/draw.h"
#include "mien/text.h"

#include <stdio.h>

/* Above each track its name, or its number. */
static void label_tracks(mien_canvas *canvas, const mien_shown *s, int n,
                         const char *const *names, float unit)
{
    for (int i = 0; i < n; i++) {
        int64_t id = s[i].track->id;
        char text[48];
        snprintf(text, sizeof text, "#%lld", (long long)id);
        mien_canvas_label(canvas, s[i].box.x, s[i].box.y - unit,
                          names && names[i] ? names[i] : text, 8 + 10 * unit,
                          mi_mark_colour(id - 1));
    }
}

mien_status mien_draw_tracks(mien_image *frame, const mien_history *h,
                             const mien_tracker *tracker, mien_error *err)
{
    int n, points;
    float unit = mi_mark_unit(frame);
    const mien_shown *s = mien_history_shown(h, &n);
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(frame, &canvas, err);
    if (st != MIEN_OK)
        return st;
    for (int i = 0; i < n; i++) {
        int64_t id = s[i].track->id;
        mien_colour colour = mi_mark_colour(id - 1);
        const mien_point *p = mien_tracker_points(tracker, id, &points);
        if (s[i].n_landmarks) {
            p = s[i].landmarks;
            points = s[i].n_landmarks;
        }
        mien_canvas_points(canvas, p, points, colour, 1 + unit);
        mien_canvas_box(canvas, s[i].box, colour, 1 + 1.5f * unit);
    }
    label_tracks(canvas, s, n, NULL, unit);
    return mi_mark_finish(canvas, err);
}

mien_status mien_draw_names(mien_image *frame, const mien_history *h,
                            const char *const *names, const char *notice,
                            mien_error *err)
{
    static const mien_colour dark = {0, 0, 0};
    int n;
    float unit = mi_mark_unit(frame);
    const mien_shown *s = mien_history_shown(h, &n);
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(frame, &canvas, err);
    if (st != MIEN_OK)
        return st;
    for (int i = 0; i < n; i++)
        mien_canvas_box(canvas, s[i].box, mi_mark_colour(s[i].track->id - 1),
                        1 + 1.5f * unit);
    label_tracks(canvas, s, n, names, unit);
    if (notice)
        mien_canvas_label(canvas, 4 * unit, (float)frame->h - 4 * unit, notice,
                          8 + 10 * unit, dark);
    return mi_mark_finish(canvas, err);
}

static void draw_boxes(mien_canvas *canvas, const mien_hits *hits,
                       mien_colour colour, float line)
{
    for (int i = 0; i < hits->n; i++) {
        const mien_hit *h = &hits->hit[i];
        mien_box box = {(float)h->x, (float)h->y, (float)h->w, (float)h->h};
        mien_canvas_box(canvas, box, colour, line);
    }
}

mien_status mien_draw_smiles(mien_image *frame, const mien_smiles *s,
                             mien_error *err)
{
    enum { OFF, ON, EYES, SMILE }; /* colours */
    int n;
    float unit = mi_mark_unit(frame), line = 1 + 1.5f * unit;
    const mien_smile_face *f = mien_smiles_faces(s, &n);
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(frame, &canvas, err);
    if (st != MIEN_OK)
        return st;
    for (int i = 0; i < n; i++) {
        mien_canvas_box(canvas, f[i].box,
                        mi_mark_colour(f[i].smiling ? ON : OFF), line);
        draw_boxes(canvas, &f[i].eyes, mi_mark_colour(EYES), line);
        draw_boxes(canvas, &f[i].smiles, mi_mark_colour(SMILE), line);
    }
    for (int i = 0; i < n; i++) {
        char text[64];
        snprintf(text, sizeof text, "#%lld %s%+.2f", (long long)f[i].id,
                 f[i].smiling ? "smiles " : "",
                 mien_signless_zero((double)f[i].votes, 2));
        mien_canvas_label(canvas, f[i].box.x, f[i].box.y - unit, text,
                          8 + 10 * unit,
                          mi_mark_colour(f[i].smiling ? ON : OFF));
    }
    return mi_mark_finish(canvas, err);
}
