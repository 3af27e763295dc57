/* set.h: what a set of samples holds. */
#ifndef MI_SAMPLES_SET_H
#define MI_SAMPLES_SET_H

#include "samples/view.h"

struct mien_sample_set {
    const mien_sample_list *list;
    mien_sample_set_options o;
    mien_image *rgb;    /* [names] pictures that stay in memory */
    mien_gray *gray;    /* [names] the same, in grey */
    mien_error **error; /* [names] why a picture could not be loaded */
    int64_t bytes;      /* of rgb and gray */
    int64_t failures;
    mien_image last;   /* the picture loaded last, if it is not in rgb */
    int64_t last_name; /* its number */
};

/* The picture of a sample, borrowed until the next call. */
mien_status mi_set_picture(mien_sample_set *s, int64_t i,
                           const mien_image **out, mien_error *err);
/* Cut out a sample: the frame that mi_view_of looks at. */
mien_status mi_set_frame(mien_sample_set *s, int64_t i, mien_image *out,
                         mien_error *err);

#endif
