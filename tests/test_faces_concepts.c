/* Concepts: directions in the codes of a small auto-encoder. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/faces_concepts.h"
#include "tests/coder_make.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PICTURES = 12 };

static char folder[] = "/tmp/concepts-XXXXXX";
static char model[64], stored[64], list[64], photo[64];

/* Picture i of the set: its colour goes with i. */
static void draw_picture(int i, mien_image *out)
{
    CHECK(!mien_image_new(SIDE, SIDE, out, NULL));
    for (int p = 0; p < SIDE * SIDE * 3; p++)
        out->data[p] = (uint8_t)(20 + 15 * i + p % 3 * 10);
}

static void remove_file(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)unlink(path);
}

/* Folders low/ (0..5) and high/ (6..11), a list of ages and kinds, a model. */
static void make_files(void)
{
    mien_buffer b = {0};
    char path[100];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(model, sizeof model, "%s/model.onnx", folder);
    snprintf(stored, sizeof stored, "%s/concepts.json", folder);
    snprintf(list, sizeof list, "%s/list.csv", folder);
    snprintf(photo, sizeof photo, "%s/high/7.png", folder);
    snprintf(path, sizeof path, "%s/low", folder);
    CHECK(!mkdir(path, 0700));
    snprintf(path, sizeof path, "%s/high", folder);
    CHECK(!mkdir(path, 0700));
    mien_buffer_puts(&b, "path,age,kind,size_class\n");
    for (int i = 0; i < PICTURES; i++) {
        mien_image im = {0};
        draw_picture(i, &im);
        snprintf(path, sizeof path, "%s/%s/%d.png", folder,
                 i < 6 ? "low" : "high", i);
        CHECK(!mien_image_save(path, &im, NULL));
        mien_image_free(&im);
        mien_buffer_printf(&b, "%s/%d.png,%d.5,%s,%d\n", i < 6 ? "low" : "high",
                           i, i, i % 2 ? "odd one" : "even", i / 4);
    }
    CHECK(!mien_folder_save_buffer(folder, "list.csv", &b, NULL));
    coder_save(model, 1);
}

static void remove_files(void)
{
    char name[100];
    for (int i = 0; i < PICTURES; i++) {
        snprintf(name, sizeof name, "%s/%d.png", i < 6 ? "low" : "high", i);
        remove_file(name);
    }
    unlink(model);
    unlink(stored);
    unlink(list);
    snprintf(name, sizeof name, "%s/low", folder);
    rmdir(name);
    snprintf(name, sizeof name, "%s/high", folder);
    rmdir(name);
    rmdir(folder);
}

static mien_coder *coder(void)
{
    mien_coder *c = NULL;
    CHECK(!mien_coder_load(model, NULL, &c, NULL));
    return c;
}

/* The mean code of the pictures of a mask of bits. */
static void mean_of(mien_coder *c, unsigned mask, double out[CODER_UNITS])
{
    int n = 0;
    memset(out, 0, CODER_UNITS * sizeof *out);
    for (int i = 0; i < PICTURES; i++) {
        float code[CODER_UNITS];
        mien_image im = {0};
        if (!(mask >> i & 1))
            continue;
        draw_picture(i, &im);
        CHECK(!mien_coder_encode(c, &im, code, NULL, NULL));
        for (int k = 0; k < CODER_UNITS; k++)
            out[k] += (double)code[k];
        mien_image_free(&im);
        n++;
    }
    for (int k = 0; k < CODER_UNITS; k++)
        out[k] /= n;
}

/* A concept is the mean of one set of pictures minus that of another. */
static void check_concept(mien_coder *c, const char *text,
                          const mien_concept_options *o, unsigned plus,
                          unsigned minus)
{
    mien_concept got = {0};
    double a[CODER_UNITS], b[CODER_UNITS];
    mien_error err = {0};
    CHECK_MSG(!mien_concept_learn(c, NULL, text, o, &got, NULL, &err), "%s: %s",
              text, err.text);
    mean_of(c, plus, a);
    mean_of(c, minus, b);
    CHECK_EQ(got.units, CODER_UNITS);
    CHECK(got.n[0] == __builtin_popcount(plus) &&
          got.n[1] == __builtin_popcount(minus) && !got.aligned);
    for (int k = 0; k < CODER_UNITS && got.vector; k++)
        CHECK_NEAR((double)got.vector[k], a[k] - b[k], 1e-5);
    mien_concept_free(&got);
}

static void test_sides_of_concepts(void)
{
    mien_coder *c = coder();
    mien_concept_options o = MIEN_CONCEPT_DEFAULTS;
    char text[200], in[100];
    o.labels = list;
    check_concept(c, "age:0-3 - age:7-9.5", &o, 0x007, 0x380);
    check_concept(c, "age:9- - age:2.5", &o, 0xe00, 0x004);
    check_concept(c, " kind:odd one -  kind:even ", &o, 0xaaa, 0x555);
    check_concept(c, "age:0-3\342\210\222age:8.5", &o, 0x007, 0x100);
    check_concept(c, "size_class:0 - size_class:1-2", &o, 0x00f, 0xff0);
    o.most = 2; /* of 3 and of 6, at even distances */
    check_concept(c, "age:0-3 - kind:even", &o, 0x003, 0x041);
    o.labels = folder;
    o.most = 500;
    check_concept(c, "low/ - class:high", &o, 0x03f, 0xfc0);
    o.labels = NULL;
    snprintf(text, sizeof text, "%s/high// - %s/low", folder, folder);
    check_concept(c, text, &o, 0xfc0, 0x03f);
    o.labels = in; /* a list that lies elsewhere than its pictures */
    o.images = folder;
    snprintf(in, sizeof in, "%s/low/list.csv", folder);
    CHECK(!rename(list, in));
    check_concept(c, "age:0-3 - age:8.5", &o, 0x007, 0x100);
    CHECK(!rename(in, list));
    mien_coder_free(c);
}

/* Texts and labels that say nothing. */
static void test_what_is_refused(void)
{
    static const struct {
        const char *text;
        mien_status status;
        const char *says;
    } bad[] = {
        {"age:0-5", MIEN_EARG, "two sides"},
        {"age:0-5 - ", MIEN_EARG, "two sides"},
        {"age:0-5-age:3", MIEN_EARG, "two sides"},
        {":0 - age:3", MIEN_EARG, "two sides"},
        {"age: - age:3", MIEN_EARG, "two sides"},
        {"tall:1 - tall:0", MIEN_EFORMAT, "known: age, kind, size_class"},
        {"low - high", MIEN_EFORMAT, "nothing tells 'class'"},
        {"age:x - age:3", MIEN_EFORMAT, "a number or a range"},
        {"age:5-3 - age:3", MIEN_EFORMAT, "a number or a range"},
        {"kind:some - kind:even", MIEN_EFORMAT, "one of even, odd one"},
        {"age:100 - age:3.5", MIEN_EFORMAT, "no picture of 'age:100'"},
    };
    mien_coder *c = coder();
    mien_concept got = {0};
    mien_concept_options o = MIEN_CONCEPT_DEFAULTS;
    mien_error err = {0};
    o.labels = list;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_EQ(mien_concept_learn(c, NULL, bad[i].text, &o, &got, NULL, &err),
                 bad[i].status);
        CHECK_MSG(strstr(err.text, bad[i].says), "%s: %s", bad[i].text,
                  err.text);
    }
    o.most = 0;
    CHECK_EQ(mien_concept_learn(c, NULL, "age:1 - age:2", &o, &got, NULL, NULL),
             MIEN_EARG);
    o.most = 5;
    o.labels = "/nowhere.csv";
    CHECK_EQ(mien_concept_learn(c, NULL, "age:1 - age:2", &o, &got, NULL, NULL),
             MIEN_EIO);
    o.labels = NULL;
    CHECK_EQ(
        mien_concept_learn(c, NULL, "/nowhere - /tmp", &o, &got, NULL, NULL),
        MIEN_EIO);
    CHECK(!got.vector);
    mien_coder_free(c);
}

static int stop_at_three(void *arg, int64_t done, int64_t of)
{
    *(int64_t *)arg = of;
    return done == 3;
}

/* Pictures without faces are counted, few are said, and one may stop. */
static void test_what_is_said(void)
{
    mien_coder *c = coder();
    mien_analyzer *yunet = NULL;
    mien_concept got = {0};
    mien_buffer notes = {0};
    mien_error err = {0};
    int64_t of = 0;
    mien_concept_options o = MIEN_CONCEPT_DEFAULTS;
    o.labels = list;
    CHECK(!mien_concept_learn(c, NULL, "age:0-3 - age:7-9.5", &o, &got, &notes,
                              NULL));
    mien_buffer_put(&notes, "", 1);
    CHECK(strstr((char *)notes.data, "age:7-9.5: 3 pictures; the mean of fewer "
                                     "than 30"));
    mien_concept_free(&got);
    mien_buffer_free(&notes);
    CHECK(!mien_analyzer_find(NULL, NULL, NULL, &yunet, NULL));
    CHECK_EQ(mien_concept_learn(c, yunet, "age:0-3 - age:7-9.5", &o, &got,
                                &notes, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "no face in any of 3 pictures"));
    mien_buffer_put(&notes, "", 1);
    CHECK(strstr((char *)notes.data, "low/2.png: no face found"));
    CHECK(strstr((char *)notes.data, "3 of 3 pictures left out"));
    o.on_picture = stop_at_three;
    o.arg = &of;
    CHECK_EQ(mien_concept_learn(c, NULL, "age:0-3 - age:7-9.5", &o, &got, NULL,
                                &err),
             MIEN_EARG);
    CHECK(of == 6 && strstr(err.text, "stopped"));
    mien_buffer_free(&notes);
    mien_analyzer_free(yunet);
    mien_coder_free(c);
}

/* ---- what is stored ------------------------------------------------------ */

/* What get says of a concept of the list; its first number. */
static float get(mien_coder *c, const char *text, const char *labels,
                 const char *says)
{
    mien_concept got = {0};
    mien_buffer notes = {0};
    mien_error err = {0};
    mien_concept_options o = MIEN_CONCEPT_DEFAULTS;
    o.labels = labels;
    CHECK_MSG(!mien_concept_get(c, model, NULL, text, &o, &got, &notes, &err),
              "%s", err.text);
    mien_buffer_put(&notes, "", 1);
    CHECK_MSG(strstr((char *)notes.data, says), "%s, want %s",
              (char *)notes.data, says);
    mien_buffer_free(&notes);
    float first = got.vector ? got.vector[0] : 0;
    mien_concept_free(&got);
    return first;
}

static mien_concepts read_stored(void)
{
    mien_bytes file = {0};
    mien_concepts all = {0};
    CHECK(!mien_file_load(stored, 0, &file, NULL));
    CHECK(!mien_concepts_read(file.data, file.n, &all, NULL));
    mien_bytes_free(&file);
    return all;
}

/* What was learned once is used again, without pictures or with the same. */
static void test_concepts_are_stored(void)
{
    static const char text[] = "age:0-3 - age:7-9.5";
    mien_coder *c = coder();
    mien_error err = {0};
    mien_concept got = {0};
    mien_concept_options o = MIEN_CONCEPT_DEFAULTS;
    CHECK_EQ(mien_concept_get(c, model, NULL, text, &o, &got, NULL, &err),
             MIEN_EARG);
    CHECK(strstr(err.text, "not stored"));
    float first = get(c, text, list, "few");
    CHECK(get(c, text, NULL, "as stored") == first);
    CHECK(get(c, text, list, "as stored") == first);
    CHECK(get(c, "age:0-4 - age:7-9.5", list, "few") != first);
    mien_concepts all = read_stored();
    CHECK(all.n == 2 && !strcmp(all.item[0].text, text));
    CHECK(!strcmp(all.item[0].labels, list) && all.item[0].n[0] == 3);
    memset(all.model, '0', 64); /* of another model: not used, written anew */
    mien_buffer b = {0};
    mien_concepts_write(&all, &b);
    CHECK(!mien_folder_save_buffer(folder, "concepts.json", &b, NULL));
    mien_concepts_free(&all);
    CHECK(get(c, text, list, "of another model") == first);
    all = read_stored();
    CHECK(all.n == 1);
    all.item[0].digest[0] = all.item[0].digest[0] == '0' ? '1' : '0';
    mien_concepts_write(&all, &b); /* of other pictures: learned again */
    CHECK(!mien_folder_save_buffer(folder, "concepts.json", &b, NULL));
    mien_concepts_free(&all);
    CHECK(get(c, text, list, "few") == first);
    all = read_stored();
    CHECK(all.n == 1);
    mien_concepts_free(&all);
    CHECK(!mien_file_save(stored, "{", 1, NULL));
    CHECK_EQ(mien_concept_get(c, model, NULL, text, &o, &got, NULL, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "concepts.json: line 1"));
    unlink(stored);
    CHECK(!mkdir(stored, 0700));
    get(c, text, list, "is not stored");
    rmdir(stored);
    mien_coder_free(c);
}

/* Two concepts, as they are written. */
static void write_two(mien_buffer *out)
{
    float v[3] = {1, -2.5f, 3e-9f};
    mien_concept two[2] = {{.text = (char *)"a - b",
                            .labels = (char *)"x",
                            .n = {7, 9},
                            .units = 3,
                            .vector = v}};
    mien_concepts all = {.n = 2, .item = two};
    memset(two[0].digest, 'a', 64);
    memset(all.model, '7', 64);
    two[1] = two[0];
    two[1].aligned = 1;
    mien_concepts_write(&all, out);
}

/* What is written is read; what is cut short or bent is refused or read. */
static void test_files_of_concepts(void)
{
    static const char *const bad[] = {
        "[]", "{\"mien\":\"concepts/1\"}", "{\"mien\":3,\"model\":\"\"}",
        "{\"mien\":\"concepts/2\",\"model\":\"\",\"concepts\":[]}",
        "{\"mien\":\"concepts/1\",\"model\":\"\",\"concepts\":{}}"};
    mien_buffer b = {0}, again = {0};
    mien_concepts all = {0};
    mien_error err = {0};
    write_two(&b);
    CHECK(!mien_concepts_read(b.data, b.n, &all, &err));
    CHECK(all.n == 2 && all.item[1].aligned && all.item[0].n[1] == 9);
    CHECK(all.item[1].units == 3 && all.item[1].vector[2] == 3e-9f);
    mien_concepts_write(&all, &again);
    CHECK(again.n == b.n && !memcmp(again.data, b.data, b.n));
    mien_concepts_free(&all);
    for (size_t n = 0; n + 1 < b.n; n++)
        CHECK_EQ(mien_concepts_read(b.data, n, &all, NULL), MIEN_EFORMAT);
    for (size_t at = 0; at < b.n; at++)
        for (int bit = 0; bit < 8; bit++) {
            b.data[at] ^= (uint8_t)(1 << bit);
            if (!mien_concepts_read(b.data, b.n, &all, NULL))
                mien_concepts_free(&all);
            b.data[at] ^= (uint8_t)(1 << bit);
        }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(mien_concepts_read((const uint8_t *)bad[i], strlen(bad[i]),
                                    &all, &err),
                 MIEN_EFORMAT);
    CHECK_EQ(
        mien_concepts_read(b.data, MIEN_CONCEPTS_MAX_BYTES + 1, &all, NULL),
        MIEN_ELIMIT);
    for (long n = 0; n < 9; n++) {
        mi_alloc_fail_after(n);
        mien_status st = mien_concepts_read(b.data, b.n, &all, NULL);
        mi_alloc_fail_after(-1);
        CHECK_EQ(st, n < 8 ? MIEN_ENOMEM : MIEN_OK);
        mien_concepts_free(&all);
    }
    mien_buffer_free(&b);
    mien_buffer_free(&again);
}

/* ---- adding -------------------------------------------------------------- */

/* Pixels are those of another picture, within some levels. */
static int same(const mien_image *a, const mien_image *b, int within)
{
    if (a->w != b->w || a->h != b->h)
        return 0;
    for (int y = 0; y < a->h; y++)
        for (int x = 0; x < 3 * a->w; x++)
            if (abs(a->data[y * a->stride + x] - b->data[y * b->stride + x]) >
                within)
                return 0;
    return 1;
}

/* Strengths 0, 1 and -2, against codes that are added by hand. */
static void test_adding(void)
{
    static const float strength[] = {0, 1, -2};
    mien_coder *c = coder();
    float vector[CODER_UNITS] = {3, -2, 1, 4}, code[CODER_UNITS];
    float sum[CODER_UNITS];
    const mien_concept concept = {.units = CODER_UNITS, .vector = vector};
    mien_concept shorter = concept;
    mien_add_options o = {MIEN_ONTO_CODE, {0, 0, NULL}, 3, strength};
    mien_image code_out[3], face[3], im = {0}, want = {0};
    CHECK(!mien_faces_add(c, NULL, photo, &concept, &o, code_out, NULL));
    o.onto = MIEN_ONTO_FACE;
    CHECK(!mien_faces_add(c, NULL, photo, &concept, &o, face, NULL));
    CHECK(!mien_image_load(photo, NULL, &im, NULL));
    CHECK(!mien_coder_encode(c, &im, code, NULL, NULL));
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < CODER_UNITS; k++)
            sum[k] = code[k] + strength[i] * vector[k];
        CHECK(!mien_coder_decode(c, sum, &want, NULL));
        CHECK(same(&code_out[i], &want, 0));
        for (int p = 0; p < SIDE * SIDE * 3; p++) {
            int v = im.data[p] + want.data[p] - code_out[0].data[p];
            CHECK_EQ(face[i].data[p], v < 0 ? 0 : v > 255 ? 255 : v);
        }
        mien_image_free(&want);
    }
    CHECK(same(&face[0], &im, 0) && !same(&face[1], &face[2], 9));
    for (int i = 0; i < 3; i++) {
        mien_image_free(&code_out[i]);
        mien_image_free(&face[i]);
    }
    o.onto = MIEN_ONTO_PHOTO;
    CHECK_EQ(mien_faces_add(c, NULL, photo, &concept, &o, face, NULL),
             MIEN_EARG);
    CHECK(!face[0].data && !face[2].data);
    shorter.units = 3;
    CHECK_EQ(mien_faces_add(c, NULL, photo, &shorter, &o, face, NULL),
             MIEN_EARG);
    mien_image_free(&im);
    mien_coder_free(c);
}

/* Onto a face that was cut out and onto the photo: the same change at the same
 * places, none where the face is not. */
static void test_onto_photos(void)
{
    static const float strength[] = {0, 1};
    static const char sample[] = "docs/sample.jpg";
    mien_coder *c = coder();
    mien_analyzer *yunet = NULL;
    float vector[CODER_UNITS] = {9, -9, 9, 9};
    const mien_concept concept = {.units = CODER_UNITS, .vector = vector};
    mien_add_options o = {MIEN_ONTO_FACE, {0, 96, NULL}, 2, strength};
    mien_image face[2], whole[2], im = {0}, chip = {0};
    CHECK(!mien_analyzer_find(NULL, NULL, NULL, &yunet, NULL));
    CHECK(!mien_faces_add(c, yunet, sample, &concept, &o, face, NULL));
    o.onto = MIEN_ONTO_PHOTO;
    CHECK(!mien_faces_add(c, yunet, sample, &concept, &o, whole, NULL));
    CHECK(!mien_image_load(sample, NULL, &im, NULL));
    CHECK(!mien_chip_load(sample, yunet, 96, &chip, NULL));
    CHECK(same(&face[0], &chip, 0) && same(&whole[0], &im, 0));
    CHECK(face[1].w == 96 && !same(&face[1], &chip, 3));
    CHECK(!same(&whole[1], &im, 3));
    mien_similarity to;
    mien_faces found = {0};
    CHECK(!mien_analyzer_run(yunet, &im, &found, NULL) && found.n == 1);
    CHECK(!mien_face_place(&found.face[0], MIEN_CHIP_POINTS, 96, 0, &to, NULL));
    for (int i = 30; i < 66; i += 3) { /* the middle of the chip */
        float at = (float)i;
        int x = (int)lrintf(to.a * at + to.b * at + to.tx);
        int y = (int)lrintf(-to.b * at + to.a * at + to.ty);
        int there = whole[1].data[y * whole[1].stride + 3 * x] -
                    im.data[y * im.stride + 3 * x];
        int here = face[1].data[i * face[1].stride + 3 * i] -
                   chip.data[i * chip.stride + 3 * i];
        CHECK_MSG(abs(there - here) < 9, "%d: %d, %d", i, there, here);
    }
    for (int y = 0; y < im.h; y++)
        if (y < 20 || y > 260)
            CHECK(!memcmp(whole[1].data + y * whole[1].stride,
                          im.data + y * im.stride, (size_t)im.w * 3));
    mien_faces_free(&found);
    for (int i = 0; i < 2; i++) {
        mien_image_free(&face[i]);
        mien_image_free(&whole[i]);
    }
    mien_image_free(&im);
    mien_image_free(&chip);
    mien_analyzer_free(yunet);
    mien_coder_free(c);
}

static void test_failing_memory_is_reported(void)
{
    static const float strength[] = {0, 1};
    const mien_add_options o = {MIEN_ONTO_FACE, {0, 0, NULL}, 2, strength};
    const mien_add_options plain = {MIEN_ONTO_CODE, {0, 20, NULL}, 2, strength};
    mien_concept_options how = MIEN_CONCEPT_DEFAULTS;
    mien_coder *c = coder();
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    how.labels = list;
    for (; st == MIEN_ENOMEM && n < 3000; n++) {
        mien_concept got = {0};
        mien_image im[2] = {{0}}, more[2] = {{0}};
        unlink(stored);
        mi_alloc_fail_after(n);
        st = mien_concept_get(c, model, NULL, "age:0-2 - age:8-9", &how, &got,
                              NULL, NULL);
        if (!st) {
            mien_concept again = {0};
            st = mien_concept_get(c, model, NULL, "age:0-2 - age:8-9", &how,
                                  &again, NULL, NULL);
            mien_concept_free(&again);
        }
        if (!st)
            st = mien_faces_add(c, NULL, photo, &got, &o, im, NULL);
        if (!st)
            st = mien_faces_add(c, NULL, photo, &got, &plain, more, NULL);
        mi_alloc_fail_after(-1);
        for (int i = 0; i < 2; i++) {
            mien_image_free(&im[i]);
            mien_image_free(&more[i]);
        }
        mien_concept_free(&got);
    }
    CHECK(st == MIEN_OK && n > 100);
    mien_coder_free(c);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_files();
    RUN(test_sides_of_concepts);
    RUN(test_what_is_refused);
    RUN(test_what_is_said);
    RUN(test_concepts_are_stored);
    RUN(test_files_of_concepts);
    RUN(test_adding);
    RUN(test_onto_photos);
    RUN(test_failing_memory_is_reported);
    remove_files();
    return check_done();
}
