/* mien/samples_labels.h: what is known of pictures: points, classes, numbers.
 *
 *   a list, a CSV file, names of files -> mien_labels
 *     -> mien_labels_keep, mien_twins: what is left out
 *     -> mien_loader (mien/samples_loader.h): tensors for a network
 *
 * Nothing here opens a file: lists are read from memory, and pictures come from
 * a callback.  Lines that cannot be read are left out, counted, and the first
 * of them told; a text of which no line can be read fails. */
#ifndef MIEN_SAMPLES_LABELS_H
#define MIEN_SAMPLES_LABELS_H

#include "mien/image.h"
#include "mien/text.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_LABELS_MAX_BYTES ((size_t)1 << 31) /* of a text */
#define MIEN_LABELS_MAX_NAME 4096               /* bytes of a path */
#define MIEN_LABELS_MAX_PLACE 1000000           /* pixels, of a point or box */
enum {
    MIEN_LABELS_MAX_POINTS = 256,
    MIEN_LABELS_MAX_TASKS = 64,
    MIEN_LABELS_MAX_CLASSES = 10000,
    MIEN_LABELS_MAX_SIDE = 1024, /* pixels of pictures in a text */
    MIEN_LABELS_TOLD = 10        /* lines left out that are told */
};

/* What a sample is meant for, where its source says so. */
typedef enum mien_label_use {
    MIEN_FOR_ANY,
    MIEN_FOR_TRAINING,
    MIEN_FOR_VALIDATION,
    MIEN_FOR_TEST
} mien_label_use;

/* A question with one answer of several. */
typedef struct mien_label_task {
    char *name;
    int first; /* the number that the source gives class 0 */
    int classes;
    char **class_name; /* [classes] */
} mien_label_task;

/* Samples.  Zero-initialise before use; release with mien_labels_free.  An
 * array is NULL when there is nothing of its kind. */
typedef struct mien_labels {
    int64_t n;
    char *folder;  /* where the pictures are, if a path was read; or NULL */
    char **name;   /* [n] of the picture, as its source has it */
    int64_t *line; /* [n] of the source, from 1 */
    mien_label_use *part; /* [n] */
    int points;           /* of a sample */
    char **point_name;    /* [points] */
    mien_point *point;    /* [n, points] in pixels; NaN: unknown */
    mien_box *box;        /* [n] in pixels; width 0: unknown */
    int tasks;
    mien_label_task *task; /* [tasks] */
    int *label;            /* [n, tasks] classes from 0; -1: unknown */
    int numbers;
    char **number_name; /* [numbers] */
    float *number;      /* [n, numbers] NaN: unknown */
    int shares;         /* classes of task 0 if there are shares, or 0 */
    float *share;       /* [n, shares] sums to 1: how many say so */
    int w, h;           /* of pictures that the source holds, or 0 */
    uint8_t *pixels;    /* [n, h, w] grey */
    int64_t left_out;   /* lines that could not be read */
    mien_error told[MIEN_LABELS_TOLD]; /* why, of the first of them */
} mien_labels;

/* Release samples.
 *
 *   l  its fields are cleared; NULL is allowed */
MIEN_API void mien_labels_free(mien_labels *l);

/* Leave samples out.
 *
 *   l     changed
 *   keep  [n] 0: the sample is left out; the others keep their order */
MIEN_API void mien_labels_keep(mien_labels *l, const uint8_t *keep);

/* Find a task by its name: its number, or -1.
 *
 *   l     samples
 *   name  compared byte by byte */
MIEN_API int mien_labels_task(const mien_labels *l, const char *name);

/* Find a column of numbers by its name: its number, or -1.
 *
 *   l     samples
 *   name  compared byte by byte */
MIEN_API int mien_labels_number(const mien_labels *l, const char *name);

/* The point that takes the place of another in a mirror: of left_eye it is
 * right_eye, of nose nose itself.
 *
 *   l  samples
 *   i  0..points - 1, asserted */
MIEN_API int mien_labels_mirror_point(const mien_labels *l, int i);

/* The class of a task that a mirror makes of another: of "left profile" it is
 * "right profile", of most classes the class itself.
 *
 *   task  a task
 *   i     0..classes - 1, asserted; -1 stays -1 */
MIEN_API int mien_label_mirror_class(const mien_label_task *task, int i);

/* What is known of a sample in words: "male, not smiling, age 31".
 *
 *   l      samples
 *   i      0..n - 1, asserted
 *   label  [tasks] classes instead of its own, or NULL
 *   out    the text is added */
MIEN_API void mien_labels_caption(const mien_labels *l, int64_t i,
                                  const int *label, mien_buffer *out);

/* How many samples there are, and how many of each class, lines of text.
 *
 *   l    samples
 *   out  the text is added */
MIEN_API void mien_labels_summary(const mien_labels *l, mien_buffer *out);

/* What was left out and why, lines of text; nothing if all was read.
 *
 *   l    samples
 *   out  the text is added */
MIEN_API void mien_labels_notes(const mien_labels *l, mien_buffer *out);

/* ---- readers ------------------------------------------------------------- */

/* Read a list or a CSV file of whatever kind: mien_fer_read if it has a column
 * of pixels, mien_mtfl_read if its first line is one of such a list, and else
 * mien_label_table_read.
 *
 *   bytes  [n] the text
 *   n      how many bytes
 *   out    release with mien_labels_free
 *
 * Fails with EFORMAT, ELIMIT, ENOMEM, as those do. */
MIEN_API MIEN_CHECKED mien_status mien_labels_read(const uint8_t *bytes,
                                                   size_t n, mien_labels *out,
                                                   mien_error *err);

/* Read a list of MTFL: a path, five times x, five times y, and the classes of
 * gender, smile, glasses (1, 2) and pose (1 to 5), divided by blanks.
 *
 *   bytes  [n] lines, with blanks before them or not, ended by LF or CRLF;
 *          paths with slashes or backslashes
 *   n      how many bytes
 *   out    release with mien_labels_free
 *
 * Points are left_eye, right_eye, nose, left_mouth, right_mouth.
 * Fails with EFORMAT (no line can be read), ELIMIT, ENOMEM.
 * Source: Zhang et al., ECCV 2014, readme.txt of the data set. */
MIEN_API MIEN_CHECKED mien_status mien_mtfl_read(const uint8_t *bytes, size_t n,
                                                 mien_labels *out,
                                                 mien_error *err);

/* Read pictures and emotions of FER2013's CSV file: emotion (0 to 6), pixels
 * (their values, divided by blanks; as many as make a square) and Usage
 * (Training, PublicTest, PrivateTest: for validation and for the test).
 *
 *   bytes  [n] the file
 *   n      how many bytes
 *   out    pictures in memory; release with mien_labels_free
 *
 * All pictures have the size of the first.
 * Fails with EFORMAT, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_fer_read(const uint8_t *bytes, size_t n,
                                                mien_labels *out,
                                                mien_error *err);

/* Take the votes of FER+ as shares of eight emotions, in place of the classes
 * that were there: Usage, "Image name", neutral, happiness, surprise, sadness,
 * anger, disgust, fear, contempt, unknown, NF.
 *
 *   bytes  [n] the file
 *   n      how many bytes
 *   l      changed.  Of mien_fer_read: row by row, as many rows as that file
 *          had; of files: by their names.  Samples without votes for an
 * emotion, or with most for unknown and NF, are left out and counted.
 *
 * Fails with EFORMAT (rows that do not fit, no sample left), ELIMIT, ENOMEM;
 * then l is as it was. */
MIEN_API MIEN_CHECKED mien_status mien_fer_votes_read(const uint8_t *bytes,
                                                      size_t n, mien_labels *l,
                                                      mien_error *err);

/* Read a CSV file with a header.
 *
 *   bytes  [n] the file
 *   n      how many bytes
 *   out    release with mien_labels_free
 *
 * By the names of its columns: path, file, filename, image or name, or else the
 * first column of texts, names the pictures; NAME_x and NAME_y are a point;
 * box_x, box_y, box_width and box_height the box; Usage, split or part tells
 * what a sample is for.  Of the others, texts are tasks with their classes in
 * the order of their names, and so are whole numbers of 0 to 99 in a column
 * whose name ends with _class; the rest are numbers.
 * Fails with EFORMAT, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_label_table_read(const uint8_t *bytes,
                                                        size_t n,
                                                        mien_labels *out,
                                                        mien_error *err);

/* Take what the paths of files say: mien_utkface_paths if most names are of
 * UTKFace; else mien_folder_paths if a file lies in a folder; else
 * mien_plain_paths.
 *
 *   n     how many
 *   path  [n] relative to the folder that was searched
 *   out   release with mien_labels_free
 *
 * Fails with EFORMAT, ELIMIT, ENOMEM, as those do. */
MIEN_API MIEN_CHECKED mien_status mien_labels_of_paths(int64_t n,
                                                       const char *const *path,
                                                       mien_labels *out,
                                                       mien_error *err);

/* One task, "class": the first folder of a path, in the order of names.  A
 * folder before it called train, training, valid, validation, val or test tells
 * what the sample is for.
 *
 *   n     how many
 *   path  [n] "happy/1.png", "train/happy/x/1.png"
 *   out   release with mien_labels_free
 *
 * Files that lie in no folder are left out and counted.
 * Fails with EFORMAT (none is left), ELIMIT (more than MIEN_LABELS_MAX_CLASSES
 * folders), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_folder_paths(int64_t n,
                                                    const char *const *path,
                                                    mien_labels *out,
                                                    mien_error *err);

/* The names of UTKFace, age_gender_race_date.jpg: a number, "age", and the
 * tasks gender (male, female) and race (five).
 *
 *   n     how many
 *   path  [n] folders before the names do not matter
 *   out   release with mien_labels_free
 *
 * Other names are left out and counted.
 * Fails with EFORMAT (none is left), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_utkface_paths(int64_t n,
                                                     const char *const *path,
                                                     mien_labels *out,
                                                     mien_error *err);

/* Pictures of which nothing is known.
 *
 *   n     how many
 *   path  [n]
 *   out   release with mien_labels_free
 *
 * Fails with EFORMAT (there are none), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_plain_paths(int64_t n,
                                                   const char *const *path,
                                                   mien_labels *out,
                                                   mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
