/* Photos read in a sandbox: the same bits as without one; readings that
 * somebody made up are refused; a server with one.
 *
 * Not as WebAssembly: processes, seccomp and the kit. */
#include "base/alloc.h"
#include "check.h"
#include "mien/mien.h"
#include "sandbox/reading.h"
#include "sandbox/sandbox.h"
#include "serve/photo.h"
#include "tests/heif_files.h"
#include "tests/serve_ask.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* ---- readings as bytes --------------------------------------------------- */

static const mien_serve_wish all = {
    MIEN_FACE_DESCRIPTOR | MIEN_FACE_AGE | MIEN_FACE_GENDER, 0.5F, 0};

/* Three faces, of which the last has all that can be told. */
static mien_reading make_reading(void)
{
    mien_reading r = {.w = 640, .h = 480, .decode = 0.25};
    r.times = (mien_face_times){1, 2, 3, 4, 5};
    snprintf(r.warning, sizeof r.warning, "cut short");
    snprintf(r.taken, sizeof r.taken, "2001-05-01");
    r.faces.n = 3;
    r.faces.face = mi_alloc(3, sizeof *r.faces.face);
    for (int i = 0; i < 3; i++) {
        mien_face *f = &r.faces.face[i];
        f->box = (mien_box){-1.5F, 2, 30, 40};
        f->score = 0.75F;
        f->rotation = 90 * i;
        f->n_keypoints = i ? 5 : 0;
        for (int k = 0; k < f->n_keypoints; k++)
            f->keypoints[k] = (mien_point){(float)k, 3};
        f->n_landmarks = i > 1 ? 68 : 0;
        for (int k = 0; k < f->n_landmarks; k++)
            f->landmarks[k] = (mien_point){(float)k, -4};
        f->has = i > 1 ? all.want | MIEN_FACE_LANDMARKS : 0;
        for (int k = 0; k < MIEN_DESCRIPTOR && i > 1; k++)
            f->descriptor[k] = (float)k / 100;
        f->age = i > 1 ? 30.5F : 0;
        f->male = i > 1 ? 0.25F : 0;
    }
    return r;
}

static int same(const mien_reading *a, const mien_reading *b)
{
    return a->w == b->w && a->h == b->h && a->faces.n == b->faces.n &&
           strcmp(a->warning, b->warning) == 0 &&
           strcmp(a->remark, b->remark) == 0 &&
           strcmp(a->taken, b->taken) == 0 &&
           (!a->faces.n ||
            memcmp(a->faces.face, b->faces.face,
                   (size_t)a->faces.n * sizeof *a->faces.face) == 0);
}

static void test_a_reading_comes_back(void)
{
    mien_reading r = make_reading(), got = {0};
    mien_buffer b = {0};
    CHECK_EQ(mi_reading_write(&b, &r, NULL), MIEN_OK);
    CHECK_EQ(mi_reading_read(b.data, b.n, &all, &got, NULL), MIEN_OK);
    CHECK(same(&r, &got));
    CHECK_EQ(memcmp(&r.times, &got.times, sizeof r.times), 0);
    CHECK(r.decode == got.decode);
    mien_faces_free(&got.faces);
    for (int i = 0; i < 3; i++) { /* no faces; no memory */
        mi_alloc_fail_after(0);
        CHECK_EQ(mi_reading_read(b.data, b.n, &all, &got, NULL), MIEN_ENOMEM);
        mi_alloc_fail_after(-1);
    }
    mien_serve_wish two = all;
    two.limit = 2;
    CHECK_EQ(mi_reading_read(b.data, b.n, &two, &got, NULL), MIEN_EFORMAT);
    two = (mien_serve_wish){0, 0.5F, 0};
    CHECK_EQ(mi_reading_read(b.data, b.n, &two, &got, NULL), MIEN_EFORMAT);
    two = (mien_serve_wish){all.want, 0.8F, 0};
    CHECK_EQ(mi_reading_read(b.data, b.n, &two, &got, NULL), MIEN_EFORMAT);
    int n = r.faces.n;
    r.faces.n = MI_READING_MOST_FACES + 1;
    CHECK_EQ(mi_reading_write(&b, &r, NULL), MIEN_ELIMIT);
    r.faces.n = n;
    mien_buffer_free(&b);
    mien_faces_free(&r.faces);
}

/* What was accepted holds: the parser's promise. */
static void check_sound(const mien_reading *r)
{
    int sound = r->w >= 1 && r->h >= 1 && r->w <= 65535 && r->h <= 65535 &&
                strlen(r->warning) < MIEN_WARNING_MAX && r->decode >= 0 &&
                (!*r->taken || mien_is_day(r->taken));
    for (int i = 0; i < r->faces.n; i++) {
        const mien_face *f = &r->faces.face[i];
        sound &= isfinite(f->box.x) && isfinite(f->box.width) &&
                 f->score >= 0 && f->score <= 1 && f->n_keypoints % 5 == 0 &&
                 f->n_landmarks % 68 == 0 && isfinite(f->descriptor[0]) &&
                 isfinite(f->age) && f->male >= 0 && f->male <= 1;
    }
    CHECK(sound);
}

static void test_readings_cut_short_or_changed(void)
{
    mien_reading r = make_reading(), got = {0};
    mien_buffer b = {0};
    int refused = 0;
    CHECK_EQ(mi_reading_write(&b, &r, NULL), MIEN_OK);
    for (size_t i = 0; i < b.n; i++)
        CHECK_EQ(mi_reading_read(b.data, i, &all, &got, NULL), MIEN_EFORMAT);
    for (size_t i = 0; i < b.n; i++)
        for (int bit = 0; bit < 8; bit++) {
            b.data[i] ^= (uint8_t)(1 << bit);
            if (mi_reading_read(b.data, b.n, &all, &got, NULL)) {
                refused++;
            } else {
                check_sound(&got);
                mien_faces_free(&got.faces);
            }
            b.data[i] ^= (uint8_t)(1 << bit);
        }
    CHECK(refused > 100);
    mien_buffer_put(&b, "", 1);
    CHECK_EQ(mi_reading_read(b.data, b.n, &all, &got, NULL), MIEN_EFORMAT);
    mien_buffer_free(&b);
    mien_faces_free(&r.faces);
}

static void test_wishes(void)
{
    mien_serve_wish got,
        wrong[] = {
            {1024, 0.5F, 0}, {0, -1, 0}, {0, 2, 0}, {0, NAN, 0}, {0, 0.5F, -1}};
    mien_buffer b = {0};
    mi_wish_write(&b, &all);
    mi_cursor c = mi_cursor_of(b.data, b.n);
    CHECK_EQ(mi_wish_read(&c, &got, NULL), MIEN_OK);
    CHECK(memcmp(&got, &all, sizeof got) == 0 && !mi_cursor_left(&c));
    c = mi_cursor_of(b.data, b.n - 1);
    CHECK_EQ(mi_wish_read(&c, &got, NULL), MIEN_EFORMAT);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        b.n = 0;
        mi_wish_write(&b, &wrong[i]);
        c = mi_cursor_of(b.data, b.n);
        CHECK_EQ(mi_wish_read(&c, &got, NULL), MIEN_EFORMAT);
    }
    mien_buffer_free(&b);
}

/* ---- workers that a stranger has taken over ------------------------------ */

static mien_status open_nothing(void *arg, mien_buffer *out, mien_error *err)
{
    (void)arg, (void)out, (void)err;
    return MIEN_OK;
}

/* By the first byte behind the wish: die, try what is refused, answer nothing,
 * nonsense, more than was wished, or a reason that is no line. */
static mien_status misbehave(void *arg, const uint8_t *bytes, size_t n,
                             mien_buffer *out, mien_error *err)
{
    mien_reading r = make_reading();
    char what = n > MI_WISH_SIZE ? (char)bytes[MI_WISH_SIZE] : 0;
    (void)arg;
    if (what == 'd')
        raise(SIGSEGV);
    if (what == 'r' && socket(AF_INET, SOCK_STREAM, 0) < 0)
        return MIEN_EIO;
    if (what == 'n')
        mien_buffer_puts(out, "nonsense");
    if (what == 'f') {
        snprintf(err->text, sizeof err->text, "no\npicture\x1b[0m");
        return MIEN_EFORMAT;
    }
    return what == 'p' || what == 'm' ? mi_reading_write(out, &r, err)
                                      : MIEN_OK;
}

static void test_lies_are_refused(void)
{
    static const struct {
        const char *photo;
        int limit;
        mien_status st;
        const char *says;
    } all_of[] = {
        {"died", 0, MIEN_ELOST, "its worker ended (signal 11)"},
        {"refused", 0, MIEN_ELOST, "its worker ended (signal 31)"},
        {"nonsense", 0, MIEN_ELOST, "gave an answer that is none"},
        {"0", 0, MIEN_ELOST, "gave an answer that is none"},
        {"many", 2, MIEN_ELOST, "gave an answer that is none"},
        {"format", 0, MIEN_EFORMAT, "no?picture?[0m"},
        {"photo", 0, MIEN_OK, ""},
    };
    const mi_worker_task task = {open_nothing, misbehave, NULL};
    mien_sandbox_options o = MIEN_SANDBOX_DEFAULTS;
    mien_sandbox *s = NULL;
    mien_buffer text = {0};
    o.jobs = 1;
    CHECK_EQ(mi_sandbox_new(&o, &task, &s, NULL), MIEN_OK);
    for (size_t i = 0; s && i < sizeof all_of / sizeof *all_of; i++) {
        mien_serve_wish wish = all;
        mien_reading got = {0};
        mien_error err = {0};
        uint8_t photo[16];
        size_t n = strlen(all_of[i].photo);
        memcpy(photo, all_of[i].photo, n);
        wish.limit = all_of[i].limit;
        mien_status st = mien_sandbox_read(s, 0, photo, n, &wish, &got, &err);
        CHECK_MSG(st == all_of[i].st && strstr(err.text, all_of[i].says),
                  "%s: %d, %s", all_of[i].photo, st, err.text);
        CHECK_EQ(got.faces.n, st ? 0 : 3);
        mien_faces_free(&got.faces);
    }
    mien_sandbox_metrics(s, &text);
    mien_buffer_put(&text, "", 1);
    CHECK(strstr((char *)text.data, "lost_total{why=\"ended\"} 2\n"));
    CHECK(strstr((char *)text.data, "lost_total{why=\"nonsense\"} 3\n"));
    CHECK(strstr((char *)text.data, "mien_sandbox_refused_total 1\n"));
    CHECK(strstr((char *)text.data, "mien_sandbox_made_total 5\n"));
    mien_buffer_free(&text);
    mien_sandbox_free(s);
}

/* A worker tells of another network's descriptors. */
static void test_another_network_is_refused(void)
{
    const mi_worker_task task = {open_nothing, misbehave, NULL};
    mien_sandbox_options o = MIEN_SANDBOX_DEFAULTS;
    mien_sandbox *s = NULL;
    mien_server_options with = MIEN_SERVER_DEFAULTS;
    mien_reading got = {0};
    mien_error err = {0};
    o.jobs = 1;
    o.describer = MIEN_DESCRIBER_MOBILEFACENET;
    CHECK_EQ(mi_sandbox_new(&o, &task, &s, NULL), MIEN_OK);
    CHECK_EQ(mien_sandbox_serve(s, &with, NULL), MIEN_OK);
    CHECK(with.describer == MIEN_DESCRIBER_MOBILEFACENET);
    CHECK_EQ(mien_sandbox_read(s, 0, (const uint8_t *)"p", 1, &all, &got, &err),
             MIEN_ELOST);
    CHECK_MSG(strstr(err.text, "an answer that is none") && !got.faces.n, "%s",
              err.text);
    mien_sandbox_free(s);
}

/* Over HTTP: that photo alone. */
static void test_a_server_with_lost_workers(void)
{
    const mi_worker_task task = {open_nothing, misbehave, NULL};
    mien_sandbox_options o = MIEN_SANDBOX_DEFAULTS;
    mien_server_options with = MIEN_SERVER_DEFAULTS;
    mien_sandbox *s = NULL;
    mien_server *server = NULL;
    char out[20000];
    request r = {.method = "POST",
                 .path = "/api/v1/detection/detect",
                 .type = "application/json"};
    o.jobs = 1;
    with.listen = "127.0.0.1:0";
    CHECK_EQ(mi_sandbox_new(&o, &task, &s, NULL), MIEN_OK);
    CHECK_EQ(mien_sandbox_serve(s, &with, NULL), MIEN_OK);
    CHECK_EQ(mien_server_new(&with, &server, NULL), MIEN_OK);
    for (int i = 0; server && i < 3; i++) {
        r.body = "{\"file\":\"ZGllZA==\"}"; /* died */
        CHECK_EQ(ask(server, r, out, sizeof out), 422);
        CHECK(strstr(out, "file: the photo could not be read: its worker "
                          "ended (signal 11)"));
        r.body = form; /* photo, with three faces whom no one described */
        r.type = NULL;
        CHECK_EQ(ask(server, r, out, sizeof out), 422);
        CHECK(strstr(out, "gave an answer that is none"));
        r.type = "application/json";
        r.body = "{\"file\":\"Zm9ybWF0\"}"; /* format */
        CHECK_EQ(ask(server, r, out, sizeof out), 400);
        CHECK(strstr(out, "file: no?picture"));
    }
    request metrics = {.method = "GET", .path = "/metrics"};
    CHECK_EQ(ask(server, metrics, out, sizeof out), 200);
    CHECK(strstr(out, "mien_sandbox_lost_total{why=\"ended\"} 3\n"));
    CHECK(strstr(out, "mien_sandbox_lost_total{why=\"nonsense\"} 3\n"));
    mien_server_free(server);
    mien_sandbox_free(s);
}

/* ---- photos -------------------------------------------------------------- */

static void check_photo(mien_sandbox *s, const mi_photos *p,
                        const uint8_t *bytes, size_t n, const char *name)
{
    mi_photos plain = *p;
    mien_reading got = {0}, want = {0};
    mien_error err = {0};
    mien_serve_wish wish = all;
    mien_status st = mien_sandbox_read(s, 1, bytes, n, &wish, &got, &err);
    CHECK_MSG(st == mi_photos_read(&plain, 0, bytes, n, &wish, &want, NULL),
              "%s: %d, %s", name, st, err.text);
    CHECK_MSG(st || same(&got, &want), "%s: other faces", name);
    mien_faces_free(&got.faces);
    mien_faces_free(&want.faces);
}

/* Of every kind of file, decoders that begin threads included. */
static void test_the_same_bits(const char *models, const mien_bytes *sample,
                               mien_describer by)
{
    mien_sandbox_options o = MIEN_SANDBOX_DEFAULTS;
    mien_sandbox *s = NULL;
    mien_error err = {0};
    mi_photos p;
    mien_image im = {0};
    o.models = models;
    o.describer = by;
    o.jobs = 2;
    CHECK_MSG(mien_sandbox_new(&o, &s, &err) == MIEN_OK, "%s", err.text);
    CHECK_EQ(mi_photos_open(&p, models, by, 1, NULL), MIEN_OK);
    check_photo(s, &p, sample->data, sample->n, "JPEG");
    check_photo(s, &p, sample->data, sample->n / 2, "half a JPEG");
    check_photo(s, &p, sample->data, 20, "no JPEG");
    check_photo(s, &p, heic_right, sizeof heic_right, "HEIC");
    check_photo(s, &p, avif_clear, sizeof avif_clear, "AVIF");
    check_photo(s, &p, avif_day, sizeof avif_day, "AVIF with a day");
    mien_reading dated = {0};
    if (!mi_photos_read(&p, 0, avif_day, sizeof avif_day, &all, &dated, NULL))
        CHECK(!strcmp(dated.taken, "2019-08-07"));
    mien_faces_free(&dated.faces);
    CHECK_EQ(mien_image_read(sample->data, sample->n, NULL, &im, NULL),
             MIEN_OK);
    mien_bytes png = {0};
    CHECK_EQ(mien_image_write_png(&im, &png, NULL), MIEN_OK);
    check_photo(s, &p, png.data, png.n, "PNG");
    mien_bytes_free(&png);
    mien_image_free(&im);
    mi_photos_close(&p);
    mien_sandbox_free(s);
}

/* A descriptor that a server reads has the bits of one that `mien find` and
 * `mien gallery` read of the same photo, where they do not turn it. */
static void test_as_a_gallery_reads(const char *models,
                                    const mien_bytes *sample)
{
    mien_reader_options o = MIEN_READER_DEFAULTS;
    const mien_describer by = MIEN_DESCRIBER_MOBILEFACENET;
    const mien_serve_wish wish = {MIEN_FACE_DESCRIPTOR, 0.6F, 0};
    mien_reader *r = NULL;
    mien_reading got = {0};
    mien_faces want = {0};
    mien_photo photo = {0};
    mi_photos p;
    int same_bits = 0;
    o.models = models;
    o.face.want = MIEN_FACE_DESCRIPTOR;
    o.face.describer = by;
    CHECK_EQ(mien_reader_open(&o, &r, NULL), MIEN_OK);
    CHECK_EQ(mi_photos_open(&p, models, by, 1, NULL), MIEN_OK);
    CHECK_EQ(mien_photo_read(sample->data, sample->n, NULL, &photo, NULL),
             MIEN_OK);
    CHECK_EQ(
        mien_analyzer_run(mien_reader_analyzer(r, 0), &photo.im, &want, NULL),
        MIEN_OK);
    CHECK_EQ(mi_photos_read(&p, 0, sample->data, sample->n, &wish, &got, NULL),
             MIEN_OK);
    CHECK(want.n > 0 && got.faces.n == want.n);
    for (int i = 0; i < got.faces.n; i++)
        for (int k = 0; k < want.n; k++)
            same_bits +=
                mien_face_described(&got.faces.face[i], by) &&
                memcmp(got.faces.face[i].descriptor, want.face[k].descriptor,
                       sizeof want.face[k].descriptor) == 0;
    CHECK_EQ(same_bits, want.n);
    mien_photo_free(&photo);
    mien_faces_free(&want);
    mien_faces_free(&got.faces);
    mi_photos_close(&p);
    mien_reader_free(r);
}

static void count(void *arg, const mien_sandbox_loss *loss)
{
    *(int *)arg += loss->why == MIEN_SANDBOX_LATE;
}

/* A photo that takes too long costs its request, and is said. */
static void test_the_deadline(const char *models, const mien_bytes *sample)
{
    mien_sandbox_options o = MIEN_SANDBOX_DEFAULTS;
    mien_sandbox *s = NULL;
    mien_error err = {0};
    mien_reading got = {0};
    mien_buffer text = {0};
    int late = 0;
    mien_image im = {0};
    mien_bytes png = {0};
    o.models = models;
    o.jobs = 1;
    o.deadline = 0.1;
    o.lost = count;
    o.lost_arg = &late;
    CHECK_EQ(mien_sandbox_new(&o, &s, &err), MIEN_OK);
    CHECK_EQ(mien_image_read(sample->data, sample->n, NULL, &im, NULL),
             MIEN_OK);
    mien_image large = {0};
    CHECK_EQ(mien_image_new(6000, 6000, &large, NULL), MIEN_OK);
    for (int y = 0; y < large.h; y++)
        for (int x = 0; x < 3 * large.w; x++)
            large.data[y * large.stride + x] =
                im.data[y % im.h * im.stride + x % (3 * im.w)];
    CHECK_EQ(mien_image_write_png(&large, &png, NULL), MIEN_OK);
    CHECK_EQ(mien_sandbox_read(s, 0, png.data, png.n, &all, &got, &err),
             MIEN_ELOST);
    CHECK_MSG(strstr(err.text, "took longer than 0.1 seconds"), "%s", err.text);
    CHECK_EQ(late, 1);
    mien_sandbox_metrics(s, &text);
    mien_buffer_put(&text, "", 1);
    CHECK(strstr((char *)text.data, "mien_sandbox_lost_total{why=\"late\"} 1"));
    mien_buffer_free(&text);
    mien_bytes_free(&png);
    mien_image_free(&im);
    mien_image_free(&large);
    mien_sandbox_free(s);
}

static void test_options(void)
{
    mien_sandbox_options wrong[7];
    for (int i = 0; i < 7; i++)
        wrong[i] = (mien_sandbox_options)MIEN_SANDBOX_DEFAULTS;
    wrong[0].jobs = -1;
    wrong[1].deadline = 0;
    wrong[2].deadline = (double)NAN;
    wrong[3].memory = 1;
    wrong[4].photos = 0;
    wrong[5].max_body = 0;
    wrong[6].describer = (mien_describer)2;
    for (int i = 0; i < 7; i++) {
        mien_sandbox *s = NULL;
        CHECK_EQ(mien_sandbox_new(&wrong[i], &s, NULL), MIEN_EARG);
        CHECK(!s);
    }
    mien_sandbox_free(NULL);
}

/* A gallery needs the network of descriptors. */
static void test_no_networks(void)
{
    mien_sandbox_options o = MIEN_SANDBOX_DEFAULTS;
    mien_sandbox *s = NULL;
    mien_error err = {0};
    mien_server_options with = MIEN_SERVER_DEFAULTS;
    setenv("MIEN_MODELS", "/nonexistent", 1);
    o.models = "/nonexistent";
    o.jobs = 3;
    CHECK_MSG(mien_sandbox_new(&o, &s, &err) == MIEN_OK, "%s", err.text);
    CHECK_EQ(mien_sandbox_serve(s, &with, NULL), MIEN_OK);
    CHECK(with.read == mien_sandbox_read && with.jobs == 3);
    if (!with.model) {
        int some;
        memcpy(&with.gallery, &(void *){&some}, sizeof with.gallery);
        CHECK_EQ(mien_sandbox_serve(s, &with, &err), MIEN_EIO);
        CHECK(*err.text);
    }
    mien_sandbox_free(s);
}

int main(int argc, char **argv)
{
    const char *ppm = getenv("MIEN_PPM"), *models = getenv("MIEN_MODELS");
    char path[4096];
    mien_bytes sample = {0};
    check_start(argc, argv);
    if (prctl(PR_GET_SECCOMP) < 0)
        CHECK_SKIP("this kernel has no seccomp");
    RUN(test_a_reading_comes_back);
    RUN(test_readings_cut_short_or_changed);
    RUN(test_wishes);
    RUN(test_lies_are_refused);
    RUN(test_another_network_is_refused);
    RUN(test_a_server_with_lost_workers);
    RUN(test_options);
    snprintf(path, sizeof path, "%s/face_recognition.onnx",
             models ? models : "");
    if (models && ppm && access(path, R_OK) == 0 &&
        mien_file_load("docs/sample.jpg", 1 << 24, &sample, NULL) == MIEN_OK) {
        RUN(test_the_same_bits, models, &sample, MIEN_DESCRIBER_DLIB);
        snprintf(path, sizeof path, "%s/mobilefacenet.onnx", models);
        if (access(path, R_OK) == 0) {
            RUN(test_the_same_bits, models, &sample,
                MIEN_DESCRIBER_MOBILEFACENET);
            RUN(test_as_a_gallery_reads, models, &sample);
        } else {
            printf("SKIP mobilefacenet is not installed: tools/get_models.sh "
                   "BUILD --with mobilefacenet\n");
        }
        RUN(test_the_deadline, models, &sample);
        mien_bytes_free(&sample);
    } else {
        printf("SKIP photos: no networks\n");
    }
    RUN(test_no_networks);
    return check_done();
}
