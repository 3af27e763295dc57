/* autoencoder.c: a network that learns rows that are no events.
 *
 * Its losses are measured on the validation rows that are no events; the epoch
 * with the lowest is kept. */
#include "study/study.h"

#include "base/alloc.h"
#include "base/error.h"

/* Rows that are no events, scaled, as floats. */
typedef struct usual {
    int64_t n;
    float *x; /* [n, window, width] */
} usual;

/* Gather the windows of a part that are no events. */
static mien_status usual_rows(const mien_study *s, int64_t n,
                              const int64_t *sample, usual *out,
                              mien_error *err)
{
    int window = s->o.recipe.window, width = s->width;
    const double *centre = s->scaler, *scale = s->scaler + width;
    usual u = {0, mi_alloc_raw((size_t)n + 1,
                               (size_t)window * (size_t)width * sizeof *u.x)};
    float *to = u.x;
    if (!u.x)
        return mi_no_memory(err);
    for (int64_t i = 0; i < n; i++) {
        const double *from = s->x + (s->end[sample[i]] - window + 1) * width;
        if (mi_study_label(s, sample[i]))
            continue;
        for (int step = 0; step < window; step++)
            for (int j = 0; j < width; j++)
                *to++ = (float)((*from++ - centre[j]) / scale[j]);
        u.n++;
    }
    *out = u;
    return MIEN_OK;
}

/* The network, and what trains it: mean squared error by Adam, an L1 penalty
 * on the first layer's result. */
static mien_status make_trainer(mien_study *s, mien_error *err)
{
    static const mien_loss mse = {.kind = MIEN_LOSS_MSE, .weight = 1};
    const mien_study_autoencoder *a = &s->o.autoencoder;
    const mien_penalty activity = {a->lstm ? "layer1" : "relu1", a->activity,
                                   0};
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    o.losses = &mse;
    o.n_losses = 1;
    o.penalties = &activity;
    o.n_penalties = 1;
    o.pool = s->o.pool;
    o.seed = s->o.seed;
    o.batch = a->batch;
    o.optimizer.rate = a->rate;
    mien_status st = mien_autoencoder_new(&s->network, &s->graph, err);
    return st ? st : mien_trainer_new(s->graph, &o, &s->trainer, err);
}

/* The sizes of the network: those asked for, or the article's. */
static void choose_network(mien_study *s)
{
    static const int dense[] = {32, 16, 16, 32}, memories[] = {32, 16, 32};
    const mien_study_autoencoder *a = &s->o.autoencoder;
    s->network = (mien_autoencoder_options){.inputs = s->width,
                                            .window = s->o.recipe.window,
                                            .layer = a->layer,
                                            .layers = a->layers,
                                            .lstm = a->lstm,
                                            .dropout = a->dropout,
                                            .seed = s->o.seed};
    if (!a->layer) {
        s->network.layer = a->lstm ? memories : dense;
        s->network.layers = a->lstm ? 3 : 4;
    }
}

static int on_epoch(void *arg, const mien_fit *f, const mien_epoch *e)
{
    const mien_study *s = arg;
    (void)f;
    return s->o.autoencoder.on_epoch(s->o.autoencoder.arg, s, e);
}

static mien_status make_fit(mien_study *s, mien_error *err)
{
    const mien_study_autoencoder *a = &s->o.autoencoder;
    mien_fit_options o = MIEN_FIT_DEFAULTS;
    o.epochs = a->epochs;
    o.patience = a->patience;
    o.on_epoch = a->on_epoch ? on_epoch : NULL;
    o.arg = s;
    mien_status st = mien_fit_new(s->trainer, &o, &s->fit, err);
    if (!st && a->state)
        st = mi_study_restore(s, err);
    return st;
}

/* What was trained, in words. */
static void put_settings(mien_study *s, int64_t rows)
{
    int n;
    const mien_epoch *e = mien_fit_history(s->fit, &n);
    int best = mien_fit_best(s->fit);
    mien_buffer_printf(&s->settings, "%s auto-encoder, hidden layers",
                       s->network.lstm ? "LSTM" : "dense");
    for (int i = 0; i < s->network.layers; i++)
        mien_buffer_printf(&s->settings, "%s %d", i ? "," : "",
                           s->network.layer[i]);
    mien_buffer_printf(
        &s->settings,
        "; learned from %lld normal rows\n%d epochs, the best %d: loss "
        "%.5f, validation loss %.5f\n",
        (long long)rows, n, best, best ? e[best - 1].train.total : 0,
        best ? e[best - 1].valid.total : 0);
}

mien_status mi_study_fit_network(mien_study *s, mien_fit_end *end,
                                 mien_error *err)
{
    usual train = {0}, valid = {0};
    choose_network(s);
    mien_status st =
        usual_rows(s, s->split.trains, s->split.train, &train, err);
    if (!st)
        st = usual_rows(s, s->split.valids, s->split.valid, &valid, err);
    if (!st)
        st = make_trainer(s, err);
    if (!st)
        st = make_fit(s, err);
    if (!st) {
        const float *const x[] = {train.x, valid.x};
        const mien_samples learn = {train.n, &x[0], &x[0], NULL, NULL};
        const mien_samples measure = {valid.n, &x[1], &x[1], NULL, NULL};
        st = mien_fit_run(s->fit, &learn, &measure, end, err);
    }
    if (!st)
        put_settings(s, train.n);
    mi_free(train.x);
    mi_free(valid.x);
    return st;
}
