/* pictures.h: what is known of a set of pictures that is looked at. */
#ifndef MI_DATASET_PICTURES_H
#define MI_DATASET_PICTURES_H

#include "mien/dataset_pictures.h"

enum {
    MI_THUMB = MIEN_PICTURE_THUMB * MIEN_PICTURE_THUMB,
    MI_PAIRS_TOLD = 1000 /* in JSON */
};

struct mien_pictures_check {
    const mien_labels *labels;
    mien_pictures_check_options o;
    int64_t read;
    mien_picture_measure *measure; /* [n] */
    uint8_t *thumb;                /* [n, MI_THUMB] */
    char (*digest)[65];            /* [n] of the pixels */
    unsigned *odd;                 /* [n] bits of mien_picture_oddity */
    int64_t odds[MIEN_PICTURE_ODDITIES];
    int64_t pairs;
    mien_picture_pair *pair;     /* [pairs] by mi_grow */
    mien_picture_pairs count[2]; /* near, same */
    int alike;                   /* 0: there were too many to look for them */
    int groupings;
    mien_picture_grouping *grouping; /* [groupings] */
};

/* A sentence of a finding is to be written. */
typedef void mi_finding(void *arg, const char *text);

/* The picture of a row. */
mien_status mi_pictures_load(const mien_pictures_check *c, int64_t i,
                             mien_image *out, mien_error *err);

/* alike.c: copies and pictures that are nearly the same. */
mien_status mi_pictures_pair(mien_pictures_check *c, mien_error *err);

/* pictures_odd.c: what is far from the others. */
mien_status mi_pictures_odd(mien_pictures_check *c, mien_error *err);

/* pictures_groups.c: groups by each word of the options. */
mien_status mi_pictures_group(mien_pictures_check *c, mien_error *err);
/* Release its groups and names. */
void mi_picture_grouping_free(mien_picture_grouping *g);

/* pictures_text.c: each finding, the gravest first; how many. */
int mi_pictures_findings(const mien_pictures_check *c, mi_finding *tell,
                         void *arg);

#endif
