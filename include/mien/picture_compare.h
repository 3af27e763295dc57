/* mien/picture_compare.h: one network held to different outputs, with several
 * seeds, judged by the same samples.
 *
 *   a network as text, labels and their pictures
 *     -> mien_picture_compare     a study a variant and seed
 *     -> mien_picture_comparison  figures of the test part
 *          _spread                mean and spread of a variant
 *          _paired                what it differs from the last variant by,
 *                                 seed by seed
 *     -> _text, _json, _page, _save
 *
 * Does a task that is learned beside the points make the points better?  One
 * seed does not tell: other first values and orders move the error as well. */
#ifndef MIEN_PICTURE_COMPARE_H
#define MIEN_PICTURE_COMPARE_H

#include "mien/picture.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    MIEN_COMPARE_VARIANTS = 8,
    MIEN_COMPARE_SEEDS = 100,
    /* the squared error of points, their error by the eyes, failures, and the
       accuracy of each output */
    MIEN_COMPARE_MEASURES = 3 + MIEN_MAX_LOSSES
};

/* What a network is held to. */
typedef struct mien_picture_variant {
    const char *name;    /* in the table */
    const char *outputs; /* with commas between; NULL: all */
} mien_picture_variant;

/* One study of a comparison. */
typedef struct mien_picture_trial {
    int variant;
    uint32_t seed;
    int epochs; /* that were learned */
    double seconds;
    double measure[MIEN_COMPARE_MEASURES]; /* NaN: not learned */
} mien_picture_trial;

/* Zero-initialise before use; release with mien_picture_comparison_free. */
typedef struct mien_picture_comparison {
    int variants, seeds;
    char name[MIEN_COMPARE_VARIANTS][64];
    int measures;
    char measure[MIEN_COMPARE_MEASURES][MIEN_NET_NAME + 16];
    int64_t test;              /* samples that judge */
    int trials;                /* done; fewer than all: it was stopped */
    mien_picture_trial *trial; /* [trials] seed by seed, in each the variants */
} mien_picture_comparison;

/* Mean and spread of a measure over the seeds of a variant. */
typedef struct mien_picture_spread {
    int n;         /* trials that have it */
    double mean;   /* NaN: none has */
    double spread; /* standard deviation of the sample; NaN below two */
} mien_picture_spread;

/* What a measure of a variant is more than that of the last variant with the
 * same seed. */
typedef struct mien_picture_paired {
    int n;            /* seeds that both have */
    int lower;        /* of them, where the variant's is lower */
    double mean;      /* NaN: no seed */
    double spread;    /* standard deviation of the sample; NaN below two */
    double low, high; /* 95 % interval of the mean, by Student's t; NaN below
                         two.  0 outside: not chance alone, as far as so many
                         seeds can tell */
} mien_picture_paired;

/* What is compared.  Begin with MIEN_COMPARE_DEFAULTS. */
typedef struct mien_picture_compare_options {
    const mien_picture_variant *variant; /* [variants]; NULL: all outputs;
                                            gender, smile and glasses, pose, or
                                            nothing beside the points */
    int variants;
    int seeds; /* from the study's seed on, 1..MIEN_COMPARE_SEEDS */
    /* Keeps what is done; is made if it is not there.  NULL: nothing is. */
    const char *folder;
    int resume; /* 1: go on from what the folder keeps of the same data and
                   choices; of fewer or more seeds, too */
    /* Called before each trial, which has its variant and seed only, and after
     * each, the last one of c; not 0: stop.  NULL: not wanted. */
    int (*on_begin)(void *arg, const mien_picture_comparison *c,
                    const mien_picture_trial *t);
    int (*on_trial)(void *arg, const mien_picture_comparison *c);
    void *arg;
} mien_picture_compare_options;
#define MIEN_COMPARE_DEFAULTS                 \
    {                                         \
        NULL, 0, 3, NULL, 0, NULL, NULL, NULL \
    }

/* Train and judge a network once a variant and seed.
 *
 *   net      [n] a network as text, as mien_net_read takes it
 *   n        how many bytes
 *   train    to learn from
 *   test     to judge by, or NULL as for mien_picture_study_new
 *   study    of every trial; weight, where it is given, is that of the losses a
 *            variant holds the network to; the parts are those of its seed (or
 *            part_seed) in all trials; a stop by its callbacks ends the
 *            comparison without the trial it falls into
 *   options  NULL: defaults
 *   out      trials that were finished
 *
 * A folder gets one of its own for each trial, "2-pose-seed-7", with what
 * mien_picture_study_save writes and a checkpoint while it goes on; after each
 * trial compare.json and compare.html, and what it can go on from.  Broken
 * anywhere and gone on with, all figures have the bits of an unbroken run.
 * Fails with EARG (no variants or seeds, too many; an output that the network
 * does not have; nothing to go on from, or of other data or choices, which the
 * text names), EIO, EFORMAT (what is gone on from is damaged), and what
 * mien_net_read and a study fail with. */
MIEN_API MIEN_CHECKED mien_status mien_picture_compare(
    const uint8_t *net, size_t n, const mien_picture_set *train,
    const mien_picture_set *test, const mien_picture_options *study,
    const mien_picture_compare_options *options, mien_picture_comparison *out,
    mien_error *err);

/* Release a comparison.
 *
 *   c  its fields are cleared; NULL is allowed */
MIEN_API void mien_picture_comparison_free(mien_picture_comparison *c);

/* The mean and spread of a measure.
 *
 *   c        a comparison
 *   variant  0..variants - 1, asserted
 *   measure  0..measures - 1, asserted */
MIEN_API mien_picture_spread mien_picture_comparison_spread(
    const mien_picture_comparison *c, int variant, int measure);

/* What a measure differs from the last variant's by, seed by seed: one first
 * value and one order is behind both, so that less of it is chance than of the
 * distance of two means.
 *
 *   c        a comparison
 *   variant  0..variants - 1, asserted
 *   measure  0..measures - 1, asserted */
MIEN_API mien_picture_paired mien_picture_comparison_paired(
    const mien_picture_comparison *c, int variant, int measure);

/* Say it as a table, a line a variant, and what the errors of the points differ
 * from the last variant's by.
 *
 *   c    a comparison
 *   out  the text is added */
MIEN_API void mien_picture_comparison_text(const mien_picture_comparison *c,
                                           mien_buffer *out);

/* Write it as JSON of the schema mien/picture-compare/1, with every trial and
 * the differences.
 *
 *   c    a comparison
 *   out  the text is added */
MIEN_API void mien_picture_comparison_json(const mien_picture_comparison *c,
                                           mien_buffer *out);

/* Write the table, and figures of the points' errors with a dot a trial and a
 * line that spans the mean less and more the spread, and of their differences
 * with a line a seed, as one page of HTML.
 *
 *   c    a comparison
 *   out  the text is added
 *
 * Fails with ENOMEM, EUNSUP (cairo could not draw). */
MIEN_API MIEN_CHECKED mien_status mien_picture_comparison_page(
    const mien_picture_comparison *c, mien_buffer *out, mien_error *err);

/* Write compare.json and compare.html.
 *
 *   c       a comparison
 *   folder  is made if it is not there
 *
 * Fails with EIO, ENOMEM, EUNSUP. */
MIEN_API MIEN_CHECKED mien_status mien_picture_comparison_save(
    const mien_picture_comparison *c, const char *folder, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
