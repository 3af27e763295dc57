/* sums.h: integral images of a band of rows, laid out for scanning.
 *
 * Windows are looked at every `step` pixels.  With step 2 the even columns of a
 * row of sums stand in the first half of its memory and the odd ones in the
 * second, so that windows beside each other are neighbours. */
#ifndef MI_VISION_SUMS_H
#define MI_VISION_SUMS_H

#include "mien/image_gray.h"

typedef struct mi_sums {
    int step;                        /* 1 or 2 */
    int rows;                        /* of the picture at most */
    ptrdiff_t stride;                /* numbers from one row to the next */
    uint32_t *sum, *square, *tilted; /* [rows + 1, stride]; tilted or NULL */
    uint32_t *line;                  /* [5, stride] scratch */
} mi_sums;

/* Numbers from one row to the next for pictures at most w wide. */
ptrdiff_t mi_sums_stride(int w);
/* Numbers in all for bands of so many rows. */
size_t mi_sums_count(ptrdiff_t stride, int rows, int tilted);
/* Sums in memory[mi_sums_count]. */
mi_sums mi_sums_of(uint32_t *memory, ptrdiff_t stride, int rows, int tilted,
                   int step);

/* Where a column stands in a row. */
static inline int32_t mi_sums_column(int x, int step, ptrdiff_t stride)
{
    return step == 1 ? x : (int32_t)((x & 1) * (stride / 2)) + (x >> 1);
}

/* Sum a band up, as if nothing were above it. */
void mi_sums_fill(const mi_sums *s, const mien_gray *band);

#endif
