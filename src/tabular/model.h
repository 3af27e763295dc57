/* model.h: what a model of tables holds once it is read. */
#ifndef MI_TABULAR_MODEL_H
#define MI_TABULAR_MODEL_H

#include "mien/engine.h"
#include "mien/tabular.h"

enum { MI_TABULAR_BLOCK = 256 }; /* rows that a network takes at once */

struct mien_tabular {
    mien_graph *graph; /* as it is written */
    mien_encoder *encoder;
    int window;
    double threshold, cut;  /* as a score, as a decision value */
    double *centre, *scale; /* [width] centre is owned, scale behind it */
    mien_logistic logistic; /* p 0: a network */
    mien_graph *scaled;     /* the network from scaled columns on */
    float *neutral;         /* [2, width] its scaler, which changes nothing */
    mien_plan *plan;        /* of it */
    double *z;              /* [window, width] a window, scaled */
    double
        *x; /* [cap, width] encoded rows, the last of the call before first */
    int64_t cap;
    int kept; /* how many of those there are: window - 1 at most */
};

#endif
