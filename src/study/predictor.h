/* predictor.h: what a predictor holds. */
#ifndef MI_STUDY_PREDICTOR_H
#define MI_STUDY_PREDICTOR_H

#include "study/study.h"

enum { MI_INPUT_NAME = 80 };

struct mien_predictor {
    mien_tabular *model;
    const mien_encoder *encoder; /* the model's */
    mien_predict_options o;
    double cut;                  /* the threshold, as a decision value */
    int logistic;                /* 1: contributions have two signs */
    char (*name)[MI_INPUT_NAME]; /* [width] of the inputs */
    mien_csv_type *type;         /* [columns] */
    const char **column;         /* [columns], and perhaps that of time */
    mien_recipe *recipe;         /* NULL: there is none */
    int64_t *unseen;             /* [columns] */
    int64_t *missing;            /* [columns] values that were not there */
    double *decision;            /* [cap] */
    float *part;                 /* [cap, width] */
    int64_t cap, row;            /* rows there is room for; rows so far */
    int64_t scored, alarms;
    /* highest.c: the last of them in the first place, until they are sorted */
    mien_predicted *highest; /* [o.highest] */
    int kept, sorted;
    double second; /* of the last row, where their order matters */
};

/* The inputs with the largest contributions, largest first; how many. */
int mi_predictor_top(const mien_predictor *p, const float *part, int *top);
/* Keep a row if it is one of the highest so far; its tops are found then. */
void mi_predictor_keep(mien_predictor *p, const mien_predicted *row,
                       const float *part);

#endif
