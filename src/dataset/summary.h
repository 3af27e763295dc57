/* summary.h: what one pass over a column keeps, in memory that does not grow.
 *
 * A column's values go through three things: sums (count, mean, extremes), a
 * list of frequent values that is complete as long as few values differ, and,
 * once it is not, a HyperLogLog counter of how many differ. */
#ifndef MI_DATASET_SUMMARY_H
#define MI_DATASET_SUMMARY_H

#include "mien/table.h"

/* A value and how often it came; texts are cut. */
enum { MI_VALUE_TEXT = 39 };
typedef struct mi_value {
    uint64_t hash; /* 0: this place is free */
    int64_t count;
    double number;  /* of a column of numbers */
    uint8_t length; /* of text; 255: it was cut */
    char text[MI_VALUE_TEXT];
} mi_value;

/* Values by their hash. */
typedef struct mi_values {
    mi_value *slot; /* [slots] */
    uint32_t slots, used, most;
    int64_t offset; /* counts may be too low by so much; 0: all is exact */
} mi_values;
enum { MI_SKETCH = 4096 };

typedef struct mi_summary {
    char *name;
    mien_column_type type;
    int64_t count, missing; /* values that are there, and not */
    int64_t infinite, negative, zero, whole; /* numbers; whole: integers */
    double mean, m2, min, max;               /* of finite ones */
    int64_t numeric;                         /* texts that read as numbers */
    int64_t blank;      /* texts with blanks at their ends */
    int64_t broken;     /* texts that are no UTF-8 */
    int64_t beyond;     /* texts that are, and are not ASCII */
    int64_t doubled;    /* texts that were taken for CP1252 and made UTF-8 */
    int64_t bad_row[3]; /* first row whose text is no number among numbers,
                           broken, doubled; -1 */
    int rises, falls;   /* 1: no value is below, above, the one before */
    double last;
    uint64_t digest; /* of all values at their places: finds copies */
    int64_t widened; /* numbers that came before the column was one of texts */
    mi_values values;
    uint8_t *sketch; /* [MI_SKETCH] once values are not complete */
    int failed;      /* 1: memory ended */
    /* From the sample: */
    double quantile[5]; /* 5 %, 25 %, 50 %, 75 %, 95 % of finite numbers */
    int bar[20];        /* counts between the least and the greatest */
    double bar_from, bar_to;
} mi_summary;

/* What is in a row, in 128 bits. */
typedef struct mi_row_hash {
    uint64_t a, b;
} mi_row_hash;

/* A column begins; most: frequent values that are kept. */
mien_status mi_summary_init(mi_summary *s, const char *name,
                            mien_column_type type, uint32_t most,
                            mien_error *err);
/* Release what a summary holds. */
void mi_summary_done(mi_summary *s);
/* Add the values of a column from row `row` on; memory that ends is noted. */
void mi_summary_add(mi_summary *s, const mien_column *c, int64_t n,
                    int64_t row);
/* How many values differ; *exact 0: an estimate with a standard error of
 * 1.6 %. */
double mi_summary_distinct(const mi_summary *s, int *exact);
/* The most frequent values, the most frequent first: pointers into the summary
 * to at most `most` of them; how many there are, or -1: memory ended. */
int mi_summary_top(const mi_summary *s, int most, const mi_value **out);
/* The chance that two values drawn from the column are equal. */
double mi_summary_collision(const mi_summary *s);
/* The standard deviation of a sample; NaN for fewer than two. */
double mi_summary_deviation(const mi_summary *s);

/* 64 bits of a text's bytes, of a number's. */
uint64_t mi_hash_text(mien_text text, uint64_t *high);
/* The same of a number; never 0. */
uint64_t mi_hash_number(double x);

/* Values: see summary_values.c. */
mien_status mi_values_init(mi_values *v, uint32_t most, mien_error *err);
/* Release the table. */
void mi_values_done(mi_values *v);
/* Count a value once: where; NULL: memory ended. */
mi_value *mi_values_add(mi_values *v, uint64_t hash, double number,
                        const mien_text *text);
/* Count a hash in a HyperLogLog counter. */
void mi_sketch_add(uint8_t *sketch, uint64_t hash);
/* How many hashes were counted, about. */
double mi_sketch_count(const uint8_t *sketch);

/* A sample of rows, each row as likely as any other: see summary_sample.c. */
typedef struct mi_sample mi_sample;
/* At most so many rows. */
mi_sample *mi_sample_new(int64_t most, uint32_t seed);
/* Release it; NULL is fine. */
void mi_sample_free(mi_sample *s);
/* Offer the rows of a table, the first of which is row `row` of the file. */
mien_status mi_sample_add(mi_sample *s, const mien_table *t, int64_t row,
                          mien_error *err);
/* The rows that were drawn, in their order, as a table; place [rows] where each
 * stood in the file, to be freed.  like gives the types. */
mien_status mi_sample_table(mi_sample *s, const mien_table *like,
                            mien_table **out, int64_t **place, mien_error *err);

#endif
