/* roc.c: how well a cascade finds known objects. */
#include "mien/vision_roc.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Something a cascade called an object. */
typedef struct call {
    double score; /* windows that agreed, and the last stage's sum behind it */
    int right;    /* 1: an object nothing surer had found */
} call;

/* All pictures seen with the first stages of a cascade. */
typedef struct scoring {
    const mien_cascade *c;
    mien_cascade_options o;
    call *calls; /* [n] */
    int n, wrong, objects;
    double seconds;
} scoring;

static int by_score(const void *a, const void *b)
{
    const mien_hit *p = a, *q = b;
    if (p->neighbors != q->neighbors)
        return p->neighbors > q->neighbors ? -1 : 1;
    return (p->weight < q->weight) - (p->weight > q->weight);
}

static int by_rank(const void *a, const void *b)
{
    const call *p = a, *q = b;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return p->right - q->right; /* wrong ones first: nothing is given away */
}

static int is_right(const mien_hit *h, const mien_region *o)
{
    double dx = h->x + h->w / 2.0 - (o->x + o->w / 2.0);
    double dy = h->y + h->h / 2.0 - (o->y + o->h / 2.0);
    double grown = (double)h->w / o->w;
    return hypot(dx, dy) <= 0.3 * o->w && grown <= 1.5 && grown >= 1 / 1.5;
}

/* Turn the hits of one picture, whose objects are known, into calls. */
static mien_status judge(scoring *s, const mien_hits *hits, int n,
                         const mien_region *objects, mien_error *err)
{
    uint8_t *found = mi_alloc((size_t)n + 1, 1);
    call *calls = mi_grow(&s->calls, s->n, hits->n, sizeof *calls);
    if (!found || !calls) {
        mi_free(found);
        return mi_no_memory(err);
    }
    if (hits->n > 1)
        qsort(hits->hit, (size_t)hits->n, sizeof *hits->hit, by_score);
    for (int i = 0; i < hits->n; i++) {
        const mien_hit *h = &hits->hit[i];
        int right = 0;
        for (int k = 0; !right && k < n; k++)
            if (!found[k] && is_right(h, &objects[k]))
                right = found[k] = 1;
        double second = 1 / (1 + exp(-h->weight / 10));
        calls[i] = (call){h->neighbors + second, right};
        s->wrong += !right;
    }
    s->n += hits->n;
    mi_free(found);
    return MIEN_OK;
}

static mien_status search(scoring *s, const mien_gray *g, int n,
                          const mien_region *objects, mien_error *err)
{
    mien_hits hits = {0};
    double start = mien_clock();
    mien_status st = mien_cascade_detect(s->c, g, &s->o, &hits, err);
    s->seconds += mien_clock() - start;
    if (st == MIEN_OK)
        st = judge(s, &hits, n, objects, err);
    s->objects += n;
    mien_hits_free(&hits);
    return st;
}

/* Read all pictures and rank what is called an object in them. */
static mien_status score_pictures(scoring *s, const mien_roc_pictures *p,
                                  mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; st == MIEN_OK && i < p->n; i++) {
        mien_gray g = {0};
        int n = 0;
        const mien_region *objects = NULL;
        st = p->read(p->arg, i, &g, &n, &objects, err);
        if (st == MIEN_OK)
            st = search(s, &g, n, objects, err);
        mien_gray_free(&g);
    }
    if (s->n > 1)
        qsort(s->calls, (size_t)s->n, sizeof *s->calls, by_rank);
    return st;
}

/* Raise the curve to what these calls find. */
static void raise_to(const scoring *s, int *found)
{
    int right = 0, wrong = 0;
    for (int i = 0; i < s->n && wrong <= MIEN_ROC_WRONG; i++) {
        right += s->calls[i].right;
        wrong += !s->calls[i].right;
        if (wrong <= MIEN_ROC_WRONG && right > found[wrong])
            found[wrong] = right;
    }
}

mien_status mien_roc_measure(const mien_cascade *c,
                             const mien_roc_pictures *pictures, mien_pool *pool,
                             mien_roc *out, mien_error *err)
{
    assert(c && pictures && out);
    mien_roc r = {.pictures = pictures->n};
    mien_status st = MIEN_OK;
    int n = mien_cascade_get_info(c).n_stages, wrong = 0;
    for (int k = n; !st && k > 0 && wrong <= 4 * MIEN_ROC_WRONG; k--) {
        scoring s = {.c = c, .o = MIEN_CASCADE_DEFAULTS};
        s.o.neighbors = 1;
        s.o.stages = k;
        s.o.pool = pool;
        st = score_pictures(&s, pictures, err);
        raise_to(&s, r.found);
        wrong = s.wrong;
        if (k == n) {
            r.objects = s.objects;
            r.seconds = s.seconds;
            r.wrong = s.wrong;
            r.right = s.n - s.wrong;
        }
        mi_free(s.calls);
    }
    for (int i = 1; i <= MIEN_ROC_WRONG; i++)
        if (r.found[i] < r.found[i - 1])
            r.found[i] = r.found[i - 1];
    if (st == MIEN_OK)
        *out = r;
    return st;
}
