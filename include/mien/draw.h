/* mien/draw.h: photos and frames with what was found marked in them, cascades
 * as pictures, curves as figures.
 *
 *   mien_image + faces, hits, objects, tracks, smiles -> the same image, marked
 *   mien_cascade -> mien_cascade_draw -> a page
 *   mien_roc, mien_smiles -> mien_figure (mien/plot.h)
 *
 * Lines and letters are sized for the picture.  Not in the WebAssembly
 * library. */
#ifndef MIEN_DRAW_H
#define MIEN_DRAW_H

#include "mien/face.h"
#include "mien/objects.h"
#include "mien/plot.h"
#include "mien/samples_loader.h"
#include "mien/vision_roc.h"
#include "mien/vision_smile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- marks in a photo ----------------------------------------------------
 */

/* Mark faces: boxes with scores and attributes, landmarks or keypoints.
 *
 *   photo  drawn on
 *   faces  in pixels of the photo
 *
 * A face much smaller than its label gets none when that would only be a score.
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_draw_faces(mien_image *photo,
                                                  const mien_faces *faces,
                                                  mien_error *err);

/* Mark what cascades found, a colour each, with their names and how many
 * windows agreed.
 *
 *   photo  drawn on
 *   n      cascades
 *   names  [n]
 *   hits   [n] in pixels of the photo
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_draw_hits(mien_image *photo, int n,
                                                 const char *const *names,
                                                 const mien_hits *hits,
                                                 mien_error *err);

/* Mark objects, a colour for each class, with its name and how sure it is.
 *
 *   photo    drawn on
 *   objects  in pixels of the photo
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_draw_objects(mien_image *photo,
                                                    const mien_objects *objects,
                                                    mien_error *err);

/* Mark the tracks of a frame: boxes with their ids, and landmarks where they
 * were found, else the points that hold them.
 *
 *   frame    drawn on
 *   h        after the frame was added
 *   tracker  for the points
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_draw_tracks(mien_image *frame,
                                                   const mien_history *h,
                                                   const mien_tracker *tracker,
                                                   mien_error *err);

/* Mark the tracks of a frame with names, and say to whoever is seen that people
 * are looked for.
 *
 *   frame   drawn on
 *   h       after the frame was added
 *   names   [mien_history_shown] a text for each track, such as a name; NULL:
 * it has its number alone notice  lines at the lower edge, divided by '\n';
 * NULL: none
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_draw_names(mien_image *frame,
                                                  const mien_history *h,
                                                  const char *const *names,
                                                  const char *notice,
                                                  mien_error *err);

/* Mark the faces of a frame, their eyes and smiles, and their votes.
 *
 *   frame  drawn on
 *   s      after the frame
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_draw_smiles(mien_image *frame,
                                                   const mien_smiles *s,
                                                   mien_error *err);

/* ---- a cascade as a page -------------------------------------------------
 */

/* What is drawn of a cascade; all pointers are borrowed. */
typedef struct mien_cascade_page {
    const char *name;
    const mien_cascade *cascade;
    int first, last;       /* stages, from 0, both included */
    int features;          /* of a stage, at most */
    const mien_gray *face; /* of the window's size, behind the features; NULL:
                              plain grey */
    const char *face_text; /* what it is */
    const mien_fall *fall; /* how windows fall, or what was followed */
    const char *followed;  /* what that is */
} mien_cascade_page;

/* Draw a row a stage: its first features over a face, and how windows fall.
 *
 *   page  what to draw
 *   out   owned by the caller; free with mien_image_free
 *
 * Where brightness speaks for the object a feature is drawn light, where it
 * speaks against it dark: the sum of the weights of its rectangles, times the
 * sign of the values that its tree wants.
 * Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_draw(
    const mien_cascade_page *page, mien_image *out, mien_error *err);

/* ---- samples ------------------------------------------------------------- */

enum { MIEN_SHEET_MAX = 400 };

/* What is drawn of labelled pictures.  Begin with MIEN_SHEET_DEFAULTS. */
typedef struct mien_sheet {
    mien_loader_options loader; /* how large, cut out, changed; seed: which */
    int epoch; /* as mien_loader_fill takes it; -1: not changed */
    int n;     /* samples, 1..MIEN_SHEET_MAX; fewer if there are */
} mien_sheet;
#define MIEN_SHEET_DEFAULTS         \
    {                               \
        MIEN_LOADER_DEFAULTS, -1, 9 \
    }

/* Draw samples side by side as a network sees them, with their points and what
 * is known of them; a picture that cannot be loaded is grey, with the reason.
 *
 *   labels  samples
 *   sheet   what to draw of them
 *   out     owned by the caller; free with mien_image_free
 *   notes   pictures that could not be loaded are added, a line each; or NULL
 *
 * Fails with EARG (no samples, n or the loader's options out of range), ELIMIT,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_sheet_draw(const mien_labels *labels,
                                                  const mien_sheet *sheet,
                                                  mien_image *out,
                                                  mien_buffer *notes,
                                                  mien_error *err);

/* ---- figures -------------------------------------------------------------
 */

/* Draw curves of detections against false positives, beside Viola and Jones'
 * figures on MIT+CMU.
 *
 *   n      cascades
 *   names  [n]
 *   roc    [n]
 *   out    owned by the caller; free with mien_figure_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_roc_figure(int n,
                                                  const char *const *names,
                                                  const mien_roc *roc,
                                                  mien_figure **out,
                                                  mien_error *err);

/* Draw votes and smiles over time, a panel for each of the six faces that were
 * seen longest.
 *
 *   s      at least one face was seen, asserted
 *   begin  as in the options
 *   end    the same
 *   out    owned by the caller; free with mien_figure_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_smiles_figure(const mien_smiles *s,
                                                     float begin, float end,
                                                     mien_figure **out,
                                                     mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
