/* mien/dataset_agree.h: do labellers agree, and are repeated measures reliable?
 *
 *   a table of labels -> mien_dataset_agree -> mien_agreement
 *     -> mien_agreement_text, _json, _markdown, _page
 *     -> mien_agreement_consensus: one label a unit
 *
 * A unit is what is labelled, a labeller who or what does it; missing labels
 * are usual.  Figures that are not defined are NaN and say why; where there is
 * too little to say, that is said.  Intervals are of 95 %, from drawing units
 * again, the same for any number of threads. */
#ifndef MIEN_DATASET_AGREE_H
#define MIEN_DATASET_AGREE_H

#include "mien/json.h"
#include "mien/metrics_groups.h"
#include "mien/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What labels are, and so what a difference between two of them is. */
typedef enum mien_agree_level {
    MIEN_AGREE_ANY, /* nominal of texts and votes, interval of numbers */
    MIEN_AGREE_NOMINAL,
    MIEN_AGREE_ORDINAL,
    MIEN_AGREE_INTERVAL,
    MIEN_AGREE_RATIO
} mien_agree_level;

#define MIEN_AGREE_MAX_LABELS 1000      /* different ones, nominal or ordinal */
#define MIEN_AGREE_MAX_RATIO 3000       /* different numbers of level ratio */
#define MIEN_AGREE_MAX_ENTRIES 50000000 /* labels, and votes, in all */
#define MIEN_AGREE_MAX_PAIRED                                            \
    24                      /* labellers of whom all pairs are looked at \
                             */
#define MIEN_AGREE_SHOWN 10 /* labels mixed up, units that differ most */
/* Below so many units nothing is said of how sure a figure is. */
#define MIEN_AGREE_FEW 10

/* Krippendorff's limits: from the first on data can be relied on, from the
 * second on for tentative conclusions.  Source: K. Krippendorff, Content
 * Analysis, 2004, 11.4.3. */
#define MIEN_AGREE_RELIABLE 0.800
#define MIEN_AGREE_TENTATIVE 0.667

/* Where labels stand and what they are: one of three shapes.  Begin with
 * MIEN_AGREE_DEFAULTS. */
typedef struct mien_agree_options {
    const char *unit;             /* column of the unit's name; of a row a
                                     label it is needed, else it names rows */
    const char *labeller, *label; /* a row a label: who, and what */
    const char *const *labellers; /* [n_labellers] a row a unit: a column a
                                     labeller */
    int n_labellers;
    const char *const *votes; /* [n_votes] a row a unit: a column a label,
                                 of how many chose it */
    int n_votes;
    mien_agree_level level;
    const char *const *order; /* [orders] labels, the lowest first */
    int orders;
    const char *by; /* a column whose values are groups */
    int repeat;     /* 1: a unit labelled again by one labeller is a repeated
                       measure, by "name (2)"; 0: it is refused */
    int replicates; /* 0, or 20..100000: of the intervals; 0: 1000, fewer of
                       large tables, 200 at least */
    uint32_t seed;
    mien_pool *pool; /* shares the replicates; NULL: one thread */
} mien_agree_options;
#define MIEN_AGREE_DEFAULTS                                                   \
    {                                                                         \
        NULL, NULL, NULL, NULL, 0, NULL, 0, MIEN_AGREE_ANY, NULL, 0, NULL, 0, \
            0, 2011, NULL                                                     \
    }

/* A figure and where it may lie; NaN: it is not defined, or there is too little
 * to say where. */
typedef struct mien_agree_figure {
    double value, low, high;
    const char *why; /* value is NaN; NULL otherwise */
} mien_agree_figure;

/* Two labellers, on the units that both labelled. */
typedef struct mien_agree_pair {
    int a, b; /* labellers */
    int64_t units;
    double observed;          /* share of units with the same label */
    mien_agree_figure kappa;  /* Cohen's */
    mien_agree_figure linear; /* weighted, of ordinal labels; NaN of others */
    mien_agree_figure quadratic; /* the same */
} mien_agree_pair;

/* A labeller beside the others. */
typedef enum mien_agree_verdict {
    MIEN_AGREE_WITH,  /* nothing sure and large enough against it */
    MIEN_AGREE_APART, /* stands apart */
    MIEN_AGREE_UNSURE /* too few units to say */
} mien_agree_verdict;
typedef struct mien_agree_labeller {
    char *name; /* owned */
    int64_t labels;
    mien_agree_verdict verdict;
    mien_share majority;    /* as the majority of the others, of the units where
                               two others or more have one; nominal, ordinal */
    mien_agree_figure bias; /* numbers: mean difference from the mean of the
                               others, of the units that two others labelled */
    double spread;          /* numbers: deviation of these differences */
} mien_agree_labeller;

/* Two labels that the same units have. */
typedef struct mien_agree_mixed {
    int a, b;     /* labels */
    double count; /* pairs of labels of one unit, each unit's divided by its
                     labels less one: Krippendorff's coincidences */
    double share; /* of all pairs that differ */
} mien_agree_mixed;

/* A unit on which labellers differ. */
typedef struct mien_agree_unit {
    char *name, *labels; /* owned: "17", "sad 2, happy 1" */
    double difference;   /* nominal: share of pairs that differ; else the mean
                            squared difference of pairs, of the level */
} mien_agree_unit;

/* A group of units. */
typedef struct mien_agree_group {
    char *name; /* owned */
    int64_t units;
    mien_agree_figure observed, alpha;
} mien_agree_group;

/* Reliability of numbers of which no label is missing: intraclass correlations,
 * by Shrout and Fleiss' names. */
enum {
    MIEN_ICC_1_1, /* each unit has labellers of its own */
    MIEN_ICC_2_1, /* labellers stand for others; they should give the same */
    MIEN_ICC_3_1, /* these labellers; they should rank the same */
    MIEN_ICC_1_K, /* the same of means of all labellers */
    MIEN_ICC_2_K,
    MIEN_ICC_3_K,
    MIEN_ICCS
};

/* Two measures of the same units: the second less the first. */
typedef struct mien_agree_limits {
    int64_t units;
    mien_agree_figure mean, low, high; /* of agreement */
    double deviation;
} mien_agree_limits;

/* Numbers, measured again. */
typedef struct mien_agree_measures {
    int complete; /* 1: no label is missing, of two labellers and units or more
                   */
    mien_agree_figure icc[MIEN_ICCS];
    double within; /* standard error of measurement: deviation within units */
    double detectable; /* smallest change that is none of it, at 95 % */
    double variation;  /* within, in means of the units: root mean square; NaN:
                          numbers are not all above 0 */
    mien_agree_limits limits; /* of two labellers; units 0 otherwise */
} mien_agree_measures;

/* What was found. */
typedef struct mien_agreement {
    mien_agree_level level;
    const char *level_why;      /* "labels are texts" */
    int64_t units;              /* with a label or more */
    int64_t once, none;         /* units with one, with none */
    int64_t values;             /* labels in all */
    int64_t missing;            /* that could be there: rows or cells */
    int64_t few, most;          /* the fewest and the most labels of a unit */
    int labellers;              /* 0: votes, of which nobody knows whose */
    int labels;                 /* different ones */
    char **label;               /* [labels] owned */
    mien_agree_figure observed; /* share of pairs of labels that are the same,
                                   mean over units */
    mien_agree_figure alpha;    /* Krippendorff's, of the level */
    mien_agree_figure fleiss;   /* Fleiss' kappa */
    mien_agree_figure ac1;      /* Gwet's */
    int replicates;             /* that were drawn */
    mien_agree_labeller *labeller; /* [labellers] owned */
    int told;                      /* labellers that could stand apart */
    int pairs;
    int64_t all_pairs;     /* of labellers */
    mien_agree_pair *pair; /* [pairs] owned; the lowest kappa first, those of
                              too few units last */
    int mixes;
    mien_agree_mixed mixed[MIEN_AGREE_SHOWN]; /* the most first */
    double *coincidence; /* [labels, labels] owned; NULL of numbers */
    int differing;
    mien_agree_unit unit[MIEN_AGREE_SHOWN]; /* those that differ most */
    int groups;
    mien_agree_group *group;      /* [groups] owned; the lowest alpha first */
    mien_group_gap gap;           /* of alpha; highest and lowest are groups */
    mien_agree_measures measures; /* of numbers */
    char *remarks;                /* lines; owned; "" */
    struct mi_ratings *ratings;   /* the library's own */
} mien_agreement;

/* Look at labels.
 *
 *   t        a table in one of the three shapes
 *   options  which columns, and how
 *   out      release with mien_agreement_free
 *
 * Fails with EARG (columns that are not there, no shape or two, an order that
 * is not known or lacks a label, texts where numbers are wanted), EFORMAT (no
 * labels, one labeller, one unit, a unit labelled twice by one labeller, counts
 * that are none, a unit in two groups: the row is named), ELIMIT, ENOMEM.
 * Source: J. Cohen, Educ. Psychol. Meas. 20, 1960, and Psychol. Bull. 70, 1968;
 * J. Fleiss, Psychol. Bull. 76, 1971; K. Krippendorff, Computing Krippendorff's
 * Alpha-Reliability, 2011; K. Gwet, Br. J. Math. Stat. Psychol. 61, 2008;
 * P. Shrout and J. Fleiss, Psychol. Bull. 86, 1979; K. McGraw and S. Wong,
 * Psychol. Methods 1, 1996; J. Bland and D. Altman, Lancet 1, 1986. */
MIEN_API MIEN_CHECKED mien_status
mien_dataset_agree(const mien_table *t, const mien_agree_options *options,
                   mien_agreement *out, mien_error *err);

/* Release what was found.
 *
 *   a  cleared; NULL is allowed */
MIEN_API void mien_agreement_free(mien_agreement *a);

/* The word of a level: "nominal".
 *
 *   level  any */
MIEN_API const char *mien_agree_level_word(mien_agree_level level);

/* The name of an intraclass correlation: "ICC(2,1)".
 *
 *   i  MIEN_ICC_*, asserted */
MIEN_API const char *mien_icc_name(int i);

/* What the figures mean for the use of the data, in a sentence or two.
 *
 *   a    what was found
 *   out  the text is added */
MIEN_API void mien_agreement_advice(const mien_agreement *a, mien_buffer *out);

/* Say what was found.
 *
 *   a    what was found
 *   out  lines of text are added */
MIEN_API void mien_agreement_text(const mien_agreement *a, mien_buffer *out);

/* Write all figures as a JSON object: "schema" mien/agreement/1.
 *
 *   a  what was found
 *   j  a text being written */
MIEN_API void mien_agreement_json(const mien_agreement *a, mien_json *j);

/* Write the same as Markdown.
 *
 *   a     what was found
 *   name  of the file
 *   out   the text is added */
MIEN_API void mien_agreement_markdown(const mien_agreement *a, const char *name,
                                      mien_buffer *out);

/* Write the same as a page of HTML that needs no other file, with a figure:
 * which labels stand beside which, or differences against means of two
 * measures.
 *
 *   a     what was found
 *   name  of the file
 *   out   the page is added
 *
 * Fails with ENOMEM, EUNSUP (cairo could not draw). */
MIEN_API MIEN_CHECKED mien_status mien_agreement_page(const mien_agreement *a,
                                                      const char *name,
                                                      mien_buffer *out,
                                                      mien_error *err);

/* Make a table of one label a unit: unit, label, share of the labels, labels,
 * tied.  Where several labels are the most frequent, label is missing and tied
 * names them.  Of numbers: unit, mean, median, deviation, labels.
 *
 *   a    what was found
 *   out  owned by the caller; free with mien_table_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_agreement_consensus(
    const mien_agreement *a, mien_table **out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
