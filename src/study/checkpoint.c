/* checkpoint.c: which table and choices a checkpoint is of; its form is that of
 * train/checkpoint.h. */
#include "study/study.h"

#include "base/fields.h"
#include "train/checkpoint.h"

static const char first_line[] = "mien/checkpoint/1\n";

static void put_text(mien_buffer *b, const char *key, const char *value)
{
    mien_buffer_puts(b, key);
    mi_field_put(b, value);
    mien_buffer_puts(b, "\n");
}

static void put_real(mien_buffer *b, const char *key, double v)
{
    mien_buffer_printf(b, "%s\t%.9g\n", key, v);
}

/* What was chosen before rows and columns are looked at. */
static void put_choices(mien_buffer *b, const mien_study *s)
{
    const mien_recipe *r = &s->o.recipe;
    const mien_study_autoencoder *a = &s->o.autoencoder;
    const char *const in_time[] = {"random", "in the order of time"};
    put_text(b, "label", r->label);
    put_text(b, "positive", s->classes.name[1]);
    put_text(b, "split", in_time[s->o.honest != 0]);
    put_text(b, "time", r->time ? r->time : "");
    put_real(b, "seed", s->o.seed);
    put_real(b, "stratified", s->stratified);
    put_real(b, "ahead", r->ahead);
    put_real(b, "window", r->window);
    put_real(b, "missing", r->missing);
    put_real(b, "scaler", r->scaler);
    put_real(b, "test", s->o.test);
    put_real(b, "valid", s->o.valid);
    put_real(b, "purge", s->o.honest ? (double)s->o.purge : 0);
    put_real(b, "lstm", a->lstm);
    mien_buffer_puts(b, "layers");
    for (int i = 0; i < s->network.layers; i++)
        mien_buffer_printf(b, "%c%d", i ? ',' : '\t', s->network.layer[i]);
    mien_buffer_puts(b, "\n");
    put_real(b, "dropout", (double)a->dropout);
    put_real(b, "batch", a->batch);
    put_real(b, "rate", (double)a->rate);
    put_real(b, "activity", (double)a->activity);
}

/* The table: its columns by name, and a digest of numbers, labels and windows.
 */
static void put_table(mien_buffer *b, const mien_study *s)
{
    char digest[3][65];
    size_t rows = (size_t)s->rows;
    mien_sha256(s->x, rows * (size_t)s->width * sizeof *s->x, digest[0]);
    mien_sha256(s->y, rows, digest[1]);
    mien_sha256(s->end, (size_t)s->samples * sizeof *s->end, digest[2]);
    mien_sha256(digest, sizeof digest, digest[0]);
    put_real(b, "rows", (double)s->rows);
    mien_buffer_puts(b, "columns");
    for (int i = 0; i < s->encoder->columns; i++)
        mi_field_put(b, s->encoder->column[i].name);
    mien_buffer_puts(b, "\n");
    put_text(b, "table", digest[0]);
}

static void put_head(mien_buffer *b, const mien_study *s)
{
    mien_buffer_puts(b, first_line);
    put_choices(b, s);
    put_table(b, s);
    mien_buffer_puts(b, "\n");
}

mien_status mien_study_checkpoint(const mien_study *s, mien_bytes *out,
                                  mien_error *err)
{
    mien_buffer head = {0};
    put_head(&head, s);
    return mi_checkpoint_write(&head, s->fit, out, err);
}

mien_status mi_study_restore(mien_study *s, mien_error *err)
{
    mien_buffer head = {0};
    put_head(&head, s);
    return mi_checkpoint_read(&head, s->o.autoencoder.state,
                              s->o.autoencoder.state_size, s->fit, err);
}
