/* cli_record_table.c: what a photo gave, for a person at a terminal. */
#include "cli/cli_record.h"
#include "cli/cli_text.h"

#include <stdio.h>

static void title(const cli_reading *r, mien_buffer *out)
{
    double ms = 1e3 * (r->decode + r->times.detect + r->times.landmarks +
                       r->times.descriptor + r->times.attributes);
    cli_text_plain(r->file, out);
    mien_buffer_printf(out, "  %d x %d  ", r->width, r->height);
    if (r->faces.n)
        mien_buffer_printf(out, "%d face%s", r->faces.n,
                           r->faces.n == 1 ? "" : "s");
    else
        mien_buffer_puts(out, "no faces");
    mien_buffer_printf(out, "  %.0f ms\n", ms);
}

static void head(unsigned want, mien_buffer *out)
{
    mien_buffer_printf(out, "%3s %7s %7s %7s %7s %6s", "#", "x", "y", "width",
                       "height", "score");
    if (want & MIEN_FACE_AGE)
        mien_buffer_printf(out, " %5s", "age");
    if (want & MIEN_FACE_GENDER)
        mien_buffer_printf(out, "  %-11s", "gender");
    if (want & MIEN_FACE_EXPRESSION)
        mien_buffer_printf(out, "  %s", "expression");
    mien_buffer_puts(out, "\n");
}

static void row(int i, const mien_face *f, mien_buffer *out)
{
    double p;
    char cell[32];
    mien_buffer_printf(out, "%3d %7.1f %7.1f %7.1f %7.1f %6.3f", i + 1,
                       (double)f->box.x, (double)f->box.y, (double)f->box.width,
                       (double)f->box.height, (double)f->score);
    if (f->has & MIEN_FACE_AGE)
        mien_buffer_printf(out, " %5.1f", (double)f->age);
    if (f->has & MIEN_FACE_GENDER) {
        const char *gender = cli_gender(f, &p);
        snprintf(cell, sizeof cell, "%s %.2f", gender, p);
        mien_buffer_printf(out, "  %-11s", cell);
    }
    if (f->has & MIEN_FACE_EXPRESSION) {
        const char *expression = cli_expression(f, &p);
        mien_buffer_printf(out, "  %s %.2f", expression, p);
    }
    mien_buffer_puts(out, "\n");
}

void cli_record_table(const cli_reading *r, unsigned want, mien_buffer *out)
{
    title(r, out);
    if (!r->faces.n)
        return;
    head(want, out);
    for (int i = 0; i < r->faces.n; i++)
        row(i, &r->faces.face[i], out);
}
