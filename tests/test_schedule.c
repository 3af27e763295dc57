/* What changes while a network learns: the rate, the weights of losses, the
 * moving average of the parameters; and rows that are made when wanted. */
#include "base/alloc.h"
#include "tests/train_make.h"
#include "train/schedule.h"

static float x[MAKE_ROWS * MAKE_IN], y[MAKE_ROWS * 2];
static const float *const inputs[] = {x}, *const targets[] = {y};
static const mien_samples rows = {MAKE_ROWS, inputs, targets, NULL, NULL};

/* ---- the rate --------------------------------------------------------------
 */

static void test_shares_of_the_rate(void)
{
    mien_schedule s = {MIEN_RATE_CONSTANT, 0, 0, 1, 0};
    CHECK_NEAR(mi_schedule_share(&s, 17), 1, 0);
    s.warmup = 4;
    CHECK_NEAR(mi_schedule_share(&s, 1), .25, 1e-12);
    CHECK_NEAR(mi_schedule_share(&s, 4), 1, 1e-12);
    s = (mien_schedule){MIEN_RATE_STEP, 0, 10, .5f, 0};
    CHECK_NEAR(mi_schedule_share(&s, .1), 1, 1e-12);
    CHECK_NEAR(mi_schedule_share(&s, 10), 1, 1e-12);
    CHECK_NEAR(mi_schedule_share(&s, 10.1), .5, 1e-12);
    CHECK_NEAR(mi_schedule_share(&s, 20.5), .25, 1e-12);
    s = (mien_schedule){MIEN_RATE_COSINE, 2, 8, 0, .1f};
    CHECK_NEAR(mi_schedule_share(&s, 1), .5 * (.1 + .45 * 1.92387953), 1e-6);
    CHECK_NEAR(mi_schedule_share(&s, 4), .55, 1e-6);
    CHECK_NEAR(mi_schedule_share(&s, 8), .1, 1e-6);
    CHECK_NEAR(mi_schedule_share(&s, 80), .1, 1e-6);
    double last = 2;
    for (double e = 2; e < 8; e += .25) {
        CHECK(mi_schedule_share(&s, e) < last);
        last = mi_schedule_share(&s, e);
    }
}

/* A schedule of steps is the same as setting the rate by hand. */
static void test_a_schedule_is_learned_with(void)
{
    float a[4096], b[4096];
    mien_trainer_options o = make_options();
    mien_losses l;
    mien_graph *g = make_network(0), *h = make_network(0);
    mien_trainer *by_hand = make_trainer(g, &o);
    o.schedule = (mien_schedule){MIEN_RATE_STEP, 0, 1, .5f, 0};
    mien_trainer *by_steps = make_trainer(h, &o);
    for (int e = 0; e < 3; e++) {
        mien_trainer_set_rate(by_hand, 1e-2f * (e == 0   ? 1
                                                : e == 1 ? .5f
                                                         : .25f));
        CHECK_EQ(mien_trainer_epoch(by_hand, &rows, &l, NULL), MIEN_OK);
        CHECK_EQ(mien_trainer_epoch(by_steps, &rows, &l, NULL), MIEN_OK);
        CHECK_NEAR(mien_trainer_rate(by_hand), mien_trainer_rate(by_steps), 0);
    }
    int n = make_parameters(g, a);
    CHECK(make_parameters(h, b) == n && !memcmp(a, b, (size_t)n * sizeof *a));
    mien_trainer_free(by_hand);
    mien_trainer_free(by_steps);
    mien_graph_free(g);
    mien_graph_free(h);
}

/* ---- decay, average
 * ---------------------------------------------------------- */

/* One SGD step whose gradient is not there: weights shrink, and that is all. */
static void test_decay_apart_from_the_gradient(void)
{
    float before[4096], after[4096];
    mien_trainer_options o = make_options();
    const mien_loss nothing = {.kind = MIEN_LOSS_MSE, .weight = 0};
    mien_losses l;
    for (int adam = 0; adam < 2; adam++) {
        mien_graph *g = make_network(0);
        o.batch = MAKE_ROWS;
        o.losses = &nothing;
        o.optimizer = adam ? (mien_optimizer)MIEN_ADAMW_TORCH
                           : (mien_optimizer)MIEN_SGD_KERAS;
        o.optimizer.rate = 0.5f;
        o.optimizer.weight_decay = 0.5f;
        o.optimizer.decoupled = 1;
        mien_trainer *t = make_trainer(g, &o);
        int n = make_parameters(g, before);
        CHECK_EQ(mien_trainer_epoch(t, &rows, &l, NULL), MIEN_OK);
        make_parameters(g, after);
        for (int i = 0; i < n; i++)
            CHECK_NEAR(after[i], 0.75 * (double)before[i], 1e-7);
        mien_trainer_free(t);
        mien_graph_free(g);
    }
}

/* The average of three steps, told by the parameters after each. */
static void test_the_average_follows(void)
{
    float w[4096], want[4096], got[4096];
    mien_trainer_options o = make_options();
    mien_losses l, averaged, plain;
    o.batch = MAKE_ROWS;
    o.average = 0.15f; /* the first step keeps 2/11 at most: .15 */
    mien_graph *g = make_network(0);
    mien_trainer *t = make_trainer(g, &o);
    int n = make_parameters(g, want);
    for (int step = 0; step < 3; step++) {
        CHECK_EQ(mien_trainer_epoch(t, &rows, &l, NULL), MIEN_OK);
        make_parameters(g, w);
        for (int i = 0; i < n; i++)
            want[i] = .15f * want[i] + .85f * w[i];
    }
    CHECK_EQ(mien_trainer_evaluate(t, &rows, &averaged, NULL), MIEN_OK);
    make_parameters(g, got);
    CHECK(!memcmp(got, w, (size_t)n * sizeof *w));
    mien_trainer_swap_average(t);
    make_parameters(g, got);
    for (int i = 0; i < n; i++)
        CHECK_NEAR(got[i], want[i], 1e-6);
    mien_trainer_free(t);
    o.average = 0;
    t = make_trainer(g, &o);
    CHECK_EQ(mien_trainer_evaluate(t, &rows, &plain, NULL), MIEN_OK);
    CHECK(plain.total == averaged.total);
    mien_trainer_free(t);
    mien_graph_free(g);
}

/* ---- losses
 * ------------------------------------------------------------------ */

/* Targets of two losses; the second's can be of no use. */
static const mien_loss pair[2] = {
    {.kind = MIEN_LOSS_MSE, .weight = 1},
    {.kind = MIEN_LOSS_WING, .weight = 1, .warmup = 2}};
static const float *const both[] = {y, y};

static void test_a_loss_grows(void)
{
    mien_trainer_options o = make_options();
    const mien_samples s = {MAKE_ROWS, inputs, both, NULL, NULL};
    mien_losses l;
    o.losses = pair;
    o.n_losses = 2;
    o.batch = MAKE_ROWS;
    mien_graph *g = make_network(0);
    mien_trainer *t = make_trainer(g, &o);
    for (int e = 1; e <= 3; e++) {
        CHECK_EQ(mien_trainer_epoch(t, &s, &l, NULL), MIEN_OK);
        double weight = e < 2 ? .5 : 1;
        CHECK_NEAR(l.total, l.part[0] + weight * l.part[1], 1e-6 * l.total);
    }
    CHECK_EQ(mien_trainer_evaluate(t, &s, &l, NULL), MIEN_OK);
    CHECK_NEAR(l.total, l.part[0] + l.part[1], 1e-6 * l.total);
    mien_trainer_set_weight(t, 1, 3);
    CHECK_EQ(mien_trainer_evaluate(t, &s, &l, NULL), MIEN_OK);
    CHECK_NEAR(l.total, l.part[0] + 3 * l.part[1], 1e-6 * l.total);
    mien_trainer_free(t);
    mien_graph_free(g);
}

typedef struct halt {
    int at;
    mien_bytes saved;
} halt;

static int stop_at(void *arg, const mien_fit *f, const mien_epoch *e)
{
    halt *h = arg;
    if (e->epoch != h->at)
        return 0;
    CHECK_EQ(mien_fit_save(f, &h->saved, NULL), MIEN_OK);
    return 1;
}

static mien_fit *fit(mien_trainer *t, halt *h)
{
    mien_fit_options fo = MIEN_FIT_DEFAULTS;
    mien_fit *f = NULL;
    fo.epochs = 14;
    fo.task_patience = 2;
    fo.on_epoch = h ? stop_at : NULL;
    fo.arg = h;
    CHECK_EQ(mien_fit_new(t, &fo, &f, NULL), MIEN_OK);
    return f;
}

/* With everything on: a task that is measured on noise stops, and a break
 * leaves no trace. */
static void test_a_task_stops_also_after_a_break(void)
{
    static float noise[MAKE_ROWS * 2];
    static const float *const measured[] = {y, noise};
    const mien_samples s = {MAKE_ROWS, inputs, both, NULL, NULL};
    const mien_samples valid = {MAKE_ROWS, inputs, measured, NULL, NULL};
    mien_trainer_options o = make_options();
    float whole[4096], broken[4096];
    int n, m;
    for (int i = 0; i < MAKE_ROWS * 2; i++)
        noise[i] = i % 2 ? 50 : -50;
    o.losses = pair;
    o.n_losses = 2;
    o.average = .9f;
    o.schedule = (mien_schedule){MIEN_RATE_COSINE, 1, 14, 0, .05f};
    mien_graph *g = make_network(1);
    mien_trainer *t = make_trainer(g, &o);
    mien_fit *f = fit(t, NULL);
    CHECK_EQ(mien_fit_run(f, &s, &valid, NULL, NULL), MIEN_OK);
    const mien_epoch *e = mien_fit_history(f, &n);
    CHECK(n == 14 && e[0].learning == 3 && e[13].learning == 1);
    for (int i = 1; i < n; i++)
        CHECK(e[i].learning <= e[i - 1].learning);
    make_parameters(g, whole);
    for (int at = 1; at < 14; at += 3) {
        halt h = {.at = at};
        mien_graph *a = make_network(1), *b = make_network(1);
        mien_trainer *ta = make_trainer(a, &o), *tb = make_trainer(b, &o);
        mien_fit *fa = fit(ta, &h), *fb = fit(tb, NULL);
        CHECK_EQ(mien_fit_run(fa, &s, &valid, NULL, NULL), MIEN_OK);
        CHECK_EQ(mien_fit_restore(fb, h.saved.data, h.saved.n, NULL), MIEN_OK);
        CHECK_EQ(mien_fit_run(fb, &s, &valid, NULL, NULL), MIEN_OK);
        const mien_epoch *again = mien_fit_history(fb, &m);
        CHECK(m == n && !memcmp(e, again, (size_t)n * sizeof *e));
        m = make_parameters(b, broken);
        CHECK(!memcmp(whole, broken, (size_t)m * sizeof *whole));
        mien_bytes_free(&h.saved);
        mien_fit_free(fa);
        mien_fit_free(fb);
        mien_trainer_free(ta);
        mien_trainer_free(tb);
        mien_graph_free(a);
        mien_graph_free(b);
    }
    mien_fit_free(f);
    mien_trainer_free(t);
    mien_graph_free(g);
}

/* ---- rows that are made
 * -------------------------------------------------------
 */

typedef struct made {
    int epochs, told, broken;
    const int64_t *order;
    int64_t at;
} made;

static mien_status make(void *arg, int epoch, const int64_t *list, int64_t n,
                        float *const *in, float *const *to, float *weights,
                        mien_error *err)
{
    made *m = arg;
    (void)err;
    CHECK_EQ(epoch, m->epochs);
    CHECK(weights[0] == 1 && weights[n - 1] == 1);
    if (m->broken && m->at > 0)
        return MIEN_EIO;
    for (int64_t i = 0; i < n; i++, m->at++) {
        CHECK(m->order[m->at] == list[i]);
        memcpy(in[0] + i * MAKE_IN, x + list[i] * MAKE_IN, MAKE_IN * sizeof *x);
        memcpy(to[0] + i * 2, y + list[i] * 2, 2 * sizeof *y);
    }
    return MIEN_OK;
}

static void tell(void *arg, int epoch, const int64_t *list, int64_t n)
{
    made *m = arg;
    CHECK_EQ(n, MAKE_ROWS);
    CHECK_EQ(epoch, m->epochs);
    m->order = list;
    m->at = 0;
    m->told++;
}

static void test_made_rows_are_the_rows(void)
{
    float a[4096], b[4096];
    made m = {0};
    const mien_row_source source = {make, tell, &m};
    const mien_samples s = {.n = MAKE_ROWS, .source = &source};
    mien_losses l, k;
    for (int shuffle = 0; shuffle < 2; shuffle++) {
        mien_trainer_options o = make_options();
        o.shuffle = shuffle;
        mien_graph *g = make_network(1), *h = make_network(1);
        mien_trainer *t = make_trainer(g, &o), *u = make_trainer(h, &o);
        m = (made){0};
        for (; m.epochs < 3; m.epochs++) {
            CHECK_EQ(mien_trainer_epoch(t, &rows, &l, NULL), MIEN_OK);
            CHECK_EQ(mien_trainer_epoch(u, &s, &k, NULL), MIEN_OK);
            CHECK(l.total == k.total);
        }
        CHECK_EQ(mien_trainer_evaluate(t, &rows, &l, NULL), MIEN_OK);
        CHECK_EQ(mien_trainer_evaluate(u, &s, &k, NULL), MIEN_OK);
        CHECK(l.total == k.total && m.told == 4);
        int n = make_parameters(g, a);
        make_parameters(h, b);
        CHECK(!memcmp(a, b, (size_t)n * sizeof *a));
        m.broken = 1;
        CHECK_EQ(mien_trainer_epoch(u, &s, &k, NULL), MIEN_EIO);
        CHECK_EQ(mien_trainer_epochs(u), 3);
        mien_trainer_free(t);
        mien_trainer_free(u);
        mien_graph_free(g);
        mien_graph_free(h);
    }
}

/* A convolution over [n, 2, 3, 3]: rows of a source are turned as others are.
 */
static mien_graph *pictures(void)
{
    mien_graph *g = NULL;
    mien_random r;
    mien_layer_options lo = MIEN_LAYER_KERAS;
    const mien_window w = MIEN_WINDOW(3, 1, 1);
    mien_random_init(&r, 5);
    lo.random = &r;
    CHECK_EQ(mien_graph_new(&g, NULL), MIEN_OK);
    mien_node *n = mien_graph_input(g, "x", (mien_shape){4, {-1, 2, 3, 3}});
    n = mien_layer_conv2d(g, n, 4, &w, &lo, NULL);
    n = mien_layer_batch_norm(g, n, 1e-3f, .9f, "bn");
    n = mien_layer_conv2d(g, n, 2, &w, &lo, NULL);
    mien_graph_output(g, n, NULL);
    CHECK_EQ(mien_graph_check(g, NULL), MIEN_OK);
    return g;
}

static mien_status make_picture(void *arg, int epoch, const int64_t *list,
                                int64_t n, float *const *in, float *const *to,
                                float *weights, mien_error *err)
{
    (void)arg;
    (void)epoch;
    (void)err;
    for (int64_t i = 0; i < n; i++) {
        memcpy(in[0] + i * 18, x + list[i] * 18, 18 * sizeof *x);
        memcpy(to[0] + i * 18, x + list[i] * 18, 18 * sizeof *x);
        weights[i] = 1 + (float)(list[i] % 2);
    }
    return MIEN_OK;
}

static void test_made_pictures(void)
{
    enum { N = 40 };
    float weights[N], a[4096], b[4096];
    const mien_row_source source = {make_picture, NULL, NULL};
    const mien_samples made_rows = {.n = N, .source = &source};
    const mien_samples kept = {N, inputs, inputs, weights, NULL};
    mien_trainer_options o = make_options();
    mien_losses l, k;
    for (int i = 0; i < N; i++)
        weights[i] = 1 + (float)(i % 2);
    o.batch = 16;
    mien_graph *g = pictures(), *h = pictures();
    mien_trainer *t = make_trainer(g, &o), *u = make_trainer(h, &o);
    for (int e = 0; e < 2; e++) {
        CHECK_EQ(mien_trainer_epoch(t, &kept, &l, NULL), MIEN_OK);
        if (e)
            mi_alloc_fail_after(0);
        CHECK_EQ(mien_trainer_epoch(u, &made_rows, &k, NULL), MIEN_OK);
        mi_alloc_fail_after(-1);
        CHECK(l.total == k.total);
    }
    int n = make_parameters(g, a);
    make_parameters(h, b);
    CHECK(!memcmp(a, b, (size_t)n * sizeof *a));
    mien_trainer_free(t);
    mien_trainer_free(u);
    mien_graph_free(g);
    mien_graph_free(h);
}

/* One batch, momentum 0: the running variance is the batch's, or a sample's. */
static void test_running_variance_of_a_sample(void)
{
    mien_trainer_options o = make_options();
    const mien_samples s = {16, inputs, inputs, NULL, NULL};
    const double count = 16 * 9;
    float kept[2][4];
    mien_losses l;
    o.batch = 16;
    for (o.unbiased = 0; o.unbiased < 2; o.unbiased++) {
        mien_graph *g = pictures();
        mien_trainer *t = make_trainer(g, &o);
        CHECK_EQ(mien_trainer_epoch(t, &s, &l, NULL), MIEN_OK);
        memcpy(kept[o.unbiased], mien_graph_values(g, "bn.variance", NULL),
               sizeof kept[0]);
        mien_trainer_free(t);
        mien_graph_free(g);
    }
    for (int c = 0; c < 4; c++)
        CHECK_NEAR(((double)kept[1][c] - .9) * (count - 1),
                   ((double)kept[0][c] - .9) * count, 1e-3);
}

/* ---- refusals
 * ----------------------------------------------------------------- */

static void refused(const mien_trainer_options *o, const char *words)
{
    mien_graph *g = make_network(0);
    mien_trainer *t = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_trainer_new(g, o, &t, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, words), "'%s' lacks '%s'", err.text, words);
    mien_graph_free(g);
}

static void test_mistakes_are_named(void)
{
    mien_trainer_options o = make_options();
    mien_loss loss = make_mse;
    o.schedule = (mien_schedule){MIEN_RATE_STEP, 0, 0, .5f, 0};
    refused(&o, "a schedule over 0 epochs");
    o.schedule = (mien_schedule){MIEN_RATE_STEP, 0, 3, 1.5f, 0};
    refused(&o, "falls by 1.5");
    o.schedule = (mien_schedule){MIEN_RATE_COSINE, 0, 3, 1, -1};
    refused(&o, "falls to -1");
    o.schedule = (mien_schedule){MIEN_RATE_CONSTANT, -2, 0, 1, 0};
    refused(&o, "warm-up of -2");
    o = make_options();
    o.average = 1;
    refused(&o, "keeps 1 of itself");
    o = make_options();
    o.losses = &loss;
    loss.smoothing = 1;
    refused(&o, "smoothing 1");
    loss.smoothing = 0;
    loss.warmup = -1;
    refused(&o, "warm-up -1");
}

static void test_failing_memory_is_reported(void)
{
    mien_trainer_options o = make_options();
    made m = {0};
    const mien_row_source source = {make_picture, NULL, &m};
    const mien_samples s = {.n = 40, .source = &source};
    mien_losses l;
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    o.average = .9f;
    mien_graph *g = pictures();
    for (; st == MIEN_ENOMEM && n < 1000; n++) {
        mien_trainer *t = NULL;
        mi_alloc_fail_after(n);
        st = mien_trainer_new(g, &o, &t, NULL);
        if (!st)
            st = mien_trainer_epoch(t, &s, &l, NULL);
        mi_alloc_fail_after(-1);
        mien_trainer_free(t);
    }
    CHECK(st == MIEN_OK && n > 20);
    mien_graph_free(g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_rows(x, y, MAKE_ROWS);
    RUN(test_shares_of_the_rate);
    RUN(test_a_schedule_is_learned_with);
    RUN(test_decay_apart_from_the_gradient);
    RUN(test_the_average_follows);
    RUN(test_a_loss_grows);
    RUN(test_a_task_stops_also_after_a_break);
    RUN(test_made_rows_are_the_rows);
    RUN(test_made_pictures);
    RUN(test_running_variance_of_a_sample);
    RUN(test_mistakes_are_named);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
