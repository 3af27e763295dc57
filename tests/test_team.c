/* Ranks that learn together: sums in the order of the ranks, the same bits on
 * every rank and in every run, those of one rank but for rounding; a rank that
 * fails, stops or is gone ends all. */
/* Not as WebAssembly: threads are the ranks. */
#include "base/alloc.h"
#include "team/team.h"
#include "tests/check.h"
#include "tests/team_make.h"
#include "tests/train_make.h"

#include <math.h>

static float x[MAKE_ROWS * MAKE_IN], y[MAKE_ROWS * 2];
static const float *const inputs[] = {x}, *const targets[] = {y};
static const float *const held_in[] = {x + 100 * MAKE_IN};
static const float *const held_to[] = {y + 200};
static const mien_samples held = {50, held_in, held_to, NULL, NULL};

/* ---- what a team does -------------------------------------------------------
 */

enum { LONG = 40 };

typedef struct meeting {
    int n, mine;
    float x[LONG], room[LONG + TEAM_MOST];
    char all[TEAM_MOST];
    int flag;
    mien_bytes copy;
    mien_status st;
} meeting;

/* Of sizes so different that the order of a sum is seen in its bits. */
static float value_of(int rank, int i)
{
    return ((float)((rank * 31 + i * 17) % 13) - 5.7f) *
           powf(10, (float)((i + 3 * rank) % 9));
}

static void meet(team_rank *r)
{
    meeting *m = r->arg;
    char mine = (char)('a' + m->mine);
    m->st = mi_team_sum(&r->team, m->x, (size_t)m->n, m->room, NULL);
    if (!m->st)
        m->st = mi_team_gather(&r->team, &mine, 1, m->all, NULL);
    if (!m->st)
        m->st = mi_team_any(&r->team, &m->flag, NULL);
    if (!m->st)
        m->st =
            mi_team_copy(&r->team, (const uint8_t *)"hello",
                         r->team.rank ? 0 : (size_t)m->n % 6, &m->copy, NULL);
}

/* Whether x is the sum of what so many ranks had, from the first on. */
static int is_sum(const meeting *m, int size)
{
    for (int i = 0; i < m->n; i++) {
        float sum = value_of(0, i);
        for (int k = 1; k < size; k++)
            sum += value_of(k, i);
        if (memcmp(&sum, &m->x[i], sizeof sum) != 0)
            return 0;
    }
    return 1;
}

static void test_sums_and_copies(void)
{
    for (int size = 1; size <= TEAM_MOST; size++)
        for (int n = 0; n < LONG; n += 1 + n / 9) {
            meeting m[TEAM_MOST] = {{0}};
            void *arg[TEAM_MOST];
            for (int k = 0; k < size; k++) {
                arg[k] = &m[k];
                m[k].n = n;
                m[k].mine = k;
                m[k].flag = k == size - 1 && n % 2;
                for (int i = 0; i < n; i++)
                    m[k].x[i] = value_of(k, i);
            }
            team_run(size, meet, arg, NULL);
            for (int k = 0; k < size; k++) {
                CHECK_EQ(m[k].st, MIEN_OK);
                CHECK_MSG(is_sum(&m[k], size), "%d ranks, %d", size, n);
                CHECK(memcmp(m[k].all, "abcdefgh", (size_t)size) == 0);
                CHECK_EQ(m[k].flag, n % 2);
                CHECK(m[k].copy.n == (size_t)n % 6 &&
                      memcmp(m[k].copy.data, "hello", m[k].copy.n) == 0);
                mien_bytes_free(&m[k].copy);
            }
        }
}

/* Parts of n rows follow each other, and none is larger by two. */
static void test_shares(void)
{
    for (int size = 1; size < 9; size++)
        for (int64_t n = 0; n < 30; n++) {
            int64_t next = 0;
            for (int k = 0; k < size; k++) {
                const mien_team team = {k, size, NULL, NULL};
                mi_share s = mi_team_share(&team, n);
                CHECK(s.first == next && s.n >= n / size &&
                      s.n <= n / size + 1);
                next += s.n;
            }
            CHECK_EQ(next, n);
        }
    CHECK_EQ(mi_team_share(NULL, 7).n, 7);
}

/* ---- trainings
 * ----------------------------------------------------------------
 */

typedef struct training {
    int normed, dropout, threads, epochs, rows, stop_at;
    mien_bytes from; /* goes on from it */
    mien_trainer_options o;
    mien_samples train;
    /* what came of it */
    mien_status st;
    mien_error err;
    mien_fit_end end;
    float value[4096];
    int n, done;
    mien_epoch last;
    mien_bytes saved;
} training;

/* Six inputs to two results through units that are normalised. */
static mien_graph *normed_network(void)
{
    mien_graph *g = NULL;
    mien_random r;
    mien_layer_options o = MIEN_LAYER_KERAS;
    mien_random_init(&r, 3);
    o.random = &r;
    CHECK_EQ(mien_graph_new(&g, NULL), MIEN_OK);
    mien_node *at = mien_graph_input(g, "x", (mien_shape){2, {-1, MAKE_IN}});
    at = mien_layer_dense(g, at, 12, &o, "hidden");
    at = mien_layer_batch_norm(g, at, 1e-3f, .9f, "norm");
    at = mien_layer_relu(g, at, NULL);
    mien_graph_output(g, mien_layer_dense(g, at, 2, &o, "out"), NULL);
    return g;
}

static int look(void *arg, const mien_fit *f, const mien_epoch *e)
{
    training *w = arg;
    w->last = *e;
    if (e->epoch == w->stop_at)
        (void)!mien_fit_save(f, &w->saved, NULL);
    return e->epoch == w->stop_at;
}

/* What one rank does. */
static void learn(training *w, const mien_team *team)
{
    mien_graph *g = w->normed ? normed_network() : make_network(w->dropout);
    mien_fit_options fo = MIEN_FIT_DEFAULTS;
    mien_trainer *t = NULL;
    mien_fit *f = NULL;
    fo.epochs = w->epochs;
    fo.on_epoch = look;
    fo.arg = w;
    w->o.team = team;
    w->st = w->threads ? mien_pool_new(w->threads, &w->o.pool, NULL) : MIEN_OK;
    if (!w->st)
        w->st = mien_trainer_new(g, &w->o, &t, &w->err);
    if (!w->st)
        w->st = mien_fit_new(t, &fo, &f, &w->err);
    if (!w->st && w->from.n)
        w->st = mien_fit_restore(f, w->from.data, w->from.n, &w->err);
    if (!w->st)
        w->st = mien_fit_run(f, &w->train, &held, &w->end, &w->err);
    if (f)
        mien_fit_history(f, &w->done);
    w->n = make_parameters(g, w->value);
    mien_fit_free(f);
    mien_trainer_free(t);
    mien_graph_free(g);
    mien_pool_free(w->o.pool);
}

static void learn_as_rank(team_rank *r) { learn(r->arg, &r->team); }

static training usual(void)
{
    training w = {.epochs = 6, .o = make_options()};
    w.train = (mien_samples){100, inputs, targets, NULL, NULL};
    return w;
}

/* Let ranks begin with copies of what is wanted. */
static void learn_together(int size, const training *from, training *to,
                           const int *leave)
{
    void *arg[TEAM_MOST];
    for (int k = 0; k < size; k++) {
        to[k] = *from;
        arg[k] = &to[k];
    }
    team_run(size, learn_as_rank, arg, leave);
}

static int same(const training *a, const training *b)
{
    return a->n == b->n &&
           memcmp(a->value, b->value, (size_t)a->n * sizeof *a->value) == 0 &&
           memcmp(&a->last.valid, &b->last.valid, sizeof a->last.valid) == 0;
}

static double distance(const training *a, const training *b)
{
    double far = 0;
    for (int i = 0; i < a->n; i++)
        far = fmax(far, fabs((double)a->value[i] - (double)b->value[i]));
    return far;
}

static training ranks[TEAM_MOST], again[TEAM_MOST];

/* The same bits on all ranks, and again with other threads; 100 rows in batches
 * of 32 end in one of 4, which leaves some of 5 ranks without a row. */
static void test_ranks_have_the_same_bits(void)
{
    for (int kind = 0; kind < 3; kind++)
        for (int size = 1; size <= 5; size++) {
            training w = usual();
            w.normed = kind == 1;
            w.dropout = kind == 2;
            w.o.average = .9f;
            learn_together(size, &w, ranks, NULL);
            w.threads = 2;
            learn_together(size, &w, again, NULL);
            for (int k = 0; k < size; k++) {
                CHECK_EQ(ranks[k].st, MIEN_OK);
                CHECK_EQ(ranks[k].done, 6);
                CHECK_MSG(same(&ranks[k], &ranks[0]), "rank %d of %d, kind %d",
                          k, size, kind);
                CHECK(same(&again[k], &ranks[0]));
            }
            learn(&w, NULL);
            CHECK_EQ(same(&ranks[0], &w), size == 1);
        }
}

/* Whole batches are learned from: one rank says the same, but for rounding. */
static void test_ranks_learn_what_one_does(void)
{
    for (int kind = 0; kind < 2; kind++) {
        training one = usual();
        const mien_penalty small = {"hidden.weight", 1e-3f, 1e-3f};
        one.o.optimizer = kind ? (mien_optimizer)MIEN_ADAM_KERAS
                               : (mien_optimizer)MIEN_SGD_KERAS;
        one.o.optimizer.clip_norm = 1;
        one.o.penalties = &small;
        one.o.n_penalties = 1;
        training all = one;
        learn(&one, NULL);
        for (int size = 2; size <= 5; size++) {
            learn_together(size, &all, ranks, NULL);
            CHECK(distance(&ranks[0], &one) < (kind ? 1e-4 : 2e-6));
            CHECK_NEAR(ranks[0].last.valid.total, one.last.valid.total, 1e-4);
            CHECK_NEAR(ranks[0].last.train.total, one.last.train.total, 1e-4);
            CHECK_NEAR(ranks[0].last.train.penalty, one.last.train.penalty,
                       1e-5);
        }
    }
}

/* Running statistics are means over the ranks: with batches of all rows, their
 * means are those of one rank. */
static void test_running_statistics_are_means(void)
{
    training one = usual();
    one.normed = 1;
    one.epochs = 1;
    one.o.batch = 100;
    one.o.shuffle = 0;
    one.o.optimizer = (mien_optimizer)MIEN_SGD_KERAS;
    one.o.optimizer.rate = 1e-9f;
    training all = one;
    learn(&one, NULL);
    learn_together(3, &all, ranks, NULL);
    int at = 6 * 12 + 12 + 12 + 12; /* behind weights, biases, scales, shifts */
    for (int i = at; i < at + 12; i++) {
        CHECK(fabsf(one.value[i]) > 0);
        CHECK_NEAR(ranks[2].value[i], one.value[i], 1e-6);
    }
    CHECK(!same(&ranks[0], &one)); /* variances within a rank are others */
}

/* ---- ends -------------------------------------------------------------------
 */

/* One rank asks to stop; all do, and go on, as many or fewer. */
static void test_a_break_leaves_no_trace(void)
{
    training w = usual();
    w.dropout = 1;
    learn_together(3, &w, again, NULL);
    training cut[3];
    void *arg[3];
    for (int k = 0; k < 3; k++) {
        cut[k] = w;
        cut[k].stop_at = k == 1 ? 4 : 0;
        arg[k] = &cut[k];
    }
    team_run(3, learn_as_rank, arg, NULL);
    for (int k = 0; k < 3; k++)
        CHECK(cut[k].st == MIEN_OK && cut[k].end == MIEN_FIT_ASKED &&
              cut[k].done == 4);
    w.from = cut[1].saved;
    learn_together(3, &w, ranks, NULL);
    CHECK(same(&ranks[0], &again[0]) && same(&ranks[2], &again[0]));
    learn_together(2, &w, ranks, NULL);
    CHECK(ranks[0].done == 6 && same(&ranks[0], &ranks[1]));
    CHECK(!same(&ranks[0], &again[0]));
    learn(&w, NULL);
    CHECK(w.st == MIEN_OK && w.done == 6);
    mien_bytes_free(&cut[1].saved);
}

/* A rank that is gone at any exchange: all fail, and none waits. */
static void test_a_rank_that_is_gone(void)
{
    training w = usual();
    w.epochs = 2;
    for (int at = 1; at < 23; at++) {
        const int leave[] = {0, at, 0};
        learn_together(3, &w, ranks, leave);
        for (int k = 0; k < 3; k++)
            CHECK_MSG(ranks[k].st == MIEN_EIO &&
                          strstr(ranks[k].err.text, "a rank is gone"),
                      "exchange %d, rank %d: %d, %s", at, k, ranks[k].st,
                      ranks[k].err.text);
    }
}

static mien_status fill(void *arg, int epoch, const int64_t *row, int64_t n,
                        float *const *in, float *const *to, float *weights,
                        mien_error *err)
{
    const training *w = arg;
    (void)weights;
    for (int64_t i = 0; i < n; i++) {
        memcpy(in[0] + i * MAKE_IN, x + row[i] * MAKE_IN, MAKE_IN * sizeof *x);
        memcpy(to[0] + i * 2, y + row[i] * 2, 2 * sizeof *y);
        if (epoch == 1 && row[i] == 9 && w->rows == 9) {
            if (err)
                *err = (mien_error){MIEN_EFORMAT, "row 9 is torn"};
            return MIEN_EFORMAT;
        }
    }
    return MIEN_OK;
}

/* A row that one rank cannot read, or whose loss is not finite: that one says
 * so, and the others that another failed. */
static void test_a_rank_that_fails(void)
{
    for (int way = 0; way < 3; way++) {
        training w = usual();
        float kept = y[18];
        const mien_row_source source = {fill, NULL, &w};
        w.train = (mien_samples){100, inputs, targets, NULL, NULL};
        if (way == 0)
            w.train.source = &source;
        w.rows = way == 0 ? 9 : 0;
        if (way == 1)
            y[18] = NAN;
        if (way == 2)
            y[2 * 130] = NAN; /* while measuring */
        learn_together(4, &w, ranks, NULL);
        y[18] = kept;
        y[2 * 130] = y[2 * 131];
        int own = 0;
        for (int k = 0; k < 4; k++) {
            int told = strstr(ranks[k].err.text, "another rank") != NULL;
            CHECK(ranks[k].st != MIEN_OK && told == (ranks[k].st == MIEN_EIO));
            own += !told;
            CHECK(told || strstr(ranks[k].err.text,
                                 way ? "not finite" : "row 9 is torn"));
            CHECK_EQ(ranks[k].done, way == 0);
            CHECK(ranks[k].n == ranks[0].n);
        }
        CHECK_EQ(own, 1);
    }
}

static void test_too_few_rows_are_refused(void)
{
    training w = usual();
    w.o.batch = 3;
    learn_together(4, &w, ranks, NULL);
    CHECK_EQ(ranks[1].st, MIEN_EARG);
    CHECK_MSG(strstr(ranks[1].err.text, "a batch of 3 rows for 4 ranks"), "%s",
              ranks[1].err.text);
}

/* Of two ranks one has no memory, at each of its allocations: it says so, and
 * the other ends too. */
static mien_status nothing(void *arg, const mien_piece *give,
                           const mien_piece *take, mien_error *err)
{
    (void)arg, (void)give, (void)take;
    if (err)
        *err = (mien_error){MIEN_EIO, "alone"};
    return MIEN_EIO;
}

static void test_failing_memory_is_reported(void)
{
    const mien_team team = {0, 2, nothing, NULL};
    mien_trainer_options o = make_options();
    mien_graph *g = make_network(0);
    mien_trainer *t = NULL;
    mien_bytes copy = {0};
    int failures = 0;
    o.team = &team;
    for (int left = 0; !t; left++) {
        mi_alloc_fail_after(left);
        mien_status st = mien_trainer_new(g, &o, &t, NULL);
        mi_alloc_fail_after(-1);
        CHECK_EQ(st, t ? MIEN_OK : MIEN_ENOMEM);
        failures += !t;
    }
    CHECK(failures > 10);
    mien_trainer_free(t);
    mien_graph_free(g);
    mi_alloc_fail_after(0);
    CHECK_EQ(mi_team_copy(NULL, (const uint8_t *)"a", 1, &copy, NULL),
             MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    CHECK(copy.data == NULL);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_rows(x, y, MAKE_ROWS);
    RUN(test_sums_and_copies);
    RUN(test_shares);
    RUN(test_ranks_have_the_same_bits);
    RUN(test_ranks_learn_what_one_does);
    RUN(test_running_statistics_are_means);
    RUN(test_a_break_leaves_no_trace);
    RUN(test_a_rank_that_is_gone);
    RUN(test_a_rank_that_fails);
    RUN(test_too_few_rows_are_refused);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
