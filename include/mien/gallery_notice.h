/* mien/gallery_notice.h: what those must be told whose faces are looked at.
 *
 *   mien_gallery_open -> mien_gallery_notice: a page of HTML to be printed
 *
 * What the gallery knows is filled in; what it cannot know is asked for, and a
 * line is left for it. */
#ifndef MIEN_GALLERY_NOTICE_H
#define MIEN_GALLERY_NOTICE_H

#include "mien/gallery.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mien_gallery_notice_options {
    const char *purpose;     /* as it was recorded */
    const char *responsible; /* whose camera it is; NULL: a line is left */
    const char *contact;     /* where to ask; NULL: a line is left */
} mien_gallery_notice_options;

/* Write the notice for a purpose: what for, why, how many people, what is kept
 * and until when, how often it errs as far as that was measured, and how to see
 * it, end it, or not be matched.
 *
 *   g        open
 *   options  texts are UTF-8
 *   out      a page of HTML that needs no other file is added
 *   blank    set to the number of lines that are left to be filled in; may be
 *            NULL
 *
 * It names nobody who is enrolled.  Source: GDPR, articles 13 and 14.
 * Fails with EARG (nobody is enrolled for the purpose), EFORMAT, EIO,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_gallery_notice(mien_gallery *g, const mien_gallery_notice_options *options,
                    mien_buffer *out, int *blank, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
