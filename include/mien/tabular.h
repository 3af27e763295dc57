/* mien/tabular.h: models of tables as one ONNX file each: the columns they
 * want, how these are scaled, the network or regression, and the threshold.
 *
 *   an encoder, a scaler, a mien_logistic or a trained mien_autoencoder
 *     -> mien_tabular_build -> mien_graph -> mien_onnx_write -> a file
 *   a file -> mien_tabular_read -> mien_tabular_score of any table
 *
 * The file's input "columns" is [rows, n] (with a window [rows, window, n]) of
 * numbers as they stand in the table, texts as one input a level.  Its outputs
 * are "score" [rows], "contribution" [rows, n]: what each input adds to the
 * log-odds (logistic), or its part of the reconstruction error, and of a
 * logistic regression "logit" [rows], which ranks rows whose score is 1.
 *
 * The file's network works in 32 bits, for any program; mien itself scales
 * columns, and adds up log-odds, in 64, by the same numbers with all their
 * digits, which lie beside it. */
#ifndef MIEN_TABULAR_H
#define MIEN_TABULAR_H

#include "mien/learn.h"
#include "mien/engine.h"
#include "mien/table_columns.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_TABULAR_MAX_WINDOW 64
#define MIEN_AUTOENCODER_MAX_LAYERS 12

/* The network of an auto-encoder. */
typedef struct mien_autoencoder_options {
    int inputs;       /* numbers a row (a step) */
    int window;       /* steps a row; 1: none */
    const int *layer; /* [layers] units of the hidden layers */
    int layers;
    int lstm;      /* 1: long short-term memories, the last of the first half
                      giving its last state; window 2 or more */
    float dropout; /* after the first hidden layer; 0: none */
    uint32_t seed; /* of the initial weights */
} mien_autoencoder_options;

/* Make the network of an auto-encoder, to be trained.
 *
 *   options  the sizes
 *   out      input "x" [rows, window * inputs] (LSTM: [rows, window, inputs])
 * of scaled numbers, one output of the same shape; dense layers "layer1",
 * "layer2", ... with ReLU, the last linear; owned by the caller, free with
 * mien_graph_free
 *
 * Weights begin as in Keras: Glorot's uniform, biases 0, recurrent ones
 * orthogonal, forget gates 1.  Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_autoencoder_new(
    const mien_autoencoder_options *options, mien_graph **out, mien_error *err);

/* What is known of the data that a model learns from: UTF-8, NULL where nobody
 * said it. */
typedef struct mien_data_terms {
    const char *retention; /* the last day on which they are kept, or somebody's
                              words for it */
    const char *basis;     /* on what ground they are used */
    const char *inferred_by; /* SHA-256 of the model that inferred what is
                                learned from here, or words where that model is
                                not known; NULL: nothing of it is known to be
                                inferred */
} mien_data_terms;

/* What a model of a table is made of; all borrowed. */
typedef struct mien_tabular_parts {
    const mien_encoder *encoder;
    const double *centre, *scale; /* [encoder->width] */
    int window;                   /* rows a score looks at; 1: its own */
    /* One of the two: */
    const mien_logistic *logistic;           /* of window * width scaled
                                                columns, step by step */
    const mien_graph *autoencoder;           /* trained */
    const mien_autoencoder_options *network; /* of it */
    double threshold;                        /* score >= it: alarm */
    const char *label;                       /* name of the label's column */
    const char *positive;                    /* the value that is 1 */
    const char *recipe; /* how the table was prepared, as text; may be NULL */
    const char *groups; /* of which groups of rows it learned; may be NULL */
    const char *data_sha256;  /* of the data's file; may be NULL */
    const char *sheet_sha256; /* of the data's sheet; may be NULL */
    int64_t data_rows;        /* of the data; 0: not known */
    mien_data_terms terms;
} mien_tabular_parts;

/* Put a model together as one graph.
 *
 *   parts  what it is made of
 *   out    owned by the caller; free with mien_graph_free
 *
 * Fails with EARG, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_tabular_build(
    const mien_tabular_parts *parts, mien_graph **out, mien_error *err);

typedef struct mien_tabular mien_tabular;

/* Read a model of tables.
 *
 *   bytes  [n] an ONNX file that mien wrote; the caller may free it at once
 *   n      how many
 *   out    owned by the caller; free with mien_tabular_free
 *
 * Fails with EFORMAT (not such a file, or damaged), EUNSUP, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_tabular_read(const uint8_t *bytes,
                                                    size_t n,
                                                    mien_tabular **out,
                                                    mien_error *err);

/* Put a model together and make it ready to score.
 *
 *   parts  what it is made of
 *   out    owned by the caller; free with mien_tabular_free
 *
 * It scores as the file that mien_tabular_write gives, read again: to the bit.
 * Fails with EARG, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_tabular_new(
    const mien_tabular_parts *parts, mien_tabular **out, mien_error *err);

/* Write a model as an ONNX file.
 *
 *   m    a model
 *   out  free with mien_bytes_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_tabular_write(const mien_tabular *m,
                                                     mien_bytes *out,
                                                     mien_error *err);

/* Release a model.
 *
 *   m  NULL is allowed */
MIEN_API void mien_tabular_free(mien_tabular *m);

/* The columns a model wants: borrowed.
 *
 *   m  a model */
MIEN_API const mien_encoder *mien_tabular_encoder(const mien_tabular *m);

/* Rows a score looks at, its own included.
 *
 *   m  a model */
MIEN_API int mien_tabular_window(const mien_tabular *m);

/* The score from which on a row is an alarm.
 *
 *   m  a model */
MIEN_API double mien_tabular_threshold(const mien_tabular *m);

/* The decision value from which on a row is an alarm: see mien_tabular_decide.
 *
 *   m  a model */
MIEN_API double mien_tabular_cut(const mien_tabular *m);

/* Set the decision value from which on a row is an alarm.
 *
 *   m    a model
 *   cut  not NaN
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_tabular_set_cut(mien_tabular *m,
                                                       double cut,
                                                       mien_error *err);

/* The score of a decision value: of log-odds the probability.
 *
 *   m         a model
 *   decision  any */
MIEN_API double mien_tabular_score_of(const mien_tabular *m, double decision);

/* The decision value of a score; of a probability of 0 or less, or of 1 or
 * more, it is infinite.
 *
 *   m      a model
 *   score  any */
MIEN_API double mien_tabular_decision_of(const mien_tabular *m, double score);

/* A text that came with the model: "label", "positive", "kind", "recipe",
 * "groups", "data_sha256", "sheet_sha256", "data_role", "data_rows",
 * "retention", "basis", "inferred_by".
 *
 *   m    a model
 *   key  which
 *
 * "" if there is none. */
MIEN_API const char *mien_tabular_text(const mien_tabular *m, const char *key);

/* Forget the rows before: the next table begins anew.
 *
 *   m  a model */
MIEN_API void mien_tabular_restart(mien_tabular *m);

/* Decide on the rows of a table, which goes on where the last one ended.
 *
 *   m             a model; one call at a time
 *   t             has the model's columns by name, in any order
 *   decision      [rows] log-odds (logistic) or mean squared errors: what rows
 *                 are ranked by, since probabilities end at 1; NaN for the
 *                 first window - 1 rows after a restart
 *   contribution  [rows, encoder width], or NULL
 *   unknown       [encoder columns] is added to, as by mien_encoder_apply; may
 *                 be NULL
 *
 * Fails with EARG or EFORMAT (a column is missing, of another type, or a number
 * missing), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_tabular_decide(mien_tabular *m, const mien_table *t, double *decision,
                    float *contribution, int64_t *unknown, mien_error *err);

/* Score the rows of a table: mien_tabular_score_of each decision.
 *
 *   m             a model; one call at a time
 *   t             has the model's columns by name, in any order
 *   score         [rows] probabilities (logistic) or mean squared errors; NaN
 *                 for the first window - 1 rows after a restart
 *   contribution  [rows, encoder width], or NULL
 *
 * Fails with EARG, EFORMAT, ENOMEM, as mien_tabular_decide does. */
MIEN_API MIEN_CHECKED mien_status mien_tabular_score(mien_tabular *m,
                                                     const mien_table *t,
                                                     double *score,
                                                     float *contribution,
                                                     mien_error *err);

/* Decide on windows of rows that an encoder has made numbers of.
 *
 *   m         a model; the rows before are not touched
 *   x         [.., encoder width] from mien_encoder_apply, not scaled
 *   n         how many
 *   end       [n] the last row of each; window - 1 rows stand before it
 *   decision  [n] */
MIEN_API void mien_tabular_decide_windows(mien_tabular *m, const double *x,
                                          int64_t n, const int64_t *end,
                                          double *decision);

#ifdef __cplusplus
}
#endif
#endif
