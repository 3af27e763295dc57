/* Labelled pictures: lists and .vec files are read as they say or refused with
 * the line; a sample looks the same whatever was asked before it; pictures are
 * loaded as seldom as the cache allows, and named when they cannot be. */
#include "base/alloc.h"
#include "mien/samples.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists --------------------------------------------------------------- */

static mien_status read_objects(const char *text, const char *folder,
                                mien_sample_list *out, mien_error *err)
{
    *out = (mien_sample_list){0};
    return mien_object_list_read((const uint8_t *)text, strlen(text), folder,
                                 out, err);
}

static void test_objects_are_read(void)
{
    mien_sample_list l;
    mien_error err = {0};
    CHECK_MSG(!read_objects("# faces\n\n  a.jpg 2 1 2 3 4\t-5 6 7 8 9\r\n"
                            "/b.png 0\nc 1 0 0 1 1",
                            "dir", &l, &err),
              "%s", err.text);
    CHECK_EQ(l.n, 4);
    CHECK_EQ(l.names, 3);
    CHECK(strcmp(l.name[0], "dir/a.jpg") == 0);
    CHECK(strcmp(l.name[1], "/b.png") == 0);
    CHECK(strcmp(l.name[2], "dir/c") == 0);
    const mien_sample *s = l.sample;
    CHECK(s[1].picture == 0 && s[1].x == -5 && s[1].y == 6 && s[1].w == 7 &&
          s[1].h == 8 && s[1].label == 1 && s[1].line == 3);
    CHECK(s[2].picture == 1 && s[2].w == 0 && s[2].label == 0);
    CHECK(s[3].picture == 2 && s[3].line == 5);
    mien_sample_list_free(&l);
    CHECK(!l.n && !l.sample);
    CHECK_EQ(read_objects("", NULL, &l, NULL), MIEN_OK);
    CHECK_EQ(l.n, 0);
}

static void test_objects_that_are_none(void)
{
    static const char *const bad[][2] = {
        {"a", "line 1: '', wanted the number"},
        {"a x", "line 1: 'x', wanted the number"},
        {"\n\na -1", "line 3: '-1', wanted the number"},
        {"a 1 2 3", "line 1: '', wanted x y width height of rectangle 1 of 1"},
        {"a 2 1 2 3 4 5", "rectangle 2 of 2"},
        {"a 1 1 2 0 4", "' 0 4', wanted x y"},
        {"a 1 1 2 3 4.5", "wanted x y"},
        {"a 1 1000001 2 3 4", "wanted x y"},
        {"a 1 99999999999999999999 2 3 4", "wanted x y"},
        {"a 1 1 2 3x 4", "wanted x y"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mien_sample_list l;
        mien_error err = {0};
        CHECK_EQ(read_objects(bad[i][0], NULL, &l, &err), MIEN_EFORMAT);
        CHECK_MSG(strstr(err.text, bad[i][1]) && !l.n, "'%s': %s", bad[i][0],
                  err.text);
    }
    static const uint8_t zero[] = "a 0\n\0b 0\n";
    mien_sample_list l = {0};
    mien_error err = {0};
    CHECK_EQ(mien_object_list_read(zero, sizeof zero - 1, NULL, &l, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "zero byte"));
    CHECK_EQ(mien_object_list_read((const uint8_t *)"\xff\xfe"
                                                    "a\0",
                                   4, NULL, &l, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "UTF-16, wanted UTF-8"));
    CHECK_EQ(
        mien_object_list_read(zero, MIEN_SAMPLE_MAX_LIST + 1, NULL, &l, &err),
        MIEN_ELIMIT);
}

static void test_paths_are_read(void)
{
    static const char text[] = "a b.jpg \r\n\n  c\n/d";
    mien_sample_list l = {0};
    CHECK_EQ(mien_path_list_read((const uint8_t *)text, sizeof text - 1, "x",
                                 &l, NULL),
             MIEN_OK);
    CHECK_EQ(l.n, 3);
    CHECK(strcmp(l.name[0], "x/a b.jpg") == 0);
    CHECK(strcmp(l.name[1], "x/  c") == 0 && strcmp(l.name[2], "/d") == 0);
    CHECK(l.sample[2].picture == 2 && l.sample[2].w == 0);
    mien_sample_list_free(&l);
}

/* Lists as other systems and editors leave them. */
static void test_names_as_people_write_them(void)
{
    static const char text[] = "\xef\xbb\xbfmy photo 2.jpg 1 3 4 5 6\n"
                               "\"a 1 2 3 4 5.jpg\" 1 3 4 5 6\r\n"
                               "pos\\sub\\b.jpg 2 1 2 3 4 5 6 7 8\n"
                               "dir/odd\\name.jpg 0\n"
                               "'single 1.jpg'\t1 1 2 3 4\n"
                               "d/a\\ b.jpg 1 1 2 3 4\n"
                               "'tis 'it' .jpg 1 1 2 3 4\n";
    mien_sample_list l = {0};
    mien_error err = {0};
    CHECK_MSG(read_objects(text, NULL, &l, &err) == MIEN_OK, "%s", err.text);
    CHECK(l.n == 8 && l.names == 7);
    CHECK(!strcmp(l.name[0], "my photo 2.jpg") && l.sample[0].x == 3);
    CHECK(!strcmp(l.name[1], "a 1 2 3 4 5.jpg") && l.sample[1].h == 6);
    CHECK(!strcmp(l.name[2], "pos/sub/b.jpg") && l.sample[3].x == 5);
    CHECK(!strcmp(l.name[3], "dir/odd\\name.jpg") && l.sample[4].w == 0);
    CHECK(!strcmp(l.name[4], "single 1.jpg") && l.sample[5].w == 3);
    CHECK(!strcmp(l.name[5], "d/a b.jpg"));
    CHECK_MSG(!strcmp(l.name[6], "'tis 'it' .jpg"), "%s", l.name[6]);
    mien_sample_list_free(&l);
    static const char paths[] = "\xef\xbb\xbf\"a b.jpg\"\t\nc\\d.jpg";
    CHECK_EQ(mien_path_list_read((const uint8_t *)paths, sizeof paths - 1, NULL,
                                 &l, NULL),
             MIEN_OK);
    CHECK(!strcmp(l.name[0], "a b.jpg") && !strcmp(l.name[1], "c/d.jpg"));
    mien_sample_list_free(&l);
}

static void test_enough_lies_inside(void)
{
    static const mien_sample s[] = {{0, -5, 0, 10, 4, 1, 7},
                                    {0, -6, 0, 10, 4, 1, 7},
                                    {0, 0, 0, 20, 10, 1, 0},
                                    {0, 1, 0, 20, 10, 1, 0}};
    mien_sample_list l = {0};
    mien_error err = {0};
    for (int i = 0; i < 4; i++)
        CHECK_EQ(mien_sample_list_add(&l, "p", &s[i], NULL), MIEN_OK);
    CHECK_EQ(mien_sample_fits(&l, 0, 20, 10, NULL), MIEN_OK);
    CHECK_EQ(mien_sample_fits(&l, 1, 20, 10, &err), MIEN_EARG);
    CHECK(
        strstr(err.text, "line 7: rectangle -6 0 10 4, wanted at least half"));
    CHECK_EQ(mien_sample_fits(&l, 2, 20, 10, NULL), MIEN_OK);
    CHECK_EQ(mien_sample_fits(&l, 3, 20, 10, &err), MIEN_EARG);
    CHECK(strstr(err.text, "p: is 20 x 10, wanted 1,0,20,10 inside it"));
    const mien_sample wide = {.w = MIEN_SAMPLE_MAX_SIDE + 1, .h = 1};
    CHECK_EQ(mien_sample_list_add(&l, "p", &wide, NULL), MIEN_EARG);
    mien_sample_list_free(&l);
}

/* ---- .vec ---------------------------------------------------------------- */

enum { VEC_N = 3, VEC_W = 4, VEC_H = 2, VEC_ALL = 12 + VEC_N * (1 + 2 * 8) };

static void make_vec(uint8_t *out)
{
    memset(out, 0, VEC_ALL);
    out[0] = VEC_N;
    out[4] = VEC_W * VEC_H;
    for (int i = 0; i < VEC_N; i++)
        for (int k = 0; k < VEC_W * VEC_H; k++)
            out[12 + i * 17 + 1 + 2 * k] = (uint8_t)(i * 10 + k);
}

static void test_vec(void)
{
    uint8_t bytes[VEC_ALL], one[VEC_W * VEC_H];
    mien_vec v = {0};
    mien_chips c = {0};
    mien_error err = {0};
    make_vec(bytes);
    CHECK_EQ(mien_vec_read(bytes, VEC_ALL, VEC_W, VEC_H, &v, NULL), MIEN_OK);
    CHECK_EQ(v.n, VEC_N);
    mien_vec_get(&v, 2, one);
    CHECK(one[0] == 20 && one[7] == 27);
    CHECK_EQ(mien_vec_chips(&v, 1, &c, NULL), MIEN_OK);
    CHECK(c.n == 2 * VEC_N && c.w == VEC_W && c.h == VEC_H);
    for (int k = 0; k < VEC_W * VEC_H; k++) {
        CHECK_EQ(c.data[4 * 8 + k], 20 + k);
        CHECK_EQ(c.data[5 * 8 + k], 20 + k / 4 * 4 + 3 - k % 4);
    }
    mien_chips_free(&c);
    CHECK_EQ(mien_vec_read(bytes, VEC_ALL, VEC_W, 3, &v, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "8 pixels a sample, wanted 4 x 3"));
    for (size_t n = 0; n < 12 + 17; n++)
        CHECK_EQ(mien_vec_read(bytes, n, VEC_W, VEC_H, &v, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "cut off at sample 0 of 3"));
    for (size_t n = 12 + 17; n <= VEC_ALL; n++) {
        CHECK_EQ(mien_vec_read(bytes, n, VEC_W, VEC_H, &v, &err), MIEN_OK);
        CHECK(v.n == (int64_t)(n - 12) / 17 && v.said == VEC_N);
    }
    memset(bytes, 255, 8);
    CHECK_EQ(mien_vec_read(bytes, VEC_ALL, 65535, 65537, &v, NULL),
             MIEN_EFORMAT);
    mi_alloc_fail_after(0);
    make_vec(bytes);
    CHECK_EQ(mien_vec_read(bytes, VEC_ALL, VEC_W, VEC_H, &v, NULL), MIEN_OK);
    CHECK_EQ(mien_vec_chips(&v, 0, &c, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
}

/* ---- sets ---------------------------------------------------------------- */

enum { PHOTO_W = 60, PHOTO_H = 40 };

/* Pictures are called by a letter, which is their pattern; x cannot be loaded.
 */
typedef struct loads {
    int of[128];
} loads;

static mien_status load(void *arg, const char *name, mien_image *out,
                        mien_error *err)
{
    loads *l = arg;
    unsigned seed = (unsigned)name[0];
    l->of[seed & 127]++;
    if (name[0] == 'x') {
        snprintf(err->text, sizeof err->text, "no such picture");
        return err->status = MIEN_EIO;
    }
    mien_status st = mien_image_new(PHOTO_W, PHOTO_H, out, err);
    for (int i = 0; !st && i < PHOTO_W * PHOTO_H; i++)
        for (int k = 0; k < 3; k++)
            out->data[i / PHOTO_W * out->stride + i % PHOTO_W * 3 + k] =
                name[0] == 'f' ? 77 : (uint8_t)(check_rand(&seed) >> 8);
    return st;
}

/* Three objects in a and b, one in x, a whole f, and c without any. */
static mien_sample_list objects(void)
{
    mien_sample_list l;
    const mien_sample whole = {.label = 3};
    CHECK_EQ(read_objects("a 2 5 5 20 20  -4 6 16 12\nb 1 40 20 24 24\n"
                          "x 1 0 0 9 9\nc 0\n",
                          NULL, &l, NULL),
             MIEN_OK);
    CHECK_EQ(mien_sample_list_add(&l, "f", &whole, NULL), MIEN_OK);
    return l;
}

static mien_sample_set *set_of(const mien_sample_list *l, loads *counts,
                               int64_t cache, uint32_t seed)
{
    mien_sample_set_options o = MIEN_SAMPLE_SET_DEFAULTS;
    mien_sample_set *s = NULL;
    o.load = load;
    o.arg = counts;
    o.cache_bytes = cache;
    o.w = 12;
    o.h = 10;
    o.mirror = 1;
    o.seed = seed;
    memset(counts, 0, sizeof *counts);
    CHECK_EQ(mien_sample_set_new(l, &o, &s, NULL), MIEN_OK);
    return s;
}

static int same(const mien_image *a, const mien_image *b)
{
    int equal = a->w == b->w && a->h == b->h;
    for (int y = 0; equal && y < a->h; y++)
        equal = !memcmp(a->data + y * a->stride, b->data + y * b->stride,
                        (size_t)a->w * 3);
    return equal;
}

static void test_a_sample_depends_on_its_number_alone(void)
{
    mien_sample_list l = objects();
    loads counts;
    mien_sample_set *s = set_of(&l, &counts, 1 << 20, 5);
    mien_sample_set *t = set_of(&l, &counts, 0, 5);
    mien_sample_set *other = set_of(&l, &counts, 0, 6);
    int differ = 0, moved = 0;
    mien_image a, b, c, first;
    CHECK_EQ(mien_sample_set_count(s), 6);
    CHECK_EQ(mien_sample_set_label(s, 5), 3);
    for (int k = 0; k < 12; k++) {
        int i = k * 7 % 3, epoch = k * 5 % 4;
        CHECK_EQ(mien_sample_set_get(s, i, epoch, &a, NULL), MIEN_OK);
        CHECK_EQ(mien_sample_set_get(other, i, epoch, &c, NULL), MIEN_OK);
        CHECK_EQ(mien_sample_set_get(t, 2, 1, &b, NULL), MIEN_OK);
        mien_image_free(&b);
        CHECK_EQ(mien_sample_set_get(t, i, epoch, &b, NULL), MIEN_OK);
        CHECK_EQ(mien_sample_set_get(t, i, 0, &first, NULL), MIEN_OK);
        CHECK(a.w == 12 && a.h == 10 && same(&a, &b));
        CHECK(epoch || same(&a, &c));
        differ += epoch && !same(&a, &c);
        moved += epoch && !same(&a, &first);
        mien_image_free(&a);
        mien_image_free(&b);
        mien_image_free(&c);
        mien_image_free(&first);
    }
    CHECK(differ == 9 && moved == 9);
    CHECK_EQ(mien_sample_set_get(s, 5, 3, &a, NULL), MIEN_OK);
    for (int x = 0; x < 36; x++)
        CHECK_EQ(a.data[5 * a.stride + x], 77);
    mien_image_free(&a);
    mien_sample_set_free(s);
    mien_sample_set_free(t);
    mien_sample_set_free(other);
    mien_sample_list_free(&l);
}

/* One object twice: alike as it is, moved apart, and anew every epoch. */
static void test_each_is_moved_in_its_own_way(void)
{
    mien_sample_list l;
    loads counts;
    mien_image im[2][3];
    CHECK_EQ(read_objects("a 2 5 5 20 20 5 5 20 20", NULL, &l, NULL), MIEN_OK);
    mien_sample_set *s = set_of(&l, &counts, 0, 3);
    for (int i = 0; i < 2; i++)
        for (int epoch = 0; epoch < 3; epoch++)
            CHECK_EQ(mien_sample_set_get(s, i, epoch, &im[i][epoch], NULL),
                     MIEN_OK);
    CHECK(same(&im[0][0], &im[1][0]));
    CHECK(!same(&im[0][1], &im[1][1]) && !same(&im[0][2], &im[1][2]));
    CHECK(!same(&im[0][1], &im[0][2]) && !same(&im[1][1], &im[1][2]));
    for (int i = 0; i < 6; i++)
        mien_image_free(&im[i / 3][i % 3]);
    mien_sample_set_free(s);
    mien_sample_list_free(&l);
}

static void test_pictures_are_loaded_seldom(void)
{
    mien_sample_list l = objects();
    for (int cached = 0; cached < 2; cached++) {
        loads counts;
        mien_sample_set *s =
            set_of(&l, &counts, cached ? 1 << 20 : PHOTO_W * PHOTO_H, 1);
        mien_image im;
        mien_gray g;
        for (int turn = 0; turn < 3; turn++)
            for (int i = 0; i < 3; i++) {
                CHECK_EQ(mien_sample_set_get(s, i, turn, &im, NULL), MIEN_OK);
                mien_image_free(&im);
            }
        CHECK_EQ(counts.of['a'], cached ? 1 : 3);
        CHECK_EQ(counts.of['b'], cached ? 1 : 3);
        for (int turn = 0; turn < 3; turn++)
            for (int i = 4; i < 6; i++) {
                CHECK_EQ(mien_sample_set_gray(s, i, &g, NULL), MIEN_OK);
                CHECK(g.w == PHOTO_W && g.h == PHOTO_H);
                CHECK(i == 4 || g.data[7 * g.stride + 9] == 77);
                mien_gray_free(&g);
            }
        CHECK_EQ(counts.of['c'], 1); /* the cache has room for one grey */
        CHECK_EQ(counts.of['f'], cached ? 1 : 3);
        mien_sample_set_free(s);
    }
    mien_sample_list_free(&l);
}

static void test_pictures_that_cannot_be_loaded(void)
{
    mien_sample_list l = objects();
    loads counts;
    mien_sample_set *s = set_of(&l, &counts, 0, 1);
    mien_image im;
    mien_gray g;
    mien_error err = {0};
    CHECK(!mien_sample_set_failure(s, 3) && !mien_sample_set_failures(s));
    CHECK_EQ(mien_sample_set_get(s, 3, 0, &im, &err), MIEN_EIO);
    CHECK(strcmp(err.text, "x: no such picture") == 0);
    CHECK_EQ(mien_sample_set_gray(s, 3, &g, &err), MIEN_EIO);
    CHECK(counts.of['x'] == 1 && mien_sample_set_failures(s) == 1);
    CHECK(strcmp(mien_sample_set_failure(s, 3)->text, err.text) == 0);
    CHECK(!mien_sample_set_failure(s, 0));
    mien_sample_set_free(s);
    mien_sample_list_free(&l);
    mien_sample_set_options o = MIEN_SAMPLE_SET_DEFAULTS;
    CHECK_EQ(mien_sample_set_new(&l, &o, &s, &err), MIEN_EARG);
}

/* ---- chips --------------------------------------------------------------- */

static int stop_third(void *arg)
{
    int *asked = arg;
    return ++*asked == 3;
}

static void test_chips(void)
{
    mien_sample_list l = objects();
    loads counts;
    mien_sample_set *s = set_of(&l, &counts, 0, 9);
    mien_chips c = {0}, again = {0};
    CHECK_EQ(mien_sample_set_chips(s, 2, NULL, NULL, &c, NULL), MIEN_OK);
    CHECK(c.n == 4 * 3 * 2 && c.w == 12 && c.h == 10);
    CHECK_EQ(mien_sample_set_failures(s), 1);
    CHECK_EQ(counts.of['c'], 0);
    static const int numbers[] = {0, 1, 2, 5};
    for (int k = 0; k < 4; k++) {
        mien_image im;
        mien_gray g;
        CHECK_EQ(mien_sample_set_get(s, numbers[k], 0, &im, NULL), MIEN_OK);
        CHECK_EQ(mien_gray_from(&im, &g, NULL), MIEN_OK);
        const uint8_t *chip = c.data + (size_t)k * 6 * 120;
        for (int y = 0; y < 10; y++)
            for (int x = 0; x < 12; x++) {
                CHECK_EQ(chip[y * 12 + x], g.data[y * g.stride + x]);
                CHECK_EQ(chip[120 + y * 12 + x], chip[y * 12 + 11 - x]);
            }
        CHECK(k == 3 || memcmp(chip, chip + 240, 120) != 0);
        mien_gray_free(&g);
        mien_image_free(&im);
    }
    CHECK_EQ(mien_sample_set_chips(s, 2, NULL, NULL, &again, NULL), MIEN_OK);
    CHECK(again.n == c.n && !memcmp(again.data, c.data, (size_t)c.n * 120));
    mien_chips_free(&again);
    int asked = 0;
    CHECK_EQ(mien_sample_set_chips(s, 0, stop_third, &asked, &again, NULL),
             MIEN_OK);
    CHECK_EQ(again.n, 4);
    mien_chips_free(&again);
    mien_chips_free(&c);
    mien_scenes scenes = mien_sample_set_scenes(s);
    mien_gray g;
    CHECK_EQ(scenes.n, 6);
    CHECK_EQ(scenes.load(scenes.user, 4, &g, NULL), MIEN_OK);
    mien_gray_free(&g);
    int missing = 0;
    for (int64_t i = 0; i < scenes.n; i++) { /* an empty one, and why */
        CHECK_EQ(scenes.load(scenes.user, i, &g, NULL), MIEN_OK);
        CHECK((g.w == 0) == (mien_sample_set_failure(s, i) != NULL));
        missing += g.w == 0;
        mien_gray_free(&g);
    }
    CHECK(missing > 0 && missing < scenes.n);
    mien_sample_set_free(s);
    mien_sample_list_free(&l);
}

static void test_an_object_outside_is_refused(void)
{
    mien_sample_list l;
    loads counts;
    mien_chips c = {0};
    mien_error err = {0};
    CHECK_EQ(read_objects("a 1 1 1 9 9\nb 1 55 0 20 20\n", NULL, &l, NULL),
             MIEN_OK);
    mien_sample_set *s = set_of(&l, &counts, 0, 9);
    CHECK_EQ(mien_sample_set_chips(s, 0, NULL, NULL, &c, &err), MIEN_EARG);
    CHECK(strstr(err.text, "line 2: rectangle 55 0 20 20") && !c.data);
    mien_sample_set_free(s);
    mien_sample_list_free(&l);
}

static void test_failing_memory_is_reported(void)
{
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 1000; n++) {
        static const char text[] = "a 2 5 5 20 20 1 1 9 9\nx 1 1 1 5 5\nb 0";
        mien_sample_set_options o = MIEN_SAMPLE_SET_DEFAULTS;
        loads counts = {{0}};
        mien_sample_list l = {0};
        mien_sample_set *s = NULL;
        mien_chips c = {0};
        mien_gray g = {0};
        o.load = load;
        o.arg = &counts;
        mi_alloc_fail_after(n);
        st = mien_object_list_read((const uint8_t *)text, sizeof text - 1,
                                   "dir", &l, NULL);
        for (int64_t i = 0; i < l.names; i++)
            l.name[i][0] = l.name[i][4];
        if (!st)
            st = mien_sample_set_new(&l, &o, &s, NULL);
        if (!st)
            st = mien_sample_set_chips(s, 1, NULL, NULL, &c, NULL);
        if (!st)
            st = mien_sample_set_gray(s, 3, &g, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        CHECK(st || (c.n == 4 && mien_sample_set_failures(s) == 1));
        mien_gray_free(&g);
        mien_chips_free(&c);
        mien_sample_set_free(s);
        mien_sample_list_free(&l);
    }
    CHECK_EQ(st, MIEN_OK);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_objects_are_read);
    RUN(test_objects_that_are_none);
    RUN(test_paths_are_read);
    RUN(test_names_as_people_write_them);
    RUN(test_enough_lies_inside);
    RUN(test_vec);
    RUN(test_a_sample_depends_on_its_number_alone);
    RUN(test_each_is_moved_in_its_own_way);
    RUN(test_pictures_are_loaded_seldom);
    RUN(test_pictures_that_cannot_be_loaded);
    RUN(test_chips);
    RUN(test_an_object_outside_is_refused);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
