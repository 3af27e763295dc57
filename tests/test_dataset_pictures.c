/* Sets of pictures: copies, pictures nearly the same, those far from the
 * others, and groups are found where they were planted, and nowhere else. */
/* Not as WebAssembly: pages need libjpeg. */
#include "base/alloc.h"
#include "mien/dataset_pictures.h"
#include "mien/kit.h"
#include "tests/check.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { SIDE = 48, N = 400, PIXELS = SIDE * SIDE };

/* ---- a set ----------------------------------------------------------------
 */

/* Pictures in memory with a class, a number and a part. */
typedef struct made {
    mien_labels l;
    char *name[N], text[N][16];
    mien_label_use part[N];
    mien_label_task task;
    char *class_name[2], *task_name[1], *number_name[1];
    int label[N];
    float number[N];
    uint8_t pixels[N][PIXELS];
} made;

/* A smooth picture of its own: some waves of chance, and grain. */
static void paint(uint8_t *p, mien_random *r)
{
    enum { WAVES = 6 };
    double w[WAVES][4], light = 128 + 18 * mien_random_normal(r);
    for (int i = 0; i < WAVES; i++) {
        w[i][0] = 0.02 + 0.25 * mien_random_unit(r);
        w[i][1] = 0.02 + 0.25 * mien_random_unit(r);
        w[i][2] = 6.3 * mien_random_unit(r);
        w[i][3] = 10 + 15 * mien_random_unit(r);
    }
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double v = light + 3 * mien_random_normal(r);
            for (int i = 0; i < WAVES; i++)
                v += w[i][3] * sin(w[i][0] * x + w[i][1] * y + w[i][2]);
            p[y * SIDE + x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
}

static void make(made *m, uint32_t seed)
{
    static char young[] = "young", old[] = "old", age[] = "age", is[] = "is";
    mien_random r;
    memset(m, 0, sizeof *m);
    mien_random_init(&r, seed);
    m->class_name[0] = young;
    m->class_name[1] = old;
    m->number_name[0] = age;
    m->task = (mien_label_task){is, 0, 2, m->class_name};
    m->l = (mien_labels){.n = N,
                         .name = m->name,
                         .part = m->part,
                         .tasks = 1,
                         .task = &m->task,
                         .label = m->label,
                         .numbers = 1,
                         .number_name = m->number_name,
                         .number = m->number,
                         .w = SIDE,
                         .h = SIDE,
                         .pixels = m->pixels[0]};
    for (int i = 0; i < N; i++) {
        snprintf(m->text[i], sizeof m->text[i], "%d.png", i);
        m->name[i] = m->text[i];
        m->part[i] = i < N / 2 ? MIEN_FOR_TRAINING : MIEN_FOR_TEST;
        m->label[i] = i % 2;
        m->number[i] = (float)(i % 80);
        paint(m->pixels[i], &r);
    }
}

static mien_pictures_check *check(const made *m, int n_by,
                                  const char *const *by, mien_pool *pool)
{
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    mien_pictures_check *c = NULL;
    mien_error err = {0};
    o.n_by = n_by;
    o.by = by;
    o.pool = pool;
    CHECK_MSG(mien_pictures_check_new(&m->l, &o, &c, &err) == MIEN_OK, "%s",
              err.text);
    return c;
}

/* ---- planted faults -------------------------------------------------------
 */

static uint8_t clamp(double v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5);
}

/* What happens to a picture that is uploaded again: other light, other
 * contrast, grain, and a shift by a pixel. */
static void upload_again(uint8_t *to, const uint8_t *from, int kind,
                         mien_random *r)
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int sx = kind == 3 && x > 0 ? x - 1 : x;
            double v = from[y * SIDE + sx];
            v = kind == 0   ? v + 20
                : kind == 1 ? 128 + 0.75 * (v - 128)
                : kind == 2 ? v + 6 * mien_random_normal(r)
                            : v;
            to[y * SIDE + x] = clamp(v);
        }
}

static void blur(uint8_t *p)
{
    uint8_t was[PIXELS];
    for (int times = 0; times < 12; times++) {
        memcpy(was, p, sizeof was);
        for (int y = 1; y < SIDE - 1; y++)
            for (int x = 1; x < SIDE - 1; x++) {
                int sum = 0;
                for (int dy = -1; dy <= 1; dy++)
                    for (int dx = -1; dx <= 1; dx++)
                        sum += was[(y + dy) * SIDE + x + dx];
                p[y * SIDE + x] = (uint8_t)(sum / 9);
            }
    }
}

/* Of each kind 10. */
enum { KINDS = 10 };

static void plant(made *m, uint32_t seed)
{
    mien_random r;
    mien_random_init(&r, seed + 1000);
    for (int i = 0; i < KINDS; i++) {
        memcpy(m->pixels[200 + i], m->pixels[i], PIXELS);
        upload_again(m->pixels[220 + i], m->pixels[20 + i], i % 4, &r);
        m->label[220 + i] = m->label[20 + i];
        m->number[220 + i] = m->number[20 + i];
        blur(m->pixels[40 + i]);
        for (int k = 0; k < PIXELS; k++) {
            uint8_t *dark = &m->pixels[60 + i][k];
            uint8_t *bright = &m->pixels[80 + i][k];
            uint8_t *flat = &m->pixels[100 + i][k];
            *dark = (uint8_t)(*dark / 12);
            *bright = (uint8_t)(255 - (255 - *bright) / 12);
            *flat = clamp(128 + 0.08 * (*flat - 128.0));
            m->pixels[120 + i][k] = 77;
        }
    }
    m->label[200] = !m->label[0]; /* one copy is labelled otherwise */
    m->number[221] = m->number[21] + 40;
}

static int odd_from(const mien_pictures_check *c, int first,
                    mien_picture_oddity o)
{
    int n = 0;
    for (int i = 0; i < KINDS; i++)
        n += mien_pictures_check_odd(c, first + i, o);
    return n;
}

static int paired(const mien_pictures_check *c, int a, int b, int same)
{
    int64_t n;
    const mien_picture_pair *p = mien_pictures_check_pairs(c, &n);
    for (int64_t i = 0; i < n; i++)
        if (p[i].a == a && p[i].b == b && p[i].same == same)
            return 1;
    return 0;
}

/* All that was planted, with ten seeds, or one with the sanitizers; in clean
 * sets there is no finding. */
static void test_planted_faults_are_found(void)
{
    static made m;
    int all = 0, of = 0;
    for (uint32_t seed = 0; seed < 10; seed += (uint32_t)check_every()) {
        int near = 0;
        make(&m, seed);
        mien_pictures_check *clean = check(&m, 0, NULL, NULL);
        CHECK_EQ((int)mien_pictures_check_count(clean, 0).n, 0);
        CHECK_EQ((int)mien_pictures_check_count(clean, 1).n, 0);
        CHECK_EQ(mien_pictures_check_findings(clean), 0);
        mien_pictures_check_free(clean);
        plant(&m, seed);
        mien_pictures_check *c = check(&m, 0, NULL, NULL);
        for (int i = 0; i < KINDS; i++) {
            CHECK(paired(c, i, 200 + i, 1));
            near += paired(c, 20 + i, 220 + i, 0);
        }
        all += near;
        of += KINDS;
        CHECK_MSG(near >= 9, "seed %u: %d near", seed, near);
        mien_picture_pairs copies = mien_pictures_check_count(c, 1);
        mien_picture_pairs others = mien_pictures_check_count(c, 0);
        CHECK_EQ((int)copies.n, KINDS);
        CHECK_EQ((int)copies.parts, KINDS);
        CHECK_EQ((int)copies.pictures, KINDS);
        CHECK(copies.classes >= 1);
        CHECK(others.n == near && others.parts == near);
        CHECK_EQ(odd_from(c, 40, MIEN_PICTURE_BLURRED), KINDS);
        CHECK_EQ(odd_from(c, 60, MIEN_PICTURE_DARK), KINDS);
        CHECK_EQ(odd_from(c, 80, MIEN_PICTURE_BRIGHT), KINDS);
        CHECK_EQ(odd_from(c, 100, MIEN_PICTURE_FLAT), KINDS);
        CHECK_EQ(odd_from(c, 120, MIEN_PICTURE_EMPTY), KINDS);
        CHECK_EQ(odd_from(c, 120, MIEN_PICTURE_DARK), 0);
        mien_pictures_check_free(c);
    }
    printf("%d of %d pictures nearly the same are found\n", all, of);
}

/* ---- groups ---------------------------------------------------------------
 */

static void test_groups_are_counted_and_compared(void)
{
    static const char *const by[] = {"is", "age:20:70", "is x age:20:70:200"};
    static made m;
    int n = 0;
    make(&m, 3);
    m.label[5] = -1;
    m.number[7] = NAN;
    for (int i = 0; i < N; i += 4) /* every other young one is dark */
        for (int k = 0; k < PIXELS; k++)
            m.pixels[i][k] = (uint8_t)(m.pixels[i][k] / 20);
    mien_pictures_check *c = check(&m, 3, by, NULL);
    const mien_picture_grouping *g = mien_pictures_check_groupings(c, &n);
    CHECK_EQ(n, 3);
    CHECK(g[0].groups == 2 && g[0].unknown == 1 && g[0].few == 0);
    CHECK(!strcmp(g[0].group[0].name, "young") && g[0].group[0].n == 200);
    CHECK_EQ((int)g[0].group[1].n, 199);
    CHECK_EQ(g[0].group[0].apart[MIEN_PICTURE_DARK], 1);
    CHECK_EQ((int)g[0].group[0].odd[MIEN_PICTURE_DARK].count, 100);
    CHECK(g[0].group[0].brightness < g[0].group[1].brightness);
    CHECK(isnan(g[0].group[0].face));
    CHECK(g[1].groups == 3 && g[1].unknown == 1);
    CHECK(!strcmp(g[1].group[0].name, "age below 20"));
    CHECK(!strcmp(g[1].group[1].name, "age 20 to 70"));
    CHECK(!strcmp(g[1].group[2].name, "age 70 and more"));
    CHECK(g[1].group[0].n == 99 && g[1].group[2].n == 50);
    CHECK(g[2].groups == 8 && g[2].few == 2 && g[2].unknown == 2);
    CHECK(!strcmp(g[2].group[7].name, "old, age 200 and more"));
    CHECK(!g[2].group[7].n && isnan(g[2].group[7].sharpness));
    mien_pictures_check_free(c);
}

static void test_mistakes_are_refused(void)
{
    static const struct {
        const char *by, *text;
    } of[] = {
        {"sex", "no such label"},
        {"age", "wants bounds"},
        {"age:", "wants bounds"},
        {"age:5:5", "ascending"},
        {"age:x", "ascending"},
        {"is x sex", "no such label"},
        {"height:3", "no such number"},
        {"is x is x is x is x is", "words"},
        {"age:1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18:19:20:21:22:23:"
         "24:25:26:27:28:29:30:31",
         "more than"}};
    static made m;
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    make(&m, 1);
    m.l.n = 3;
    o.n_by = 1;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        mien_pictures_check *c = NULL;
        mien_error err = {0};
        o.by = &of[i].by;
        CHECK_EQ(mien_pictures_check_new(&m.l, &o, &c, &err), MIEN_EARG);
        CHECK_MSG(!c && strstr(err.text, of[i].text), "%s: %s", of[i].by,
                  err.text);
    }
    o.n_by = 9;
    mien_pictures_check *c = NULL;
    CHECK_EQ(mien_pictures_check_new(&m.l, &o, &c, NULL), MIEN_EARG);
}

/* ---- what cannot be read, faces, pages ------------------------------------
 */

static mien_status load(void *arg, const char *name, mien_image *out,
                        mien_error *err)
{
    (void)arg;
    if (strcmp(name, "face") != 0) {
        err->status = MIEN_EFORMAT;
        return MIEN_EFORMAT;
    }
    return mien_image_load("docs/sample.jpg", NULL, out, err);
}

static void test_faces_and_what_cannot_be_read(void)
{
    char face[] = "face", gone[] = "gone";
    char *name[] = {face, gone, face};
    mien_labels l = {.n = 3, .name = name};
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    mien_analyzer *a = NULL;
    mien_pictures_check *c = NULL;
    mien_buffer text = {0}, page = {0};
    CHECK_EQ(mien_analyzer_find(NULL, NULL, NULL, &a, NULL), MIEN_OK);
    o.load = load;
    o.analyzer = &a;
    CHECK_EQ(mien_pictures_check_new(&l, &o, &c, NULL), MIEN_OK);
    const mien_picture_measure *m = mien_pictures_check_measures(c);
    CHECK(m[0].faces == 1 && m[0].face > 0.2f && m[0].face < 0.3f);
    CHECK(m[0].turned >= 0 && m[0].turned < 0.3f);
    CHECK(m[0].w == 512 && m[1].w == 0 && m[2].hash == m[0].hash);
    CHECK(paired(c, 0, 2, 1));
    mien_pictures_check_text(c, &text);
    mien_buffer_put(&text, "", 1);
    CHECK(strstr((char *)text.data, "3 pictures, 2 read; 2 findings\n"));
    CHECK(strstr((char *)text.data, "1 of 3 pictures cannot be read"));
    CHECK(strstr((char *)text.data, "2 faces are too few to say, wanted 2000"));
    CHECK(isnan(m[0].covered) && isnan(m[1].turned));
    CHECK_EQ(mien_pictures_check_page(c, "a <b>", &page, NULL), MIEN_OK);
    mien_buffer_put(&page, "", 1);
    CHECK(strstr((char *)page.data, "a &lt;b>") ||
          strstr((char *)page.data, "a &lt;b&gt;"));
    CHECK(strstr((char *)page.data, "data:image/jpeg;base64,"));
    mien_buffer_free(&text);
    mien_buffer_free(&page);
    mien_pictures_check_free(c);
    mien_analyzer_free(a);
}

/* A photo in a grey border as wide as its half: the face is half as large. */
static void put_border(const mien_image *im, mien_image *out)
{
    CHECK_EQ(mien_image_new(2 * im->w, 2 * im->h, out, NULL), MIEN_OK);
    for (int y = 0; y < out->h; y++)
        memset(out->data + y * out->stride, 128, (size_t)out->w * 3);
    for (int y = 0; y < im->h; y++)
        memcpy(out->data + (y + im->h / 2) * out->stride + 3 * (im->w / 2),
               im->data + y * im->stride, (size_t)im->w * 3);
}

/* What lies right of a column, a third as wide, as of a head that turns. */
static void squeeze(mien_image *im, int column)
{
    for (int y = 0; y < im->h; y++)
        for (int x = column; x < im->w; x++) {
            int from = column + 3 * (x - column);
            from = from < im->w ? from : im->w - 1;
            memcpy(im->data + y * im->stride + 3 * x,
                   im->data + y * im->stride + 3 * from, 3);
        }
}

/* Size and pose that are known. */
static void test_size_and_pose_of_a_face(void)
{
    mien_analyzer *a = NULL;
    mien_image im = {0}, bordered = {0};
    mien_faces f = {0};
    uint8_t thumb[MIEN_PICTURE_THUMB * MIEN_PICTURE_THUMB];
    mien_picture_measure front, small, turned;
    CHECK_EQ(mien_analyzer_find(NULL, NULL, NULL, &a, NULL), MIEN_OK);
    CHECK_EQ(mien_image_load("docs/sample.jpg", NULL, &im, NULL), MIEN_OK);
    CHECK_EQ(mien_picture_measure_of(&im, a, thumb, &front, NULL), MIEN_OK);
    CHECK_EQ(mien_analyzer_run(a, &im, &f, NULL), MIEN_OK);
    put_border(&im, &bordered);
    CHECK_EQ(mien_picture_measure_of(&bordered, a, thumb, &small, NULL),
             MIEN_OK);
    CHECK_NEAR(small.face, front.face / 2, 0.1 * (double)front.face);
    CHECK_NEAR(small.turned, front.turned, 0.06);
    squeeze(&im, (int)f.face[0].keypoints[2].x);
    CHECK_EQ(mien_picture_measure_of(&im, a, thumb, &turned, NULL), MIEN_OK);
    printf("turned: %.3f from the front, %.3f squeezed\n", (double)front.turned,
           (double)turned.turned);
    CHECK(front.turned < 0.15f && turned.turned > front.turned + 0.1f);
    CHECK(isnan(front.covered) && isnan(front.eyes));
    mien_faces_free(&f);
    mien_image_free(&im);
    mien_image_free(&bordered);
    mien_analyzer_free(a);
}

static void test_json(void)
{
    static made m;
    make(&m, 2);
    plant(&m, 2);
    mien_pictures_check *c = check(&m, 0, NULL, NULL);
    mien_buffer out = {0};
    mien_pictures_check_json(c, &out);
    json_t *j = json_loadb((char *)out.data, out.n, 0, NULL);
    CHECK(j != NULL);
    CHECK_EQ((int)json_integer_value(json_object_get(j, "read")), N);
    const json_t *copies = json_object_get(j, "copies");
    CHECK_EQ((int)json_integer_value(json_object_get(copies, "pairs")), KINDS);
    CHECK_EQ((int)json_array_size(json_object_get(j, "findings")),
             mien_pictures_check_findings(c));
    const json_t *g = json_array_get(json_object_get(j, "groupings"), 0);
    CHECK_EQ((int)json_array_size(json_object_get(g, "groups")), 2);
    json_decref(j);
    mien_buffer_free(&out);
    mien_pictures_check_free(c);
}

/* ---- threads, memory, stopping --------------------------------------------
 */

static void test_threads_change_nothing(void)
{
    static made m;
    mien_pool *pool = NULL;
    mien_buffer one = {0}, three = {0};
    make(&m, 4);
    plant(&m, 4);
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    mien_pictures_check *a = check(&m, 0, NULL, NULL);
    mien_pictures_check *b = check(&m, 0, NULL, pool);
    mien_pictures_check_json(a, &one);
    mien_pictures_check_json(b, &three);
    CHECK(one.n == three.n && !memcmp(one.data, three.data, one.n));
    mien_pictures_check_free(a);
    mien_pictures_check_free(b);
    mien_buffer_free(&one);
    mien_buffer_free(&three);
    mien_pool_free(pool);
}

static int stop(void *progress, int64_t done, int64_t of)
{
    (void)of;
    *(int64_t *)progress = done;
    return 1;
}

static void test_it_can_be_stopped(void)
{
    static made m;
    int64_t done = 0;
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    mien_pictures_check *c = NULL;
    make(&m, 5);
    o.on_picture = stop;
    o.progress = &done;
    CHECK_EQ(mien_pictures_check_new(&m.l, &o, &c, NULL), MIEN_EARG);
    CHECK(!c && done == 256);
}

static void test_memory_ends(void)
{
    static made m;
    mien_status st = MIEN_ENOMEM;
    make(&m, 6);
    plant(&m, 6);
    m.l.n = 230;
    for (int n = 0; st; n += n < 40 ? 1 : 23) {
        mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
        mien_pictures_check *c = NULL;
        mi_alloc_fail_after(n);
        st = mien_pictures_check_new(&m.l, &o, &c, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !c));
        mien_pictures_check_free(c);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_planted_faults_are_found);
    RUN(test_groups_are_counted_and_compared);
    RUN(test_mistakes_are_refused);
    RUN(test_faces_and_what_cannot_be_read);
    RUN(test_size_and_pose_of_a_face);
    RUN(test_json);
    RUN(test_threads_change_nothing);
    RUN(test_it_can_be_stopped);
    RUN(test_memory_ends);
    return check_done();
}
