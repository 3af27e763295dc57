/* stage.h: a planned network that reads pixels, and how pixels get into it. */
#ifndef MI_SIGHT_STAGE_H
#define MI_SIGHT_STAGE_H

#include "sight/box.h"
#include "image/sample.h"
#include "mien/engine.h"
#include "mien/model.h"

enum { MI_STAGE_OUT = 12 };

/* What a network must give.  A wanted dimension of -1 may be any. */
typedef struct mi_stage_kind {
    const char *task; /* "landmarks", for messages */
    int n_out;
    struct {
        const char *name;
        mien_shape shape;
    } out[MI_STAGE_OUT];
} mi_stage_kind;

typedef struct mi_stage {
    mien_plan *plan;
    int w, h;                      /* of the input */
    float *pixels;                 /* [h, w, 3] */
    mien_tensor out[MI_STAGE_OUT]; /* in the order of the kind */
} mi_stage;

/* Scratch memory for sampling, shared by the stages of an analyzer. */
typedef struct mi_feeder {
    mien_pool *pool;
    uint8_t *scratch;
    size_t size;
} mi_feeder;

/* Plan g for one image of w x h and find its outputs; s is zeroed on failure.
 * Fails with EFORMAT if the network is not of that kind. */
mien_status mi_stage_init(mi_stage *s, const mi_stage_kind *kind,
                          const mien_graph *g, int w, int h, mien_pool *pool,
                          mien_error *err);
/* Release its plan. */
void mi_stage_done(mi_stage *s);
/* Is g a network of that kind, as far as it shows without a plan?  w and h are
 * set to the sides that its input is bound to, -1 where they are free.
 * Fails with EFORMAT if it does not read one RGB image or lacks an output. */
mien_status mi_stage_check(const mi_stage_kind *kind, const mien_graph *g,
                           int *w, int *h, mien_error *err);

/* Look a network up, if it is not inside the library, and check that it is of
 * that kind.  file and graph, zeroed before, are the caller's to release, after
 * a failure too.  Fails with EIO, EFORMAT and what find fails with; the text
 * names the model or its place. */
mien_status mi_stage_find(const mi_stage_kind *kind,
                          const mien_model_entry *entry,
                          mien_model_lookup *find, void *arg,
                          mien_model_file *file, mien_graph **graph,
                          mien_error *err);

/* Sample the photo into the input and run. */
mien_status mi_stage_run(mi_stage *s, mi_feeder *f, const mien_image *photo,
                         const mi_sample *sample, mien_error *err);
/* Release its scratch memory. */
void mi_feeder_done(mi_feeder *f);

/* The region padded with black to a square, at its right or lower end or
 * (centre) on both, and resized to side x side. */
mi_sample mi_sample_square(mi_crop c, int side, int centre);

#endif
