/* Labelled samples: every kind of source says what stands in it, line by line;
 * what cannot be read is left out, counted and told; nothing is lost when
 * memory ends. */
#include "base/alloc.h"
#include "mien/samples_labels.h"
#include "mien/text.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef mien_status reader(const uint8_t *bytes, size_t n, mien_labels *out,
                           mien_error *err);

static mien_labels read_text(reader *read, const char *text)
{
    mien_labels l = {0};
    mien_error err = {0};
    CHECK_MSG(!read((const uint8_t *)text, strlen(text), &l, &err), "%s",
              err.text);
    return l;
}

/* A text that is refused, for a reason that holds `why`. */
static void refused(reader *read, const char *text, const char *why)
{
    mien_labels l = {0};
    mien_error err = {0};
    mien_status st = read((const uint8_t *)text, strlen(text), &l, &err);
    CHECK_MSG(st == MIEN_EFORMAT || st == MIEN_EARG, "'%s': %d", text, st);
    CHECK_MSG(strstr(err.text, why) && !l.n && !l.name, "'%s': %s", text,
              err.text);
    mien_labels_free(&l);
}

/* Whatever allocation fails, a reader says so and leaves nothing behind. */
static void survives(reader *read, const char *text)
{
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st != MIEN_OK && n < 2000; n++) {
        mien_labels l = {0};
        mi_alloc_fail_after(n);
        st = read((const uint8_t *)text, strlen(text), &l, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !l.n && !l.task));
        mien_labels_free(&l);
    }
    CHECK(st == MIEN_OK && n > 5);
}

/* Every prefix of a text, and every byte of it changed, is read or refused. */
static void withstands(reader *read, const char *text)
{
    size_t n = strlen(text);
    uint8_t *copy = malloc(n);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 4; k++) {
            static const char bad[] = "\0,9\n";
            mien_labels l = {0};
            mien_error err = {0};
            memcpy(copy, text, n);
            copy[i] = (uint8_t)bad[k];
            mien_status st = read(copy, k ? n : i, &l, &err);
            CHECK(st == MIEN_OK ? l.n > 0 : err.text[0] && !l.n);
            mien_labels_free(&l);
        }
    free(copy);
}

/* ---- MTFL ---------------------------------------------------------------- */

static const char mtfl[] =
    " lfw_5590\\Aaron.jpg 68.64 94.5 80 68 90 69.6 72 92 101.5 104 1 2 2 3\r\n"
    "\n"
    " AFLW/0001-image.jpg 1 2 3 4 5 6 7 8 9 10 2 1 1 5 \n";

static void test_mtfl_is_read(void)
{
    mien_labels l = read_text(mien_mtfl_read, mtfl);
    CHECK_EQ(l.n, 2);
    CHECK_EQ(l.left_out, 0);
    CHECK(!strcmp(l.name[0], "lfw_5590/Aaron.jpg"));
    CHECK(!strcmp(l.name[1], "AFLW/0001-image.jpg") && l.line[1] == 3);
    CHECK_EQ(l.points, 5);
    CHECK_NEAR(l.point[0].x, 68.64, 1e-5);
    CHECK_NEAR(l.point[0].y, 69.6, 1e-5);
    CHECK(l.point[9].x == 5 && l.point[9].y == 10);
    CHECK(l.tasks == 4 && mien_labels_task(&l, "pose") == 3);
    CHECK_EQ(mien_labels_task(&l, "age"), -1);
    CHECK_EQ(mien_labels_number(&l, "age"), -1);
    CHECK(l.label[0] == 0 && l.label[1] == 1 && l.label[2] == 1 &&
          l.label[3] == 2 && l.label[7] == 4);
    CHECK(l.task[3].first == 1 && l.task[3].classes == 5);
    mien_labels any = read_text(mien_labels_read, mtfl);
    CHECK(any.n == 2 && any.points == 5);
    mien_labels_free(&any);
    mien_labels_free(&l);
    CHECK(!l.n && !l.point);
}

/* Left and right change their places in a mirror; what has no side stays. */
static void test_sides_of_mtfl(void)
{
    static const int point[] = {1, 0, 2, 4, 3}, pose[] = {4, 3, 2, 1, 0};
    mien_labels l = read_text(mien_mtfl_read, mtfl);
    for (int i = 0; i < 5; i++) {
        CHECK_EQ(mien_labels_mirror_point(&l, i), point[i]);
        CHECK_EQ(mien_label_mirror_class(&l.task[3], i), pose[i]);
    }
    CHECK_EQ(mien_label_mirror_class(&l.task[3], -1), -1);
    for (int t = 0; t < 3; t++)
        for (int i = 0; i < 2; i++)
            CHECK_EQ(mien_label_mirror_class(&l.task[t], i), i);
    mien_labels_free(&l);
}

static void test_bad_lines_are_told(void)
{
    static const char *const bad[][2] = {
        {"a 1 2 3 4 5 6 7 8 9 10 1 1 1 6", "pose '6', wanted a class of 1 to"},
        {"a 1 2 3 4 5 6 7 8 9 10 0 1 1 1", "gender '0', wanted"},
        {"a 1 2 3 4 5 6 7 8 9 10 1 1.5 1 1", "smile '1.5', wanted"},
        {"a 1 2 3 4 5 6 7 8 9 10 1 1 1", "pose '', wanted"},
        {"a 1 2 3 4 5 6 7 8 9 10 1 1 1 1 7", "'7' behind 14 numbers"},
        {"a 1 2 x 4 5 6 7 8 9 10 1 1 1 1", "x3 'x', wanted a number"},
        {"a 1 2 3 4 5 nan 7 8 9 10 1 1 1 1", "y1 'nan', wanted"},
        {"a 1 2 3 4 5 6 7 8 9 1e9 1 1 1 1", "y5 '1e9', wanted"}};
    mien_buffer b = {0};
    enum { BAD = sizeof bad / sizeof *bad };
    for (size_t i = 0; i < BAD; i++) {
        refused(mien_mtfl_read, bad[i][0], bad[i][1]);
        mien_buffer_printf(&b, "%s\n", bad[i][0]);
    }
    mien_buffer_puts(&b, mtfl);
    mien_buffer_put(&b, "", 1);
    mien_labels l = read_text(mien_mtfl_read, (const char *)b.data);
    CHECK(l.n == 2 && l.left_out == BAD && l.line[1] == 3 + BAD);
    for (size_t i = 0; i < BAD; i++) {
        char line[16];
        snprintf(line, sizeof line, "line %zu: ", i + 1);
        CHECK_MSG(strstr(l.told[i].text, line) &&
                      strstr(l.told[i].text, bad[i][1]),
                  "%s", l.told[i].text);
    }
    mien_labels_free(&l);
    mien_buffer_free(&b);
    refused(mien_mtfl_read, "", "no samples");
    mien_error err = {0};
    CHECK_EQ(mien_mtfl_read((const uint8_t *)"", MIEN_LABELS_MAX_BYTES + 1, &l,
                            &err),
             MIEN_ELIMIT);
}

static void test_mtfl_withstands(void)
{
    withstands(mien_mtfl_read, mtfl);
    survives(mien_mtfl_read, mtfl);
}

static void test_samples_are_left_out(void)
{
    static const uint8_t keep[] = {0, 1};
    mien_labels l = read_text(mien_mtfl_read, mtfl);
    mien_labels_keep(&l, keep);
    CHECK(l.n == 1 && l.point[4].y == 10 && l.label[3] == 4 && l.line[0] == 3);
    CHECK(!strcmp(l.name[0], "AFLW/0001-image.jpg"));
    mien_labels_keep(&l, keep);
    CHECK_EQ(l.n, 0);
    mien_labels_free(&l);
}

/* ---- FER2013 ------------------------------------------------------------- */

static const char fer[] = "emotion,pixels,Usage\n"
                          "0,1 2 3 255,Training\n"
                          "6,9 8 7 6,PublicTest\r\n"
                          "3,0 0 0 0,PrivateTest\n";
static const char fer_plus[] =
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,"
    "contempt,unknown,NF\n"
    "Training,a.png,4,0,0,1,3,2,0,0,0,0\n"
    "PublicTest,b.png,0,0,0,0,0,0,0,0,0,10\n"
    "PrivateTest,c.png,0,10,0,0,0,0,0,0,0,0\n";

static void test_fer_is_read(void)
{
    mien_labels l = read_text(mien_labels_read, fer);
    CHECK(l.n == 3 && l.w == 2 && l.h == 2 && l.tasks == 1);
    CHECK(l.label[0] == 0 && l.label[1] == 6 && l.label[2] == 3);
    CHECK(l.part[0] == MIEN_FOR_TRAINING && l.part[1] == MIEN_FOR_VALIDATION);
    CHECK(l.part[2] == MIEN_FOR_TEST && !strcmp(l.name[2], "row 3"));
    CHECK(l.pixels[3] == 255 && l.pixels[4] == 9 && l.pixels[7] == 6);
    CHECK(!strcmp(l.task[0].class_name[3], "happy"));
    mien_labels_free(&l);
    withstands(mien_fer_read, fer);
    survives(mien_fer_read, fer);
}

static void test_bad_fer(void)
{
    static const char *const bad[][2] = {
        {"7,1 2 3 4,Training", "emotion '7', wanted 0 to 6"},
        {"-1,1 2 3 4,Training", "emotion '-1', wanted"},
        {"1,1 2 3,Training", "3 pixels, wanted"},
        {"1,1 2 3 256,Training", "pixel 4 is '256', wanted 0 to 255"},
        {"1,1 2 x 4,Training", "pixel 3 is 'x', wanted"},
        {"1,1 2 3 4,Later", "Usage 'Later', wanted"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[300];
        snprintf(text, sizeof text, "emotion,pixels,Usage\n%s\n", bad[i][0]);
        refused(mien_fer_read, text, bad[i][1]);
        snprintf(text, sizeof text,
                 "emotion,pixels,Usage\n1,1 1 1 1,Training\n%s\n", bad[i][0]);
        mien_labels l = read_text(mien_fer_read, text);
        CHECK(l.n == 1 && l.left_out == 1);
        CHECK_MSG(strstr(l.told[0].text, "row 2: "), "%s", l.told[0].text);
        mien_labels_free(&l);
    }
    refused(mien_fer_read, "emotion,pixels\n1,1 2 3 4\n", "Usage");
    refused(mien_fer_read, "emotion,pixels,Usage\n", "no samples");
}

static mien_status read_votes(mien_labels *l, const char *votes,
                              mien_error *err)
{
    return mien_fer_votes_read((const uint8_t *)votes, strlen(votes), l, err);
}

static void test_votes_become_shares(void)
{
    mien_labels l = read_text(mien_fer_read, fer);
    mien_error err = {0};
    CHECK_MSG(!read_votes(&l, fer_plus, &err), "%s", err.text);
    CHECK(l.n == 2 && l.left_out == 1 && l.shares == 8 && l.tasks == 1);
    CHECK_MSG(strstr(l.told[0].text, "row 2: no votes"), "%s", l.told[0].text);
    CHECK(l.task[0].classes == 8 && l.label[0] == 0 && l.label[1] == 1);
    CHECK_NEAR(l.share[0], 0.4, 1e-6);
    CHECK_NEAR(l.share[4], 0.3, 1e-6);
    CHECK_NEAR(l.share[9], 1, 1e-6);
    CHECK(l.pixels[3] == 255 && l.pixels[4] == 0 && l.line[1] == 3);
    mien_labels_free(&l);
}

static void test_votes_by_name(void)
{
    static const char *const paths[] = {"sad/c.png", "angry/x/a.png"};
    mien_labels l = {0};
    mien_error err = {0};
    CHECK(!mien_folder_paths(2, paths, &l, NULL));
    CHECK_MSG(!read_votes(&l, fer_plus, &err), "%s", err.text);
    CHECK(l.n == 2 && l.label[0] == 1 && l.label[1] == 0);
    mien_labels_free(&l);
    static const char *const other[] = {"sad/d.png"};
    CHECK(!mien_folder_paths(1, other, &l, NULL));
    CHECK_EQ(read_votes(&l, fer_plus, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "no votes for d.png"), "%s", err.text);
    CHECK(l.n == 1 && !l.shares && l.task[0].classes == 1);
    mien_labels_free(&l);
}

static void test_votes_that_do_not_fit(void)
{
    static const char head[] =
        "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,"
        "fear,contempt,unknown,NF\n";
    static const char *const bad[][2] = {
        {"Training,a.png,4,0,0,1,3,2,0,0,0,0\n", "1 rows, wanted one for row"},
        {"PublicTest,a.png,4,0,0,1,3,2,0,0,0,0\n", "row 1: Usage 'PublicTest'"},
        {"Training,a.png,4,0,0,1,x,2,0,0,0,0\n", "row 1: anger 'x', wanted"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[400];
        mien_error err = {0};
        mien_labels l = read_text(mien_fer_read, fer);
        snprintf(text, sizeof text, "%s%s", head, bad[i][0]);
        CHECK_EQ(read_votes(&l, text, &err), MIEN_EFORMAT);
        CHECK_MSG(strstr(err.text, bad[i][1]), "%s", err.text);
        CHECK(l.n == 3 && l.task[0].classes == 7 && !l.share);
        mien_labels_free(&l);
    }
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st != MIEN_OK && n < 1000; n++) {
        mien_labels l = read_text(mien_fer_read, fer);
        mi_alloc_fail_after(n);
        st = read_votes(&l, fer_plus, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK ||
              (st == MIEN_ENOMEM && l.n == 3 && l.task[0].classes == 7));
        mien_labels_free(&l);
    }
    CHECK_EQ(st, MIEN_OK);
}

/* ---- names of files ------------------------------------------------------ */

static void test_folders_are_classes(void)
{
    static const char *const paths[] = {"train/sad/1.png",
                                        "train/happy/x/2.png",
                                        "test/angry/3.png",
                                        "happy/valid/4.png",
                                        "5.png",
                                        "train/6.png"};
    mien_labels l = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_folder_paths(6, paths, &l, &err), "%s", err.text);
    CHECK(l.n == 5 && l.left_out == 1 && l.task[0].classes == 4);
    CHECK_MSG(strstr(l.told[0].text, "5.png: lies in no folder"), "%s",
              l.told[0].text);
    static const char *const names[] = {"angry", "happy", "sad", "train"};
    static const int label[] = {2, 1, 0, 1, 3};
    static const mien_label_use part[] = {MIEN_FOR_TRAINING, MIEN_FOR_TRAINING,
                                          MIEN_FOR_TEST, MIEN_FOR_ANY,
                                          MIEN_FOR_ANY};
    for (int i = 0; i < 4; i++)
        CHECK(!strcmp(l.task[0].class_name[i], names[i]));
    for (int i = 0; i < 5; i++)
        CHECK(l.label[i] == label[i] && l.part[i] == part[i]);
    mien_labels_free(&l);
    CHECK_EQ(mien_folder_paths(1, paths + 4, &l, &err), MIEN_EFORMAT);
    CHECK_EQ(mien_folder_paths(0, NULL, &l, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "no samples"), "%s", err.text);
}

static const char *const utk[] = {
    "x/100_1_0_20170110183726390.jpg", "1_0_4_20170110183726390.jpg.chip.jpg",
    "61_1_20170109142408075.jpg",      "20_2_0_20170109142408075.jpg",
    "20_0_5_20170109142408075.jpg",    "151_0_1_20170109142408075.jpg"};

static void test_names_of_utkface(void)
{
    mien_labels l = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_utkface_paths(6, utk, &l, &err), "%s", err.text);
    CHECK(l.n == 2 && l.left_out == 4 && l.numbers == 1 && l.tasks == 2);
    CHECK(l.number[0] == 100 && l.label[0] == 1 && l.label[1] == 0);
    CHECK(l.number[1] == 1 && l.label[2] == 0 && l.label[3] == 4);
    CHECK_MSG(strstr(l.told[0].text, "61_1_2017"), "%s", l.told[0].text);
    CHECK_EQ(mien_labels_number(&l, "age"), 0);
    mien_labels_free(&l);
    CHECK_EQ(mien_utkface_paths(4, utk + 2, &l, &err), MIEN_EFORMAT);
    CHECK(!mien_labels_of_paths(3, utk, &l, NULL) && l.numbers == 1);
    mien_labels_free(&l);
    static const char *const mixed[] = {"a/1.png", "b/1_0_4_2017.jpg"};
    static const char *const plain[] = {"a.png", "b.png"};
    CHECK(!mien_labels_of_paths(2, plain, &l, NULL) && l.n == 2 && !l.tasks &&
          !l.numbers && strcmp(l.name[1], "b.png") == 0);
    mien_labels_free(&l);
    CHECK_EQ(mien_plain_paths(0, NULL, &l, NULL), MIEN_EFORMAT);
    CHECK(!mien_labels_of_paths(2, mixed, &l, NULL) && !l.numbers);
    mien_labels_free(&l);
    for (long n = 0, st = MIEN_ENOMEM; st != MIEN_OK && n < 1000; n++) {
        mi_alloc_fail_after(n);
        st = mien_labels_of_paths(n & 1 ? 2 : 3, n & 1 ? mixed : utk, &l, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !l.n && !l.task));
        mien_labels_free(&l);
    }
}

/* ---- tables -------------------------------------------------------------- */

static const char table[] =
    "age,file,left_eye_x,left_eye_y,right_eye_x,right_eye_y,box_x,box_y,"
    "box_width,box_height,split,mood,pose_class\n"
    "31.5,a.png,1,2,3,4,0,0,10,12,train,sad,3\n"
    ",b.png,5,,7,8,,,,,test,happy,1\n"
    "7,c.png,5,6,7,8,1,1,0,4,test,happy,1\n"
    "8,d.png,5,6,7,2000000,1,1,2,4,test,,2\n"
    "9,e.png,5,6,7,8,-1,-1,2,4,,,\n";

static void test_a_table_is_read(void)
{
    mien_labels l = read_text(mien_labels_read, table);
    CHECK(l.n == 3 && l.left_out == 2 && l.points == 2 && l.tasks == 2);
    CHECK(strstr(l.told[0].text, "row 3: a box of 0 x 4"));
    CHECK(strstr(l.told[1].text, "row 4: right_eye_y is 2e+06"));
    CHECK(!strcmp(l.point_name[1], "right_eye"));
    CHECK_EQ(mien_labels_mirror_point(&l, 0), 1);
    CHECK(l.point[1].x == 3 && isnan(l.point[2].x) && l.point[3].y == 8);
    CHECK(l.box[0].height == 12 && l.box[1].width == 0 && l.box[2].x == -1);
    CHECK(l.part[0] == MIEN_FOR_TRAINING && l.part[2] == MIEN_FOR_ANY);
    CHECK(l.numbers == 1 && l.number[0] == 31.5f && isnan(l.number[1]));
    CHECK(!strcmp(l.task[0].class_name[0], "happy") && l.label[0] == 1);
    CHECK(l.task[1].first == 1 && l.task[1].classes == 3 && l.label[1] == 2);
    CHECK(l.label[4] == -1 && l.label[5] == -1);
    CHECK(!strcmp(l.name[2], "e.png") && l.line[2] == 5);
    mien_labels_free(&l);
    withstands(mien_label_table_read, table);
    survives(mien_label_table_read, table);
}

static void test_tables_that_are_none(void)
{
    refused(mien_label_table_read, "a,b\n1,2\n", "no column of texts");
    refused(mien_label_table_read, "path,box_x\na.png,2\n", "columns of a box");
    refused(mien_label_table_read, "path,x\n", "no column of texts");
    refused(mien_label_table_read, "path,x_x,x_y\na.png,2000000,1\n",
            "row 1: x_x");
    refused(mien_labels_read, "path,x\na.png\n", "");
}

/* ---- the real thing ------------------------------------------------------ */

static void test_the_whole_of_mtfl(void)
{
    const char *shared = getenv("MIEN_SHARED");
    char path[4096];
    snprintf(path, sizeof path, "%s/data/mtfl/training.txt",
             shared ? shared : ".");
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = malloc(4 << 20);
    size_t n = f ? fread(bytes, 1, 4 << 20, f) : 0;
    if (f)
        fclose(f);
    else
        printf("no MTFL list: not read\n");
    mien_labels l = {0};
    mien_error err = {0};
    if (n) {
        CHECK_MSG(!mien_labels_read(bytes, n, &l, &err), "%s", err.text);
        CHECK(l.n == 10000 && l.left_out == 0);
        int64_t glasses = 0;
        for (int64_t i = 0; i < l.n; i++)
            glasses += l.label[i * 4 + 2] == 0;
        CHECK_EQ(glasses, 1408);
        mien_labels_free(&l);
    }
    free(bytes);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_mtfl_is_read);
    RUN(test_sides_of_mtfl);
    RUN(test_bad_lines_are_told);
    RUN(test_mtfl_withstands);
    RUN(test_samples_are_left_out);
    RUN(test_fer_is_read);
    RUN(test_bad_fer);
    RUN(test_votes_become_shares);
    RUN(test_votes_by_name);
    RUN(test_votes_that_do_not_fit);
    RUN(test_folders_are_classes);
    RUN(test_names_of_utkface);
    RUN(test_a_table_is_read);
    RUN(test_tables_that_are_none);
    RUN(test_the_whole_of_mtfl);
    return check_done();
}
