/* mien/record.h: what was found, as text: JSON of the schema "mien/1",
 * face-api.js' shapes, lines of CSV.
 *
 *   mien_reading, hits, tracks, matches -> mien_record_* -> mien_buffer
 *
 * A record is one JSON object on one line.  Numbers are rounded half away from
 * zero: boxes and points to 3 decimals, scores, probabilities and distances to
 * 6, ages to 2; all have at most seven significant digits, which is what a
 * float holds.  What was not asked for is not there; what is no number is null.
 * Memory that ends is noted in the buffer. */
#ifndef MIEN_RECORD_H
#define MIEN_RECORD_H

#include "mien/face_notes.h"
#include "mien/face_redact_video.h"
#include "mien/match_calibrate.h"
#include "mien/objects.h"
#include "mien/report_roles.h"
#include "mien/json.h"
#include "mien/vision_smile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- items of a record ---------------------------------------------------
 */

/* Write a box: {"x", "y", "width", "height"}.
 *
 *   j    a text being written
 *   key  of the item, or NULL
 *   box  in pixels
 *
 * A box is a whole face: where the photo's edge cuts it, x and y may be
 * negative, and x + width or y + height beyond the photo's. */
MIEN_API void mien_record_box(mien_json *j, const char *key, mien_box box);

/* Write points: [[x, y], ...].
 *
 *   j    a text being written
 *   key  of the item, or NULL
 *   n    points
 *   p    [n] in pixels */
MIEN_API void mien_record_points(mien_json *j, const char *key, int n,
                                 const mien_point *p);

/* Write a face: {"box", "score", "rotation": only if not 0,
 * "keypoints", "landmarks", "descriptor", "age", "gender", "expression"}; what
 * models of one's own tell of it stands in mien_record_photo alone.
 *
 *   j     a text being written
 *   key   of the item, or NULL
 *   f     what it has is written
 *   hide  MIEN_FACE_*: but not these */
MIEN_API void mien_record_face(mien_json *j, const char *key,
                               const mien_face *f, unsigned hide);

/* Write the name of a file so that its bytes come back.
 *
 *   j     a text being written, an object open
 *   key   of the item, at most 27 bytes
 *   file  any bytes but zero
 *
 * A name that is UTF-8 is one item.  In another one the bytes that are no UTF-8
 * become U+FFFD, and a second item KEY_hex has all its bytes in hexadecimal:
 * {"file": "a\ufffd.jpg", "file_hex": "61ff2e6a7067"}.  All records name files
 * so. */
MIEN_API void mien_record_file(mien_json *j, const char *key, const char *file);

/* Add a field of CSV, in quotes where RFC 4180 wants them.
 *
 *   text  of the field
 *   out   it is added, without a comma */
MIEN_API void mien_record_field(const char *text, mien_buffer *out);

/* ---- photos --------------------------------------------------------------
 */

/* How people were looked for. */
typedef struct mien_search_record {
    const char *purpose;
    float threshold; /* nearer faces got a name */
    /* By the gallery's own faces; NULL: that was not measured. */
    const mien_pair_rate *false_match; /* pairs of two people that match */
    const mien_pair_rate *strangers;   /* people who get a name and are not in
                                          the gallery */
    int people;                        /* on how many that was measured */
    const char *calibrated;            /* the day; NULL: never */
    int compared;                      /* people whom the search can find */
    int enrolled; /* for the purpose; others have no face by this network */
} mien_search_record;

/* The day on which a photo was taken, where birth dates of those who are looked
 * for are kept: who was born later is not in it. */
typedef struct mien_taken_record {
    char day[11]; /* YYYY-MM-DD; empty: not known */
    int said;     /* 1: by whoever asks; 0: by the photo, if at all */
    int born;     /* people looked for whose birth date is kept; 0: the day
                     means nothing, and is not told */
    int later;    /* of them born after the day: they are not looked for */
} mien_taken_record;

/* Add the day to an object: "taken": {"day": or null, "from": "caller", "exif"
 * or null, "born": people with a birth date, "born_later": of them after it}.
 *
 *   j  a text being written, an object open
 *   t  where nobody's birth date is kept nothing is added */
MIEN_API void mien_record_taken(mien_json *j, const mien_taken_record *t);

/* What is known of a photo; all pointers are borrowed. */
typedef struct mien_photo_record {
    const char *file;
    const mien_reading *reading;
    unsigned want; /* MIEN_FACE_*: milliseconds of these parts are given */
    unsigned hide; /* MIEN_FACE_*: not written though they are known */
    const mien_match *match; /* [faces] who each is, as "name" and "distance";
                                NULL: nobody was looked for */
    const mien_search_record *search; /* NULL: it is not told; not in the
                                         WebAssembly library */
    int models;
    const mien_model_digest *model; /* [models] */
    const char *expression_model;   /* files of mien_own_models; NULL: none */
    const char *landmark_model;
    const mien_roles *roles;        /* NULL: they are not told */
    const mien_taken_record *taken; /* NULL: it is not told */
} mien_photo_record;

/* Add the record of a photo.
 *
 *   r    what is known
 *   out  a line is added
 *
 * {"schema", "file", "width", "height", "warnings": only if the file is not
 * whole or was turned, "faces", "search": {"purpose", "threshold",
 * "false_match" and "strangers": {"value", "low", "high"} or null, "people",
 * "calibrated": a day or null, "compared" and "enrolled": whom it can find, of
 * how many} if it is told, "taken" (mien_record_taken), "expression_model" and
 * "landmark_model" if there are such, "models": digests by task, "ms":
 * milliseconds by part, "roles" if
 * they are told}.  A face has what mien_own_models told: "expression",
 * "smile", ...: {"CLASS": probability}.
 */
MIEN_API void mien_record_photo(const mien_photo_record *r, mien_buffer *out);

/* Add the record of a photo that could not be read, or not be used.
 *
 *   file   as the photo's
 *   error  why
 *   out    a line is added: {"schema", "file", "error": {"status", "text"}} */
MIEN_API void mien_record_failed(const char *file, const mien_error *error,
                                 mien_buffer *out);

/* Add the faces of a photo in the shapes that face-api.js gives: detection,
 * landmarks, alignedRect, descriptor, expressions, age, gender,
 * genderProbability.
 *
 *   file  stands in each face as "file", since face-api.js does not say which
 *         photo a face is of; NULL: it is not written
 *   r     what a photo gave
 *   out   a line is added: an array */
MIEN_API void mien_record_faceapi(const char *file, const mien_reading *r,
                                  mien_buffer *out);

/* Add what was covered in a photo.
 *
 *   file   of the photo
 *   photo  its size is given
 *   d      what became of it
 *   out    a line is added: {"schema", "file", "width", "height", "covered":
 *          [{"box", "face", "score", "doubt", "kept"}], "left"}; of one that
 *          is kept "box" is what would have been covered */
MIEN_API void mien_record_redaction(const char *file, const mien_image *photo,
                                    const mien_redaction *d, mien_buffer *out);

/* Add what was covered in a frame of a video.
 *
 *   f    the frame
 *   out  a line is added: {"schema", "frame", "seconds", "covered": [{"track",
 *        "box", "face", "score", "by", "kept"}], "doubt", "left"} */
MIEN_API void mien_record_covered_frame(const mien_covered_frame *f,
                                        mien_buffer *out);

/* Add what became of the frames of a video.
 *
 *   file  of the video
 *   d     how many
 *   out   a line is added: {"schema", "file", "frames", "covered", "kept",
 *         "doubts", "missed", "left", "window"} */
MIEN_API void mien_record_video_redaction(const char *file,
                                          const mien_video_redaction *d,
                                          mien_buffer *out);

/* ---- people --------------------------------------------------------------
 */

/* Add who was found in a photo as lines of CSV: file,name.
 *
 *   file      of the photo
 *   n         faces
 *   match     [n] who each is
 *   distance  1: a third column: the distance of those with a name, or None
 *   out       a line a face is added: unknown_person where nobody was near
 *             enough; without faces one line: no_persons_found */
MIEN_API void mien_record_people_csv(const char *file, int n,
                                     const mien_match *match, int distance,
                                     mien_buffer *out);

/* Who a face of a video is; all pointers are borrowed. */
typedef struct mien_track_person_record {
    const char *file; /* of the video, or the camera */
    int64_t track;
    mien_match match;                 /* name NULL: nobody in particular */
    double first, last;               /* seconds: when it was followed */
    int votes, readings;              /* for the answer; of all */
    const mien_search_record *search; /* NULL: it is not told */
    int models;
    const mien_model_digest *model; /* [models] */
} mien_track_person_record;

/* Add the record of a face that was followed and searched for.
 *
 *   r    what is known
 *   out  a line is added: {"schema", "file", "track", "name": null for nobody,
 *        "distance", "from", "to", "votes", "readings", "search": as
 *        mien_record_photo has it, "models"} */
MIEN_API void mien_record_track_person(const mien_track_person_record *r,
                                       mien_buffer *out);

/* Add the same as a line of CSV: file, name or unknown_person, distance or
 * None, track, from, to, votes, readings.
 *
 *   r    what is known
 *   out  a line is added */
MIEN_API void mien_record_track_person_csv(const mien_track_person_record *r,
                                           mien_buffer *out);

/* Two photos compared; all pointers are borrowed. */
typedef struct mien_pair_record {
    const char *file[2];
    const mien_reading *reading[2];
    const mien_face *face[2]; /* the ones compared */
    mien_verification verdict;
    int models;
    const mien_model_digest *model; /* [models] */
} mien_pair_record;

/* Add the record of a comparison.
 *
 *   r    what is known
 *   out  a line is added: {"schema", "same", "distance", "threshold",
 *        "photos": two, "models"} */
MIEN_API void mien_record_pair(const mien_pair_record *r, mien_buffer *out);

/* ---- cascades ------------------------------------------------------------
 */

/* What cascades found in a photo; all pointers are borrowed. */
typedef struct mien_hits_record {
    const char *file;
    int w, h;                /* of the photo */
    int n;                   /* cascades */
    const char *const *name; /* [n] */
    const mien_hits *hits;   /* [n] */
    double seconds;          /* of the search */
    const char *warning;     /* mien_photo.warning; NULL: none */
} mien_hits_record;

/* Add the record of what cascades found.
 *
 *   r    what is known
 *   out  a line is added: {"schema", "file", "width", "height", "warnings" if
 *        it is not whole, "objects": [{"box", "class": the cascade's name,
 *        "neighbors", "level", "weight", "angle" if it is turned}], "ms"}
 *
 * All cascades alike, those of faces too: what a cascade is called does not
 * decide where its rectangles are. */
MIEN_API void mien_record_hits(const mien_hits_record *r, mien_buffer *out);

/* Add what cascades found as CSV:
 * file,class,x,y,width,height,neighbors,weight,angle.
 *
 *   r     what is known; NULL: nothing
 *   head  1: the line of names comes first
 *   out   a line a hit is added */
MIEN_API void mien_record_hits_csv(const mien_hits_record *r, int head,
                                   mien_buffer *out);

/* ---- objects ------------------------------------------------------------- */

/* Objects of a photo; all pointers are borrowed. */
typedef struct mien_objects_record {
    const char *file;
    int w, h; /* of the photo */
    const mien_objects *objects;
    double seconds;      /* of the search */
    const char *warning; /* mien_photo.warning; NULL: none */
} mien_objects_record;

/* Add the record of a photo's objects.
 *
 *   r    what is known
 *   out  a line is added: {"schema", "file", "width", "height", "warnings" if
 *        it is not whole, "objects": [{"box", "class", "id": COCO's number,
 *        "index": the same without gaps, "score"}], "ms"} */
MIEN_API void mien_record_objects(const mien_objects_record *r,
                                  mien_buffer *out);

/* Add a photo's objects as CSV: file,class,id,index,x,y,width,height,score.
 *
 *   r     what is known; NULL: nothing
 *   head  1: the line of names comes first
 *   out   a line an object is added */
MIEN_API void mien_record_objects_csv(const mien_objects_record *r, int head,
                                      mien_buffer *out);

/* Add the record of a frame's objects.
 *
 *   frame    its number, from 0
 *   seconds  when it is shown
 *   o        what was found
 *   out      a line is added: {"schema", "frame", "seconds", "objects"} */
MIEN_API void mien_record_objects_frame(int64_t frame, double seconds,
                                        const mien_objects *o,
                                        mien_buffer *out);

/* Add a frame's objects as CSV:
 * frame,seconds,class,id,index,x,y,width,height,score.
 *
 *   frame    its number, from 0; before frame 0 the line of names comes
 *   seconds  when it is shown
 *   o        what was found
 *   out      a line an object is added */
MIEN_API void mien_record_objects_frame_csv(int64_t frame, double seconds,
                                            const mien_objects *o,
                                            mien_buffer *out);

/* ---- frames of a video ---------------------------------------------------
 */

/* Add the record of a frame's tracks.
 *
 *   frame    its number, from 0
 *   seconds  when it is shown
 *   h        after the frame was added
 *   points   the tracker, for the points that hold each track; NULL: without
 *   out      a line is added: {"schema", "frame", "seconds", "tracks": [{"id",
 *            "box", "angle", "score", "detected", "points": how many,
 *            "lost": how many by reason, "at", "landmarks"}]} */
MIEN_API void mien_record_tracks(int64_t frame, double seconds,
                                 const mien_history *h,
                                 const mien_tracker *points, mien_buffer *out);

/* Add a frame's tracks as CSV:
 * frame,seconds,id,x,y,width,height,angle,score,detected,points.
 *
 *   frame    its number, from 0; before frame 0 the line of names comes
 *   seconds  when it is shown
 *   h        after the frame was added
 *   out      a line a track is added */
MIEN_API void mien_record_tracks_csv(int64_t frame, double seconds,
                                     const mien_history *h, mien_buffer *out);

/* What was read of the faces of a frame; all pointers are borrowed. */
typedef struct mien_notes_record {
    const mien_history *history; /* whose tracks are shown */
    const mien_face_notes *notes;
    const mien_people *people;       /* NULL: nobody is known */
    const mien_match_options *match; /* NULL: MIEN_MATCH_DEFAULTS */
} mien_notes_record;

/* Add the record of what was read of a frame's faces.
 *
 *   r    what is known
 *   out  a line is added: {"schema", "faces": [{"id", "readings", "face": as
 *        mien_record_photo has it, without points and descriptor, "name" where
 *        people are known, null for nobody, "distance" if a descriptor was
 *        read}]} */
MIEN_API void mien_record_notes(const mien_notes_record *r, mien_buffer *out);

/* Add the record of a frame's faces and smiles.
 *
 *   frame    its number, from 0
 *   seconds  when it is shown
 *   s        after the frame
 *   out      a line is added: {"schema", "frame", "seconds", "faces": [{"id",
 *            "box", "detected", "eyes", "smiles", "score": votes,
 *            "smiling"}]} */
MIEN_API void mien_record_smiles(int64_t frame, double seconds,
                                 const mien_smiles *s, mien_buffer *out);

/* Add a frame's faces and smiles as CSV: frame,seconds,id,x,y,width,height,
 * detected,eyes,smiles,score,smiling.
 *
 *   frame    its number, from 0; before frame 0 the line of names comes
 *   seconds  when it is shown
 *   s        after the frame
 *   out      a line a face is added */
MIEN_API void mien_record_smiles_csv(int64_t frame, double seconds,
                                     const mien_smiles *s, mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
