/* mien/train.h: networks that learn.
 *
 *   mien_graph (mien/layer.h: parameters with their initial values)
 *     -> mien_trainer_new (losses, penalties, optimiser)
 *     -> mien_trainer_epoch, mien_trainer_evaluate, ... until it is good
 *     -> mien_trainer_save / mien_trainer_restore at any time
 *     -> the graph, whose parameters now hold what was learned
 *
 * A run gives the same bits for any number of threads, and a run that was
 * interrupted and restored gives the bits of one that was not.
 *
 * Several processes (mien/team.h) learn as one: each calls the same functions
 * with all the rows, runs its share of every batch, and ends with the same
 * bits, which depend on how many they are.  Gradients and losses are those of
 * whole batches but for rounding; batch normalisation sees the rows of one
 * rank, and its running statistics are the mean over the ranks; dropout draws
 * other numbers. */
#ifndef MIEN_TRAIN_H
#define MIEN_TRAIN_H

#include "mien/layer.h"
#include "mien/team.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what a trainer is told ---------------------------------------------- */

typedef enum mien_optimizer_kind { MIEN_SGD, MIEN_ADAM } mien_optimizer_kind;

typedef struct mien_optimizer {
    mien_optimizer_kind kind;
    float rate;                  /* learning rate */
    float momentum;              /* SGD; 0: none */
    int nesterov;                /* SGD: 1 looks ahead */
    float beta1, beta2, epsilon; /* Adam */
    int epsilon_hat;    /* Adam: 1 adds epsilon before the bias of the second
                           moment is corrected, as Keras does */
    float weight_decay; /* L2 added to the gradient, as PyTorch does */
    float clip_norm;    /* largest norm of all gradients; 0: no limit */
    int decoupled;      /* 1: weights shrink by rate * weight_decay instead,
                           before the step (AdamW) */
} mien_optimizer;
#define MIEN_ADAM_KERAS                                       \
    {                                                         \
        MIEN_ADAM, 1e-3f, 0, 0, .9f, .999f, 1e-7f, 1, 0, 0, 0 \
    }
#define MIEN_ADAM_TORCH                                       \
    {                                                         \
        MIEN_ADAM, 1e-3f, 0, 0, .9f, .999f, 1e-8f, 0, 0, 0, 0 \
    }
#define MIEN_ADAMW_TORCH                                          \
    {                                                             \
        MIEN_ADAM, 1e-3f, 0, 0, .9f, .999f, 1e-8f, 0, 1e-2f, 0, 1 \
    }
#define MIEN_SGD_KERAS                             \
    {                                              \
        MIEN_SGD, 1e-2f, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/* How the learning rate changes with every batch. */
typedef enum mien_schedule_kind {
    MIEN_RATE_CONSTANT,
    MIEN_RATE_STEP,  /* times factor after each so many epochs */
    MIEN_RATE_COSINE /* half a cosine down to `least` of it */
} mien_schedule_kind;

typedef struct mien_schedule {
    mien_schedule_kind kind;
    double warmup; /* epochs in which it grows from 0 in a line; 0: none */
    double epochs; /* STEP: between two falls; COSINE: till the lowest */
    float factor;  /* STEP, in (0, 1] */
    float least;   /* COSINE, in [0, 1] */
} mien_schedule;

/* What a loss compares an output with.  Means are over all its elements and
 * the rows of the batch; cross-entropies over the rows. */
typedef enum mien_loss_kind {
    MIEN_LOSS_MSE,   /* mean squared error */
    MIEN_LOSS_HUBER, /* quadratic up to delta, then linear */
    MIEN_LOSS_BCE,   /* binary cross-entropy of logits; targets 0..1 */
    MIEN_LOSS_CCE,   /* cross-entropy of logits over the last axis; targets
                        are probabilities of classes ("one-hot") */
    MIEN_LOSS_WING,  /* logarithmic up to delta, then linear: for points */
    MIEN_LOSS_MEAN,  /* the output itself, which any operators of the graph
                        make a loss; there are no targets */
    MIEN_LOSS_MAE,   /* mean absolute error */
    /* Minus the logarithm of the targets' density under a normal distribution
     * around each row of the output, whose variance is the batch's mean squared
     * error, 1e-6 at least: in nats a row. */
    MIEN_LOSS_GAUSSIAN,
    /* [rows, columns]: the sum of the columns' means over the rows, of which
     * none counts less than `free`; there are no targets. */
    MIEN_LOSS_DIVERGENCE
} mien_loss_kind;

typedef struct mien_loss {
    int output; /* of the graph */
    mien_loss_kind kind;
    float weight; /* of this loss in the total */
    float delta;  /* Huber; 0: 1.  Wing's width; 0: 10 */
    /* BCE: [2]; CCE: [classes]; weights of true classes, or NULL */
    const float *class_weight;
    int of_input;    /* 1 + the input of the graph that is the target, as an
                        auto-encoder's is; 0: samples->targets holds it */
    float curvature; /* wing; 0: 2 */
    float smoothing; /* CCE: part of a target spread over its classes, [0, 1) */
    double warmup;   /* epochs in which its weight grows from 0; 0: none */
    float free;      /* DIVERGENCE: nats of a column that cost nothing */
} mien_loss;

/* A penalty added to the loss: l1 sum |x| + l2 sum x^2.  Of a parameter as it
 * is; of a node's result ("activity") divided by the rows of the batch. */
typedef struct mien_penalty {
    const char *name; /* the parameter or node in the graph */
    float l1, l2;
} mien_penalty;

typedef struct mien_trainer mien_trainer;

typedef struct mien_trainer_options {
    mien_pool *pool; /* NULL: one thread; borrowed */
    int batch;       /* rows of a batch, of all ranks; 0: 128 */
    int shuffle;     /* 1: a new order every epoch */
    uint32_t seed;   /* of the order and of dropout */
    mien_optimizer optimizer;
    const mien_loss *losses; /* [n_losses] copied */
    int n_losses;
    const mien_penalty *penalties; /* [n_penalties] copied */
    int n_penalties;
    mien_schedule schedule;
    float average; /* what the moving average of the parameters keeps of itself
                      in a step, .999; fewer in the first steps; 0: none */
    int unbiased;  /* 1: running variances are those of a sample, as PyTorch
                      keeps them; 0: of the batch, as Keras does */
    const mien_team *team; /* that learn together; NULL: this one alone;
                               borrowed */
} mien_trainer_options;
#define MIEN_TRAINER_DEFAULTS                               \
    {                                                       \
        NULL, 128, 1, 0, MIEN_ADAM_KERAS, NULL, 0, NULL, 0, \
            {MIEN_RATE_CONSTANT, 0, 0, 1, 0}, 0, 0, NULL    \
    }

enum { MIEN_MAX_LOSSES = 8 };

/* Rows that are made when they are wanted, as pictures are. */
typedef struct mien_row_source {
    /* Write rows[0..n) of an epoch, 0, 1, ...: each input and target [n, ...],
     * NULL where a loss has no targets; weights [n], which are 1. */
    mien_status (*fill)(void *arg, int epoch, const int64_t *rows, int64_t n,
                        float *const *inputs, float *const *targets,
                        float *weights, mien_error *err);
    /* Told before an epoch: all its rows in their order; NULL: not wanted.
     * Borrowed until its last fill. */
    void (*ahead)(void *arg, int epoch, const int64_t *rows, int64_t n);
    void *arg;
} mien_row_source;

/* Rows to learn from or to measure on: borrowed for the call. */
typedef struct mien_samples {
    int64_t n;                     /* rows */
    const float *const *inputs;    /* one an input of the graph: [n, ...] */
    const float *const *targets;   /* one a loss: [n, ...] of its output; NULL
                                      where a loss has no targets of its own */
    const float *weights;          /* [n] of rows, or NULL */
    const mien_row_source *source; /* not NULL: makes all of these */
} mien_samples;

/* What an epoch or a measurement gave.  The weights of losses are those that
 * learning had in an epoch, and the full ones in a measurement. */
typedef struct mien_losses {
    double total;                 /* penalties included */
    double part[MIEN_MAX_LOSSES]; /* each loss without its weight */
    double penalty;
} mien_losses;

/* Make a trainer of a graph whose first dimension of every input is free.
 *
 *   g        its parameters are changed by training; borrowed
 *   options  losses at least
 *   out      owned by the caller; free with mien_trainer_free
 *
 * Fails with EARG (an output, penalty or shape that is not there, a batch of
 * fewer rows than ranks), EUNSUP (an operator on the way from a parameter to a
 * loss has no gradient), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_trainer_new(mien_graph *g, const mien_trainer_options *options,
                 mien_trainer **out, mien_error *err);

/* Release a trainer; the graph keeps what it learned.
 *
 *   t  NULL is allowed */
MIEN_API void mien_trainer_free(mien_trainer *t);

/* Learn from every row once.
 *
 *   t        a trainer
 *   samples  1 row at least
 *   out      the mean over the epoch, weighted by rows
 *
 * Allocates nothing after the first epoch with that many rows.
 * Fails with ENOMEM, ELIMIT, what a source of rows fails with; and with EUNSUP
 * "loss is not finite" when it
 * became NaN or infinite: parameters are then as after the last good batch.
 * Of several ranks all fail, with what the exchange fails with, or with EIO
 * where it was another that failed. */
MIEN_API MIEN_CHECKED mien_status
mien_trainer_epoch(mien_trainer *t, const mien_samples *samples,
                   mien_losses *out, mien_error *err);

/* Measure the losses without learning (no dropout, running statistics).
 *
 *   t        a trainer
 *   samples  1 row at least
 *   out      means over the rows
 *
 * Measures the moving average of the parameters where there is one.  Fails with
 * EUNSUP (a loss that is not finite), ENOMEM, ELIMIT, and what a source of rows
 * fails with. */
MIEN_API MIEN_CHECKED mien_status
mien_trainer_evaluate(mien_trainer *t, const mien_samples *samples,
                      mien_losses *out, mien_error *err);

/* Bytes that a step takes: plans, parameters and their moments.
 *
 *   t  a trainer */
MIEN_API size_t mien_trainer_memory(const mien_trainer *t);

/* The network that learns; borrowed.
 *
 *   t  a trainer */
MIEN_API const mien_graph *mien_trainer_graph(const mien_trainer *t);

/* Epochs done.
 *
 *   t  a trainer */
MIEN_API int mien_trainer_epochs(const mien_trainer *t);

/* The learning rate now, schedule included.
 *
 *   t  a trainer */
MIEN_API float mien_trainer_rate(const mien_trainer *t);

/* Set the learning rate that the schedule begins with.
 *
 *   t     a trainer
 *   rate  positive */
MIEN_API void mien_trainer_set_rate(mien_trainer *t, float rate);

/* Set the weight that a loss has in learning from now on.
 *
 *   t       a trainer
 *   loss    which
 *   weight  finite; 0: nothing is learned from it */
MIEN_API void mien_trainer_set_weight(mien_trainer *t, int loss, float weight);

/* Exchange the parameters with their moving average; done twice, nothing has
 * changed.  Nothing happens where no average is kept.
 *
 *   t  a trainer, between epochs */
MIEN_API void mien_trainer_swap_average(mien_trainer *t);

/* Everything a run continues from: parameters, statistics, moments of the
 * optimiser, random numbers, epochs.
 *
 *   t    a trainer, between epochs
 *   out  free with mien_bytes_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_trainer_save(const mien_trainer *t,
                                                    mien_bytes *out,
                                                    mien_error *err);

/* Continue from what mien_trainer_save gave.
 *
 *   t      made of the same graph with the same options
 *   bytes  [n]
 *   n      how many
 *
 * Fails with EFORMAT (damaged, or of another graph), and changes nothing
 * then. */
MIEN_API MIEN_CHECKED mien_status mien_trainer_restore(mien_trainer *t,
                                                       const uint8_t *bytes,
                                                       size_t n,
                                                       mien_error *err);

/* ---- fitting: epochs until it is good ------------------------------------ */

/* One epoch of a fit. */
typedef struct mien_epoch {
    int epoch; /* 1, 2, ... */
    mien_losses train, valid;
    float rate;   /* that its last batch was learned with */
    int improved; /* 1: valid.total is the lowest so far */
    int learning; /* bit i: loss i was still learned from */
} mien_epoch;

/* Why a fit ended. */
typedef enum mien_fit_end {
    MIEN_FIT_EPOCHS,   /* all were done */
    MIEN_FIT_PATIENCE, /* no improvement for so many epochs */
    MIEN_FIT_ASKED     /* on_epoch asked to stop */
} mien_fit_end;

typedef struct mien_fit mien_fit;

typedef struct mien_fit_options {
    int epochs;        /* in all; those of a restored fit count */
    int patience;      /* epochs without improvement before the end; 0: none */
    double min_delta;  /* what counts as an improvement is larger than this */
    int plateau;       /* epochs without improvement before the learning rate
                          falls; 0: never */
    float factor;      /* that the rate falls by, in (0, 1) */
    float min_rate;    /* it does not fall below */
    int keep_last;     /* 1: end with the last parameters, not the best */
    int task_patience; /* epochs without improvement of one loss before it is
                          no longer learned from, but for the first; 0: never */
    /* Called after each epoch; not 0: stop, on all ranks.  NULL: not wanted. */
    int (*on_epoch)(void *arg, const mien_fit *f, const mien_epoch *e);
    void *arg;
} mien_fit_options;
#define MIEN_FIT_DEFAULTS                           \
    {                                               \
        200, 0, 0, 0, 0.5f, 1e-6f, 0, 0, NULL, NULL \
    }

/* Prepare a fit.
 *
 *   t        a trainer; borrowed while the fit lives
 *   options  NULL: MIEN_FIT_DEFAULTS; copied
 *   out      owned by the caller; free with mien_fit_free
 *
 * Fails with EARG (a count or factor out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_fit_new(mien_trainer *t,
                                               const mien_fit_options *options,
                                               mien_fit **out, mien_error *err);

/* Release a fit.
 *
 *   f  NULL is allowed */
MIEN_API void mien_fit_free(mien_fit *f);

/* Learn until an end is reached; the graph then holds the best parameters.
 *
 *   f      a fit
 *   train  rows to learn from
 *   valid  rows that tell which parameters are best; NULL: the training loss
 *          tells
 *   end    receives why it ended; NULL is allowed
 *
 * Fails with what mien_trainer_epoch fails with; the history and the best
 * parameters stay, and the graph holds the best. */
MIEN_API MIEN_CHECKED mien_status mien_fit_run(mien_fit *f,
                                               const mien_samples *train,
                                               const mien_samples *valid,
                                               mien_fit_end *end,
                                               mien_error *err);

/* The epochs so far.
 *
 *   f  a fit
 *   n  set to how many
 *
 * Borrowed until the next run. */
MIEN_API const mien_epoch *mien_fit_history(const mien_fit *f, int *n);

/* The epoch with the best parameters; 0: none yet.
 *
 *   f  a fit */
MIEN_API int mien_fit_best(const mien_fit *f);

/* Everything that a fit continues from: its trainer's state, the best
 * parameters, the history.
 *
 *   f    a fit, also from within on_epoch
 *   out  free with mien_bytes_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_fit_save(const mien_fit *f,
                                                mien_bytes *out,
                                                mien_error *err);

/* Continue from what mien_fit_save gave: the same bits as without a break.
 *
 *   f      a new fit, of a trainer of the same graph and options
 *   bytes  [n]
 *   n      how many
 *
 * Fails with EFORMAT (damaged, or of another network), ENOMEM; nothing is
 * changed then. */
MIEN_API MIEN_CHECKED mien_status mien_fit_restore(mien_fit *f,
                                                   const uint8_t *bytes,
                                                   size_t n, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
