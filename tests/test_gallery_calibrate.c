/* How near is near enough, by a gallery's own faces: as match_calibrate says it
 * of the same faces, kept for one purpose and one network, sealed.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "base/alloc.h"
#include "tests/gallery_rows.h"

#include <math.h>

enum { PEOPLE = 60 };

/* A gallery with many people for the door and one for the canteen. */
static mien_gallery *make_many(made *m, int people)
{
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    for (int i = 0; i < people; i++) {
        char name[40];
        snprintf(name, sizeof name, "Person %d", i);
        CHECK_EQ(gallery_enroll(g, name, (unsigned)i, "door", "", NULL, NULL),
                 MIEN_OK);
    }
    CHECK_EQ(gallery_enroll(g, "Cook", 999, "canteen", "", NULL, NULL),
             MIEN_OK);
    return g;
}

/* The same faces, calibrated without a gallery. */
static mien_match_calibration alone(const mien_match_calibrate_options *o)
{
    mien_index *x = NULL;
    mien_match_calibration c = {0};
    float row[2 * NUMBERS];
    CHECK_EQ(mien_index_new(NUMBERS, &x, NULL), MIEN_OK);
    for (int32_t i = 0; i < PEOPLE; i++) {
        const int32_t who[2] = {i, i};
        gallery_face((unsigned)i, 1, row);
        gallery_face((unsigned)i, 2, row + NUMBERS);
        CHECK_EQ(mien_index_add(x, 2, row, who, NULL), MIEN_OK);
    }
    CHECK_EQ(mien_match_calibrate(x, o, &c, NULL, NULL), MIEN_OK);
    mien_index_free(x);
    return c;
}

static int same(const mien_pair_rate *a, const mien_pair_rate *b)
{
    return a->value == b->value && a->low == b->low && a->high == b->high;
}

static void test_it_is_that_of_the_faces_and_is_kept(void)
{
    made m;
    mien_gallery_threshold t, kept;
    mien_gallery_calibrate_options o = MIEN_GALLERY_CALIBRATE_DEFAULTS;
    mien_match_calibrate_options how = MIEN_MATCH_CALIBRATE_DEFAULTS;
    int found = 9;
    o.false_match = how.false_match = 0.05;
    mien_gallery *g = make_many(&m, PEOPLE);
    CHECK_EQ(mien_gallery_threshold_of(g, "door", model_a, &found, &kept, NULL),
             MIEN_OK);
    CHECK_EQ(found, 0);
    CHECK_EQ(mien_gallery_calibrate(g, "door", model_a, &o, &t, NULL, NULL),
             MIEN_OK);
    mien_match_calibration c = alone(&how);
    CHECK(isfinite(t.threshold) && t.threshold == c.threshold);
    CHECK(same(&t.false_match, &c.false_match) && t.people == PEOPLE &&
          same(&t.strangers, &c.strangers) && t.at == GALLERY_NOW);
    for (int again = 0; again < 2; again++) {
        CHECK_EQ(
            mien_gallery_threshold_of(g, "door", model_a, &found, &kept, NULL),
            MIEN_OK);
        CHECK(found == 1 && kept.threshold == t.threshold &&
              same(&kept.false_match, &t.false_match) &&
              same(&kept.strangers, &t.strangers) && kept.wanted == 0.05 &&
              kept.true_match.value == t.true_match.value &&
              kept.people == PEOPLE && kept.at == t.at && kept.worst == -1);
        CHECK_EQ(mien_gallery_threshold_of(g, "canteen", model_a, &found, &kept,
                                           NULL),
                 MIEN_OK);
        CHECK_EQ(found, 0);
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* People of a group that lie near to each other decide. */
static void test_the_worst_group_decides(void)
{
    made m;
    mien_gallery_threshold all, t;
    mien_gallery_calibrate_options o = MIEN_GALLERY_CALIBRATE_DEFAULTS;
    mien_pair_rate by_group[2];
    int32_t group[PEOPLE + 31];
    mien_gallery *g = make_many(&m, PEOPLE);
    for (int i = 0; i < 30; i++) { /* alike */
        float row[2 * NUMBERS];
        mien_gallery_person p = {.basis = {.basis = "consent"}};
        mien_gallery_faces f = {2, NUMBERS, row, ""};
        memcpy(f.model, model_a, sizeof f.model);
        snprintf(p.name, sizeof p.name, "Alike %d", i);
        snprintf(p.basis.purpose, sizeof p.basis.purpose, "door");
        for (int k = 0; k < 2; k++) {
            gallery_face((unsigned)(500 + i), (unsigned)k, row + k * NUMBERS);
            for (int j = 0; j < NUMBERS; j++)
                row[k * NUMBERS + j] *= .5f;
        }
        CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, NULL), MIEN_OK);
    }
    for (int i = 0; i < PEOPLE + 31; i++)
        group[i] = i == PEOPLE ? -1 : i > PEOPLE;
    o.false_match = 0.05;
    CHECK_EQ(mien_gallery_calibrate(g, "door", model_a, &o, &all, NULL, NULL),
             MIEN_OK);
    o.group = group;
    o.groups = 2;
    CHECK_EQ(mien_gallery_calibrate(g, "door", model_a, &o, &t, by_group, NULL),
             MIEN_OK);
    CHECK(t.worst == 1 && t.threshold < all.threshold);
    CHECK(by_group[1].value <= 0.05 && by_group[0].value < 0.01);
    CHECK_EQ(t.people, PEOPLE + 30);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_too_few_and_nobody(void)
{
    made m;
    mien_gallery_threshold t;
    mien_error err = {0};
    int found = 9;
    mien_gallery *g = make_many(&m, 5);
    CHECK_EQ(mien_gallery_calibrate(g, "door", model_a, NULL, &t, NULL, &err),
             MIEN_OK);
    CHECK(isnan(t.threshold) && t.false_match.few);
    CHECK_EQ(mien_gallery_threshold_of(g, "door", model_a, &found, &t, NULL),
             MIEN_OK);
    CHECK_EQ(found, 0);
    CHECK_EQ(mien_gallery_calibrate(g, "shop", model_a, NULL, &t, NULL, &err),
             MIEN_EARG);
    CHECK(strstr(err.text, "shop") != NULL);
    char other[MIEN_GALLERY_DIGEST];
    memset(other, 'b', 64);
    other[64] = 0;
    CHECK_EQ(mien_gallery_calibrate(g, "door", other, NULL, &t, NULL, &err),
             MIEN_EARG);
    mien_gallery_calibrate_options o = MIEN_GALLERY_CALIBRATE_DEFAULTS;
    o.false_match = 0;
    CHECK_EQ(mien_gallery_calibrate(g, "door", model_a, &o, &t, NULL, &err),
             MIEN_EARG);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* What is kept tells no purpose, and does not open once it was changed. */
static void test_what_is_kept_is_sealed(void)
{
    made m;
    mien_gallery_threshold t;
    mien_gallery_calibrate_options o = MIEN_GALLERY_CALIBRATE_DEFAULTS;
    int found = 0;
    mien_error err = {0};
    o.false_match = 0.05;
    mien_gallery *g = make_many(&m, PEOPLE);
    CHECK_EQ(mien_gallery_calibrate(g, "door", model_a, &o, &t, NULL, NULL),
             MIEN_OK);
    mien_gallery_close(g);
    CHECK_EQ(gallery_number(&m, "SELECT count(*) FROM threshold"), 1);
    gallery_run(&m, "UPDATE threshold SET sealed = substr(sealed, 2)");
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_threshold_of(g, "door", model_a, &found, &t, &err),
             MIEN_EFORMAT);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_memory_ends(void)
{
    made m;
    mien_gallery_threshold t;
    mien_gallery_calibrate_options o = MIEN_GALLERY_CALIBRATE_DEFAULTS;
    mien_status st = MIEN_ENOMEM;
    int found = 0;
    o.false_match = 0.05;
    mien_gallery *g = make_many(&m, PEOPLE);
    for (int i = 0; st && i < 200; i++) {
        mi_alloc_fail_after(i);
        st = mien_gallery_calibrate(g, "door", model_a, &o, &t, NULL, NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || st == MIEN_ENOMEM);
        CHECK_EQ(
            mien_gallery_threshold_of(g, "door", model_a, &found, &t, NULL),
            MIEN_OK);
        CHECK_EQ(found, !st);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_gallery_close(g);
    gallery_remove(&m);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_it_is_that_of_the_faces_and_is_kept);
    RUN(test_the_worst_group_decides);
    RUN(test_too_few_and_nobody);
    RUN(test_what_is_kept_is_sealed);
    RUN(test_memory_ends);
    return check_done();
}
