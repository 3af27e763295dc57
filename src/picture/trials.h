/* trials.h: what a folder keeps of a comparison: which trials were finished,
 * with their figures, and whether another was begun. */
#ifndef MI_PICTURE_TRIALS_H
#define MI_PICTURE_TRIALS_H

#include "mien/picture_compare.h"

/* What each trial is made of. */
typedef struct mi_comparing {
    const uint8_t *net; /* [n] */
    size_t n;
    const mien_picture_set *train, *test;
    const mien_picture_options *study;
    const mien_picture_compare_options *how;
    const mien_picture_variant *variant;
    mien_picture_comparison *c;
    mien_buffer head; /* data and choices of all trials, as of checkpoint.h */
    int begun;        /* trials, finished ones among them */
} mi_comparing;

/* Fill the head in; weights [losses] are those that were given, or the
 * network's own.  Memory that ends is noted in it. */
void mi_trials_head(mi_comparing *j, const float *weight, int losses);
/* Write FOLDER/trials.  Fails with EIO, ENOMEM. */
mien_status mi_trials_save(const mi_comparing *j, mien_error *err);
/* Read it back into a comparison that has room for all trials and none yet;
 * those of seeds that are not wanted are left.  Fails with EARG (there is none,
 * or one of other data or choices), EFORMAT, ENOMEM. */
mien_status mi_trials_load(mi_comparing *j, mien_error *err);
/* Add the path of a trial's folder, "FOLDER/2-pose-seed-7", with its zero
 * byte. */
void mi_trials_folder(const mi_comparing *j, const mien_picture_trial *t,
                      mien_buffer *path);

#endif
