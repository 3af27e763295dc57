/* trainer.h: what a cascade is trained with. */
#ifndef MI_VISION_TRAINER_H
#define MI_VISION_TRAINER_H

#include "mien/vision_train.h"
#include "vision/cascade.h"
#include "vision/haar_set.h"

enum { MI_LEAST_NEGATIVES = 2 };

struct mien_cascade_trainer {
    mien_cascade_train_options o; /* without zeros */
    mien_chips chips;
    mien_scenes scenes;
    mien_cascade *c;
    mi_candidate *list;
    int n_list;
    double *curve_hit, *curve_false; /* [max_trees] */
    double rate;  /* share of windows that the cascade lets through */
    double hit;   /* share of positives it keeps */
    double begin; /* of the stage, on mien_clock */
    mien_cascade_progress now;
};

#endif
