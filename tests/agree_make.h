/* agree_make.h: labels that are made up, with faults that are planted. */
#ifndef AGREE_MAKE_H
#define AGREE_MAKE_H

#include "mien/dataset_agree.h"
#include "tests/check.h"

enum { AGREE_MOST = 40 };

/* What is drawn: labellers say the truth with a chance, else one of the other
 * labels; the first gives some of its labels at random. */
typedef struct agree_plant {
    int units, labellers, labels;
    double right, careless, missing;
    uint32_t seed;
} agree_plant;

static const char *const agree_names[AGREE_MOST] = {
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
    "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z"};

/* A label, whose truth is known, by labeller who. */
static inline int agree_draw(const agree_plant *p, mien_random *r, int truth,
                             int who)
{
    uint64_t k = (uint64_t)p->labels;
    if (who == 0 && mien_random_unit(r) < p->careless)
        return (int)mien_random_below(r, k);
    if (mien_random_unit(r) < p->right || k < 2)
        return truth;
    int other = (int)mien_random_below(r, k - 1);
    return other + (other >= truth);
}

/* A table with a column of numbers 0.. a labeller. */
static inline mien_table *agree_wide(const agree_plant *p)
{
    size_t n = (size_t)p->units;
    double *values = malloc(n * (size_t)p->labellers * sizeof *values);
    mien_column *c = calloc((size_t)p->labellers, sizeof *c);
    mien_random r;
    mien_table *t = NULL;
    mien_random_init(&r, p->seed);
    for (int u = 0; values && u < p->units; u++) {
        int truth = (int)mien_random_below(&r, (uint64_t)p->labels);
        for (int i = 0; i < p->labellers; i++) {
            int label = agree_draw(p, &r, truth, i);
            int is_missing = mien_random_unit(&r) < p->missing;
            values[(size_t)i * n + (size_t)u] =
                is_missing ? (double)NAN : (double)label;
        }
    }
    for (int i = 0; c && i < p->labellers; i++)
        c[i] = (mien_column){.name = agree_names[i],
                             .type = MIEN_COLUMN_NUMBER,
                             .number = values + (size_t)i * n};
    CHECK(!mien_table_new(p->units, p->labellers, c, &t, NULL));
    free(values);
    free(c);
    return t;
}

/* Options for such a table. */
static inline mien_agree_options agree_options(int labellers,
                                               mien_agree_level level)
{
    mien_agree_options o = MIEN_AGREE_DEFAULTS;
    o.labellers = agree_names;
    o.n_labellers = labellers;
    o.level = level;
    return o;
}

/* Look at a table; a failure is a failed check. */
static inline mien_agreement agree_of(const mien_table *t,
                                      const mien_agree_options *o)
{
    mien_agreement a = {0};
    mien_error err = {0};
    mien_status st = mien_dataset_agree(t, o, &a, &err);
    CHECK_MSG(!st, "%s", err.text);
    if (st)
        exit(check_done());
    return a;
}

/* K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, C and D:
 * four observers, twelve units. */
static const char agree_krippendorff[] =
    "a,b,c,d\n1,1,,1\n2,2,3,2\n3,3,3,3\n3,3,3,3\n2,2,2,2\n1,2,3,4\n4,4,4,4\n"
    "1,1,2,1\n2,2,2,2\n,5,5,5\n,,1,1\n,,3,\n";

/* J. Fleiss, Psychol. Bull. 76, 1971, table 1: 30 patients, 6 psychiatrists, 5
 * diagnoses. */
static const char agree_fleiss[] =
    "v,w,x,y,z\n0,0,0,6,0\n0,3,0,0,3\n0,1,4,0,1\n0,0,0,0,6\n0,3,0,3,0\n"
    "2,0,4,0,0\n0,0,4,0,2\n2,0,3,1,0\n2,0,0,4,0\n0,0,0,0,6\n1,0,0,5,0\n"
    "1,1,0,4,0\n0,3,3,0,0\n1,0,0,5,0\n0,2,0,3,1\n0,0,5,0,1\n3,0,0,1,2\n"
    "5,1,0,0,0\n0,2,0,4,0\n1,0,2,0,3\n0,0,0,0,6\n0,1,0,5,0\n0,2,0,1,3\n"
    "2,0,0,4,0\n1,0,0,4,1\n0,5,0,1,0\n4,0,0,0,2\n0,2,0,4,0\n1,0,5,0,0\n"
    "0,0,0,0,6\n";

#endif
