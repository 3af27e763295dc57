/* state.c: which data and choices a checkpoint of pictures is of; its form is
 * that of train/checkpoint.h. */
#include "picture/picture.h"

#include "base/fields.h"
#include "train/checkpoint.h"

static const char first_line[] = "mien/picture-checkpoint/1\n";

void mi_state_digest(mien_buffer *b, const char *key, const mien_buffer *of)
{
    char digest[65];
    mien_sha256(of->data, of->n, digest);
    mien_buffer_puts(b, key);
    mi_field_put(b, digest);
    mien_buffer_puts(b, "\n");
}

void mi_state_set(mien_buffer *b, const char *key, const mien_labels *l)
{
    mien_buffer all = {0};
    size_t n = (size_t)l->n;
    for (int64_t i = 0; l->name && i < l->n; i++)
        mi_field_put(&all, l->name[i] ? l->name[i] : "");
    if (l->point)
        mien_buffer_put(&all, l->point,
                        n * (size_t)l->points * sizeof *l->point);
    if (l->label)
        mien_buffer_put(&all, l->label,
                        n * (size_t)l->tasks * sizeof *l->label);
    if (l->number)
        mien_buffer_put(&all, l->number,
                        n * (size_t)l->numbers * sizeof *l->number);
    if (l->share)
        mien_buffer_put(&all, l->share,
                        n * (size_t)l->shares * sizeof *l->share);
    if (l->pixels)
        mien_buffer_put(&all, l->pixels, n * (size_t)l->w * (size_t)l->h);
    mi_state_digest(b, key, &all);
    b->failed |= all.failed;
    mien_buffer_free(&all);
}

/* The layers, and which losses are learned with which weights. */
static void put_network(mien_buffer *b, const mien_picture_study *s)
{
    mien_buffer all = {0};
    mien_net_json(s->net, &all);
    mi_state_digest(b, "network", &all);
    b->failed |= all.failed;
    mien_buffer_free(&all);
    mien_buffer_puts(b, "weights");
    for (int i = 0; i < s->losses; i++)
        mien_buffer_printf(b, "%c%.9g", i ? ',' : '\t',
                           (double)s->loss[i].weight);
    mien_buffer_puts(b, "\n");
}

static void put_augment(mien_buffer *b, const mien_augment *a)
{
    const float v[] = {a->mirror, a->turn,       a->shift,    a->grow,
                       a->shear,  a->brightness, a->contrast, a->blur,
                       a->cutout, a->mix};
    mien_buffer_puts(b, "augment");
    for (size_t i = 0; i < sizeof v / sizeof *v; i++)
        mien_buffer_printf(b, "%c%.9g", i ? ',' : '\t', (double)v[i]);
    mien_buffer_puts(b, "\n");
}

void mi_state_choices(mien_buffer *b, const mien_picture_options *o)
{
    mien_buffer_printf(
        b,
        "seed\t%u\nparts\t%u\nvalid\t%.9g\ntest\t%.9g\nbatch\t%d\n"
        "rate\t%.9g\ncrop\t%d\nmargin\t%.9g\nsquare\t%d\n"
        "smoothing\t%.9g\nbalanced\t%d\naverage\t%.9g\n"
        "schedule\t%d,%.9g,%.9g,%.9g,%.9g\n"
        "twins\t%d\nby eyes\t%d\n",
        o->seed, o->part_seed, o->valid, o->test, o->batch,
        (double)o->optimizer.rate, (int)o->view.crop, (double)o->view.margin,
        o->view.square, (double)o->smoothing, o->balanced, (double)o->average,
        (int)o->schedule.kind, o->schedule.warmup,
        o->schedule.kind ? o->schedule.epochs : 0, (double)o->schedule.factor,
        (double)o->schedule.least, o->keep_twins, o->by_eyes);
    put_augment(b, &o->augment);
}

/* What tells the data and choices of a training. */
static void put_head(mien_buffer *b, const mien_picture_study *s)
{
    mien_buffer_puts(b, first_line);
    mi_state_choices(b, &s->o);
    put_network(b, s);
    mi_state_set(b, "samples", s->train_set.labels);
    if (s->test_loader)
        mi_state_set(b, "test samples", s->test_labels);
    mien_buffer_puts(b, "\n");
}

mien_status mien_picture_study_state(const mien_picture_study *s,
                                     mien_bytes *out, mien_error *err)
{
    mien_buffer head = {0};
    put_head(&head, s);
    return mi_checkpoint_write(&head, s->fit, out, err);
}

mien_status mi_state_read(mien_picture_study *s, mien_error *err)
{
    mien_buffer head = {0};
    put_head(&head, s);
    return mi_checkpoint_read(&head, s->o.state, s->o.state_size, s->fit, err);
}
