/* optimise_step.h: the length of a step along a direction. */
#ifndef MI_LEARN_OPTIMISE_STEP_H
#define MI_LEARN_OPTIMISE_STEP_H

/* A place on the line: step, value, slope. */
typedef struct mi_line_point {
    double at, f, g;
} mi_line_point;

typedef struct mi_line_search {
    mi_line_point start, x, y; /* x: best; y: the other end if bracketed */
    double low, high, width, width_before;
    double noise; /* rises of f up to this may be rounding */
    int bracketed, second_stage;
} mi_line_search;

/* Begin at step 0 with value f and slope g < 0; first is the first step. */
void mi_line_begin(mi_line_search *s, double f, double g, double first,
                   double noise);

/* Told value and slope at a step, give the next step, or 0: take this one. */
double mi_line_next(mi_line_search *s, mi_line_point p);

#endif
