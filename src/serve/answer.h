/* answer.h: the answer to a request about photos or people. */
#ifndef MI_SERVE_ANSWER_H
#define MI_SERVE_ANSWER_H

#include "serve/ask.h"
#include "serve/body.h"
#include "serve/desk.h"
#include "serve/routes.h"

/* Who reads photos for one thread. */
typedef struct mi_sight {
    mien_serve_read *read;
    void *arg;
    int lane;
} mi_sight;

/* Read the body of a request and answer it: the HTTP status, and the answer's
 * text in out.
 *
 *   type  the Content-Type; NULL: none
 *   desk  asked for what a gallery is needed for */
int mi_answer(const mi_route *route, const mi_ask *ask, const char *type,
              const mien_buffer *body, const mi_sight *sight, mi_desk *desk,
              mien_buffer *out);

#endif
