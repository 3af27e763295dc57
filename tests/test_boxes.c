/* Where the faces of labelled pictures are: of the photo in docs, of one face
 * of it, and of none. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/file.h"
#include "mien/kit.h"
#include "mien/picture.h"
#include "tests/check.h"
#include "tests/dots_make.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/boxes-XXXXXX";
static const char *const names[] = {"a.png", "none, \"grey\".png", "torn.png",
                                    "b.png", "c.png"};
enum { PICTURES = 5 };

static void path_of(const char *name, char out[256])
{
    snprintf(out, 256, "%s/%s", folder, name);
}

/* The photo twice, half of it, a grey picture, and a file that is none. */
static void make_folder(void)
{
    char path[256];
    mien_image photo = {0}, half = {0}, grey = {0};
    CHECK(mkdtemp(folder) != NULL);
    CHECK(!mien_image_load("docs/sample.jpg", NULL, &photo, NULL));
    CHECK(!mien_image_resize(&photo, photo.w / 2, photo.h / 2, MIEN_AREA, &half,
                             NULL));
    CHECK(!mien_image_new(90, 80, &grey, NULL));
    const mien_image *im[PICTURES] = {&photo, &grey, NULL, &half, &photo};
    for (int i = 0; i < PICTURES; i++) {
        path_of(names[i], path);
        if (im[i])
            CHECK(!mien_image_save(path, im[i], NULL));
        else
            CHECK(!mien_file_save(path, (const uint8_t *)"torn", 4, NULL));
    }
    mien_image_free(&photo);
    mien_image_free(&half);
    mien_image_free(&grey);
}

static void remove_folder(void)
{
    char path[256];
    for (int i = 0; i < PICTURES; i++) {
        path_of(names[i], path);
        unlink(path);
    }
    path_of("faces.csv", path);
    unlink(path);
    rmdir(folder);
}

static const char *in_folder = folder;

static mien_face_boxes find(const mien_labels *l, const char *file, int reuse,
                            mien_pool *pool)
{
    mien_face_boxes b = {0};
    mien_error err = {0};
    const mien_face_boxes_options o = {.load = mien_folder_image,
                                       .from = &in_folder,
                                       .file = file,
                                       .reuse = reuse,
                                       .pool = pool};
    CHECK_MSG(!mien_face_boxes_find(l, &o, &b, &err), "%s", err.text);
    return b;
}

static mien_labels paths(int n)
{
    mien_labels l = {0};
    CHECK(!mien_plain_paths(n, (const char *const *)names, &l, NULL));
    return l;
}

static int same(const mien_face_boxes *a, const mien_face_boxes *b)
{
    size_t n = (size_t)a->n;
    return a->n == b->n && a->missed == b->missed && a->unread == b->unread &&
           !memcmp(a->box, b->box, n * sizeof *a->box) &&
           !memcmp(a->found, b->found, n);
}

/* The box is that of the largest face; without one it is the picture. */
static void test_boxes_of_a_folder(void)
{
    mien_labels l = paths(PICTURES);
    mien_face_boxes b = find(&l, NULL, 0, NULL);
    mien_analyzer *yunet = NULL;
    mien_image photo = {0};
    mien_faces faces = {0};
    CHECK(b.n == PICTURES && b.missed == 1 && b.unread == 1);
    CHECK(b.found[0] && !b.found[1] && !b.found[2] && b.found[3]);
    CHECK(b.box[1].x == 0 && b.box[1].width == 90 && b.box[1].height == 80);
    CHECK(b.box[2].width == 0);
    CHECK(!memcmp(&b.box[0], &b.box[4], sizeof *b.box));
    CHECK_NEAR(b.box[3].width * 2, b.box[0].width, b.box[0].width * .1f);
    CHECK(!mien_image_load("docs/sample.jpg", NULL, &photo, NULL));
    CHECK(!mien_analyzer_find(NULL, NULL, NULL, &yunet, NULL));
    CHECK(!mien_analyzer_run(yunet, &photo, &faces, NULL));
    const mien_face *largest = mien_faces_largest(&faces, 0);
    CHECK(largest && !memcmp(&b.box[0], &largest->box, sizeof *b.box));
    mien_faces_free(&faces);
    mien_analyzer_free(yunet);
    mien_image_free(&photo);
    mien_face_boxes_free(&b);
    mien_labels_free(&l);
}

static void test_threads_leave_no_trace(void)
{
    mien_labels l = paths(PICTURES);
    mien_pool *pool = NULL;
    CHECK(!mien_pool_new(3, &pool, NULL));
    mien_face_boxes a = find(&l, NULL, 0, NULL), b = find(&l, NULL, 0, pool);
    CHECK(same(&a, &b));
    mien_face_boxes_free(&a);
    mien_face_boxes_free(&b);
    mien_pool_free(pool);
    mien_labels_free(&l);
}

/* What the file has is taken, bit by bit, but not for other pictures. */
static void test_boxes_are_kept(void)
{
    char path[256];
    mien_bytes was = {0}, is = {0};
    mien_labels l = paths(PICTURES), fewer = paths(PICTURES - 1);
    path_of("faces.csv", path);
    mien_face_boxes a = find(&l, path, 1, NULL); /* there is none yet */
    CHECK(!mien_file_load(path, 0, &was, NULL));
    mien_face_boxes b = find(&l, path, 1, NULL);
    CHECK(same(&a, &b));
    mien_face_boxes_free(&b);
    /* another place of the first: it is read, not found again */
    uint8_t *line = memchr(was.data, '\n', was.n);
    CHECK(line && line[1] == '"');
    uint8_t *x = memchr(line, ',', was.n - (size_t)(line - was.data));
    x[1] = '7';
    CHECK(!mien_file_save(path, was.data, was.n, NULL));
    b = find(&l, path, 1, NULL);
    CHECK(!same(&a, &b) && b.unread == 1 && b.missed == 1);
    mien_face_boxes_free(&b);
    b = find(&l, path, 0, NULL);
    CHECK(same(&a, &b));
    mien_face_boxes_free(&b);
    b = find(&fewer, path, 1, NULL);
    CHECK(b.n == PICTURES - 1 && !memcmp(a.box, b.box, 4 * sizeof *b.box));
    CHECK(!mien_file_load(path, 0, &is, NULL) && is.n < was.n);
    mien_bytes_free(&was);
    mien_bytes_free(&is);
    mien_face_boxes_free(&a);
    mien_face_boxes_free(&b);
    mien_labels_free(&l);
    mien_labels_free(&fewer);
}

static int stop_at_once(void *arg, int64_t done, int64_t of)
{
    *(int64_t *)arg = of - done;
    return 1;
}

static void test_refusals(void)
{
    mien_labels l = paths(2);
    mien_face_boxes b = {0};
    mien_error err = {0};
    int64_t left = -1;
    mien_face_boxes_options o = {.from = &in_folder};
    CHECK_EQ(mien_face_boxes_find(&l, &o, &b, &err), MIEN_EARG);
    o.load = mien_folder_image;
    o.on_picture = stop_at_once;
    o.arg = &left;
    CHECK_EQ(mien_face_boxes_find(&l, &o, &b, &err), MIEN_EARG);
    CHECK(left == 0 && strstr(err.text, "stopped") && !b.box);
    o.on_picture = NULL;
    o.file = "/nowhere/faces.csv";
    CHECK_EQ(mien_face_boxes_find(&l, &o, &b, &err), MIEN_EIO);
    CHECK(!b.box && !b.found);
    mien_labels_free(&l);
}

/* Pictures that labels hold need no files; a network that sees faces wants
 * boxes, is shown them, and its model says so. */
static void test_a_network_sees_the_boxes(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_picture_study *s = NULL;
    mien_picture_view view = {0};
    mien_error err = {0};
    mien_picture_set set = {"dots", &l, NULL, NULL, NULL};
    const mien_face_boxes_options none = {.load = NULL};
    mien_face_boxes b = {0};
    CHECK(!mien_face_boxes_find(&l, &none, &b, &err));
    CHECK(b.n == N && b.missed == N && b.box[3].width == SIDE);
    o.epochs = 1;
    o.view = (mien_picture_view){MIEN_CROP_FACE, .25f, 1, 0};
    o.faceless[0] = b.missed;
    CHECK_EQ(mien_picture_study_new(net, &set, NULL, &o, &s, &err), MIEN_EARG);
    CHECK(strstr(err.text, "dots: the network sees faces"));
    set.box = b.box;
    CHECK_MSG(!mien_picture_study_new(net, &set, NULL, &o, &s, &err) &&
                  !mien_picture_study_learn(s, NULL, &err) &&
                  !mien_picture_study_judge(s, &err),
              "%s", err.text);
    mien_buffer words = {0};
    mien_picture_study_text(s, &words);
    mien_picture_study_metrics(s, &words);
    mien_buffer_put(&words, "", 1);
    CHECK(strstr((char *)words.data, "240 pictures to learn from and 0 of"));
    CHECK(strstr((char *)words.data, "faces that were found"));
    CHECK(strstr((char *)words.data, "NME not defined"));
    CHECK(strstr((char *)words.data, "% of the box"));
    CHECK(strstr((char *)words.data, "_without_face\": 240"));
    CHECK(!mien_picture_view_of(net->graph, &view, NULL));
    CHECK(view.crop == MIEN_CROP_FACE && view.margin == .25f && view.square);
    mien_buffer_free(&words);
    mien_picture_study_free(s);
    mien_net_free(net);
    mien_face_boxes_free(&b);
}

static void test_failing_memory_is_reported(void)
{
    char path[256];
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    path_of("faces.csv", path);
    for (; st == MIEN_ENOMEM && n < 6000; n += check_every()) {
        mien_labels l = paths(2);
        mien_face_boxes b = {0};
        const mien_face_boxes_options o = {.load = mien_folder_image,
                                           .from = &in_folder,
                                           .file = path,
                                           .reuse = n % 2};
        mi_alloc_fail_after(n);
        st = mien_face_boxes_find(&l, &o, &b, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (!b.box && !b.n));
        mien_face_boxes_free(&b);
        mien_labels_free(&l);
    }
    CHECK(st == MIEN_OK && n > 10);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_folder();
    RUN(test_boxes_of_a_folder);
    RUN(test_threads_leave_no_trace);
    RUN(test_boxes_are_kept);
    RUN(test_refusals);
    RUN(test_a_network_sees_the_boxes);
    RUN(test_failing_memory_is_reported);
    remove_folder();
    return check_done();
}
