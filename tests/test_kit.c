/* From paths to pixels and faces: folders that models are looked for in, what
 * is said when they are not there, readers with several lanes. */
/* Not as WebAssembly: needs folders and manifests. */
#include "face_make.h"
#include "mien/file.h"
#include "mien/face_smile.h"
#include "mien/kit.h"
#include "tests/gzip_make.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { POINTS = MIEN_FACE_LANDMARKS };

static char work[] = "/tmp/mien_test_kit_XXXXXX";

/* A path in the test's folder; four at a time. */
static const char *in_work(const char *name)
{
    static char path[4][256];
    static int next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", work, name);
    return p;
}

static void save(const char *name, const void *bytes, size_t n)
{
    mien_error err = {0};
    CHECK_MSG(mien_file_save(in_work(name), bytes, n, &err) == MIEN_OK, "%s",
              err.text);
}

static void save_model(const char *name, mien_graph *g)
{
    mien_bytes file = {0};
    CHECK(mien_onnx_write(g, &file, NULL) == MIEN_OK);
    save(name, file.data, file.n);
    mien_bytes_free(&file);
    mien_graph_free(g);
}

static const float box[] = {0.25f, 0.25f, 0.75f, 0.75f}, score[] = {0.9f};

/* models/: a detector and landmarks; photo.ppm: 40 x 30. */
static void fill_work(void)
{
    static const make_output points = {
        "landmarks", {2, {1, 136}}, NULL, 0.001f};
    static const char head[] = "P6\n40 30\n255\n";
    uint8_t photo[sizeof head - 1 + 3600];
    unsigned seed = 3;
    CHECK(mkdir(in_work("models"), 0777) == 0);
    CHECK(mkdir(in_work("other"), 0777) == 0);
    save_model("models/ssd_mobilenetv1.onnx", make_ssd(1, box, score));
    save_model("models/face_landmark_68.onnx",
               make_network(make_input(112), &points, 1));
    for (size_t i = 0; i < sizeof photo; i++)
        photo[i] = (uint8_t)check_rand(&seed);
    memcpy(photo, head, sizeof head - 1);
    save("photo.ppm", photo, sizeof photo);
    save("noise.jpg", photo + 100, 200);
}

static void test_folders_in_their_order(void)
{
    char folder[MIEN_PATH_MAX];
    setenv("MIEN_MODELS", "/there/too", 1);
    setenv("XDG_DATA_HOME", "", 1);
    setenv("HOME", "/home", 1);
    CHECK(mien_models_folder("mine", 0, folder) && !strcmp(folder, "mine"));
    CHECK(mien_models_folder(NULL, 0, folder) && !*folder);
    CHECK(mien_models_folder(NULL, 1, folder) && !strcmp(folder, "/there/too"));
    CHECK(mien_models_folder(NULL, 2, folder) &&
          !strcmp(folder, "/home/.local/share/mien/models"));
    setenv("XDG_DATA_HOME", "/data", 1);
    CHECK(mien_models_folder(NULL, 2, folder) &&
          !strcmp(folder, "/data/mien/models"));
    CHECK(mien_models_folder(NULL, 3, folder) &&
          strstr(folder, "/share/mien/models") && *folder == '/');
    CHECK(mien_models_folder(NULL, 4, folder));
    CHECK(!mien_models_folder(NULL, 5, folder));
    unsetenv("MIEN_MODELS");
    CHECK(mien_models_folder(NULL, 1, folder) && !*folder);
}

static void test_the_first_folder_counts(void)
{
    char path[MIEN_PATH_MAX] = "as it was";
    save("other/face_landmark_68.onnx", "x", 1);
    setenv("MIEN_MODELS", in_work("models"), 1);
    CHECK(mien_models_find(in_work("other"), "face_landmark_68.onnx", path));
    CHECK(strcmp(path, in_work("other/face_landmark_68.onnx")) == 0);
    CHECK(mien_models_find(in_work("other"), "ssd_mobilenetv1.onnx", path));
    CHECK(strcmp(path, in_work("models/ssd_mobilenetv1.onnx")) == 0);
    CHECK(!mien_models_find(in_work("other"), "no such.onnx", path));
    const mien_model_entry *inside = mien_model_find("yunet_n");
    mien_buffer list = {0};
    CHECK(inside &&
          strcmp(mien_models_place(NULL, inside, path), "embedded") == 0);
    mien_models_json(in_work("other"), &list);
    mien_buffer_put(&list, "", 1);
    CHECK(list.data && list.data[0] == '[' &&
          strstr((char *)list.data, "\"installed\": \"embedded\"") &&
          strstr((char *)list.data, "other/face_landmark_68.onnx\""));
    mien_buffer_free(&list);
    CHECK(strcmp(path, in_work("models/ssd_mobilenetv1.onnx")) == 0);
}

static void test_networks_by_name(void)
{
    char path[MIEN_PATH_MAX] = "as it was";
    CHECK(mkdir(in_work("other/nets"), 0777) == 0);
    CHECK(mkdir(in_work("small"), 0777) == 0); /* a folder is none */
    save("other/nets/small.json", "{}", 2);
    CHECK(!mien_nets_find(in_work("other"), in_work("small"), path));
    save("here.json", "{}", 2);
    CHECK(mien_nets_find(in_work("other"), "small", path));
    CHECK(strcmp(path, in_work("other/nets/small.json")) == 0);
    CHECK(mien_nets_find(NULL, in_work("here.json"), path));
    CHECK(strcmp(path, in_work("here.json")) == 0);
    CHECK(!mien_nets_find(in_work("other"), "no such", path));
    CHECK(!mien_nets_find(in_work("other"), "", path));
    CHECK(strcmp(path, in_work("here.json")) == 0);
}

static void test_what_is_missing(void)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    save("other/face_landmark_68.onnx", "x", 1);
    setenv("MIEN_MODELS", "", 1);
    CHECK(!mien_models_missing(NULL, NULL)); /* the detector is inside */
    o.want = MIEN_FACE_LANDMARKS;
    CHECK(!mien_models_missing(in_work("other"), &o));
    o.detector = MIEN_DETECTOR_TINY;
    const mien_model_entry *e = mien_models_missing(in_work("other"), &o);
    CHECK(!e || strcmp(e->name, "tiny_face_detector") == 0);
    setenv("MIEN_MODELS", in_work("models"), 1);
}

static mien_reader_options ssd_with_points(void)
{
    static char models[128];
    mien_reader_options o = MIEN_READER_DEFAULTS;
    snprintf(models, sizeof models, "%s", in_work("models"));
    o.face.detector = MIEN_DETECTOR_SSD;
    o.face.want = POINTS;
    o.models = models;
    o.threads = 1;
    return o;
}

static void test_a_reader_reads_on_every_lane(void)
{
    mien_reader_options o = ssd_with_points();
    mien_reader *r = NULL;
    mien_error err = {0};
    o.lanes = 3;
    o.threads = 2;
    CHECK_MSG(mien_reader_open(&o, &r, &err) == MIEN_OK, "%s", err.text);
    mien_face first = {.has = 0};
    for (int i = 0; r && i < 3; i++) {
        mien_reading got;
        mien_image photo = {0};
        CHECK(mien_reader_analyzer(r, i) != NULL);
        mien_status st = mien_reader_read(r, i, in_work("photo.ppm"),
                                          i ? NULL : &photo, &got, &err);
        CHECK_MSG(st == MIEN_OK, "%s", err.text);
        CHECK(got.w == 40 && got.h == 30 && got.faces.n == 1);
        CHECK(got.decode > 0 && got.times.detect > 0);
        CHECK(i || (photo.w == 40 && photo.h == 30));
        if (i == 0)
            first = got.faces.face[0];
        CHECK(memcmp(&first, got.faces.face, sizeof first) == 0);
        mien_faces_free(&got.faces);
        mien_image_free(&photo);
    }
    mien_reader_free(r);
    mien_reader_free(NULL);
}

static void test_digests_are_the_files(void)
{
    mien_reader_options o = ssd_with_points();
    mien_reader *r = NULL;
    mien_bytes file = {0};
    char want[65];
    int n = 0;
    CHECK(mien_reader_open(&o, &r, NULL) == MIEN_OK);
    const mien_model_digest *d = mien_reader_digests(r, &n);
    CHECK(n == 2 && !strcmp(d[0].task, "detector") &&
          !strcmp(d[1].task, "landmarks"));
    CHECK(mien_file_load(in_work("models/face_landmark_68.onnx"), 0, &file,
                         NULL) == MIEN_OK);
    mien_sha256(file.data, file.n, want);
    CHECK(strcmp(want, d[1].sha256) == 0);
    CHECK(mien_reader_digests(r, &n) == d);
    mien_bytes_free(&file);
    mien_reader_free(r);
    r = NULL;
    CHECK(mien_reader_open(NULL, &r, NULL) == MIEN_OK);
    d = mien_reader_digests(r, &n);
    CHECK(n == 1 && !strcmp(d[0].sha256, mien_model_find("yunet")->sha256));
    mien_reader_free(r);
}

static void test_one_face_of_a_photo(void)
{
    mien_reader_options o = ssd_with_points();
    mien_reader *r = NULL;
    mien_face f = {.score = -1};
    mien_error err = {0};
    CHECK(mien_reader_open(&o, &r, NULL) == MIEN_OK);
    CHECK(mien_reader_face(r, in_work("photo.ppm"), MIEN_PICK_LARGEST, &f,
                           &err) == MIEN_OK);
    CHECK(f.score == 0.9f && (f.has & POINTS));
    CHECK(mien_reader_face(r, in_work("photo.ppm"), MIEN_PICK_CENTRAL, &f,
                           &err) == MIEN_OK);
    f.score = -1;
    CHECK_EQ(
        mien_reader_face(r, in_work("noise.jpg"), MIEN_PICK_LARGEST, &f, &err),
        MIEN_EFORMAT);
    CHECK(strncmp(err.text, work, strlen(work)) == 0 && f.score == -1);
    mien_reader_free(r);
    r = NULL;
    CHECK(mien_reader_open(NULL, &r, NULL) == MIEN_OK);
    CHECK_EQ(
        mien_reader_face(r, in_work("photo.ppm"), MIEN_PICK_LARGEST, &f, &err),
        MIEN_EFORMAT);
    CHECK(strstr(err.text, "photo.ppm: no face found") && f.score == -1);
    mien_reader_free(r);
}

/* Who is to be known by a photo must be alone in it, or be chosen. */
static void test_the_one_face_of_a_photo(void)
{
    static const float boxes[] = {0.1f, 0.1f, 0.3f,  0.3f,
                                  0.5f, 0.5f, 0.95f, 0.95f};
    static const float scores[] = {0.9f, 0.8f};
    char photo[256], two[256];
    mien_reader_options o = ssd_with_points();
    mien_reader *r = NULL;
    mien_face f = {.score = -1};
    mien_error err = {0};
    snprintf(photo, sizeof photo, "%s", in_work("photo.ppm"));
    snprintf(two, sizeof two, "%s", in_work("two"));
    CHECK(mien_reader_open(&o, &r, NULL) == MIEN_OK);
    for (int number = 0; number < 2; number++) {
        f.score = -1;
        CHECK(mien_reader_one(r, photo, number, &f, &err) == MIEN_OK);
        CHECK(f.score == 0.9f && (f.has & POINTS));
    }
    f.score = -1;
    CHECK_EQ(mien_reader_one(r, photo, 2, &f, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "photo.ppm: 1 face, wanted is number 2"));
    CHECK_EQ(mien_reader_one(r, in_work("noise.jpg"), 0, &f, &err),
             MIEN_EFORMAT);
    mien_reader_free(r);

    CHECK(mkdir(two, 0777) == 0);
    save_model("two/ssd_mobilenetv1.onnx", make_ssd(2, boxes, scores));
    o.models = two;
    o.face.want = 0;
    CHECK(mien_reader_open(&o, &r, NULL) == MIEN_OK);
    CHECK_EQ(mien_reader_one(r, photo, 0, &f, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "photo.ppm: 2 faces, wanted is one") &&
          f.score == -1);
    CHECK(mien_reader_one(r, photo, 2, &f, &err) == MIEN_OK);
    CHECK(f.score == 0.8f);
    mien_reader_free(r);
    CHECK(mien_reader_open(NULL, &r, NULL) == MIEN_OK);
    CHECK_EQ(mien_reader_one(r, photo, 1, &f, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "photo.ppm: no face found") && f.score == 0.8f);
    mien_reader_free(r);
}

/* Opening fails with that status and text. */
static void refuse(const mien_reader_options *o, mien_status want,
                   const char *word)
{
    mien_reader *r = NULL;
    mien_error err = {0};
    mien_status st = mien_reader_open(o, &r, &err);
    CHECK_MSG(st == want && !r && strstr(err.text, word), "%s: %s %s", word,
              mien_status_name(st), err.text);
}

/* A long path is cut before the reason is. */
static void test_long_paths(void)
{
    char path[600] = "";
    mien_image im;
    mien_error err = {0};
    for (int i = 0; i < 100; i++)
        snprintf(path + 5 * i, 6, "/long");
    CHECK_EQ(mien_image_load(path, NULL, &im, &err), MIEN_EIO);
    CHECK_EQ(strlen(err.text), sizeof err.text - 1);
    CHECK(strncmp(err.text, path, 100) == 0);
    CHECK(strstr(err.text, ": cannot open: ") && strchr(err.text, 'N'));
}

/* Records have the file apart. */
static void test_reading_does_not_name_the_file(void)
{
    mien_reader *r = NULL;
    mien_reading got = {.w = -1};
    mien_error err = {0};
    CHECK(mien_reader_open(NULL, &r, NULL) == MIEN_OK);
    CHECK_EQ(mien_reader_read(r, 0, in_work("no.jpg"), NULL, &got, &err),
             MIEN_EIO);
    CHECK(strncmp(err.text, "cannot open: ", 13) == 0 && got.w == -1);
    CHECK_EQ(mien_reader_read(r, 0, in_work("noise.jpg"), NULL, &got, &err),
             MIEN_EFORMAT);
    CHECK(!strstr(err.text, "noise.jpg") && got.w == -1);
    mien_reader_free(r);
}

static void test_readers_that_cannot_open(void)
{
    mien_reader_options o = ssd_with_points();
    o.models = in_work("other"); /* face_landmark_68.onnx is "x" */
    setenv("MIEN_MODELS", in_work("models"), 1);
    refuse(&o, MIEN_EFORMAT, "other/face_landmark_68.onnx: onnx");
    o = ssd_with_points();
    o.face.input_size = 77;
    refuse(&o, MIEN_EARG, "77");
    o = ssd_with_points();
    o.lanes = MIEN_POOL_MAX + 1;
    refuse(&o, MIEN_EARG, "257 lanes");
    o.lanes = 1;
    o.threads = MIEN_POOL_MAX + 1;
    refuse(&o, MIEN_EARG, "257 threads");
}

/* A model that no folder has; the tests' own build may have the others. */
static void test_models_that_are_not_installed(void)
{
    mien_model_entry e = {.name = "mine", .file = "mine.onnx"};
    mien_model_file file = {{0}, ""};
    mien_error err = {0};
    const char *first = in_work("other");
    setenv("MIEN_MODELS", "/nowhere", 1);
    CHECK_EQ(mien_models_lookup(&first, &e, &file, &err), MIEN_EIO);
    CHECK_MSG(strstr(err.text, "model mine: mine.onnx is not installed; looked "
                               "in /tmp/mien_test_kit_"),
              "%s", err.text);
    CHECK(strstr(err.text, ", /nowhere") && !file.bytes.data && !*file.place);
    CHECK_EQ(mien_models_lookup(NULL, &e, &file, &err), MIEN_EIO);
    CHECK(strstr(err.text, "looked in /nowhere"));
    save("other/mine.onnx", "abc", 3);
    CHECK_EQ(mien_models_lookup(&first, &e, &file, &err), MIEN_OK);
    CHECK(file.bytes.n == 3 &&
          strcmp(file.place, in_work("other/mine.onnx")) == 0);
    mien_bytes_free(&file.bytes);
}

static void test_photos_from_files(void)
{
    mien_image im = {.w = 7};
    mien_gray g = {.w = 7};
    mien_error err = {0};
    CHECK_EQ(mien_image_load(in_work("no.jpg"), NULL, &im, &err), MIEN_EIO);
    CHECK(strstr(err.text, "/no.jpg: cannot open: ") && im.w == 7);
    CHECK(strncmp(err.text, work, strlen(work)) == 0);
    CHECK_EQ(mien_image_load(in_work("no.jpg"), NULL, &im, NULL), MIEN_EIO);
    CHECK_EQ(mien_gray_load(in_work("noise.jpg"), NULL, &g, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "/noise.jpg: ") && g.w == 7);
    mien_read_options small = {.max_side = 39};
    CHECK_EQ(mien_image_load(in_work("photo.ppm"), &small, &im, &err),
             MIEN_ELIMIT);
    CHECK(mien_image_load(in_work("photo.ppm"), NULL, &im, &err) == MIEN_OK);
    CHECK(mien_gray_load(in_work("photo.ppm"), NULL, &g, &err) == MIEN_OK);
    mien_gray want = {0};
    CHECK(mien_gray_from(&im, &want, NULL) == MIEN_OK);
    CHECK(g.w == 40 && g.h == 30);
    for (int y = 0; y < 30; y++)
        CHECK(memcmp(g.data + y * g.stride, want.data + y * want.stride, 40) ==
              0);
    mien_image_free(&im);
    mien_gray_free(&g);
    mien_gray_free(&want);
}

static void test_pictures_into_files(void)
{
    mien_image im = make_photo(20, 10, 5), back = {0};
    mien_error err = {0};
    CHECK(mien_image_save(in_work("a.PNG"), &im, &err) == MIEN_OK);
    CHECK(mien_image_load(in_work("a.PNG"), NULL, &back, &err) == MIEN_OK);
    for (int y = 0; y < 10; y++)
        CHECK(memcmp(im.data + y * im.stride, back.data + y * back.stride,
                     60) == 0);
    mien_image_free(&back);
    CHECK(mien_image_save(in_work("a.jpeg"), &im, &err) == MIEN_OK);
    CHECK(mien_image_load(in_work("a.jpeg"), NULL, &back, &err) == MIEN_OK);
    CHECK(back.w == 20 && back.h == 10);
    mien_image_free(&back);
    CHECK_EQ(mien_image_save(in_work("a.txt"), &im, &err), MIEN_EARG);
    CHECK(strstr(err.text, ".jpeg"));
    CHECK_EQ(mien_image_save("/nowhere/a.png", &im, &err), MIEN_EIO);
    CHECK_MSG(strncmp(err.text, "/nowhere/a.png: ", 16) == 0, "%s", err.text);
    mien_image_free(&im);
}

static void test_short_names_of_cascades(void)
{
    static const struct {
        const char *path, *name;
    } row[] = {{"face", "face"},
               {"dir.d/haarcascade_eye.xml", "eye"},
               {"lbpcascade_frontalface.xml", "frontalface"},
               {"/a/mine.txt", "mine.txt"},
               {"haarcascade_mine.xml.gz", "mine"},
               {".xml", ".xml"}};
    char name[16];
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        mien_cascade_short_name(row[i].path, name, sizeof name);
        CHECK_MSG(strcmp(name, row[i].name) == 0, "%s", name);
    }
    mien_cascade_short_name("abc", name, 3);
    CHECK(strcmp(name, "ab") == 0);
}

static void test_cascades_by_name(void)
{
    mien_cascade *c = NULL;
    mien_bytes xml = {0};
    mien_error err = {0};
    CHECK(mien_cascade_load("face", NULL, &c, &err) == MIEN_OK);
    CHECK(mien_cascade_write(c, &xml, NULL) == MIEN_OK);
    mien_cascade_free(c);
    save("other/haarcascade_mine.xml", xml.data, xml.n);
    save("other/broken.xml", xml.data, xml.n / 2);
    mien_bytes_free(&xml);
    static const char *const names[] = {"mine", "haarcascade_mine",
                                        "haarcascade_mine.xml"};
    for (int i = 0; i < 3; i++) {
        c = NULL;
        CHECK_MSG(mien_cascade_load(names[i], in_work("other"), &c, &err) ==
                      MIEN_OK,
                  "%s: %s", names[i], err.text);
        mien_cascade_free(c);
    }
    setenv("MIEN_CASCADES", in_work("other"), 1);
    c = NULL;
    CHECK_EQ(mien_cascade_load("broken", NULL, &c, &err), MIEN_EFORMAT);
    CHECK(!c && strstr(err.text, "other/broken.xml: "));
    CHECK_EQ(mien_cascade_load("none", NULL, &c, &err), MIEN_EIO);
    CHECK(!c && strstr(err.text, "'none'") && strstr(err.text, "opencv-data"));
    CHECK_EQ(mien_cascade_load("./none", NULL, &c, &err), MIEN_EIO);
    unsetenv("MIEN_CASCADES");
}

/* Read packed cascades by path and by name; damaged ones and those that fail
 * for want of memory are told by their path. */
static void test_packed_cascades(void)
{
    mien_cascade *c = NULL;
    mien_bytes xml = {0};
    mien_error err = {0};
    CHECK(mien_cascade_load("face", NULL, &c, &err) == MIEN_OK);
    CHECK(mien_cascade_write(c, &xml, NULL) == MIEN_OK);
    int stages = mien_cascade_get_info(c).n_stages;
    mien_cascade_free(c);
    uint8_t *packed = malloc(xml.n);
    size_t n = make_gzip(xml.data, xml.n, packed, xml.n);
    save("other/haarcascade_small.xml.gz", packed, n);
    save("other/cut.xml.gz", packed, n / 2);
    const char *const names[] = {"small", "haarcascade_small.xml.gz",
                                 in_work("other/haarcascade_small.xml.gz")};
    for (int i = 0; i < 3; i++) {
        c = NULL;
        CHECK_MSG(mien_cascade_load(names[i], in_work("other"), &c, &err) ==
                      MIEN_OK,
                  "%s: %s", names[i], err.text);
        CHECK_EQ(mien_cascade_get_info(c).n_stages, stages);
        mien_cascade_free(c);
    }
    c = NULL;
    CHECK_EQ(mien_cascade_load("cut", in_work("other"), &c, &err),
             MIEN_EFORMAT);
    CHECK_MSG(!c && strstr(err.text, "other/cut.xml.gz: gzip: damaged"), "%s",
              err.text);
    mien_status st = MIEN_ENOMEM;
    for (long k = 0; st == MIEN_ENOMEM && k < 300; k++) {
        mi_alloc_fail_after(k);
        st = mien_cascade_load("small", in_work("other"), &c, &err);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (!c && st == MIEN_ENOMEM));
    }
    CHECK_EQ(st, MIEN_OK);
    mien_cascade_free(c);
    mien_bytes_free(&xml);
    free(packed);
}

static void test_failing_memory_is_reported(void)
{
    mien_reader_options o = ssd_with_points();
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    o.lanes = 2;
    for (; st == MIEN_ENOMEM && n < 5000; n++) {
        mien_reader *r = NULL;
        mien_reading got = {.w = -1};
        mi_alloc_fail_after(n);
        st = mien_reader_open(&o, &r, NULL);
        CHECK((st == MIEN_OK) == (r != NULL));
        if (st == MIEN_OK)
            st = mien_reader_read(r, 1, in_work("photo.ppm"), NULL, &got, NULL);
        mi_alloc_fail_after(-1);
        CHECK((st == MIEN_OK) == (got.w == 40));
        mien_faces_free(&got.faces);
        mien_reader_free(r);
    }
    CHECK(st == MIEN_OK && n > 40);
}

/* The network's probability of "happy" becomes a vote. */
static void test_smiles_by_a_network(void)
{
    static const float seven[] = {0.1f, 0.7f, 0.1f, 0.02f, 0.03f, 0.03f, 0.02f};
    make_output points = {"landmarks", {2, {1, 136}}, NULL, 0.001f};
    make_output expression = {"expression", {2, {1, 7}}, seven, 0};
    mien_graph *g[] = {make_ssd(1, box, score),
                       make_network(make_input(112), &points, 1),
                       make_network(make_input(112), &expression, 1)};
    mien_face_models models = {g[0], g[1], NULL, g[2], NULL};
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_analyzer *a = NULL;
    mien_error err = {0};
    mien_image photo = make_photo(60, 50, 1);
    float vote = 9;
    o.detector = MIEN_DETECTOR_SSD;
    o.want = MIEN_FACE_EXPRESSION;
    CHECK_MSG(mien_analyzer_new(&models, &o, &a, &err) == MIEN_OK, "%s",
              err.text);
    mien_smile_network network = {a, &photo};
    mien_smile_scorer *scorer = mien_smile_by_network;
    CHECK(scorer(&network, (mien_box){10, 10, 30, 30}, &vote, &err) == MIEN_OK);
    CHECK_NEAR(vote, 0.4, 1e-5);
    CHECK(scorer(&network, (mien_box){-900, -900, 50, 50}, &vote, &err) ==
          MIEN_OK);
    CHECK(vote == 0);
    vote = 9;
    CHECK_EQ(scorer(&network, (mien_box){1, 1, 0, 5}, &vote, &err), MIEN_EARG);
    CHECK(vote == 9);
    mi_alloc_fail_after(0);
    mien_status st = scorer(&network, (mien_box){10, 10, 30, 30}, &vote, &err);
    mi_alloc_fail_after(-1);
    CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
    mien_analyzer_free(a);
    mien_image_free(&photo);
    for (int i = 0; i < 3; i++)
        mien_graph_free(g[i]);
}

static void test_libraries_are_named(void)
{
    mien_buffer b = {0};
    mien_libraries(&b);
    mien_buffer_put(&b, "", 1);
    CHECK(!b.failed && strstr((char *)b.data, "libpng 1.") &&
          strstr((char *)b.data, ", cairo 1."));
    mien_buffer_free(&b);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    if (!mkdtemp(work))
        CHECK_SKIP("no folder for files: %s", work);
    fill_work();
    RUN(test_folders_in_their_order);
    RUN(test_what_is_missing);
    RUN(test_the_first_folder_counts);
    RUN(test_networks_by_name);
    RUN(test_a_reader_reads_on_every_lane);
    RUN(test_digests_are_the_files);
    RUN(test_one_face_of_a_photo);
    RUN(test_the_one_face_of_a_photo);
    RUN(test_long_paths);
    RUN(test_reading_does_not_name_the_file);
    RUN(test_readers_that_cannot_open);
    RUN(test_models_that_are_not_installed);
    RUN(test_photos_from_files);
    RUN(test_pictures_into_files);
    RUN(test_short_names_of_cascades);
    RUN(test_cascades_by_name);
    RUN(test_packed_cascades);
    RUN(test_failing_memory_is_reported);
    RUN(test_smiles_by_a_network);
    RUN(test_libraries_are_named);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", work);
    CHECK(system(command) == 0);
    return check_done();
}
