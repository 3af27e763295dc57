/* Faces that something covers: found among made faces with things laid over a
 * known tenth of them, and counted by group. */
/* Not as WebAssembly: sets of pictures are left out there. */
#include "base/alloc.h"
#include "dataset/pictures.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

enum { N = 400, EVERY = 10, SIDE = MI_COVER_SIDE };

/* ---- made faces ----------------------------------------------------------
 */

/* Something dark or light, soft at its edge, on a chip. */
static void spot(float *g, double x, double y, double w, double h, double by)
{
    for (int i = 0; i < MI_COVER_CHIP; i++) {
        double u = (i % SIDE + 0.5) / SIDE, v = (i / SIDE + 0.5) / SIDE;
        double d = hypot((u - x) / w, (v - y) / h);
        g[i] += (float)(by / (1 + exp(8 * (d - 1))));
    }
}

/* Eyes under brows, a nose, a mouth, in a light and of a skin of chance. */
static void make_face(mien_random *r, uint8_t *chip)
{
    float g[MI_COVER_CHIP];
    double skin = 60 + 140 * mien_random_unit(r);
    double depth = -skin * (0.4 + 0.2 * mien_random_unit(r));
    double across = 40 * mien_random_normal(r), wide = mien_random_unit(r);
    for (int i = 0; i < MI_COVER_CHIP; i++)
        g[i] = (float)(skin + across * ((i % SIDE + 0.5) / SIDE - 0.5) +
                       2 * mien_random_normal(r));
    for (int side = -1; side <= 1; side += 2) {
        double x = 0.5 + side * (0.15 + 0.01 * mien_random_normal(r));
        spot(g, x, 0.42, 0.06, 0.025, depth);
        spot(g, x, 0.35, 0.09, 0.015, depth / 2);
        spot(g, 0.5 + side * 0.04, 0.6, 0.02, 0.015, depth / 2);
    }
    spot(g, 0.5, 0.74 + 0.01 * mien_random_normal(r), 0.1 + 0.05 * wide, 0.03,
         depth);
    spot(g, 0.47, 0.52, 0.02, 0.1, 20);
    for (int i = 0; i < MI_COVER_CHIP; i++)
        chip[i] = (uint8_t)(g[i] < 0 ? 0 : g[i] > 255 ? 255 : g[i]);
}

/* One grey over a rectangle of a chip. */
static void lay_over(uint8_t *chip, const double at[4], int grey)
{
    for (int i = 0; i < MI_COVER_CHIP; i++) {
        double u = (i % SIDE + 0.5) / SIDE, v = (i / SIDE + 0.5) / SIDE;
        if (u > at[0] && u < at[1] && v > at[2] && v < at[3])
            chip[i] = (uint8_t)grey;
    }
}

/* Left, right, top, bottom of a mask, a bar over the eyes, a hand. */
static const double place[3][4] = {
    {0.15, 0.85, 0.6, 1}, {0.15, 0.85, 0.34, 0.5}, {0.3, 0.6, 0.45, 0.8}};

typedef struct faces {
    uint8_t pixels[N][MI_COVER_CHIP];
    const uint8_t *chip[N];
    int group[N];
} faces;

/* Faces, something over every tenth. */
static void make(faces *f, unsigned seed)
{
    mien_random r;
    mien_random_init(&r, seed);
    for (int i = 0; i < N; i++) {
        make_face(&r, f->pixels[i]);
        f->chip[i] = f->pixels[i];
        f->group[i] = i % 4 - 1;
        if (i % EVERY == 0)
            lay_over(f->pixels[i], place[i / EVERY % 3],
                     (int)mien_random_below(&r, 256));
    }
}

static mi_cover_options few_epochs(const faces *f)
{
    mi_cover_options o = MI_COVER_DEFAULTS;
    o.groupings = 1;
    o.group = f->group;
    o.epochs = 8;
    o.rows = 640;
    return o;
}

/* ---- what is covered is found --------------------------------------------
 */

static int by_value(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The share that one in twenty of the faces with nothing over them is above. */
static float usual(const mi_cover *cover)
{
    float x[N];
    int n = 0;
    for (int i = 0; i < N; i++)
        if (i % EVERY)
            x[n++] = cover[i].face;
    qsort(x, (size_t)n, sizeof *x, by_value);
    return x[n * 19 / 20];
}

/* Networks that learned for an eighth of the usual time know them from others,
 * and where they are covered; few others are called covered. */
static void test_covered_faces_are_found(void)
{
    static faces f;
    static mi_cover cover[N];
    int found[3] = {0}, of[3] = {0}, wrong = 0, in_place = 0;
    mien_error err = {0};
    make(&f, check_seed + 1);
    mi_cover_options o = few_epochs(&f);
    CHECK_MSG(mi_cover_judge(N, f.chip, &o, cover, &err) == MIEN_OK, "%s",
              err.text);
    const float bound = usual(cover);
    for (int i = 0; i < N; i++) {
        const mi_cover c = cover[i];
        int kind = i / EVERY % 3;
        CHECK(c.face >= 0 && c.face <= 1 && c.eyes >= 0 && c.mouth <= 1);
        if (i % EVERY) {
            wrong += c.face >= MIEN_PICTURE_COVER;
            continue;
        }
        of[kind]++;
        found[kind] += c.face > bound;
        in_place += kind == 0   ? c.mouth > c.eyes
                    : kind == 1 ? c.eyes > c.mouth
                                : c.nose > c.eyes;
    }
    printf("above the 95 %% of %.3f: %d of %d masks, %d of %d bars, %d of %d "
           "hands; called covered wrongly: %d of %d\n",
           (double)bound, found[0], of[0], found[1], of[1], found[2], of[2],
           wrong, N - N / EVERY);
    for (int kind = 0; kind < 3; kind++)
        CHECK_MSG(10 * found[kind] >= 7 * of[kind], "%d: %d of %d", kind,
                  found[kind], of[kind]);
    CHECK_MSG(20 * wrong <= N, "%d wrong", wrong);
    CHECK_MSG(10 * in_place >= 8 * (N / EVERY), "%d in place", in_place);
}

/* ---- what is laid over ---------------------------------------------------
 */

static void test_what_is_laid_over_is_where_it_is_said(void)
{
    uint8_t chip[MI_COVER_CHIP], other[MI_COVER_CHIP];
    float grey[MI_COVER_CHIP], covered[MI_COVER_CELLS], least = 1, most = 0;
    mien_random r;
    mien_random_init(&r, check_seed);
    memset(other, 200, sizeof other);
    make_face(&r, chip);
    for (int times = 0; times < 300; times++) {
        float all = 0;
        for (int i = 0; i < MI_COVER_CHIP; i++)
            grey[i] = chip[i];
        mi_cover_plant(&r, other, grey, covered);
        for (int i = 0; i < MI_COVER_CHIP; i++) {
            int cell = i / SIDE / 2 * MI_COVER_GRID + i % SIDE / 2;
            CHECK(grey[i] >= 0 && grey[i] <= 255);
            CHECK(covered[cell] > 0 || !(grey[i] > chip[i]));
            CHECK(covered[cell] > 0 || !(grey[i] < chip[i]));
        }
        for (int i = 0; i < MI_COVER_CELLS; i++) {
            CHECK(covered[i] >= 0 && covered[i] <= 1.0001f);
            all += covered[i] / MI_COVER_CELLS;
        }
        least = fminf(least, all);
        most = fmaxf(most, all);
    }
    CHECK(least < 0.02f && most > 0.3f && most < 0.8f);
}

/* Of a tenth of the faces, and of those in the dark, which are as rare. */
static void test_rare_groups_are_drawn(void)
{
    static faces f;
    mi_cover_half h[2] = {{0}};
    mi_cover_options o = few_epochs(&f);
    mien_random r;
    int rare = 0, dark = 0;
    make(&f, 2);
    for (int i = 0; i < N; i++) {
        f.group[i] = i < N / 10;
        memset(f.pixels[i], i % 10 == 3 ? 20 : 120, MI_COVER_CHIP);
    }
    CHECK_EQ(mi_cover_divide(N, f.chip, &o, h, NULL), MIEN_OK);
    CHECK(h[0].n == N / 2 && h[1].n == N / 2);
    mien_random_init(&r, 3);
    for (int i = 0; i < 2000; i++) {
        const uint8_t *chip = mi_cover_draw(&h[0], &r);
        rare += chip < f.pixels[N / 10];
        dark += *chip == 20;
    }
    CHECK_MSG(rare > 700 && rare < 1200, "%d of 2000", rare);
    CHECK_MSG(dark > 700 && dark < 1200, "%d of 2000", dark);
    mi_cover_half_done(&h[0]);
    mi_cover_half_done(&h[1]);
}

/* ---- groups --------------------------------------------------------------
 */

/* A set whose faces were judged: group 0 covered and turned more often. */
static void test_groups_are_compared_by_the_faces_judged(void)
{
    enum { FACES = 300 };
    static mien_picture_measure m[FACES];
    static unsigned odd[FACES];
    static int label[FACES];
    static char ours[] = "ours", theirs[] = "theirs", who[] = "who";
    char *class_name[] = {ours, theirs};
    mien_label_task task = {who, 0, 2, class_name};
    mien_labels l = {.n = FACES, .tasks = 1, .task = &task, .label = label};
    mien_pictures_check c = {
        .labels = &l, .read = FACES, .measure = m, .odd = odd, .covers = 1};
    for (int i = 0; i < FACES; i++) {
        label[i] = i % 2;
        m[i] = (mien_picture_measure){.w = 9,
                                      .h = 9,
                                      .contrast = 0.2f,
                                      .faces = i % 3 > 0,
                                      .face = 0.5f,
                                      .turned = i % 3 ? 0.1f : NAN,
                                      .covered = i % 3 ? 0.02f : NAN};
        if (i % 3 && i % 2 == 0 && i % 5 < 2)
            m[i].covered = 0.3f;
        if (i % 3 && i % 2 && i % 5 < 2)
            m[i].turned = 0.4f;
    }
    CHECK_EQ(mi_pictures_odd(&c, NULL), MIEN_OK);
    CHECK_EQ(mi_pictures_group(&c, NULL), MIEN_OK);
    const mien_picture_group *g = c.grouping[0].group;
    CHECK_EQ((int)g[0].odd[MIEN_PICTURE_COVERED].of, 100);
    CHECK_EQ((int)g[0].odd[MIEN_PICTURE_COVERED].count, 40);
    CHECK_EQ((int)g[1].odd[MIEN_PICTURE_COVERED].count, 0);
    CHECK_EQ((int)g[1].odd[MIEN_PICTURE_TURNED].count, 40);
    CHECK_EQ((int)g[0].odd[MIEN_PICTURE_FACELESS].of, 150);
    CHECK(g[0].apart[MIEN_PICTURE_COVERED] && g[1].apart[MIEN_PICTURE_TURNED]);
    CHECK(!g[0].apart[MIEN_PICTURE_FACELESS]);
    CHECK_NEAR(g[0].covered, 0.02, 1e-6);
    mien_buffer text = {0};
    mien_pictures_check_text(&c, &text);
    mien_buffer_put(&text, "", 1);
    CHECK(strstr((char *)text.data, "by who: 40 % (30.9 to 49.8) of ours are "
                                    "of a face partly covered, unlike"));
    CHECK(strstr((char *)text.data, "40 of 200 pictures (20 %) are of a face "
                                    "partly covered\n"));
    mien_buffer_free(&text);
    mi_picture_grouping_free(&c.grouping[0]);
    mi_free(c.grouping);
}

/* The page shows the most covered, of equals those that come first, and none
 * twice. */
static void test_most_covered_are_shown(void)
{
    enum { FACES = 30, SHOWN = 8, W = 9 };
    static const int wanted[SHOWN] = {17, 5, 0, 1, 2, 3, 4, 6};
    static mien_picture_measure m[FACES];
    static unsigned odd[FACES];
    static uint8_t pixels[FACES * W * W];
    char text[FACES][8], *name[FACES];
    mien_labels l = {
        .n = FACES, .name = name, .w = W, .h = W, .pixels = pixels};
    mien_pictures_check c = {
        .labels = &l, .read = FACES, .measure = m, .odd = odd, .covers = 1};
    mien_buffer page = {0};
    for (int i = 0; i < FACES; i++) {
        snprintf(text[i], sizeof text[i], "p%d.", i);
        name[i] = text[i];
        m[i] = mi_picture_unmeasured();
        m[i].w = m[i].h = W;
        m[i].contrast = 0.2f;
        m[i].covered = i == 17 ? 0.9f : i == 5 ? 0.5f : i < 20 ? 0.3f : 0;
    }
    CHECK_EQ(mi_pictures_odd(&c, NULL), MIEN_OK);
    CHECK_EQ(mien_pictures_check_page(&c, "faces", &page, NULL), MIEN_OK);
    mien_buffer_put(&page, "", 1);
    const char *at = strstr((char *)page.data, "20 pictures are of a face "
                                               "partly covered</h2>");
    for (int k = 0; k < SHOWN && at; k++) {
        at = strstr(at + 1, "<figcaption>");
        CHECK(at &&
              !strncmp(at + 12, name[wanted[k]], strlen(name[wanted[k]])));
    }
    CHECK(at && !strstr(at + 1, "<figcaption>"));
    mien_buffer_free(&page);
}

/* ---- threads, memory, stopping -------------------------------------------
 */

static void test_threads_change_nothing(void)
{
    static faces f;
    static mi_cover one[100], three[100];
    mien_pool *pool = NULL;
    make(&f, 3);
    mi_cover_options o = few_epochs(&f);
    o.epochs = 2;
    o.rows = 64;
    o.groupings = 0;
    CHECK_EQ(mi_cover_judge(100, f.chip, &o, one, NULL), MIEN_OK);
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    o.pool = pool;
    CHECK_EQ(mi_cover_judge(100, f.chip, &o, three, NULL), MIEN_OK);
    CHECK(!memcmp(one, three, sizeof one));
    mien_pool_free(pool);
}

static int stop(void *arg)
{
    ++*(int *)arg;
    return 1;
}

static void test_it_can_be_stopped(void)
{
    static faces f;
    static mi_cover cover[100];
    int times = 0;
    mien_error err = {0};
    make(&f, 4);
    mi_cover_options o = few_epochs(&f);
    o.rows = 32;
    o.groupings = 0;
    o.on_epoch = stop;
    o.arg = &times;
    CHECK_EQ(mi_cover_judge(100, f.chip, &o, cover, &err), MIEN_EARG);
    CHECK(times == 1 && strstr(err.text, "stopped"));
}

static void test_memory_ends(void)
{
    static faces f;
    static mi_cover cover[N];
    mien_status st = MIEN_ENOMEM;
    make(&f, 5);
    mi_cover_options o = few_epochs(&f);
    o.epochs = 1;
    o.rows = 32;
    for (int n = 0; st; n += n < 20 ? 1 : 7 * check_every()) {
        mi_alloc_fail_after(n);
        st = mi_cover_judge(N, f.chip, &o, cover, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_covered_faces_are_found);
    RUN(test_what_is_laid_over_is_where_it_is_said);
    RUN(test_rare_groups_are_drawn);
    RUN(test_groups_are_compared_by_the_faces_judged);
    RUN(test_most_covered_are_shown);
    RUN(test_threads_change_nothing);
    RUN(test_it_can_be_stopped);
    RUN(test_memory_ends);
    return check_done();
}
