/* mark.c: faces, hits and objects in photos. */
#include "draw/mark.h"

#include "mien/draw.h"
#include "mien/text.h"

#include <stdio.h>

static const mien_colour box_colour = {0, 229, 160};
static const mien_colour point_colour = {255, 221, 51};
enum { HIT_COLOURS = 4 };

float mi_mark_unit(const mien_image *im)
{
    return (float)(im->w > im->h ? im->w : im->h) / 1000;
}

float mi_mark_within(float v, float least, float most)
{
    return v < least ? least : v > most ? most : v;
}

mien_status mi_mark_finish(mien_canvas *c, mien_error *err)
{
    mien_status st = mien_canvas_finish(c, err);
    mien_canvas_free(c);
    return st;
}

mien_colour mi_mark_colour(int64_t i)
{
    static const mien_colour colours[] = {
        {0, 229, 160},  {255, 170, 40},  {90, 180, 255}, {255, 120, 190},
        {240, 228, 66}, {190, 140, 255}, {255, 110, 80}, {120, 220, 220}};
    return colours[i % (int64_t)(sizeof colours / sizeof *colours)];
}

/* ---- faces --------------------------------------------------------------- */

/* "0.93", and a line with what else was asked for: "female 31 happy". */
static void label_text(const mien_faces *faces, int i, mien_buffer *out)
{
    const mien_face *f = &faces->face[i];
    const char *between = "\n";
    mien_buffer_printf(out, "%.2f", (double)f->score);
    if (f->has & MIEN_FACE_GENDER) {
        mien_buffer_printf(out, "%s%s", between, mien_face_gender(f, NULL));
        between = " ";
    }
    if (f->has & MIEN_FACE_AGE) {
        mien_buffer_printf(out, "%s%.0f", between, (double)f->age);
        between = " ";
    }
    if (f->has & MIEN_FACE_EXPRESSION)
        mien_buffer_printf(out, "%s%s", between, mien_face_expression(f, NULL));
    for (int c = 0; c < faces->choices; c++)
        mien_buffer_printf(out, "\n%s", mien_faces_chosen(faces, c, i, NULL));
    mien_buffer_put(out, "", 1);
}

/* Lines and letters follow the face, within what suits the photo. */
static void draw_face(mien_canvas *canvas, const mien_face *f, float unit)
{
    float side = f->box.width < f->box.height ? f->box.width : f->box.height;
    float line = mi_mark_within(side / 40, 0.8f * unit, 3 * unit);
    mien_canvas_box(canvas, f->box, box_colour, mi_mark_within(line, 1, 100));
    if (f->n_landmarks > 5)
        mien_canvas_points(canvas, f->landmarks, f->n_landmarks, point_colour,
                           mi_mark_within(side / 75, 0.8f, 3 * unit + 1));
    else if (f->n_landmarks)
        mien_canvas_points(canvas, f->landmarks, f->n_landmarks, point_colour,
                           mi_mark_within(side / 45, 1, 5 * unit + 1));
    else
        mien_canvas_points(canvas, f->keypoints, f->n_keypoints, point_colour,
                           mi_mark_within(side / 45, 1, 5 * unit + 1));
}

/* The height of letters that suit a box. */
static float letters(float width, float unit)
{
    float size = mi_mark_within(width / 7, 10 * unit, 22 * unit);
    return mi_mark_within(size, 8, 400);
}

/* In a crowd the labels of small faces would hide other faces. */
static void draw_label(mien_canvas *canvas, const mien_faces *faces, int i,
                       float unit)
{
    const mien_face *f = &faces->face[i];
    enum {
        ATTRIBUTES = MIEN_FACE_AGE | MIEN_FACE_GENDER | MIEN_FACE_EXPRESSION
    };
    mien_buffer text = {0};
    float size = letters(f->box.width, unit);
    if (!(f->has & ATTRIBUTES) && !faces->choices && f->box.width < 3 * size)
        return;
    label_text(faces, i, &text);
    if (!text.failed)
        mien_canvas_label(canvas, f->box.x, f->box.y - unit,
                          (const char *)text.data, size, box_colour);
    mien_buffer_free(&text);
}

mien_status mien_draw_faces(mien_image *photo, const mien_faces *faces,
                            mien_error *err)
{
    float unit = mi_mark_unit(photo);
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(photo, &canvas, err);
    if (st != MIEN_OK)
        return st;
    /* Labels last and the best face's on top: boxes never cross them. */
    for (int i = faces->n - 1; i >= 0; i--)
        draw_face(canvas, &faces->face[i], unit);
    for (int i = faces->n - 1; i >= 0; i--)
        draw_label(canvas, faces, i, unit);
    return mi_mark_finish(canvas, err);
}

/* ---- hits ---------------------------------------------------------------- */

/* A rectangle, with its label where that hides nothing. */
static void draw_hit(mien_canvas *canvas, const mien_hit *h, const char *name,
                     mien_colour colour, float unit)
{
    mien_box box = {(float)h->x, (float)h->y, (float)h->w, (float)h->h};
    float line = mi_mark_within(box.width / 40, 0.8f * unit, 3 * unit);
    float size = letters(box.width, unit);
    mien_buffer text = {0};
    mien_canvas_box(canvas, box, colour, mi_mark_within(line, 1, 100));
    mien_buffer_printf(&text, "%s %d", name, h->neighbors);
    if (h->angle != 0)
        mien_buffer_printf(&text, " %+.0f\xc2\xb0",
                           mien_signless_zero((double)h->angle, 0));
    mien_buffer_put(&text, "", 1);
    /* about as wide as the box: no label over other boxes */
    if (!text.failed && 0.5f * size * (float)text.n <= 1.2f * box.width)
        mien_canvas_label(canvas, box.x, box.y - unit, (const char *)text.data,
                          size, colour);
    mien_buffer_free(&text);
}

mien_status mien_draw_hits(mien_image *photo, int n, const char *const *names,
                           const mien_hits *hits, mien_error *err)
{
    float unit = mi_mark_unit(photo);
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(photo, &canvas, err);
    if (st != MIEN_OK)
        return st;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < hits[i].n; k++)
            draw_hit(canvas, &hits[i].hit[k], names[i],
                     mi_mark_colour(i % HIT_COLOURS), unit);
    return mi_mark_finish(canvas, err);
}

/* ---- objects ------------------------------------------------------------- */

mien_status mien_draw_objects(mien_image *photo, const mien_objects *objects,
                              mien_error *err)
{
    float unit = mi_mark_unit(photo);
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(photo, &canvas, err);
    if (st != MIEN_OK)
        return st;
    /* Labels last and the surest one's on top, as of faces. */
    for (int i = objects->n - 1; i >= 0; i--) {
        const mien_object *o = &objects->object[i];
        float line = mi_mark_within(o->box.width / 60, 1.5f * unit, 4 * unit);
        mien_canvas_box(canvas, o->box, mi_mark_colour(o->what->index),
                        mi_mark_within(line, 1, 100));
    }
    for (int i = objects->n - 1; i >= 0; i--) {
        const mien_object *o = &objects->object[i];
        char text[48];
        snprintf(text, sizeof text, "%s %.2f", o->what->name, (double)o->score);
        mien_canvas_label(canvas, o->box.x, o->box.y - unit, text,
                          letters(o->box.width, unit),
                          mi_mark_colour(o->what->index));
    }
    return mi_mark_finish(canvas, err);
}
