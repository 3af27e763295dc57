/* cli_draw.c: faces marked in a photo. */
#include "cli/cli_draw.h"

#include "cli/cli.h"
#include "cli/cli_record.h"

static const mien_colour box_colour = {0, 229, 160};
static const mien_colour point_colour = {255, 221, 51};

static float within(float v, float least, float most)
{
    return v < least ? least : v > most ? most : v;
}

/* "0.93", and a line with what else was asked for: "female 31 happy". */
static void label_text(const mien_face *f, mien_buffer *out)
{
    double p;
    const char *between = "\n";
    mien_buffer_printf(out, "%.2f", (double)f->score);
    if (f->has & MIEN_FACE_GENDER) {
        mien_buffer_printf(out, "%s%s", between, cli_gender(f, &p));
        between = " ";
    }
    if (f->has & MIEN_FACE_AGE) {
        mien_buffer_printf(out, "%s%.0f", between, (double)f->age);
        between = " ";
    }
    if (f->has & MIEN_FACE_EXPRESSION)
        mien_buffer_printf(out, "%s%s", between, cli_expression(f, &p));
    mien_buffer_put(out, "", 1);
}

/* Lines and letters follow the face, within what suits the photo: unit is a
 * thousandth of its longer side. */
static void draw_face(mien_canvas *canvas, const mien_face *f, float unit)
{
    float side = f->box.width < f->box.height ? f->box.width : f->box.height;
    float line = within(side / 40, 0.8f * unit, 3 * unit);
    mien_canvas_box(canvas, f->box, box_colour, within(line, 1, 100));
    if (f->has & MIEN_FACE_LANDMARKS)
        mien_canvas_points(canvas, f->landmarks, 68, point_colour,
                           within(side / 75, 0.8f, 3 * unit + 1));
    else
        mien_canvas_points(canvas, f->keypoints, f->n_keypoints, point_colour,
                           within(side / 45, 1, 5 * unit + 1));
}

/* A face much smaller than its label gets none when it would only be a score:
 * in a crowd the labels would hide other faces. */
static void draw_label(mien_canvas *canvas, const mien_face *f, float unit)
{
    enum {
        ATTRIBUTES = MIEN_FACE_AGE | MIEN_FACE_GENDER | MIEN_FACE_EXPRESSION
    };
    mien_buffer text = {0};
    float size = within(f->box.width / 7, 10 * unit, 22 * unit);
    size = within(size, 8, 400);
    if (!(f->has & ATTRIBUTES) && f->box.width < 3 * size)
        return;
    label_text(f, &text);
    if (!text.failed)
        mien_canvas_label(canvas, f->box.x, f->box.y - unit,
                          (const char *)text.data, size, box_colour);
    mien_buffer_free(&text);
}

mien_status cli_draw_faces(mien_image *photo, const mien_faces *faces,
                           mien_error *err)
{
    int longer = photo->w > photo->h ? photo->w : photo->h;
    float unit = (float)longer / 1000;
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(photo, &canvas, err);
    if (st != MIEN_OK)
        return st;
    /* Labels last and the best face's on top: boxes never cross them. */
    for (int i = faces->n - 1; i >= 0; i--)
        draw_face(canvas, &faces->face[i], unit);
    for (int i = faces->n - 1; i >= 0; i--)
        draw_label(canvas, &faces->face[i], unit);
    st = mien_canvas_finish(canvas, err);
    mien_canvas_free(canvas);
    return st;
}

static void draw_hit(mien_canvas *canvas, const mien_hit *h, const char *name,
                     mien_colour colour, float unit)
{
    mien_box box = {(float)h->x, (float)h->y, (float)h->w, (float)h->h};
    float line = within(box.width / 40, 0.8f * unit, 3 * unit);
    float size = within(box.width / 7, 10 * unit, 22 * unit);
    mien_buffer text = {0};
    mien_canvas_box(canvas, box, colour, within(line, 1, 100));
    size = within(size, 8, 400);
    mien_buffer_printf(&text, "%s %d", name, h->neighbors);
    if (h->angle != 0)
        mien_buffer_printf(&text, " %+.0f\xc2\xb0", (double)h->angle);
    mien_buffer_put(&text, "", 1);
    /* about as wide as the box: no label over other boxes */
    if (!text.failed && 0.5f * size * (float)text.n <= 1.2f * box.width)
        mien_canvas_label(canvas, box.x, box.y - unit, (const char *)text.data,
                          size, colour);
    mien_buffer_free(&text);
}

mien_status cli_draw_hits(mien_image *photo, const mien_hits *hits,
                          const char *name, mien_colour colour, mien_error *err)
{
    int longer = photo->w > photo->h ? photo->w : photo->h;
    mien_canvas *canvas = NULL;
    mien_status st = mien_canvas_new(photo, &canvas, err);
    if (st != MIEN_OK)
        return st;
    for (int i = 0; i < hits->n; i++)
        draw_hit(canvas, &hits->hit[i], name, colour, (float)longer / 1000);
    st = mien_canvas_finish(canvas, err);
    mien_canvas_free(canvas);
    return st;
}
