/* Faces that are not somebody: what they rule out, for whom, how long.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "base/alloc.h"
#include "mien/gallery_negative.h"
#include "tests/gallery_make.h"

static const char model_b[] =
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/* One descriptor: a number, and noughts. */
static mien_gallery_faces face_of(float *row, float at, const char *model)
{
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    memset(row, 0, NUMBERS * sizeof *row);
    row[0] = at;
    memcpy(f.model, model, sizeof f.model);
    return f;
}

static mien_status enroll(mien_gallery *g, const char *name, float at,
                          const char *purpose, int64_t *id)
{
    float row[NUMBERS];
    mien_gallery_person p = {.basis = {.basis = "consent"}};
    const mien_gallery_faces f = face_of(row, at, model_a);
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "%s", purpose);
    return mien_gallery_enroll(g, &p, &f, id, NULL);
}

/* A face at a place is not somebody. */
static mien_status deny(mien_gallery *g, int64_t id, float at, int64_t *number)
{
    float row[NUMBERS];
    const mien_gallery_faces f = face_of(row, at, model_a);
    return mien_gallery_add_negative(g, id, &f, number, NULL);
}

/* Who a face at a place is: a number; 0: nobody. */
static int64_t who(mien_gallery *g, float at, const char *purpose,
                   float *distance)
{
    float row[NUMBERS];
    const mien_gallery_faces f = face_of(row, at, model_a);
    mien_gallery_match m = {0};
    CHECK_EQ(mien_gallery_search(g, purpose, &f, .5F, &m, NULL), MIEN_OK);
    if (distance)
        *distance = m.distance;
    return m.person ? m.person->id : 0;
}

static void test_the_next_nearest_counts(void)
{
    made m;
    int64_t ada = 0, bob = 0, one = 0, more[2] = {0};
    float d = 0, rows[2 * NUMBERS] = {0};
    mien_gallery_negative all[MIEN_GALLERY_MAX_NEGATIVES];
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 0, "door", &ada), MIEN_OK);
    CHECK_EQ(enroll(g, "Bob", .5F, "door", &bob), MIEN_OK);
    CHECK_EQ(who(g, .2F, "door", NULL), ada);
    CHECK_EQ(deny(g, ada, .22F, &one), MIEN_OK);
    for (int again = 0; again < 2; again++) {
        /* Nearer to the negative than to Ada: Bob is next. */
        CHECK_EQ(who(g, .2F, "door", &d), bob);
        CHECK_NEAR(d, .3, 1e-6);
        /* Nearer to Ada than to the negative: Ada as ever. */
        CHECK_EQ(who(g, .1F, "door", NULL), ada);
        CHECK_EQ(who(g, -.1F, "door", NULL), ada);
        CHECK_EQ(mien_gallery_list_negatives(g, ada, all), 1);
        CHECK(all->id == one && !strcmp(all->model, model_a));
        CHECK_EQ(mien_gallery_list_negatives(g, bob, all), 0);
        CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 1);
        CHECK_EQ(mien_gallery_count_faces(g), 2);
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    /* Not Bob either: nobody, and nobody was compared. */
    CHECK_EQ(deny(g, bob, .2F, NULL), MIEN_OK);
    CHECK_EQ(who(g, .2F, "door", &d), 0);
    CHECK(isnan(d));
    /* A negative names nobody, and is no face that can be removed. */
    CHECK_EQ(mien_gallery_remove_face(g, one, NULL), MIEN_EARG);
    CHECK_EQ(mien_gallery_remove_negative(g, one, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_remove_negative(g, one, NULL), MIEN_EARG);
    CHECK_EQ(who(g, .2F, "door", NULL), ada);
    /* Several at once; another network's do not count. */
    rows[0] = .2F;
    rows[NUMBERS] = .3F;
    mien_gallery_faces f = {2, NUMBERS, rows, ""};
    memcpy(f.model, model_b, sizeof f.model);
    CHECK_EQ(mien_gallery_add_negative(g, ada, &f, more, NULL), MIEN_OK);
    CHECK(more[0] > 0 && more[1] == more[0] + 1);
    CHECK_EQ(who(g, .2F, "door", NULL), ada);
    memcpy(f.model, model_a, sizeof f.model);
    CHECK_EQ(mien_gallery_add_negative(g, ada, &f, more, NULL), MIEN_OK);
    CHECK_EQ(who(g, .2F, "door", NULL), 0);
    CHECK_EQ(mien_gallery_list_negatives(g, ada, all), 4);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Who is ruled out uncovers neither somebody of another purpose, nor hides who
 * is never to be matched. */
static void test_purposes_stay_apart(void)
{
    made m;
    int64_t ada = 0, cook = 0, letter = 0;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 0, "door", &ada), MIEN_OK);
    CHECK_EQ(enroll(g, "Cook", .1F, "canteen", &cook), MIEN_OK);
    CHECK_EQ(deny(g, ada, .1F, NULL), MIEN_OK);
    CHECK_EQ(who(g, .1F, "door", NULL), 0);
    CHECK_EQ(who(g, .1F, "canteen", NULL), cook);
    CHECK_EQ(enroll(g, "letter", .4F, MIEN_GALLERY_OPT_OUT, &letter), MIEN_OK);
    CHECK_EQ(who(g, .04F, "door", NULL), ada);
    CHECK_EQ(who(g, .3F, "canteen", NULL), 0);
    CHECK_EQ(deny(g, letter, .3F, NULL), MIEN_OK);
    CHECK_EQ(who(g, .3F, "canteen", NULL), cook);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_what_is_refused(void)
{
    made m;
    int64_t ada = 0;
    float row[NUMBERS];
    mien_error err = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 0, "door", &ada), MIEN_OK);
    CHECK_EQ(deny(g, 9, .1F, NULL), MIEN_EARG);
    CHECK_EQ(deny(g, ada, (float)INFINITY, NULL), MIEN_EARG);
    mien_gallery_faces f = face_of(row, .1F, model_a);
    f.numbers = 8;
    CHECK_EQ(mien_gallery_add_negative(g, ada, &f, NULL, &err), MIEN_EARG);
    for (int i = 0; i < MIEN_GALLERY_MAX_NEGATIVES; i++)
        CHECK_EQ(deny(g, ada, .1F, NULL), MIEN_OK);
    CHECK_EQ(deny(g, ada, .1F, NULL), MIEN_ELIMIT);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void see(void *arg, const mien_gallery_entry *e)
{
    int *kinds = arg;
    kinds[0] += !strcmp(e->kind, "negative-added");
    kinds[1] += !strcmp(e->kind, "negative-erased");
}

/* Gone with the person; not back with an older copy; given on by a merge, not
 * by a split; not exported; in the log. */
static void test_how_long_they_are_kept(void)
{
    made m;
    int64_t ada = 0, bob = 0, one = 0, eve = 0, last = 0;
    int kinds[2] = {0};
    char copy[80];
    mien_buffer out = {0};
    mien_gallery_certificate c = {0};
    mien_gallery_restored done = {0};
    mien_gallery_negative all[MIEN_GALLERY_MAX_NEGATIVES];
    gallery_make(&m);
    snprintf(copy, sizeof copy, "%s.copy", m.folder);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 0, "door", &ada), MIEN_OK);
    CHECK_EQ(enroll(g, "Bob", .1F, "door", &bob), MIEN_OK);
    CHECK_EQ(deny(g, bob, .3F, &one), MIEN_OK);
    CHECK_EQ(deny(g, bob, .2875F, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_remove_negative(g, one, NULL), MIEN_OK);
    mien_gallery_close(g);
    CHECK_EQ(
        mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, NULL),
        MIEN_OK);
    CHECK_EQ(done.negatives, 1);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_list_negatives(g, bob, all), 1);
    CHECK_EQ(mien_gallery_export(g, bob, &out, NULL), MIEN_OK);
    mien_buffer_put(&out, "", 1);
    CHECK(strstr((char *)out.data, "\"negatives\": 1") != NULL);
    CHECK(!strstr((char *)out.data, ".2875"));
    mien_buffer_free(&out);
    CHECK_EQ(mien_gallery_merge(g, ada, bob, NULL), MIEN_OK);
    for (int again = 0; again < 2; again++) {
        CHECK_EQ(mien_gallery_list_negatives(g, ada, all), 1);
        CHECK_EQ(who(g, .27F, "door", NULL), 0);
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    int64_t face = mien_gallery_face_at(g, 1).id;
    CHECK_EQ(mien_gallery_split(g, ada, "Eve", 1, &face, &eve, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_list_negatives(g, eve, all), 0);
    CHECK_EQ(who(g, .27F, "door", NULL), eve);
    CHECK_EQ(mien_gallery_withdraw(g, ada, &c, NULL), MIEN_OK);
    CHECK(c.negatives == 1 && c.faces == 1);
    CHECK_EQ(mien_gallery_list_negatives(g, ada, all), 0);
    CHECK_EQ(mien_gallery_log(g, see, kinds, &last, NULL), MIEN_OK);
    CHECK(kinds[0] == 2 && kinds[1] == 0); /* of the copy that was restored */
    mien_gallery_close(g);
    unlink(copy);
    gallery_remove(&m);
}

/* Each allocation fails in turn: all is as before, or as wanted. */
static void test_memory_ends(void)
{
    made m;
    int64_t ada = 0, number = 0;
    mien_gallery_negative all[MIEN_GALLERY_MAX_NEGATIVES];
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 0, "door", &ada), MIEN_OK);
    for (int what = 0; what < 3; what++) {
        mien_status st = MIEN_ENOMEM;
        for (int i = 0; st && i < 300; i++) {
            float row[NUMBERS];
            mien_gallery_match match = {0};
            const mien_gallery_faces f = face_of(row, .1F, model_a);
            mi_alloc_fail_after(i);
            st = what == 0 ? deny(g, ada, .1F, &number)
                 : what == 1
                     ? mien_gallery_search(g, "door", &f, .5F, &match, NULL)
                     : mien_gallery_remove_negative(g, number, NULL);
            mi_alloc_fail_after(-1);
            CHECK(!st || st == MIEN_ENOMEM);
            CHECK(!match.person);
            CHECK_EQ(mien_gallery_list_negatives(g, ada, all), what == 0 ? !st
                                                               : what == 1
                                                                   ? 1
                                                                   : st != 0);
        }
        CHECK_EQ(st, MIEN_OK);
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_the_next_nearest_counts);
    RUN(test_purposes_stay_apart);
    RUN(test_what_is_refused);
    RUN(test_how_long_they_are_kept);
    RUN(test_memory_ends);
    return check_done();
}
