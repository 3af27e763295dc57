/* ranked.h: values, each with its place, in the order of their size. */
#ifndef MI_DATASET_RANKED_H
#define MI_DATASET_RANKED_H

typedef struct mi_ranked {
    double value; /* not NaN */
    int at;       /* where it comes from */
} mi_ranked;

/* For qsort: the largest first, of equal ones the earlier. */
static inline int mi_ranked_order(const void *a, const void *b)
{
    const mi_ranked *x = (const mi_ranked *)a, *y = (const mi_ranked *)b;
    return x->value != y->value ? (x->value < y->value) - (x->value > y->value)
                                : x->at - y->at;
}

/* For qsort: in the order in which they come. */
static inline int mi_ranked_place(const void *a, const void *b)
{
    return ((const mi_ranked *)a)->at - ((const mi_ranked *)b)->at;
}

#endif
