/* Records as text, byte for byte: what is there, in which order, how numbers
 * and names are written. */
#include "base/alloc.h"
#include "tests/cascade_make.h"
#include "tests/record_make.h"

static void test_items(void)
{
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    mien_json_array(&j, NULL);
    mien_record_box(&j, NULL, (mien_box){1.23456f, -2, 1e6f, NAN});
    mien_record_points(&j, NULL, 2, (mien_point[]){{1, 2.5f}, {-0.0001f, 7}});
    mien_record_points(&j, NULL, 0, NULL);
    mien_json_close(&j);
    check_text(&b, "[{\"x\":1.235,\"y\":-2.0,\"width\":1000000.0,\"height\":"
                   "null},[[1.0,2.5],[0.0,7.0]],[]]");
    mien_record_field("plain text", &b);
    check_text(&b, "plain text");
    mien_record_field("a,b \"c\"\n", &b);
    check_text(&b, "\"a,b \"\"c\"\"\n\"");
    mien_record_field("", &b);
    check_text(&b, "");
}

static mien_reading reading_of(mien_face *f, int n)
{
    return (mien_reading){.w = 640,
                          .h = 480,
                          .faces = {.n = n, .face = f},
                          .decode = 0.0123456,
                          .times = {0.001, 0.002, 0.003, 0.004, 0}};
}

static void test_photos(void)
{
    mien_face f = {.box = {1, 2, 3, 4}, .score = 0.5f};
    mien_reading got = reading_of(&f, 1), none = reading_of(NULL, 0);
    mien_buffer b = {0};
    mien_photo_record r = {.file = "a \"b\".jpg", .reading = &got, .models = 2};
    r.model = made_digests();
    mien_record_photo(&r, &b);
    check_text(&b,
               "{\"schema\":\"mien/1\",\"file\":\"a \\\"b\\\".jpg\",\"width\":"
               "640,\"height\":480,\"faces\":[{\"box\":{\"x\":1.0,\"y\":2.0,"
               "\"width\":3.0,\"height\":4.0},\"score\":0.5}],\"models\":{"
               "\"detector\":\"0123456789abcdef\",\"landmarks\":\"fedc\"},"
               "\"ms\":{\"decode\":12.35,\"detect\":1.0}}\n");
    r = (mien_photo_record){
        .file = "x", .reading = &none, .want = MIEN_FACE_AGE};
    mien_record_photo(&r, &b);
    check_text(&b, "{\"schema\":\"mien/1\",\"file\":\"x\",\"width\":640,"
                   "\"height\":480,\"faces\":[],\"models\":{},\"ms\":{"
                   "\"decode\":12.35,\"detect\":1.0,\"landmarks\":2.0,"
                   "\"attributes\":4.0}}\n");
    snprintf(none.warning, sizeof none.warning, "jpeg: cut \"short\"");
    r.want = 0;
    mien_record_photo(&r, &b);
    check_text(&b, "{\"schema\":\"mien/1\",\"file\":\"x\",\"width\":640,"
                   "\"height\":480,\"warnings\":[\"jpeg: cut \\\"short\\\"\"],"
                   "\"faces\":[],\"models\":{},\"ms\":{\"decode\":12.35,"
                   "\"detect\":1.0}}\n");
    mien_record_failed("no.jpg",
                       &(mien_error){MIEN_EIO, "cannot open: not\there"}, &b);
    check_text(&b,
               "{\"schema\":\"mien/1\",\"file\":\"no.jpg\",\"error\":{"
               "\"status\":\"EIO\",\"text\":\"cannot open: not\\there\"}}\n");
}

/* Names of any bytes come back: as text where they are UTF-8, else in
 * hexadecimal. */
static void test_names_of_any_bytes(void)
{
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    mien_json_object(&j, NULL);
    mien_record_file(&j, "a", "\xc3\xa9\x1b.jpg");
    mien_record_file(&j, "b", "\xe9\x01\xff.jpg");
    mien_record_file(&j, "c", "cut \xc3");
    mien_json_close(&j);
    check_text(&b,
               "{\"a\":\"\xc3\xa9\\u001B.jpg\",\"b\":\"\xef\xbf\xbd\\u0001"
               "\xef\xbf\xbd.jpg\",\"b_hex\":\"e901ff2e6a7067\",\"c\":\"cut "
               "\xef\xbf\xbd\",\"c_hex\":\"63757420c3\"}");
    mien_record_failed("\x80", &(mien_error){MIEN_EIO, "gone"}, &b);
    check_text(&b, "{\"schema\":\"mien/1\",\"file\":\"\xef\xbf\xbd\","
                   "\"file_hex\":\"80\",\"error\":{\"status\":\"EIO\",\"text\":"
                   "\"gone\"}}\n");
    for (int n = 0; n < 2; n++) {
        j = mien_json_on(&b, 0);
        mi_alloc_fail_after(n);
        mien_record_file(&j, "b", "\xff");
        mi_alloc_fail_after(-1);
        CHECK(b.failed);
        mien_buffer_free(&b);
    }
}

static void test_faces_with_names(void)
{
    mien_face f[2] = {{.has = EVERYTHING}, {.has = 0}};
    mien_match m[2] = {{"Ann", 0, 0.25f}, {NULL, -1, NAN}};
    mien_reading got = reading_of(f, 2);
    mien_buffer b = {0};
    mien_photo_record r = {
        .file = "x", .reading = &got, .hide = EVERYTHING, .match = m};
    mien_record_photo(&r, &b);
    const char *text = taken(&b);
    CHECK(strstr(text, "\"score\":0.0,\"name\":\"Ann\",\"distance\":0.25},"));
    CHECK(strstr(text, "\"name\":null,\"distance\":null}]"));
    CHECK(!strstr(text, "landmarks") && !strstr(text, "descriptor") &&
          !strstr(text, "age"));
    mien_record_people_csv("b,c.jpg", 2, m, 0, &b);
    check_text(&b, "\"b,c.jpg\",Ann\n\"b,c.jpg\",unknown_person\n");
    m[0].name = "O\"N";
    mien_record_people_csv("x", 2, m, 1, &b);
    check_text(&b, "x,\"O\"\"N\",0.250000\nx,unknown_person,None\n");
    mien_record_people_csv("x", 0, NULL, 0, &b);
    check_text(&b, "x,no_persons_found\n");
    mien_record_people_csv("x", 0, NULL, 1, &b);
    check_text(&b, "x,no_persons_found,None\n");
}

static void test_pairs(void)
{
    mien_face f = {.box = {1, 2, 3, 4}, .score = 0.75f};
    mien_reading got = reading_of(&f, 1);
    mien_buffer b = {0};
    mien_pair_record r = {.file = {"a", "b"},
                          .reading = {&got, &got},
                          .face = {&f, &f},
                          .verdict = {0.125f, 0.6f, 1}};
    mien_record_pair(&r, &b);
    check_text(&b, "{\"schema\":\"mien/1\",\"same\":true,\"distance\":0.125,"
                   "\"threshold\":0.6,\"photos\":[{\"file\":\"a\",\"width\":640"
                   ",\"height\":480,\"faces\":1,\"box\":{\"x\":1.0,\"y\":2.0,"
                   "\"width\":3.0,\"height\":4.0},\"score\":0.75},{\"file\":"
                   "\"b\",\"width\":640,\"height\":480,\"faces\":1,\"box\":{"
                   "\"x\":1.0,\"y\":2.0,\"width\":3.0,\"height\":4.0},\"score\""
                   ":0.75}],\"models\":{}}\n");
}

static void test_hits(void)
{
    mien_hit hit[] = {{1, 2, 3, 4, 5, 6, 7.25, 0}, {9, 8, 7, 6, 5, 4, 3, -30}};
    mien_hits hits[] = {{1, hit}, {1, hit + 1}, {0, NULL}};
    const char *const name[] = {"eye", "frontalface_alt", "a,b"};
    mien_hits_record r = {"x", 640, 480, 3, name, hits, 0.0012, NULL};
    mien_buffer b = {0};
    mien_record_hits(&r, &b);
    check_text(&b, "{\"schema\":\"mien/1\",\"file\":\"x\",\"width\":640,"
                   "\"height\":480,\"objects\":[{\"box\":{\"x\":1.0,\"y\":2.0,"
                   "\"width\":3.0,\"height\":4.0},\"class\":\"eye\","
                   "\"neighbors\":5,\"level\":6,\"weight\":7.25},{\"box\":{"
                   "\"x\":9.0,\"y\":8.0,\"width\":7.0,\"height\":6.0},"
                   "\"class\":\"frontalface_alt\",\"neighbors\":5,\"level\":4,"
                   "\"weight\":3.0,\"angle\":-30.0}],"
                   "\"ms\":{\"detect\":1.2}}\n");
    mien_record_hits_csv(NULL, 1, &b);
    check_text(&b, "file,class,x,y,width,height,neighbors,weight,angle\n");
    mien_record_hits_csv(&r, 0, &b);
    check_text(&b, "x,eye,1,2,3,4,5,7.250000,0\n"
                   "x,frontalface_alt,9,8,7,6,5,3.000000,-30\n");
}

static void test_objects(void)
{
    mien_object o[] = {{{1, 2.5F, 3, 4}, 0.75F, mien_coco_of(18)},
                       {{-0.001F, 8, 7, 6}, 0.5F, mien_coco_of(77)}};
    const mien_objects all = {2, o}, none = {0, NULL};
    mien_objects_record r = {"a,b", 640, 480, &all, 0.0012, "cut off"};
    mien_buffer b = {0};
    mien_record_objects(&r, &b);
    check_text(&b, "{\"schema\":\"mien/1\",\"file\":\"a,b\",\"width\":640,"
                   "\"height\":480,\"warnings\":[\"cut off\"],\"objects\":[{"
                   "\"box\":{\"x\":1.0,\"y\":2.5,\"width\":3.0,"
                   "\"height\":4.0},\"class\":\"dog\",\"id\":18,"
                   "\"index\":16,\"score\":0.75},{\"box\":{\"x\":-0.001,"
                   "\"y\":8.0,\"width\":7.0,\"height\":6.0},\"class\":"
                   "\"cell phone\",\"id\":77,\"index\":67,\"score\":0.5}],"
                   "\"ms\":{\"detect\":1.2}}\n");
    mien_record_objects_csv(NULL, 1, &b);
    check_text(&b, "file,class,id,index,x,y,width,height,score\n");
    mien_record_objects_csv(&r, 0, &b);
    check_text(&b, "\"a,b\",dog,18,16,1.00,2.50,3.00,4.00,0.7500\n"
                   "\"a,b\",cell phone,77,67,0.00,8.00,7.00,6.00,0.5000\n");
    mien_record_objects_frame(7, 0.25, &none, &b);
    check_text(&b, "{\"schema\":\"mien/1\",\"frame\":7,\"seconds\":0.25,"
                   "\"objects\":[]}\n");
    mien_record_objects_frame_csv(0, 0, &all, &b);
    check_text(&b, "frame,seconds,class,id,index,x,y,width,height,score\n"
                   "0,0.000,dog,18,16,1.00,2.50,3.00,4.00,0.7500\n"
                   "0,0.000,cell phone,77,67,0.00,8.00,7.00,6.00,0.5000\n");
}

static void test_tracks(void)
{
    mien_gray g = made_picture(120, 90, 6);
    mien_tracker *t = NULL;
    mien_history *h = NULL;
    mien_buffer b = {0};
    int n;
    CHECK(mien_tracker_new(NULL, &t, NULL) == MIEN_OK);
    CHECK(mien_history_new(0, &h, NULL) == MIEN_OK);
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    mien_record_tracks(7, 0.28, h, NULL, &b);
    check_text(&b, "{\"schema\":\"mien/1\",\"frame\":7,\"seconds\":0.28,"
                   "\"tracks\":[]}\n");
    CHECK(mien_tracker_detected(t, 1, &(mien_box){50, 20, 40, 40},
                                &(float){0.5f}, NULL) == MIEN_OK);
    CHECK(mien_history_add(h, t, 0, 1, NULL) == MIEN_OK);
    int points = mien_tracker_tracks(t, &n)->n_points;
    char want[512];
    snprintf(want, sizeof want,
             "{\"schema\":\"mien/1\",\"frame\":0,\"seconds\":0.0,\"tracks\":[{"
             "\"id\":1,\"box\":{\"x\":50.0,\"y\":20.0,\"width\":40.0,"
             "\"height\":40.0},\"angle\":0.0,\"score\":0.5,\"detected\":true,"
             "\"points\":%d,\"lost\":{}}]}\n",
             points);
    mien_record_tracks(0, 0, h, NULL, &b);
    check_text(&b, want);
    mien_record_tracks(0, 0, h, t, &b);
    CHECK(strstr(taken(&b), "\"lost\":{},\"at\":[["));
    mien_point p[2] = {{1, 2}, {3, 4}};
    CHECK(mien_history_landmarks(h, 0, 2, p, NULL) == MIEN_OK);
    mien_record_tracks(0, 0, h, NULL, &b);
    CHECK(strstr(taken(&b), "{},\"landmarks\":[[1.0,2.0],[3.0,4.0]]}]}\n"));
    snprintf(want, sizeof want,
             "frame,seconds,id,x,y,width,height,angle,score,detected,points\n"
             "0,1.500,1,50.00,20.00,40.00,40.00,0.00,0.5000,1,%d\n",
             points);
    mien_record_tracks_csv(0, 1.5, h, &b);
    check_text(&b, want);
    mien_record_tracks_csv(3, 1.5, h, &b);
    CHECK(strncmp(taken(&b), "3,1.500,1,", 10) == 0);
    memset(g.data, 100, (size_t)g.stride * (size_t)g.h);
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    CHECK(mien_history_add(h, t, 1, 1, NULL) == MIEN_OK);
    mien_record_tracks_csv(1, 1, h, &b); /* it lost its points */
    check_text(&b, "");
    mien_history_free(h);
    mien_tracker_free(t);
    mien_gray_free(&g);
}

static void test_smiles(void)
{
    const made_as face = {MIEN_FEATURE_HAAR, 0, 1, 12, 12, 3, 4};
    mien_cascade *c = made_cascade(&face, 12), *none = made_cascade(&face, 10);
    mien_gray g = made_picture(60, 50, 6);
    mien_smile_options o = MIEN_SMILE_DEFAULTS;
    mien_smiles *s = NULL;
    mien_buffer b = {0};
    int n;
    o.faces = (mien_sight){c, MIEN_CASCADE_DEFAULTS, 0, 0};
    o.eyes.cascade = o.smiles.cascade = none;
    CHECK(mien_smiles_new(&o, &s, NULL) == MIEN_OK);
    CHECK(mien_smiles_next(s, &g, 0, 1, NULL) == MIEN_OK);
    const mien_smile_face *f = mien_smiles_faces(s, &n);
    CHECK(n > 0);
    char want[512];
    snprintf(want, sizeof want,
             "{\"schema\":\"mien/1\",\"frame\":5,\"seconds\":0.25,\"faces\":[{"
             "\"id\":1,\"box\":{\"x\":%.1f,\"y\":%.1f,\"width\":%.1f,"
             "\"height\":%.1f},\"detected\":true,\"eyes\":[],\"smiles\":[],"
             "\"score\":-0.1,\"smiling\":false}",
             (double)f->box.x, (double)f->box.y, (double)f->box.width,
             (double)f->box.height);
    mien_record_smiles(5, 0.25, s, &b);
    CHECK(strncmp(taken(&b), want, strlen(want)) == 0);
    snprintf(want, sizeof want,
             "frame,seconds,id,x,y,width,height,detected,eyes,smiles,score,"
             "smiling\n0,0.250,1,%g,%g,%g,%g,1,0,0,-0.1000,0\n",
             (double)f->box.x, (double)f->box.y, (double)f->box.width,
             (double)f->box.height);
    mien_record_smiles_csv(0, 0.25, s, &b);
    CHECK(strncmp(taken(&b), want, strlen(want)) == 0);
    mien_smiles_free(s);
    mien_cascade_free(c);
    mien_cascade_free(none);
    mien_gray_free(&g);
}

static void test_failing_memory_is_noted(void)
{
    mien_face f = made_face(1, EVERYTHING);
    mien_reading got = reading_of(&f, 1);
    mien_photo_record r = {.file = "x", .reading = &got};
    int failed = 1, times = 0;
    for (long n = 0; failed && n < 100; n++) {
        mien_buffer b = {0};
        mi_alloc_fail_after(n);
        mien_record_photo(&r, &b);
        mi_alloc_fail_after(-1);
        failed = b.failed;
        times += failed;
        CHECK(failed || (b.n && b.data[b.n - 1] == '\n'));
        mien_buffer_free(&b);
    }
    CHECK(times > 3);
    CHECK(!failed);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_items);
    RUN(test_photos);
    RUN(test_names_of_any_bytes);
    RUN(test_faces_with_names);
    RUN(test_pairs);
    RUN(test_hits);
    RUN(test_objects);
    RUN(test_tracks);
    RUN(test_smiles);
    RUN(test_failing_memory_is_noted);
    return check_done();
}
