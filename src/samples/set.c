/* set.c: labelled pictures by number, loaded when they are needed.
 *
 * Training looks at the same pictures again and again; as many as fit into the
 * cache stay in memory, those that were asked for first. */
#include "samples/set.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <string.h>

mien_status mien_sample_set_new(const mien_sample_list *list,
                                const mien_sample_set_options *options,
                                mien_sample_set **out, mien_error *err)
{
    const mien_sample_set_options *o = options;
    if (!o->load || o->w < 1 || o->h < 1 || o->w > MIEN_IMAGE_MAX_SIDE / 4 ||
        o->h > MIEN_IMAGE_MAX_SIDE / 4)
        return mi_fail(err, MIEN_EARG,
                       "samples: %d x %d, wanted 1 to %d, and a way to load "
                       "pictures",
                       o->w, o->h, MIEN_IMAGE_MAX_SIDE / 4);
    mien_sample_set *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_no_memory(err);
    size_t n = (size_t)list->names + 1;
    s->list = list;
    s->o = *o;
    s->last_name = -1;
    s->rgb = mi_alloc(n, sizeof *s->rgb);
    s->gray = mi_alloc(n, sizeof *s->gray);
    s->error = mi_alloc(n, sizeof *s->error);
    if (!s->rgb || !s->gray || !s->error) {
        mien_sample_set_free(s);
        return mi_no_memory(err);
    }
    *out = s;
    return MIEN_OK;
}

void mien_sample_set_free(mien_sample_set *s)
{
    if (!s)
        return;
    for (int64_t i = 0; i < s->list->names; i++) {
        if (s->rgb)
            mien_image_free(&s->rgb[i]);
        if (s->gray)
            mien_gray_free(&s->gray[i]);
        if (s->error)
            mi_free(s->error[i]);
    }
    mien_image_free(&s->last);
    mi_free(s->rgb);
    mi_free(s->gray);
    mi_free(s->error);
    mi_free(s);
}

int64_t mien_sample_set_count(const mien_sample_set *s) { return s->list->n; }

static const mien_sample *sample_of(const mien_sample_set *s, int64_t i)
{
    assert(i >= 0 && i < s->list->n);
    return &s->list->sample[i];
}

int mien_sample_set_label(const mien_sample_set *s, int64_t i)
{
    return sample_of(s, i)->label;
}

int64_t mien_sample_set_failures(const mien_sample_set *s)
{
    return s->failures;
}

const mien_error *mien_sample_set_failure(const mien_sample_set *s, int64_t i)
{
    return s->error[sample_of(s, i)->picture];
}

/* ---- pictures ------------------------------------------------------------ */

/* Keep in mind that a picture cannot be loaded; memory that ends says nothing
 * of the picture. */
static mien_status note_failure(mien_sample_set *s, int64_t name,
                                mien_status st, const mien_error *why,
                                mien_error *err)
{
    if (st == MIEN_ENOMEM)
        return mi_no_memory(err);
    mien_error *kept = mi_alloc(1, sizeof *kept);
    if (!kept)
        return mi_no_memory(err);
    s->error[name] = kept;
    s->failures++;
    mi_fail(kept, st, "%.120s: %s", s->list->name[name], why->text);
    return mi_fail(err, st, "%s", kept->text);
}

static mien_status load(mien_sample_set *s, int64_t name, mien_image *out,
                        mien_error *err)
{
    mien_error why = {0};
    const mien_error *known = s->error[name];
    if (known)
        return mi_fail(err, known->status, "%s", known->text);
    mien_status st = s->o.load(s->o.arg, s->list->name[name], out, &why);
    return st ? note_failure(s, name, st, &why, err) : MIEN_OK;
}

/* Is there room in the cache for so many bytes?  They are counted. */
static int reserve(mien_sample_set *s, int64_t bytes)
{
    if (bytes > s->o.cache_bytes - s->bytes)
        return 0;
    s->bytes += bytes;
    return 1;
}

mien_status mi_set_picture(mien_sample_set *s, int64_t i,
                           const mien_image **out, mien_error *err)
{
    int64_t name = sample_of(s, i)->picture;
    mien_image im = {0};
    *out = s->rgb[name].data ? &s->rgb[name] : &s->last;
    if (s->rgb[name].data || s->last_name == name)
        return MIEN_OK;
    mien_status st = load(s, name, &im, err);
    if (st)
        return st;
    if (reserve(s, (int64_t)im.w * im.h * 3)) {
        s->rgb[name] = im;
        *out = &s->rgb[name];
    } else {
        mien_image_free(&s->last);
        s->last = im;
        s->last_name = name;
    }
    return MIEN_OK;
}

static mien_status copy_gray(const mien_gray *g, mien_gray *out,
                             mien_error *err)
{
    mien_status st = mien_gray_new(g->w, g->h, out, err);
    for (int y = 0; st == MIEN_OK && y < g->h; y++)
        memcpy(out->data + y * out->stride, g->data + y * g->stride,
               (size_t)g->w);
    return st;
}

mien_status mien_sample_set_gray(mien_sample_set *s, int64_t i, mien_gray *out,
                                 mien_error *err)
{
    int64_t name = sample_of(s, i)->picture;
    mien_gray *kept = &s->gray[name], g;
    mien_image im = {0};
    if (kept->data)
        return copy_gray(kept, out, err);
    mien_status st = load(s, name, &im, err);
    if (st)
        return st;
    st = mien_gray_from(&im, &g, err);
    mien_image_free(&im);
    if (st)
        return st;
    int64_t bytes = (int64_t)g.w * g.h;
    if (reserve(s, bytes) && copy_gray(&g, kept, NULL))
        s->bytes -= bytes;
    *out = g;
    return MIEN_OK;
}

/* ---- samples ------------------------------------------------------------- */

mien_status mi_set_frame(mien_sample_set *s, int64_t i, mien_image *out,
                         mien_error *err)
{
    mien_sample one = *sample_of(s, i);
    const mien_image *im = NULL;
    mien_error why = {0};
    mien_status st = mi_set_picture(s, i, &im, err);
    if (st)
        return st;
    if (one.w) {
        st = mien_sample_fits(s->list, i, im->w, im->h, err);
        if (st)
            return st;
    } else {
        one.x = one.y = 0;
        one.w = im->w;
        one.h = im->h;
    }
    st = mi_view_frame(im, &one, s->o.w, s->o.h, out, &why);
    return st ? mi_fail(err, st, "%.120s: %s", s->list->name[one.picture],
                        why.text)
              : MIEN_OK;
}

/* The generator of a sample in an epoch. */
static void seed_of(mien_random *r, uint32_t seed, int64_t i, int epoch)
{
    const uint64_t words[] = {seed, (uint64_t)i, (uint64_t)epoch};
    uint64_t h = 0x9e3779b97f4a7c15u;
    for (int k = 0; k < 3; k++) {
        h = (h ^ words[k]) * 0xbf58476d1ce4e5b9u;
        h ^= h >> 29;
    }
    mien_random_init(r, (uint32_t)(h >> 16));
}

static void mirror(mien_image *im)
{
    for (int y = 0; y < im->h; y++)
        for (int x = 0; x < im->w / 2; x++) {
            uint8_t *a = im->data + y * im->stride + (ptrdiff_t)x * 3, three[3];
            uint8_t *b =
                im->data + y * im->stride + (ptrdiff_t)(im->w - 1 - x) * 3;
            memcpy(three, a, 3);
            memcpy(a, b, 3);
            memcpy(b, three, 3);
        }
}

mien_status mien_sample_set_get(mien_sample_set *s, int64_t i, int epoch,
                                mien_image *out, mien_error *err)
{
    mien_random r;
    mien_image frame;
    mien_status st = mi_set_frame(s, i, &frame, err);
    if (st)
        return st;
    seed_of(&r, s->o.seed, i, epoch);
    st = mi_view_of(&frame, &s->o.jitter, epoch ? &r : NULL, s->o.w, s->o.h,
                    out, err);
    if (!st && epoch && s->o.mirror && mien_random_unit(&r) < 0.5)
        mirror(out);
    mien_image_free(&frame);
    return st;
}
