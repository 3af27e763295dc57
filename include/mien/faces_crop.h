/* mien/faces_crop.h: faces cut out of photos, for sets of one's own.
 *
 *   photos of a list -> mien_crop_names: a name for the chips of each
 *     -> mien_reader_read (mien/kit.h): pixels and faces
 *     -> mien_crop_save: the faces as files of a folder, and a record
 *
 * It is not in the WebAssembly library. */
#ifndef MIEN_FACES_CROP_H
#define MIEN_FACES_CROP_H

#include "mien/file.h"
#include "mien/kit.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How faces are cut out.  Begin with MIEN_CROP_DEFAULTS. */
typedef struct mien_crop_options {
    const char *folder; /* where chips are saved; made when it is not there */
    const char *ending; /* ".png", ".jpg" or ".jpeg" */
    int side;           /* pixels, 1..MIEN_FACE_MAX_INPUT */
    mien_chip_by by;
    double margin; /* as of mien_face_place */
    int all;       /* 1: every face of a photo; 0: the largest */
} mien_crop_options;
#define MIEN_CROP_DEFAULTS                       \
    {                                            \
        ".", ".png", 160, MIEN_CHIP_POINTS, 0, 0 \
    }

/* Name the chips of photos: each photo's name without its ending, folders in
 * front of it kept; a name that an earlier photo took gets "~2", "~3", ...
 *
 *   list  photos
 *   out   [list->n] names; release with mien_paths_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_crop_names(const mien_photo_list *list,
                                                  mien_paths *out,
                                                  mien_error *err);

/* Cut the faces out of a photo and save them: NAME.png, or of all faces
 * NAME-1.png, NAME-2.png, ..., the surest first.
 *
 *   photo    as mien_reader_read gives it
 *   reading  with YuNet, where points are asked for
 *   file     of the photo, for the record
 *   name     of its chips, as of mien_crop_names; folders in it are made
 *   options  how
 *   record   a line of JSON is added: {"schema", "file", "width", "height",
 *            "chips": [{"chip": file, "face": as mien_record_face}]}; NULL:
 *            not wanted
 *
 * Without a face nothing is saved.
 * Fails with EARG (an option out of range, a face without five points), EIO,
 * EFORMAT, ENOMEM; chips that were saved before stay. */
MIEN_API MIEN_CHECKED mien_status mien_crop_save(
    const mien_image *photo, const mien_reading *reading, const char *file,
    const char *name, const mien_crop_options *options, mien_buffer *record,
    mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
