/* Training: it learns, the bits are the same for any number of threads and
 * after a break, best parameters come back, mistakes and damage are refused. */
#include "base/alloc.h"
#include "mien/train_events.h"
#include "tests/train_make.h"

static float x[MAKE_ROWS * MAKE_IN], y[MAKE_ROWS * 2];
static const float *const inputs[] = {x}, *const targets[] = {y};
static const mien_samples rows = {MAKE_ROWS, inputs, targets, NULL, NULL};
static const mien_samples train = {100, inputs, targets, NULL, NULL};

/* Learn for so many epochs; the parameters after them and the last loss. */
static double learn(const mien_trainer_options *o, int dropout, int epochs,
                    float *out, int *n)
{
    mien_graph *g = make_network(dropout);
    mien_trainer *t = make_trainer(g, o);
    mien_losses l = {0};
    for (int i = 0; i < epochs; i++)
        CHECK_EQ(mien_trainer_epoch(t, &rows, &l, NULL), MIEN_OK);
    CHECK_EQ(mien_trainer_epochs(t), epochs);
    CHECK_EQ(mien_trainer_evaluate(t, &rows, &l, NULL), MIEN_OK);
    if (out)
        *n = make_parameters(g, out);
    mien_trainer_free(t);
    mien_graph_free(g);
    return l.total;
}

static void test_optimisers_learn(void)
{
    mien_trainer_options o = make_options();
    double before = learn(&o, 0, 0, NULL, NULL);
    CHECK(before > 1);
    CHECK(learn(&o, 0, 200, NULL, NULL) < 0.1);
    o.optimizer = (mien_optimizer)MIEN_ADAM_TORCH;
    CHECK(learn(&o, 0, 400, NULL, NULL) < 0.3 * before);
    o.optimizer = (mien_optimizer)MIEN_SGD_KERAS;
    double plain = learn(&o, 0, 60, NULL, NULL);
    o.optimizer.momentum = 0.9f;
    double momentum = learn(&o, 0, 60, NULL, NULL);
    o.optimizer.nesterov = 1;
    CHECK(plain < 0.5 * before && momentum < plain);
    CHECK(learn(&o, 0, 60, NULL, NULL) < plain);
    o.optimizer.weight_decay = 1;
    CHECK(learn(&o, 0, 60, NULL, NULL) > momentum);
    o.optimizer.weight_decay = 0;
    o.optimizer.clip_norm = 1e-6f;
    CHECK_NEAR(learn(&o, 0, 5, NULL, NULL), before, 1e-3);
}

static void test_bits_do_not_depend_on_threads(void)
{
    float one[4096], many[4096];
    int n = 0, m = 0;
    for (int threads = 2; threads <= 5; threads += 3) {
        mien_trainer_options o = make_options();
        o.batch = 100;
        learn(&o, 1, 3, one, &n);
        CHECK_EQ(mien_pool_new(threads, &o.pool, NULL), MIEN_OK);
        learn(&o, 1, 3, many, &m);
        CHECK(n == m && memcmp(one, many, (size_t)n * sizeof *one) == 0);
        mien_pool_free(o.pool);
    }
}

/* ---- fits ------------------------------------------------------------------
 */

typedef struct watch {
    int stop_at, calls, fail_saving;
    mien_bytes saved; /* of the epoch stop_at */
} watch;

static int look(void *arg, const mien_fit *f, const mien_epoch *e)
{
    watch *w = arg;
    w->calls++;
    CHECK_EQ(e->epoch, w->calls);
    if (e->epoch != w->stop_at)
        return 0;
    CHECK_EQ(mien_fit_save(f, &w->saved, NULL), MIEN_OK);
    return 1;
}

typedef struct run {
    mien_graph *g;
    mien_trainer *t;
    mien_fit *f;
} run;

static run begin(const mien_fit_options *fo)
{
    mien_trainer_options o = make_options();
    run r = {make_network(1), NULL, NULL};
    r.t = make_trainer(r.g, &o);
    CHECK_EQ(mien_fit_new(r.t, fo, &r.f, NULL), MIEN_OK);
    return r;
}

static void end(run *r)
{
    mien_fit_free(r->f);
    mien_trainer_free(r->t);
    mien_graph_free(r->g);
}

static mien_samples valid_rows(const float **in, const float **to)
{
    *in = x + 100 * MAKE_IN;
    *to = y + 100 * 2;
    return (mien_samples){50, in, to, NULL, NULL};
}

/* Cut at every epoch and continued, a fit ends with the same bits. */
static void test_a_break_leaves_no_trace(void)
{
    const float *in, *to;
    mien_samples valid = valid_rows(&in, &to);
    mien_fit_options fo = MIEN_FIT_DEFAULTS;
    float want[4096], got[4096];
    int n_want, n_got;
    fo.epochs = 12;
    fo.plateau = 2;
    run whole = begin(&fo);
    CHECK_EQ(mien_fit_run(whole.f, &train, &valid, NULL, NULL), MIEN_OK);
    const mien_epoch *history = mien_fit_history(whole.f, &n_want);
    CHECK_EQ(n_want, 12);
    for (int stop = 1; stop < 12; stop++) {
        watch w = {.stop_at = stop};
        mien_fit_options cut = fo;
        mien_fit_end why = MIEN_FIT_EPOCHS;
        cut.on_epoch = look;
        cut.arg = &w;
        run first = begin(&cut);
        CHECK_EQ(mien_fit_run(first.f, &train, &valid, &why, NULL), MIEN_OK);
        CHECK_EQ(why, MIEN_FIT_ASKED);
        end(&first);
        run second = begin(&fo);
        CHECK_EQ(mien_fit_restore(second.f, w.saved.data, w.saved.n, NULL),
                 MIEN_OK);
        CHECK_EQ(mien_fit_run(second.f, &train, &valid, &why, NULL), MIEN_OK);
        CHECK_EQ(why, MIEN_FIT_EPOCHS);
        CHECK_EQ(mien_fit_best(second.f), mien_fit_best(whole.f));
        const mien_epoch *again = mien_fit_history(second.f, &n_got);
        CHECK(n_got == 12 && memcmp(history, again, 12 * sizeof *again) == 0);
        n_got = make_parameters(second.g, got);
        CHECK(n_got == make_parameters(whole.g, want) &&
              memcmp(want, got, (size_t)n_got * sizeof *got) == 0);
        end(&second);
        mien_bytes_free(&w.saved);
    }
    end(&whole);
}

static void test_the_best_parameters_come_back(void)
{
    const float *in, *to;
    mien_samples valid = valid_rows(&in, &to);
    mien_fit_options fo = MIEN_FIT_DEFAULTS;
    mien_fit_end why = MIEN_FIT_EPOCHS;
    int n;
    fo.epochs = 400;
    fo.patience = 5;
    run r = begin(&fo);
    CHECK_EQ(mien_fit_run(r.f, &train, &valid, &why, NULL), MIEN_OK);
    CHECK_EQ(why, MIEN_FIT_PATIENCE);
    const mien_epoch *e = mien_fit_history(r.f, &n);
    int best = mien_fit_best(r.f);
    CHECK(n == best + 5 && e[best - 1].improved && !e[n - 1].improved);
    mien_losses l = {0};
    CHECK_EQ(mien_trainer_evaluate(r.t, &valid, &l, NULL), MIEN_OK);
    CHECK(l.total == e[best - 1].valid.total);
    for (int i = 0; i < n; i++)
        CHECK(e[i].valid.total >= e[best - 1].valid.total);
    end(&r);
}

static void test_the_rate_falls_on_a_plateau(void)
{
    mien_fit_options fo = MIEN_FIT_DEFAULTS;
    int n;
    fo.epochs = 30;
    fo.plateau = 3;
    fo.min_delta = 1e9;
    fo.min_rate = 3e-3f;
    run r = begin(&fo);
    CHECK_EQ(mien_fit_run(r.f, &train, NULL, NULL, NULL), MIEN_OK);
    const mien_epoch *e = mien_fit_history(r.f, &n);
    CHECK(n == 30 && e[3].rate == 1e-2f && e[4].rate == 5e-3f);
    CHECK(e[6].rate == 5e-3f && e[7].rate == 3e-3f && e[29].rate == 3e-3f);
    end(&r);
}

static void test_a_loss_that_is_not_finite_stops(void)
{
    mien_fit_options fo = MIEN_FIT_DEFAULTS;
    mien_error err = {0};
    float kept = y[50], before[4096], after[4096];
    int n;
    fo.epochs = 3;
    run r = begin(&fo);
    CHECK_EQ(mien_fit_run(r.f, &train, NULL, NULL, NULL), MIEN_OK);
    make_parameters(r.g, before);
    y[50] = NAN;
    mien_fit_free(r.f);
    fo.epochs = 9;
    CHECK_EQ(mien_fit_new(r.t, &fo, &r.f, NULL), MIEN_OK);
    CHECK_EQ(mien_fit_run(r.f, &train, NULL, NULL, &err), MIEN_EUNSUP);
    CHECK(strstr(err.text, "not finite") != NULL);
    mien_fit_history(r.f, &n);
    CHECK_EQ(n, 0);
    n = make_parameters(r.g, after);
    for (int i = 0; i < n; i++)
        CHECK(isfinite(after[i]));
    y[50] = kept;
    end(&r);
}

/* ---- refusals ---------------------------------------------------------------
 */

static void refused(mien_trainer_options o, mien_status want, const char *words)
{
    mien_graph *g = make_network(0);
    mien_trainer *t = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_trainer_new(g, &o, &t, &err), want);
    CHECK_MSG(strstr(err.text, words) != NULL, "'%s' lacks '%s'", err.text,
              words);
    CHECK(t == NULL);
    mien_graph_free(g);
}

static void test_mistakes_are_named(void)
{
    const mien_loss second = {.output = 1, .kind = MIEN_LOSS_MSE, .weight = 1};
    const mien_penalty nowhere = {"nowhere", 1, 0}, input = {"x", 1, 0};
    mien_trainer_options o = make_options();
    o.losses = &second;
    refused(o, MIEN_EARG, "output 1 of 1");
    o = make_options();
    o.n_losses = 0;
    refused(o, MIEN_EARG, "0 losses");
    o = make_options();
    o.optimizer.rate = 0;
    refused(o, MIEN_EARG, "learning rate 0");
    o = make_options();
    o.n_penalties = 1;
    o.penalties = &nowhere;
    refused(o, MIEN_EARG, "no node 'nowhere'");
    o.penalties = &input;
    refused(o, MIEN_EARG, "neither a parameter");
    o = make_options();
    o.batch = 1 << 28;
    refused(o, MIEN_ELIMIT, "");
}

/* Any byte changed or missing is seen, and nothing is taken over. */
static void test_damaged_checkpoints_are_refused(void)
{
    mien_fit_options fo = MIEN_FIT_DEFAULTS;
    fo.epochs = 2;
    run r = begin(&fo);
    mien_bytes saved = {0};
    float before[4096], after[4096];
    CHECK_EQ(mien_fit_run(r.f, &train, NULL, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_fit_save(r.f, &saved, NULL), MIEN_OK);
    int n = make_parameters(r.g, before);
    for (size_t i = 0; i < saved.n; i += i < 64 ? 1 : 37) {
        mien_error err = {0};
        CHECK_EQ(mien_fit_restore(r.f, saved.data, i, &err), MIEN_EFORMAT);
        saved.data[i] ^= 0x10;
        CHECK_EQ(mien_fit_restore(r.f, saved.data, saved.n, &err),
                 MIEN_EFORMAT);
        saved.data[i] ^= 0x10;
    }
    make_parameters(r.g, after);
    CHECK(memcmp(before, after, (size_t)n * sizeof *before) == 0);
    CHECK_EQ(mien_fit_restore(r.f, saved.data, saved.n, NULL), MIEN_OK);
    mien_bytes_free(&saved);
    end(&r);
}

/* Each allocation of a whole fit fails in turn. */
static mien_status whole_fit(mien_graph *g)
{
    mien_trainer_options o = make_options();
    mien_fit_options fo = MIEN_FIT_DEFAULTS;
    mien_trainer *t = NULL;
    mien_fit *f = NULL;
    mien_bytes saved = {0}, events = {0};
    fo.epochs = 2;
    int n;
    mien_status st = mien_trainer_new(g, &o, &t, NULL);
    if (!st)
        st = mien_fit_new(t, &fo, &f, NULL);
    if (!st)
        st = mien_fit_run(f, &train, &rows, NULL, NULL);
    if (!st)
        st = mien_fit_save(f, &saved, NULL);
    if (!st)
        st = mien_fit_restore(f, saved.data, saved.n, NULL);
    if (!st)
        st = mien_events_epoch(t, mien_fit_history(f, &n), 1, &events, NULL);
    mien_bytes_free(&saved);
    mien_bytes_free(&events);
    mien_fit_free(f);
    mien_trainer_free(t);
    return st;
}

static void test_failing_memory_is_reported(void)
{
    mien_graph *g = make_network(1);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 1000; n++) {
        mi_alloc_fail_after(n);
        st = whole_fit(g);
        mi_alloc_fail_after(-1);
    }
    CHECK_EQ(st, MIEN_OK);
    CHECK(n > 20);
    mien_graph_free(g);
}

/* After the first epoch nothing is allocated. */
static void test_an_epoch_allocates_nothing(void)
{
    mien_trainer_options o = make_options();
    mien_graph *g = make_network(1);
    mien_trainer *t = make_trainer(g, &o);
    mien_losses l;
    CHECK_EQ(mien_trainer_epoch(t, &rows, &l, NULL), MIEN_OK);
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_trainer_epoch(t, &rows, &l, NULL), MIEN_OK);
    mi_alloc_fail_after(-1);
    mien_trainer_free(t);
    mien_graph_free(g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_rows(x, y, MAKE_ROWS);
    RUN(test_optimisers_learn);
    RUN(test_bits_do_not_depend_on_threads);
    RUN(test_a_break_leaves_no_trace);
    RUN(test_the_best_parameters_come_back);
    RUN(test_the_rate_falls_on_a_plateau);
    RUN(test_a_loss_that_is_not_finite_stops);
    RUN(test_mistakes_are_named);
    RUN(test_damaged_checkpoints_are_refused);
    RUN(test_failing_memory_is_reported);
    RUN(test_an_epoch_allocates_nothing);
    return check_done();
}
