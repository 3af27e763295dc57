/* mien/face_redact.h: faces in a photo covered, so that nobody is known by
 * them.
 *
 *   mien_redactor_new -> mien_redactor_run: pixels are overwritten
 *     -> mien_redaction: what was covered, and what is in doubt
 *
 * Faces are looked for by several detectors at several sizes and turns, with
 * lower thresholds than elsewhere, and looked for again in what was covered.
 * A face that all of them miss is not covered: a person looks at the result.
 * Hair, clothes, gait, place and company are left, by which people are known,
 * too. */
#ifndef MIEN_FACE_REDACT_H
#define MIEN_FACE_REDACT_H

#include "mien/face.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Tell whether a face may be seen: that of somebody who agreed to be.
 *
 *   arg    as given
 *   photo  as it was, nothing covered
 *   face   where a detector is sure of one; may reach outside the photo
 *   keep   set to 1: it stays; is 0 before
 *
 * A failure ends the run that asks. */
typedef mien_status mien_redact_keep(void *arg, const mien_image *photo,
                                     mien_box face, int *keep, mien_error *err);

/* Begin with MIEN_REDACT_DEFAULTS. */
typedef struct mien_redact_options {
    float strictness;  /* what the detectors' usual thresholds are multiplied
                          by, above 0 to 1: smaller covers more, and more that
                          is no face */
    double margin;     /* how much wider a cover is than the face's box on each
                          side, as a share of its longer side, 0..2; above, for
                          the hair, one and a half times that */
    uint8_t colour[3]; /* red, green, blue */
    mien_pool *pool;   /* NULL: one thread; borrowed */
    /* Where networks of other detectors are: those that it does not have are
     * left out.  NULL: YuNet alone, which is inside the library. */
    mien_model_lookup *find;
    void *arg;              /* handed to find */
    mien_redact_keep *keep; /* asked once of each face; NULL: none stays */
    void *keep_arg;         /* handed to it */
} mien_redact_options;
#define MIEN_REDACT_DEFAULTS                                \
    {                                                       \
        0.5f, 0.25, {0, 0, 0}, NULL, NULL, NULL, NULL, NULL \
    }

/* A face that was covered. */
typedef struct mien_cover {
    mien_box face;  /* where it was found; may reach outside the photo */
    mien_box cover; /* whole pixels inside the photo; width or height 0: the
                       face lies outside */
    float score;    /* of the detector that was surest by its own measure */
    int doubt;      /* 1: below every detector's usual threshold: perhaps no
                       face */
    int kept;       /* 1: the face stays to be seen, as mien_redact_keep said;
                       covers of other sure faces may lie over it */
} mien_cover;

/* What became of a photo.  Zero-initialise before use; release with
 * mien_redaction_free. */
typedef struct mien_redaction {
    int n;
    mien_cover *cover; /* [n] in the order in which they were found */
    int doubts;        /* of them */
    int kept;          /* of them */
    int rounds;        /* how often was looked, 2 at least where a face was */
    int left;          /* faces that are found again, after all rounds, but for
                          those kept: not 0 means that the photo is not
                          finished */
} mien_redaction;

typedef struct mien_redactor mien_redactor;

/* Prepare detectors.
 *
 *   options  NULL: MIEN_REDACT_DEFAULTS
 *   out      owned by the caller; free with mien_redactor_free
 *
 * Fails with EARG (an option out of range), ENOMEM and what mien_analyzer_find
 * fails with, but that a network is not there. */
MIEN_API MIEN_CHECKED mien_status mien_redactor_new(
    const mien_redact_options *options, mien_redactor **out, mien_error *err);

/* Release detectors.
 *
 *   r  NULL is allowed */
MIEN_API void mien_redactor_free(mien_redactor *r);

/* Tell which detectors are asked.
 *
 *   r  a redactor
 *
 * 1 << MIEN_DETECTOR_YUNET and others, added up. */
MIEN_API unsigned mien_redactor_detectors(const mien_redactor *r);

/* Cover the faces of a photo with one colour.
 *
 *   r      one run at a time
 *   photo  overwritten where faces are
 *   out    what was covered; free with mien_redaction_free
 *
 * Nothing of the pixels below is kept; whoever saves the photo leaves out
 * what else its file had, a thumbnail above all, as mien_image_save does.
 * What lies for the most part in a face that is kept, and is no sure face by
 * itself, is taken for a part of it.
 * Fails with what mien_analyzer_run and mien_redact_keep fail with; then some
 * faces may be covered. */
MIEN_API MIEN_CHECKED mien_status mien_redactor_run(mien_redactor *r,
                                                    mien_image *photo,
                                                    mien_redaction *out,
                                                    mien_error *err);

/* Release what was covered.
 *
 *   d  its fields are cleared; NULL is allowed */
MIEN_API void mien_redaction_free(mien_redaction *d);

#ifdef __cplusplus
}
#endif
#endif
