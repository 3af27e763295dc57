/* Studies of pictures whose ranks learn as one: what one rank learns, but for
 * rounding, with chance and noise; breaks; ranks that do not fit together. */
/* Not as WebAssembly: threads are the ranks. */
#include "mien/model.h"
#include "mien/picture.h"
#include "tests/check.h"
#include "tests/dots_make.h"
#include "tests/team_make.h"

#include <math.h>

static const char coder_text[] =
    "{\"mien\": \"net/1\", \"name\": \"coder\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 16, 16],"
    " \"scale\": 0.00392157},"
    "{\"kind\": \"flatten\"},"
    "{\"name\": \"mean\", \"kind\": \"dense\", \"units\": 4},"
    "{\"name\": \"noise\", \"kind\": \"input\", \"shape\": [4],"
    " \"fill\": \"normal\"},"
    "{\"name\": \"latent\", \"kind\": \"sample\","
    " \"inputs\": [\"mean\", \"mean\", \"noise\"]},"
    "{\"kind\": \"dense\", \"units\": 256},"
    "{\"kind\": \"reshape\", \"shape\": [1, 16, 16]},"
    "{\"name\": \"again\", \"kind\": \"sigmoid\"}],"
    "\"outputs\": [\"again\"],"
    "\"losses\": [{\"output\": \"again\", \"kind\": \"mse\", \"sum\": true,"
    " \"target\": \"image\"}]}";

typedef struct learner {
    const mien_labels *labels;
    const char *net;
    mien_picture_options o;
    int stop_at; /* epoch in which it stops; 0: none */
    int64_t stop_done;
    /* what came of it */
    mien_status st;
    mien_error err;
    mien_fit_end end;
    mien_epoch last;
    mien_bytes saved, file;
    int64_t most; /* samples of an epoch */
} learner;

static int on_epoch(void *arg, const mien_picture_study *s, const mien_epoch *e)
{
    learner *w = arg;
    w->last = *e;
    mien_bytes_free(&w->saved);
    return mien_picture_study_state(s, &w->saved, NULL) != MIEN_OK ||
           (w->stop_at == e->epoch && !w->stop_done);
}

static int on_batch(void *arg, const mien_picture_study *s, int64_t done)
{
    learner *w = arg;
    int n = 0;
    mien_fit_history(mien_picture_study_fit(s), &n);
    w->most = done > w->most ? done : w->most;
    return w->stop_done && n + 1 == w->stop_at && done >= w->stop_done;
}

/* What one rank does. */
static void learn(learner *w, const mien_team *team)
{
    const mien_picture_set set = {"dots", w->labels, NULL, NULL, NULL};
    mien_picture_study *s = NULL;
    mien_net *net = network(w->net);
    w->o.team = team;
    w->o.on_epoch = on_epoch;
    w->o.on_batch = on_batch;
    w->o.arg = w;
    w->st = mien_picture_study_new(net, &set, NULL, &w->o, &s, &w->err);
    if (!w->st)
        w->st = mien_picture_study_learn(s, &w->end, &w->err);
    if (!w->st)
        w->st = mien_onnx_write(net->graph, &w->file, &w->err);
    mien_picture_study_free(s);
    mien_net_free(net);
}

static void learn_as_rank(team_rank *r) { learn(r->arg, &r->team); }

static learner rank[TEAM_MOST];

/* Let ranks begin with copies of what is wanted; `before` makes them differ. */
static void learn_together(int size, const learner *from,
                           void (*before)(int i, learner *w))
{
    void *arg[TEAM_MOST];
    for (int i = 0; i < size; i++) {
        rank[i] = *from;
        arg[i] = &rank[i];
        if (before)
            before(i, &rank[i]);
    }
    team_run(size, learn_as_rank, arg, NULL);
}

static void release(learner *w, int n)
{
    for (int i = 0; i < n; i++) {
        mien_bytes_free(&w[i].saved);
        mien_bytes_free(&w[i].file);
    }
}

static int same(const learner *a, const learner *b)
{
    return a->file.n == b->file.n && a->file.n &&
           memcmp(a->file.data, b->file.data, a->file.n) == 0;
}

/* Changed by chance, with a schedule; 154 pictures in batches of 16. */
static learner usual(const mien_labels *l, const char *net)
{
    learner w = {.labels = l, .net = net, .o = options()};
    w.o.epochs = 4;
    w.o.group = NULL;
    w.o.augment = (mien_augment)MIEN_AUGMENT_FACES;
    w.o.augment.mirror = 0;
    w.o.schedule.kind = MIEN_RATE_COSINE;
    return w;
}

/* The losses are the same but for rounding; all ranks have the same bits. */
static void test_ranks_learn_what_one_does(void)
{
    static const char *const nets[] = {net_text, coder_text};
    mien_labels l = dots();
    const mien_labels plain = {.n = N, .w = SIDE, .h = SIDE, .pixels = pixels};
    for (int k = 0; k < 2; k++) {
        learner one = usual(&l, nets[k]);
        if (k)
            one.labels = &plain;
        one.o.threads = 1;
        learner all = one;
        learn(&one, NULL);
        CHECK_MSG(one.st == MIEN_OK, "%s", one.err.text);
        for (int size = 2; size <= 3; size++) {
            learn_together(size, &all, NULL);
            for (int i = 0; i < size; i++) {
                CHECK_MSG(rank[i].st == MIEN_OK, "%s", rank[i].err.text);
                CHECK(same(&rank[i], &rank[0]));
                CHECK_EQ(rank[i].most, one.most);
                CHECK_NEAR(rank[i].last.valid.total, one.last.valid.total,
                           1e-4 * one.last.valid.total);
                CHECK_NEAR(rank[i].last.train.total, one.last.train.total,
                           1e-4 * one.last.train.total);
            }
            CHECK(!same(&rank[0], &one));
            release(rank, size);
        }
        release(&one, 1);
    }
}

static void stop_the_last(int i, learner *w)
{
    w->stop_at = i == 2 ? 3 : 0;
    w->stop_done = i == 2 ? 64 : 0;
}

static mien_bytes kept;

/* Only the first rank has a file to read it from. */
static void give_the_first(int i, learner *w)
{
    w->o.state = i ? NULL : kept.data;
    w->o.state_size = i ? 0 : kept.n;
}

/* Stopped in mid epoch by one of three, it goes on from what the first has
 * kept: with three to the bits of an unbroken run, with two to others. */
static void test_a_break_leaves_no_trace(void)
{
    mien_labels l = dots();
    learner w = usual(&l, net_text), whole;
    learn_together(3, &w, NULL);
    whole = rank[0];
    release(rank + 1, 2);
    learn_together(3, &w, stop_the_last);
    CHECK(rank[2].st == MIEN_OK && rank[2].end == MIEN_FIT_ASKED);
    for (int i = 0; i < 2; i++)
        CHECK(rank[i].st == MIEN_EIO &&
              strstr(rank[i].err.text, "another rank"));
    CHECK_EQ(rank[0].last.epoch, 2);
    kept = rank[0].saved;
    rank[0].saved = (mien_bytes){0};
    release(rank, 3);
    learn_together(3, &w, give_the_first);
    for (int i = 0; i < 3; i++)
        CHECK_MSG(same(&rank[i], &whole), "rank %d: %s", i, rank[i].err.text);
    release(rank, 3);
    learn_together(2, &w, give_the_first);
    CHECK(rank[1].last.epoch == 4 && same(&rank[1], &rank[0]));
    CHECK(!same(&rank[0], &whole));
    release(rank, 2);
    mien_bytes_free(&kept);
    release(&whole, 1);
}

static void other_seed(int i, learner *w)
{
    w->o.seed += (uint32_t)(i == 1);
    w->o.part_seed = 5;
}

static void spoil_the_state(int i, learner *w)
{
    static const uint8_t none[] = "none";
    w->o.state = i ? NULL : none;
    w->o.state_size = i ? 0 : sizeof none;
}

static void test_ranks_that_do_not_fit(void)
{
    mien_labels l = dots();
    learner w = usual(&l, net_text);
    learn_together(3, &w, other_seed);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(rank[i].st, MIEN_EARG);
        CHECK_MSG(strstr(rank[i].err.text, "rank 1 of 3 has other samples"),
                  "%s", rank[i].err.text);
    }
    learn_together(2, &w, spoil_the_state);
    CHECK_EQ(rank[0].st, MIEN_EFORMAT);
    CHECK_EQ(rank[1].st, MIEN_EFORMAT);
    w.o.batch = 2;
    learn_together(3, &w, NULL);
    CHECK_MSG(strstr(rank[2].err.text, "a batch of 2 rows for 3 ranks"), "%s",
              rank[2].err.text);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_ranks_learn_what_one_does);
    RUN(test_a_break_leaves_no_trace);
    RUN(test_ranks_that_do_not_fit);
    return check_done();
}
