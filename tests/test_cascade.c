/* Integral images, cascades run, grouped, turned, written and read. */
#include "base/alloc.h"
#include "kern/kern.h"
#include "tests/cascade_make.h"
#include "vision/group.h"
#include "vision/scan.h"

/* ---- integral images ---------------------------------------------------- */

static uint32_t triangle(const mien_gray *g, int x, int y)
{
    uint32_t sum = 0;
    for (int v = 0; v < y && v < g->h; v++)
        for (int u = 0; u < g->w; u++)
            if (abs(u - x + 1) <= y - v - 1)
                sum += g->data[v * g->stride + u];
    return sum;
}

static void check_integral(int w, int h)
{
    mien_gray g = made_picture(w, h, 5);
    mien_integral s;
    CHECK_EQ(mien_integral_new(&g, 1, &s, NULL), MIEN_OK);
    for (int y = 0; y <= h; y++)
        for (int x = 0; x <= w; x++) {
            uint32_t sum = 0, square = 0;
            for (int v = 0; v < y; v++)
                for (int u = 0; u < x; u++) {
                    uint32_t p = g.data[v * g.stride + u];
                    sum += p;
                    square += p * p;
                }
            ptrdiff_t at = y * s.stride + x;
            CHECK_EQ(s.sum[at], sum);
            CHECK_EQ(s.square[at], square);
            CHECK_EQ(s.tilted[at], triangle(&g, x, y));
        }
    mien_integral_free(&s);
    mien_gray_free(&g);
}

/* Sums laid out for scanning are the same numbers. */
static void check_sums(int w, int h, int step)
{
    mien_gray g = made_picture(w, h, 9);
    mien_integral want;
    CHECK_EQ(mien_integral_new(&g, 1, &want, NULL), MIEN_OK);
    ptrdiff_t stride = mi_sums_stride(w);
    uint32_t *memory = calloc(mi_sums_count(stride, h, 1), sizeof(uint32_t));
    mi_sums s = mi_sums_of(memory, stride, h, 1, step);
    for (int twice = 0; twice < 2; twice++)
        mi_sums_fill(&s, &g);
    for (int y = 0; y <= h; y++)
        for (int x = 0; x <= w; x++) {
            ptrdiff_t from = y * want.stride + x;
            ptrdiff_t at = y * stride + mi_sums_column(x, step, stride);
            CHECK_EQ(s.sum[at], want.sum[from]);
            CHECK_EQ(s.square[at], want.square[from]);
            if (y) /* nothing reads tilted sums above the picture */
                CHECK_EQ(s.tilted[at], want.tilted[from]);
        }
    free(memory);
    mien_integral_free(&want);
    mien_gray_free(&g);
}

/* ---- running ------------------------------------------------------------ */

static int32_t rect_of(const mien_gray *g, const mien_feature_rect *r,
                       int tilted, int x0, int y0)
{
    int32_t sum = 0;
    if (!tilted) {
        for (int y = 0; y < r->h; y++)
            for (int x = 0; x < r->w; x++)
                sum += g->data[(y0 + r->y + y) * g->stride + x0 + r->x + x];
        return sum;
    }
    uint32_t up = triangle(g, x0 + r->x, y0 + r->y);
    uint32_t left = triangle(g, x0 + r->x - r->h, y0 + r->y + r->h);
    uint32_t right = triangle(g, x0 + r->x + r->w, y0 + r->y + r->w);
    uint32_t low =
        triangle(g, x0 + r->x + r->w - r->h, y0 + r->y + r->w + r->h);
    return (int32_t)(up - left - right + low);
}

static float norm_of(const mien_cascade *c, const mien_gray *g, int x0, int y0)
{
    double sum = 0, square = 0, area = (double)(c->w - 2) * (c->h - 2);
    for (int y = 1; y < c->h - 1; y++)
        for (int x = 1; x < c->w - 1; x++) {
            double p = g->data[(y0 + y) * g->stride + x0 + x];
            sum += p;
            square += p * p;
        }
    double nf = area * square - sum * sum;
    float one = nf > 0 ? (float)(1. / sqrt(nf)) : 0;
    return area * (double)one < 1e-1 ? one : 0;
}

static int code_of(const mien_gray *g, const mien_feature_rect *r, int x0,
                   int y0)
{
    static const int order[8][2] = {{0, 0}, {1, 0}, {2, 0}, {2, 1},
                                    {2, 2}, {1, 2}, {0, 2}, {0, 1}};
    mien_feature_rect b = *r;
    b.x += r->w;
    b.y += r->h;
    int32_t middle = rect_of(g, &b, 0, x0, y0);
    int code = 0;
    for (int i = 0; i < 8; i++) {
        b.x = r->x + order[i][0] * r->w;
        b.y = r->y + order[i][1] * r->h;
        code = code * 2 + (rect_of(g, &b, 0, x0, y0) >= middle);
    }
    return code;
}

static int left_of(const mien_cascade *c, const mi_node *node,
                   const mien_gray *g, int x0, int y0, float norm)
{
    const mien_feature *f = &c->feature[node->feature];
    if (c->kind == MIEN_FEATURE_LBP) {
        int code = code_of(g, &f->rect[0], x0, y0);
        return c->subset[node->subset + code / 32] >> (code % 32) & 1;
    }
    float value = 0;
    for (int i = 0; i < f->n; i++)
        value += f->rect[i].weight *
                 (float)rect_of(g, &f->rect[i], f->tilted, x0, y0);
    return value * norm < node->threshold;
}

/* -1 too flat, else the number of stages passed; the last sum. */
static int plain(const mien_cascade *c, const mien_gray *g, int x0, int y0,
                 double *sum)
{
    float norm = c->kind == MIEN_FEATURE_LBP ? 1 : norm_of(c, g, x0, y0);
    if (norm == 0)
        return -1;
    for (int s = 0; s < c->n_stages; s++) {
        const mi_stage *stage = &c->stage[s];
        *sum = 0;
        for (int t = 0; t < stage->n_trees; t++) {
            const mi_tree *tree = &c->tree[stage->tree + t];
            int i = 0;
            do {
                const mi_node *node = &c->node[tree->node + i];
                i = left_of(c, node, g, x0, y0, norm) ? node->left
                                                      : node->right;
            } while (i > 0);
            *sum += (double)c->leaf[tree->leaf - i];
        }
        if (*sum < (double)(stage->threshold - MI_STAGE_EPSILON))
            return s;
    }
    return c->n_stages;
}

static int check_scan(const made_as *a, const mien_gray *g, int step, int skip)
{
    mien_cascade *c = made_cascade(a, 77);
    mi_windows got = {0};
    int64_t seen = 0, want_seen = 0;
    CHECK_EQ(mi_scan(c, g, step, skip, &got, &seen, NULL), MIEN_OK);
    int n = 0;
    for (int y = 0; y + c->h <= g->h; y += step)
        for (int x = 0; x + c->w <= g->w; x += step) {
            double sum;
            int passed = plain(c, g, x, y, &sum);
            want_seen++;
            if (passed == 0 && skip)
                x += step;
            if (passed != c->n_stages)
                continue;
            CHECK(n < got.n && got.at[n].x == x && got.at[n].y == y);
            if (n < got.n)
                CHECK(got.at[n].weight == sum);
            n++;
        }
    CHECK_EQ(got.n, n);
    CHECK_EQ(seen, want_seen);
    mi_windows_free(&got);
    mien_cascade_free(c);
    return n;
}

static void check_scans(void)
{
    static const made_as kinds[] = {
        {MIEN_FEATURE_HAAR, 0, 1, 12, 10, 2, 4},
        {MIEN_FEATURE_HAAR, 1, 1, 14, 14, 3, 3},
        {MIEN_FEATURE_HAAR, 1, 2, 12, 16, 3, 4},
        {MIEN_FEATURE_LBP, 0, 1, 12, 12, 4, 3},
        {MIEN_FEATURE_LBP, 0, 2, 13, 11, 3, 3},
        {MIEN_FEATURE_HAAR, 0, 1, 12, 10, 1, 3},
    };
    mien_gray g = made_picture(61, 47, 9);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int found = 0;
        for (int step = 1; step <= 2; step++)
            for (int skip = 0; skip < 2; skip++)
                found += check_scan(&kinds[i], &g, step, skip);
        CHECK_MSG(found > 0, "kind %zu: nothing passes", i);
    }
    mien_gray_free(&g);
}

/* Every instruction set gives the bits of the plain reference. */
static void check_kernels(const made_as *a)
{
    mien_cascade *c = made_cascade(a, 3);
    mien_gray g = made_picture(90, a->h, 4);
    ptrdiff_t stride = mi_sums_stride(g.w);
    uint32_t *memory = calloc(mi_sums_count(stride, g.h, 1), sizeof(uint32_t));
    mi_sums s = mi_sums_of(memory, stride, g.h, 1, 1);
    mi_sums_fill(&s, &g);
    mi_compiled p;
    CHECK_EQ(mi_compile(c, stride, 1, s.tilted - s.sum, &p, NULL), MIEN_OK);
    const mi_kern *ref = mi_kern_at(0);
    int32_t place[MI_WINDOWS];
    for (int i = 0; i < MI_WINDOWS; i++)
        place[i] = i * 37 % (g.w - a->w);
    for (int k = 1; mi_kern_at(k); k++)
        for (int x = 0; x + MI_WINDOWS + a->w <= g.w; x++) {
            const mi_kern *one = mi_kern_at(k);
            float norm[2][MI_WINDOWS];
            double votes[2][MI_WINDOWS];
            CHECK_EQ(
                one->window_norm_f32(&p.norm, s.sum + x, s.square + x, norm[0]),
                ref->window_norm_f32(&p.norm, s.sum + x, s.square + x,
                                     norm[1]));
            CHECK(!memcmp(norm[0], norm[1], sizeof norm[0]));
            for (int stage = 0; stage < c->n_stages; stage++) {
                const mi_vote_stage *by = &p.stage[stage];
                CHECK_EQ(
                    one->votes_f64(&p.votes, by, s.sum + x, norm[0], votes[0]),
                    ref->votes_f64(&p.votes, by, s.sum + x, norm[0], votes[1]));
                CHECK(!memcmp(votes[0], votes[1], sizeof votes[0]));
                CHECK_EQ(one->votes_at_f64(&p.votes, by, s.sum, place, norm[0],
                                           votes[0]),
                         ref->votes_at_f64(&p.votes, by, s.sum, place, norm[0],
                                           votes[1]));
                CHECK(!memcmp(votes[0], votes[1], sizeof votes[0]));
            }
        }
    mi_compiled_free(&p);
    free(memory);
    mien_gray_free(&g);
    mien_cascade_free(c);
}

static int same_hits(const mien_hits *a, const mien_hits *b)
{
    return a->n == b->n &&
           (a->n == 0 ||
            !memcmp(a->hit, b->hit, (size_t)a->n * sizeof *a->hit));
}

static const made_as easy = {MIEN_FEATURE_HAAR, 1, 2, 12, 12, 3, 3};

static void check_threads(void)
{
    mien_cascade *c = made_cascade(&easy, 21);
    mien_gray g = made_picture(400, 300, 2);
    mien_hits first;
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.neighbors = 1;
    CHECK_EQ(mien_cascade_detect(c, &g, &o, &first, NULL), MIEN_OK);
    CHECK(first.n > 0);
    for (int threads = 1; threads <= 3; threads++) {
        mien_hits more;
        CHECK_EQ(mien_pool_new(threads, &o.pool, NULL), MIEN_OK);
        CHECK_EQ(mien_cascade_detect(c, &g, &o, &more, NULL), MIEN_OK);
        CHECK(same_hits(&first, &more));
        mien_hits_free(&more);
        mien_pool_free(o.pool);
    }
    mien_hits_free(&first);
    mien_gray_free(&g);
    mien_cascade_free(c);
}

/* ---- grouping ----------------------------------------------------------- */

static void check_group(void)
{
    mien_hit all[] = {
        {.x = 10,
         .y = 10,
         .w = 40,
         .h = 40,
         .neighbors = 1,
         .level = 3,
         .weight = 1},
        {.x = 12,
         .y = 11,
         .w = 40,
         .h = 40,
         .neighbors = 1,
         .level = 3,
         .weight = 4},
        {.x = 13,
         .y = 12,
         .w = 41,
         .h = 41,
         .neighbors = 1,
         .level = 3,
         .weight = 2},
        {.x = 200, .y = 10, .w = 40, .h = 40, .neighbors = 1, .level = 3},
        {.x = 500, .y = 10, .w = 40, .h = 40, .neighbors = 1, .level = 3},
        {.x = 501, .y = 10, .w = 40, .h = 40, .neighbors = 1, .level = 3}};
    for (int neighbors = 0; neighbors <= 3; neighbors++) {
        mien_hit *copy = mi_alloc(6, sizeof *copy);
        memcpy(copy, all, sizeof all);
        mien_hits h = {6, copy};
        CHECK_EQ(mi_group(&h, neighbors, 0.2, NULL), MIEN_OK);
        static const int want[] = {6, 2, 1, 0};
        CHECK_EQ(h.n, want[neighbors]);
        if (neighbors == 1 && h.n == 2) {
            CHECK(h.hit[0].x == 12 && h.hit[0].y == 11 && h.hit[0].w == 40);
            CHECK(h.hit[0].neighbors == 3 && h.hit[0].weight == 4);
            CHECK(h.hit[1].x == 500 && h.hit[1].neighbors == 2);
        }
        mien_hits_free(&h);
    }
}

/* A group inside a greater one goes; one or two windows go whatever is about
 * them, three or more only inside a group of more. */
static void check_groups_inside(void)
{
    for (int few = 2; few <= 4; few++)
        for (int many = few - 1; many <= few + 1; many++) {
            mien_hits h = {few + many, mi_alloc(9, sizeof *h.hit)};
            for (int i = 0; i < few + many; i++) {
                int out = i < many;
                h.hit[i] = (mien_hit){.x = out ? 100 : 130,
                                      .y = out ? 100 : 130,
                                      .w = out ? 100 : 40,
                                      .h = out ? 100 : 40,
                                      .neighbors = 1};
            }
            CHECK_EQ(mi_group(&h, 1, 0.2, NULL), MIEN_OK);
            int outer = many > 1, hidden = outer && (few < 3 || many > few);
            CHECK_EQ(h.n, outer + !hidden);
            mien_hits_free(&h);
        }
}

/* ---- options, views, turns ---------------------------------------------- */

static void check_refusals(void)
{
    mien_cascade *c = made_cascade(&easy, 1);
    mien_gray g = made_picture(30, 30, 1), tiny = made_picture(11, 30, 1);
    mien_hits hits;
    mien_error err;
    mien_cascade_options bad = MIEN_CASCADE_DEFAULTS;
    bad.scale = 1;
    CHECK_EQ(mien_cascade_detect(c, &g, &bad, &hits, &err), MIEN_EARG);
    bad.scale = 1 + 1e-9;
    CHECK_EQ(mien_cascade_detect(c, &g, &bad, &hits, &err), MIEN_ELIMIT);
    bad = (mien_cascade_options)MIEN_CASCADE_DEFAULTS;
    bad.group = 1.5;
    CHECK_EQ(mien_cascade_detect(c, &g, &bad, &hits, &err), MIEN_EARG);
    bad.group = 0;
    bad.min_w = -1;
    CHECK_EQ(mien_cascade_detect(c, &g, &bad, &hits, &err), MIEN_EARG);
    CHECK_EQ(mien_cascade_detect(c, &tiny, NULL, &hits, &err), MIEN_OK);
    CHECK_EQ(hits.n, 0);
    mien_hits_free(&hits);
    double turn[2] = {0, (double)NAN};
    CHECK_EQ(mien_cascade_detect_turned(c, &g, NULL, 2, turn, &hits, &err),
             MIEN_EARG);
    CHECK_EQ(mien_cascade_detect_turned(c, &g, NULL, 0, turn, &hits, &err),
             MIEN_EARG);
    int passed;
    CHECK_EQ(mien_cascade_follow(c, &g, NULL, &passed, &err), MIEN_EARG);
    mien_gray_free(&tiny);
    mien_gray_free(&g);
    mien_cascade_free(c);
}

/* Turned by 180 degrees, what is found lies at the other end. */
static void check_turned(void)
{
    mien_cascade *c = made_cascade(&easy, 21);
    mien_gray g = made_picture(120, 90, 8), up;
    CHECK_EQ(mien_gray_rotate(&g, 180, &up, NULL), MIEN_OK);
    CHECK_EQ(up.data[0], g.data[89 * g.stride + 119]);
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.neighbors = 4;
    mien_hits want, got;
    double zero = 0, half = -180;
    CHECK_EQ(mien_cascade_detect_turned(c, &g, &o, 1, &zero, &want, NULL),
             MIEN_OK);
    CHECK_EQ(mien_cascade_detect_turned(c, &up, &o, 1, &half, &got, NULL),
             MIEN_OK);
    CHECK(want.n > 0);
    CHECK_EQ(got.n, want.n);
    for (int i = 0; i < got.n; i++) {
        int found = 0;
        for (int k = 0; k < want.n; k++) {
            const mien_hit *a = &got.hit[i], *b = &want.hit[k];
            found |= abs(a->x - (120 - b->x - b->w)) <= 1 &&
                     abs(a->y - (90 - b->y - b->h)) <= 1;
        }
        CHECK(found);
        CHECK_EQ(got.hit[i].angle, -180);
    }
    mien_hits_free(&got);
    mien_hits_free(&want);
    mien_gray_free(&up);
    mien_gray_free(&g);
    mien_cascade_free(c);
}

static void check_follow(void)
{
    mien_cascade *c = made_cascade(&easy, 21);
    mien_gray g = made_picture(60, 50, 12);
    double sums[3], last;
    int passed;
    for (int y = 0; y < 30; y += 3)
        for (int x = 0; x < 40; x += 3) {
            mien_gray part = mien_gray_view(&g, x, y, 12, 12);
            CHECK_EQ(mien_cascade_follow(c, &part, sums, &passed, NULL),
                     MIEN_OK);
            int want = plain(c, &g, x, y, &last);
            CHECK_EQ(passed, want < 0 ? 0 : want);
            if (want >= 0)
                CHECK(sums[want < 3 ? want : 2] == last);
        }
    mien_gray_free(&g);
    mien_cascade_free(c);
}

/* ---- memory ------------------------------------------------------------- */

static void check_no_memory(void)
{
    mien_cascade *c = made_cascade(&easy, 21);
    mien_gray g = made_picture(120, 90, 6);
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.neighbors = 1;
    double turn[2] = {0, 20};
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st == MIEN_ENOMEM && n < 10000; n++) {
        mien_hits hits = {0};
        mi_alloc_fail_after(n);
        st = mien_cascade_detect_turned(c, &g, &o, 2, turn, &hits, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || hits.hit == NULL);
        mien_hits_free(&hits);
    }
    CHECK_EQ(st, MIEN_OK);
    st = MIEN_ENOMEM;
    for (long n = 0; st == MIEN_ENOMEM && n < 10000; n++) {
        mien_integral s = {0};
        mi_alloc_fail_after(n);
        st = mien_integral_new(&g, 1, &s, NULL);
        mi_alloc_fail_after(-1);
        mien_integral_free(&s);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_gray_free(&g);
    mien_cascade_free(c);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(check_integral, 1, 1);
    RUN(check_integral, 2, 9);
    RUN(check_integral, 17, 13);
    for (int step = 1; step <= 2; step++) {
        RUN(check_sums, 1, 1, step);
        RUN(check_sums, 24, 24, step);
        RUN(check_sums, 37, 11, step);
    }
    RUN(check_scans);
    RUN(check_kernels, &easy);
    RUN(check_kernels, &(made_as){MIEN_FEATURE_HAAR, 1, 1, 13, 17, 3, 5});
    RUN(check_kernels, &(made_as){MIEN_FEATURE_LBP, 0, 1, 15, 12, 3, 5});
    RUN(check_kernels, &(made_as){MIEN_FEATURE_LBP, 0, 2, 12, 12, 3, 5});
    RUN(check_threads);
    RUN(check_group);
    RUN(check_groups_inside);
    RUN(check_refusals);
    RUN(check_turned);
    RUN(check_follow);
    RUN(check_no_memory);
    return check_done();
}
