/* Everybody of one purpose is erased, with what was calibrated for it, also in
 * two goes, and nobody of another.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "base/alloc.h"
#include "mien/gallery_delete.h"
#include "mien/gallery_inferred.h"
#include "tests/gallery_disk.h"
#include "tests/gallery_make.h"

enum { MANY = 30 };

/* Thirty people of one purpose, whose faces calibrate it, and one of another.
 */
static mien_gallery *make_many(made *m)
{
    mien_gallery_threshold t;
    mien_gallery_calibrate_options o = MIEN_GALLERY_CALIBRATE_DEFAULTS;
    char name[MIEN_GALLERY_NAME];
    o.false_match = 0.1;
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    for (unsigned i = 0; i <= MANY; i++) {
        snprintf(name, sizeof name, "Person %u", i);
        CHECK_EQ(
            gallery_enroll(g, name, i, i ? "door" : "canteen", "", NULL, NULL),
            MIEN_OK);
    }
    CHECK_EQ(mien_gallery_calibrate(g, "door", model_a, &o, &t, NULL, NULL),
             MIEN_OK);
    return g;
}

static int is_calibrated(mien_gallery *g)
{
    int found = 0;
    mien_gallery_threshold t;
    CHECK_EQ(mien_gallery_threshold_of(g, "door", model_a, &found, &t, NULL),
             MIEN_OK);
    return found;
}

typedef struct heard {
    int people, files;
} heard;

static void hear_one(void *arg, const mien_gallery_certificate *c,
                     const mien_gallery_inferred *file, int n)
{
    heard *h = arg;
    CHECK(c->faces == 2 && c->entry > 0);
    h->people++;
    h->files += n;
    CHECK(!n || !strcmp(file[0].file, "p.csv"));
}

static void test_a_purpose_is_erased(void)
{
    made m;
    heard h = {0};
    int64_t last = 0;
    mien_gallery_purpose_erased out;
    mien_error err = {0};
    const mien_gallery_inference in = {
        "p.csv", model_a, model_a, "", {(uint8_t *)"age 37", 6}};
    mien_gallery *g = make_many(&m);
    CHECK(is_calibrated(g));
    CHECK_EQ(mien_gallery_add_inferred(g, mien_gallery_find(g, "Person 5")->id,
                                       &in, NULL, NULL),
             MIEN_OK);
    CHECK_EQ(mien_gallery_withdraw_purpose(g, "shop", hear_one, &h, &out, &err),
             MIEN_EARG);
    CHECK(strstr(err.text, "nobody is enrolled for 'shop'") && !h.people);
    CHECK_EQ(mien_gallery_withdraw_purpose(g, "door", hear_one, &h, &out, NULL),
             MIEN_OK);
    CHECK(h.people == MANY && h.files == 1);
    CHECK(out.people == MANY && out.faces == 2 * MANY && out.inferred == 1 &&
          out.evidence == 0 && out.negatives == 0 && out.thresholds == 1);
    CHECK_EQ(mien_gallery_log(g, NULL, NULL, &last, NULL), MIEN_OK);
    CHECK(out.entry == last && out.at == GALLERY_NOW);
    CHECK(!is_calibrated(g) && mien_gallery_count(g) == 1 &&
          mien_gallery_find(g, "Person 0"));
    CHECK_EQ(mien_gallery_withdraw_purpose(g, "door", NULL, NULL, &out, NULL),
             MIEN_EARG);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Broken off in the middle, another call erases the rest. */
static void test_a_purpose_is_erased_in_two_goes(void)
{
    made m;
    mien_gallery_purpose_erased out, rest;
    mien_error err = {0};
    mien_gallery *g = make_many(&m);
    mien_gallery_close(g);
    g = gallery_open(&m);
    disk_set(DISK_FAILS, 200, 0);
    CHECK_EQ(mien_gallery_withdraw_purpose(g, "door", NULL, NULL, &out, &err),
             MIEN_EIO);
    mien_gallery_close(g);
    disk_set(DISK_GOOD, 0, 0);
    g = gallery_open(&m);
    int left = mien_gallery_count(g) - 1;
    CHECK_MSG(out.people > 0 && left > 0, "%d erased, %d left", out.people,
              left);
    /* One may have been erased whose call did not come to its end. */
    CHECK(out.people + left == MANY || out.people + left == MANY - 1);
    CHECK(is_calibrated(g));
    CHECK_EQ(mien_gallery_withdraw_purpose(g, "door", NULL, NULL, &rest, NULL),
             MIEN_OK);
    CHECK_EQ(rest.people, left);
    CHECK(!is_calibrated(g) && mien_gallery_count(g) == 1);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void hear_nobody(void *arg, const mien_gallery_certificate *c,
                        const mien_gallery_inferred *file, int n)
{
    CHECK(!arg && c->id > 0 && file && n == 0);
}

/* Where memory ends some are erased, whole; the others another time. */
static void test_memory_ends(void)
{
    mien_status st = MIEN_ENOMEM;
    for (int i = 0; st && i < 300; i++) {
        made m;
        mien_gallery_purpose_erased out, rest = {0};
        gallery_make(&m);
        mien_gallery *g = gallery_open(&m);
        for (unsigned k = 0; k < 3; k++)
            CHECK_EQ(gallery_enroll(g,
                                    k == 0   ? "Ada"
                                    : k == 1 ? "Bob"
                                             : "Cy",
                                    k, "door", "", NULL, NULL),
                     MIEN_OK);
        mi_alloc_fail_after(i);
        st = mien_gallery_withdraw_purpose(g, "door", hear_nobody, NULL, &out,
                                           NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || st == MIEN_ENOMEM);
        mien_gallery_close(g);
        g = gallery_open(&m);
        int left = mien_gallery_count(g);
        CHECK(out.people + left == 3 || out.people + left == 2);
        if (left)
            CHECK_EQ(mien_gallery_withdraw_purpose(g, "door", NULL, NULL, &rest,
                                                   NULL),
                     MIEN_OK);
        CHECK(rest.people == left && mien_gallery_count(g) == 0);
        mien_gallery_close(g);
        gallery_remove(&m);
    }
    CHECK_EQ(st, MIEN_OK);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    disk_start();
    RUN(test_a_purpose_is_erased);
    RUN(test_a_purpose_is_erased_in_two_goes);
    RUN(test_memory_ends);
    return check_done();
}
