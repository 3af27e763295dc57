/* pictures.h: what is known of a set of pictures that is looked at. */
#ifndef MI_DATASET_PICTURES_H
#define MI_DATASET_PICTURES_H

#include "dataset/pictures_cover.h"
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
    uint8_t *chip; /* [n, MI_COVER_CHIP] where `turned` is known; NULL: faces
                      are not looked for, or cover is not wanted */
    int64_t chips; /* faces that there is one of; 0: not wanted */
    int covers;    /* 1: they were judged */
    unsigned *odd; /* [n] bits of mien_picture_oddity */
    int64_t odds[MIEN_PICTURE_ODDITIES];
    int64_t told[MIEN_PICTURE_ODDITIES]; /* of how many it could be told */
    int64_t pairs;
    mien_picture_pair *pair;     /* [pairs] by mi_grow */
    mien_picture_pairs count[2]; /* near, same */
    int alike;                   /* 0: there were too many to look for them */
    int groupings;
    mien_picture_grouping *grouping; /* [groupings] */
    struct mi_picture_noise *noise;  /* NULL: wrong labels are not looked for */
};

/* A sentence of a finding is to be written. */
typedef void mi_finding(void *arg, const char *text);

/* The picture of a row. */
mien_status mi_pictures_load(const mien_pictures_check *c, int64_t i,
                             mien_image *out, mien_error *err);

/* Of what nothing is known. */
mien_picture_measure mi_picture_unmeasured(void);

/* As mien_picture_measure_of; faces: set to those found; and the chip of the
 * largest where its points are known, [MI_COVER_CHIP] or NULL: not wanted. */
mien_status mi_picture_measure(const mien_image *im, mien_analyzer *a,
                               uint8_t *thumb, uint8_t *chip,
                               mien_picture_measure *out, mien_faces *faces,
                               mien_error *err);

/* alike.c: copies and pictures that are nearly the same. */
mien_status mi_pictures_pair(mien_pictures_check *c, mien_error *err);

/* pictures_covered.c: the covered part of each face. */
mien_status mi_pictures_cover(mien_pictures_check *c, mien_error *err);
/* Why it is not known, a line of text, if it was looked for. */
void mi_pictures_cover_note(const mien_pictures_check *c, mien_buffer *out);

/* pictures_odd.c: can it be told of a picture whether it is odd in a way? */
int mi_pictures_told(const mien_pictures_check *c, int64_t i,
                     mien_picture_oddity o);
/* pictures_odd.c: what is far from the others. */
mien_status mi_pictures_odd(mien_pictures_check *c, mien_error *err);

/* pictures_groups.c: groups by each word of the options. */
mien_status mi_pictures_group(mien_pictures_check *c, mien_error *err);
/* Release its groups and names. */
void mi_picture_grouping_free(mien_picture_grouping *g);

/* pictures_text.c: each finding, the gravest first; how many. */
int mi_pictures_findings(const mien_pictures_check *c, mi_finding *tell,
                         void *arg);

/* pictures_noise.c: draw the sample whose labels are looked at and make room;
 * nothing where that is not asked for. */
mien_status mi_pictures_noise_new(mien_pictures_check *c, mien_error *err);
/* Keep what is needed of picture i, if it is in the sample. */
mien_status mi_pictures_noise_add(mien_pictures_check *c, int64_t i,
                                  const mien_image *im, const mien_faces *faces,
                                  mien_error *err);
/* All pictures and pairs are known: judge each task. */
mien_status mi_pictures_noise(mien_pictures_check *c, mien_error *err);
/* Release it. */
void mi_pictures_noise_free(mien_pictures_check *c);

/* pictures_noise_put.c: a sentence a task where labels seem wrong; how many. */
int mi_noise_findings(const mien_pictures_check *c, mi_finding *tell,
                      void *arg);
/* Pairs of classes and suspects, or why nothing was judged, as lines. */
void mi_noise_text(const mien_pictures_check *c, mien_buffer *out);
/* The same as an array of a JSON text. */
void mi_noise_json(const mien_pictures_check *c, mien_json *j);
/* A picture with what is said of it. */
typedef mien_status mi_noise_picture(const mien_pictures_check *c, int64_t i,
                                     const char *said, mien_buffer *out,
                                     mien_error *err);
/* The same as tables, with pictures put by put. */
mien_status mi_noise_page(const mien_pictures_check *c, mi_noise_picture *put,
                          mien_buffer *out, mien_error *err);

#endif
