/* The faces of a gallery: added, listed, removed; who ends while it is open.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "base/alloc.h"
#include "gallery/gallery.h"
#include "tests/gallery_make.h"

#include <math.h>

/* Add faces of photos 5 and 6 of somebody. */
static mien_status add(mien_gallery *g, int64_t id, unsigned who,
                       int64_t number[2], mien_error *err)
{
    float row[2 * NUMBERS];
    mien_gallery_faces f = {2, NUMBERS, row, ""};
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face(who, 5, row);
    gallery_face(who, 6, row + NUMBERS);
    return mien_gallery_add_faces(g, id, &f, number, err);
}

static void test_faces_come_and_go(void)
{
    made m;
    int64_t ada = 0, bob = 0, number[2] = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", &bob, NULL), MIEN_OK);
    CHECK_EQ(add(g, ada, 1, number, NULL), MIEN_OK);
    CHECK(number[0] > 0 && number[1] > number[0]);
    for (int again = 0; again < 2; again++) {
        CHECK_EQ(mien_gallery_count_faces(g), 6);
        int of_ada = 0;
        for (int64_t i = 0; i < 6; i++) {
            mien_gallery_face f = mien_gallery_face_at(g, i);
            of_ada += f.person->id == ada;
            CHECK(!strcmp(f.model, model_a));
        }
        CHECK_EQ(of_ada, 4);
        CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 4);
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    CHECK_EQ(mien_gallery_remove_face(g, number[0], NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_remove_face(g, number[0], NULL), MIEN_EARG);
    CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 3);
    mien_gallery_close(g);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 3);
    CHECK_EQ(mien_gallery_count_faces(g), 5);
    CHECK_EQ(gallery_search(g, 1, "door").person->id, ada);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* A log that grows does not fill memory. */
static void test_few_pages_are_kept(void)
{
    made m;
    int found = 0;
    if (gallery_not_of_files("few pages are kept"))
        return;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    const mi_db *const file[] = {&g->data, &g->keys};
    for (int i = 0; i < 2; i++) {
        int64_t kept = 0;
        CHECK_EQ(
            mi_db_number(file[i], "PRAGMA cache_size", &kept, &found, NULL),
            MIEN_OK);
        CHECK_EQ(kept, -256); /* KiB */
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* The last face goes, and the person stays; the next face has a new number. */
static void test_somebody_without_a_face(void)
{
    made m;
    int64_t ada = 0, number[2] = {0}, more[2] = {0};
    mien_gallery_person p = {.name = "Ada", .basis = {.basis = "consent"}};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "door");
    CHECK_EQ(mien_gallery_enroll(g, &p, NULL, &ada, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 0);
    CHECK(!gallery_search(g, 1, "door").person);
    CHECK_EQ(add(g, ada, 1, number, NULL), MIEN_OK);
    CHECK_EQ(gallery_search(g, 1, "door").person->id, ada);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(mien_gallery_remove_face(g, number[i], NULL), MIEN_OK);
    CHECK(!gallery_search(g, 1, "door").person);
    mien_gallery_close(g);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_count(g), 1);
    CHECK_EQ(mien_gallery_count_faces(g), 0);
    CHECK_EQ(add(g, ada, 1, more, NULL), MIEN_OK);
    CHECK(more[0] > number[1]);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_what_is_refused(void)
{
    made m;
    int64_t ada = 0;
    float row[NUMBERS] = {0};
    mien_error err = {0};
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    memcpy(f.model, model_a, sizeof f.model);
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "2026-11-30", &ada, NULL),
             MIEN_OK);
    CHECK_EQ(mien_gallery_add_faces(g, 9, &f, NULL, &err), MIEN_EARG);
    row[0] = (float)INFINITY;
    CHECK_EQ(mien_gallery_add_faces(g, ada, &f, NULL, &err), MIEN_EARG);
    row[0] = 0;
    f.numbers = 8;
    CHECK_EQ(mien_gallery_add_faces(g, ada, &f, NULL, &err), MIEN_EARG);
    f.n = 0;
    CHECK_EQ(mien_gallery_add_faces(g, ada, &f, NULL, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_remove_face(g, 5, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_count_faces(g), 2);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_two_are_one_and_one_is_two(void)
{
    made m;
    int64_t ada = 0, bob = 0, cook = 0, eve = 0, number[2] = {0}, own[2];
    mien_error err = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", &bob, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Cook", 3, "canteen", "", &cook, NULL), MIEN_OK);
    CHECK_EQ(add(g, bob, 2, number, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_merge(g, ada, cook, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_merge(g, ada, ada, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_merge(g, ada, 99, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_merge(g, ada, bob, &err), MIEN_OK);
    CHECK(!mien_gallery_find(g, "Bob"));
    CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 6);
    CHECK_EQ(gallery_search(g, 2, "door").person->id, ada);
    int n = 0; /* the first two are Ada's own */
    for (int64_t i = 0; i < mien_gallery_count_faces(g) && n < 2; i++)
        if (mien_gallery_face_at(g, i).person->id == ada)
            own[n++] = mien_gallery_face_at(g, i).id;
    CHECK_EQ(mien_gallery_split(g, ada, "Eve", 2, number, &eve, &err),
             MIEN_EARG); /* numbers of faces that were Bob's */
    CHECK_EQ(mien_gallery_split(g, ada, "Cook", 2, own, &eve, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_split(g, ada, "Eve", 0, own, &eve, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 6);
    CHECK_EQ(mien_gallery_split(g, ada, "Eve", 2, own, &eve, &err), MIEN_OK);
    for (int again = 0; again < 2; again++) {
        CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 4);
        CHECK_EQ(mien_gallery_find(g, "Eve")->faces, 2);
        CHECK_EQ(gallery_search(g, 1, "door").person->id, eve);
        CHECK_EQ(gallery_search(g, 2, "door").person->id, ada);
        CHECK_EQ(mien_gallery_count_faces(g), 8);
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* A copy of before has the face, which does not come back with it. */
static void test_a_copy_does_not_bring_a_face_back(void)
{
    made m;
    int64_t ada = 0, number[2] = {0};
    char copy[80];
    mien_gallery_restored done;
    mien_error err = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    CHECK_EQ(add(g, ada, 1, number, NULL), MIEN_OK);
    snprintf(copy, sizeof copy, "%s.copy", m.path);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_remove_face(g, number[1], NULL), MIEN_OK);
    mien_gallery_close(g);
    CHECK_MSG(
        !mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, &err),
        "%s", err.text);
    CHECK(done.people == 1 && done.faces == 1 && done.erased == 0);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_count_faces(g), 3);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_who_ends_is_erased_while_it_is_open(void)
{
    made m;
    int expired = 9;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "2026-12-01", NULL, NULL),
             MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "2026-12-02", NULL, NULL),
             MIEN_OK);
    CHECK_EQ(mien_gallery_sweep(g, &expired, NULL), MIEN_OK);
    CHECK(expired == 0 && mien_gallery_count(g) == 2);
    g->now = GALLERY_NOW + 3 * 86400; /* 2026-12-02 */
    CHECK(!gallery_search(g, 1, "door").person);
    CHECK_EQ(mien_gallery_sweep(g, &expired, NULL), MIEN_OK);
    CHECK(expired == 1 && !mien_gallery_find(g, "Ada"));
    CHECK(gallery_search(g, 2, "door").person != NULL);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Each allocation fails in turn: all is as before, or as wanted. */
static void test_memory_ends(void)
{
    made m;
    int64_t ada = 0, number[2] = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    mien_status st = MIEN_ENOMEM;
    for (int i = 0; st && i < 300; i++) {
        mi_alloc_fail_after(i);
        st = add(g, ada, 1, number, NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || st == MIEN_ENOMEM);
        CHECK_EQ(mien_gallery_find(g, "Ada")->faces, st ? 2 : 4);
    }
    CHECK_EQ(st, MIEN_OK);
    st = MIEN_ENOMEM;
    for (int i = 0; st && i < 300; i++) {
        mi_alloc_fail_after(i);
        st = mien_gallery_remove_face(g, number[0], NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || st == MIEN_ENOMEM);
        CHECK_EQ(mien_gallery_find(g, "Ada")->faces, st ? 4 : 3);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_gallery_close(g);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 3);
    mien_gallery_close(g);
    gallery_remove(&m);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_faces_come_and_go);
    RUN(test_somebody_without_a_face);
    RUN(test_what_is_refused);
    RUN(test_few_pages_are_kept);
    RUN(test_two_are_one_and_one_is_two);
    RUN(test_a_copy_does_not_bring_a_face_back);
    RUN(test_who_ends_is_erased_while_it_is_open);
    RUN(test_memory_ends);
    return check_done();
}
