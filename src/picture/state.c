/* state.c: which data and choices a checkpoint of pictures is of; its form is
 * that of train/checkpoint.h. */
#include "picture/picture.h"

#include "base/error.h"
#include "base/fields.h"
#include "team/team.h"
#include "train/checkpoint.h"

#include <string.h>

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
        "twins\t%d\nby eyes\t%d\ndecay\t%.9g,%d\nclip\t%.9g\nplateau\t%d\n",
        o->seed, o->part_seed, o->valid, o->test, o->batch,
        (double)o->optimizer.rate, (int)o->view.crop, (double)o->view.margin,
        o->view.square, (double)o->smoothing, o->balanced, (double)o->average,
        (int)o->schedule.kind, o->schedule.warmup,
        o->schedule.kind ? o->schedule.epochs : 0, (double)o->schedule.factor,
        (double)o->schedule.least, o->keep_twins, o->by_eyes,
        (double)o->optimizer.weight_decay, o->optimizer.decoupled,
        (double)o->optimizer.clip_norm, o->plateau);
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

/* EARG where a rank has other data or choices than the first. */
static mien_status compare_ranks(const mien_picture_study *s, mien_error *err)
{
    const mien_team *team = s->o.team;
    char mine[65], all[MIEN_MAX_RANKS][sizeof mine];
    mien_buffer has = {0};
    put_head(&has, s);
    for (int i = 0; i < 2; i++)
        mien_buffer_put(&has, s->part[i].row,
                        (size_t)s->part[i].n * sizeof *s->part[i].row);
    mien_status st = has.failed ? mi_no_memory(err) : MIEN_OK;
    if (!st)
        mien_sha256(has.data, has.n, mine);
    mien_buffer_free(&has);
    if (!st)
        st = mi_team_gather(team, mine, sizeof mine, all, err);
    for (int i = 1; !st && i < team->size; i++)
        if (memcmp(all[0], all[i], sizeof mine) != 0)
            st = mi_fail(err, MIEN_EARG,
                         "rank %d of %d has other samples, pictures or options "
                         "than rank 0: wanted the same files and the same "
                         "command line on all",
                         i, team->size);
    return st;
}

mien_status mi_state_read(mien_picture_study *s, mien_error *err)
{
    mien_buffer head = {0};
    mien_bytes state = {0};
    mien_status st = MIEN_OK;
    if (!mi_team_several(s->o.team) && !s->o.state)
        return MIEN_OK;
    if (mi_team_several(s->o.team))
        st = compare_ranks(s, err);
    if (!st)
        st = mi_team_copy(s->o.team, s->o.state, s->o.state_size, &state, err);
    if (!st && (s->o.state || state.n)) {
        put_head(&head, s);
        st = mi_checkpoint_read(&head, state.data, state.n, s->fit, err);
    }
    mien_bytes_free(&state);
    return st;
}
