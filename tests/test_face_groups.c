/* Faces of many photos put together: gathered in any order, the page, JSON. */
/* Not as WebAssembly: it has no pages of faces. */
#include "base/alloc.h"
#include "mien/faces_groups.h"
#include "tests/check.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { D = MIEN_DESCRIPTOR, PHOTOS = 7 };

/* Photos by name: what is in them is made up. */
static char path[PHOTOS][40] = {"in/a.jpg",   "in/b \"<&>.jpg", "in/none.jpg",
                                "in/bad.jpg", "in/c.jpg",       "in/\xff.jpg",
                                "in/out.jpg"};

static mien_photo_list list_of(mien_photo_file *file)
{
    for (int i = 0; i < PHOTOS; i++)
        file[i] = (mien_photo_file){.path = path[i], .name = path[i] + 3};
    return (mien_photo_list){.file = file, .n = PHOTOS};
}

/* A face of a person, a number that is not near to others; nobody: it was not
 * described. */
static mien_face face_of(int person, int nth)
{
    mien_face f = {.box = {50 + (float)(2 * nth), 30, 20, 20},
                   .score = 0.9f,
                   .has = person < 0 ? 0 : MIEN_FACE_DESCRIPTOR};
    f.descriptor[0] = 3 * (float)person;
    f.descriptor[1] = 0.01f * (float)nth;
    return f;
}

/* Add n faces to photo i. */
static mien_status add(mien_face_groups *g, int i, int n, const int *person,
                       const mien_image *photo)
{
    mien_face face[4];
    for (int k = 0; k < n; k++)
        face[k] = face_of(person[k], k);
    mien_reading r = {.w = 200, .h = 160, .faces = {.n = n, .face = face}};
    return mien_face_groups_add(g, i, photo, &r, NULL);
}

/* The photos in another order than the list's: person 1 in three of them, 2 in
 * two, 3 and 4 in one, a face without a descriptor. */
static mien_status gather(mien_face_groups *g, const mien_image *photo)
{
    static const mien_error bad = {MIEN_EFORMAT, "jpeg: <cut> short"};
    static const int a[] = {2, 1}, b[] = {1, 3, 4}, c[] = {1}, d[] = {2},
                     nobody[] = {-1};
    mien_status st = add(g, 4, 1, c, photo);
    mien_face_groups_fail(g, 3, &bad);
    if (!st)
        st = add(g, 0, 2, a, photo);
    if (!st)
        st = add(g, 2, 0, NULL, photo);
    if (!st)
        st = add(g, 6, 1, nobody, photo);
    if (!st)
        st = add(g, 5, 1, d, photo);
    return st ? st : add(g, 1, 3, b, photo);
}

/* Half as large as the reading says, as huge photos are read; white on the
 * left, where the faces are. */
static mien_image photo_of(void)
{
    mien_image im = {0};
    CHECK_EQ(mien_image_new(100, 80, &im, NULL), MIEN_OK);
    for (int y = 0; y < im.h; y++)
        memset(im.data + y * im.stride, 255, 40 * 3);
    return im;
}

static mien_face_groups *groups_of(const mien_photo_list *list, int side)
{
    mien_face_groups *g = NULL;
    mien_image photo = photo_of();
    CHECK_EQ(mien_face_groups_new(list, side, MIEN_DESCRIBER_DLIB, &g, NULL),
             MIEN_OK);
    CHECK_EQ(gather(g, side ? &photo : NULL), MIEN_OK);
    CHECK_EQ(mien_face_groups_find(g, NULL, NULL), MIEN_OK);
    mien_image_free(&photo);
    return g;
}

static void test_faces_are_in_the_order_of_photos(void)
{
    static const int group[] = {1, 0, 0, -1, -1, 0, 1};
    static const int photo_is[] = {0, 0, 1, 1, 1, 4, 5};
    mien_photo_file file[PHOTOS];
    mien_photo_list list = list_of(file);
    mien_face_groups *g = groups_of(&list, 0);
    mien_face_count n = mien_face_groups_count(g);
    const mien_clusters *c = mien_face_groups_clusters(g);
    CHECK(n.photos == PHOTOS && n.unread == 1 && n.without == 1);
    CHECK(n.faces == 7 && n.undescribed == 1);
    CHECK(n.groups == 2 && n.grouped == 5);
    for (int i = 0; i < 7; i++) {
        mien_box box;
        int photo = -1;
        const float *d = mien_face_groups_face(g, i, &photo, &box);
        CHECK_EQ(c->group[i], group[i]);
        CHECK_EQ(photo, photo_is[i]);
        CHECK_EQ(d[1] > 0, box.x > 50);
    }
    mien_face_groups_free(g);
}

/* How often a text is in a page. */
static int times(const mien_buffer *page, const char *text)
{
    int n = 0;
    const char *at = (const char *)page->data, *end = at + page->n;
    while ((at = memmem(at, (size_t)(end - at), text, strlen(text)))) {
        at++;
        n++;
    }
    return n;
}

/* Faces of the other network differ in a number that the first does not have;
 * those of the first do not count. */
static void test_faces_of_another_network(void)
{
    mien_photo_file file[PHOTOS];
    mien_photo_list list = list_of(file);
    mien_face_groups *g = NULL;
    CHECK_EQ(
        mien_face_groups_new(&list, 0, MIEN_DESCRIBER_MOBILEFACENET, &g, NULL),
        MIEN_OK);
    for (int i = 0; i < 4; i++) {
        mien_face two[2] = {face_of(0, i), face_of(0, 0)};
        two[0].describer = MIEN_DESCRIBER_MOBILEFACENET;
        two[0].descriptor[300] = i % 2 ? 1.2f : 0;
        mien_reading r = {.w = 200, .h = 160, .faces = {.n = 2, .face = two}};
        CHECK_EQ(mien_face_groups_add(g, i, NULL, &r, NULL), MIEN_OK);
    }
    CHECK_EQ(mien_face_groups_find(g, NULL, NULL), MIEN_OK);
    mien_face_count n = mien_face_groups_count(g);
    const mien_clusters *c = mien_face_groups_clusters(g);
    CHECK(n.faces == 4 && n.undescribed == 4 && n.groups == 2);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(c->group[i], c->group[i % 2]);
        CHECK(mien_face_groups_face(g, i, NULL, NULL)[300] ==
              (i % 2 ? 1.2f : 0));
    }
    CHECK(c->group[0] != c->group[1]);
    CHECK(mien_face_groups_threshold(MIEN_DESCRIBER_DLIB) ==
          MIEN_CLUSTER_THRESHOLD);
    mien_face_groups_free(g);
}

static void test_page_shows_groups_and_what_is_missing(void)
{
    mien_photo_file file[PHOTOS];
    mien_photo_list list = list_of(file);
    mien_face_groups *g = groups_of(&list, 64);
    mien_buffer page = {0};
    mien_face_groups_page(g, 0, &page);
    CHECK(!page.failed);
    CHECK_EQ(times(&page, "<img "), 7);
    CHECK_EQ(times(&page, "data:image/jpeg;base64,/9j/"), 7);
    CHECK_EQ(times(&page, "<section>"), 3);
    CHECK_EQ(times(&page, "Group 1<span>3 faces in 3 photos<"), 1);
    CHECK_EQ(times(&page, "Group 2<span>2 faces in 2 photos<"), 1);
    CHECK_EQ(times(&page, "In no group<span>2 faces in 1 photo<"), 1);
    CHECK_EQ(times(&page, "b &quot;&lt;&amp;>.jpg</figcaption>"), 3);
    CHECK_EQ(times(&page, "b \"<&"), 0);
    CHECK_EQ(times(&page, "\xff"), 0);
    CHECK_EQ(times(&page, "<li>in/bad.jpg: jpeg: &lt;cut> short</li>"), 1);
    CHECK_EQ(times(&page, "<li>in/none.jpg</li>"), 1);
    CHECK_EQ(times(&page, "personal data"), 1);
    CHECK_EQ(times(&page, "1 face lies too far outside its photo"), 1);
    CHECK_EQ(times(&page, "http"), 0); /* nothing from elsewhere */
    CHECK_EQ(times(&page, "</body></html>"), 1);
    page.n = 0;
    mien_face_groups_page(g, 2, &page); /* some of the first group */
    CHECK_EQ(times(&page, "<img "), 6);
    CHECK_EQ(times(&page, "and 1 more face<"), 1);
    mien_buffer_free(&page);
    mien_face_groups_free(g);
}

/* The first picture of a page. */
static mien_image first_picture(const mien_buffer *page)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char before[] = "image/jpeg;base64,";
    static uint8_t file[8192];
    mien_image im = {0};
    size_t n = 0;
    uint32_t bits = 0;
    const char *at = memmem(page->data, page->n, before, sizeof before - 1),
               *place;
    CHECK(at != NULL);
    at += sizeof before - 1;
    for (int i = 1; n < sizeof file && *at != '=' && *at != '"'; i++, at++) {
        place = strchr(letters, *at);
        CHECK(place != NULL);
        bits = bits << 6 | (uint32_t)(place - letters);
        if (i % 4 != 1)
            file[n++] = (uint8_t)(bits >> (2 * ((4 - i % 4) % 4)));
    }
    mien_error err = {0};
    CHECK_MSG(!mien_image_read(file, n, NULL, &im, &err), "%s", err.text);
    return im;
}

/* Where the photo has fewer pixels than its file. */
static void test_faces_are_cut_out_where_they_are(void)
{
    mien_photo_file file[PHOTOS];
    mien_photo_list list = list_of(file);
    mien_face_groups *g = groups_of(&list, 32);
    mien_buffer page = {0};
    mien_face_groups_page(g, 0, &page);
    mien_image im = first_picture(&page);
    CHECK(im.w == 32 && im.h == 32);
    for (int y = 0; y < im.h; y++)
        for (int x = 0; x < 3 * im.w; x++)
            CHECK(im.data[y * im.stride + x] > 240);
    mien_image_free(&im);
    mien_buffer_free(&page);
    mien_face_groups_free(g);
}

static const char *text_of(const json_t *j, const char *key)
{
    return json_string_value(json_object_get(j, key));
}

static void test_json_names_every_face_once(void)
{
    mien_photo_file file[PHOTOS];
    mien_photo_list list = list_of(file);
    mien_face_groups *g = groups_of(&list, 0);
    mien_buffer out = {0};
    mien_face_groups_json(g, &out);
    CHECK(!out.failed && out.n && out.data[out.n - 1] == '\n');
    json_t *all = json_loadb((char *)out.data, out.n, 0, NULL);
    CHECK(all != NULL);
    const json_t *groups = json_object_get(all, "groups");
    const json_t *first = json_array_get(groups, 0);
    const json_t *faces = json_object_get(first, "faces");
    const json_t *alone = json_object_get(all, "unassigned");
    CHECK_EQ((int)json_array_size(groups), 2);
    CHECK_EQ((int)json_array_size(faces), 3);
    CHECK_EQ((int)json_array_size(alone), 2);
    CHECK(!strcmp(text_of(json_array_get(faces, 0), "file"), "in/a.jpg"));
    CHECK(!strcmp(text_of(json_array_get(faces, 2), "file"), "in/c.jpg"));
    const json_t *second = json_object_get(json_array_get(groups, 1), "faces");
    CHECK(!strcmp(text_of(json_array_get(second, 1), "file_hex"),
                  "696e2fff2e6a7067"));
    const json_t *box = json_object_get(json_array_get(faces, 0), "box");
    CHECK(json_number_value(json_object_get(box, "x")) == 52);
    const json_t *failed = json_array_get(json_object_get(all, "failed"), 0);
    CHECK(!strcmp(text_of(failed, "file"), "in/bad.jpg"));
    CHECK(!strcmp(text_of(json_object_get(failed, "error"), "status"),
                  "EFORMAT"));
    CHECK_EQ((int)json_array_size(json_object_get(all, "without_face")), 1);
    CHECK(!strcmp(text_of(all, "method"), "whispers"));
    CHECK_EQ((int)json_integer_value(json_object_get(all, "numbers")), 128);
    json_decref(all);
    mien_buffer_free(&out);
    mien_face_groups_free(g);
}

static void test_no_face_is_no_group(void)
{
    mien_photo_list none = {0};
    mien_face_groups *g = NULL;
    mien_buffer out = {0};
    mien_error err = {0};
    CHECK_EQ(mien_face_groups_new(&none, 15, MIEN_DESCRIBER_DLIB, &g, &err),
             MIEN_EARG);
    CHECK(strstr(err.text, "15 pixels"));
    CHECK_EQ(mien_face_groups_new(&none, 16, MIEN_DESCRIBER_DLIB, &g, NULL),
             MIEN_OK);
    CHECK_EQ(mien_face_groups_find(g, NULL, NULL), MIEN_OK);
    mien_face_groups_page(g, 0, &out);
    mien_face_groups_json(g, &out);
    CHECK_EQ(times(&out, "0 faces in 0 photos: 0 in 0 groups, 0 in none"), 1);
    CHECK_EQ(times(&out, "\"groups\":[],\"unassigned\":[]"), 1);
    mien_buffer_free(&out);
    mien_face_groups_free(g);
}

/* Each allocation in turn, from the first photo to the page. */
static void test_memory_ends(void)
{
    mien_photo_file file[PHOTOS];
    mien_photo_list list = list_of(file);
    mien_image photo = photo_of();
    mien_status st = MIEN_ENOMEM;
    int tries = 0;
    for (; st && tries < 2000; tries++) {
        mien_face_groups *g = NULL;
        mien_buffer out = {0};
        mi_alloc_fail_after(tries);
        st = mien_face_groups_new(&list, 32, MIEN_DESCRIBER_DLIB, &g, NULL);
        if (!st)
            st = gather(g, &photo);
        if (!st)
            st = mien_face_groups_find(g, NULL, NULL);
        if (!st) {
            mien_face_groups_page(g, 0, &out);
            mien_face_groups_json(g, &out);
            st = out.failed ? MIEN_ENOMEM : MIEN_OK;
        }
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        mi_alloc_fail_after(-1);
        mien_buffer_free(&out);
        mien_face_groups_free(g);
    }
    CHECK(!st && tries > 30);
    mien_image_free(&photo);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_faces_are_in_the_order_of_photos);
    RUN(test_faces_of_another_network);
    RUN(test_page_shows_groups_and_what_is_missing);
    RUN(test_faces_are_cut_out_where_they_are);
    RUN(test_json_names_every_face_once);
    RUN(test_no_face_is_no_group);
    RUN(test_memory_ends);
    return check_done();
}
