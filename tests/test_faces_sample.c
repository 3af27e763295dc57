/* Faces of codes that were drawn, and photos whose codes are near. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/faces_sample.h"
#include "tests/coder_make.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PICTURES = 6 };

static char folder[] = "/tmp/sample-XXXXXX";
static char model[64], codes[64], picture[PICTURES][64];

/* A model, and pictures of one colour: 0 and 3 alike. */
static void make_files(void)
{
    CHECK(mkdtemp(folder) != NULL);
    snprintf(model, sizeof model, "%s/model.onnx", folder);
    snprintf(codes, sizeof codes, "%s/codes.json", folder);
    coder_save(model, 1);
    for (int i = 0; i < PICTURES; i++) {
        mien_image im = {0};
        snprintf(picture[i], sizeof picture[i], "%s/%d.png", folder, i);
        CHECK(!mien_image_new(SIDE, SIDE, &im, NULL));
        for (int p = 0; p < SIDE * SIDE * 3; p++)
            im.data[p] = (uint8_t)(i % 3 * 40 + i / 4 * 9 + p % 3 * 10);
        CHECK(!mien_image_save(picture[i], &im, NULL));
        mien_image_free(&im);
    }
}

static void remove_files(void)
{
    for (int i = 0; i < PICTURES; i++)
        unlink(picture[i]);
    unlink(model);
    unlink(codes);
    rmdir(folder);
}

static mien_coder *coder(void)
{
    mien_coder *c = NULL;
    CHECK(!mien_coder_load(model, NULL, &c, NULL));
    return c;
}

/* Is a picture what a code decodes to? */
static int is_of(mien_coder *c, const float *code, const mien_image *im)
{
    mien_image want = {0};
    CHECK(!mien_coder_decode(c, code, &want, NULL));
    int same = im->w == want.w && im->h == want.h &&
               !memcmp(im->data, want.data, (size_t)want.stride * want.h);
    mien_image_free(&want);
    return same;
}

/* Two distributions of hardly any width. */
static void write_codes(double variance)
{
    double weight[] = {0.25, 0.75}, v[2 * CODER_UNITS];
    double mean[2 * CODER_UNITS] = {4, 0, -4, 2, 0, 8, 4, -2};
    const mien_codes all = {9, {2, CODER_UNITS, weight, mean, v}};
    mien_buffer b = {0};
    for (int i = 0; i < 2 * CODER_UNITS; i++)
        v[i] = variance;
    mien_codes_write(&all, &b);
    CHECK(!mien_file_save(codes, b.data, b.n, NULL));
    mien_buffer_free(&b);
}

/* Without codes.json: the standard normal distribution, which is said. */
static void test_codes_of_the_normal_distribution(void)
{
    mien_coder *c = coder();
    mien_codes none = {0};
    mien_buffer notes = {0};
    mien_random r;
    mien_image im[3];
    float code[CODER_UNITS];
    mien_sampling o = MIEN_SAMPLING_DEFAULTS;
    unlink(codes);
    CHECK(!mien_codes_load(model, c, &none, &notes, NULL));
    mien_buffer_put(&notes, "", 1);
    CHECK(none.mixture.k == 0);
    CHECK(strstr((char *)notes.data, "standard normal distribution"));
    o.codes = &none;
    o.seed = 5;
    o.spread = 0.5;
    CHECK(!mien_faces_sample(c, &o, 3, im, NULL));
    mien_random_init(&r, 5);
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < CODER_UNITS; k++)
            code[k] = (float)(0.5 * mien_random_normal(&r));
        CHECK(is_of(c, code, &im[i]));
        mien_image_free(&im[i]);
    }
    CHECK(!mien_faces_sample(c, NULL, 1, im, NULL));
    mien_image_free(&im[0]);
    mien_buffer_free(&notes);
    mien_coder_free(c);
}

/* From codes.json: means, a spread of nothing, seeds. */
static void test_codes_that_were_fitted(void)
{
    static const float mean[2][CODER_UNITS] = {{4, 0, -4, 2}, {0, 8, 4, -2}};
    static const float middle[CODER_UNITS] = {1, 6, 2, -1};
    mien_coder *c = coder();
    mien_codes all = {0};
    mien_image im[8], again[8];
    mien_sampling o = MIEN_SAMPLING_DEFAULTS;
    int of[2] = {0, 0};
    write_codes(1e-12);
    CHECK(!mien_codes_load(model, c, &all, NULL, NULL));
    CHECK(all.mixture.k == 2 && all.count == 9);
    o.codes = &all;
    CHECK(!mien_faces_sample(c, &o, 8, im, NULL));
    CHECK(!mien_faces_sample(c, &o, 8, again, NULL));
    for (int i = 0; i < 8; i++) {
        CHECK(!memcmp(im[i].data, again[i].data, SIDE * SIDE * 3));
        for (int k = 0; k < 2; k++)
            of[k] += is_of(c, mean[k], &im[i]);
        mien_image_free(&im[i]);
        mien_image_free(&again[i]);
    }
    CHECK(of[0] + of[1] == 8 && of[1] > of[0]);
    o.spread = 0;
    CHECK(!mien_faces_sample(c, &o, 1, im, NULL));
    CHECK(is_of(c, middle, &im[0]));
    mien_image_free(&im[0]);
    mien_codes_free(&all);
    mien_coder_free(c);
}

/* A walk passes what a sample of the same seed shows, and halves between two
 * stops are halves of their codes. */
static void test_walks(void)
{
    mien_coder *c = coder();
    mien_sampling o = MIEN_SAMPLING_DEFAULTS;
    mien_image walk[9], stop[3];
    float code[2 * CODER_UNITS], half[CODER_UNITS];
    mien_random r;
    o.stops = 3;
    CHECK(!mien_faces_sample(c, &o, 3, stop, NULL));
    CHECK(!mien_faces_walk(c, &o, 9, walk, NULL));
    for (int i = 0; i < 9; i++)
        CHECK((i % 3 == 0) ==
              !memcmp(walk[i].data, stop[i / 3].data, SIDE * SIDE * 3));
    for (int i = 0; i < 9; i++) {
        mien_image_free(&walk[i]);
        mien_image_free(&stop[i % 3]);
    }
    o.stops = 2;
    CHECK(!mien_faces_walk(c, &o, 4, walk, NULL));
    mien_random_init(&r, o.seed);
    for (int i = 0; i < 2 * CODER_UNITS; i++)
        code[i] = (float)mien_random_normal(&r);
    mien_code_between(CODER_UNITS, code, code + CODER_UNITS, 0.5f, half);
    CHECK(is_of(c, code, &walk[0]) && is_of(c, code + CODER_UNITS, &walk[2]));
    CHECK(is_of(c, half, &walk[1]) && is_of(c, half, &walk[3]));
    for (int i = 0; i < 4; i++)
        mien_image_free(&walk[i]);
    mien_coder_free(c);
}

/* Codes that are drawn are those of the faces. */
static void test_codes_alone(void)
{
    enum { STEPS = 5 };
    mien_coder *c = coder();
    mien_sampling o = MIEN_SAMPLING_DEFAULTS;
    mien_image walk[STEPS], face[3];
    float code[STEPS * CODER_UNITS];
    o.seed = 9;
    o.stops = 3;
    CHECK(!mien_codes_draw(CODER_UNITS, &o, 3, code, NULL));
    CHECK(!mien_faces_sample(c, &o, 3, face, NULL));
    for (int i = 0; i < 3; i++) {
        CHECK(is_of(c, code + (ptrdiff_t)i * CODER_UNITS, &face[i]));
        mien_image_free(&face[i]);
    }
    CHECK(!mien_codes_walk(CODER_UNITS, &o, STEPS, code, NULL));
    CHECK(!mien_faces_walk(c, &o, STEPS, walk, NULL));
    for (int i = 0; i < STEPS; i++) {
        CHECK(is_of(c, code + (ptrdiff_t)i * CODER_UNITS, &walk[i]));
        mien_image_free(&walk[i]);
    }
    o.spread = 11;
    CHECK_EQ(mien_codes_walk(CODER_UNITS, &o, STEPS, code, NULL), MIEN_EARG);
    mien_coder_free(c);
}

static void test_what_is_refused(void)
{
    mien_coder *c = coder();
    mien_codes all = {0};
    double one[3] = {1, 1, 1};
    const mien_codes other = {1, {1, 3, one, one, one}};
    mien_sampling o = MIEN_SAMPLING_DEFAULTS;
    mien_image im[2];
    mien_buffer b = {0};
    mien_error err = {0};
    o.spread = (double)NAN;
    CHECK_EQ(mien_faces_sample(c, &o, 1, im, &err), MIEN_EARG);
    o.spread = 1;
    o.stops = 1;
    CHECK_EQ(mien_faces_walk(c, &o, 1, im, &err), MIEN_EARG);
    CHECK(strstr(err.text, "1 stops"));
    o.stops = 2;
    o.codes = &other;
    CHECK_EQ(mien_faces_sample(c, &o, 1, im, &err), MIEN_EARG);
    mien_codes_write(&other, &b);
    CHECK(!mien_file_save(codes, b.data, b.n, NULL));
    CHECK_EQ(mien_codes_load(model, c, &all, NULL, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "codes of 3 numbers, the model's have 4"), "%s",
              err.text);
    CHECK(!mien_file_save(codes, "[1", 2, NULL));
    CHECK_EQ(mien_codes_load(model, c, &all, NULL, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "codes.json: "), "%s", err.text);
    unlink(codes);
    mien_buffer_free(&b);
    mien_coder_free(c);
}

/* ---- near ---------------------------------------------------------------- */

/* All pictures, and one that is none. */
static mien_photo_list all_pictures(void)
{
    mien_photo_list l = {0};
    for (int i = 0; i < PICTURES; i++)
        CHECK(!mien_photo_list_add(&l, picture[i], NULL));
    CHECK(!mien_photo_list_add(&l, "/nowhere.png", NULL));
    return l;
}

/* Every other picture stands at the distance of its code, the nearest first. */
static void test_near_ones(void)
{
    mien_coder *c = coder();
    mien_photo_list l = all_pictures();
    mien_near_options o = {10, NULL, NULL};
    mien_near_list near = {0};
    mien_buffer notes = {0}, json = {0};
    mien_image sheet = {0};
    float code[2][CODER_UNITS];
    CHECK(!mien_faces_near(c, NULL, picture[0], &l, &o, &near, &notes, NULL));
    CHECK(near.n == PICTURES - 1 && near.left_out == 1);
    CHECK(!strcmp(near.item[0].path, picture[3]));
    for (int i = 0; i < near.n; i++) {
        const char *path[] = {picture[0], near.item[i].path};
        double sum = 0;
        for (int k = 0; k < 2; k++) {
            mien_image im = {0};
            CHECK(!mien_image_load(path[k], NULL, &im, NULL));
            CHECK(!mien_coder_encode(c, &im, code[k], NULL, NULL));
            mien_image_free(&im);
        }
        for (int u = 0; u < CODER_UNITS; u++)
            sum += pow((double)code[0][u] - (double)code[1][u], 2);
        CHECK_NEAR(near.item[i].distance, sqrt(sum), 1e-6);
        CHECK(!i || near.item[i].distance >= near.item[i - 1].distance);
    }
    mien_buffer_put(&notes, "", 1);
    CHECK(strstr((char *)notes.data, "/nowhere.png: "));
    mien_near_json("a.png", "m.onnx", &near, &json);
    mien_buffer_put(&json, "", 1);
    CHECK(strstr((char *)json.data, "\"left_out\":1}\n"));
    CHECK_MSG(strstr((char *)json.data, "3.png\",\"distance\":0.0}"), "%s",
              (char *)json.data);
    CHECK(!mien_near_draw(NULL, picture[0], &near, 32, &sheet, NULL));
    CHECK(sheet.w == 5 * 32 && sheet.h == 2 * 32);
    CHECK(sheet.data[0] == 255 && sheet.data[16 * sheet.stride + 48] != 255);
    mien_image_free(&sheet);
    CHECK_EQ(mien_near_draw(NULL, picture[0], &near, 15, &sheet, NULL),
             MIEN_EARG);
    mien_near_free(&near);
    mien_buffer_free(&notes);
    mien_buffer_free(&json);
    mien_photo_list_free(&l);
    mien_coder_free(c);
}

static int stop_at_two(void *arg, int64_t done, int64_t of)
{
    *(int64_t *)arg = of;
    return done == 2;
}

/* The nearest two are those of all; nobody else, and stopped. */
static void test_some_near_ones(void)
{
    mien_coder *c = coder();
    mien_photo_list l = all_pictures(), alone = {0};
    int64_t of = 0;
    mien_near_options all = {10, NULL, NULL}, two = {2, NULL, NULL};
    mien_near_options stop = {2, stop_at_two, &of}, none = {0, NULL, NULL};
    mien_near_list a = {0}, b = {0};
    mien_error err = {0};
    CHECK(!mien_faces_near(c, NULL, picture[1], &l, &all, &a, NULL, NULL));
    CHECK(!mien_faces_near(c, NULL, picture[1], &l, &two, &b, NULL, NULL));
    CHECK(b.n == 2 && a.n == 5);
    for (int i = 0; i < 2; i++)
        CHECK(!strcmp(a.item[i].path, b.item[i].path));
    mien_near_free(&a);
    mien_near_free(&b);
    CHECK_EQ(mien_faces_near(c, NULL, picture[1], &l, &none, &a, NULL, NULL),
             MIEN_EARG);
    CHECK_EQ(mien_faces_near(c, NULL, picture[1], &l, &stop, &a, NULL, &err),
             MIEN_EARG);
    CHECK(of == PICTURES + 1 && strstr(err.text, "stopped"));
    CHECK_EQ(mien_faces_near(c, NULL, "/nowhere.png", &l, &two, &a, NULL, &err),
             MIEN_EIO);
    CHECK(!mien_photo_list_add(&alone, picture[1], NULL));
    CHECK_EQ(mien_faces_near(c, NULL, picture[1], &alone, &two, &a, NULL, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "no other face in 1"));
    mien_photo_list_free(&alone);
    mien_photo_list_free(&l);
    mien_coder_free(c);
}

static void test_failing_memory_is_reported(void)
{
    mien_coder *c = coder();
    mien_photo_list l = all_pictures();
    const mien_near_options two = {2, NULL, NULL};
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    write_codes(1);
    for (; st == MIEN_ENOMEM && n < 3000; n++) {
        mien_codes all = {0};
        mien_image im[3] = {{0}}, sheet = {0};
        mien_near_list near = {0};
        mien_sampling o = MIEN_SAMPLING_DEFAULTS;
        o.codes = &all;
        o.stops = 2;
        mi_alloc_fail_after(n);
        st = mien_codes_load(model, c, &all, NULL, NULL);
        if (!st)
            st = mien_faces_sample(c, &o, 2, im, NULL);
        if (!st) {
            mien_image_free(&im[0]);
            mien_image_free(&im[1]);
            st = mien_faces_walk(c, &o, 3, im, NULL);
        }
        if (!st)
            st = mien_faces_near(c, NULL, picture[0], &l, &two, &near, NULL,
                                 NULL);
        if (!st)
            st = mien_near_draw(NULL, picture[0], &near, 16, &sheet, NULL);
        mi_alloc_fail_after(-1);
        for (int i = 0; i < 3; i++)
            mien_image_free(&im[i]);
        mien_image_free(&sheet);
        mien_near_free(&near);
        mien_codes_free(&all);
    }
    CHECK(!st && n > 30);
    mien_photo_list_free(&l);
    mien_coder_free(c);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_files();
    RUN(test_codes_of_the_normal_distribution);
    RUN(test_codes_that_were_fitted);
    RUN(test_walks);
    RUN(test_codes_alone);
    RUN(test_what_is_refused);
    RUN(test_near_ones);
    RUN(test_some_near_ones);
    RUN(test_failing_memory_is_reported);
    remove_files();
    return check_done();
}
