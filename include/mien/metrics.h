/* mien/metrics.h: how good a classifier or a regression is.
 *
 *   labels 0/1 + scores (+ weights)   mien_scored
 *     -> mien_confusion_at -> mien_rates_of     one threshold
 *     -> mien_ranking_new                       sorted once, O(n)
 *          -> ROC and PR curves, AUC, average precision, gain
 *          -> mien_ranking_choose               a threshold
 *          -> mien_ranking_bootstrap, DeLong    how sure that is
 *   classes told and found -> mien_report_text  the table people know
 *   probabilities -> mien_brier, mien_log_loss, mien_calibration_new
 *
 * A row is alarmed (called 1) if its score is at or above the threshold, as in
 * scikit-learn's curves.  Higher scores speak for 1.  What 0/0 makes is 0 and
 * a flag in mien_rates.undefined.  Choose thresholds on validation rows, never
 * on those that are to say how good the choice is. */
#ifndef MIEN_METRICS_H
#define MIEN_METRICS_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_METRICS_ROWS_MAX 2147483647
#define MIEN_METRICS_CLASSES_MAX 1024

/* Rows to judge by; all arrays are borrowed for the length of a call. */
typedef struct mien_scored {
    int64_t n;            /* rows, 1..MIEN_METRICS_ROWS_MAX */
    const uint8_t *y;     /* [n] 0 or 1 */
    const double *score;  /* [n] finite, higher speaks for 1 */
    const double *weight; /* [n] finite, >= 0; NULL: each row counts once */
} mien_scored;

/* ---- one threshold ------------------------------------------------------ */

/* Rows (or their weights) by what they are and what they were called. */
typedef struct mien_confusion {
    double tn; /* 0 called 0 */
    double fp; /* 0 called 1: a false alarm */
    double fn; /* 1 called 0: missed */
    double tp; /* 1 called 1: found */
} mien_confusion;

/* Which members of mien_rates were 0/0. */
enum {
    MIEN_NO_PRECISION = 1,   /* nothing was alarmed */
    MIEN_NO_RECALL = 2,      /* no row is 1 */
    MIEN_NO_FALSE_ALARM = 4, /* no row is 0; specificity too */
    MIEN_NO_F = 8,           /* no row is 1 and none was alarmed */
    MIEN_NO_MCC = 16,        /* one class only, told or found */
    MIEN_NO_KAPPA = 32       /* chance alone agrees everywhere */
};

typedef struct mien_rates {
    double precision;         /* tp / (tp + fp) */
    double recall;            /* tp / (tp + fn) */
    double specificity;       /* tn / (tn + fp) */
    double false_alarm;       /* fp / (tn + fp) */
    double f;                 /* F-beta */
    double accuracy;          /* (tp + tn) / all */
    double balanced_accuracy; /* mean recall of the classes there are */
    double mcc;               /* Matthews, -1..1 */
    double kappa;             /* Cohen, -1..1 */
    double g_mean;            /* sqrt(recall specificity) */
    double prevalence;        /* (tp + fn) / all */
    double alarmed;           /* (tp + fp) / all */
    double lift;              /* precision / prevalence */
    unsigned undefined;       /* MIEN_NO_* added up */
} mien_rates;

/* Count rows by class and by the side of a threshold on which they fall.
 *
 *   rows       checked
 *   threshold  score >= threshold is called 1; infinities are allowed
 *   out        the counts
 *   err        what is wrong, or NULL
 *
 * Fails with EARG: no rows, too many, a label above 1, a score or a weight
 * that is not finite (the text names the row). */
MIEN_API MIEN_CHECKED mien_status mien_confusion_at(const mien_scored *rows,
                                                    double threshold,
                                                    mien_confusion *out,
                                                    mien_error *err);

/* The rates that follow from counts.
 *
 *   c     counts or weights, >= 0
 *   beta  weight of recall in F, > 0; 1 gives F1
 *
 * Source: scikit-learn 1.2 with zero_division = 0. */
MIEN_API mien_rates mien_rates_of(const mien_confusion *c, double beta);

/* ---- several classes ---------------------------------------------------- */

/* Count rows by class told and class found.
 *
 *   n          rows, >= 1
 *   truth      [n] 0..k - 1
 *   predicted  [n] 0..k - 1
 *   weight     [n] or NULL
 *   k          classes, 1..MIEN_METRICS_CLASSES_MAX
 *   out        [k, k]: row told, column found
 *   err        what is wrong, or NULL
 *
 * Fails with EARG. */
MIEN_API MIEN_CHECKED mien_status
mien_matrix_count(int64_t n, const int32_t *truth, const int32_t *predicted,
                  const double *weight, int k, double *out, mien_error *err);

typedef struct mien_class_rates {
    double precision, recall, f1;
    double support;     /* rows of the class */
    unsigned undefined; /* MIEN_NO_PRECISION, _RECALL, _F */
} mien_class_rates;

typedef struct mien_matrix_rates {
    double accuracy, balanced_accuracy, mcc, kappa;
    mien_class_rates macro;    /* means over classes */
    mien_class_rates weighted; /* means weighted by support */
    unsigned undefined;        /* MIEN_NO_MCC, MIEN_NO_KAPPA */
} mien_matrix_rates;

/* The rates of each class of a matrix and those of all.
 *
 *   k      classes
 *   m      [k, k] as mien_matrix_count gives it
 *   each   [k] or NULL
 *
 * Source: scikit-learn 1.2; MCC: Gorodkin 2004. */
MIEN_API mien_matrix_rates mien_matrix_rates_of(int k, const double *m,
                                                mien_class_rates *each);

typedef struct mien_report_options {
    int digits;            /* decimals, 0..15 */
    const int32_t *labels; /* [n_labels] rows in this order, no two the
                              same; NULL: all that occur, ascending */
    int n_labels;
    const char *const *names; /* [n_names] UTF-8, one a row of the report;
                                 NULL: the numbers */
    int n_names;
} mien_report_options;
#define MIEN_REPORT_DEFAULTS \
    {                        \
        2, NULL, 0, NULL, 0  \
    }

/* Write precision, recall and F1 of each class as a text table.
 *
 *   n          rows, >= 1
 *   truth      [n] any integers, MIEN_METRICS_CLASSES_MAX different at most
 *   predicted  [n] the same
 *   options    NULL takes MIEN_REPORT_DEFAULTS
 *   out        text, terminated (out->n does not count the 0); the caller
 *              frees it with mien_bytes_free
 *   err        what is wrong, or NULL
 *
 * The row "accuracy" becomes "micro avg" if labels given are not exactly those
 * that occur.  Fails with EARG, ELIMIT (classes), ENOMEM.
 * Source: the layout of scikit-learn 1.2's classification_report. */
MIEN_API MIEN_CHECKED mien_status mien_report_text(
    int64_t n, const int32_t *truth, const int32_t *predicted,
    const mien_report_options *options, mien_bytes *out, mien_error *err);

/* ---- all thresholds ----------------------------------------------------- */

/* Rows in descending order of score, and the counts at every threshold. */
typedef struct mien_ranking mien_ranking;

/* Sort rows by score.
 *
 *   rows  copied; rows of weight 0 are left out
 *   out   owned by the caller; free with mien_ranking_free
 *   err   what is wrong, or NULL
 *
 * Fails with EARG as mien_confusion_at does, ELIMIT (rows), ENOMEM.  Cost: 8 n
 * steps at most (radix sort), 24 bytes a row for a time and up to 41 to keep.
 */
MIEN_API MIEN_CHECKED mien_status mien_ranking_new(const mien_scored *rows,
                                                   mien_ranking **out,
                                                   mien_error *err);

/* Release a ranking.
 *
 *   r  NULL is allowed */
MIEN_API void mien_ranking_free(mien_ranking *r);

/* The counts at a threshold.
 *
 *   r          a ranking
 *   threshold  score >= threshold is called 1
 *
 * Cost: log n. */
MIEN_API mien_confusion mien_ranking_confusion(const mien_ranking *r,
                                               double threshold);

/* The counts when the k highest scores are alarmed: precision at k.
 *
 *   r  a ranking
 *   k  rows (or weight), clamped to 0..all
 *
 * Of rows with one score of which only some fit, each counts by its share: the
 * mean over all orders of equal scores. */
MIEN_API mien_confusion mien_ranking_top(const mien_ranking *r, double k);

/* The area under the ROC curve: P(score of a 1 > score of a 0) + half P(=).
 *
 *   r    a ranking
 *   out  0..1
 *   err  what is wrong, or NULL
 *
 * Fails with EARG if a class is missing. */
MIEN_API MIEN_CHECKED mien_status mien_ranking_auc(const mien_ranking *r,
                                                   double *out,
                                                   mien_error *err);

/* The area under the ROC curve from false-alarm rate 0 to a largest one.
 *
 *   r            a ranking
 *   false_alarm  in (0, 1]
 *   raw          the area itself, 0..false_alarm, or NULL
 *   out          brought to 0.5 (no better than chance) .. 1
 *   err          what is wrong, or NULL
 *
 * Fails with EARG.  Source: McClish 1989. */
MIEN_API MIEN_CHECKED mien_status
mien_ranking_partial_auc(const mien_ranking *r, double false_alarm, double *raw,
                         double *out, mien_error *err);

/* Average precision: the sum over thresholds of precision times the step of
 * recall.
 *
 *   r    a ranking
 *   out  0..1
 *   err  what is wrong, or NULL
 *
 * Fails with EARG if no row is 1. */
MIEN_API MIEN_CHECKED mien_status mien_ranking_ap(const mien_ranking *r,
                                                  double *out, mien_error *err);

/* Points of a curve; the arrays are owned, mien_curve_free releases them. */
typedef struct mien_curve {
    int64_t n;
    double *x;         /* [n] */
    double *y;         /* [n] */
    double *threshold; /* [n] */
} mien_curve;

/* The ROC curve: x false-alarm rate, y recall, from (0, 0) to (1, 1).
 *
 *   r     a ranking
 *   drop  1: leave out points on a straight line between neighbours, as
 *         scikit-learn's drop_intermediate does
 *   out   free with mien_curve_free; the first threshold is the highest score
 *         plus 1
 *   err   what is wrong, or NULL
 *
 * Fails with EARG if a class is missing, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_ranking_roc(const mien_ranking *r,
                                                   int drop, mien_curve *out,
                                                   mien_error *err);

/* The precision-recall curve: x recall, y precision, by ascending threshold.
 *
 *   r    a ranking
 *   out  free with mien_curve_free; one point a different score, then the
 *        point (0, 1) with the threshold infinity
 *   err  what is wrong, or NULL
 *
 * Fails with EARG if no row is 1, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_ranking_pr(const mien_ranking *r,
                                                  mien_curve *out,
                                                  mien_error *err);

/* The gain curve: x share of rows alarmed, y share of the 1s among them.
 *
 *   r    a ranking
 *   out  free with mien_curve_free; from (0, 0) to (1, 1); y / x is the lift
 *   err  what is wrong, or NULL
 *
 * Fails with EARG if no row is 1, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_ranking_gain(const mien_ranking *r,
                                                    mien_curve *out,
                                                    mien_error *err);

/* Release the arrays of a curve.
 *
 *   c  cleared; NULL is allowed */
MIEN_API void mien_curve_free(mien_curve *c);

/* ---- a threshold -------------------------------------------------------- */

/* A threshold and what it does to the rows it was chosen on. */
typedef struct mien_threshold {
    double threshold; /* half way between two scores: the rows above are
                         alarmed; the lowest score if all are, the number
                         above the highest if none is */
    double value;     /* what was made large (or, a cost, small) */
    mien_confusion count;
    mien_rates rates; /* F by the rule's beta, else F1 */
} mien_threshold;

typedef enum mien_rule {
    MIEN_RULE_F,           /* largest F-beta; a = beta */
    MIEN_RULE_COST,        /* least a * missed + b * false alarms; no alarm
                              at all may be the answer */
    MIEN_RULE_ALERTS,      /* most alarms of at most a in b rows */
    MIEN_RULE_RECALL,      /* best precision at recall >= a */
    MIEN_RULE_PRECISION,   /* best recall at precision >= a */
    MIEN_RULE_FALSE_ALARM, /* best recall at false-alarm rate <= a */
    MIEN_RULE_YOUDEN       /* largest recall - false-alarm rate */
} mien_rule;

/* Choose a threshold.
 *
 *   r     validation rows
 *   rule  what to make good
 *   a, b  numbers of the rule; not used if it names none
 *   out   the choice
 *   err   what is wrong, or NULL
 *
 * Of equal choices the one with fewer alarms (rule RECALL: higher recall
 * first).  Fails with EARG: a or b out of range, a class that the rule needs
 * is missing, or nothing satisfies the rule (the text says what is nearest).
 * Cost: one pass over the different scores. */
MIEN_API MIEN_CHECKED mien_status mien_ranking_choose(const mien_ranking *r,
                                                      mien_rule rule, double a,
                                                      double b,
                                                      mien_threshold *out,
                                                      mien_error *err);

/* Find the threshold whose false-alarm rate is nearest to a given one.
 *
 *   r             a ranking
 *   false_alarm   0..1
 *   nearest       that threshold; of two equally near the lower rate, of one
 *                 rate the highest recall; value is the recall
 *   interpolated  recall on the straight line between points of the ROC
 *                 curve, or NULL
 *   err           what is wrong, or NULL
 *
 * Fails with EARG if a class is missing. */
MIEN_API MIEN_CHECKED mien_status mien_ranking_at_false_alarm(
    const mien_ranking *r, double false_alarm, mien_threshold *nearest,
    double *interpolated, mien_error *err);

/* ---- how sure ----------------------------------------------------------- */

typedef enum mien_statistic {
    MIEN_STAT_AUC,
    MIEN_STAT_AP,
    MIEN_STAT_PRECISION, /* this and the rest: at a threshold */
    MIEN_STAT_RECALL,
    MIEN_STAT_F1,
    MIEN_STAT_FALSE_ALARM,
    MIEN_STAT_MCC,
    MIEN_STAT_ACCURACY
} mien_statistic;

typedef struct mien_bootstrap_options {
    int replicates; /* 2..1000000 */
    double level;   /* of the interval, in (0, 1) */
    uint32_t seed;
    int stratified;   /* 1: each replicate keeps the number of 0s and 1s */
    double threshold; /* score >= threshold is called 1 */
} mien_bootstrap_options;
#define MIEN_BOOTSTRAP_DEFAULTS \
    {                           \
        1000, .95, 0, 1, .5     \
    }

typedef struct mien_interval {
    double value;          /* on the rows themselves */
    double low, high;      /* percentiles of the replicates */
    double standard_error; /* deviation of the replicates */
    int undefined;         /* replicates left out: 0/0 or a class missing */
} mien_interval;

/* Intervals of statistics by drawing rows with replacement.
 *
 *   r        a ranking
 *   stats    [n_stats] which
 *   n_stats  1..16
 *   options  NULL takes MIEN_BOOTSTRAP_DEFAULTS
 *   pool     shares the replicates, or NULL; results do not depend on it
 *   out      [n_stats]
 *   err      what is wrong, or NULL
 *
 * Fails with EARG (options, a statistic that the rows do not define, fewer
 * than two replicates that define it), ENOMEM.  Cost: n draws a replicate and
 * one pass a statistic; 4 bytes a row and thread.
 * Source: Efron & Tibshirani 1993, 13.3. */
MIEN_API MIEN_CHECKED mien_status
mien_ranking_bootstrap(const mien_ranking *r, const mien_statistic *stats,
                       int n_stats, const mien_bootstrap_options *options,
                       mien_pool *pool, mien_interval *out, mien_error *err);

/* AUCs of two scores of the same rows, and their difference. */
typedef struct mien_auc_test {
    double auc[2];
    double standard_error[2];
    double covariance; /* of the two */
    double z;          /* (auc[0] - auc[1]) / its standard error */
    double p;          /* two-sided, by the normal distribution */
} mien_auc_test;

/* Find the AUC and its standard error.
 *
 *   rows            without weights, two rows of each class or more
 *   auc             0..1
 *   standard_error  >= 0
 *   err             what is wrong, or NULL
 *
 * Fails with EARG, ENOMEM.  Source: DeLong, DeLong & Clarke-Pearson 1988. */
MIEN_API MIEN_CHECKED mien_status mien_auc_delong(const mien_scored *rows,
                                                  double *auc,
                                                  double *standard_error,
                                                  mien_error *err);

/* Test whether two scores of the same rows have the same AUC.
 *
 *   rows   the first score, without weights
 *   other  [rows->n] the second
 *   out    the result; equal AUCs without spread give z 0 and p 1
 *   err    what is wrong, or NULL
 *
 * Fails with EARG, ENOMEM.  Source: as mien_auc_delong. */
MIEN_API MIEN_CHECKED mien_status mien_auc_compare(const mien_scored *rows,
                                                   const double *other,
                                                   mien_auc_test *out,
                                                   mien_error *err);

/* ---- probabilities ------------------------------------------------------ */

/* The mean squared difference of probability and label (Brier 1950).
 *
 *   rows  scores are probabilities 0..1
 *   out   0..1, lower is better
 *   err   what is wrong, or NULL
 *
 * Fails with EARG. */
MIEN_API MIEN_CHECKED mien_status mien_brier(const mien_scored *rows,
                                             double *out, mien_error *err);

/* The mean negative logarithm of the probability given to what happened.
 *
 *   rows  scores are probabilities 0..1, kept 2.2e-16 away from both ends
 *   out   >= 0, lower is better
 *   err   what is wrong, or NULL
 *
 * Fails with EARG. */
MIEN_API MIEN_CHECKED mien_status mien_log_loss(const mien_scored *rows,
                                                double *out, mien_error *err);

typedef struct mien_calibration_bin {
    double predicted; /* mean probability */
    double observed;  /* share of 1s */
    double count;     /* rows or weight */
} mien_calibration_bin;

/* Probabilities against what happened; free with mien_calibration_free. */
typedef struct mien_calibration {
    int n;                     /* bins that hold rows */
    mien_calibration_bin *bin; /* [n] ascending */
    double error; /* expected calibration error: the mean, by count, of
                     |predicted - observed| */
    double worst; /* the largest of them */
} mien_calibration;

/* Compare probabilities with shares of 1s, bin by bin.
 *
 *   rows      scores are probabilities 0..1
 *   bins      1..10000
 *   quantile  0: bins of one width; 1: bins of as many rows (by count, not by
 *             weight); equal edges leave bins empty
 *   out       free with mien_calibration_free
 *   err       what is wrong, or NULL
 *
 * A probability on an edge belongs to the bin below.  Empty bins are left out.
 * Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_calibration_new(const mien_scored *rows,
                                                       int bins, int quantile,
                                                       mien_calibration *out,
                                                       mien_error *err);

/* Release the bins of a calibration.
 *
 *   c  cleared; NULL is allowed */
MIEN_API void mien_calibration_free(mien_calibration *c);

/* ---- regression --------------------------------------------------------- */

typedef struct mien_fit_rates {
    double mse, rmse, mae;
    double largest; /* error without its sign */
    double r2;      /* 1 - residual / total sum of squares; a constant y gives
                       1 if it is met exactly, else 0 */
    int no_r2;      /* 1: fewer than two rows or a constant y */
} mien_fit_rates;

/* Compare predicted numbers with true ones.
 *
 *   n          rows, >= 1
 *   y          [n] finite
 *   predicted  [n] finite
 *   weight     [n] finite, >= 0, not all 0; or NULL
 *   out        the rates
 *   err        what is wrong, or NULL
 *
 * Fails with EARG. */
MIEN_API MIEN_CHECKED mien_status mien_fit_rates_of(int64_t n, const double *y,
                                                    const double *predicted,
                                                    const double *weight,
                                                    mien_fit_rates *out,
                                                    mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
