/* agree.h: labels of units by labellers, as the measures of agreement see them.
 *
 *   agree_read.c      a table in one of three shapes -> entries
 *   agree_names.c     units, labellers, labels by their texts
 *   agree_ratings.c   entries -> labels in order, runs of equal ones a unit
 *   agree_alpha.c     observed agreement, alpha, Fleiss' kappa, AC1
 *   agree_draw.c      the same of units drawn again: intervals
 *   agree_pairs.c     Cohen's kappa of two labellers
 *   agree_labellers.c each labeller beside the others
 *   agree_differ.c    labels that are mixed up, units that differ most
 *   agree_groups.c    alpha by group
 *   agree_numbers.c   intraclass correlations, limits of agreement
 *   agree_text.c, agree_json.c, agree_page.c  what is said of all that
 *   doc.c             paragraphs and tables of a page, or of Markdown
 *   agree_figure.c    the figure of a page
 *   agree_consensus.c one label a unit
 *   agree_chance.c    the distributions that intervals need */
#ifndef MI_DATASET_AGREE_H
#define MI_DATASET_AGREE_H

#include "mien/dataset_agree.h"
#include "mien/plot.h"

/* Texts with their numbers, in the order in which they came. */
typedef struct mi_names {
    char **text; /* [n] owned */
    int64_t n;
    int64_t *slot; /* [slots] a name's number and 1; 0: free */
    int64_t slots; /* a power of two */
} mi_names;

/* The number of a text, which is added where it is new; -1: memory ended. */
int64_t mi_names_add(mi_names *s, const char *at, size_t n);
/* Remark those that are the same but for case, blanks and marks: "labels". */
mien_status mi_names_spelt(const mi_names *s, const char *what,
                           mien_buffer *remarks, mien_error *err);
/* Release them. */
void mi_names_free(mi_names *s);

/* A label of a unit. */
typedef struct mi_entry {
    int32_t unit, who, label;
    int64_t row; /* of the table, from 0 */
    double number;
} mi_entry;

/* The largest number, so that squares can be summed. */
#define MI_AGREE_MOST 1e100

/* Equal labels of a unit. */
typedef struct mi_run {
    int32_t label, count;
} mi_run;

typedef struct mi_ratings {
    mi_names unit, who, label, group;
    mi_entry *entry; /* [entries] by unit, label and labeller */
    int64_t entries;
    int64_t *start; /* [units + 1] of entries */
    mi_run *run;
    int64_t *runs; /* [units + 1] where a unit's begin */
    int32_t *in;   /* [units] its group, or -1; NULL without groups */
    int labels;
    double *at;  /* [labels] numbers in ascending order; NULL of texts */
    int numbers; /* 1: labels are numbers */
    int votes;
    int64_t missing;
    mien_agree_level level;
    mien_buffer remarks;
} mi_ratings;

/* ---- reading ------------------------------------------------------------- */
/* Read labels; release r in any case. */
mien_status mi_agree_read(const mien_table *t, const mien_agree_options *o,
                          mi_ratings *r, mien_error *err);
/* Bring labels into their order, and count them. */
mien_status mi_ratings_finish(mi_ratings *r, const mien_agree_options *o,
                              mien_error *err);
/* Release labels. */
void mi_ratings_free(mi_ratings *r);
/* How many labels a unit has. */
int64_t mi_ratings_of(const mi_ratings *r, int64_t unit);
/* A value of a table as a text in room [64], or where it lies; n 0: missing. */
mien_text mi_agree_cell(const mien_column *c, int64_t row, char *room);

/* ---- measures ------------------------------------------------------------ */
enum {
    MI_AGREE_OBSERVED,
    MI_AGREE_ALPHA,
    MI_AGREE_FLEISS,
    MI_AGREE_AC1,
    MI_AGREE_FIGURES
};

/* What is known of the units before any is drawn. */
typedef struct mi_agree_work {
    const mi_ratings *r;
    int64_t n;    /* units */
    int constant; /* labels that every unit has; 0: not the same */
} mi_agree_work;

/* Memory of one thread: counts of labels [labels], weights [n]. */
typedef struct mi_agree_room {
    double *count, *share, *at;
    int32_t *weight;
} mi_agree_room;

/* Work on all units, of which there are n. */
mi_agree_work mi_agree_work_on(const mi_ratings *r, int64_t n);
/* Memory for it. */
mien_status mi_agree_room_new(const mi_agree_work *w, mi_agree_room *out,
                              mien_error *err);
/* Release it. */
void mi_agree_room_free(mi_agree_room *room);
/* The figures of units, each room->weight times; NULL weight: once. */
void mi_agree_measure(const mi_agree_work *w, const mi_agree_room *room,
                      double out[MI_AGREE_FIGURES]);
/* The squared difference of two labels of a level; at: numbers, or ranks. */
double mi_agree_difference(mien_agree_level level, const double *at, int a,
                           int b);
/* The differences of a unit's labels, summed over all pairs in both orders. */
double mi_agree_apart(const mi_ratings *r, int64_t u, const double *at);
/* Ranks of labels by how often they are: Krippendorff's ordinal difference is
 * that of ranks. */
void mi_agree_ranks(int labels, const double *count, double *at);
/* How often each label stands in units with two or more. */
void mi_agree_counts(const mi_agree_work *w, const int32_t *weight,
                     double *count);

/* Figures with intervals. */
mien_status mi_agree_figures(const mi_agree_work *w,
                             const mien_agree_options *o, int replicates,
                             mien_agree_figure out[MI_AGREE_FIGURES],
                             mien_error *err);
/* How many replicates a table gets. */
int mi_agree_replicates(const mi_agree_work *w, const mien_agree_options *o);
/* The interval of a figure from its replicates, which are sorted. */
void mi_agree_interval(mien_agree_figure *f, int n, double *drawn);

/* ---- parts of the answer ------------------------------------------------- */
/* Cohen's kappas. */
mien_status mi_agree_pairs(const mi_ratings *r, const mien_agree_options *o,
                           mien_agreement *a, mien_error *err);
/* Who stands apart. */
mien_status mi_agree_labellers(const mi_ratings *r, mien_agreement *a,
                               mien_error *err);
/* What is mixed up, and which units differ most. */
mien_status mi_agree_differ(const mi_ratings *r, mien_agreement *a,
                            mien_error *err);
/* Alpha by group. */
mien_status mi_agree_groups(const mi_ratings *r, const mien_agree_options *o,
                            mien_agreement *a, mien_error *err);
/* Measures of numbers. */
mien_status mi_agree_numbers(const mi_ratings *r, mien_agreement *a,
                             mien_error *err);

/* Draw labels beside each other, or differences against means. */
mien_status mi_agree_draw(const mien_agreement *a, mien_panel *p,
                          mien_error *err);

/* ---- chance -------------------------------------------------------------- */
/* The share of an F distribution that lies below x. */
double mi_agree_f_below(double x, double a, double b);
/* Where a share p of an F distribution lies below. */
double mi_agree_f_at(double p, double a, double b);
/* Where a share p of Student's distribution lies below; p 0.5 or more. */
double mi_agree_t_at(double p, double freedom);
/* The chance that `own` or more of `marked` among `all` fall to `drawn` of
 * them.
 */
double mi_agree_at_least(double own, double drawn, double marked, double all);
/* Where a share p of the normal distribution lies below. */
double mi_agree_normal_at(double p);

#endif
