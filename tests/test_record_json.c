/* What a record says, parsed by jansson, is what was handed in, to the last bit
 * after the rounding that the header names. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "tests/record_make.h"

#include <jansson.h>
#include <stdlib.h>

/* Rounded to decimals, and to seven significant digits. */
static double rounded(double v, int decimals)
{
    char text[64];
    double scale = pow(10, decimals);
    snprintf(text, sizeof text, "%.7g", round(v * scale) / scale);
    return strtod(text, NULL);
}

static void check_number(const json_t *o, float v, int decimals)
{
    CHECK(json_is_real(o));
    CHECK_MSG(json_real_value(o) == rounded((double)v, decimals),
              "%.17g, want %.17g", json_real_value(o),
              rounded((double)v, decimals));
}

static void check_box(const json_t *o, mien_box b)
{
    CHECK_EQ(json_object_size(o), 4);
    check_number(json_object_get(o, "x"), b.x, 3);
    check_number(json_object_get(o, "y"), b.y, 3);
    check_number(json_object_get(o, "width"), b.width, 3);
    check_number(json_object_get(o, "height"), b.height, 3);
}

static void check_points(const json_t *o, int n, const mien_point *p)
{
    CHECK_EQ((int)json_array_size(o), n);
    for (int i = 0; i < n; i++) {
        const json_t *xy = json_array_get(o, (size_t)i);
        check_number(json_array_get(xy, 0), p[i].x, 3);
        check_number(json_array_get(xy, 1), p[i].y, 3);
    }
}

/* A descriptor has the bits of its floats: seven digits may not tell two floats
 * apart, but they give a float back that prints the same. */
static void check_descriptor(const json_t *o, const float *v)
{
    CHECK_EQ(json_array_size(o), MIEN_DESCRIPTOR);
    for (int i = 0; i < MIEN_DESCRIPTOR; i++) {
        char text[32];
        snprintf(text, sizeof text, "%.7g", (double)v[i]);
        CHECK(json_real_value(json_array_get(o, (size_t)i)) ==
              strtod(text, NULL));
    }
}

static void check_expression(const json_t *o, const mien_face *f)
{
    CHECK_EQ(json_object_size(o), 7);
    for (int i = 0; i < 7; i++)
        check_number(json_object_get(o, mien_expression_name(i)),
                     f->expression[i], 6);
}

static json_t *parsed(mien_buffer *b)
{
    json_error_t why;
    CHECK(b->n && b->data[b->n - 1] == '\n');
    CHECK(!memchr(b->data, '\n', b->n - 1));
    json_t *o = json_loadb((const char *)b->data, b->n, 0, &why);
    CHECK_MSG(o != NULL, "%s", why.text);
    mien_buffer_free(b);
    return o;
}

static void check_face(const json_t *o, const mien_face *f)
{
    int keys = 3 + __builtin_popcount(f->has);
    CHECK_EQ((int)json_object_size(o), keys);
    check_box(json_object_get(o, "box"), f->box);
    check_number(json_object_get(o, "score"), f->score, 6);
    check_points(json_object_get(o, "keypoints"), 5, f->keypoints);
    if (f->has & MIEN_FACE_LANDMARKS)
        check_points(json_object_get(o, "landmarks"), 68, f->landmarks);
    if (f->has & MIEN_FACE_DESCRIPTOR)
        check_descriptor(json_object_get(o, "descriptor"), f->descriptor);
    if (f->has & MIEN_FACE_AGE)
        check_number(json_object_get(o, "age"), f->age, 2);
    if (f->has & MIEN_FACE_EXPRESSION)
        check_expression(json_object_get(o, "expression"), f);
    if (f->has & MIEN_FACE_GENDER) {
        const json_t *g = json_object_get(o, "gender");
        CHECK(
            !strcmp(json_string_value(json_object_get(g, "value")), "female"));
        CHECK(json_real_value(json_object_get(g, "probability")) ==
              rounded(1 - (double)f->male, 6));
    }
}

static void test_photos_of_every_wish(void)
{
    for (unsigned want = 0; want < 32; want++) {
        mien_face f[] = {made_face(want, want), made_face(want + 99, 0)};
        mien_reading got = {.w = 1280, .h = 853, .faces = {.n = 2, .face = f}};
        mien_photo_record r = {.file = "\xff.jpg",
                               .reading = &got,
                               .want = want,
                               .models = 2,
                               .model = made_digests()};
        got.times = (mien_face_times){1.23456789, 2, 3, 4, 0};
        mien_buffer b = {0};
        mien_record_photo(&r, &b);
        json_t *o = parsed(&b);
        const json_t *faces = json_object_get(o, "faces");
        const json_t *ms = json_object_get(o, "ms");
        CHECK(!strcmp(json_string_value(json_object_get(o, "file")),
                      "\xef\xbf\xbd.jpg"));
        CHECK_EQ(json_integer_value(json_object_get(o, "width")), 1280);
        CHECK_EQ(json_integer_value(json_object_get(o, "height")), 853);
        CHECK_EQ(json_array_size(faces), 2);
        check_face(json_array_get(faces, 0), &f[0]);
        check_face(json_array_get(faces, 1), &f[1]);
        CHECK_EQ(json_object_size(json_object_get(o, "models")), 2);
        CHECK(json_real_value(json_object_get(ms, "detect")) == 1234.57);
        CHECK(!json_object_get(ms, "landmarks") == !want);
        CHECK(!json_object_get(ms, "descriptor") ==
              !(want & MIEN_FACE_DESCRIPTOR));
        json_decref(o);
    }
}

static void test_face_apis_shapes(void)
{
    mien_face f = made_face(7, EVERYTHING);
    mien_reading got = {.w = 640, .h = 480, .faces = {.n = 1, .face = &f}};
    mien_buffer b = {0};
    mien_record_faceapi(NULL, &got, &b);
    json_t *all = parsed(&b);
    const json_t *o = json_array_get(all, 0);
    const json_t *d = json_object_get(o, "detection");
    const json_t *r = json_object_get(o, "alignedRect");
    const json_t *points =
        json_object_get(json_object_get(o, "landmarks"), "positions");
    CHECK(json_array_size(all) == 1 && json_object_size(o) == 8);
    check_box(json_object_get(d, "box"), f.box);
    check_box(json_object_get(r, "box"), f.aligned);
    check_number(json_object_get(d, "score"), f.score, 6);
    CHECK_EQ(json_integer_value(
                 json_object_get(json_object_get(r, "imageDims"), "height")),
             480);
    CHECK_EQ(json_array_size(points), 68);
    for (int i = 0; i < 68; i++) {
        const json_t *p = json_array_get(points, (size_t)i);
        check_number(json_object_get(p, "x"), f.landmarks[i].x, 3);
        check_number(json_object_get(p, "y"), f.landmarks[i].y, 3);
    }
    check_descriptor(json_object_get(o, "descriptor"), f.descriptor);
    check_expression(json_object_get(o, "expressions"), &f);
    check_number(json_object_get(o, "age"), f.age, 2);
    CHECK(!strcmp(json_string_value(json_object_get(o, "gender")), "female"));
    CHECK(json_real_value(json_object_get(o, "genderProbability")) ==
          rounded(1 - (double)f.male, 6));
    json_decref(all);
    f.has = 0;
    mien_record_faceapi("a.jpg", &got, &b);
    all = parsed(&b);
    CHECK_EQ(json_object_size(json_array_get(all, 0)), 2);
    CHECK(!strcmp("a.jpg", json_string_value(json_object_get(
                               json_array_get(all, 0), "file"))));
    json_decref(all);
}

static void test_verdicts(void)
{
    mien_face f[2] = {made_face(3, 0), made_face(4, 0)};
    mien_reading got = {.w = 5, .h = 6, .faces = {.n = 2, .face = f}};
    for (int same = 0; same <= 1; same++) {
        mien_pair_record r = {.file = {"a", "b"},
                              .reading = {&got, &got},
                              .face = {&f[0], &f[1]},
                              .verdict = {0.43210987f, 0.6f, same}};
        mien_buffer b = {0};
        mien_record_pair(&r, &b);
        json_t *o = parsed(&b);
        const json_t *photos = json_object_get(o, "photos");
        CHECK_EQ(json_is_true(json_object_get(o, "same")), same);
        check_number(json_object_get(o, "distance"), 0.43210987f, 6);
        check_number(json_object_get(o, "threshold"), 0.6f, 6);
        for (size_t i = 0; i < 2; i++) {
            const json_t *p = json_array_get(photos, i);
            check_box(json_object_get(p, "box"), f[i].box);
            check_number(json_object_get(p, "score"), f[i].score, 6);
            CHECK_EQ(json_integer_value(json_object_get(p, "faces")), 2);
        }
        json_decref(o);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_photos_of_every_wish);
    RUN(test_face_apis_shapes);
    RUN(test_verdicts);
    return check_done();
}
