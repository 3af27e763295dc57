/* Detections against false positives, against the definition counted plainly.
 */
#include "base/alloc.h"
#include "mien/vision_roc.h"
#include "tests/cascade_make.h"

enum { PICTURES = 4, STAGES = 3, MOST = 8 };

static const made_as kind = {MIEN_FEATURE_HAAR, 0, 1, 12, 12, STAGES, 4};

/* Pictures with objects where the whole cascade sees some. */
typedef struct album {
    mien_gray picture[PICTURES];
    mien_region object[PICTURES][MOST];
    int n[PICTURES];
    int reads, fail_at; /* the read that fails; 0: none */
} album;

static mien_hits hits_of(const mien_cascade *c, const mien_gray *g, int stages)
{
    mien_hits h = {0};
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.neighbors = 1;
    o.stages = stages;
    CHECK_EQ(mien_cascade_detect(c, g, &o, &h, NULL), MIEN_OK);
    return h;
}

static void fill(album *a, const mien_cascade *c)
{
    *a = (album){.reads = 0};
    for (int i = 0; i < PICTURES; i++) {
        a->picture[i] = made_picture(90, 70, (unsigned)i + 3);
        mien_hits h = hits_of(c, &a->picture[i], 0);
        for (int k = 0; k < h.n && a->n[i] < MOST - 1; k += 2) {
            const mien_hit *b = &h.hit[k];
            a->object[i][a->n[i]++] = (mien_region){b->x + 1, b->y, b->w, b->h};
        }
        a->object[i][a->n[i]++] = (mien_region){-50, -50, 10, 10}; /* unseen */
        mien_hits_free(&h);
    }
}

static void empty(album *a)
{
    for (int i = 0; i < PICTURES; i++)
        mien_gray_free(&a->picture[i]);
}

static mien_status read_picture(void *arg, int i, mien_gray *g, int *n,
                                const mien_region **objects, mien_error *err)
{
    album *a = arg;
    const mien_gray *from = &a->picture[i];
    if (++a->reads == a->fail_at)
        return MIEN_EFORMAT;
    *n = a->n[i];
    *objects = a->object[i];
    return mien_gray_resize(from, from->w, from->h, g, err);
}

/* ---- counted plainly ----------------------------------------------------- */

typedef struct plain_call {
    int neighbors, right;
    double weight;
} plain_call;

/* Surest first; of equals the wrong one. */
static int comes_before(const plain_call *a, const plain_call *b)
{
    if (a->neighbors != b->neighbors)
        return a->neighbors > b->neighbors;
    return a->weight != b->weight ? a->weight > b->weight : a->right < b->right;
}

static int close_to(const mien_hit *h, const mien_region *o)
{
    double dx = h->x + 0.5 * h->w - o->x - 0.5 * o->w;
    double dy = h->y + 0.5 * h->h - o->y - 0.5 * o->h;
    return sqrt(dx * dx + dy * dy) <= 0.3 * o->w && h->w <= 1.5 * o->w &&
           h->w * 1.5 >= o->w;
}

/* The calls of a picture, surest first, added to those there are. */
static int plain_calls(const album *a, int i, mien_hits *h, plain_call *out)
{
    int taken[MOST] = {0}, n = 0;
    for (; h->n; n++) {
        int best = 0;
        for (int k = 1; k < h->n; k++) {
            const mien_hit *p = &h->hit[k], *q = &h->hit[best];
            if (p->neighbors > q->neighbors ||
                (p->neighbors == q->neighbors && p->weight > q->weight))
                best = k;
        }
        mien_hit b = h->hit[best];
        h->hit[best] = h->hit[--h->n];
        out[n] = (plain_call){b.neighbors, 0, b.weight};
        for (int k = 0; k < a->n[i] && !out[n].right; k++)
            if (!taken[k] && close_to(&b, &a->object[i][k]))
                out[n].right = taken[k] = 1;
    }
    return n;
}

/* Objects found with at most so many wrong calls by the first stages. */
static int plainly_found(const mien_cascade *c, const album *a, int stages,
                         int wrong)
{
    static plain_call call[4096];
    int n = 0, found = 0;
    for (int i = 0; i < PICTURES; i++) {
        mien_hits h = hits_of(c, &a->picture[i], stages);
        n += plain_calls(a, i, &h, call + n);
        mien_hits_free(&h);
    }
    while (n) {
        int best = 0;
        for (int k = 1; k < n; k++)
            if (comes_before(&call[k], &call[best]))
                best = k;
        wrong -= !call[best].right;
        if (wrong < 0)
            break;
        found += call[best].right;
        call[best] = call[--n];
    }
    return found;
}

static void test_curves(unsigned seed)
{
    mien_cascade *c = made_cascade(&kind, seed);
    album a;
    mien_roc r;
    fill(&a, c);
    mien_roc_pictures p = {PICTURES, read_picture, &a};
    CHECK_EQ(mien_roc_measure(c, &p, NULL, &r, NULL), MIEN_OK);
    int objects = 0;
    for (int i = 0; i < PICTURES; i++)
        objects += a.n[i];
    CHECK_EQ(r.objects, objects);
    CHECK_EQ(r.pictures, PICTURES);
    CHECK(r.right >= objects / 2 && r.right <= objects - PICTURES);
    CHECK(r.wrong > 0 && r.seconds > 0 && a.reads >= PICTURES);
    int tried = a.reads / PICTURES;
    static const int budgets[] = {0, 1, 2, 5, 10, 40, 200};
    for (size_t i = 0; i < sizeof budgets / sizeof *budgets; i++) {
        int want = 0;
        for (int k = STAGES; k > STAGES - tried; k--) {
            int found = plainly_found(c, &a, k, budgets[i]);
            want = found > want ? found : want;
        }
        CHECK_EQ(r.found[budgets[i]], want);
    }
    mien_pool *pool = NULL;
    mien_roc again;
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    CHECK_EQ(mien_roc_measure(c, &p, pool, &again, NULL), MIEN_OK);
    CHECK(memcmp(r.found, again.found, sizeof r.found) == 0);
    CHECK(r.right == again.right && r.wrong == again.wrong);
    mien_pool_free(pool);
    empty(&a);
    mien_cascade_free(c);
}

static void test_no_pictures(void)
{
    mien_cascade *c = made_cascade(&kind, 12);
    mien_roc r;
    mien_roc_pictures none = {0, read_picture, NULL};
    CHECK_EQ(mien_roc_measure(c, &none, NULL, &r, NULL), MIEN_OK);
    CHECK(!r.objects && !r.pictures && !r.right && !r.wrong &&
          !r.found[MIEN_ROC_WRONG]);
    mien_cascade_free(c);
}

static void test_a_picture_that_cannot_be_read(void)
{
    mien_cascade *c = made_cascade(&kind, 12);
    album a;
    mien_roc r = {.objects = -1};
    fill(&a, c);
    mien_roc_pictures p = {PICTURES, read_picture, &a};
    a.fail_at = 3;
    CHECK_EQ(mien_roc_measure(c, &p, NULL, &r, NULL), MIEN_EFORMAT);
    CHECK(r.objects == -1 && a.reads == 3);
    empty(&a);
    mien_cascade_free(c);
}

static void test_failing_memory_is_reported(void)
{
    mien_cascade *c = made_cascade(&kind, 12);
    album a;
    mien_roc r = {.objects = -1};
    fill(&a, c);
    mien_roc_pictures p = {2, read_picture, &a};
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st == MIEN_ENOMEM && n < 10000; n++) {
        mi_alloc_fail_after(n);
        st = mien_roc_measure(c, &p, NULL, &r, NULL);
        mi_alloc_fail_after(-1);
        CHECK((st == MIEN_OK) == (r.objects >= 0));
    }
    CHECK_EQ(st, MIEN_OK);
    empty(&a);
    mien_cascade_free(c);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN_USUAL(test_curves, 12);
    RUN_USUAL(test_curves, 27);
    RUN_USUAL(test_curves, 32);
    RUN_USUAL(test_curves, 11);
    RUN(test_no_pictures);
    RUN(test_a_picture_that_cannot_be_read);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
