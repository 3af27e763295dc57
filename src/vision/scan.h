/* scan.h: windows of one picture at one size, through a cascade.
 *
 * A cascade is compiled for the memory layout of the sums it will read; then
 * bands of rows are scanned, 16 windows at a time. */
#ifndef MI_VISION_SCAN_H
#define MI_VISION_SCAN_H

#include "kern/windows.h"
#include "vision/cascade.h"
#include "vision/sums.h"

/* A window that passed all stages, in pixels of the band scanned. */
typedef struct mi_window {
    int x, y;
    double weight; /* sum of the last stage */
} mi_window;

typedef struct mi_windows {
    int n;
    mi_window *at; /* [n] */
} mi_windows;

/* Release the list. */
void mi_windows_free(mi_windows *w);

/* A cascade whose corners are offsets in sums of one layout. */
typedef struct mi_compiled {
    const mien_cascade *c;
    int step, n_stages; /* to run: the first of them */
    mi_votes votes;
    mi_window_norm norm;
    mi_window_tree *tree;
    mi_window_node *node;
    mi_vote_stage *stage; /* [n_stages], thresholds lowered as OpenCV does */
} mi_compiled;

/* Compile c, borrowed, for sums of that stride and step whose tilted ones lie
 * `tilted` numbers behind the upright ones.  Fails with ENOMEM. */
mien_status mi_compile(const mien_cascade *c, ptrdiff_t stride, int step,
                       ptrdiff_t tilted, mi_compiled *out, mien_error *err);
/* Release what mi_compile allocated. */
void mi_compiled_free(mi_compiled *p);

/* Windows that wait until 16 have reached the same stage. */
typedef struct mi_waiting {
    int n;
    int32_t place[MI_WINDOWS];
    float norm[MI_WINDOWS];
} mi_waiting;

/* What a scan works with; one a thread. */
typedef struct mi_scanner {
    mi_waiting *waiting;       /* [n_stages], all empty */
    float *norm;               /* [room] of a row of windows */
    uint64_t *passed, *failed; /* [room / 64] a bit a window: the first stage;
                                  neither: too flat to be looked at */
} mi_scanner;

/* A scanner for bands at most `widest` pixels wide.  Fails with ENOMEM. */
mien_status mi_scanner_new(const mien_cascade *c, int widest, mi_scanner *out,
                           mien_error *err);
/* Release what mi_scanner_new allocated. */
void mi_scanner_free(mi_scanner *s);

/* Of `rows` rows of windows those that OpenCV scans: it cuts them into as
 * many stripes as the first size has columns / 32, each of rows / step /
 * stripes rounded up, and leaves out what lies behind the last one. */
int mi_rows_scanned(int columns, int rows, int step);

/* A band of windows: those whose upper left corners are at x < nx * step,
 * y < rows, both multiples of step. */
typedef struct mi_band {
    const mi_sums *sums;
    int nx, rows;
    int skip; /* 1: a window that fails in the first stage hides the next */
} mi_band;

/* Append the windows of a band that pass all stages, sorted by y and x.
 * seen, if any, grows by the windows looked at.  Fails with ENOMEM, ELIMIT. */
mien_status mi_scan_band(const mi_compiled *p, mi_scanner *s, const mi_band *b,
                         mi_windows *out, int64_t *seen, mien_error *err);

/* Look at windows of the cascade's own size at every step (1 or 2) pixels of a
 * plane, and append those that pass all stages, row by row.  With skip, as
 * OpenCV does, the one behind a failure in the first stage is not looked at.
 * Fails with ENOMEM, ELIMIT. */
mien_status mi_scan(const mien_cascade *c, const mien_gray *g, int step,
                    int skip, mi_windows *out, int64_t *seen, mien_error *err);

#endif
