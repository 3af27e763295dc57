/* photos.c: what the commands that read faces in photos share. */
#include "cli/photos.h"

#include <stdio.h>
#include <string.h>

/* Report the first model that is nowhere, with all places and what to do; 0 if
 * there is none. */
static int report_missing(const mien_reader_options *o)
{
    const mien_model_entry *e = mien_models_missing(o->models, &o->face);
    char path[MIEN_PATH_MAX];
    if (!e)
        return 0;
    mien_buffer where = {0};
    for (int i = 0; mien_models_folder(o->models, i, path); i++)
        if (*path)
            mien_buffer_printf(&where, "%s%s", where.n ? ", " : "", path);
    mien_buffer_put(&where, "", 1);
    const char *places = where.failed ? "" : (char *)where.data;
    if (e->install)
        cli_error("model %s: %s is not installed; looked in %s; to install "
                  "it: %s",
                  e->name, e->file, places, e->install);
    else
        cli_error("model %s: %s is not installed; looked in %s; "
                  "`make models` in mien's source folder installs it, or "
                  "`mien model convert face-api DIR -o OUT` and --models OUT",
                  e->name, e->file, places);
    mien_buffer_free(&where);
    return 1;
}

int cli_reader_open(const mien_reader_options *o, mien_reader **out)
{
    mien_error err = {0};
    mien_status st = mien_reader_open(o, out, &err);
    if (st == MIEN_OK)
        return CLI_OK;
    if (st != MIEN_EIO || !report_missing(o))
        cli_error("%s", err.text);
    return st == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
}

void cli_photo_warning(const char *path, const char *warning,
                       mien_buffer *report)
{
    if (*warning)
        mien_buffer_printf(report, "%s: not whole: %s; what is there was read",
                           path, warning);
}

void cli_photo_remarks(const char *path, const mien_reading *r,
                       mien_buffer *report)
{
    cli_photo_warning(path, r->warning, report);
    if (*r->remark)
        mien_buffer_printf(report, "%s%s%s (--rotate)", *r->warning ? "" : path,
                           *r->warning ? "; " : ": ", r->remark);
}

void cli_report_remarks(const char *path, const mien_reading *r)
{
    mien_buffer report = {0};
    cli_photo_remarks(path, r, &report);
    if (report.n)
        cli_error_lines(&report);
}

void cli_photo_failed(const char *path, const mien_error *error, int json,
                      cli_outcome *out)
{
    out->status = CLI_PARTLY;
    mien_buffer_printf(&out->report, "%s: %s", path, error->text);
    if (error->status == MIEN_ELIMIT && strstr(error->text, " pixels "))
        mien_buffer_puts(&out->report, "; --max-pixels allows more");
    if (json)
        mien_record_failed(path, error, &out->text);
}

static void title(const char *file, const mien_reading *r, mien_buffer *out)
{
    double ms =
        1e3 * (r->decode + r->times.detect + r->times.landmarks +
               r->times.descriptor + r->times.attributes + r->times.own);
    mien_text_plain(file, out);
    mien_buffer_printf(out, "  %d x %d  ", r->w, r->h);
    if (r->faces.n)
        mien_buffer_printf(out, "%d face%s", r->faces.n,
                           r->faces.n == 1 ? "" : "s");
    else
        mien_buffer_puts(out, "no faces");
    mien_buffer_printf(out, "  %.0f ms\n", ms);
}

/* A line of the table: a face. */
static void row(int i, const mien_face *f, mien_buffer *out)
{
    double p;
    char cell[32];
    mien_buffer_printf(out, "%3d %7.1f %7.1f %7.1f %7.1f %6.3f", i + 1,
                       mien_signless_zero((double)f->box.x, 1),
                       mien_signless_zero((double)f->box.y, 1),
                       (double)f->box.width, (double)f->box.height,
                       (double)f->score);
    if (f->has & MIEN_FACE_AGE)
        mien_buffer_printf(out, " %5.1f", (double)f->age);
    if (f->has & MIEN_FACE_GENDER) {
        const char *gender = mien_face_gender(f, &p);
        snprintf(cell, sizeof cell, "%s %.2f", gender, p);
        mien_buffer_printf(out, "  %-11s", cell);
    }
    if (f->has & MIEN_FACE_EXPRESSION) {
        const char *expression = mien_face_expression(f, &p);
        mien_buffer_printf(out, "  %s %.2f", expression, p);
    }
    mien_buffer_puts(out, "\n");
}

/* What models of one's own tell of face i, under its line. */
static void choices(const mien_faces *f, int i, mien_buffer *out)
{
    double p;
    for (int c = 0; c < f->choices; c++) {
        const char *name = mien_faces_chosen(f, c, i, &p);
        mien_buffer_printf(out, "    %s: ", f->choice[c].task);
        mien_text_plain(name, out);
        mien_buffer_printf(out, " %.2f\n", p);
    }
}

void cli_reading_table(const char *file, const mien_reading *r, unsigned want,
                       mien_buffer *out)
{
    title(file, r, out);
    if (!r->faces.n)
        return;
    mien_buffer_printf(out, "%3s %7s %7s %7s %7s %6s", "#", "x", "y", "width",
                       "height", "score");
    if (want & MIEN_FACE_AGE)
        mien_buffer_printf(out, " %5s", "age");
    if (want & MIEN_FACE_GENDER)
        mien_buffer_printf(out, "  %-11s", "gender");
    if (want & MIEN_FACE_EXPRESSION)
        mien_buffer_puts(out, "  expression");
    mien_buffer_puts(out, "\n");
    for (int i = 0; i < r->faces.n; i++) {
        row(i, &r->faces.face[i], out);
        choices(&r->faces, i, out);
    }
}
