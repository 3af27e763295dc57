/* Rows of a loader follow from number, epoch and seed alone, whatever threads,
 * cache and order; a picture that cannot be loaded is told, and the others are
 * whole; pictures that two sets share are found. */
#include "base/alloc.h"
#include "tests/loader_make.h"

/* ---- order and threads --------------------------------------------------- */

static mien_loader_options strong(void)
{
    mien_loader_options o = options();
    o.augment = (mien_augment)MIEN_AUGMENT_FACES;
    return o;
}

/* Threads, what they prepare ahead, the cache and the order of rows change
 * nothing; seed and epoch do. */
static void test_only_number_epoch_and_seed(void)
{
    static const int64_t back[LISTED] = {7, 6, 5, 4, 3, 2, 1, 0};
    mien_labels labels = make_labels('n', LISTED);
    mien_loader_options o = strong();
    mien_pool *pool = NULL;
    mien_loader *l = make(&labels, &o);
    rows a = rows_of(l, (int64_t)3 * SIDE * SIDE), b = rows_of(l, a.in);
    fill(l, 3, in_order, LISTED, &a);
    fill(l, 3, back, LISTED, &b);
    CHECK(!memcmp(a.input, b.input + 7 * b.in, (size_t)b.in * sizeof(float)));
    CHECK(!memcmp(a.input + a.in, b.input + 6 * b.in,
                  (size_t)b.in * sizeof(float)));
    fill(l, 4, in_order, LISTED, &b);
    CHECK(!same(&a, &b));
    mien_loader_free(l);
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    for (int k = 0; k < 24; k++) {
        o.threads = k % 4;
        o.pool = k % 3 ? pool : NULL;
        o.cache_bytes = k & 4 ? 0 : W * H * 4 * 3;
        o.ahead = k & 8 ? 5 : 0;
        l = make(&labels, &o);
        memset(b.input, 0, LISTED * (size_t)b.in * sizeof(float));
        mien_loader_prefetch(l, 2, back, LISTED);
        for (int again = 0; again < 3; again++) {
            mien_loader_prefetch(l, 3, in_order, LISTED);
            fill(l, 3, in_order, LISTED, &b);
            CHECK_MSG(same(&a, &b), "%d threads, pool %d, turn %d", o.threads,
                      k % 3, again);
        }
        for (int e = 4; e < 30 && k < 4; e++) { /* rows nobody fills in leave */
            mien_loader_prefetch(l, e, back, LISTED);
            fill(l, 3, in_order, LISTED, &b);
        }
        CHECK(same(&a, &b));
        mien_loader_free(l);
    }
    o.seed = 2;
    l = make(&labels, &o);
    fill(l, 3, in_order, LISTED, &b);
    CHECK(!same(&a, &b));
    mien_loader_free(l);
    mien_pool_free(pool);
    free_rows(&a);
    free_rows(&b);
    mien_labels_free(&labels);
}

/* A row twice among those that are filled in. */
static void test_a_row_twice(void)
{
    static const int64_t twice[LISTED] = {3, 3, 1, 3, 0, 0, 3, 1};
    mien_labels labels = make_labels('n', LISTED);
    mien_loader_options o = strong();
    o.threads = 2;
    mien_loader *l = make(&labels, &o);
    rows a = rows_of(l, (int64_t)3 * SIDE * SIDE);
    mien_loader_prefetch(l, 0, twice, LISTED);
    fill(l, 0, twice, LISTED, &a);
    size_t n = (size_t)a.in * sizeof(float);
    CHECK(!memcmp(a.input, a.input + a.in, n));
    CHECK(!memcmp(a.input, a.input + 6 * a.in, n));
    CHECK(!memcmp(a.input + 2 * a.in, a.input + 7 * a.in, n));
    free_rows(&a);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* ---- mix-up -------------------------------------------------------------- */

static void test_two_rows_are_mixed(void)
{
    static const mien_target wanted[] = {{MIEN_TARGET_CLASS, 3, 0},
                                         {MIEN_TARGET_CLASS, 3, 0.1f},
                                         {MIEN_TARGET_PICTURE, 0, 0}};
    mien_labels labels = make_labels('n', LISTED);
    mien_loader_options o = options();
    o.target = wanted;
    mien_loader *plain = make(&labels, &o);
    o.augment.mix = 0.4f;
    mien_loader *l = make(&labels, &o);
    rows a = rows_of(l, (int64_t)3 * SIDE * SIDE), b = rows_of(l, a.in);
    fill(plain, 0, in_order, 7, &a);
    fill(l, 0, in_order, 7, &b);
    for (int j = 0; j < 3; j++) {
        const float *x = a.input + j * a.in, *y = a.input + (6 - j) * a.in;
        float part = (b.input[j * a.in] - y[0]) / (x[0] - y[0]), worst = 0;
        CHECK_MSG(part > 0.499f && part < 1.001f, "%g", (double)part);
        for (int64_t i = 0; i < a.in; i++) {
            float off =
                fabsf(part * x[i] + (1 - part) * y[i] - b.input[j * a.in + i]);
            worst = off > worst ? off : worst;
            off = fabsf(part * y[i] + (1 - part) * x[i] -
                        b.input[(6 - j) * a.in + i]);
            worst = off > worst ? off : worst;
        }
        CHECK_MSG(worst < 1e-4f, "%g", (double)worst);
        CHECK_NEAR(
            b.target[0][5 * j + j % 5] +
                (j % 5 == (6 - j) % 5 ? 0 : b.target[0][5 * j + (6 - j) % 5]),
            1, 1e-5);
    }
    CHECK(!memcmp(a.input + 3 * a.in, b.input + 3 * a.in,
                  (size_t)a.in * sizeof(float)));
    for (int j = 0; j < 7; j++) {
        float sum = 0, least = 1;
        for (int k = 0; k < 5; k++) {
            sum += b.target[1][5 * j + k];
            least = fminf(least, b.target[1][5 * j + k]);
        }
        CHECK_NEAR(sum, 1, 1e-5);
        CHECK_NEAR(least, 0.02, 1e-6);
    }
    free_rows(&a);
    free_rows(&b);
    mien_loader_free(plain);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* ---- pictures in memory, shares ------------------------------------------ */

static void test_pictures_of_a_table(void)
{
    static const char fer[] = "emotion,pixels,Usage\n0,0 10 20 250,Training\n"
                              "3,9 9 9 9,PublicTest\n";
    static const char votes[] =
        "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,"
        "fear,contempt,unknown,NF\nTraining,a,1,3,0,0,0,0,0,0,0,0\n"
        "PublicTest,b,0,0,0,0,0,5,0,0,0,0\n";
    static const mien_target wanted[] = {{MIEN_TARGET_SHARES, 0, 0},
                                         {MIEN_TARGET_CLASS, 0, 0},
                                         {MIEN_TARGET_PICTURE, 0, 0}};
    mien_labels labels = {0};
    mien_error err = {0};
    CHECK(!mien_fer_read((const uint8_t *)fer, strlen(fer), &labels, NULL));
    CHECK(!mien_fer_votes_read((const uint8_t *)votes, strlen(votes), &labels,
                               &err));
    mien_loader_options o = options();
    o.load = NULL;
    o.w = o.h = 2;
    o.gray = 1;
    o.target = wanted;
    mien_loader *l = make(&labels, &o);
    rows r = rows_of(l, 4);
    fill(l, -1, in_order, 2, &r);
    CHECK_NEAR(r.input[1] * 255, 10, 1e-3);
    CHECK_NEAR(r.input[3] * 255, 250, 1e-3);
    CHECK(r.target[0][0] == 0.25f && r.target[0][1] == 0.75f);
    CHECK(r.target[1][1] == 1 && r.target[1][8 + 5] == 1 && r.size[0] == 8);
    free_rows(&r);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* ---- what is wrong ------------------------------------------------------- */

static void test_pictures_that_cannot_be_loaded(void)
{
    mien_labels labels = make_labels('n', LISTED);
    labels.name[2][0] = 'x';
    labels.point[5 * POINTS].x = 3 * W;
    for (int threads = 0; threads < 3; threads++) {
        mien_loader_options o = options();
        mien_error err = {0};
        mien_image im = {0};
        o.threads = threads;
        mien_loader *l = make(&labels, &o);
        rows r = rows_of(l, (int64_t)3 * SIDE * SIDE);
        CHECK(!mien_loader_failure(l, 2) && !mien_loader_failures(l));
        for (int e = 0; e < 2; e++) {
            memset(r.input, 1, LISTED * (size_t)r.in * sizeof(float));
            mien_loader_prefetch(l, e, in_order, LISTED);
            fill(l, e, in_order, LISTED, &r);
            for (int i = 0; i < LISTED; i++)
                CHECK(r.weight[i] == (i == 2 || i == 5 ? 0 : 1));
            CHECK(r.input[2 * r.in] == 0 && r.input[3 * r.in - 1] == 0);
            CHECK(r.target[0][2 * r.size[0]] == 0 && r.input[3 * r.in] > 0);
            CHECK_EQ(mien_loader_failures(l), 2);
        }
        const mien_error *why = mien_loader_failure(l, 2);
        CHECK(why && strstr(why->text, "x2 (line 3): no picture"));
        why = mien_loader_failure(l, 5);
        CHECK_MSG(why && strstr(why->text, "n5 (line 6): left_eye is at 180"),
                  "%s", why ? why->text : "");
        CHECK(!mien_loader_failure(l, 0));
        CHECK_EQ(mien_loader_picture(l, 0, 2, &im, NULL, NULL, &err),
                 MIEN_EFORMAT);
        CHECK(strstr(err.text, "x2"));
        free_rows(&r);
        mien_loader_free(l);
    }
    mien_labels_free(&labels);
}

static void test_options_that_are_refused(void)
{
    mien_labels labels = make_labels('n', 2);
    static const mien_target none = {MIEN_TARGET_SHARES, 0, 0};
    static const mien_target far_task = {MIEN_TARGET_CLASS, 4, 0};
    static const mien_box nan_box[2] = {{NAN, 0, 1, 1}, {0, 0, 1, 1}};
    mien_loader_options o[9];
    static const char *const why[9] = {
        "0 x 32, wanted sides", "no load",    "augment.turn",
        "augment.mix is",       "70 threads", "target 0 is not",
        "target 0 is not",      "box 0 has",  "target 0 is points"};
    for (int i = 0; i < 9; i++)
        o[i] = options();
    o[0].w = 0;
    o[1].load = NULL;
    o[2].augment.turn = 181;
    o[3].augment.mix = 0.01f;
    o[4].threads = 70;
    o[5].target = &none;
    o[6].target = &far_task;
    o[5].targets = o[6].targets = 1;
    o[7].box = nan_box;
    o[8].augment.mix = 0.5f;
    for (int i = 0; i < 9; i++) {
        mien_error err = {0};
        mien_loader *l = NULL;
        CHECK_EQ(mien_loader_new(&labels, &o[i], &l, &err), MIEN_EARG);
        CHECK_MSG(strstr(err.text, why[i]) && !l, "%s", err.text);
    }
    mien_error err = {0};
    mien_loader *l = NULL;
    mien_loader_options plain = options();
    labels.point[7].x = labels.point[7].y = NAN;
    CHECK_EQ(mien_loader_new(&labels, &plain, &l, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "unknown of n1 (line 2)"), "%s", err.text);
    mien_labels_free(&labels);
}

/* Whatever allocation fails, it is said, and the next call is whole. */
static void test_memory_that_ends(void)
{
    mien_labels labels = make_labels('n', 3);
    mien_loader_options o = strong();
    mien_loader *l = NULL;
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st && n < 200; n++) {
        o.threads = (int)(n % 2);
        mi_alloc_fail_after(n);
        st = mien_loader_new(&labels, &o, &l, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !l));
    }
    CHECK_EQ(st, MIEN_OK);
    rows r = rows_of(l, (int64_t)3 * SIDE * SIDE);
    float *const inputs[] = {r.input};
    st = MIEN_ENOMEM;
    for (long n = 0; st && n < 50; n++) {
        mi_alloc_fail_after(n);
        st = mien_loader_fill(l, 0, in_order, 3, inputs, r.target, r.weight,
                              NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        CHECK_EQ(mien_loader_failures(l), 0);
    }
    CHECK_EQ(st, MIEN_OK);
    mi_alloc_fail_after(0); /* pictures are kept: nothing is allocated */
    fill(l, 1, in_order, 3, &r);
    mi_alloc_fail_after(-1);
    CHECK(r.weight[0] == 1 && r.weight[2] == 1);
    free_rows(&r);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* ---- as pictures --------------------------------------------------------- */

static void test_a_row_as_a_picture(void)
{
    mien_labels labels = make_labels('n', 4);
    mien_loader_options o = strong();
    mien_loader *l = make(&labels, &o);
    rows r = rows_of(l, (int64_t)3 * SIDE * SIDE);
    fill(l, 5, in_order, 4, &r);
    for (int i = 0; i < 4; i++) {
        mien_image im = {0};
        mien_point p[POINTS];
        int label[4];
        CHECK_EQ(mien_loader_picture(l, 5, i, &im, p, label, NULL), MIEN_OK);
        int wrong = 0;
        for (int k = 0; k < SIDE * SIDE * 3; k++)
            wrong +=
                fabsf(r.input[i * r.in + k % 3 * SIDE * SIDE + k / 3] * 255 -
                      (float)im.data[k]) > 0.501f;
        CHECK_EQ(wrong, 0);
        CHECK(im.w == SIDE && r.target[1][5 * i + label[3]] == 1);
        CHECK_NEAR(p[3].x / SIDE, r.target[0][10 * i + 6], 1e-5);
        mien_image_free(&im);
    }
    free_rows(&r);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* ---- the same picture twice ---------------------------------------------- */

static void test_twins(void)
{
    mien_labels a = make_labels('n', 5), b = make_labels('n', 7);
    mien_pool *pool = NULL;
    mien_digests da = {0}, db = {0};
    int64_t twin[5], count = 0;
    a.name[1][1] = '6';
    a.name[3][0] = b.name[5][0] = 'x';
    b.name[2][0] = 'r';
    b.name[3][1] = '0';
    CHECK_EQ(mien_pool_new(2, &pool, NULL), MIEN_OK);
    CHECK_EQ(mien_digests_new(&a, load, NULL, pool, &da, NULL), MIEN_OK);
    CHECK_EQ(mien_digests_new(&b, load, NULL, NULL, &db, NULL), MIEN_OK);
    CHECK(da.n == 5 && da.failures == 1 && db.failures == 1);
    CHECK_MSG(strstr(da.told[0].text, "x3: no picture"), "%s", da.told[0].text);
    CHECK(!da.digest[3][0] && strlen(da.digest[0]) == 64);
    CHECK_EQ(mien_twins(&da, &db, twin, &count, NULL), MIEN_OK);
    CHECK_EQ(count, 3);
    CHECK(twin[0] == 0 && twin[1] == 6 && twin[2] == -1 && twin[3] == -1 &&
          twin[4] == 4);
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_twins(&da, &db, twin, &count, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    mien_digests_free(&da);
    mien_digests_free(&db);
    for (long n = 0, st = MIEN_ENOMEM; st && n < 50; n++) {
        mi_alloc_fail_after(n);
        st = mien_digests_new(&a, load, NULL, NULL, &da, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !da.digest));
    }
    CHECK(da.failures == 1);
    mien_digests_free(&da);
    mien_pool_free(pool);
    mien_labels_free(&a);
    mien_labels_free(&b);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_only_number_epoch_and_seed);
    RUN(test_a_row_twice);
    RUN(test_two_rows_are_mixed);
    RUN(test_pictures_of_a_table);
    RUN(test_pictures_that_cannot_be_loaded);
    RUN(test_options_that_are_refused);
    RUN(test_memory_that_ends);
    RUN(test_a_row_as_a_picture);
    RUN(test_twins);
    return check_done();
}
