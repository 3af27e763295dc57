/* pictures_cover.h: how much of a face something else hides.
 *
 * A chip is a face cut out by its five points (mien_face_chip), in grey.  Of a
 * chip an oval counts, from the brows to the chin; it is divided into cells. */
#ifndef MI_DATASET_PICTURES_COVER_H
#define MI_DATASET_PICTURES_COVER_H

#include "mien/layer.h"

enum {
    MI_COVER_SIDE = 32, /* pixels of a chip */
    MI_COVER_CHIP = MI_COVER_SIDE * MI_COVER_SIDE,
    MI_COVER_GRID = 16, /* cells of a side */
    MI_COVER_CELLS = MI_COVER_GRID * MI_COVER_GRID,
    MI_COVER_FEWEST = 100, /* faces */
    MI_COVER_GROUPINGS = 8
};

/* Shares of a face, and of parts of it, that are covered: 0..1. */
typedef struct mi_cover {
    float face, eyes, nose, mouth;
} mi_cover;

typedef struct mi_cover_options {
    mien_pool *pool;  /* NULL: one thread */
    int groupings;    /* 0..MI_COVER_GROUPINGS */
    const int *group; /* [groupings, n] of each chip; -1: not known */
    int epochs;
    int64_t rows; /* chips looked at in each, covered or not */
    /* Called after each epoch; not 0: stop. */
    int (*on_epoch)(void *arg);
    void *arg;
} mi_cover_options;
#define MI_COVER_DEFAULTS                   \
    {                                       \
        NULL, 0, NULL, 10, 4000, NULL, NULL \
    }

/* Judge faces by the others: two networks, each learned from one half of the
 * chips with things laid over them by chance, and each judging the other half.
 *
 *   n     MI_COVER_FEWEST or more, asserted
 *   chip  [n, MI_COVER_CHIP]
 *   out   [n] set
 *
 * The same bits for any number of threads; with other kernels (MIEN_ISA) a
 * network learns a little else.  Fails with EARG (stopped), EUNSUP (nothing can
 * be learned), ENOMEM. */
mien_status mi_cover_judge(int64_t n, const uint8_t *const *chip,
                           const mi_cover_options *options, mi_cover *out,
                           mien_error *err);

/* Whether a point of a chip, in shares of its side, is of the face's oval. */
int mi_cover_in_face(double u, double v);

/* ---- which faces are learned from: pictures_cover_draw.c ----------------- */

/* Half of the chips. */
typedef struct mi_cover_half {
    const uint8_t *const *chip; /* of all */
    int64_t n;
    int64_t *of; /* [n] */
    double *sum; /* [n] of the weights of these up to each */
    uint32_t seed;
} mi_cover_half;

/* Two halves by chance; h is all 0 before.  Fails with ENOMEM; release each
 * after that, too. */
mien_status mi_cover_divide(int64_t n, const uint8_t *const *chip,
                            const mi_cover_options *o, mi_cover_half h[2],
                            mien_error *err);
/* Release what a half holds. */
void mi_cover_half_done(mi_cover_half *h);

/* A chip to learn from; [MI_COVER_CHIP] borrowed. */
const uint8_t *mi_cover_draw(const mi_cover_half *h, mien_random *r);

/* ---- a network, and what it learns from ---------------------------------- */

/* pictures_cover_net.c: a network that tells of each cell how likely it is
 * covered, [rows, 1, MI_COVER_GRID, MI_COVER_GRID] logits of [rows, 3,
 * MI_COVER_SIDE, MI_COVER_SIDE]. */
mien_status mi_cover_net(uint32_t seed, mien_graph **out, mien_error *err);

/* What the network is given of a chip.
 *
 *   grey  [MI_COVER_CHIP] 0..255
 *   out   [3, MI_COVER_CHIP] grey of mean 0 and deviation 1 in the oval, then
 *         where each pixel lies, across and down, -1..1 */
void mi_cover_input(const float *grey, float *out);

/* pictures_cover_plant.c: lay something over a chip: a rectangle, an oval or a
 * band of one grey that may slope, of stripes, or of a piece of another chip.
 *
 *   r        moved on
 *   other    [MI_COVER_CHIP] the other chip
 *   grey     [MI_COVER_CHIP] changed
 *   covered  [MI_COVER_CELLS] set to the share of each cell that is covered */
void mi_cover_plant(mien_random *r, const uint8_t *other, float *grey,
                    float *covered);

#endif
