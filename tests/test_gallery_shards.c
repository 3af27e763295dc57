/* Galleries with some of the people each, whose joined answers are those of one
 * gallery with all of them.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "base/alloc.h"
#include "mien/gallery_negative.h"
#include "mien/gallery_shards.h"
#include "tests/gallery_make.h"

#include <math.h>

static const char model_b[] =
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

enum { SIDE = 3, PEOPLE = 14, SHARDS = 4 };

/* A descriptor on a coarse grid, so that distances are often equal. */
static void draw_face(unsigned *seed, float *row)
{
    memset(row, 0, NUMBERS * sizeof *row);
    for (int i = 0; i < SIDE; i++)
        row[i] = (float)(check_rand(seed) % 4);
}

/* Somebody, as both galleries get them. */
typedef struct somebody {
    char name[20];
    const char *purpose, *model, *born;
    float row[2 * NUMBERS], against[NUMBERS];
    int faces, has_against, shard;
} somebody;

static void draw_person(unsigned *seed, int i, int shards, somebody *out)
{
    unsigned kind = check_rand(seed) % 16;
    *out = (somebody){.purpose = kind < 4    ? MIEN_GALLERY_OPT_OUT
                                 : kind == 4 ? "canteen"
                                             : "door",
                      .model = kind == 5 ? model_b : model_a,
                      .born = kind == 6 ? "2015-05-05" : "",
                      .faces = kind == 7   ? 0
                               : kind == 8 ? 2
                                           : 1};
    snprintf(out->name, sizeof out->name, "Person %d", i);
    draw_face(seed, out->row);
    draw_face(seed, out->row + NUMBERS);
    draw_face(seed, out->against);
    out->has_against = check_rand(seed) % 4 == 0;
    out->shard = (int)(check_rand(seed) % (unsigned)shards);
}

static void put_person(mien_gallery *g, const somebody *s)
{
    int64_t id = 0;
    mien_gallery_person p = {.basis = {.basis = "consent"}};
    mien_gallery_faces f = {s->faces, NUMBERS, s->row, ""};
    snprintf(p.name, sizeof p.name, "%s", s->name);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "%s", s->purpose);
    snprintf(p.born, sizeof p.born, "%s", s->born);
    memcpy(f.model, s->model, sizeof f.model);
    CHECK_EQ(mien_gallery_enroll(g, &p, s->faces ? &f : NULL, &id, NULL),
             MIEN_OK);
    f = (mien_gallery_faces){1, NUMBERS, s->against, ""};
    memcpy(f.model, s->model, sizeof f.model);
    if (s->has_against)
        CHECK_EQ(mien_gallery_add_negative(g, id, &f, NULL, NULL), MIEN_OK);
}

/* The house of one round: everybody in one gallery, and shared out. */
typedef struct house {
    int shards;
    made one_made, made[SHARDS];
    mien_gallery *one, *shard[SHARDS];
} house;

static void build(house *h, unsigned *seed, int shards)
{
    somebody all[PEOPLE];
    h->shards = shards;
    gallery_make(&h->one_made);
    h->one = gallery_open(&h->one_made);
    for (int i = 0; i < PEOPLE; i++)
        draw_person(seed, i, shards, &all[i]);
    for (int k = 0; k < shards; k++) {
        gallery_make(&h->made[k]);
        h->shard[k] = gallery_open(&h->made[k]);
        for (int i = 0; i < PEOPLE; i++)
            if (all[i].shard == k) {
                put_person(h->one, &all[i]);
                put_person(h->shard[k], &all[i]);
            }
    }
}

static void pull_down(house *h)
{
    for (int k = 0; k < h->shards; k++) {
        mien_gallery_close(h->shard[k]);
        gallery_remove(&h->made[k]);
    }
    mien_gallery_close(h->one);
    gallery_remove(&h->one_made);
}

/* How often each thing was seen that the test is about. */
typedef struct seen {
    int asked, named, nobody, never, tied;
} seen;

/* Ask one gallery and all shards about a face. */
static void ask_about(const house *h, const float *row, const char *day,
                      seen *n)
{
    const float near = 1.2F;
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    mien_gallery_match want = {0};
    mien_shard_answer a[SHARDS], all;
    int enrolled = 0, equal = 0;
    memcpy(f.model, model_a, sizeof f.model);
    CHECK_EQ(mien_gallery_search_on(h->one, "door", day, &f, near, &want, NULL),
             MIEN_OK);
    for (int k = 0; k < h->shards; k++)
        CHECK_EQ(mien_gallery_search_shard(h->shard[k], "door", day, &f, near,
                                           &a[k], NULL),
                 MIEN_OK);
    mien_shard_answers_join(h->shards, a, &all);
    for (int k = 0; k < h->shards; k++)
        equal += a[k].distance == all.distance;
    const char *name = want.person ? want.person->name : "";
    CHECK_MSG(strcmp(all.name, name) == 0, "'%s', in one gallery '%s'",
              all.name, name);
    CHECK(all.never ? isnan(want.distance) && !*all.name
                    : all.distance == want.distance ||
                          (isnan(all.distance) && isnan(want.distance)));
    CHECK_EQ(all.asked, h->shards);
    CHECK_EQ(all.answered, h->shards);
    CHECK_EQ(all.compared, want.compared);
    if (!*day)
        CHECK_EQ(all.compared,
                 mien_gallery_comparable(h->one, "door", model_a, &enrolled));
    n->asked++;
    n->named += *name != 0;
    n->nobody += !*name && !all.never;
    n->never += all.never;
    n->tied += equal > 1;
}

/* Whoever is in which shard: the answer is that of one gallery. */
static void test_shards_answer_as_one_gallery(void)
{
    const char *torture = getenv("TORTURE");
    unsigned seed = 12;
    seen n = {0};
    for (int round = 0; round < (torture ? 80 : SHARDS); round++) {
        house h;
        build(&h, &seed, 1 + round % SHARDS);
        for (int i = 0; i < 40; i++) {
            float row[NUMBERS];
            draw_face(&seed, row);
            row[0] += (float)(check_rand(&seed) % 3) * .25F;
            ask_about(&h, row, i % 4 ? "" : "2014-01-01", &n);
        }
        pull_down(&h);
    }
    printf("%d faces: %d named, %d of nobody near, %d hidden, %d tied between "
           "shards\n",
           n.asked, n.named, n.nobody, n.never, n.tied);
    CHECK(n.named > 10 && n.nobody > 10 && n.never > 10 && n.tied > 10);
}

/* A shard that did not answer is counted and changes nothing else. */
static void test_silence_is_counted(void)
{
    mien_shard_answer a[3] = {
        {.asked = 1, .distance = NAN},
        {.asked = 1, .answered = 1, .distance = .5F, .compared = 3},
        {.asked = 1, .answered = 1, .distance = .25F, .incomparable = 2}};
    mien_shard_answer all;
    snprintf(a[2].name, sizeof a[2].name, "Ada");
    mien_shard_answers_join(3, a, &all);
    CHECK(all.asked == 3 && all.answered == 2);
    CHECK(all.compared == 3 && all.incomparable == 2 && !all.never);
    CHECK(all.distance == .25F && strcmp(all.name, "Ada") == 0);
    mien_shard_answers_join(1, a, &all);
    CHECK(all.asked == 1 && !all.answered && isnan(all.distance));
    mien_shard_answers_join(0, NULL, &all);
    CHECK(!all.asked && !all.answered && isnan(all.distance) && !*all.name);
    /* Nearer than whoever is never to be matched. */
    a[1].never = 1;
    mien_shard_answers_join(3, a, &all);
    CHECK(!all.never && strcmp(all.name, "Ada") == 0);
    a[1].distance = .1F;
    mien_shard_answers_join(3, a, &all);
    CHECK(all.never && all.distance == .1F && !*all.name);
    a[1] = (mien_shard_answer){.asked = 1, .answered = 1, .distance = .5F};
    /* Into one of them, and joined before: the same. */
    mien_shard_answers_join(2, a, &a[0]);
    a[1] = a[2];
    mien_shard_answers_join(2, a, &a[0]);
    CHECK(a[0].asked == 3 && a[0].answered == 2);
    CHECK(a[0].distance == .25F && strcmp(a[0].name, "Ada") == 0);
}

/* Whom no search finds, since another network described them, is counted; who
 * has no face at all, is of another purpose or was not born is not. */
static void test_whom_other_networks_described(void)
{
    made m;
    float row[NUMBERS] = {0};
    unsigned seed = 3;
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    mien_shard_answer a;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    somebody s[5];
    for (int i = 0; i < 5; i++) {
        draw_person(&seed, i, 1, &s[i]);
        s[i].purpose = i == 2 ? "canteen" : "door";
        s[i].model = i ? model_b : model_a;
        s[i].born = i == 4 ? "2015-05-05" : "";
        s[i].faces = i != 3;
        s[i].has_against = 0;
        put_person(g, &s[i]);
    }
    memcpy(f.model, model_a, sizeof f.model);
    CHECK_EQ(
        mien_gallery_search_shard(g, "door", "2014-01-01", &f, 9, &a, NULL),
        MIEN_OK);
    CHECK(a.compared == 1 && a.incomparable == 1 && !strcmp(a.name, s[0].name));
    CHECK_EQ(mien_gallery_search_shard(g, "door", "", &f, 9, &a, NULL),
             MIEN_OK);
    CHECK(a.compared == 1 && a.incomparable == 2);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* It is in the log as any search, and nothing of whom is never to be matched.
 */
static void count_searches(void *arg, const mien_gallery_entry *e)
{
    int *n = arg;
    if (strcmp(e->kind, "searched") == 0)
        n[0]++, n[1] += strstr(e->detail, "nobody, ") != NULL;
}

static void test_it_is_logged_and_refused_as_a_search(void)
{
    made m;
    int64_t last;
    int n[2] = {0};
    float row[NUMBERS] = {0};
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    mien_shard_answer a = {.asked = 7}, as_it_was = a;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    somebody s = {.name = "Ada",
                  .purpose = MIEN_GALLERY_OPT_OUT,
                  .model = model_a,
                  .born = "",
                  .faces = 1};
    put_person(g, &s);
    memcpy(f.model, model_a, sizeof f.model);
    CHECK_EQ(
        mien_gallery_search_shard(g, MIEN_GALLERY_OPT_OUT, "", &f, 1, &a, NULL),
        MIEN_EARG);
    CHECK_EQ(mien_gallery_search_shard(g, "door", "soon", &f, 1, &a, NULL),
             MIEN_EARG);
    CHECK_EQ(mien_gallery_search_shard(g, "door", "", &f, NAN, &a, NULL),
             MIEN_EARG);
    for (int64_t k = 0;; k++) {
        mi_alloc_fail_after(k);
        mien_status st =
            mien_gallery_search_shard(g, "door", "", &f, 1, &a, NULL);
        mi_alloc_fail_after(-1);
        if (!st)
            break;
        CHECK_EQ(st, MIEN_ENOMEM);
        CHECK(memcmp(&a, &as_it_was, sizeof a) == 0 && k < 100);
    }
    CHECK(a.never && a.distance == 0 && !*a.name && a.compared == 0);
    CHECK_EQ(mien_gallery_log(g, count_searches, n, &last, NULL), MIEN_OK);
    CHECK(n[0] == 1 && n[1] == 1);
    mien_gallery_close(g);
    gallery_remove(&m);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_shards_answer_as_one_gallery);
    RUN(test_silence_is_counted);
    RUN(test_whom_other_networks_described);
    RUN(test_it_is_logged_and_refused_as_a_search);
    return check_done();
}
