/* mien/train.h: networks that learn.
 *
 *   mien_graph (mien_layer_*: parameters with their initial values)
 *     -> mien_trainer_new (losses, penalties, optimiser)
 *     -> mien_trainer_epoch, mien_trainer_evaluate, ... until it is good
 *     -> mien_trainer_save / mien_trainer_restore at any time
 *     -> the graph, whose parameters now hold what was learned
 *
 * A run gives the same bits for any number of threads, and a run that was
 * interrupted and restored gives the bits of one that was not. */
#ifndef MIEN_TRAIN_H
#define MIEN_TRAIN_H

#include "mien/nn.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mien_optimizer_kind {
    MIEN_SGD,
    MIEN_ADAM
} mien_optimizer_kind;

typedef struct mien_optimizer {
    mien_optimizer_kind kind;
    float rate;     /* learning rate */
    float momentum; /* SGD; 0: none */
    int nesterov;   /* SGD: 1 looks ahead */
    float beta1, beta2, epsilon; /* Adam */
    int epsilon_hat;    /* Adam: 1 adds epsilon before the bias of the second
                           moment is corrected, as Keras does */
    float weight_decay; /* L2 added to the gradient, as PyTorch does */
    float clip_norm;    /* largest norm of all gradients; 0: no limit */
} mien_optimizer;
#define MIEN_ADAM_KERAS {MIEN_ADAM, 1e-3f, 0, 0, .9f, .999f, 1e-7f, 1, 0, 0}
#define MIEN_ADAM_TORCH {MIEN_ADAM, 1e-3f, 0, 0, .9f, .999f, 1e-8f, 0, 0, 0}
#define MIEN_SGD_KERAS {MIEN_SGD, 1e-2f, 0, 0, 0, 0, 0, 0, 0, 0}

/* What a loss compares an output with.  Means are over all its elements and
 * the rows of the batch; cross-entropies over the rows. */
typedef enum mien_loss_kind {
    MIEN_LOSS_MSE,   /* mean squared error */
    MIEN_LOSS_HUBER, /* quadratic up to delta, then linear */
    MIEN_LOSS_BCE,   /* binary cross-entropy of logits; targets 0..1 */
    MIEN_LOSS_CCE    /* cross-entropy of logits over the last axis; targets
                        are probabilities of classes ("one-hot") */
} mien_loss_kind;

typedef struct mien_loss {
    int output; /* of the graph */
    mien_loss_kind kind;
    float weight; /* of this loss in the total */
    float delta;  /* Huber; 0: 1 */
    /* BCE: [2]; CCE: [classes]; weights of true classes, or NULL */
    const float *class_weight;
} mien_loss;

/* A penalty added to the loss: l1 sum |x| + l2 sum x^2.  Of a parameter as it
 * is; of a node's result ("activity") divided by the rows of the batch. */
typedef struct mien_penalty {
    const char *name; /* the parameter or node in the graph */
    float l1, l2;
} mien_penalty;

typedef struct mien_trainer mien_trainer;

typedef struct mien_trainer_options {
    mien_pool *pool;    /* NULL: one thread; borrowed */
    int batch;          /* rows of a batch; 0: 128 */
    int shuffle;        /* 1: a new order every epoch */
    uint32_t seed;      /* of the order and of dropout */
    mien_optimizer optimizer;
    const mien_loss *losses; /* [n_losses] copied */
    int n_losses;
    const mien_penalty *penalties; /* [n_penalties] copied */
    int n_penalties;
} mien_trainer_options;
#define MIEN_TRAINER_DEFAULTS \
    {NULL, 128, 1, 0, MIEN_ADAM_KERAS, NULL, 0, NULL, 0}

enum { MIEN_MAX_LOSSES = 8 };

/* Rows to learn from or to measure on: borrowed for the call. */
typedef struct mien_samples {
    int64_t n;                    /* rows */
    const float *const *inputs;   /* one an input of the graph: [n, ...] */
    const float *const *targets;  /* one a loss: [n, ...] of its output */
    const float *weights;         /* [n] of rows, or NULL */
} mien_samples;

/* What an epoch or a measurement gave. */
typedef struct mien_losses {
    double total;                  /* penalties included */
    double part[MIEN_MAX_LOSSES];  /* each loss without its weight */
    double penalty;
} mien_losses;

/* Make a trainer of a graph whose first dimension of every input is free.
 *
 *   g        its parameters are changed by training; borrowed
 *   options  losses at least
 *   out      owned by the caller; free with mien_trainer_free
 *
 * Fails with EARG (an output, penalty or shape that is not there), EUNSUP (an
 * operator on the way from a parameter to a loss has no gradient), ELIMIT,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_trainer_new(
    mien_graph *g, const mien_trainer_options *options, mien_trainer **out,
    mien_error *err);

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
 * Fails with ENOMEM, ELIMIT; and with EUNSUP "loss is not finite" when it
 * became NaN or infinite: parameters are then as after the last good batch. */
MIEN_API MIEN_CHECKED mien_status mien_trainer_epoch(
    mien_trainer *t, const mien_samples *samples, mien_losses *out,
    mien_error *err);

/* Measure the losses without learning (no dropout, running statistics).
 *
 *   t        a trainer
 *   samples  1 row at least
 *   out      means over the rows */
MIEN_API MIEN_CHECKED mien_status mien_trainer_evaluate(
    mien_trainer *t, const mien_samples *samples, mien_losses *out,
    mien_error *err);

/* Epochs done.
 *
 *   t  a trainer */
MIEN_API int mien_trainer_epochs(const mien_trainer *t);

/* The learning rate now.
 *
 *   t  a trainer */
MIEN_API float mien_trainer_rate(const mien_trainer *t);

/* Set the learning rate.
 *
 *   t     a trainer
 *   rate  positive */
MIEN_API void mien_trainer_set_rate(mien_trainer *t, float rate);

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

#ifdef __cplusplus
}
#endif
#endif
