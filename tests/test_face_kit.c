/* The networks of a wish: which they are, how they are looked up, and what is
 * said of a file that is not the model it is called. */
#include "face_make.h"
#include "mien/face.h"

enum { POINTS = MIEN_FACE_LANDMARKS, AGE = MIEN_FACE_AGE };

static mien_face_options options_of(mien_detector detector, unsigned want)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    o.detector = detector;
    o.want = want;
    return o;
}

static void test_what_a_wish_needs(void)
{
    static const struct {
        mien_detector detector;
        unsigned want;
        int tiny;
        const char *names; /* in their order */
    } row[] = {
        {MIEN_DETECTOR_YUNET, 0, 0, "yunet_n "},
        {MIEN_DETECTOR_TINY, 0, 1, "tiny_face_detector "},
        {MIEN_DETECTOR_SSD, POINTS, 0, "ssd_mobilenetv1 face_landmark_68 "},
        {MIEN_DETECTOR_YUNET, POINTS, 1, "yunet_n face_landmark_68_tiny "},
        {MIEN_DETECTOR_YUNET, MIEN_FACE_GENDER, 0,
         "yunet_n face_landmark_68 age_gender "},
        {MIEN_DETECTOR_YUNET, 31, 0,
         "yunet_n face_landmark_68 face_recognition face_expression "
         "age_gender "},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        mien_face_options o = options_of(row[i].detector, row[i].want);
        const mien_model_entry *e[MIEN_FACE_MAX_MODELS] = {NULL};
        char names[256] = "";
        o.tiny_landmarks = row[i].tiny;
        int n = mien_face_needs(&o, e);
        for (int k = 0; k < n; k++) {
            size_t at = strlen(names);
            snprintf(names + at, sizeof names - at, "%s ", e[k]->name);
        }
        CHECK_MSG(strcmp(names, row[i].names) == 0, "%s, want %s", names,
                  row[i].names);
    }
    const mien_model_entry *e[MIEN_FACE_MAX_MODELS];
    CHECK(mien_face_needs(NULL, e) == 1 && !strcmp(e[0]->name, "yunet_n"));
}

/* ---- files by their names ------------------------------------------------ */

/* Files that a look-up gives; names of the catalogue. */
typedef struct shelf {
    struct {
        const char *name;
        mien_bytes file;
    } item[8];
    int n, asked;
    char last[64]; /* asked for */
} shelf;

static mien_status look_up(void *arg, const mien_model_entry *entry,
                           mien_model_file *out, mien_error *err)
{
    shelf *s = arg;
    s->asked++;
    snprintf(s->last, sizeof s->last, "%s", entry->name);
    for (int i = 0; i < s->n; i++) {
        if (strcmp(s->item[i].name, entry->name) != 0)
            continue;
        out->bytes.data = mi_alloc(s->item[i].file.n, 1);
        if (!out->bytes.data)
            return MIEN_ENOMEM;
        out->bytes.n = s->item[i].file.n;
        memcpy(out->bytes.data, s->item[i].file.data, out->bytes.n);
        snprintf(out->place, sizeof out->place, "shelf/%s", entry->file);
        return MIEN_OK;
    }
    if (err)
        snprintf(err->text, sizeof err->text, "%s is not here", entry->name);
    return MIEN_EIO;
}

/* Put a network's file on the shelf; g is taken over. */
static void put(shelf *s, const char *name, mien_graph *g)
{
    mien_error err = {0};
    s->item[s->n].name = name;
    CHECK_MSG(mien_onnx_write(g, &s->item[s->n].file, &err) == MIEN_OK, "%s",
              err.text);
    s->n++;
    mien_graph_free(g);
}

static mien_graph *made_points(void)
{
    static const make_output o = {"landmarks", {2, {1, 136}}, NULL, 0.001f};
    return make_network(make_input(112), &o, 1);
}

static mien_graph *made_age(void)
{
    static const make_output o[] = {{"age", {2, {1, 1}}, NULL, 0.1f},
                                    {"gender", {2, {1, 2}}, NULL, 0}};
    return make_network(make_input(112), o, 2);
}

static const float box[] = {0.25f, 0.25f, 0.75f, 0.75f}, score[] = {0.9f};

static shelf made_shelf(void)
{
    shelf s = {.n = 0};
    put(&s, "ssd_mobilenetv1", make_ssd(1, box, score));
    put(&s, "face_landmark_68", made_points());
    put(&s, "age_gender", made_age());
    return s;
}

static void empty(shelf *s)
{
    for (int i = 0; i < s->n; i++)
        mien_bytes_free(&s->item[i].file);
}

/* An analyzer that found its networks answers as one that was given them. */
static void test_found_networks_are_used(void)
{
    shelf s = made_shelf();
    mien_face_options o = options_of(MIEN_DETECTOR_SSD, POINTS | AGE);
    mien_analyzer *a[2] = {NULL, NULL};
    mien_face_kit kit;
    mien_faces f[2] = {{0}, {0}};
    mien_error err = {0};
    mien_image photo = make_photo(64, 48, 5);
    CHECK_MSG(mien_analyzer_find(&o, look_up, &s, &a[0], &err) == MIEN_OK, "%s",
              err.text);
    CHECK(s.asked == 3 && strcmp(s.last, "age_gender") == 0);
    CHECK(mien_face_kit_find(&o, look_up, &s, &kit, &err) == MIEN_OK);
    CHECK(kit.n == 3 && kit.graphs.detector == kit.model[0].graph);
    CHECK(kit.graphs.landmarks == kit.model[1].graph && !kit.graphs.descriptor);
    CHECK(kit.graphs.age_gender == kit.model[2].graph &&
          !kit.graphs.expression);
    CHECK(strcmp(kit.model[2].file.place, "shelf/age_gender.onnx") == 0);
    CHECK(mien_analyzer_new(&kit.graphs, &o, &a[1], &err) == MIEN_OK);
    for (int i = 0; i < 2; i++)
        CHECK(mien_analyzer_run(a[i], &photo, &f[i], &err) == MIEN_OK);
    CHECK(f[0].n == 1 && f[1].n == 1 &&
          memcmp(f[0].face, f[1].face, sizeof *f[0].face) == 0);
    CHECK(f[0].n && f[0].face->has == (POINTS | AGE) && f[0].face->age != 0);
    for (int i = 0; i < 2; i++) {
        mien_faces_free(&f[i]);
        mien_analyzer_free(a[i]);
    }
    mien_face_kit_done(&kit);
    CHECK(kit.n == 0 && !kit.graphs.detector);
    mien_face_kit_done(NULL);
    mien_image_free(&photo);
    empty(&s);
}

static void test_yunet_needs_no_file(void)
{
    mien_analyzer *a = NULL;
    mien_error err = {0};
    CHECK(mien_analyzer_find(NULL, NULL, NULL, &a, &err) == MIEN_OK);
    mien_analyzer_free(a);
    a = NULL;
    mien_face_options o = options_of(MIEN_DETECTOR_YUNET, POINTS);
    CHECK_EQ(mien_analyzer_find(&o, NULL, NULL, &a, &err), MIEN_EIO);
    CHECK(!a && strstr(err.text, "face_landmark_68"));
}

/* Finding fails with that status, and its text holds all the words. */
static void refuse(shelf *s, mien_face_options o, mien_status want,
                   const char *const *words)
{
    mien_analyzer *a = NULL;
    mien_error err = {0};
    mien_status st = mien_analyzer_find(&o, look_up, s, &a, &err);
    CHECK_MSG(st == want, "%s: %s", mien_status_name(st), err.text);
    CHECK(!a);
    for (; *words; words++)
        CHECK_MSG(strstr(err.text, *words), "'%s' lacks '%s'", err.text,
                  *words);
}

static void test_another_network_is_named(void)
{
    shelf s = made_shelf();
    mien_face_options o = options_of(MIEN_DETECTOR_SSD, MIEN_FACE_DESCRIPTOR);
    put(&s, "face_recognition", made_age());
    refuse(&s, o, MIEN_EFORMAT,
           (const char *[]){"shelf/face_recognition.onnx: ",
                            "no output 'descriptor' [1, 128]",
                            "it gives age [1, 1], gender [1, 2] of [1, 3, 112, "
                            "112]",
                            NULL});
    s.item[1].name = "tiny_face_detector"; /* the landmarks, as a detector */
    refuse(&s, options_of(MIEN_DETECTOR_TINY, 0), MIEN_EFORMAT,
           (const char *[]){
               "shelf/tiny_face_detector.onnx: ", "the detector model",
               "'cells'", "landmarks [1, 136]", NULL});
    empty(&s);
}

static void test_files_that_are_no_networks(void)
{
    shelf s = made_shelf();
    mien_face_options o = options_of(MIEN_DETECTOR_SSD, POINTS);
    s.item[1].file.n /= 2;
    refuse(&s, o, MIEN_EFORMAT,
           (const char *[]){"shelf/face_landmark_68.onnx: onnx: ", NULL});
    o.want = MIEN_FACE_EXPRESSION;
    s.item[1].file.n *= 2;
    refuse(&s, o, MIEN_EIO,
           (const char *[]){"face_expression is not here", NULL});
    empty(&s);
}

static void test_failing_memory_is_reported(void)
{
    shelf s = made_shelf();
    mien_face_options o = options_of(MIEN_DETECTOR_SSD, POINTS | AGE);
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st == MIEN_ENOMEM && n < 5000; n++) {
        mien_analyzer *a = NULL;
        mi_alloc_fail_after(n);
        st = mien_analyzer_find(&o, look_up, &s, &a, NULL);
        mi_alloc_fail_after(-1);
        CHECK((st == MIEN_OK) == (a != NULL));
        mien_analyzer_free(a);
    }
    CHECK(st == MIEN_OK && n > 20);
    empty(&s);
}

/* ---- one face of several ------------------------------------------------- */

static void test_the_largest_and_the_central(void)
{
    mien_face face[4] = {{.box = {0, 0, 10, 10}, .has = POINTS},
                         {.box = {40, 40, 20, 20}, .has = POINTS | AGE},
                         {.box = {45, 45, 10, 10}, .has = AGE},
                         {.box = {70, 70, 20, 20}}};
    mien_faces f = {.n = 4, .face = face}, none = {0};
    CHECK(mien_faces_largest(&f, 0) == &face[1]);
    CHECK(mien_faces_largest(&f, POINTS | AGE) == &face[1]);
    CHECK(mien_faces_largest(&f, MIEN_FACE_DESCRIPTOR) == NULL);
    CHECK(mien_faces_largest(&none, 0) == NULL);
    CHECK(mien_faces_central(&f, 100, 100, 0) == &face[1]); /* of equals */
    CHECK(mien_faces_central(&f, 102, 102, 0) == &face[1]);
    CHECK(mien_faces_central(&f, 160, 160, 0) == &face[3]);
    CHECK(mien_faces_central(&f, 160, 160, POINTS) == &face[1]);
    CHECK(mien_faces_central(&f, 0, 0, 0) == &face[0]);
    CHECK(mien_faces_central(&none, 9, 9, 0) == NULL);
}

static void test_attributes_in_words(void)
{
    mien_face f = {.expression = {0.1f, 0.2f, 0, 0, 0, 0, 0.7f}, .male = 0.25f};
    double p = 0;
    CHECK(strcmp(mien_face_expression(&f, &p), "surprised") == 0);
    CHECK(p == (double)0.7f);
    CHECK(strcmp(mien_face_gender(&f, &p), "female") == 0 && p == 0.75);
    f.male = 0.5f;
    CHECK(strcmp(mien_face_gender(&f, NULL), "female") == 0);
    f.male = 0.75f;
    CHECK(strcmp(mien_face_gender(&f, &p), "male") == 0 && p == 0.75);
    CHECK(strcmp(mien_expression_name(0), "neutral") == 0);
    CHECK(strcmp(mien_face_expression(&f, NULL), mien_expression_name(6)) == 0);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_what_a_wish_needs);
    RUN(test_found_networks_are_used);
    RUN(test_yunet_needs_no_file);
    RUN(test_another_network_is_named);
    RUN(test_files_that_are_no_networks);
    RUN(test_failing_memory_is_reported);
    RUN(test_the_largest_and_the_central);
    RUN(test_attributes_in_words);
    return check_done();
}
