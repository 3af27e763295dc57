/* mien/dataset_compare.h: have data drifted since a model learned from them?
 *
 *   two tables -> mien_dataset_compare -> mien_drift, worst column first
 *     -> mien_drift_text, mien_drift_json, mien_drift_page
 *
 * Each column is compared for itself, by how large a difference is and by how
 * sure; and all of them at once, by a regression that tries to tell the two
 * tables apart.  A difference counts when it is both sure and large enough: a
 * table of a million rows makes every difference sure. */
#ifndef MIEN_DATASET_COMPARE_H
#define MIEN_DATASET_COMPARE_H

#include "mien/json.h"
#include "mien/table_columns.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How far a column, or all of them, have drifted. */
typedef enum mien_drift_level {
    MIEN_DRIFT_NONE, /* nothing that is sure and large enough */
    MIEN_DRIFT_SMALL,
    MIEN_DRIFT_MEDIUM,
    MIEN_DRIFT_LARGE,
    MIEN_DRIFT_FEW,     /* too few rows to say */
    MIEN_DRIFT_UNJUDGED /* dates, names, texts that are all different */
} mien_drift_level;

/* From which value on a difference is small, medium, large. */
typedef struct mien_drift_limits {
    double small, medium, large;
} mien_drift_limits;

/* Of standardised differences of means, of Wasserstein distances in deviations
 * and of Cohen's h.  Source: J. Cohen, Statistical Power Analysis, 1988, 2.2
 * and 6.2. */
#define MIEN_DRIFT_LIMITS_MEAN \
    {                          \
        0.2, 0.5, 0.8          \
    }
/* Of distances between distributions, Kolmogorov and Smirnov's and total
 * variation: what two normal distributions have that lie Cohen's limits apart,
 * 2 Phi(d / 2) - 1. */
#define MIEN_DRIFT_LIMITS_DISTANCE \
    {                              \
        0.0797, 0.1974, 0.3108     \
    }
/* Of the area under the curve by which both tables are told apart: the same,
 * Phi(d / sqrt 2).  Source: M. Rice and G. Harris, Law and Human Behavior 29,
 * 2005. */
#define MIEN_DRIFT_LIMITS_AUC  \
    {                          \
        0.5562, 0.6382, 0.7142 \
    }

/* A figure and where it may lie, 95 %; NaN: it is not defined. */
typedef struct mien_drift_figure {
    double value, low, high;
} mien_drift_figure;

/* Texts that only one of the tables has, most frequent first. */
#define MIEN_DRIFT_TEXTS 5
typedef struct mien_drift_texts {
    int64_t count; /* how many */
    int64_t rows;  /* that have them */
    int shown;
    char *text[MIEN_DRIFT_TEXTS]; /* [shown] owned */
} mien_drift_texts;

/* A part of a column: of numbers a tenth of before, as far as equal values let
 * it; of texts one of the most frequent, or the others together. */
#define MIEN_DRIFT_PARTS 10
typedef struct mien_drift_part {
    char label[48];  /* "to 12.5", "above", a text; "" in the last of texts:
                        the others */
    double share[2]; /* of the values, before and now */
} mien_drift_part;

/* A column. */
typedef struct mien_drift_column {
    char *name; /* owned */
    mien_column_type type;
    mien_drift_level level;
    const char *why;     /* of UNJUDGED and of columns that do not match; "" */
    int64_t values[2];   /* neither missing nor infinite: before, now */
    int64_t missing[2];  /* the same */
    int64_t infinite[2]; /* of the values; left out of all figures */
    double mean[2], deviation[2];  /* of numbers */
    mien_drift_figure mean_shift;  /* standardised: (now - before) / root of
                                      the mean of both variances */
    mien_drift_figure distance;    /* numbers: Kolmogorov and Smirnov's; texts:
                                      total variation */
    mien_drift_figure wasserstein; /* numbers, in deviations of before */
    double stability; /* population stability index: ten parts of before; texts:
                         each level */
    double association;           /* texts: Cramer's V */
    double missing_shift;         /* Cohen's h of the shares of missing values,
                                     now against before */
    double p;                     /* of no difference; NaN: not tested */
    double adjusted;              /* for all columns at once */
    mien_drift_texts fresh, gone; /* texts that are new, that are no more */
    int parts;
    mien_drift_part part[MIEN_DRIFT_PARTS]; /* [parts] to be drawn */
} mien_drift_column;

/* What a regression found that tells both tables apart. */
#define MIEN_DRIFT_LEANS 5
typedef struct mien_drift_joint {
    mien_drift_level level;
    const char *why;       /* of UNJUDGED; "" */
    int64_t rows[2];       /* that were looked at */
    int columns, left_out; /* that were; numbers and texts that were not */
    mien_drift_figure auc; /* of rows that were not learned from */
    double p, adjusted;
    int leans;
    struct {
        char name[96];
        double weight;
    } lean[MIEN_DRIFT_LEANS]; /* what it goes by, heaviest first */
} mien_drift_joint;

typedef struct mien_drift {
    int64_t rows[2];
    int columns;
    mien_drift_column *column; /* [columns] worst first; owned */
    mien_drift_joint joint;
} mien_drift;

/* Begin with MIEN_DRIFT_DEFAULTS. */
typedef struct mien_drift_options {
    double alpha;            /* share of false cries among cries */
    int replicates;          /* of the intervals */
    uint32_t seed;           /* of intervals and folds */
    const char *const *drop; /* [drops] columns that are left out */
    int drops;
    mien_pool *pool; /* shares the columns; NULL: one thread */
} mien_drift_options;
#define MIEN_DRIFT_DEFAULTS           \
    {                                 \
        0.05, 200, 123, NULL, 0, NULL \
    }

/* Compare two tables by the columns of the same names.
 *
 *   before   what was learned from
 *   now      what is seen today
 *   options  NULL: MIEN_DRIFT_DEFAULTS
 *   out      release with mien_drift_free
 *
 * Columns that one table has not, or has as another type, are named: a column
 * that is gone or of another type is a large drift, one that is new none.
 * The result does not depend on the number of threads.
 * Fails with EARG (options, no such column to drop), EFORMAT (no rows), ENOMEM.
 * Source: Kolmogorov 1933 and Smirnov 1948; H. Cramer, Mathematical Methods of
 * Statistics, 1946; N. Siddiqi, Credit Risk Scorecards, 2006 (stability index);
 * Y. Benjamini and Y. Hochberg, J. R. Statist. Soc. B 57, 1995; D. Lopez-Paz
 * and M. Oquab, Revisiting Classifier Two-Sample Tests, ICLR 2017. */
MIEN_API MIEN_CHECKED mien_status mien_dataset_compare(
    const mien_table *before, const mien_table *now,
    const mien_drift_options *options, mien_drift *out, mien_error *err);

/* Release what a comparison holds.
 *
 *   d  cleared; NULL is allowed */
MIEN_API void mien_drift_free(mien_drift *d);

/* The largest level of all columns and of all at once that says there is drift:
 * NONE, SMALL, MEDIUM or LARGE.
 *
 *   d  a comparison */
MIEN_API mien_drift_level mien_drift_worst(const mien_drift *d);

/* Count the columns of a level.
 *
 *   d      a comparison
 *   level  which */
MIEN_API int mien_drift_count(const mien_drift *d, mien_drift_level level);

/* The word of a level: "too few to say".
 *
 *   level  any */
MIEN_API const char *mien_drift_word(mien_drift_level level);

/* Say what was found, a line a column, worst first.
 *
 *   d    a comparison
 *   out  lines of text are added */
MIEN_API void mien_drift_text(const mien_drift *d, mien_buffer *out);

/* Write the same as a JSON object.
 *
 *   d  a comparison
 *   j  a text being written */
MIEN_API void mien_drift_json(const mien_drift *d, mien_json *j);

/* Write the same as a page of HTML that needs no other file.
 *
 *   d      a comparison
 *   names  [2] of the tables: before, now
 *   out    the page is added */
MIEN_API void mien_drift_page(const mien_drift *d, const char *const names[2],
                              mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
