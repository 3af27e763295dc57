/* mien/kit.h: from paths to pixels and faces, for programs that have a file
 * system.
 *
 *   path -> mien_image_load -> pixels, upright
 *   options -> mien_reader_open: models found in folders, analyzers made
 *     -> mien_reader_read, mien_reader_face: path -> faces
 *   name -> mien_cascade_load -> mien_cascade
 *
 * Everything here is made of the other headers; it is not in the WebAssembly
 * library. */
#ifndef MIEN_KIT_H
#define MIEN_KIT_H

#include "mien/face.h"
#include "mien/model_tfjs.h"
#include "mien/samples_loader.h"
#include "mien/text.h"
#include "mien/vision_search.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- photos --------------------------------------------------------------
 */

/* Read a photo from a file.
 *
 *   path     "-" is standard input
 *   options  NULL: MIEN_READ_DEFAULTS
 *   out      owned by the caller; free with mien_image_free
 *
 * Fails with what mien_file_load and mien_image_read fail with: EIO, EFORMAT,
 * EUNSUP, ELIMIT, ENOMEM; the text begins with the path. */
MIEN_API MIEN_CHECKED mien_status
mien_image_load(const char *path, const mien_read_options *options,
                mien_image *out, mien_error *err);

/* Read a photo from a file as people have them: mien_photo_read.
 *
 *   path     "-" is standard input
 *   options  NULL: MIEN_READ_DEFAULTS
 *   out      owned by the caller; free with mien_photo_free
 *
 * Fails with what mien_image_load fails with. */
MIEN_API MIEN_CHECKED mien_status
mien_photo_load(const char *path, const mien_read_options *options,
                mien_photo *out, mien_error *err);

/* Read a photo from a file as one plane of grey.
 *
 *   path     "-" is standard input
 *   options  NULL: MIEN_READ_DEFAULTS
 *   out      owned by the caller; free with mien_gray_free
 *
 * Fails with what mien_image_load fails with. */
MIEN_API MIEN_CHECKED mien_status
mien_gray_load(const char *path, const mien_read_options *options,
               mien_gray *out, mien_error *err);

/* A photo to read, or a folder without any. */
typedef struct mien_photo_file {
    char *path;       /* "-": standard input */
    const char *name; /* inside path: what comes after the folder that was
                         added, or the file's own name */
    mien_error error; /* status 0: to be read */
} mien_photo_file;

/* Photos by path.  Zero-initialise, set what is asked for before adding, and
 * release with mien_photo_list_free. */
typedef struct mien_photo_list {
    mien_photo_file *file; /* [n] in the order in which they were added */
    int n;
    int recursive; /* 1: folders in folders too, 32 deep */
    int each; /* 1: a picture of a kind that is not read is an entry with an
                 error; 0: one entry counts them */
    int (*stop)(void *arg); /* 1 ends the walk through folders; NULL: never */
    void *arg;
    int stopped; /* set to 1 by a walk that stop ended: there may be more */
} mien_photo_list;

/* Add a photo, or the photos of a folder, by the endings of their names and in
 * the order of these; names that begin with a point are passed over, and so is
 * what is no file.  None is entered twice, whatever links lead to it.
 *
 *   l     a list
 *   path  a file, whether it is there or not, or a folder
 *
 * A folder that cannot be read, holds no photo, or holds pictures of kinds that
 * are not read (TIFF, BMP, raw ones) becomes an entry with an error.
 * Fails with ENOMEM; the list can still be used. */
MIEN_API MIEN_CHECKED mien_status mien_photo_list_add(mien_photo_list *l,
                                                      const char *path,
                                                      mien_error *err);

/* Leave photos out.
 *
 *   l     a list
 *   keep  called for each entry, in order; 0: it is left out and released
 *   arg   handed to keep */
MIEN_API void mien_photo_list_keep(mien_photo_list *l,
                                   int (*keep)(void *arg,
                                               const mien_photo_file *f),
                                   void *arg);

/* Release the files of a list; what was asked for stays.
 *
 *   l  NULL is allowed */
MIEN_API void mien_photo_list_free(mien_photo_list *l);

/* Save a picture as PNG or JPEG (quality 92), by the path's ending.
 *
 *   path  ends in .png, .jpg or .jpeg, in letters of either case
 *   im    any image
 *
 * The file appears whole or not at all (mien_file_save).
 * Fails with EARG (another ending), EIO, EFORMAT, ENOMEM; the text begins with
 * the path. */
MIEN_API MIEN_CHECKED mien_status mien_image_save(const char *path,
                                                  const mien_image *im,
                                                  mien_error *err);

/* ---- labelled pictures ---------------------------------------------------
 */

/* Read what is known of pictures: of a folder by mien_labels_of_paths (files
 * that are no pictures by their endings are passed over), of a file by
 * mien_labels_read.
 *
 *   path  a folder, or a list or CSV file
 *   out   its folder is that of the pictures, or of the file; release with
 *         mien_labels_free
 *
 * Fails with EIO, EFORMAT, ELIMIT, ENOMEM; the text begins with the path. */
MIEN_API MIEN_CHECKED mien_status mien_labels_load(const char *path,
                                                   mien_labels *out,
                                                   mien_error *err);

/* Take the votes of a file of FER+: mien_fer_votes_read.
 *
 *   path  of the file
 *   l     changed
 *
 * Fails with EIO, EFORMAT, ELIMIT, ENOMEM; the text begins with the path. */
MIEN_API MIEN_CHECKED mien_status mien_labels_vote(const char *path,
                                                   mien_labels *l,
                                                   mien_error *err);

/* Read a picture of a folder: what a mien_loader and a mien_sample_set load
 * with.
 *
 *   folder  their `arg`, a const char **: the folder; NULL, or NULL in it:
 *           names are paths
 *   name    of the file
 *   out     owned by the caller; free with mien_image_free
 *
 * The text of a failure does not name the file.
 * Fails with EIO, EFORMAT, EUNSUP, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_folder_image(void *folder,
                                                    const char *name,
                                                    mien_image *out,
                                                    mien_error *err);

/* Where the face of each of labelled pictures is.  Zero-initialise before use;
 * release with mien_face_boxes_free. */
typedef struct mien_face_boxes {
    int64_t n;
    mien_box *box;  /* [n] in pixels of the picture; the whole of one in which
                       no face was found; width 0: it could not be read */
    uint8_t *found; /* [n] 1: a face */
    int64_t missed; /* pictures that were read and have none */
    int64_t unread;
} mien_face_boxes;

typedef struct mien_face_boxes_options {
    mien_picture_load *load; /* NULL where the labels hold the pictures */
    void *from;              /* its `arg` */
    const char *file;        /* where the boxes are kept, a labelled list
                                (mien_label_table_read); NULL: nowhere */
    int reuse;               /* 1: take what the file has, if it tells of these
                                pictures, instead of looking again */
    mien_pool *pool;         /* a picture a thread; NULL: one thread */
    /* Called after some pictures; not 0: stop.  NULL: not wanted. */
    int (*on_picture)(void *arg, int64_t done, int64_t of);
    void *arg;
} mien_face_boxes_options;

/* Find the face of each picture by YuNet: of several the one with the largest
 * box, of equals the surest.  What the labels say does not matter.
 *
 *   labels   only read
 *   options  as described
 *   out      owned by the caller; free with mien_face_boxes_free
 *
 * The boxes do not depend on the number of threads.
 * Fails with EARG (no way to load pictures; stopped), EIO (the file cannot be
 * written), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_face_boxes_find(
    const mien_labels *labels, const mien_face_boxes_options *options,
    mien_face_boxes *out, mien_error *err);

/* Release boxes.
 *
 *   b  its fields are cleared; NULL is allowed */
MIEN_API void mien_face_boxes_free(mien_face_boxes *b);

/* Faces of labelled pictures, as chips of one size (mien_face_chip). */
typedef struct mien_aligned mien_aligned;

typedef struct mien_aligned_options {
    const char *folder; /* of the pictures; NULL: names are paths; kept */
    int side;           /* pixels of a chip, 1..MIEN_FACE_MAX_INPUT */
    mien_pool *pool;    /* NULL: one thread */
    /* Called after each picture; not 0: stop.  NULL: not wanted. */
    int (*on_picture)(void *arg, int64_t done, int64_t of);
    void *arg;
} mien_aligned_options;

/* Find the largest face of each picture by YuNet.
 *
 *   labels   of files; pictures without a face, and those that cannot be read,
 *            are left out of them.  Their names are borrowed from then on
 *   options  copied
 *   out      owned by the caller; free with mien_aligned_free
 *
 * Fails with EARG (no face at all: the labels are as they were; pictures that
 * are no files; stopped), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_aligned_new(mien_labels *labels, const mien_aligned_options *options,
                 mien_aligned **out, mien_error *err);

/* Release what was found.
 *
 *   a  NULL is allowed */
MIEN_API void mien_aligned_free(mien_aligned *a);

/* A mien_picture_load: the chip of a picture.
 *
 *   aligned  a mien_aligned
 *   name     of the labels
 *   out      side x side; free with mien_image_free
 *
 * Fails with what mien_folder_image fails with, EARG (no face). */
MIEN_API MIEN_CHECKED mien_status mien_aligned_image(void *aligned,
                                                     const char *name,
                                                     mien_image *out,
                                                     mien_error *err);

/* How many pictures without a face were left out.
 *
 *   a       as found
 *   unread  set to how many more could not be read; NULL: not wanted */
MIEN_API int64_t mien_aligned_left_out(const mien_aligned *a, int64_t *unread);

/* Which pictures were left out and why, and how many, lines of text.
 *
 *   a    as found
 *   out  the text is added */
MIEN_API void mien_aligned_notes(const mien_aligned *a, mien_buffer *out);

/* Read a photo and cut out its largest face (mien_face_chip).
 *
 *   path   "-" is standard input
 *   yunet  finds faces with five points; NULL: the whole photo is taken,
 *          brought to the size
 *   side   pixels of the chip
 *   out    side x side; free with mien_image_free
 *
 * Fails with EFORMAT (no face in it, too), EIO, EARG, EUNSUP, ELIMIT, ENOMEM;
 * the text begins with the path. */
MIEN_API MIEN_CHECKED mien_status mien_chip_load(const char *path,
                                                 mien_analyzer *yunet, int side,
                                                 mien_image *out,
                                                 mien_error *err);

/* ---- models in folders ---------------------------------------------------
 */

#define MIEN_PATH_MAX 4096

/* Walk the folders that models are looked for in, first to last: the caller's,
 * $MIEN_MODELS, mien/models in the user's data folder ($XDG_DATA_HOME, or
 * ~/.local/share), share/mien/models beside the program's folder, and beside
 * the library's where that is another.
 *
 *   first  the caller's folder, or NULL
 *   i      0, 1, 2, ...
 *   out    [MIEN_PATH_MAX] the folder; empty for a place that does not apply
 *
 * 0 past the last. */
MIEN_API int mien_models_folder(const char *first, int i, char *out);

/* Find a model's file.
 *
 *   first  a folder looked into before the others, or NULL
 *   file   "face_recognition.onnx"
 *   out    [MIEN_PATH_MAX] set to its path if it is found
 *
 * 1 if it is in one of the folders. */
MIEN_API int mien_models_find(const char *first, const char *file, char *out);

/* Tell where a model of the catalogue is.
 *
 *   first  a folder looked into before the others, or NULL
 *   e      of the catalogue
 *   path   [MIEN_PATH_MAX] set where it is a file
 *
 * "embedded" in the library, path, or "": not installed. */
MIEN_API const char *mien_models_place(const char *first,
                                       const mien_model_entry *e, char *path);

/* Add the catalogue as a JSON array: all that is known of each model, and where
 * it is installed.
 *
 *   first  a folder looked into before the others, or NULL
 *   out    the text is added */
MIEN_API void mien_models_json(const char *first, mien_buffer *out);

/* Find a network's text, net.json (mien/net.h).
 *
 *   first  a folder of models looked into before the others, or NULL
 *   name   a path, or the name of a network that comes with mien: "align" is
 *          nets/align.json in a folder of models
 *   out    [MIEN_PATH_MAX] set to its path if it is found
 *
 * 1 if there is one; a file of that name comes before. */
MIEN_API int mien_nets_find(const char *first, const char *name, char *out);

/* Tell which network that faces need is in none of the folders.
 *
 *   first    a folder looked into before the others, or NULL
 *   options  NULL: MIEN_FACE_DEFAULTS
 *
 * The first of mien_face_needs; NULL: all are there, or inside the library. */
MIEN_API const mien_model_entry *
mien_models_missing(const char *first, const mien_face_options *options);

/* Tell whether a file is a video by the ending of its name.
 *
 *   path  need not be there
 *
 * 1: .mp4, .m4v, .mov, .mkv, .webm, .avi, .mpg, .mpeg, .ogv, .wmv, .flv, .ts.
 */
MIEN_API int mien_is_video_path(const char *path);

/* Make a graph of a graph model of TensorFlow.js in files.
 *
 *   path     of model.json; its weights lie beside it
 *   options  NULL: MIEN_TFJS_DEFAULTS; their entry is not used
 *   force    1: weights that are not those that the catalogue has for this
 *            model.json are taken, too
 *   entry    set to the model's entry in the catalogue; NULL: it is not there
 *   out      owned by the caller; free with mien_graph_free
 *
 * Fails with EFORMAT (weights of another SHA-256 than the catalogue's, too),
 * EIO, EUNSUP, ELIMIT, ENOMEM; the text begins with a path. */
MIEN_API MIEN_CHECKED mien_status mien_tfjs_load(
    const char *path, const mien_tfjs_options *options, int force,
    const mien_model_entry **entry, mien_graph **out, mien_error *err);

/* A mien_model_lookup in those folders.
 *
 *   first  a const char **: a folder looked into before the others; NULL, or
 *          pointing to NULL: none
 *   entry  of the catalogue
 *   out    set to the file and its path
 *
 * Fails with EIO (not there: the text names the folders, as far as they fit),
 * ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_models_lookup(void *first, const mien_model_entry *entry,
                   mien_model_file *out, mien_error *err);

/* ---- faces in files ------------------------------------------------------
 */

typedef struct mien_reader_options {
    mien_face_options face; /* its pool is not used */
    mien_read_options image;
    const char *models; /* a folder looked into first; NULL: none */
    int lanes;          /* photos at a time, 1..MIEN_POOL_MAX; 0: 1 */
    int threads;        /* inside one photo; 0: one for each processor */
} mien_reader_options;
/* As MIEN_FACE_DEFAULTS, but photos that lie on their side are turned. */
#define MIEN_READER_DEFAULTS                                            \
    {                                                                   \
        {MIEN_DETECTOR_YUNET, 0, 0, 0, 0, 0, NULL, 0, MIEN_ROTATE_AUTO, \
         MIEN_DESCRIBER_DLIB},                                          \
            MIEN_READ_DEFAULTS, NULL, 0, 0                              \
    }

/* Analyzers with their models, one a lane, so that lanes may read photos at the
 * same time. */
typedef struct mien_reader mien_reader;

/* Find the models that options need in the usual folders, and make analyzers.
 *
 *   options  NULL: MIEN_READER_DEFAULTS
 *   out      owned by the caller; free with mien_reader_free
 *
 * Fails with EARG (an option out of range), EIO (a model is not installed),
 * EFORMAT (a file is another model than it is called), EUNSUP, ELIMIT, ENOMEM.
 */
MIEN_API MIEN_CHECKED mien_status mien_reader_open(
    const mien_reader_options *options, mien_reader **out, mien_error *err);

/* Release a reader.
 *
 *   r  not in use; NULL is allowed */
MIEN_API void mien_reader_free(mien_reader *r);

/* Read a photo's faces.
 *
 *   r      a reader
 *   lane   0..lanes - 1, asserted; one call at a time for each
 *   path   "-" is standard input
 *   photo  set to the pixels; free with mien_image_free; NULL: not wanted.
 *          Of a huge JPEG they are fewer than the reading's w x h
 *   out    set whole; free its faces with mien_faces_free
 *
 * Fails with what mien_image_load and mien_analyzer_run fail with: EIO,
 * EFORMAT, EUNSUP, ELIMIT, ENOMEM; the text does not name the file, which
 * stands beside it in a record (mien_record_failed). */
MIEN_API MIEN_CHECKED mien_status mien_reader_read(mien_reader *r, int lane,
                                                   const char *path,
                                                   mien_image *photo,
                                                   mien_reading *out,
                                                   mien_error *err);

/* Which face of several. */
typedef enum mien_pick {
    MIEN_PICK_LARGEST, /* mien_faces_largest */
    MIEN_PICK_CENTRAL  /* mien_faces_central */
} mien_pick;

/* Read one face of a photo, on lane 0.
 *
 *   r     a reader
 *   path  "-" is standard input
 *   pick  of those that have all that was asked for
 *   out   the face
 *
 * Fails with EFORMAT (no such face, too), EIO, EUNSUP, ELIMIT, ENOMEM; the text
 * begins with the path. */
MIEN_API MIEN_CHECKED mien_status mien_reader_face(mien_reader *r,
                                                   const char *path,
                                                   mien_pick pick,
                                                   mien_face *out,
                                                   mien_error *err);

/* Read the only face of a photo, or the one of a number, on lane 0: for a
 * person who is to be known by it.
 *
 *   r       a reader
 *   path    "-" is standard input
 *   number  0: the photo must show one face; else which, from 1, in the order
 *           of mien_reader_read
 *   out     the face, which has all that was asked for
 *
 * Fails with EFORMAT (no face; several, and no number; fewer than the number;
 * one that lacks what was asked for), EIO, EUNSUP, ELIMIT, ENOMEM; the text
 * begins with the path. */
MIEN_API MIEN_CHECKED mien_status mien_reader_one(mien_reader *r,
                                                  const char *path, int number,
                                                  mien_face *out,
                                                  mien_error *err);

/* The analyzer of a lane, for pixels that come from elsewhere.
 *
 *   r     a reader, which owns it
 *   lane  0..lanes - 1, asserted */
MIEN_API mien_analyzer *mien_reader_analyzer(mien_reader *r, int lane);

/* The models in use and their digests, which are worked out beside other work
 * from mien_reader_open on; waits for them.
 *
 *   r  a reader; any thread
 *   n  set to how many
 *
 * [n] owned by the reader, the detector's first. */
MIEN_API const mien_model_digest *mien_reader_digests(mien_reader *r, int *n);

/* ---- cascades in files ---------------------------------------------------
 */

/* Load a cascade by name or path.
 *
 *   name    "face" (mien's own), a file ("-": standard input), or the name of
 * an OpenCV cascade: "eye", "frontalface_default", "haarcascade_smile.xml",
 * looked for in the folder, in $MIEN_CASCADES and where Debian puts them;
 *           packed by gzip (.xml.gz) or not
 *   folder  looked into first; NULL: none
 *   out     owned by the caller; free with mien_cascade_free
 *
 * Fails with EIO (no such cascade; the text names the places), EFORMAT (the
 * text begins with the path), EUNSUP, ELIMIT (more than 256 MiB, unpacked too),
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_load(const char *name,
                                                    const char *folder,
                                                    mien_cascade **out,
                                                    mien_error *err);

/* Tell a cascade's short name: "eye" for "dir/haarcascade_eye.xml".
 *
 *   name  as for mien_cascade_load
 *   out   [size] the name, cut if it is longer
 *   size  in bytes, at least 1 */
MIEN_API void mien_cascade_short_name(const char *name, char *out, size_t size);

/* Look for a search's cascades in a photo that was read.
 *
 *   search    its sizes and part are in pixels of the photo's file
 *   photo     as mien_photo_load gives it
 *   equalize  1: grey values are spread first
 *   out       [search->n] in pixels of the file; free each with mien_hits_free
 *
 * Fails with EARG (an option out of range, a part outside the photo), ENOMEM.
 */
MIEN_API MIEN_CHECKED mien_status mien_search_photo(const mien_search *search,
                                                    const mien_photo *photo,
                                                    int equalize,
                                                    mien_hits *out,
                                                    mien_error *err);

/* Take hits to a picture of another size.
 *
 *   h   changed
 *   by  what every number of pixels is multiplied by; rounded */
MIEN_API void mien_hits_scale(mien_hits *h, double by);

/* ---- this build ---------------------------------------------------------- */

/* Add the names and versions of the libraries that mien is made with:
 * "libpng 1.6.39, libwebp 1.2.4, ...".
 *
 *   out  the text is added */
MIEN_API void mien_libraries(mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
