/* mien/kit_chips.h: pictures to train cascades on, by path.
 *
 *   a folder | a list of objects | a .vec file -> mien_chips_load -> mien_chips
 *   a list of objects -> mien_objects_load -> mien_sample_list
 *   a folder | a list of paths -> mien_scene_set_load -> scenes
 *
 * What cannot be read is left out and told: a line each in `notes`. */
#ifndef MIEN_KIT_CHIPS_H
#define MIEN_KIT_CHIPS_H

#include "mien/kit.h"
#include "mien/samples.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How chips are made of pictures. */
typedef struct mien_chips_options {
    int w, h;         /* of a chip */
    mien_region crop; /* of the object in every picture of a folder; w 0: the
                         whole picture */
    int mirror;       /* 1: each chip mirrored too */
    int copies;       /* more chips of each object, moved a little */
    mien_jitter jitter;
    uint32_t seed;
    int (*stop)(void *arg); /* 1 ends the reading; NULL: never */
    void *arg;
} mien_chips_options;

/* Read pictures of an object.
 *
 *   path     a folder of pictures, looked through with those in it; a text file
 *            of "picture n x y w h ..." lines as opencv_createsamples reads it,
 *            pictures beside it; or a .vec file
 *   options  how
 *   notes    lines are added
 *   out      [w, h] each; release with mien_chips_free
 *
 * Fails with EIO, EFORMAT (no picture that can be read, another size of .vec),
 * EARG (a rectangle outside its picture), ELIMIT, ENOMEM; stopped, out has the
 * chips so far. */
MIEN_API MIEN_CHECKED mien_status
mien_chips_load(const char *path, const mien_chips_options *options,
                mien_buffer *notes, mien_chips *out, mien_error *err);

/* Read a text file of "picture n x y w h ..." lines.
 *
 *   path  of the file; names in it are relative to it
 *   out   release with mien_sample_list_free
 *
 * Fails with EIO, EFORMAT (also: no rectangles), ELIMIT, ENOMEM; the text
 * begins with the path. */
MIEN_API MIEN_CHECKED mien_status mien_objects_load(const char *path,
                                                    mien_sample_list *out,
                                                    mien_error *err);

/* Scenes without the object.  Zero-initialise before use. */
typedef struct mien_scene_set {
    mien_sample_list list;
    mien_sample_set *set; /* see mien_sample_set_scenes */
} mien_scene_set;

/* Find scenes, of which 1 GiB stays in memory when they are read.
 *
 *   path   a folder, or a text file with a path a line
 *   stop   1 ends the looking through folders; NULL: never
 *   arg    handed to it
 *   notes  lines are added
 *   out    release with mien_scene_set_free
 *
 * Fails with EIO (also: stopped), EFORMAT (no scenes), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_scene_set_load(const char *path, int (*stop)(void *arg), void *arg,
                    mien_buffer *notes, mien_scene_set *out, mien_error *err);

/* Release scenes.
 *
 *   s  its fields are cleared; NULL is allowed */
MIEN_API void mien_scene_set_free(mien_scene_set *s);

#ifdef __cplusplus
}
#endif
#endif
