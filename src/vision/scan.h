/* scan.h: windows of one picture at one size, through a cascade. */
#ifndef MI_VISION_SCAN_H
#define MI_VISION_SCAN_H

#include "vision/cascade.h"

/* Windows that passed all stages, in pixels of the plane scanned. */
typedef struct mi_window {
    int x, y;
    int level;     /* stages passed */
    double weight; /* sum of the last stage it was in */
} mi_window;

typedef struct mi_windows {
    int n, room;
    mi_window *at;
} mi_windows;

/* Look at windows of the cascade's own size at every step pixels of a plane,
 * and append those that pass all stages, row by row.
 *
 *   skip  1: after a window that fails in the first stage the next one in its
 *         row is not looked at, as OpenCV does
 *   seen  increased by the number of windows looked at; NULL is allowed
 *
 * Fails with ENOMEM. */
mien_status mi_scan(const mien_cascade *c, const mien_gray *g, int step,
                    int skip, mi_windows *out, int64_t *seen, mien_error *err);

void mi_windows_free(mi_windows *w);

#endif
