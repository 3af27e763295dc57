/* detector.h: photo -> boxes with scores. */
#ifndef MI_FACE_DETECTOR_H
#define MI_FACE_DETECTOR_H

#include "sight/found.h"
#include "sight/stage.h"
#include "mien/face.h"

/* Plans kept by a detector whose input follows the photo's shape. */
enum { MI_DETECTOR_PLANS = 4 };

typedef struct mi_detector mi_detector;

/* One a network; in its file. */
typedef struct mi_detector_kind {
    const mi_stage_kind *stage;
    double min_score, max_overlap; /* defaults */
    double sure;                   /* no face upside down has this score ... */
    double turned;   /* ... and none that is wrongly turned this */
    int max_faces;   /* 0: all */
    int side;        /* default input */
    int trial;       /* input on which turns are tried */
    int bound;       /* 1: no other side is possible */
    int plans_first; /* 1: the input is side x side for every photo */
    /* Adds the faces surer than d->min_score, suppressed, in pixels of the
     * photo, best first. */
    mien_status (*detect)(mi_detector *d, const mien_image *photo,
                          mi_found_list *out, mien_error *err);
} mi_detector_kind;

extern const mi_detector_kind mi_detector_yunet, mi_detector_tiny,
    mi_detector_ssd;

/* NULL if no detector has that number. */
const mi_detector_kind *mi_detector_kind_of(mien_detector d);

struct mi_detector {
    const mi_detector_kind *kind;
    const mien_graph *graph;
    mi_feeder *feeder;
    double min_score, max_overlap;
    int max_faces;
    int side;                         /* of the input */
    int usual;                        /* 1: side is the detector's default */
    int coarse;                       /* 1: one input, of the side for trials */
    int bound_w, bound_h;             /* what the graph insists on, or -1 */
    mi_stage plan[MI_DETECTOR_PLANS]; /* last used first */
};

/* The feeder is borrowed while the detector lives.  d is zeroed on failure. */
mien_status mi_detector_init(mi_detector *d, const mien_graph *g,
                             const mien_face_options *o, mi_feeder *feeder,
                             mien_error *err);
/* Release its plans. */
void mi_detector_done(mi_detector *d);
/* One box a face, best score first; out is emptied before. */
mien_status mi_detector_run(mi_detector *d, const mien_image *photo,
                            mi_found_list *out, mien_error *err);
/* The plan for an input of w x h; plan[0] when it returns. */
mien_status mi_detector_plan(mi_detector *d, int w, int h, mien_error *err);

#endif
