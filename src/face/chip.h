/* chip.h: where the five points of a face lie, in a photo and in a chip. */
#ifndef MI_FACE_CHIP_H
#define MI_FACE_CHIP_H

#include "mien/face.h"

/* The similarity from pixel centres of a chip, whose points lie at chip, to
 * those of the photo; 0: the points lie on one spot, or are no numbers. */
int mi_chip_by_points(const double chip[5][2], const mien_point photo[5],
                      mien_similarity *out);

#endif
