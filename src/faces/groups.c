/* groups.c: faces of photos are gathered and put together. */
#include "faces/groups.h"

#include "faces/chip.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <string.h>

enum { QUALITY = 85 };
static const double margin = 0.15; /* hair and chin are seen, too */

float mien_face_groups_threshold(mien_describer d)
{
    return d == MIEN_DESCRIBER_MOBILEFACENET ? 1 : MIEN_CLUSTER_THRESHOLD;
}

mien_status mien_face_groups_new(const mien_photo_list *list, int side,
                                 mien_describer describer,
                                 mien_face_groups **out, mien_error *err)
{
    if (side && (side < 16 || side > 512))
        return mi_fail(err, MIEN_EARG,
                       "groups: faces of %d pixels, wanted 16 to 512", side);
    mien_face_groups *g = mi_alloc(1, sizeof *g);
    mi_grouped_photo *photo = mi_alloc((size_t)list->n, sizeof *photo);
    if (!g || !photo) {
        mi_free(g);
        mi_free(photo);
        return mi_no_memory(err);
    }
    g->list = list;
    g->side = side;
    g->describer = describer;
    g->numbers = mien_describer_numbers(describer);
    g->photo = photo;
    *out = g;
    return MIEN_OK;
}

static void free_photo(mi_grouped_photo *p)
{
    for (int i = 0; i < p->n; i++)
        mien_bytes_free(&p->face[i].picture);
    mi_free(p->face);
    mi_free(p->descriptor);
    memset(p, 0, sizeof *p);
}

void mien_face_groups_free(mien_face_groups *g)
{
    if (!g)
        return;
    for (int i = 0; i < g->list->n; i++)
        free_photo(&g->photo[i]);
    mi_free(g->photo);
    mi_free(g->place);
    mi_free(g->descriptor);
    mien_clusters_free(&g->clusters);
    mi_free(g);
}

/* ---- gathering ----------------------------------------------------------- */

/* Cut a face out of a photo. */
static mien_status picture_of(const mien_image *photo, const mien_reading *r,
                              const mien_face *face, int side, mien_bytes *out,
                              mien_error *err)
{
    const mien_crop_options o = {
        .by = MIEN_CHIP_BOX, .side = side, .margin = margin};
    mien_image chip = {0};
    mien_status st = mi_face_chip(photo, r, face, &o, &chip, err);
    if (!st)
        st = mien_image_write_jpeg(&chip, QUALITY, out, err);
    mien_image_free(&chip);
    return st;
}

mien_status mien_face_groups_add(mien_face_groups *g, int i,
                                 const mien_image *photo, const mien_reading *r,
                                 mien_error *err)
{
    assert(i >= 0 && i < g->list->n && !g->photo[i].read && !g->place);
    mi_grouped_photo p = {.read = 1};
    mien_status st = MIEN_OK;
    size_t one = (size_t)g->numbers * sizeof *p.descriptor;
    p.face = mi_alloc((size_t)r->faces.n, sizeof *p.face);
    p.descriptor = mi_alloc((size_t)r->faces.n, one);
    if (!p.face || !p.descriptor) {
        free_photo(&p);
        return mi_no_memory(err);
    }
    for (int k = 0; k < r->faces.n && !st; k++) {
        const mien_face *f = &r->faces.face[k];
        mi_grouped_face *to = &p.face[p.n];
        if (!mien_face_described(f, g->describer)) {
            p.undescribed++;
            continue;
        }
        if (g->side)
            st = picture_of(photo, r, f, g->side, &to->picture, err);
        to->box = f->box;
        to->score = f->score;
        memcpy(p.descriptor + (ptrdiff_t)p.n * g->numbers, f->descriptor, one);
        p.n += !st;
    }
    if (st)
        free_photo(&p);
    else
        g->photo[i] = p;
    return st;
}

void mien_face_groups_fail(mien_face_groups *g, int i, const mien_error *error)
{
    assert(i >= 0 && i < g->list->n);
    g->photo[i].error = *error;
}

/* ---- groups -------------------------------------------------------------- */

mien_status mien_face_groups_find(mien_face_groups *g,
                                  const mien_cluster_options *options,
                                  mien_error *err)
{
    mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
    const int d = g->numbers;
    int64_t n = 0;
    int at = 0;
    assert(!g->place);
    o.threshold = mien_face_groups_threshold(g->describer);
    if (options)
        o = *options;
    for (int i = 0; i < g->list->n; i++)
        n += g->photo[i].n;
    if (n > INT32_MAX)
        return mi_fail(err, MIEN_ELIMIT,
                       "groups: %lld faces, wanted %d at most", (long long)n,
                       INT32_MAX);
    g->place = mi_alloc_raw((size_t)n, sizeof *g->place);
    g->descriptor = mi_alloc_raw((size_t)n, (size_t)d * sizeof *g->descriptor);
    if (!g->place || !g->descriptor)
        return mi_no_memory(err);
    for (int i = 0; i < g->list->n; i++) {
        const mi_grouped_photo *p = &g->photo[i];
        if (p->n)
            memcpy(g->descriptor + (ptrdiff_t)at * d, p->descriptor,
                   (size_t)p->n * (size_t)d * sizeof *p->descriptor);
        for (int k = 0; k < p->n; k++)
            g->place[at++] = (mi_face_place){i, k};
    }
    g->faces = at;
    g->threshold = o.threshold;
    g->method = o.method;
    return mien_cluster(at, d, g->descriptor, &o, &g->clusters, err);
}

mien_face_count mien_face_groups_count(const mien_face_groups *g)
{
    mien_face_count c = {.photos = g->list->n, .groups = g->clusters.groups};
    for (int i = 0; i < g->list->n; i++) {
        const mi_grouped_photo *p = &g->photo[i];
        c.unread += p->error.status != 0;
        c.without += p->read && !p->n && !p->undescribed;
        c.faces += p->n;
        c.undescribed += p->undescribed;
    }
    c.grouped = c.groups ? g->clusters.begin[c.groups] : 0;
    return c;
}

const mien_clusters *mien_face_groups_clusters(const mien_face_groups *g)
{
    return &g->clusters;
}

const mi_grouped_face *mi_face_of(const mien_face_groups *g, int face)
{
    assert(face >= 0 && face < g->faces);
    mi_face_place at = g->place[face];
    return &g->photo[at.photo].face[at.face];
}

const float *mien_face_groups_face(const mien_face_groups *g, int face,
                                   int *photo, mien_box *box)
{
    const mi_grouped_face *f = mi_face_of(g, face);
    if (photo)
        *photo = g->place[face].photo;
    if (box)
        *box = f->box;
    return g->descriptor + (ptrdiff_t)face * g->numbers;
}
