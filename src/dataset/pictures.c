/* pictures.c: each picture of a set is measured once, in parts of a few
 * hundred, so that it can be stopped between them. */
#include "dataset/pictures.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "samples/loader.h"

enum { PART = 256 };

/* One part under way. */
typedef struct part {
    mien_pictures_check *c;
    int64_t first;
    mien_status status[PART];
} part;

mien_status mi_pictures_load(const mien_pictures_check *c, int64_t i,
                             mien_image *out, mien_error *err)
{
    const mien_labels *l = c->labels;
    return l->pixels ? mi_labels_image(l, i, out, err)
                     : c->o.load(c->o.arg, l->name[i], out, err);
}

/* Measure one; what cannot be read keeps the width 0. */
static void measure(void *arg, int k, int lane)
{
    part *p = arg;
    mien_pictures_check *c = p->c;
    int64_t i = p->first + k;
    mien_image im = {0};
    mien_faces faces = {0};
    mien_error err = {0};
    mien_picture_measure *m = &c->measure[i];
    mien_analyzer *a = c->o.analyzer ? c->o.analyzer[lane] : NULL;
    mien_status st = mi_pictures_load(c, i, &im, &err);
    if (!st)
        st = mi_image_digest(&im, c->digest[i]);
    if (!st)
        st = mi_picture_measure(&im, a, c->thumb + (size_t)i * MI_THUMB,
                                c->chip ? c->chip + (size_t)i * MI_COVER_CHIP
                                        : NULL,
                                m, &faces, &err);
    if (!st)
        st = mi_pictures_noise_add(c, i, &im, &faces, &err);
    if (st)
        *m = mi_picture_unmeasured();
    mien_faces_free(&faces);
    mien_image_free(&im);
    p->status[k] = st;
}

/* All of them, a part at a time. */
static mien_status measure_all(mien_pictures_check *c, mien_error *err)
{
    part p = {.c = c};
    int64_t n = c->labels->n;
    for (p.first = 0; p.first < n; p.first += PART) {
        int k = n - p.first < PART ? (int)(n - p.first) : PART;
        mi_pool_run(c->o.pool, k, measure, &p);
        for (int i = 0; i < k; i++) {
            if (p.status[i] == MIEN_ENOMEM)
                return mi_no_memory(err);
            c->read += p.status[i] == MIEN_OK;
        }
        if (c->o.on_picture && c->o.on_picture(c->o.progress, p.first + k, n))
            return mi_fail(err, MIEN_EARG, "pictures: stopped");
    }
    return MIEN_OK;
}

/* Room for what is measured. */
static mien_status make_room(mien_pictures_check *c, mien_error *err)
{
    size_t n = (size_t)c->labels->n + 1;
    const int chips = c->o.analyzer && !c->o.no_cover;
    c->measure = mi_alloc(n, sizeof *c->measure);
    c->thumb = mi_alloc(n, MI_THUMB);
    c->digest = mi_alloc(n, sizeof *c->digest);
    c->odd = mi_alloc(n, sizeof *c->odd);
    if (chips)
        c->chip = mi_alloc(n, MI_COVER_CHIP);
    return c->measure && c->thumb && c->digest && c->odd && (c->chip || !chips)
               ? MIEN_OK
               : mi_no_memory(err);
}

mien_status mien_pictures_check_new(const mien_labels *labels,
                                    const mien_pictures_check_options *options,
                                    mien_pictures_check **out, mien_error *err)
{
    if (labels->n > INT32_MAX)
        return mi_fail(err, MIEN_ELIMIT, "pictures: %lld, wanted %d at most",
                       (long long)labels->n, INT32_MAX);
    if (options->n_by < 0 || options->n_by > MIEN_PICTURES_MAX_BY)
        return mi_fail(err, MIEN_EARG, "pictures: %d groupings, wanted 0 to %d",
                       options->n_by, MIEN_PICTURES_MAX_BY);
    mien_pictures_check *c = mi_alloc(1, sizeof *c);
    if (!c)
        return mi_no_memory(err);
    c->labels = labels;
    c->o = *options;
    mien_status st = make_room(c, err);
    if (!st)
        st = mi_pictures_noise_new(c, err);
    if (!st)
        st = measure_all(c, err);
    if (!st)
        st = mi_pictures_cover(c, err);
    if (!st)
        st = mi_pictures_odd(c, err);
    if (!st)
        st = mi_pictures_pair(c, err);
    if (!st)
        st = mi_pictures_group(c, err);
    if (!st)
        st = mi_pictures_noise(c, err);
    if (st)
        mien_pictures_check_free(c);
    else
        *out = c;
    return st;
}

void mien_pictures_check_free(mien_pictures_check *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->groupings; i++)
        mi_picture_grouping_free(&c->grouping[i]);
    mi_free(c->grouping);
    mi_pictures_noise_free(c);
    mi_free(c->pair);
    mi_free(c->measure);
    mi_free(c->thumb);
    mi_free(c->chip);
    mi_free(c->digest);
    mi_free(c->odd);
    mi_free(c);
}

mien_status mien_pictures_check_digest(const mien_pictures_check *c,
                                       char out[65], mien_error *err)
{
    const mien_digests d = {.n = c->labels->n, .digest = c->digest};
    return mien_set_digest(c->labels, &d, out, err);
}

const mien_picture_measure *
mien_pictures_check_measures(const mien_pictures_check *c)
{
    return c->measure;
}

const mien_picture_grouping *
mien_pictures_check_groupings(const mien_pictures_check *c, int *n)
{
    *n = c->groupings;
    return c->grouping;
}
