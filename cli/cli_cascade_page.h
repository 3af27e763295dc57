/* cli_cascade_page.h: a cascade as a picture. */
#ifndef MIEN_CLI_CASCADE_PAGE_H
#define MIEN_CLI_CASCADE_PAGE_H

#include "cli/cli.h"

/* How windows of a picture fall through the stages, and one of them. */
typedef struct cli_fall {
    int64_t windows;                       /* looked at; 0: no picture */
    int64_t left[MIEN_CASCADE_MAX_STAGES]; /* after each stage */
    const char *one;                       /* which is followed; NULL: none */
    double sums[MIEN_CASCADE_MAX_STAGES];  /* of the one */
    int passed;                            /* stages that it passes */
    mien_hit best; /* the surest window of those that went on longest; w 0:
                      none passed a stage */
} cli_fall;

typedef struct cli_cascade_page {
    const char *name;
    const mien_cascade *cascade;
    int first, last;       /* stages to draw, from 0, both included */
    int features;          /* a stage, at most */
    const mien_gray *face; /* of the window's size, behind the features; NULL:
                              plain grey */
    const char *face_text; /* what it is */
    const cli_fall *fall;
} cli_cascade_page;

/* Draw a page; out is freed with mien_image_free. */
MIEN_CHECKED mien_status cli_cascade_page_draw(const cli_cascade_page *p,
                                               mien_image *out,
                                               mien_error *err);

#endif
