/* check.h: what the files of this folder share: a data set being looked at.
 *
 *   check.c       reads pieces of the file, lets the checks run
 *   summary*.c    counts of columns, frequent values, the sample of rows
 *   duplicates*.c, leak.c, noise*.c, coverage*.c, check_*.c  the checks
 *   check_text.c, check_json.c, check_page.c  what is said of them */
#ifndef MI_DATASET_CHECK_H
#define MI_DATASET_CHECK_H

#include "dataset/noise_rate.h"
#include "dataset/summary.h"
#include "mien/dataset.h"
#include "mien/num.h"

typedef struct mi_finding {
    mien_finding is;
    double rank; /* the larger, the earlier among findings of one weight */
    mien_buffer where, text, advice;
} mi_finding;

/* A check that ran or did not. */
typedef struct mi_check_run {
    const char *name;
    double seconds;
    int64_t rows;  /* it looked at; 0: it did not run */
    char why[120]; /* it did not: [MI_WHY] */
} mi_check_run;
enum { MI_CHECKS = 8 };

/* Rows that are there again: see duplicates.c. */
typedef struct mi_duplicates mi_duplicates;
/* Counts of groups: see coverage.c. */
typedef struct mi_coverage mi_coverage;

struct mien_dataset {
    mien_dataset_options o;
    int64_t rows;
    int columns;
    mi_summary *column; /* [columns] */
    mi_row_hash *hash;  /* of the rows of a piece: room for so many */
    int64_t hashes;
    mi_sample *drawing; /* until the file has ended */
    mien_table *sample; /* rows in the order of the file */
    int64_t *place;     /* [rows of sample] their numbers in the file, from 0 */
    mi_duplicates *twice;
    mi_coverage *coverage; /* NULL without groups */
    int label;             /* column, or -1 */
    uint8_t *known;        /* [columns] 1: it is the label in other words; NULL
                              until leaks were looked for */
    mi_finding *finding;   /* [findings] */
    int64_t findings;
    mien_finding *sorted; /* [findings] */
    mi_check_run run[MI_CHECKS];
    int runs;
    int failed;        /* 1: memory ended while a finding was made */
    mien_buffer notes; /* what reading had to say */
};

/* A new finding, whose texts are to be put; NULL: memory ended, which is
 * noted. */
mi_finding *mi_finding_new(mien_dataset *d, const char *check,
                           mien_weight weight, double rank);
/* The name of a column as its where. */
void mi_finding_column(const mien_dataset *d, mi_finding *f, int column);
/* Of count in of. */
void mi_finding_count(mi_finding *f, int64_t count, int64_t of);
/* Of a size, which is a measure. */
void mi_finding_size(mi_finding *f, double size, const char *measure);
/* One value in an array of 64 random bits: the order of a sample. */
uint64_t mi_dataset_mix(uint64_t x);
/* All findings are there: sort them, and let them point to their texts. */
mien_status mi_findings_finish(mien_dataset *d, mien_error *err);
/* Is finding i shown in full?  Of one check the first ten are. */
int mi_finding_shown(const mien_dataset *d, int64_t i);
/* How many are not, as a line; nothing if all are. */
void mi_put_unshown(const mien_dataset *d, mien_buffer *out);
/* "3 of 200 (1.5 %)". */
void mi_put_share(mien_buffer *out, int64_t count, int64_t of);

/* Count the rows that are there again. */
mi_duplicates *mi_duplicates_new(void);
/* Release it; NULL is fine. */
void mi_duplicates_free(mi_duplicates *u);
/* Add rows, of which hash [n] tells what is in them. */
mien_status mi_duplicates_add(mi_duplicates *u, int64_t n,
                              const mi_row_hash *hash, mien_error *err);
/* Say what was found, and write it. */
void mi_duplicates_say(mien_dataset *d);
/* The same as an object of a JSON text. */
void mi_duplicates_json(const mi_duplicates *u, mien_json *j);
/* Rows of the sample that are alike in all columns but one. */
mien_status mi_near_duplicates(mien_dataset *d, mien_error *err);

/* Count the rows of each combination of the group columns. */
mien_status mi_coverage_new(const mien_dataset *d, const mien_table *head,
                            mi_coverage **out, mien_error *err);
/* Release it; NULL is fine. */
void mi_coverage_free(mi_coverage *c);
/* Count the groups of the rows of a piece. */
mien_status mi_coverage_add(mi_coverage *c, const mien_table *t,
                            mien_error *err);
/* Compare with the population, and say what was found. */
mien_status mi_coverage_say(mien_dataset *d, mien_error *err);
/* Groups and values as an object of a JSON text. */
void mi_coverage_json(const mi_coverage *c, mien_json *j);
/* Groups as lines of text. */
void mi_coverage_text(const mi_coverage *c, mien_buffer *out);

/* Columns that a model inferred, by the roles of the file. */
void mi_check_roles(mien_dataset *d);
/* What the counts of columns say: missing, constant, copies, impossible, mixed
 * types and encodings, spellings. */
mien_status mi_check_columns(mien_dataset *d, mien_error *err);
enum { MI_PLAIN = 48 };
/* Letters and digits of a text alone, small, without marks on Latin letters;
 * other characters as they are.  How many bytes. */
int mi_plain_of(mien_text text, char out[MI_PLAIN]);
/* Is one value of a column of texts written in several ways? */
void mi_check_spelling(mien_dataset *d, int column);
/* Are four of five texts of a column dates? */
int mi_is_dates(const mien_dataset *d, int column);
/* Are there dates of several forms in a column? */
void mi_check_dates(mien_dataset *d, int column);
/* What the values of the sample look like. */
mien_status mi_check_shape(mien_dataset *d, mien_error *err);
/* Is the file's end as its beginning? */
mien_status mi_check_shift(mien_dataset *d, mien_error *err);
/* Do columns know the label, or are labels wrong?  why: at why [120], if a
 * check cannot run. */
mien_status mi_check_leak(mien_dataset *d, char *why, mien_error *err);
/* Labels that are wrong: see noise.c. */
mien_status mi_check_noise(mien_dataset *d, char *why, mien_error *err);

/* The classes of the label in the sample: see leak_classes.c. */
enum { MI_CLASSES_MOST = 20 };
typedef struct mi_classes {
    int n;
    int64_t labelled;              /* rows of the sample that have one */
    int64_t *row;                  /* [labelled] which */
    int32_t *of;                   /* [labelled] their class */
    int64_t rows[MI_CLASSES_MOST]; /* of each class */
    char name[MI_CLASSES_MOST][40];
} mi_classes;
/* Release it afterwards in any case.  why is set where there is no label, or
 * too many classes, or fewer than two of ten rows. */
mien_status mi_classes_of(const mien_dataset *d, mi_classes *out, char *why,
                          mien_error *err);
/* Release the arrays. */
void mi_classes_done(mi_classes *c);
enum { MI_WHY = 120 };

#endif
