/* Sheets of pictures: what is computed of them, the digest that names a set,
 * what catalogues read, and which pictures a model may learn from. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "tests/sheet_make.h"

#include <math.h>

enum { N = 8, SIDE = 16 };

/* Pictures that a callback draws, with a class, a number, a point and a box. */
typedef struct made {
    mien_labels l;
    char *name[N], text[N][24];
    mien_label_use part[N];
    mien_label_task task;
    char *class_name[2], *number_name[1], *point_name[1];
    int label[N];
    float number[N];
    mien_point point[N];
    mien_box box[N];
    uint8_t shade[N]; /* what is drawn */
    int bad;          /* a picture that cannot be read; -1: none */
} made;

static void make(made *m)
{
    static char is[] = "is", cat[] = "cat", dog[] = "dog", age[] = "age",
                nose[] = "nose";
    memset(m, 0, sizeof *m);
    m->class_name[0] = cat;
    m->class_name[1] = dog;
    m->number_name[0] = age;
    m->point_name[0] = nose;
    m->task = (mien_label_task){is, 0, 2, m->class_name};
    m->bad = -1;
    m->l = (mien_labels){.n = N,
                         .name = m->name,
                         .part = m->part,
                         .tasks = 1,
                         .task = &m->task,
                         .label = m->label,
                         .numbers = 1,
                         .number_name = m->number_name,
                         .number = m->number,
                         .points = 1,
                         .point_name = m->point_name,
                         .point = m->point,
                         .box = m->box};
    for (int i = 0; i < N; i++) {
        snprintf(m->text[i], sizeof m->text[i], "%s/%d.%s",
                 i % 2 ? "dog" : "cat", i, i < 6 ? "jpg" : "png");
        m->name[i] = m->text[i];
        m->label[i] = i % 2;
        m->number[i] = (float)i;
        m->point[i] = (mien_point){1, 2};
        m->box[i] = (mien_box){1, 1, 4, 4};
        m->shade[i] = (uint8_t)(20 * i + 10);
    }
}

/* mien_picture_load: waves of its own; number 7 is larger, 0 is in colour. */
static mien_status draw(void *arg, const char *name, mien_image *out,
                        mien_error *err)
{
    const made *m = arg;
    int i = name[4] - '0', side = i == 7 ? 2 * SIDE : SIDE;
    if (i == m->bad) {
        if (err)
            snprintf(err->text, sizeof err->text, "no picture");
        return MIEN_EFORMAT;
    }
    mien_status st = mien_image_new(side, side, out, err);
    for (int y = 0; !st && y < side; y++)
        for (int x = 0; x < side; x++) {
            uint8_t *p = out->data + y * out->stride + 3 * x;
            int s = m->shade[i];
            p[0] = p[1] = p[2] =
                (uint8_t)(128 + 100 * sin((1 + s / 40) * x * .4 + s) *
                                    cos((1 + s % 40 / 10) * y * .3 + s));
            if (i == 0)
                p[0] = (uint8_t)(p[0] ^ 64);
        }
    return st;
}

static mien_pictures_check_options looking(made *m)
{
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    o.load = draw;
    o.arg = m;
    return o;
}

/* A sheet of the pictures. */
static mien_datasheet *sheet_of(made *m, const mien_datasheet_data *data)
{
    const mien_pictures_check_options o = looking(m);
    mien_datasheet *s = NULL;
    mien_error err = {0};
    CHECK(!mien_datasheet_new(&s, NULL));
    CHECK_MSG(!mien_datasheet_pictures(s, &m->l, &o, data, &err), "%s",
              err.text);
    return s;
}

static const mien_datasheet_data plain = {.name = "pets"};

static void test_what_pictures_tell_is_computed(void)
{
    static made m;
    make(&m);
    m.bad = 5;
    m.label[2] = -1;
    m.number[3] = NAN;
    m.box[4].width = 0;
    m.point[6].x = NAN;
    m.shade[3] = m.shade[2]; /* copies, of different classes after all */
    m.label[2] = 0;
    mien_datasheet *s = sheet_of(&m, &plain);
    json_t *j = sheet_json(s);
    CHECK_STR(sheet_text(j, "computed", "contents"),
              "8 pictures, 7 of which can be read; 16 x 16 to 32 x 32 pixels, "
              "the middle one 16 x 16; files jpg 6, png 2; 1 in colour, 6 "
              "grey; faces were not looked for; known of them: is (2 classes), "
              "age (number), 1 point, a box");
    CHECK_STR(sheet_text(j, "computed", "missing"),
              "1 of 8 pictures cannot be read; age is not known of 1 (12.5 %); "
              "the box is not known of 1 (12.5 %); a point is not known of 1 "
              "(12.5 %)");
    CHECK_STR(sheet_text(j, "computed", "completeness"),
              "4 of 8 pictures can be read and have every label (50 %)");
    CHECK_STR(sheet_text(j, "computed", "groups"),
              "is: cat 4 (50 %), dog 4 (50 %)");
    CHECK(strstr(sheet_text(j, "computed", "duplication"),
                 "1 of 7 pictures are copies of others, pixel for pixel"));
    CHECK(strstr(sheet_text(j, "computed", "consistency"),
                 "different labels: 1 the same pixel for pixel"));
    CHECK_STR(sheet_text(j, "computed", "time"), "");
    const json_t *data = json_object_get(j, "data");
    CHECK_EQ(json_integer_value(json_object_get(data, "pictures")), 8);
    CHECK(!json_object_get(data, "rows"));
    json_decref(j);
    mien_datasheet_free(s);
}

/* The digest of a set as training makes it. */
static void digest(made *m, char out[65])
{
    mien_digests d = {0};
    CHECK(!mien_digests_new(&m->l, draw, m, NULL, &d, NULL));
    CHECK(!mien_set_digest(&m->l, &d, out, NULL));
    mien_digests_free(&d);
}

/* Exchange two samples. */
static void exchange(made *m, int a, int b)
{
#define EXCHANGE(x)                                \
    do {                                           \
        char spare_[sizeof m->x[0]];               \
        memcpy(spare_, &m->x[a], sizeof spare_);   \
        memcpy(&m->x[a], &m->x[b], sizeof spare_); \
        memcpy(&m->x[b], spare_, sizeof spare_);   \
    } while (0)
    EXCHANGE(name);
    EXCHANGE(part);
    EXCHANGE(label);
    EXCHANGE(number);
    EXCHANGE(point);
    EXCHANGE(box);
#undef EXCHANGE
}

static void test_the_digest_of_a_set(void)
{
    static made m;
    char is[65], was[65];
    make(&m);
    digest(&m, was);
    mien_datasheet *s = sheet_of(&m, &plain);
    CHECK_STR(mien_datasheet_digest(s), was);
    mien_datasheet_free(s);
    /* The order of a list says nothing. */
    exchange(&m, 1, 6);
    exchange(&m, 0, 3);
    digest(&m, is);
    CHECK_STR(is, was);
    /* Everything else does. */
    static made other;
#define CHANGED(what)                \
    do {                             \
        make(&other);                \
        what;                        \
        digest(&other, is);          \
        CHECK(strcmp(is, was) != 0); \
    } while (0)
    CHANGED(other.shade[3]++);
    CHANGED(other.label[3] = 0);
    CHANGED(other.label[3] = -1);
    CHANGED(other.class_name[0] = other.number_name[0]);
    CHANGED(other.number[3] = NAN);
    CHANGED(other.number[3] = 3.5f);
    CHANGED(other.point[3].y = 2.5f);
    CHANGED(other.box[3].x = 0);
    CHANGED(other.part[3] = MIEN_FOR_TEST);
    CHANGED(other.text[3][0] = 'f');
    CHANGED(other.bad = 3);
    CHANGED(other.l.n--);
    /* What is not known is not known, whatever its bits. */
    make(&m);
    m.number[2] = NAN;
    digest(&m, was);
    m.number[2] = -NAN;
    digest(&m, is);
    CHECK_STR(is, was);
}

static void test_the_gate_and_a_set_that_has_changed(void)
{
    static made m;
    mien_error err = {0};
    make(&m);
    mien_datasheet *s = sheet_of(&m, &plain), *back = NULL;
    char was[65];
    snprintf(was, sizeof was, "%s", mien_datasheet_digest(s));
    CHECK_EQ(mien_datasheet_gate(s, was, &err), MIEN_EARG);
    CHECK(strstr(err.text, "10 required questions are open"));
    const mien_datasheet_question *q = NULL;
    for (int i = 0; (q = mien_datasheet_question_at(i)); i++)
        if (q->required)
            CHECK(!mien_datasheet_answer(s, q->key, "so", NULL));
    CHECK_EQ(mien_datasheet_gate(s, was, &err), MIEN_OK);
    /* One pixel more or less. */
    const mien_pictures_check_options o = looking(&m);
    m.shade[2]++;
    CHECK(!mien_datasheet_pictures(s, &m.l, &o, &plain, &err));
    CHECK(mien_datasheet_changed(s));
    mien_buffer b = {0};
    mien_card *c = NULL;
    CHECK(!mien_datasheet_write(s, &b, NULL));
    CHECK(!mien_datasheet_read(b.data, b.n, &back, NULL));
    mien_datasheet_free(s);
    CHECK(mien_datasheet_of_pictures(back));
    CHECK_EQ(mien_datasheet_gate(back, mien_datasheet_digest(back), &err),
             MIEN_EARG);
    CHECK(strstr(err.text, "changed since"));
    CHECK_EQ(mien_datasheet_gate(back, was, &err), MIEN_EARG);
    CHECK(strstr(err.text, "other data"));
    b.n = 0;
    CHECK(!mien_datasheet_card(back, &c, NULL) && !mien_card_text(c, &b, NULL));
    mien_buffer_put(&b, "", 1);
    CHECK(strstr((char *)b.data, "- Pictures: pets, 8 pictures\n"));
    CHECK(strstr((char *)b.data, "the pictures have changed since"));
    mien_card_free(c);
    mien_buffer_free(&b);
    mien_datasheet_free(back);
}

static void test_groups_are_kept(void)
{
    static const char *const group[] = {"is x age:4"};
    static const char *const none[] = {"height"};
    static made m;
    mien_error err = {0};
    make(&m);
    const mien_datasheet_data by = {
        .name = "pets", .group = group, .groups = 1};
    const mien_datasheet_data wrong = {
        .name = "pets", .group = none, .groups = 1};
    const mien_pictures_check_options o = looking(&m);
    mien_datasheet *s = sheet_of(&m, &by);
    CHECK(!mien_datasheet_pictures(s, &m.l, &o, &plain, &err));
    json_t *j = sheet_json(s);
    CHECK_STR(sheet_text(j, "computed", "groups"),
              "is x age:4: cat, age below 4 2 (25 %), cat, age 4 and more 2 "
              "(25 %), dog, age below 4 2 (25 %), dog, age 4 and more 2 (25 "
              "%)");
    json_decref(j);
    CHECK_EQ(mien_datasheet_pictures(s, &m.l, &o, &wrong, &err), MIEN_EARG);
    CHECK(strstr(err.text, "height"));
    mien_datasheet_free(s);
}

/* The member of a member. */
static const json_t *at(const json_t *j, const char *a, size_t i)
{
    return json_array_get(json_object_get(j, a), i);
}

static const char *text_at(const json_t *j, const char *key)
{
    const char *text = json_string_value(json_object_get(j, key));
    return text ? text : "";
}

static void test_croissant_of_a_folder_and_of_a_list(void)
{
    static made m;
    mien_buffer b = {0};
    make(&m);
    mien_datasheet *s = sheet_of(&m, &plain);
    CHECK(!mien_datasheet_croissant_pictures(s, &m.l, NULL, &b, NULL));
    json_t *j = json_loadb((const char *)b.data, b.n, 0, NULL);
    const json_t *set = at(j, "distribution", 0);
    CHECK_STR(text_at(set, "@type"), "cr:FileSet");
    CHECK_STR(json_string_value(at(set, "includes", 1)), "**/*.png");
    CHECK_STR(json_string_value(at(set, "encodingFormat", 0)), "image/jpeg");
    CHECK_STR(text_at(json_object_get(j, "identifier"), "value"),
              mien_datasheet_digest(s));
    const json_t *rows = at(j, "recordSet", 0);
    CHECK_EQ((long long)json_array_size(json_object_get(rows, "field")), 2);
    CHECK_STR(text_at(at(rows, "field", 0), "dataType"), "sc:ImageObject");
    json_decref(j);
    mien_datasheet_free(s);
    b.n = 0;
    const mien_datasheet_data listed = {.name = "pets.CSV"};
    s = sheet_of(&m, &listed);
    CHECK(!mien_datasheet_croissant_pictures(s, &m.l, "ab", &b, NULL));
    j = json_loadb((const char *)b.data, b.n, 0, NULL);
    CHECK_STR(text_at(at(j, "distribution", 0), "sha256"), "ab");
    CHECK_STR(text_at(at(j, "distribution", 1), "@id"), "pictures");
    rows = at(j, "recordSet", 0);
    CHECK_EQ((long long)json_array_size(json_object_get(rows, "field")), 6);
    CHECK_STR(text_at(at(rows, "field", 5), "name"), "nose_y");
    json_decref(j);
    mien_datasheet_free(s);
    mien_buffer_free(&b);
}

static void test_memory_that_ends(void)
{
    static made m;
    const mien_pictures_check_options o = looking(&m);
    const mien_datasheet_data data = {.name = "pets.csv"};
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    make(&m);
    for (; st == MIEN_ENOMEM && n < 2000; n++) {
        mien_datasheet *s = NULL;
        mien_buffer b = {0};
        mi_alloc_fail_after(n);
        st = mien_datasheet_new(&s, NULL);
        if (!st)
            st = mien_datasheet_pictures(s, &m.l, &o, &data, NULL);
        if (!st)
            st = mien_datasheet_croissant_pictures(s, &m.l, "ab", &b, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        mien_datasheet_free(s);
        mien_buffer_free(&b);
    }
    CHECK(!st && n > 50);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_what_pictures_tell_is_computed);
    RUN(test_the_digest_of_a_set);
    RUN(test_the_gate_and_a_set_that_has_changed);
    RUN(test_groups_are_kept);
    RUN(test_croissant_of_a_folder_and_of_a_list);
    RUN(test_memory_that_ends);
    return check_done();
}
