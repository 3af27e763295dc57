/* Votes of a video: who a track is when its searches differ, and what counts
 * when one fails.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "mien/gallery_votes.h"
#include "base/alloc.h"
#include "tests/gallery_make.h"

#include <math.h>

enum { ADA = 1, BOB, CY, STRANGER = 9 };

/* Somebody by a photo that was not enrolled; the distance grows with it. */
static mien_status seen(mien_gallery_votes *v, int64_t track, double seconds,
                        unsigned who, int *changed, mien_error *err)
{
    float row[NUMBERS];
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face(who, 3, row);
    return mien_gallery_votes_add(v, track, seconds, &f, changed, err);
}

static int see(mien_gallery_votes *v, int64_t track, double seconds,
               unsigned who)
{
    int changed = -1;
    mien_error err = {0};
    CHECK_MSG(!seen(v, track, seconds, who, &changed, &err), "%s", err.text);
    return changed;
}

static const char *name_of(const mien_gallery_votes *v, int64_t track)
{
    mien_gallery_verdict w;
    if (!mien_gallery_votes_of(v, track, &w))
        return "not searched for";
    return w.person ? w.person->name : "nobody";
}
#define CHECK_NAME(v, track, want)                                        \
    CHECK_MSG(!strcmp(name_of(v, track), want), "track %d is %s, not %s", \
              track, name_of(v, track), want)

static mien_gallery_votes *votes(mien_gallery *g, const char *purpose)
{
    mien_gallery_votes *v = NULL;
    CHECK(!mien_gallery_votes_new(g, purpose, .3f, &v, NULL));
    return v;
}

static mien_gallery *open_with_people(made *m)
{
    int64_t id;
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    CHECK(!gallery_enroll(g, "Ada", ADA, "door", "", &id, NULL));
    CHECK(!gallery_enroll(g, "Bob", BOB, "door", "", &id, NULL));
    CHECK(!gallery_enroll(g, "Cy", CY, "canteen", "", &id, NULL));
    return g;
}

static void test_most_votes_count(mien_gallery *g)
{
    mien_gallery_votes *v = votes(g, "door");
    mien_gallery_verdict w;
    CHECK_NAME(v, 7, "not searched for");
    CHECK_EQ(see(v, 7, 1, BOB), 1);
    CHECK_NAME(v, 7, "Bob");
    CHECK_EQ(see(v, 7, 1.5, STRANGER), 0); /* one vote each: Bob stays */
    CHECK_EQ(see(v, 7, 2, STRANGER), 1);
    CHECK_NAME(v, 7, "nobody");
    CHECK_EQ(see(v, 7, 2.5, ADA), 0);
    CHECK_EQ(see(v, 7, 3, ADA), 1);
    CHECK_EQ(see(v, 7, 4, ADA), 0);
    CHECK_NAME(v, 7, "Ada");
    CHECK_EQ(see(v, 8, 4, CY), 1); /* enrolled for another purpose */
    CHECK_EQ(see(v, 8, 5, CY), 0);
    CHECK_NAME(v, 8, "nobody");
    CHECK_EQ(mien_gallery_votes_count(v), 2);
    w = mien_gallery_votes_at(v, 0);
    CHECK(w.track == 7 && w.votes == 3 && w.readings == 6);
    CHECK(w.first == 1 && w.last == 4 && w.distance < .3f);
    w = mien_gallery_votes_at(v, 1);
    CHECK(w.track == 8 && w.votes == 2 && w.readings == 2);
    CHECK(w.distance >= .3f); /* of the nearest */
    mien_gallery_votes_free(v);
}

/* The distance is the mean of a person's votes alone, and of two people with
 * as many votes the nearer one counts. */
static void test_the_nearer_of_two(mien_gallery *g)
{
    mien_gallery_votes *v = votes(g, "door");
    float ada = gallery_search(g, ADA, "door").distance;
    float bob = gallery_search(g, BOB, "door").distance;
    mien_gallery_verdict w;
    CHECK(ada != bob);
    see(v, 1, 0, BOB);
    see(v, 1, 1, ADA);
    CHECK_NAME(v, 1, ada < bob ? "Ada" : "Bob");
    see(v, 2, 0, ADA);
    see(v, 2, 1, BOB);
    CHECK_NAME(v, 2, ada < bob ? "Ada" : "Bob");
    see(v, 2, 2, STRANGER);
    see(v, 2, 2, ADA);
    CHECK(mien_gallery_votes_of(v, 2, &w) && w.votes == 2);
    CHECK_NEAR(w.distance, ada, 1e-6);
    mien_gallery_votes_free(v);
}

static int64_t log_length(mien_gallery *g)
{
    int64_t last = 0;
    CHECK(!mien_gallery_log(g, NULL, NULL, &last, NULL));
    return last;
}

static void test_who_was_erased_has_no_votes(mien_gallery *g)
{
    mien_gallery_votes *v = votes(g, "door");
    mien_gallery_certificate c;
    see(v, 1, 0, BOB);
    see(v, 1, 1, BOB);
    see(v, 1, 2, ADA);
    CHECK_NAME(v, 1, "Bob");
    CHECK(!mien_gallery_withdraw(g, mien_gallery_find(g, "Bob")->id, &c, NULL));
    CHECK_NAME(v, 1, "Ada");
    CHECK_EQ(see(v, 1, 3, BOB), 0);
    mien_gallery_votes_free(v);
}

/* Wherever memory ends, a search that was not answered is no vote; what was
 * answered is one, and is in the log. */
static void test_memory_ends(mien_gallery *g)
{
    int64_t before = log_length(g);
    int answered = 0, refused = 0;
    mien_gallery_votes *v = votes(g, "door");
    for (int track = 0; track < 40; track++)
        for (int n = 0, ended = 0; !ended && n < 100; n++) {
            mien_error err = {0};
            mi_alloc_fail_after(n);
            mien_status st = seen(v, track, n, ADA, NULL, &err);
            mi_alloc_fail_after(-1);
            ended = !st;
            answered += !st;
            refused += st == MIEN_ENOMEM;
            CHECK(!st || st == MIEN_ENOMEM);
        }
    CHECK(answered == 40 && refused > 40);
    CHECK_EQ(mien_gallery_votes_count(v), 40);
    for (int i = 0; i < 40; i++)
        CHECK_EQ(mien_gallery_votes_at(v, i).readings, 1);
    CHECK(log_length(g) >= before + 40);
    mien_gallery_votes_free(v);
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_gallery_votes_new(g, "door", .3f, &v, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
}

static void test_what_is_refused(mien_gallery *g)
{
    mien_gallery_votes *v = NULL;
    mien_error err = {0};
    float row[2 * NUMBERS] = {0};
    mien_gallery_faces f = {2, NUMBERS, row, ""};
    memcpy(f.model, model_a, sizeof f.model);
    CHECK_EQ(mien_gallery_votes_new(g, "", .3f, &v, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_votes_new(g, "door", 0, &v, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_votes_new(g, "door", NAN, &v, &err), MIEN_EARG);
    v = votes(g, "door");
    CHECK_EQ(mien_gallery_votes_add(v, 1, 0, &f, NULL, &err), MIEN_EARG);
    CHECK(strstr(err.text, "2 faces") != NULL);
    CHECK_EQ(mien_gallery_votes_count(v), 0);
    mien_gallery_votes_free(v);
    mien_gallery_votes_free(NULL);
}

int main(int argc, char **argv)
{
    made m;
    check_start(argc, argv);
    mien_gallery *g = open_with_people(&m);
    RUN(test_most_votes_count, g);
    RUN(test_the_nearer_of_two, g);
    RUN(test_memory_ends, g);
    RUN(test_what_is_refused, g);
    RUN(test_who_was_erased_has_no_votes, g);
    mien_gallery_close(g);
    gallery_remove(&m);
    return check_done();
}
