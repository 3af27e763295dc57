/* coverage.h: rows by group, and the population they are to stand for. */
#ifndef MI_DATASET_COVERAGE_H
#define MI_DATASET_COVERAGE_H

#include "dataset/check.h"

/* A combination of values. */
typedef struct mi_group {
    int level[MIEN_DATASET_MAX_BY]; /* of each column */
    int64_t count;                  /* rows of the data */
    double people;                  /* share of the population; 0: it is not in
                                       it */
    double weight; /* from raking: mean 1 over the rows; NaN: none */
} mi_group;

/* A value of a column that makes groups. */
typedef struct mi_level {
    char *name;
    int64_t count;
    double people;
    double difference; /* standardised; NaN without a population */
} mi_level;

typedef struct mi_level_list {
    char *column;
    mi_level *level; /* [n] */
    int64_t n;
} mi_level_list;

/* Where the group of some values is. */
typedef struct mi_group_slot {
    uint64_t hash;
    int32_t group; /* + 1; 0: free */
} mi_group_slot;
enum { MI_GROUP_SLOTS = 4 * MIEN_DATASET_MAX_GROUPS };

struct mi_coverage {
    int by; /* columns */
    mi_level_list list[MIEN_DATASET_MAX_BY];
    mi_group *group; /* [groups] */
    int64_t groups, rows;
    mi_group_slot *slot; /* [MI_GROUP_SLOTS] */
    int has_population;
    double unmatched; /* share of rows whose group the population has not */
    double effect, effective_rows; /* of the weights: Kish; NaN: none */
    int rounds;                    /* of raking */
};

enum { MI_GROUP_FEW = 30 };

/* Weights, shares and standardised differences. */
void mi_coverage_compare(mi_coverage *c);
/* "sex=f, age=18-24" */
void mi_coverage_put_group(const mi_coverage *c, const mi_group *g,
                           mien_buffer *out);

#endif
