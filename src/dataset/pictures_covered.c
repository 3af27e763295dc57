/* pictures_covered.c: the faces of a set, judged by how much of each is hidden.
 */
#include "dataset/pictures.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

/* on_epoch: nothing more was measured, but it may be stopped. */
static int on_epoch(void *arg)
{
    const mien_pictures_check *c = arg;
    return c->o.on_picture &&
           c->o.on_picture(c->o.progress, c->labels->n, c->labels->n);
}

/* The tenth of a number's range, 0 to 9; -1: not known. */
static int band(float v, double least, double most)
{
    if (!isfinite(v) || !(most > least) || !isfinite(most - least))
        return -1;
    int at = (int)(10 * ((double)v - least) / (most - least));
    return at < 0 ? 0 : at > 9 ? 9 : at;
}

/* What is known of each face: its classes, and its numbers in ten bands.
 *
 *   row    [chips] the label of each
 *   group  [MI_COVER_GROUPINGS, chips] set; returns how many */
static int fill_groups(const mien_pictures_check *c, const int64_t *row,
                       int *group)
{
    const mien_labels *l = c->labels;
    int n = 0;
    for (int t = 0; t < l->tasks && n < MI_COVER_GROUPINGS; t++, n++)
        for (int64_t k = 0; k < c->chips; k++)
            group[n * c->chips + k] = l->label[row[k] * l->tasks + t];
    for (int t = 0; t < l->numbers && n < MI_COVER_GROUPINGS; t++, n++) {
        double least = HUGE_VAL, most = -HUGE_VAL;
        for (int64_t k = 0; k < c->chips; k++) {
            double v = (double)l->number[row[k] * l->numbers + t];
            least = fmin(least, v);
            most = fmax(most, v);
        }
        for (int64_t k = 0; k < c->chips; k++)
            group[n * c->chips + k] =
                band(l->number[row[k] * l->numbers + t], least, most);
    }
    return n;
}

/* Judge the faces that have a chip.
 *
 *   row    [chips] scratch: the label of each
 *   chip   [chips] scratch
 *   group  [MI_COVER_GROUPINGS, chips] scratch
 *   cover  [chips] scratch */
static mien_status judge(mien_pictures_check *c, int64_t *row,
                         const uint8_t **chip, int *group, mi_cover *cover,
                         mien_error *err)
{
    mi_cover_options o = MI_COVER_DEFAULTS;
    int64_t n = 0;
    o.pool = c->o.pool;
    o.on_epoch = on_epoch;
    o.arg = c;
    for (int64_t i = 0; i < c->labels->n; i++)
        if (!isnan(c->measure[i].turned)) {
            row[n] = i;
            chip[n++] = c->chip + (size_t)i * MI_COVER_CHIP;
        }
    o.groupings = fill_groups(c, row, group);
    o.group = group;
    mien_status st = mi_cover_judge(n, chip, &o, cover, err);
    for (int64_t k = 0; k < n && !st; k++) {
        mien_picture_measure *m = &c->measure[row[k]];
        m->covered = cover[k].face;
        m->eyes = cover[k].eyes;
        m->nose = cover[k].nose;
        m->mouth = cover[k].mouth;
    }
    c->covers = !st;
    return st == MIEN_EUNSUP ? MIEN_OK : st;
}

mien_status mi_pictures_cover(mien_pictures_check *c, mien_error *err)
{
    if (!c->chip)
        return MIEN_OK;
    for (int64_t i = 0; i < c->labels->n; i++)
        c->chips += !isnan(c->measure[i].turned);
    if (c->chips < MIEN_PICTURES_COVER_FEWEST)
        return MIEN_OK;
    size_t n = (size_t)c->chips;
    int64_t *row = mi_alloc(n, sizeof *row);
    const uint8_t **chip = mi_alloc(n, sizeof *chip);
    mi_cover *cover = mi_alloc(n, sizeof *cover);
    int *group = mi_alloc(MI_COVER_GROUPINGS * n, sizeof *group);
    mien_status st = row && chip && cover && group
                         ? judge(c, row, chip, group, cover, err)
                         : mi_no_memory(err);
    mi_free(row);
    mi_free(chip);
    mi_free(group);
    mi_free(cover);
    return st;
}

void mi_pictures_cover_note(const mien_pictures_check *c, mien_buffer *out)
{
    if (!c->chip || c->covers)
        return;
    if (c->chips < MIEN_PICTURES_COVER_FEWEST)
        mien_buffer_printf(out,
                           "(faces partly covered: %lld faces are too few to "
                           "say, wanted %d)\n",
                           (long long)c->chips, MIEN_PICTURES_COVER_FEWEST);
    else
        mien_buffer_puts(out, "(faces partly covered: nothing could be learned "
                              "from these)\n");
}
