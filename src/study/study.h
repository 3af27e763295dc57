/* study.h: what a study holds. */
#ifndef MI_STUDY_STUDY_H
#define MI_STUDY_STUDY_H

#include "mien/split.h"
#include "mien/study.h"
#include "mien/study_groups.h"

/* Rows of a part with their scores, once it was judged. */
typedef struct mi_part {
    uint8_t *y;       /* [n] */
    double *decision; /* [n] what rows are ranked by */
    double *score;    /* [n] */
    mien_verdict verdict;
} mi_part;

struct mien_study {
    mien_study_options o;
    /* prepare.c */
    const mien_table *given, *t;  /* before and after the shift */
    mien_table *sorted, *shifted; /* owned; NULL: there was none */
    int label;
    mien_label classes;
    int64_t rows, events; /* of t */
    uint8_t *y;           /* [rows] 1: an event, or before one */
    int64_t *source;      /* [rows] where each stood in `given` */
    int64_t samples;
    int64_t *end; /* [samples] last row of each */
    mien_split split;
    int stratified;
    mien_encoder *encoder;
    int width;      /* numbers of a row */
    double *x;      /* [rows, width] encoded, not scaled */
    double *scaler; /* [2, width] */
    /* logistic.c, autoencoder.c */
    mien_buffer settings; /* lines of text; none before it has learned */
    mien_logistic logistic;
    mien_autoencoder_options network;
    mien_graph *graph;
    mien_trainer *trainer;
    mien_fit *fit;
    /* judge.c */
    mien_bytes file;       /* model.onnx; none before it was judged */
    double threshold, cut; /* as a score, as a decision value */
    mi_part part[2];
    mien_groupings groups; /* of the test part */
};

/* The table sorted by a column of dates or numbers; *out is freed with
 * mien_table_free. */
mien_status mi_study_sort(const mien_table *t, const char *column,
                          mien_table **out, mien_error *err);
/* The samples of a part. */
int64_t mi_study_rows(const mien_study *s, mien_study_part part,
                      const int64_t **sample);
/* 1: an event. */
uint8_t mi_study_label(const mien_study *s, int64_t sample);
/* The scaled numbers of samples, [n, window, width]; released with mi_free. */
mien_status mi_study_gather(const mien_study *s, int64_t n,
                            const int64_t *sample, double **out,
                            mien_error *err);
/* The digest of the table's sheet; NULL if there is none. */
const char *mi_study_sheet(const mien_study *s, char out[65]);
/* What the study is called in its pages. */
const char *mi_study_title(const mien_study *s);
/* Say what the table is, by a name of its own. */
void mi_study_describe(const mien_study *s, const char *name, mien_buffer *out);
/* Warn of rows of the test part that were made of rows of the training part. */
void mi_study_put_made(const mien_study *s, mien_buffer *out);
/* The table's name without the folders it lies in: for what is passed on. */
const char *mi_study_table_name(const mien_study *s);

/* Learn the logistic regression of the recipe. */
mien_status mi_study_fit_logistic(mien_study *s, mien_error *err);
/* Go on from the state that the options have, if it is of this study. */
mien_status mi_study_restore(mien_study *s, mien_error *err);
/* Learn the network of the recipe; *end: why it ended. */
mien_status mi_study_fit_network(mien_study *s, mien_fit_end *end,
                                 mien_error *err);

/* A verdict on rows with decision values, its thresholds brought to scores. */
mien_status mi_study_judge_rows(const mien_tabular *m, const mien_scored *rows,
                                double cut, uint32_t seed, mien_pool *pool,
                                mien_verdict *out, mien_error *err);

/* What else looks at rows of a table that were judged; a callback, so that what
 * judges alone is linked without it. */
typedef struct mi_study_more {
    /* row: [rows->n] where each stands in t */
    mien_status (*look)(void *arg, const mien_tabular *m, const mien_table *t,
                        const mien_scored *rows, const int64_t *row, double cut,
                        mien_error *err);
    void *arg;
} mi_study_more;
/* mien_evaluate; more may be NULL. */
mien_status mi_study_evaluate(mien_tabular *m, const mien_table *t,
                              const mien_evaluate_options *options,
                              const mi_study_more *more, mien_verdict *out,
                              mien_error *err);

/* The recipe that came with a model; NULL: it is of an older mien. */
mien_status mi_study_recipe_of(const mien_tabular *m, mien_recipe **out,
                               mien_error *err);
/* Refuse texts that a model has not seen; unseen is [columns]. */
mien_status mi_study_refuse_unseen(const mien_encoder *e, const int64_t *unseen,
                                   mien_error *err);

/* Which rows stay, some perhaps more than once, and how many SMOTE has to
 * make; *row is released with mi_free. */
mien_status mi_resample_rows(int64_t n, const uint8_t *y,
                             const mien_resample *how, mien_resampled *out,
                             int64_t *made, mien_error *err);

#endif
