/* mien/gallery_undo.h: the last change of a gallery, taken back.
 *
 * A rename, an enrolment, faces, evidence and negatives that were added, a
 * merge and a split can be taken back, the last one first, MIEN_GALLERY_UNDO of
 * them. Erasing never is: who was withdrawn, what was removed and whose end has
 * come stay erased.  What is needed to take a change back is sealed with the
 * key of the person it was about, and goes with that person; a restore forgets
 * it. */
#ifndef MIEN_GALLERY_UNDO_H
#define MIEN_GALLERY_UNDO_H

#include "mien/gallery.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_GALLERY_UNDO 16

/* What was taken back. */
typedef enum mien_gallery_change {
    MIEN_GALLERY_NOTHING, /* nothing is left that can be */
    MIEN_GALLERY_RENAMED,
    MIEN_GALLERY_ENROLLED, /* the person is erased */
    MIEN_GALLERY_ADDED,    /* faces, evidence or negatives, which are erased */
    MIEN_GALLERY_MERGED,   /* who was merged is there again */
    MIEN_GALLERY_SPLIT     /* who was split off is erased, the faces are back */
} mien_gallery_change;

typedef struct mien_gallery_undone {
    mien_gallery_change what;
    int64_t person;               /* whom the change was about */
    char name[MIEN_GALLERY_NAME]; /* now, or before the person was erased */
    int64_t other;                /* merge: the new number of who is there
                                     again; split: of who is erased */
    char other_name[MIEN_GALLERY_NAME]; /* the same; rename: the name that was
                                           taken back */
    int faces, evidence, inferred, negatives; /* that were erased, or went
                                                 back */
} mien_gallery_undone;

/* Take back the last change that can be taken back.
 *
 *   g    open
 *   out  set to what was done
 *
 * A break leaves the change as it was, or taken back.  What is there again
 * after a merge has a new number, and so have its faces.
 * Fails with EARG (a name is somebody else's since, or a basis has ended, which
 * the text says; then the change stays the last one), EFORMAT, EIO, ELIMIT,
 * ENOMEM: then nothing changed, unless only erasing failed, which opening the
 * gallery again does. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_undo(mien_gallery *g,
                                                    mien_gallery_undone *out,
                                                    mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
