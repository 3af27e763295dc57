/* Labels changed in made sets of pictures are found, as many as they are, and
 * clean sets are left alone, classes that merely overlap among them: five seeds
 * of each, two with the sanitizers, fifty with TORTURE=1, which prints how
 * many. */
/* Not as WebAssembly: pages need libjpeg. */
#include "base/alloc.h"
#include "dataset/noise_rate.h"
#include "mien/dataset_pictures.h"
#include "tests/check.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { SIDE = 24, PIXELS = SIDE * SIDE, N = 1000, MOST = 20500, CLASSES = 3 };

/* ---- a set ----------------------------------------------------------------
 */

/* Grey pictures in memory, and what their labels were. */
typedef struct made {
    mien_labels l;
    mien_label_task task;
    char *class_name[10000], *name[MOST];
    int label[MOST], right[MOST];
    uint8_t pixels[MOST * PIXELS];
} made;

static void begin(made *m, int64_t n, int side, int classes)
{
    static char is[] = "kind", picture[] = "p.png";
    static char names[10000][16];
    memset(m, 0, sizeof *m);
    for (int i = 0; i < classes; i++) {
        snprintf(names[i], sizeof names[i], "k%d", i);
        m->class_name[i] = names[i];
    }
    for (int64_t i = 0; i < n; i++)
        m->name[i] = picture;
    m->task = (mien_label_task){is, 0, classes, m->class_name};
    m->l = (mien_labels){.n = n,
                         .name = m->name,
                         .tasks = 1,
                         .task = &m->task,
                         .label = m->label,
                         .w = side,
                         .h = side,
                         .pixels = m->pixels};
}

/* Stripes at an angle in degrees under a light from one side, and grain. */
static void paint(uint8_t *p, double angle, double grain, mien_random *r)
{
    double turn = angle * M_PI / 180, phase = 6.3 * mien_random_unit(r);
    double wave = 0.7 + 0.3 * mien_random_unit(r);
    double slope = mien_random_normal(r), light = 128 + 15 * slope;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double at = cos(turn) * x + sin(turn) * y;
            double v = light + slope * x + 40 * sin(wave * at + phase) +
                       grain * mien_random_normal(r);
            p[y * SIDE + x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
}

/* Classes of stripes whose angles lie `apart` degrees apart, each with a spread
 * of 12: those 25 apart overlap, those 8 apart are one in the other's place
 * half of the time.  A share of the labels is changed: to any other class, or,
 * one way, those of class 0 to class 1 alone. */
static void make(made *m, double apart, double changed, int one_way,
                 unsigned seed)
{
    mien_random r;
    mien_random_init(&r, seed);
    begin(m, N, SIDE, CLASSES);
    for (int i = 0; i < N; i++) {
        int k = (int)mien_random_below(&r, CLASSES);
        double angle = 30 + apart * k + 12 * mien_random_normal(&r);
        paint(m->pixels + i * PIXELS, angle, 12, &r);
        m->right[i] = m->label[i] = k;
        double luck = mien_random_unit(&r);
        int other = (k + 1 + (int)mien_random_below(&r, CLASSES - 1)) % CLASSES;
        if (one_way && k == 0 && luck < CLASSES * changed)
            m->label[i] = 1;
        else if (!one_way && luck < changed)
            m->label[i] = other;
    }
}

static mien_pictures_check *check(const made *m, mien_pool *pool)
{
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    mien_pictures_check *c = NULL;
    mien_error err = {0};
    o.pool = pool;
    CHECK_MSG(mien_pictures_check_new(&m->l, &o, &c, &err) == MIEN_OK, "%s",
              err.text);
    return c;
}

static const mien_noise *noise_of(const mien_pictures_check *c)
{
    int n = 0;
    const mien_noise *t = c ? mien_pictures_check_noise(c, &n) : NULL;
    CHECK_EQ(n, 1);
    return t;
}

static int said(const mien_pictures_check *c, const char *words)
{
    mien_buffer out = {0};
    mien_pictures_check_text(c, &out);
    mien_buffer_put(&out, "", 1);
    int is = strstr((char *)out.data, words) != NULL;
    mien_buffer_free(&out);
    return is;
}

/* ---- planted --------------------------------------------------------------
 */

static int seeds(void)
{
    return getenv("TORTURE") ? 50 : check_every() > 1 ? 2 : 5;
}

/* What was seen in the sets of one kind. */
typedef struct seen {
    int found, near, covered, pair;
    double share, accuracy, right, listed;
} seen;

static void look(made *m, int one_way, seen *s)
{
    mien_pictures_check *c = check(m, NULL);
    const mien_noise *t = noise_of(c);
    int64_t changed = 0;
    for (int i = 0; i < N; i++)
        changed += m->label[i] != m->right[i];
    double share = (double)changed / N;
    s->found += t->found != MIEN_NOISE_NONE;
    s->near += fabs(t->share - share) < 0.4 * share;
    s->covered += t->low <= share && share <= t->high;
    CHECK_MSG(t->high <= 2 * t->share, "%.3f to %.3f", t->low, t->high);
    s->pair +=
        one_way && t->pairs && t->pair[0].given == 1 && t->pair[0].likely == 0;
    s->share += t->share;
    s->accuracy += t->accuracy;
    for (int64_t i = 0; i < t->suspects; i++) {
        const mien_noise_suspect *p = &t->suspect[i];
        s->right += m->label[p->picture] != m->right[p->picture];
        CHECK(p->given == m->label[p->picture] && p->likely != p->given);
    }
    s->listed += (double)t->suspects;
    CHECK_EQ(t->found != MIEN_NOISE_NONE, said(c, "seem wrong"));
    mien_pictures_check_free(c);
}

static seen look_at_all(double apart, double changed, int one_way,
                        const char *name)
{
    static made m;
    seen s = {0};
    const int n = seeds();
    for (int i = 0; i < n; i++) {
        make(&m, apart, changed, one_way, 1000 * check_seed + (unsigned)i);
        look(&m, one_way, &s);
    }
    printf("%s: found in %d of %d, near in %d, interval holds in %d, share "
           "%.3f, model right %.2f, of %.0f suspects right %.2f\n",
           name, s.found, n, s.near, s.covered, s.share / n, s.accuracy / n,
           s.listed / n, s.right / fmax(s.listed, 1));
    return s;
}

static void test_changed_labels_are_found(void)
{
    const int n = seeds();
    seen s = look_at_all(45, .1, 0, "10 % changed");
    CHECK_MSG(s.found >= n * 9 / 10 && s.near >= n * 9 / 10 &&
                  s.covered >= n * 4 / 5 && s.right >= .7 * s.listed,
              "found %d, near %d, covered %d of %d", s.found, s.near, s.covered,
              n);
    s = look_at_all(45, .1, 1, "10 % changed, one way");
    CHECK_MSG(s.found >= n * 9 / 10 && s.near >= n * 3 / 4 &&
                  s.pair >= n * 4 / 5,
              "found %d, near %d, pair %d of %d", s.found, s.near, s.pair, n);
}

/* All pictures of a class are alike but for grain: no tails, two heaps. */
static void test_labels_of_heaps_are_found(void)
{
    static made m;
    for (int changed = 0; changed < 2; changed++) {
        mien_random r;
        mien_random_init(&r, 3 + check_seed);
        begin(&m, 300, SIDE, 2);
        for (int i = 0; i < 300; i++) {
            for (int p = 0; p < PIXELS; p++)
                m.pixels[i * PIXELS + p] =
                    (uint8_t)(mien_random_below(&r, 60) +
                              150 * ((p % SIDE < SIDE / 2) == i % 2));
            m.label[i] = (i % 2) ^ (changed && i % 10 == 3);
        }
        mien_pictures_check *c = check(&m, NULL);
        const mien_noise *t = noise_of(c);
        CHECK_EQ(t->found, changed ? MIEN_NOISE_WRONG : MIEN_NOISE_NONE);
        CHECK_NEAR(t->share, changed * .1, .005);
        for (int64_t i = 0; i < t->suspects; i++)
            CHECK(t->suspect[i].picture % 10 == 3);
        mien_pictures_check_free(c);
    }
}

static void test_clean_sets_are_left_alone(void)
{
    const int n = seeds();
    seen s = look_at_all(45, 0, 0, "clean");
    CHECK_MSG(s.found <= n / 20, "%d of %d", s.found, n);
    s = look_at_all(20, 0, 0, "clean, classes that overlap");
    CHECK_MSG(s.found <= n / 20, "%d of %d", s.found, n);
    s = look_at_all(8, 0, 0, "clean, classes that are hard");
    CHECK_MSG(s.found <= n / 20, "%d of %d", s.found, n);
}

/* Labels changed from class 0 alone: the error of that rate's logarithm is what
 * it varies by, though the other rate, which tends to 0, has none. */
static void test_error_of_a_rate(void)
{
    enum { ROWS = 4000, SETS = 40 };
    static double score[ROWS];
    static uint8_t y[ROWS];
    double sum = 0, squares = 0, told = 0, error[2];
    for (unsigned k = 0; k < SETS; k++) {
        mien_random r;
        mien_random_init(&r, 100 * check_seed + k);
        for (int i = 0; i < ROWS; i++) {
            score[i] = 4 * mien_random_normal(&r);
            y[i] = mien_random_unit(&r) < 1 / (1 + exp(-score[i]));
            if (mien_random_unit(&r) < .1)
                y[i] = 1;
        }
        mi_flips f = mi_flips_fit(ROWS, score, y);
        mi_flips_error(&f, ROWS, score, error);
        CHECK_NEAR(f.rate[0], .1, .04);
        sum += log(f.rate[0]);
        squares += log(f.rate[0]) * log(f.rate[0]);
        told += error[0] / SETS;
    }
    double varies = sqrt(squares / SETS - sum * sum / SETS / SETS);
    CHECK_MSG(told > varies / 1.5 && told < 1.5 * varies,
              "%.4f, varies by %.4f", told, varies);
}

/* ---- folds, sample, words --------------------------------------------------
 */

/* Twenty-four pictures, each 25 times under one label: a model that saw another
 * copy knows it, one that did not guesses. */
static void test_copies_share_a_fold(void)
{
    enum { PICTURES = 24, ALL = 600 };
    static made m;
    mien_random r;
    mien_random_init(&r, 5 + check_seed);
    begin(&m, ALL, SIDE, 2);
    for (int i = 0; i < ALL; i++) {
        uint8_t *p = m.pixels + i * PIXELS;
        if (i < PICTURES)
            paint(p, 180 * mien_random_unit(&r), 40, &r);
        else
            memcpy(p, p - PICTURES * PIXELS, PIXELS);
        m.label[i] = i % PICTURES % 2;
    }
    mien_pictures_check *c = check(&m, NULL);
    const mien_noise *t = noise_of(c);
    CHECK_MSG(t->accuracy < .8, "%.3f right", t->accuracy);
    mien_pictures_check_free(c);
}

/* Of more pictures than there is room for, a sample; with TORTURE=1 twice, for
 * the seed gives it. */
static void test_large_sets_are_sampled(void)
{
    static made m;
    const int runs = getenv("TORTURE") ? 2 : 1;
    int64_t looked[2];
    mien_random r;
    mien_random_init(&r, 6);
    begin(&m, MOST, 8, 2);
    for (int i = 0; i < MOST; i++) {
        m.label[i] = i % 40 ? -1 : i / 40 % 2;
        for (int k = 0; k < 64; k++)
            m.pixels[i * 64 + k] = (uint8_t)mien_random_below(&r, 256);
    }
    for (int run = 0; run < runs; run++) {
        mien_pictures_check *c = check(&m, NULL);
        looked[run] = noise_of(c)->of;
        CHECK(said(c, "in a random sample of 20000 pictures"));
        mien_pictures_check_free(c);
    }
    CHECK(looked[0] == looked[runs - 1] && looked[0] < 513 && looked[0] > 480);
}

static void test_what_cannot_be_judged_is_told(void)
{
    static const struct {
        int n, classes, first; /* pictures, classes, and of them of class 0 */
        const char *words;
    } are[] = {
        {0, 1, 0, "0 pictures, 0 read"},
        {300, 1, 300, "not judged: all have the same label"},
        {300, 3, 300, "not judged: all have the same label"},
        {10, 10, 1, "of 10 classes 0 have 20 pictures or more, wanted 2"},
        {10000, 10000, 1, "of 10000 classes 0 have 20 pictures or more"},
        {300, 20, 281, "of 20 classes 1 have 20 pictures or more, wanted 2"},
        {60, 2, 30,
         "60 pictures have a label of a class of 20 or more, wanted "
         "200"},
        {2200, 110, 20,
         "110 classes of 20 pictures or more, wanted 100 at "
         "most"},
    };
    static made m;
    mien_random r;
    mien_random_init(&r, 7);
    for (size_t k = 0; k < sizeof are / sizeof *are; k++) {
        begin(&m, are[k].n, 8, are[k].classes);
        for (int i = 0; i < are[k].n; i++) {
            m.label[i] = i < are[k].first ? 0
                         : are[k].n < are[k].classes * 20 || are[k].classes < 3
                             ? i - are[k].first + 1
                             : i / 20;
            if (are[k].classes == 2)
                m.label[i] = i >= are[k].first;
            for (int p = 0; p < 64; p++)
                m.pixels[i * 64 + p] = (uint8_t)mien_random_below(&r, 256);
        }
        mien_pictures_check *c = check(&m, NULL);
        CHECK_MSG(said(c, are[k].words), "%s", are[k].words);
        mien_pictures_check_free(c);
    }
}

/* No label at all, or labels of nobody. */
static void test_sets_without_labels(void)
{
    static made m;
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    mien_pictures_check *c = NULL;
    int n;
    make(&m, 45, 0, 0, 8);
    o.no_noise = 1;
    CHECK_EQ(mien_pictures_check_new(&m.l, &o, &c, NULL), MIEN_OK);
    CHECK(!mien_pictures_check_noise(c, &n) && n == 0);
    CHECK(!said(c, "labels of kind"));
    mien_pictures_check_free(c);
    for (int i = 0; i < N; i++)
        m.label[i] = -1;
    c = check(&m, NULL);
    CHECK(said(c, "(labels of kind were not judged: no picture has a label)"));
    mien_pictures_check_free(c);
    m.l.tasks = 0;
    c = check(&m, NULL);
    CHECK(!mien_pictures_check_noise(c, &n) && n == 0);
    mien_pictures_check_free(c);
}

/* ---- what is written ------------------------------------------------------
 */

static void test_page_and_json(void)
{
    static made m;
    mien_buffer page = {0}, json = {0};
    make(&m, 45, .1, 0, 9);
    mien_pictures_check *c = check(&m, NULL);
    const mien_noise *t = noise_of(c);
    mien_pictures_check_json(c, &json);
    CHECK_EQ(mien_pictures_check_page(c, "a set", &page, NULL), MIEN_OK);
    mien_buffer_put(&page, "", 1);
    CHECK(strstr((char *)page.data, "<h2>Labels of kind</h2>"));
    CHECK(strstr((char *)page.data, ": likely k"));
    json_t *j = json_loadb((char *)json.data, json.n, 0, NULL);
    const json_t *noise = json_array_get(json_object_get(j, "label_noise"), 0);
    const json_t *worst = json_array_get(json_object_get(noise, "suspect"), 0);
    CHECK(!strcmp(json_string_value(json_object_get(noise, "found")), "wrong"));
    CHECK_NEAR(json_real_value(json_object_get(noise, "share")), t->share,
               1e-3);
    CHECK_EQ((int)json_array_size(json_object_get(noise, "pairs")), t->pairs);
    for (int i = 0; i < t->pairs; i++)
        CHECK(t->pair[i].low <= t->pair[i].count &&
              t->pair[i].count <= t->pair[i].high && t->pair[i].high <= N);
    CHECK(!strcmp(json_string_value(json_object_get(worst, "likely")),
                  m.class_name[t->suspect[0].likely]));
    for (int64_t i = 1; i < t->suspects; i++)
        CHECK(t->suspect[i - 1].wrong >= t->suspect[i].wrong);
    json_decref(j);
    mien_buffer_free(&page);
    mien_buffer_free(&json);
    mien_pictures_check_free(c);
}

static void test_threads_change_nothing(void)
{
    static made m;
    mien_buffer json[2] = {{0}};
    mien_pool *pool = NULL;
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    make(&m, 45, .1, 0, 10);
    for (int k = 0; k < 2; k++) {
        mien_pictures_check *c = check(&m, k ? pool : NULL);
        mien_pictures_check_json(c, &json[k]);
        mien_pictures_check_free(c);
    }
    CHECK(json[0].n == json[1].n &&
          !memcmp(json[0].data, json[1].data, json[0].n));
    mien_buffer_free(&json[0]);
    mien_buffer_free(&json[1]);
    mien_pool_free(pool);
}

/* Allocation n fails; 1: that was too many. */
static int survives(const made *m, int n)
{
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    mien_pictures_check *c = NULL;
    mi_alloc_fail_after(n);
    mien_status st = mien_pictures_check_new(&m->l, &o, &c, NULL);
    mi_alloc_fail_after(-1);
    CHECK(st == MIEN_OK ? c != NULL : st == MIEN_ENOMEM && !c);
    mien_pictures_check_free(c);
    return st == MIEN_OK;
}

/* Those of the pictures are like each other: some of them, and all before and
 * behind. */
static void test_memory_ends(void)
{
    static made m;
    int enough = 1, least = 0;
    make(&m, 60, .1, 0, 11);
    m.l.n = 210;
    while (!survives(&m, enough)) {
        least = enough;
        enough *= 2;
    }
    while (enough - least > 1) {
        int middle = (enough + least) / 2;
        *(survives(&m, middle) ? &enough : &least) = middle;
    }
    const int step = getenv("TORTURE") ? 1 : 5 * check_every();
    const int wide = 137 * check_every();
    for (int n = 0; n < enough; n += n < 20             ? 1
                                     : n > enough - 250 ? step
                                                        : wide)
        CHECK_MSG(!survives(&m, n), "allocation %d of %d", n, enough);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_changed_labels_are_found);
    RUN(test_labels_of_heaps_are_found);
    RUN(test_clean_sets_are_left_alone);
    RUN(test_error_of_a_rate);
    RUN(test_copies_share_a_fold);
    RUN(test_large_sets_are_sampled);
    RUN(test_what_cannot_be_judged_is_told);
    RUN(test_sets_without_labels);
    RUN(test_page_and_json);
    RUN(test_threads_change_nothing);
    RUN(test_memory_ends);
    return check_done();
}
