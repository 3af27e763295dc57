/* drift_level.c: how far data have drifted, in a word.
 *
 * A difference counts that is sure, after all columns were taken into account,
 * and as large as a limit.  What is not sure counts as none only where its
 * interval ends below a medium difference; otherwise there are too few rows. */
#include "dataset/drift.h"

#include <math.h>

static const mien_drift_limits means = MIEN_DRIFT_LIMITS_MEAN;
static const mien_drift_limits distances = MIEN_DRIFT_LIMITS_DISTANCE;
static const mien_drift_limits areas = MIEN_DRIFT_LIMITS_AUC;

mien_drift_level mi_drift_size(double value, const mien_drift_limits *limits)
{
    value = fabs(value);
    return value >= limits->large    ? MIEN_DRIFT_LARGE
           : value >= limits->medium ? MIEN_DRIFT_MEDIUM
           : value >= limits->small  ? MIEN_DRIFT_SMALL
                                     : MIEN_DRIFT_NONE;
}

/* The larger of two that say how large. */
static mien_drift_level larger(mien_drift_level a, mien_drift_level b)
{
    return a > b ? a : b;
}

void mi_drift_judge(mien_drift_column *c, double alpha)
{
    if (*c->why)
        return;
    mien_drift_level level = mi_drift_size(c->distance.value, &distances);
    level = larger(level, mi_drift_size(c->mean_shift.value, &means));
    level = larger(level, mi_drift_size(c->wasserstein.value, &means));
    level = larger(level, mi_drift_size(c->missing_shift, &means));
    int few = c->values[0] < MI_DRIFT_FEW || c->values[1] < MI_DRIFT_FEW;
    if (c->adjusted <= alpha)
        c->level = level;
    else if (few || !(c->distance.high < distances.medium))
        c->level = MIEN_DRIFT_FEW;
    else
        c->level = MIEN_DRIFT_NONE;
}

void mi_drift_judge_joint(mien_drift_joint *j, double alpha)
{
    if (*j->why)
        return;
    if (j->adjusted <= alpha)
        j->level = mi_drift_size(j->auc.value, &areas);
    else
        j->level =
            j->auc.high < areas.medium ? MIEN_DRIFT_NONE : MIEN_DRIFT_FEW;
}

int mi_drift_rank(mien_drift_level level)
{
    static const int rank[] = {1, 3, 4, 5, 2, 0};
    return rank[level];
}

mien_drift_level mien_drift_worst(const mien_drift *d)
{
    mien_drift_level worst =
        d->joint.level <= MIEN_DRIFT_LARGE ? d->joint.level : MIEN_DRIFT_NONE;
    for (int i = 0; i < d->columns; i++)
        if (d->column[i].level <= MIEN_DRIFT_LARGE)
            worst = larger(worst, d->column[i].level);
    return worst;
}

int mien_drift_count(const mien_drift *d, mien_drift_level level)
{
    int n = 0;
    for (int i = 0; i < d->columns; i++)
        n += d->column[i].level == level;
    return n;
}

const char *mien_drift_word(mien_drift_level level)
{
    static const char *const words[] = {
        "none", "small", "medium", "large", "too few to say", "not judged"};
    return words[level];
}
